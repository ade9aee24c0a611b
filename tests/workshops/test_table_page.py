"""The page of a table and what devices send there."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from cities.models import group_day
from ogpgroup.mail import database_now
from ogpgroup.models import User
from tests import factories
from tests.workshops.attending import NOW, START
from tests.workshops.noting import facilitator_of, rapporteur_of, table_on, typed, written
from tests.workshops.test_table_notes import CLOSED, publish_diagnosis
from workshops.actions import table_notes as actions
from workshops.models import TableNote, WorkTable

pytestmark = pytest.mark.django_db
ONE = "37338c5d-1525-44b8-8044-c84b745b682d"  # every runner of the tests draws the same


@pytest.fixture
def table() -> WorkTable:
    return table_on()


@pytest.fixture
def rapporteur(client: Client, table: WorkTable) -> Client:
    client.force_login(rapporteur_of(table))
    return client


def entry(text: str = "¿Quién invita?", **given: Any) -> dict[str, Any]:
    return {"client_id": str(uuid4()), "kind": "doubt", "text": text} | given


def send(client: Client, table: WorkTable, *entries: dict[str, Any], user: User | None = None) -> Any:
    body = {"user": (user or rapporteur_of(table)).pk, "entries": entries}
    return client.post(f"{table.get_absolute_url()}notes/", json.dumps(body), content_type="application/json")


def statuses(answer: Any) -> list[tuple[str, str]]:
    return [(one["status"], one["sentence"]) for one in answer.json()["outcomes"]]


# --- The queue --------------------------------------------------------------------------------------------------------


def test_batch_is_answered_one_by_one(rapporteur: Client, table: WorkTable) -> None:
    first = entry("uno", age=0, from_paper=True)

    assert statuses(send(rapporteur, table, first)) == [("stored", "")]
    answer = send(rapporteur, table, first, entry("dos"), entry(""))

    assert statuses(answer) == [("known", ""), ("stored", ""), ("refused", "La nota está vacía.")]
    notes = list(table.notes.values_list("text", "from_paper", "written_at__year"))
    assert notes == [("uno", True, database_now().year), ("dos", False, None)]


MINUTE = 60_000  # milliseconds


@pytest.mark.parametrize(
    ("age", "minutes", "was_put_right"),
    [
        (20 * MINUTE, 20, False),
        (-1, 0, False),
        (-2 * 24 * 60 * MINUTE, 0, True),
        (365 * 24 * 60 * MINUTE, None, True),
        (10**30, None, True),
    ],
    ids=["as it was", "a moment", "two days ahead", "a year behind", "no age at all"],
)
def test_time_of_a_note_is_ours_less_what_it_waited(
    rapporteur: Client, table: WorkTable, age: int, minutes: int | None, *, was_put_right: bool
) -> None:
    assert statuses(send(rapporteur, table, entry(age=age, written_at="2099-07-01T00:00:00Z"))) == [("stored", "")]

    note = table.notes.get()
    at = START - timedelta(hours=2) if minutes is None else note.received_at - timedelta(minutes=minutes)
    assert note.written_at
    assert abs(note.written_at - at) < timedelta(seconds=2)
    assert note.time_was_put_right is was_put_right
    page = rapporteur.get(table.get_absolute_url()).text
    assert ("el reloj del dispositivo estaba mal" in page) is was_put_right
    assert ("enviada a las" in page) is note.arrived_later


def test_what_was_typed_by_somebody_else_on_the_device_waits(rapporteur: Client, table: WorkTable) -> None:
    answer = send(rapporteur, table, entry(), user=facilitator_of(table))

    assert answer.status_code == 403
    assert statuses(answer) == [("sign_in", "")]
    assert table.notes.count() == 0


def test_stranger_is_led_to_sign_in(client: Client, table: WorkTable) -> None:
    assert send(client, table, entry()).status_code == 302


def test_table_that_is_gone_takes_nothing(rapporteur: Client, table: WorkTable) -> None:
    WorkTable.objects.filter(pk=table.pk).update(rapporteur=None)

    assert send(rapporteur, table, entry()).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"entries": []}',
        b'{"entries": [1]}',
        b'{"entries": [{"client_id": "x"}]}',
        b'{"entries": {"0": 1}}',
        b"\xff",
        json.dumps({"entries": [{"client_id": ONE}] * 51}).encode(),
        json.dumps({"entries": [{"client_id": ONE, "note": 1, "mark": "burn"}]}).encode(),
    ],
)
def test_what_is_no_batch_is_refused(rapporteur: Client, table: WorkTable, body: bytes) -> None:
    answer = rapporteur.post(f"{table.get_absolute_url()}notes/", body, content_type="application/json")

    assert answer.status_code == 400


@pytest.mark.parametrize("odd", [7, None, [], {"a": 1}, True, 2**70, -1, "\ud800"])
def test_odd_values_harm_nothing(rapporteur: Client, table: WorkTable, odd: object) -> None:
    odd_entry = entry("x") | dict.fromkeys(("kind", "text", "said_by", "city", "age", "from_paper"), odd)

    (status, sentence), (good, _) = statuses(send(rapporteur, table, odd_entry, entry()))

    assert (status, good) == ("refused", "stored")
    assert sentence


def test_order_is_that_in_which_things_were_done(rapporteur: Client, table: WorkTable) -> None:
    note = written(table, "cero")
    correction = entry("cero, corregida", note=note.pk, edition=1)
    strike = entry("", note=note.pk, edition=1, mark="strike")

    answer = send(rapporteur, table, entry("uno"), correction, entry("dos"), strike)

    assert statuses(answer) == [("stored", "")] * 4
    assert list(table.notes.values_list("text", "withdrawn_by")) == [
        ("cero, corregida", rapporteur_of(table).pk),
        ("uno", None),
        ("dos", None),
    ]


def test_clash_brings_both_versions(rapporteur: Client, table: WorkTable) -> None:
    note = written(table, "de antes")
    actions.correct(note, kind="doubt", text="de ella", said_by="", city=None, edition=1, by=facilitator_of(table))

    (outcome,) = send(rapporteur, table, entry("de él", note=note.pk, edition=1)).json()["outcomes"]

    assert (outcome["status"], outcome["text"], outcome["edition"]) == ("clash", "de ella", 2)
    assert statuses(send(rapporteur, table, entry("de él", note=note.pk, edition=2))) == [("stored", "")]


def test_note_of_another_table_is_not_changed_from_here(rapporteur: Client, table: WorkTable) -> None:
    other = table_on(session=table.session, number=2)
    note = written(other)

    answer = send(rapporteur, table, entry("otra", note=note.pk, edition=1))

    assert statuses(answer) == [("refused", "Esta nota no es de esta mesa.")]


@pytest.mark.parametrize("count", [1, 50])
def test_queries_of_a_batch(rapporteur: Client, table: WorkTable, count: int, django_assert_num_queries: Any) -> None:
    rapporteur.get("/desk/")

    with django_assert_num_queries(BATCH_QUERIES):
        send(rapporteur, table, *[entry() for _ in range(count)])


BATCH_QUERIES = 13


# --- News -------------------------------------------------------------------------------------------------------------


def news(client: Client, table: WorkTable, after: int = 0, **headers: str) -> Any:
    return client.get(f"{table.get_absolute_url()}notes/", {"after": after}, headers=headers)


def test_news_are_what_changed_since(rapporteur: Client, table: WorkTable) -> None:
    one, two = written(table, "uno"), written(table, "dos")
    first = news(rapporteur, table)
    state = int(first["ETag"].strip('"'))

    assert news(rapporteur, table, state, if_none_match=f'W/"{state}"').status_code == 304
    actions.strike_out(one, by=rapporteur_of(table), now=NOW)
    later = news(rapporteur, table, state, if_none_match=f'"{state}"')

    assert later.status_code == 200
    assert [note.pk for note in first.context["notes"]] == [one.pk, two.pk]
    assert [note.pk for note in later.context["notes"]] == [one.pk]
    assert int(later["ETag"].strip('"')) > state


def test_who_was_away_for_long_reads_the_page_anew(
    rapporteur: Client, table: WorkTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workshops.reports.table_notes.MOST_CHANGES", 2)
    for _ in range(3):
        written(table)

    answer = news(rapporteur, table)

    assert (answer["X-Read-Anew"], answer.context["notes"]) == ("1", [])


# --- The page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3, 300])
def test_queries_of_the_page(rapporteur: Client, table: WorkTable, count: int, django_assert_num_queries: Any) -> None:
    by = rapporteur_of(table)
    for start in range(0, count, 50):
        batch = [typed(said_by="Ana", city_id=None) for _ in range(min(50, count - start))]
        actions.write_notes(table, batch, by=by, now=NOW)
    rapporteur.get("/desk/")

    with django_assert_num_queries(PAGE_QUERIES):
        answer = rapporteur.get(table.get_absolute_url())

    assert len(answer.context["notes"]) == min(count, 50)


PAGE_QUERIES = 12


def test_form_without_scripts_keeps_a_note_once(rapporteur: Client, table: WorkTable) -> None:
    sent = {"kind": "priority", "text": "Agua", "client_id": str(uuid4())}

    answers = [rapporteur.post(table.get_absolute_url(), sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert list(table.notes.values_list("kind", "text")) == [("priority", "Agua")]
    assert "kind=priority" in answers[0]["Location"]


def test_form_that_is_refused_keeps_what_was_typed(rapporteur: Client, table: WorkTable) -> None:
    answer = rapporteur.post(table.get_absolute_url(), {"kind": "doubt", "text": "x" * 2001, "client_id": str(uuid4())})

    assert answer.context["form"].errors == {
        "text": ["La nota tiene 2001 caracteres; el máximo es 2000. Acórtela o divídala en dos."]
    }
    assert "x" * 2001 in answer.content.decode()


def test_page_may_be_kept_for_its_own_reader_alone(rapporteur: Client, table: WorkTable) -> None:
    page = table.get_absolute_url()

    assert rapporteur.get(page)["X-Kept-For"] == str(rapporteur_of(table).pk)
    assert "X-Kept-For" not in rapporteur.get(page, {"page": "1"})
    rapporteur.logout()
    assert "X-Kept-For" not in rapporteur.get(page)


def test_hostile_words_stay_words(rapporteur: Client, table: WorkTable) -> None:
    hostile = "<script>x()</script>\"'><img src=x onerror=x()>"
    written(table, hostile, said_by=hostile[:100])

    text = rapporteur.get(table.get_absolute_url()).content.decode()

    assert "<script>x()" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;x()&lt;/script&gt;" in text


def test_correction_without_scripts_shows_both_versions(rapporteur: Client, table: WorkTable) -> None:
    note = written(table, "de antes")
    page = f"{table.get_absolute_url()}notes/{note.pk}/"
    actions.correct(note, kind="doubt", text="de ella", said_by="", city=None, edition=1, by=facilitator_of(table))

    clash = rapporteur.post(page, {"kind": "doubt", "text": "de él", "edition": "1"})

    assert clash.status_code == 409
    assert clash.context["theirs"].text == "de ella"
    assert clash.context["form"]["text"].value() == "de él"
    rapporteur.post(page, {"kind": "doubt", "text": "de él", "edition": clash.context["form"]["edition"].value()})
    note.refresh_from_db()
    assert note.text == "de él"


def test_facilitator_lets_a_late_note_count(client: Client, table: WorkTable) -> None:
    note = written(table, now=CLOSED)
    client.force_login(facilitator_of(table))

    client.post(f"{table.get_absolute_url()}notes/{note.pk}/mark/", {"mark": "accept"})

    note.refresh_from_db()
    assert note.stands()


def test_note_on_time_is_not_for_acceptance(client: Client, table: WorkTable) -> None:
    note = written(table)
    client.force_login(facilitator_of(table))

    answer = client.post(f"{table.get_absolute_url()}notes/{note.pk}/mark/", {"mark": "accept"})

    assert answer.status_code == 400


# --- Who reads what ---------------------------------------------------------------------------------------------------


def read(client: Client, table: WorkTable) -> list[str]:
    return [note.text for note in client.get(table.get_absolute_url()).context["notes"]]


def test_public_reads_notes_once_the_diagnosis_is_published(client: Client, table: WorkTable) -> None:
    written(table, "cuenta", said_by="Ana Nombrada")
    written(table, "tarde", now=CLOSED + timedelta(days=1))
    actions.strike_out(written(table, "tachada"), by=rapporteur_of(table), now=NOW)

    before = read(client, table)
    publish_diagnosis(table)

    assert before == []
    assert read(client, table) == ["cuenta"]
    assert "Ana Nombrada" not in client.get(table.get_absolute_url()).content.decode()


def test_sessions_page_counts_notes_once_they_are_public(client: Client, table: WorkTable) -> None:
    for _ in range(3):
        written(table)
    page = table.session.get_absolute_url()

    assert "3 notas" not in client.get(page).content.decode()
    publish_diagnosis(table)
    assert "3 notas" in client.get(page).content.decode()


def test_member_reads_what_counts_and_not_who_said_it(client: Client, table: WorkTable) -> None:
    written(table, "cuenta", said_by="Ana Nombrada")
    client.force_login(factories.create_member())

    assert read(client, table) == ["cuenta"]
    assert "Ana Nombrada" not in client.get(table.get_absolute_url()).content.decode()


@pytest.mark.parametrize("writes", [True, False])
@pytest.mark.slow
def test_link_to_a_note_leads_to_the_page_it_stands_on(client: Client, table: WorkTable, *, writes: bool) -> None:
    notes = [written(table, str(number)) for number in range(120)]
    client.force_login(rapporteur_of(table) if writes else factories.create_member())

    for note, expected in ((notes[0], 1), (notes[49], 1), (notes[50], 2), (notes[119], 3)):
        page = client.get(note.get_absolute_url().partition("#")[0])
        assert page.context["page"].number == expected
        assert f'id="note-{note.pk}"' in page.content.decode()
    for asked, expected in (("", 3 if writes else 1), ("?page=2", 2), ("?note=x", 3 if writes else 1), ("?page=9", 3)):
        assert client.get(f"{table.get_absolute_url()}{asked}").context["page"].number == expected


def test_rapporteur_who_left_the_group_writes_no_more(rapporteur: Client, table: WorkTable) -> None:
    rapporteur_of(table).memberships.update(until=group_day(timezone.now()) - timedelta(days=1))

    assert send(rapporteur, table, entry()).status_code == 404
    assert TableNote.objects.count() == 0
