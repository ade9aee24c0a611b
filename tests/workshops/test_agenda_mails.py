"""Who answers first, and whoever presents, is told once; the agenda stands in mail by the reader's clock."""

from datetime import timedelta

import pytest

from feedback.emails import direct
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.feedback.noting import write
from tests.workshops.agendas import put
from tests.workshops.published import NOW, START, draft, publish, publish_session
from tests.workshops.told import all_is_sent, read, text_of, waiting
from workshops import emails
from workshops.actions import agenda as actions
from workshops.models import AgendaItem, Session, SessionVersion

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DUE = START.date() + timedelta(days=2)


@pytest.fixture
def presenter() -> User:
    return factories.create_official()


@pytest.fixture
def respondent() -> User:
    return factories.create_member()


@pytest.fixture
def version(presenter: User, respondent: User) -> SessionVersion:
    version = publish_session()
    OutgoingMail.objects.all().delete()
    return version


def told(kind: str, user: User) -> str:
    return text_of(read(OutgoingMail.objects.get(kind=kind, user=user), NOW))


def test_respondent_and_presenter_are_told_what_when_and_where(version, presenter, respondent):
    put(version.session, "Bienvenida", 20, kind="plenary")
    item = put(version.session, "Reynosa", 30, presenter=presenter, respondent=respondent, response_due_on=DUE)

    text = told("agenda_respondent", respondent)

    for words in ("Reynosa", version.title, "10:20 h", "5 de diciembre de 2026", f"#point-{item.pk}"):
        assert words in text
    assert respondent.name in told("agenda_presenter", presenter)


def test_nobody_is_told_twice(version, presenter, respondent):
    item = put(version.session, "Reynosa", 30, presenter=presenter, respondent=respondent)
    all_is_sent(NOW)

    actions.save_item(item, fields={"minutes": 25}, co_presenters=[], edition=1, now=NOW)
    emails.plan_parts(NOW)

    assert (waiting(respondent), waiting(presenter)) == ([], [])


def test_news_that_waits_is_taken_back_when_somebody_else_is_asked(version, presenter, respondent):
    other = factories.create_member()
    item = put(version.session, "Reynosa", 30, presenter=presenter, respondent=respondent)

    item = actions.save_item(item, fields={"respondent": other}, co_presenters=[], edition=1, now=NOW)
    assert (waiting(respondent), waiting(other)) == ([], ["agenda_respondent"])
    actions.save_item(item, fields={"respondent": respondent}, co_presenters=[], edition=2, now=NOW)

    assert (waiting(respondent), waiting(other)) == (["agenda_respondent"], [])
    assert waiting(presenter) == ["agenda_presenter"]


def test_point_off_the_agenda_is_told_to_nobody(version, presenter, respondent):
    item = put(version.session, "Reynosa", 30, presenter=presenter, respondent=respondent)

    actions.delete_item(item, now=NOW)

    assert (waiting(respondent), waiting(presenter)) == ([], [])


def test_who_was_told_and_is_no_longer_asked_is_told_so_and_may_be_asked_anew(version, presenter, respondent):
    other = factories.create_member()
    item = put(version.session, "Reynosa", 30, presenter=presenter, respondent=respondent)
    all_is_sent(NOW)

    item = actions.save_item(item, fields={"respondent": other}, co_presenters=[], edition=1, now=NOW)
    assert waiting(respondent) == ["agenda_released"]
    assert "Reynosa" in told("agenda_released", respondent)
    all_is_sent(NOW)
    emails.plan_parts(NOW)
    assert waiting(respondent) == []
    actions.save_item(item, fields={"respondent": respondent}, co_presenters=[], edition=2, now=NOW)

    assert waiting(respondent) == ["agenda_respondent"]
    assert waiting(other) == ["agenda_released"]


def test_who_is_asked_again_before_the_release_went_hears_nothing(version, presenter, respondent):
    other = factories.create_member()
    item = put(version.session, "Reynosa", 30, presenter=presenter, respondent=respondent)
    all_is_sent(NOW)

    item = actions.save_item(item, fields={"respondent": other}, co_presenters=[], edition=1, now=NOW)
    actions.save_item(item, fields={"respondent": respondent}, co_presenters=[], edition=2, now=NOW)

    assert (waiting(respondent), waiting(other)) == ([], [])


def test_respondent_of_a_point_off_the_agenda_is_told_so(version, presenter, respondent):
    item = put(version.session, "Reynosa", 30, presenter=presenter, respondent=respondent)
    all_is_sent(NOW)

    actions.delete_item(item, now=NOW)

    assert waiting(respondent) == ["agenda_released"]
    text = told("agenda_released", respondent)
    assert version.title in text
    assert "Reynosa" not in text


def test_session_that_is_over_releases_nobody(version, presenter, respondent):
    put(version.session, "Reynosa", 30, presenter=presenter, respondent=respondent)
    all_is_sent(NOW)

    emails.tell_parts([version.session_id], now=START + timedelta(days=1))

    assert waiting(respondent) == []


