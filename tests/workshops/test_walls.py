"""The wall: what is on it, who may watch, how fresh it is, and what leads it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ogpgroup.errors import ActionNotPossible
from tests import factories
from tests.workshops.attending import NOW
from tests.workshops.grouping import hall, lead, note, present, revealed, signed_in, theme, vote_on
from workshops import walls
from workshops.actions import votes as vote_actions
from workshops.actions import walls as actions
from workshops.models import Participation, Session, TableNote, Wall
from workshops.reports import walls as reports

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test's wall showed; and nothing is kept from one question to the next."""
    walls.forget()
    monkeypatch.setattr(walls, "FRESH", 0)


def address(session: Session, language: str = "en", *, is_inside: bool = True) -> str:
    wall = Wall.objects.filter(session=session).first()
    return walls.address_of(session, wall, language=language, is_inside=is_inside)


def page(session: Session) -> str:
    return reverse("workshops:wall", args=[session.slug])


# --- What is on it ----------------------------------------------------------------------------------------------------


def test_wall_has_the_newest_notes_of_each_table_and_how_many_there_are() -> None:
    session = hall()
    for number in range(reports.NEWEST + 2):
        note(session, f"nota {number}")
    note(session, "otra", table=2)

    one, two = reports.on_wall(session, NOW).tables

    assert (one.count, one.more, [n.text for n in one.notes][:2]) == (14, 2, ["nota 13", "nota 12"])
    assert (two.count, two.more, [n.text for n in two.notes]) == (1, 0, ["otra"])


def test_wall_names_nobody_and_shows_no_note_that_does_not_count() -> None:
    session = hall()
    note(session, "Falta agua", said_by="Ana Lía", written_by=lead(session))
    note(session, "retirada", withdrawn_at=NOW)
    note(session, "tardía", is_late=True)

    body = Client().get(address(session)).content.decode()

    assert "Falta agua" in body
    for hidden in ("Ana", lead(session).name, "retirada", "tardía"):
        assert hidden not in body


def test_hostile_text_is_text_on_the_wall() -> None:
    session = hall()
    note(session, '<script>alert(1)</script><img src=x onerror="a">')

    body = Client().get(address(session)).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&quot;a&quot;&gt;" in body
    assert "<script" not in body


def test_wall_asks_as_much_for_one_note_as_for_many() -> None:
    session = Session.objects.select_related("current_version").get(pk=hall().pk)
    note(session)
    with CaptureQueriesContext(connection) as few:
        reports.on_wall(session, NOW)
    for number in range(30):
        note(session, f"nota {number}", table=1 + number % 2, city=factories.create_city())

    with CaptureQueriesContext(connection) as many:
        reports.on_wall(session, NOW)

    assert len(few) == len(many) == 5


def test_wall_that_stands_still_lets_what_comes_wait() -> None:
    session = hall()
    note(session, "antes")
    actions.freeze(session, now=NOW + timedelta(minutes=1))
    note(session, "después", received_at=NOW + timedelta(minutes=2))

    still = reports.on_wall(session, NOW)
    actions.go_on(session)
    live = reports.on_wall(session, NOW)

    assert (still.is_frozen, still.waiting, [n.text for n in still.tables[0].notes]) == (True, 1, ["antes"])
    assert (live.is_frozen, live.waiting, [n.text for n in live.tables[0].notes]) == (False, 0, ["después", "antes"])


def test_wall_frozen_twice_stands_since_the_first_time() -> None:
    session = hall()

    actions.freeze(session, now=NOW)
    wall = actions.freeze(session, now=NOW + timedelta(minutes=5))

    assert wall.frozen_at == NOW


def test_code_to_vote_is_on_the_wall_of_the_group_and_not_on_what_everybody_sees() -> None:
    session = hall()
    code = f"/vote/{vote_on(session, theme(session)).code}/"
    actions.open_to_everybody(session)
    inside, everybody = signed_in(factories.create_member()), Client()

    assert code in inside.get(page(session)).content.decode()
    assert code in Client().get(address(session)).content.decode()
    assert code not in everybody.get(page(session)).content.decode()
    assert code not in Client().get(address(session, is_inside=False)).content.decode()


def test_who_is_expected_watches_without_being_of_the_group() -> None:
    guest = factories.create_user()
    session = hall()
    assert signed_in(guest).get(page(session)).status_code == 404

    Participation.objects.create(session=session, user=guest, expected_because="person")

    assert signed_in(guest).get(page(session)).status_code == 200


