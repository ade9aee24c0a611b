"""Local dates and hours become instants, and nothing impossible becomes a session."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cities.models import City, Cycle
from ogpgroup.models import User
from tests import factories
from tests.factories_schedule import create_session, publish
from workshops import actions, diff
from workshops.forms import SessionForm, TwiceThatDay, comes_twice, differences, instant_of
from workshops.models import Session

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
REYNOSA = "America/Matamoros"


@pytest.fixture
def cycle(db: None) -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31))


def typed(cycle: Cycle, **changes: Any) -> dict[str, Any]:
    """A complete form of a remote session, as a browser posts it."""
    return {
        "title": "Taller de participación",
        "kind": "workshop",
        "mode": "remote",
        "cycle": cycle.pk,
        "timing": "hours",
        "day": "2026-12-03",
        "start_time": "10:00",
        "end_time": "12:00",
        "time_zone": "America/Mexico_City",
        "visibility": "public",
        "audience": "everybody",
        "edits": "0",
    } | changes


def form_of(cycle: Cycle, session: Session | None = None, **changes: Any) -> SessionForm:
    return SessionForm(typed(cycle, **changes), instance=session, cycle=cycle, now=NOW)


# --- Wall clocks ------------------------------------------------------------------------------------------------------


def test_instant_of_follows_the_zone_of_the_border() -> None:
    november = instant_of(date(2026, 11, 23), time(10), REYNOSA)
    july = instant_of(date(2027, 7, 1), time(10), REYNOSA)

    assert november == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert july == datetime(2027, 7, 1, 15, tzinfo=UTC)


def test_instant_of_an_hour_the_clocks_leave_out_is_refused() -> None:
    with pytest.raises(ValidationError, match="02:30"):
        instant_of(date(2027, 3, 14), time(2, 30), REYNOSA)


@pytest.mark.parametrize(
    ("hour", "utc_hour"), [(time(1, 59), 7), (time(3), 8)], ids=["before the gap", "right after it"]
)
def test_instant_of_the_hours_around_the_gap_is_taken(hour: time, utc_hour: int) -> None:
    assert instant_of(date(2027, 3, 14), hour, REYNOSA).hour == utc_hour


def test_instant_of_an_hour_that_comes_twice_asks_which_one() -> None:
    with pytest.raises(TwiceThatDay):
        instant_of(date(2026, 11, 1), time(1, 30), REYNOSA)


@pytest.mark.parametrize(("fold", "utc_hour"), [("0", 6), ("1", 7)])
def test_instant_of_an_hour_that_comes_twice_takes_the_one_meant(fold: str, utc_hour: int) -> None:
    instant = instant_of(date(2026, 11, 1), time(1, 30), REYNOSA, fold)

    assert instant == datetime(2026, 11, 1, utc_hour, 30, tzinfo=UTC)
    assert comes_twice(instant, REYNOSA)


def test_the_same_night_in_mexico_city_changes_nothing() -> None:
    assert instant_of(date(2026, 11, 1), time(1, 30), "America/Mexico_City").hour == 7


# --- When -------------------------------------------------------------------------------------------------------------


def test_form_makes_instants_of_local_hours(cycle: Cycle) -> None:
    session = form_of(cycle, time_zone="America/Mazatlan")

    assert session.is_valid(), session.errors
    stored = session.save()
    assert (stored.starts_at, stored.ends_at) == (
        datetime(2026, 12, 3, 17, tzinfo=UTC),
        datetime(2026, 12, 3, 19, tzinfo=UTC),
    )
    assert (stored.time_zone, stored.day) == ("America/Mazatlan", None)


def test_form_without_a_zone_takes_that_of_the_city(cycle: Cycle, reynosa: City) -> None:
    form = form_of(cycle, mode="face_to_face", city=reynosa.pk, day="2026-07-02", time_zone="")

    assert form.is_valid(), form.errors
    assert form.save().time_zone == REYNOSA


def test_form_with_a_date_alone_ignores_hours(cycle: Cycle) -> None:
    form = form_of(cycle, timing="date", start_time="nonsense", end_time="")

    assert form.is_valid(), form.errors
    stored = form.save()
    assert (stored.day, stored.starts_at, stored.ends_at) == (date(2026, 12, 3), None, None)


def test_form_asks_for_the_hours(cycle: Cycle) -> None:
    form = form_of(cycle, start_time="", end_time="")

    assert sorted(form.errors) == ["end_time", "start_time"]


@pytest.mark.parametrize("end", ["10:00", "09:00"])
def test_form_refuses_an_end_that_is_not_after_the_start(cycle: Cycle, end: str) -> None:
    assert sorted(form_of(cycle, end_time=end).errors) == ["end_time"]


def test_form_takes_an_end_on_the_next_day(cycle: Cycle) -> None:
    form = form_of(cycle, start_time="22:00", end_time="01:00", end_date="2026-12-04")

    assert form.is_valid(), form.errors
    assert form.save().ends_at == datetime(2026, 12, 4, 7, tzinfo=UTC)


def test_form_says_beside_the_field_that_an_hour_does_not_exist(cycle: Cycle) -> None:
    form = form_of(cycle, day="2027-03-14", start_time="02:30", end_time="04:00", time_zone=REYNOSA)

    assert sorted(form.errors) == ["start_time"]
    assert "02:30" in form.errors["start_time"][0]
    assert not form.asks_start_fold


def test_form_asks_which_of_two_hours_is_meant_and_keeps_the_answer(cycle: Cycle) -> None:
    night: dict[str, Any] = {"day": "2026-11-01", "start_time": "01:30", "end_time": "03:00", "time_zone": REYNOSA}
    form = form_of(cycle, **night)
    assert sorted(form.errors) == ["start_time"]
    assert (form.asks_start_fold, form.asks_end_fold) == (True, False)

    answered = form_of(cycle, **night, start_fold="1")

    assert answered.is_valid(), answered.errors
    stored = answered.save()
    assert stored.starts_at == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
    again = SessionForm(instance=stored, cycle=cycle, now=NOW)
    assert (again["start_time"].value(), again["start_fold"].value()) == (time(1, 30), "1")
    assert again.asks_start_fold


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31"])
def test_form_refuses_years_that_are_slips(cycle: Cycle, day: str) -> None:
    assert sorted(form_of(cycle, day=day, start_time="23:30", end_time="23:45").errors) == ["day"]


# --- Where and who ----------------------------------------------------------------------------------------------------


def test_form_wants_a_place_where_people_meet(cycle: Cycle) -> None:
    assert sorted(form_of(cycle, mode="face_to_face").errors) == ["venue"]
    assert sorted(form_of(cycle, mode="hybrid").errors) == ["venue"]
    assert form_of(cycle, mode="hybrid", venue="Casa de la Cultura").is_valid()


def test_form_takes_a_remote_session_without_a_link(cycle: Cycle) -> None:
    assert form_of(cycle).is_valid()


def test_form_drops_what_the_mode_makes_meaningless(cycle: Cycle, reynosa: City) -> None:
    remote = form_of(cycle, venue="Casa de la Cultura", city=reynosa.pk, join_url="https://reunion.example/1")
    there = form_of(cycle, mode="face_to_face", venue="Casa de la Cultura", join_url="no address at all")

    assert remote.is_valid(), remote.errors
    assert there.is_valid(), there.errors
    stored = remote.save()
    assert (stored.venue, stored.city, stored.join_url) == ("", None, "https://reunion.example/1")
    stored = there.save()
    assert (stored.venue, stored.join_url) == ("Casa de la Cultura", "")


def test_form_with_a_chosen_audience_wants_somebody(cycle: Cycle, member: User) -> None:
    assert sorted(form_of(cycle, audience="chosen").errors) == ["audience"]

    form = form_of(cycle, audience="chosen", people=[member.pk])

    assert form.is_valid(), form.errors
    assert list(form.save().audience_people.all()) == [member]


def test_form_offers_no_fictitious_things_for_a_real_session(cycle: Cycle) -> None:
    city = factories.create_city(is_demo=True)
    organization = factories.create_organization(is_demo=True)
    person = factories.create_user(is_demo=True)
    demo_cycle = factories.create_cycle(is_demo=True)

    form = form_of(
        cycle,
        mode="hybrid",
        city=city.pk,
        venue="x",
        audience="chosen",
        organizations=[organization.pk],
        people=[person.pk],
    )

    assert sorted(form.errors) == ["audience", "city", "organizations", "people"]
    moved = SessionForm(typed(cycle) | {"cycle": demo_cycle.pk}, cycle=cycle, now=NOW)
    assert sorted(moved.errors) == ["cycle"]


def test_form_of_a_fictitious_cycle_makes_a_fictitious_session(db: None) -> None:
    cycle = factories.create_cycle(is_demo=True)

    form = form_of(cycle)

    assert form.is_valid(), form.errors
    assert form.save().is_demo


def test_form_keeps_an_organization_that_has_left_the_group(cycle: Cycle) -> None:
    left = factories.create_organization(in_group_until=date(2026, 1, 31))
    session = create_session(cycle=cycle, organizations=[left])

    kept = form_of(cycle, session, audience="chosen", organizations=[left.pk])
    new = form_of(cycle, audience="chosen", organizations=[left.pk])

    assert kept.is_valid(), kept.errors
    assert sorted(new.errors) == ["audience", "organizations"]


def test_form_keeps_what_was_typed_when_it_is_refused(cycle: Cycle) -> None:
    form = form_of(cycle, title="Título largo", end_time="09:00", purpose="Para qué")

    assert not form.is_valid()
    assert (form["title"].value(), form["end_time"].value(), form["purpose"].value()) == (
        "Título largo",
        "09:00",
        "Para qué",
    )


def test_form_limits_lengths(cycle: Cycle) -> None:
    form = form_of(cycle, title="x" * 201, purpose="x" * 4001, join_url="https://a.example/" + "x" * 500)

    assert sorted(form.errors) == ["join_url", "purpose", "title"]


def test_form_shows_a_stored_session_by_its_own_clock(cycle: Cycle) -> None:
    session = create_session(cycle=cycle, starts_at=datetime(2027, 7, 2, 4, tzinfo=UTC), time_zone=REYNOSA)

    form = SessionForm(instance=session, cycle=cycle, now=NOW)

    assert (form["day"].value(), form["start_time"].value(), form["end_time"].value()) == (
        date(2027, 7, 1),
        time(23),
        time(1),
    )
    assert form["end_date"].value() == date(2027, 7, 2)


def test_differences_name_what_somebody_else_stored(cycle: Cycle, member: User) -> None:
    session = create_session(cycle=cycle, title="Lo guardado", people=[member])
    form = form_of(cycle, Session.objects.get(pk=session.pk), title="Lo escrito", audience="everybody")
    assert form.is_valid(), form.errors

    told = {difference.label: (difference.stored, difference.typed) for difference in differences(form, session)}

    assert told[str(form["title"].label)] == ("Lo guardado", "Lo escrito")
    assert told[str(form["people"].label)][0].startswith("Inés Integrante")
    assert told[str(form["people"].label)][1] == ""


# --- Seats ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "stored"),
    [("face_to_face", (40, None)), ("hybrid", (40, 100)), ("remote", (None, 100))],
)
def test_form_keeps_the_seats_of_the_way_it_is_held(cycle: Cycle, mode: str, stored: tuple[int | None, ...]) -> None:
    form = form_of(cycle, mode=mode, venue="Sala 1", seats_in_person="40", seats_remote="100")

    assert form.is_valid(), form.errors
    session = form.save()
    assert (session.seats_in_person, session.seats_remote) == stored


def test_form_takes_no_room_without_seats_and_forgives_slips_in_what_it_hides(cycle: Cycle) -> None:
    assert list(form_of(cycle, seats_remote="0").errors) == ["seats_remote"]
    assert form_of(cycle, seats_in_person="-7").is_valid()
    assert form_of(cycle, seats_remote="").is_valid()


def test_seats_that_were_not_counted_are_told_as_nothing(cycle: Cycle) -> None:
    session = create_session(cycle=cycle)
    publish(cycle)
    session.seats_remote = 100
    actions.save_draft(session, organizations=[], people=[], by=None)

    (change,) = diff.pending_changes(cycle)
    assert change.version
    facts = diff.version_facts(change.version), diff.draft_facts(change.session)
    told = diff.sentences(change.version, change.session, change.fields, facts=facts)
    assert [(one.old, one.new) for one in told] == [("", "100")]
