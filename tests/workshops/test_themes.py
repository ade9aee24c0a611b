"""Notes into themes and back: what is kept of each step, two at once, likely duplicates."""

from typing import Any
from uuid import uuid4

import pytest

from ogpgroup.errors import ActionNotPossible
from tests import factories
from tests.workshops.attending import NOW
from tests.workshops.grouping import hall, lead, marks, note, seen, standing, theme, vote_on, where
from workshops.actions import themes as actions
from workshops.actions import votes
from workshops.actions.themes import GroupedMeanwhile
from workshops.models import GroupingStep, Session, TableNote, Theme
from workshops.reports import themes as reports

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


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
