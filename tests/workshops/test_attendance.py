"""Who came is written down once, whoever writes it and however often."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories
from tests.factories_schedule import publish
from tests.workshops.attending import NOW, START, begin_ids_apart, facts, row_of, session_on, walk_in
from workshops import actions as schedule
from workshops import attendance
from workshops.actions import attendance as actions
from workshops.models import Participation, Session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ids_apart(db: None) -> None:
    begin_ids_apart()


def by_list(session: Session, row: Participation, by: User, *, at: datetime = NOW, mode: str = "face_to_face") -> None:
    actions.check_in(session, participation=row, how="list", mode=mode, by=by, now=at)


# --- Present ----------------------------------------------------------------------------------------------------------


def test_first_check_in_stays(coordinator: User, member: User) -> None:
    session = session_on()
    row = row_of(session, member)

    by_list(session, row, coordinator)
    actions.check_in(session, user=member, how="link", mode="remote", by=member, now=NOW + timedelta(minutes=5))

    assert facts(row) == ("present", "face_to_face", "list", NOW, coordinator.pk)


def test_who_is_not_expected_checks_in_at_their_own_wish(member: User) -> None:
    session = session_on(people=[factories.create_member()])

    row = actions.check_in(session, user=member, how="session_code", mode="face_to_face", by=member, now=NOW)

    assert (row.expected, row.expected_because, row.answer) == (False, "own_wish", "none")
    assert facts(row) == ("present", "face_to_face", "session_code", NOW, member.pk)


def test_consent_is_no_until_it_was_asked_and_the_last_word_counts(member: User) -> None:
    session = session_on()
    check: dict[str, Any] = {"user": member, "how": "session_code", "mode": "face_to_face", "by": member}

    never = actions.check_in(session, **check, now=NOW)
    assert (never.may_be_named, never.may_be_named_at) == (False, None)
    yes = actions.check_in(session, **check, now=NOW, may_be_named=True)
    assert (yes.may_be_named, yes.may_be_named_at) == (True, NOW)
    later = NOW + timedelta(minutes=1)
    no = actions.check_in(session, **check, now=later, may_be_named=False)
    assert (no.may_be_named, no.may_be_named_at, no.checked_in_at) == (False, later, NOW)
    actions.name_in_public(no, may_be_named=True, now=later)
    no.refresh_from_db()
    assert (no.may_be_named, no.may_be_named_at, no.checked_in_at) == (True, later, NOW)


@pytest.mark.parametrize(
    ("at", "how", "is_recorded"),
    [
        (START - timedelta(hours=2, seconds=1), "session_code", False),
        (START - timedelta(hours=2, seconds=1), "list", False),
        (START - timedelta(hours=2), "session_code", True),
        (START + timedelta(hours=8), "session_code", True),
        (START + timedelta(hours=8), "link", True),
        (START + timedelta(hours=8, seconds=1), "session_code", False),
        (START + timedelta(hours=8, seconds=1), "link", False),
        (START + timedelta(days=30), "list", True),
        (START + timedelta(days=30), "personal_code", True),
    ],
)
def test_hours_of_check_in(member: User, coordinator: User, at: datetime, how: str, *, is_recorded: bool) -> None:
    session = session_on()  # of two hours

    try:
        actions.check_in(session, user=member, how=how, mode="face_to_face", by=coordinator, now=at)
    except ActionNotPossible:
        assert not is_recorded

    assert row_of(session, member).attended == ("present" if is_recorded else "unknown")


def test_nobody_is_checked_in_where_nothing_takes_place(member: User, coordinator: User) -> None:
    session = session_on()
    schedule.cancel(session, reason="No hay sede.", by=coordinator)
    publish(session)

    with pytest.raises(ActionNotPossible):
        actions.check_in(session, user=member, how="list", mode="face_to_face", by=coordinator, now=NOW)
    with pytest.raises(ActionNotPossible):
        walk_in(session)


def test_a_row_that_was_removed_says_so(coordinator: User) -> None:
    session = session_on()
    row = walk_in(session)
    Participation.objects.filter(pk=row.pk).delete()

    with pytest.raises(ActionNotPossible):
        by_list(session, row, coordinator)


# --- Walk-ins ---------------------------------------------------------------------------------------------------------


def test_walk_in_is_written_down() -> None:
    session = session_on()

    row = walk_in(session, name="  Vera   Vecina ", may_be_named=True)

    assert (row.name, row.organization, row.organization_name) == ("Vera Vecina", None, "Colonia Centro")
    assert (row.expected, row.may_be_named, row.may_be_named_at) == (False, True, NOW)
    assert facts(row) == ("present", "face_to_face", "walk_in", NOW, None)


@pytest.mark.parametrize("typed", ["Observatorio Ciudadano", "observatorio  ciudadanó", "OC"])
def test_walk_in_of_an_institution_of_ours(typed: str) -> None:
    session = session_on()
    organization = factories.create_organization(name="Observatorio Ciudadano")
    organization.acronym = "OC"
    organization.save()

    row = walk_in(session, institution=typed)

    assert (row.organization, row.organization_name) == (organization, "")


def test_form_that_is_sent_twice_is_one_walk_in() -> None:
    session, form_id = session_on(), uuid4()

    first = walk_in(session, form_id=form_id)
    second = walk_in(session, form_id=form_id, name="Vera V.", now=NOW + timedelta(minutes=1))

    assert (second.pk, second.name) == (first.pk, "Vera Vecina")
    assert session.participations.filter(user=None).count() == 1


def test_one_name_and_institution_however_spelt_are_one_walk_in() -> None:
    session = session_on()

    first = walk_in(session, name="José Núñez")
    second = walk_in(session, name="JOSE NUÑEZ", institution="colonia centro", now=NOW + timedelta(minutes=1))
    other = walk_in(session, name="José Núñez", institution="Colonia Norte")

    assert second.pk == first.pk
    assert other.pk != first.pk
    assert facts(first)[3] == NOW


def test_word_on_being_named_is_only_taken_back_by_who_types_the_same_name() -> None:
    session, later = session_on(), NOW + timedelta(minutes=1)

    words = []
    for name, first, then in (("Vera", False, True), ("Eva", True, False), ("Ana", True, True)):
        walk_in(session, name=name, may_be_named=first)
        row = walk_in(session, name=name, may_be_named=then, now=later)
        words.append((row.may_be_named, row.may_be_named_at))

    assert words == [(False, NOW), (False, later), (True, NOW)]


def test_coordinator_writes_down_that_a_visitor_may_be_named_after_all(coordinator: User) -> None:
    session = session_on()
    walk_in(session, may_be_named=False)

    row = walk_in(session, may_be_named=True, by=coordinator, is_somebody_else=True)

    assert row.may_be_named is True


def test_name_of_somebody_expected_is_offered_to_the_coordinator(coordinator: User) -> None:
    jose = factories.create_member(name="José Núñez")
    session = session_on()

    with pytest.raises(actions.SameName) as raised:
        walk_in(session, name="jose nuñez", by=coordinator)

    organization = jose.memberships.get().organization.name
    assert raised.value.candidates == [attendance.Candidate(jose.pk, "José Núñez", organization, is_present=False)]
    assert session.participations.filter(user=None).count() == 0
    row = walk_in(session, name="jose nuñez", by=coordinator, is_somebody_else=True)
    assert facts(row) == ("present", "face_to_face", "walk_in", NOW, coordinator.pk)


def test_strangers_are_not_told_whose_name_is_known() -> None:
    factories.create_member(name="José Núñez")
    session = session_on()

    row = walk_in(session, name="José Núñez")

    assert (row.user, row.attended) == (None, "present")


def test_walk_in_turns_out_to_be_somebody_we_know() -> None:
    jose = factories.create_member(name="José Núñez")
    session = session_on()
    row = row_of(session, jose)
    visitor = walk_in(session, name="José Núñez", may_be_named=True)

    actions.same_person(visitor, user=jose, now=NOW + timedelta(minutes=9))

    assert facts(row) == ("present", "face_to_face", "walk_in", NOW, None)
    assert row.may_be_named is False  # whoever wrote that name may have been somebody else
    assert not Participation.objects.filter(pk=visitor.pk).exists()


def test_first_time_stays_when_two_rows_become_one(coordinator: User) -> None:
    jose = factories.create_member(name="José Núñez")
    session = session_on()
    row = row_of(session, jose)
    by_list(session, row, coordinator)
    visitor = walk_in(session, name="José Núñez", now=NOW + timedelta(minutes=1))

    actions.same_person(visitor, user=jose, now=NOW + timedelta(minutes=9))

    assert facts(row) == ("present", "face_to_face", "list", NOW, coordinator.pk)


def test_two_walk_ins_turn_out_to_be_one_person(coordinator: User) -> None:
    session = session_on()
    first = walk_in(session, institution="", may_be_named=True, by=coordinator)
    again = walk_in(session, institution="IMPLAN", may_be_named=True, now=NOW - timedelta(minutes=9))
    other = walk_in(session, institution="Implan Reynosa", may_be_named=False)

    actions.same_visitor(again, first=first, now=NOW)
    first.refresh_from_db()
    named = first.may_be_named
    actions.same_visitor(other, first=first, now=NOW)

    (row,) = session.participations.filter(user=None)
    assert facts(row) == ("present", "face_to_face", "walk_in", NOW - timedelta(minutes=9), None)
    assert (row.pk, row.organization_name, named, row.may_be_named) == (first.pk, "IMPLAN", True, False)


def test_two_walk_ins_become_one_once_whoever_is_quicker(coordinator: User) -> None:
    session = session_on()
    first, again = walk_in(session), walk_in(session, institution="Otra")
    actions.same_visitor(again, first=first, now=NOW)

    with pytest.raises(ActionNotPossible):
        actions.same_visitor(again, first=first, now=NOW)
    with pytest.raises(ActionNotPossible):
        actions.same_visitor(first, first=again, now=NOW)

    assert session.participations.filter(user=None).count() == 1


# --- Not present, and slips -------------------------------------------------------------------------------------------


def test_excused_may_come_after_all(coordinator: User, member: User) -> None:
    session = session_on()
    row = row_of(session, member)

    actions.excuse(row, now=START - timedelta(days=3))
    assert facts(row) == ("excused", "", "", None, None)
    by_list(session, row, coordinator)

    assert facts(row) == ("present", "face_to_face", "list", NOW, coordinator.pk)


def test_nobody_present_is_excused_or_absent(coordinator: User, member: User) -> None:
    session = session_on()
    row = row_of(session, member)
    by_list(session, row, coordinator)

    with pytest.raises(ActionNotPossible):
        actions.excuse(row, now=NOW)
    with pytest.raises(ActionNotPossible):
        actions.mark_absent(row, now=NOW)

    assert facts(row)[0] == "present"


def test_nobody_is_absent_before_the_start(member: User) -> None:
    session = session_on()
    row = row_of(session, member)

    with pytest.raises(ActionNotPossible):
        actions.mark_absent(row, now=START - timedelta(seconds=1))
    with pytest.raises(ActionNotPossible):
        actions.mark_rest_absent(session, now=START - timedelta(seconds=1))
    actions.mark_absent(row, now=START)

    assert facts(row)[0] == "absent"


def test_rest_is_absent(coordinator: User, member: User, official_reynosa: User, official_colima: User) -> None:
    said_no = factories.create_member()
    session = session_on()
    by_list(session, row_of(session, coordinator), coordinator)
    actions.excuse(row_of(session, member), now=NOW)
    Participation.objects.filter(user=said_no).update(answer="no", answered_at=NOW)

    assert actions.mark_rest_absent(session, now=NOW) == 3
    assert actions.mark_rest_absent(session, now=NOW) == 0

    recorded = {row.user: row.attended for row in session.participations.all()}
    assert recorded == {
        coordinator: "present",
        member: "excused",
        official_reynosa: "absent",
        official_colima: "absent",
        said_no: "excused",
    }


def test_slip_is_undone_and_consent_stays(coordinator: User, member: User) -> None:
    session = session_on()
    row = actions.check_in(
        session, user=member, how="session_code", mode="face_to_face", by=member, now=NOW, may_be_named=True
    )

    assert actions.undo_check_in(row) == row

    assert facts(row) == ("unknown", "", "", None, None)
    assert row.may_be_named is True
    by_list(session, row, coordinator, at=NOW + timedelta(minutes=3), mode="remote")
    assert facts(row) == ("present", "remote", "list", NOW + timedelta(minutes=3), coordinator.pk)


def test_walk_in_undone_is_removed() -> None:
    session = session_on()
    row = walk_in(session)

    assert actions.undo_check_in(row) is None
    assert not Participation.objects.filter(pk=row.pk).exists()


# --- The session's code -----------------------------------------------------------------------------------------------


def test_code_of_the_session_stays_until_made_anew() -> None:
    session = session_on()

    first = actions.make_check_in_code(session)
    assert actions.make_check_in_code(session) == first
    other = actions.make_check_in_code(session, anew=True)

    session.refresh_from_db()
    assert session.check_in_code == other != first
    assert len(first) == 8
    assert set(first + other) <= set(actions.SIGNS)
    assert session.edits == 0


def test_personal_code_is_read_and_forgery_is_not(member: User) -> None:
    session = session_on()
    token = attendance.personal_code(session, member)

    assert attendance.read_personal_code(token) == (session.pk, member.pk)
    other = attendance.personal_code(session, factories.create_user())
    forged = f"{token.partition(':')[0]}:{other.partition(':')[2]}"
    assert attendance.read_personal_code(forged) is None
    assert attendance.read_personal_code("1-2") is None
    assert attendance.read_personal_code("") is None


# --- At the same moment -----------------------------------------------------------------------------------------------


def at_once(works: list[Callable[[], object]]) -> list[object]:
    barrier, results = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_ten_taps_at_once_are_one_check_in() -> None:
    session = session_on(people=[factories.create_member()])
    member = factories.create_member()  # not expected: the row is made by whoever is first

    def tap(minute: int) -> Callable[[], object]:
        return lambda: (
            actions.check_in(
                session, user=member, how="list", mode="remote", by=None, now=NOW + timedelta(minutes=minute)
            ).checked_in_at
        )

    times = at_once([tap(minute) for minute in range(10)])

    assert {row_of(session, member).checked_in_at, NOW} == {NOW}  # the earliest stands, whoever comes first
    assert NOW in times
    assert session.participations.filter(user=member).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_walk_in_from_ten_forms_at_once() -> None:
    session, form_id = session_on(people=[factories.create_member()]), uuid4()
    spellings = ["Vera Vecina", "VERA VECINA", "Vera  vecina", "Véra Vecina", "vera vecina"]

    def send(name: str, form: bool) -> Callable[[], object]:  # noqa: FBT001
        return lambda: walk_in(session, name=name, form_id=form_id if form else uuid4()).pk

    rows = at_once([send(name, form) for name in spellings for form in (True, False)])

    assert len(rows) == 10
    assert len(set(rows)) == 1
    assert session.participations.filter(user=None).count() == 1
