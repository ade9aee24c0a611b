"""One of everything that somebody may not see, with names found nowhere else."""

import logging
import secrets
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from actionplans import actions as plan_actions
from actionplans.actions import evidence
from actionplans.models import ActionPlan, Deliverable, Evidence, Milestone, ProgressEntry
from cities.models import AccountInvitation, City, Cycle, Membership, Organization
from feedback.models import Answer, Note, ReviewRound
from ogpgroup import mail
from ogpgroup.models import OutgoingMail, RefusedAddress, User, Withholding
from tests import factories
from tests.access.roles import COORDINATORS, EVERYBODY, GROUP, NOBODY, Role
from tests.access.world_agenda import add_agenda
from tests.access.world_diagnosis import add_halls
from tests.access.world_notes import add_notes
from tests.access.world_records import add_records, hold_sessions
from tests.access.world_rounds import build_rounds
from tests.access.world_tables import add_tables
from tests.access.world_withheld import add_withheld
from tests.database import kept_for_reading
from tests.factories_schedule import create_agreement, create_session, in_days, publish
from tests.workshops.published import forget_what_is_kept
from workshops import actions as workshops
from workshops.actions.agenda import publish_agenda
from workshops.actions.attendance import make_check_in_code
from workshops.actions.replies import receive_reply
from workshops.models import (
    AgendaItem,
    Agreement,
    CalendarFeed,
    Material,
    Minutes,
    Photo,
    ScheduleRelease,
    Session,
    TableNote,
    Theme,
    VotingRound,
    WorkTable,
)


@dataclass
class World:
    """Objects by name, who may see which name, and the cookie of each person."""

    people: dict[Role, User] = field(default_factory=dict)
    cookies: dict[Role, str] = field(default_factory=dict)
    names: dict[str, frozenset[Role]] = field(default_factory=dict)  # a hidden name and who may see it
    seen: set[str] = field(default_factory=set)  # hidden names that somebody was rightly shown

    reynosa: City = field(init=False)
    colima: City = field(init=False)
    organization: Organization = field(init=False)
    cycle: Cycle = field(init=False)
    next_cycle: Cycle = field(init=False)
    invitation: AccountInvitation = field(init=False)
    membership: Membership = field(init=False)
    open: Session = field(init=False)  # public, published, with an edit that is not
    past: Session = field(init=False)
    group: Session = field(init=False)
    invited: Session = field(init=False)
    draft: Session = field(init=False)
    running: Session = field(init=False)  # begun, with a code at its door
    agreement: Agreement = field(init=False)  # of the session that was held
    next_session: Session = field(init=False)  # of the cycle without a fellow city
    choice: Agreement = field(init=False)
    photo: Photo = field(init=False)  # of the session that was held
    held: dict[str, Session] = field(default_factory=dict)  # those that have left something behind
    minutes: dict[str, Minutes] = field(default_factory=dict)
    theme: Theme = field(init=False)  # of the session that is on, and the one that is voted on there
    voted_theme: Theme = field(init=False)
    voting: VotingRound = field(init=False)
    release: ScheduleRelease = field(init=False)
    plan: ActionPlan = field(init=False)
    draft_plan: ActionPlan = field(init=False)
    deliverable: Deliverable = field(init=False)
    handed_in: Deliverable = field(init=False)
    draft_deliverable: Deliverable = field(init=False)
    milestone: Milestone = field(init=False)
    draft_milestone: Milestone = field(init=False)
    entry: ProgressEntry = field(init=False)
    reference: ActionPlan = field(init=False)
    closed_plan: ActionPlan = field(init=False)
    dropped: Deliverable = field(init=False)
    accepted: Deliverable = field(init=False)
    file: Evidence = field(init=False)
    draft_file: Evidence = field(init=False)
    returned_file: Evidence = field(init=False)
    waiting_file: Evidence = field(init=False)
    notes: dict[str, Note] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    item: AgendaItem = field(init=False)  # of the session for those invited
    planned: AgendaItem = field(init=False)  # of an agenda that is not published, presented by the official
    materials: dict[str, Material] = field(default_factory=dict)
    open_round: ReviewRound = field(init=False)
    closed_round: ReviewRound = field(init=False)
    published_round: ReviewRound = field(init=False)
    account_mail: OutgoingMail = field(init=False)
    session_mail: OutgoingMail = field(init=False)
    failed_mail: OutgoingMail = field(init=False)
    table: WorkTable = field(init=False)  # of the session that is on; the official writes there
    table_notes: dict[str, TableNote] = field(default_factory=dict)
    withheld: dict[str, Withholding] = field(default_factory=dict)  # by what is withheld
    withheld_file: Evidence = field(init=False)
    unsubscribe_token: str = field(init=False)
    feed: CalendarFeed = field(init=False)  # of the ex-member

    def hide(self, name: str, *, seen_by: Iterable[Role]) -> str:
        """A name like no other, for a thing that only these may see."""
        unique = f"{name} {secrets.token_hex(6)}"
        self.names[unique] = frozenset(seen_by)
        return unique

    def client(self, role: Role, *, csrf: bool = False) -> Client:
        """A fresh browser in which the person is signed in."""
        return self.enter(Client(enforce_csrf_checks=csrf), role)

    def enter[C: Client](self, client: C, role: Role) -> C:
        if role in self.cookies:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.cookies[role]
        return client

    @staticmethod
    def forget() -> None:
        """Limits: each request of the table stands alone. What the process keeps stays, so that a leak shows."""
        cache.clear()


