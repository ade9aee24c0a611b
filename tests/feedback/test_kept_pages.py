"""Pages of plans are exact after every kind of change, for every kind of reader, though their parts are kept.

Each page is read, then something happens, and it is read again: it must be, letter by letter, what a process that keeps
nothing would answer. So nothing stale is shown, and nothing of another person.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from actionplans import actions as plan_actions
from actionplans.models import Deliverable
from cities.models import City, Membership, Organization
from feedback.actions import notes as note_actions
from feedback.models import Note, ReviewRound, Score
from ogpgroup import moderation, parts
from ogpgroup.models import User, Withholding
from tests import factories
from tests.bench.record import Record, Size, fill
from tests.feedback import noting

SMALL = Size(commitments=1, milestones=2, entries=8, notes=9, evaluators=2)


@dataclass
class Story:
    """A record, somebody who writes on it, and all who read it."""

    record: Record
    author: User
    organization: Organization
    note: Note
    readers: dict[str, Client]
    coordinator: User
    withheld: list[Withholding] = field(default_factory=list)

    def pages(self) -> list[str]:
        return list(self.record.pages().values())


@pytest.fixture
def story(db: None) -> Story:
    record = fill(SMALL)
    organization = factories.create_organization(name="Colectivo de Barrios")
    author = factories.create_member(organization=organization, name="Ana Autora")
    note = noting.write(record.plan, by=author, organization=organization, visibility="city", now=timezone.now())
    assert record.plan.contact
    coordinator = factories.create_coordinator()
    accounts = {"author": author, "official": record.plan.contact, "coordinator": coordinator}
    readers = {"stranger": Client(), "english": Client(headers={"Cookie": "language=en"})}
    for name, person in accounts.items():
        readers[name] = Client()
        readers[name].force_login(person)
    return Story(record, author, organization, note, readers, coordinator)


def read(story: Story) -> dict[tuple[str, str], str]:
    """Each page as each reader finds it; tokens against forgery are new each time."""
    found = {}
    for name, client in story.readers.items():
        for page in story.pages():
            answer = client.get(page)
            text = re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", answer.content.decode())
            found[name, page] = f"{answer.status_code} {text}"
    return found


def first_commitment(story: Story):
    return story.record.plan.commitments.get(number=1)


def entry(story: Story) -> None:
    factories.create_entry(
        milestone=first_commitment(story).milestones.get(number=1),
        status="complete",
        happened_on=timezone.localdate(),
        text="Recién ocurrido.",
    )


def correction(story: Story) -> None:
    old = first_commitment(story).entries.filter(correction__isnull=True).order_by("-happened_on", "-pk")[0]
    factories.create_entry(
        commitment=old.commitment,
        milestone=old.milestone,
        corrects=old,
        happened_on=old.happened_on,
    )


def taken_back(story: Story) -> None:
    newest = first_commitment(story).entries.standing().newest_first()[0]
    by = story.record.plan.contact
    plan_actions.retract_progress(newest, reason="Era de otro plan.", by=by, now=timezone.now())


def evidence(story: Story) -> None:
    newest = first_commitment(story).entries.order_by("-happened_on", "-reported_at", "-pk")[0]
    factories.create_link(entry=newest, name="Minuta recién llegada")


def answer(story: Story) -> None:
    noting.answer(story.note, by=story.record.plan.contact, now=timezone.now())


def settled(story: Story) -> None:
    answered = story.record.plan.ledger_notes.filter(status="answered", visibility="public").latest("written_at")
    noting.settle(answered, settles=True, now=timezone.now())


def written(story: Story) -> None:
    noting.write(first_commitment(story), by=story.author, organization=story.organization, now=timezone.now())


def withdrawn(story: Story) -> None:
    note_actions.withdraw_note(story.record.plan.ledger_notes.filter(author=story.author, status="open").latest("pk"))


def handed_in(story: Story) -> None:
    Deliverable.objects.filter(plan=story.record.plan).update(
        status="handed_in", handed_in_at=timezone.now(), text="Aquí está."
    )


def withheld(story: Story) -> None:
    """An entry, a link, and a note that stands first in panel and ledger."""
    newest = first_commitment(story).entries.order_by("-happened_on", "-reported_at", "-pk")[0]
    link = factories.create_link(entry=newest, name="Lista de asistencia", url="https://ejemplo.org/lista")
    note = noting.write(story.record.plan, by=story.author, organization=story.organization, now=timezone.now())
    for kind, pk in (("entry", newest.pk), ("evidence", link.pk), ("note", note.pk)):
        thing = moderation.find(kind, pk)
        assert thing
        by = story.coordinator
        story.withheld.append(moderation.withhold(thing, reason="minor", words="", by=by, now=timezone.now()))


def words_withheld(story: Story) -> None:
    """In the evaluation that is published."""
    one = ReviewRound.objects.filter(plan=story.record.plan, status="published").latest("pk")
    score = Score.objects.filter(evaluation__round=one).exclude(evidence="").order_by("commitment__number", "pk")[0]
    reply = one.replies.order_by("commitment__number", "pk")[0]
    for kind, pk in (("score", score.pk), ("reply", reply.pk)):
        thing = moderation.find(kind, pk)
        assert thing
        by = story.coordinator
        story.withheld.append(moderation.withhold(thing, reason="insult", words="", by=by, now=timezone.now()))


def shown_again(story: Story) -> None:
    for row in story.withheld:
        moderation.lift(row, by=story.coordinator, now=timezone.now())


def city_renamed(story: Story) -> None:
    City.objects.filter(plans=story.record.plan).update(name="Ciudad con Otro Nombre")


def institution_renamed(story: Story) -> None:
    Organization.objects.filter(pk=story.organization.pk).update(name="Colectivo con Otro Nombre")


def person_renamed(story: Story) -> None:
    User.objects.filter(pk=story.author.pk).update(name="Ana con Otro Nombre")


def milestone_edited(story: Story) -> None:
    first_commitment(story).milestones.update(ends_on=timezone.localdate() - timedelta(days=1), title="Otro título")


def deliverable_renamed(story: Story) -> None:
    Deliverable.objects.filter(plan=story.record.plan).update(title="Otra entrega")


def entry_on_another_milestone(story: Story) -> None:
    other = first_commitment(story).milestones.get(number=2)
    factories.create_entry(milestone=other, status="substantial", happened_on=timezone.localdate())


def named_in_english(story: Story) -> None:
    commitment = first_commitment(story)
    type(commitment).objects.filter(pk=commitment.pk).update(title_en="First commitment", short_title="El primero")


def commitment_edited(story: Story) -> None:
    type(first_commitment(story)).objects.filter(pk=first_commitment(story).pk).update(title="Otro compromiso")


def plan_closed(story: Story) -> None:
    type(story.record.plan).objects.filter(pk=story.record.plan.pk).update(status="closed")


def membership_ended(story: Story) -> None:
    Membership.objects.filter(user=story.author).update(until=timezone.localdate() - timedelta(days=1))


def office_handed_over(story: Story) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(user=story.record.plan.contact).update(until=yesterday)


def round_opened(story: Story) -> None:
    before, day = story.record.round, timezone.localdate()
    one = ReviewRound.objects.create(
        plan=before.plan, number=2, rubric=before.rubric, due_on=day, reply_due_on=day, opened_at=timezone.now()
    )
    one.organizations.add(story.organization)


# What happens, and who sees it on which pages at least.
CHANGES: dict[Callable[[Story], None], list[tuple[str, str]]] = {
    entry: [("stranger", "plan"), ("stranger", "commitment")],
    correction: [("stranger", "commitment")],
    taken_back: [("stranger", "plan"), ("stranger", "commitment")],
    evidence: [("stranger", "commitment")],
    answer: [("author", "ledger of notes")],
    settled: [("stranger", "ledger of notes")],
    written: [("stranger", "plan"), ("stranger", "commitment"), ("stranger", "ledger of notes")],
    withdrawn: [("author", "ledger of notes"), ("stranger", "plan")],
    handed_in: [("stranger", "plan")],
    withheld: [
        *((who, "plan") for who in ("stranger", "author", "official", "coordinator")),
        *((who, "commitment") for who in ("stranger", "official", "coordinator")),
        *((who, "ledger of notes") for who in ("stranger", "author", "official", "coordinator")),
    ],
    words_withheld: [(who, "published evaluation") for who in ("stranger", "author", "official", "coordinator")],
    shown_again: [("stranger", "plan"), ("coordinator", "published evaluation")],
    city_renamed: [("stranger", "plan"), ("stranger", "published evaluation")],
    institution_renamed: [("official", "ledger of notes")],
    person_renamed: [("official", "ledger of notes")],
    milestone_edited: [("stranger", "plan"), ("stranger", "commitment")],
    commitment_edited: [("stranger", "published evaluation")],
    deliverable_renamed: [("stranger", "plan")],
    entry_on_another_milestone: [("stranger", "plan"), ("stranger", "commitment")],
    named_in_english: [("stranger", "plan"), ("english", "plan"), ("english", "commitment")],
    round_opened: [("author", "plan")],
    membership_ended: [("author", "plan")],
    plan_closed: [("stranger", "plan"), ("official", "commitment")],
    office_handed_over: [("official", "plan")],
}


@pytest.mark.slow
def test_pages_are_exact_after_each_change(story: Story) -> None:
    before = read(story)
    for change, seen in CHANGES.items():
        change(story)
        after = read(story)

        parts.forget()
        assert after == read(story), change.__name__
        for who, where in seen:
            page = story.record.pages()[where]
            assert after[who, page] != before[who, page], (change.__name__, who, where)
        before = after


def test_pages_are_exact_after_midnight(story: Story) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    with time_machine.travel(midnight - timedelta(seconds=5), tick=False):
        before = read(story)
    with time_machine.travel(midnight + timedelta(seconds=5), tick=False):
        after = read(story)
        parts.forget()
        assert after == read(story)

    page = story.record.pages()["commitment"]
    assert after["stranger", page] != before["stranger", page]


def test_a_note_to_the_city_alone_is_kept_for_nobody_else(story: Story) -> None:
    page = story.record.pages()["ledger of notes"]
    address = story.note.get_absolute_url()
    for name, person in {
        "colleague": factories.create_member(organization=story.organization),
        "coordinator": factories.create_coordinator(),
        "member": story.record.member,
    }.items():
        story.readers[name] = Client()
        story.readers[name].force_login(person)

    for order in (list(story.readers), list(reversed(story.readers))):
        shown = {name for name in order if address in story.readers[name].get(page).content.decode()}
        assert shown == {"author", "official", "colleague", "coordinator"}


def test_who_reads_in_another_language_or_zone_reads_their_own(story: Story) -> None:
    page = story.record.pages()["plan"]
    spanish, english = Client(headers={"Cookie": "language=es-mx"}), Client(headers={"Cookie": "language=en"})

    for _again in range(2):
        assert "Planned against actual" not in spanish.get(page).content.decode()
        assert "Planned against actual" in english.get(page).content.decode()


def test_after_a_change_no_more_is_drawn_than_it_touches(story: Story) -> None:
    """Logged at one of two milestones: its row in the picture, what is late, the entry itself."""
    page = story.record.pages()["plan"]
    story.readers["stranger"].get(page)
    before = set(parts._pieces._values)

    entry_on_another_milestone(story)
    story.readers["stranger"].get(page)

    new: list[Any] = [key for key in parts._pieces._values if key not in before]
    drawn = Counter(by[0] if isinstance(by, tuple) else by.__name__ for (by, *_reader), _facts in new)
    assert drawn == {"_headed": 1, "actionplans/_late.html": 1, "actionplans/_entry.html": 1}


def test_who_may_read_names_and_who_may_not_never_share_a_row(story: Story) -> None:
    page = story.record.pages()["ledger of notes"]
    public = noting.write(
        story.record.plan, by=story.author, organization=story.organization, visibility="public", now=timezone.now()
    )
    for order in (("stranger", "official", "author"), ("author", "official", "stranger")):
        parts.forget()
        for name in order:
            answer = story.readers[name].get(page).content.decode()
            assert public.get_absolute_url() in answer
            assert ("Ana Autora" in answer) == (name != "stranger"), name


def test_who_reads_in_two_languages_reads_each_after_a_change(story: Story) -> None:
    pages = story.pages()
    for language in ("es-mx", "en"):
        for page in pages:
            story.readers["stranger"].get(page, headers={"Cookie": f"language={language}"})
    entry(story)
    written(story)

    for language in ("en", "es-mx", "en"):
        client = Client(headers={"Cookie": f"language={language}"})
        after = [client.get(page).content for page in pages]
        parts.forget()
        assert after == [client.get(page).content for page in pages]
