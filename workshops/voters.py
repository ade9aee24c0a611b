"""Who somebody is who votes from a phone: their account, their own code, or that they checked in here at the door.

A phone that checked in keeps a signed cookie, which no script reads. It says which entry of the list of who came is
this phone's, and nothing else. A phone from which several people are written down goes on voting as the first of them.
"""

from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from workshops.attendance import read_personal_code
from workshops.models import Participation, VotingRound
from workshops.models.participations import ParticipationQuerySet

SALT: Final = "workshops.voters"
KEPT_FOR: Final = 12 * 3600  # seconds: the day of a workshop


def _name(session_id: int) -> str:
    return f"here-{session_id}"


def remember(response: HttpResponseBase, participation: Participation) -> None:
    """Let this phone be known at the votes of the session as that of this entry."""
    response.set_signed_cookie(
        _name(participation.session_id),
        str(participation.pk),
        salt=SALT,
        max_age=KEPT_FOR,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def voter(request: HttpRequest, one: VotingRound) -> Participation | None:
    """The entry of whoever asks, if they are checked in. An account counts before what the phone remembers."""
    if request.user.is_authenticated:
        return _present(one.session_id).filter(user=request.user.pk).first()
    return known(request, one.session_id)


def known(request: HttpRequest, session_id: int) -> Participation | None:
    """The entry that this phone stands for at the session, as long as it is on the list."""
    try:
        kept = request.get_signed_cookie(_name(session_id), default="", salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return None
    return _present(session_id).filter(pk=int(kept)).select_related("user").first() if kept else None


def voter_by_code(text: str, one: VotingRound) -> Participation | None:
    """The entry of whose own code this is, typed or as the address that a camera read; if they are checked in."""
    token = text.strip().rstrip("/").rpartition("/")[2]
    claim = read_personal_code(token)
    if claim is None or claim[0] != one.session_id:
        return None
    return _present(one.session_id).filter(user=claim[1], user__is_active=True).first()


def _present(session_id: int) -> ParticipationQuerySet:
    return Participation.objects.filter(session=session_id, attended=Participation.Attended.PRESENT)
