"""Who reads which note: every kind of person, every visibility, every state; and the same for mail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from cities.models import Membership
from feedback import targets
from feedback.actions import notes as actions
from feedback.models import Note
from feedback.readers import Readers
from feedback.reports.ledger import seen_in
from feedback.reports.notes import seen_by
from ogpgroup.models import User
from tests import factories
from tests.factories_schedule import create_session, in_days, publish
from tests.feedback.noting import colleague_of, create_item, write

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

EVERYBODY = {"anonymous", "author", "colleague", "member", "official", "other official", "coordinator", "ex-member"}
EVERYBODY |= {"ex-author", "deactivated", "staff of the town hall"}
GROUP = EVERYBODY - {"anonymous", "ex-member", "ex-author", "deactivated"}
OWN = {"author"}


type People = dict[str, Any]


@dataclass
class Scene:
    people: dict[str, User | AnonymousUser]
    note: Note
    old_note: Note  # by who has left since


@pytest.fixture
def people(reynosa, official_reynosa, official_colima, coordinator, ex_member, deactivated) -> People:
    organization = factories.create_organization(name="Colectivo")
    official_reynosa.refresh_from_db()
    return {
        "anonymous": AnonymousUser(),
        "author": colleague_of(organization),
        "colleague": colleague_of(organization),
        "member": factories.create_member(),
        "official": official_reynosa,
        "other official": official_colima,
        "coordinator": coordinator,
        "ex-member": ex_member,
        "ex-author": colleague_of(organization),
        "deactivated": deactivated,
        "staff of the town hall": colleague_of(reynosa.organizations.get()),
    }


def scene(people: People, target: targets.Target, visibility: str) -> Scene:
    organization = people["author"].memberships.get().organization
    note = write(target, by=people["author"], visibility=visibility, organization=organization)
    old = write(target, by=people["ex-author"], visibility=visibility)
    Membership.objects.filter(user=people["ex-author"]).update(until=timezone.localdate() - timedelta(days=1))
    fresh = {
        name: User.objects.get(pk=person.pk) if isinstance(person, User) else person for name, person in people.items()
    }
    return Scene(fresh, note, old)


def readers_of(staged: Scene, note: Note) -> set[str]:
    return {
        name for name, person in staged.people.items() if Note.objects.visible_to(person).filter(pk=note.pk).exists()
    }


def told_by_mail(staged: Scene, note: Note, asks: Callable[[Readers, Note, int], bool]) -> set[str]:
    found = Note.objects.select_related(*targets.RELATED).get(pk=note.pk)
    people = {name: person.pk for name, person in staged.people.items() if person.pk}
    readers = Readers.of(list(people.values()), [found], on=timezone.localdate())
    return {name for name, pk in people.items() if asks(readers, found, pk)}


EXPECTED = {
    "public": EVERYBODY,
    "group": GROUP,
    "city": {"author", "colleague", "official", "coordinator"},
}
# Written for oneself, a note for the city is not for one's organisation.
OWN_ORGANIZATION = {"public": set(), "group": set(), "city": {"author", "colleague"}}


@pytest.mark.parametrize("visibility", EXPECTED)
def test_note_on_a_plan_is_read_by_those_it_is_meant_for(visibility: str, people, reynosa):
    staged = scene(people, factories.create_plan(city=reynosa), visibility)

    assert readers_of(staged, staged.note) == EXPECTED[visibility]
    # Who has left keeps their own words, and nobody else's.
    assert readers_of(staged, staged.old_note) == EXPECTED[visibility] - OWN_ORGANIZATION[visibility] | {"ex-author"}


@pytest.mark.parametrize("visibility", EXPECTED)
def test_ledger_of_a_plan_that_one_sees_holds_what_one_may_read(visibility: str, people, reynosa):
    plan = factories.create_plan(city=reynosa)
    staged = scene(people, plan, visibility)
    scene(people, factories.create_plan(city=reynosa), visibility)
    actions.withdraw_note(write(plan, by=people["author"], visibility=visibility))

    for person in staged.people.values():
        assert set(seen_in(plan, person)) == set(seen_by(person).filter(ledger=plan))
    assert staged.note in seen_in(plan, staged.people["author"])


@pytest.mark.parametrize("visibility", EXPECTED)
def test_mail_goes_to_nobody_who_may_not_read_the_note(visibility: str, people, reynosa):
    staged = scene(people, factories.create_plan(city=reynosa), visibility)

    assert told_by_mail(staged, staged.note, Readers.may_read) == EXPECTED[visibility] & GROUP
    assert told_by_mail(staged, staged.note, Readers.may_answer) == {"official"}


@pytest.mark.parametrize("visibility", EXPECTED)
def test_withdrawn_note_is_its_authors_alone(visibility: str, people, reynosa):
    staged = scene(people, factories.create_plan(city=reynosa), visibility)
    actions.withdraw_note(staged.note)

    assert readers_of(staged, staged.note) == OWN
    assert told_by_mail(staged, staged.note, Readers.may_read) == OWN
    assert told_by_mail(staged, staged.note, Readers.may_answer) == set()


def test_note_on_a_plan_in_preparation_is_read_with_the_plan(people, reynosa):
    plan = factories.create_plan(city=reynosa, status="draft")
    staged = scene({**people, "author": people["coordinator"]}, plan, "public")

    assert readers_of(staged, staged.note) == {"author", "coordinator", "official"}
    assert readers_of(staged, staged.old_note) == {"author", "coordinator", "official"}
    assert told_by_mail(staged, staged.note, Readers.may_read) == {"author", "coordinator", "official"}


@pytest.mark.parametrize(
    ("session", "note", "expected"),
    [
        ("public", "public", EVERYBODY),
        ("public", "group", GROUP),
        ("group", "public", GROUP),
        ("group", "group", GROUP),
        ("invited", "public", {"author", "coordinator"}),
        ("invited", "group", {"author", "coordinator"}),
    ],
)
def test_note_on_an_agenda_is_read_with_its_session(session: str, note: str, expected: set[str], people, reynosa):
    held = create_session(
        title="Sesión", starts_at=in_days(5), visibility=session, people=[people["author"], people["ex-author"]]
    )
    publish(held.cycle, by=people["coordinator"])
    held.refresh_from_db()

    staged = scene(people, create_item(session=held, presenter=reynosa.organizations.get()), note)

    # Who has left keeps the sessions that name them, and what everybody there may read.
    assert readers_of(staged, staged.note) == expected | ({"ex-author"} if note == "public" else set())
    assert told_by_mail(staged, staged.note, Readers.may_read) == expected & GROUP
    presenters = {"official", "staff of the town hall"}
    assert told_by_mail(staged, staged.note, Readers.may_answer) == expected & presenters


def test_answers_are_for_the_city_or_who_presents(people, reynosa, colima):
    staged = scene(people, factories.create_plan(city=reynosa), "public")

    may = {
        name
        for name, person in staged.people.items()
        if Note.objects.answerable_by(person).filter(pk=staged.note.pk).exists()
    }

    assert may == {"official"}
