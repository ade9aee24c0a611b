"""An agenda published after the invitations went is told to those expected, once, unless they read it anyhow."""

from datetime import datetime, timedelta

import pytest

from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.agendas import put
from tests.workshops.published import NOW, START, draft, publish, publish_session
from tests.workshops.told import all_is_sent, read, text_of
from workshops import emails
from workshops.actions import agenda as actions
from workshops.models import Participation, Session, SessionVersion

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SETTLE = 10 * MINUTE
LATER = NOW + DAY  # when the agenda is published
SETTLED = LATER + SETTLE
KIND = "agenda_published"


@pytest.fixture(autouse=True)
def ten_minutes(settings) -> None:
    settings.SETTLE = SETTLE


@pytest.fixture
def people(member: User) -> list[User]:
    return [member, *(factories.create_member() for _ in range(2))]


@pytest.fixture
def session(people: list[User]) -> Session:
    """Published; its people have had their invitation, without an agenda."""
    version = publish_session()
    put(version.session, "Bienvenida", 20, kind="plenary")
    all_is_sent(NOW)
    return version.session


def waiting() -> list[tuple[int | None, datetime]]:
    mails = OutgoingMail.objects.filter(kind=KIND, status="queued").order_by("user")
    return list(mails.values_list("user", "due"))


def told() -> list[int | None]:
    return list(OutgoingMail.objects.filter(kind=KIND, status="sent").order_by("user").values_list("user", flat=True))


def test_those_expected_are_told_once_it_has_settled(session: Session, people: list[User]) -> None:
    actions.publish_agenda(session, now=LATER)
    actions.publish_agenda(session, now=LATER + MINUTE)

    assert waiting() == [(one.pk, SETTLED) for one in people]
    all_is_sent(SETTLED)
    assert told() == [one.pk for one in people]
    mail = read(OutgoingMail.objects.get(kind=KIND, user=people[0]), SETTLED)
    when = "jueves 3 de diciembre de 2026 10:00–12:00 h"
    assert mail["Subject"] == f"Orden del día: Retroalimentación a la propuesta, {when}"
    for words in ("10:00 h Bienvenida", f"/sessions/{session.slug}/agenda/", f"/sessions/{session.slug}/agenda.pdf"):
        assert words in text_of(mail)
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == ["text/plain", "text/html"]


def test_soon_before_the_session_they_are_told_at_once(session: Session, people: list[User]) -> None:
    actions.publish_agenda(session, now=START - DAY)

    assert [due for _user, due in waiting()] == [START - DAY] * len(people)


def test_agenda_published_again_is_told_to_nobody_twice(session: Session, people: list[User]) -> None:
    actions.publish_agenda(session, now=LATER)
    all_is_sent(SETTLED)

    actions.unpublish_agenda(session, reason="Un error")
    actions.publish_agenda(session, now=LATER + DAY)

    assert waiting() == []


def test_agenda_taken_back_before_it_was_told_is_told_when_it_is_published_again(
    session: Session, people: list[User]
) -> None:
    actions.publish_agenda(session, now=LATER)
    actions.unpublish_agenda(session, reason="Un error")
    assert waiting() == []

    actions.publish_agenda(session, now=LATER + DAY)

    assert waiting() == [(one.pk, LATER + DAY + SETTLE) for one in people]


def test_invitation_that_has_not_gone_yet_tells_it(people: list[User]) -> None:
    session = draft(cycle=factories.create_cycle())
    put(session, "Bienvenida", 20, kind="plenary")
    publish(session.cycle)
    written = OutgoingMail.objects.get(kind=emails.INVITATION, user=people[0])
    written.rendered = bytes(read(written, NOW))  # it was tried once, and is tried again as it is
    written.save(update_fields=["rendered"])

    actions.publish_agenda(session, now=NOW)

    assert [user for user, _due in waiting()] == [people[0].pk]
    assert "Bienvenida" in text_of(read(OutgoingMail.objects.get(kind=emails.INVITATION, user=people[1]), NOW))


def test_session_nobody_was_told_of_tells_nobody(people: list[User]) -> None:
    session = draft(cycle=factories.create_cycle())
    put(session, "Bienvenida", 20, kind="plenary")
    actions.publish_agenda(session, now=NOW)
    assert waiting() == []

    publish(session.cycle, notify=False)
    actions.unpublish_agenda(session, reason="Un error")
    actions.publish_agenda(session, now=NOW)
    assert waiting() == []


def test_session_that_is_over_tells_nobody(session: Session) -> None:
    actions.publish_agenda(session, now=START + DAY)

    assert waiting() == []


def test_who_said_no_or_is_expected_no_more_hears_nothing(session: Session, people: list[User]) -> None:
    no, leaver, stays = people
    session.participations.filter(user=no).update(answer=Participation.Answer.NO, answered_at=NOW)
    actions.publish_agenda(session, now=LATER)
    assert [user for user, _due in waiting()] == [leaver.pk, stays.pk]
    session.participations.filter(user=leaver).update(expected=False)

    all_is_sent(SETTLED)

    assert told() == [stays.pk]


def test_who_read_it_in_a_reminder_meanwhile_is_not_told_again(session: Session, people: list[User]) -> None:
    begins = START - DAY - 5 * MINUTE
    actions.publish_agenda(session, now=begins)
    OutgoingMail.objects.filter(kind=KIND).update(due=begins + SETTLE)
    emails.plan_reminders(begins)
    reminders = OutgoingMail.objects.filter(kind=emails.REMINDER)
    reminders.exclude(user=people[0]).delete()
    reminders.update(status="sent", sent_at=begins + MINUTE)

    all_is_sent(begins + SETTLE)

    assert told() == [one.pk for one in people[1:]]


def test_number_of_queries_is_the_same_for_all(session: Session, people: list[User], django_assert_num_queries) -> None:
    version = SessionVersion.objects.get()
    assert version.session_id == session.pk
    with django_assert_num_queries(4):
        emails.tell_agenda(session, now=LATER)
    for _ in range(5):
        session.participations.create(user=factories.create_member(), expected=True, expected_because="everybody")
    with django_assert_num_queries(4):
        emails.tell_agenda(session, now=LATER)