def build() -> World:
    """The world of the table: the rows of an area share one, and every request in it is rolled back."""
    world = World()
    _people(world)
    _sessions(world)
    _plans(world)
    build_rounds(world)
    add_notes(world)
    add_withheld(world)
    add_agenda(world)
    add_halls(world)
    add_records(world)
    add_tables(world)
    _drafts(world)
    _mails(world)
    return world


def _people(world: World) -> None:
    world.reynosa = factories.create_city(name="Reynosa", slug="reynosa", time_zone="America/Matamoros")
    world.colima = factories.create_city(name="Colima", slug="colima", state="Colima", state_code="MX-COL")
    alliance = factories.create_organization(name="Alianza", slug="alianza", coordinates_group=True)
    world.organization = factories.create_organization(name="Colectivo", slug="colectivo")
    guests = factories.create_organization(name="Observatorio", slug="observatorio")
    people = {
        Role.COORDINATOR: factories.create_coordinator(organization=alliance),
        Role.PLAIN_COORDINATOR: factories.create_coordinator(organization=alliance),
        Role.MEMBER: factories.create_member(organization=world.organization),
        Role.GUEST: factories.create_member(organization=guests),
        Role.OFFICIAL: factories.create_official(city=world.reynosa),
        Role.OTHER_OFFICIAL: factories.create_official(city=world.colima),
        Role.EX_MEMBER: factories.create_member(organization=guests),
        Role.DEACTIVATED: factories.create_coordinator(organization=alliance),
    }
    for role, person in people.items():
        person.email = f"{secrets.token_hex(6)}@ejemplo.mx"
        person.save(update_fields=["email"])
        person.emailaddress_set.update(email=person.email)
        world.names[person.email] = COORDINATORS | {role}
    world.people = people
    secret = Authenticator.Type.TOTP
    Authenticator.objects.create(user=people[Role.COORDINATOR], type=secret, data={"secret": "cannot be read"})
    world.membership = people[Role.MEMBER].memberships.get()
    world.invitation = factories.create_invitation(
        email=f"{secrets.token_hex(6)}@ejemplo.mx",
        organization=world.organization,
        invited_by=people[Role.COORDINATOR],
    )
    # Who holds the link sees to whom it was sent.
    world.names[world.invitation.email] = EVERYBODY


