"""Sending somebody else: of the same city or institution, one at most, and back again."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.test import Client

from cities.models import Membership
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, START, change, publish, publish_session
from tests.workshops.seating import MAYBE, MINUTE, NO, ROOM, YES, members, own, places, say, seated
from tests.workshops.told import all_is_sent, calendar_of, read, text_of, waiting
from workshops import actions, emails
from workshops.actions import delegates, seats
from workshops.actions.nudges import whom_to_nudge
from workshops.diff import pending_changes
from workshops.models import Participation, Session, SessionVersion
from workshops.preview import people_told

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOW + HOUR

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def colleague(official_reynosa: User, reynosa) -> User:
    return factories.create_official(city=reynosa, email="colega@reynosa.ejemplo.mx", name="Ciro Colega")


def possible(session: Session, sender: User) -> list[User]:
    version = SessionVersion.objects.get(current_of=session)
    return list(delegates.possible_delegates(version, sender=sender, now=LATER))


def send(session: Session, sender: User, delegate: User) -> None:
    delegates.send_delegate(session, sender=sender, delegate=delegate, now=LATER)


def test_delegate_is_invited_and_the_senders_answer_is_no(official_reynosa, colleague):
    session = publish_session(people=[official_reynosa]).session
    all_is_sent(NOW)

    send(session, official_reynosa, colleague)

    sender, row = own(session, official_reynosa), own(session, colleague)
    assert (sender.answer, sender.expected) == ("no", True)
    assert (row.expected, row.expected_because, row.delegated_by, row.answer) == (True, "delegate", sender, "none")
    assert waiting(colleague) == [emails.INVITATION]


def test_invitation_says_in_whose_place_one_comes(official_reynosa, colleague):
    official_reynosa.name = "Olga <b>Oficial</b>"
    official_reynosa.save(update_fields=["name"])
    session = publish_session(people=[official_reynosa]).session
    (own_mail,) = OutgoingMail.objects.filter(user=official_reynosa, kind=emails.INVITATION)
    send(session, official_reynosa, colleague)
    (mail,) = OutgoingMail.objects.filter(user=colleague, kind=emails.INVITATION)

    message = read(mail, LATER)

    assert "Le esperamos en esta sesión. Asiste en lugar de Olga <b>Oficial</b>.\r\n" in text_of(message)
    html = message.get_body(("html",))
    assert html
    assert "Asiste en lugar de Olga &lt;b&gt;Oficial&lt;/b&gt;.</p>" in html.get_content()
    assert "en lugar de" not in text_of(read(own_mail, NOW))


def test_who_once_said_no_is_asked_anew_when_they_are_sent(official_reynosa, colleague):
    session = publish_session(people=[official_reynosa]).session
    say(session, [colleague], NO)

    send(session, official_reynosa, colleague)

    row = own(session, colleague)
    assert (row.answer, row.answered_at, row.earlier_answer) == ("none", None, "no")
    emails.plan_reminders(START - timedelta(days=3))
    assert waiting(colleague) == ["session_invitation", "session_reminder"]


def test_who_comes_anyway_keeps_the_yes_when_they_are_sent(official_reynosa, colleague):
    session = publish_session(people=[official_reynosa]).session
    say(session, [colleague], YES)

    send(session, official_reynosa, colleague)

    assert own(session, colleague).answer == "yes"


def test_those_of_the_same_city_can_be_sent_and_others_cannot(
    official_reynosa, colleague, reynosa, official_colima, member
):
    of_the_city = factories.create_member(organization=factories.create_organization(city=reynosa), name="Zoe")
    expected = factories.create_official(city=reynosa)
    closed = factories.create_official(city=reynosa)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    gone = factories.create_official(city=reynosa)
    Membership.objects.filter(user=gone).update(until=(NOW - DAY).date())
    session = publish_session(people=[official_reynosa, expected]).session

    assert possible(session, official_reynosa) == [colleague, of_the_city]
    for other in (official_colima, member, expected, closed, gone, official_reynosa):
        with pytest.raises(ActionNotPossible):
            send(session, official_reynosa, other)
    assert own(session, official_reynosa).answer == "none"


def test_who_acts_for_an_institution_without_a_city_sends_somebody_of_it(member):
    organization = member.memberships.get().organization
    mate = factories.create_member(organization=organization)
    factories.create_member()
    session = publish_session(people=[member]).session

    assert possible(session, member) == [mate]


@pytest.mark.parametrize("answer", [YES, MAYBE])
def test_who_has_sent_somebody_comes_only_once_that_is_taken_back(official_reynosa, colleague, answer):
    """By an old link, or in a calendar: both would hold a seat."""
    session = seated(2, people=[official_reynosa])
    send(session, official_reynosa, colleague)
    say(session, [official_reynosa], NO, now=LATER)

    with pytest.raises(ActionNotPossible, match="Ciro Colega"):
        say(session, [official_reynosa], answer, now=LATER)
    assert places(session, [official_reynosa, colleague]) == ["-", "-"]
    delegates.take_back_delegate(session, sender=official_reynosa, now=LATER)
    say(session, [official_reynosa], answer, now=LATER)

    assert own(session, official_reynosa).answer == answer


def test_nobody_sends_two_and_who_was_sent_sends_nobody(official_reynosa, colleague, reynosa):
    third = factories.create_official(city=reynosa)
    session = publish_session(people=[official_reynosa]).session
    send(session, official_reynosa, colleague)

    for sender in (official_reynosa, colleague):
        with pytest.raises(ActionNotPossible):
            send(session, sender, third)


def test_delegate_stays_while_the_planner_comes_by_and_leaves_with_the_sender(official_reynosa, colleague):
    organization = official_reynosa.memberships.get().organization
    other = factories.create_member(organization=factories.create_organization(city=organization.city))
    session = publish_session(organizations=[organization]).session
    send(session, official_reynosa, other)

    actions.plan(LATER + MINUTE)
    assert own(session, other).expected is True

    Membership.objects.filter(user=official_reynosa).update(until=(NOW - DAY).date())
    actions.plan(LATER + 2 * MINUTE)
    assert own(session, other).expected is False


@pytest.mark.parametrize("row", ["of now", "of before"])
def test_who_is_named_again_sends_nobody_any_more(official_reynosa, colleague, member, reynosa, row):
    """Once the sender's page went on saying that somebody comes in their place, who was not expected any more."""
    User.objects.update(language="en")
    session = publish_session(people=[official_reynosa, member]).session
    send(session, official_reynosa, colleague)
    session.audience_people.remove(official_reynosa)
    change(session, at=LATER + MINUTE)
    assert [own(session, one).expected for one in (official_reynosa, colleague)] == [False, False]
    assert own(session, colleague).delegated_by is None
    if row == "of before":
        Participation.objects.filter(user=colleague).update(delegated_by=own(session, official_reynosa))

    session.audience_people.add(official_reynosa)
    change(session, at=LATER + 2 * MINUTE)

    shown = page(session, official_reynosa)
    assert "is invited in your place" not in shown
    assert f"/sessions/{session.slug}/delegate/" in shown
    say(session, [official_reynosa], YES, now=LATER + 3 * MINUTE)
    assert own(session, official_reynosa).answer == "yes"
    third = factories.create_official(city=reynosa)
    send(session, official_reynosa, third)
    assert (own(session, third).expected, own(session, colleague).delegated_by) == (True, None)


