"""Nothing that somebody types becomes more than text: on pages, in mails, in calendars."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from ogpgroup import mailings
from ogpgroup.models import OutgoingMail
from tests.access.door import Row
from tests.access.roles import COORDINATORS, Answer, Role
from tests.access.table import TABLE
from tests.access.world import World
from tests.hostile.filling import BY_MACHINE, LONG, MARK, SHORT, WITHOUT_ROWS, enrich, fill, text_fields
from tests.workshops import strict_calendar

RUNS: Final = {"iframe", "object", "embed", "base"}
HEADERS: Final = {
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Content-Type"),
}
ADDRESSES: Final = ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x", " javascript:x"]
# A closed account is shown what a stranger is shown, a coordinator without second factor what another coordinator is.
READERS: Final = [role for role in Role if role not in {Role.DEACTIVATED, Role.PLAIN_COORDINATOR}]
NOT_WRITTEN: Final = {"account"}  # codes and links, nothing typed
FIELDS: Final = list(text_fields())


class Reading(HTMLParser):
    """What a browser would make of a page: what runs, what got out, and the text that is left."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        shown = f"<{tag} {values}>"[:300]
        is_inline = tag == "script" and "src" not in values and values.get("type") != "application/ld+json"
        is_caged = tag == "iframe" and values.get("sandbox") == ""  # nothing runs in there: a mail in the outbox
        if is_inline or (tag in RUNS and not is_caged) or tag.startswith(MARK):
            self.wrong.append(shown)
        for name, value in values.items():
            runs = re.match(r"[\s\x00-\x1f]*(javascript|data|vbscript):", value, re.I)
            if name.startswith(("on", MARK)) or name == "srcdoc" or runs:
                self.wrong.append(shown)

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reading:
    reading = Reading()
    reading.feed(page)
    reading.close()
    return reading


@pytest.fixture(scope="module")
def filled(shared_world: World) -> set[str]:
    """The names of the fields that hold hostile text in the world of this module."""
    enrich(shared_world)
    return fill()


@pytest.fixture
def hostile_world(filled: set[str], world: World) -> World:
    return world


# --- The fields -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_text_field_is_filled(filled: set[str]) -> None:
    """A new field is filled by itself; a new model needs a row, in `tests.access.world` or in `enrich`."""
    wanted = {
        f"{model._meta.label}.{field.name}"
        for model, field in FIELDS
        if model._meta.label not in WITHOUT_ROWS and field.name not in BY_MACHINE.get(model._meta.label, ())
    }

    assert filled == wanted


def test_exceptions_are_there() -> None:
    names = {f"{model._meta.label}.{field.name}" for model, field in FIELDS}

    assert {f"{label}.{name}" for label, fields in BY_MACHINE.items() for name in fields} <= names
    assert WITHOUT_ROWS.keys() <= {model._meta.label for model, _field in FIELDS}


def test_nul_is_refused() -> None:
    for _model, field in FIELDS:
        form_field = field.formfield()
        assert form_field
        with pytest.raises(ValidationError):
            form_field.clean("a\x00b")


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_that_run_are_refused(address: str) -> None:
    for _model, field in FIELDS:
        if isinstance(field, models.URLField):
            with pytest.raises(ValidationError):
                field.clean(address, None)


# --- Pages ------------------------------------------------------------------------------------------------------------


def reading_of(response: Any) -> Reading | None:
    """Of a page; of a calendar the strictest reader has been through already. A file is closed once it is read."""
    if response.streaming:
        b"".join(response.streaming_content)
        return None
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if kind == "text/calendar":
        calendar(response.content)
    return read(response.content.decode()) if kind == "text/html" else None


def pages_of(role: Role) -> Iterator[Row]:
    """All that the role may see, and once what it sees instead: that there is nothing, that one must sign in."""
    refusals: set[Answer] = set()
    for row in TABLE:
        if row.GET and (row.GET[role] == 200 or row.GET[role] not in refusals):
            yield row
            refusals.add(row.GET[role])


@pytest.mark.slow
@pytest.mark.parametrize("role", READERS)
def test_pages_show_text_as_text(role: Role, hostile_world: World) -> None:
    client, wrong, showing = hostile_world.client(role), {}, set()
    for row in pages_of(role):
        hostile_world.forget()
        address = row.address(hostile_world)
        reading = reading_of(client.get(address, HTTP_USER_AGENT=f"{SHORT} {LONG}"))
        if reading and reading.wrong:
            wrong[address] = reading.wrong
        if reading and MARK in reading.text:
            showing.add(str(row))

    assert wrong == {}
    assert len(showing) > (40 if role in COORDINATORS else 15)  # it is there, as text


def test_templates_in_text_stay_text(hostile_world: World) -> None:
    page = hostile_world.client(Role.COORDINATOR).get(
        reverse("workshops:session_detail", args=[hostile_world.open.slug])
    )

    assert "{{7*7}}{% now 'Y' %}" in read(page.content.decode()).text


# --- Mails and calendars ----------------------------------------------------------------------------------------------


def calendar(content: bytes) -> strict_calendar.Component:
    """One event for each session, and no property that the text brought along."""
    found = strict_calendar.read(content)
    assert len(found.all("VEVENT")) == content.count(b"\r\nUID:")
    assert b"a@b.mx" not in b"".join(line for line in content.split(b"\r\n") if line.startswith(b"ATTENDEE"))
    return found


@pytest.mark.slow
def test_mails_hold_text_as_text(hostile_world: World) -> None:
    written = set()
    for kind in mailings.KINDS:
        waiting = list(OutgoingMail.objects.filter(kind=kind.name, status="queued", subject_id__isnull=False))
        for rendered in kind.render(waiting, timezone.now()).values() if kind.name != "account" else ():
            written.add(kind.name)
            check_mail(message_from_bytes(rendered.content, policy=policy.default))

    assert written == {kind.name for kind in mailings.KINDS} - NOT_WRITTEN


def check_mail(message: EmailMessage) -> None:
    assert not message.defects
    assert set(message.keys()) <= HEADERS
    assert str(message["Subject"]).isprintable()
    parts = {part.get_content_type(): part for part in message.walk()}
    assert read(parts["text/html"].get_content()).wrong == []
    assert MARK in read(parts["text/html"].get_content()).text
    if part := parts.get("text/calendar"):
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert len(calendar(content).all("VEVENT")) == 1
