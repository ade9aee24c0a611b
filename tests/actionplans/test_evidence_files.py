"""Files are handed out to those who may see their plan, and never as something a browser would run."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from actionplans.actions import evidence as actions
from actionplans.models import ActionPlan, Evidence
from cities.models import City
from ogpgroup.models import User
from tests import factories
from tests.ogpgroup import upload_documents as docs
from tests.ogpgroup import upload_pictures as pics
from tests.ogpgroup.upload_corpus import CSV, DOCUMENTS, PDF

SANDBOX = "sandbox; default-src 'none'"


@pytest.fixture(autouse=True)
def _empty_storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def kept(
    plan: ActionPlan, by: User, *, name: str = "acta.pdf", content: bytes = b"", attached: bool = True
) -> Evidence:
    upload = SimpleUploadedFile(name, content or docs.pdf())
    one = actions.keep_file(plan, upload=upload, alt="", by=by)
    if attached:
        entry = factories.create_entry(commitment=factories.create_commitment(plan=plan))
        actions.attach(entry=entry, uuids=[one.uuid], by=by)
    return one


def read(client: Client, evidence: Evidence) -> tuple[Any, bytes]:
    response: Any = client.get(evidence.get_absolute_url())
    return response, b"".join(response.streaming_content) if response.streaming else b""


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    return factories.create_plan(city=reynosa)


@pytest.fixture
def draft(reynosa: City) -> ActionPlan:
    return factories.create_plan(city=reynosa, status="draft")


def test_picture_is_shown_within_pages(plan: ActionPlan, official_reynosa: User, stranger: Client) -> None:
    one = kept(plan, official_reynosa, name="Foro en la colonia Ñandú.jpg", content=pics.gps())

    response, content = read(stranger, one)

    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''Foro%20en%20la%20colonia%20%C3%91and")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == SANDBOX
    assert response["Cache-Control"] == "public, max-age=300"
    assert int(response["Content-Length"]) == len(content) == one.size
    assert pics.SECRET not in content


@pytest.mark.parametrize(
    "case", [one for one in DOCUMENTS if one.what in {"PDF", "DOCX", "XLSX", "ODS", "CSV in UTF-8"}], ids=str
)
def test_document_is_only_saved(case: Any, plan: ActionPlan, official_reynosa: User, stranger: Client) -> None:
    one = kept(plan, official_reynosa, name=case.name, content=case.content)

    response, content = read(stranger, one)

    assert content == case.content
    assert response["Content-Disposition"] == f'attachment; filename="{case.kept}"'
    assert response["Content-Type"].partition(";")[0] == case.content_type
    assert (response["X-Content-Type-Options"], response["Content-Security-Policy"]) == ("nosniff", SANDBOX)


def test_file_is_sent_as_it_is_and_not_packed(plan: ActionPlan, official_reynosa: User) -> None:
    one = kept(plan, official_reynosa, name="a.csv", content=b"a,b\n" * 1000)

    response, content = read(Client(headers={"accept-encoding": "gzip"}), one)

    assert content == b"a,b\n" * 1000
    assert "Content-Encoding" not in response


def test_file_of_a_draft_is_for_those_who_see_the_draft(
    draft: ActionPlan,
    stranger: Client,
    official_reynosa: User,
    official_colima: User,
    member: User,
    coordinator: User,
) -> None:
    one = kept(draft, official_reynosa)

    for client in (stranger, signed_in(member), signed_in(official_colima)):
        assert read(client, one)[0].status_code == 404
    for user in (official_reynosa, coordinator):
        response, content = read(signed_in(user), one)
        assert content == docs.pdf()
        assert response["Cache-Control"] == "private, no-store"


def test_file_that_waits_is_for_whoever_sent_it(
    plan: ActionPlan, stranger: Client, official_reynosa: User, coordinator: User
) -> None:
    one = kept(plan, official_reynosa, attached=False)

    for client in (stranger, signed_in(coordinator)):
        assert read(client, one)[0].status_code == 404
    response, _content = read(signed_in(official_reynosa), one)
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


def test_public_file_read_by_a_person_is_kept_by_their_browser_alone(plan: ActionPlan, official_reynosa: User) -> None:
    one = kept(plan, official_reynosa)

    response, _content = read(signed_in(official_reynosa), one)

    assert response["Cache-Control"] == "private, max-age=300"


@pytest.mark.parametrize("path", ["{uuid}/otro.pdf", "{uuid}/acta.html", "{uuid}/", "{uuid}/x/acta.pdf", "1/acta.pdf"])
def test_file_has_one_address(path: str, plan: ActionPlan, official_reynosa: User, stranger: Client) -> None:
    one = kept(plan, official_reynosa)

    assert stranger.get(f"/files/{path.format(uuid=one.uuid)}").status_code == 404


def test_link_has_no_file(plan: ActionPlan, official_reynosa: User) -> None:
    link = actions.keep_link(plan, url="https://example.org", name="acta.pdf", by=official_reynosa)

    assert signed_in(official_reynosa).get(f"/files/{link.uuid}/{link.name}").status_code == 404


def test_missing_bytes_are_missed_aloud(
    plan: ActionPlan, official_reynosa: User, stranger: Client, caplog: pytest.LogCaptureFixture
) -> None:
    one = kept(plan, official_reynosa)
    one.file.storage.delete(str(one.file.name))

    assert read(stranger, one)[0].status_code == 404
    assert f"The bytes of evidence {one.uuid} are missing" in caplog.text


def test_files_may_lie_in_any_storage(
    plan: ActionPlan, official_reynosa: User, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One without folders and paths, as those of the cloud."""
    monkeypatch.setattr(Evidence._meta.get_field("file"), "storage", InMemoryStorage())
    one = kept(plan, official_reynosa)

    assert read(stranger, Evidence.objects.get(pk=one.pk))[1] == docs.pdf()


def test_types_are_those_of_the_corpus() -> None:
    assert {case.content_type for case in DOCUMENTS} == {PDF, CSV, docs.WORD, docs.EXCEL, docs.TABLE}
    assert not Evidence.IMAGES & {case.content_type for case in DOCUMENTS}
