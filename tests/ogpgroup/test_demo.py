"""The demonstration fills every page, writes only to itself, and is marked wherever it shows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import override
from pytest_django.plugin import DjangoDbBlocker

from actionplans.models import ActionPlan, Deliverable
from cities.models import AccountInvitation, City, Cycle, GroupMembership, Membership, Organization, Role
from ogpgroup.demo.load import load_demo, working_day
from ogpgroup.models import OutgoingMail, User
from tests.database import kept_for_reading
from workshops import letters
from workshops.models import Agreement, Participation, ScheduleRelease, Session, SessionVersion
from workshops.reports.board import board_of

pytestmark = pytest.mark.slow

NOW = datetime(2026, 12, 1, 16, 30, tzinfo=UTC)  # a Tuesday
TODAY = date(2026, 12, 1)
PASSWORDS = {role: f"{role} y siete garzas" for role in Role.values}


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cycle]:
    with kept_for_reading(django_db_blocker):
        load_demo(now=NOW, passwords=PASSWORDS)
        yield Cycle.objects.get(is_demo=True)


# --- Marked and apart -------------------------------------------------------------------------------------------------


def test_everything_is_marked(demo):
    marked = (City, Organization, User, Cycle, Session, ScheduleRelease, SessionVersion, ActionPlan, AccountInvitation)

    assert {model.__name__: set(model.objects.values_list("is_demo", flat=True)) for model in marked} == {
        model.__name__: {True} for model in marked
    }
    assert set(OutgoingMail.objects.values_list("is_demo", flat=True)) == {True}


def test_calendar_entries_say_that_it_is_a_demonstration(demo):
    summaries = [bytes(version.vevent).split(b"SUMMARY:")[1][:6] for version in SessionVersion.objects.all()]

    assert set(summaries) == {b"[DEMO]"}


def test_subjects_of_mail_say_so_too(demo):
    mails = list(OutgoingMail.objects.select_related("user"))

    subjects = {rendered.headline for rendered in letters.invitation(mails, NOW).values()}

    assert len(subjects) > 5
    assert all("[DEMO]" in subject for subject in subjects)


def test_nothing_leads_to_a_place_on_the_net_that_exists(demo):
    assert {user.email.rpartition("@")[2] for user in User.objects.all()} == {"demo.example"}
    links = set(Session.objects.exclude(join_url="").values_list("join_url", flat=True))
    assert links
    assert all(link.startswith("https://reuniones.example/") for link in links)


def test_codes_of_made_up_municipalities_cannot_be_real_ones(demo):
    assert set(City.objects.values_list("cvegeo", "name", "time_zone")) == {
        ("D0001", "Ciudad Demo Norte", "America/Matamoros"),
        ("D0002", "Ciudad Demo Pacífico", "America/Mazatlan"),
        ("D0003", "Ciudad Demo Sureste", "America/Merida"),
        ("D0004", "Ciudad Demo Centro", "America/Mexico_City"),
        ("D0005", "Ciudad Demo Sierra", "America/Mexico_City"),
    }
    assert set(City.objects.values_list("population", flat=True)) == {None}


# --- What it shows ----------------------------------------------------------------------------------------------------


def test_sessions_of_every_sort_before_and_after_today(demo):
    versions = SessionVersion.objects.current()
    ahead, past = list(versions.upcoming(NOW)), list(versions.past(NOW))

    assert (len(ahead), len(past)) == (8, 6)
    assert {one.mode for one in ahead} == {"remote", "face_to_face", "hybrid"}
    assert {one.kind for one in ahead} == {"webinar", "working_session", "workshop"}
    assert {one.visibility for one in ahead} == {"public", "group", "invited"}
    assert {one.status for one in ahead} == {one.status for one in past} == {"planned", "cancelled"}
    assert [one.slug for one in ahead if one.day] == ["demo-encuentro"]
    assert SessionVersion.objects.filter(change="changed").count() == 2


def test_board_has_something_to_warn_of(demo):
    cycle = Cycle.objects.get(is_demo=True)
    with override("en"):
        cards = [card for month in board_of(cycle, now=NOW) for card in month.cards]

    warned = {card.session.slug: " ".join(card.advice) for card in cards if card.advice}
    assert {slug for slug, advice in warned.items() if "expected at both" in advice} == {
        "demo-segundo-avance",
        "demo-borrador-indicadores",
    }
    assert "Less notice than the group promised" in warned["demo-borrador-presupuesto"]
    assert "outside usual working hours" in warned["demo-borrador-presupuesto"]
    assert SessionVersion.objects.filter(session__slug__startswith="demo-borrador").count() == 0


def test_there_is_a_session_tomorrow_next_week_and_in_two_weeks(demo):
    days = {one.slug: one.local_day for one in SessionVersion.objects.current().upcoming(NOW)}

    assert days["demo-respuesta-razonada"] == TODAY + timedelta(days=1)
    assert days["demo-foros-de-colonia"] == TODAY + timedelta(days=3)
    assert days["demo-seguimiento"] == date(2026, 12, 9)
    assert days["demo-localidades"] == date(2026, 12, 15)


def test_hours_are_those_of_the_place(demo):
    starts = {one.slug: one.starts_at for one in Session.objects.all()}

    assert starts["demo-foros-de-colonia"] == datetime(2026, 12, 4, 16, tzinfo=UTC)  # 10:00 at the border, in winter
    assert starts["demo-localidades"] == datetime(2026, 12, 15, 18, tzinfo=UTC)  # 11:00 on the Pacific


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 12, 4), 4), (date(2026, 12, 5), 7), (date(2026, 12, 6), 7), (date(2026, 12, 7), 7)],
)
def test_weekend_gives_way_to_monday(day, expected):
    assert working_day(day) == date(2026, 12, expected)


def test_releases_tell_their_story_and_only_the_newest_tells_people(demo):
    releases = list(ScheduleRelease.objects.order_by("number").values_list("released_at", "notified"))

    assert releases == [
        (datetime(2026, 7, 4, 15, tzinfo=UTC), False),
        (datetime(2026, 9, 22, 15, tzinfo=UTC), False),
        (datetime(2026, 11, 5, 15, tzinfo=UTC), False),
        (NOW, True),
    ]
    assert set(OutgoingMail.objects.values_list("kind", "due")) == {("session_invitation", NOW)}
    # A session ahead that no told release touched would be forgotten by the planner.
    assert set(SessionVersion.objects.current().upcoming(NOW).values_list("release__notified", flat=True)) == {True}


def test_invitations_go_to_those_expected(demo):
    people = User.objects.count()
    invited = {
        slug: Participation.objects.filter(session__slug=slug).count()
        for slug in ("demo-respuesta-razonada", "demo-seguimiento", "demo-revision-informe", "demo-datos-abiertos")
    }

    assert invited == {
        "demo-respuesta-razonada": people,
        "demo-seguimiento": 5,
        "demo-revision-informe": 3,
        "demo-datos-abiertos": 0,
    }


def test_some_have_answered_and_some_have_not(demo):
    assert set(Participation.objects.values_list("answer", flat=True)) == {"yes", "maybe", "none"}


def test_sessions_held_left_tables_and_agreements(demo):
    statuses = set(Agreement.objects.values_list("status", flat=True))

    assert statuses == {"open", "done", "dropped"}
    assert Agreement.objects.overdue(TODAY).count() == 1
    assert set(Session.objects.filter(day=None, starts_at__lt=NOW, status="planned").values_list("report")) != {("",)}


def test_fellow_city_has_a_plan_with_one_deliverable_late_and_one_ahead(demo):
    plan = ActionPlan.objects.get(contact__email="enlace.norte@demo.example")

    assert (str(demo.fellow_city), plan.city, plan.status) == ("Ciudad Demo Norte", demo.fellow_city, "active")
    assert [one.title for one in Deliverable.objects.late(TODAY)] == ["Primer informe de avance"]
    ahead = Deliverable.objects.get(title="Guía de foros de colonia")
    assert (ahead.status, ahead.due_on, ahead.handed_in_at) == (
        "handed_in",
        date(2026, 12, 31),
        datetime(2026, 11, 28, 18, tzinfo=UTC),
    )


def test_the_cycle_is_the_current_one(demo):
    assert list(Cycle.objects.current(TODAY)) == [demo]
    assert GroupMembership.objects.on(TODAY).count() == Organization.objects.count()


# --- Signing in -------------------------------------------------------------------------------------------------------


def test_first_person_of_each_role_signs_in_with_the_roles_password(demo):
    first = {role: Membership.objects.filter(role=role).order_by("user")[0].user for role in Role.values}

    assert {role: user.email for role, user in first.items()} == {
        "coordinator": "coordinacion@demo.example",
        "official": "enlace.norte@demo.example",
        "member": "integrante@demo.example",
    }
    assert all(user.check_password(PASSWORDS[role]) for role, user in first.items())
    assert all(user.privacy_accepted_at for user in first.values())


def test_the_public_sees_the_public_ones_alone(demo):
    seen = SessionVersion.objects.current().visible_to(AnonymousUser())

    assert set(seen.values_list("visibility", flat=True)) == {"public"}
    assert seen.count() == 12
