"""What is handed out: let in by its content, in versions, for those it is meant for, by presenters and coordinators."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ogpgroup.uploads import Refused
from tests import factories
from tests.ogpgroup import pdf_reading as reading
from tests.ogpgroup import upload_documents as docs
from tests.workshops.agendas import put
from tests.workshops.published import NOW, publish_session
from workshops.actions import agenda, materials
from workshops.models import Material, MaterialVersion

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def presenter():
    return factories.create_official()


@pytest.fixture
def item(presenter):
    return put(publish_session().session, "Reynosa", 30, presenter=presenter)


def pdf(name: str = "diapositivas.pdf", content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or docs.pdf())


def hand_out(item, by, **changes: Any) -> Material:
    sent = {"kind": "slides", "title": "", "visibility": "public", "upload": pdf(), "form_id": uuid4(), **changes}
    return materials.add_material(item.session, item=item, by=by, **sent)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_material_bears_the_name_of_its_file(item, presenter):
    material = hand_out(item, presenter)

    assert (material.title, material.versions.get().content_type) == ("diapositivas", "application/pdf")


def test_slides_are_handed_out_as_they_were_made(item, presenter):
    slides = docs.pptx()

    material = hand_out(item, presenter, upload=SimpleUploadedFile("avance.pptx", slides))

    response: Any = Client().get(material.versions.get().get_absolute_url())
    assert b"".join(response.streaming_content) == slides
    assert response["Content-Disposition"] == 'attachment; filename="avance.pptx"'
    page = signed_in(presenter).get(item.get_absolute_url()).content.decode()
    assert "PPTX" in page


def test_form_sent_twice_hands_out_once_and_leaves_no_bytes(item, presenter, tmp_path):
    form = uuid4()

    assert hand_out(item, presenter, form_id=form) == hand_out(item, presenter, form_id=form)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"upload": pdf("diapositivas.exe", b"MZ")},
        {"upload": pdf("diapositivas.pdf", b"<script>alert(1)</script>")},
        {"upload": None, "url": "javascript:alert(1)"},
        {"upload": None, "url": "https://gob.mx@example.org"},
    ],
    ids=["a program", "a web page under another name", "a script", "an address that hides where it leads"],
)
def test_what_could_do_harm_is_not_let_in(sent, item, presenter):
    with pytest.raises(Refused):
        hand_out(item, presenter, **sent)

    assert not Material.objects.exists()


def test_earlier_versions_stay_to_be_read(item, presenter):
    material = hand_out(item, presenter)
    first = material.versions.get()

    second = materials.add_version(material, url="https://example.org/video", by=presenter)
    again = materials.add_version(material, url="https://example.org/video", by=presenter)

    assert (second.number, again) == (2, second)
    response: Any = Client().get(first.get_absolute_url())
    assert b"".join(response.streaming_content) == docs.pdf()


def test_quota_and_number_are_bounded(item, presenter, monkeypatch):
    monkeypatch.setattr(materials, "QUOTA", 10)
    with pytest.raises(Refused):
        hand_out(item, presenter)
    monkeypatch.undo()
    monkeypatch.setattr(Material, "MOST", 0)
    with pytest.raises(Refused):
        hand_out(item, presenter)

    assert not MaterialVersion.objects.exists()


def test_withdrawn_material_is_read_by_nobody(item, presenter, coordinator):
    material = hand_out(item, presenter)
    address = material.versions.get().get_absolute_url()

    materials.withdraw_material(material, now=timezone.now())

    assert [client.get(address).status_code for client in (Client(), signed_in(coordinator))] == [404, 404]


def test_presenter_hands_out_on_a_page_and_hostile_titles_stay_text(item, presenter):
    client = signed_in(presenter)
    address = reverse("workshops:point_material_create", args=[item.session.slug, item.pk])
    title = "<img src=x onerror=alert(1)>"
    sent = {"file": pdf(), "kind": "slides", "title": title, "visibility": "public", "form_id": str(uuid4())}

    assert client.post(address, sent).status_code == 302

    text = client.get(item.session.get_absolute_url()).content.decode()
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert title not in text


def test_refused_file_is_told_beside_the_field_and_the_rest_stays(item, presenter):
    address = reverse("workshops:point_material_create", args=[item.session.slug, item.pk])
    sent = {"file": pdf("a.exe", b"MZ"), "kind": "slides", "title": "Mi título", "visibility": "group"}

    response = signed_in(presenter).post(address, {**sent, "form_id": str(uuid4())})

    assert response.status_code == 409
    assert 'value="Mi título"' in response.content.decode()


def test_agenda_as_pdf_is_tagged_in_order_and_in_the_readers_language(item, presenter):
    put(item.session, "Acuerdos 🎉 #panic()", 10, kind="agreements")
    agenda.publish_agenda(item.session, now=NOW)
    address = reverse("workshops:agenda_pdf", args=[item.session.slug])

    document = Client(headers={"accept-language": "es-mx"}).get(address).content

    words = reading.words(document)
    assert words.index("10:00 h") < words.index("Reynosa") < words.index("10:30 h") < words.index("Acuerdos □ #panic()")
    assert (reading.language(document), reading.is_tagged(document)) == ("es-MX", True)
    assert reading.claims_pdf_ua(document)
    assert set(reading.fonts_embedded(document).values()) == {True}
