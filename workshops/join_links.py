"""The link in mails by which a person joins a session without signing in.

It leads to a page of ours, whose button records that the person is on the line and leads on to the room. It is a
capability like the links to answer (`workshops.answer_links`): signed, not stored, masked in the outbox and in logs.
Following it records nothing, because programs that scan mail for harm follow links too. The entry in the calendar keeps
the room's own address: who cannot reach us joins all the same.
"""

from typing import Final

from django.conf import settings
from django.core import signing
from django.urls import reverse

from workshops.models import Participation, SessionVersion

SALT: Final = "workshops.join"
# In mails that many people share word for word, this stands where the person's own link comes.
MARK: Final = "\ue000join\ue000"


def join_url(participation: Participation, *, uid: str) -> str:
    """The path of the link; it names the session's calendar entry too: a link leads to nothing else."""
    return reverse("workshops:join_link", args=[signing.dumps([participation.pk, uid], salt=SALT)])


def read_token(token: str) -> Participation | None:
    """Whose link it is; None for one that is not ours, or whose person or session is gone."""
    try:
        participation_id, uid = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if not isinstance(participation_id, int):
        return None
    known = Participation.objects.select_related("user", "session").filter(user__is_active=True)
    participation = known.filter(pk=participation_id).first()
    return participation if participation is not None and participation.session.uid.hex == uid else None


def asks(text: str) -> bool:
    """Whether there is a place for the link."""
    return MARK in text


def links(participation: Participation, version: SessionVersion) -> dict[str, str]:
    """What stands for the link in the words that people share, and the person's own; expects `version.session`."""
    return {MARK: settings.PUBLIC_URL + join_url(participation, uid=version.session.uid.hex)}
