"""What is handed in on a plan, as its page lists it."""

from datetime import date
from typing import Any, Final, NamedTuple

from django.db import connection

from actionplans.models import ActionPlan, Deliverable

_SHOWN: Final = ("id", "title", "due_on", "due_is_computed", "status", "outcome_unknown")
_DUE: Final = """
SELECT id, title, due_on, due_is_computed, status, outcome_unknown FROM actionplans_deliverable
WHERE plan_id = %s ORDER BY due_on, id
"""


class Facts(NamedTuple):
    """All that a deliverable in a list is drawn from, by which it is kept (`ogpgroup.parts`)."""

    plan: str  # its slug
    is_late: bool
    is_next: bool  # still to be handed in
    row: tuple[Any, ...]

    @property
    def deliverable(self) -> Deliverable:
        deliverable = Deliverable.from_db(None, _SHOWN, self.row)
        deliverable.plan = ActionPlan(slug=self.plan)
        return deliverable

    def context(self) -> dict[str, Any]:
        return {"deliverable": self.deliverable, "is_late": self.is_late}


def due_of(plan: ActionPlan, *, on: date) -> list[Facts]:
    """All deliverables of the plan, the earliest first, with what they are that day; one query."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [plan.pk])
        for row in cursor.fetchall():
            deliverable = Deliverable.from_db(None, _SHOWN, row)
            deliverable.plan = plan
            found.append(Facts(plan.slug, deliverable.is_late(on), deliverable.is_due(on), row))
    return found
