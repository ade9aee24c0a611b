"""The links in mails with which a person answers without signing in: yes, maybe, no.

A link is a capability: whoever holds it answers as that person, and sees no more than the person may see. It is
signed, not stored, and masked in the outbox and in logs (`ogpgroup.masks`). Following it changes nothing; a button
does, because programs that scan mail for harm follow links too.
"""

from collections.abc import Iterator
from functools import cache

from django.conf import settings
from django.core import signing
from django.urls import reverse

from workshops.models import Participation, SessionVersion

SALT = "answer"
PLACE = "the-place"  # stands where a token comes
Answer = Participation.Answer
CHOICES = [Answer.YES, Answer.MAYBE, Answer.NO]


def answer_url(participation: Participation, *, uid: str, answer: Answer) -> str:
    """The path of one link. It names the session's calendar entry too: a link answers to nothing else."""
    return _path().replace(PLACE, _token(participation.pk, uid, answer))


@cache  # three for each of thousands of mails: asking Django for the address takes longer than signing the token
def _path() -> str:
    return reverse("workshops:answer_link", args=[PLACE])


def _token(participation_id: int | None, uid: str, answer: Answer) -> str:
    return signing.dumps([participation_id, uid, answer.value], salt=SALT)


def read_token(token: str) -> tuple[Participation, Answer] | None:
    """Whose link it is and what it answers; None for one that is not ours, or whose person or session is gone."""
    try:
        participation_id, uid, answer = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if not isinstance(participation_id, int):
        return None
    known = Participation.objects.select_related("user", "session")
    participation = known.filter(pk=participation_id, user__is_active=True).first()
    if participation is None or participation.session.uid.hex != uid or answer not in CHOICES:
        return None
    return participation, Answer(answer)


# In mails that many people share word for word, these stand where the person's own links come.
_MARKS = {answer: f"\ue000answer-{answer.value}\ue000" for answer in CHOICES}


def marks() -> Iterator[tuple[str, str]]:
    """Each answer in words, and what stands for its link until `links`."""
    return ((str(answer.label), mark) for answer, mark in _MARKS.items())


def asks(text: str) -> bool:
    """Whether there are places for the links."""
    return _MARKS[Answer.YES] in text


def links(participation: Participation, version: SessionVersion) -> dict[str, str]:
    """What stands for each link in the words that people share, and the person's own; expects `version.session`."""
    uid = version.session.uid.hex
    return {
        mark: settings.PUBLIC_URL + answer_url(participation, uid=uid, answer=answer) for answer, mark in _MARKS.items()
    }
