"""Minutes: drafted by a button, two editors at once, corrected on a phone, approved, locked, taken along."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from docx import Document
from playwright.sync_api import Page, expect

from ogpgroup.models import User
from tests import factories
from tests.factories_schedule import create_agreement, create_session, publish
from tests.journeys.conftest import Product, press, text_of, wait_until
from tests.journeys.steps import PHONE, fits, main, sign_in
from tests.ogpgroup import pdf_reading
from tests.workshops.coordination import running_cycle
from workshops.models import Minutes, MinutesSection, Participation, Session

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def held_with(*people: User) -> Session:
    session = create_session(
        cycle=running_cycle(), title="Primera sesión", starts_at=datetime.now(UTC) - timedelta(days=2)
    )
    publish(session, notify=False)
    for person in people:
        Participation.objects.update_or_create(
            session=session, user=person, defaults={"attended": "present", "mode": "remote"}
        )
    create_agreement(session=session, number=1, text="Publicar las propuestas.")
    return session


def discussion() -> MinutesSection:
    return MinutesSection.objects.get(kind="discussion")


def test_minutes_from_draft_to_lock(product: Product, open_page: Callable[..., Page]) -> None:
    coordinator = factories.create_coordinator(name="Carmen Coordinadora", language="en")
    member = factories.create_member(name="Inés Integrante", language="en")
    session = held_with(member)
    carmen, ines = open_page(), open_page(viewport=PHONE, has_touch=True)

    sign_in(carmen, coordinator)
    carmen.goto(f"/sessions/{session.slug}/minutes/")
    press(carmen, "Draft the minutes")
    expect(main(carmen)).to_contain_text("Publicar las propuestas.")
    main(carmen).get_by_text("Name a rapporteur").click()
    carmen.get_by_label("Rapporteur", exact=False).select_option(label=str(member))
    press(carmen, "Name this person")

    # Two at one section: the text of one keeps itself, the other sees both when saving.
    sign_in(ines, member)
    address = f"/sessions/{session.slug}/minutes/sections/{discussion().pk}/"
    for page in (carmen, ines):
        page.goto(address)
    fits(ines)
    carmen.get_by_label("Text").fill("Se presentó el plan.")
    expect(carmen.locator("[data-keep-status]")).to_contain_text("Saved at")
    wait_until(lambda: discussion().text == "Se presentó el plan.", "the text to be kept")
    ines.get_by_label("Text").fill("Hubo preguntas.")
    expect(ines.locator("[data-keep-status]")).to_contain_text("Somebody else changed this section")
    press(ines, "Save the section")
    expect(main(ines)).to_contain_text("saved this while you were writing")
    expect(ines.get_by_label("Text")).to_have_value("Se presentó el plan.\nHubo preguntas.")
    fits(ines)
    press(ines, "Save the section")
    expect(main(ines)).to_contain_text("Hubo preguntas.")

    # Opened to corrections: who took part is told, corrects on a phone and gets a reply.
    carmen.goto(f"/sessions/{session.slug}/minutes/")
    press(carmen, "Open to corrections for a week")
    product.call_like_beat()
    assert f"/sessions/{session.slug}/minutes/" in text_of(product.mail_to(member.email, number=1))
    ines.goto(f"/sessions/{session.slug}/minutes/")
    ines.get_by_label("What is wrong or missing").fill("Falta quién presentó.")
    press(ines, "Send the correction")
    expect(main(ines)).to_contain_text("Falta quién presentó.")
    carmen.reload()
    main(carmen).get_by_text("Decide", exact=True).click()
    carmen.get_by_label("taken over in part").check()
    carmen.get_by_label("Reply to the person").fill("Se nombra a la institución.")
    press(carmen, "Tell the person")
    product.call_like_beat()
    assert "Se nombra a la institución." in text_of(product.mail_to(member.email, number=2))

    # After the week they are approved, and nothing of them changes any more.
    Minutes.objects.update(correct_by=timezone.localdate() - timedelta(days=1))
    carmen.reload()
    press(carmen, "Approve and publish")
    expect(main(carmen)).to_contain_text("They do not change any more.")
    expect(main(carmen).get_by_role("link", name="Write")).to_have_count(0)
    stranger = open_page()
    stranger.goto(f"/sessions/{session.slug}/minutes/")
    expect(main(stranger)).to_contain_text("Hubo preguntas.")
    document = Document(io.BytesIO(stranger.request.get(f"/sessions/{session.slug}/minutes.docx").body()))
    assert "Hubo preguntas." in "\n".join(one.text for one in document.paragraphs)
    for name, words in (("minutes", "Hubo preguntas."), ("memoria", "Publicar las propuestas.")):
        content = stranger.request.get(f"/sessions/{session.slug}/{name}.pdf").body()
        assert words in pdf_reading.words(content)
        assert pdf_reading.claims_pdf_ua(content)


def test_minutes_without_javascript(product: Product, open_page: Callable[..., Page]) -> None:
    coordinator = factories.create_coordinator(language="en")
    session = held_with(coordinator)
    page = open_page(java_script_enabled=False, viewport=PHONE)

    sign_in(page, coordinator)
    page.goto(f"/sessions/{session.slug}/minutes/")
    press(page, "Draft the minutes")
    page.goto(f"/sessions/{session.slug}/minutes/sections/{discussion().pk}/")
    page.get_by_label("Text").fill("Se presentó el plan.")
    press(page, "Save the section")
    expect(main(page)).to_contain_text("Se presentó el plan.")
    create_agreement(session=session, number=2, text="Reunirse en marzo.")
    page.goto(f"/sessions/{session.slug}/minutes/sections/{MinutesSection.objects.get(kind='agreements').pk}/refresh/")
    expect(page.get_by_label("Text")).to_have_value("1. Publicar las propuestas.\n2. Reunirse en marzo.")
    press(page, "Save the section")
    expect(main(page)).to_contain_text("Reunirse en marzo.")
    fits(page)
