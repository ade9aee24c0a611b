"""Who came: checked in once and for all, by themselves or by a coordinator, and taken back where it was a slip."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Case, Value, When
from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from ogpgroup.text import SortKey
from workshops import attendance
from workshops.actions import tables
from workshops.attendance import Candidate
from workshops.models import Participation, Session, SessionVersion, Vote

PRESENT, UNKNOWN = Participation.Attended.PRESENT, Participation.Attended.UNKNOWN
CheckedIn = Participation.CheckedIn
# In coordinators' hands: they write down after the event, too.
BY_COORDINATORS: Final = {CheckedIn.PERSONAL_CODE, CheckedIn.LIST, CheckedIn.IMPORT}
BY_IMPORT: Final = CheckedIn.IMPORT
RECORD: Final = ("attended", "mode", "checked_in_at", "checked_in_by", "checked_in_how")
# Without signs that look alike on a wall: it is typed by who has no camera.
SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH: Final = 8


class SameName(ActionNotPossible):
    """The name belongs to somebody we know; whoever writes it down says whether it is that person."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        super().__init__(_("Somebody of this name is known already. Is it the same person?"))
        self.candidates = candidates


def version_of(session: Session) -> SessionVersion | None:
    """The version that counts now, read anew."""
    return SessionVersion.objects.current().filter(session=session).first()


# --- Present ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def check_in(
    session: Session,
    *,
    how: str,
    mode: str,
    by: User | None,
    now: datetime,
    participation: Participation | None = None,
    user: User | None = None,
    may_be_named: bool | None = None,
    at: datetime | None = None,
) -> Participation:
    """Record that the person, or who stands in the row, is there.

    Guarantees that the first time stays, with its way and its mode: whoever checks in again changes nothing but their
    consent to be named, where they were asked (`may_be_named` is not None). `at` is when it was seen, where a device
    could not send it at once; the earliest time is the first, whatever arrives first. Never two rows for one person,
    whoever presses at the same moment. Where places at tables were given out, who has none gets one. Raises
    ActionNotPossible outside the hours, for what does not take place, and for a row that was removed meanwhile.
    """
    later_too = how in BY_COORDINATORS
    attendance.refuse_unless_open(version_of(session), now=now, later_too=later_too)
    gives_places = tables.hold_places(session)
    row = locked(session, participation=participation, user=user, now=now)
    record(row, how=how, mode=mode, by=by, now=at or now, may_be_named=may_be_named)
    if gives_places:
        tables.seat_at_the_door(row)
    return row


def locked(session: Session, *, participation: Participation | None, user: User | None, now: datetime) -> Participation:
    """The row, or the person's, locked until the transaction ends; made at their own wish where there is none."""
    rows = Participation.objects.select_for_update().filter(session=session)
    if participation is not None:
        if row := rows.filter(pk=participation.pk).first():
            return row
        raise ActionNotPossible(_("This entry was removed meanwhile."))
    if user is None:
        raise ValueError("Somebody is checked in: a row of the list or a person.")
    own_wish = {"expected": False, "expected_because": Participation.Because.OWN_WISH, "expected_since": now}
    return rows.get_or_create(session=session, user=user, defaults=own_wish)[0]


def record(
    row: Participation, *, how: str, mode: str, by: User | None, now: datetime, may_be_named: bool | None
) -> None:
    """Write into a locked row that the person is there, unless it has said so since earlier; and their consent."""
    if mode not in {attendance.ROOM, attendance.LINE}:
        raise ValueError("Somebody is in the room or on the line.")
    fields: list[str] = []
    if may_be_named is not None:
        row.may_be_named, row.may_be_named_at = may_be_named, now
        fields += ["may_be_named", "may_be_named_at"]
    if row.attended != PRESENT or (row.checked_in_at is not None and now < row.checked_in_at):
        row.attended, row.mode = PRESENT, mode
        row.checked_in_at, row.checked_in_by, row.checked_in_how = now, by, how
        fields += RECORD
    row.save(update_fields=fields)


