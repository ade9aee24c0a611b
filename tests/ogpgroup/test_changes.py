"""The stamp of all that kept pages show: it moves with every write that ends well, in whatever order they end."""

import psycopg
import pytest
from django.db import connection, transaction

from ogpgroup import changes
from ogpgroup.changes import FOLDED_AT, Change
from ogpgroup.models import User
from tests import factories

# What pages of plans show. A table that a part of a page reads belongs here, and gets the trigger.
COUNTED = {
    "actionplans_actionplan",
    "actionplans_commitment",
    "actionplans_deliverable",
    "actionplans_evidence",
    "actionplans_milestone",
    "actionplans_progressentry",
    "actionplans_retraction",
    "cities_city",
    "cities_cycle",
    "cities_groupmembership",
    "cities_membership",
    "cities_organization",
    "feedback_answer",
    "feedback_criterionreply",
    "feedback_evaluation",
    "feedback_note",
    "feedback_reviewround",
    "feedback_score",
    "ogpgroup_user",
    "ogpgroup_withholding",
}


def test_all_that_pages_of_plans_show_is_counted(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE tgname LIKE 'pgtrigger_counted_%'"
        )
        assert {name for (name,) in cursor.fetchall()} == COUNTED


def test_each_way_to_write_moves_the_stamp(db: None) -> None:
    city = factories.create_city()
    stamps = [changes.stamp()]
    for write in (
        lambda: type(city).objects.filter(pk=city.pk).update(name="Otra"),
        lambda: factories.create_city(),
        lambda: type(city).objects.filter(pk=city.pk).delete(),
    ):
        write()
        stamps.append(changes.stamp())

    assert len(set(stamps)) == 4
    assert changes.stamp() == stamps[-1]


def test_signing_in_moves_nothing_and_another_name_does(db: None) -> None:
    person = factories.create_user()
    before = changes.stamp()

    User.objects.filter(pk=person.pk).update(last_login=person.joined_at, language="en")
    assert changes.stamp() == before

    User.objects.filter(pk=person.pk).update(name="Otra Persona")
    assert changes.stamp() != before


def test_what_is_rolled_back_counts_for_nothing(db: None) -> None:
    before = changes.stamp()
    with transaction.atomic():
        factories.create_city()
        transaction.set_rollback(True)

    assert changes.stamp() == before


def test_rows_are_folded_and_the_sum_stays(db: None) -> None:
    begin = changes.stamp().steps
    for _ in range(3 * FOLDED_AT):
        Change.objects.create()

    assert changes.stamp().steps - begin == 3 * FOLDED_AT
    assert Change.objects.count() <= FOLDED_AT + 2


def _other_connection() -> psycopg.Connection:
    address = {name: connection.settings_dict[name.upper()] for name in ("host", "port", "user", "password")}
    known = {name: value for name, value in address.items() if value}
    return psycopg.connect(**known, dbname=connection.settings_dict["NAME"])


@pytest.mark.django_db(transaction=True)
def test_who_began_first_and_ends_last_is_seen() -> None:
    with _other_connection() as other:
        other.execute("INSERT INTO ogpgroup_change DEFAULT VALUES")
        Change.objects.create()  # begins later, ends sooner
        between = changes.stamp()
        other.commit()

    assert changes.stamp().steps == between.steps + 1


@pytest.mark.django_db(transaction=True)
def test_who_folds_waits_for_nobody_and_loses_nothing() -> None:
    begin = changes.stamp().steps
    Change.objects.bulk_create(Change() for _ in range(FOLDED_AT))
    with _other_connection() as other:
        other.execute("SELECT 1 FROM ogpgroup_change FOR UPDATE")  # as one that folds and has not ended
        for _ in range(FOLDED_AT):
            Change.objects.create()

    assert changes.stamp().steps == begin + 2 * FOLDED_AT
