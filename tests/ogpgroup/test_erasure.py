"""Erasing takes a demonstration away whole and nothing else; nobody else may lift a trigger."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pgtrigger
import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session as BrowserSession
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from actionplans import emails as plan_mails
from actionplans.models import ActionPlan, Evidence
from cities.models import AccountInvitation, Cycle, Membership, Organization
from feedback.emails import direct as direct_mails
from feedback.emails import notes as note_mails
from feedback.emails import rounds as round_mails
from ogpgroup import mail
from ogpgroup.erasure import SUBJECTS, StillInUse, erase_demo
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.database import contents
from workshops import actions
from workshops import emails as session_mails
from workshops.models import Participation, ReceivedReply, ScheduleRelease, Session, SessionVersion

APPS = ("ogpgroup", "cities", "actionplans", "workshops", "feedback")


# --- Who may lift a trigger -------------------------------------------------------------------------------------------


def lifts_a_trigger(source: str) -> bool:
    """Whether a module turns triggers off, by pgtrigger or in SQL."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(attr="ignore" | "disable" | "uninstall", value=ast.Name(id="pgtrigger")):
                return True
            case ast.ImportFrom(module=module) if (module or "").startswith("pgtrigger") and any(
                name.name in {"ignore", "disable", "uninstall", "runtime"} for name in node.names
            ):
                return True
            case ast.Constant(value=str(text)) if any(
                words in text.lower() for words in ("disable trigger", "session_replication_role", "pgtrigger.ignore")
            ):
                return True
    return False


def test_only_the_erasure_module_lifts_triggers():
    files = [path for app in APPS for path in (Path(settings.BASE_DIR) / app).rglob("*.py")]
    ours = [path for path in files if "migrations" not in path.parts]

    lifting = [str(path.relative_to(settings.BASE_DIR)) for path in ours if lifts_a_trigger(path.read_text())]

    assert lifting == ["ogpgroup/erasure.py"]


@pytest.mark.parametrize(
    "source",
    [
        "import pgtrigger\nwith pgtrigger.ignore():\n    pass",
        "from pgtrigger import ignore",
        "import pgtrigger\npgtrigger.disable('a.B:c')",
        "cursor.execute('ALTER TABLE a DISABLE TRIGGER ALL')",
        "cursor.execute('SET session_replication_role = replica')",
        "cursor.execute(\"SELECT set_config('pgtrigger.ignore', '{}', true)\")",
    ],
)
def test_each_way_of_lifting_one_would_be_noticed(source):
    assert lifts_a_trigger(source)


# --- What goes and what stays -----------------------------------------------------------------------------------------


@pytest.fixture
def demo_coordinator(db: None) -> User:
    user = factories.create_user(email="coordinacion@demo.example", is_demo=True)
    coordination = factories.create_organization(slug="coordinacion-demo", coordinates_group=True, is_demo=True)
    factories.create_membership(user=user, organization=coordination, role="coordinator")
    return user


def create_session(cycle: Cycle, *, by: User | None, is_demo: bool = False) -> Session:
    start = timezone.now() + timedelta(days=30)
    session = Session(
        cycle=cycle,
        title="Sesión",
        kind="webinar",
        mode="remote",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        is_demo=is_demo,
    )
    return actions.save_draft(session, organizations=[], people=[], by=by)


def edit(session: Session, *, by: User) -> Session:
    session.title = "Sesión, cambiada"
    return actions.save_draft(session, organizations=[], people=[], by=by, seen_edits=session.edits)


@pytest.mark.django_db
def test_nothing_to_erase_is_no_mistake(coordinator):
    before = contents()

    assert erase_demo().total() == 0
    assert contents() == before


def test_what_a_demonstration_person_did_to_real_rows_stays_without_the_name(demo_coordinator, coordinator):
    cycle = factories.create_cycle()
    session = edit(create_session(cycle, by=coordinator), by=demo_coordinator)
    release = actions.publish_release(cycle, by=demo_coordinator, note="Calendario").release

    erase_demo()

    release.refresh_from_db()
    session.refresh_from_db()
    assert (release.released_by, release.note) == (None, "Calendario")
    assert session.edited_by is None
    assert release.versions.get() == session.current_version
    assert not Participation.objects.filter(user__is_demo=True).exists()


