"""Notes into themes and back: what is kept of each step, two at once, likely duplicates, the pages."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ogpgroup.errors import ActionNotPossible
from tests import factories
from tests.workshops.attending import NOW
from tests.workshops.grouping import hall, lead, marks, note, seen, signed_in, theme, vote_on
from workshops.actions import themes as actions
from workshops.actions import votes
from workshops.actions.themes import GroupedMeanwhile
from workshops.models import GroupingStep, Session, TableNote, Theme
from workshops.reports import themes as reports

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def where(*notes: TableNote) -> list[str]:
    """The theme of each note, by name."""
    found = TableNote.objects.select_related("theme").in_bulk([one.pk for one in notes])
    return [its.title if (its := found[one.pk].theme) else "" for one in notes]


def standing(session: Session) -> list[str]:
    return list(session.themes.standing().order_by("pk").values_list("title", flat=True))


def move(session: Session, *notes: TableNote, to: Theme | None, **given) -> int:
    mark = marks(to)[0] if to else ""
    return actions.move(
        session, **({"seen": seen(*notes), "to": to, "mark": mark, "by": lead(session), "now": NOW} | given)
    )


def rename(one: Theme, title: str) -> Theme:
    return actions.rename(one, title=title, mark=marks(one)[0], by=None, now=NOW)


def undo(session: Session) -> GroupingStep:
    last = actions.last_step(session)
    return actions.undo(session, step_id=last.pk if last else 0, by=lead(session), now=NOW)


# --- Steps ------------------------------------------------------------------------------------------------------------


def test_notes_are_grouped_moved_and_taken_out_and_stay_as_they_were_spoken() -> None:
    session = hall()
    one, two = note(session, "Falta agua"), note(session, "No hay agua", table=2)
    water = theme(session, "Agua", [one])
    roads = theme(session, "Calles")

    assert move(session, one, two, to=roads) == 2
    assert where(one, two) == ["Calles", "Calles"]
    assert move(session, two, to=None) == 1
    assert where(one, two) == ["Calles", ""]
    one.refresh_from_db()
    assert (one.text, one.edition, one.table.number) == ("Falta agua", 1, 1)
    assert standing(session) == ["Agua", "Calles"]
    assert water.edition == 1


def test_notes_split_off_merged_renamed_dissolved() -> None:
    session = hall()
    one, two, three = (note(session, f"nota {number}") for number in range(3))
    water = theme(session, "Agua", [one, two, three])
    pipes = theme(session, "Tubería", [two, three])
    assert actions.last_step(session).kind == "split"  # type: ignore[union-attr]

    actions.rename(pipes, title="Tuberías", mark=marks(pipes)[0], by=lead(session), now=NOW)
    assert where(one, two, three) == ["Agua", "Tuberías", "Tuberías"]
    actions.merge(water, into=pipes, mark=marks(water)[1], into_mark=marks(pipes)[0], by=lead(session), now=NOW)
    assert (where(one, two, three), standing(session)) == (["Tuberías"] * 3, ["Tuberías"])
    actions.dissolve(pipes, mark=marks(pipes)[1], by=lead(session), now=NOW)
    assert (where(one, two, three), standing(session)) == ([""] * 3, [])


def test_every_step_is_undone_last_one_first() -> None:
    session = hall()
    one, two = note(session, "uno"), note(session, "dos")
    states = [(where(one, two), standing(session))]
    water = theme(session, "Agua", [one, two])
    states.append((where(one, two), standing(session)))
    roads = theme(session, "Calles", [two])
    states.append((where(one, two), standing(session)))
    actions.rename(roads, title="Vías", mark=marks(roads)[0], by=lead(session), now=NOW)
    states.append((where(one, two), standing(session)))
    actions.merge(water, into=roads, mark=marks(water)[1], into_mark=marks(roads)[0], by=lead(session), now=NOW)
    states.append((where(one, two), standing(session)))
    move(session, one, to=None)
    states.append((where(one, two), standing(session)))
    actions.dissolve(roads, mark=marks(roads)[1], by=lead(session), now=NOW)

    for state in reversed(states):
        undo(session)
        assert (where(one, two), standing(session)) == state

    assert actions.last_step(session) is None
    assert session.grouping_steps.filter(undone_at__isnull=False).count() == 6


def test_nothing_is_undone_when_another_step_is_the_last() -> None:
    session = hall()
    one = note(session)
    theme(session, "Agua", [one])
    first = actions.last_step(session)
    theme(session, "Calles")
    assert first

    with pytest.raises(GroupedMeanwhile):
        actions.undo(session, step_id=first.pk, by=lead(session), now=NOW)

    assert (where(one), standing(session)) == (["Agua"], ["Agua", "Calles"])


def test_form_sent_twice_makes_one_theme() -> None:
    session, form_id = hall(), uuid4()
    one = note(session)
    given: dict[str, Any] = {"seen": seen(one), "title": "Agua", "form_id": form_id, "by": lead(session), "now": NOW}

    first, second = actions.group(session, **given), actions.group(session, **given)

    assert (first, standing(session)) == (second, ["Agua"])


def test_moving_to_where_a_note_is_leaves_no_step() -> None:
    session = hall()
    one = note(session)
    water = theme(session, "Agua", [one])
    steps = session.grouping_steps.count()

    assert move(session, one, to=water) == 0
    assert session.grouping_steps.count() == steps


def test_there_are_so_many_themes_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    session = hall()
    theme(session, "Agua")
    monkeypatch.setattr(Theme, "MOST", 1)

    with pytest.raises(ActionNotPossible, match="1"):
        theme(session, "Calles")


# --- Two at once ------------------------------------------------------------------------------------------------------


def test_who_groups_a_note_that_somebody_else_grouped_meanwhile_is_told_what_happened() -> None:
    session = hall()
    one, two = note(session, "Falta agua"), note(session, "otra")
    page = seen(one, two)
    ana = factories.create_member(name="Ana Lía")
    water = actions.group(session, seen=seen(one), title="Agua", form_id=None, by=ana, now=NOW)

    with pytest.raises(GroupedMeanwhile) as told:
        actions.group(session, seen=page, title="Calles", form_id=None, by=lead(session), now=NOW)

    assert str(told.value.sentence).startswith("Mientras tanto, Ana Lía puso «Falta agua» en «Agua».")
    assert (where(one, two), standing(session)) == (["Agua", ""], ["Agua"])
    assert water.title == "Agua"


def test_two_who_put_a_note_into_the_same_theme_agree() -> None:
    session = hall()
    one = note(session)
    water, page = theme(session, "Agua"), seen(one)
    move(session, one, to=water)

    assert move(session, one, to=water, seen=page) == 0
    assert where(one) == ["Agua"]


def test_note_withdrawn_meanwhile_is_not_moved() -> None:
    session = hall()
    one, two = note(session), note(session)
    page = seen(one, two)
    TableNote.objects.filter(pk=two.pk).update(withdrawn_at=NOW)

    with pytest.raises(GroupedMeanwhile):
        actions.group(session, seen=page, title="Agua", form_id=None, by=None, now=NOW)

    assert where(one) == [""]


def test_theme_with_a_new_name_takes_no_notes_meant_for_the_old_one() -> None:
    session = hall()
    one, water = note(session), theme(session, "Agua")
    mark = marks(water)[0]
    actions.rename(water, title="Drenaje", mark=mark, by=lead(session), now=NOW)

    with pytest.raises(GroupedMeanwhile, match="Drenaje"):
        move(session, one, to=water, mark=mark)

    assert where(one) == [""]


def test_theme_that_got_notes_meanwhile_is_not_dissolved_nor_merged_away() -> None:
    session = hall()
    one, water, roads = note(session), theme(session, "Agua"), theme(session, "Calles")
    whole, name = marks(water)[1], marks(roads)[0]
    move(session, one, to=water)

    with pytest.raises(GroupedMeanwhile):
        actions.dissolve(water, mark=whole, by=None, now=NOW)
    with pytest.raises(GroupedMeanwhile):
        actions.merge(water, into=roads, mark=whole, into_mark=name, by=None, now=NOW)

    assert where(one) == ["Agua"]


def test_dissolved_theme_takes_nothing() -> None:
    session = hall()
    one, water = note(session), theme(session, "Agua")
    actions.dissolve(water, mark=marks(water)[1], by=lead(session), now=NOW)

    with pytest.raises(GroupedMeanwhile):
        move(session, one, to=water)


def test_theme_is_not_merged_into_itself() -> None:
    session = hall()
    water = theme(session)
    name, whole = marks(water)

    with pytest.raises(ActionNotPossible):
        actions.merge(water, into=water, mark=whole, into_mark=name, by=None, now=NOW)


def test_theme_that_is_voted_on_stays() -> None:
    session = hall()
    water, roads = theme(session, "Agua"), theme(session, "Calles")
    vote_on(session, water, roads)

    with pytest.raises(ActionNotPossible):
        actions.dissolve(water, mark=marks(water)[1], by=None, now=NOW)
    with pytest.raises(ActionNotPossible):
        actions.merge(water, into=roads, mark=marks(water)[1], into_mark=marks(roads)[0], by=None, now=NOW)
    with pytest.raises(ActionNotPossible):
        undo(session)

    assert standing(session) == ["Agua", "Calles"]


def test_theme_keeps_its_name_while_a_vote_on_it_goes_on() -> None:
    session = hall()
    water = theme(session, "Agua")
    rename(water, "Agua potable")
    one = vote_on(session, water)

    for step in (lambda: None, lambda: votes.close(one, now=NOW)):
        step()
        with pytest.raises(ActionNotPossible, match="votación en curso"):
            rename(water, "Presupuesto")
        with pytest.raises(ActionNotPossible, match="votación en curso"):
            undo(session)  # which would give it its former name
    assert standing(session) == ["Agua potable"]

    votes.reveal(one, now=NOW)
    rename(water, "Agua y drenaje")
    assert standing(session) == ["Agua y drenaje"]


# --- Likely duplicates ------------------------------------------------------------------------------------------------


def test_notes_that_say_nearly_the_same_are_suggested_whatever_their_accents() -> None:
    session = hall()
    one = note(session, "Falta información sobre el presupuesto participativo")
    two = note(session, "FALTA INFORMACION sobre el presupuesto participativo.", table=2)
    note(session, "No hay transporte a las localidades")
    note(session, "Falta información sobre el presupuesto participativo", withdrawn_at=NOW)
    other = hall()
    note(other, "Falta información sobre el presupuesto participativo")

    pairs = reports.likely_duplicates(session)

    assert [(pair.one, pair.other) for pair in pairs] == [(one, two)]
    assert pairs[0].alike > 90
    assert where(one, two) == ["", ""]


def test_notes_of_one_theme_are_suggested_no_more_and_those_of_two_themes_are() -> None:
    session = hall()
    one, two, three = (note(session, f"Falta información sobre el presupuesto {number}") for number in (1, 2, 3))
    water = theme(session, "Agua", [one, two])
    theme(session, "Otro", [three])

    pairs = reports.likely_duplicates(session)

    assert {(pair.one, pair.other) for pair in pairs} == {(one, three), (two, three)}
    assert pairs[0].theme == water


# --- Pages ------------------------------------------------------------------------------------------------------------


def address(name: str, session: Session, *more: int) -> str:
    return reverse(f"workshops:{name}", args=[session.slug, *more])


def send(client: Client, session: Session, *notes: TableNote, **data: str):
    chosen = [f"{one.pk}-{TableNote.objects.get(pk=one.pk).theme_id or 0}" for one in notes]
    return client.post(address("theme_group", session), {"notes": chosen, "form_id": str(uuid4()), **data})


def test_board_asks_as_much_for_600_notes_as_for_one() -> None:
    session = hall()
    client = signed_in(lead(session))
    note(session)
    with CaptureQueriesContext(connection) as few:
        client.get(address("themes", session))
    city = factories.create_city()
    table = session.tables.get(number=2)
    TableNote.objects.bulk_create(
        TableNote(table=table, kind="doubt", text=f"Falta información {number}", city=city) for number in range(600)
    )
    for number in range(5):
        theme(session, f"Tema {number}", [note(session)])

    with CaptureQueriesContext(connection) as many:
        response = client.get(address("themes", session), headers={"accept-encoding": "gzip"})

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
    assert client.post(address("theme_undo", session), {"step": last.pk}).status_code == 302
    assert where(one, two) == ["Agua", ""]


def test_htmx_gets_the_board_alone() -> None:
    session = hall()
    one = note(session)
    client = signed_in(lead(session))

    response = client.post(
        address("theme_group", session),
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
        address("theme_group", session), {"notes": page, "to": "new", "title": "Calles", "form_id": str(uuid4())}
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

    response = signed_in(lead(session)).post(address("theme_group", session), {"form_id": str(uuid4()), **data})

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
    assert client.get(address("theme", session, water.pk)).status_code == 200

    client.post(address("theme_rename", session, water.pk), {"title": "Drenaje", "mark": marks(water)[0]})
    client.post(
        address("theme_merge", session, water.pk), {"into": f"{roads.pk}-{marks(roads)[0]}", "mark": marks(water)[1]}
    )
    assert (standing(session), where(one)) == (["Calles"], ["Calles"])
    assert client.get(address("theme", session, water.pk)).status_code == 404
    client.post(address("theme_dissolve", session, roads.pk), {"mark": marks(roads)[1]})
    assert (standing(session), where(one)) == ([], [""])


def test_name_typed_for_a_theme_that_was_renamed_meanwhile_stays_on_the_page() -> None:
    session = hall()
    water = theme(session, "Agua")
    mark = marks(water)[0]
    actions.rename(water, title="Drenaje", mark=mark, by=lead(session), now=NOW)

    response = signed_in(lead(session)).post(
        address("theme_rename", session, water.pk), {"title": "Saneamiento", "mark": mark}
    )

    assert response.status_code == 409
    assert 'value="Saneamiento"' in response.content.decode()


def test_duplicates_page_groups_a_pair_by_a_person() -> None:
    session = hall()
    one = note(session, "Falta información del presupuesto")
    two = note(session, "Falta informacion del presupuesto")
    client = signed_in(lead(session))

    html = client.get(address("theme_duplicates", session)).content.decode()
    send(client, session, one, two, to="new", title="Presupuesto")

    assert f'value="{one.pk}-0"' in html
    assert where(one, two) == ["Presupuesto", "Presupuesto"]
    assert "No two notes are much alike" in client.get(address("theme_duplicates", session)).content.decode()


def test_pages_are_for_who_leads() -> None:
    session = hall()
    water = theme(session)
    other = signed_in(lead(hall()))

    for name, more in (("themes", ()), ("theme_duplicates", ()), ("theme", (water.pk,)), ("votes", ())):
        assert other.get(address(name, session, *more)).status_code == 404
        assert Client().get(address(name, session, *more)).status_code == 302


def test_hostile_text_is_text_on_the_board() -> None:
    session = hall()
    theme(session, "<b>x</b>", [note(session, "<script>1</script>")])

    html = signed_in(lead(session)).get(address("themes", session)).content.decode()

    assert "<script>1" not in html
    assert "<b>x</b>" not in html
