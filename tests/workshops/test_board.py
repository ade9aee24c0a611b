"""The planning board: cards under their months, moved, copied and repeated without JavaScript."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from cities.models import Cycle, group_day
from ogpgroup.errors import ActionNotPossible
from tests import factories
from tests.workshops.coordination import desk_of, text_of
from tests.workshops.published import NOW, START, draft, publish, publish_many
from workshops import actions
from workshops.actions import Every
from workshops.actions.arranging import same_weekday
from workshops.models import Session
from workshops.reports.board import Card, board_of

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REYNOSA = "America/Matamoros"
BOARD_QUERIES = 16


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


@pytest.fixture
def desk(coordinator) -> Client:
    return desk_of(coordinator)


def hours(session: Session) -> str:
    """Day and hours on the wall clock of its zone."""
    session.refresh_from_db()
    assert session.starts_at
    assert session.ends_at
    begins, ends = (one.astimezone(session.zone) for one in (session.starts_at, session.ends_at))
    return f"{begins:%Y-%m-%d %H:%M}–{ends:%H:%M}"


# --- Moving -----------------------------------------------------------------------------------------------------------


def test_move_keeps_the_hours_of_the_wall_clock_in_march_and_november(cycle):
    session = draft(cycle=cycle, starts_at=datetime(2027, 3, 12, 16, tzinfo=UTC), time_zone=REYNOSA)
    assert hours(session) == "2027-03-12 10:00–12:00"

    actions.move(session, to=date(2027, 3, 15), by=None, seen_edits=0)
    assert (hours(session), session.starts_at) == ("2027-03-15 10:00–12:00", datetime(2027, 3, 15, 15, tzinfo=UTC))

    actions.move(session, to=date(2027, 11, 8), by=None, seen_edits=1)
    assert (hours(session), session.starts_at) == ("2027-11-08 10:00–12:00", datetime(2027, 11, 8, 16, tzinfo=UTC))


def test_move_of_a_night_and_of_a_date_alone(cycle):
    night = draft(cycle=cycle, starts_at=datetime(2026, 12, 4, 4, tzinfo=UTC), hours=5)  # 22:00 to 3:00
    alone = draft(cycle=cycle, title="Sin hora", starts_at=None, day=date(2026, 12, 3))

    actions.move(night, to=date(2026, 12, 10), by=None, seen_edits=0)
    actions.move(alone, to=date(2026, 12, 10), by=None, seen_edits=0)

    night.refresh_from_db()
    assert (night.starts_at, night.ends_at) == (
        datetime(2026, 12, 11, 4, tzinfo=UTC),
        datetime(2026, 12, 11, 9, tzinfo=UTC),
    )
    alone.refresh_from_db()
    assert (alone.day, alone.starts_at) == (date(2026, 12, 10), None)


def test_move_to_an_hour_that_the_change_of_clocks_leaves_out_is_refused(cycle):
    session = draft(cycle=cycle, starts_at=datetime(2027, 3, 12, 8, 30, tzinfo=UTC), time_zone=REYNOSA)  # 2:30

    with pytest.raises(ActionNotPossible, match="02:30"):
        actions.move(session, to=date(2027, 3, 14), by=None, seen_edits=0)

    assert hours(session) == "2027-03-12 02:30–04:30"


def test_move_keeps_the_audience_and_refuses_who_comes_second(cycle, member):
    reynosa, organization = factories.create_city(), factories.create_organization()
    session = draft(cycle=cycle, people=[member], organizations=[organization], cities=[reynosa], roles=["official"])

    actions.move(session, to=date(2026, 12, 4), by=None, seen_edits=0)
    with pytest.raises(ActionNotPossible):
        actions.move(session, to=date(2026, 12, 5), by=None, seen_edits=0)

    session.refresh_from_db()
    assert (session.local_day, session.edits, session.audience_roles) == (date(2026, 12, 4), 1, ["official"])
    assert list(session.audience_people.all()) == [member]
    assert list(session.audience_organizations.all()) == [organization]
    assert list(session.audience_cities.all()) == [reynosa]


def test_cancelled_session_stays_and_a_postponed_one_is_planned_again(cycle):
    cancelled, postponed = draft(cycle=cycle), draft(cycle=cycle, title="Otra")
    publish(cycle)
    actions.cancel(cancelled, reason="Paro", by=None)
    actions.postpone(postponed, reason="Paro", by=None)

    with pytest.raises(ActionNotPossible):
        actions.move(cancelled, to=date(2026, 12, 4), by=None, seen_edits=1)
    actions.move(postponed, to=date(2026, 12, 4), by=None, seen_edits=1)

    postponed.refresh_from_db()
    assert (postponed.status, postponed.cancel_reason) == ("planned", "")


# --- Repeating --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("every", "days"),
    [
        (Every.WEEK, ["2027-03-04", "2027-03-11", "2027-03-18", "2027-03-25"]),
        (Every.FORTNIGHT, ["2027-03-04", "2027-03-18", "2027-04-01", "2027-04-15"]),
        (Every.MONTH, ["2027-03-04", "2027-04-01", "2027-05-06", "2027-06-03"]),
    ],
)
def test_series_keeps_the_hour_of_the_wall_clock(cycle, every, days):
    first = draft(cycle=cycle, starts_at=datetime(2027, 3, 4, 16, tzinfo=UTC), time_zone=REYNOSA)

    made = actions.repeat(first, every=every, times=4, by=None, seen_edits=0)

    assert [hours(session) for session in [first, *made]] == [f"{day} 10:00–12:00" for day in days]
    assert {session.series for session in [first, *made]} == {first.series}
    assert first.series is not None


def test_series_over_the_end_of_summer_time(cycle):
    first = draft(cycle=cycle, starts_at=datetime(2026, 10, 29, 15, tzinfo=UTC), time_zone=REYNOSA)

    (second,) = actions.repeat(first, every=Every.WEEK, times=2, by=None, seen_edits=0)

    assert second.starts_at == datetime(2026, 11, 5, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "months", "day"),
    [
        (date(2026, 12, 8), 1, date(2027, 1, 12)),  # the second Tuesday
        (date(2027, 4, 29), 1, date(2027, 5, 27)),  # the fifth Thursday: the last where there are four
        (date(2027, 4, 29), 3, date(2027, 7, 29)),
        (date(2027, 2, 1), 12, date(2028, 2, 7)),
    ],
)
def test_same_weekday_of_another_month(first, months, day):
    assert same_weekday(first, months) == day
    assert day.weekday() == first.weekday()


def test_occurrences_are_drafts_of_their_own(cycle, member, coordinator):
    plan = factories.create_plan()
    first = draft(
        cycle=cycle,
        people=[member],
        cities=[factories.create_city()],
        roles=["official"],
        join_url="https://r.example/1",
        purpose="Avanzar",
        reviews_plan=plan,
        seats_remote=20,
    )
    publish(cycle)
    actions.postpone(first, reason="Paro", by=None)

    made = actions.repeat(first, every=Every.WEEK, times=3, by=coordinator, seen_edits=1)

    assert [(one.status, one.cancel_reason, one.current_version, one.sequence, one.edits) for one in made] == [
        ("planned", "", None, 0, 0)
    ] * 2
    assert [(one.purpose, one.reviews_plan, one.seats_remote, one.edited_by) for one in made] == [
        ("Avanzar", plan, 20, coordinator)
    ] * 2
    assert [list(one.audience_people.all()) for one in made] == [[member]] * 2
    assert [one.audience_cities.count() for one in made] == [1, 1]
    assert len({one.uid for one in [first, *made]} | {one.slug for one in [first, *made]}) == 6
    first.refresh_from_db()
    assert first.status == "postponed"

    actions.move(made[0], to=date(2026, 12, 11), by=None, seen_edits=0)
    assert hours(made[1]) == "2026-12-17 10:00–12:00"


def test_form_that_is_sent_twice_makes_one_series(cycle):
    first = draft(cycle=cycle)
    actions.repeat(first, every=Every.WEEK, times=3, by=None, seen_edits=0)

    with pytest.raises(ActionNotPossible):
        actions.repeat(first, every=Every.WEEK, times=3, by=None, seen_edits=0)

    assert Session.objects.count() == 3


def test_series_is_made_longer_by_repeating_its_first_session(cycle):
    first = draft(cycle=cycle)
    second, third = actions.repeat(first, every=Every.WEEK, times=3, by=None, seen_edits=0)
    actions.cancel(third, reason="No hay sede.", by=None)
    first.refresh_from_db()

    made = actions.repeat(first, every=Every.WEEK, times=4, by=None, seen_edits=first.edits)

    assert [one.local_day for one in made] == [date(2026, 12, 17), date(2026, 12, 24)]  # what is cancelled is not there
    assert {one.series for one in made} == {second.series}


@pytest.mark.parametrize("times", [1, 27])
def test_series_has_from_two_to_twenty_six(cycle, times):
    with pytest.raises(ValueError, match="from 2 to 26"):
        actions.repeat(draft(cycle=cycle), every=Every.WEEK, times=times, by=None, seen_edits=0)


# --- The board --------------------------------------------------------------------------------------------------------


def cards(cycle: Cycle) -> dict[str, Card]:
    return {card.session.title: card for month in board_of(cycle, now=NOW) for card in month.cards}


def test_board_has_the_months_of_the_cycle_and_those_in_which_something_stands(cycle):
    draft(cycle=cycle)
    draft(cycle=cycle, title="Lejos", starts_at=START + 500 * DAY)

    months = board_of(cycle, now=NOW)

    assert [month.first for month in months][:2] == [date(2026, 9, 1), date(2026, 10, 1)]
    assert [month.first for month in months][-2:] == [date(2027, 8, 1), date(2028, 4, 1)]
    assert [len(month.cards) for month in months] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1]


def test_card_shows_the_draft_beside_what_is_published(cycle, settings):
    settings.LANGUAGE_CODE = "en"
    session = draft(cycle=cycle, title="Publicada")
    publish(cycle)
    draft(cycle=cycle, title="Nueva", starts_at=START + DAY)
    Session.objects.filter(pk=session.pk).update(
        starts_at=START + HOUR, ends_at=START + 2 * HOUR, purpose="Otro", join_url="https://r.example/1"
    )

    shown = cards(cycle)

    assert shown["Nueva"].state.label == "draft, not published yet"
    assert shown["Nueva"].published_when is None
    card = shown["Publicada"]
    assert (card.state.label, card.changed) == ("changes not published", ["Link to join", "What it is for"])
    assert str(card.published_when) != str(card.when)


def test_card_of_a_series_says_which_one_it_is(cycle):
    actions.repeat(draft(cycle=cycle, title="Serie"), every=Every.WEEK, times=3, by=None, seen_edits=0)
    draft(cycle=cycle, title="Sola", starts_at=START + 5 * DAY)

    found = [card.series for month in board_of(cycle, now=NOW) for card in month.cards]

    assert found == ["1/3", "", "2/3", "3/3"]


@pytest.mark.parametrize("count", [1, 3, pytest.param(300, marks=pytest.mark.slow)])
def test_board_asks_the_same_number_of_questions_for_any_number(desk, cycle, count, django_assert_num_queries):
    publish_many(count, cycle=cycle, starts_at=datetime.now(UTC) + DAY)
    draft(cycle=cycle, starts_at=datetime.now(UTC) + 2 * DAY)
    draft(cycle=cycle, title="A la misma hora", starts_at=datetime.now(UTC) + 2 * DAY)
    url = reverse("workshops:board", args=[cycle.slug])

    with django_assert_num_queries(BOARD_QUERIES):
        response = desk.get(url)

    assert response.context["count"] == count + 2


def test_month_is_a_calendar_with_its_holidays_and_what_begins_on_each_day(cycle):
    session = draft(cycle=cycle, title="Taller")

    with override("es-mx"):
        december = next(month for month in board_of(cycle, now=NOW) if month.first == date(2026, 12, 1))

    assert [len(week) for week in december.weeks] == [7] * 5
    assert [day and day.date.day for day in december.weeks[0]] == [None, 1, 2, 3, 4, 5, 6]
    assert [(day.date.day, day.holiday) for day in december.holidays] == [(25, "Navidad")]
    (third,) = (day for week in december.weeks for day in week if day and day.cards)
    assert (third.date, third.titles, third.is_free) == (session.local_day, "Taller", False)
    assert [bool(day and day.is_free) for day in december.weeks[0]] == [False] * 5 + [True] * 2


def test_board_begins_with_this_month_and_shows_the_past_when_asked(desk):
    today = group_day(datetime.now(UTC))
    cycle = factories.create_cycle(starts_on=today - 100 * DAY, ends_on=today + 100 * DAY)
    draft(cycle=cycle, title="Pasada", starts_at=datetime.now(UTC) - 90 * DAY)
    url = reverse("workshops:board", args=[cycle.slug])

    now, whole = desk.get(url), desk.get(f"{url}?past")

    assert now.context["months"][0].first == today.replace(day=1)
    assert ("Pasada" in text_of(now), "Pasada" in text_of(whole)) == (False, True)
    assert "Past months too (1 session)" in text_of(now)
    assert "From this month on" in text_of(whole)


def test_board_of_a_cycle_that_is_over_shows_all_of_it(desk):
    cycle = factories.create_cycle()
    draft(cycle=cycle, title="De antes", starts_at=datetime(2017, 9, 7, 16, tzinfo=UTC))

    assert "De antes" in text_of(desk.get(reverse("workshops:board", args=[cycle.slug])))


# --- By hand ----------------------------------------------------------------------------------------------------------


def test_coordinator_moves_a_card_and_lands_on_it(desk, cycle):
    session = draft(cycle=cycle)
    board, url = (
        reverse("workshops:board", args=[cycle.slug]),
        reverse("workshops:move", args=[session.slug]),
    )
    page = text_of(desk.get(board))
    assert f'id="session-{session.pk}"' in page
    assert f'action="{url}"' in page

    response = desk.post(url, {"edits": "0", "days": "7"})

    assert response["Location"] == f"{board}#session-{session.pk}"
    session.refresh_from_db()
    assert (session.local_day, session.edits) == (date(2026, 12, 10), 1)
    assert "is now on Thursday 10 December 2026" in text_of(desk.get(board))

    url = reverse("workshops:move", args=[session.slug])  # the address of a draft follows its day
    desk.post(url, {"edits": "1", "to": "2027-01-15"})
    session.refresh_from_db()
    assert session.local_day == date(2027, 1, 15)


@pytest.mark.parametrize(
    "posted",
    [
        {"edits": "0"},
        {"edits": "0", "to": "mañana"},
        {"edits": "0", "days": "400"},
        {"days": "1"},
        {"to": "2027-01-15"},
    ],
)
def test_move_without_a_day_leaves_it_and_says_so(desk, cycle, posted):
    session = draft(cycle=cycle)

    response = desk.post(reverse("workshops:move", args=[session.slug]), posted, follow=True)

    assert "stays where it was" in text_of(response)
    session.refresh_from_db()
    assert session.local_day == date(2026, 12, 3)


def test_move_by_htmx_brings_the_months_and_says_what_happened(desk, cycle):
    session = draft(cycle=cycle, title="Taller")
    url, asks = reverse("workshops:move", args=[session.slug]), {"HX-Request": "true"}

    moved = text_of(desk.post(url, {"edits": "0", "to": "2027-01-15"}, headers=asks))

    assert "“Taller” is now on Friday 15 January 2027." in moved
    assert "<h1>" in moved  # the number of changes beside it
    assert "<html" not in moved
    session.refresh_from_db()
    url = reverse("workshops:move", args=[session.slug])
    too_late = text_of(desk.post(url, {"edits": "0", "days": "1"}, headers=asks))
    assert "changed this session meanwhile" in too_late
    assert f'value="{session.edits}"' in too_late  # as it is now, so that the next move counts
    nowhere = text_of(desk.post(url, {"edits": "1"}, headers=asks))
    assert "stays where it was" in nowhere
    assert Session.objects.get().local_day == date(2027, 1, 15)


def test_who_moves_second_is_told(desk, cycle):
    session = draft(cycle=cycle)
    actions.move(session, to=date(2026, 12, 9), by=None, seen_edits=0)
    session.refresh_from_db()
    board = reverse("workshops:board", args=[cycle.slug])

    response = desk.post(
        reverse("workshops:move", args=[session.slug]),
        {"edits": "0", "days": "1"},
        follow=True,
        headers={"Referer": f"http://testserver{board}"},
    )

    assert "changed this session meanwhile" in text_of(response)
    session.refresh_from_db()
    assert session.local_day == date(2026, 12, 9)


def test_coordinator_repeats_a_session(desk, cycle):
    session = draft(cycle=cycle)
    url = reverse("workshops:repeat", args=[session.slug])
    assert 'value="fortnight"' in text_of(desk.get(url))
    wrong = desk.post(url, {"edits": "0", "every": "day", "times": "40"})
    assert sorted(wrong.context["form"].errors) == ["every", "times"]

    response = desk.post(url, {"edits": "0", "every": "fortnight", "times": "3"}, follow=True)

    assert "2 more drafts are on the board." in text_of(response)
    assert "left out" not in text_of(response)
    assert sorted(one.local_day for one in Session.objects.all()) == [
        date(2026, 12, 3),
        date(2026, 12, 17),
        date(2026, 12, 31),
    ]

    session.refresh_from_db()
    again = desk.post(url, {"edits": session.edits, "every": "fortnight", "times": "4"}, follow=True)
    assert "1 more draft is on the board." in text_of(again)
    assert "2 days were left out: the series has a session there already." in text_of(again)
    session.refresh_from_db()
    nothing = text_of(desk.post(url, {"edits": session.edits, "every": "fortnight", "times": "2"}, follow=True))
    assert "1 day was left out: the series has a session there already." in nothing
    assert "more draft" not in nothing
    assert Session.objects.count() == 4
