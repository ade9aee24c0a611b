"""Why somebody is expected, kept as it is by now: it decides what is open to those who have left the group."""

from datetime import date, datetime, timedelta

import pytest

from cities.models import Cycle, Membership
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, publish, publish_session
from tests.workshops.told import all_is_sent
from workshops import actions, emails
from workshops.models import Participation, Session

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


def expect(session: Session, *people: User, roles: tuple[str, ...] = (), venue: str = "", at: datetime) -> None:
    """Those by name or role; without any, the whole group. Published at once."""
    session.refresh_from_db()
    session.audience, session.audience_roles = "chosen" if people or roles else "everybody", list(roles)
    session.venue = venue
    actions.save_draft(session, organizations=[], people=list(people), by=None, seen_edits=session.edits)
    publish(session.cycle, at=at)


def leave(person: User) -> None:
    Membership.objects.filter(user=person).update(until=date(2026, 10, 31))


def reasons(session: Session) -> dict[int, str]:
    return dict(session.participations.expected().values_list("user", "expected_because"))


def is_open_to(person: User, session: Session) -> bool:
    return Session.objects.visible_to(User.objects.get(pk=person.pk)).filter(pk=session.pk).exists()


def test_reason_follows_the_rule(cycle, official_reynosa):
    other = factories.create_official()
    session = publish_session(cycle=cycle).session
    assert reasons(session) == {official_reynosa.pk: "everybody", other.pk: "everybody"}

    expect(session, official_reynosa, roles=("official",), at=NOW + HOUR)
    assert reasons(session) == {official_reynosa.pk: "person", other.pk: "role"}

    expect(session, at=NOW + 2 * HOUR)
    assert reasons(session) == {official_reynosa.pk: "everybody", other.pk: "everybody"}


def test_who_is_named_by_now_and_has_left_the_group_reads_the_news_and_has_the_page(cycle, official_reynosa):
    session = publish_session(cycle=cycle, visibility="invited").session
    all_is_sent(NOW)
    expect(session, official_reynosa, at=NOW + HOUR)
    all_is_sent(NOW + 2 * HOUR)
    leave(official_reynosa)
    expect(session, official_reynosa, venue="Sala 2", at=NOW + DAY)

    all_is_sent(NOW + DAY + HOUR)

    told = OutgoingMail.objects.filter(user=official_reynosa, kind=emails.CHANGE)
    assert list(told.values_list("status", flat=True)) == ["sent", "sent"]  # who is expected, and the room
    assert is_open_to(official_reynosa, session)


def test_who_left_while_it_was_cancelled_and_is_named_since_hears_that_it_takes_place(cycle, official_reynosa):
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)
    actions.cancel(session, reason="No hay sede.", by=None)
    expect(session, official_reynosa, at=NOW + HOUR)
    all_is_sent(NOW + 2 * HOUR)
    leave(official_reynosa)

    actions.reinstate(session, by=None)
    publish(cycle, at=NOW + DAY)
    all_is_sent(NOW + DAY + HOUR)

    assert reasons(session) == {official_reynosa.pk: "person"}
    told = OutgoingMail.objects.filter(user=official_reynosa, status="sent").order_by("pk")
    assert list(told.values_list("kind", flat=True)) == [emails.INVITATION, emails.CANCELLATION, emails.CHANGE]


def test_page_of_what_is_over_closes_to_who_was_named_only_at_first(cycle, official_reynosa):
    session = publish_session(cycle=cycle, people=[official_reynosa], visibility="invited").session
    expect(session, at=NOW + HOUR)

    leave(official_reynosa)

    assert not is_open_to(official_reynosa, session)


def test_planner_renews_a_reason_and_then_rests(cycle, official_reynosa):
    session = publish_session(cycle=cycle).session
    Participation.objects.update(expected_because=Participation.Because.PERSON)

    assert actions.refresh_expectations(now=NOW) == 0

    assert reasons(session) == {official_reynosa.pk: "everybody"}


def test_who_comes_in_a_place_does_so_although_a_rule_names_them_until_they_leave_the_group(cycle, official_reynosa):
    delegate = factories.create_member()
    session = publish_session(cycle=cycle, people=[official_reynosa]).session
    sender = Participation.objects.get(session=session, user=official_reynosa)
    row = Participation.objects.create(session=session, user=delegate, expected_because="delegate", delegated_by=sender)

    expect(session, official_reynosa, delegate, at=NOW + HOUR)
    assert reasons(session) == {official_reynosa.pk: "person", delegate.pk: "delegate"}

    leave(delegate)
    actions.refresh_expectations(now=NOW + DAY)
    assert reasons(session) == {official_reynosa.pk: "person", delegate.pk: "person"}
    row.refresh_from_db()
    assert row.delegated_by is None
    told = OutgoingMail.objects.filter(user=official_reynosa, kind=emails.delegates.LEFT)
    assert told.count() == 1
