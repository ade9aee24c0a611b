"""What cities and coordinators are told of a plan.

Reminders of what a city has to do come 14 and 3 days before, on the day, then every Monday until it is done.

One mail tells an official all that falls due on a day, and one a week all that is late, so that a plan with twenty
milestones at the end of a quarter does not send twenty mails. Of a deliverable coordinators hear when it is handed in,
and the city's officials when it is returned, with the reason, or accepted.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from actionplans.models import ActionPlan, Deliverable, Milestone
from cities.models import Membership, MembershipQuerySet, Role, group_day
from ogpgroup import mail
from ogpgroup.coming import Coming, counted
from ogpgroup.models import OutgoingMail, User

SUBJECT: Final = "plan"
DUE, LATE = "plan_due", "plan_late"
LEADS: Final = (14, 3, 0)  # days before
HOUR: Final = time(9)  # of the city
HANDED_IN, RETURNED, ACCEPTED = "deliverable_handed_in", "deliverable_returned", "deliverable_accepted"
DELIVERABLE: Final = "deliverable"
NEWS_IS_USEFUL_FOR: Final = timedelta(days=14)
PLANNED_AHEAD: Final = timedelta(hours=24)
# Stands where the person's own link comes; no title can contain it.
OWN_LINK: Final = "\ue000own-link\ue000"


@dataclass(frozen=True)
class Thing:
    """A milestone or deliverable that is not done."""

    what: Milestone | Deliverable
    plan_id: int
    due_on: date

    @property
    def title(self) -> str:
        return self.what.title

    @property
    def is_milestone(self) -> bool:
        return isinstance(self.what, Milestone)

    @property
    def link(self) -> str:
        return settings.PUBLIC_URL + self.what.get_absolute_url()


@dataclass(frozen=True)
class Occasion:
    """A moment at which an official of a plan's city is written to."""

    kind: str
    plan: ActionPlan
    day: date  # when the things fall due; for what is late, the Monday
    lead: int
    due: datetime
    useful_until: datetime

    def key(self, user_id: int) -> str:
        """Holds the day: a milestone put off reminds anew, a corrected typo reminds nobody twice."""
        lead = f"{self.lead}d:" if self.kind == DUE else ""
        return f"{self.kind}:{self.plan.pk}:{self.day.isoformat()}:{lead}{user_id}"


def _day_in(key: str) -> date:
    return date.fromisoformat(key.split(":")[2])


def _at(day: date, plan: ActionPlan) -> datetime:
    assert plan.city is not None
    return datetime.combine(day, HOUR, ZoneInfo(plan.city.time_zone)).astimezone(UTC)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


# --- What is to be done -----------------------------------------------------------------------------------------------


def _kept_plans() -> dict[int, ActionPlan]:
    """Plans on which something can be due: milestones of those in force, deliverables of drafts too."""
    return ActionPlan.objects.handing_in().select_related("city").in_bulk()


def _undone(plan_ids: Iterable[int], *, until: date) -> dict[int, list[Thing]]:
    """By plan, what is not done and falls due by that day, soonest first; two queries."""
    ids = list(plan_ids)
    deliverables = Deliverable.objects.awaited().filter(plan__in=ids, due_on__lte=until)
    milestones = Milestone.objects.unfinished().filter(commitment__plan__in=ids, ends_on__lte=until)
    things = [Thing(one, one.plan_id, one.due_on) for one in deliverables.select_related("plan")]
    things += [Thing(one, one.commitment.plan_id, one.ends_on) for one in milestones.select_related("commitment__plan")]
    by_plan: dict[int, list[Thing]] = defaultdict(list)
    for thing in sorted(things, key=lambda one: (one.due_on, one.title)):
        by_plan[thing.plan_id].append(thing)
    return by_plan


def _occasions(plan: ActionPlan, things: Sequence[Thing], now: datetime, *, until: datetime) -> list[Occasion]:
    """What falls due by that moment, or did and is still of use."""
    found = []
    oldest = group_day(now) - timedelta(days=2)  # a mail about an older day would be of no use anywhere
    for day in sorted({thing.due_on for thing in things if thing.due_on >= oldest}):
        found += _before(plan, day)
    this_monday = _monday(group_day(now))
    for monday in (this_monday, this_monday + timedelta(days=7)):
        if any(thing.due_on < monday for thing in things):
            found.append(_late(plan, monday))
    return [one for one in found if one.due <= until and one.useful_until > now]


def _before(plan: ActionPlan, day: date) -> list[Occasion]:
    """The reminders of what falls due on a day, each of use until the next one; the last until nine the day after."""
    moments = [_at(day - timedelta(days=lead), plan) for lead in LEADS]
    ends = [*moments[1:], _at(day + timedelta(days=1), plan)]
    return [Occasion(DUE, plan, day, *row) for row in zip(LEADS, moments, ends, strict=True)]


def _late(plan: ActionPlan, monday: date) -> Occasion:
    return Occasion(LATE, plan, monday, 0, _at(monday, plan), _at(monday + timedelta(days=7), plan))