@transaction.atomic
def walk_in(
    session: Session,
    *,
    name: str,
    institution: str,
    mode: str,
    may_be_named: bool,
    form_id: UUID,
    by: User | None,
    now: datetime,
    is_somebody_else: bool = False,
    at: datetime | None = None,
) -> Participation:
    """Write down somebody without an account who came; `by` is the coordinator, or nobody at the door's own form.

    Guarantees one row for a form that is sent twice, and one for the same name and institution, however they are
    spelt. A coordinator who writes a name that we know gets SameName with those people, unless they said that it is
    somebody else; a stranger is not told who is known. An institution of ours is recognised by its name or acronym.
    Who types at the door what somebody has typed before may be anybody: they can only take back that they may be named.
    """
    attendance.refuse_unless_open(version_of(session), now=now, later_too=by is not None)
    Session.objects.select_for_update(no_key=True).get(pk=session.pk)  # one after the other: see who is there already
    if sent := session.participations.select_for_update().filter(form_id=form_id).first():
        return sent
    if by is not None and not is_somebody_else and (known := attendance.people_named(session, name, now=now)):
        raise SameName(known)
    row = visitor_of(session, name=" ".join(name.split()), institution=" ".join(institution.split()), now=now)
    row.form_id = row.form_id or form_id
    row.save(update_fields=["form_id"])
    counts = by is not None or row.may_be_named_at is None or not may_be_named
    said = may_be_named if counts else None
    record(row, how=CheckedIn.WALK_IN, mode=mode, by=by, now=at or now, may_be_named=said)
    if tables.hold_places(session):
        tables.seat_at_the_door(row)
    return row


def visitor_of(session: Session, *, name: str, institution: str, now: datetime) -> Participation:
    """The row of somebody without an account, found or made; whoever calls holds the session's lock."""
    organization = attendance.institution_named(institution, is_demo=session.is_demo)
    visitors = session.participations.filter(user=None, organization=organization).annotate(
        key=SortKey("name"), institution_key=SortKey("organization_name")
    )
    typed = "" if organization else institution
    known = visitors.filter(key=SortKey(Value(name)), institution_key=SortKey(Value(typed))).order_by("pk").first()
    return known or Participation.objects.create(
        session=session,
        name=name,
        organization=organization,
        organization_name=typed,
        expected=False,
        expected_because=Participation.Because.OWN_WISH,
        expected_since=now,
    )


# --- Not present ------------------------------------------------------------------------------------------------------


@transaction.atomic
def excuse(participation: Participation, *, now: datetime) -> Participation:
    """Note that the person said beforehand, or let others say, that they cannot come; also before the session.

    Raises ActionNotPossible for somebody who is there: that is undone first.
    """
    return mark(participation, Participation.Attended.EXCUSED)


@transaction.atomic
def mark_absent(participation: Participation, *, now: datetime) -> Participation:
    """Note that the person did not come. Raises ActionNotPossible before the start, and for somebody who is there."""
    _refuse_before_the_start(participation.session, now)
    return mark(participation, Participation.Attended.ABSENT)


def mark(participation: Participation, attended: str) -> Participation:
    """Write that the person is not there; refused for who is."""
    row = locked(participation.session, participation=participation, user=None, now=participation.expected_since)
    if row.attended == PRESENT:
        raise ActionNotPossible(_("This person is recorded as present. Undo that first."))
    row.attended = attended
    row.save(update_fields=["attended"])
    return row


def _refuse_before_the_start(session: Session, now: datetime) -> None:
    version = version_of(session)
    attendance.refuse_unless_open(version, now=now, later_too=True)
    if version is not None and now < version.first_instant():
        raise ActionNotPossible(_("The session has not begun: nobody is absent yet."))


@transaction.atomic
def mark_rest_absent(session: Session, *, now: datetime) -> int:
    """Note of everybody expected of whom nothing is recorded that they did not come; how many they were.

    Who had said so beforehand is excused.
    """
    _refuse_before_the_start(session, now)
    said_so = When(answer=Participation.Answer.NO, then=Value(Participation.Attended.EXCUSED))
    missing = Case(said_so, default=Value(Participation.Attended.ABSENT))
    return session.participations.expected().filter(attended=UNKNOWN).update(attended=missing)


