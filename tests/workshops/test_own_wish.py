"""Who comes at their own wish to a session of others: what they are told, until when, and who sees them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from cities.models import Membership
from ogpgroup.models import OutgoingMail
from tests import factories
from tests.workshops.published import NOW, START, cancel, change, publish, publish_session
from tests.workshops.seating import MAYBE, NO, YES, own
from tests.workshops.told import all_is_sent, calendar_of, read, text_of, waiting
from workshops import actions, emails
from workshops.diff import pending_changes
from workshops.preview import people_told

JOIN = "https://reunion.ejemplo.mx/enlace-de-la-sala"
DAY = timedelta(days=1)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        yield


@pytest.mark.parametrize(("answer", "told"), [(YES, True), (MAYBE, True), (NO, False)])
def test_change_cancellation_and_reminder_go_to_who_comes_at_their_own_wish(answer, told, member):
    session = publish_session(people=[factories.create_member()], join_url=JOIN).session
    actions.answer(session, user=member, answer=answer, now=NOW + timedelta(minutes=1))

    change(session, at=NOW + timedelta(hours=1), venue="Sala 2")
    emails.plan_reminders(START - DAY)
    kinds = waiting(member)
    mails = list(OutgoingMail.objects.filter(user=member))
    all_is_sent(START - DAY)
    cancel(session, at=START - DAY)

    assert kinds == (["session_change", "session_reminder", "session_reminder"] if told else [])
    assert waiting(member) == (["session_cancellation"] if told else [])
    assert all(JOIN.encode() not in bytes(read(one, NOW)) for one in mails)
    assert all(JOIN not in text_of(read(one, NOW)) for one in mails)


@pytest.mark.parametrize(("answer", "told"), [(YES, True), (MAYBE, True), (NO, False)])
def test_who_comes_at_their_own_wish_is_told_of_another_date_and_asked_again(answer, told, member):
    session = publish_session(people=[factories.create_member()]).session
    actions.answer(session, user=member, answer=answer, now=NOW + timedelta(minutes=1))

    change(session, at=NOW + timedelta(hours=1), starts_at=START + DAY, ends_at=START + DAY + timedelta(hours=2))
    all_is_sent(NOW + timedelta(hours=2))
    emails.plan_reminders(START - DAY)

    sent = OutgoingMail.objects.filter(user=member, status=OutgoingMail.Status.SENT)
    assert list(sent.values_list("kind", flat=True)) == (["session_change"] if told else [])
    assert waiting(member) == (["session_reminder", "session_reminder"] if told else [])
    assert (own(session, member).answer, own(session, member).earlier_answer) == ("none", answer)


def test_who_came_at_their_own_wish_and_cannot_on_the_new_date_is_told_nothing_more(member):
    session = publish_session(people=[factories.create_member()]).session
    actions.answer(session, user=member, answer=YES, now=NOW + timedelta(minutes=1))
    change(session, at=NOW + timedelta(hours=1), starts_at=START + DAY, ends_at=START + DAY + timedelta(hours=2))
    all_is_sent(NOW + timedelta(hours=2))

    actions.answer(session, user=member, answer=NO, now=NOW + timedelta(hours=3))
    cancel(session, at=NOW + timedelta(hours=4))
    emails.plan_reminders(START - DAY)

    assert waiting(member) == []


@pytest.mark.parametrize("reason", ["left the group", "session is hidden now", "changed their mind"])
def test_who_came_at_their_own_wish_reads_no_news_once_that_is_over(reason, member):
    session = publish_session(people=[factories.create_member()]).session
    actions.answer(session, user=member, answer=YES, now=NOW + timedelta(minutes=1))
    change(session, at=NOW + timedelta(hours=1), venue="Sala 2")
    (mail,) = OutgoingMail.objects.filter(user=member)
    assert emails.kinds._still_true([mail], NOW) == {mail.pk}

    if reason == "left the group":
        Membership.objects.filter(user=member).update(until=(NOW - 2 * DAY).date())
    elif reason == "changed their mind":
        actions.answer(session, user=member, answer=NO, now=NOW + timedelta(hours=2))
    else:
        change(session, at=NOW + timedelta(hours=2), visibility="invited")
        all_is_sent(NOW + timedelta(hours=3))
        sent = OutgoingMail.objects.filter(user=member, status=OutgoingMail.Status.SENT)
        assert list(sent.values_list("kind", flat=True)) == [emails.UNINVITATION]  # they counted on it

    assert emails.kinds._still_true([mail], NOW) == set()


@pytest.fixture
def reminded(member):
    """A session of others to which the member comes, and whose entry came with a reminder."""
    session = publish_session(people=[factories.create_member()]).session
    actions.answer(session, user=member, answer=YES, now=NOW + timedelta(minutes=1))
    emails.plan_reminders(START - 14 * DAY)
    all_is_sent(START - 14 * DAY)
    (mail,) = OutgoingMail.objects.filter(user=member)
    assert (mail.kind, calendar_of(read(mail, NOW)).get("METHOD").value) == ("session_reminder", "REQUEST")
    return session


def last_method(member):
    mail = OutgoingMail.objects.filter(user=member, status=OutgoingMail.Status.SENT).latest("pk")
    return calendar_of(read(mail, NOW)).get("METHOD").value


@pytest.mark.parametrize("reason", ["left the group", "session is hidden now"])
def test_who_comes_at_their_own_wish_and_may_see_it_no_more_is_told_once(reason, reminded, member):
    if reason == "left the group":
        Membership.objects.filter(user=member).update(until=(NOW - 2 * DAY).date())
        assert actions.refresh_expectations(now=START - 10 * DAY) == 1
    else:
        change(reminded, at=START - 10 * DAY, visibility="invited")

    assert waiting(member) == ["session_uninvitation"]
    all_is_sent(START - 9 * DAY)
    assert last_method(member) == "CANCEL"
    (mail,) = OutgoingMail.objects.filter(user=member, kind="session_uninvitation")
    assert "Ya no está abierta para usted" in text_of(read(mail, NOW))
    assert actions.refresh_expectations(now=START - 9 * DAY) == 0
    cancel(reminded, at=START - 8 * DAY)
    assert waiting(member) == []


@pytest.mark.parametrize("is_written_down", [False, True])
def test_who_had_no_mail_and_may_see_it_no_more_reads_of_it_as_it_was_when_they_answered(is_written_down, member):
    session = publish_session(title="Taller", people=[factories.create_member()]).session
    by = factories.create_coordinator() if is_written_down else None
    actions.answer(session, user=member, answer=YES, now=NOW + timedelta(minutes=1), by=by)

    change(session, at=NOW + timedelta(hours=1), visibility="invited", title="SECRETO")
    change(session, at=NOW + timedelta(hours=2), title="SECRETO DOS")
    all_is_sent(NOW + timedelta(hours=3))

    (mail,) = OutgoingMail.objects.filter(user=member)
    message = read(mail, NOW)
    assert (mail.kind, mail.status, "Taller" in text_of(message)) == ("session_uninvitation", "sent", True)
    said = [str(part.get_content()) for part in message.walk() if not part.is_multipart()]
    assert "SECRETO" not in "".join([str(message["Subject"]), *said])


@pytest.mark.parametrize("status", ["planned", "cancelled", "postponed"])
def test_preview_counts_who_comes_at_their_own_wish_and_may_see_it_no_more(status, reminded, member):
    reminded.refresh_from_db()
    reminded.visibility, reminded.status = "invited", status
    reminded.cancel_reason = "" if status == "planned" else "No hay sede."
    reminded.save()
    now = START - 10 * DAY

    told = people_told(pending_changes(reminded.cycle), now=now)[reminded.pk]
    publish(reminded.cycle, at=now)

    lists = ("uninvited", "cancelled", "postponed", "changed", "invited")
    counted = [name for name in lists if member.pk in getattr(told, name)]
    assert (counted, waiting(member)) == {
        "planned": (["uninvited"], ["session_uninvitation"]),
        "cancelled": (["cancelled"], ["session_cancellation"]),
        "postponed": (["uninvited"], ["session_uninvitation"]),
    }[status]


@pytest.mark.parametrize("status", ["planned", "cancelled", "postponed"])
def test_preview_counts_who_came_at_their_own_wish_and_left_the_group(status, reminded, member):
    """Before the planner has come by."""
    reminded.refresh_from_db()
    reminded.title, reminded.status = "Otra", status
    reminded.cancel_reason = "" if status == "planned" else "No hay sede."
    reminded.save()
    now = START - 10 * DAY
    Membership.objects.filter(user=member).update(until=(NOW - 2 * DAY).date())

    told = people_told(pending_changes(reminded.cycle), now=now)[reminded.pk]
    publish(reminded.cycle, at=now)

    assert ([kind for kind, people in told.lists().items() if member.pk in people], waiting(member)) == {
        "planned": (["uninvited"], ["session_uninvitation"]),
        "cancelled": (["cancelled"], ["session_cancellation"]),
        "postponed": (["uninvited"], ["session_uninvitation"]),
    }[status]


def test_who_came_at_their_own_wish_is_invited_when_the_session_is_for_those_expected_now(reminded, member):
    change(reminded, at=START - 10 * DAY, visibility="invited", audience="everybody")

    assert waiting(member) == ["session_invitation"]


def test_who_left_before_anybody_noted_it_hears_of_the_cancellation(reminded, member):
    Membership.objects.filter(user=member).update(until=(NOW - 2 * DAY).date())

    cancel(reminded, at=START - 10 * DAY)

    assert waiting(member) == ["session_cancellation"]
    all_is_sent(START - 9 * DAY)
    assert last_method(member) == "CANCEL"


def test_who_leaves_while_the_cancellation_waits_hears_of_it(reminded, member):
    cancel(reminded, at=START - 10 * DAY)
    Membership.objects.filter(user=member).update(until=(NOW - 2 * DAY).date())

    all_is_sent(START - 9 * DAY)

    assert last_method(member) == "CANCEL"


def test_who_wanted_to_come_and_may_see_it_again_comes_by_answering_again(reminded, member):
    change(reminded, at=START - 10 * DAY, visibility="invited")
    all_is_sent(START - 9 * DAY)
    change(reminded, at=START - 8 * DAY, visibility="group")
    emails.plan_reminders(START - DAY)
    assert (waiting(member), own(reminded, member).answer) == ([], "yes")

    actions.answer(reminded, user=member, answer=YES, now=START - 2 * DAY)
    emails.plan_reminders(START - DAY)

    assert waiting(member) == ["session_reminder", "session_reminder"]


def test_who_comes_at_their_own_wish_and_is_expected_later_is_invited_once(member):
    session = publish_session(people=[factories.create_member()], join_url=JOIN).session
    actions.answer(session, user=member, answer=YES, now=NOW + timedelta(minutes=1))

    change(session, at=NOW + timedelta(hours=1), audience="everybody")

    participation = own(session, member)
    assert waiting(member) == ["session_invitation"]
    assert (participation.expected, participation.expected_because, participation.answer) == (True, "everybody", "yes")


def test_coordinators_and_the_person_see_who_comes_at_their_own_wish(member, coordinator):
    other = factories.create_member(name="Otra Persona")
    session = publish_session(people=[coordinator], join_url=JOIN, starts_at=START).session
    actions.answer(session, user=member, answer=YES, now=NOW)
    actions.answer(session, user=other, answer=NO, now=NOW)
    client = Client()
    client.force_login(coordinator)

    guests = client.get(f"/coordination/sessions/{session.slug}/people/").context["guests"]
    assert [(guest.name, guest.answer) for guest in guests] == [("Carmen Coordinadora", "none"), (member.name, "yes")]
    assert member.name in client.get(session.get_absolute_url()).content.decode()
    client.force_login(member)
    desk = client.get("/desk/").content.decode()
    assert session.get_absolute_url() in desk
    assert JOIN not in desk
