"""A release of which the planner invites the rest: planners as processes, killed between parts and within one."""

import signal
from datetime import timedelta

import pytest
import redis
from django.conf import settings

from cities.models import Membership, Role
from ogpgroup.mail import database_now
from ogpgroup.models import OutgoingMail, User
from tests import factories, factories_schedule
from tests.faults.processes import start_planner, wait_until
from workshops.actions import releases
from workshops.models import Participation

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

PEOPLE, AT_ONCE = 300, 50
INVITATIONS = OutgoingMail.objects.filter(kind="session_invitation")


@pytest.fixture
def release(monkeypatch):
    """Published, the first invited, 250 left over."""
    monkeypatch.setattr(releases, "INVITED_AT_ONCE", AT_ONCE)
    now = database_now()
    cycle = factories.create_cycle(
        starts_on=(now - timedelta(days=60)).date(), ends_on=(now + timedelta(days=300)).date()
    )
    organization = factories.create_organization()
    people = User.objects.bulk_create(User(email=f"persona{number}@example.org") for number in range(PEOPLE))
    Membership.objects.bulk_create(
        Membership(user=person, organization=organization, role=Role.MEMBER, since=factories.SINCE) for person in people
    )
    factories_schedule.create_session(cycle=cycle)
    published = factories_schedule.publish(cycle)
    assert (published.mail_count, published.left) == (AT_ONCE, PEOPLE - AT_ONCE)
    return published.release


def killed_at(point):
    planner = start_planner(kill_at=point, at_once=AT_ONCE)
    planner.join(60)
    return planner.exitcode == -signal.SIGKILL


def finish(*planners):
    try:
        wait_until(lambda: INVITATIONS.count() >= PEOPLE)
    finally:
        for planner in planners:
            planner.kill()
            planner.join()


def everybody_is_invited_once():
    everybody = set(User.objects.values_list("pk", flat=True))
    assert INVITATIONS.count() == PEOPLE
    assert set(INVITATIONS.values_list("user", flat=True)) == everybody
    assert set(Participation.objects.filter(expected=True).values_list("user", flat=True)) == everybody


@pytest.mark.parametrize(("point", "queued"), [("before_invitations:2", 100), ("after_invitations:2", 150)])
def test_planner_killed_while_it_invites_loses_nobody_and_invites_nobody_twice(release, point, queued):
    assert killed_at(point)
    after_death = (INVITATIONS.count(), Participation.objects.filter(expected=True).count())

    finish(start_planner(at_once=AT_ONCE))

    assert after_death == (queued, queued)  # who is expected and who is invited are one transaction
    everybody_is_invited_once()


def test_two_planners_at_once_after_a_flush_invite_everybody_once(release):
    with redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()

    finish(start_planner(at_once=AT_ONCE), start_planner(at_once=AT_ONCE))

    everybody_is_invited_once()
