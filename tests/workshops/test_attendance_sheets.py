"""Who came, from a spreadsheet: every line is accounted for, and nothing is recorded that was not shown."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from openpyxl import Workbook, load_workbook

from ogpgroup.models import User
from tests import factories
from tests.workshops.attending import NOW, START, begin_ids_apart, facts, row_of, session_on, walk_in
from tests.workshops.coordination import desk_of, text_of
from workshops import sheets
from workshops.actions import attendance as actions
from workshops.models import Session
from workshops.sheets import Entry, Outcome
from workshops.spreadsheets import Unreadable

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_session(db: None) -> Any:
    begin_ids_apart()
    with time_machine.travel(NOW, tick=True), override("en"):
        yield


# --- Reading ----------------------------------------------------------------------------------------------------------

ANA = Entry(2, "Ana Ávila", "ana@ejemplo.mx", "Colectivo", "remote", "present")


@pytest.mark.parametrize(
    "text",
    [
        "Nombre\tCorreo electrónico\tInstitución\tModalidad\tAsistencia\n"
        "Ana Ávila\tAna@Ejemplo.mx\tColectivo\tEn línea\tSí",
        "name,e-mail,institution,mode,status\nAna Ávila,ana@ejemplo.mx,Colectivo,remote,present",
        '\ufeffSTATUS;Modo;"Organización:";E-MAIL;Nombre completo\r\n'
        'presente;virtual;Colectivo;ana@ejemplo.mx;"Ana  Ávila"\r\n',
        "persona\temail\tdependencia\tmodalidad\tasistió\tfirma\n"
        "Ana Ávila\tana@ejemplo.mx\tColectivo\tremota\tx\t\n\n\t\t\t\t\t\n",
    ],
)
def test_tables_in_both_languages_are_read(text: str) -> None:
    assert sheets.read(text) == [ANA]


def test_column_of_names_alone_keeps_its_commas() -> None:
    assert sheets.read("Nombre\nÁvila, Ana\n") == [Entry(2, "Ávila, Ana", status="present")]


def test_lines_are_numbered_as_in_the_sheet() -> None:
    text = 'nombre,institución\n\nAna,"Dos\nrenglones"\nBeto,Uno\n'

    assert [(one.line, one.name, one.institution) for one in sheets.read(text)] == [
        (3, "Ana", "Dos renglones"),
        (5, "Beto", "Uno"),
    ]


@pytest.mark.parametrize(
    ("row", "mistake"),
    [
        (",,,,", None),
        (",,Colectivo,,presente", "Neither name nor e-mail."),
        (f"{'A' * 121},,,,presente", "The name or the institution is too long."),
        (
            "Ana,,,por carta,presente",
            "“por carta” is no way to take part that we know: present in the room, or remote?",
        ),
        ("Ana,,,,quizás", "“quizás” is neither present, absent nor excused."),
        ("Ana,,,,", ""),
    ],
)
def test_bad_lines_say_why(row: str, mistake: str | None) -> None:
    text = f"nombre,correo,institución,modalidad,asistencia\nBeto,,,,presente\n{row}\n"

    entries = sheets.read(text)[1:]

    assert [one.mistake for one in entries] == ([] if mistake is None else [mistake])


@pytest.mark.parametrize(
    "text",
    ["", " \n ", "nombre\n", "ciudad,edad\nReynosa,3\n", "nombre,name\nAna,Ana\n", "nombre\n" + "Ana\n" * 1001],
)
def test_sheet_without_use_says_why(text: str) -> None:
    with pytest.raises(Unreadable):
        sheets.read(text)


# --- Matching ---------------------------------------------------------------------------------------------------------


def outcomes(session: Session, *rows: str) -> list[tuple[str, str]]:
    version = session.current_version
    assert version
    text = "\n".join(["nombre;correo;institución;modalidad;asistencia", *rows])
    return [(one.outcome.value, one.who) for one in sheets.match(session, version, sheets.read(text))]


def test_people_are_recognised_by_address_then_by_name(member: User) -> None:
    colectivo = factories.create_organization(name="Colectivo")
    jose = factories.create_member(name="José Núñez", organization=colectivo)
    twins = [factories.create_member(name="Luz Mora") for _ in range(2)]
    outsider = factories.create_user(name="Ajena")
    session = session_on(people=[jose])
    walk_in(session, name="Vera Vecina", institution="Colectivo")

    luz = f"Luz Mora, {twins[1].memberships.get().organization.name}"
    ines = f"Inés Integrante, {member.memberships.get().organization.name}"
    assert outcomes(
        session,
        "JOSE NUÑEZ;;;;presente",
        f"Otra manera;{member.email.upper()};;;ausente",
        "Luz Mora;;;;presente",
        f"Luz Mora;{twins[1].email};;;presente",
        f";{outsider.email};;;presente",
        f"Ajena;{outsider.email};;;presente",
        "vera vecina;;colectivo;;presente",
        "Vera Vecina;;Colonia Norte;;presente",
        "Nadie;;;;ausente",
        "Nadie;;;;",
    ) == [
        ("known", "José Núñez, Colectivo"),
        ("known", ines),
        ("bad", ""),
        ("known", luz),
        ("bad", ""),
        ("new", ""),
        ("same", "Vera Vecina"),
        ("new", ""),
        ("silent", ""),
        ("silent", ""),
    ]


def test_second_line_about_one_person_is_a_double(member: User) -> None:
    session = session_on(people=[member])

    found = outcomes(
        session,
        f";{member.email};;;presente",
        "ines integrante;;;;ausente",
        "Nueva;;Colonia;;presente",
        "NUEVA;;colonia;;presente",
        "Nueva;;Otra colonia;;presente",
    )

    assert [outcome for outcome, _who in found] == ["known", "double", "new", "double", "new"]


def test_who_is_present_stays_present(member: User) -> None:
    session = session_on(people=[member])
    actions.check_in(session, user=member, how="link", mode="remote", by=member, now=NOW)

    found = [outcomes(session, f";{member.email};;;{word}")[0][0] for word in ("presente", "ausente", "justificada")]

    assert found == ["same", "stays", "stays"]


@pytest.mark.parametrize("people", [1, 9])
def test_matching_takes_the_same_queries(people: int, django_assert_num_queries: Any) -> None:
    users = [factories.create_member() for _ in range(people)]
    session = session_on(people=users)
    for number in range(people):
        walk_in(session, name=f"Vera {number}")
    entries = sheets.read("\n".join(["correo", *(user.email for user in users)]))
    version = session.current_version
    assert version

    with django_assert_num_queries(5):
        assert {one.outcome for one in sheets.match(session, version, entries)} == {Outcome.KNOWN}


# --- Preview and record -----------------------------------------------------------------------------------------------


def url(session: Session) -> str:
    return reverse("workshops:attendance_import", args=[session.slug])


def shown(response: Any) -> dict[str, Any]:
    """What the button under the preview sends."""
    return {"text": response.context["text"], "shown": response.context["shown"]}


def test_sheet_is_shown_then_recorded_and_twice_changes_nothing(coordinator: User, member: User) -> None:
    colectivo = factories.create_organization(name="Colectivo")
    excused = factories.create_member(name="Elsa Excusada")
    session, desk = session_on(people=[member, excused]), desk_of(coordinator)
    text = (
        "Nombre\tCorreo\tInstitución\tModalidad\tAsistencia\n"
        f"\t{member.email}\t\tvirtual\tpresente\n"
        "Elsa Excusada\t\t\t\tjustificada\n"
        "Nora Nueva\t\tcolectivo\t\tpresente\n"
        "\t\tColonia\t\tpresente\n"
    )

    preview = desk.post(url(session), {"text": text})
    assert "Record 3 people" in text_of(preview)
    assert "Neither name nor e-mail." in text_of(preview)
    assert set(session.participations.values_list("attended", flat=True)) == {"unknown"}
    desk.post(url(session), shown(preview))

    assert facts(row_of(session, member))[:3] == ("present", "remote", "import")
    assert facts(row_of(session, excused))[:3] == ("excused", "", "")
    nora = session.participations.get(user=None)
    assert (nora.name, nora.organization, nora.organization_name) == ("Nora Nueva", colectivo, "")
    assert facts(nora)[:3] == ("present", "face_to_face", "import")
    assert (nora.checked_in_by, nora.may_be_named, nora.may_be_named_at) == (coordinator, False, None)
    before = list(session.participations.order_by("pk").values())
    again = desk.post(url(session), shown(preview), follow=True)
    assert "Everything in the sheet is on record already." in text_of(again)
    assert list(session.participations.order_by("pk").values()) == before


def test_what_changed_since_the_preview_is_shown_anew(coordinator: User, member: User) -> None:
    other = factories.create_member(name="Otra")
    session, desk = session_on(people=[member, other]), desk_of(coordinator)
    preview = desk.post(url(session), {"text": f"correo\n{member.email}\n{other.email}\n"})
    actions.check_in(session, user=other, how="link", mode="remote", by=other, now=NOW)

    response = desk.post(url(session), shown(preview))

    assert "The list has changed since you looked at it." in text_of(response)
    assert "Record 1 person" in text_of(response)
    assert row_of(session, member).attended == "unknown"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_csv_file_is_read_as_excel_writes_it(coordinator: User, encoding: str) -> None:
    session = session_on(people=[coordinator])
    content = "Nombre;Institución\r\nÑañez Peña;Colonia Centro\r\n".encode(encoding)

    preview = desk_of(coordinator).post(url(session), {"file": SimpleUploadedFile("lista.csv", content)})

    assert [one.entry for one in preview.context["matches"]] == [
        Entry(2, "Ñañez Peña", institution="Colonia Centro", status="present")
    ]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("lista.xlsx", b"PK\x03\x04", "damaged"),
        ("lista.csv", b"nombre\n=1+cmd|x!A0\n", "formulas"),
        ("lista.csv", b"nombre\n\x00\n", "not what its name says"),
        ("lista.csv", b"", "empty"),
        ("lista.exe", b"MZ", "not accepted"),
    ],
)
def test_other_files_are_refused_in_words(coordinator: User, name: str, content: bytes, sentence: str) -> None:
    session = session_on()

    response = desk_of(coordinator).post(url(session), {"file": SimpleUploadedFile(name, content)})

    assert response.status_code == 200
    assert sentence in text_of(response)
    assert "matches" not in response.context


@pytest.mark.parametrize("text", ["", "ciudad\nReynosa\n"])
def test_what_was_pasted_stays_beside_the_reason(coordinator: User, text: str) -> None:
    session = session_on()

    response = desk_of(coordinator).post(url(session), {"text": text})

    assert response.context["form"].errors
    assert text.strip() in text_of(response)


def test_sheet_before_the_hours_is_refused(coordinator: User, member: User) -> None:
    session, desk = session_on(people=[member], starts_at=START + timedelta(days=3)), desk_of(coordinator)
    preview = desk.post(url(session), {"text": f"correo\n{member.email}\n"})

    response = desk.post(url(session), shown(preview))

    assert "It is too early" in text_of(response)
    assert row_of(session, member).attended == "unknown"


def test_strangers_send_nothing(member: User) -> None:
    session = session_on(people=[member])

    assert desk_of(member).post(url(session), {"text": "nombre\nAna\n"}).status_code == 404
    assert Client().post(url(session), {"text": "nombre\nAna\n"}).status_code == 302


# --- As a file --------------------------------------------------------------------------------------------------------


def xlsx(*rows: list[Any]) -> SimpleUploadedFile:
    book, file = Workbook(), BytesIO()
    assert book.active
    for row in rows:
        book.active.append(row)
    book.save(file)
    return SimpleUploadedFile("lista.xlsx", file.getvalue())


def test_title_above_the_headings_is_passed_over() -> None:
    text = "Lista de asistencia, taller de barrios\n3 de diciembre\n\nNombre,Institución\nAna,Colectivo\n"

    assert [(one.line, one.name, one.institution) for one in sheets.read(text)] == [(5, "Ana", "Colectivo")]


def test_headings_far_below_are_not_looked_for() -> None:
    with pytest.raises(Unreadable):
        sheets.read("renglón\n" * 10 + "Nombre\nAna\n")


def test_workbook_is_shown_then_recorded_like_pasted_cells(coordinator: User, member: User) -> None:
    session, desk = session_on(people=[member]), desk_of(coordinator)
    sent = xlsx(
        ["Lista de asistencia, 3 de diciembre"],
        [],
        ["Nombre", "Correo", "Asistencia", "Firma"],
        ["Ávila, Ana", None, True],
        [None, member.email, "presente"],
        ["Uno\nque firma en dos renglones", None, "x"],
    )

    preview = desk.post(url(session), {"file": sent})

    assert [(one.entry.line, one.entry.name, one.outcome.value) for one in preview.context["matches"]] == [
        (4, "Ávila, Ana", "new"),
        (5, "", "known"),
        (6, "Uno que firma en dos renglones", "new"),
    ]
    assert session.participations.filter(attended="present").count() == 0
    desk.post(url(session), shown(preview))
    assert session.participations.filter(attended="present").count() == 3
    assert row_of(session, member).checked_in_how == "import"


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (SimpleUploadedFile("lista.xlsx", b"PK\x03\x04 no archive"), "damaged"),
        (SimpleUploadedFile("lista.xlsx", b"nombre,correo\n"), "not what its name says"),
        (SimpleUploadedFile("lista.xlsm", b"PK\x03\x04"), "macros"),
        (SimpleUploadedFile("lista.ods", b"PK\x03\x04"), "Send a file of Excel (XLSX) or CSV"),
        (xlsx(["Nombre"], *[[f"Ana {number}"] for number in range(1001)]), "more than 1000 lines"),
        (xlsx(["x"] * 61), "at most 5,000 rows and 60 columns"),
        (xlsx(["Ciudad"], ["Reynosa"]), "have no heading"),
        (xlsx(), "Paste the cells or choose a file"),
    ],
)
def test_file_that_cannot_be_used_says_why(coordinator: User, file: SimpleUploadedFile, told: str) -> None:
    session, desk = session_on(), desk_of(coordinator)
    file.seek(0)

    response = desk.post(url(session), {"file": file})

    assert told in text_of(response)
    assert "matches" not in response.context


# --- Taken along ------------------------------------------------------------------------------------------------------


def file_of(session: Session, name: str, kind: str) -> str:
    return reverse(f"workshops:{name}", args=[session.slug, kind])


def lines_of(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(StringIO(text, newline="")))


def test_list_is_taken_along_without_formulas_and_can_be_sent_back(coordinator: User, member: User) -> None:
    session, desk = session_on(people=[member]), desk_of(coordinator)
    actions.check_in(session, user=member, how="link", mode="remote", by=member, now=NOW)
    hostile = '=HYPERLINK("http://mal.example","Ana")'
    walk_in(session, name=hostile, institution="@SUM(1)")

    heads, *rows = lines_of(desk.get(file_of(session, "attendance_file", "csv")))
    book = load_workbook(BytesIO(desk.get(file_of(session, "attendance_file", "xlsx")).content))

    by_name = {row[0]: row for row in rows}
    assert heads[:3] == ["Name", "E-mail", "Institution"]
    assert by_name[f"'{hostile}"][2] == "'@SUM(1)"
    assert by_name[member.name][1] == member.email
    assert by_name[member.name][6:8] == ["present", "remote"]
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value == hostile]
    assert [cell.data_type for cell in cells] == ["s"]
    back = "\n".join(["\t".join(row) for row in [heads, by_name[member.name]]])
    preview = desk.post(url(session), {"text": back})
    assert [one.outcome.value for one in preview.context["matches"]] == ["same"]


def test_public_file_names_nobody_who_has_not_agreed(coordinator: User, member: User, client: Client) -> None:
    session = session_on(people=[member])
    actions.check_in(session, user=member, how="link", mode="remote", by=member, now=NOW)
    actions.check_in(session, user=coordinator, how="link", mode="remote", may_be_named=True, by=coordinator, now=NOW)
    assert client.get(file_of(session, "took_part_file", "csv")).status_code == 404

    with time_machine.travel(START + timedelta(days=2), tick=True):
        rows = lines_of(client.get(file_of(session, "took_part_file", "csv"), headers={"Accept-Language": "en"}))

    named = [row for row in rows if row[0] == "agreed to be named"]
    assert rows[:2] == [["Figure", "Value", "Institution", "People"], ["took part", "", "", "2"]]
    assert [row[1] for row in named] == [coordinator.name]
    assert member.name not in str(rows)
    assert member.email not in str(rows)
