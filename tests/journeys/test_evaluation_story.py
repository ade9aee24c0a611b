"""A review round from its opening to its published replies: a draft that outlives the line, a conflict, no names."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from actionplans.models import ActionPlan
from cities.models import group_day
from ogpgroup.models import User
from tests import factories
from tests.journeys.conftest import Product, press, text_of
from tests.journeys.steps import PHONE, fits, main, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OBSERVATORY, UNIVERSITY = "Observatorio Ciudadano", "Universidad del Norte"
WHY_SHE_STEPS_BACK = "Trabajé en este plan."
ANA = {
    "Verifiability": "Yes",
    "Open government lens": "Yes",
    "Potential for results": "Modest",
    "Completion": "Limited",
    "Did it open government?": "Marginal",
}
BETO = ANA | {"Potential for results": "Substantial", "Completion": "No evidence available"}


@pytest.fixture
def plan(product: Product) -> ActionPlan:
    """A plan in force with one commitment."""
    today = group_day(timezone.now())
    cycle = factories.create_cycle(starts_on=today - timedelta(days=90), ends_on=today + timedelta(days=200))
    city = factories.create_city(name="Reynosa", slug="reynosa")
    plan = factories.create_plan(
        city=city, cycle=cycle, title="Reynosa abre su plan", starts_on=cycle.starts_on, ends_on=cycle.ends_on
    )
    factories.create_commitment(plan=plan, title="Foros en los barrios")
    return plan


@pytest.fixture
def people(plan: ActionPlan) -> dict[str, User]:
    observatory = factories.create_organization(name=OBSERVATORY)
    university = factories.create_organization(name=UNIVERSITY)
    return {
        "carmen": factories.create_coordinator(name="Carmen Coordinadora", language="en"),
        "olga": factories.create_official(city=plan.city, name="Olga Oficial", language="en"),
        "ana": factories.create_member(organization=observatory, name="Ana Analista", language="en"),
        "beto": factories.create_member(organization=university, name="Beto Becario", language="en"),
        "celia": factories.create_member(organization=university, name="Celia Cercana", language="en"),
    }


def open_link(page: Page, product: Product, mail: EmailMessage) -> None:
    link = re.search(rf"{product.url}/plans/\S+", text_of(mail))
    assert link
    page.goto(link[0])


def open_round(page: Page, plan: ActionPlan) -> str:
    page.goto(plan.get_absolute_url())
    main(page).locator("#evaluations").get_by_role("link", name="Open a round").click()
    page.get_by_label("IRM criteria").check()
    for name in (OBSERVATORY, UNIVERSITY):
        page.get_by_label(name).check()
    press(page, "Open the round and tell those invited")
    expect(page.get_by_text("The round is open, and those invited are told by mail.")).to_be_visible()
    return page.url


def criterion(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name)


def choose(page: Page, levels: dict[str, str]) -> None:
    for name, level in levels.items():
        criterion(page, name).get_by_role("radio", name=re.compile(f"^{level}\\b")).check()


def status(page: Page) -> Locator:
    return page.locator("[data-draft-status]")


def write_while_the_line_drops(page: Page) -> None:
    """What is typed is saved by itself, kept while there is no line, and saved when it is back."""
    words = criterion(page, "Potential for results").get_by_role("textbox")
    words.fill("Es un piloto")
    expect(status(page)).to_contain_text("Saved at")
    page.context.set_offline(True)
    words.fill("Es un piloto sin presupuesto.")
    expect(status(page)).to_contain_text("No line: it will be saved when the line is back.")
    page.context.set_offline(False)
    expect(status(page)).to_contain_text("Saved at")
    page.reload()
    expect(words).to_have_value("Es un piloto sin presupuesto.")
    assert page.evaluate("localStorage.length") == 0  # so it came from the server


def submit(page: Page) -> None:
    press(page, "Save and look at the whole")
    expect(main(page).get_by_role("heading", level=1)).to_have_text("Submit your evaluation?")
    press(page, "Submit the evaluation")
    expect(page.get_by_text("Thank you: your evaluation is submitted.")).to_be_visible()


def step_back(page: Page) -> None:
    page.get_by_role("link", name="I have a conflict of interest").click()
    page.get_by_label("Why you step back").fill(WHY_SHE_STEPS_BACK)
    press(page, "Declare it and step back")
    expect(page.get_by_text("You have stepped back from this round. Nobody will remind you of it.")).to_be_visible()


def reply_to_each_criterion(page: Page) -> None:
    for name in ANA:
        page.get_by_role("link", name=re.compile(rf"^Reply for the city ?: {re.escape(name)}$")).click()
        page.get_by_label("The city's reply").fill(f"Sobre {name}: sí.")
        press(page, "Save the reply")
        expect(page.get_by_text("The reply is saved.")).to_be_visible()
    press(page, "Our replies are ready")
    expect(page.get_by_text("The coordinators see that your replies are ready")).to_be_visible()


def go_through(page: Page, step: str) -> None:
    """A step of a coordinator: the link to the page that says what it does, then its button."""
    page.get_by_role("link", name=step).click()
    press(page, step)


def assert_published(page: Page) -> None:
    expect(main(page).get_by_role("heading", level=1)).to_have_text(
        "2 evaluations of the plan of Reynosa, and its replies"
    )
    expect(main(page)).to_contain_text("1 person stepped back for a conflict of interest.")
    for slug, name, dots, median in (
        ("verifiability", "Verifiability", 2, "Yes"),
        ("potential", "Potential for results", 2, "Modest"),
        ("completion", "Completion", 1, "Limited"),
    ):
        section = page.locator(f"#{slug}")
        expect(section.get_by_role("heading", name=name)).to_be_visible()
        expect(section.locator(".scale-dots circle")).to_have_count(dots)
        expect(section.locator("figcaption")).to_contain_text(f"Median: {median}")
        expect(section.locator("figcaption")).to_contain_text(f"{dots} evaluation")
        expect(section.locator(".reply")).to_contain_text("Reynosa replies:")
        expect(section.locator(".reply")).to_contain_text(f"Sobre {name}: sí.")
    said = page.locator("#potential details")
    said.locator("summary").click()
    expect(said).to_contain_text("Es un piloto sin presupuesto.")
    expect(said).to_contain_text(OBSERVATORY)


def test_from_a_round_to_its_published_replies(
    product: Product, open_page: Callable[..., Page], plan: ActionPlan, people: dict[str, User]
) -> None:
    pages = {name: open_page() for name in people if name != "ana"} | {"ana": open_page(viewport=PHONE)}
    anybody = open_page(viewport=PHONE)
    for name, page in pages.items():
        sign_in(page, people[name])

    address = open_round(pages["carmen"], plan)
    for name in ("ana", "beto", "celia"):
        asked = product.mail_to(people[name].email, number=1)
        assert str(asked["Subject"]).endswith("evaluate the plan of Reynosa")
        open_link(pages[name], product, asked)

    write_while_the_line_drops(pages["ana"])
    fits(pages["ana"])
    choose(pages["ana"], ANA)
    submit(pages["ana"])
    choose(pages["beto"], BETO)
    submit(pages["beto"])
    step_back(pages["celia"])

    pages["carmen"].goto(address)
    expect(main(pages["carmen"]).get_by_role("heading", name="Everybody has answered")).to_be_visible()
    go_through(pages["carmen"], "Close the round")
    results = product.mail_to(people["olga"].email, number=1)
    assert str(results["Subject"]).endswith("reply to the evaluation of your plan")
    open_link(pages["olga"], product, results)
    reply_to_each_criterion(pages["olga"])
    answer = anybody.goto(address)
    assert answer
    assert answer.status == 404  # together, or not at all

    pages["carmen"].reload()
    go_through(pages["carmen"], "Publish results and replies")
    expect(pages["carmen"].get_by_text("Results and replies are published: everybody may read them.")).to_be_visible()
    anybody.goto(plan.get_absolute_url())
    anybody.locator("#evaluations").get_by_role("link", name="IRM criteria").click()
    expect(anybody).to_have_url(address)
    assert_published(anybody)
    fits(anybody)
    named = {name for person in people.values() for name in person.name.split()}
    assert not named & set(re.findall(r"\w+", anybody.content()))
    assert WHY_SHE_STEPS_BACK not in anybody.content()
    for name, number in (("ana", 2), ("beto", 2), ("olga", 2)):
        assert str(product.mail_to(people[name].email, number=number)["Subject"]).startswith("Published: ")
    assert len(product.mails_to(people["celia"].email)) == 1