def _sessions(world: World) -> None:
    guest, coordinator = world.people[Role.GUEST], world.people[Role.COORDINATOR]
    invited = COORDINATORS | {Role.GUEST}
    today = timezone.localdate()
    world.cycle = factories.create_cycle(
        slug="ciclo",
        starts_on=today - timedelta(days=90),
        ends_on=today + timedelta(days=275),
        fellow_city=world.reynosa,
    )
    world.next_cycle = factories.create_cycle(
        slug="siguiente", starts_on=today + timedelta(days=276), ends_on=today + timedelta(days=600)
    )
    world.open = create_session(
        cycle=world.cycle,
        title="Abierta",
        people=[guest],
        organizations=[guest.memberships.get().organization],
        starts_at=in_days(10),
        join_url=f"https://sala.example.org/{secrets.token_hex(8)}",
    )
    world.names[world.open.join_url] = invited
    world.past = create_session(cycle=world.cycle, title="Pasada", starts_at=in_days(-20))
    world.group = create_session(
        cycle=world.cycle, title=world.hide("Del grupo", seen_by=GROUP), visibility="group", starts_at=in_days(12)
    )
    world.invited = create_session(
        cycle=world.cycle,
        title=world.hide("Reservada", seen_by=invited),
        visibility="invited",
        people=[guest],
        organizations=[guest.memberships.get().organization],
        starts_at=in_days(14),
        purpose=world.hide("Propósito reservado", seen_by=invited),
        join_url=f"https://sala.example.org/{secrets.token_hex(8)}",
    )
    world.names[world.invited.join_url] = invited
    world.running = create_session(
        cycle=world.cycle,
        title="En curso",
        mode="hybrid",
        people=[guest],
        starts_at=timezone.now() - timedelta(minutes=30),
        join_url=f"https://sala.example.org/{secrets.token_hex(8)}",
    )
    world.names[world.running.join_url] = invited
    world.next_session = create_session(cycle=world.next_cycle, title="Elección", starts_at=in_days(290))
    publish(world.next_cycle, by=coordinator)
    hold_sessions(world)
    world.release = publish(world.cycle, by=coordinator).release
    make_check_in_code(world.running)
    for session, seen_by in ((world.group, GROUP), (world.invited, invited)):
        create_agreement(session=session, text=world.hide("Acuerdo", seen_by=seen_by))
        AgendaItem.objects.create(
            session=session, position=1, kind="plenary", title=world.hide("Punto", seen_by=seen_by)
        )
        publish_agenda(session, now=timezone.now())
        WorkTable.objects.create(session=session, number=1, theme=world.hide("Mesa", seen_by=seen_by))
    create_agreement(session=world.past)


def _drafts(world: World) -> None:
    """Last: whoever publishes after this publishes these too."""
    guest = world.people[Role.GUEST]
    world.draft = create_session(cycle=world.cycle, title=world.hide("Borrador", seen_by=COORDINATORS))
    world.open.refresh_from_db()
    world.open.title = world.hide("Abierta, cambiada", seen_by=COORDINATORS)
    expected = list(world.open.audience_organizations.all())
    workshops.save_draft(
        world.open,
        organizations=expected,
        people=[guest],
        by=world.people[Role.COORDINATOR],
        seen_edits=world.open.edits,
    )


def _plans(world: World) -> None:
    official = world.people[Role.OFFICIAL]
    keepers = COORDINATORS | {Role.OFFICIAL}
    world.plan = factories.create_plan(city=world.reynosa, cycle=world.cycle, slug="reynosa", contact=official)
    world.deliverable = factories.create_deliverable(plan=world.plan)
    world.draft_plan = factories.create_plan(
        city=world.reynosa,
        cycle=world.next_cycle,
        slug="reynosa-borrador",
        title=world.hide("Plan en preparación", seen_by=keepers),
        status=ActionPlan.Status.DRAFT,
    )
    drafted = factories.create_deliverable(plan=world.draft_plan, title=world.hide("Entrega", seen_by=keepers))
    world.draft_deliverable = drafted
    ready = factories.create_deliverable(
        plan=world.draft_plan, title=world.hide("Propuesta", seen_by=keepers), status="handed_in"
    )
    world.draft_file = _file(ready, world.hide("Minuta", seen_by=keepers), by=official)
    world.handed_in = factories.create_deliverable(plan=world.plan, title="Informe", status="handed_in")
    world.file = _file(world.handed_in, "Minuta", by=official)
    world.returned_file = _file(world.deliverable, world.hide("Minuta", seen_by=keepers), by=official)
    world.milestone = factories.create_milestone(commitment=factories.create_commitment(plan=world.plan))
    world.entry = factories.create_entry(milestone=world.milestone, reported_by=official)
    mistake = factories.create_entry(milestone=world.milestone, reported_by=official)
    plan_actions.retract_progress(mistake, reason="Era de otro plan.", by=official, now=timezone.now())
    promised = factories.create_commitment(plan=world.draft_plan, title=world.hide("Compromiso", seen_by=keepers))
    world.draft_milestone = factories.create_milestone(commitment=promised, title=world.hide("Hito", seen_by=keepers))
    world.reference = factories.create_reference_plan()
    world.closed_plan = factories.create_plan(city=world.reynosa, status=ActionPlan.Status.CLOSED)
    world.dropped = factories.create_deliverable(plan=world.plan, status="dropped")
    world.accepted = factories.create_deliverable(plan=world.plan, status="accepted")
    waiting = world.hide("Minuta", seen_by={Role.OFFICIAL})
    world.waiting_file = _file(world.deliverable, waiting, by=official, waits=True)


