"""Progress, notes and evaluation without JavaScript: the same stories, by forms posted exactly as they are rendered."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from actionplans.models import ActionPlan
from cities.models import group_day
from feedback.models import Criterion, Level, ReviewRound
from tests import factories
from tests.journeys.conftest import Product, text_of
from tests.journeys.reader import Reader, deliver
from tests.ogpgroup import upload_pictures as pictures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DAY = group_day(timezone.now()) + timedelta(days=10)


@pytest.fixture
def plan(settings: Any, tmp_path: Path) -> ActionPlan:
    """A plan in force with a commitment and a milestone."""
    settings.MEDIA_ROOT = tmp_path
    cycle = factories.create_cycle(starts_on=DAY - timedelta(days=90), ends_on=DAY + timedelta(days=200))
    plan = factories.create_plan(
        city=factories.create_city(name="Reynosa"), cycle=cycle, starts_on=cycle.starts_on, ends_on=cycle.ends_on
    )
    commitment = factories.create_commitment(plan=plan, title="Foros en los barrios")
    factories.create_milestone(
        commitment=commitment, title="Primer foro", starts_on=plan.starts_on, ends_on=DAY + timedelta(days=60)
    )
    return plan


def follow_mail(reader: Reader, post: Product, recipient: str, *, number: int) -> str:
    """Open the page of the plans, notes or rounds that the mail leads to."""
    deliver()
    link = re.search(r"http://localhost(/(?:notes|plans)/\S+)", text_of(post.mail_to(recipient, number=number)))
    assert link
    return reader.open(link[1])


def test_from_a_photo_to_the_public_diary(plan: ActionPlan) -> None:
    olga = Reader(factories.create_official(city=plan.city, name="Olga Oficial", language="en"))
    anybody = Reader()

    olga.follow("Log progress")
    photo = SimpleUploadedFile("foro.jpg", pictures.gps(), "image/jpeg")
    olga.send(status="limited", text="Vinieron 43.", alt="Vecinas en una mesa", files=photo)
    page = anybody.open(plan.get_absolute_url())
    image = re.search(r'<img src="(/files/\S+)" alt="Vecinas en una mesa"', page)
    assert image
    assert "Vinieron 43." in page
    served = b"".join(Client().get(image[1]))
    assert pictures.parts(served) <= pictures.PIXELS_ALONE

    olga.follow("Correct this entry")
    olga.send(text="Vinieron 34.", reason="Fueron menos.")
    page = anybody.open(plan.get_absolute_url())
    assert '<del class="entry-text">Vinieron 43. (limited)</del>' in page
    assert '<p class="entry-text">Vinieron 34.</p>' in page
    assert "What was wrong: Fueron menos." in page
    assert len(re.findall('<img src="/files/', page)) == 2
    assert "Olga" not in page


def test_from_a_note_to_the_change_it_made(post: Product, plan: ActionPlan) -> None:
    official = factories.create_official(city=plan.city, language="en")
    observatory = factories.create_organization(name="Observatorio")
    member = factories.create_member(organization=observatory, name="Mara Miembro", language="en")
    olga, mara, anybody = Reader(official), Reader(member), Reader()
    ledger = f"{plan.get_absolute_url()}feedback/"

    mara.open(plan.commitments.get().get_absolute_url())
    mara.follow("Write a note")
    mara.send(kind="doubt", text="¿Quién convoca?", organization=str(observatory.pk))
    follow_mail(olga, post, official.email, number=1)
    olga.follow("Answer the note")
    olga.send(decision="accepted", reason="Faltaba.", change="El plan lo dirá.", change_by=DAY.isoformat())
    follow_mail(mara, post, member.email, number=1)
    mara.send(settles="no", reaction="No dice quién.")
    assert "One note waits for an answer" in anybody.open(ledger)
    follow_mail(olga, post, official.email, number=2)
    olga.follow("Answer the note")
    olga.send(decision="in_part", reason="El IMPLAN.", change="Publica la fecha.", change_by=DAY.isoformat())
    follow_mail(mara, post, member.email, number=2)
    mara.send(settles="yes", reaction="")
    assert "Every note is answered" in anybody.open(ledger)

    olga.open("/desk/")
    olga.follow("Publica la fecha.")
    olga.follow("Report that it was changed")
    assert "Publica la fecha." in olga.page  # the promise that stands, not the one that settled nothing
    assert "Changed on" in olga.send(report="Está en el portal.")
    page = anybody.open(f"{ledger}?state=changed")
    assert "¿Quién convoca?" in page
    assert "Member of Observatorio" in page
    assert "Mara" not in page


def levels(one: ReviewRound, **others: str) -> dict[str, str]:
    """The highest level of each criterion, or the one named; by the names of the fields."""
    chosen: dict[Criterion, Level] = {}
    for criterion in one.rubric.criteria.all():
        highest = criterion.levels.order_by("-position")[0]
        named = others.get(criterion.slug)
        chosen[criterion] = criterion.levels.get(name_en=named) if named else highest
    return {f"level-{criterion.pk}": str(level.pk) for criterion, level in chosen.items()}


def test_from_a_round_to_its_published_replies(post: Product, plan: ActionPlan) -> None:
    observatory, university = (factories.create_organization(name=name) for name in ("Observatorio", "Universidad"))
    official = factories.create_official(city=plan.city, name="Olga Oficial", language="en")
    members = [
        factories.create_member(organization=organization, name=name, language="en")
        for organization, name in ((observatory, "Ana Uno"), (university, "Beto Dos"), (university, "Celia Tres"))
    ]
    carmen, olga, anybody = Reader(factories.create_coordinator(language="en")), Reader(official), Reader()
    ana, beto, celia = (Reader(member) for member in members)

    carmen.open(plan.get_absolute_url())
    carmen.follow("Open a round")
    carmen.send(rubric="irm", organizations=[str(observatory.pk), str(university.pk)])
    address, one = carmen.path, plan.rounds.get()
    for reader, member in zip((ana, beto, celia), members, strict=True):
        follow_mail(reader, post, member.email, number=1)

    potential = one.rubric.criteria.get(slug="potential")
    assert "Saved at" in ana.send(**{f"evidence-{potential.pk}": "Es un piloto."})  # "Save draft"
    assert "Es un piloto.</textarea>" in ana.open(ana.path)
    assert "Submit your evaluation?" in ana.send(go_on="1", **levels(one, potential="Modest"))
    assert "Your evaluation is submitted" in ana.send()
    beto.send(go_on="1", **levels(one))
    beto.send()
    celia.follow("I have a conflict of interest")
    assert "You have stepped back from this round" in celia.send(conflict="Trabajé en este plan.")

    carmen.open(address)
    carmen.follow("Close the round")
    carmen.send()
    follow_mail(olga, post, official.email, number=1)
    for criterion in one.rubric.criteria.all():
        olga.follow(f"Reply for the city: {criterion.name_en}")
        olga.send(text=f"Sobre {criterion.slug}: sí.")
    olga.press("Our replies are ready")
    assert anybody.client.get(address).status_code == 404

    carmen.open(address)
    carmen.follow("Publish results and replies")
    carmen.send()
    page = unescape(anybody.open(address))
    assert "2 evaluations of the plan of Reynosa, and its replies" in page
    assert "Median: Modest" in page
    assert (page.count('r="5"/>'), page.count('class="scale-median"')) == (10, 5)  # a dot each, and the medians
    assert all(f"Sobre {criterion.slug}: sí." in page for criterion in one.rubric.criteria.all())
    assert "Trabajé en este plan." not in page
    assert not {"Ana", "Beto", "Celia", "Olga"} & set(re.findall(r"\w+", page))
