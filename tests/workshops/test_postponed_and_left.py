"""Who leaves the group while a session is postponed, or before, reads no news of what they may not see."""

from datetime import date, datetime, timedelta
from email.message import EmailMessage

import pytest

from cities.models import Cycle, Membership, group_day
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, publish, publish_session
from tests.workshops.told import all_is_sent, last_mail
from workshops import actions, emails
from workshops.models import Participation, Session, SessionVersion

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


@pytest.mark.parametrize(("visibility", "told"), [("invited", False), ("group", False), ("public", True)])
def test_who_left_before_it_was_postponed_reads_no_news_of_what_they_may_not_see(cycle, member, visibility, told):
    named = factories.create_member()
    organization = member.memberships.get().organization
    fields = {"organizations": [organization], "people": [named], "visibility": visibility}
    session = publish_session(cycle=cycle, title="Taller", **fields).session
    all_is_sent(NOW)

    leave(member, named)  # a moment ago: the planner has not come by
    postpone(session)
    all_is_sent(NOW + HOUR)

    mails = OutgoingMail.objects.filter(kind=emails.CHANGE)
    assert dict(mails.values_list("user", "status")) == {named.pk: "sent", member.pk: "sent" if told else "withdrawn"}
