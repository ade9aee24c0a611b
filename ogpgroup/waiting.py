"""What plans, notes, rounds and agreements want done, by whom and by when: for my desk and the coordination page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from actionplans.models import ActionPlan, Deliverable, Milestone
from cities.access import roles_of
from cities.models import group_day
from feedback.models import Answer, Note, ReviewRound
from feedback.reports import direct
from feedback.reports import notes as note_reports
from feedback.withholding import as_read
from ogpgroup import dates, markdown
from ogpgroup.models import User
from workshops import duties
from workshops.models import AgendaItem, Agreement, Minutes, Photo, SessionVersion
from workshops.preparation import when_of
from workshops.reports import readiness

# What is due later than this does not wait yet.
DUE_SOON = timedelta(days=60)
# What one presents is said on the desk so long before.
PRESENTED_SOON = timedelta(days=14)
# So many of each kind at most; the most urgent come first.
AT_MOST = 12
EXCERPT = 90  # characters of a note


@dataclass(frozen=True)
class Reach:
    """How far ahead what falls due is told, and how much of each kind."""

    until: date
    promised: date  # changes are told of nearer to their day
    most: int | None  # None: all of it


def on_the_desk(today: date) -> Reach:
    return Reach(until=today + DUE_SOON, promised=today + note_reports.DUE_SOON, most=AT_MOST)


ALL_AHEAD = Reach(until=date.max, promised=date.max, most=None)


@dataclass(frozen=True)
class Waiting:
    """One thing to be done: what, where, in which connection, and by when."""

    title: str
    href: str
    about: str
    due_on: date | None
    today: date
    is_quoted: bool = False  # the title is what somebody wrote to the person, and perhaps to nobody else

    @property
    def is_late(self) -> bool:
        return self.due_on is not None and self.due_on < self.today


def _by_day(things: Iterable[Waiting]) -> list[Waiting]:
    return sorted(things, key=lambda one: (one.due_on or date.max, one.title))


def _plan_things(
    deliverables: Iterable[Deliverable], milestones: Iterable[Milestone], today: date, *, to_be_done: bool
) -> list[Waiting]:
    """Deliverables and milestones; who has to do them is led to the form, others to the page."""
    found = [
        Waiting(one.title, one.get_absolute_url(), f"{_('Deliverable')} · {one.plan.holder}", one.due_on, today)
        for one in deliverables
    ]
    for milestone in milestones:
        plan = milestone.commitment.plan
        form = f"{reverse('actionplans:progress_create', args=[plan.slug])}?milestone={milestone.pk}"
        href = form if to_be_done else milestone.get_absolute_url()
        found.append(Waiting(milestone.title, href, f"{_('Milestone')} · {plan.holder}", milestone.ends_on, today))
    return found


def _note(one: Note, user: User, today: date, *, about: str, due_on: date | None) -> Waiting:
    """A note by its first words; by what stands in their place where they are withheld from the person."""
    text = as_read(one, user).text
    title = f"“{markdown.words(text, most=EXCERPT)}”" if text or not one.withheld else one.withheld.sentence
    return Waiting(title, one.get_absolute_url(), about, due_on, today, is_quoted=True)


def _round(one: ReviewRound, today: date, *, title: str, href: str, due_on: date) -> Waiting:
    return Waiting(title, href, one.rubric.local_title, due_on, today)


# --- My desk ----------------------------------------------------------------------------------------------------------


def plans_kept_by(user: User) -> list[ActionPlan]:
    """Plans in force of the cities whose official the person is: progress is logged there; one query."""
    cities = roles_of(user).official_city_ids
    return list(ActionPlan.objects.running().filter(city__in=cities).select_related("city")) if cities else []


@dataclass(frozen=True)
class Own:
    """What waits for a person: the most urgent of each kind, how many there are in all, and how many are late."""

    things: list[Waiting]
    count: int = 0
    late_count: int = 0

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self.things)

    @property
    def more_count(self) -> int:
        """Those that are not shown."""
        return self.count - len(self.things)

    @property
    def headline(self) -> str:
        """How many things wait, and how many of them are late."""
        if late := self.late_count:
            return ngettext("%(count)s thing is late", "%(count)s things are late", late) % {"count": late}
        return ngettext("%(count)s thing waits for you", "%(count)s things wait for you", self.count) % {
            "count": self.count
        }

    def __add__(self, other: "Own") -> "Own":
        return Own(_by_day([*self.things, *other.things]), self.count + other.count, self.late_count + other.late_count)


def _some(rows: QuerySet[Any], shown: list[Waiting], *, day: str, today: date) -> Own:
    """What is shown of the rows, with how many there are; one query."""
    counts = rows.order_by().aggregate(count=Count("pk"), late=Count("pk", filter=Q(**{f"{day}__lt": today})))
    return Own(shown, counts["count"], counts["late"])


def _all(shown: list[Waiting]) -> Own:
    return Own(shown, len(shown), sum(one.is_late for one in shown))


def for_person(user: User, today: date) -> Own:
    """What waits for the person beside sessions, the most urgent first; a constant number of queries for each role."""
    desk = on_the_desk(today)
    return beside_agreements(user, today, reach=desk) + _agreed(user, today) if roles_of(user).in_group else Own([])


def beside_agreements(user: User, today: date, *, reach: Reach) -> Own:
    """What waits for the person of plans, notes and rounds; calendars have agreements from elsewhere."""
    roles = roles_of(user)
    if not roles.in_group:
        return Own([])
    found = _for_official(user, today, reach) if roles.official_city_ids else Own([])
    found += _photos(user, today) if roles.is_coordinator else Own([])
    found += _corrections(user, today)
    owed = direct.due(user, until=reach.until)
    found += _all([_direct(one, today, _("Your direct feedback on “%(title)s”")) for one in owed])
    asked = note_reports.waiting_for_answer(user)
    about = _("A note that waits for your answer")
    shown = [_note(note, user, today, about=about, due_on=note.answer_due_on) for note in asked[: reach.most]]
    found += _some(asked, shown, day="answer_due_on", today=today)
    answered = note_reports.waiting_for_word(user)
    about = _("Your note was answered: does that settle it?")
    shown = [_note(note, user, today, about=about, due_on=None) for note in answered[: reach.most]]
    found += Own(shown, answered.count())
    rounds = ReviewRound.objects.waiting_for(user).select_related("plan__city", "plan__organization", "rubric")
    title = _("Evaluate the plan of %(holder)s")
    return found + _all(
        [
            _round(one, today, title=title % {"holder": one.plan.holder}, href=_evaluate(one), due_on=one.due_on)
            for one in rounds
        ]
    )


def _direct(one: direct.Asked, today: date, title: str) -> Waiting:
    """Direct feedback that is not written; expects the version of the session."""
    version = one.item.session.current_version
    about = version.title if version else ""
    return Waiting(title % {"title": one.item.title}, one.item.get_absolute_url(), about, one.due_on, today)


def presenting(user: User, now: datetime, *, zone: str, today: date) -> list[Waiting]:
    """What the person presents within two weeks, with the hour by their clock; three queries at most."""
    versions = SessionVersion.objects.current().planned().upcoming(now).filter(begins_at__lte=now + PRESENTED_SOON)
    own = AgendaItem.objects.presented_by(user).filter(session__in=versions.values("session"))
    items = {item.pk: item for item in own.select_related("session").order_by("session", "position")}
    if not items:
        return []
    beside: dict[int, list[AgendaItem]] = {}
    for item in AgendaItem.objects.filter(session__in={one.session_id for one in items.values()}):
        beside.setdefault(item.session_id, []).append(item)
    found = []
    for version in versions.filter(session__in=beside).defer("vevent"):
        hours = duties.hours_of(version, beside[version.session_id], zone)
        day = version.begins_at.astimezone(dates.zone_info(zone)).date() if version.has_hours else version.local_day
        near = {0: _("Today"), 1: _("Tomorrow")}.get((day - today).days, "")
        for item in [one for one in items.values() if one.session_id == version.session_id]:
            said = duties.presenting(item, hours.get(item.pk, ""))
            title = f"{near}: {said}" if near else said
            about = f"{version.title} · {dates.spoken_day(day)}"
            found.append(Waiting(title, item.get_absolute_url(), about, None, today))
    return found


def _agreed(user: User, today: date) -> Own:
    """What was agreed, is due and waits for the person's institutions, and for coordinators what the group agreed."""
    mine = Agreement.objects.visible_to(user).reminded_of(user).filter(due_on__lte=today + DUE_SOON)
    first = mine.select_related("session").order_by("due_on", "pk")[:AT_MOST]
    return _some(mine, [agreement(one, today) for one in first], day="due_on", today=today)


