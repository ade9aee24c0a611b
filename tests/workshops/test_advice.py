"""Warnings that explain themselves: two places at once, holidays, short notice, nothing to read yet."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils.translation import override

from actionplans.models import Deliverable
from cities.models import Cycle
from tests import factories
from tests.workshops.coordination import desk_of, edit_url, text_of
from tests.workshops.published import NOW, START, draft, publish
from tests.workshops.seating import YES, members, say
from workshops import diff
from workshops.advice import advice_on, advice_on_all
from workshops.models import AgendaItem, Session, WorkTable

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = "https://r.example/1"


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def advice(session: Session, *, now: datetime = NOW) -> list[str]:
    return advice_on(diff.complete(Session.objects.all()).get(pk=session.pk), cities=[], now=now)


def chosen(cycle: Cycle, title: str, **fields: object) -> Session:
    """A remote session with a link, for somebody who is nowhere else."""
    people = fields.pop("people", [factories.create_user()])
    return draft(cycle=cycle, title=title, people=people, **{"join_url": URL} | fields)  # type: ignore[arg-type]


# --- Two places at once -----------------------------------------------------------------------------------------------


def test_person_needed_at_two_sessions_at_once_is_named(cycle):
    ana = factories.create_user(name="Ana Ruiz")
    first = chosen(cycle, "Primera", people=[ana])
    second = chosen(cycle, "Segunda", starts_at=START + HOUR, responsible=ana)

    assert advice(first) == ["At the same time as “Segunda”, where this person is needed as well: Ana Ruiz."]
    assert advice(second) == ["At the same time as “Primera”, where this person is needed as well: Ana Ruiz."]


def test_presenters_facilitators_and_rapporteurs_are_needed_too(cycle):
    ana, luz, eva = (factories.create_user(name=name) for name in ("Ana", "Luz", "Eva"))
    first = chosen(cycle, "Primera", people=[ana, luz, eva])
    second = chosen(cycle, "Segunda")
    AgendaItem.objects.create(session=second, position=1, kind="presentation", title="Plan", presenter=ana)
    WorkTable.objects.create(session=second, number=1, facilitator=luz, rapporteur=eva)

    assert advice(first) == ["At the same time as “Segunda”, where these people are needed as well: Ana, Eva, and Luz."]


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at": START + 2 * HOUR},
        {"starts_at": START - 2 * HOUR},
        {"status": "cancelled", "cancel_reason": "Paro"},
        {"status": "postponed", "cancel_reason": "Paro"},
        {"day": date(2026, 12, 4), "starts_at": None},
    ],
)
def test_sessions_that_do_not_meet_do_not_clash(cycle, changes):
    ana = factories.create_user()
    first = chosen(cycle, "Primera", people=[ana])
    chosen(cycle, "Segunda", people=[ana], **changes)

    assert advice(first) == []


def test_date_alone_may_become_any_hour_of_that_day(cycle):
    here: Any = {"mode": "face_to_face", "venue": "Palacio", "join_url": ""}
    dated = chosen(cycle, "Sin hora", day=date(2026, 12, 3), starts_at=None, **here)
    other = chosen(cycle, "Sin hora tampoco", day=date(2026, 12, 3), starts_at=None, **here)
    late = chosen(cycle, "De noche", starts_at=datetime(2026, 12, 4, 4, tzinfo=UTC), hours=1, **here)  # 22:00 there

    def beside(*titles: str) -> list[str]:
        unknown = "of which at least one has no hours yet"
        return [f"On the same day as “{one}”, {unknown}, which is held there too: Palacio." for one in titles]

    assert advice(dated) == beside("De noche", "Sin hora tampoco")
    assert advice(other) == beside("De noche", "Sin hora")
    assert advice(late) == beside("Sin hora", "Sin hora tampoco")


def test_people_of_an_audience_that_is_not_chosen_are_not_compared(cycle):
    ana = factories.create_user()
    first = chosen(cycle, "Primera", people=[ana])
    second = chosen(cycle, "Segunda", people=[ana])
    Session.objects.filter(pk=second.pk).update(audience="everybody")

    assert advice(first) == []


def test_venue_and_city_in_which_both_are_held(cycle):
    reynosa = factories.create_city(name="Reynosa")
    here = {"mode": "face_to_face", "city": reynosa, "venue": "Sala 1", "join_url": ""}
    first = chosen(cycle, "Primera", **here)
    chosen(cycle, "Segunda", **here | {"venue": " sala 1"})
    chosen(cycle, "Tercera", **here | {"venue": "Sala 2"})
    chosen(cycle, "Cuarta", **here | {"city": factories.create_city()})
    chosen(cycle, "Quinta", city=reynosa)

    assert advice(first) == [
        "At the same time as “Segunda”, which is held there too: Sala 1.",
        "At the same time as “Tercera”, which is held there too: Reynosa, Tamaulipas.",
    ]


@pytest.mark.parametrize(("venue", "is_told"), [("salon  colon", True), ("Salón Colón 2", False)])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_venue_is_the_same_without_its_city_and_its_accents(cycle, venue, is_told, elsewhere):
    here: Any = {"mode": "face_to_face", "join_url": ""}
    first = chosen(cycle, "Primera", venue="Salón Colón", city=factories.create_city(), **here)
    chosen(cycle, "Segunda", venue=venue, city=factories.create_city() if elsewhere else None, **here)

    told = ["At the same time as “Segunda”, which is held there too: Salón Colón."]
    assert advice(first) == (told if is_told and not elsewhere else [])


def test_city_expected_as_a_city_and_by_one_of_its_institutions(cycle):
    reynosa = factories.create_city(name="Reynosa")
    government, university = factories.create_organization(city=reynosa), factories.create_organization(city=reynosa)
    as_city = draft(cycle=cycle, title="Ciudad", cities=[reynosa], join_url=URL)
    as_government = draft(cycle=cycle, title="Gobierno", organizations=[government], join_url=URL)
    draft(cycle=cycle, title="Universidad", organizations=[university], join_url=URL)

    assert advice(as_city) == [
        "At the same time as “Gobierno”; expected at both: Reynosa.",
        "At the same time as “Universidad”; expected at both: Reynosa.",
    ]
    assert advice(as_government) == ["At the same time as “Ciudad”; expected at both: Reynosa."]


def test_further_people_are_counted_beside_a_city_that_is_expected_at_both(cycle):
    reynosa = factories.create_city(name="Reynosa")
    factories.create_official(city=reynosa)
    elsewhere = [factories.create_official(city=factories.create_city()) for _ in range(2)]
    houses = [one.memberships.get().organization for one in elsewhere]
    first = draft(cycle=cycle, title="Primera", cities=[reynosa], organizations=houses, join_url=URL)
    draft(cycle=cycle, title="Segunda", cities=[reynosa], organizations=houses, join_url=URL)

    assert advice(first) == [
        "At the same time as “Segunda”; expected at both: Reynosa.",
        "At the same time as “Segunda”; 2 more people are expected at both.",
    ]


def test_city_expected_at_both_and_the_whole_group(cycle):
    reynosa = factories.create_city(name="Reynosa")
    first = draft(cycle=cycle, title="Primera", cities=[reynosa], join_url=URL)
    draft(cycle=cycle, title="Segunda", cities=[reynosa, factories.create_city()], join_url=URL)
    assert advice(first) == ["At the same time as “Segunda”; expected at both: Reynosa."]

    all_of_it = draft(cycle=cycle, title="Todos", join_url=URL, starts_at=START + DAY)
    draft(cycle=cycle, title="Otra vez todos", join_url=URL, starts_at=START + DAY)
    assert advice(all_of_it) == ["At the same time as “Otra vez todos”; the whole working group is expected at both."]


def test_people_whom_two_audiences_mean_are_counted_whichever_way_they_are_meant(cycle):
    """The whole group beside one city; an organisation beside a role; nobody in both."""
    city = factories.create_city()
    organization = factories.create_official(city=city).memberships.get().organization
    factories.create_member(organization=organization)
    factories.create_member()
    draft(cycle=cycle, title="Todos", join_url=URL)
    of_the_city = draft(cycle=cycle, title="Ciudad", cities=[city], join_url=URL)
    assert advice(of_the_city) == ["At the same time as “Todos”; 2 people are expected at both."]

    later: Any = {"starts_at": START + DAY, "join_url": URL}
    of_the_house = draft(cycle=cycle, title="Casa", organizations=[organization], **later)
    draft(cycle=cycle, title="Enlaces", roles=["official"], **later)
    draft(cycle=cycle, title="Otros", organizations=[factories.create_organization()], **later)
    assert advice(of_the_house) == ["At the same time as “Enlaces”; 1 person is expected at both."]


@pytest.mark.parametrize(
    ("hour", "told"),
    [
        (19, []),  # to 20:00 where it is held and in Reynosa
        (20, ["In Reynosa it ends at 21:00, outside usual working hours."]),
        (21, ["In Reynosa it begins at 21:00, outside usual working hours."]),
        (7, ["In Reynosa it begins at 07:00, outside usual working hours."]),
    ],
)
def test_hours_outside_work_are_told_of_the_begin_and_of_the_end(cycle, hour, told):
    reynosa = factories.create_city(name="Reynosa", time_zone="America/Matamoros")
    day = datetime(2026, 12, 3, tzinfo=ZoneInfo("America/Matamoros"))
    session = draft(
        cycle=cycle, title="Tarde", cities=[reynosa], starts_at=day.replace(hour=hour), hours=1, join_url=URL
    )

    assert advice_on(session, cities=[reynosa], now=NOW) == told


@pytest.mark.parametrize("who", ["everybody", "roles", "city", "organization", "person", "stranger"])
def test_hours_are_those_of_the_cities_that_are_invited(cycle, who):
    tijuana = factories.create_city(name="Tijuana", time_zone="America/Tijuana")
    merida = factories.create_city(name="Mérida", time_zone="America/Merida")
    official = factories.create_official(city=merida)
    audience: dict[str, Any] = {
        "everybody": {},
        "roles": {"roles": ["official"]},
        "city": {"cities": [merida]},
        "organization": {"organizations": [official.memberships.get().organization]},
        "person": {"people": [official]},
        "stranger": {"people": [factories.create_user()]},
    }
    nine = datetime(2026, 12, 3, 15, tzinfo=UTC)  # in Mérida; 7:00 in Tijuana
    session = draft(cycle=cycle, starts_at=nine, hours=1, join_url=URL, **audience[who])

    told = advice_on(session, cities=[merida, tijuana], now=NOW)

    early = ["In Tijuana it begins at 07:00, outside usual working hours."]
    assert told == (early if who in {"everybody", "roles"} else [])


def test_sessions_of_other_cycles_clash_and_those_of_the_demonstration_do_not(cycle):
    ana = factories.create_user()
    first = chosen(cycle, "Primera", people=[ana])
    chosen(factories.create_cycle(is_demo=True), "Ficticia", people=[ana])
    assert advice(first) == []

    chosen(factories.create_cycle(), "De otro ciclo", people=[ana])
    assert len(advice(first)) == 1


# --- The day ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Friday 25 December 2026 is a public holiday in Mexico: Christmas Day."),
        ("es-mx", "Navidad"),
    ],
)
def test_public_holiday_is_named(cycle, language, told):
    session = chosen(cycle, "Navideña", starts_at=datetime(2026, 12, 25, 16, tzinfo=UTC))

    with override(language):
        (sentence,) = advice(session)

    assert told in sentence


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 12, 4), []),
        (date(2026, 12, 5), ["Saturday 5 December 2026 is not a working day."]),
        (date(2026, 12, 6), ["Sunday 6 December 2026 is not a working day."]),
    ],
)
def test_weekend_is_named(cycle, day, told):
    assert advice(chosen(cycle, "Sin hora", starts_at=None, day=day)) == told


def test_holiday_is_that_of_the_day_where_it_takes_place(cycle):
    eve = chosen(cycle, "Víspera", starts_at=datetime(2026, 12, 25, 1, tzinfo=UTC))  # 24 December, 19:00
    over_night = chosen(cycle, "De noche", starts_at=datetime(2026, 12, 25, 5, tzinfo=UTC))  # to 1:00 on the 25th
    alone = chosen(cycle, "Sin hora", starts_at=None, day=date(2027, 2, 1))

    assert advice(eve) == []
    assert len(advice(over_night)) == 1
    assert advice(alone) == ["Monday 1 February 2027 is a public holiday in Mexico: Constitution Day."]


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (14 * DAY, []),
        (14 * DAY - 4 * HOUR, []),  # still the same day of the calendar
        (6 * DAY, ["Less notice than the group promised: 6 of 14 days."]),
        (DAY, ["Less notice than the group promised: 1 of 14 days."]),
        (HOUR, ["Less notice than the group promised: 0 of 14 days."]),
    ],
)
def test_less_notice_than_promised_is_said_in_days(cycle, before, told):
    session = chosen(cycle, "Pronto")

    assert advice(session, now=START - before) == told


@pytest.mark.parametrize(("promised", "told"), [(0, []), (6, []), (7, ["6 of 7 days."]), (30, ["6 of 30 days."])])
def test_notice_is_a_setting_of_the_cycle(cycle, promised, told):
    cycle.notice_days = promised
    cycle.save(update_fields=["notice_days"])
    session = chosen(cycle, "Pronto")

    found = advice(session, now=START - 6 * DAY)

    assert [sentence.rpartition(": ")[2] for sentence in found] == told


def test_date_that_people_know_already_needs_no_notice(cycle):
    session = chosen(cycle, "Conocida")
    publish(cycle)
    assert advice(session, now=START - DAY) == []

    Session.objects.filter(pk=session.pk).update(starts_at=START + HOUR, ends_at=START + 2 * HOUR)
    assert advice(session, now=START - DAY) == ["Less notice than the group promised: 1 of 14 days."]


@pytest.mark.parametrize(
    ("due_on", "status", "is_told"),
    [
        (date(2026, 12, 2), "expected", False),
        (date(2026, 12, 3), "expected", True),
        (date(2026, 12, 9), "expected", True),
        (date(2026, 12, 9), "handed_in", False),
        (date(2026, 12, 9), "dropped", False),
    ],
)
def test_deliverable_that_nobody_can_read_before(cycle, due_on, status, is_told):
    deliverable = factories.create_deliverable(title="Informe", due_on=due_on)
    session = chosen(cycle, "Revisión", reviews_deliverable=deliverable)
    handed_in = {"handed_in_at": NOW} if status == "handed_in" else {}
    Deliverable.objects.update(status=status, **handed_in)

    day = f"{due_on.day} December 2026"
    told = [f"It is to review “Informe”, which is due on {day}: nobody can read it before."]
    assert advice(session) == (told if is_told else [])


@pytest.mark.parametrize(
    ("seats", "told"),
    [
        (2, "4 people have a seat or an offer; with 2 nobody loses theirs, and nobody else gets one."),
        (4, ""),
        (6, ""),
        (None, ""),
    ],
)
@pytest.mark.parametrize("mode", ["face_to_face", "hybrid"])
def test_fewer_seats_than_are_taken_are_explained_until_published(cycle, seats, told, mode):
    people = members(5)
    fields: Any = {"mode": mode, "seats_in_person": 5, "venue": "Palacio", "join_url": URL}
    session = draft(cycle=cycle, people=people, **fields)
    publish(cycle)
    session.refresh_from_db()
    say(session, people[:4], YES)
    assert advice(session) == []

    Session.objects.filter(pk=session.pk).update(seats_in_person=seats)
    said = f"Face to face: {told}" if mode == "hybrid" else told
    assert advice(session) == ([said] if told else [])

    if told:
        publish(cycle, at=NOW + HOUR)
        assert advice(session) == []


# --- Where it is read -------------------------------------------------------------------------------------------------


def test_edit_page_and_preview_warn(cycle, coordinator):
    ana = factories.create_user(name="Ana Ruiz")
    first = chosen(cycle, "Primera", people=[ana])
    chosen(cycle, "Segunda", people=[ana])
    told = "where this person is needed as well: Ana Ruiz."

    assert told in text_of(desk_of(coordinator).get(edit_url(first)))
    assert text_of(desk_of(coordinator).get(reverse("workshops:publish", args=[cycle.slug]))).count(told) == 2


@pytest.mark.parametrize("count", [1, 3, pytest.param(60, marks=pytest.mark.slow)])
def test_advice_asks_the_same_number_of_questions_for_any_number(cycle, count, django_assert_num_queries):
    ana, reynosa = factories.create_user(), factories.create_city()
    deliverable = factories.create_deliverable(due_on=date(2027, 1, 1))
    for number in range(count + 1):
        chosen(cycle, f"Sesión {number}", people=[ana], cities=[reynosa], reviews_deliverable=deliverable)
    sessions = list(diff.complete(Session.objects.all()))

    with django_assert_num_queries(12):
        told = advice_on_all(sessions, cities=[], now=NOW)

    assert {len(sentences) for sentences in told.values()} == {2 * count + 1}