def test_history_of_real_rows_stays_and_names_no_demonstration_person(demo_coordinator):
    session = edit(create_session(factories.create_cycle(), by=None), by=demo_coordinator)

    erase_demo()

    history = apps.get_model("workshops.SessionEvent").objects.filter(pgh_obj=session.pk).order_by("pgh_id")
    events = list(history.values_list("pgh_label", "edited_by"))
    assert events == [("insert", None), ("update", None), ("update", None)]  # the last one is the erasure's own


def test_what_hangs_on_a_demonstration_row_goes_though_it_is_not_marked(coordinator, reynosa):
    cycle = factories.create_cycle(is_demo=True)
    session = create_session(cycle, by=coordinator)
    actions.publish_release(cycle, by=coordinator)
    factories.create_candidacy(cycle=cycle, city=reynosa)

    erase_demo()

    assert not Session.objects.filter(pk=session.pk).exists()
    assert SessionVersion.objects.count() == ScheduleRelease.objects.count() == Cycle.objects.count() == 0
    assert OutgoingMail.objects.filter(subject_type="session").count() == 0
    assert User.objects.get() == coordinator


def test_real_cycle_with_a_made_up_fellow_city_loses_day_and_reason_with_it(db):
    city = factories.create_city(cvegeo="D0001", is_demo=True)
    cycle = factories.create_cycle(fellow_city=city)

    erase_demo()

    cycle.refresh_from_db()
    assert (cycle.fellow_city, cycle.fellow_named_on, cycle.fellow_reason) == (None, None, "")


def test_ended_membership_of_a_real_person_in_a_made_up_institution_goes(demo_coordinator, member):
    coordination = Organization.objects.get(slug="coordinacion-demo")
    factories.create_membership(user=member, organization=coordination, until=date(2018, 1, 31))

    erase_demo()

    assert list(User.objects.all()) == [member]
    assert Membership.objects.count() == 1


# --- What is real is not taken along ----------------------------------------------------------------------------------


def real_institution_in_a_made_up_city(_made_up: User) -> str:
    row = factories.create_organization(name="Instituto", city=factories.create_city(cvegeo="D0001", is_demo=True))
    return f"cities.Organization {row.pk}: Instituto"


def real_person_in_a_made_up_institution(made_up: User) -> str:
    user, organization = factories.create_user(name="Ana Real"), made_up.memberships.get().organization
    row = factories.create_membership(user=user, organization=organization)
    return f"cities.Membership {row.pk}: {row}"


def made_up_account_in_a_real_institution(made_up: User) -> str:
    row = factories.create_membership(user=made_up, organization=factories.create_organization(name="Colectivo"))
    return f"cities.Membership {row.pk}: {row}"


def real_plan_of_a_made_up_city(_made_up: User) -> str:
    row = factories.create_plan(city=factories.create_city(cvegeo="D0001", is_demo=True), title="Plan real")
    return f"actionplans.ActionPlan {row.pk}: {row}"


@pytest.mark.parametrize(
    "tie",
    [
        real_institution_in_a_made_up_city,
        real_person_in_a_made_up_institution,
        made_up_account_in_a_real_institution,
        real_plan_of_a_made_up_city,
    ],
)
def test_removal_is_refused_and_names_what_is_real(demo_coordinator, tie):
    named = tie(demo_coordinator)
    before = contents()

    with pytest.raises(StillInUse) as refusal:
        erase_demo()
    with pytest.raises(CommandError, match="Nothing was removed") as told:
        call_command("remove_demo")

    assert refusal.value.rows == [named]
    assert named in str(told.value)
    assert contents() == before


