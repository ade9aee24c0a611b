"""Pages of minutes: who reads and writes them, two editors at once, what the documents hold."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document

from ogpgroup.models import User
from tests.factories_schedule import create_session, in_days, publish
from tests.ogpgroup import pdf_reading
from workshops import drafting
from workshops.actions import minutes as actions
from workshops.models import Minutes, MinutesSection, Participation, Session

pytestmark = pytest.mark.django_db

HOSTILE = '<script>alert(1)</script> #import "x" [a](javascript:x) \x0b {{7*7}} \u202e'


@pytest.fixture
def session() -> Session:
    session = create_session(starts_at=in_days(-3), title="Primera sesión")
    publish(session)
    session.refresh_from_db()
    return session


@pytest.fixture
def minutes(session, coordinator) -> Minutes:
    assert session.current_version
    sections = drafting.sections_of(session.current_version, coordinator)
    return actions.draft(session, sections=sections, now=timezone.now())


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def discussion(minutes: Minutes) -> MinutesSection:
    return minutes.sections.get(kind="discussion")


def write(client: Client, minutes: Minutes, text: str, *, edition: int, keep: bool = False):
    one = discussion(minutes)
    address = f"/sessions/{minutes.session.slug}/minutes/sections/{one.pk}/{'keep/' if keep else ''}"
    return client.post(address, {"heading": one.heading, "text": text, "edition": edition})


def approved(minutes: Minutes, by: User) -> Minutes:
    actions.open_to_corrections(minutes, now=timezone.now())
    return actions.approve(minutes, by=by, now=timezone.now() + timedelta(days=9))


def test_coordinator_drafts_by_one_button(session, coordinator):
    client = browser(coordinator)

    assert "Redactar el borrador" in client.get(f"/sessions/{session.slug}/minutes/").content.decode()
    response = client.post(f"/sessions/{session.slug}/minutes/draft/", follow=True)

    assert "**" not in response.content.decode()
    assert "<strong>Sesión:</strong> Primera sesión" in response.content.decode()


def test_draft_is_read_by_who_writes_it(minutes, coordinator, member, stranger):
    actions.name_rapporteur(minutes, rapporteur=member, on=timezone.now())

    seen = [client.get(minutes.get_absolute_url()).status_code for client in (browser(coordinator), browser(member))]

    assert seen == [200, 200]
    assert stranger.get(minutes.get_absolute_url()).status_code == 404


def test_of_two_editors_neither_loses_a_word(minutes, coordinator, member):
    actions.name_rapporteur(minutes, rapporteur=member, on=timezone.now())
    one, other = browser(coordinator), browser(member)
    write(one, minutes, "Uno.\nDos.", edition=1)

    response = write(other, minutes, "Tres.", edition=1)

    assert response.status_code == 409
    assert response.context["form"]["text"].value() == "Uno.\nDos.\nTres."
    write(other, minutes, "Uno.\nDos.\nTres.", edition=2)
    assert (discussion(minutes).text, discussion(minutes).edition) == ("Uno.\nDos.\nTres.", 3)


def test_text_keeps_itself(minutes, coordinator):
    client = browser(coordinator)

    kept, late = (write(client, minutes, text, edition=1, keep=True) for text in ("Uno.", "Dos."))

    assert (kept.status_code, kept.json()["edition"]) == (200, 2)
    assert late.status_code == 409
    assert (late.json()["edition"], late.json()["text"]) == (2, "Uno.")
    assert discussion(minutes).text == "Uno."


def test_too_long_text_is_refused_beside_the_field(minutes, coordinator):
    response = write(browser(coordinator), minutes, "á" * 11_000, edition=1)

    assert response.context["form"].errors["text"]
    assert response.context["form"]["text"].value() == "á" * 11_000


def test_refresh_stores_nothing_before_it_is_sent(minutes, coordinator):
    one = minutes.sections.get(kind="agreements")
    client = browser(coordinator)
    address = f"/sessions/{minutes.session.slug}/minutes/sections/{one.pk}/refresh/"

    page = client.get(address)
    one.refresh_from_db()
    before = one.edition
    form = page.context["form"].initial
    client.post(address, form)
    one.refresh_from_db()

    assert (before, one.edition) == (1, 2)


def test_correction_is_written_and_answered(session, minutes, member, coordinator):
    Participation.objects.update_or_create(session=session, user=member, defaults={"attended": "present"})
    actions.open_to_corrections(minutes, now=timezone.now())
    address = f"/sessions/{session.slug}/minutes/corrections/"

    browser(member).post(address, {"text": "Falta la mesa 2.", "form_id": str(uuid4())})
    correction = minutes.corrections.get()
    page = browser(coordinator).get(minutes.get_absolute_url()).content.decode()
    browser(coordinator).post(f"{address}{correction.pk}/", {"decision": "not_taken", "reply": "Está en el anexo."})

    assert "Falta la mesa 2." in page
    assert member.name not in page.partition('id="corrections"')[2]
    assert "Está en el anexo." in browser(member).get(minutes.get_absolute_url()).content.decode()


def test_refused_decision_keeps_what_was_typed(session, minutes, member, coordinator):
    Participation.objects.update_or_create(session=session, user=member, defaults={"attended": "present"})
    actions.open_to_corrections(minutes, now=timezone.now())
    correction = actions.correct(minutes, section=None, text="Falta.", form_id=uuid4(), by=member, now=timezone.now())

    response = browser(coordinator).post(
        f"/sessions/{session.slug}/minutes/corrections/{correction.pk}/", {"decision": "not_taken", "reply": ""}
    )

    assert response.status_code == 409
    assert f'id="decision-{correction.pk}-reply"' in response.content.decode()


def test_approved_minutes_are_everybodys(minutes, coordinator, stranger):
    write(browser(coordinator), minutes, "Se habló del agua.", edition=1)
    approved(minutes, coordinator)

    page = stranger.get(minutes.get_absolute_url()).content.decode()

    assert "Se habló del agua." in page
    assert "Otros asuntos" not in page
    assert f'href="{minutes.get_absolute_url()}"' in stranger.get(minutes.session.get_absolute_url()).content.decode()


@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_documents_of_a_draft_are_no_strangers_business(minutes, stranger, ending):
    assert stranger.get(f"/sessions/{minutes.session.slug}/minutes.{ending}").status_code == 404


def test_document_of_word_has_headings_and_a_table_in_spanish(minutes, coordinator, stranger):
    text = "### Agua\n\n1. Uno\n2. **Dos**\n\n- a\n  - b\n\n[Sitio](https://ejemplo.org) " + HOSTILE
    write(browser(coordinator), minutes, text, edition=1)
    approved(minutes, coordinator)

    response = stranger.get(f"/sessions/{minutes.session.slug}/minutes.docx")
    document = Document(io.BytesIO(response.content))

    styles = [(one.style.name, one.text) for one in document.paragraphs if one.style]
    assert ("Title", "Minuta: Primera sesión") in styles
    assert ("Heading 1", "Lo que se trató") in styles
    assert ("Heading 2", "Agua") in styles
    assert ("List", "2. Dos") in styles
    assert ("List Bullet 2", "b") in styles
    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["Sesión", "Primera sesión"]
    assert document.core_properties.language == "es-MX"
    assert 'w:val="es-MX"' in document.styles.element.xml
    assert "<script>alert(1)</script>" in "\n".join(text for _style, text in styles)


def test_pdf_is_tagged_and_reads_in_order(minutes, coordinator, stranger):
    write(browser(coordinator), minutes, "### Agua\n\n1. Uno\n2. **Dos**\n\n" + HOSTILE, edition=1)
    approved(minutes, coordinator)

    document = stranger.get(f"/sessions/{minutes.session.slug}/minutes.pdf").content

    words = pdf_reading.words(document)
    assert pdf_reading.is_tagged(document)
    assert pdf_reading.claims_pdf_ua(document)
    assert pdf_reading.language(document) == "es-MX"
    assert words.index("Apertura") < words.index("Lo que se trató") < words.index("1. Uno") < words.index("2. Dos")
    assert "{{7*7}}" in words


@pytest.mark.parametrize("count", [1, 3])
def test_number_of_queries_stays(minutes, coordinator, stranger, django_assert_num_queries, count):
    for number in range(count):
        actions.add_section(minutes, heading=f"Más {number}", by=coordinator, now=timezone.now())
    approved(minutes, coordinator)

    with django_assert_num_queries(3):
        stranger.get(minutes.get_absolute_url())
