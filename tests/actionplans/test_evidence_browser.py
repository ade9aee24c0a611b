"""Choosing photos and files on a phone: seen before they are sent, left out where they would be refused."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, FilePayload, Page, expect

from actionplans.models import ActionPlan, Evidence
from cities.models import City
from ogpgroup.models import User
from tests import factories
from tests.live_server import live_server
from tests.ogpgroup import upload_documents as docs
from tests.ogpgroup import upload_pictures as pics

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


PHOTO = payload("foro.jpg", pics.gps())
OTHER = payload("mesa.png", pics.png(picture=pics.sketch(size=(50, 50))))
MINUTES = payload("acta.pdf", docs.pdf())


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    today = timezone.localdate()
    plan = factories.create_plan(city=reynosa, starts_on=today - timedelta(days=90), ends_on=today + timedelta(days=90))
    factories.create_milestone(
        commitment=factories.create_commitment(plan=plan), starts_on=plan.starts_on, ends_on=plan.ends_on
    )
    return plan


@pytest.fixture
def page(chromium: Browser, plan: ActionPlan, official_reynosa: User, settings: Any, tmp_path: Path) -> Iterator[Page]:
    """The form on a phone, in English, signed in as the one who keeps the plan."""
    settings.MEDIA_ROOT = tmp_path
    official_reynosa.language = "en"
    official_reynosa.save(update_fields=["language"])
    client = Client()
    client.force_login(official_reynosa)
    with live_server() as url:
        context = chromium.new_context(viewport={"width": 360, "height": 800}, locale="en")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
        page = context.new_page()
        page.goto(f"{url}/plans/{plan.slug}/progress/new/")
        yield page
        context.close()


def choose(page: Page, *files: FilePayload) -> None:
    page.get_by_label("Photos and files").set_input_files(list(files))


def test_files_are_seen_before_they_are_sent(page: Page) -> None:
    chosen = page.locator("[data-chosen-list] li")
    choose(page, PHOTO, MINUTES)
    choose(page, OTHER)  # a camera gives one at a time
    choose(page, PHOTO)  # once is enough
    expect(chosen).to_have_count(3)
    expect(chosen.nth(1)).to_contain_text("acta.pdf")
    expect(page.get_by_label("What the photos show")).to_be_hidden()

    page.get_by_label("What the photo shows").nth(0).fill("Vecinas en el foro")
    page.get_by_label("What the photo shows").nth(1).fill("La mesa")
    page.get_by_role("button", name="Leave out: mesa.png").click()
    expect(chosen).to_have_count(2)
    page.get_by_label("limited").check()
    page.get_by_label("What happened?").fill("Se celebró el foro.")
    page.get_by_role("button", name="Put it in the diary").click()

    expect(page.get_by_alt_text("Vecinas en el foro")).to_be_visible()
    assert [(one.name, one.alt) for one in Evidence.objects.exclude(entry=None)] == [
        ("foro.jpg", "Vecinas en el foro"),
        ("acta.pdf", ""),
    ]


def test_what_would_be_refused_is_not_sent(page: Page) -> None:
    choose(page, PHOTO, payload("video.mp4", b"x"), payload("nada.pdf", b""), payload("todo.pdf", bytes(10_485_761)))

    rows = page.locator("[data-chosen-list] li")
    expect(rows.nth(1)).to_contain_text("This type of file is not accepted: it will not be sent.")
    expect(rows.nth(2)).to_contain_text("The file is empty: it will not be sent.")
    expect(rows.nth(3)).to_contain_text("Larger than 10 MB: it will not be sent.")
    expect(rows.nth(3)).to_contain_text("10 MB")
    sent = page.evaluate("[...document.querySelector('input[data-files]').files].map((file) => file.name)")
    assert sent == ["foro.jpg"]


def test_more_than_there_is_room_for_is_not_sent(page: Page) -> None:
    choose(page, *(payload(f"acta{number:02d}.pdf", docs.pdf(body=b"%" * number)) for number in range(8)))
    choose(page, payload("video.mp4", b"x"))  # is not sent anyway, and takes no room
    choose(page, *(payload(f"acta{number:02d}.pdf", docs.pdf(body=b"%" * number)) for number in range(8, 25)))

    told = page.get_by_text("At most 10 files and links together: the others are left out and will not be sent.")
    expect(told).to_be_visible()
    names = "[...document.querySelector('input[data-files]').files].map((file) => file.name)"
    assert page.evaluate(names) == [f"acta{number:02d}.pdf" for number in range(10)]

    page.get_by_role("button", name="Leave out: acta03.pdf").click()
    expect(told).to_be_hidden()
    choose(page, MINUTES)
    expect(told).to_be_hidden()
    assert page.evaluate(names)[-1] == "acta.pdf"
    choose(page, PHOTO)
    expect(told).to_be_visible()


def test_what_was_kept_takes_its_part_of_the_room(page: Page) -> None:
    page.evaluate("document.querySelector('form[enctype]').noValidate = true")
    choose(page, *(payload(f"acta{number:02d}.pdf", docs.pdf(body=b"%" * number)) for number in range(9)))
    page.get_by_role("button", name="Put it in the diary").click()
    expect(page.locator(".kept li")).to_have_count(9)

    choose(page, PHOTO, OTHER)

    expect(page.get_by_text("At most 10 files and links together")).to_be_visible()
    assert page.evaluate("document.querySelector('input[data-files]').files.length") == 1


def test_what_was_accepted_is_shown_when_the_form_comes_back(page: Page) -> None:
    page.evaluate("document.querySelector('form[enctype]').noValidate = true")
    choose(page, PHOTO, MINUTES)
    page.get_by_label("What the photo shows").fill("Vecinas")
    page.get_by_role("button", name="Put it in the diary").click()

    kept = page.locator(".kept li")
    expect(kept).to_have_count(2)
    expect(kept.nth(0).get_by_label("What the photo shows")).to_have_value("Vecinas")
    photo = kept.nth(0).locator("img")
    assert photo.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 40

    axe = page.evaluate(f"{AXE_SCRIPT}; axe.run()")
    assert [(one["id"], one["nodes"][0]["html"]) for one in axe["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.get_by_label("Remove “acta.pdf”").check()
    page.get_by_label("limited").check()
    page.get_by_label("What happened?").fill("Se celebró el foro.")
    page.get_by_role("button", name="Put it in the diary").click()
    expect(page.get_by_alt_text("Vecinas")).to_be_visible()
    assert [one.name for one in Evidence.objects.all()] == ["foro.jpg"]


def test_picture_opens_alone_under_its_strict_policy(page: Page) -> None:
    choose(page, PHOTO)
    page.get_by_label("limited").check()
    page.get_by_label("What happened?").fill("Se celebró el foro.")
    page.get_by_role("button", name="Put it in the diary").click()

    page.get_by_alt_text("Photo “foro.jpg”, not described").click()

    expect(page.locator("img")).to_be_visible()
    assert page.url.endswith("/foro.jpg")
    assert settings.SESSION_COOKIE_NAME not in page.evaluate(
        "() => { try { return document.cookie } catch { return '' } }"
    )
