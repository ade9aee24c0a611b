"""Posts at a session: passed on when somebody leaves or sends a colleague, and nothing to those who have left."""

from datetime import timedelta
from typing import Any

import pytest

from cities.access import Lost
from cities.models import Membership, group_day
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.agendas import put
from tests.workshops.published import NOW, START, publish_session
from tests.workshops.told import all_is_sent, waiting
from workshops import actions, emails, posts
from workshops.actions import delegates
from workshops.models import AgendaItem, Minutes, Session, WorkTable

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
PARTS = ["agenda_presenter", "agenda_presenter", "agenda_respondent"]


@pytest.fixture
def leaver() -> User:
    return factories.create_member(name="Lía Saliente")


@pytest.fixture
def successor(leaver: User) -> User:
    return factories.create_member(organization=leaver.memberships.get().organization, name="Sol Sucesora")


def every_post(session: Session, user: User) -> None:
    """One of each kind in the person's hands; the table and the minutes are called 7 and by their session."""
    other = factories.create_member()
    put(session, "Presenta", 10, presenter=user)
    put(session, "Acompaña", 10, presenter=other, together=[user])
    put(session, "Responde", 10, presenter=other, respondent=user)
    table = WorkTable.objects.create(session=session, number=7, facilitator=user, rapporteur=user)
    table.co_rapporteurs.add(user)
    Minutes.objects.create(session=session, rapporteur=user)


def held(user: User, **about: Any) -> list[tuple[str, str]]:
    return [(one.post.field, type(one.row).__name__) for one in posts.held_by(user.pk, now=NOW, **about)]


EVERY = [
    ("presenter", "AgendaItem"),
    ("co_presenters", "AgendaItem"),
    ("respondent", "AgendaItem"),
    ("facilitator", "WorkTable"),
    ("rapporteur", "WorkTable"),
    ("co_rapporteurs", "WorkTable"),
    ("rapporteur", "Minutes"),
]


# --- Succession -------------------------------------------------------------------------------------------------------


def test_successor_takes_over_every_post_at_sessions_ahead(leaver, successor, coordinator):
    session = publish_session().session
    every_post(session, leaver)
    assert held(leaver) == EVERY

    labels = [holding.label for holding in actions.holdings(leaver)]
    actions.hand_over(leaver, successor, by=coordinator)

    assert (held(leaver), held(successor)) == ([], EVERY)
    assert len(labels) == 7
    assert f"Facilita la mesa 7 en la sesión «{session.title}»" in labels
    assert (waiting(leaver), waiting(successor)) == ([emails.INVITATION], [*PARTS, emails.INVITATION])


def test_posts_stay_while_another_role_keeps_the_person_in_the_group(leaver, successor, coordinator):
    every_post(publish_session().session, leaver)

    assert actions.holdings(leaver, Lost(coordination=True)) == []
    actions.hand_over(leaver, successor, by=coordinator, lost=Lost(coordination=True))

    assert held(leaver) == EVERY


def test_of_a_session_that_is_over_passes_what_is_still_to_be_written(leaver, successor, coordinator):
    """Who presented did so; feedback that is due and minutes that are not approved still want somebody."""
    session = publish_session(starts_at=START).session
    every_post(session, leaver)
    AgendaItem.objects.filter(title="Responde").update(response_due_on=(START + 5 * DAY).date())
    later = START + DAY

    found = [(one.post.field, type(one.row).__name__) for one in posts.held_by(leaver.pk, now=later)]

    assert found == [("respondent", "AgendaItem"), ("rapporteur", "Minutes")]


def test_who_presents_a_point_is_not_made_its_first_respondent(leaver, successor, coordinator):
    session = publish_session().session
    item = put(session, "Reynosa", 10, presenter=successor, respondent=leaver)
    other = put(session, "Colima", 10, presenter=leaver, respondent=successor)

    actions.hand_over(leaver, successor, by=coordinator)

    item.refresh_from_db()
    other.refresh_from_db()
    assert (item.respondent, other.presenter) == (leaver, leaver)


def test_successor_who_presents_along_becomes_the_first_and_is_named_once(leaver, successor, coordinator):
    item = put(publish_session().session, "Reynosa", 10, presenter=leaver, together=[successor])

    actions.hand_over(leaver, successor, by=coordinator)

    item = AgendaItem.objects.get(pk=item.pk)
    assert (item.presenters, item.co_presenters.count(), item.edition) == ([successor], 0, 2)


# --- In somebody's place ----------------------------------------------------------------------------------------------


def test_delegate_takes_over_the_posts_of_that_session_and_gives_them_back(leaver, successor):
    session = publish_session(people=[leaver]).session
    every_post(session, leaver)
    elsewhere = put(publish_session().session, "Otra", 10, presenter=leaver)

    delegates.send_delegate(session, sender=leaver, delegate=successor, now=NOW)

    assert held(successor) == EVERY
    assert [one.row for one in posts.held_by(leaver.pk, now=NOW)] == [elsewhere]
    delegates.take_back_delegate(session, sender=leaver, now=NOW)
    assert held(leaver, session_id=session.pk) == EVERY


# --- Who has left -----------------------------------------------------------------------------------------------------


def test_who_has_left_hears_of_their_part_no_more(leaver):
    presenter = factories.create_official()
    put(publish_session().session, "Reynosa", 10, presenter=presenter, respondent=leaver)
    assert waiting(leaver) == ["agenda_respondent", emails.INVITATION]

    Membership.objects.filter(user=leaver).update(until=group_day(NOW) - DAY)
    emails.plan_parts(NOW)
    actions.refresh_expectations(now=NOW)
    all_is_sent(NOW)

    assert not OutgoingMail.objects.filter(user=leaver, kind__startswith="agenda", status="sent").exists()


def test_who_has_left_and_is_expected_by_name_still_hears_of_it(leaver):
    presenter = factories.create_official()
    put(publish_session(people=[leaver, presenter]).session, "Reynosa", 10, presenter=presenter, respondent=leaver)

    Membership.objects.filter(user=leaver).update(until=group_day(NOW) - DAY)
    emails.plan_parts(NOW)
    all_is_sent(NOW)

    assert OutgoingMail.objects.filter(user=leaver, kind="agenda_respondent", status="sent").count() == 1


def test_posts_of_many_sessions_are_told_by_session(leaver, successor):
    one, other = publish_session().session, publish_session().session
    every_post(one, leaver)
    put(other, "Otra", 10, presenter=successor)

    assert posts.holders([one.pk, other.pk])[other.pk] == {successor.pk}
    assert leaver.pk in posts.holders([one.pk])[one.pk]
