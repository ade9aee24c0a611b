"""From an invitation to a cancelled session, in a real browser, against everything that runs in production."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cities.models import Cycle
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.journeys.conftest import Entry, Product, press, text_of, wait_until
from tests.journeys.steps import PHONE, fits, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MEXICO = ZoneInfo("America/Mexico_City")
NEW = "new@ejemplo.mx"
TITLE = "Taller de participación"


@pytest.fixture
def cycle(product: Product) -> Cycle:
    today = datetime.now(UTC).date()
    return factories.create_cycle(starts_on=today - timedelta(days=200), ends_on=today + timedelta(days=200))


@pytest.fixture
def coordinator(product: Product) -> User:
    return factories.create_coordinator(email="coordinadora@ejemplo.mx", name="Carmen Coordinadora", language="en")


def invite(page: Page, organization: str) -> None:
    page.goto("/coordination/invitations/new/")
    page.get_by_label("E-mail").fill(NEW)
    page.get_by_label("Organisation").select_option(label=organization)
    page.get_by_label("member", exact=False).check()
    page.get_by_label("Language of the mail").select_option("en")
    press(page, "Send the invitation")
    expect(page.get_by_role("rowheader", name=NEW)).to_be_visible()


def sign_up(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill("Nora Nueva")
    page.get_by_label("Language").select_option("en")
    page.get_by_label("Time zone").select_option("America/Mexico_City")
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_label("I have read and accept").check()
    press(page, "Open my account and join")
    expect(page).to_have_url(re.compile("/desk/"))


def draft(page: Page, start: datetime) -> None:
    page.goto("/coordination/sessions/new/")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Workshop", exact=True).check()
    page.get_by_label("Remote", exact=True).check()
    set_hours(page, start)
    press(page, "Save the draft")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def set_hours(page: Page, start: datetime) -> None:
    page.get_by_label("Date", exact=True).fill(f"{start:%Y-%m-%d}")
    page.get_by_label("Begins at", exact=True).fill(f"{start:%H:%M}")
    page.get_by_label("Ends at", exact=True).fill(f"{start + timedelta(hours=2):%H:%M}")


def publish(page: Page, note: str, *, number: int) -> None:
    page.get_by_role("link", name="Review and publish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Version {number} changes 1 session")
    expect(page.get_by_text("2 people are told by mail as soon as you publish.")).to_be_visible()
    page.get_by_label("Covering note").fill(note)
    press(page, f"Publish version {number} and tell 2 people")
    expect(page.get_by_text(f"Version {number} is published and 2 mails are on their way.")).to_be_visible()
    expect(page.get_by_text(note)).to_be_visible()


def fits_a_phone(page: Page, path: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(path)
    fits(page)


def let_the_reminder_be_due(product: Product) -> None:
    """Hours in production. The planner queues it a day ahead; its row is moved instead of the clock."""
    product.call_like_beat()
    reminders = OutgoingMail.objects.filter(kind="session_reminder", recipient=NEW)
    wait_until(reminders.exists, "the planned reminder")
    first = reminders.earliest("due")
    now = timezone.now()  # useful for an hour: whatever the hour, it does not wait for the morning
    reminders.filter(pk=first.pk).update(due=now - timedelta(seconds=1), useful_until=now + timedelta(hours=1))
    product.call_like_beat()


def test_from_invitation_to_cancellation(product: Product, open_page, coordinator: User, cycle: Cycle) -> None:
    organization = factories.create_organization(name="Alianza por lo Público")
    start = (datetime.now(MEXICO) + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
    carmen, nora = open_page(), open_page()

    sign_in(carmen, coordinator)
    invite(carmen, organization.name)
    link = re.search(rf"{product.url}/accounts/invitation/\S+", text_of(product.mail_to(NEW, number=1)))
    assert link
    sign_up(nora, link[0])

    draft(carmen, start)
    edit_url = carmen.url
    publish(carmen, "Primera versión del calendario.", number=1)
    invitation = Entry.of(product.mail_to(NEW, number=2))
    uid = str(invitation.event.uid.value)
    assert invitation.facts == ("REQUEST", uid, 0)
    assert invitation.event.dtstart.value == start

    session_path = edit_url.removeprefix(f"{product.url}/coordination").removesuffix("edit/")
    nora.goto(session_path)
    press(nora, re.compile("^yes$", re.IGNORECASE))
    expect(nora.get_by_text("Your answer: yes.")).to_be_visible()
    carmen.goto(edit_url.replace("/edit/", "/people/"))
    expect(carmen.get_by_role("row").filter(has_text="Nora Nueva").get_by_role("cell", name="yes")).to_be_visible()

    let_the_reminder_be_due(product)
    reminder = product.mail_to(NEW, number=3)
    assert TITLE in str(reminder["Subject"])
    assert Entry.of(reminder).event.uid.value == uid
    fits_a_phone(nora, "/desk/")
    fits_a_phone(nora, session_path)

    moved = start + timedelta(days=7)
    carmen.goto(edit_url)
    set_hours(carmen, moved)
    press(carmen, "Save the draft")
    publish(carmen, "El taller se mueve una semana.", number=2)
    change = Entry.of(product.mail_to(NEW, number=4))
    assert change.facts == ("REQUEST", uid, 1)
    assert change.event.dtstart.value == moved

    carmen.goto(edit_url)
    carmen.get_by_role("link", name="Cancel this session").click()
    carmen.get_by_label("Reason").fill("La sede no está disponible.")
    press(carmen, "Mark the session as cancelled")
    publish(carmen, "El taller no se hace.", number=3)
    cancellation = Entry.of(product.mail_to(NEW, number=5))
    assert cancellation.facts == ("CANCEL", uid, 2)
    assert cancellation.event.status.value == "CANCELLED"

    anybody = open_page()
    anybody.goto("/schedule/")
    row = anybody.get_by_role("article").filter(has_text=TITLE)
    expect(row.get_by_text("Cancelled", exact=True)).to_be_visible()
    assert len(product.mails_to(NEW)) == 5
