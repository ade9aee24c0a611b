"""Who reads entries, files and links that coordinators withhold; what is counted of them stays."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actionplans import actions
from actionplans.actions import evidence as evidence_actions
from actionplans.models import ActionPlan, Commitment, Evidence, ProgressEntry
from actionplans.reports.progress import progress_of
from cities.models import City, Organization
from ogpgroup import moderation, parts
from ogpgroup.models import User, Withholding
from tests import factories
from tests.ogpgroup import upload_pictures as pics

pytestmark = pytest.mark.django_db

SENTENCE = "Retirado por la coordinación el"
REASON = "se reconoce a una persona menor de edad. La familia lo pidió."


@pytest.fixture(autouse=True)
def _empty_storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    return factories.create_plan(city=reynosa)


@pytest.fixture
def commitment(plan: ActionPlan) -> Commitment:
    return factories.create_commitment(plan=plan, title="Foros barriales")


@pytest.fixture
def people(official_reynosa: User, official_colima: User, coordinator: User, member: User) -> dict[str, User]:
    return {"official": official_reynosa, "other": official_colima, "coordinator": coordinator, "member": member}


def browser(people: dict[str, User], name: str) -> Client:
    client = Client(headers={"Accept-Language": "es-mx"})
    if name in people:
        client.force_login(people[name])
    return client


def shown(people: dict[str, User], address: str) -> dict[str, str]:
    """The page as each finds it now."""
    return {name: browser(people, name).get(address).content.decode() for name in ("stranger", *people)}


def readers(shown: dict[str, str], words: str) -> set[str]:
    return {name for name, page in shown.items() if words in page}


def fetch(people: dict[str, User], name: str, address: str, **headers: str) -> Any:
    """A file, read to its end."""
    answer: Any = browser(people, name).get(address, headers=headers)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def withhold(kind: str, pk: int, by: User) -> Withholding:
    thing = moderation.find(kind, pk)
    assert thing
    return moderation.withhold(thing, reason="minor", words="La familia lo pidió.", by=by, now=timezone.now())


def photo(plan: ActionPlan, by: User, *, alt: str = "Niñas en el foro") -> Evidence:
    upload = SimpleUploadedFile("foro.jpg", pics.gps())
    return evidence_actions.keep_file(plan, upload=upload, alt=alt, by=by)


def logged(commitment: Commitment, by: User, *, text: str = "Habló Juan Pérez.") -> ProgressEntry:
    entry = factories.create_entry(commitment=commitment, text=text, reported_by=by, happened_on=timezone.localdate())
    evidence_actions.attach(entry=entry, uuids=[photo(commitment.plan, by).uuid], by=by)
    return entry


KEEPERS = {"official", "coordinator"}
EVERYBODY = {"stranger", "official", "other", "coordinator", "member"}


@pytest.mark.parametrize("of", ["plan", "commitment"])
def test_text_of_an_entry_is_read_by_who_keeps_the_plan(
    of: str, commitment: Commitment, people: dict[str, User]
) -> None:
    entry = logged(commitment, people["official"])
    page = (commitment.plan if of == "plan" else commitment).get_absolute_url()
    assert readers(shown(people, page), "Juan Pérez") == EVERYBODY

    row = withhold("entry", entry.pk, people["coordinator"])

    withheld = shown(people, page)
    assert readers(withheld, "Juan Pérez") == KEEPERS
    assert readers(withheld, SENTENCE) == readers(withheld, REASON) == EVERYBODY
    assert readers(withheld, "Niñas en el foro") == EVERYBODY  # the photo is another thing
    assert readers(withheld, "Se reportó como") == EVERYBODY
    moderation.lift(row, by=people["coordinator"], now=timezone.now())
    again = shown(people, page)
    assert readers(again, "Juan Pérez") == EVERYBODY
    assert readers(again, SENTENCE) == set()


@pytest.mark.parametrize("of", ["plan", "commitment"])
def test_photo_is_seen_by_who_keeps_the_plan(of: str, commitment: Commitment, people: dict[str, User]) -> None:
    entry = logged(commitment, people["official"])
    one = entry.evidence.get()
    page, address = (commitment.plan if of == "plan" else commitment).get_absolute_url(), one.get_absolute_url()
    before = shown(people, page)
    assert readers(before, address) == readers(before, "Niñas en el foro") == EVERYBODY

    withhold("evidence", one.pk, people["coordinator"])

    after = shown(people, page)
    for words in (address, "Niñas en el foro", "foro.jpg", str(one.uuid)):
        assert readers(after, words) == KEEPERS, words
    assert readers(after, REASON) == EVERYBODY
    assert readers(after, "Habló Juan Pérez.") == EVERYBODY
    seen = {name: fetch(people, name, address).status_code for name in EVERYBODY}
    assert seen == dict.fromkeys(EVERYBODY - KEEPERS, 404) | dict.fromkeys(KEEPERS, 200)
    assert fetch(people, "official", address)["Cache-Control"] == "private, no-store"


def test_file_that_a_browser_has_is_gone_after_minutes(commitment: Commitment, people: dict[str, User]) -> None:
    one = logged(commitment, people["official"]).evidence.get()
    address = one.get_absolute_url()
    first = fetch(people, "stranger", address)
    assert first["Cache-Control"] == "public, max-age=300"

    again = fetch(people, "stranger", address, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "public, max-age=300")

    withhold("evidence", one.pk, people["coordinator"])
    assert fetch(people, "stranger", address, **{"If-None-Match": first["ETag"]}).status_code == 404


def test_only_coordinators_are_shown_the_way(commitment: Commitment, people: dict[str, User]) -> None:
    entry = logged(commitment, people["official"])
    for kind, pk in (("entry", entry.pk), ("evidence", entry.evidence.get().pk)):
        way = reverse("withhold", args=[kind, pk])
        assert readers(shown(people, commitment.get_absolute_url()), way) == {"coordinator"}
        row = withhold(kind, pk, people["coordinator"])
        way_back = reverse("withholding_lift", args=[row.pk])
        assert readers(shown(people, commitment.get_absolute_url()), way_back) == {"coordinator"}


def test_link_with_a_deliverable_is_read_by_who_keeps_the_plan(plan: ActionPlan, people: dict[str, User]) -> None:
    deliverable = factories.create_deliverable(plan=plan, status="handed_in")
    link = factories.create_link(deliverable=deliverable, name="Lista con nombres", url="https://ejemplo.org/lista")
    page = deliverable.get_absolute_url()
    assert readers(shown(people, page), "Lista con nombres") == EVERYBODY

    withhold("evidence", link.pk, people["coordinator"])

    after = shown(people, page)
    assert readers(after, "Lista con nombres") == readers(after, "https://ejemplo.org/lista") == KEEPERS
    assert readers(after, REASON) == EVERYBODY


def test_photo_stays_withheld_where_a_correction_takes_it_along(
    commitment: Commitment, people: dict[str, User]
) -> None:
    entry = logged(commitment, people["official"])
    one = entry.evidence.get()
    row = withhold("evidence", one.pk, people["coordinator"])

    correction = actions.correct_progress(
        entry,
        about=commitment,
        reason="Fue otro día.",
        text="Habló alguien.",
        status="limited",
        happened_on=timezone.localdate(),
        form_id=uuid4(),
        by=people["official"],
        now=timezone.now(),
        keep=[one],
    )

    copied = correction.evidence.get()
    thing = moderation.find("evidence", copied.pk)
    assert thing
    assert thing.pk == one.pk
    assert readers(shown(people, commitment.get_absolute_url()), "Niñas en el foro") == KEEPERS
    assert fetch(people, "stranger", copied.get_absolute_url()).status_code == 404
    again = browser(people, "coordinator").post(reverse("withhold", args=["evidence", copied.pk]), {"reason": "minor"})
    assert again.status_code == 302
    assert Withholding.objects.count() == 1
    moderation.lift(row, by=people["coordinator"], now=timezone.now())
    assert fetch(people, "stranger", copied.get_absolute_url()).status_code == 200


def test_photo_withheld_in_its_correction_is_withheld_in_the_old_entry_too(
    commitment: Commitment, people: dict[str, User]
) -> None:
    entry = logged(commitment, people["official"])
    correction = factories.create_entry(commitment=commitment, corrects=entry, reported_by=people["official"])
    copied = evidence_actions.stand_again(entry.evidence.get(), entry=correction)

    withhold("evidence", copied.pk, people["coordinator"])

    assert readers(shown(people, commitment.get_absolute_url()), "Niñas en el foro") == KEEPERS
    assert fetch(people, "stranger", entry.evidence.get().get_absolute_url()).status_code == 404


def test_same_photo_sent_anew_is_withheld_and_the_same_in_another_plan_is_not(
    commitment: Commitment, people: dict[str, User]
) -> None:
    withhold("evidence", logged(commitment, people["official"]).evidence.get().pk, people["coordinator"])

    anew = logged(commitment, people["official"]).evidence.get()
    other = factories.create_commitment(plan=factories.create_plan(city=commitment.plan.city, slug="otro"))
    elsewhere = logged(other, people["official"]).evidence.get()

    assert anew.sha256 == elsewhere.sha256
    assert fetch(people, "stranger", anew.get_absolute_url()).status_code == 404
    assert fetch(people, "stranger", elsewhere.get_absolute_url()).status_code == 200


def test_what_was_wrong_is_withheld_with_the_entry_that_says_it(
    commitment: Commitment, people: dict[str, User]
) -> None:
    old = factories.create_entry(commitment=commitment, text="Antes.")
    correction = factories.create_entry(commitment=commitment, text="Después.", corrects=old)
    page = commitment.get_absolute_url()
    assert readers(shown(people, page), "La fecha era otra.") == EVERYBODY

    withhold("entry", correction.pk, people["coordinator"])
    withhold("entry", old.pk, people["coordinator"])

    after = shown(people, page)
    for words in ("La fecha era otra.", "Después.", "Antes."):
        assert readers(after, words) == KEEPERS, words
    assert readers(after, "Corrige el registro del") == EVERYBODY


def test_figures_stay(commitment: Commitment, people: dict[str, User]) -> None:
    milestone = factories.create_milestone(commitment=commitment)
    entry = factories.create_entry(milestone=milestone, status="complete")
    link = factories.create_link(entry=entry)
    before = progress_of(commitment.plan, on=timezone.localdate())

    withhold("entry", entry.pk, people["coordinator"])
    withhold("evidence", link.pk, people["coordinator"])

    assert progress_of(commitment.plan, on=timezone.localdate()).figures == before.figures
    facts = [track.facts for track in progress_of(commitment.plan, on=timezone.localdate()).tracks]
    assert facts == [track.facts for track in before.tracks]


def test_diary_asks_the_same_for_any_number(commitment: Commitment, people: dict[str, User]) -> None:
    def asked() -> int:
        parts.forget()
        with CaptureQueriesContext(connection) as queries:
            Client().get(commitment.get_absolute_url())
        return len(queries)

    def withheld(count: int) -> None:
        for number in range(count):
            entry = factories.create_entry(commitment=commitment, text=f"Entrada {number}")
            link = factories.create_link(entry=entry, url=f"https://ejemplo.org/{entry.pk}")
            withhold("entry", entry.pk, people["coordinator"])
            withhold("evidence", link.pk, people["coordinator"])

    withheld(1)
    first = asked()
    withheld(2)
    assert asked() == first
    withheld(5)
    assert asked() == first


def test_what_waits_for_its_form_is_not_published(commitment: Commitment, people: dict[str, User]) -> None:
    assert moderation.find("evidence", photo(commitment.plan, people["official"]).pk) is None


def test_reference_plan_has_no_city_that_is_told(people: dict[str, User]) -> None:
    plan = factories.create_reference_plan(organization=Organization.objects.first())
    entry = factories.create_entry(commitment=factories.create_commitment(plan=plan), reported_by=people["coordinator"])
    thing = moderation.find("entry", entry.pk)
    assert thing

    assert moderation.told(thing, now=timezone.now()) == [people["coordinator"]]
