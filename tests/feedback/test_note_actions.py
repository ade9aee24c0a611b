"""What may be done with a note, by its lifecycle; and two people who do it at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils.translation import override

from feedback.actions import notes as actions
from feedback.actions.notes import edition_of
from feedback.models import Answer, Note
from ogpgroup.errors import ActionNotPossible
from tests import factories
from tests.factories_schedule import create_session
from tests.feedback.noting import (
    NOW,
    TODAY,
    answer,
    create_entry,
    create_item,
    settle,
    write,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=10)


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def test_note_stands_in_the_ledger_of_its_plan_whatever_part_it_is_on():
    entry = create_entry()
    milestone, commitment = entry.milestone, entry.commitment
    assert milestone
    deliverable = factories.create_deliverable(plan=commitment.plan)

    notes = [write(target) for target in (commitment.plan, commitment, milestone, entry, deliverable)]

    assert {note.ledger for note in notes} == {commitment.plan}
    assert [note.target for note in notes] == [commitment.plan, commitment, milestone, entry, deliverable]
    assert {note.answer_due_on for note in notes} == {TODAY + timedelta(days=30)}


def test_note_on_an_agenda_stands_in_no_ledger():
    item = create_item(session=create_session(), presenter=factories.create_organization())

    note = write(item)

    assert (note.ledger, note.target) == (None, item)


def test_form_sent_twice_is_one_note(member):
    plan, form_id = factories.create_plan(), uuid4()
    words: dict[str, Any] = {"kind": "doubt", "text": "¿Cuándo?", "visibility": "public", "organization": None}

    first = actions.write_note(plan, **words, form_id=form_id, by=member, now=NOW)
    second = actions.write_note(plan, **words, form_id=form_id, by=member, now=LATER)

    assert first == second
    assert Note.objects.count() == 1


def test_form_of_somebody_else_gives_nothing_away(member):
    plan = factories.create_plan()
    note = write(plan)

    with pytest.raises(ActionNotPossible, match="This form was used already"):
        actions.write_note(
            plan,
            kind="doubt",
            text="Otra",
            visibility="public",
            organization=None,
            form_id=note.form_id,
            by=member,
            now=NOW,
        )


def refusals() -> dict[str, Callable[[], Note]]:
    def own_official() -> Note:
        city = factories.create_city()
        return write(factories.create_plan(city=city), by=factories.create_official(city=city))

    def presenter() -> Note:
        organization = factories.create_organization()
        item = create_item(session=create_session(), presenter=organization)
        return write(item, by=factories.create_member(organization=organization))

    def reference() -> Note:
        plan = factories.create_plan()
        plan.city, plan.organization = None, factories.create_organization()
        plan.save()
        return write(plan)

    def made_up() -> Note:
        plan = factories.create_plan()
        plan.is_demo = True
        plan.save()
        return write(plan)

    def demo_account() -> Note:
        user = factories.create_user(is_demo=True)
        factories.create_membership(user=user, organization=factories.create_organization(is_demo=True))
        return write(factories.create_plan(), by=user)

    def not_mine() -> Note:
        return write(
            factories.create_plan(), by=factories.create_member(), organization=factories.create_organization()
        )

    return {
        "you act for it": own_official,
        "you act for them": presenter,
        "nobody here would answer": reference,
        "Nobody presents this point": lambda: write(create_item(session=create_session())),
        "This is made up": made_up,
        "Your account is a demonstration": demo_account,
        "The plan is closed": lambda: write(factories.create_plan(status="closed")),
        "Members of the working group": lambda: write(factories.create_plan(), by=factories.create_user()),
        "You do not act for this organisation": not_mine,
    }


@pytest.mark.parametrize("sentence", refusals())
def test_note_is_refused_with_a_reason(sentence: str):
    with pytest.raises(ActionNotPossible, match=sentence):
        refusals()[sentence]()

    assert not Note.objects.exists()


def test_official_of_another_city_writes_notes():
    official = factories.create_official()

    assert write(factories.create_plan(), by=official).author == official


def test_note_larger_than_the_cap_is_never_kept():
    with pytest.raises(ValueError, match="no such text"):
        write(factories.create_plan(), text="ñ" * 10 * 1024 + "a")


# --- The author changes their mind ------------------------------------------------------------------------------------


def edit(note: Note, *, kind: str = "doubt", text: str = "Otra pregunta", seen: str = "") -> Note:
    assert note.author
    return actions.edit_note(
        note,
        kind=kind,
        text=text,
        visibility="group",
        organization=note.organization,
        seen=seen or edition_of(note),
        by=note.author,
        now=LATER,
    )


def test_note_is_edited_while_nobody_has_answered():
    note = edit(write(factories.create_plan()))

    assert (note.text, note.visibility, note.answer_due_on) == ("Otra pregunta", "group", TODAY + timedelta(days=30))


def test_strength_that_becomes_a_doubt_asks_from_that_day_on():
    note = edit(write(factories.create_plan(), kind="strength"))

    assert note.answer_due_on == LATER.date() + timedelta(days=30)


def test_answered_note_is_not_edited():
    note = write(factories.create_plan())
    answer(note)

    with pytest.raises(ActionNotPossible, match="answered or withdrawn"):
        edit(note)


def test_older_window_does_not_overwrite_a_newer_one():
    note = write(factories.create_plan())
    seen = edition_of(note)
    edit(note, text="De otra ventana")

    with pytest.raises(ActionNotPossible, match="another window"):
        edit(note, text="De esta", seen=seen)


def test_open_note_is_withdrawn_and_stays_withdrawn():
    note = write(factories.create_plan())

    actions.withdraw_note(note)

    assert actions.withdraw_note(note).status == "withdrawn"
    with pytest.raises(ActionNotPossible, match="withdrawn meanwhile"):
        answer(note)


def test_answered_note_is_not_withdrawn():
    note = write(factories.create_plan())
    answer(note)

    with pytest.raises(ActionNotPossible, match="cannot be done now"):
        actions.withdraw_note(note)


# --- The city answers -------------------------------------------------------------------------------------------------


def test_answer_says_what_changes_by_when():
    note = write(factories.create_plan())

    given = answer(note, decision="in_part")

    note.refresh_from_db()
    assert (note.status, given.decision, given.change, given.change_by) == (
        "answered",
        "in_part",
        "Convoca el IMPLAN.",
        date(2026, 12, 15),
    )


def test_declined_note_changes_nothing_whatever_was_typed():
    given = answer(write(factories.create_plan()), decision="declined")

    assert (given.change, given.change_by) == ("", None)


def test_strength_waits_for_no_answer():
    note = write(factories.create_plan(), kind="strength")

    with pytest.raises(ActionNotPossible):
        answer(note)


def test_change_is_not_promised_for_yesterday():
    with pytest.raises(ActionNotPossible, match="past"):
        answer(write(factories.create_plan()), change_by=TODAY - timedelta(days=1))


def test_second_official_is_told_that_somebody_answered():
    note = write(factories.create_plan())
    answer(note)

    with pytest.raises(ActionNotPossible, match="Somebody answered this note meanwhile"):
        answer(note, decision="declined")

    assert note.answers.count() == 1


def test_answer_sent_twice_is_one_answer():
    note = write(factories.create_plan())
    assert note.ledger
    assert note.ledger.city
    official = factories.create_official(city=note.ledger.city)

    assert answer(note, by=official) == answer(note, by=official)


def test_answer_is_to_the_words_that_were_read():
    note = write(factories.create_plan())
    edit(Note.objects.get(pk=note.pk), text="Otra cosa")

    with pytest.raises(ActionNotPossible, match="The author changed the note meanwhile"):
        answer(note)


# --- The author's word, and the change --------------------------------------------------------------------------------


def test_unsettled_note_waits_for_another_answer_with_time_for_it():
    note = write(factories.create_plan())
    answer(note)

    note = settle(note, settles=False, reaction="Falta el calendario.", now=LATER)

    assert (note.status, note.waits_for_answer(), note.answer_due_on) == (
        "unsettled",
        True,
        LATER.date() + timedelta(days=30),
    )
    second = answer(note, reason="Ahora sí.", now=LATER)
    assert settle(note, settles=True, now=LATER).status == "settled"
    assert [one.settles for one in note.answers.order_by("pk")] == [False, True]
    assert second.note.answers.count() == 2


def test_author_may_change_their_word():
    note = write(factories.create_plan())
    answer(note)

    assert settle(note, settles=True).status == "settled"
    assert settle(note, settles=False).status == "unsettled"
    assert settle(note, settles=True).status == "settled"


def test_word_is_about_the_answer_that_was_read():
    note = write(factories.create_plan())
    first = answer(note)
    settle(note, settles=False)
    answer(note, reason="Otra respuesta.")

    assert note.author
    with pytest.raises(ActionNotPossible, match="another answer meanwhile"):
        actions.settle_note(note, answer_id=first.pk, settles=True, reaction="", by=note.author, now=NOW)


def test_note_without_answer_is_not_settled():
    note = write(factories.create_plan())

    assert note.author
    with pytest.raises(ActionNotPossible):
        actions.settle_note(note, answer_id=0, settles=True, reaction="", by=note.author, now=NOW)


def test_change_is_reported_once():
    given = answer(write(factories.create_plan()))

    actions.report_change(given, changed_on=TODAY, report="Convocó el IMPLAN.", now=NOW)
    actions.report_change(given, changed_on=TODAY, report="Convocó el IMPLAN.", now=NOW)

    with pytest.raises(ActionNotPossible, match="reported already"):
        actions.report_change(given, changed_on=TODAY, report="Otra cosa.", now=NOW)
    given.refresh_from_db()
    assert (given.changed_on, given.change_report) == (TODAY, "Convocó el IMPLAN.")


def test_change_is_reported_on_the_answer_that_stands():
    note = write(factories.create_plan())
    replaced = answer(note)
    settle(note, settles=False)
    answer(note, reason="Otra respuesta.")

    with pytest.raises(ActionNotPossible, match="The city has answered anew"):
        actions.report_change(replaced, changed_on=TODAY, report="Ya.", now=NOW)

    replaced.refresh_from_db()
    assert replaced.changed_on is None


def test_change_is_not_reported_for_tomorrow_or_without_a_promise():
    given = answer(write(factories.create_plan()))
    declined = answer(write(factories.create_plan()), decision="declined")

    with pytest.raises(ActionNotPossible, match="future"):
        actions.report_change(given, changed_on=TODAY + timedelta(days=1), report="Ya.", now=NOW)
    with pytest.raises(ActionNotPossible):
        actions.report_change(declined, changed_on=TODAY, report="Ya.", now=NOW)


@pytest.mark.parametrize("status", Note.Status)
def test_every_state_is_reached_from_the_first(status: str):
    reached, fresh = {Note.Status.OPEN.value}, {Note.Status.OPEN.value}
    while fresh:
        fresh = {str(after) for before in fresh for after in Note.TRANSITIONS[before]} - reached
        reached |= fresh

    assert status in reached


# --- At once ----------------------------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Each in a connection of its own, begun together; a refusal is its sentence."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=10)
            return act()
        except ActionNotPossible as refusal:
            return str(refusal.sentence)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_two_officials_at_once_give_one_answer():
    note = write(factories.create_plan())
    assert note.ledger
    assert note.ledger.city
    officials = [factories.create_official(city=note.ledger.city) for _ in range(2)]

    results = at_once(*(lambda by=by: answer(note, by=by, reason=f"Dice {by.pk}") for by in officials))

    assert Answer.objects.count() == 1
    assert sorted(type(result).__name__ for result in results) == ["Answer", "str"]


@pytest.mark.django_db(transaction=True)
def test_edit_and_answer_at_once_never_leave_an_answer_to_other_words():
    note = write(factories.create_plan())

    results = at_once(lambda: edit(note, text="Otra cosa"), lambda: answer(note))

    assert sorted(type(result).__name__ for result in results) in (["Answer", "str"], ["Note", "str"])
    note.refresh_from_db()
    assert (note.text == "Otra cosa") == (note.status == "open")


@pytest.mark.django_db(transaction=True)
def test_form_sent_twice_at_once_is_one_note():
    plan, member, form_id = factories.create_plan(), factories.create_member(), uuid4()

    def send() -> Note:
        words: dict[str, Any] = {"kind": "doubt", "text": "¿Cuándo?", "visibility": "public", "organization": None}
        return actions.write_note(plan, **words, form_id=form_id, by=member, now=NOW)

    first, second = at_once(send, send)

    assert first == second
    assert Note.objects.count() == 1
