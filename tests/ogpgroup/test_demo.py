"""The demonstration fills every page, writes only to itself, and is marked wherever it shows."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.test import Client

from actionplans.models import ActionPlan, Deliverable
from cities.models import AccountInvitation, City, Cycle, GroupMembership, Membership, Organization, Role
from ogpgroup.demo.load import load_demo
from ogpgroup.erasure import erase_demo
from ogpgroup.founding.load import load_founding_cycle
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.database import contents
from workshops import emails
from workshops.models import Agreement, Participation, ScheduleRelease, Session, SessionVersion

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 1, 16, 30, tzinfo=UTC)  # a Tuesday
TODAY = date(2026, 12, 1)
PASSWORDS = {role: f"{role} y siete garzas" for role in Role.values}


@pytest.fixture
def demo(db: None) -> Cycle:
    load_demo(now=NOW, passwords=PASSWORDS)
    return Cycle.objects.get(is_demo=True)


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


def test_only_demonstration_people_are_expected_and_written_to(coordinator, member, official_reynosa):
    load_demo(now=NOW, passwords={})
    emails.plan_reminders(NOW)

    assert set(Participation.objects.values_list("user__is_demo", flat=True)) == {True}
    assert set(OutgoingMail.objects.values_list("user__is_demo", flat=True)) == {True}


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


@pytest.mark.parametrize("day", range(7))
def test_no_session_but_the_next_two_falls_on_a_weekend(day):
    now = NOW + timedelta(days=day)

    load_demo(now=now, passwords={})

    others = Session.objects.exclude(slug__in=["demo-respuesta-razonada", "demo-foros-de-colonia"])
    assert {one.local_day.weekday() for one in others} <= {0, 1, 2, 3, 4}


@pytest.mark.parametrize("hour", [0, 6, 12, 18, 23])
def test_reminders_are_about_to_go_whatever_the_hour(hour):
    now = datetime(2026, 12, 2, hour, 10, tzinfo=UTC)
    load_demo(now=now, passwords={})

    planned = emails.plan_reminders(now)

    assert planned > 0
    reminders = OutgoingMail.objects.filter(kind=emails.REMINDER)
    assert all(now <= one.due <= now + timedelta(hours=24) for one in reminders)


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
    plan = ActionPlan.objects.get()

    assert (str(demo.fellow_city), plan.status, plan.contact.email) == (
        "Ciudad Demo Norte",
        "active",
        "enlace.norte@demo.example",
    )
    assert [one.title for one in Deliverable.objects.late(TODAY)] == ["Primer informe de avance"]
    ahead = Deliverable.objects.get(title="Guía de foros de colonia")
    assert (ahead.status, ahead.due_on, ahead.handed_in_at) == (
        "handed_in",
        date(2026, 12, 31),
        datetime(2026, 11, 28, 15, tzinfo=UTC),
    )


def test_the_cycle_is_the_current_one(demo):
    assert list(Cycle.objects.current(TODAY)) == [demo]
    assert GroupMembership.objects.on(TODAY).count() == Organization.objects.count()


# --- Signing in -------------------------------------------------------------------------------------------------------


def test_first_person_of_each_role_signs_in_with_the_roles_password(demo, client):
    first = {role: Membership.objects.filter(role=role).order_by("user").first().user for role in Role.values}

    assert {role: user.email for role, user in first.items()} == {
        "coordinator": "coordinacion@demo.example",
        "official": "enlace.norte@demo.example",
        "member": "integrante@demo.example",
    }
    assert all(user.check_password(PASSWORDS[role]) for role, user in first.items())
    assert all(user.privacy_accepted_at for user in first.values())


def test_passwords_come_from_the_file_that_the_environment_names(tmp_path, monkeypatch):
    path = tmp_path / "passwords.json"
    path.write_text(json.dumps(PASSWORDS))
    monkeypatch.setenv("DEMO_PASSWORDS", str(path))

    call_command("load_demo", "--today", "2026-12-01")

    user = User.objects.get(email="integrante@demo.example")
    assert user.check_password(PASSWORDS["member"])


def test_without_passwords_nobody_signs_in_by_one(monkeypatch, capsys):
    monkeypatch.delenv("DEMO_PASSWORDS", raising=False)

    call_command("load_demo")

    assert not any(user.has_usable_password() for user in User.objects.all())
    assert "by a mailed code only" in capsys.readouterr().out


# --- Twice, and gone again --------------------------------------------------------------------------------------------


def test_second_load_changes_nothing(demo, capsys):
    before = contents()

    call_command("load_demo", "--today", "2027-03-01")

    assert contents() == before
    assert "there already" in capsys.readouterr().out


def test_removal_leaves_the_database_as_it_was(coordinator, member):
    load_founding_cycle()
    factories.create_cycle(name="Ciclo en preparación")
    Client().force_login(member)
    before = contents()
    load_demo(now=NOW, passwords=PASSWORDS)
    emails.plan_reminders(NOW)
    person = User.objects.get(email="coordinacion@demo.example")
    Client().force_login(person)

    erased = erase_demo()

    assert contents() == before
    assert erased["ogpgroup.User"] == 12
    assert erased["workshops.ScheduleRelease"] == 4


def test_removal_by_command_and_once_more(demo, capsys):
    call_command("remove_demo")
    call_command("remove_demo")

    said = capsys.readouterr().out
    assert "The demonstration is gone" in said
    assert "There is no demonstration to remove." in said


def test_loaded_again_after_removal(demo):
    erase_demo()

    made = load_demo(now=NOW + timedelta(days=40), passwords={})

    assert len(made) == 14


def test_the_public_sees_the_public_ones_alone(demo):
    seen = SessionVersion.objects.current().visible_to(AnonymousUser())

    assert set(seen.values_list("visibility", flat=True)) == {"public"}
    assert seen.count() == 12
