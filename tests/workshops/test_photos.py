"""Photos: only with consent and words, in three sizes without metadata, gone when somebody wishes."""

import io
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from ogpgroup.errors import ActionNotPossible
from tests.factories_schedule import create_session, in_days, publish
from workshops.actions import photos as actions
from workshops.actions.photos import Words
from workshops.models import Photo, Session

pytestmark = pytest.mark.django_db

WORDS = Words(alt="Personas alrededor de una mesa.", caption="Mesa 1", credit="Grupo")


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def session(coordinator) -> Session:
    session = create_session(starts_at=in_days(-3), title="Primera sesión")
    publish(session)
    session.refresh_from_db()
    return session


def picture(name: str = "foto.jpg", *, size: tuple[int, int] = (2400, 1200), color: str = "green"):
    output = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Vera Vecina en su casa"
    Image.new("RGB", size, color).save(output, "JPEG", exif=exif)
    return SimpleUploadedFile(name, output.getvalue())


def add(session, *files, by, form_id=None):
    return actions.add_photos(session, files=files, words=WORDS, form_id=form_id or uuid4(), by=by, now=timezone.now())


def test_photo_is_kept_in_three_sizes_without_metadata(session, coordinator):
    ((photo,), not_kept) = add(session, picture(), by=coordinator)

    sizes = []
    for name in ("file", "medium", "small"):
        with getattr(photo, name).open("rb") as file:
            content = file.read()
        sizes.append(Image.open(io.BytesIO(content)).size)
        assert b"Vera" not in content
    assert (sizes, not_kept) == ([(2048, 1024), (1024, 512), (480, 240)], [])
    assert (photo.width, photo.height) == (2048, 1024)


def test_form_sent_twice_keeps_each_once(session, coordinator):
    form_id = uuid4()

    add(session, picture(), picture(color="red"), by=coordinator, form_id=form_id)
    add(session, picture(), picture(color="red"), by=coordinator, form_id=form_id)

    assert list(session.photos.values_list("position", flat=True)) == [1, 2]


def test_what_is_no_photo_is_told_and_the_rest_stays(session, coordinator):
    others = [SimpleUploadedFile("acta.pdf", b"%PDF-1.7"), SimpleUploadedFile("x.jpg", b"no")]

    kept, not_kept = add(session, picture(), *others, by=coordinator)

    assert len(kept) == 1
    assert [one.name for one in not_kept] == ["acta.pdf", "x.jpg"]


def test_so_many_at_once_and_in_all(session, coordinator, monkeypatch):
    with pytest.raises(ActionNotPossible):
        add(session, *[picture() for _ in range(11)], by=coordinator)
    monkeypatch.setattr(Photo, "MOST", 1)
    with pytest.raises(ActionNotPossible):
        add(session, picture(), picture(color="red"), by=coordinator)


@pytest.mark.parametrize("change", [{"people_agree": False}, {"alt": ""}, {"caption": ""}, {"small": ""}])
def test_database_keeps_no_photo_without_consent_words_and_sizes(session, coordinator, change):
    ((photo,), _none) = add(session, picture(size=(60, 40)), by=coordinator)

    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(**change)


def test_bytes_go_and_the_row_stays(session, coordinator, django_capture_on_commit_callbacks, stranger):
    ((photo,), _none) = add(session, picture(size=(60, 40)), by=coordinator)
    names = [photo.file.name, photo.medium.name, photo.small.name]
    address = photo.get_absolute_url()

    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_photo(photo, reason="Lo pidió una persona.", by=coordinator, now=timezone.now())

    photo.refresh_from_db()
    assert [default_storage.exists(name) for name in names] == [False, False, False]
    assert (photo.removal_reason, photo.removed_by) == ("Lo pidió una persona.", coordinator)
    assert stranger.get(address).status_code == 404
    with pytest.raises(ActionNotPossible):
        actions.remove_photo(photo, reason="Otra vez.", by=coordinator, now=timezone.now())


def test_consent_is_asked(session, coordinator):
    client = Client()
    client.force_login(coordinator)
    sent = {"photos": [picture()], "alt": "Mesa", "caption": "Mesa 1", "form_id": str(uuid4())}

    refused = client.post(f"/sessions/{session.slug}/photos/add/", sent)
    sent["photos"] = [picture()]
    kept = client.post(f"/sessions/{session.slug}/photos/add/", sent | {"people_agree": "on"})

    assert refused.context["form"].errors["people_agree"] == [
        "Sin el consentimiento de quienes aparecen, las fotos no se muestran."
    ]
    assert kept.status_code == 302
    assert session.photos.count() == 1


def test_page_shows_photos_lazily_with_a_way_to_ask_for_removal(session, coordinator, stranger):
    ((photo,), _none) = add(session, picture(), by=coordinator)

    page = stranger.get(f"/sessions/{session.slug}/photos/").content.decode()

    assert f'<img src="{photo.get_absolute_url()}?size=small"' in page
    assert 'width="2048" height="1024" alt="Personas alrededor de una mesa." loading="lazy"' in page
    assert "mailto:" in page
    small = b"".join(stranger.get(f"{photo.get_absolute_url()}?size=small"))
    assert Image.open(io.BytesIO(small)).size == (480, 240)


def test_photo_is_described_anew(session, coordinator):
    ((photo,), _none) = add(session, picture(size=(60, 40)), by=coordinator)
    client = Client()
    client.force_login(coordinator)

    client.post(
        f"/sessions/{session.slug}/photos/{photo.pk}/", {"alt": "Otra", "caption": "Pie", "credit": "", "position": "4"}
    )

    photo.refresh_from_db()
    assert (photo.alt, photo.caption, photo.credit, photo.position) == ("Otra", "Pie", "", 4)
