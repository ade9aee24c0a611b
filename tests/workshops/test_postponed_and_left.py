"""Who leaves the group while a session is postponed, or before, reads no news of what they may not see."""

from datetime import date, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.utils.translation import override

from cities.models import Cycle, Membership, group_day
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, publish, publish_session
from tests.workshops.told import all_is_sent, last_mail
from workshops import actions, emails
from workshops.models import Participation, Session, SessionVersion
from workshops.preview import preview

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REASON = "La ponente enfermó."
YES = Participation.Answer.YES


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


def postpone(session: Session, *, at: datetime = NOW + HOUR) -> SessionVersion:
    actions.postpone(session, reason=REASON, by=None)
    publish(session.cycle, at=at)
    session.refresh_from_db()
    assert session.current_version
    return session.current_version


def words_of(message: EmailMessage) -> str:
    parts = [str(part.get_content()) for part in message.walk() if not part.is_multipart()]
    return "\n".join([str(message["Subject"]), *parts])


def leave(*people: User) -> None:
    Membership.objects.filter(user__in=people).update(until=group_day(NOW - 2 * DAY))


@pytest.mark.parametrize("visibility", ["invited", "group", "public"])
def test_who_left_while_it_was_postponed_reads_nothing_new_of_its_cancellation(cycle, member, visibility):
    named = factories.create_member()
    organization = member.memberships.get().organization
    fields = {"organizations": [organization], "people": [named], "visibility": visibility}
    session = publish_session(cycle=cycle, title="Taller", **fields).session
    all_is_sent(NOW)
    postpone(session)
    all_is_sent(NOW + HOUR)
    leave(member, named)

    session.title = "SECRETO"
    session.save()
    actions.cancel(session, reason="SECRETO", by=None)
    publish(session.cycle, at=NOW + DAY, note="SECRETO")
    all_is_sent(NOW + 2 * DAY)

    mails = OutgoingMail.objects.filter(kind=emails.CANCELLATION, status="sent")
    assert set(mails.values_list("user", flat=True)) == {member.pk, named.pk}
    assert "SECRETO" in words_of(last_mail(named))
    assert ("SECRETO" in words_of(last_mail(member))) == (visibility == "public")
    assert "STATUS:CANCELLED" in words_of(last_mail(member))

    actions.reinstate(session, by=None)
    publish(session.cycle, at=NOW + 3 * DAY)
    all_is_sent(NOW + 4 * DAY)
    last = OutgoingMail.objects.filter(user=member, status="sent").latest("pk")
    assert last.kind == emails.UNINVITATION
    assert "SECRETO" not in words_of(last_mail(member))


@pytest.mark.parametrize("visibility", ["invited", "group", "public"])
def test_who_left_before_it_was_postponed_reads_that_they_are_not_expected(cycle, member, visibility):
    named = factories.create_member()
    organization = member.memberships.get().organization
    fields = {"organizations": [organization], "people": [named], "visibility": visibility}
    session = publish_session(cycle=cycle, title="Taller", **fields).session
    all_is_sent(NOW)

    leave(member, named)  # a moment ago: the planner has not come by
    actions.postpone(session, reason=REASON, by=None)
    with override("en"):
        promised = preview(cycle, now=NOW + HOUR)
    published = actions.publish_release(cycle, by=None, at=NOW + HOUR)
    all_is_sent(NOW + HOUR)

    (item,) = promised.items
    assert promised.mails == published.mail_count == 2
    assert item.told == [
        "1 person is told that it is postponed.",
        "1 person is told that they are no longer expected.",
    ]
    mails = OutgoingMail.objects.exclude(kind=emails.INVITATION)
    assert dict(mails.values_list("user", "kind")) == {named.pk: emails.CHANGE, member.pk: emails.UNINVITATION}
    assert REASON in words_of(last_mail(named))
    assert REASON not in words_of(last_mail(member))
    assert "STATUS:CANCELLED" in words_of(last_mail(member))


def test_who_leaves_while_it_is_postponed_reads_it_within_the_minute_and_no_more(cycle, member):
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)
    postpone(session)
    all_is_sent(NOW + HOUR)
    leave(member)

    assert actions.refresh_expectations(now=NOW + 2 * HOUR) == 1
    assert actions.refresh_expectations(now=NOW + 2 * HOUR) == 0
    all_is_sent(NOW + 2 * HOUR)
    actions.cancel(session, reason=REASON, by=None)
    publish(cycle, at=NOW + 3 * HOUR)
    all_is_sent(NOW + 4 * HOUR)

    mails = OutgoingMail.objects.filter(user=member).order_by("pk")
    assert list(mails.values_list("kind", "status")) == [
        (emails.INVITATION, "sent"),
        (emails.CHANGE, "sent"),
        (emails.UNINVITATION, "sent"),
    ]


def test_who_leaves_before_they_read_of_the_postponement_reads_that_they_are_not_expected(cycle, member):
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)
    postpone(session)  # its mail waits for a correction
    leave(member)

    actions.plan(NOW + HOUR + timedelta(minutes=1))
    all_is_sent(NOW + HOUR + timedelta(minutes=1))

    mails = OutgoingMail.objects.filter(user=member).order_by("pk")
    assert list(mails.values_list("kind", "status")) == [
        (emails.INVITATION, "sent"),
        (emails.CHANGE, "withdrawn"),
        (emails.UNINVITATION, "sent"),
    ]


def test_who_comes_back_while_it_is_postponed_is_invited_to_the_new_date(cycle, member):
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)
    postpone(session)
    all_is_sent(NOW + HOUR)
    leave(member)
    actions.plan(NOW + 2 * HOUR)
    all_is_sent(NOW + 2 * HOUR)
    Membership.objects.filter(user=member).update(until=None)

    assert actions.refresh_expectations(now=NOW + 3 * HOUR) == 0
    actions.reinstate(session, by=None)
    publish(cycle, at=NOW + 4 * HOUR)
    all_is_sent(NOW + 4 * HOUR)

    assert OutgoingMail.objects.filter(user=member).latest("pk").kind == emails.INVITATION


def test_whose_wish_ends_while_it_is_postponed_reads_it(cycle):
    wishing = factories.create_member()
    named = factories.create_member()
    session = publish_session(cycle=cycle, people=[named], visibility="group").session
    actions.answer(session, user=wishing, answer=YES, now=NOW)
    postpone(session)
    all_is_sent(NOW + HOUR)
    leave(wishing)

    assert actions.refresh_expectations(now=NOW + 2 * HOUR) == 1
    all_is_sent(NOW + 2 * HOUR)

    assert OutgoingMail.objects.filter(user=wishing).latest("pk").kind == emails.UNINVITATION