def test_who_was_sent_and_is_named_later_comes_for_themselves(official_reynosa, colleague, member):
    User.objects.update(language="en")
    session = publish_session(people=[official_reynosa, member]).session
    send(session, official_reynosa, colleague)
    session.audience_people.remove(official_reynosa)
    change(session, at=LATER + MINUTE)
    Participation.objects.filter(user=colleague).update(delegated_by=own(session, official_reynosa))  # as of before

    session.audience_people.add(official_reynosa, colleague)
    change(session, at=LATER + 2 * MINUTE)

    row = own(session, colleague)
    assert (row.expected, row.expected_because, row.delegated_by) == (True, "person", None)
    assert "You come in place of" not in page(session, colleague)
    assert "is invited in your place" not in page(session, official_reynosa)


def test_taking_it_back_uninvites_the_delegate_with_a_higher_sequence(official_reynosa, colleague):
    session = publish_session(people=[official_reynosa]).session
    send(session, official_reynosa, colleague)
    all_is_sent(LATER)

    delegates.take_back_delegate(session, sender=official_reynosa, now=LATER + HOUR)
    delegates.take_back_delegate(session, sender=official_reynosa, now=LATER + HOUR)

    row = own(session, colleague)
    assert (row.expected, row.delegated_by, waiting(colleague)) == (False, None, [emails.UNINVITATION])
    (mail,) = OutgoingMail.objects.filter(user=colleague, kind=emails.UNINVITATION)
    (event,) = calendar_of(read(mail, LATER + HOUR)).all("VEVENT")
    assert (event.get("SEQUENCE").value, event.get("STATUS").value) == ("1", "CANCELLED")

    send(session, official_reynosa, colleague)
    assert own(session, colleague).calendar_sequence == 2


