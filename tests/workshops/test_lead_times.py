"""When people are told: lead times of one session alone, and nights in which nobody is woken."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cities.models import Cycle
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import draft, publish
from workshops import actions, emails
from workshops.emails.quiet import considerate
from workshops.models import Session, SessionVersion
from workshops.reports.forecast import later

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RELEASED = datetime(2026, 10, 1, 16, tzinfo=UTC)


def at(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


# --- Quiet hours ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("2026-12-03T07:00", "2026-12-03T07:00"),
        ("2026-12-03T20:59", "2026-12-03T20:59"),
        ("2026-12-03T21:00", "2026-12-04T07:00"),
        ("2026-12-03T23:30", "2026-12-04T07:00"),
        ("2026-12-04T00:00", "2026-12-04T07:00"),
        ("2026-12-04T06:59", "2026-12-04T07:00"),
    ],
)
@pytest.mark.parametrize("zone", ["America/Matamoros", "America/Mazatlan", "America/Merida"])
def test_nobody_is_told_at_night(zone, due, told):
    moment = at(zone, due)

    assert local(considerate(moment, zone, lead=DAY, start=moment + DAY), zone) == told


def test_a_lead_of_two_hours_goes_when_it_is_due_and_no_longer_one_at_night():
    zone, due = "America/Mazatlan", at("America/Mazatlan", "2026-12-03T05:00")

    assert considerate(due, zone, lead=2 * HOUR, start=due + 2 * HOUR) == due
    assert considerate(due, zone, lead=6 * HOUR, start=due + 6 * HOUR) == due + 2 * HOUR
    assert local(considerate(due, zone, lead=3 * HOUR, start=due + 3 * HOUR), zone) == "2026-12-02T20:59"


@pytest.mark.parametrize(
    ("zone", "due", "told"),
    [
        # The night has eleven hours where clocks go back: at seven only one would be left until the start.
        ("America/Matamoros", "2026-10-31T21:00", "2026-10-31T20:59"),
        ("America/Matamoros", "2027-03-13T21:00", "2027-03-14T07:00"),  # and nine where they go forward
        ("America/Mazatlan", "2026-10-31T21:00", "2026-11-01T07:00"),  # no change of clocks there, nor in Mérida
        ("America/Merida", "2026-10-31T21:00", "2026-11-01T07:00"),
    ],
)
def test_the_evening_before_where_the_morning_leaves_less_than_two_hours(zone, due, told):
    moment = at(zone, due)

    assert local(considerate(moment, zone, lead=12 * HOUR, start=moment + 12 * HOUR), zone) == told


def test_the_evening_before_where_the_next_reminder_would_overtake():
    zone, due = "America/Merida", at("America/Merida", "2026-12-03T22:00")
    seven = at(zone, "2026-12-04T07:00")

    told = [considerate(due, zone, lead=2 * DAY, start=due + 2 * DAY, next_due=seven + n * HOUR) for n in (0, 1)]

    assert [local(one, zone) for one in told] == ["2026-12-03T20:59", "2026-12-04T07:00"]


# --- Planned ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


def person_in(zone: str) -> User:
    user = factories.create_member()
    User.objects.filter(pk=user.pk).update(time_zone=zone)
    return user


def session_at(cycle: Cycle, start: datetime, *, leads: list[int] | None = None, **fields) -> Session:
    session = draft(cycle=cycle, starts_at=start, **fields)
    publish(cycle, at=RELEASED)
    Session.objects.filter(pk=session.pk).update(lead_hours=leads)
    return session


def planned(*, start: datetime, since: datetime = RELEASED) -> list[tuple[str, str, str]]:
    """Lead, person's zone and their clock, after a planner that ran each six hours."""
    now = since
    while now <= start:
        emails.plan_reminders(now)
        now += 6 * HOUR
    mails = OutgoingMail.objects.filter(kind=emails.REMINDER).order_by("due", "user_id")
    rows = mails.values_list("key", "user__time_zone", "due")
    return [(key.split(":")[3], str(zone), local(due, str(zone))) for key, zone, due in rows]


@pytest.mark.django_db
@pytest.mark.slow
def test_people_of_several_zones_are_told_by_their_own_clock(cycle):
    people = [person_in(zone) for zone in ("America/Matamoros", "America/Mazatlan", "America/Merida")]
    start = at("America/Mexico_City", "2026-12-03T07:30")  # 06:30 in Los Cabos

    session_at(cycle, start, people=people, leads=[24])

    assert planned(start=start) == [
        ("1d", "America/Matamoros", "2026-12-02T07:30"),
        ("1d", "America/Merida", "2026-12-02T07:30"),
        ("1d", "America/Mazatlan", "2026-12-02T07:00"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-02T06:30", ["2026-10-30T07:00", "2026-11-01T07:00"]),  # clocks go back on 1 November
        ("2027-03-15T06:30", ["2027-03-12T07:00", "2027-03-14T07:00"]),  # and forward on 14 March
    ],
)
def test_clocks_that_change_move_neither_the_lead_nor_the_night(cycle, start, expected):
    begins = at("America/Matamoros", start)
    session_at(cycle, begins, people=[person_in("America/Matamoros")], leads=[72, 24], time_zone="America/Matamoros")

    told = planned(start=begins, since=max(RELEASED, begins - 5 * DAY))

    assert [clock for _lead, _zone, clock in told] == expected


