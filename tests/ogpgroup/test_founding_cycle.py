"""The founding cycle is on record as its sources have it, and nothing more."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from actionplans.models import ActionPlan, Candidacy, Deliverable
from cities.models import City, Cycle, GroupMembership, Organization
from ogpgroup.founding.load import load_founding_cycle
from ogpgroup.models import OutgoingMail, User
from tests.database import kept_for_reading
from workshops.models import AgendaItem, Agreement, Participation, ScheduleRelease, Session, SessionVersion

DAY = date(2017, 6, 29)
GOVERNMENTS = {
    "ayuntamiento-colima",
    "ayuntamiento-culiacan",
    "ayuntamiento-los-cabos",
    "ayuntamiento-melchor-ocampo",
    "ayuntamiento-merida",
    "ayuntamiento-morelia",
    "ayuntamiento-puebla",
    "ayuntamiento-reynosa",
    "ayuntamiento-toluca",
}
PRESENT = GOVERNMENTS | {"stl-jalisco", "sedatu", "inegi", "c3-city", "blanquerna", "anedup", "revitaliza", "ucl"}


@pytest.fixture(scope="module")
def founding_cycle(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cycle]:
    with kept_for_reading(django_db_blocker):
        load_founding_cycle()
        yield Cycle.objects.get()


@pytest.fixture
def session(founding_cycle: Cycle) -> Session:
    return Session.objects.get()


def test_cities_have_codes_as_text_and_the_population_of_2020(founding_cycle):
    cities = {city.slug: (city.cvegeo, city.state_code, city.seat, city.population) for city in City.objects.all()}

    assert cities == {
        "reynosa": ("28032", "MX-TAM", "Reynosa", 704767),
        "colima": ("06002", "MX-COL", "Colima", 157048),
        "culiacan": ("25006", "MX-SIN", "Culiacán Rosales", 1003530),
        "merida": ("31050", "MX-YUC", "Mérida", 995129),
        "morelia": ("16053", "MX-MIC", "Morelia", 849053),
        "los-cabos": ("03008", "MX-BCS", "San José del Cabo", 351111),
        "puebla": ("21114", "MX-PUE", "Heroica Puebla de Zaragoza", 1692181),
        "toluca": ("15106", "MX-MEX", "Toluca de Lerdo", 910608),
        "melchor-ocampo": ("15053", "MX-MEX", "Melchor Ocampo", 61220),
    }
    assert set(City.objects.values_list("population_year", "is_demo")) == {(2020, False)}


def test_cities_keep_the_hours_of_that_day_and_of_today(founding_cycle):
    def hours(city: City, day: datetime) -> float:
        offset = day.replace(tzinfo=ZoneInfo(city.time_zone)).utcoffset()
        assert offset is not None
        return offset.total_seconds() / 3600

    moments = datetime(2017, 6, 29, 12), datetime(2026, 1, 15, 12), datetime(2026, 7, 15, 12)
    offsets = {city.slug: tuple(hours(city, moment) for moment in moments) for city in City.objects.all()}

    assert offsets == {
        "reynosa": (-5, -6, -5),
        "colima": (-5, -6, -6),
        "culiacan": (-6, -7, -7),
        "merida": (-5, -6, -6),
        "morelia": (-5, -6, -6),
        "los-cabos": (-6, -7, -7),
        "puebla": (-5, -6, -6),
        "toluca": (-5, -6, -6),
        "melchor-ocampo": (-5, -6, -6),
    }


def test_organizations_carry_how_sure_we_are(founding_cycle):
    unsure = Organization.objects.exclude(certainty=Organization.Certainty.SURE)

    assert set(unsure.values_list("slug", "kind", "certainty", "website")) == {
        ("c3-city", "unverified", "unsure", ""),
        ("anedup", "professional_association", "unsure", ""),
        ("revitaliza", "private_company", "unsure", ""),
        ("blanquerna", "university", "general_knowledge", "https://www.blanquerna.edu"),
        ("ucl", "university", "general_knowledge", "https://www.ucl.ac.uk"),
    }
    assert Organization.objects.get(slug="anedup").name == "ANEDUP (nombre completo por confirmar)"
    assert Organization.objects.get(slug="stl-jalisco").kind == Organization.Kind.FORUM
    assert [one.slug for one in Organization.objects.filter(coordinates_group=True)] == ["wri-mexico"]


def test_each_city_has_its_government_in_the_group(founding_cycle):
    governments = Organization.objects.filter(kind=Organization.Kind.MUNICIPAL_GOVERNMENT)

    assert {one.slug for one in governments} == GOVERNMENTS
    assert City.objects.in_group(DAY).count() == 9
    assert City.objects.in_group(date(2017, 6, 28)).count() == 0


def test_members_are_those_who_took_part_and_the_coordinating_organization(founding_cycle):
    members = set(GroupMembership.objects.values_list("organization__slug", "since", "until"))

    assert members == {(slug, DAY, None) for slug in PRESENT | {"wri-mexico"}}


def test_cycle_names_reynosa_with_the_reason(founding_cycle):
    candidacy = Candidacy.objects.get()

    assert (founding_cycle.slug, founding_cycle.name) == ("2017-2018", "Ciclo 2017–2018")
    assert (founding_cycle.starts_on, founding_cycle.ends_on) == (DAY, date(2018, 6, 29))
    assert (str(founding_cycle.fellow_city), founding_cycle.fellow_named_on) == ("Reynosa", DAY)
    assert founding_cycle.fellow_reason == candidacy.reason != ""
    assert (candidacy.city.slug, candidacy.status, candidacy.decided_by) == ("reynosa", "selected", None)


def test_session_has_a_date_without_hours_and_34_participants(session):
    assert (session.day, session.starts_at, session.ends_at) == (DAY, None, None)
    assert (session.kind, session.mode) == ("working_session", "face_to_face")
    assert (session.venue, session.city.slug) == ("Smart City Expo LATAM Congress 2017", "puebla")
    assert (session.address, session.join_url, session.bring, session.decisions) == ("", "", "", "")
    assert session.attendee_count == 34
    nobody: dict[str, list[str]] = {"organizations": [], "cities": [], "roles": [], "people": []}
    assert (session.audience, session.current_version.expected) == ("chosen", nobody)
    assert session.source == "https://www.opengovpartnership.org/stories/progress-on-ogp-group-work-in-mexico/"


def test_participating_institutions_are_named_and_no_person_is_invented(session):
    assert {one.slug for one in session.participating_organizations.all()} == PRESENT
    assert Participation.objects.count() == User.objects.count() == 0


def test_agenda_keeps_the_order_of_the_article(session):
    items = session.agenda.values_list(
        "position", "kind", "presenter_organization__slug", "respondent_name", "respondent_organization__slug"
    )

    assert list(items) == [
        (1, "presentation", "stl-jalisco", "", None),
        (2, "presentation", "ayuntamiento-reynosa", "", None),
        (3, "presentation", "ayuntamiento-colima", "", None),
        (4, "direct_feedback", None, "Luis Alberto Ramírez", "stl-jalisco"),
        (5, "plenary", None, "", None),
        (6, "work_tables", None, "", None),
        (7, "plenary", None, "", None),
        (8, "comments", None, "", None),
        (9, "agreements", None, "", None),
    ]
    assert set(session.agenda.values_list("presenter_name", "minutes")) == {("", None)}


def test_three_tables_without_themes(session):
    assert list(session.tables.values_list("number", "theme", "seats", "facilitator", "rapporteur")) == [
        (1, "", None, None, None),
        (2, "", None, None, None),
        (3, "", None, None, None),
    ]


def test_three_agreements_of_which_one_has_a_day_worked_out(session):
    rows = session.agreements.values_list(
        "number", "kind", "responsible__slug", "responsible_group", "due_on", "due_is_computed", "status", "plan__slug"
    )

    assert list(rows) == [
        (1, "fellow_city", "ayuntamiento-reynosa", False, date(2017, 7, 29), True, "unknown", "reynosa-2017-2018"),
        (2, "commitment", None, True, None, False, "unknown", None),
        (3, "task", None, True, None, False, "unknown", None),
    ]
    assert {one.agenda_item.kind for one in session.agreements.all()} == {AgendaItem.Kind.AGREEMENTS}
    assert Agreement.objects.overdue(date(2026, 1, 1)).count() == 0


def test_plan_leaves_the_instrument_open_and_nobody_calls_the_proposal_late(founding_cycle):
    plan, proposal = ActionPlan.objects.get(city__isnull=False), Deliverable.objects.get()

    assert (plan.holder.slug, plan.instrument, plan.instrument_name, plan.vision) == ("reynosa", "unknown", "", "")
    assert (plan.starts_on, plan.ends_on, plan.status, plan.contact) == (DAY, date(2018, 6, 29), "closed", None)
    assert (proposal.kind, proposal.due_on, proposal.due_is_computed) == (
        "synthetic_proposal",
        date(2017, 7, 29),
        True,
    )
    assert (proposal.status, proposal.outcome_unknown, proposal.handed_in_at) == ("expected", True, None)
    assert not proposal.is_late(date(2026, 1, 1))


def test_release_bears_the_true_date_and_tells_nobody(session):
    release, version = ScheduleRelease.objects.get(), SessionVersion.objects.get()

    assert (release.number, release.notified, release.released_by) == (1, False, None)
    assert release.released_at == datetime(2017, 6, 29, 17, tzinfo=UTC)
    assert version == session.current_version
    assert (version.change, version.sequence, version.city_name) == ("added", 0, "Puebla, Puebla")
    assert OutgoingMail.objects.count() == 0


def test_everybody_sees_it_and_its_calendar_entry_is_a_whole_day(session):
    version = SessionVersion.objects.current().visible_to(AnonymousUser()).get()

    assert b"DTSTART;VALUE=DATE:20170629" in bytes(version.vevent)
    assert b"DTEND;VALUE=DATE:20170630" in bytes(version.vevent)
    assert b"DTSTAMP:20170629T170000Z" in bytes(version.vevent)


def test_history_says_which_command_wrote_it(founding_cycle):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT context.metadata ->> 'command' FROM workshops_sessionevent event "
            "JOIN pghistory_context context ON context.id = event.pgh_context_id"
        )
        commands = cursor.fetchall()

    assert commands == [("load_founding_cycle",)]


def test_jalisco_s_commitments_stand_as_the_reference_with_their_source_and_certainty(founding_cycle):
    plan = ActionPlan.objects.get(organization__isnull=False)
    commitments = list(plan.commitments.values_list("code", "title_en", "policy_area", "source_note"))

    assert (plan.holder.slug, plan.only_years_known, plan.starts_on.year, plan.ends_on.year) == (
        *("stl-jalisco", True),
        *(2016, 2018),
    )
    assert [code for code, *_rest in commitments] == [f"JAL000{number}" for number in range(1, 7)]
    assert commitments[1][1:] == (
        "Reducing the Wage Gap Between Men and Women in the State of Jalisco",
        "gender",
        "El título en español es traducción nuestra.",
    )
    assert commitments[5][2:] == (
        "",
        "El título en español es traducción nuestra. La clave se infiere de su lugar en la lista.",
    )
    assert set(plan.commitments.values_list("source", flat=True)) == {plan.source}
    assert plan.source == "https://www.opengovpartnership.org/members/jalisco-mexico/"
    assert not plan.commitments.filter(milestones__isnull=False).exists()
    assert not plan.commitments.filter(entries__isnull=False).exists()
