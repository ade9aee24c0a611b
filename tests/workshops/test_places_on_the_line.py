"""Places on the line bind: where they are counted, the link to join is for who holds one, wherever it is handed out."""

import pytest
from django.test import Client
from django.urls import reverse

from ogpgroup.models import OutgoingMail, User
from tests.factories_schedule import in_days
from tests.workshops.published import NOW
from tests.workshops.seating import LINE, NO, members, own, say, seated
from tests.workshops.told import calendar_of, read, text_of
from workshops import actions, emails, join_links, own_calendar
from workshops.models import CalendarFeed, Session

pytestmark = pytest.mark.django_db
ROOM_OF_THEIRS = "https://sala.example.org/mesa"


def one_place(people: list[User]) -> Session:
    """A session on the line with one place, which the first holds; the second waits, the third is silent."""
    session = seated(None, line=1, people=people, mode=LINE, join_url=ROOM_OF_THEIRS, starts_at=in_days(30))
    say(session, people[:2])
    return session


def desk_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def people() -> list[User]:
    return members(3)


@pytest.mark.parametrize(("number", "joins"), [(0, True), (1, False), (2, False)])
def test_link_is_for_who_holds_a_place(people, number, joins):
    session, user = one_place(people), people[number]
    assert session.current_version
    link = join_links.join_url(own(session, user), uid=session.uid.hex)
    feed = actions.open_feed(CalendarFeed(), user=user)

    page = desk_of(user).get(session.get_absolute_url()).content.decode()
    pressed = desk_of(user).post(reverse("workshops:join", args=[session.slug]))
    followed = Client().get(link)
    feed_content = own_calendar.write(feed, [], now=NOW).decode().replace("\r\n ", "")

    shown = ("Join the session" in page or "Entrar a la sesión" in page, pressed.status_code, followed.status_code)
    assert shown == ((True, 200, 200) if joins else (False, 404, 302))
    assert (ROOM_OF_THEIRS in feed_content) == joins


def test_mail_and_calendar_bring_the_link_with_the_place(people):
    session = one_place(people)
    invitation = OutgoingMail.objects.get(kind=emails.INVITATION, user=people[2])
    say(session, people[:1], NO, now=NOW)
    say(session, people[1:2], now=NOW)
    assert session.current_version
    emails.queue_seats(session.current_version, [own(session, people[1])], now=NOW)
    given = OutgoingMail.objects.get(kind=emails.SEAT_GIVEN)

    without, bringing = read(invitation, NOW), read(given, NOW)

    assert "/join/" not in text_of(without)
    assert "/join/" in text_of(bringing)
    (old,), (new,) = (calendar_of(message).all("VEVENT") for message in (without, bringing))
    assert ROOM_OF_THEIRS not in old.get("DESCRIPTION").value
    assert ROOM_OF_THEIRS in new.get("DESCRIPTION").value
