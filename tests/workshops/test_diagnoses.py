"""The collective diagnosis: written by two at once, published whole, read back to the table, followed over a cycle."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ogpgroup.errors import ActionNotPossible
from tests import factories
from tests.workshops.attending import NOW, START, session_on
from tests.workshops.coordination import running_cycle
from tests.workshops.grouping import (
    address,
    hall,
    lead,
    note,
    present,
    published,
    revealed,
    say,
    signed_in,
    theme,
    vote_on,
)
from tests.workshops.noting import table_on
from workshops.actions import diagnoses as actions
from workshops.actions import votes as vote_actions
from workshops.models import Diagnosis, DiagnosisVersion, Session, TableNote, Theme, VotingRound
from workshops.reports import diagnoses as reports
from workshops.reports.snapshots import content_of

pytestmark = pytest.mark.django_db


def voted(session: Session, *given: tuple[Theme, int], people: int = 3, hands: int = 0) -> VotingRound:
    """A revealed vote: each of so many people gives each theme so many votes, and so many hands go to the first."""
    one = vote_on(session, *(theme for theme, _count in given), votes_each=10)
    for _person in range(people):
        vote_actions.cast(one, present(session), given={theme.pk: count for theme, count in given}, now=NOW)
    if hands:
        vote_actions.count_hands(one, hands={given[0][0].pk: hands}, table=None, by=lead(session), now=NOW)
    return revealed(one)


def order(session: Session) -> list[str]:
    return [one["title"] for one in content_of(Diagnosis.objects.get(session=session))["statements"]]


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_themes_stand_in_the_order_of_the_votes_unless_one_is_set_apart_with_a_reason() -> None:
    session = hall()
    water, roads, parks = (theme(session, title) for title in ("Agua", "Calles", "Parques"))
    voted(session, (water, 1), (roads, 3), (parks, 2))
    say(water)
    assert order(session) == ["Calles", "Parques", "Agua"]

    say(water, rank=1, rank_reason="Es urgente.")

    assert order(session) == ["Agua", "Calles", "Parques"]


def test_two_who_write_one_statement_lose_nothing() -> None:
    session = hall()
    water = theme(session)
    fields = {"statement": "Primera", "rank": None, "rank_reason": "", "continues": None}
    actions.save_statement(water, fields=fields, edition=1, by=None, now=NOW)

    with pytest.raises(actions.EditedMeanwhile):
        actions.save_statement(water, fields=fields | {"statement": "Segunda"}, edition=1, by=None, now=NOW)
    actions.save_statement(water, fields=fields, edition=1, by=None, now=NOW)  # the same, sent twice

    water.refresh_from_db()
    assert (water.statement, water.edition) == ("Primera", 2)


def test_two_who_write_the_introduction_lose_nothing() -> None:
    session = hall()
    actions.save_introduction(session, introduction="Primera", edition=1, by=None, now=NOW)

    with pytest.raises(actions.EditedMeanwhile):
        actions.save_introduction(session, introduction="Segunda", edition=1, by=None, now=NOW)

    assert Diagnosis.objects.get().introduction == "Primera"


def test_dissolved_theme_gets_no_statement() -> None:
    session = hall()
    water = theme(session)
    Theme.objects.filter(pk=water.pk).update(dissolved_at=NOW)

    with pytest.raises(ActionNotPossible):
        say(water)


def test_every_edit_is_on_record() -> None:
    session = hall()
    water = theme(session)
    say(water, "Primera")
    say(water, "Segunda")

    history = Theme.pgh_event_model.objects.filter(pgh_obj=water).order_by("pgh_id")  # type: ignore[attr-defined]
    assert [one.statement for one in history] == ["", "Primera", "Segunda"]


# --- Publishing -------------------------------------------------------------------------------------------------------


def test_published_version_is_whole_in_itself_and_names_nobody() -> None:
    session = hall()
    city = factories.create_city(name="Colima")
    one = note(session, "Falta agua", city=city, said_by="Ana Lía", table=2)
    loose = note(session, "Sin tema")
    water = theme(session, "Agua", [one])
    voted(session, (water, 2))
    say(water, "Falta agua.")

    version = published(session)
    TableNote.objects.filter(pk=one.pk).update(text="otra")
    Theme.objects.filter(pk=water.pk).update(title="otro")
    city.name = "Otra"
    city.save()

    told = {"kind": "doubt", "city": "Colima", "id": one.pk, "text": "Falta agua", "table": 2}
    version.refresh_from_db()
    assert version.content == {
        "introduction": "",
        "is_voted": True,
        "turnout": 3,
        "votes_each": 10,
        "statements": [
            {
                "theme": water.pk,
                "rank": 1,
                "reason": "",
                "title": "Agua",
                "voted_as": "",
                "statement": "Falta agua.",
                "votes": 6,
                "hands": 0,
                "continues": None,
                "notes": [told],
            }
        ],
        "ungrouped": [told | {"id": loose.pk, "text": "Sin tema", "table": 1, "city": ""}],
    }
    assert "Ana" not in json.dumps(version.content)


def test_theme_with_another_name_than_in_the_vote_says_so() -> None:
    session = hall()
    water = theme(session, "Agua")
    voted(session, (water, 2))
    Theme.objects.filter(pk=water.pk).update(title="Agua potable")
    say(water)

    version = published(session)
    html = Client().get(address(session, "diagnosis"), headers={"accept-language": "en"}).content.decode()

    one = version.content["statements"][0]
    assert (one["title"], one["voted_as"]) == ("Agua potable", "Agua")
    assert "The group voted on it as “Agua”." in html


def test_few_voters_are_not_told() -> None:
    session = hall()
    water = theme(session)
    voted(session, (water, 2), people=2, hands=3)
    say(water)

    content = published(session).content

    assert (content["turnout"], content["statements"][0]["votes"], content["statements"][0]["hands"]) == (None, 7, None)


def test_publishing_twice_publishes_once_and_a_correction_is_another_version() -> None:
    session = hall()
    water = theme(session)
    say(water, "Primera")

    first, again = published(session), published(session)
    say(water, "Segunda")
    second = published(session, note="Se corrigió el enunciado.")

    assert (first, second.number) == (again, 2)
    assert Diagnosis.objects.get().published == second
    assert [(one.label, one.old, one.new) for one in reports.changes_between(first.content, second.content)] == [
        ("Enunciado sobre «Agua»", "Primera", "Segunda")
    ]


def test_diagnosis_that_says_nothing_is_not_published() -> None:
    session = hall()
    theme(session)

    with pytest.raises(ActionNotPossible):
        published(session)

    assert DiagnosisVersion.objects.count() == 0


def test_changes_tell_themes_that_came_and_went_places_votes_and_notes() -> None:
    session = hall()
    water = theme(session, "Agua", [note(session)])
    say(water)
    first = published(session)
    roads = theme(session, "Calles", [note(session)])
    say(water, rank=2, rank_reason="Por acuerdo.")
    say(roads, "Baches.")
    voted(session, (roads, 1))
    second = published(session)

    told = [(one.label, one.old, one.new) for one in reports.changes_between(first.content, second.content)]

    assert told == [
        ("Calles", "", "Baches. · 1 nota"),
        ("Lugar de «Agua»", "1", "2 · Por acuerdo."),
    ]
    assert reports.changes_between(second.content, first.content)[-1].new == ""


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_stranger_reads_back_from_statement_to_note_table_and_city() -> None:
    session = hall()
    one = note(session, "Falta agua", table=2, city=factories.create_city(name="Colima"), said_by="Ana Lía")
    say(theme(session, "Agua", [one]), "No llega el agua.")
    assert Client().get(address(session, "diagnosis")).status_code == 404

    published(session)
    html = Client(headers={"accept-language": "en"}).get(address(session, "diagnosis")).content.decode()

    for words in ("No llega el agua.", "Falta agua", "Table 2", "doubt", "Colima", f'id="note-{one.pk}"'):
        assert words in html
    assert "Ana" not in html


def test_notes_become_public_by_publication_and_no_more_once_it_is_taken_back() -> None:
    session = hall()
    one = note(session)
    say(theme(session, "Agua", [one]))
    anybody = Client()

    def rows() -> int:
        return anybody.get(address(session, "notes_sheet", "csv")).status_code

    assert rows() == 404
    published(session)
    assert rows() == 200
    actions.withdraw(session)
    assert (rows(), anybody.get(address(session, "diagnosis")).status_code) == (404, 404)
    assert DiagnosisVersion.objects.count() == 1


def test_note_withdrawn_after_publication_is_not_read_on() -> None:
    session = hall()
    one = note(session, "Una acusación")
    say(theme(session, "Agua", [one]))
    published(session)

    TableNote.objects.filter(pk=one.pk).update(withdrawn_at=NOW)

    html = Client(headers={"accept-language": "en"}).get(address(session, "diagnosis")).content.decode()
    assert "Una acusación" not in html
    assert "This note was withdrawn." in html


def test_hostile_text_is_text_in_the_diagnosis() -> None:
    session = hall()
    bad = "<script>alert(1)</script>"
    actions.save_introduction(session, introduction=bad, edition=1, by=None, now=NOW)
    water = theme(session, f"{bad}t", [note(session, f"{bad}n")])
    say(water, f"{bad}s", rank=1, rank_reason=f"{bad}r")
    published(session, note=bad)
    say(water, f"{bad}s2")
    published(session)

    for page in (address(session, "diagnosis"), address(session, "diagnosis_version", 1), session.get_absolute_url()):
        assert "<script>alert" not in Client().get(page).content.decode()


def test_earlier_version_is_read_with_what_changed() -> None:
    session = hall()
    water = theme(session)
    say(water, "Primera")
    published(session)
    say(water, "Segunda")
    published(session, note="Más claro")
    reader = Client(headers={"accept-language": "en"})

    now, before = (
        reader.get(page).content.decode()
        for page in (address(session, "diagnosis"), address(session, "diagnosis_version", 1))
    )

    assert ("Segunda" in now, "What changed since version 1" in now, "Más claro" in now) == (True, True, True)
    assert "This is version 1; another one counts now." in before
    assert reader.get(address(session, "diagnosis_version", 3)).status_code == 404


def test_diagnosis_asks_as_much_for_600_notes_as_for_one() -> None:
    session = hall()
    say(theme(session, "Agua", [note(session)]))
    published(session)
    reader = Client()
    reader.get(address(session, "diagnosis"))
    with CaptureQueriesContext(connection) as few:
        reader.get(address(session, "diagnosis"))
    table = session.tables.get(number=2)
    TableNote.objects.bulk_create(TableNote(table=table, kind="doubt", text=f"nota {n}") for n in range(600))
    for number in range(3):
        say(theme(session, f"Tema {number}", [note(session, f"otra {number}")]))
    published(session)

    with CaptureQueriesContext(connection) as many:
        response = reader.get(address(session, "diagnosis"))

    assert len(many) == len(few)
    assert response.status_code == 200


# --- Over a cycle -----------------------------------------------------------------------------------------------------


def test_theme_that_comes_back_persists_since_the_first_session() -> None:
    cycle = running_cycle()
    earlier = session_on(cycle=cycle, title="Primera", starts_at=START - timedelta(days=60))
    table_on(session=earlier)
    old = theme(earlier, "Falta agua")
    say(old)
    published(earlier)
    session = session_on(cycle=cycle, title="Segunda")
    table_on(session=session)
    new = theme(session, "No llega el agua")
    say(new, continues=old)
    published(session)

    (found,) = reports.persisting(cycle, factories.create_member())
    html = Client(headers={"accept-language": "en"}).get(address(session, "diagnosis")).content.decode()
    of_cycle = Client(headers={"accept-language": "en"}).get(cycle.get_absolute_url()).content.decode()

    assert (found.title, found.since.title, found.latest.session) == ("No llega el agua", "Falta agua", "Segunda")
    assert "Persists since" in html
    assert f"{address(earlier, 'diagnosis')}#theme-{old.pk}" in html
    assert "What persists" in of_cycle


def test_only_themes_of_earlier_sessions_of_the_cycle_are_offered() -> None:
    session, other = hall(), hall()
    water, foreign = theme(session), theme(other)

    response = signed_in(factories.create_coordinator()).post(
        address(session, "diagnosis_statement", water.pk),
        {"statement": "x", "edition": "1", "continues": str(foreign.pk), "rank": "", "rank_reason": ""},
    )

    assert response.context["form"].errors.keys() == {"continues"}