def _officials(city_ids: Iterable[int], on: date) -> dict[int, list[User]]:
    """By city, who is an official today and wants reminders; one query."""
    rows = Membership.objects.on(on).filter(
        role=Role.OFFICIAL, organization__city__in=list(city_ids), user__wants_reminders=True
    )
    people: dict[int, dict[int, User]] = defaultdict(dict)
    for membership in rows.select_related("user", "organization").order_by("user"):
        assert membership.organization.city_id is not None
        people[membership.organization.city_id][membership.user_id] = membership.user
    return {city_id: list(found.values()) for city_id, found in people.items()}


def plan(now: datetime) -> int:
    """Queue what officials are reminded of within a day; returns how many mails were new. Twice or at once is safe."""
    return mail.enqueue(row for _plan, row in _mails(now, until=now + PLANNED_AHEAD))


def later(now: datetime, *, until: datetime) -> list[Coming]:
    """What `plan` has yet to queue, as things are now; of what is late the next Monday alone."""
    rows = _mails(now, until=until)
    return counted((one.title, one.get_absolute_url(), row) for one, row in rows if row.due > now + PLANNED_AHEAD)


def _mails(now: datetime, *, until: datetime) -> list[tuple[ActionPlan, OutgoingMail]]:
    """What falls due by that moment, each mail with its plan; four queries."""
    plans = _kept_plans()
    things = _undone(plans, until=group_day(until) + timedelta(days=max(LEADS) + 1))
    occasions = [
        one for plan_id, found in things.items() for one in _occasions(plans[plan_id], found, now, until=until)
    ]
    if not occasions:
        return []
    officials = _officials({one.plan.city_id or 0 for one in occasions}, group_day(now))
    return [
        (
            one.plan,
            OutgoingMail(
                key=one.key(user.pk),
                kind=one.kind,
                priority=OutgoingMail.Priority.REMINDER,
                user=user,
                recipient=user.email,
                subject_type=SUBJECT,
                subject_id=one.plan.pk,
                due=one.due,
                useful_until=one.useful_until,
                is_demo=one.plan.is_demo,
            ),
        )
        for one in occasions
        for user in officials.get(one.plan.city_id or 0, [])
    ]


# --- What the sender asks ---------------------------------------------------------------------------------------------


def _told(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, tuple[ActionPlan, list[Thing], User]]:
    """By mail, the plan and the things it would tell today, for whom; mails with nothing to tell are left out.

    So are those after which another has told the same, also where they were sent again and last a day longer.
    """
    plans = {pk: one for pk, one in _kept_plans().items() if pk in {mail.subject_id for mail in mails}}
    latest = max((_day_in(one.key) for one in mails), default=group_day(now))
    things = _undone(plans, until=latest)
    officials = _officials({one.city_id or 0 for one in plans.values()}, group_day(now))
    told = {}
    for one in mails:
        if (plan := plans.get(one.subject_id or 0)) is None:
            continue
        day = _day_in(one.key)
        occasions = _before(plan, day) if one.kind == DUE else [_late(plan, day)]
        if not any(each.key(one.user_id or 0) == one.key and now < each.useful_until for each in occasions):
            continue
        found = [thing for thing in things[plan.pk] if (thing.due_on == day if one.kind == DUE else thing.due_on < day)]
        user = next((user for user in officials.get(plan.city_id or 0, []) if user.pk == one.user_id), None)
        if found and user is not None:
            told[one.pk] = (plan, found, user)
    return told


def _still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """They hold while something of what they tell is not done and the person is an official who wants reminders."""
    return set(_told(mails, now))


