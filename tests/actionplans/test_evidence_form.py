"""What was accepted stays with the form, and nobody takes what is not theirs."""

import time
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from actionplans.actions import evidence as actions
from actionplans.forms import evidence as evidence_forms
from actionplans.forms.evidence import EvidenceForm
from actionplans.models import ActionPlan, Evidence
from cities.models import City
from ogpgroup.models import User
from tests import factories
from tests.ogpgroup import upload_documents as docs
from tests.ogpgroup import upload_pictures as pics


class LogForm(EvidenceForm):
    text = forms.CharField()


@pytest.fixture(autouse=True)
def _empty_storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    return factories.create_plan(city=reynosa)


def jpg(name: str = "foto.jpg", *, side: int = 30) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pics.jpeg(picture=pics.sketch(size=(side, 20))))


def pdf(name: str = "acta.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, docs.pdf(body=f"% {name}\n".encode()))


def sent(
    plan: ActionPlan,
    by: User,
    *files: SimpleUploadedFile,
    standing: int = 0,
    shows: dict[Evidence, str] | None = None,
    **data: str | list[str],
) -> LogForm:
    typed = QueryDict(mutable=True)
    for name, value in data.items():
        typed.setlist(name, value if isinstance(value, list) else [value])
    for one, alt in (shows or {}).items():
        typed[f"alt-{one.uuid}"] = alt
    return LogForm(typed, MultiValueDict({"files": list(files)}), plan=plan, by=by, standing=standing)


def shown(form: LogForm) -> str:
    with translation.override("en"):
        return render_to_string("actionplans/_evidence_fields.html", {"form": form})


def test_files_and_links_come_with_the_form(plan: ActionPlan, official_reynosa: User) -> None:
    form = sent(
        plan, official_reynosa, jpg(), pdf(), text="Hecho", alt="Vecinas", links="https://example.org La minuta\n\n"
    )

    assert form.is_valid(), form.errors
    rows = Evidence.objects.filter(uuid__in=form.cleaned_data["evidence"])
    assert [(one.name, one.alt) for one in rows] == [("foto.jpg", "Vecinas"), ("acta.pdf", ""), ("La minuta", "")]


def test_form_without_evidence_is_fine(plan: ActionPlan, official_reynosa: User) -> None:
    form = sent(plan, official_reynosa, text="Hecho")

    assert form.is_valid()
    assert form.cleaned_data["evidence"] == []


def test_accepted_file_stays_when_another_field_is_wrong(plan: ActionPlan, official_reynosa: User) -> None:
    first = sent(plan, official_reynosa, jpg(), alt="Vecinas", links="https://example.org")
    assert not first.is_valid()
    (photo,) = first.kept
    html = shown(first)

    second = sent(plan, official_reynosa, text="Hecho", kept=str(photo.uuid), links="https://example.org")

    assert f'<input type="hidden" name="kept" value="{photo.uuid}">' in html
    assert f'name="alt-{photo.uuid}" value="Vecinas"' in html
    assert 'name="alt" value' not in html  # it went with the photo
    assert "https://example.org</textarea>" in html
    assert second.is_valid()
    assert [one.name for one in Evidence.objects.all()] == ["foto.jpg", "example.org"]
    assert second.cleaned_data["evidence"][0] == photo.uuid


def test_good_file_stays_when_another_is_refused(plan: ActionPlan, official_reynosa: User) -> None:
    with translation.override("en"):
        form = sent(plan, official_reynosa, pdf(), SimpleUploadedFile("<b>.svg", b"<svg/>"), text="Hecho")

        assert not form.is_valid()
    assert [one.name for one in form.kept] == ["acta.pdf"]
    assert form.errors["files"] == [
        "“<b>.svg” was not kept. Web pages and SVG drawings can carry programs, so they are not accepted. "
        "Save it as PDF or as PNG."
    ]
    assert "“&lt;b&gt;.svg”" in shown(form)


def test_empty_file_is_told_so(plan: ActionPlan, official_reynosa: User) -> None:
    with translation.override("en"):
        form = sent(plan, official_reynosa, SimpleUploadedFile("a.jpg", b""), text="Hecho")

        assert not form.is_valid()
    assert "The file is empty." in form.errors["files"][0]


def test_file_is_removed_and_what_it_shows_is_written_anew(plan: ActionPlan, official_reynosa: User) -> None:
    first = sent(plan, official_reynosa, jpg("a.jpg"), jpg("b.jpg", side=40), alt="Vecinas")
    assert not first.is_valid()
    a, b = first.kept

    second = sent(
        plan,
        official_reynosa,
        text="Hecho",
        kept=[str(a.uuid), str(b.uuid)],
        remove=str(a.uuid),
        shows={b: "El foro"},
    )

    assert second.is_valid()
    assert [(one.name, one.alt) for one in Evidence.objects.all()] == [("b.jpg", "El foro")]
    assert second.cleaned_data["evidence"] == [b.uuid]


def test_each_photo_has_its_own_words(plan: ActionPlan, official_reynosa: User) -> None:
    form = sent(
        plan, official_reynosa, jpg("a.jpg"), pdf(), jpg("b.jpg", side=40), text="Hecho", alt=["uno", "", "dos"]
    )

    assert form.is_valid()
    assert [(one.name, one.alt) for one in form.kept] == [("a.jpg", "uno"), ("acta.pdf", ""), ("b.jpg", "dos")]


def test_form_takes_only_what_the_same_person_sent_for_the_plan(
    plan: ActionPlan, official_reynosa: User, coordinator: User
) -> None:
    theirs = actions.keep_file(plan, upload=jpg(), alt="suyo", by=coordinator)
    elsewhere = actions.keep_file(factories.create_plan(), upload=pdf(), alt="", by=official_reynosa)
    stands = actions.keep_file(plan, upload=pdf(), alt="", by=official_reynosa)
    entry = factories.create_entry(commitment=factories.create_commitment(plan=plan))
    actions.attach(entry=entry, uuids=[stands.uuid], by=official_reynosa)
    all_of_them = [str(one.uuid) for one in (theirs, elsewhere, stands)]

    form = sent(
        plan,
        official_reynosa,
        text="Hecho",
        kept=[*all_of_them, "x", ""],
        shows={theirs: "mío"},
    )
    removing = sent(plan, official_reynosa, text="Hecho", kept=all_of_them, remove=all_of_them)

    assert set(form.errors) == {"files"}
    assert form.kept == []
    assert removing.is_valid()
    assert removing.cleaned_data["evidence"] == []
    assert Evidence.objects.count() == 3
    theirs.refresh_from_db()
    assert theirs.alt == "suyo"


def test_file_that_is_gone_meanwhile_is_told_once(plan: ActionPlan, official_reynosa: User) -> None:
    first = sent(plan, official_reynosa, jpg(), pdf())
    assert not first.is_valid()
    photo, record = first.kept
    actions.drop(plan, uuids=[photo.uuid], by=official_reynosa)  # as it is after two days

    with translation.override("en"):
        form = sent(plan, official_reynosa, text="Hecho", kept=[str(photo.uuid), str(record.uuid)])
        assert not form.is_valid()

    assert form.errors == {
        "files": ["A file chosen for this form is gone: what is not sent within two days is deleted. Choose it anew."]
    }
    assert form.kept == [record]
    again = sent(plan, official_reynosa, text="Hecho", kept=[str(row.evidence.uuid) for row in form.kept_rows()])
    assert again.is_valid()
    assert again.cleaned_data["evidence"] == [record.uuid]


def test_file_that_stands_already_is_left_to_the_action(plan: ActionPlan, official_reynosa: User) -> None:
    first = sent(plan, official_reynosa, pdf())
    assert not first.is_valid()
    (record,) = first.kept
    entry = factories.create_entry(commitment=factories.create_commitment(plan=plan))
    actions.attach(entry=entry, uuids=[record.uuid], by=official_reynosa)

    form = sent(plan, official_reynosa, text="Hecho", kept=str(record.uuid))

    assert form.is_valid()
    assert (form.cleaned_data["evidence"], form.kept_rows()) == ([record.uuid], [])


def test_form_has_room_for_so_many(plan: ActionPlan, official_reynosa: User) -> None:
    with translation.override("en"):
        form = sent(plan, official_reynosa, pdf("a.pdf"), pdf("b.pdf"), pdf("c.pdf"), text="Hecho", standing=8)
        assert not form.is_valid()
        linked = sent(
            plan, official_reynosa, text="Hecho", standing=8, links="\n".join(f"https://a.org/{n}" for n in range(3))
        )
        assert not linked.is_valid()

    assert [one.name for one in form.kept] == ["a.pdf", "b.pdf"]
    assert form.errors["files"] == ["“c.pdf” was not kept. At most 10 files and links together."]
    assert linked.errors["links"] == ["At most 10 files and links together."]
    assert not Evidence.objects.filter(kind="link").exists()


def test_wrong_link_is_told_and_no_link_is_kept_before_all_is_well(plan: ActionPlan, official_reynosa: User) -> None:
    with translation.override("en"):
        form = sent(plan, official_reynosa, text="Hecho", links="https://example.org\njavascript:alert(1) foto")

        assert not form.is_valid()
    assert form.errors["links"] == [
        "“javascript:alert(1)” was not kept. This is not a link to a page: it begins with https:// or http://."
    ]
    assert not Evidence.objects.exists()


def test_pictures_of_one_form_have_so_much_time(
    plan: ActionPlan, official_reynosa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_forms, "SECONDS", 0)
    started = time.monotonic()

    with translation.override("en"):
        form = sent(plan, official_reynosa, pdf(), jpg(), text="Hecho")
        assert not form.is_valid()

    assert [one.name for one in form.kept] == ["acta.pdf"]
    assert str(form.errors["files"][0]).startswith("“foto.jpg” was not kept. The pictures before this one took")
    assert time.monotonic() - started < 5


def test_list_of_evidence_shows_photos_and_says_what_files_are(plan: ActionPlan, official_reynosa: User) -> None:
    photo = actions.keep_file(plan, upload=jpg("<x>.jpg"), alt='Vecinas "en" <foro>', by=official_reynosa)
    plain = actions.keep_file(plan, upload=jpg("b.jpg", side=40), alt="", by=official_reynosa)
    table = actions.keep_file(plan, upload=SimpleUploadedFile("a.csv", b"a" * 2048), alt="", by=official_reynosa)
    link = actions.keep_link(plan, url="https://www.example.org/?a=1&b=2", name="<script>", by=official_reynosa)

    rows = {one.pk: one for one in Evidence.objects.with_withheld()}
    shown = [rows[one.pk] for one in (link, photo, table, plain)]
    with translation.override("en"):
        html = render_to_string("actionplans/_evidence.html", {"evidence": shown})

    assert (
        f'<img src="{photo.get_absolute_url()}" alt="Vecinas &quot;en&quot; &lt;foro&gt;" width="30" height="20"'
        in html
    )
    assert 'alt="Photo “b.jpg”, not described"' in html
    assert f'<a href="{table.get_absolute_url()}" download>a.csv</a>' in html
    assert "CSV, 2.0\xa0KB" in html
    assert 'href="https://www.example.org/?a=1&amp;b=2" rel="external noopener nofollow ugc">&lt;script&gt;</a>' in html
    assert '<span class="soft note">example.org</span>' in html
    assert html.count("<img") == 2
