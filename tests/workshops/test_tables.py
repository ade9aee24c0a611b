"""Tables set up, and people given places: by hand, by the draw, at the door."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories
from tests.workshops.attending import NOW, START, row_of, session_on, walk_in
from tests.workshops.noting import facilitator_of, rapporteur_of, table_of, table_on, written
from workshops.actions import attendance
from workshops.actions import tables as actions
from workshops.models import Participation, Session, WorkTable

pytestmark = pytest.mark.django_db


def hall(count: int = 6, **given: Any) -> tuple[Session, list[User]]:
    """A session that is on, at which people of three cities are expected."""
    cities = [factories.create_city() for _ in range(3)]
    people = [factories.create_official(city=cities[number % 3]) for number in range(count)]
    return session_on(**given), people


def places(session: Session) -> dict[int | None, int | None]:
    rows = session.participations.exclude(table=None).order_by("pk")
    return dict(rows.values_list("user", "table__number"))


def draw(session: Session, seed: str = "uno", whom: str = "expected", *, keep: bool = False) -> actions.Drawn:
    return actions.draw_places(session, seed=seed, whom=whom, keep=keep)


# --- Setting up -------------------------------------------------------------------------------------------------------


def test_number_stands_once_in_a_session() -> None:
    table = table_on()

    with pytest.raises(ActionNotPossible, match="Ya hay una mesa 1"):
        actions.save_table(WorkTable(session=table.session, number=1), co_rapporteurs=[])


def test_real_table_has_real_people() -> None:
    table = table_on()
    table.facilitator = factories.create_user(is_demo=True)

    with pytest.raises(ActionNotPossible, match="demostración"):
        actions.save_table(table, co_rapporteurs=[])


def test_who_saves_second_sees_what_the_first_one_stored() -> None:
    table = table_on()
    one, two = (WorkTable.objects.get(pk=table.pk) for _ in range(2))
    seen, helper = actions.edition_of(table), factories.create_member()

    one.seats = 8
    actions.save_table(one, co_rapporteurs=[helper], seen=seen)
    two.theme = "Agua"
    with pytest.raises(actions.EditedMeanwhile) as refused:
        actions.save_table(two, co_rapporteurs=[], seen=seen)

    assert (refused.value.current.theme, refused.value.current.seats) == ("Movilidad", 8)
    table.refresh_from_db()
    assert (table.theme, table.seats, list(table.co_rapporteurs.all())) == ("Movilidad", 8, [helper])
    actions.save_table(one, co_rapporteurs=[helper], seen=seen)  # sent twice
    actions.save_table(two, co_rapporteurs=[], seen=actions.edition_of(table))  # after looking at it
    table.refresh_from_db()
    assert (table.theme, table.seats, list(table.co_rapporteurs.all())) == ("Agua", None, [])


def test_table_taken_away_meanwhile_is_not_saved() -> None:
    table = table_on()
    seen, open_form = actions.edition_of(table), WorkTable.objects.get(pk=table.pk)
    actions.remove_table(table)

    with pytest.raises(ActionNotPossible, match="se quitó mientras tanto"):
        actions.save_table(open_form, co_rapporteurs=[], seen=seen)


def test_table_with_a_note_stays() -> None:
    table = table_on()
    written(table)

    with pytest.raises(ActionNotPossible, match="se escribieron notas"):
        actions.remove_table(table)


def test_table_taken_away_leaves_its_people_without_one() -> None:
    session, (one, *_rest) = hall()
    actions.seat(row_of(session, one), table=table_of(session))

    actions.remove_table(session.tables.get())

    assert places(session) == {}


# --- By hand ----------------------------------------------------------------------------------------------------------


def test_full_table_takes_nobody_more() -> None:
    session, (one, other, *_rest) = hall()
    table = table_of(session, seats=1)
    actions.seat(row_of(session, one), table=table)
    actions.seat(row_of(session, one), table=table)

    with pytest.raises(ActionNotPossible, match="están ocupados"):
        actions.seat(row_of(session, other), table=table)


def test_table_of_another_session_is_not_there() -> None:
    session, (one, *_rest) = hall()
    other = table_on(session=session_on(cycle=session.cycle, title="Otra"))

    with pytest.raises(ActionNotPossible, match="se quitó"):
        actions.seat(row_of(session, one), table=other)


# --- By the draw ------------------------------------------------------------------------------------------------------


def test_draw_is_the_same_for_the_same_seed_and_kept_on_the_session() -> None:
    session, _people = hall(9)
    for number in (1, 2, 3):
        table_of(session, number)

    first = (draw(session, "uno"), places(session))[1]
    other = (draw(session, "dos"), places(session))[1]
    again = (draw(session, "uno"), places(session))[1]

    session.refresh_from_db()
    assert session.table_seed == "uno"
    assert first == again
    assert first != other
    assert set(first.values()) == {1, 2, 3}


def test_who_works_at_a_table_sits_there() -> None:
    session, people = hall(9)
    helper = people[2]
    table = table_of(session, 2, facilitator=people[0], rapporteur=people[1])
    table.co_rapporteurs.add(helper)
    table_of(session, 1)

    for seed in ("a", "b", "c"):
        draw(session, seed)
        assert {places(session)[one.pk] for one in (people[0], people[1], helper)} == {2}


def test_draw_keeps_those_who_have_a_place() -> None:
    session, people = hall(6)
    table_of(session, 1)
    two = table_of(session, 2)
    actions.seat(row_of(session, people[0]), table=two)

    drawn = draw(session, keep=True)

    assert places(session)[people[0].pk] == 2
    assert (drawn.seated, drawn.without) == (5, 0)
    assert sorted(places(session).values()) == [1, 1, 1, 2, 2, 2]  # type: ignore[type-var]


def test_draw_of_those_here_seats_nobody_else() -> None:
    session, people = hall(4)
    table_of(session)
    attendance.check_in(session, user=people[0], how="list", mode="face_to_face", by=None, now=NOW)

    draw(session, whom="here")

    assert places(session) == {people[0].pk: 1}


def test_draw_leaves_out_who_declined() -> None:
    session, people = hall(3)
    table_of(session)
    Participation.objects.filter(user=people[0]).update(answer="no", answered_at=NOW)

    draw(session)

    assert people[0].pk not in places(session)


def test_people_on_the_line_get_a_table_with_a_link_or_none() -> None:
    session, people = hall(3)
    table_of(session, 1)
    attendance.check_in(session, user=people[0], how="link", mode="remote", by=None, now=NOW)

    assert draw(session).without == 1
    table_of(session, 2, join_url="https://sala.example.org/2")
    draw(session)

    assert places(session) == {people[0].pk: 2, people[1].pk: 1, people[2].pk: 1}


def test_draw_without_tables() -> None:
    session, _people = hall(1)

    with pytest.raises(ActionNotPossible, match="Todavía no hay mesas"):
        draw(session)


@pytest.mark.parametrize("count", [3, 30])
def test_draw_takes_the_same_queries(count: int, django_assert_max_num_queries: Any) -> None:
    session, _people = hall(count)
    for number in (1, 2):
        table_of(session, number)

    with django_assert_max_num_queries(18):
        draw(session)


# --- At the door ------------------------------------------------------------------------------------------------------


def test_who_comes_unexpected_gets_the_emptiest_table() -> None:
    session, people = hall(3)
    one, two = table_of(session, 1), table_of(session, 2)
    for person, table in zip(people, (one, one, two), strict=True):
        actions.seat(row_of(session, person), table=table)

    row = walk_in(session)

    assert row.table == two


def test_nobody_is_seated_before_places_are_given_out() -> None:
    session, _people = hall(1)
    table_of(session)

    assert walk_in(session).table is None


def test_check_in_gives_a_place_to_who_has_none_and_moves_nobody() -> None:
    session, people = hall(3)
    one, two = table_of(session, 1), table_of(session, 2)
    actions.seat(row_of(session, people[0]), table=one)

    for person in people[:2]:
        attendance.check_in(session, user=person, how="list", mode="face_to_face", by=None, now=NOW)

    assert places(session) == {people[0].pk: 1, people[1].pk: 2}
    assert two.seated.count() == 1


def test_rapporteur_who_comes_sits_where_they_write() -> None:
    table = table_on(number=3, facilitator=None)
    other = table_of(table.session, 1)
    person = factories.create_member()
    attendance.check_in(table.session, user=person, how="list", mode="face_to_face", by=None, now=NOW)
    actions.seat(row_of(table.session, person), table=table)

    rapporteur = rapporteur_of(table)
    attendance.check_in(table.session, user=rapporteur, how="list", mode="face_to_face", by=None, now=NOW)

    assert row_of(table.session, rapporteur).table == table
    assert other.seated.count() == 0


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(factories.create_coordinator())
    return client


def address(session: Session, name: str = "tables", *args: object) -> str:
    return reverse(f"workshops:{name}", args=[session.slug, *args])


def test_coordinator_makes_a_table(desk: Client) -> None:
    session, people = hall(2)

    answer = desk.post(
        address(session, "table_create"),
        {
            "number": "1",
            "theme": "Movilidad",
            "seats": "8",
            "facilitator": people[0].pk,
            "co_rapporteurs": [people[1].pk],
        },
    )

    assert answer.status_code == 302
    table = session.tables.get()
    assert (table.theme, table.seats, table.facilitator, list(table.co_rapporteurs.all())) == (
        "Movilidad",
        8,
        people[0],
        [people[1]],
    )


def test_number_that_is_taken_is_told_next_to_the_field(desk: Client) -> None:
    session, _people = hall(1)
    table_of(session)

    answer = desk.post(address(session, "table_create"), {"number": "1", "theme": "Otra"})

    assert answer.context["form"].errors == {"number": ["Ya hay una mesa 1."]}


def test_page_shows_what_was_stored_beside_what_was_typed(desk: Client) -> None:
    table = table_on()
    page = address(table.session, "table_edit", table.number)
    form = desk.get(page).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"co_rapporteurs": []}
    WorkTable.objects.filter(pk=table.pk).update(theme="Agua")

    answer = desk.post(page, sent | {"theme": "Suelo"})

    assert answer.status_code == 409
    assert [(one.stored, one.typed) for one in answer.context["conflict"]] == [("Agua", "Suelo")]
    again = sent | {"theme": "Suelo", "seen": answer.context["form"]["seen"].value()}
    assert desk.post(page, again).status_code == 302
    table.refresh_from_db()
    assert table.theme == "Suelo"


@pytest.mark.parametrize("number", ["0", "1000", "-1", "x"])
def test_number_out_of_bounds(desk: Client, number: str) -> None:
    session, _people = hall(1)

    answer = desk.post(address(session, "table_create"), {"number": number})

    assert list(answer.context["form"].errors) == ["number"]


def test_person_moves_up_and_down_and_round(desk: Client) -> None:
    session, people = hall(1)
    for number in (1, 2):
        table_of(session, number)
    row = row_of(session, people[0])
    seen = []

    for step in ("down", "down", "down", "up"):
        desk.post(address(session, "seat", row.pk), {"step": step})
        row.refresh_from_db()
        seen.append(row.table and row.table.number)
    desk.post(address(session, "seat", row.pk), {"table": ""})
    row.refresh_from_db()

    assert seen == [1, 2, 1, 2]
    assert row.table is None


@pytest.mark.parametrize("count", [1, 3, 30])
def test_overview_takes_the_same_queries(desk: Client, count: int, django_assert_num_queries: Any) -> None:
    session, _people = hall(count)
    for number in range(1, count + 1):
        table_of(session, number, facilitator=factories.create_member())
    draw(session)
    desk.get("/desk/")

    with django_assert_num_queries(OVERVIEW_QUERIES):
        desk.get(address(session))


OVERVIEW_QUERIES = 11


def test_draw_page_tells_who_found_no_seat(desk: Client) -> None:
    session, _people = hall(3)
    table_of(session, seats=1)

    answer = desk.post(address(session, "tables_draw"), {"whom": "expected"}, follow=True)

    said = [str(message) for message in answer.context["messages"]]
    assert said[0] == "1 persona tiene lugar."
    assert "no encontraron lugar" in said[1]


def test_link_of_a_table_is_shown_to_those_at_it_alone(client: Client) -> None:
    link = "https://sala.example.org/mesa"
    table = table_on(join_url=link)
    page = table.get_absolute_url()
    stranger, seated = factories.create_user(), factories.create_member()
    attendance.check_in(table.session, user=seated, how="list", mode="face_to_face", by=None, now=NOW)
    table.session.participations.filter(user=seated).update(expected=False, expected_because="own_wish", table=table)
    seen = {}

    for name, person in {"nobody": None, "account": stranger, "seated": seated, "leads": facilitator_of(table)}.items():
        client.logout()
        if person:
            client.force_login(person)
        seen[name] = link in client.get(page).content.decode()

    assert seen == {"nobody": False, "account": False, "seated": True, "leads": True}


def test_own_table_stands_on_the_sessions_page_and_on_the_desk(client: Client) -> None:
    session, people = hall(1)
    session_ahead = session_on(cycle=session.cycle, title="Por venir", starts_at=START + timedelta(days=2))
    table = table_of(session_ahead, 2)
    actions.seat(row_of(session_ahead, people[0]), table=table)
    client.force_login(people[0])

    for page in (session_ahead.get_absolute_url(), "/desk/"):
        text = " ".join(client.get(page).content.decode().split())
        assert "Su mesa:" in text
        assert "2, Movilidad" in text


def test_coordinators_who_write_at_every_table_find_no_empty_box(desk: Client) -> None:
    table = table_on()

    assert '<div class="notice">' not in desk.get(table.session.get_absolute_url()).content.decode()
