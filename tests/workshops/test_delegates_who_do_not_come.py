"""Who was sent in somebody's place declines, or has left the group: the sender hears of it."""

from datetime import timedelta

import pytest

from cities.models import Membership
from ogpgroup.mail import mask_links
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, cancel, change, publish_session
from tests.workshops.seating import MINUTE, NO, YES, members, own, places, say, seated
from tests.workshops.told import all_is_sent, read, text_of, waiting
from workshops import actions, emails
from workshops.actions import delegates, seats
from workshops.models import Session
from workshops.preview import preview

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOW + HOUR

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def colleague(official_reynosa: User, reynosa) -> User:
    return factories.create_official(city=reynosa, email="colega@reynosa.ejemplo.mx", name="Ciro Colega")


def send(session: Session, sender: User, delegate: User) -> None:
    delegates.send_delegate(session, sender=sender, delegate=delegate, now=LATER)


# --- Who is sent declines ---------------------------------------------------------------------------------------------


def declined(sender: User) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(user=sender, kind=emails.DECLINED).order_by("pk"))


def test_sender_hears_that_whom_they_sent_declines(official_reynosa, colleague):
    session = publish_session(people=[official_reynosa]).session
    send(session, official_reynosa, colleague)
    all_is_sent(LATER)

    say(session, [colleague], NO)

    (mail,) = declined(official_reynosa)
    message = read(mail, LATER)
    assert message["Subject"].startswith("Ciro Colega no puede asistir en su lugar: Retroalimentación a la propuesta")
    assert "Usted envió a Ciro Colega a esta sesión, y respondió que no asiste." in text_of(message)
    assert session.get_absolute_url() in text_of(message)
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
    ]


def test_a_no_said_again_tells_nobody_again(official_reynosa, colleague):
    session = publish_session(people=[official_reynosa]).session
    send(session, official_reynosa, colleague)

    for number, answer in enumerate((NO, NO, YES, NO)):
        say(session, [colleague], answer, now=LATER + number * MINUTE)

    assert [one.status for one in declined(official_reynosa)] == ["withdrawn", "queued"]


@pytest.mark.parametrize("then", ["yes", "taken back", "cancelled"])
def test_news_that_holds_no_more_is_not_sent(official_reynosa, colleague, then):
    session = publish_session(people=[official_reynosa]).session
    send(session, official_reynosa, colleague)
    say(session, [colleague], NO)

    if then == "yes":
        say(session, [colleague], YES)
    elif then == "taken back":
        delegates.take_back_delegate(session, sender=official_reynosa, now=LATER + MINUTE)
    else:
        cancel(session, at=LATER + MINUTE)
    all_is_sent(LATER + DAY)

    assert [one.status for one in declined(official_reynosa)] == ["withdrawn"]


# --- Who is sent leaves the group -------------------------------------------------------------------------------------


def leave(user: User) -> None:
    Membership.objects.filter(user=user).update(until=(NOW - DAY).date())


def left(sender: User) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(user=sender, kind=emails.LEFT).order_by("pk"))


def test_who_left_the_group_does_not_come_in_anybodys_place(official_reynosa, colleague, reynosa):
    """They stayed expected, with the link to the room, as long as who sent them was named."""
    (first,) = members(1)
    third = factories.create_official(city=reynosa)
    session = seated(1, people=[official_reynosa, first], visibility="invited")
    say(session, [official_reynosa, first])
    send(session, official_reynosa, colleague)
    say(session, [colleague], now=LATER + MINUTE)
    all_is_sent(LATER + MINUTE)
    assert places(session, [official_reynosa, colleague, first]) == ["-", "held", "waiting"]

    leave(colleague)
    actions.plan(LATER + HOUR)
    seats.plan(LATER + HOUR)

    row = own(session, colleague)
    assert (row.expected, row.delegated_by) == (False, None)
    assert places(session, [official_reynosa, colleague, first]) == ["-", "-", "offered"]
    assert waiting(colleague) == [emails.UNINVITATION]
    (mail,) = left(official_reynosa)
    message = read(mail, LATER + HOUR)
    assert message["Subject"].startswith("Ya nadie asiste en su lugar: Retroalimentación a la propuesta")
    words = "La persona que usted envió a esta sesión ya no forma parte del grupo de trabajo"
    assert words in text_of(message)
    assert session.get_absolute_url() in text_of(message)
    assert colleague.name not in text_of(message)

    assert actions.plan(LATER + HOUR + MINUTE) == 0
    say(session, [official_reynosa], now=LATER + 2 * HOUR)
    assert places(session, [official_reynosa, first]) == ["waiting", "offered"]
    send(session, official_reynosa, third)
    assert own(session, third).expected is True


