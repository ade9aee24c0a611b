"""Answers to invitations, and asking again when the date has changed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops import emails
from workshops.actions import seats
from workshops.actions.locks import hold_off_releases
from workshops.models import Participation, Session, SessionVersion
from workshops.told import Unmoved

NONE, OWN_WISH = Participation.Answer.NONE, Participation.Because.OWN_WISH
ANSWER: Final = ("answer", "answered_at", "answered_by", "said_at", "said_sequence")


@dataclass(frozen=True)
class Said:
    """When somebody said what is read only now, and to which revision of their calendar's entry."""

    at: datetime
    sequence: int


class OlderAnswer(ActionNotPossible):
    """What was said since is on record already."""


class SentSomebody(ActionNotPossible):
    """Somebody else comes in the person's place; both would count."""


@transaction.atomic
def answer(
    session: Session,
    *,
    user: User,
    answer: Participation.Answer,
    now: datetime,
    comes_by: str = "",
    by: User | None = None,
    said: Said | None = None,
) -> Participation:
    """Record whether the person comes, and how, where the session is hybrid. What was said last counts.

    `said` is of an answer that was given before it is read, as by a calendar's reply; any other one is given now.
    `by` is the coordinator who writes down what the person has said elsewhere; nobody where they answer themselves.
    Guarantees that a yes holds a seat, takes the one offered, or waits in the order of the answers; and that another
    answer frees the seat for the next. Whoever sent the person in their place is told of a no. An answer makes nobody
    expected: somebody whom the audience does not name comes, or does not, at their own wish, and sees no more of the
    session than before. The caller has checked that the person may see it. Raises OlderAnswer where a newer one is on
    record, and ActionNotPossible for a session that is over, cancelled or postponed, for one that is not published, and
    where somebody who has a seat wants to come another way and no seat is free there. Raises SentSomebody where a
    person wants to come who has sent another one.
    """
    if answer == NONE:
        raise ValueError("An answer is yes, maybe or no.")
    hold_off_releases()  # an answer belongs to one version, not to the one that is published while it is written
    version = _open_version(session, now)
    seats.lock_seats(session.pk)
    participation, _created = Participation.objects.select_for_update().get_or_create(
        session=session,
        user=user,
        defaults={"expected": False, "expected_because": OWN_WISH, "expected_since": now},
    )
    if said is not None and _is_older(said, participation):
        raise OlderAnswer(_("A newer answer is on record."))
    sent = Participation.objects.in_place_of_others().filter(delegated_by=participation).select_related("user").first()
    if sent is not None and answer != Participation.Answer.NO:
        sentence = _("%(name)s comes in your place. Take that back on the page of the session first, and then say yes.")
        raise SentSomebody(sentence % {"name": sent.user})
    if not participation.expected and participation.expected_because != OWN_WISH:
        participation.expected_because, participation.expected_since = OWN_WISH, now
    seats.forget_earlier(participation)
    before, answered = (participation.place, participation.comes_by), participation.answer
    way = seats.way_of(version, asked=comes_by, before=participation.comes_by)
    if answer == Participation.Answer.YES:
        seats.take_place(participation, version=version, comes_by=way, now=now)
    else:
        seats.leave_place(participation)
        participation.comes_by = way if comes_by else participation.comes_by
    participation.answer, participation.answered_at, participation.answered_by = answer, now, by
    participation.said_at, participation.said_sequence = (said.at, said.sequence) if said else (now, None)
    participation.save(update_fields=[*ANSWER, "expected_because", "expected_since", *seats.PLACING])
    if before[0] in seats.TAKEN and before != (participation.place, participation.comes_by):
        seats.move_up(version, now=now)
    _tell(participation, version, before=answered, by=by, now=now)
    return participation


def _tell(
    participation: Participation, version: SessionVersion, *, before: str, by: User | None, now: datetime
) -> None:
    """Write to those who see no page that says what an answer means for them: it replaces the one `before`."""
    declines = participation.answer == Participation.Answer.NO != before
    if declines and participation.expected:
        emails.queue_declined(version, participation, now=now)
    if by is not None and participation.place == Participation.Place.WAITING:
        emails.queue_seats(version, [participation], now=now)


