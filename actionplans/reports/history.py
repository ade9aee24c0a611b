"""Who changed what in a plan, and when: read from the history that the database keeps by itself.

People appear by what they are, not by name: an institution and a role. What was written while the plan was in
preparation is its keepers' business; the public reads what changed since it is in force.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final, NamedTuple

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan, Commitment, Deliverable, Milestone
from cities.models import Membership, Organization, Role, group_day
from ogpgroup.dates import spoken_day

SHOWN: Final = 20
READ: Final = 60  # the newest of each kind; what is older is told by nobody's page

# What pages say elsewhere, what nobody changes, and what is not everybody's: names, and texts given back.
UNTOLD: Final = frozenset(
    {
        *("id", "plan", "commitment", "form_id", "edition", "edited_at", "edited_by"),
        *("slug", "cycle", "city", "organization", "created_at", "is_demo", "only_years_known", "contact"),
        *("first_ends_on", "text", "handed_in_at", "handed_in_by", "due_is_computed", "outcome_unknown", "attempt"),
    }
)


class Difference(NamedTuple):
    """One field in words, before and after."""

    name: str
    label: str
    old: str
    new: str


class Change(NamedTuple):
    """What somebody did at once to one thing: a frame, a commitment, a milestone, a deliverable."""

    who: str
    at: datetime
    about: str
    added: bool
    differences: tuple[Difference, ...]

    def context(self) -> dict[str, Any]:
        """As a piece of a page it is kept by itself (`ogpgroup.parts`)."""
        return {"change": self}


@dataclass(frozen=True)
class Decision:
    """A deliverable returned, or no longer expected, and why."""

    who: str
    at: datetime
    reason: str
    is_drop: bool


_MEMBERSHIP: Final = ("id", "user_id", "organization_id", "role", "since", "until")
_ORGANIZATION: Final = ("id", "name", "name_en", "city_id")
_MEMBERSHIPS: Final = """
SELECT membership.id, user_id, organization_id, role, since, until,
    organization.id, organization.name, organization.name_en, organization.city_id
FROM cities_membership AS membership JOIN cities_organization AS organization ON organization.id = organization_id
WHERE user_id = ANY(%s) ORDER BY since
"""


class Voices:
    """What people are: institution and role on a day, by one query for any number of people."""

    def __init__(self, people: Iterable[int | None]) -> None:
        self._memberships: defaultdict[int, list[Membership]] = defaultdict(list)
        known = {person for person in people if person}
        if known:
            with connection.cursor() as cursor:
                cursor.execute(_MEMBERSHIPS, [list(known)])
                for row in cursor.fetchall():
                    one = Membership.from_db(None, _MEMBERSHIP, row[: len(_MEMBERSHIP)])
                    one.organization = Organization.from_db(None, _ORGANIZATION, row[len(_MEMBERSHIP) :])
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


_MILESTONES: Final = "IN (SELECT id FROM actionplans_milestone WHERE commitment_id = %s)"
_DELIVERABLES: Final = "IN (SELECT id FROM actionplans_deliverable WHERE plan_id = %s)"


def history_of(commitment: Commitment, *, keeper: bool) -> list[Change]:
    """The newest changes of a commitment and its milestones, newest first; at most four queries."""
    return _changes(
        commitment.plan,
        keeper=keeper,
        read=lambda: [
            *_events("CommitmentEvent", "= %s", commitment.pk),
            *_events("MilestoneEvent", _MILESTONES, commitment.pk),
        ],
    )


def history_of_plan(plan: ActionPlan, *, keeper: bool) -> list[Change]:
    """The newest changes of the plan's frame and of what is to be handed in, newest first; at most four queries."""
    return _changes(
        plan,
        keeper=keeper,
        read=lambda: [
            *_events("ActionPlanEvent", "= %s", plan.pk),
            *_events("DeliverableEvent", _DELIVERABLES, plan.pk),
        ],
    )


def _changes(plan: ActionPlan, *, keeper: bool, read: Callable[[], list[Any]]) -> list[Change]:
    since = None if keeper else _in_force_since(plan)
    if since is None and not keeper:
        return []
    pairs = [(old, new) for old, new in _in_pairs(read()) if since is None or new.pgh_created_at >= since]
    pairs.sort(key=lambda pair: (pair[1].pgh_created_at, pair[1].pgh_id), reverse=True)
    voices = Voices(new.person for _old, new in pairs[: 2 * SHOWN])
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
    for event in told:
        event.person = _person(event)
    voices = Voices(event.person for event in told)
    return [
        Decision(
            _who(event, voices, deliverable.plan),
            event.pgh_created_at,
            event.pgh_context.metadata["reason"],
            is_drop=event.status == Deliverable.Status.DROPPED,
        )
        for event in told
    ]


def writer_of(thing: ActionPlan | Commitment | Milestone | Deliverable) -> str:
    """Who stored the edition that stands now."""
    event = _events(f"{type(thing).__name__}Event", "= %s", thing.pk)[:1]
    if isinstance(thing, Milestone):
        thing = thing.commitment
    plan = thing if isinstance(thing, ActionPlan) else thing.plan
    return _who(event[0], Voices([event[0].person]), plan) if event else _("Somebody")


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


def _events(name: str, which: str, key: int) -> list[Any]:
    """The newest events of these things, each with the `person` who did it; no more is read than is told."""
    statement, names = _statement(name, which)
    with connection.cursor() as cursor:
        cursor.execute(statement, [key, READ])
        rows = cursor.fetchall()
    events = []
    for person, *row in rows:
        event = _model(name).from_db(None, names, row)
        event.person = int(person) if person else None
        events.append(event)
    return events


@cache
def _statement(name: str, which: str) -> tuple[str, tuple[str, ...]]:
    model = _model(name)
    told = {one.name for one in model.pgh_tracked_model._meta.concrete_fields} - UNTOLD
    own = ("pgh_id", "pgh_created_at", "pgh_label", "pgh_obj")
    fields = [one for one in model._meta.concrete_fields if one.name in told or one.name in own]
    columns = ", ".join(f'event."{one.column}"' for one in fields)
    statement = f"""
        SELECT context.metadata ->> 'user', {columns} FROM {model._meta.db_table} AS event
        LEFT JOIN pghistory_context AS context ON context.id = event.pgh_context_id
        WHERE event.pgh_obj_id {which} ORDER BY event.pgh_id DESC LIMIT %s
    """  # noqa: S608  names of tables and columns
    return statement, tuple(one.attname for one in fields)


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
        if field.name in UNTOLD:
            continue
        before, after = getattr(old, field.attname), getattr(new, field.attname)
        if before != after:
            shown = (in_words(model, field.name, value) for value in (before, after))
            yield Difference(field.name, label_of(model, field.name), *shown)


def _person(event: Any) -> int | None:
    person = event.pgh_context.metadata.get("user") if event.pgh_context else None
    return int(person) if person else None


def _who(event: Any, voices: Voices, plan: ActionPlan) -> str:
    return voices.of(event.person, on=group_day(event.pgh_created_at), plan=plan)


_SINCE: Final = """
SELECT pgh_created_at FROM actionplans_actionplanevent WHERE pgh_obj_id = %s AND status <> 'draft'
ORDER BY pgh_id LIMIT 1
"""


def _in_force_since(plan: ActionPlan) -> datetime | None:
    """When anybody could first read the plan."""
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, [plan.pk])
        found = cursor.fetchone()
    return found[0] if found else None
