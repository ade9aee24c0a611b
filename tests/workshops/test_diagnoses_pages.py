"""The pages on which coordinators write and publish the diagnosis, and the sheets of notes, themes and votes."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.workshops.attending import NOW
from tests.workshops.grouping import address, hall, lead, note, published, say, signed_in, theme
from workshops.actions import diagnoses as actions

pytestmark = pytest.mark.django_db


# --- Writing and publishing -------------------------------------------------------------------------------------------


@pytest.fixture
def desk(coordinator) -> Client:
    return signed_in(coordinator)


def test_coordinator_writes_and_publishes(desk: Client) -> None:
    session = hall()
    water = theme(session, "Agua", [note(session, "Falta agua")])
    assert desk.get(address(session, "diagnosis"))["Location"] == address(session, "diagnosis_edit")

    desk.post(address(session, "diagnosis_edit"), {"introduction": "Lo que oímos.", "edition": "1"})
    desk.post(
        address(session, "diagnosis_statement", water.pk),
        {"statement": "No llega.", "rank": "1", "rank_reason": "Urge.", "continues": "", "edition": "1"},
    )
    html = desk.get(address(session, "diagnosis_edit")).content.decode()
    assert "Publish the diagnosis with 1 note" in html
    assert desk.post(address(session, "diagnosis_publish"), {}).status_code == 302

    html = Client().get(address(session, "diagnosis")).content.decode()
    for words in ("Lo que oímos.", "No llega.", "Urge."):
        assert words in html
    assert "Nothing has changed since" in desk.get(address(session, "diagnosis_edit")).content.decode()
    desk.post(address(session, "diagnosis_withdraw"))
    assert Client().get(address(session, "diagnosis")).status_code == 404


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [({"rank": "1"}, "rank_reason"), ({"rank_reason": "Urge."}, "rank"), ({"rank": "0", "rank_reason": "x"}, "rank")],
)
def test_place_and_reason_go_together(desk: Client, typed: dict[str, str], wrong: str) -> None:
    session = hall()
    water = theme(session)
    data = {"statement": "Texto", "rank": "", "rank_reason": "", "continues": "", "edition": "1"} | typed

    response = desk.post(address(session, "diagnosis_statement", water.pk), data)

    assert response.context["form"].errors.keys() == {wrong}
    assert "Texto" in response.content.decode()


def test_conflict_shows_both_texts(desk: Client) -> None:
    session = hall()
    water = theme(session)
    say(water, "La de otra persona")
    data = {"statement": "La mía", "rank": "", "rank_reason": "", "continues": "", "edition": "1"}

    response = desk.post(address(session, "diagnosis_statement", water.pk), data)
    html = response.content.decode()
    assert response.status_code == 409
    assert "La mía" in html
    assert "La de otra persona" in html
    desk.post(address(session, "diagnosis_statement", water.pk), data | {"edition": "2"})

    water.refresh_from_db()
    assert water.statement == "La mía"


def test_introduction_in_conflict_shows_both_texts(desk: Client) -> None:
    session = hall()
    actions.save_introduction(session, introduction="La de otra persona", edition=1, by=None, now=NOW)

    response = desk.post(address(session, "diagnosis_edit"), {"introduction": "La mía", "edition": "1"})

    html = response.content.decode()
    assert (response.status_code, "La mía" in html, "La de otra persona" in html) == (409, True, True)


def test_facilitator_does_not_write_the_diagnosis() -> None:
    session = hall()
    water = theme(session)
    client = signed_in(lead(session))

    assert client.get(address(session, "diagnosis_edit")).status_code == 404
    assert client.get(address(session, "diagnosis_statement", water.pk)).status_code == 404
    assert client.post(address(session, "diagnosis_publish")).status_code == 404


# --- Sheets -----------------------------------------------------------------------------------------------------------


def rows_of(client: Client, page: str) -> list[list[str]]:
    response: Any = client.get(page)
    text = b"".join(response.streaming_content).decode()
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_sheet_of_notes_has_what_was_spoken_and_nobodys_name() -> None:
    session = hall()
    water = theme(session, "Agua", [note(session, "=1+1", said_by="Ana Lía")])
    note(session, "retirada", withdrawn_at=NOW)
    say(water)
    published(session)

    heads, *rows = rows_of(Client(headers={"accept-language": "en"}), address(session, "notes_sheet", "csv"))

    assert [row[1:7] for row in rows] == [["1", "Movilidad", "doubt", "'=1+1", "", "Agua"]]
    assert heads[1:7] == ["Table", "Theme of the table", "Kind", "Note", "City", "Theme"]


def test_sheet_of_themes_is_the_published_diagnosis() -> None:
    session = hall()
    water = theme(session, "Agua", [note(session, table=2)])
    member = signed_in(factories.create_member())
    assert member.get(address(session, "themes_sheet", "csv")).status_code == 404
    say(water, "No llega.")
    published(session)
    say(water, "Borrador.")

    _heads, *rows = rows_of(Client(), address(session, "themes_sheet", "csv"))

    assert rows == [[str(water.pk), "Agua", "No llega.", "1", "", "", "1", "2"]]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
@pytest.mark.parametrize("name", ["notes_sheet", "themes_sheet", "votes_sheet"])
def test_sheets_are_for_the_group_and_for_all_once_published(name: str, kind: str) -> None:
    session = hall()
    say(theme(session))

    assert Client().get(address(session, name, kind)).status_code == 404
    published(session)
    assert Client().get(address(session, name, kind)).status_code == 200
