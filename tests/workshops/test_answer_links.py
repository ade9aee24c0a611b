"""Answers by the links in mails: a button answers, following a link does not; nobody else's part is shown."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client

from cities.models import Membership
from ogpgroup import mail
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, START, cancel, change, publish_session
from tests.workshops.seating import LINE, MAYBE, MINUTE, NO, ROOM, YES, members, own, places, say, seated
from tests.workshops.told import all_is_sent, read, text_of
from workshops import actions, answer_links, emails
from workshops.models import Participation, Session

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JOIN = "https://reunion.ejemplo.mx/enlace-de-la-sala"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW + HOUR, tick=False):
        yield


@pytest.fixture
def reader(db: None) -> Client:
    """Somebody who is signed in nowhere, and whose browser checks forgery as a real one would be checked."""
    return Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})


def link(session: Session, user: User, answer: Participation.Answer = YES) -> str:
    return answer_links.answer_url(own(session, user), uid=session.uid.hex, answer=answer)


def recorded(session: Session, user: User) -> str:
    return own(session, user).answer


def stored(session: Session) -> list[tuple[object, ...]]:
    return list(Participation.objects.filter(session=session).order_by("pk").values_list())


# --- Following and answering ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [YES, MAYBE, NO])
def test_following_a_link_changes_nothing_and_the_button_answers(answer, reader, member):
    session = publish_session(people=[member], title="Mesas").session
    url, before = link(session, member, answer), stored(session)

    for _again in range(3):
        shown = reader.get(url)
        assert reader.head(url).status_code == 200
    assert (shown.status_code, stored(session)) == (200, before)
    assert shown.content.decode().count('<button class="button" name="answer"') == 1

    told = reader.post(url)

    assert (told.status_code, told["Location"], recorded(session, member)) == (302, url, answer)
    after = reader.get(url).content.decode()
    assert f"Your answer is recorded: {answer.label}" in after
    assert member.name in after


def test_answer_can_be_changed_on_the_page_it_leads_to(reader, member):
    session = publish_session(people=[member]).session
    reader.post(link(session, member, YES))

    told = reader.post(link(session, member, YES), {"answer": "no"})

    assert (recorded(session, member), told["Location"]) == ("no", link(session, member, NO))
    assert "Your answer is recorded: no" in reader.get(told["Location"]).content.decode()


def test_hybrid_session_asks_how_before_and_after(reader):
    people = members(2)
    session = seated(1, line=None, people=people, mode="hybrid")
    say(session, people[:1], comes_by=ROOM)
    url = link(session, people[1])

    asked = reader.get(url).content.decode()
    reader.post(url, {"answer": "yes", "comes_by": LINE})

    assert asked.count('type="radio"') == 2
    assert (own(session, people[1]).place, own(session, people[1]).comes_by) == ("held", LINE)
    assert "You come: remote." in reader.get(url).content.decode()


def test_page_tells_the_place_on_the_waiting_list_and_takes_the_offer(reader):
    people = members(3)
    session = seated(1, people=people)
    say(session, people[:2])
    url = link(session, people[2])

    reader.post(url)
    assert "You are number 2 on the waiting list." in reader.get(url).content.decode()

    reader.post(link(session, people[1], NO))
    reader.post(link(session, people[0], NO))
    assert "A seat is kept for you" in reader.get(url).content.decode()
    reader.post(url, {"answer": "yes"})
    assert places(session, people) == ["-", "-", "held"]


@pytest.mark.parametrize("posted", [{"answer": "none"}, {"answer": "perhaps"}, {"comes_by": "balloon"}])
def test_what_is_no_answer_is_refused(posted, reader, member):
    session = publish_session(people=[member]).session
    before = stored(session)

    assert reader.post(link(session, member), posted).status_code == 400
    assert stored(session) == before


# --- Whose link, and until when ---------------------------------------------------------------------------------------


def tokens(session: Session, user: User) -> dict[str, str]:
    pk, uid = own(session, user).pk, session.uid.hex
    return {
        "not signed": "eyJhIjoxfQ",
        "of another purpose": signing.dumps([pk, uid, "yes"], salt="unsubscribe"),
        "of another session": signing.dumps([pk, factories_uid(), "yes"], salt="answer"),
        "of nobody": signing.dumps([pk + 1, uid, "yes"], salt="answer"),
        "no answer": signing.dumps([pk, uid, "none"], salt="answer"),
        "another shape": signing.dumps({"pk": pk}, salt="answer"),
        "a word": signing.dumps("yes", salt="answer"),
        "no number": signing.dumps(["x", uid, "yes"], salt="answer"),
    }


def factories_uid() -> str:
    return "0" * 32


@pytest.mark.parametrize(
    "which",
    [
        "not signed",
        "of another purpose",
        "of another session",
        "of nobody",
        "no answer",
        "another shape",
        "a word",
        "no number",
    ],
)
def test_token_that_is_not_ours_is_found_nowhere(which, reader, member):
    session = publish_session(people=[member]).session
    url = f"/answer/{tokens(session, member)[which]}/"

    assert (reader.get(url).status_code, reader.post(url).status_code) == (404, 404)
    assert recorded(session, member) == "none"


@pytest.mark.parametrize("why", ["closed account", "left the group", "taken off a hidden session"])
def test_link_of_who_may_not_see_the_session_any_more_is_found_nowhere(why, reader):
    user, other = members(2)
    organizations = [user.memberships.get().organization, other.memberships.get().organization]
    session = publish_session(organizations=organizations, visibility="invited").session
    url = link(session, user)
    assert reader.get(url).status_code == 200

    if why == "closed account":
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif why == "left the group":
        Membership.objects.filter(user=user).update(until=(NOW - DAY).date())
    else:
        own(session, user).__class__.objects.filter(user=user).update(expected=False)

    assert (reader.get(url).status_code, reader.post(url).status_code) == (404, 404)


@pytest.mark.parametrize("why", ["over", "cancelled", "postponed"])
def test_link_to_a_session_that_takes_no_answers_says_so(why, reader, member):
    session = publish_session(people=[member]).session
    url = link(session, member)
    now = NOW + 2 * HOUR
    if why == "over":
        now = START + 3 * HOUR
    elif why == "cancelled":
        cancel(session, at=NOW + MINUTE)
    else:
        change(session, at=NOW + MINUTE, status="postponed", cancel_reason="La sede no está lista.")

    with time_machine.travel(now, tick=False):
        shown = reader.get(url)
        assert (shown.status_code, reader.post(url).status_code) == (410, 410)
    assert "Answers are closed" in shown.content.decode()
    assert recorded(session, member) == "none"


def test_page_holds_no_link_to_join_and_nobody_elses_name(reader, member):
    other = factories.create_member(name="Otra Persona")
    session = publish_session(people=[member, other], visibility="invited", join_url=JOIN).session
    actions.answer(session, user=other, answer=YES, now=NOW + MINUTE)

    shown = reader.get(link(session, member)).content.decode()
    reader.post(link(session, member))
    after = reader.get(link(session, member)).content.decode()

    assert all(JOIN not in page and "Otra Persona" not in page for page in (shown, after))


def test_page_is_kept_by_nobody_and_listed_nowhere(reader, member):
    session = publish_session(people=[member]).session

    shown = reader.get(link(session, member))

    assert "no-store" in shown["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in shown.content.decode()


# --- In the mails -----------------------------------------------------------------------------------------------------


def links_in(mail_row: OutgoingMail, session: Session, user: User) -> list[bool]:
    message = read(mail_row, NOW)
    text, html = text_of(message), message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    urls = ["http://localhost" + link(session, user, answer) for answer in (YES, MAYBE, NO)]
    return [url in text and url in html for url in urls]


def test_invitation_change_and_reminder_hold_each_readers_own_three_links():
    people = members(2)
    session = publish_session(people=people).session
    invitations = {one.user_id: one for one in OutgoingMail.objects.filter(kind=emails.INVITATION)}

    for user in people:
        assert links_in(invitations[user.pk], session, user) == [True] * 3
    assert links_in(invitations[people[0].pk], session, people[1]) == [False] * 3

    all_is_sent(NOW)
    change(session, at=NOW + MINUTE, venue="Sala 2")
    (changed,) = OutgoingMail.objects.filter(kind=emails.CHANGE, user=people[0])
    assert links_in(changed, session, people[0]) == [True] * 3
    emails.plan_reminders(START - DAY)
    reminder = OutgoingMail.objects.filter(kind=emails.REMINDER, user=people[0])[0]
    assert links_in(reminder, session, people[0]) == [True] * 3


def test_cancellation_asks_for_no_answer(member):
    session = publish_session(people=[member]).session
    all_is_sent(NOW)
    cancel(session, at=NOW + MINUTE)

    (mail_row,) = OutgoingMail.objects.filter(kind=emails.CANCELLATION, user=member)

    assert links_in(mail_row, session, member) == [False] * 3


def test_links_are_masked_where_others_read_the_mail(member):
    session = publish_session(people=[member]).session
    url = "http://localhost" + link(session, member)

    assert mail.mask_links(f"Sí: {url}") == "Sí: http://localhost/answer/…/"


@pytest.mark.parametrize("page", ["outbox_detail", "outbox_html"])
def test_coordinators_read_the_mail_without_the_links(page, member, coordinator):
    session = publish_session(people=[member]).session
    all_is_sent(NOW)
    (mail_row,) = OutgoingMail.objects.filter(kind=emails.INVITATION, user=member)
    client = Client()
    client.force_login(coordinator)

    shown = client.get(f"/coordination/outbox/{mail_row.pk}/" + ("html/" if page == "outbox_html" else ""))

    assert shown.status_code == 200
    token = link(session, member).rstrip("/").rpartition("/")[2]
    assert token not in shown.content.decode()
