"""Who changed what in a plan, and when: read from the history that the database keeps by itself.

People appear by what they are, not by name: an institution and a role. What was written while the plan was in
preparation is its keepers' business; the public reads what changed since it is in force.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import Model
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan, Commitment, Deliverable, Milestone
from cities.models import Membership, Role, group_day
from ogpgroup.dates import spoken_day

SHOWN: Final = 20
READ: Final = 60  # the newest of each kind; what is older is told by nobody's page

# What pages say elsewhere, what nobody changes, and what is not everybody's: names, and texts given back.
UNTOLD: Final = frozenset(
    {
        *("id", "plan", "commitment", "form_id", "edition", "edited_at", "edited_by"),
        *("slug", "cycle", "city", "organization", "created_at", "is_demo", "only_years_known", "contact"),
        *("text", "handed_in_at", "handed_in_by", "due_is_computed", "outcome_unknown", "attempt"),
    }
)


@dataclass(frozen=True)
class Difference:
    """One field in words, before and after."""

    name: str
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """What somebody did at once to one thing: a frame, a commitment, a milestone, a deliverable."""

    who: str
    at: datetime
    about: str
    added: bool
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Decision:
    """A deliverable returned, or no longer expected, and why."""

    who: str
    at: datetime
    reason: str
    is_drop: bool


class Voices:
    """What people are: institution and role on a day, by one query for any number of people."""

    def __init__(self, people: Iterable[int | None]) -> None:
        self._memberships: defaultdict[int, list[Membership]] = defaultdict(list)
        known = {person for person in people if person}
        if known:
            for one in Membership.objects.filter(user__in=known).select_related("organization").order_by("since"):
                self._memberships[one.user_id].append(one)

    def of(self, person: int | None, *, on: date, plan: ActionPlan | None) -> str:
        """“Ayuntamiento de Reynosa (city official)”; the plan's own city, if it is about one, before other hats."""
        if person is None:
            return _("the platform")
        held = [one for one in self._memberships[person] if one.since <= on and (one.until is None or one.until >= on)]
        if not held:
            return _("somebody no longer in the group")
        best = max(held, key=lambda one: _hat(one, plan))
        return f"{best.organization.local_name} ({best.get_role_display()})"


def _hat(membership: Membership, plan: ActionPlan | None) -> tuple[bool, bool]:
    own = plan is not None and membership.role == Role.OFFICIAL and membership.organization.city_id == plan.city_id
    return own, membership.role == Role.COORDINATOR


def history_of(commitment: Commitment, *, keeper: bool) -> list[Change]:
    """The newest changes of a commitment and its milestones, newest first; at most five queries."""
    return _changes(
        commitment.plan,
        keeper=keeper,
        read=lambda: [
            *_events("CommitmentEvent", [commitment.pk]),
            *_events("MilestoneEvent", list(commitment.milestones.values_list("pk", flat=True))),
        ],
    )


def history_of_plan(plan: ActionPlan, *, keeper: bool) -> list[Change]:
    """The newest changes of the plan's frame and of what is to be handed in, newest first; at most five queries."""
    return _changes(
        plan,
        keeper=keeper,
        read=lambda: [
            *_events("ActionPlanEvent", [plan.pk]),
            *_events("DeliverableEvent", list(plan.deliverables.values_list("pk", flat=True))),
        ],
    )


def _changes(plan: ActionPlan, *, keeper: bool, read: Callable[[], list[Any]]) -> list[Change]:
    since = None if keeper else _in_force_since(plan)
    if since is None and not keeper:
        return []
    pairs = [(old, new) for old, new in _in_pairs(read()) if since is None or new.pgh_created_at >= since]
    pairs.sort(key=lambda pair: (pair[1].pgh_created_at, pair[1].pgh_id), reverse=True)
    voices = Voices(_person(new) for _old, new in pairs[: 2 * SHOWN])
    changes = (_change(old, new, voices, plan) for old, new in pairs[: 2 * SHOWN])
    return [change for change in changes if change.added or change.differences][:SHOWN]


