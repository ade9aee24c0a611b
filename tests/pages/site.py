"""The founding cycle and the demonstration behind a web server in this process, so that a visit tells what it drew."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from actionplans.actions import retract_progress
from actionplans.models import ActionPlan
from cities.models import AccountInvitation, Cycle, Membership, Organization, Role
from feedback.actions.rounds import close_round
from ogpgroup import mail, moderation
from ogpgroup.demo import agendas
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.factories_schedule import create_session
from tests.feedback import rounds
from tests.feedback.noting import answer, write
from tests.live_server import live_server
from tests.pages.attended import sessions_attended
from tests.pages.site_answers import asked_to_answer
from tests.pages.site_diagnosis import diagnosed
from tests.pages.site_records import records
from workshops.models import CalendarFeed, ScheduleRelease, Session


@dataclass
class Site:
    """The server, its people, and the objects that the pages are about."""

    url: str
    people: dict[str, User]
    at: dict[str, Any]
    known: dict[str, tuple[Client, float]] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """A browser without a screen; nobody named means a stranger."""
        client = Client()
        if who:
            _sign_in(client, self.people[who])
        return client

    def returning(self, who: str) -> Client:
        """The same browser again, while the password that was said is not asked for anew."""
        client, until = self.known.get(who, (None, 0.0))
        if client is None or time.monotonic() > until:
            client = self.client(who)
            self.known[who] = (client, time.monotonic() + settings.ACCOUNT_REAUTHENTICATION_TIMEOUT / 3)
        return client


def _sign_in(client: Client, user: User) -> None:
    """And say the password again: pages that ask for it are shown at once."""
    client.force_login(user)
    if user.has_usable_password():
        client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})


@pytest.fixture(scope="module")
def site(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    passwords = tmp_path_factory.mktemp("demo") / "passwords.json"
    passwords.write_text(json.dumps(dict.fromkeys(Role.values, factories.PASSWORD)))
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEMO_PASSWORDS", str(passwords))
        try:
            call_command("load_founding_cycle", verbosity=0)
            call_command("load_demo", verbosity=0)
            people = _people()
            at = _objects(people)
            with live_server() as url:
                yield Site(url, people, at)
        finally:
            call_command("flush", verbosity=0, interactive=False)


def _people() -> dict[str, User]:
    """One of the demonstration for each role; the official has a second factor. One came by code, without password."""
    people = {
        role: User.objects.filter(is_demo=True, memberships__role=role, memberships__until=None).order_by("pk")[0]
        for role in Role.values
    }
    TOTP.activate(people["official"], generate_totp_secret())
    RecoveryCodes.activate(people["official"])
    people["without password"] = factories.create_member()
    people["without password"].set_unusable_password()
    people["without password"].save()
    return people


def _objects(people: dict[str, User]) -> dict[str, Any]:
    """What the pages are about: as much of the demonstration as possible, and what it lacks."""
    cycle = Cycle.objects.get(is_demo=True)
    today = timezone.localdate()
    attended = sessions_attended(cycle, people)
    plan = ActionPlan.objects.get(cycle=cycle)
    assert plan.city
    organization = Organization.objects.filter(is_demo=True, memberships__role="member").order_by("pk")[0]
    released = Session.objects.filter(
        is_demo=True, visibility="public", status="planned", current_version__isnull=False
    )
    return {
        "official_email": people["official"].email,
        "password": factories.PASSWORD,
        "cycle": cycle.slug,
        "next_cycle": factories.create_cycle(
            slug="siguiente", starts_on=today + timedelta(days=900), ends_on=today + timedelta(days=1200)
        ).slug,
        "city": plan.city.slug,
        "plan": plan.slug,
        "organization": organization.slug,
        "membership": Membership.objects.filter(organization=organization, until=None)[0].pk,
        "release": ScheduleRelease.objects.order_by("-number")[0].number,
        "session": released.filter(starts_at__gt=timezone.now()).order_by("starts_at")[0].slug,
        "past_session": released.filter(starts_at__lt=timezone.now()).order_by("starts_at")[0].slug,
        "draft": create_session(cycle=cycle, title="Borrador").slug,
        "mail": OutgoingMail.objects.order_by("pk")[0].pk,
        "invitation": AccountInvitation.objects.filter(status="open").order_by("pk")[0].token,
        "own_invitation": factories.create_invitation(email=people["member"].email).token,
        "closed_invitation": factories.create_invitation(status="withdrawn").token,
        "unsubscribe": mail.unsubscribe_url(people["member"].pk).rstrip("/").rpartition("/")[2],
        "calendar": CalendarFeed.objects.create(user=people["member"], name="Trabajo", alarm_minutes=60).pk,
        **attended,
        **_agenda(),
        "agreement": 1,
        **records(cycle, people, attended=attended["attended"]),
        **diagnosed(people, running=attended["running"], attended=attended["attended"]),
        **asked_to_answer(cycle, people["member"]),
        **_promises(plan, people),
        **_notes(plan, people),
        **_rounds(plan, people["member"]),
    }


def _agenda() -> dict[str, Any]:
    """The session whose agenda the demonstration tells in full, and what the city hands out there."""
    session = Session.objects.get(slug=agendas.WHOLE)
    material = session.materials.order_by("pk")[0]
    return {"agenda_session": session.slug, "agenda_item": material.agenda_item_id, "material": material.pk}


def _promises(plan: ActionPlan, people: dict[str, User]) -> dict[str, Any]:
    """A commitment with a milestone that is late, an entry with evidence, and something to hand in."""
    today = timezone.localdate()
    commitment = factories.create_commitment(plan=plan, number=99, problem="Nadie lee el plan antes de que se apruebe.")
    milestone = factories.create_milestone(
        commitment=commitment, starts_on=today - timedelta(days=60), ends_on=today - timedelta(days=5)
    )
    entry = factories.create_entry(
        milestone=milestone, happened_on=today - timedelta(days=20), reported_by=people["official"]
    )
    factories.create_link(entry=entry)
    shown = factories.create_entry(milestone=milestone, happened_on=today - timedelta(days=19), text="El 55 1234 5678.")
    mistake = factories.create_entry(
        milestone=milestone, happened_on=today - timedelta(days=18), text="De otra ciudad."
    )
    retract_progress(mistake, reason="Era de otra ciudad.", by=people["official"], now=timezone.now())
    things = [
        ("entry", shown.pk),
        ("evidence", factories.create_link(entry=shown, name="Lista de asistencia", url="https://ejemplo.org/l").pk),
    ]
    return {
        "withheld": [_withhold(kind, pk, people) for kind, pk in things][0],
        "commitment": commitment.number,
        "step": milestone.number,
        "entry": entry.pk,
        "deliverable": factories.create_deliverable(plan=plan, due_on=today - timedelta(days=3)).pk,
    }


def _withhold(kind: str, pk: int, people: dict[str, User]) -> int:
    thing = moderation.find(kind, pk)
    assert thing is not None
    words, by = "Se pidió por escrito.", people["coordinator"]
    return moderation.withhold(thing, reason="personal", words=words, by=by, now=timezone.now()).pk


def _notes(plan: ActionPlan, people: dict[str, User]) -> dict[str, Any]:
    """A member's note that waits, and one that the city has answered."""
    now = timezone.now()
    answered = write(plan, by=people["member"], now=now)
    withheld = write(plan, by=people["member"], text="El 55 8765 4321.", now=now)
    _withhold("note", withheld.pk, people)
    return {
        "plan_id": plan.pk,
        "note": write(plan, by=people["member"], now=now).pk,
        "answered_note": answered.pk,
        "withheld_note": withheld.pk,
        "answer": answer(answered, by=people["official"], change_by=timezone.localdate(), now=now).pk,
    }


def _rounds(plan: ActionPlan, member: User) -> dict[str, Any]:
    """Beside the demonstration's published round: one that waits for the city, one in which the member is writing."""
    now, today = timezone.now(), timezone.localdate()
    asked: dict[str, Any] = {
        "plan": plan,
        "organizations": [member.memberships.get().organization],
        "due_on": today + timedelta(days=10),
        "reply_due_on": today + timedelta(days=30),
        "now": now,
    }
    closed, opened = rounds.open_round(**asked), rounds.open_round(**asked)
    rounds.submitted(closed, by=member, evidence="Lo vimos en el sitio.")
    close_round(closed, by=None, now=now)
    rounds.draft(opened, member, rounds.answers(opened)[:3], now=now)
    return {
        "open_round": opened.number,
        "closed_round": closed.number,
        "published_round": plan.rounds.filter(status="published")[0].number,
    }
