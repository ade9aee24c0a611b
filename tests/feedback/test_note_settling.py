"""Who has the last word on an answer once the author of the note has left."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cities.models import Membership, Organization, Role, group_day
from feedback.models import Note
from feedback.reports import notes as reports
from ogpgroup.models import User
from tests import factories
from tests.feedback.noting import answer, colleague_of, settle, write

pytestmark = pytest.mark.django_db

NOW = timezone.now()
TODAY = group_day(NOW)


@pytest.fixture
def organization() -> Organization:
    return factories.create_organization(name="Colectivo")


@pytest.fixture
def note(official_reynosa, reynosa, organization) -> Note:
    note = write(factories.create_plan(city=reynosa), organization=organization, by=colleague_of(organization), now=NOW)
    answer(note, by=official_reynosa, change_by=TODAY, now=NOW)
    return note


def leave(user: User | None) -> None:
    Membership.objects.filter(user=user).update(until=TODAY - timedelta(days=1))


def signed_in(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(language="en")
    client = Client()
    client.force_login(user)
    return client


def settling(note: Note, *people: User) -> list[User]:
    """Asked anew: roles are kept with the person."""
    fresh = [User.objects.get(pk=person.pk) for person in people]
    return [one for one in fresh if Note.objects.settled_by(one, on=TODAY).filter(pk=note.pk).exists()]


def test_author_has_the_last_word_and_colleagues_once_they_have_left(note, organization, coordinator, official_reynosa):
    author, colleague = note.author, colleague_of(organization)
    everybody = (author, colleague, factories.create_member(), coordinator, official_reynosa)

    assert settling(note, *everybody) == [author]
    leave(author)
    assert settling(note, *everybody) == [colleague]


def test_author_who_moved_to_another_organisation_keeps_the_last_word(note, organization):
    colleague = colleague_of(organization)
    leave(note.author)
    factories.create_membership(user=note.author, organization=factories.create_organization())

    assert settling(note, note.author, colleague) == [note.author]


@pytest.mark.parametrize("gone", ["closed", "erased"])
def test_author_without_account_has_left(gone: str, note, organization):
    author, colleague = note.author, colleague_of(organization)
    if gone == "closed":
        User.objects.filter(pk=author.pk).update(is_active=False)
    else:
        Note.objects.filter(pk=note.pk).update(author=None)

    assert settling(note, colleague) == [colleague]


def test_who_answers_does_not_settle(reynosa, official_reynosa):
    """The town hall's own staff may write to the city; its official settles nothing in their place."""
    hall = reynosa.organizations.get()
    note = write(factories.create_plan(city=reynosa), organization=hall, by=colleague_of(hall), now=NOW)
    answer(note, by=official_reynosa, change_by=TODAY, now=NOW)
    leave(note.author)
    colleague = colleague_of(hall, role=Role.MEMBER)

    assert settling(note, official_reynosa, colleague) == [colleague]


def test_note_written_for_oneself_is_left_to_nobody(reynosa, official_reynosa, organization):
    author = colleague_of(organization)
    note = write(factories.create_plan(city=reynosa), by=author, now=NOW)
    answer(note, by=official_reynosa, change_by=TODAY, now=NOW)
    leave(author)

    assert settling(note, colleague_of(organization)) == []


def test_colleague_settles_and_everybody_reads_who_spoke(note, organization, stranger):
    colleague = signed_in(colleague_of(organization))
    address = reverse("feedback:note_settle", args=[note.pk])
    assert colleague.get(address).status_code == 404
    leave(note.author)

    page = colleague.get(address).content.decode()
    assert "You act for Colectivo, on whose behalf it was written" in page
    assert "Does this settle it for you?" in colleague.get(f"/notes/{note.pk}/").content.decode()
    given = note.answers.get()
    colleague.post(address, {"settles": "no", "reaction": "Falta.", "answer": str(given.pk)})

    note.refresh_from_db()
    given.refresh_from_db()
    assert (note.status, given.settles, given.is_reaction_of_colleague()) == ("unsettled", False, True)
    stranger.cookies["language"] = "en"
    text = stranger.get(f"/notes/{note.pk}/").content.decode()
    assert "Colectivo, for the author: this does not settle it" in text


def test_word_of_the_author_is_called_theirs(note):
    settle(note, settles=True, now=NOW)

    assert note.answers.get().is_reaction_of_colleague() is False


def test_desk_of_a_colleague_holds_what_an_author_has_left(note, organization):
    colleague = colleague_of(organization)
    assert list(reports.waiting_for_word(User.objects.get(pk=colleague.pk))) == []
    leave(note.author)

    assert list(reports.waiting_for_word(User.objects.get(pk=colleague.pk))) == [note]


def test_author_who_is_an_official_by_now_neither_answers_nor_settles_their_own(note, organization, official_reynosa):
    author, colleague = note.author, colleague_of(organization)
    government = Membership.objects.get(user=official_reynosa).organization

    factories.create_membership(user=author, organization=government, role=Role.OFFICIAL)

    turned = User.objects.get(pk=author.pk)
    assert not Note.objects.answerable_by(turned).filter(pk=note.pk).exists()
    assert Note.objects.answerable_by(official_reynosa).filter(pk=note.pk).exists()
    assert settling(note, author, official_reynosa, colleague) == [colleague]
