"""The same story as in the browser, without JavaScript: forms are posted exactly as they are rendered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from ogpgroup import mail, mailings
from ogpgroup.models import OutgoingMail
from tests import factories
from tests.journeys.conftest import Entry, Product, text_of
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)

MEXICO = ZoneInfo("America/Mexico_City")
NEW = "new@ejemplo.mx"
TITLE = "Taller de participación"


@dataclass
class Form:
    """What a browser would send if somebody pressed the button at once."""

    action: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class Forms(HTMLParser):
    """The POST forms of a page's main part, with their fields, hidden ones and what is chosen."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.form: Form | None = None
        self.area, self.select, self.in_main = "", "", False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.in_main = True
        elif tag == "form" and self.in_main and has.get("method") == "post":
            self.form = Form(has.get("action", ""))
            self.found.append(self.form)
        elif self.form is not None:
            self._field(tag, has)

    def _field(self, tag: str, has: dict[str, str]) -> None:
        assert self.form is not None
        if name := has.get("name"):
            self.form.names.add(name)
        if tag == "textarea":
            self.area = name or ""
            self._add(self.area, "")
        elif tag == "select":
            self.select = name or ""
        elif tag == "option" and self.select:
            if "selected" in has or self.select not in self.form.fields:
                self.form.fields[self.select] = [has.get("value", "")]
        elif tag == "input" and name and (has.get("type") not in {"radio", "checkbox"} or "checked" in has):
            self._add(name, has.get("value", "on" if has.get("type") in {"radio", "checkbox"} else ""))

    def _add(self, name: str, value: str) -> None:
        assert self.form is not None
        self.form.fields.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self.area and self.form is not None:
            self.form.fields[self.area][-1] += data.removeprefix("\n").removeprefix("\r\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "main":
            self.in_main = False
        elif tag in {"textarea", "select"}:
            self.area = self.select = ""


class Reader:
    """Somebody whose browser runs no scripts; CSRF is checked as in production."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
        self.path, self.page = "", ""

    def open(self, path: str) -> str:
        return self._arrived(self.client.get(path, follow=True))

    def send(self, **typed: str) -> str:
        """Fill in the form that has these fields, and press its button."""
        form = next(form for form in Forms(self.page).found if set(typed) <= form.names)
        data = form.fields | {name: [value] for name, value in typed.items()}
        return self._arrived(self.client.post(form.action or self.path, data, follow=True))

    def _arrived(self, response: Any) -> str:
        assert response.status_code == 200
        self.path, self.page = response.request["PATH_INFO"], response.content.decode()
        assert 'aria-invalid="true"' not in self.page
        return self.page


@pytest.fixture
def product(settings: Any) -> Iterator[Product]:
    """No other process: the test delivers."""
    with Sink() as sink:
        settings.MAIL_URL = sink.url
        yield Product("http://localhost", sink)


def deliver() -> None:
    mailings.plan()
    mail.deliver(kinds=mailings.KINDS)


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


def test_from_invitation_to_cancellation(product: Product) -> None:
    today = datetime.now(UTC).date()
    cycle = factories.create_cycle(starts_on=today - timedelta(days=200), ends_on=today + timedelta(days=200))
    coordinator = factories.create_coordinator(language="en")
    organization = factories.create_organization()
    start = (datetime.now(MEXICO) + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
    carmen, nora = Reader(), Reader()

    carmen.open("/accounts/login/")
    carmen.send(login=coordinator.email, password=factories.PASSWORD)
    carmen.open("/coordination/invitations/new/")
    carmen.send(email=NEW, organization=str(organization.pk), role="member", language="en")
    deliver()
    link = re.search(r"/accounts/invitation/\S+", text_of(product.mail_to(NEW, number=1)))
    assert link
    nora.open(link[0])
    nora.send(name="Nora Nueva", language="en", password=factories.PASSWORD, privacy="on")
    assert nora.path == "/desk/"

    carmen.open("/coordination/sessions/new/")
    carmen.send(title=TITLE, kind="workshop", mode="remote", **hours(start))
    edit_path = carmen.path
    publish(carmen, cycle.slug, "Primera versión del calendario.")
    invitation = Entry.of(product.mail_to(NEW, number=2))
    uid = str(invitation.event.uid.value)
    assert (invitation.facts, invitation.event.dtstart.value) == (("REQUEST", uid, 0), start)

    nora.open(edit_path.removeprefix("/coordination").removesuffix("edit/"))
    assert "Your answer: <strong>yes</strong>" in nora.send(answer="yes")
    people = carmen.open(edit_path.replace("/edit/", "/people/"))
    assert "1 yes, 0 maybe, 0 no, of 2" in people

    reminder = OutgoingMail.objects.filter(kind="session_reminder", recipient=NEW).earliest("due")
    OutgoingMail.objects.filter(pk=reminder.pk).update(due=timezone.now() - timedelta(seconds=1))
    mail.deliver(kinds=mailings.KINDS)
    assert Entry.of(product.mail_to(NEW, number=3)).event.uid.value == uid

    carmen.open(edit_path)
    carmen.send(**hours(start + timedelta(days=7)))
    publish(carmen, cycle.slug, "El taller se mueve una semana.")
    change = Entry.of(product.mail_to(NEW, number=4))
    assert (change.facts, change.event.dtstart.value) == (("REQUEST", uid, 1), start + timedelta(days=7))

    carmen.open(edit_path.replace("/edit/", "/cancel/"))
    carmen.send(reason="La sede no está disponible.")
    publish(carmen, cycle.slug, "El taller no se hace.")
    cancellation = Entry.of(product.mail_to(NEW, number=5))
    assert (cancellation.facts, cancellation.event.status.value) == (("CANCEL", uid, 2), "CANCELLED")
    assert "session-cancelled" in Reader().open("/schedule/")
    assert len(product.mails_to(NEW)) == 5
