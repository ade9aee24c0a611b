"""Calendars of one's own: what is in them, for whom, and as independent programs read them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from django.test import Client
from ics.icalendar import Calendar
from vobject.base import readOne

from cities.models import Organization
from feedback.models import Note
from ogpgroup.models import User
from tests import factories
from tests.feedback import noting
from tests.workshops import strict_calendar
from tests.workshops.published import NOW, cancel, publish_session
from workshops import actions, own_calendar
from workshops.models import Agreement, CalendarFeed, Participation, Session

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:.maxsplit. is passed as positional argument:DeprecationWarning"),  # in ics
]
LINK = "https://reunion.example.org/abc"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def official() -> User:
    return factories.create_official(city=factories.create_city(name="Reynosa"), language="es-mx", name="Olga Oficial")


def feed_of(user: User, **fields: Any) -> CalendarFeed:
    return actions.open_feed(CalendarFeed(**fields), user=user)


def read(feed: CalendarFeed, client: Client | None = None) -> bytes:
    response = (client or Client()).get(own_calendar.address_of(feed).removeprefix("http://localhost"))
    assert response.status_code == 200
    strict_calendar.read(response.content, own=True)
    return response.content


def titles(content: bytes) -> list[str]:
    return sorted(event.name for event in Calendar(content.decode()).events)


@pytest.fixture
def sessions(official):
    """One to which the official is invited, one for others, and one that everybody may see in the official's city."""
    other = factories.create_member()
    return {
        "mine": publish_session(title="Mía", people=[official, other], visibility="invited", join_url=LINK),
        "theirs": publish_session(title="De otros", people=[other], visibility="invited", join_url=LINK),
        "ours": publish_session(
            title="En mi ciudad",
            people=[other],
            mode="face_to_face",
            city=official.memberships.get().organization.city,
        ),
        "elsewhere": publish_session(title="En otra parte", people=[other]),
    }


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("invited", ["Mía"]),
        ("city", ["En mi ciudad", "Mía"]),
        ("all", ["En mi ciudad", "En otra parte", "Mía"]),
    ],
)
def test_scope_says_what_is_in_it(official, sessions, scope, expected):
    assert titles(read(feed_of(official, scope=scope))) == expected


def test_city_means_what_concerns_its_people_and_its_plans_too(official):
    city = official.memberships.get().organization.city
    colleague = factories.create_member(organization=factories.create_organization(city=city))
    stranger, plan = factories.create_member(), factories.create_plan(city=city)
    publish_session(title="De la ciudad", cities=[city])
    publish_session(title="De un instituto de la ciudad", organizations=[colleague.memberships.get().organization])
    publish_session(title="De una colega", people=[colleague])
    publish_session(title="Sobre su plan", people=[stranger], reviews_plan=plan)
    publish_session(title="Sobre otro plan", people=[stranger], reviews_plan=factories.create_plan())
    publish_session(title="De todas las personas", audience="everybody")
    publish_session(title="Reservada", people=[colleague], visibility="invited")

    found = titles(read(feed_of(official, scope="city")))

    assert found == [
        *("De la ciudad", "De todas las personas", "De un instituto de la ciudad", "De una colega", "Sobre su plan")
    ]


def test_link_to_join_is_for_those_expected_alone(official, sessions):
    calendar = strict_calendar.read(read(feed_of(official, scope="all")), own=True)

    links = {
        event.get("SUMMARY").value: [one.value for one in event.properties if one.name == "CONFERENCE"]
        for event in calendar.all("VEVENT")
    }
    assert links == {"Mía": [LINK], "En mi ciudad": [], "En otra parte": []}


def test_nobody_is_named_in_it(official, sessions):
    content = read(feed_of(official, scope="all")).decode().replace("\r\n ", "")

    people = User.objects.values_list("name", "email")
    assert [word for person in people for word in person if word and word in content] == []


def test_declined_sessions_are_left_out_and_cancelled_ones_stay(official, sessions):
    feed = feed_of(official)
    cancelled = publish_session(title="Cancelada", people=[official])
    cancel(cancelled.session, at=NOW)
    actions.answer(sessions["mine"].session, user=official, answer=Participation.Answer.NO, now=NOW)

    calendar = strict_calendar.read(read(feed), own=True)

    assert [(one.get("SUMMARY").value, one.get("STATUS").value) for one in calendar.all("VEVENT")] == [
        ("Cancelada", "CANCELLED")
    ]


@pytest.mark.parametrize(("scope", "left"), [("city", ["Mía"]), ("all", ["En otra parte", "Mía"])])
def test_session_of_others_that_one_declined_is_left_out(official, sessions, scope, left):
    actions.answer(sessions["ours"].session, user=official, answer=Participation.Answer.NO, now=NOW)

    assert titles(read(feed_of(official, scope=scope))) == left