def _photos(user: User, today: date) -> Own:
    """Photos that somebody on them wants to be taken away, and those that nobody has described."""
    waiting = Photo.objects.visible_to(user).waiting().select_related("session__current_version")
    asked, undescribed = _("Somebody wants a photo to be taken away"), _("A photo that is not described yet")
    shown = []
    for one in waiting.order_by(F("asked_at").asc(nulls_last=True), "pk")[:AT_MOST]:
        href = reverse("workshops:photo_edit", args=[one.session.slug, one.pk])
        version = one.session.current_version
        about = version.title if version else ""
        shown.append(Waiting(asked if one.is_asked_away else undescribed, href, about, None, today))
    return Own(shown, waiting.count())


def _corrections(user: User, today: date) -> Own:
    """Corrections of minutes that the person writes, which nobody has decided; for coordinators all wait elsewhere."""
    own = Minutes.objects.visible_to(user).editable_by(user).filter(rapporteur=user, corrections__decision="")
    rows = own.values_list("session__slug", "session__current_version__title", "correct_by", Count("corrections"))
    shown = []
    for slug, title, due_on, count in rows.order_by("correct_by", "pk"):
        href = f"{reverse('workshops:minutes', args=[slug])}#corrections"
        shown.append(Waiting(readiness.corrections_in_words(count), href, title or "", due_on, today))
    return _all(shown)


