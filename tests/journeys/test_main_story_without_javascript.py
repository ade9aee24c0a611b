"""The same story as in the browser, without JavaScript: forms are posted exactly as they are rendered."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from ogpgroup import mail, mailings
from ogpgroup.models import OutgoingMail
from tests import factories
from tests.journeys.conftest import Entry, Product, text_of
from tests.journeys.reader import Reader, deliver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MEXICO = ZoneInfo("America/Mexico_City")
NEW = "new@ejemplo.mx"
TITLE = "Taller de participación"


def hours(start: datetime) -> dict[str, str]:
    return {
        "day": f"{start:%Y-%m-%d}",
        "start_time": f"{start:%H:%M}",
        "end_time": f"{start + timedelta(hours=2):%H:%M}",
    }


def publish(reader: Reader, cycle: str, note: str) -> None:
    assert "2 people are told by mail" in reader.open(f"/coordination/cycles/{cycle}/release/")
    assert note in reader.send(note=note)
    deliver()


def test_from_invitation_to_cancellation(post: Product) -> None:
    today = datetime.now(UTC).date()
    cycle = factories.create_cycle(starts_on=today - timedelta(days=200), ends_on=today + timedelta(days=200))
    coordinator = factories.create_coordinator(language="en")
    organization = factories.create_organization()
    start = (datetime.now(MEXICO) + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
    carmen, nora = Reader(coordinator), Reader()

    carmen.open("/coordination/invitations/new/")
    carmen.send(email=NEW, organization=str(organization.pk), role="member", language="en")
    deliver()
    link = re.search(r"/accounts/invitation/\S+", text_of(post.mail_to(NEW, number=1)))
    assert link
    nora.open(link[0])
    nora.send(name="Nora Nueva", language="en", password=factories.PASSWORD, privacy="on")
    assert nora.path == "/desk/"

    carmen.open("/coordination/sessions/new/")
    carmen.send(title=TITLE, kind="workshop", mode="remote", **hours(start))
    edit_path = carmen.path
    publish(carmen, cycle.slug, "Primera versión del calendario.")
    invitation = Entry.of(post.mail_to(NEW, number=2))
    uid = str(invitation.event.uid.value)
    assert (invitation.facts, invitation.event.dtstart.value) == (("REQUEST", uid, 0), start)

    nora.open(edit_path.removeprefix("/coordination").removesuffix("edit/"))
    assert "Your answer: <strong>yes</strong>" in nora.send(answer="yes")
    people = carmen.open(edit_path.replace("/edit/", "/people/"))
    assert "1 yes, 0 maybe, 0 no, of 2" in people

    reminder = OutgoingMail.objects.filter(kind="session_reminder", recipient=NEW).earliest("due")
    now = timezone.now()  # useful for an hour: whatever the hour, it does not wait for the morning
    due = {"due": now - timedelta(seconds=1), "useful_until": now + timedelta(hours=1)}
    OutgoingMail.objects.filter(pk=reminder.pk).update(**due)
    mail.deliver(kinds=mailings.KINDS)
    assert Entry.of(post.mail_to(NEW, number=3)).event.uid.value == uid

    carmen.open(edit_path)
    carmen.send(**hours(start + timedelta(days=7)))
    publish(carmen, cycle.slug, "El taller se mueve una semana.")
    change = Entry.of(post.mail_to(NEW, number=4))
    assert (change.facts, change.event.dtstart.value) == (("REQUEST", uid, 1), start + timedelta(days=7))

    carmen.open(edit_path.replace("/edit/", "/cancel/"))
    carmen.send(reason="La sede no está disponible.")
    publish(carmen, cycle.slug, "El taller no se hace.")
    cancellation = Entry.of(post.mail_to(NEW, number=5))
    assert (cancellation.facts, cancellation.event.status.value) == (("CANCEL", uid, 2), "CANCELLED")
    assert "session-cancelled" in Reader().open("/schedule/")
    assert len(post.mails_to(NEW)) == 5
