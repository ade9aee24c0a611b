"""What coordinators withhold in the table's world: one of each kind, for who published it and for them alone."""

from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from actionplans.actions import evidence
from feedback.actions import notes as actions
from ogpgroup import moderation
from ogpgroup.models import Withholding
from tests import factories
from tests.access.roles import COORDINATORS, Role

if TYPE_CHECKING:
    from tests.access.world import World


def withhold(world: "World", kind: str, pk: int) -> None:
    thing = moderation.find(kind, pk)
    assert thing is not None
    by, now = world.people[Role.COORDINATOR], timezone.now()
    world.withheld[kind] = moderation.withhold(thing, reason="personal", words="", by=by, now=now)


def add_withheld(world: "World") -> None:
    """After notes and rounds, before anybody leaves."""
    keepers, author = COORDINATORS | {Role.OFFICIAL}, COORDINATORS | {Role.MEMBER}
    official = world.people[Role.OFFICIAL]
    entry = factories.create_entry(
        milestone=world.milestone, text=world.hide("Avance retirado", seen_by=keepers), reported_by=official
    )
    upload = SimpleUploadedFile("menor.csv", world.hide("Foto retirada", seen_by=keepers).encode())
    kept = evidence.keep_file(world.plan, upload=upload, alt="", by=official)
    link = evidence.keep_link(
        world.plan, url="https://ejemplo.org/lista", name=world.hide("Lista", seen_by=keepers), by=official
    )
    world.withheld_file, link = evidence.attach(entry=entry, uuids=[kept.uuid, link.uuid], by=official)
    withhold(world, "evidence", link.pk)
    withhold(world, "evidence", world.withheld_file.pk)
    withhold(world, "entry", entry.pk)
    withhold(world, "note", world.notes["withheld"].pk)
    answer = world.answers["withheld"]
    actions.settle_note(
        world.notes["withheld answer"],
        answer_id=answer.pk,
        settles=True,
        reaction=world.hide("Reacción retirada", seen_by=author),
        by=world.people[Role.MEMBER],
        now=timezone.now(),
    )
    withhold(world, "answer", answer.pk)
    withhold(world, "reaction", answer.pk)
    score = world.published_round.evaluations.get().scores.order_by("pk")[0]
    withhold(world, "score", score.pk)
    withhold(world, "reply", world.published_round.replies.order_by("pk")[0].pk)
    assert Withholding.objects.count() == len(world.withheld) + 1
