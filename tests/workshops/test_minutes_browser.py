"""A section of minutes in a browser: what was typed outlives the line, a conflict, a lost answer, a lost sign-in."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session as SignIn
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from ogpgroup.mail import database_now
from ogpgroup.models import User
from tests.factories_schedule import create_session, in_days, publish
from tests.journeys.conftest import press, wait_until
from workshops import drafting
from workshops.actions import minutes as actions
from workshops.models import MinutesSection

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVE = "Guardar la sección"


@pytest.fixture
def section(coordinator: User) -> MinutesSection:
    session = create_session(starts_at=in_days(-3), title="Primera sesión")
    publish(session)
    session.refresh_from_db()
    assert session.current_version
    sections = drafting.sections_of(session.current_version, coordinator)
    return actions.draft(session, sections=sections, now=timezone.now()).sections.get(kind="discussion")


@pytest.fixture
def page(section: MinutesSection, coordinator: User, browser_of: Any) -> Page:
    page: Page = browser_of(coordinator).new_page()
    page.goto(address(section))
    return page


def address(section: MinutesSection) -> str:
    return f"/sessions/{section.minutes.session.slug}/minutes/sections/{section.pk}/"


def text(page: Page) -> Any:
    return page.locator("[name=text]")


def status(page: Page) -> Any:
    return page.locator("[data-keep-status]")


def saved_by(colleague: User, section: MinutesSection, words: str) -> None:
    section.refresh_from_db()
    heading, edition = section.heading, section.edition
    actions.save_section(section, heading=heading, text=words, edition=edition, by=colleague, now=database_now())


def stored(section: MinutesSection) -> str:
    section.refresh_from_db()
    return section.text


def kept(page: Page) -> int:
    return int(page.evaluate("Object.keys(localStorage).length"))


def both_stand_there(page: Page) -> None:
    """The page opened anew shows what was typed; the button leads to both texts."""
    expect(text(page)).to_have_value("Lo mío.")
    expect(status(page)).to_contain_text("otra persona cambió esta sección")
    press(page, SAVE)
    expect(text(page)).to_have_value("Lo de otra persona.\nLo mío.")


def test_text_whose_saving_failed_outlives_what_a_colleague_saved_since(
    section: MinutesSection, member: User, page: Page
) -> None:
    page.context.set_offline(True)
    text(page).fill("Lo mío.")
    press(page, SAVE)
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    saved_by(member, section, "Lo de otra persona.")

    page.goto(address(section))

    both_stand_there(page)


def test_text_outlives_the_page_of_a_conflict_that_is_closed(section: MinutesSection, member: User, page: Page) -> None:
    saved_by(member, section, "Lo de otra persona.")
    text(page).fill("Lo mío.")
    press(page, SAVE)
    expect(text(page)).to_have_value("Lo de otra persona.\nLo mío.")
    context = page.context
    page.close()

    page = context.new_page()
    page.goto(address(section))

    both_stand_there(page)
    press(page, SAVE)
    expect(page).to_have_url(f"{page.url.split('/minutes/')[0]}/minutes/#section-{section.pk}")
    assert kept(page) == 0
    assert stored(section) == "Lo de otra persona.\nLo mío."


def test_what_is_typed_on_the_page_of_a_conflict_is_kept_too(section: MinutesSection, member: User, page: Page) -> None:
    saved_by(member, section, "Lo de otra persona.")
    text(page).fill("Lo mío.")
    press(page, SAVE)
    text(page).fill("Lo de las dos personas.")
    page.reload()  # asks the server again for the page of the conflict

    page.goto(address(section))

    expect(text(page)).to_have_value("Lo de las dos personas.")
    wait_until(lambda: stored(section) == "Lo de las dos personas.", "the text to be stored")
    wait_until(lambda: kept(page) == 0, "nothing to be kept any more")


def test_heading_alone_is_kept(section: MinutesSection, page: Page) -> None:
    page.context.set_offline(True)
    page.locator("[name=heading]").fill("Conversación")
    context = page.context
    page.close()
    context.set_offline(False)

    page = context.new_page()
    page.goto(address(section))

    expect(page.locator("[name=heading]")).to_have_value("Conversación")
    wait_until(lambda: MinutesSection.objects.get(pk=section.pk).heading == "Conversación", "the heading")


def test_lost_answer_is_no_quarrel_with_oneself(section: MinutesSection, page: Page) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/keep/", lose, times=1)
    text(page).fill("Uno.")
    expect(status(page)).to_contain_text("no hay conexión")
    assert stored(section) == "Uno."

    text(page).fill("Uno y dos.")
    press(page, SAVE)

    expect(page).to_have_url(f"{page.url.split('/minutes/')[0]}/minutes/#section-{section.pk}")
    assert stored(section) == "Uno y dos."
    assert kept(page) == 0


def test_lost_sign_in_is_said(section: MinutesSection, page: Page) -> None:
    SignIn.objects.all().delete()

    text(page).fill("Lo mío.")

    expect(status(page)).to_contain_text("Su sesión terminó")
    assert kept(page) == 1
    assert stored(section) == ""


def test_pauses_make_no_edition_each(section: MinutesSection, page: Page) -> None:
    text(page).fill("Uno.")
    expect(status(page)).to_contain_text("Guardado a las")
    text(page).fill("Uno y dos.")
    page.wait_for_timeout(3000)
    section.refresh_from_db()
    assert (section.text, section.edition) == ("Uno.", 2)

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    wait_until(lambda: stored(section) == "Uno y dos.", "the rest, as soon as the person turns away")
    wait_until(lambda: kept(page) == 0, "nothing to be kept any more")