@transaction.atomic
def undo_check_in(participation: Participation) -> Participation | None:
    """Take back what is recorded of the person; a walk-in, of whom nothing else is known, is removed: then nothing.

    What they said about being named stays with them. Votes they gave go while the vote is open. Raises
    ActionNotPossible once it is closed: who voted was there.
    """
    row = locked(participation.session, participation=participation, user=None, now=participation.expected_since)
    _let_votes_go(row)
    if is_walk_in(row):
        row.delete()
        return None
    row.attended, row.mode = UNKNOWN, ""
    row.checked_in_at, row.checked_in_by, row.checked_in_how = None, None, ""
    row.save(update_fields=RECORD)
    return row


def _let_votes_go(row: Participation) -> None:
    try:
        with transaction.atomic():
            Vote.objects.filter(participation=row).delete()
    except IntegrityError:  # the database lets none go of a vote that is closed
        raise ActionNotPossible(_("This person has voted, and the vote is closed: the entry stays.")) from None


def is_walk_in(participation: Participation) -> bool:
    """Whether the row holds nothing but that somebody without an account came."""
    return (
        participation.user_id is None
        and not participation.expected
        and participation.answer == Participation.Answer.NONE
    )


# --- One person -------------------------------------------------------------------------------------------------------


@transaction.atomic
def same_person(visitor: Participation, *, user: User, now: datetime) -> Participation:
    """Join a walk-in with somebody we know: they wrote their name at the door instead of signing in.

    Guarantees one row, with the time of the first check-in. The consent stays the person's own: whoever wrote the name
    at the door may have been somebody else. Votes given from the phone at the door go: the person votes as themselves.
    """
    row = locked(visitor.session, participation=None, user=user, now=now)
    written = locked(visitor.session, participation=visitor, user=None, now=now)
    if not is_walk_in(written):
        raise ValueError("Only walk-ins are joined with somebody.")
    _join(row, written)
    return row


@transaction.atomic
def same_visitor(written: Participation, *, first: Participation, now: datetime) -> Participation:
    """Join two walk-ins who are one person: written down twice, with the institution in other words, or without it.

    Guarantees one row, with the time of the first check-in, an institution where either has one, and the name in public
    only where it was agreed to both times. Votes of the row that goes go with it.
    """
    if written.session_id != first.session_id or written.pk == first.pk:
        raise ValueError("Only two rows of one session are joined.")
    # One order for everybody: two coordinators who join the same two wait, they do not deadlock.
    rows = {one.pk: locked(one.session, participation=one, user=None, now=now) for one in _by_age(written, first)}
    row, goes = rows[first.pk], rows[written.pk]
    if not (is_walk_in(row) and is_walk_in(goes)):
        raise ValueError("Only walk-ins are joined.")
    if row.organization_id is None and not row.organization_name:
        row.organization_id, row.organization_name = goes.organization_id, goes.organization_name
    row.may_be_named = row.may_be_named and goes.may_be_named
    _join(row, goes)  # first, or two rows would bear the same name and institution
    row.save(update_fields=["organization", "organization_name", "may_be_named"])
    return row


def _by_age(*rows: Participation) -> list[Participation]:
    return sorted(rows, key=lambda row: row.pk)


def _join(row: Participation, written: Participation) -> None:
    if row.attended != PRESENT or (
        row.checked_in_at and written.checked_in_at and written.checked_in_at < row.checked_in_at
    ):
        for field in RECORD:
            setattr(row, field, getattr(written, field))
        row.save(update_fields=RECORD)
    _let_votes_go(written)
    written.delete()


@transaction.atomic
def name_in_public(participation: Participation, *, may_be_named: bool, now: datetime) -> None:
    """Keep what the person says about being named in public, and when they said it; the last word counts."""
    row = locked(participation.session, participation=participation, user=None, now=now)
    row.may_be_named, row.may_be_named_at = may_be_named, now
    row.save(update_fields=["may_be_named", "may_be_named_at"])


# --- The session's code -----------------------------------------------------------------------------------------------


@transaction.atomic
def make_check_in_code(session: Session, *, anew: bool = False) -> str:
    """The session's code for the door: made when first asked for, and again only `anew`; then the former is void."""
    row = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    if row.check_in_code is None or anew:
        row.check_in_code = "".join(secrets.choice(SIGNS) for _sign in range(CODE_LENGTH))
        row.save(update_fields=["check_in_code"])
    session.check_in_code = row.check_in_code
    return row.check_in_code
