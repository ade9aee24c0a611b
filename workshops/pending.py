"""Which drafts differ from what is published, and which are over, asked of the database: pages load what they show.

See also `diff.pending_change`, the same rule for one session; a test holds the two against each other.
"""

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, DateTimeField, F, Func, JSONField, Model, OuterRef, Q, TextField, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from workshops.models import OFFSETS, RELEASED_FIELDS, Session
from workshops.models.sessions import SessionQuerySet


class Differs(Func):
    """Whether two values are not the same, where nothing is the same as nothing."""

    arg_joiner = " IS DISTINCT FROM "
    template = "(%(expressions)s)"
    output_field = BooleanField()
    conditional = True


class DiffersWhereKnown(Differs):
    """Whether two values are not the same; not so where one of them is unknown."""

    arg_joiner = " <> "
    template = "COALESCE(%(expressions)s, FALSE)"


class ToJson(Func):
    function = "to_jsonb"
    output_field = JSONField()


class IdsIn(Func):
    """The ids of a JSON list of objects, in their order."""

    template = "jsonb_path_query_array(%(expressions)s, '$.%(key)s[*].id')"
    output_field = JSONField()

    def __init__(self, expression: F, key: str) -> None:
        super().__init__(expression, key=key)


class Reviews(Func):
    """What a draft reviews, as a version keeps it: the ids that there are."""

    template = "jsonb_strip_nulls(jsonb_build_object(%(expressions)s))"
    output_field = JSONField()

    def __init__(self) -> None:
        kinds = ("plan", "deliverable", "agreement")
        super().__init__(
            *(part for kind in kinds for part in (Cast(Value(kind), TextField()), F(f"reviews_{kind}_id")))
        )


class NextDay(Func):
    """The first moment of the day after, by the clock of a zone."""

    template = "((%(expressions)s))"
    arg_joiner = " + 1)::timestamp AT TIME ZONE ("
    output_field = DateTimeField()


def pending(sessions: SessionQuerySet) -> SessionQuerySet:
    """Those that a release would publish."""
    unheard = Q(current_version__isnull=True, status=Session.Status.PLANNED)
    return sessions.filter(unheard | (Q(current_version__isnull=False) & _differs()))


def _differs() -> Q:
    differs = Q(Differs(Coalesce(F("city__slug"), Value("")), F("current_version__city_slug")))
    differs |= Q(Differs(Reviews(), F("current_version__reviews")))
    for field in RELEASED_FIELDS:
        compare = DiffersWhereKnown if field in OFFSETS else Differs
        differs |= Q(compare(F(field), F(f"current_version__{field}")))
    expected = F("current_version__expected")
    none = Value([], output_field=JSONField())  # versions published before cities and roles were there
    chosen = Q(Differs(_ids(Session.audience_people.through, "user_id"), KeyTransform("people", expected)))
    chosen |= Q(
        Differs(_ids(Session.audience_organizations.through, "organization_id"), IdsIn(expected, "organizations"))
    )
    chosen |= Q(Differs(_ids(Session.audience_cities.through, "city_id"), IdsIn(expected, "cities")))
    chosen |= Q(Differs(ToJson(F("audience_roles")), Coalesce(KeyTransform("roles", expected), none)))
    return differs | (Q(audience=Session.Audience.CHOSEN) & chosen)


def _ids(through: type[Model], column: str) -> ToJson:
    """The ids a session is joined with, in order, as JSON."""
    rows = through._default_manager.filter(session=OuterRef("pk")).order_by(column)
    return ToJson(ArraySubquery(rows.values(column)))


DRAFT_ENDS = Coalesce(F("ends_at"), NextDay(F("day"), F("time_zone")))


def ahead(sessions: SessionQuerySet, now: datetime) -> SessionQuerySet:
    """Those whose draft is not over yet or that are owed a date, soonest first. See also `SessionBase.is_over`."""
    return sessions.filter(GreaterThan(DRAFT_ENDS, now) | _is_owed_a_date()).in_order()


def over(sessions: SessionQuerySet, now: datetime) -> SessionQuerySet:
    """Those whose draft is over, latest first."""
    return sessions.filter(LessThanOrEqual(DRAFT_ENDS, now) & ~_is_owed_a_date()).in_order().reverse()


def _is_owed_a_date() -> Q:
    """Postponed as people read it, or will: until something else is published, they wait for the date."""
    postponed = Session.Status.POSTPONED
    published = Q(current_version__isnull=False, current_version__status=postponed)
    return Q(status=postponed) | published