def test_alarm_is_set_as_asked_and_not_for_a_date_alone_or_a_cancellation(official):
    publish_session(title="Con horas", people=[official])
    publish_session(title="Día solo", people=[official], starts_at=None, day=date(2026, 12, 4))
    cancel(publish_session(title="Cancelada", people=[official]).session, at=NOW)

    calendar = readOne(read(feed_of(official, alarm_minutes=60)).decode())

    alarms = {str(event.summary.value): event.contents.get("valarm", []) for event in calendar.vevent_list}
    assert {title: len(found) for title, found in alarms.items()} == {"Con horas": 1, "Día solo": 0, "Cancelada": 0}
    assert alarms["Con horas"][0].trigger.value == -timedelta(hours=1)


def test_hours_are_the_same_instant_in_every_program(official):
    start = datetime(2027, 3, 14, 15, tzinfo=UTC)  # 10:00 in Reynosa, on the day its clocks go forward
    publish_session(title="Taller", people=[official], starts_at=start, time_zone="America/Matamoros")
    content = read(feed_of(official)).decode()

    (event,) = Calendar(content).events
    assert event.begin.datetime.astimezone(UTC) == start
    (other,) = readOne(content).vevent_list
    assert other.dtstart.value.astimezone(UTC) == start


def test_what_falls_due_are_tasks_as_long_as_that_is_wanted(official):
    city = official.memberships.get().organization.city
    plan = factories.create_plan(city=city)
    factories.create_deliverable(plan=plan, title="Propuesta sintética", due_on=date(2026, 11, 20))

    with_them = Calendar(read(feed_of(official)).decode()).todos
    assert [(todo.name, todo.due.date()) for todo in with_them] == [("Propuesta sintética", date(2026, 11, 20))]
    without = Calendar(read(feed_of(official, with_deadlines=False)).decode()).todos
    assert list(without) == []


def test_words_that_others_wrote_are_not_in_it(official):
    """It is read by whom its person shares it with; a note may be for the city alone."""
    plan = factories.create_plan(city=official.memberships.get().organization.city)
    commitment = factories.create_commitment(plan=plan)
    note = noting.write(commitment, text="Ana Pérez gana menos.", visibility=Note.Visibility.CITY, now=NOW)

    assert tasks(read(feed_of(official))) == [("Una nota que espera su respuesta", note.answer_due_on)]


def test_all_that_lies_ahead_is_in_it_however_much_and_however_late(official):
    plan = factories.create_plan(city=official.memberships.get().organization.city)
    days = [date(2026, 12, 1) + timedelta(days=30 * number) for number in range(20)]
    for day in days:
        factories.create_deliverable(plan=plan, title=f"Entrega del {day}", due_on=day)

    assert tasks(read(feed_of(official))) == [(f"Entrega del {day}", day) for day in days]


def agree(text: str, *responsible: Organization, due_on: date | None, **fields: Any) -> Agreement:
    session = Session.objects.first() or publish_session(title="Sesión").session
    number = session.agreements.count() + 1
    agreement = session.agreements.create(number=number, kind="task", text=text, due_on=due_on, **fields)
    agreement.responsible.add(*responsible)
    return agreement


def tasks(content: bytes) -> list[tuple[str, date]]:
    found = icalendar.Calendar.from_ical(content).walk("VTODO")
    return sorted((str(todo["SUMMARY"]), todo.decoded("DUE")) for todo in found)


def test_agreements_of_my_organisations_fall_due_once_whenever_that_is(official):
    mine, other = official.memberships.get().organization, factories.create_organization()
    also_mine = factories.create_organization()
    factories.create_membership(user=official, organization=also_mine)
    soon, far, past = date(2026, 12, 1), date(2027, 6, 1), date(2026, 10, 1)
    agree("Pronto", mine, also_mine, due_on=soon)
    agree("Lejos", mine, due_on=far)
    agree("Pasado", mine, due_on=past)
    agree("Otra cosa", other, due_on=soon)
    agree("Sin fecha", mine, due_on=None)
    agree("Del grupo", due_on=soon, responsible_group=True)

    assert tasks(read(feed_of(official))) == [("Lejos", far), ("Pasado", past), ("Pronto", soon)]


def test_what_the_group_agreed_falls_due_for_coordinators(coordinator):
    agree("Del grupo", due_on=date(2026, 12, 1), responsible_group=True)
    agree("De otros", factories.create_organization(), due_on=date(2026, 12, 1))

    assert tasks(read(feed_of(coordinator))) == [("Del grupo", date(2026, 12, 1))]


# --- The address ------------------------------------------------------------------------------------------------------


