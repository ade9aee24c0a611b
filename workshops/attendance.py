"""When people are checked in, whom a name means, and the codes at the door."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.core import signing
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Value
from django.utils.translation import gettext as _

from cities.models import Membership, Organization, group_day
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from ogpgroup.text import SortKey
from workshops.models import Participation, Session, SessionBase, SessionVersion

OPENS_BEFORE: Final = timedelta(hours=2)
CLOSES_AFTER: Final = timedelta(hours=6)
LINE_COUNTS_BEFORE: Final = timedelta(minutes=15)  # who opens the link earlier tries it out, or may leave again
MOMENT: Final = timedelta(seconds=1)  # clocks are put right by less all the time

ROOM, LINE = SessionBase.Mode.FACE_TO_FACE, SessionBase.Mode.REMOTE
SALT: Final = "workshops.check_in"


# --- When -------------------------------------------------------------------------------------------------------------


def opens_at(version: SessionVersion) -> datetime:
    """From when on anybody is checked in."""
    return version.first_instant() - OPENS_BEFORE


def closes_at(version: SessionVersion) -> datetime:
    """Until when people check in by themselves; coordinators write down later, too."""
    return version.last_instant() + CLOSES_AFTER


def happened(version: SessionVersion, waited: timedelta, now: datetime) -> tuple[datetime, bool]:
    """When something was done on a device that sends it so long after; and whether that had to be put right.

    Never in the future, and never before people are checked in: a device says how long a thing waited there, and may be
    wrong about it, as its clock may have been set meanwhile.
    """
    at = now - waited
    bounded = max(min(at, now), min(opens_at(version), now))
    return bounded, abs(bounded - at) > MOMENT


def is_open(version: SessionVersion, now: datetime) -> bool:
    """Whether people may check in by themselves now."""
    return version.status == SessionBase.Status.PLANNED and opens_at(version) <= now <= closes_at(version)


def counts_from(version: SessionVersion) -> datetime:
    """From when on joining by the link is taking part. Who is let in earlier opens the link once more to be counted."""
    return version.first_instant() - LINE_COUNTS_BEFORE


def counts_on_the_line(version: SessionVersion, now: datetime) -> bool:
    """Whether who joins by the link now is written down as taking part."""
    return is_open(version, now) and now >= counts_from(version)


def has_opened(version: SessionVersion, now: datetime) -> bool:
    """Whether coordinators may write down who is there."""
    return version.status == SessionBase.Status.PLANNED and opens_at(version) <= now


def refuse_unless_open(version: SessionVersion | None, *, now: datetime, later_too: bool) -> None:
    """Raise ActionNotPossible with the reason why nobody is checked in now."""
    if version is None:
        raise ActionNotPossible(_("This session is not published."))
    if version.status != SessionBase.Status.PLANNED:
        raise ActionNotPossible(_("This session does not take place, so nobody is checked in."))
    if now < opens_at(version):
        raise ActionNotPossible(_("It is too early: people are checked in from two hours before the start."))
    if not later_too and now > closes_at(version):
        raise ActionNotPossible(_("It is too late to check in. A coordinator can still write you down."))


def mode_at_the_door(version: SessionVersion) -> SessionBase.Mode:
    """How who checks in by a code takes part: in the room, unless there is none."""
    return LINE if version.mode == LINE else ROOM


# --- Who --------------------------------------------------------------------------------------------------------------


def fold(text: str) -> str:
    """The same for two spellings of one name: without accents, capitals and doubled spaces."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(plain.casefold().split())


@dataclass(frozen=True)
class Candidate:
    """Somebody with an account whom a name may mean."""

    user_id: int
    name: str
    institutions: str
    is_present: bool


def people_named(session: Session, name: str, *, now: datetime) -> list[Candidate]:
    """Those of this name who are on the session's list, or in the group; three queries."""
    named = known_people(session, on=group_day(now)).annotate(key=SortKey("name"))
    listed = Prefetch(
        "participations", Participation.objects.filter(session=session), to_attr="participations_in_session"
    )
    found = named.filter(key=SortKey(Value(" ".join(name.split())))).prefetch_related(listed).order_by("pk")
    return [_candidate(person) for person in found]


def _candidate(person: User) -> Candidate:
    rows: list[Participation] = person.participations_in_session  # type: ignore[attr-defined]
    return Candidate(
        user_id=person.pk,
        name=person.name,
        institutions=institutions_of(person),
        is_present=any(row.attended == Participation.Attended.PRESENT for row in rows),
    )


def known_people(session: Session, *, on: date) -> "QuerySet[User]":
    """People on the session's list and of the group, of the session's world, with their institutions of that day."""
    listed = Participation.objects.filter(session=session, user=OuterRef("pk"))
    member = Membership.objects.on(on).filter(user=OuterRef("pk"))
    people = User.objects.filter(Q(Exists(listed)) | Q(Exists(member)), is_active=True, is_demo=session.is_demo)
    return with_institutions(people, on=on)


def with_institutions(people: "QuerySet[User]", *, on: date) -> "QuerySet[User]":
    """The same people, with what `institutions_of` reads; one query more."""
    current = Membership.objects.on(on).select_related("organization__city")
    return people.prefetch_related(Prefetch("memberships", current, to_attr="current_memberships"))


def institutions_of(person: User) -> str:
    """The institutions for which the person acts; of people `known_people` or with `current_memberships`."""
    memberships: list[Membership] = person.current_memberships  # type: ignore[attr-defined]
    return ", ".join(dict.fromkeys(one.organization.name for one in memberships))


def institution_named(text: str, *, is_demo: bool) -> Organization | None:
    """The institution of this name, English name or acronym; none where nobody or several are called so."""
    wanted = SortKey(Value(" ".join(text.split())))
    organizations = Organization.objects.filter(is_demo=is_demo).annotate(
        key=SortKey("name"), key_en=SortKey("name_en"), short=SortKey("acronym")
    )
    found = list(organizations.filter(Q(key=wanted) | Q(key_en=wanted) | Q(short=wanted))[:2]) if text.strip() else []
    return found[0] if len(found) == 1 else None


# --- Codes ------------------------------------------------------------------------------------------------------------


def personal_code(session: Session, user: User) -> str:
    """What a person shows at the door of one session. It opens nothing: a coordinator who scans it checks them in, and
    who is checked in votes by it.
    """
    return signing.Signer(salt=SALT).sign(f"{session.pk}-{user.pk}")


def read_personal_code(token: str) -> tuple[int, int] | None:
    """The session's and the person's id, or nothing for what we have not signed."""
    try:
        session_id, user_id = signing.Signer(salt=SALT).unsign(token).split("-")
    except (signing.BadSignature, ValueError):
        return None
    return int(session_id), int(user_id)
