"""A city west of the capital has its own day: nothing of it is late before that day ends."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db

DUE = date(2026, 11, 30)
# Half past ten in the evening in Tijuana, half past midnight in the capital.
LAST_EVENING = datetime(2026, 12, 1, 6, 30, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(("now", "count"), [(LAST_EVENING, 0), (NEXT_MORNING, 1)])
def test_nothing_is_late_before_the_day_ends_where_the_plan_is_carried_out(now: datetime, count: int) -> None:
    city = factories.create_city(slug="tijuana", time_zone="America/Tijuana")
    plan = factories.create_plan(city=city, starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31))
    deliverable = factories.create_deliverable(plan=plan, due_on=DUE)
    commitment = factories.create_commitment(plan=plan)
    factories.create_milestone(commitment=commitment, starts_on=date(2026, 2, 1), ends_on=DUE)

    with time_machine.travel(now, tick=False):
        page = Client().get(plan.get_absolute_url()).context["standing"]
        of_deliverable = Client().get(deliverable.get_absolute_url()).context["is_late"]
        of_commitment = Client().get(commitment.get_absolute_url()).context["standing"]

        assert (page.late_count, len(page.late_deliverables), of_deliverable) == (count, count, bool(count))
        assert len([track for track in of_commitment.progress.tracks if track.is_late]) == count
