"""Seats: given in the order of the answers, offered to the first who waits, never more than there are.

Whoever changes a seat takes the lock of the session's seats first; `workshops.models.seats` has the trigger by which
the database refuses what goes round this module.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils.translation import gettext as _

from cities.models import group_day
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import OutgoingMail, User
from workshops import emails, told
from workshops.actions.locks import hold_off_releases
from workshops.models import Participation, SessionVersion
from workshops.models.participations import ParticipationQuerySet
from workshops.models.seats import ROOM, SEATS_LOCK, offer_ends, seats_of, ways_to_come

Place = Participation.Place
TAKEN = (Place.HELD, Place.OFFERED)
Status = OutgoingMail.Status
OFFERS = [emails.SEAT_OFFER, emails.INVITATION]  # who is sent reads of the seat in their invitation
TO_GO = {Status.QUEUED, Status.SENDING, Status.PARKED}
NEVER_WENT = {Status.MISSED, Status.WITHDRAWN}
# An offer that ends within a day while its mail has not gone is put off.
TOLD_IN_TIME = timedelta(hours=24)
EARLIER = ["earlier_place", "earlier_waiting_since", "earlier_offered_until"]
PLACING = ["comes_by", "place", "waiting_since", "offered_until", *EARLIER]
PUT_ASIDE: Final[dict[str, Any]] = {
    "earlier_place": F("place"),
    "earlier_waiting_since": F("waiting_since"),
    "earlier_offered_until": F("offered_until"),
    "place": Place.NONE,
    "waiting_since": None,
    "offered_until": None,
}


def lock_seats(session_id: int) -> None:
    """Wait until nobody gives seats of this session, and hold the others until this transaction ends.

    Taken after the lock of releases and before any row.
    """
    with connection.cursor() as cursor:
        cursor.execute(SEATS_LOCK, [session_id])


def way_of(version: SessionVersion, *, asked: str, before: str) -> str:
    """How somebody comes who says yes: as the session is held; to a hybrid one as they say, or said, else in person."""
    ways = ways_to_come(version)
    return next((way for way in (asked, before) if way in ways), ROOM if ROOM in ways else ways[0])


def take_place(participation: Participation, *, version: SessionVersion, comes_by: str, now: datetime) -> None:
    """Give the person a seat, let them take the one that is offered to them, or put them last on the waiting list.

    Guarantees that nobody overtakes who waits, and that a person who wants to come another way loses the seat they have
    only for another one. Expects the lock of the seats; the caller saves.
    """
    had, way_before = participation.place, participation.comes_by
    if way_before == comes_by and (had in {Place.HELD, Place.WAITING}):
        return
    is_offered = had == Place.OFFERED and participation.offered_until is not None and participation.offered_until > now
    if is_offered and way_before == comes_by:
        _hold(participation, comes_by)
        return
    others = _others(participation)
    if _free(version, comes_by, others) > 0 and not others.filter(comes_by=comes_by, place=Place.WAITING).exists():
        _hold(participation, comes_by)
        return
    if had == Place.HELD or is_offered:
        raise ActionNotPossible(_("There is no free seat that way; the one you have stays yours."))
    last = others.filter(comes_by=comes_by).aggregate(last=Max("waiting_since"))["last"]
    participation.comes_by, participation.place, participation.offered_until = comes_by, Place.WAITING, None
    # Under the lock: the order is that of the commits, whatever the clocks of those who answer say.
    participation.waiting_since = max(now, last + timedelta(microseconds=1)) if last else now


def leave_place(participation: Participation) -> None:
    """Give the seat back, or leave the waiting list; the caller saves and lets the next move up (`move_up`)."""
    participation.place, participation.waiting_since, participation.offered_until = Place.NONE, None, None


def forget_earlier(participation: Participation) -> None:
    """What was put aside counts no more: the person answers anew. The caller saves."""
    participation.earlier_place, participation.earlier_waiting_since = Place.NONE, None
    participation.earlier_offered_until = None


def forget_older(people: ParticipationQuerySet) -> None:
    """Whose seat was put aside by an earlier release, and has been given to others since, has none to get back.

    They are placed as their answer comes in line, if it counts again. Expects those who are asked again now, as they
    were before.
    """
    since_then = people.filter(place__in=TAKEN)
    older = people.filter(place=Place.NONE, earlier_place__in=TAKEN, session__in=since_then.values("session"))
    older.update(earlier_place=Place.NONE, earlier_waiting_since=None, earlier_offered_until=None)


def have_again(participation: Participation, *, exactly: bool) -> None:
    """Give what was put aside back to who never heard that it was; the caller saves and settles the seats.

    `exactly` where nobody can have got the seat meanwhile. Otherwise the person is placed as their answer comes in
    line, and told where that is not what they take it they have; who had let an offer pass has done so.
    """
    if exactly:
        participation.place = participation.earlier_place
        participation.offered_until = participation.earlier_offered_until
    if exactly or participation.earlier_place == Place.NONE:
        participation.waiting_since = participation.earlier_waiting_since
        forget_earlier(participation)


@dataclass(frozen=True)
class Left:
    """What somebody had, or where they waited, who sends another person."""

    place: str
    comes_by: str
    waiting_since: datetime | None


def give_up(session_id: int, user: User) -> Left | None:
    """Take the person's seat, or place in line, from them, for whom they send. Nobody moves up meanwhile.

    Expects the lock of the seats.
    """
    had = Participation.objects.select_for_update(of=("self",)).filter(session=session_id, user=user)
    one = had.exclude(place=Place.NONE).first()
    if one is None:
        return None
    left = Left(one.place, one.comes_by, one.waiting_since)
    leave_place(one)
    one.save(update_fields=PLACING)
    return left


def take_over(participation: Participation, left: Left | None, *, version: SessionVersion, now: datetime) -> None:
    """Let the person sent have what the sender had: a seat is kept for them as an offer, a place in line is theirs.

    Who had said yes for themselves, or has no time left to answer, has the seat at once. What they have is not made
    worse. Expects the lock of the seats, and that the sender has given it up; saves.
    """
    if left is None or left.comes_by not in ways_to_come(version) or seats_of(version, left.comes_by) is None:
        return
    if participation.place in TAKEN:
        return
    if left.place == Place.WAITING:
        since = [one for one in (participation.waiting_since, left.waiting_since) if one]
        if participation.place == Place.WAITING and participation.comes_by != left.comes_by:
            return
        participation.place, participation.comes_by = Place.WAITING, left.comes_by
        participation.waiting_since = min(since)
    else:
        until = _offer_ends(participation, version, now)
        _hold(participation, left.comes_by)
        if until and participation.answer != Participation.Answer.YES:
            participation.place, participation.offered_until = Place.OFFERED, until
            participation.waiting_since = left.waiting_since or now
    participation.save(update_fields=PLACING)


def _hold(participation: Participation, comes_by: str) -> None:
    participation.comes_by, participation.place = comes_by, Place.HELD
    participation.waiting_since = participation.offered_until = None


def _others(participation: Participation) -> ParticipationQuerySet:
    return Participation.objects.filter(session=participation.session_id).exclude(pk=participation.pk)


def _free(version: SessionVersion, comes_by: str, people: ParticipationQuerySet) -> int:
    """How many seats are left; where nobody counts, one more than anybody asks for."""
    seats = seats_of(version, comes_by)
    if seats is None:
        return 1_000_000
    return seats - people.filter(comes_by=comes_by, place__in=TAKEN).count()


def move_up(version: SessionVersion, *, now: datetime) -> int:
    """Offer free seats to those who wait, first come first served, and tell them; returns how many were told.

    Where too little is left for an answer, or nobody counts any more, the seat is theirs at once. Expects the lock of
    the seats.
    """
    moved = []
    people = Participation.objects.filter(session=version.session_id)
    for way in ways_to_come(version):
        waiting = people.filter(comes_by=way, place=Place.WAITING).order_by("waiting_since", "pk")
        if not waiting.exists():
            continue
        for one in waiting.select_related("user")[: max(0, _free(version, way, people))]:
            until = _offer_ends(one, version, now) if seats_of(version, way) is not None else None
            one.place, one.offered_until = (Place.OFFERED, until) if until else (Place.HELD, None)
            moved.append(one)
    Participation.objects.bulk_update(moved, ["place", "offered_until"])
    return emails.queue_seats(version, moved, now=now)


def _offer_ends(participation: Participation, version: SessionVersion, told_at: datetime) -> datetime | None:
    user = participation.user
    return offer_ends(version.begins_at, told_at, user.time_zone if user else version.time_zone)


@transaction.atomic
def settle_seats(session_id: int, *, now: datetime, back: Collection[int] = ()) -> int:
    """Bring the seats of one session in order; returns how many people were told. Safe to run twice and at any time.

    Guarantees: who is no longer expected holds no seat; an offer that nobody took goes to the next, once the person was
    told of it and had the time to answer, and who let it pass is not asked again unless they answer again; who comes
    another way because the session is held another way, and whose yes stands without a place, is placed in the order of
    the answers; what is free is offered. `back` are the people whose answers were put aside and count again.

    In this order: seats are freed before any is given, and who answered before a place was counted is placed before
    what is still free is offered to who waits.
    """
    hold_off_releases()
    lock_seats(session_id)
    version = SessionVersion.objects.current().planned().filter(session=session_id, finishes_at__gt=now).first()
    if version is None:
        return 0
    people = Participation.objects.filter(session=session_id)
    concerned = people.concerned(group_day(now))
    gone = people.exclude(place=Place.NONE).exclude(pk__in=concerned.values("pk"))
    gone.update(place=Place.NONE, waiting_since=None, offered_until=None)
    ways = ways_to_come(version)
    moved = people.exclude(place=Place.NONE).exclude(comes_by__in=ways)
    moved.update(place=Place.NONE, waiting_since=None, offered_until=None)
    told_anew = _keep_for_the_untold(people, version, now=now)
    lapsed = _lapsed(people, now=now)
    placed = _place(concerned.filter(_unplaced()).order_by("answered_at", "pk"), version)
    otherwise = _who_takes_it_otherwise(placed, version)
    unread = _unread(people.filter(user__in=back).exclude(pk__in=[one.pk for one in otherwise]), version)
    people_told = {one.pk: one for one in (*told_anew, *lapsed, *otherwise, *unread)}.values()
    return move_up(version, now=now) + emails.queue_seats(version, people_told, now=now)


def _unread(back: ParticipationQuerySet, version: SessionVersion) -> list[Participation]:
    """Whose last news of their seat was taken back while their answer was put aside; it is so again."""
    people = {one.user_id: one for one in back.filter(answer=Participation.Answer.YES)}
    mails = OutgoingMail.objects.about(emails.SUBJECT, version.session_id).filter(kind__in=told.SEATS, user__in=people)
    last = {one.user_id: one for one in mails.order_by("pk")} if people else {}
    return [
        one
        for user_id, one in people.items()
        if (mail := last.get(user_id)) is not None
        and mail.status in NEVER_WENT
        and mail.kind == emails.SEAT_NEWS[Place(one.place)]
        and one.answered_at is not None
        and mail.due > one.answered_at
    ]


def _who_takes_it_otherwise(placed: list[Participation], version: SessionVersion) -> list[Participation]:
    """Those of the people just placed who must be told: who waits, and who has a seat and takes it that they have none.

    A person may have been offered one, have left, and be seated when they return.
    """
    users = [one.user_id for one in placed if one.place == Place.HELD]
    mails = OutgoingMail.objects.about(emails.SUBJECT, version.session_id).filter(kind__in=told.SEATS, user__in=users)
    last = {one.user_id: one for one in mails.exclude(status__in=NEVER_WENT).order_by("pk")} if users else {}
    found = []
    for one in placed:
        mail = last.get(one.user_id)
        is_news = mail is not None and mail.kind != emails.SEAT_GIVEN and (mail.sent_at or mail.due) > _since(one)
        if one.place == Place.WAITING or is_news or one.earlier_place not in {Place.NONE, Place.HELD}:
            found.append(one)
        forget_earlier(one)
    Participation.objects.bulk_update(placed, EARLIER, batch_size=1000)
    return found


def _keep_for_the_untold(
    people: ParticipationQuerySet, version: SessionVersion, *, now: datetime
) -> list[Participation]:
    """Put off the end of offers whose mail went late or is still to go; returns who must be told anew.

    Those are told again whose mail was too late to go. Where no time is left to answer, the seat is theirs.
    """
    near = list(people.filter(place=Place.OFFERED, offered_until__lte=now + TOLD_IN_TIME).select_related("user"))
    if not near:
        return []
    offers = OutgoingMail.objects.about(emails.SUBJECT, version.session_id).filter(kind__in=OFFERS)
    last = {one.user_id: one for one in offers.filter(user__in=[one.user_id for one in near]).order_by("pk")}
    changed, told_anew = [], []
    for one in near:
        mail = last.get(one.user_id)
        if mail is None or mail.status not in {Status.SENT, *TO_GO, *NEVER_WENT}:
            continue
        until = _offer_ends(one, version, mail.sent_at or now if mail.status == Status.SENT else now)
        before = one.place, one.offered_until
        is_given = until is None and mail.status != Status.SENT
        if is_given:
            _hold(one, one.comes_by)
        elif until is not None and one.offered_until is not None:
            one.offered_until = max(until, one.offered_until)
        if before != (one.place, one.offered_until):
            changed.append(one)
        if is_given or mail.status in NEVER_WENT:
            told_anew.append(one)
    Participation.objects.bulk_update(changed, ["place", "waiting_since", "offered_until"])
    return told_anew


def _lapsed(people: ParticipationQuerySet, *, now: datetime) -> list[Participation]:
    """End the offers whose time is over; returns whose they were."""
    lapsed = list(people.filter(place=Place.OFFERED, offered_until__lte=now))
    for one in lapsed:
        one.place, one.waiting_since, one.offered_until = Place.NONE, one.offered_until, None
    Participation.objects.bulk_update(lapsed, ["place", "waiting_since", "offered_until"])
    return lapsed


def _unplaced() -> Q:
    """A yes without a place. Where an offer was let pass, `waiting_since` says so."""
    return Q(answer=Participation.Answer.YES, place=Place.NONE, waiting_since=None)


def _place(unplaced: Iterable[Participation], version: SessionVersion) -> list[Participation]:
    """Seat people as of the moment of their answer: before who began to wait later, after who began before.

    Returns them.
    """
    people = Participation.objects.filter(session=version.session_id)
    ways = ways_to_come(version)
    free = {way: _free(version, way, people) for way in ways}
    first = {way: people.filter(comes_by=way, place=Place.WAITING).order_by("waiting_since").first() for way in ways}
    placed = []
    for one in unplaced:
        way = way_of(version, asked="", before=one.comes_by)
        waits = first[SessionVersion.Mode(way)]
        if free[SessionVersion.Mode(way)] > 0 and (waits is None or _since(one) < _since(waits)):
            free[SessionVersion.Mode(way)] -= 1
            _hold(one, way)
        else:
            one.comes_by, one.place, one.waiting_since = way, Place.WAITING, one.answered_at
        placed.append(one)
    Participation.objects.bulk_update(placed, PLACING, batch_size=1000)
    return placed


def _since(participation: Participation) -> datetime:
    since = participation.waiting_since or participation.answered_at
    assert since is not None  # the database holds one for who waits, the other for who answered
    return since


def plan(now: datetime) -> int:
    """What the planner does for seats each minute: settle the sessions where something waits for it.

    Returns the number of mails queued; safe to run twice or at once.
    """
    ahead = SessionVersion.objects.current().planned().upcoming(now)
    people = Participation.objects.filter(session=OuterRef("session")).with_concern(group_day(now))
    another_way = ~Q(place=Place.NONE) & ~Q(session__current_version__mode=SessionVersion.Mode.HYBRID)
    another_way &= ~Q(comes_by=F("session__current_version__mode"))
    work = people.filter(
        Q(place=Place.WAITING)
        | Q(place=Place.OFFERED, offered_until__lte=now + TOLD_IN_TIME)
        | (_unplaced() & Q(is_concerned=True))
        | (~Q(place=Place.NONE) & Q(is_concerned=False))
        | another_way
    )
    session_ids = list(ahead.filter(Exists(work)).values_list("session", flat=True))
    return sum(settle_seats(session_id, now=now) for session_id in session_ids)
