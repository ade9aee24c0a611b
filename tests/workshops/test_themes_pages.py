"""The pages on which notes become themes: with a script and without, two at once, and for whom they are."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.workshops.attending import NOW
from tests.workshops.grouping import address, hall, lead, marks, note, seen, signed_in, standing, theme, where
from workshops.actions import themes as actions
from workshops.models import Session, TableNote

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def send(client: Client, session: Session, *notes: TableNote, **data: str):
    chosen = [f"{one.pk}-{TableNote.objects.get(pk=one.pk).theme_id or 0}" for one in notes]
    return client.post(address(session, "theme_group"), {"notes": chosen, "form_id": str(uuid4()), **data})


def test_board_asks_as_much_for_600_notes_as_for_one() -> None:
    session = hall()
    client = signed_in(lead(session))
    note(session)
    with CaptureQueriesContext(connection) as few:
        client.get(address(session, "themes"))
    city = factories.create_city()
    table = session.tables.get(number=2)
    TableNote.objects.bulk_create(
        TableNote(table=table, kind="doubt", text=f"Falta información {number}", city=city) for number in range(600)
    )
    for number in range(5):
        theme(session, f"Tema {number}", [note(session)])

    with CaptureQueriesContext(connection) as many:
        response = client.get(address(session, "themes"), headers={"accept-encoding": "gzip"})

    assert len(many) == len(few)
    assert len(response.content) < 60_000


def test_facilitator_groups_without_javascript() -> None:
    session = hall()
    one, two = note(session, "Falta agua"), note(session, "No llega el agua")
    client = signed_in(lead(session))

    assert send(client, session, one, two, to="new", title="Agua").status_code == 302
    water = session.themes.get()
    assert where(one, two) == ["Agua", "Agua"]
    assert send(client, session, two, to="none").status_code == 302
    assert where(one, two) == ["Agua", ""]
    assert send(client, session, two, to=f"{water.pk}-{marks(water)[0]}").status_code == 302
    assert where(one, two) == ["Agua", "Agua"]
    last = actions.last_step(session)
    assert last
    assert client.post(address(session, "theme_undo"), {"step": last.pk}).status_code == 302
    assert where(one, two) == ["Agua", ""]


def test_htmx_gets_the_board_alone() -> None:
    session = hall()
    one = note(session)
    client = signed_in(lead(session))

    response = client.post(
        address(session, "theme_group"),
        {"notes": [f"{one.pk}-0"], "to": "new", "title": "Agua", "form_id": str(uuid4())},
        headers={"hx-request": "true"},
    )

    html = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in html
    assert "The theme “Agua” is made." in html


def test_conflict_keeps_what_was_chosen_and_tells_what_happened() -> None:
    session = hall()
    one, two = note(session, "uno"), note(session, "dos")
    client = signed_in(lead(session))
    page = [f"{one.pk}-0", f"{two.pk}-0"]
    ana = factories.create_member(name="Ana Lía")
    actions.group(session, seen=seen(one), title="Agua", form_id=None, by=ana, now=NOW)

    response = client.post(
        address(session, "theme_group"), {"notes": page, "to": "new", "title": "Calles", "form_id": str(uuid4())}
    )

    html = response.content.decode()
    assert response.status_code == 409
    assert "Meanwhile Ana Lía put “uno” into “Agua”." in html
    assert html.count(" checked") == 2
    assert 'value="Calles"' in html


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"to": "new", "title": ""}, "Give the new theme a name."),
        ({"to": "none"}, "Choose at least one note."),
        ({"to": "nonsense"}, "Choose a theme."),
        ({"to": "99-0123456789ab"}, "This theme is not there any more. Choose again."),
        ({"notes": ["x"], "to": "none"}, "Choose the notes again."),
    ],
)
def test_what_is_missing_is_told(data: dict[str, str], sentence: str) -> None:
    session = hall()

    response = signed_in(lead(session)).post(address(session, "theme_group"), {"form_id": str(uuid4()), **data})

    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_notes_of_another_session_are_out_of_reach() -> None:
    session, other = hall(), hall()
    theirs = note(other)

    response = send(signed_in(lead(session)), session, theirs, to="new", title="Agua")

    assert response.status_code == 409
    assert where(theirs) == [""]


def test_page_of_a_theme_renames_merges_and_dissolves() -> None:
    session = hall()
    one = note(session)
    water, roads = theme(session, "Agua", [one]), theme(session, "Calles")
    client = signed_in(lead(session))
    assert client.get(address(session, "theme", water.pk)).status_code == 200

    client.post(address(session, "theme_rename", water.pk), {"title": "Drenaje", "mark": marks(water)[0]})
    client.post(
        address(session, "theme_merge", water.pk), {"into": f"{roads.pk}-{marks(roads)[0]}", "mark": marks(water)[1]}
    )
    assert (standing(session), where(one)) == (["Calles"], ["Calles"])
    assert client.get(address(session, "theme", water.pk)).status_code == 404
    client.post(address(session, "theme_dissolve", roads.pk), {"mark": marks(roads)[1]})
    assert (standing(session), where(one)) == ([], [""])


def test_name_typed_for_a_theme_that_was_renamed_meanwhile_stays_on_the_page() -> None:
    session = hall()
    water = theme(session, "Agua")
    mark = marks(water)[0]
    actions.rename(water, title="Drenaje", mark=mark, by=lead(session), now=NOW)

    response = signed_in(lead(session)).post(
        address(session, "theme_rename", water.pk), {"title": "Saneamiento", "mark": mark}
    )

    assert response.status_code == 409
    assert 'value="Saneamiento"' in response.content.decode()


def test_duplicates_page_groups_a_pair_by_a_person() -> None:
    session = hall()
    one = note(session, "Falta información del presupuesto")
    two = note(session, "Falta informacion del presupuesto")
    client = signed_in(lead(session))

    html = client.get(address(session, "theme_duplicates")).content.decode()
    send(client, session, one, two, to="new", title="Presupuesto")

    assert f'value="{one.pk}-0"' in html
    assert where(one, two) == ["Presupuesto", "Presupuesto"]
    assert "No two notes are much alike" in client.get(address(session, "theme_duplicates")).content.decode()


def test_pages_are_for_who_leads() -> None:
    session = hall()
    water = theme(session)
    other = signed_in(lead(hall()))

    for name, more in (("themes", ()), ("theme_duplicates", ()), ("theme", (water.pk,)), ("votes", ())):
        assert other.get(address(session, name, *more)).status_code == 404
        assert Client().get(address(session, name, *more)).status_code == 302


def test_hostile_text_is_text_on_the_board() -> None:
    session = hall()
    theme(session, "<b>x</b>", [note(session, "<script>1</script>")])

    html = signed_in(lead(session)).get(address(session, "themes")).content.decode()

    assert "<script>1" not in html
    assert "<b>x</b>" not in html