def test_address_is_good_for_half_a_day() -> None:
    at = address(hall())

    with time_machine.travel(timezone.now() + timedelta(hours=11, minutes=59)):
        assert Client().get(at).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=12, minutes=1)):
        assert Client().get(at).status_code == 404


def test_totals_are_on_the_wall_once_they_are_revealed_for_half_an_hour() -> None:
    session = hall()
    water = theme(session)
    one = vote_on(session, water)
    vote_actions.cast(one, present(session), given={water.pk: 2}, now=NOW)
    secret = reports.on_wall(session, NOW).vote
    vote_actions.count_hands(one, hands={water.pk: 5}, table=None, by=lead(session), now=NOW)
    revealed(one)

    now = reports.on_wall(session, NOW).vote

    assert secret
    assert (secret.totals, secret.turnout) == (None, 1)
    assert now
    assert now.totals
    assert [(row.theme, row.total) for row in now.totals] == [(water, 7)]
    assert reports.on_wall(session, NOW + timedelta(minutes=31)).vote is None


# --- The timer --------------------------------------------------------------------------------------------------------


def left(session: Session, now: Any) -> tuple[str, bool] | None:
    timer = reports.timer_of(Wall.objects.get(session=session), now)
    return (timer.clock, timer.is_running) if timer else None


def test_time_runs_stands_still_goes_on_lasts_longer_and_ends() -> None:
    session, minute = hall(), timedelta(minutes=1)

    actions.start_timer(session, minutes=15, label="Dudas", now=NOW)
    assert left(session, NOW + minute) == ("14:00", True)
    actions.stop_timer(session, now=NOW + 2 * minute)
    assert left(session, NOW + 9 * minute) == ("13:00", False)
    actions.go_on_with_timer(session, now=NOW + 10 * minute)
    assert left(session, NOW + 11 * minute) == ("12:00", True)
    wall = Wall.objects.get(session=session)
    actions.give_more_time(session, seen=actions.told_timer(wall), now=NOW + 11 * minute)
    assert left(session, NOW + 11 * minute) == ("17:00", True)
    assert left(session, NOW + 60 * minute) == ("0:00", True)
    actions.clear_timer(session)
    assert left(session, NOW) is None


def test_five_minutes_pressed_twice_are_five() -> None:
    session = hall()
    seen = actions.told_timer(actions.start_timer(session, minutes=1, label="", now=NOW))

    actions.give_more_time(session, seen=seen, now=NOW)
    with pytest.raises(ActionNotPossible):
        actions.give_more_time(session, seen=seen, now=NOW)

    assert left(session, NOW) == ("6:00", True)


def test_more_time_after_the_end_counts_from_now() -> None:
    session = hall()
    seen = actions.told_timer(actions.start_timer(session, minutes=1, label="", now=NOW))

    actions.give_more_time(session, seen=seen, now=NOW + timedelta(minutes=10))

    assert left(session, NOW + timedelta(minutes=10)) == ("5:00", True)


def test_more_time_needs_a_time() -> None:
    with pytest.raises(ActionNotPossible):
        actions.give_more_time(hall(), seen="", now=NOW)


# --- The address ------------------------------------------------------------------------------------------------------