def test_whatever_an_account_of_the_demonstration_makes_goes_with_it(demo_coordinator, reynosa):
    """Through the pages and actions that people use, some of it beside what is real."""
    real_cycle = factories.create_cycle(slug="real", fellow_city=reynosa)
    before = contents()
    client = Client()
    client.force_login(demo_coordinator)
    coordination = demo_coordinator.memberships.get().organization
    days = {"starts_on": "2031-01-01", "ends_on": "2031-12-31", "notice_days": 14}
    for path, typed in {
        "/coordination/organizations/new/": {"name": "Nueva", "kind": "ngo", "certainty": "sure"},
        "/coordination/cycles/new/": {"name": "Ciclo de prueba", **days},
        "/coordination/invitations/new/": {
            "email": "nueva@ejemplo.mx",
            "organization": coordination.pk,
            "role": "member",
            "language": "es-mx",
        },
        "/cycles/real/plans/new/": {"title": "Plan de prueba", "instrument": "pmd", "aim": "Probar.", **days},
    }.items():
        assert client.post(path, typed).status_code == 302
    create_session(Cycle.objects.get(name="Ciclo de prueba"), by=demo_coordinator)
    create_session(real_cycle, by=demo_coordinator)
    actions.publish_release(real_cycle, by=demo_coordinator)

    made = (Organization, Cycle, AccountInvitation, ActionPlan, Session, ScheduleRelease, SessionVersion, OutgoingMail)
    assert {model.__name__: model.objects.filter(is_demo=True).count() for model in made} == {
        "Organization": 2,
        "Cycle": 1,
        "AccountInvitation": 1,
        "ActionPlan": 1,
        "Session": 2,
        "ScheduleRelease": 1,
        "SessionVersion": 1,
        "OutgoingMail": 2,
    }
    erase_demo()

    after = contents()
    assert not User.objects.exists()
    assert [table for table, rows in after.items() if rows - before[table]] == []


def test_accounts_go_with_addresses_browser_sessions_and_mail(demo_coordinator, member):
    for person in (demo_coordinator, member):
        Client().force_login(person)
    now = timezone.now()
    mail.enqueue(
        OutgoingMail(
            key=f"account:{number}",
            kind="account",
            priority=1,
            recipient=recipient,
            subject_type="ogpgroup.user",
            due=now,
            useful_until=now + timedelta(days=1),
        )
        for number, recipient in enumerate([demo_coordinator.email, member.email])
    )

    erase_demo()

    assert [one.email for one in EmailAddress.objects.all()] == [member.email]
    assert [one.get_decoded()["_auth_user_id"] for one in BrowserSession.objects.all()] == [str(member.pk)]
    assert [one.recipient for one in OutgoingMail.objects.all()] == [member.email]


def test_mails_of_a_persons_calendar_lose_their_words_and_address(demo_coordinator, coordinator):
    session = create_session(factories.create_cycle(), by=coordinator)
    words = {
        "sender": "a@ejemplo.mx",
        "attendee": "a@ejemplo.mx",
        "subject": "Acepto",
        "comment": "Con rampa",
        "raw": b"x",
    }
    replies = [
        ReceivedReply.objects.create(
            message_id=f"<{user.pk}@ejemplo.mx>",
            outcome="applied",
            participation=Participation.objects.create(session=session, user=user),
            **words,
        )
        for user in (demo_coordinator, coordinator)
    ]

    erase_demo()

    for reply in replies:
        reply.refresh_from_db()
    erased, other = ({name: getattr(reply, name) or None for name in words} for reply in replies)
    assert (replies[0].participation, erased) == (None, dict.fromkeys(words))
    assert {**other, "raw": bytes(replies[1].raw)} == words


def test_the_record_is_append_only_again_afterwards(demo_coordinator, coordinator):
    cycle = factories.create_cycle()
    create_session(cycle, by=coordinator)
    release = actions.publish_release(cycle, by=coordinator).release

    erase_demo()

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        ScheduleRelease.objects.filter(pk=release.pk).update(note="otra")
    assert not pgtrigger.is_ignored("workshops.ScheduleRelease:append_only")


def test_subjects_of_mail_are_models_that_exist():
    assert {apps.get_model(label)._meta.label for label in SUBJECTS.values()} == set(SUBJECTS.values())


def test_subjects_of_every_kind_of_mail_are_known():
    told = {one.SUBJECT for one in (plan_mails, direct_mails, note_mails, round_mails, session_mails)}

    assert told - set(SUBJECTS) == set()


@pytest.mark.django_db
def test_files_of_the_demonstration_are_deleted_and_others_stay(django_capture_on_commit_callbacks):
    names = {}
    for is_demo in (True, False):
        plan = factories.create_plan()
        ActionPlan.objects.filter(pk=plan.pk).update(is_demo=is_demo)
        kept = Evidence.objects.create(
            plan=plan,
            kind=Evidence.Kind.FILE,
            file=ContentFile(b"a;b", name="datos.csv"),
            name="datos.csv",
            content_type="text/csv",
            sha256="0" * 64,
        )
        names[is_demo] = str(kept.file.name)

    with django_capture_on_commit_callbacks(execute=True):
        erase_demo()

    assert {is_demo: default_storage.exists(name) for is_demo, name in names.items()} == {True: False, False: True}
