"""The ledger of a plan and the panels: counts, rows, filters, and as many queries for one note as for three hundred."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from cities.models import Organization
from feedback.actions import notes as actions
from feedback.models import Answer, Note
from feedback.reports import notes as reports
from ogpgroup.models import User
from tests import factories
from tests.factories_schedule import create_session, in_days, publish
from tests.feedback.noting import (
    NOW,
    TODAY,
    answer,
    colleague_of,
    create_commitment,
    create_entry,
    create_item,
    create_milestone,
    settle,
    write,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LONG_AGO = NOW - timedelta(days=40)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False), override("en"):
        yield


@pytest.fixture
def plan(reynosa, official_reynosa):
    return factories.create_plan(city=reynosa)


@pytest.fixture
def organization() -> Organization:
    return factories.create_organization(name="Colectivo")


@pytest.fixture
def told(plan, organization, official_reynosa) -> dict[str, Note]:
    """One note in each state, and a strength."""
    by = colleague_of(organization)
    on: dict[str, Any] = {"by": by, "organization": organization}
    notes = {
        "open": write(plan, **on, text="Abierta", kind="suggestion"),
        "late": write(plan, **on, text="Tardía", now=LONG_AGO),
        "answered": write(plan, **on, text="Respondida"),
        "settled": write(plan, **on, text="Resuelta"),
        "unsettled": write(plan, **on, text="No resuelta"),
        "changed": write(plan, **on, text="Cambió algo"),
        "broken": write(plan, **on, text="Promesa incumplida", now=LONG_AGO),
        "strength": write(plan, **on, text="Fortaleza", kind="strength", now=LONG_AGO),
        "withdrawn": write(plan, **on, text="Retirada"),
    }
    for name in ("answered", "settled", "unsettled"):
        answer(notes[name], by=official_reynosa)
    settle(notes["settled"], settles=True)
    settle(notes["unsettled"], settles=False)
    given = answer(notes["changed"], by=official_reynosa)
    actions.report_change(given, changed_on=TODAY, report="Ya.", now=NOW)
    answer(notes["broken"], by=official_reynosa, change_by=date(2026, 11, 1), now=LONG_AGO)
    actions.withdraw_note(notes["withdrawn"])
    return notes


IN_STATE = {
    "asked": {"open", "late", "answered", "settled", "unsettled", "changed", "broken"},
    "answered": {"answered", "settled", "changed", "broken"},
    "changed": {"changed"},
    "open": {"open", "late", "unsettled"},
    "late": {"late", "broken"},
}


def test_counts_are_of_what_the_filter_shows(told, plan, member):
    counts, strengths = reports.tallies(reports.picked(reports.seen_by(member).filter(ledger=plan)), TODAY)

    assert {count.state: count.number for count in counts} == {state: len(names) for state, names in IN_STATE.items()}
    assert strengths == 1


@pytest.mark.parametrize("state", IN_STATE)
def test_state_finds_its_notes_and_row_says_late_alike(state: str, told, member):
    _label, rule = reports.STATES[state]

    found = reports.with_parts(reports.seen_by(member).filter(rule(TODAY)))
    late = {row.note.pk for row in reports.rows_of(found, member, TODAY) if row.is_late}

    assert {note.pk for note in found} == {told[name].pk for name in IN_STATE[state]}
    assert late == {told[name].pk for name in IN_STATE[state] & IN_STATE["late"]}


def test_later_answer_stands_for_the_earlier_promise(plan, official_reynosa):
    note = write(plan, now=LONG_AGO)
    answer(note, by=official_reynosa, change_by=date(2026, 11, 1), now=LONG_AGO)
    assert Note.objects.late(TODAY).get() == note

    settle(note, settles=False, now=NOW)
    answer(note, by=official_reynosa, decision="declined")

    assert not Note.objects.late(TODAY).exists()


def rows_in(text: str) -> set[str]:
    return {re.sub(r"\s+", " ", row) for row in re.findall(r'<a href="/notes/\d+/">(.*?)</a>', text)}


def page(client: Client, plan: Any, query: str = "") -> str:
    response = client.get(f"/plans/{plan.slug}/feedback/{query}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?state=late", {"Tardía", "Promesa incumplida"}),
        ("?state=changed", {"Cambió algo"}),
        ("?kind=strength", {"Fortaleza"}),
        ("?kind=suggestion&state=open", {"Abierta"}),
        ("?on=deliverables", set()),
        ("?state=nada", set()),
    ],
)
def test_ledger_is_narrowed_down(query: str, shown: set[str], told, plan, stranger):
    if query == "?state=nada":  # says what is wrong and leaves nothing out
        shown = {text for name, text in ((one, told[one].text) for one in told) if name != "withdrawn"}

    assert rows_in(page(stranger, plan, query)) == shown


def test_ledger_is_narrowed_to_an_institution_and_to_a_commitment_with_its_parts(plan, stranger, organization):
    milestone = create_milestone(commitment=create_commitment(plan=plan))
    other = create_commitment(plan=plan)
    write(milestone.commitment, text="Del compromiso")
    write(milestone, text="Del hito", by=colleague_of(organization), organization=organization)
    write(create_entry(milestone=milestone), text="Del avance")
    write(other, text="De otro")
    write(plan, text="Del plan")

    assert rows_in(page(stranger, plan, f"?on={milestone.commitment_id}")) == {
        "Del compromiso",
        "Del hito",
        "Del avance",
    }
    assert rows_in(page(stranger, plan, "?on=plan")) == {"Del plan"}
    assert rows_in(page(stranger, plan, f"?organization={organization.pk}")) == {"Del hito"}


def test_commitment_of_another_plan_is_no_choice(plan, stranger):
    write(plan, text="Del plan")
    foreign = write(create_commitment(), text="De otro plan")

    text = page(stranger, plan, f"?on={foreign.commitment_id}")

    assert rows_in(text) == {"Del plan"}
    assert 'id="id_on_error"' in text


def test_names_are_for_the_group_and_institutions_for_everybody(plan, stranger, client, member, organization):
    author = colleague_of(organization)
    User.objects.filter(pk=author.pk).update(name="Nora Nombre")
    author.refresh_from_db()
    write(plan, by=author, organization=organization)
    write(plan, by=author)
    User.objects.filter(pk=member.pk).update(language="en")
    client.force_login(member)

    public, group = page(Client(headers={"accept-language": "en"}), plan), page(client, plan)

    assert "Nora" not in public
    assert ("Member of Colectivo" in public, "Member of the working group" in public) == (True, True)
    assert ("Nora Nombre, Colectivo" in group, "Nora Nombre, for themselves" in group) == (True, True)


def test_note_of_an_erased_person_keeps_its_institution(plan, organization, member):
    note = write(plan, by=colleague_of(organization), organization=organization)
    Note.objects.filter(pk=note.pk).update(author=None)

    note.refresh_from_db()

    assert reports.author_of(note, named=True) == "member of Colectivo"


def fill(plan: Any, official: User, member: User, many: int) -> None:
    """So many more notes on every kind of thing, answered in turns."""
    organization = member.memberships.get().organization
    commitment = create_commitment(plan=plan)
    milestone = create_milestone(commitment=commitment)
    entry, deliverable = create_entry(milestone=milestone), factories.create_deliverable(plan=plan)
    things: list[dict[str, Any]] = [
        {"plan": plan},
        {"commitment": commitment},
        {"milestone": milestone},
        {"entry": entry},
        {"deliverable": deliverable},
    ]
    notes = Note.objects.bulk_create(
        Note(
            **things[number % 5],
            ledger=plan,
            kind="doubt",
            text="¿Quién convoca?",
            author=member,
            organization=organization if number % 2 else None,
            status="open" if number % 3 else "answered",
            answer_due_on=TODAY,
        )
        for number in range(many)
    )
    Answer.objects.bulk_create(
        Answer(note=note, decision="declined", reason="No.", answered_by=official) for note in notes[::3]
    )


@pytest.mark.parametrize("who", ["stranger", "member"])
def test_ledger_asks_as_much_for_one_note_as_for_three_hundred(who: str, plan, official_reynosa, member, client):
    if who == "member":
        client.force_login(member)
    counts = []
    for many in (1, 2, 297):
        fill(plan, official_reynosa, member, many)
        with CaptureQueriesContext(connection) as captured:
            page(client, plan)
        counts.append(len(captured))

    assert counts == [counts[0]] * 3
    assert counts[0] <= 15


# --- Panels -----------------------------------------------------------------------------------------------------------


def panel(thing: Any, user: Any) -> str:
    return Template("{% load notes %}{% notes_panel thing user %}").render(Context({"thing": thing, "user": user}))


def test_panel_of_a_commitment_shows_notes_on_its_parts_and_where_to_write(plan, member):
    milestone = create_milestone(commitment=create_commitment(plan=plan))
    write(milestone, text="Del hito")
    write(create_commitment(plan=plan), text="De otro")

    text = panel(milestone.commitment, member)

    assert rows_in(text) == {"Del hito"}
    assert f'href="/notes/new/commitment/{milestone.commitment_id}/"' in text
    assert f'href="/plans/{plan.slug}/feedback/?on={milestone.commitment_id}"' in text


def test_panel_offers_writing_to_nobody_who_may_not(plan, official_reynosa, stranger):
    write(plan)

    assert "/notes/new/" not in panel(plan, official_reynosa)
    assert "/notes/new/" not in panel(plan, factories.create_user())


def test_panel_of_a_session_offers_each_point_that_somebody_presents(member):
    session = create_session(title="Sesión", starts_at=in_days(5))
    publish(session.cycle)
    session.refresh_from_db()
    item = create_item(session=session, presenter=factories.create_organization(), position=1)
    create_item(session=session, position=2)
    write(item, text="Sobre la presentación", visibility="group")

    text = panel(session, member)

    assert rows_in(text) == {"Sobre la presentación"}
    assert re.findall(r'href="(/notes/new/[^"]+)"', text) == [f"/notes/new/agenda_item/{item.pk}/"]
    assert rows_in(panel(session, factories.create_user())) == set()


def test_panel_asks_as_much_for_one_note_as_for_three_hundred(plan, official_reynosa, member):
    counts = []
    for many in (1, 2, 297):
        fill(plan, official_reynosa, member, many)
        user = User.objects.get(pk=member.pk)
        with CaptureQueriesContext(connection) as captured:
            panel(plan, user)
        counts.append(len(captured))

    assert counts == [3, 3, 3]


def test_link_to_write_asks_the_database_nothing(plan, member):
    commitment = create_commitment(plan=plan)
    template = Template("{% load notes %}{% may_note plan user as may %}{% if may %}{% note_link thing %}{% endif %}")
    template.render(Context({"thing": commitment, "user": member, "plan": plan}))  # reads the roles

    with CaptureQueriesContext(connection) as captured:
        text = template.render(Context({"thing": commitment, "user": member, "plan": plan}))

    assert (len(captured), f"/notes/new/commitment/{commitment.pk}/" in text) == (0, True)


# --- What waits -------------------------------------------------------------------------------------------------------


def test_what_waits_for_whom(told, official_reynosa, official_colima, coordinator, plan):
    author = told["open"].author
    assert author

    assert [note.pk for note in reports.waiting_for_answer(official_reynosa)] == [
        told["late"].pk,
        told["open"].pk,
        told["unsettled"].pk,
    ]
    assert list(reports.waiting_for_answer(official_colima)) == []
    assert {note.pk for note in reports.waiting_for_word(author)} == {
        told["answered"].pk,
        told["changed"].pk,
        told["broken"].pk,
    }
    assert {note.pk for note in reports.late_notes(coordinator, TODAY)} == {told["late"].pk, told["broken"].pk}
    assert [one.note_id for one in reports.promises_due(official_reynosa, until=TODAY)] == [told["broken"].pk]
    in_december = reports.promises_due(official_reynosa, until=date(2026, 12, 15))
    assert {one.note_id for one in in_december} == {
        told[name].pk for name in ("broken", "answered", "settled", "unsettled")
    }
    assert list(reports.promises_due(official_colima, until=TODAY)) == []
