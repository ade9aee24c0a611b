"""Photos: only with consent and words, in three sizes without metadata, gone when somebody wishes."""

import io
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from ogpgroup import waiting
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests.factories_schedule import create_session, in_days, publish
from tests.workshops.coordination import desk_of, text_of
from workshops.actions import photos as actions
from workshops.actions.photos import Words
from workshops.models import Photo, Session
from workshops.views import photos as views

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NOW = timezone.now()
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


def to(name: str, session: Session, *more: int) -> str:
    return reverse(f"workshops:{name}", args=[session.slug, *more])


def shown(session: Session, user: User | AnonymousUser | None = None) -> list[Photo]:
    return list(Photo.objects.visible_to(user or AnonymousUser()).shown().filter(session=session))


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


@pytest.mark.parametrize(
    "change", [{"people_agree": False}, {"alt": ""}, {"caption": ""}, {"small": ""}, {"kept_at": NOW}]
)
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
    sent = {"photos": [picture()], "form_id": str(uuid4())}

    refused = client.post(f"/sessions/{session.slug}/photos/add/", sent)
    sent["photos"] = [picture()]
    kept = client.post(f"/sessions/{session.slug}/photos/add/", sent | {"people_agree": "on"})

    assert refused.context["form"].errors["people_agree"] == [
        "Sin el consentimiento de quienes aparecen, las fotos no se muestran."
    ]
    assert kept["Location"] == to("photos_describe", session)
    assert session.photos.count() == 1


def test_page_shows_photos_lazily_with_a_way_to_ask_for_removal(session, coordinator, stranger):
    ((photo,), _none) = add(session, picture(), by=coordinator)

    page = stranger.get(f"/sessions/{session.slug}/photos/").content.decode()

    assert f'<img src="{photo.get_absolute_url()}?size=small"' in page
    assert 'width="2048" height="1024" alt="Personas alrededor de una mesa." loading="lazy"' in page
    assert to("photo_ask", session, photo.pk) in page
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


# --- Words for each ---------------------------------------------------------------------------------------------------


def upload(session: Session, client: Client, *files: SimpleUploadedFile) -> list[Photo]:
    sent = {"photos": list(files), "credit": "Grupo", "people_agree": "on", "form_id": str(uuid4())}
    client.post(to("photos_add", session), sent)
    return list(session.photos.all())


def test_each_photo_gets_words_of_its_own_and_is_shown_from_then_on(session, coordinator, stranger):
    desk = desk_of(coordinator)
    one, two = upload(session, desk, picture(size=(60, 40)), picture(size=(60, 40), color="red"))
    assert shown(session) == []
    assert stranger.get(one.get_absolute_url()).status_code == 404
    assert b"".join(desk.get(one.get_absolute_url()))
    assert waiting.for_person(coordinator, timezone.localdate()).count == 2

    said = {f"{one.pk}-alt": "Tres personas.", f"{one.pk}-caption": "Mesa 1", f"{one.pk}-credit": "Grupo"}
    desk.post(to("photos_describe", session), said | {f"{two.pk}-credit": "Grupo"})

    assert [(photo.alt, photo.caption, photo.credit) for photo in shown(session)] == [
        ("Tres personas.", "Mesa 1", "Grupo")
    ]
    page = text_of(desk.get(to("photos", session)))
    assert ("not described yet" in page, "not described yet" in text_of(stranger.get(to("photos", session)))) == (
        True,
        False,
    )
    two.refresh_from_db()
    assert two.described_at is None


def test_half_a_description_is_told_and_the_others_are_kept(session, coordinator):
    desk = desk_of(coordinator)
    one, two = upload(session, desk, picture(size=(60, 40)), picture(size=(60, 40), color="red"))

    said = {f"{one.pk}-alt": "Tres personas.", f"{one.pk}-caption": "Mesa 1", f"{two.pk}-alt": "Una mesa."}
    response = desk.post(to("photos_describe", session), said)

    assert [photo.pk for photo in shown(session)] == [one.pk]
    ((left, form),) = response.context["rest"]
    assert (left, form["alt"].value(), list(form.errors)) == (two, "Una mesa.", ["caption"])


# --- Taken away by who is on it ---------------------------------------------------------------------------------------


def test_who_is_on_a_photo_hides_it_at_once_without_an_account(session, coordinator, stranger):
    ((photo,), _none) = add(session, picture(size=(60, 40)), by=coordinator)
    ask = to("photo_ask", session, photo.pk)
    assert stranger.get(ask).status_code == 200
    assert shown(session) == [photo]

    stranger.post(ask, {"because": "No quiero salir.", "contact": "844 000 0000"})

    assert shown(session) == []
    assert stranger.get(photo.get_absolute_url()).status_code == 404
    assert stranger.get(ask).status_code == 404
    (thing,) = waiting.for_person(coordinator, timezone.localdate()).things
    assert thing.href == to("photo_edit", session, photo.pk)
    page = text_of(desk_of(coordinator).get(thing.href))
    assert ("No quiero salir." in page, "844 000 0000" in page) == (True, True)


def test_photo_is_shown_again_with_a_reason_and_the_contact_is_forgotten(session, coordinator, stranger):
    ((photo,), _none) = add(session, picture(size=(60, 40)), by=coordinator)
    actions.ask_away(photo, because="", contact="844 000 0000", now=NOW)
    desk, keep = desk_of(coordinator), to("photo_keep", session, photo.pk)

    assert list(desk.post(keep, {}).context["keep"].errors) == ["reason"]
    desk.post(keep, {"reason": "Solo se ve el edificio."})

    photo.refresh_from_db()
    assert (photo.kept_by, photo.kept_because, photo.asked_contact) == (coordinator, "Solo se ve el edificio.", "")
    assert shown(session) == [photo]
    with pytest.raises(ActionNotPossible):
        actions.keep_photo(photo, reason="Otra vez.", by=coordinator, now=NOW)
    stranger.post(to("photo_ask", session, photo.pk), {})
    assert shown(session) == []


def test_taking_it_away_forgets_whom_to_write_to(session, coordinator):
    ((photo,), _none) = add(session, picture(size=(60, 40)), by=coordinator)
    actions.ask_away(photo, because="", contact="844 000 0000", now=NOW)

    actions.remove_photo(photo, reason="Lo pidió una persona.", by=coordinator, now=NOW)

    photo.refresh_from_db()
    assert photo.asked_contact == ""


def test_one_connection_does_not_hide_all(session, coordinator, stranger, monkeypatch):
    kept = [add(session, picture(size=(60, 40), color=color), by=coordinator)[0][0] for color in ("red", "blue")]
    monkeypatch.setattr(views, "ASKED", 1)

    statuses = [stranger.post(to("photo_ask", session, photo.pk)).status_code for photo in kept]

    assert statuses == [302, 429]
    assert shown(session) == kept[1:]
