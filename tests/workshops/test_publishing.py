"""The pages on which coordinators publish, and read who comes."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cities.models import Cycle, Membership
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.factories_schedule import create_session, in_days, move, publish
from tests.workshops.coordination import desk_of, fingerprint, running_cycle, text_of
from workshops import actions
from workshops.models import Participation, ScheduleRelease, Session
from workshops.preview import preview

pytestmark = pytest.mark.slow

# Each page asks the database so often, however much it shows.
PREVIEW_QUERIES = 33
PEOPLE_QUERIES = 26


@pytest.fixture
def cycle(db: None) -> Cycle:
    return running_cycle()


@pytest.fixture
def desk(coordinator: User) -> Client:
    return desk_of(coordinator)


# --- Publishing -------------------------------------------------------------------------------------------------------


def test_publish_shows_first_what_changes_and_whom_it_tells(
    desk: Client, cycle: Cycle, coordinator: User, member: User
) -> None:
    session = create_session(cycle=cycle, title="Seminario", starts_at=datetime(2027, 7, 1, 16, tzinfo=UTC))
    publish(cycle)
    OutgoingMail.objects.update(status=OutgoingMail.Status.SENT, sent_at=datetime.now(UTC))
    move(session, starts_at=datetime(2027, 7, 2, 16, tzinfo=UTC))

    response = desk.get(reverse("workshops:publish", args=[cycle.slug]))

    text = text_of(response)
    assert "Version 2 changes 1 session" in text
    assert "Thursday 1 July 2027" in text
    assert "Friday 2 July 2027" in text
    assert "2 people are told of the change." in text
    assert "Publish version 2 and tell 2 people" in text
    assert ScheduleRelease.objects.count() == 1


def test_publish_says_how_many_mails_a_series_is(desk: Client, cycle: Cycle, coordinator: User, member: User) -> None:
    sessions = [create_session(cycle=cycle, people=[member], starts_at=in_days(20 + day)) for day in range(12)]
    url = reverse("workshops:publish", args=[cycle.slug])
    assert "12 mails, one for each session: up to 12 to one person." in text_of(desk.get(url))
    create_session(cycle=cycle, starts_at=in_days(40))

    text = text_of(desk.get(url))

    assert "2 people are told by mail as soon as you publish." in text
    assert "That is 14 mails, one for each session: up to 13 to one person." in text
    assert publish(cycle).mail_count == 14
    OutgoingMail.objects.update(status=OutgoingMail.Status.SENT, sent_at=datetime.now(UTC))
    move(sessions[0], starts_at=in_days(19))
    text = text_of(desk.get(url))
    assert "1 person is told by mail as soon as you publish." in text
    assert "one for each session" not in text


def test_publish_publishes_what_was_shown_and_says_so(
    desk: Client, cycle: Cycle, coordinator: User, member: User
) -> None:
    session = create_session(cycle=cycle, title="Seminario")
    url = reverse("workshops:publish", args=[cycle.slug])

    response = desk.post(url, {"note": "Primera versión", "seen": fingerprint(cycle)})

    release = ScheduleRelease.objects.get()
    assert response.headers["Location"] == release.get_absolute_url()
    assert (release.note, release.released_by, release.notified) == ("Primera versión", coordinator, True)
    assert OutgoingMail.objects.count() == 2
    said = text_of(desk.get(reverse("workshops:drafts")))
    assert "Version 1 is published and 2 mails are on their way." in said
    assert f'href="{reverse("outbox")}?session={session.pk}"' in said


def test_publish_of_drafts_changed_meanwhile_shows_them_again_and_keeps_the_note(
    desk: Client, cycle: Cycle, member: User
) -> None:
    create_session(cycle=cycle, title="Vista")
    seen = fingerprint(cycle)
    create_session(cycle=cycle, title="No vista")

    response = desk.post(reverse("workshops:publish", args=[cycle.slug]), {"note": "Mi nota", "seen": seen})

    assert "The drafts changed since you looked at them." in text_of(response)
    assert "No vista" in text_of(response)
    assert "Mi nota" in text_of(response)
    assert response.context["form"]["seen"].value() == fingerprint(cycle)
    assert not ScheduleRelease.objects.exists()


def test_publish_with_nothing_to_publish_is_calm(desk: Client, cycle: Cycle) -> None:
    url = reverse("workshops:publish", args=[cycle.slug])

    page = desk.get(url)
    posted = desk.post(url, {"note": "Mi nota", "seen": "abc"})

    assert "Nothing to publish" in text_of(page)
    assert "Mi nota" in text_of(posted)
    assert not ScheduleRelease.objects.exists()


def test_publish_offers_no_way_to_silence_mails(desk: Client, cycle: Cycle, member: User) -> None:
    create_session(cycle=cycle)

    desk.post(
        reverse("workshops:publish", args=[cycle.slug]),
        {"note": "", "seen": fingerprint(cycle), "notify": "", "at": "2017-06-29"},
    )

    assert ScheduleRelease.objects.get().notified
    assert OutgoingMail.objects.count() == 2


@pytest.mark.parametrize("are_sent", [True, False])
def test_preview_promises_as_many_mails_as_the_release_queues(
    cycle: Cycle, coordinator: User, member: User, *, are_sent: bool
) -> None:
    """Through additions, a change of the audience, a cancellation and a return, for people who come and go."""
    newcomer = factories.create_member()
    promised, queued = [], []
    for step in (_add, _narrow, _cancel, _come_back, _come_back_later):
        step(cycle, coordinator, newcomer)
        shown = preview(cycle, now=datetime.now(UTC))
        promised.append((shown.number, shown.mails))

        published = publish(cycle)

        queued.append((published.release.number, published.mail_count))
        if are_sent:
            OutgoingMail.objects.update(status=OutgoingMail.Status.SENT, sent_at=datetime.now(UTC))

    assert promised == queued


def _add(cycle: Cycle, by: User, _newcomer: User) -> None:
    create_session(cycle=cycle, title="Una", starts_at=in_days(20))
    create_session(cycle=cycle, title="Otra", starts_at=in_days(21), people=[by])
    create_session(cycle=cycle, title="Pasada", starts_at=in_days(-5))


def _narrow(cycle: Cycle, by: User, newcomer: User) -> None:
    session = Session.objects.get(title="Una")
    session.audience = Session.Audience.CHOSEN
    Membership.objects.filter(user=newcomer).update(until=date(2018, 1, 1))
    actions.save_draft(session, organizations=[], people=[by], by=None, seen_edits=session.edits)


def _cancel(_cycle: Cycle, _by: User, _newcomer: User) -> None:
    actions.cancel(Session.objects.get(title="Una"), reason="Paro", by=None)


def _come_back(_cycle: Cycle, _by: User, newcomer: User) -> None:
    actions.reinstate(Session.objects.get(title="Una"), by=None)
    factories.create_membership(user=newcomer)


def _come_back_later(_cycle: Cycle, _by: User, _newcomer: User) -> None:
    session = Session.objects.get(title="Una")
    session.audience = Session.Audience.EVERYBODY
    actions.save_draft(session, organizations=[], people=[], by=None, seen_edits=session.edits)
    move(session, starts_at=in_days(22))


@pytest.mark.parametrize("number", [1, 3, pytest.param(300, marks=pytest.mark.slow)])
def test_publish_asks_the_same_number_of_questions_for_any_number_of_changes(
    desk: Client,
    cycle: Cycle,
    member: User,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    # One more, so that even a single one meets another at the same time.
    sessions = [create_session(cycle=cycle, starts_at=in_days(20), people=[member]) for _each in range(number + 1)]
    publish(cycle)
    for session in sessions:
        move(session, starts_at=in_days(21))

    with django_assert_num_queries(PREVIEW_QUERIES):
        desk.get(reverse("workshops:publish", args=[cycle.slug]))


# --- People -----------------------------------------------------------------------------------------------------------


def test_people_show_why_the_answer_and_the_last_mail(
    desk: Client, cycle: Cycle, coordinator: User, member: User
) -> None:
    session = create_session(cycle=cycle)
    publish(cycle)
    actions.answer(session, user=member, answer=Participation.Answer.MAYBE, now=datetime.now(UTC))
    OutgoingMail.objects.filter(user=member).update(status=OutgoingMail.Status.FAILED)

    guests = desk.get(reverse("workshops:people", args=[session.slug])).context["guests"]

    assert [(guest.name, guest.answer, guest.told_is_trouble) for guest in guests] == [
        ("Carmen Coordinadora", "none", False),
        ("Inés Integrante", "maybe", True),
    ]
    assert {guest.because for guest in guests} == {"the whole working group is expected"}
    assert guests[0].told == "invitation to a session: waiting"


def test_people_of_a_draft_are_those_it_would_invite(desk: Client, cycle: Cycle, member: User) -> None:
    session = create_session(cycle=cycle, people=[member])

    response = desk.get(reverse("workshops:people", args=[session.slug]))

    assert [guest.name for guest in response.context["guests"]] == ["Inés Integrante"]
    assert "1 person would be invited" in text_of(response)


def test_people_can_be_narrowed_to_one_answer(desk: Client, cycle: Cycle, member: User) -> None:
    session = create_session(cycle=cycle)
    publish(cycle)
    actions.answer(session, user=member, answer=Participation.Answer.YES, now=datetime.now(UTC))

    guests = desk.get(reverse("workshops:people", args=[session.slug]) + "?answer=yes").context["guests"]

    assert [guest.name for guest in guests] == ["Inés Integrante"]


@pytest.mark.parametrize("number", [1, 3, pytest.param(300, marks=pytest.mark.slow)])
def test_people_ask_the_same_number_of_questions_for_any_number_of_people(
    desk: Client, cycle: Cycle, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(number):
        factories.create_member()
    session = create_session(cycle=cycle)
    publish(cycle)

    with django_assert_num_queries(PEOPLE_QUERIES):
        desk.get(reverse("workshops:people", args=[session.slug]))