def test_who_has_what_is_there_gets_no_body_and_the_clock() -> None:
    session, client = hall(), Client()
    first = client.get(address(session))

    again = client.get(address(session), headers={"if-none-match": first["ETag"]})
    note(session, "nueva")
    then = client.get(address(session), headers={"if-none-match": first["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert abs(int(again["X-Clock"]) / 1000 - timezone.now().timestamp()) < 10
    assert then.status_code == 200
    assert "nueva" in then.content.decode()


@pytest.mark.django_db(transaction=True)
def test_every_change_is_seen() -> None:
    """Each in a transaction of its own, as they happen."""
    session, client = hall(), Client()
    one = note(session)
    changes: list[Callable[[], object]] = [
        lambda: TableNote.objects.filter(pk=one.pk).update(text="otra"),
        lambda: TableNote.objects.filter(pk=one.pk).update(withdrawn_at=NOW),
        lambda: session.tables.filter(number=2).update(theme="Drenaje"),
        lambda: actions.freeze(session, now=NOW),
        lambda: actions.start_timer(session, minutes=3, label="", now=NOW),
        lambda: vote_on(session, theme(session)),
    ]
    for change in changes:
        etag = client.get(address(session))["ETag"]

        change()

        assert client.get(address(session), headers={"if-none-match": etag}).status_code == 200


def test_question_costs_one_query_and_neither_session_nor_user() -> None:
    at, client = address(hall()), signed_in(factories.create_coordinator())
    client.get(at)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(at)

    assert len(queries) == 1
    assert "Set-Cookie" not in response.headers
    assert not response.cookies


def test_nothing_is_asked_within_the_time_that_it_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    at, client = address(hall()), Client()
    client.get(at)
    monkeypatch.setattr(walls, "FRESH", 60)

    with CaptureQueriesContext(connection) as queries:
        client.get(at)

    assert len(queries) == 0


def test_answer_is_compressed_for_who_takes_it() -> None:
    session = hall()

    response = Client().get(address(session), headers={"accept-encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"
    assert response.content[:2] == b"\x1f\x8b"


@pytest.mark.parametrize("token", ["1-1-public", "1-1-public:forged", "x", "%C3%B1:ñ"])
def test_forged_address_shows_nothing(token: str) -> None:
    assert Client().get(f"/wall/{token}/en/").status_code == 404


def test_address_in_no_language_of_ours_shows_nothing() -> None:
    session = hall()

    assert Client().get(address(session, "fr")).status_code == 404


def test_address_takes_nothing() -> None:
    assert Client().post(address(hall())).status_code == 405


def test_wall_speaks_the_language_of_its_address() -> None:
    session = hall()

    spanish, english = (Client().get(address(session, one)).content.decode() for one in walls.LANGUAGES)

    assert ("Mesa 1" in spanish, "Table 1" in english) == (True, True)


def test_address_of_before_shows_nothing_once_the_group_alone_watches() -> None:
    session = hall()
    actions.open_to_everybody(session)
    before = address(session)
    assert Client().get(before).status_code == 200

    actions.close_to_group(session)

    assert Client().get(before).status_code == 404
    assert Client().get(address(session)).status_code == 200


# --- The pages --------------------------------------------------------------------------------------------------------


def test_group_watches_and_a_stranger_once_it_is_open() -> None:
    session = hall()
    member = signed_in(factories.create_member())

    assert (Client().get(page(session)).status_code, member.get(page(session)).status_code) == (404, 200)
    actions.open_to_everybody(session)
    assert Client().get(page(session)).status_code == 200


def test_wall_of_a_session_of_the_group_is_not_opened_to_everybody() -> None:
    session = hall(visibility="group")

    with pytest.raises(ActionNotPossible):
        actions.open_to_everybody(session)


def test_page_reloads_itself_without_javascript_and_shows_the_notes() -> None:
    session = hall()
    note(session, "Falta agua")

    html = signed_in(lead(session)).get(page(session)).content.decode()

    assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in html
    assert "Falta agua" in html
    assert address(session) in html.replace("&amp;", "&")


def test_controls_are_for_who_leads() -> None:
    session = hall()
    control = reverse("workshops:wall_control", args=[session.slug])

    assert signed_in(factories.create_member()).get(control).status_code == 404
    assert signed_in(lead(session)).get(control).status_code == 200


def test_facilitator_leads_time_and_freeze_but_does_not_open_the_wall() -> None:
    session = hall()
    client = signed_in(lead(session))
    timer, freeze, opens = (
        reverse(f"workshops:wall_{name}", args=[session.slug]) for name in ("timer", "freeze", "open")
    )

    assert client.post(timer, {"do": "start", "minutes": "10", "label": "Prioridades"}).status_code == 302
    assert client.post(freeze, {"do": "freeze"}).status_code == 302
    assert client.post(opens, {"do": "open"}).status_code == 404

    wall = Wall.objects.get(session=session)
    assert (wall.timer_label, bool(wall.frozen_at), wall.is_open) == ("Prioridades", True, False)
    for what in ("stop", "go_on", "clear"):
        assert client.post(timer, {"do": what}).status_code == 302
    assert client.post(timer, {"do": "nonsense"}).status_code == 400
    assert client.post(freeze, {"do": "go_on"}).status_code == 302
    assert Wall.objects.get(session=session).frozen_at is None


def test_minutes_that_are_none_are_told_beside_the_field() -> None:
    session = hall()

    response = signed_in(lead(session)).post(
        reverse("workshops:wall_timer", args=[session.slug]), {"do": "start", "minutes": "0", "label": "Dudas"}
    )

    assert response.context["form"].errors.keys() == {"minutes"}
    assert "Dudas" in response.content.decode()


def test_coordinator_opens_and_closes_the_wall() -> None:
    session = hall()
    client = signed_in(factories.create_coordinator())
    opens = reverse("workshops:wall_open", args=[session.slug])

    client.post(opens, {"do": "open"})
    assert Wall.objects.get(session=session).is_open is True
    client.post(opens, {"do": "close"})
    assert Wall.objects.get(session=session).is_open is False
