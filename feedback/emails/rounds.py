"""What people are told about review rounds: that one is open, that the day is near, that results wait for a reply."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cities.models import group_day
from feedback import evaluators
from feedback.models import Evaluation, ReviewRound, Score
from ogpgroup import mail
from ogpgroup.coming import Coming, counted
from ogpgroup.dates import spoken_day, zone_info
from ogpgroup.models import OutgoingMail, User

SUBJECT: Final = "review_round"
OPENED, REMINDER = "round_opened", "round_reminder"
CLOSED, REPLY_REMINDER, PUBLISHED = "round_closed", "round_reply_reminder", "round_published"

LEADS: Final = (timedelta(days=3), timedelta(0))  # before the day, in whole days
HOUR: Final = time(9)  # by the clock of who reads it
PLANNED_AHEAD: Final = timedelta(hours=24)
READ_WITHIN: Final = timedelta(days=30)  # news without a day of its own
CALLED_AGAIN: Final = timedelta(days=3)  # a round may stay open beyond its day; a call is useful so long at least

Status = ReviewRound.Status


# --- When -------------------------------------------------------------------------------------------------------------


def _at(day: date, hour: time, zone: str) -> datetime:
    return datetime.combine(day, hour, tzinfo=zone_info(zone))


def _end_of(day: date, zone: str) -> datetime:
    return _at(day + timedelta(days=1), time(0), zone)


def reminders_of(day: date, zone: str) -> list[tuple[timedelta, datetime, datetime]]:
    """Each lead time with when it is due and until when it is useful: the next one's due time, then the day's end."""
    dues = [_at(day - lead, HOUR, zone) for lead in LEADS]
    return list(zip(LEADS, dues, [*dues[1:], _end_of(day, zone)], strict=True))


def until_of(mail: OutgoingMail, day: date, user: User) -> datetime | None:
    """Until when a reminder of that day is useful to this person; None for one that a coordinator sent by hand.

    Computed anew: who sends a late mail again lends it another day.
    """
    ends = {f":{lead.days}d:{user.pk}": until for lead, _due, until in reminders_of(day, user.time_zone)}
    return next((until for end, until in ends.items() if mail.key.endswith(end)), None)


# --- Queueing ---------------------------------------------------------------------------------------------------------


def _row(
    kind: str, key: str, one: ReviewRound, user: User, *, day: date, due: datetime, useful_until: datetime
) -> OutgoingMail:
    """`subject_version` holds the day that the mail speaks of: moved, it says something that is no longer so."""
    reminds = kind in {REMINDER, REPLY_REMINDER}
    return OutgoingMail(
        key=key,
        kind=kind,
        priority=OutgoingMail.Priority.REMINDER if reminds else OutgoingMail.Priority.CHANGE,
        user=user,
        recipient=user.email,
        subject_type=SUBJECT,
        subject_id=one.pk,
        subject_version=day.toordinal(),
        due=due,
        useful_until=useful_until,
        is_demo=one.plan.is_demo,
    )


def _call(one: ReviewRound, user: User, *, now: datetime) -> OutgoingMail:
    """The mail that a round is open; opened again, until the same day or another, it is another mail."""
    useful = max(_end_of(one.due_on, user.time_zone), now + CALLED_AGAIN)
    key = f"{OPENED}:{one.pk}:{one.due_on}:{one.opened_at.astimezone(UTC):%Y%m%dT%H%M%S}:{user.pk}"
    return _row(OPENED, key, one, user, day=one.due_on, due=now, useful_until=useful)


def _people(ids: Iterable[int]) -> dict[int, User]:
    return User.objects.filter(is_active=True).in_bulk(list(set(ids)))


def queue_opened(one: ReviewRound, *, now: datetime) -> int:
    """Ask everybody who is expected and has not answered; returns how many are told."""
    waiting = evaluators.waiting([one], group_day(now))[one.pk]
    return mail.enqueue(_call(one, user, now=now) for user in _people(waiting).values())


def queue_asked_again(one: ReviewRound, *, now: datetime) -> int:
    """A reminder by a coordinator's hand to those missing, once a day at most; returns to how many."""
    waiting = evaluators.waiting([one], group_day(now))[one.pk]
    day = group_day(now)
    return mail.enqueue(
        _row(
            REMINDER,
            f"{REMINDER}:{one.pk}:{one.due_on}:asked-{day}:{user.pk}",
            one,
            user,
            day=one.due_on,
            due=now,
            useful_until=now + CALLED_AGAIN,
        )
        for user in _people(waiting).values()
        if user.wants_reminders
    )


def queue_closed(one: ReviewRound, *, now: datetime) -> int:
    """Tell the officials of the city that results wait for their reply."""
    people = _people(evaluators.officials([one], group_day(now))[one.pk])
    return mail.enqueue(
        _row(
            CLOSED,
            f"{CLOSED}:{one.pk}:{now:%Y%m%dT%H%M%S}:{user.pk}",
            one,
            user,
            day=one.reply_due_on,
            due=now,
            useful_until=max(_end_of(one.reply_due_on, user.time_zone), now + CALLED_AGAIN),
        )
        for user in people.values()
    )