def _file(deliverable: Deliverable, content: str, *, by: User, waits: bool = False) -> Evidence:
    """What stands in it is the secret; its name is part of the address, which pages repeat to whoever asks."""
    upload = SimpleUploadedFile("minuta.csv", content.encode())
    kept = evidence.keep_file(deliverable.plan, upload=upload, alt="", by=by)
    return kept if waits else evidence.attach(deliverable=deliverable, uuids=[kept.uuid], by=by)[0]


def _mails(world: World) -> None:
    receive_reply(b"From: alguien@ejemplo.mx\r\nSubject: Hola\r\n\r\nNo puedo ir.", now=timezone.now())
    member, guest = world.people[Role.MEMBER], world.people[Role.GUEST]
    code = world.hide("Su código es", seen_by=NOBODY)
    world.account_mail = _mail("account", to=member, priority=OutgoingMail.Priority.ACCOUNT, text=code)
    link = mail.unsubscribe_url(guest.pk)
    world.names[link.rstrip("/").rpartition("/")[2]] = NOBODY
    body = world.hide("Le esperamos", seen_by=COORDINATORS)
    world.session_mail = _mail("reminder", to=guest, text=f"{body}\n{link}")
    world.failed_mail = _mail("change", to=guest, text="Cambio", status=OutgoingMail.Status.FAILED)
    RefusedAddress.objects.create(
        user=guest, address=guest.email, times=2, last_at=timezone.now(), reply="550 5.1.1 No such person"
    )
    _mail("cancellation", to=guest, text="Cancelada", status=OutgoingMail.Status.PARKED)
    world.feed = CalendarFeed.objects.create(user=world.people[Role.EX_MEMBER])  # no hidden name in it
    world.unsubscribe_token = mail.unsubscribe_url(member.pk).rstrip("/").rpartition("/")[2]


def _mail(
    kind: str,
    *,
    to: User,
    text: str,
    priority: int = OutgoingMail.Priority.REMINDER,
    status: str = OutgoingMail.Status.QUEUED,
) -> OutgoingMail:
    now = timezone.now()
    return OutgoingMail.objects.create(
        key=f"{kind}:of the table",
        kind=kind,
        priority=priority,
        status=status,
        user=to,
        recipient=to.email,
        subject_type="session",
        headline=text.splitlines()[0],
        rendered=(
            "From: a@example.org\nContent-Type: multipart/alternative; boundary=x\n\n"
            f"--x\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
            f"--x\nContent-Type: text/html; charset=utf-8\n\n<p>{text}</p>\n--x--\n"
        ).encode(),
        due=now,
        useful_until=now + timedelta(days=1),
        message_id="<a@example.org>",
    )


def leave(world: World) -> None:
    """One person has left, one account is closed; both still hold the cookie of better days."""
    for role, person in world.people.items():
        client = Client()
        client.force_login(person)
        world.cookies[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(user=world.people[Role.EX_MEMBER]).update(until=yesterday)
    get_user_model().objects.filter(pk=world.people[Role.DEACTIVATED].pk).update(is_active=False)


@pytest.fixture(scope="module")
def shared_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once for the tests of a module, none of which may be marked `django_db`: see `kept_for_reading`."""
    with kept_for_reading(django_db_blocker):
        built = build()
        leave(built)
        connection.check_constraints()
        yield built


@pytest.fixture
def world(shared_world: World, caplog: pytest.LogCaptureFixture) -> Iterator[World]:
    """As it was built: what a test does to it, in the database or in memory, is undone."""
    caplog.set_level(logging.ERROR, logger="django.request")  # refusals are what we came for
    forget_what_is_kept()  # of another test, whose releases had the same numbers
    with transaction.atomic():
        yield deepcopy(shared_world)
        transaction.set_rollback(True)