def decisions_of(deliverable: Deliverable) -> list[Decision]:
    """When it was given back to the city or dropped, and with which words, newest first."""
    events = _model("DeliverableEvent").objects.filter(pgh_obj=deliverable.pk)
    told = list(
        events.filter(
            status__in=[Deliverable.Status.EXPECTED, Deliverable.Status.DROPPED],
            pgh_context__metadata__has_key="reason",
        )
        .select_related("pgh_context")
        .order_by("-pgh_id")
    )
    voices = Voices(_person(event) for event in told)
    return [
        Decision(
            _who(event, voices, deliverable.plan),
            event.pgh_created_at,
            event.pgh_context.metadata["reason"],
            is_drop=event.status == Deliverable.Status.DROPPED,
        )
        for event in told
    ]


def writer_of(thing: ActionPlan | Commitment | Milestone) -> str:
    """Who stored the edition that stands now."""
    event = _events(f"{type(thing).__name__}Event", [thing.pk])[:1]
    if isinstance(thing, Milestone):
        thing = thing.commitment
    plan = thing if isinstance(thing, ActionPlan) else thing.plan
    return _who(event[0], Voices([_person(event[0])]), plan) if event else _("Somebody")


def edition_of(thing: Model, edition: int) -> Any | None:
    """The thing, of whatever app, as it stood in an edition, or None where the history does not reach."""
    history: Any = apps.get_model(thing._meta.app_label, f"{type(thing).__name__}Event")  # made by pghistory
    events = history.objects.filter(pgh_obj=thing.pk, edition=edition)
    return events.order_by("-pgh_id").first()


def label_of(model: type[Model], name: str) -> str:
    text = str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return text[:1].upper() + text[1:]


def in_words(model: type[Model], name: str, value: Any) -> str:
    """A stored value as people read it."""
    field: Any = model._meta.get_field(name)
    if field.many_to_many:
        return ", ".join(str(one) for one in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, ArrayField):
        return ", ".join(_chosen(field.base_field, one) for one in value or ())
    if isinstance(value, date):
        return spoken_day(value, weekday=False)
    return _chosen(field, value) if value not in (None, "") else ""


def _chosen(field: Any, value: Any) -> str:
    return str(dict(field.flatchoices).get(value, value))


def _model(name: str) -> Any:
    return apps.get_model("actionplans", name)  # made by pghistory


def _events(name: str, things: Sequence[int]) -> list[Any]:
    events = _model(name).objects.filter(pgh_obj__in=things).select_related("pgh_context")
    return list(events.order_by("-pgh_id")[:READ])


def _in_pairs(events: Iterable[Any]) -> Iterable[tuple[Any | None, Any]]:
    """Each event with the one before it of the same thing. The oldest read counts only if it is the first of all."""
    newer: dict[tuple[type, int], Any] = {}
    for event in events:
        key = (type(event), event.pgh_obj_id)
        if key in newer:
            yield event, newer[key]
        newer[key] = event
    for event in newer.values():
        if event.pgh_label == "insert":
            yield None, event


def _change(old: Any | None, new: Any, voices: Voices, plan: ActionPlan) -> Change:
    model = new.pgh_tracked_model
    if model is ActionPlan:
        about = _("The frame of the plan")
    elif model is Commitment:
        about = _("The commitment")
    elif model is Deliverable:
        about = _("Deliverable: %(title)s") % {"title": new.title}
    else:
        about = _("Milestone %(number)s: %(title)s") % {"number": new.number, "title": new.title}
    return Change(
        who=_who(new, voices, plan),
        at=new.pgh_created_at,
        about=about,
        added=old is None and model is not ActionPlan,
        differences=tuple(_differences(model, old, new)) if old else (),
    )


def _differences(model: type[Model], old: Any, new: Any) -> Iterable[Difference]:
    for field in model._meta.concrete_fields:
        before, after = getattr(old, field.attname), getattr(new, field.attname)
        if field.name not in UNTOLD and before != after:
            shown = (in_words(model, field.name, value) for value in (before, after))
            yield Difference(field.name, label_of(model, field.name), *shown)


def _person(event: Any) -> int | None:
    person = event.pgh_context.metadata.get("user") if event.pgh_context else None
    return int(person) if person else None


def _who(event: Any, voices: Voices, plan: ActionPlan) -> str:
    return voices.of(_person(event), on=group_day(event.pgh_created_at), plan=plan)


def _in_force_since(plan: ActionPlan) -> datetime | None:
    """When anybody could first read the plan."""
    events = _model("ActionPlanEvent").objects.filter(pgh_obj=plan.pk).exclude(status=ActionPlan.Status.DRAFT)
    since: datetime | None = events.order_by("pgh_id").values_list("pgh_created_at", flat=True).first()
    return since