def _render(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    told = _told(mails, now)
    rendered = {}
    for one in mails:
        if one.pk not in told:
            continue
        plan, things, user = told[one.pk]
        assert plan.city is not None
        day = _day_in(one.key)
        url = mail.unsubscribe_url(user.pk)
        context = {
            "plan": plan,
            "city": plan.city,
            "things": things,
            "day": day,
            "days_left": (day - now.astimezone(ZoneInfo(plan.city.time_zone)).date()).days,
            "link": settings.PUBLIC_URL + plan.get_absolute_url(),
            "own_link": OWN_LINK,
        }
        parts = mail.render_parts(f"actionplans/emails/{one.kind}.html", context, user.language)
        content = mail.compose(
            mail=one,
            subject=parts.subject,
            text=parts.text.replace(OWN_LINK, url),
            html=parts.html.replace(OWN_LINK, escape(url)),
            unsubscribe_url=url,
        )
        rendered[one.pk] = mail.Rendered(headline=parts.subject, content=content)
    return rendered


# --- What became of a deliverable -------------------------------------------------------------------------------------


def queue_handed_in(deliverable: Deliverable, *, by: User | None, now: datetime) -> int:
    """Tell coordinators that there is something to accept or return; not the one who handed it in."""
    people = Membership.objects.on(group_day(now)).filter(role=Role.COORDINATOR)
    return _tell(HANDED_IN, deliverable, people, but=by, now=now)


def queue_returned(deliverable: Deliverable, *, now: datetime) -> int:
    """Tell the officials of the city, with the reason."""
    return _tell(RETURNED, deliverable, _officials_of(deliverable, now), now=now)


def queue_accepted(deliverable: Deliverable, *, now: datetime) -> int:
    """Tell the officials of the city that nothing more is to be done."""
    return _tell(ACCEPTED, deliverable, _officials_of(deliverable, now), now=now)


def _officials_of(deliverable: Deliverable, now: datetime) -> MembershipQuerySet:
    return Membership.objects.on(group_day(now)).filter(role=Role.OFFICIAL, organization__city=deliverable.plan.city_id)


def _tell(
    kind: str, deliverable: Deliverable, held: MembershipQuerySet, *, but: User | None = None, now: datetime
) -> int:
    """The key holds the moment: what is accepted, looked at again and accepted once more is told once more."""
    people = User.objects.filter(is_active=True, memberships__in=held).distinct().order_by("pk")
    return mail.enqueue(
        OutgoingMail(
            key=f"{kind}:{deliverable.pk}:{deliverable.attempt}:{now.astimezone(UTC):%Y%m%dT%H%M%S}:{user.pk}",
            kind=kind,
            priority=OutgoingMail.Priority.CHANGE,
            user=user,
            recipient=user.email,
            subject_type=DELIVERABLE,
            subject_id=deliverable.pk,
            subject_version=deliverable.attempt,
            due=now,
            useful_until=now + NEWS_IS_USEFUL_FOR,
            is_demo=deliverable.plan.is_demo,
        )
        for user in people
        if user != but
    )


STANDS: Final = {
    HANDED_IN: Deliverable.Status.HANDED_IN,
    RETURNED: Deliverable.Status.EXPECTED,
    ACCEPTED: Deliverable.Status.ACCEPTED,
}


def _news(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, tuple[Deliverable, User]]:
    """By mail, the deliverable that stands as the mail says and the person whom it still concerns; two queries."""
    ids = {one.subject_id for one in mails if one.subject_id}
    deliverables = Deliverable.objects.select_related("plan__city").in_bulk(list(ids))
    held = (
        Membership.objects.on(group_day(now))
        .filter(user__in={one.user_id for one in mails}, user__is_active=True)
        .select_related("user", "organization")
    )
    people: dict[tuple[str, int | None], dict[int, User]] = defaultdict(dict)
    for one in held:
        city_id = one.organization.city_id if one.role == Role.OFFICIAL else None
        people[one.role, city_id][one.user_id] = one.user
    told = {}
    for each in mails:
        found = deliverables.get(each.subject_id or 0)
        if found is None or not found.plan.takes_in:
            continue
        whom = (Role.COORDINATOR, None) if each.kind == HANDED_IN else (Role.OFFICIAL, found.plan.city_id)
        user = people[whom].get(each.user_id or 0)
        if user and (found.status, found.attempt) == (STANDS[each.kind], each.subject_version):
            told[each.pk] = (found, user)
    return told


def _news_still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """They hold while the deliverable stands as they say, for those who are still coordinators or its officials."""
    return set(_news(mails, now))


def _render_news(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    told = _news(mails, now)
    reasons = _reasons({found.pk for found, _user in told.values()})
    rendered = {}
    for one in mails:
        if one.pk not in told:
            continue
        found, user = told[one.pk]
        context = {
            "deliverable": found,
            "city": found.plan.city,
            "reason": reasons.get((found.pk, found.attempt), ""),
            "link": settings.PUBLIC_URL + found.get_absolute_url(),
        }
        parts = mail.render_parts(f"actionplans/emails/{one.kind}.html", context, user.language)
        content = mail.compose(mail=one, subject=parts.subject, text=parts.text, html=parts.html)
        rendered[one.pk] = mail.Rendered(headline=parts.subject, content=content)
    return rendered


def _reasons(ids: Iterable[int]) -> dict[tuple[int, int], str]:
    """With which words each was returned before its attempt; from the history. See also `return_deliverable`."""
    events = apps.get_model("actionplans", "DeliverableEvent")._default_manager.filter(
        pgh_obj__in=ids, status=Deliverable.Status.EXPECTED, pgh_context__metadata__has_key="reason"
    )
    rows = events.order_by("-pgh_id").values_list("pgh_obj", "attempt", "pgh_context__metadata")
    return {(pk, attempt): metadata["reason"] for pk, attempt, metadata in rows}


def _news_kind(name: str, label: str | Promise, *, repeatable: bool) -> mail.Kind:
    return mail.Kind(name, OutgoingMail.Priority.CHANGE, repeatable, _news_still_true, _render_news, label)


NEWS: Final = [
    _news_kind(HANDED_IN, _("deliverable handed in"), repeatable=True),
    _news_kind(RETURNED, _("deliverable returned"), repeatable=False),  # these two decide something
    _news_kind(ACCEPTED, _("deliverable accepted"), repeatable=False),
]

KINDS = [
    *NEWS,
    mail.Kind(DUE, OutgoingMail.Priority.REMINDER, True, _still_true, _render, _("reminder of what a city must do")),
    mail.Kind(LATE, OutgoingMail.Priority.REMINDER, True, _still_true, _render, _("reminder of what is late")),
]
