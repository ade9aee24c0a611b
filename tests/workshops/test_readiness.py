"""“Is it ready?”: what is missing at sessions before they begin and until they are wound up."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from ogpgroup import mail, waiting
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import Heartbeat
from tests import factories
from tests.factories_schedule import create_session, in_days
from tests.factories_schedule import publish as publish_drafts
from tests.workshops.agendas import put
from tests.workshops.coordination import desk_of, edit_url, text_of
from tests.workshops.noting import written
from tests.workshops.published import NOW, START, cancel, change, draft, publish_session
from workshops import actions
from workshops.actions import agenda as agenda_actions
from workshops.actions import minutes as minutes_actions
from workshops.actions import readiness as actions_of_readiness
from workshops.models import Correction, Minutes, Participation, Session, WorkTable
from workshops.reports import readiness

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
END = START + 2 * HOUR
NO = Participation.Answer.NO


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def session() -> Session:
    return publish_session(title="Taller").session


def gaps(session: Session, *, now: Any = START - DAY) -> list[tuple[str, str]]:
    """What, and where after the name of the session."""
    session = Session.objects.get(pk=session.pk)
    found = readiness.gaps_at([session], now=now).get(session.pk, [])
    return [(one.what, one.href.partition(f"/{session.slug}/")[2]) for one in found]


def with_agenda(session: Session) -> Session:
    put(session, "Presenta", 30)
    agenda_actions.publish_agenda(session, now=NOW)
    return session


# --- Before it begins -------------------------------------------------------------------------------------------------


def test_agenda_is_missed_from_a_week_before_until_the_session_is_over(session):
    missing = [("There is no agenda yet.", "agenda/")]

    assert gaps(session, now=START - 7 * DAY - MINUTE) == []
    assert gaps(session, now=START - 7 * DAY) == missing
    assert gaps(session, now=END - MINUTE) == missing
    assert gaps(session, now=END) == []


def test_agenda_that_is_written_but_not_published_is_told_apart(session):
    put(session, "Presenta", 30)

    assert [what for what, _href in gaps(session)] == ["The agenda is not published yet."]
    agenda_actions.publish_agenda(session, now=NOW)
    assert gaps(session) == []


def test_points_that_no_longer_fit_are_told_from_the_draft_on(session):
    put(session, "Largo", 120)
    agenda_actions.publish_agenda(session, now=NOW)
    assert gaps(session, now=NOW) == []

    change(session, at=NOW, ends_at=START + HOUR)

    assert gaps(session, now=NOW) == [("The points take 1 h more than the session lasts (1 h).", "agenda/")]


def test_holders_of_every_post_who_answered_no_are_named(session):
    ana, bea = factories.create_member(name="Ana Ruiz"), factories.create_member(name="Bea Sol")
    point = put(session, "Presenta", 10, presenter=ana, respondent=bea)
    together = put(session, "Juntas", 10, presenter=bea, together=[ana])
    agenda_actions.publish_agenda(session, now=NOW)
    table = WorkTable.objects.create(session=session, number=7, facilitator=ana, rapporteur=bea)
    table.co_rapporteurs.add(ana)
    WorkTable.objects.create(session=session, number=8, rapporteur=ana)
    Minutes.objects.create(session=session, rapporteur=ana)
    assert gaps(session) == []

    actions.answer(session, user=ana, answer=NO, now=NOW)

    assert gaps(session) == [
        ("Ana Ruiz is to present “Presenta” and has answered no.", f"agenda/{point.pk}/"),
        ("Ana Ruiz is to present “Juntas” and has answered no.", f"agenda/{together.pk}/"),
        ("Ana Ruiz is to lead table 7 and has answered no.", "tables/7/edit/"),
        ("Ana Ruiz is to write at table 8 and has answered no.", "tables/8/edit/"),
        ("Ana Ruiz is to write at table 7 and has answered no.", "tables/7/edit/"),
        ("Ana Ruiz is to write the minutes and has answered no.", "minutes/"),
    ]
    actions.answer(session, user=bea, answer=NO, now=NOW)
    assert gaps(session)[3] == (
        "Bea Sol is to give the first feedback on “Presenta” and has answered no.",
        f"agenda/{point.pk}/",
    )


def test_who_answered_no_elsewhere_or_has_no_post_is_no_gap(session):
    ana, bea = factories.create_member(), factories.create_member()
    put(session, "Presenta", 10, presenter=ana)
    agenda_actions.publish_agenda(session, now=NOW)
    elsewhere = publish_session(title="Otra").session
    actions.answer(elsewhere, user=ana, answer=NO, now=NOW)
    actions.answer(session, user=bea, answer=NO, now=NOW)

    assert gaps(session) == []


def test_tables_at_which_nobody_writes_stand_on_one_line(session):
    with_agenda(session)
    member = factories.create_member()
    for number in (1, 2, 3):
        WorkTable.objects.create(session=session, number=number, facilitator=member)
    assert gaps(session) == [("Nobody takes the notes at tables 1, 2, and 3.", "tables/")]

    WorkTable.objects.filter(number=1).update(rapporteur=member)
    WorkTable.objects.get(number=3).co_rapporteurs.add(member)

    assert gaps(session) == [("Nobody takes the notes at table 2.", "tables/2/edit/")]


def test_cancelled_session_misses_nothing(session):
    WorkTable.objects.create(session=session, number=1)
    cancel(session, at=NOW)

    assert gaps(session) == []


# --- Until it is wound up ---------------------------------------------------------------------------------------------


def test_late_notes_wait_table_by_table(session):
    member, late = factories.create_member(), END + DAY
    first, second = (WorkTable.objects.create(session=session, number=one, rapporteur=member) for one in (1, 2))
    note = written(first, "Uno", now=late)
    for text in ("Dos", "Tres"):
        written(second, text, now=late)
    written(second, "A tiempo", now=START)

    assert gaps(session, now=late) == [
        ("1 late note of table 1 waits for a decision.", "tables/1/"),
        ("2 late notes of table 2 wait for a decision.", "tables/2/"),
    ]
    note.accepted_at = late
    note.save(update_fields=["accepted_at"])
    assert gaps(session, now=late) == [("2 late notes of table 2 wait for a decision.", "tables/2/")]


def test_minutes_wait_for_their_corrections_and_then_to_be_approved(session, coordinator):
    minutes, after = Minutes.objects.create(session=session), END + DAY
    assert gaps(session, now=after) == []
    minutes = minutes_actions.open_to_corrections(minutes, now=after, notify=False)
    assert gaps(session, now=after) == []

    correction = Correction.objects.create(minutes=minutes, text="Falta mi nombre.")
    assert gaps(session, now=after) == [("1 correction of the minutes waits for a decision.", "minutes/#corrections")]
    minutes_actions.decide(correction, decision="taken", reply="", by=coordinator, now=after, notify=False)
    assert gaps(session, now=after + 7 * DAY) == []

    assert gaps(session, now=after + 8 * DAY) == [("The minutes can be approved.", "minutes/")]
    minutes_actions.approve(minutes, by=coordinator, now=after + 8 * DAY)
    assert gaps(session, now=after + 8 * DAY) == []


# --- At coordination --------------------------------------------------------------------------------------------------


def at_coordination(now: Any) -> list[tuple[str, str, date | None]]:
    return [(one.title, one.about, one.due_on) for one in waiting.at_sessions(now)]


def test_what_is_missing_waits_from_two_weeks_before_and_after_the_session_until_it_is_done(session):
    WorkTable.objects.create(session=session, number=1)
    with_agenda(session)
    alone = ("Nobody takes the notes at table 1.", "Taller · Thursday 3 December 2026", None)

    assert at_coordination(START - 14 * DAY - MINUTE) == []
    assert at_coordination(START - 14 * DAY) == [alone]
    assert at_coordination(END) == []

    minutes = Minutes.objects.create(session=session, status="in_correction", correct_by=START.date() + 7 * DAY)
    Correction.objects.create(minutes=minutes, text="Falta mi nombre.")
    late = waiting.at_sessions(START + 9 * DAY)
    assert [(one.title, one.about, one.due_on, one.is_late) for one in late] == [
        (
            "1 correction of the minutes waits for a decision.",
            "Taller · Thursday 3 December 2026",
            date(2026, 12, 10),
            True,
        )
    ]


def test_session_that_was_never_published_is_not_at_hand(db):
    draft(cycle=factories.create_cycle())

    assert at_coordination(START - DAY) == []


@pytest.mark.parametrize("number", [1, 3, 20])
def test_any_number_of_gaps_costs_the_same_number_of_questions(number, coordinator):
    cycle = factories.create_cycle()
    for _each in range(number):
        session = publish_session(cycle=cycle).session
        people = [factories.create_member() for _other in range(2)]
        put(session, "Presenta", 30, presenter=people[0], respondent=people[1])
        table = WorkTable.objects.create(session=session, number=1, facilitator=people[0])
        WorkTable.objects.create(session=session, number=2, rapporteur=people[1])
        written(table, by=coordinator, now=END + DAY)
        minutes = Minutes.objects.create(session=session)
        Correction.objects.create(minutes=minutes, text="Falta mi nombre.")
        for person in people:
            actions.answer(session, user=person, answer=NO, now=NOW)

    with CaptureQueriesContext(connection) as asked:
        found = waiting.at_sessions(START - DAY)

    assert (len(asked), len(found)) == (16, 8 * number)


# --- On pages ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def near(coordinator) -> Session:
    session = create_session(title="Cerca", starts_at=in_days(5))
    publish_drafts(session)
    session.refresh_from_db()
    return session


def test_coordinators_read_it_where_they_edit_and_where_all_read(coordinator, near):
    desk, href = desk_of(coordinator), reverse("workshops:agenda_edit", args=[near.slug])

    for page in (desk.get(edit_url(near)), desk.get(near.get_absolute_url())):
        assert "Is it ready?" in text_of(page)
        assert f'<li><a href="{href}">There is no agenda yet.</a>' in text_of(page)


def test_nobody_else_reads_it(member, near):
    reader = desk_of(member)

    for client in (reader, Client()):
        assert "There is no agenda yet." not in text_of(client.get(near.get_absolute_url()))
        assert "Todavía no hay orden del día." not in text_of(client.get(near.get_absolute_url()))


def test_session_that_is_over_has_things_to_be_done(coordinator):
    session = create_session(starts_at=in_days(-3))
    publish_drafts(session)
    Minutes.objects.create(session=session, status="in_correction", correct_by=in_days(-2).date())

    page = text_of(desk_of(coordinator).get(session.get_absolute_url()))

    assert "Still to be done" in page
    assert ">The minutes can be approved.</a>" in page


def test_coordination_leads_to_where_it_is_mended(coordinator, near):
    mail.beat(Heartbeat.PLANNER)
    mail.beat(Heartbeat.SENDER)
    page = desk_of(coordinator).get(reverse("coordination"))

    assert "1 thing is missing at sessions" in text_of(page)
    assert f'<h3><a href="{reverse("workshops:agenda_edit", args=[near.slug])}">There is no agenda yet.</a></h3>' in (
        text_of(page)
    )
    with_agenda(near)
    assert "Next: Cerca" in text_of(desk_of(coordinator).get(reverse("coordination")))


# --- Put aside --------------------------------------------------------------------------------------------------------


def test_what_is_not_needed_is_put_aside_with_who_and_when_and_taken_up_again(coordinator, near):
    desk, other = desk_of(coordinator), factories.create_coordinator(name="Otra Coordinadora", language="en")
    page = f"/coordination/sessions/{near.slug}"
    assert waiting.at_sessions(timezone.now())

    answer = desk.post(f"{page}/not-needed/", {"gap": "no agenda", "at": "edit"})
    actions_of_readiness.put_aside(
        near, "no agenda", by=other, now=timezone.now()
    )  # somebody else at once: the first stays

    assert answer["Location"] == f"{page}/edit/#ready"
    (said,) = near.not_needed.all()
    assert (said.said_by, said.taken_back_at) == (coordinator, None)
    assert waiting.at_sessions(timezone.now()) == []
    shown = text_of(desk.get(near.get_absolute_url()))
    assert "1 thing is not needed" in shown
    assert coordinator.name in shown

    answer = desk_of(other).post(f"{page}/needed/", {"gap": "no agenda"})

    assert answer["Location"] == f"{near.get_absolute_url()}#ready"
    said.refresh_from_db()
    assert said.taken_back_by == other
    assert said.taken_back_at
    assert [one.title for one in waiting.at_sessions(timezone.now())] == ["There is no agenda yet."]
    actions_of_readiness.put_aside(near, "no agenda", by=other, now=timezone.now())
    assert list(near.not_needed.order_by("pk").values_list("said_by", flat=True)) == [coordinator.pk, other.pk]


def test_what_becomes_another_thing_is_told_anew(session, coordinator):
    with_agenda(session)
    for number in (1, 2):
        WorkTable.objects.create(session=session, number=number)
    session.refresh_from_db()
    (gap,) = readiness.gaps_at([session], now=START - DAY)[session.pk]
    actions_of_readiness.put_aside(session, gap.key, by=coordinator, now=START - DAY)
    assert readiness.missing_at([session], now=START - DAY) == {session.pk: []}

    WorkTable.objects.create(session=session, number=3)

    (gap,) = readiness.missing_at([session], now=START - DAY)[session.pk]
    assert gap.what == "Nobody takes the notes at tables 1, 2, and 3."


def test_what_somebody_waits_for_is_not_put_aside(session, coordinator):
    minutes = Minutes.objects.create(session=session, status="in_correction", correct_by=START.date() + 7 * DAY)
    Correction.objects.create(minutes=minutes, text="Falta mi nombre.")
    written(WorkTable.objects.create(session=session, number=1), by=coordinator, now=END + DAY)

    found = readiness.gaps_at([session], now=END + DAY)[session.pk]

    assert [gap.key for gap in found] == ["", ""]
    with pytest.raises(ActionNotPossible):
        actions_of_readiness.put_aside(session, "", by=coordinator, now=END + DAY)
    assert not session.not_needed.exists()
