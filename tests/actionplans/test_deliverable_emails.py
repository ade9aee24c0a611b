"""Who is told of what became of a deliverable, and for how long it is true."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplans import actions, emails
from actionplans.models import ActionPlan, Deliverable
from cities.models import City, Membership
from ogpgroup.models import OutgoingMail, User
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2017, 7, 20, 18, tzinfo=UTC)
KINDS = {kind.name: kind for kind in emails.NEWS}


@pytest.fixture(autouse=True)
def people_of_the_time(official_reynosa: User, official_colima: User, coordinator: User) -> None:
    Membership.objects.update(since=date(2017, 1, 1))


@pytest.fixture
def deliverable(reynosa: City) -> Deliverable:
    return factories.create_deliverable(plan=factories.create_plan(city=reynosa, slug="plan"), title="Propuesta")


def told(kind: str) -> list[str]:
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk").values_list("recipient", flat=True))


def still_true(kind: str) -> list[bool]:
    mails = list(OutgoingMail.objects.filter(kind=kind).order_by("pk"))
    true = KINDS[kind].still_true(mails, NOW)
    return [one.pk in true for one in mails]


def written(kind: str) -> tuple[str, list[str]]:
    one = OutgoingMail.objects.filter(kind=kind).latest("pk")
    message = message_from_bytes(KINDS[kind].render([one], NOW)[one.pk].content, policy=policy.default)
    part = message.get_body(("plain",))
    assert part is not None
    return message["Subject"], [line for line in part.get_content().splitlines() if line]


def hand_in(deliverable: Deliverable, *, by: User | None = None) -> None:
    actions.hand_in(deliverable, text="La propuesta", by=by, now=NOW)


def test_coordinators_hear_of_what_is_handed_in(
    deliverable: Deliverable, official_reynosa: User, coordinator: User
) -> None:
    hand_in(deliverable, by=official_reynosa)

    assert told("deliverable_handed_in") == [coordinator.email]
    assert still_true("deliverable_handed_in") == [True]
    assert written("deliverable_handed_in") == (
        "Reynosa entregó: Propuesta",
        [
            "Reynosa entregó «Propuesta». Debía entregarse el 29 de julio de 2017.",
            "Léalo, y acéptelo o devuélvalo con unas palabras:",
            "http://localhost" + deliverable.get_absolute_url(),
        ],
    )
    actions.accept_deliverable(deliverable, now=NOW)
    assert still_true("deliverable_handed_in") == [False]


def test_coordinator_who_hands_in_for_a_city_is_not_told(deliverable: Deliverable, coordinator: User) -> None:
    other = factories.create_coordinator()
    Membership.objects.update(since=date(2017, 1, 1))

    hand_in(deliverable, by=coordinator)

    assert told("deliverable_handed_in") == [other.email]


def test_officials_of_the_city_read_why_it_was_returned(deliverable: Deliverable, official_reynosa: User) -> None:
    User.objects.filter(pk=official_reynosa.pk).update(language="en", wants_reminders=False)
    hand_in(deliverable)

    actions.return_deliverable(deliverable, reason="Falta el presupuesto.", now=NOW)

    assert told("deliverable_returned") == [official_reynosa.email]
    assert written("deliverable_returned") == (
        "Returned, please complete it: Propuesta",
        [
            "“Propuesta” was returned to Reynosa. What is missing:",
            "Falta el presupuesto.",
            "The text and its files are still there. Complete it and hand it in anew; the day is 29 July 2017.",
            "http://localhost" + deliverable.get_absolute_url(),
        ],
    )
    hand_in(deliverable)
    assert still_true("deliverable_returned") == [False]
    assert still_true("deliverable_handed_in") == [False, True]
    actions.return_deliverable(deliverable, reason="Falta el plazo.", now=NOW)
    assert still_true("deliverable_returned") == [False, True]
    assert written("deliverable_returned")[1][1] == "Falta el plazo."


def test_officials_of_the_city_hear_that_it_was_accepted(deliverable: Deliverable, official_reynosa: User) -> None:
    hand_in(deliverable)

    actions.accept_deliverable(deliverable, now=NOW)

    assert told("deliverable_accepted") == [official_reynosa.email]
    assert written("deliverable_accepted") == (
        "Aceptado: Propuesta",
        [
            "Se aceptó «Propuesta», que entregó Reynosa.",
            "No queda nada por hacer. Puede leerse aquí:",
            "http://localhost" + deliverable.get_absolute_url(),
        ],
    )
    actions.take_back_acceptance(deliverable)
    assert still_true("deliverable_accepted") == [False]
    actions.accept_deliverable(deliverable, now=NOW + timedelta(hours=1))
    assert told("deliverable_accepted") == [official_reynosa.email] * 2


def test_nobody_is_told_who_has_left_or_where_the_plan_is_closed(
    deliverable: Deliverable, official_reynosa: User
) -> None:
    hand_in(deliverable)
    actions.return_deliverable(deliverable, reason="Falta el presupuesto.", now=NOW)
    held = Membership.objects.filter(user=official_reynosa)

    held.update(until=date(2017, 7, 19))
    assert still_true("deliverable_returned") == [False]
    held.update(until=None)
    assert still_true("deliverable_returned") == [True]
    ActionPlan.objects.update(status="closed")
    assert still_true("deliverable_returned") == [False]


def test_sender_asks_the_same_number_of_questions_for_any_number_of_mails(deliverable: Deliverable) -> None:
    counts = []
    for more in (1, 3):
        for _each in range(more):
            one = factories.create_deliverable(plan=deliverable.plan)
            hand_in(one)
            actions.return_deliverable(one, reason="Falta el presupuesto.", now=NOW)
        mails = list(OutgoingMail.objects.filter(kind="deliverable_returned"))
        with CaptureQueriesContext(connection) as queries:
            KINDS["deliverable_returned"].render(mails, NOW)
        counts.append(len(queries))

    assert counts == [3, 3]
