"""The person's own link that stops reminders; it needs no sign-in (RFC 8058)."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from ogpgroup.models import User

SALT = "unsubscribe"


def unsubscribe_url(user_id: int) -> str:
    """The address in a reminder's foot and List-Unsubscribe header. It does not expire: old mails stay usable."""
    return settings.PUBLIC_URL + reverse("unsubscribe", args=[signing.dumps(user_id, salt=SALT)])


def who_unsubscribes(token: str) -> User | None:
    """Whose link it is; None for a token that is not ours or of an account that is gone."""
    try:
        return User.objects.filter(pk=signing.loads(token, salt=SALT)).first()
    except signing.BadSignature:
        return None