def test_presenter_of_a_point_that_nobody_answers_first_is_told_what_to_hand_out(version, presenter, respondent):
    item = put(version.session, "Reynosa", 30, presenter=presenter)

    assert waiting(presenter) == ["agenda_presenter"]
    assert "Usted presenta esto en la sesión." in told("agenda_presenter", presenter)
    actions.save_item(item, fields={"respondent": respondent}, co_presenters=[], edition=1, now=NOW)
    assert waiting(presenter) == ["agenda_presenter"]
    assert respondent.name in text_of(read(OutgoingMail.objects.get(user=presenter, status="queued"), NOW))


def test_session_that_is_not_published_tells_nobody_until_it_is(presenter, respondent):
    session = draft(cycle=factories.create_cycle())
    put(session, "Reynosa", 30, presenter=presenter, respondent=respondent)
    assert waiting(respondent) == []

    publish(session.cycle)
    emails.plan_parts(NOW)

    assert "agenda_respondent" in waiting(respondent)


def test_feedback_of_its_own_is_told_to_all_whom_it_answers(version, presenter, respondent):
    together = factories.create_member()
    put(version.session, "Reynosa", 30, presenter=presenter, together=[together])
    put(version.session, "Retroalimentación", 10, kind="direct_feedback", respondent=respondent)

    assert waiting(presenter) == waiting(together) == ["agenda_presenter"]
    assert "- Reynosa" in told("agenda_respondent", respondent)


def test_invitation_and_reminder_carry_the_published_agenda_by_the_readers_clock(presenter, respondent):
    User.objects.filter(pk=respondent.pk).update(time_zone="America/Mazatlan")
    session = draft(cycle=factories.create_cycle())
    put(session, "Reynosa", 30, presenter=presenter)
    put(session, "Acuerdos", 10, kind="agreements")
    publish(session.cycle)
    invitation = OutgoingMail.objects.get(kind=emails.INVITATION, user=respondent)
    assert "Acuerdos" not in text_of(read(invitation, NOW))

    actions.publish_agenda(session, now=NOW)

    assert "09:30 h Acuerdos" in text_of(read(invitation, NOW))
    emails.plan_reminders(START - timedelta(days=1))
    reminder = OutgoingMail.objects.filter(kind=emails.REMINDER, user=presenter).first()
    assert reminder
    text = text_of(read(reminder, NOW))
    assert "10:30 h Acuerdos" in text
    assert "Usted presenta «Reynosa» a las 10:00 h." in text


def test_agenda_of_others_is_read_by_those_with_a_part_alone(version, presenter, respondent, member, coordinator):
    put(version.session, "Reynosa", 30, presenter=presenter, respondent=respondent)
    together = factories.create_member()
    put(version.session, "Colima", 30, together=[together])

    def readers() -> set[int]:
        people = (presenter, respondent, together, member, coordinator)
        return {one.pk for one in people if AgendaItem.objects.visible_to(one).exists()}

    assert readers() == {presenter.pk, respondent.pk, together.pk, coordinator.pk}
    Session.objects.filter(pk=version.session_id).update(agenda_published_at=NOW)
    assert member.pk in readers()


def test_direct_feedback_is_reminded_until_it_is_written(version, presenter, respondent):
    item = put(version.session, "Reynosa", 30, presenter=presenter, respondent=respondent, response_due_on=DUE)
    Session.objects.filter(pk=version.session_id).update(agenda_published_at=NOW)

    assert direct.plan(NOW) == 0
    near = START + timedelta(hours=6)
    assert direct.plan(near) == 1
    assert direct.plan(near) == 0
    (mail,) = OutgoingMail.objects.filter(kind=direct.DUE)
    assert mail.user == respondent
    assert direct.KINDS[0].still_true([mail], near) == {mail.pk}
    item = AgendaItem.objects.select_related("session__current_version", "presenter").get(pk=item.pk)
    write(item, by=respondent, now=NOW)

    assert direct.KINDS[0].still_true([mail], near) == set()


def test_reminder_of_direct_feedback_gives_way_to_the_next_and_ends_with_its_day(version, presenter, respondent):
    """Sent again, its time is a day longer."""
    put(version.session, "Reynosa", 30, presenter=presenter, respondent=respondent, response_due_on=DUE)
    Session.objects.filter(pk=version.session_id).update(agenda_published_at=NOW)
    for days in range(5):
        direct.plan(START + timedelta(days=days))
    mails = list(OutgoingMail.objects.filter(kind=direct.DUE).order_by("due"))
    early, late = mails
    OutgoingMail.objects.update(useful_until=late.useful_until + timedelta(days=1))

    moments = [late.due - timedelta(minutes=1), late.due, late.useful_until]

    assert [direct.KINDS[0].still_true(mails, now) for now in moments] == [{early.pk, late.pk}, {late.pk}, set()]