def queue_published(one: ReviewRound, *, now: datetime) -> int:
    """Tell those who evaluated, and the city, that results and replies are public."""
    wrote = Evaluation.objects.submitted().filter(round=one, evaluator__isnull=False)
    ids = set(wrote.values_list("evaluator", flat=True)) | evaluators.officials([one], group_day(now))[one.pk]
    return mail.enqueue(
        _row(
            PUBLISHED,
            f"{PUBLISHED}:{one.pk}:{user.pk}",
            one,
            user,
            day=one.reply_due_on,
            due=now,
            useful_until=now + READ_WITHIN,
        )
        for user in _people(pk for pk in ids if pk is not None).values()
    )


def plan(now: datetime) -> int:
    """Queue the reminders that fall due within a day, and calls to who came later; returns how many were new.

    Derived from the database alone: a planner that was down catches up, and two planners add nothing.
    """
    concerned = _concerned(now)
    called = _called([one for one, _user in concerned if one.status == Status.OPEN])
    rows: list[OutgoingMail] = []
    for one, user in concerned:
        if one.status == Status.OPEN and (one.pk, user.pk) not in called and _end_of(one.due_on, user.time_zone) > now:
            rows.append(_call(one, user, now=now))
        rows += _reminders(one, user, now=now, until=now + PLANNED_AHEAD)
    if not rows:
        return 0
    known = set(OutgoingMail.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    return mail.enqueue(row for row in rows if row.key not in known)


def later(now: datetime, *, until: datetime) -> list[Coming]:
    """What `plan` has yet to queue, as things are now."""
    rows = [(one, row) for one, user in _concerned(now) for row in _reminders(one, user, now=now, until=until)]
    return counted((one.plan.title, one.get_absolute_url(), row) for one, row in rows if row.due > now + PLANNED_AHEAD)


def _concerned(now: datetime) -> list[tuple[ReviewRound, User]]:
    """Each open round with who has not answered, and each closed one with who has not replied."""
    day = group_day(now)
    opened = list(ReviewRound.objects.filter(status=Status.OPEN).select_related("plan"))
    closed = list(ReviewRound.objects.lacking_replies().select_related("plan"))
    if not opened and not closed:
        return []
    missing = {**evaluators.waiting(opened, day), **evaluators.officials(closed, day)}
    people = _people([user for those in missing.values() for user in those])
    return [(one, people[pk]) for one in (*opened, *closed) for pk in missing[one.pk] if pk in people]


def _called(opened: Sequence[ReviewRound]) -> set[tuple[int, int]]:
    """Round and person of each call since the round was opened the last time, whatever its key; one query."""
    since = {one.pk: one.opened_at for one in opened}
    mails = OutgoingMail.objects.filter(kind=OPENED, subject_type=SUBJECT, subject_id__in=since)
    rows = mails.values_list("subject_id", "user", "due")
    return {(one, user) for one, user, due in rows if one and user and due >= since[one]}


def _reminders(one: ReviewRound, user: User, *, now: datetime, until: datetime) -> list[OutgoingMail]:
    """What is due by that moment, and was not already when another mail said the same."""
    if not user.wants_reminders:
        return []
    kind, day, since = REMINDER, one.due_on, one.opened_at
    if one.status != Status.OPEN:
        kind, day, since = REPLY_REMINDER, one.reply_due_on, one.closed_at or now
    return [
        _row(
            kind,
            f"{kind}:{one.pk}:{day}:{lead.days}d:{user.pk}",
            one,
            user,
            day=day,
            due=due,
            useful_until=useful_until,
        )
        for lead, due, useful_until in reminders_of(day, user.time_zone)
        if since <= due <= until and useful_until > now
    ]


# --- What the sender asks ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Letter:
    mail: OutgoingMail
    round: ReviewRound
    user: User

    def is_told_since(self, now: datetime) -> bool:
        """Whether the next reminder of the same day has come. The last one may come late: it says that it does."""
        day = date.fromordinal(self.mail.subject_version)
        until = until_of(self.mail, day, self.user)
        return until is not None and until < _end_of(day, self.user.time_zone) and until <= now


def _letters(mails: Sequence[OutgoingMail]) -> list[_Letter]:
    """Each mail with what it is about, in two queries; mails whose round or person is gone are left out."""
    rounds = ReviewRound.objects.select_related("plan__city", "plan__organization", "rubric")
    rounds = rounds.annotate(
        criterion_count=Count("rubric__criteria", distinct=True), commitment_count=Count("commitments", distinct=True)
    )
    known = rounds.in_bulk([one.subject_id for one in mails if one.subject_id])
    users = User.objects.filter(is_active=True).in_bulk([one.user_id for one in mails if one.user_id])
    return [
        _Letter(one, known[one.subject_id], users[one.user_id])
        for one in mails
        if one.subject_id in known and one.user_id in users
    ]


def _waits_for_evaluation(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """The round is open until the day the mail names, and the person is expected and has not answered.

    A call of before the round was closed and opened again has a younger one beside it.
    """
    letters = _letters(mails)
    waiting = evaluators.waiting({letter.round.pk: letter.round for letter in letters}.values(), group_day(now))
    return {
        letter.mail.pk
        for letter in letters
        if letter.round.status == Status.OPEN
        and letter.round.due_on.toordinal() == letter.mail.subject_version
        and letter.user.pk in waiting[letter.round.pk]
        and (letter.mail.kind != REMINDER or (letter.user.wants_reminders and not letter.is_told_since(now)))
        and (letter.mail.kind != OPENED or letter.mail.due >= letter.round.opened_at)
    }


def _waits_for_reply(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """The round is closed, waits until the day the mail names, and the person still speaks for the city."""
    letters = _letters(mails)
    rounds = {letter.round.pk: letter.round for letter in letters}
    officials = evaluators.officials(rounds.values(), group_day(now))
    lacking = set(ReviewRound.objects.lacking_replies().filter(pk__in=rounds).values_list("pk", flat=True))
    return {
        letter.mail.pk
        for letter in letters
        if letter.round.status == Status.CLOSED
        and letter.round.reply_due_on.toordinal() == letter.mail.subject_version
        and letter.user.pk in officials[letter.round.pk]
        and (letter.mail.kind != REPLY_REMINDER or (letter.round.pk in lacking and letter.user.wants_reminders))
        and not letter.is_told_since(now)
    }


def _is_published(mails: Sequence[OutgoingMail], _now: datetime) -> set[int]:
    return {letter.mail.pk for letter in _letters(mails) if letter.round.status == Status.PUBLISHED}


def _writer(template: str) -> Callable[[Sequence[OutgoingMail], datetime], dict[int, mail.Rendered]]:
    def render(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
        letters = _letters(mails)
        answered = _answered(letters)
        rendered = {}
        for letter in letters:
            url = mail.unsubscribe_url(letter.user.pk) if letter.mail.kind in {REMINDER, REPLY_REMINDER} else ""
            done = answered.get((letter.round.pk, letter.user.pk), 0)
            context = _context(letter, now) | {"answered": done, "own_link": url}
            parts = mail.render_parts(f"feedback/emails/{template}.html", context, letter.user.language)
            content = mail.compose(
                mail=letter.mail,
                subject=parts.subject,
                text=parts.text,
                html=parts.html,
                unsubscribe_url=url or None,
            )
            rendered[letter.mail.pk] = mail.Rendered(headline=parts.subject, content=content)
        return rendered

    return render


def _answered(letters: Sequence[_Letter]) -> dict[tuple[int, int], int]:
    """How far each draft is; one query."""
    rounds, users = {letter.round.pk for letter in letters}, {letter.user.pk for letter in letters}
    scores = Score.objects.answered().filter(evaluation__round__in=rounds, evaluation__evaluator__in=users)
    rows = scores.values_list("evaluation__round", "evaluation__evaluator").annotate(Count("pk")).order_by()
    return {(round_id, user_id or 0): count for round_id, user_id, count in rows}


def _context(letter: _Letter, now: datetime) -> dict[str, Any]:
    one, user = letter.round, letter.user
    day = date.fromordinal(letter.mail.subject_version)
    today = now.astimezone(zone_info(user.time_zone)).date()
    names = {OPENED: "feedback:evaluate", REMINDER: "feedback:evaluate"}
    address = reverse(names.get(letter.mail.kind, "feedback:round"), args=[one.plan.slug, one.number])
    return {
        "round": one,
        "plan": one.plan,
        "holder": one.plan.holder,
        "day": spoken_day(day, user.language),
        "is_today": day == today,
        "is_past": day < today,
        "total": one.criterion_count * max(one.commitment_count, 1),  # type: ignore[attr-defined]
        "link": settings.PUBLIC_URL + address,
    }


KINDS: Final = [
    mail.Kind(
        OPENED,
        OutgoingMail.Priority.CHANGE,
        True,
        _waits_for_evaluation,
        _writer("round_opened"),
        _("call to evaluate a plan"),
    ),
    mail.Kind(
        REMINDER,
        OutgoingMail.Priority.REMINDER,
        True,
        _waits_for_evaluation,
        _writer("round_reminder"),
        _("reminder of an evaluation"),
    ),
    mail.Kind(
        CLOSED,
        OutgoingMail.Priority.CHANGE,
        True,
        _waits_for_reply,
        _writer("round_closed"),
        _("results that wait for the city's reply"),
    ),
    mail.Kind(
        REPLY_REMINDER,
        OutgoingMail.Priority.REMINDER,
        True,
        _waits_for_reply,
        _writer("round_reply_reminder"),
        _("reminder of a reply to an evaluation"),
    ),
    mail.Kind(
        PUBLISHED,
        OutgoingMail.Priority.CHANGE,
        True,
        _is_published,
        _writer("round_published"),
        _("evaluation published"),
    ),
]
