"""The person's own link that stops reminders; it needs no sign-in (RFC 8058)."""

from functools import cache

from django.conf import settings
from django.core import signing
from django.urls import reverse

from ogpgroup.models import User

SALT = "unsubscribe"
PLACE = "the-place"  # stands where a token comes


def unsubscribe_url(user_id: int) -> str:
    """The address in a reminder's foot and List-Unsubscribe header. It does not expire: old mails stay usable."""
    return settings.PUBLIC_URL + _path().replace(PLACE, signing.dumps(user_id, salt=SALT))


@cache  # one for each of thousands of mails
def _path() -> str:
    return reverse("unsubscribe", args=[PLACE])


def who_unsubscribes(token: str) -> User | None:
    """Whose link it is; None for a token that is not ours or of an account that is gone."""
    try:
        return User.objects.filter(pk=signing.loads(token, salt=SALT)).first()
    except signing.BadSignature:
        return None
