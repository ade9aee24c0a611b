"""What waits to be published, asked of the database and of Python: the same answer, whatever differs."""

from datetime import date, timedelta
from typing import Any

import pgtrigger
import pytest

from cities.models import City, Cycle
from tests import factories
from tests.factories_schedule import create_agreement
from tests.workshops.published import NOW, START, draft, publish
from workshops import actions, diff, pending
from workshops.models import RELEASED_FIELDS, Session, SessionVersion

pytestmark = pytest.mark.django_db

CHANGES: dict[str, dict[str, Any]] = {
    "title": {"title": "Otro título"},
    "kind": {"kind": "workshop"},
    "mode": {"mode": "hybrid"},
    "purpose": {"purpose": "Otro propósito"},
    "bring": {"bring": "Un lápiz"},
    "decisions": {"decisions": "El lugar"},
    "starts_at": {"starts_at": START + timedelta(minutes=5)},
    "ends_at": {"ends_at": START + timedelta(hours=5)},
    "day": {"day": date(2026, 12, 4), "starts_at": None, "ends_at": None},
    "time_zone": {"time_zone": "America/Matamoros"},
    "start_offset": {"start_offset": -300},
    "end_offset": {"end_offset": -300},
    "venue": {"venue": "Sala 2"},
    "address": {"address": "Calle 5"},
    "join_url": {"join_url": "https://r.example/1"},
    "visibility": {"visibility": "group"},
    "audience": {"audience": "everybody"},
    "status": {"status": "cancelled", "cancel_reason": "Paro"},
    "cancel_reason": {"status": "cancelled", "cancel_reason": "Otro"},
    "seats_in_person": {"seats_in_person": 40},
    "seats_remote": {"seats_remote": 100},
}


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


def found() -> set[int]:
    """By the database; Python says the same of each session."""
    sessions = diff.complete(Session.objects.all())
    by_python = {session.pk for session in sessions if diff.pending_change(session) is not None}
    by_database = set(pending.pending(Session.objects.all()).values_list("pk", flat=True))
    assert by_database == by_python
    return by_database


def test_every_released_field_is_tried():
    assert set(CHANGES) == set(RELEASED_FIELDS)


@pytest.mark.parametrize("field", CHANGES)
def test_change_of_a_field_waits_to_be_published(cycle, field, member):
    session = draft(cycle=cycle, people=[member], organizations=[factories.create_organization()])
    draft(cycle=cycle, title="Sin cambios", people=[member])
    publish(cycle)
    assert found() == set()

    Session.objects.filter(pk=session.pk).update(**CHANGES[field])

    assert found() == {session.pk}


def test_offset_that_is_not_known_is_no_change(cycle):
    session = draft(cycle=cycle)
    publish(cycle)

    Session.objects.filter(pk=session.pk).update(start_offset=None, end_offset=None)

    assert found() == set()


def _other_city(session: Session) -> None:
    session.city = factories.create_city()


def _no_city(session: Session) -> None:
    session.city = None


def _renamed_city(session: Session) -> None:
    City.objects.update(name="Otro nombre")


def _more_people(session: Session) -> None:
    session.audience_people.add(factories.create_member())


def _fewer_organizations(session: Session) -> None:
    session.audience_organizations.clear()


def _more_cities(session: Session) -> None:
    session.audience_cities.add(factories.create_city())


def _other_cities(session: Session) -> None:
    session.audience_cities.set([factories.create_city()])


def _fewer_cities(session: Session) -> None:
    session.audience_cities.clear()


def _more_roles(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(audience_roles=["coordinator", "official"])


def _no_roles(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(audience_roles=[])


def _plan(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(reviews_plan=factories.create_plan())


def _deliverable(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(reviews_deliverable=factories.create_deliverable())


def _agreement(session: Session) -> None:
    agreement = create_agreement(session=session)
    Session.objects.filter(pk=session.pk).update(reviews_agreement=agreement)


@pytest.mark.parametrize(
    ("step", "waits"),
    [
        (_plan, True),
        (_deliverable, True),
        (_agreement, True),
        (_more_cities, True),
        (_other_cities, True),
        (_fewer_cities, True),
        (_more_roles, True),
        (_no_roles, True),
        (_other_city, True),
        (_no_city, True),
        (_renamed_city, False),
        (_more_people, True),
        (_fewer_organizations, True),
    ],
)
def test_change_of_place_or_audience_waits_to_be_published(cycle, step, waits, member):
    organizations = [factories.create_organization(), factories.create_organization()]
    session = draft(
        cycle=cycle,
        city=factories.create_city(),
        people=[member],
        organizations=organizations,
        cities=[factories.create_city()],
        roles=["official"],
    )
    publish(cycle)

    step(session)
    session.save(update_fields=["city"])

    assert found() == ({session.pk} if waits else set())


def test_what_is_reviewed_is_compared_with_what_was_published(cycle):
    session = draft(
        cycle=cycle, reviews_plan=factories.create_plan(), reviews_deliverable=factories.create_deliverable()
    )
    publish(cycle)
    assert found() == set()

    Session.objects.filter(pk=session.pk).update(reviews_plan=None)
    assert found() == {session.pk}


def test_lists_of_a_session_for_everybody_are_not_compared(cycle, member):
    session = draft(cycle=cycle)
    publish(cycle)

    session.audience_people.add(member)

    assert found() == set()


def test_version_from_before_there_were_cities_and_roles_is_not_taken_for_another(cycle, member):
    session = draft(cycle=cycle, people=[member])
    publish(cycle)
    with pgtrigger.ignore("workshops.SessionVersion:append_only"):
        SessionVersion.objects.update(expected={"organizations": [], "people": [member.pk]})

    assert found() == set()

    session.audience_cities.add(factories.create_city())
    assert found() == {session.pk}


def test_new_draft_waits_and_one_cancelled_unheard_does_not(cycle):
    new, cancelled, postponed = (draft(cycle=cycle, title=f"Sesión {number}") for number in range(3))
    Session.objects.filter(pk=postponed.pk).update(status="postponed", cancel_reason="Paro")
    actions.cancel(cancelled, reason="Paro", by=None)

    assert found() == {new.pk}


@pytest.mark.parametrize("zone", ["America/Tijuana", "America/Cancun"])
def test_draft_is_over_when_python_says_so(cycle, zone):
    alone = draft(cycle=cycle, starts_at=None, day=date(2026, 12, 3), time_zone=zone)
    hours = draft(cycle=cycle, title="Con horas", time_zone=zone)
    everything = Session.objects.all()

    for session in (alone, hours):
        just_before = session.last_instant() - timedelta(microseconds=1)
        assert session in pending.ahead(everything, just_before)
        assert session not in pending.over(everything, just_before)
        assert session not in pending.ahead(everything, session.last_instant())
        assert session in pending.over(everything, session.last_instant())


def test_comparing_loads_no_entry_of_a_calendar_and_no_report(cycle):
    draft(cycle=cycle)
    publish(cycle, at=NOW)

    (session,) = diff.complete(Session.objects.all())

    assert session.get_deferred_fields() == {"report"}
    assert session.current_version
    assert session.current_version.get_deferred_fields() == {"vevent"}
