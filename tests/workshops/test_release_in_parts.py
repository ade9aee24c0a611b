"""A release that invites very many people: the first at once, the rest by the planner, with progress shown."""

import pytest
from django.test import Client
from django.urls import reverse

from cities.models import Cycle, Membership, Role
from ogpgroup.mail import database_now
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.factories_schedule import create_session, publish
from tests.workshops.coordination import desk_of, fingerprint, running_cycle, text_of
from workshops import actions
from workshops.actions import releases
from workshops.models import Participation
from workshops.reports import telling

INVITATIONS = OutgoingMail.objects.filter(kind="session_invitation")


@pytest.fixture
def cycle(db: None) -> Cycle:
    return running_cycle()


@pytest.fixture(autouse=True)
def ten_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "INVITED_AT_ONCE", 10)


def add_people(count: int) -> None:
    organization = factories.create_organization()
    people = User.objects.bulk_create(User(email=f"persona{number}@example.org") for number in range(count))
    Membership.objects.bulk_create(
        Membership(user=person, organization=organization, role=Role.MEMBER, since=factories.SINCE) for person in people
    )


def test_release_invites_the_first_and_the_planner_the_others(cycle: Cycle) -> None:
    add_people(35)
    create_session(cycle=cycle)

    published = publish(cycle)
    after_release = INVITATIONS.count()
    queued = actions.refresh_expectations(now=database_now())
    again = actions.refresh_expectations(now=database_now())

    assert (published.mail_count, published.left, after_release) == (10, 25, 10)
    assert (queued, again) == (25, 0)
    assert INVITATIONS.values("user").distinct().count() == INVITATIONS.count() == 35
    assert Participation.objects.filter(expected=True).count() == 35


def test_release_of_as_many_as_go_at_once_leaves_nobody(cycle: Cycle) -> None:
    add_people(10)
    create_session(cycle=cycle)

    published = publish(cycle)

    assert (published.mail_count, published.left) == (10, 0)


def test_release_that_calls_the_planner_does_so_once_it_is_committed(
    cycle: Cycle, django_capture_on_commit_callbacks
) -> None:
    add_people(11)
    create_session(cycle=cycle)

    with django_capture_on_commit_callbacks() as calls:
        publish(cycle)

    assert [call.__name__ for call in calls] == ["_call_a_sender", "_call_a_planner"]


def test_next_release_does_not_lose_those_whom_the_first_left_over(cycle: Cycle) -> None:
    add_people(25)
    session = create_session(cycle=cycle)
    publish(cycle)
    session.refresh_from_db()
    session.venue = "Otra sala"
    session.save(update_fields=["venue"])

    publish(cycle)
    actions.refresh_expectations(now=database_now())

    waiting = INVITATIONS.filter(status="queued")
    assert waiting.values("user").distinct().count() == waiting.count() == 25
    assert set(waiting.values_list("subject_version", flat=True)) == {1}


def test_progress_counts_what_is_queued_what_has_left_and_who_is_left_over(cycle: Cycle) -> None:
    add_people(25)
    create_session(cycle=cycle)
    release = publish(cycle).release

    first = telling.progress(release, now=database_now())
    actions.refresh_expectations(now=database_now())
    second = telling.progress(release, now=database_now())
    OutgoingMail.objects.update(status="sent", sent_at=database_now())
    last = telling.progress(release, now=database_now())

    assert (first.queued, first.waiting, first.left, first.total, first.is_running) == (10, 10, 15, 25, True)
    assert (second.queued, second.gone, second.left, second.is_running) == (25, 0, 0, True)
    assert (last.gone, last.total, last.is_running) == (25, 25, False)


def test_page_of_the_release_shows_coordinators_how_far_it_is(cycle: Cycle, coordinator: User) -> None:
    add_people(24)
    create_session(cycle=cycle)
    desk = desk_of(coordinator)
    url = reverse("workshops:publish", args=[cycle.slug])

    page = desk.post(url, {"note": "", "seen": fingerprint(cycle)}, follow=True)
    number = page.context["release"].number
    part = desk.get(reverse("workshops:release_mails", args=[number]), headers={"HX-Request": "true"})
    plain = desk.get(reverse("workshops:release_mails", args=[number]))
    actions.refresh_expectations(now=database_now())
    queued = desk.get(reverse("workshops:release_detail", args=[number]))
    OutgoingMail.objects.update(status="sent", sent_at=database_now())
    over = desk.get(reverse("workshops:release_detail", args=[number]))

    assert "Version 1 is published; 10 of 25 mails are queued and the rest follows by itself." in text_of(page)
    assert "10 of 25 mails are queued. You need not wait here" in text_of(page)
    assert b'hx-trigger="every 3s"' in page.content
    assert "10 of 25 mails are queued." in text_of(part)
    assert b"<html" not in part.content
    assert plain.headers["Location"] == reverse("workshops:release_detail", args=[number]) + "#mails"
    assert "All are queued; 0 of 25 have left" in text_of(queued)
    assert "All 25 mails have left or are settled otherwise." in text_of(over)
    assert b"hx-trigger" not in over.content.partition(b'id="mails"')[2]


def test_page_of_the_release_tells_nobody_else_of_its_mails(cycle: Cycle, client: Client) -> None:
    add_people(3)
    create_session(cycle=cycle)
    release = publish(cycle).release

    page = client.get(release.get_absolute_url())

    assert page.status_code == 200
    assert b'id="mails"' not in page.content