def test_what_it_shows_is_changed_and_the_address_stays(official, sessions):
    feed, client = feed_of(official, alarm_minutes=60, name="Trabajo"), Client()
    client.force_login(official)
    address = own_calendar.address_of(feed)
    page = client.get(f"/accounts/calendars/{feed.pk}/edit/")
    assert page.context["form"]["alarm_minutes"].value() == 60

    client.post(f"/accounts/calendars/{feed.pk}/edit/", {"scope": "all", "alarm_minutes": "1440", "name": "Todo"})

    feed.refresh_from_db()
    changed = (feed.scope, feed.with_deadlines, feed.alarm_minutes, feed.name)
    assert (changed, own_calendar.address_of(feed)) == (("all", False, 1440, "Todo"), address)
    assert titles(read(feed)) == ["En mi ciudad", "En otra parte", "Mía"]


def test_revoked_forged_and_closed_addresses_are_nowhere(official, client):
    feed = feed_of(official)
    path = own_calendar.address_of(feed).removeprefix("http://localhost")
    assert client.get(path).status_code == 200
    assert client.get(path.replace(".ics", "x.ics")).status_code == 404
    assert client.get(f"/calendar/{feed.uid.hex}.ics").status_code == 404

    User.objects.filter(pk=official.pk).update(is_active=False)
    assert client.get(path).status_code == 404
    User.objects.filter(pk=official.pk).update(is_active=True)
    actions.revoke_feed(feed, now=NOW)
    assert client.get(path).status_code == 404


def test_who_left_the_group_reads_what_names_them_alone(official, sessions):
    feed = feed_of(official, scope="all")
    group = publish_session(title="Del grupo", visibility="group")
    assert "Del grupo" in titles(read(feed))

    official.memberships.update(until=date(2026, 11, 1))

    assert titles(read(feed)) == ["En mi ciudad", "En otra parte", "Mía"]
    assert group.visibility == "group"


def test_copy_that_is_still_right_is_not_sent_again(official, client):
    publish_session(title="Taller", people=[official])
    path = own_calendar.address_of(feed_of(official)).removeprefix("http://localhost")
    first = client.get(path)

    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"] == "private, max-age=300"
    assert first.cookies == {}


def test_name_is_one_line_whatever_was_typed(official):
    calendar = strict_calendar.read(read(feed_of(official, name="Mi\noficina\x07")), own=True)

    assert calendar.get("NAME").value == "Mi oficina"


def test_reading_is_noted_once_a_day(official, client):
    feed = feed_of(official)
    path = own_calendar.address_of(feed).removeprefix("http://localhost")
    for hours, expected in ((0, NOW), (5, NOW), (25, NOW + timedelta(hours=25))):
        with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
            client.get(path)
        feed.refresh_from_db()
        assert feed.read_at == expected


def test_feed_asks_the_same_for_any_number_of_sessions(official, client, django_assert_max_num_queries):
    path = own_calendar.address_of(feed_of(official, scope="all")).removeprefix("http://localhost")
    counts = set()
    for _ in range(3):
        publish_session(people=[official])
        with django_assert_max_num_queries(40) as captured:
            client.get(path)
        counts.add(len(captured))
    assert len(counts) == 1


# --- The page ---------------------------------------------------------------------------------------------------------


def test_person_opens_and_closes_addresses(official, client):
    client.force_login(official)
    made = client.post("/accounts/calendars/", {"scope": "all", "with_deadlines": "on", "alarm_minutes": "60"})
    assert (made.status_code, made.headers["Location"]) == (302, "/accounts/calendars/")
    feed = CalendarFeed.objects.get()
    assert (feed.user, feed.scope, feed.with_deadlines, feed.alarm_minutes) == (official, "all", True, 60)
    assert own_calendar.address_of(feed) in client.get("/accounts/calendars/").content.decode()

    client.post(f"/accounts/calendars/{feed.pk}/revoke/")

    feed.refresh_from_db()
    assert feed.revoked_at == NOW


def test_there_are_so_many_addresses_and_no_more(official, client):
    for _ in range(CalendarFeed.MOST):
        feed_of(official)
    client.force_login(official)

    answer = client.post("/accounts/calendars/", {"scope": "all", "name": "Mi oficina"})

    assert answer.status_code == 422
    assert 'value="Mi oficina"' in answer.content.decode()
    assert CalendarFeed.objects.count() == CalendarFeed.MOST


def test_addresses_of_others_cannot_be_closed(official, client):
    feed = feed_of(official)
    client.force_login(factories.create_member())

    assert client.post(f"/accounts/calendars/{feed.pk}/revoke/").status_code == 404
    feed.refresh_from_db()
    assert feed.revoked_at is None