def _is_older(said: Said, on_record: Participation) -> bool:
    """RFC 5546, 2.1.5: of two replies, the one to the higher revision is newer, then the one with the later stamp.

    A click names no revision: what a person sees on a page may be ahead of their calendar. Time alone decides there.
    Stamps know whole seconds; of two in the same one, what is read last counts.
    """
    known = on_record.was_said_at
    if known is None or on_record.answer == NONE:
        return False
    if on_record.said_sequence not in {None, said.sequence}:
        return said.sequence < on_record.said_sequence
    return said.at.replace(microsecond=0) < known.replace(microsecond=0)


def _open_version(session: Session, now: datetime) -> SessionVersion:
    """The version that counts, if it still takes answers."""
    version = Session.objects.select_related("current_version").get(pk=session.pk).current_version
    if version is None or version.is_over(now):
        raise ActionNotPossible(_("This session is over; answers are closed."))
    if version.is_cancelled:
        raise ActionNotPossible(_("This session was cancelled; no answer is needed."))
    if version.status == SessionVersion.Status.POSTPONED:
        raise ActionNotPossible(_("This session was postponed; we will ask again once its new date is known."))
    return version


def ask_again(versions: Iterable[SessionVersion]) -> set[int]:
    """Put aside the answers to sessions whose start a release moved or which take place after all; returns which.

    They were given to another date; coordinators go on reading them as such, and the change mail asks anew. Seats are
    free for whoever answers to the new one. `keep_answers` gives back what this put aside too much. Who has sent
    somebody is not asked: that person is, in their place.
    """
    asked = {version.session_id for version in versions if version.is_another_plan}
    all_people = Participation.objects.filter(session__in=asked)
    people = all_people.exclude(pk__in=list(all_people.in_place_of_others().values_list("delegated_by", flat=True)))
    seats.forget_older(people)
    kept = people.filter(answer=NONE).exclude(place=Participation.Place.NONE)  # for somebody sent in another's place
    kept.update(**seats.PUT_ASIDE)
    people.exclude(answer=NONE).update(
        earlier_answer=F("answer"),
        earlier_answered_at=F("answered_at"),
        answer=NONE,
        answered_at=None,
        **seats.PUT_ASIDE,
    )
    return asked


def keep_answers(unmoved: Sequence[Unmoved], *, asked: Collection[int]) -> dict[int, set[int]]:
    """Give those who know no other date their answers back: they gave them to this one.

    Where this release has `asked` again, nobody else has a seat, and each has exactly what they had. Returns who is
    back, by the sessions that `seats.settle_seats` must bring in order.
    """
    since = {(one.session_id, one.user_id): one.since for one in unmoved}
    put_aside = Participation.objects.filter(
        ~Q(earlier_place=Participation.Place.NONE, earlier_answer=""),
        session__in={session_id for session_id, _user in since},
        user__in={user_id for _session, user_id in since},
        answer=NONE,
        place=Participation.Place.NONE,
    )
    back: dict[int, list[Participation]] = defaultdict(list)
    for one in put_aside:
        published = since.get((one.session_id, one.user_id or 0))
        at = one.expected_since if _was_kept_for(one) else one.earlier_answered_at
        if published is None or at is None or at < published:
            continue
        if not _was_kept_for(one):
            one.answer, one.answered_at = one.earlier_answer, at
            one.earlier_answer, one.earlier_answered_at = "", None
        seats.have_again(one, exactly=one.session_id in asked)
        back[one.session_id].append(one)
    fields = ["answer", "answered_at", "earlier_answer", "earlier_answered_at", *seats.PLACING]
    Participation.objects.bulk_update([one for some in back.values() for one in some], fields, batch_size=1000)
    return {session_id: {one.user_id or 0 for one in some} for session_id, some in back.items()}


def _was_kept_for(one: Participation) -> bool:
    """Whether they had a seat because somebody sent them: an answer of before was not given to that."""
    at = one.earlier_answered_at
    return one.expected_because == Participation.Because.DELEGATE and (at is None or at < one.expected_since)