def test_delegate_taken_back_from_a_postponed_session_is_not_told_that_it_takes_place(official_reynosa, colleague):
    session = publish_session(people=[official_reynosa]).session
    send(session, official_reynosa, colleague)
    all_is_sent(LATER)
    actions.postpone(session, reason="La sede no está disponible.", by=None)
    publish(session.cycle, at=LATER + MINUTE)

    delegates.take_back_delegate(session, sender=official_reynosa, now=LATER + HOUR)

    (mail,) = OutgoingMail.objects.filter(user=colleague, kind=emails.UNINVITATION)
    (first, *_rest) = text_of(read(mail, LATER + HOUR)).splitlines()
    assert first == "Ya no se espera su asistencia a esta sesión y puede quitarla de su calendario."


def test_seat_of_the_sender_is_kept_for_the_delegate_who_takes_it_by_saying_yes(official_reynosa, colleague):
    (first,) = members(1)
    User.objects.update(language="en")
    session = seated(1, people=[official_reynosa, first])
    say(session, [official_reynosa, first])

    send(session, official_reynosa, colleague)

    assert places(session, [official_reynosa, colleague, first]) == ["-", "offered", "waiting"]
    row = own(session, colleague)
    assert (row.answer, row.comes_by, row.offered_until) == ("none", ROOM, LATER + 2 * DAY)
    (invitation,) = OutgoingMail.objects.filter(user=colleague)
    message = read(invitation, LATER)
    assert "A seat is kept for you until Wednesday 4 November 2026, 11:00" in text_of(message)
    (event,) = calendar_of(message).all("VEVENT")
    assert event.get("ATTENDEE").parameters["PARTSTAT"] == "NEEDS-ACTION"
    assert "A seat is kept for you" in page(session, colleague)

    actions.answer(session, user=colleague, answer=YES, now=LATER + MINUTE)
    assert places(session, [official_reynosa, colleague, first]) == ["-", "held", "waiting"]
    delegates.take_back_delegate(session, sender=official_reynosa, now=LATER + 2 * MINUTE)
    assert places(session, [official_reynosa, colleague, first]) == ["-", "-", "offered"]
    assert seats.plan(LATER + 3 * MINUTE) == 0


@pytest.mark.parametrize("answer", [NO, MAYBE])
def test_delegate_who_does_not_take_the_seat_passes_it_on(answer, official_reynosa, colleague):
    (first,) = members(1)
    session = seated(1, people=[official_reynosa, first])
    say(session, [official_reynosa, first])
    send(session, official_reynosa, colleague)

    actions.answer(session, user=colleague, answer=answer, now=LATER + MINUTE)

    assert places(session, [colleague, first]) == ["-", "offered"]


def test_delegate_who_is_silent_lets_the_seat_pass(official_reynosa, colleague):
    (first,) = members(1)
    session = seated(1, people=[official_reynosa, first])
    say(session, [official_reynosa, first])
    send(session, official_reynosa, colleague)
    all_is_sent(LATER)

    assert seats.plan(LATER + 2 * DAY - MINUTE) == 0
    seats.plan(LATER + 2 * DAY)
    assert places(session, [colleague, first]) == ["-", "offered"]
    all_is_sent(LATER + 2 * DAY)
    assert not OutgoingMail.objects.filter(user=colleague, status="sent", kind=emails.SEAT_LAPSED).exists()

    say(session, [colleague], now=LATER + 2 * DAY + MINUTE)
    assert places(session, [colleague, first]) == ["waiting", "offered"]


