"""Files and links of a deliverable that is handed in again: each attempt has its own, and who may read the earlier."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from actionplans import actions
from actionplans.models import Deliverable, Evidence
from cities.models import City
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from tests import factories
from tests.actionplans.test_views import signed_in
from tests.ogpgroup.upload_documents import pdf

NOW = datetime(2017, 7, 20, 18, tzinfo=UTC)


@pytest.fixture
def deliverable(reynosa: City) -> Deliverable:
    return factories.create_deliverable(plan=factories.create_plan(city=reynosa, slug="plan"))


@pytest.fixture
def returned(deliverable: Deliverable, official_reynosa: User, settings: Any, tmp_path: Path) -> list[Evidence]:
    """Handed in with two files, and returned."""
    settings.MEDIA_ROOT = tmp_path
    files = [SimpleUploadedFile(f"anexo{number}.pdf", pdf(body=b"%" * number)) for number in (1, 2)]
    signed_in(official_reynosa).post(deliverable.get_absolute_url(), {"text": "La propuesta", "files": files})
    actions.return_deliverable(deliverable, reason="El anexo 2 no es el que se pidió.", now=NOW)
    return list(deliverable.evidence.order_by("name"))


def readers(evidence: Evidence, *clients: Client) -> list[int]:
    answers = [client.get(evidence.get_absolute_url()) for client in clients]
    for answer in answers:
        b"".join(answer)  # read to its end, a file is closed
    return [answer.status_code for answer in answers]


def test_wrong_file_of_a_returned_deliverable_is_replaced(
    deliverable: Deliverable, returned: list[Evidence], official_reynosa: User, stranger: Client
) -> None:
    client, address = signed_in(official_reynosa), deliverable.get_absolute_url()
    right, wrong = returned

    new = SimpleUploadedFile("anexo3.pdf", pdf(body=b"%3"))
    client.post(address, {"text": "La propuesta", "keep": str(right.pk), "files": new})

    page = stranger.get(address)
    assert sorted(one.name for one in page.context["evidence"]) == ["anexo1.pdf", "anexo3.pdf"]
    assert page.context["evidence_before"] == []
    assert "anexo2.pdf" not in page.content.decode()
    assert client.get(address).context["evidence_before"] == returned
    assert [readers(one, stranger)[0] for one in page.context["evidence"]] == [200, 200]
    assert readers(wrong, stranger, client) == [404, 200]


def test_files_of_what_was_returned_are_for_those_who_read_its_text(
    deliverable: Deliverable,
    returned: list[Evidence],
    official_reynosa: User,
    coordinator: User,
    member: User,
    stranger: Client,
) -> None:
    everybody = (stranger, signed_in(member), signed_in(official_reynosa), signed_in(coordinator))

    assert readers(returned[0], *everybody) == [404, 404, 200, 200]
    assert stranger.get(deliverable.get_absolute_url()).context["evidence_before"] == []
    assert returned[0].name not in stranger.get(deliverable.get_absolute_url()).content.decode()


def test_old_files_take_no_room_from_new_ones(
    deliverable: Deliverable, returned: list[Evidence], official_reynosa: User
) -> None:
    links = "\n".join(f"https://ejemplo.org/{number}" for number in range(Evidence.MOST))
    client, address = signed_in(official_reynosa), deliverable.get_absolute_url()

    kept = client.post(address, {"text": "Otra", "links": links, "keep": [str(one.pk) for one in returned]})
    assert set(kept.context["form"].errors) == {"links"}
    client.post(address, {"text": "Otra", "links": links})

    deliverable.refresh_from_db()
    assert (deliverable.status, deliverable.evidence.filter(attempt=2).count()) == ("handed_in", Evidence.MOST)


def test_files_alone_can_be_handed_in_again_and_only_its_own(
    deliverable: Deliverable, returned: list[Evidence], official_reynosa: User
) -> None:
    foreign = factories.create_link(deliverable=factories.create_deliverable())
    with pytest.raises(ActionNotPossible):
        actions.hand_in(deliverable, text="", by=None, now=NOW)
    with pytest.raises(ValueError, match="another deliverable"):
        actions.hand_in(deliverable, text="", keep=[foreign], by=None, now=NOW)

    assert actions.hand_in(deliverable, text="", keep=returned, by=None, now=NOW).status == "handed_in"
    assert deliverable.evidence.count() == 4


def test_public_keeps_what_was_handed_in_for_minutes_alone(
    deliverable: Deliverable, returned: list[Evidence], stranger: Client
) -> None:
    actions.hand_in(deliverable, text="", keep=returned, by=None, now=NOW)

    answer = stranger.get(deliverable.evidence.filter(attempt=2)[0].get_absolute_url())

    b"".join(answer)
    assert answer["Cache-Control"] == "public, max-age=300"