def agreement(one: Agreement, today: date) -> Waiting:
    """An agreement as a thing to be done; expects `session`."""
    return Waiting(Truncator(one.text).chars(EXCERPT), one.get_absolute_url(), _("Agreement"), one.due_on, today)


def _evaluate(one: ReviewRound) -> str:
    return reverse("feedback:evaluate", args=[one.plan.slug, one.number])


def _for_official(user: User, today: date, reach: Reach) -> Own:
    """What the person's cities have to do: hand in, reach, change as promised, reply."""
    cities = roles_of(user).official_city_ids
    deliverables = Deliverable.objects.awaited().filter(plan__city__in=cities, due_on__lte=reach.until)
    milestones = Milestone.objects.unfinished().filter(commitment__plan__city__in=cities, ends_on__lte=reach.until)
    promises = note_reports.promises_due(user, until=reach.promised)
    replies = ReviewRound.objects.to_be_replied_by(user).select_related("plan__city", "rubric")
    title = _("Reply to the evaluation of your plan")
    first = deliverables.select_related("plan__city").order_by("due_on", "pk")[: reach.most]
    steps = milestones.select_related("commitment__plan__city").order_by("ends_on", "pk")[: reach.most]
    return (
        _some(deliverables, _plan_things(first, [], today, to_be_done=True), day="due_on", today=today)
        + _some(milestones, _plan_things([], steps, today, to_be_done=True), day="ends_on", today=today)
        + _some(promises, [_promise(one, today) for one in promises[: reach.most]], day="change_by", today=today)
        + _all(
            [_round(one, today, title=title, href=one.get_absolute_url(), due_on=one.reply_due_on) for one in replies]
        )
    )


def _promise(answer: Answer, today: date) -> Waiting:
    about = _("A change your city promised")
    return Waiting(answer.change, answer.get_absolute_url(), about, answer.change_by, today, is_quoted=True)


# --- Coordination -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Late:
    """What is late in the plans and in what was said about them: the oldest of each kind, and how many there are."""

    things: list[Waiting]
    count: int


def late_in_plans(user: User, today: date) -> Late:
    """Deliverables, milestones, notes and rounds beyond their day; a constant number of queries."""
    deliverables = Deliverable.objects.late(today).select_related("plan__city", "plan__organization")
    milestones = Milestone.objects.late(today).select_related("commitment__plan__city").order_by("ends_on", "pk")
    notes = note_reports.late_notes(user, today)
    rounds = ReviewRound.objects.overdue(today).select_related("plan__city", "rubric").order_by("due_on", "pk")
    found = _plan_things(deliverables.order_by("due_on", "pk")[:AT_MOST], milestones[:AT_MOST], today, to_be_done=False)
    about = pgettext("late", "A note without the answer or the change")
    found += [_note(one, user, today, about=about, due_on=_late_since(one, today)) for one in notes[:AT_MOST]]
    for one in rounds[:AT_MOST]:
        is_open = one.status == ReviewRound.Status.OPEN
        title = _("Evaluations of the plan of %(holder)s") if is_open else _("Reply of %(holder)s to its evaluation")
        due_on = one.due_on if is_open else one.reply_due_on
        found.append(
            _round(one, today, title=title % {"holder": one.plan.holder}, href=one.get_absolute_url(), due_on=due_on)
        )
    owed = direct.late(today)
    title = pgettext("late", "Direct feedback on “%(title)s”")
    found += [_direct(one, today, title) for one in owed[:AT_MOST]]
    counts = [one.count() for one in (deliverables, milestones, notes, rounds)]
    return Late(_by_day(found), sum(counts) + len(owed))


def _late_since(note: Note, today: date) -> date:
    """The day that has passed: of the answer, or of the change that the answer that stands has promised."""
    if note.waits_for_answer() and note.answer_due_on < today:
        return note.answer_due_on
    standing = max(note.answers.all(), key=lambda answer: answer.pk, default=None)
    return standing.change_by if standing and standing.change_by else note.answer_due_on


def at_sessions(now: datetime) -> list[Waiting]:
    """What is missing at sessions at hand and at those that are not wound up, session by session; constant queries."""
    sessions = list(readiness.wanting(now))
    gaps = readiness.missing_at(sessions, now=now)
    return [
        Waiting(gap.what, gap.href, f"{one.title} · {when_of(one).day}", gap.due_on, group_day(now))
        for one in sessions
        for gap in gaps.get(one.pk, [])
    ]
