"""The list of who came, on a coordinator's phone: found, tapped, counted, printed."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cities.models import City, Organization
from ogpgroup.models import User
from tests import factories
from tests.workshops.attending import NOW, START, begin_ids_apart, facts, row_of, session_on, walk_in
from tests.workshops.coordination import desk_of, text_of
from workshops.actions import attendance as actions
from workshops.models import Session
from workshops.reports import attendance as reports

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def ids_apart(db: None) -> None:
    begin_ids_apart()


@pytest.fixture
def desk(coordinator: User) -> Client:
    return desk_of(coordinator)


def to(name: str, session: Session, *rest: Any) -> str:
    return reverse(f"workshops:{name}", args=[session.slug, *rest])


def names(response: Any) -> list[str]:
    return re.findall(r'<div class="attendee-who">\s*<strong>([^<]+)</strong>', text_of(response))


def numbers(response: Any) -> dict[str, int]:
    stats = re.search(r'<dl class="stats stats-small">(.*?)</dl>', text_of(response), re.S)
    assert stats
    return {word: int(number) for word, number in re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", stats[1])}


def marks(response: Any) -> list[str]:
    return re.findall(r'name="mark" value="(\w+)"', text_of(response))


def tap(desk: Client, session: Session, pk: int, mark: str, **more: Any) -> Any:
    return desk.post(to("mark_attendance", session, pk), {"mark": mark}, **more)


# --- The list ---------------------------------------------------------------------------------------------------------


def test_list_holds_those_expected_and_who_came(desk: Client, coordinator: User, member: User) -> None:
    curious, refused = factories.create_member(name="Ágata"), factories.create_member(name="Nadie")
    session = session_on(people=[member])
    for user in (curious, refused):
        row = actions.check_in(session, user=user, how="list", mode="remote", by=None, now=NOW)
    actions.undo_check_in(row)  # of somebody who was never expected
    walk_in(session)

    response = desk.get(to("attendance", session))

    assert names(response) == ["Ágata", "Inés Integrante", "Vera Vecina"]
    assert numbers(response) == {
        "on the list": 3,
        "are here": 2,
        "in the room": 1,
        "on the line": 1,
        "came without an account": 1,
        "excused": 0,
    }


@pytest.mark.parametrize(
    ("mode", "expected"), [("hybrid", ["room", "line"]), ("face_to_face", ["room"]), ("remote", ["line"])]
)
def test_one_button_for_each_way_to_take_part(desk: Client, member: User, mode: str, expected: list[str]) -> None:
    session = session_on(mode=mode, people=[member])

    assert marks(desk.get(to("attendance", session))) == [*expected, "excused", "absent"]


def test_before_the_hours_people_are_excused_alone(desk: Client, member: User) -> None:
    session = session_on(people=[member], starts_at=START + timedelta(days=9))

    assert marks(desk.get(to("attendance", session))) == ["excused"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=nunez", ["José Núñez"]),
        ("q=observatorio", ["José Núñez"]),
        ("q=Núñez+observ", ["José Núñez"]),
        ("q=centro", ["Vera Vecina"]),
        ("q=integrante%40", ["Inés Integrante"]),
        ("q=nadie", []),
        ("show=present", ["Vera Vecina"]),
        ("show=missing", ["Inés Integrante", "José Núñez"]),
        ("show=away", []),
        ("show=what", ["Inés Integrante", "José Núñez", "Vera Vecina"]),
    ],
)
def test_search_finds_by_name_institution_and_address(
    desk: Client, member: User, query: str, expected: list[str]
) -> None:
    jose = factories.create_member(
        name="José Núñez", organization=factories.create_organization(name="Observatorio Ciudadano")
    )
    session = session_on(people=[member, jose])
    walk_in(session)

    whole = desk.get(f"{to('attendance', session)}?{query}")
    part = desk.get(f"{to('attendance', session)}?{query}", headers=HTMX)

    assert names(whole) == names(part) == expected
    assert "<h1>" in text_of(whole)
    assert "<h1>" not in text_of(part)


@pytest.mark.parametrize(
    ("account", "typed"),
    [("Jorge O’Farrill", "Jorge O'Farrill"), ("Søren Łoś", "Soren Los"), ("Soren Los", "SØREN ŁOŚ"), ("Groß", "Gross")],
)
def test_same_names_are_offered_however_they_are_written(desk: Client, account: str, typed: str) -> None:
    """The database takes more letters for the same than Python does; one apostrophe once made the page an error."""
    known = factories.create_member(name=account)
    session = session_on(people=[known])
    first = walk_in(session, name=account, institution="")
    walk_in(session, name=typed)

    response = desk.get(to("attendance", session))

    assert response.status_code == 200
    assert [
        ([one.user_id for one in line.namesakes], [one.pk for one in line.twins])
        for line in sorted(response.context["lines"], key=lambda line: line.row.pk)
    ] == [([], []), ([known.pk], []), ([known.pk], [first.pk])]


@pytest.mark.parametrize("people", [1, 7])
def test_queries_do_not_grow_with_the_list(desk: Client, people: int, django_assert_num_queries: Any) -> None:
    session = session_on(people=[factories.create_member() for _ in range(people)])
    for number in range(people):
        walk_in(session, name=f"Vera {number}", institution=f"Colonia {number}")
    desk.get(to("attendance", session))

    with django_assert_num_queries(LIST_QUERIES):
        desk.get(to("attendance", session))


LIST_QUERIES = 13  # session, sign-in and roles, the page, its people, the numbers, the namesakes


def test_three_hundred_people_are_a_light_page(desk: Client) -> None:
    session = session_on(people=[factories.create_member() for _ in range(2)])
    for number in range(298):
        session.participations.create(name=f"Vera {number:03}", expected=True, expected_because="person")

    first, last = desk.get(to("attendance", session)), desk.get(f"{to('attendance', session)}?page=3")

    assert (len(names(first)), len(names(last))) == (100, 100)
    assert numbers(first)["on the list"] == 300
    assert len(first.content) < 200_000


# --- One tap ----------------------------------------------------------------------------------------------------------


def test_one_tap_records_and_leads_back(desk: Client, coordinator: User, member: User) -> None:
    session = session_on(people=[member])
    row = row_of(session, member)

    response = desk.post(to("mark_attendance", session, row.pk) + "?q=in%C3%A9s", {"mark": "line"})

    assert response.headers["Location"] == f"{to('attendance', session)}?q=in%C3%A9s#person-{row.pk}"
    assert facts(row)[:3] == ("present", "remote", "list")
    assert row.checked_in_by == coordinator


def test_tap_with_htmx_swaps_the_line_and_the_numbers(desk: Client, member: User) -> None:
    session = session_on(people=[member])
    row = row_of(session, member)

    here = tap(desk, session, row.pk, "room", headers=HTMX)
    assert names(here) == ["Inés Integrante"]
    assert marks(here) == ["undo"]
    assert numbers(here)["are here"] == 1
    assert "Inés Integrante is here." in text_of(here)
    assert "<h1>" not in text_of(here)
    undone = tap(desk, session, row.pk, "undo", headers=HTMX)
    assert marks(undone) == ["room", "line", "excused", "absent"]
    assert numbers(undone)["are here"] == 0
    excused = tap(desk, session, row.pk, "excused", headers=HTMX)
    assert marks(excused) == ["room", "line", "undo"]
    assert numbers(excused)["excused"] == 1


def test_one_person_did_not_come(desk: Client, member: User) -> None:
    session = session_on(people=[member])
    row = row_of(session, member)

    absent = tap(desk, session, row.pk, "absent", headers=HTMX)

    assert "Inés Integrante did not come." in text_of(absent)
    assert marks(absent) == ["room", "line", "undo"]
    assert facts(row)[0] == "absent"


def test_tap_too_early_says_so_in_the_line(desk: Client, member: User) -> None:
    session = session_on(people=[member], starts_at=START + timedelta(days=9))
    row = row_of(session, member)

    response = tap(desk, session, row.pk, "room", headers=HTMX)

    assert names(response) == ["Inés Integrante"]
    assert "It is too early" in text_of(response)
    assert facts(row)[0] == "unknown"


def test_walk_in_that_was_a_slip_leaves_the_list(desk: Client) -> None:
    session = session_on()
    row = walk_in(session)

    response = tap(desk, session, row.pk, "undo", headers=HTMX)

    assert names(response) == []
    assert numbers(response)["came without an account"] == 0
    assert not session.participations.filter(pk=row.pk).exists()


@pytest.mark.parametrize("mark", ["", "away", "delete"])
def test_other_words_are_no_mark(desk: Client, member: User, mark: str) -> None:
    session = session_on(people=[member])

    assert tap(desk, session, row_of(session, member).pk, mark).status_code == 400


def test_row_of_another_session_is_not_found(desk: Client, member: User) -> None:
    one, other = session_on(people=[member]), session_on(people=[member])

    assert tap(desk, one, row_of(other, member).pk, "room").status_code == 404


def test_coordinator_takes_a_name_out_of_the_public_record(desk: Client) -> None:
    session = session_on()
    row = walk_in(session, may_be_named=True)

    tap(desk, session, row.pk, "unnamed")

    row.refresh_from_db()
    assert (row.may_be_named, row.attended) == (False, "present")


def test_rest_is_absent_with_one_button(desk: Client, member: User, official_reynosa: User) -> None:
    session = session_on(people=[member, official_reynosa])
    tap(desk, session, row_of(session, member).pk, "room")

    response = desk.post(to("rest_absent", session), follow=True)

    assert "1 person is recorded as absent." in text_of(response)
    assert row_of(session, official_reynosa).attended == "absent"


# --- Walk-ins ---------------------------------------------------------------------------------------------------------


def typed(**changes: Any) -> dict[str, Any]:
    return {"name": "Vera Vecina", "institution": "Colonia Centro", "mode": "remote", "form_id": uuid4()} | changes


def test_walk_in_is_written_down_on_the_phone(desk: Client, coordinator: User) -> None:
    session = session_on(people=[coordinator])

    response = desk.post(to("walk_in", session), typed(may_be_named="on"))

    row = session.participations.get(user=None)
    assert response.headers["Location"] == to("attendance", session)
    assert facts(row)[:3] == ("present", "remote", "walk_in")
    assert (row.checked_in_by, row.may_be_named) == (coordinator, True)


def test_known_name_is_offered_and_taken(desk: Client, coordinator: User) -> None:
    jose = factories.create_member(name="José Núñez")
    session = session_on(people=[coordinator])

    response = desk.post(to("walk_in", session), typed(name="Jose Nuñez"))

    assert "Is it one of these people?" in text_of(response)
    assert 'value="Jose Nuñez"' in text_of(response)  # what was typed stays
    assert session.participations.filter(user=None).count() == 0
    desk.post(to("known_person", session), {"user": jose.pk, "mode": "remote"})
    assert facts(row_of(session, jose))[:3] == ("present", "remote", "list")
    desk.post(to("walk_in", session), typed(name="Jose Nuñez", somebody_else="1"))
    assert session.participations.get(user=None).name == "Jose Nuñez"


def test_walk_in_is_joined_with_the_person_whose_name_it_is(desk: Client, coordinator: User) -> None:
    jose = factories.create_member(name="José Núñez")
    session = session_on(people=[coordinator])
    visitor = walk_in(session, name="jose nuñez")

    shown = text_of(desk.get(to("attendance", session)))
    assert "José Núñez has an account." in shown
    desk.post(to("known_person", session), {"user": jose.pk, "visitor": visitor.pk})

    assert facts(row_of(session, jose))[:3] == ("present", "face_to_face", "walk_in")
    assert names(desk.get(to("attendance", session))) == ["Carmen Coordinadora", "José Núñez"]


def test_walk_in_who_was_written_down_twice_is_joined(desk: Client, coordinator: User, member: User) -> None:
    session = session_on(people=[coordinator, member])
    first, again = walk_in(session, institution="IMPLAN"), walk_in(session, name="vera VECINA", institution="")
    listed = row_of(session, member)

    shown = text_of(desk.get(to("attendance", session)))
    assert shown.count("Vera Vecina, IMPLAN, is on the list too.") == 1
    for wrong in ({"visitor": first.pk}, {"visitor": listed.pk}, {"visitor": "x"}):
        assert desk.post(to("known_person", session), {"first": first.pk, **wrong}).status_code == 404
    desk.post(to("known_person", session), {"visitor": again.pk, "first": first.pk})

    assert names(desk.get(to("attendance", session))) == ["Carmen Coordinadora", "Inés Integrante", "Vera Vecina"]


@pytest.mark.parametrize("user", ["", "x", "-1", "9" * 30, "7"])
def test_person_who_is_not_known_is_not_found(desk: Client, user: str) -> None:
    session = session_on()

    assert desk.post(to("known_person", session), {"user": user}).status_code == 404


def test_walk_in_form_says_what_is_missing(desk: Client) -> None:
    session = session_on()

    response = desk.post(to("walk_in", session), typed(name=" "))

    assert response.status_code == 200
    assert session.participations.filter(user=None).count() == 0
    assert "Colonia Centro" in text_of(response)


def test_walk_in_with_a_character_that_nobody_sees_is_refused(desk: Client) -> None:
    session = session_on()

    response = desk.post(to("walk_in", session), typed(name="Vera\x07Vecina"))

    assert list(response.context["form"].errors) == ["name"]
    assert session.participations.filter(user=None).count() == 0


# --- Numbers and paper ------------------------------------------------------------------------------------------------


def test_numbers_by_mode_city_and_kind(reynosa: City, official_reynosa: User, member: User, coordinator: User) -> None:
    university = factories.create_organization(name="Universidad", kind=Organization.Kind.UNIVERSITY, city=reynosa)
    session = session_on(people=[official_reynosa, member, coordinator])
    for user, mode in ((official_reynosa, "face_to_face"), (member, "remote")):
        actions.check_in(session, user=user, how="list", mode=mode, by=coordinator, now=NOW)
    walk_in(session, institution=university.name)
    walk_in(session, name="Otra", institution="Colonia Centro")
    walk_in(session, name="Nadie", institution="")

    assert session.current_version
    breakdown = reports.breakdown_of(session.current_version)

    assert breakdown == reports.Breakdown(
        present=5,
        by_mode=[("presencial", 4), ("a distancia", 1)],
        by_city=[("Reynosa, Tamaulipas", 2), ("otras", 3)],
        by_kind=[
            ("gobierno municipal", 1),
            ("organización de la sociedad civil", 1),
            ("universidad", 1),
            ("otras", 2),
        ],
    )


@pytest.mark.parametrize("people", [1, 4])
def test_numbers_take_the_same_queries_and_count_several_institutions_once(
    people: int, reynosa: City, coordinator: User, django_assert_num_queries: Any
) -> None:
    university = factories.create_organization(name="Universidad", kind=Organization.Kind.UNIVERSITY, city=reynosa)
    came = [factories.create_member() for _ in range(people)]
    session = session_on(people=came)
    for user in came:
        factories.create_membership(user=user, organization=university, since=factories.SINCE - timedelta(days=1))
        actions.check_in(session, user=user, how="list", mode="remote", by=coordinator, now=NOW)
    assert session.current_version

    with django_assert_num_queries(2):
        breakdown = reports.breakdown_of(session.current_version)

    assert breakdown == reports.Breakdown(
        present=people,
        by_mode=[("a distancia", people)],
        by_city=[("Reynosa, Tamaulipas", people)],
        by_kind=[("universidad", people)],
    )


def test_sheet_has_a_line_to_sign_for_everybody(desk: Client, member: User) -> None:
    session = session_on(people=[member])

    text = text_of(desk.get(to("attendance_sheet", session)))

    assert text.count("<tr>") == 2  # the head, and who is expected
    assert text.count('<tr class="signing-empty">') == 12
    assert "Inés Integrante" in text
    assert "Signature" in text


def test_draft_has_no_list(desk: Client) -> None:
    session = session_on()
    Session.objects.filter(pk=session.pk).update(current_version=None)

    for name in ("attendance", "walk_in", "attendance_sheet"):
        assert desk.get(to(name, session)).status_code == 404


@pytest.fixture(autouse=True)
def _now(db: None) -> Any:
    with time_machine.travel(NOW, tick=True):
        yield
