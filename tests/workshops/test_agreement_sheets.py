"""Agreements from a spreadsheet: headings in two languages, days as people write them, nothing before it was shown."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from openpyxl import Workbook

from tests import factories
from tests.factories_schedule import create_agreement, create_session, in_days, publish
from workshops import agreement_sheets
from workshops.actions import agreements as actions
from workshops.agreement_sheets import day_of, match, read
from workshops.forms.agreements import AgreementSheetForm
from workshops.models import Agreement
from workshops.spreadsheets import Unreadable

pytestmark = pytest.mark.django_db

SHEET = (
    "Acuerdo;Institución responsable;Fecha compromiso;Estatus\n"
    "Publicar las propuestas;Ayuntamiento de Reynosa;31/01/2027;pendiente\n"
    "Compartir la guía;Colectivo Nuevo y otros;;cumplido\n"
    "Reunirse cada mes;El grupo;2027-02-28;\n"
)


@pytest.fixture
def session(db, reynosa):
    factories.create_government(city=reynosa)
    session = create_session(starts_at=in_days(-3))
    publish(session)
    session.refresh_from_db()
    return session


# --- Read -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("31/01/2027", date(2027, 1, 31)),
        ("1-2-2027", date(2027, 2, 1)),
        ("2027-01-31", date(2027, 1, 31)),
        ("2027-01-31 00:00:00", date(2027, 1, 31)),
        ("31 de Enero de 2027", date(2027, 1, 31)),
        ("1 setiembre 2027", date(2027, 9, 1)),
        ("31/02/2027", None),
        ("pronto", None),
        ("1/2/27", None),
    ],
)
def test_days_as_people_write_them(words, day):
    assert day_of(words) == day


def test_english_headings_are_understood():
    (entry,) = read("Agreement\tResponsible\tDue date\tKind\tStatus\nDo it\tWRI\t2027-01-31\ttask\tdone")

    assert (entry.text, entry.responsible, entry.due_on, entry.status) == ("Do it", "WRI", date(2027, 1, 31), "done")


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [
        ("", "La hoja está vacía."),
        ("Responsable\nWRI", "Los primeros renglones no tienen el encabezado «acuerdo»."),
        ("Acuerdo", "La hoja tiene encabezados y ningún acuerdo debajo."),
        ("Acuerdo;Texto\na;b", "Dos columnas corresponden al encabezado «Texto»."),
        ("Acuerdo\n" + "x\n" * 201, "La hoja tiene más de 200 renglones. Envíela por partes."),
    ],
)
def test_sheet_that_cannot_be_used_says_why(sheet, sentence):
    with pytest.raises(Unreadable) as refusal:
        read(sheet)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        (";WRI;;", "No tiene texto."),
        ("a;;pronto;", "«pronto» no es una fecha; escríbala como dd/mm/aaaa."),
        ("a;;;quizás", "«quizás» no es un estado que conozcamos: ¿abierto, cumplido o sin efecto?"),
        ("x" * 2000 + ";;;", "El texto es demasiado largo."),
    ],
)
def test_line_that_cannot_be_used_says_why(line, mistake):
    entries = read("Acuerdo;Responsable;Fecha;Estatus\n" + line)

    assert [one.mistake for one in entries] == [mistake]


# --- Understood -------------------------------------------------------------------------------------------------------


def test_institutions_are_recognised_and_unknown_ones_told(session):
    first, second, third = match(session, read(SHEET))

    assert [one.name for one in first.organizations] == ["Ayuntamiento de Reynosa"]
    assert (second.unknown, second.organizations) == (("Colectivo Nuevo y otros",), [])
    assert third.is_of_group
    assert second.fields()["text"].endswith("Colectivo Nuevo y otros")


def test_doubles_are_told(session):
    create_agreement(session=session, text="Publicar las propuestas")

    outcomes = [one.outcome.value for one in match(session, read(SHEET + "REUNIRSE CADA MES;;;\n"))]

    assert outcomes == ["same", "new", "new", "double"]


def test_made_up_institution_is_not_known_to_a_real_session(session):
    factories.create_organization(name="Colectivo Demo", is_demo=True)

    (one,) = match(session, read("Acuerdo;Responsable\na;Colectivo Demo"))

    assert one.unknown == ("Colectivo Demo",)


# --- Written ----------------------------------------------------------------------------------------------------------


def written(session, sheet=SHEET):
    entries = read(sheet)
    return actions.write_sheet(
        session, entries, shown=agreement_sheets.fingerprint(agreement_sheets.match(session, entries))
    )


def test_sheet_is_written_once(session):
    assert written(session) == 3
    assert written(session) == 0
    assert list(session.agreements.values_list("number", "status", "due_on", "responsible_group")) == [
        (1, "open", date(2027, 1, 31), False),
        (2, "done", None, False),
        (3, "open", date(2027, 2, 28), True),
    ]
    assert [one.status for one in session.agreements.get(number=2).updates.all()] == ["done"]


def test_what_changed_since_the_preview_is_shown_again(session):
    entries = read(SHEET)
    shown = agreement_sheets.fingerprint(match(session, entries))
    create_agreement(session=session, text="Publicar las propuestas")

    with pytest.raises(actions.NotAsShown):
        actions.write_sheet(session, entries, shown=shown)

    assert session.agreements.count() == 1


def test_preview_saves_nothing(session, coordinator, client):
    client.force_login(coordinator)

    response = client.post(f"/sessions/{session.slug}/agreements/import/", {"text": SHEET})

    assert "no se conoce: Colectivo Nuevo y otros" in response.content.decode()
    assert Agreement.objects.count() == 0


def test_workbook_is_read(session, coordinator, client):
    book = Workbook()
    book.active.append(["Acuerdo", "Responsable", "Fecha"])
    book.active.append(["Publicar", "Ayuntamiento de Reynosa", date(2027, 1, 31)])
    output = io.BytesIO()
    book.save(output)
    client.force_login(coordinator)
    address = f"/sessions/{session.slug}/agreements/import/"

    preview = client.post(address, {"file": SimpleUploadedFile("acuerdos.xlsx", output.getvalue())})
    response = client.post(address, {"text": preview.context["text"], "shown": preview.context["shown"]})

    assert response.status_code == 302
    assert [(one.text, one.due_on) for one in session.agreements.all()] == [("Publicar", date(2027, 1, 31))]


def test_other_files_are_refused():
    upload = SimpleUploadedFile("acuerdos.docm", b"PK\x03\x04")
    form = AgreementSheetForm({}, MultiValueDict({"file": [upload]}))

    assert not form.is_valid()
    assert "file" in form.errors


def test_title_above_the_headings_is_passed_over() -> None:
    text = "Acuerdos del taller, 3 de diciembre\n\nAcuerdo;Responsable\nAbrir los datos, también de obra;WRI\n"

    (entry,) = read(text)

    assert (entry.line, entry.text, entry.responsible) == (4, "Abrir los datos, también de obra", "WRI")
