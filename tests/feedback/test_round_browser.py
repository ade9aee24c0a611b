"""Drafts in a real browser: kept while the line is down, two windows, two people at one computer."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from feedback.models import Evaluation, ReviewRound, Score
from tests import factories
from tests.browser import bring_session
from tests.feedback import rounds
from tests.journeys.conftest import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOW = timezone.now()
AT = "/plans/reynosa/evaluations/1/"


@pytest.fixture
def one() -> ReviewRound:
    city = factories.create_city(name="Reynosa", slug="reynosa")
    plan = factories.create_plan(city=city, slug="reynosa", title="Reynosa abre su plan")
    day = NOW.date() + timedelta(days=20)
    organization = factories.create_organization(name="Observatorio")
    return rounds.open_round(
        plan=plan, commitments=2, organizations=[organization], due_on=day, reply_due_on=day, now=NOW
    )


def radio(page: Page, one: ReviewRound, slug: str, level: str) -> Any:
    criterion = one.rubric.criteria.get(slug=slug)
    return page.locator(f"#level-{criterion.pk}-{criterion.levels.get(name_en=level).pk}")


def words(page: Page, one: ReviewRound, slug: str) -> Any:
    return page.locator(f"#evidence-{one.rubric.criteria.get(slug=slug).pk}")


def said(one: ReviewRound, slug: str) -> tuple[str, str]:
    score = Score.objects.select_related("level").get(criterion__slug=slug, commitment__number=1)
    return (score.level.name_en if score.level else "", score.evidence)


def kept(page: Page) -> int:
    return int(page.evaluate("Object.keys(localStorage).length"))


def test_draft_keeps_itself_while_the_line_is_down(one: ReviewRound, browser_of: Any) -> None:
    context = browser_of(rounds.evaluator_of(one))
    page = context.new_page()
    page.goto(f"{AT}evaluate/?commitment=1")

    radio(page, one, "lens", "Yes").check()
    expect(page.locator("[data-draft-status]")).to_contain_text("Guardado a las")
    expect(page.locator("[data-draft-progress]")).to_have_text("1 de 10 respondidos")
    assert said(one, "lens") == ("Yes", "")
    assert kept(page) == 0

    context.set_offline(True)
    words(page, one, "lens").fill("Se publicó el acta.")
    expect(page.locator("[data-draft-status]")).to_contain_text("Sin conexión")
    assert kept(page) == 1
    assert said(one, "lens") == ("Yes", "")
    context.set_offline(False)
    expect(page.locator("[data-draft-status]")).to_contain_text("Guardado a las")
    assert said(one, "lens") == ("Yes", "Se publicó el acta.")
    assert kept(page) == 0


def test_what_was_never_sent_is_back_when_the_page_is_opened_again(one: ReviewRound, browser_of: Any) -> None:
    context = browser_of(rounds.evaluator_of(one))
    page = context.new_page()
    page.goto(f"{AT}evaluate/?commitment=1")
    context.set_offline(True)
    radio(page, one, "potential", "Modest").check()
    words(page, one, "potential").fill("Un piloto.")
    expect(page.locator("[data-draft-status]")).to_contain_text("Sin conexión")
    page.close()
    context.set_offline(False)

    page = context.new_page()
    page.goto(f"{AT}submit/")
    expect(page.locator("[data-draft-flush]")).to_contain_text("compromiso 1")
    page.locator("[data-draft-flush] a").click()

    expect(words(page, one, "potential")).to_have_value("Un piloto.")
    expect(page.locator("[data-draft-status]")).to_contain_text("Guardado a las")
    assert said(one, "potential") == ("Modest", "Un piloto.")


@pytest.mark.parametrize("choice", ["keep", "take"])
def test_two_windows_overwrite_nothing_in_silence(choice: str, one: ReviewRound, browser_of: Any) -> None:
    context = browser_of(rounds.evaluator_of(one))
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto(f"{AT}evaluate/?commitment=1")
    radio(first, one, "lens", "Yes").check()
    expect(first.locator("[data-draft-status]")).to_contain_text("Guardado a las")
    radio(second, one, "verifiability", "Yes").check()
    expect(second.locator("[data-draft-status]")).to_contain_text("Guardado a las")

    radio(first, one, "verifiability", "No").check()
    notice = first.locator("[data-draft-choice]")
    expect(notice).to_contain_text("No se sobrescribió nada")
    expect(notice).to_contain_text("Verificabilidad · Sí")
    assert said(one, "verifiability") == ("Yes", "")

    first.locator(f"[data-draft-{choice}]").click()
    expect(notice).to_be_hidden()
    if choice == "keep":
        expect(first.locator("[data-draft-status]")).to_contain_text("Guardado a las")
        assert said(one, "verifiability") == ("No", "")
    else:
        expect(radio(first, one, "verifiability", "Yes")).to_be_checked()
        assert said(one, "verifiability") == ("Yes", "")
    assert kept(first) == 0


def test_button_leaves_nothing_on_the_device_once_the_server_has_it(one: ReviewRound, browser_of: Any) -> None:
    page = browser_of(rounds.evaluator_of(one)).new_page()
    page.goto(f"{AT}evaluate/?commitment=1")

    words(page, one, "lens").fill("Se publicó el acta.")
    page.get_by_role("button", name="Guardar y seguir con el compromiso 2").click()

    expect(page.locator("h1")).to_contain_text("Compromiso 2")
    assert said(one, "lens") == ("", "Se publicó el acta.")
    assert kept(page) == 0
    assert page.locator(".notice-warm:visible").count() == 0
    assert page.url.endswith(f"{AT}evaluate/?commitment=2")

    words(page, one, "lens").fill("También aquí.")
    page.get_by_role("button", name="Guardar y revisar el conjunto").click()

    expect(page.locator("h1")).to_have_text("Su evaluación todavía no está completa")
    assert kept(page) == 0
    expect(page.locator("[data-draft-flush]")).to_be_hidden()


def test_what_a_button_sent_into_the_void_stays_on_the_device(one: ReviewRound, browser_of: Any) -> None:
    """Another window saves meanwhile, so the edition rises without these words."""
    person = rounds.evaluator_of(one)
    context = browser_of(person)
    page = context.new_page()
    page.goto(f"{AT}evaluate/?commitment=1")
    rounds.draft(one, person, rounds.answers(one)[1:2])
    context.route("**/draft/", lambda route: route.abort())

    words(page, one, "lens").fill("Se publicó el acta.")
    page.get_by_role("button", name="Guardar y seguir con el compromiso 2").click()
    context.unroute("**/draft/")
    page.goto(f"{AT}evaluate/?commitment=2")

    expect(page.locator(".notice-warm:visible")).to_contain_text("compromiso 1")
    assert kept(page) == 1


def test_line_that_returns_during_a_failing_try_is_used_at_once(one: ReviewRound, browser_of: Any) -> None:
    context = browser_of(rounds.evaluator_of(one))
    page = context.new_page()
    page.goto(f"{AT}evaluate/?commitment=1")
    held: list[Route] = []
    context.route("**/draft/", lambda route: route.continue_() if held else held.append(route))
    radio(page, one, "lens", "Yes").check()
    expect(page.locator("[data-draft-status]")).to_have_text("Guardando…")

    page.evaluate("dispatchEvent(new Event('online'))")
    held[0].abort()

    expect(page.locator("[data-draft-status]")).to_contain_text("Guardado a las")
    assert said(one, "lens") == ("Yes", "")


def test_next_person_at_the_computer_sees_nothing_of_it(
    one: ReviewRound, browser_of: Any, live_server: LiveServer
) -> None:
    first, second = rounds.evaluator_of(one), rounds.evaluator_of(one)
    context = browser_of(first)
    page = context.new_page()
    page.goto(f"{AT}evaluate/?commitment=1")
    context.route("**/draft/", lambda route: route.abort())
    words(page, one, "lens").fill("Solo mío.")
    expect(page.locator("[data-draft-status]")).to_contain_text("Sin conexión")
    context.clear_cookies()
    bring_session(context, second, live_server.url)
    page.goto(f"{AT}evaluate/?commitment=1")

    expect(words(page, one, "lens")).to_have_value("")
    assert page.locator(".notice:visible").count() == 0
    assert kept(page) == 1  # it is there for who wrote it


def test_after_submitting_nothing_is_left_on_the_device(one: ReviewRound, browser_of: Any) -> None:
    person = rounds.evaluator_of(one)
    context = browser_of(person)
    page = context.new_page()
    page.goto(AT)
    page.evaluate(f'localStorage.setItem(\'draft:{person.pk}:{one.pk}:1\', \'{{"edition": "0", "fields": {{}}}}\')')
    rounds.submitted(one, by=person)
    page.goto(AT)

    wait_until(lambda: kept(page) == 0, "the device to forget the draft")
    assert Evaluation.objects.get().status == "submitted"