def test_place_in_line_passes_to_the_delegate_too(official_reynosa, colleague):
    before, after = members(2)
    session = seated(1, people=[before, official_reynosa, after])
    say(session, [before, official_reynosa, after])

    send(session, official_reynosa, colleague)
    assert places(session, [before, official_reynosa, colleague, after]) == ["held", "-", "waiting", "waiting"]
    say(session, [before], NO, now=LATER + MINUTE)

    assert places(session, [before, colleague, after]) == ["-", "offered", "waiting"]
    all_is_sent(LATER + MINUTE)
    assert OutgoingMail.objects.filter(user=colleague, status="sent", kind=emails.SEAT_OFFER).count() == 1


def test_delegate_who_came_anyway_has_the_seat_at_once_and_one_who_has_a_seat_leaves_it(official_reynosa, colleague):
    (first,) = members(1)
    session = seated(1, people=[official_reynosa, first])
    say(session, [official_reynosa, first, colleague])
    send(session, official_reynosa, colleague)
    assert places(session, [official_reynosa, first, colleague]) == ["-", "waiting", "held"]

    other = seated(2, people=[official_reynosa, first])
    say(other, [official_reynosa, colleague, first])
    send(other, official_reynosa, colleague)
    assert places(other, [official_reynosa, first, colleague]) == ["-", "offered", "held"]


def test_date_that_moves_frees_what_was_kept_for_a_delegate(official_reynosa, colleague):
    session = seated(1, people=[official_reynosa])
    say(session, [official_reynosa])
    send(session, official_reynosa, colleague)

    change(session, at=LATER + HOUR, starts_at=START + DAY, ends_at=START + DAY + HOUR)

    row = own(session, colleague)
    assert (row.place, row.answer, row.earlier_answer) == ("", "none", "")


def test_seat_kept_for_a_delegate_outlasts_a_burst_that_comes_to_nothing(official_reynosa, colleague):
    session = seated(1, people=[official_reynosa])
    say(session, [colleague], NO)  # for themselves; who is sent has not answered yet
    say(session, [official_reynosa])
    send(session, official_reynosa, colleague)
    all_is_sent(LATER)
    before = own(session, colleague)
    assert (before.place, before.answer, before.earlier_answer) == ("offered", "none", "no")

    change(session, at=LATER + MINUTE, time_zone="America/Monterrey")  # nobody would read it
    change(session, at=LATER + HOUR, starts_at=START + DAY, ends_at=START + DAY + HOUR)
    change(session, at=LATER + HOUR + MINUTE, starts_at=START, ends_at=START + 2 * HOUR)

    row = own(session, colleague)
    assert (row.place, row.offered_until, row.answer) == ("offered", before.offered_until, "none")
    assert waiting(colleague) == []


def test_where_nobody_counts_seats_nothing_is_kept(official_reynosa, colleague):
    session = seated(None, people=[official_reynosa])
    say(session, [official_reynosa])

    send(session, official_reynosa, colleague)

    assert places(session, [official_reynosa, colleague]) == ["-", "-"]


@pytest.mark.django_db(transaction=True)
def test_nobody_gets_in_between_however_many_answer_meanwhile(official_reynosa, colleague):
    others = members(8)
    session = seated(1, people=[official_reynosa, *others])
    say(session, [official_reynosa])
    gate = threading.Barrier(9)

    def at_once(what: Callable[[], object]) -> None:
        gate.wait()
        try:
            what()
        finally:
            connection.close()

    sending = threading.Thread(target=at_once, args=[lambda: send(session, official_reynosa, colleague)])
    saying = [threading.Thread(target=at_once, args=[partial(say, session, [user])]) for user in others]
    for thread in [sending, *saying]:
        thread.start()
    for thread in [sending, *saying]:
        thread.join(timeout=60)

    assert places(session, [official_reynosa, colleague, *others]) == ["-", "offered", *["waiting"] * 8]