@pytest.mark.parametrize("mode", ["face_to_face", "remote"])
def test_release_tells_the_sender_as_its_preview_said(official_reynosa, colleague, mode):
    User.objects.filter(pk=official_reynosa.pk).update(time_zone="America/Mexico_City")
    session = publish_session(people=[official_reynosa], mode=mode, join_url="https://r.example/1").session
    send(session, official_reynosa, colleague)
    all_is_sent(LATER)
    leave(colleague)
    Session.objects.filter(pk=session.pk).update(venue="Sala 9")

    promised = preview(session.cycle, now=LATER + HOUR)
    published = actions.publish_release(session.cycle, by=None, at=LATER + HOUR)

    (item,) = promised.items
    assert item.told == [
        "Se avisa del cambio a 1 persona.",
        "Se avisa a 1 persona que ya no se espera su asistencia.",
        "Se avisa a 1 persona que quien iba a asistir en su lugar ya no forma parte del grupo de trabajo.",
    ]
    assert (promised.mails, promised.people, promised.most_mails) == (published.mail_count, 2, 2)
    assert published.mail_count == 3
    letter, (sent,) = item.letters[-1][1], left(official_reynosa)
    message = read(sent, LATER + HOUR)
    assert (letter.subject, letter.names) == (message["Subject"], [official_reynosa.name])
    assert mask_links(letter.text).splitlines() == mask_links(text_of(message)).splitlines()


def test_nothing_is_said_of_who_was_sent_to_what_is_postponed(official_reynosa, colleague):
    """Who sent them is asked again for the new date anyway."""
    session = publish_session(people=[official_reynosa]).session
    send(session, official_reynosa, colleague)
    all_is_sent(LATER)
    leave(colleague)
    actions.postpone(session, reason="La ponente enfermó.", by=None)

    promised = preview(session.cycle, now=LATER + HOUR)
    published = actions.publish_release(session.cycle, by=None, at=LATER + HOUR)

    assert promised.mails == published.mail_count == 2
    assert left(official_reynosa) == []


@pytest.mark.parametrize("then", ["nothing", "yes", "another", "cancelled", "left out"])
def test_sender_hears_that_who_was_sent_has_left_as_long_as_it_matters(
    official_reynosa, colleague, reynosa, member, then
):
    session = publish_session(people=[official_reynosa, member]).session
    send(session, official_reynosa, colleague)
    all_is_sent(LATER)
    leave(colleague)
    actions.plan(LATER + HOUR)

    if then == "yes":
        say(session, [official_reynosa], now=LATER + HOUR)
    elif then == "another":
        send(session, official_reynosa, factories.create_official(city=reynosa))
    elif then == "cancelled":
        cancel(session, at=LATER + HOUR)
    elif then == "left out":
        session.audience_people.remove(official_reynosa)
        change(session, at=LATER + HOUR)
    all_is_sent(LATER + 2 * HOUR)

    assert [one.status for one in left(official_reynosa)] == ["sent" if then == "nothing" else "withdrawn"]


def test_sender_who_is_left_out_too_hears_of_that_alone(official_reynosa, colleague, member):
    session = publish_session(people=[official_reynosa, member]).session
    send(session, official_reynosa, colleague)
    all_is_sent(LATER)
    leave(colleague)

    session.audience_people.remove(official_reynosa)
    change(session, at=LATER + HOUR)

    assert waiting(official_reynosa) == [emails.UNINVITATION]


def test_release_tells_the_sender_as_the_planner_does(official_reynosa, colleague):
    session = publish_session(people=[official_reynosa]).session
    send(session, official_reynosa, colleague)
    all_is_sent(LATER)
    leave(colleague)

    change(session, at=LATER + HOUR, title="Otra")

    assert waiting(official_reynosa) == [emails.CHANGE, emails.LEFT]
    assert own(session, colleague).expected is False


def test_a_no_of_somebody_who_was_not_sent_tells_nobody(official_reynosa, colleague):
    session = publish_session(people=[official_reynosa]).session

    say(session, [official_reynosa, colleague], NO)

    assert not OutgoingMail.objects.filter(kind=emails.DECLINED).exists()