@pytest.mark.django_db
def test_of_two_reminders_in_one_evening_the_later_one_goes(cycle):
    start = at("America/Mexico_City", "2026-12-04T18:00")
    session_at(cycle, start, people=[person_in("America/Mexico_City")], leads=[20, 19, 13])

    rows = planned(start=start, since=start - 3 * DAY)

    # 20 h and 19 h before are ten and eleven at night; the third is at five in the morning: all but it at 20:59.
    assert [(lead, clock) for lead, _zone, clock in rows] == [
        ("19h", "2026-12-03T20:59"),
        ("13h", "2026-12-04T07:00"),
    ]


@pytest.mark.django_db
def test_useful_until_the_next_one_by_the_same_clock(cycle):
    start = at("America/Mexico_City", "2026-12-04T06:00")
    session_at(cycle, start, people=[person_in("America/Mexico_City")], leads=[72, 24, 2])

    planned(start=start, since=start - 5 * DAY)

    rows = OutgoingMail.objects.filter(kind=emails.REMINDER).order_by("due").values_list("due", "useful_until")
    first, second, third = rows
    assert first == (at("America/Mexico_City", "2026-12-01T07:00"), second[0])
    assert second == (at("America/Mexico_City", "2026-12-03T07:00"), third[0])
    assert third == (start - 2 * HOUR, start)


@pytest.mark.django_db
def test_who_moves_to_another_zone_is_reminded_once(cycle):
    start = at("America/Mexico_City", "2026-12-04T06:00")
    person = person_in("America/Mexico_City")
    session_at(cycle, start, people=[person], leads=[24])
    emails.plan_reminders(start - DAY)
    User.objects.filter(pk=person.pk).update(time_zone="Europe/Madrid")

    assert emails.plan_reminders(start - DAY + HOUR) == 0


# --- Lead times of one session ----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.slow
def test_lead_times_of_a_session_stand_instead_of_those_of_its_kind(cycle):
    start = at("America/Mexico_City", "2026-12-10T10:00")
    session_at(cycle, start, people=[person_in("America/Mexico_City")], leads=[60 * 24, 168, 36, 1])

    assert [(lead, clock) for lead, _zone, clock in planned(start=start)] == [
        ("60d", "2026-10-11T10:00"),
        ("7d", "2026-12-03T10:00"),
        ("36h", "2026-12-09T07:00"),
        ("1h", "2026-12-10T09:00"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("leads", [None, []])
def test_without_any_those_of_its_kind_count(cycle, leads):
    session = session_at(cycle, RELEASED + 30 * DAY, leads=leads)
    version = SessionVersion.objects.get(session=session)

    assert version.lead_times() == [14 * DAY, 3 * DAY, DAY, 2 * HOUR]
    assert Session.objects.get(pk=session.pk).lead_times() == version.lead_times()


@pytest.mark.django_db
def test_a_lead_beyond_sixty_days_and_hours_of_a_date_alone_do_not_count(cycle):
    dated = session_at(cycle, None, day=date(2026, 12, 10), leads=[1464, 48, 5])  # type: ignore[arg-type]

    assert SessionVersion.objects.get(session=dated).lead_times() == [2 * DAY]


@pytest.mark.django_db
def test_a_reminder_whose_lead_was_taken_away_is_not_sent(cycle):
    start = at("America/Mexico_City", "2026-12-10T10:00")
    session = session_at(cycle, start, people=[person_in("America/Mexico_City")], leads=[24])
    emails.plan_reminders(start - DAY)
    (mail,) = OutgoingMail.objects.filter(kind=emails.REMINDER)
    assert emails.kinds._reminder_still_true([mail], start - DAY) == {mail.pk}

    Session.objects.filter(pk=session.pk).update(lead_hours=[48])

    assert emails.kinds._reminder_still_true([mail], start - DAY) == set()


@pytest.mark.django_db
def test_forecast_tells_the_first_moment_and_all_whom_the_next_reminder_reaches(cycle):
    people = [person_in(zone) for zone in ("America/Merida", "America/Mazatlan")]
    start = at("America/Mexico_City", "2026-12-10T07:30")
    session_at(cycle, start, people=people, leads=[48])

    (one, *_later), _count = later(start - 5 * DAY, until=start, at_most=30)

    assert (local(one.due, "America/Mexico_City"), one.count) == ("2026-12-08T07:30", 2)


@pytest.mark.django_db
def test_planning_takes_the_same_queries_for_any_number_of_zones(cycle, django_assert_num_queries):
    zones = ("America/Merida", "America/Mazatlan", "America/Matamoros", "Europe/Madrid", "America/Cancun", "UTC")
    people = [person_in(zone) for zone in zones]
    start = at("America/Mexico_City", "2026-12-10T06:00")
    session_at(cycle, start, people=people, leads=[24])
    actions.refresh_expectations(now=RELEASED)

    with django_assert_num_queries(4):
        assert emails.plan_reminders(start - DAY) == len(zones)