def page(session: Session, user: User) -> str:
    client = Client()
    client.force_login(user)
    with time_machine.travel(LATER, tick=False):
        return client.get(session.get_absolute_url()).content.decode()


def test_session_page_sends_and_takes_back(official_reynosa, colleague):
    User.objects.update(language="en")
    session = publish_session(people=[official_reynosa]).session
    client, other = Client(), Client()
    client.force_login(official_reynosa)
    other.force_login(colleague)
    url = f"/sessions/{session.slug}/delegate/"

    with time_machine.travel(LATER, tick=False):
        assert url in client.get(session.get_absolute_url()).content.decode()
        assert other.get(url).status_code == 404
        assert "Ciro Colega" in client.get(url).content.decode()
        wrong = client.post(url, {"person": official_reynosa.pk})
        assert (wrong.status_code, "person" in wrong.context["form"].errors) == (200, True)
        assert client.post(url, {"person": colleague.pk}).status_code == 302
        assert "Ciro Colega is invited in your place" in client.get(session.get_absolute_url()).content.decode()
        assert "You come in place of Rosa de Reynosa." in other.get(session.get_absolute_url()).content.decode()
        assert client.get(url).status_code == 302
        assert other.post(f"{url}take-back/").status_code == 404
        assert client.post(f"{url}take-back/").status_code == 302
    assert own(session, colleague).expected is False


def test_date_that_moves_asks_who_was_sent_and_not_who_sent_them(official_reynosa, colleague):
    """The sender read that their answer counts no more, and a yes was refused: somebody comes in their place."""
    session = publish_session(people=[official_reynosa]).session
    all_is_sent(NOW)
    send(session, official_reynosa, colleague)
    say(session, [colleague], now=LATER + MINUTE)
    all_is_sent(LATER + MINUTE)

    version = change(session, at=LATER + HOUR, starts_at=START + DAY, ends_at=START + DAY + HOUR)
    all_is_sent(LATER + DAY)

    rows = [own(session, one) for one in (official_reynosa, colleague)]
    assert [(one.answer, one.earlier_answer) for one in rows] == [("no", ""), ("none", "yes")]
    mails = OutgoingMail.objects.filter(kind=emails.CHANGE, status="sent")
    told = {mail.user_id: "ya no cuenta" in text_of(read(mail, LATER + DAY)) for mail in mails}
    assert told == {official_reynosa.pk: False, colleague.pk: True}
    assert whom_to_nudge(version, now=LATER + 9 * DAY).people == [colleague]


def test_who_sent_somebody_is_not_asked_once_more_whatever_is_on_record(official_reynosa, colleague):
    session = publish_session(people=[official_reynosa]).session
    send(session, official_reynosa, colleague)
    Participation.objects.filter(user=official_reynosa).update(answer="none", answered_at=None)  # as of before
    all_is_sent(LATER)

    version = SessionVersion.objects.get(current_of=session)
    assert whom_to_nudge(version, now=LATER + 9 * DAY).people == [colleague]


def test_preview_counts_who_is_sent_as_the_release_tells_them(official_reynosa, colleague, member):
    """It said that they are told that nobody expects them any more."""
    session = publish_session(people=[official_reynosa, member]).session
    send(session, official_reynosa, colleague)
    all_is_sent(LATER)
    draft = Session.objects.get(pk=session.pk)
    draft.title = "Otra"
    draft.save()

    assert told_by_release(session) == {"changed": {official_reynosa.pk, colleague.pk, member.pk}}

    session.audience_people.remove(official_reynosa)
    assert told_by_release(session) == {"uninvited": {official_reynosa.pk, colleague.pk}, "changed": {member.pk}}
    publish(session.cycle, at=LATER + HOUR)
    people = (official_reynosa, colleague, member)
    assert [waiting(one) for one in people] == [[emails.UNINVITATION], [emails.UNINVITATION], [emails.CHANGE]]


def told_by_release(session: Session) -> dict[str, set[int]]:
    return people_told(pending_changes(session.cycle), now=LATER + HOUR)[session.pk].lists()
