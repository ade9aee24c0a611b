"""What the forms about notes take, and what they say where they do not."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils.translation import override

from feedback.actions.notes import edition_of
from feedback.forms.notes import AnswerForm, ChangedForm, NoteForm, SettleForm
from ogpgroup.markdown import LARGEST
from tests import factories
from tests.factories_schedule import create_session
from tests.feedback.noting import NOW, TODAY, answer, create_item, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def note_form(member, *, target=None, **data) -> NoteForm:
    words = {"kind": "doubt", "text": "¿Cuándo?", "visibility": "public", "form_id": str(uuid4())} | data
    return NoteForm(words, target=target or factories.create_plan(), by=member)


def test_text_is_measured_in_bytes_and_kept_when_too_long(member):
    text = "ñ" * (LARGEST // 2) + "a"

    form = note_form(member, text=text)

    assert form.errors == {
        "text": ["The note is too long: 21 kB of at most 20. What you typed is still here; please shorten it."]
    }
    assert text in form["text"].as_widget()
    assert "maxlength" not in form["text"].as_widget()


def test_line_breaks_of_the_browser_do_not_count_twice(member):
    form = note_form(member, text="a\r\n" * (LARGEST // 2))

    assert form.is_valid()
    assert form.cleaned_data["text"] == ("a\n" * (LARGEST // 2)).strip()


@pytest.mark.parametrize("field", ["kind", "text", "visibility", "form_id"])
def test_what_is_needed_is_asked_for(field: str, member):
    assert list(note_form(member, **{field: " "}).errors) == [field]


def test_only_own_organisations_are_offered(member):
    own = member.memberships.get().organization
    second = factories.create_organization()
    factories.create_membership(user=member, organization=second)

    form = note_form(member, organization=str(factories.create_organization().pk))

    assert {choice[0] for choice in form.fields["organization"].choices} == {"", own.pk, second.pk}  # type: ignore[attr-defined]
    assert list(form.errors) == ["organization"]


def test_city_alone_is_not_offered_on_an_agenda(member):
    item = create_item(session=create_session(), presenter=factories.create_organization())

    form = note_form(member, target=item, visibility="city")

    assert list(form.errors) == ["visibility"]
    assert [value for value, _label in form.fields["visibility"].choices] == ["public", "group"]  # type: ignore[attr-defined]


def answer_form(**data) -> AnswerForm:
    note = write(factories.create_plan())
    words = {"decision": "accepted", "reason": "Sí.", "change": "Esto.", "change_by": "2026-12-15", "seen": "x"} | data
    return AnswerForm(words, note=note, now=NOW)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({}, []),
        ({"decision": "in_part", "change_by": TODAY.isoformat()}, []),
        ({"decision": "declined", "change": "", "change_by": ""}, []),
        ({"decision": ""}, ["decision"]),
        ({"reason": ""}, ["reason"]),
        ({"change": " "}, ["change"]),
        ({"change_by": ""}, ["change_by"]),
        ({"change_by": "mañana"}, ["change_by"]),
        ({"change_by": (TODAY - timedelta(days=1)).isoformat()}, ["change_by"]),
    ],
)
def test_answer_has_reason_change_and_day(data: dict[str, str], wrong: list[str]):
    assert list(answer_form(**data).errors) == wrong


def test_word_on_an_answer_begins_with_what_was_said_before():
    note = write(factories.create_plan())
    given = answer(note)
    assert SettleForm(answer=given).initial == {"answer": given.pk}

    given.settles, given.reaction = False, "Falta."

    assert SettleForm(answer=given).initial == {"answer": given.pk, "settles": "no", "reaction": "Falta."}


def test_change_is_not_reported_for_tomorrow():
    tomorrow = (TODAY + timedelta(days=1)).isoformat()

    def errors(day: str) -> list[str]:
        return list(ChangedForm({"changed_on": day, "report": "Ya."}, since=TODAY, now=NOW).errors)

    assert errors(TODAY.isoformat()) == []
    assert errors(tomorrow) == ["changed_on"]
    assert errors((TODAY - timedelta(days=1)).isoformat()) == ["changed_on"]  # before the note was written


def test_change_is_promised_for_three_years_at_most(member):
    note = write(factories.create_plan(), by=member)
    words = {"decision": "accepted", "reason": "Sí.", "change": "Se hará.", "seen": edition_of(note)}

    def errors(days: int) -> list[str]:
        day = TODAY + timedelta(days=days)
        return list(AnswerForm(words | {"change_by": day.isoformat()}, note=note, now=NOW).errors)

    assert errors(3 * 366) == []
    assert errors(3 * 366 + 1) == ["change_by"]
