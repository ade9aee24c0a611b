"""Notes of a table: written once, corrected without loss, struck out, late."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ogpgroup.errors import ActionNotPossible
from tests import factories
from tests.factories_schedule import create_session
from tests.workshops.attending import NOW, START, session_on
from tests.workshops.coordination import running_cycle
from tests.workshops.noting import facilitator_of, rapporteur_of, table_of, table_on, typed, written
from workshops import actions as schedule
from workshops.actions import table_notes as actions
from workshops.models import Diagnosis, DiagnosisVersion, TableNote, WorkTable

pytestmark = pytest.mark.django_db

CLOSED = START + timedelta(hours=2 + 6, minutes=1)  # the session takes two hours


def facts(note: TableNote) -> tuple[str, str, str, int]:
    note.refresh_from_db()
    return note.kind, note.text, note.said_by, note.edition


def publish_diagnosis(table: WorkTable) -> None:
    diagnosis = Diagnosis.objects.create(session=table.session)
    diagnosis.published = DiagnosisVersion.objects.create(diagnosis=diagnosis, number=1, content={})
    diagnosis.save(update_fields=["published"])


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_batch_is_kept_in_its_order() -> None:
    table = table_on()
    city = factories.create_city()
    batch = [typed("uno"), typed("dos", kind="priority", said_by=" Ana  Lía ", city_id=city.pk), typed("tres")]

    outcomes = actions.write_notes(table, batch, by=rapporteur_of(table), now=NOW)

    assert [one.client_id for one in outcomes] == [one.client_id for one in batch]
    assert [(one.is_new, one.refusal) for one in outcomes] == [(True, "")] * 3
    kept = list(table.notes.values_list("kind", "text", "said_by", "city", "written_by", "is_late", "edition"))
    by = rapporteur_of(table).pk
    assert kept == [
        ("doubt", "uno", "", None, by, False, 1),
        ("priority", "dos", "Ana Lía", city.pk, by, False, 1),
        ("doubt", "tres", "", None, by, False, 1),
    ]


def test_note_sent_again_is_there_already_and_keeps_its_words() -> None:
    table = table_on()
    first = typed("uno")
    actions.write_notes(table, [first], by=rapporteur_of(table), now=NOW)
    again = typed("otra cosa", client_id=first.client_id)

    outcomes = actions.write_notes(table, [again, typed("dos"), again], by=rapporteur_of(table), now=NOW)

    assert [one.is_new for one in outcomes] == [False, True, False]
    assert list(table.notes.values_list("text", flat=True)) == ["uno", "dos"]


def test_same_note_twice_in_a_batch_is_one() -> None:
    table = table_on()
    one = typed("uno")

    outcomes = actions.write_notes(table, [one, one], by=rapporteur_of(table), now=NOW)

    assert [bool(one.note) for one in outcomes] == [True, True]
    assert table.notes.count() == 1


def test_number_of_somebody_elses_note_tells_nothing_of_it() -> None:
    table, other = table_on(), factories.create_coordinator()
    note = written(table)

    (outcome,) = actions.write_notes(table, [typed("mía", client_id=note.client_id)], by=other, now=NOW)

    assert outcome.note is None
    assert outcome.refusal == "Esta nota ya se envió, por otra persona o en otra mesa."
    assert facts(note) == ("doubt", "¿Quién invita a las colonias?", "", 1)


def test_note_refused_takes_no_other_with_it() -> None:
    table = table_on()
    batch = [
        typed("uno"),
        typed(" \n "),
        typed("x" * 10_000),
        typed("dos", kind="joke"),
        typed("dos", city_id=7),
        typed("dos", said_by="y" * 121),
        typed("dos"),
    ]

    outcomes = actions.write_notes(table, batch, by=rapporteur_of(table), now=NOW)

    assert [one.refusal for one in outcomes] == [
        "",
        "La nota está vacía.",
        "La nota tiene 10000 caracteres; el máximo es 2000. Acórtela o divídala en dos.",
        "Elija qué es la nota: una duda, una dificultad, una prioridad, una propuesta o un comentario.",
        "Aquí no se conoce esta ciudad. Elija otra o ninguna.",
        "El nombre de quien lo dijo es demasiado largo: 120 caracteres como máximo.",
        "",
    ]
    assert list(table.notes.values_list("text", flat=True)) == ["uno", "dos"]


def test_demonstration_city_is_not_known_at_a_real_table() -> None:
    table, city = table_on(), factories.create_city(is_demo=True)

    (outcome,) = actions.write_notes(table, [typed(city_id=city.pk)], by=rapporteur_of(table), now=NOW)

    assert outcome.refusal == "Aquí no se conoce esta ciudad. Elija otra o ninguna."


@pytest.mark.parametrize(
    ("typed_text", "kept"),
    [
        ("  a\r\nb\rc\x0bd\u2028e  ", "a\nb\nc\nd\ne"),
        ("a\x00b\x1bc", "abc"),
        ("abc\u202edef\u2066", "abcdef"),
        ("media \ud83d letra", "media  letra"),
        ("mujer \U0001f469\u200d\U0001f33e y niña", "mujer \U0001f469\u200d\U0001f33e y niña"),
        ("nin\u0303a", "niña"),
        ("مشاركة المواطنين", "مشاركة المواطنين"),
        ("<p class=MsoNormal>Hola<o:p></o:p></p>", "<p class=MsoNormal>Hola<o:p></o:p></p>"),
        ("“Comillas” – y…\xa0espacios", "“Comillas” – y…\xa0espacios"),
        ("x" * 2000, "x" * 2000),
    ],
)
def test_text_is_kept_as_it_was_meant(typed_text: str, kept: str) -> None:
    assert written(table_on(), typed_text).text == kept


def test_queries_are_the_same_for_one_note_and_for_fifty() -> None:
    table, city = table_on(), factories.create_city()
    written(table)  # the roles of who writes are read
    counts = []

    for batch in ([typed(city_id=city.pk)], [typed(city_id=city.pk) for _ in range(50)]):
        with CaptureQueriesContext(connection) as captured:
            actions.write_notes(table, batch, by=rapporteur_of(table), now=NOW)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_table_has_notes_enough_at_some_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TableNote, "MOST", 2)
    table = table_on()
    batch = [typed("uno"), typed("dos"), typed("tres")]

    outcomes = actions.write_notes(table, batch, by=rapporteur_of(table), now=NOW)

    assert [one.refusal for one in outcomes] == ["", "", "Esta mesa tiene 2 notas, que es el máximo."]


def test_too_many_at_once_is_a_mistake_of_ours() -> None:
    table = table_on()

    with pytest.raises(ValueError, match="fifty"):
        actions.write_notes(table, [typed() for _ in range(51)], by=rapporteur_of(table), now=NOW)


# --- When -------------------------------------------------------------------------------------------------------------


def test_table_takes_no_notes_before_the_doors_open() -> None:
    with pytest.raises(ActionNotPossible, match="Es demasiado pronto"):
        written(table_on(), now=START - timedelta(hours=2, seconds=1))


def test_table_of_a_draft_takes_no_notes() -> None:
    table = table_of(create_session(cycle=running_cycle()))

    with pytest.raises(ActionNotPossible, match="no está publicada"):
        written(table, by=factories.create_coordinator())


def test_table_of_a_cancelled_session_takes_no_notes() -> None:
    table = table_on()
    schedule.cancel(table.session, reason="No hay sede.", by=None)
    schedule.publish_release(table.session.cycle, by=None, note="", notify=False)

    with pytest.raises(ActionNotPossible, match="no se lleva a cabo"):
        written(table)


def test_note_that_arrives_after_the_close_is_late_whatever_its_clock_says() -> None:
    table = table_on()

    on_time = written(table, "a tiempo", now=CLOSED - timedelta(minutes=2), waited=-timedelta(days=400))
    late = written(table, "tarde", now=CLOSED + timedelta(days=1), waited=timedelta(days=1))

    assert [(one.is_late, one.stands()) for one in (on_time, late)] == [(False, True), (True, False)]
    assert list(table.notes.standing()) == [on_time]
    assert list(table.notes.awaiting()) == [late]


def test_note_from_paper_counts_late_where_it_is_entered_by_who_says_so() -> None:
    table = table_on()

    by_rapporteur = written(table, from_paper=True, now=CLOSED)
    by_facilitator = written(table, from_paper=True, now=CLOSED, by=facilitator_of(table))
    from_a_phone = written(table, now=CLOSED, by=facilitator_of(table))

    assert [one.stands() for one in (by_rapporteur, by_facilitator, from_a_phone)] == [False, True, False]
    assert by_facilitator.accepted_by == facilitator_of(table)


def test_facilitator_accepts_a_late_note_once() -> None:
    table = table_on()
    note = written(table, now=CLOSED)

    actions.accept_late(note, by=facilitator_of(table), now=CLOSED)
    actions.accept_late(note, by=factories.create_coordinator(), now=CLOSED + timedelta(hours=1))

    note.refresh_from_db()
    assert (note.accepted_by, note.accepted_at, note.edition) == (facilitator_of(table), CLOSED, 2)
    assert note.stands()


def test_rapporteur_does_not_accept_late_notes() -> None:
    table = table_on()
    note = written(table, now=CLOSED)

    with pytest.raises(ActionNotPossible, match="dice si cuenta"):
        actions.accept_late(note, by=rapporteur_of(table), now=CLOSED)


def test_late_note_is_refused_by_striking_it_out() -> None:
    table = table_on()
    note = written(table, now=CLOSED)

    actions.strike_out(note, by=facilitator_of(table), now=CLOSED)

    assert not table.notes.awaiting().exists()
    with pytest.raises(ActionNotPossible, match="Recupérela"):
        actions.accept_late(note, by=facilitator_of(table), now=CLOSED)


def test_note_on_time_needs_no_acceptance() -> None:
    table = table_on()

    with pytest.raises(ValueError, match="late"):
        actions.accept_late(written(table), by=facilitator_of(table), now=NOW)


# --- Correcting -------------------------------------------------------------------------------------------------------


def correct(note: TableNote, text: str, **given: Any) -> TableNote:
    by = given.pop("by", None) or rapporteur_of(note.table)
    said: dict[str, Any] = {"kind": note.kind, "said_by": note.said_by, "city": None, "edition": note.edition} | given
    return actions.correct(note, text=text, by=by, **said)


def test_correction_raises_the_edition_and_keeps_the_former_words() -> None:
    note = written(table_on())

    correct(note, "¿Quién convoca?", kind="difficulty", said_by="Ana")

    assert facts(note) == ("difficulty", "¿Quién convoca?", "Ana", 2)
    history = apps.get_model("workshops", "TableNoteEvent").objects.filter(pgh_obj=note.pk).order_by("pgh_id")
    assert list(history.values_list("text", flat=True)) == ["¿Quién invita a las colonias?", "¿Quién convoca?"]


def test_correction_on_an_old_edition_shows_what_stands() -> None:
    note = written(table_on())
    correct(note, "de ella")

    with pytest.raises(actions.NoteEditedMeanwhile) as raised:
        correct(note, "de él")

    assert raised.value.current.text == "de ella"
    assert facts(note)[1] == "de ella"


def test_correction_sent_twice_is_one() -> None:
    note = written(table_on())

    correct(note, "lo mismo")
    correct(note, "lo mismo")

    assert facts(note)[1:] == ("lo mismo", "", 2)


def test_struck_out_note_is_not_corrected_and_comes_back() -> None:
    note = written(table_on())
    by = rapporteur_of(note.table)
    actions.strike_out(note, by=by, now=NOW)
    actions.strike_out(note, by=by, now=NOW + timedelta(minutes=1))

    with pytest.raises(ActionNotPossible, match="se tachó"):
        correct(note, "otra", edition=2)
    actions.bring_back(note, by=by)
    actions.bring_back(note, by=by)

    note.refresh_from_db()
    assert (note.withdrawn_at, note.withdrawn_by, note.edition) == (None, None, 3)


def test_words_of_a_published_diagnosis_are_corrected_by_coordinators_alone() -> None:
    note = written(table_on())
    publish_diagnosis(note.table)

    with pytest.raises(ActionNotPossible, match="ya se publicó"):
        correct(note, "otra")
    correct(note, "otra", by=factories.create_coordinator())

    assert facts(note)[1] == "otra"


def test_client_id_of_two_tables_belongs_to_the_first() -> None:
    session = session_on()
    one, other = table_on(session=session), table_on(session=session, number=2)
    shared = uuid4()
    by = rapporteur_of(one)
    actions.write_notes(one, [typed("uno", client_id=shared)], by=by, now=NOW)

    (outcome,) = actions.write_notes(other, [typed("uno", client_id=shared)], by=by, now=NOW)

    assert outcome.refusal == "Esta nota ya se envió, por otra persona o en otra mesa."
    assert other.notes.count() == 0
