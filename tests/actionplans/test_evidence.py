"""Evidence is accepted, waits for its form, is attached once, and goes when nobody fetches it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from actionplans.actions import evidence as actions
from actionplans.models import ActionPlan, Deliverable, Evidence, ProgressEntry
from ogpgroup import mailings
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from ogpgroup.models import User
from ogpgroup.uploads import Refused, tries
from tests import factories
from tests.ogpgroup import upload_documents as docs
from tests.ogpgroup import upload_pictures as pics

OnCommit = Callable[..., Any]


@pytest.fixture
def plan(reynosa: Any) -> ActionPlan:
    return factories.create_plan(city=reynosa, slug="reynosa")


@pytest.fixture
def entry(plan: ActionPlan) -> ProgressEntry:
    return factories.create_entry(commitment=factories.create_commitment(plan=plan))


def pdf(name: str = "acta.pdf", *, about: str = "") -> "SimpleUploadedFile":
    return SimpleUploadedFile(name, docs.pdf(body=f"% {about}\n".encode()))


def stored() -> set[str]:
    folder = Path(default_storage.path("evidence"))
    return {path.name for path in folder.rglob("*") if path.is_file()} if folder.exists() else set()


@pytest.fixture(autouse=True)
def _empty_storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


# --- keeping ----------------------------------------------------------------------------------------------------------


def test_picture_is_kept_drawn_anew_with_what_it_shows(plan: ActionPlan, official_reynosa: User) -> None:
    upload = SimpleUploadedFile("Foto.JPG", pics.gps(), content_type="text/html")

    kept = actions.keep_file(plan, upload=upload, alt=" Vecinas \n en el foro ", by=official_reynosa)

    kept.refresh_from_db()
    assert (kept.name, kept.content_type, kept.alt) == ("Foto.jpg", "image/jpeg", "Vecinas en el foro")
    assert (kept.width, kept.height, kept.uploaded_by) == (40, 60, official_reynosa)
    with kept.file.open() as file:
        content = file.read()
    assert kept.size == len(content)
    assert pics.SECRET not in content
    assert str(kept.file.name).endswith(f"/{kept.uuid}.jpg")
    assert list(Evidence.objects.waiting()) == [kept]


def test_document_has_no_picture_to_describe(plan: ActionPlan, official_reynosa: User) -> None:
    kept = actions.keep_file(plan, upload=pdf(), alt="Vecinas", by=official_reynosa)

    assert (kept.alt, kept.width) == ("", None)


def test_refused_file_leaves_nothing(plan: ActionPlan, official_reynosa: User) -> None:
    with pytest.raises(Refused):
        actions.keep_file(plan, upload=SimpleUploadedFile("a.svg", b"<svg/>"), alt="", by=official_reynosa)

    assert not Evidence.objects.exists()
    assert stored() == set()


def test_file_sent_twice_waits_once(plan: ActionPlan, official_reynosa: User, coordinator: User) -> None:
    first, second = (actions.keep_file(plan, upload=pdf(), alt="", by=official_reynosa) for _ in range(2))
    others = actions.keep_file(plan, upload=pdf(), alt="", by=coordinator)

    assert first == second != others
    assert len(stored()) == 2


def test_plan_has_room_for_so_much(plan: ActionPlan, official_reynosa: User, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(docs.pdf(body=b"% \n"))
    monkeypatch.setattr(actions, "QUOTA", 2 * size)
    first = actions.keep_file(plan, upload=pdf(), alt="", by=official_reynosa)
    actions.keep_file(factories.create_plan(), upload=pdf(), alt="", by=official_reynosa)
    Evidence.objects.create(
        **{name: getattr(first, name) for name in ("plan", "kind", "file", "name", "content_type", "size", "sha256")}
    )  # a copy
    actions.keep_file(plan, upload=SimpleUploadedFile("a.csv", b"a" * size), alt="", by=official_reynosa)

    with pytest.raises(Refused) as refused:
        actions.keep_file(plan, upload=SimpleUploadedFile("b.csv", b"b"), alt="", by=official_reynosa)

    assert refused.value.reason == "quota"
    assert len(stored()) == 3


def test_person_sends_so_many_files_in_so_much_time(
    plan: ActionPlan, official_reynosa: User, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "MOST", 2)
    for name in ("a.exe", "b.exe"):
        with pytest.raises(Refused):
            actions.keep_file(plan, upload=SimpleUploadedFile(name, b"MZ"), alt="", by=official_reynosa)

    with pytest.raises(Refused) as refused:
        actions.keep_file(plan, upload=pdf(), alt="", by=official_reynosa)

    assert refused.value.reason == "tries"
    assert actions.keep_file(plan, upload=pdf(), alt="", by=coordinator)
    cache.delete(f"limits:upload:{official_reynosa.pk}")
    assert actions.keep_file(plan, upload=pdf(), alt="", by=official_reynosa)


# --- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://reynosa.gob.mx/actas/1?x=2#y", "https://reynosa.gob.mx/actas/1?x=2#y"),
        (" http://example.org ", "http://example.org"),
        ("www.reynosa.gob.mx/plan", "https://www.reynosa.gob.mx/plan"),
        ("https://127.0.0.1/admin", "https://127.0.0.1/admin"),  # never fetched, so harmless
    ],
)
def test_link_is_kept(plan: ActionPlan, official_reynosa: User, url: str, kept: str) -> None:
    link = actions.keep_link(plan, url=url, name=" Acta\u202e 1 ", by=official_reynosa)

    assert (link.url, link.name, link.kind) == (kept, "Acta 1", "link")
    assert actions.keep_link(plan, url=url, by=official_reynosa) == link


def test_link_without_a_name_shows_where_it_leads(plan: ActionPlan, official_reynosa: User) -> None:
    link = actions.keep_link(plan, url="https://www.reynosa.gob.mx/plan/", by=official_reynosa)

    assert link.name == "reynosa.gob.mx/plan"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt://example.org/%0aalert(1)",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "ftp://example.org/a",
        "//example.org",
        "https://",
        "https://gob.mx@example.org/",
        "https://example.org/\u202egpj.exe",
        "https://example.org/a b",
        "https://example.org/\r\nSet-Cookie:x",
        "https://[::1",
        "https://example.org/" + "a" * 500,
        "reynosa.gob.mx",
    ],
)
def test_what_is_no_link_to_a_page_is_refused(plan: ActionPlan, official_reynosa: User, url: str) -> None:
    with pytest.raises(Refused):
        actions.keep_link(plan, url=url, by=official_reynosa)


# --- attaching --------------------------------------------------------------------------------------------------------


def test_what_waits_is_attached_to_an_entry(plan: ActionPlan, entry: ProgressEntry, official_reynosa: User) -> None:
    kept = actions.keep_file(plan, upload=pdf(), alt="", by=official_reynosa)
    link = actions.keep_link(plan, url="https://example.org", by=official_reynosa)

    attached = actions.attach(entry=entry, uuids=[link.uuid, kept.uuid, kept.uuid], by=official_reynosa)

    assert attached == [kept, link]
    assert list(entry.evidence.all()) == [kept, link]
    assert not Evidence.objects.waiting().exists()
    assert actions.attach(entry=entry, uuids=[kept.uuid], by=official_reynosa) == [kept, link]
    assert actions.drop(plan, uuids=[kept.uuid], by=official_reynosa) == 0


def test_same_file_stands_once_however_often_the_form_is_sent(
    plan: ActionPlan, entry: ProgressEntry, official_reynosa: User, django_capture_on_commit_callbacks: OnCommit
) -> None:
    for _ in range(2):
        kept = actions.keep_file(plan, upload=pdf(), alt="", by=official_reynosa)
        link = actions.keep_link(plan, url="https://example.org", by=official_reynosa)
        with django_capture_on_commit_callbacks(execute=True):
            attached = actions.attach(entry=entry, uuids=[kept.uuid, link.uuid], by=official_reynosa)

    assert len(attached) == Evidence.objects.count() == 2
    assert stored() == {f"{attached[0].uuid}.pdf"}


@pytest.mark.parametrize("whose", ["another person", "another plan", "nobody", "another entry"])
def test_only_what_the_same_person_sent_for_the_plan_is_attached(
    plan: ActionPlan, entry: ProgressEntry, official_reynosa: User, coordinator: User, whose: str
) -> None:
    sender = coordinator if whose == "another person" else official_reynosa
    target = factories.create_plan() if whose == "another plan" else plan
    kept = actions.keep_file(target, upload=pdf(), alt="", by=sender)
    if whose == "another entry":
        other = factories.create_entry(commitment=entry.commitment)
        actions.attach(entry=other, uuids=[kept.uuid], by=official_reynosa)

    with pytest.raises(ActionNotPossible):
        actions.attach(entry=entry, uuids=[uuid4() if whose == "nobody" else kept.uuid], by=official_reynosa)

    assert not entry.evidence.exists()


def test_place_has_room_for_so_many(plan: ActionPlan, official_reynosa: User) -> None:
    deliverable = factories.create_deliverable(plan=plan)
    links = [
        actions.keep_link(plan, url=f"https://example.org/{number}", by=official_reynosa).uuid
        for number in range(Evidence.MOST + 1)
    ]
    actions.attach(deliverable=deliverable, uuids=links[: Evidence.MOST], by=official_reynosa)

    with pytest.raises(Refused):
        actions.attach(deliverable=deliverable, uuids=links[Evidence.MOST :], by=official_reynosa)

    assert Deliverable.objects.get().evidence.count() == Evidence.MOST


def test_evidence_stands_in_one_place(plan: ActionPlan, entry: ProgressEntry, official_reynosa: User) -> None:
    link = actions.keep_link(plan, url="https://example.org", by=official_reynosa)

    for places in ({}, {"entry": entry, "deliverable": factories.create_deliverable(plan=plan)}):
        with pytest.raises(ValueError, match="one place"):
            actions.attach(**places, uuids=[link.uuid], by=official_reynosa)  # type: ignore[arg-type]


# --- going ------------------------------------------------------------------------------------------------------------


def test_nobody_drops_what_another_person_sent(
    plan: ActionPlan, official_reynosa: User, coordinator: User, django_capture_on_commit_callbacks: OnCommit
) -> None:
    kept = actions.keep_file(plan, upload=pdf(), alt="", by=official_reynosa)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.drop(plan, uuids=[kept.uuid], by=coordinator) == 0
        assert actions.drop(factories.create_plan(), uuids=[kept.uuid], by=official_reynosa) == 0
    assert len(stored()) == 1

    with django_capture_on_commit_callbacks(execute=True):
        assert actions.drop(plan, uuids=[kept.uuid], by=official_reynosa) == 1
        assert len(stored()) == 1  # until it is sure
    assert stored() == set()


def test_what_nobody_fetches_within_two_days_is_deleted(
    plan: ActionPlan, entry: ProgressEntry, official_reynosa: User, django_capture_on_commit_callbacks: OnCommit
) -> None:
    attached = actions.keep_file(plan, upload=pdf(about="standing"), alt="", by=official_reynosa)
    actions.attach(entry=entry, uuids=[attached.uuid], by=official_reynosa)
    waiting = actions.keep_file(plan, upload=pdf(about="waiting"), alt="", by=official_reynosa)
    actions.keep_link(plan, url="https://example.org", by=official_reynosa)
    sent = waiting.uploaded_at

    assert actions.purge_waiting(now=sent + timedelta(days=2)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.purge_waiting(now=timezone.now() + timedelta(days=2, minutes=1)) == 2

    assert list(Evidence.objects.all()) == [attached]
    assert stored() == {f"{attached.uuid}.pdf"}


def test_bytes_that_another_row_needs_stay(
    plan: ActionPlan, official_reynosa: User, django_capture_on_commit_callbacks: OnCommit
) -> None:
    kept = actions.keep_file(plan, upload=pdf(), alt="", by=official_reynosa)
    Evidence.objects.create(
        **{name: getattr(kept, name) for name in ("plan", "kind", "file", "name", "content_type", "sha256")}
    )

    with django_capture_on_commit_callbacks(execute=True):
        actions.drop(plan, uuids=[kept.uuid], by=official_reynosa)

    assert stored() == {f"{kept.uuid}.pdf"}


def test_planner_deletes_what_waits_too_long_once_a_day(plan: ActionPlan, official_reynosa: User) -> None:
    kept = actions.keep_link(plan, url="https://example.org", by=official_reynosa)
    Evidence.objects.filter(pk=kept.pk).update(uploaded_at=database_now() - timedelta(days=3))

    mailings.plan()

    assert not Evidence.objects.exists()
