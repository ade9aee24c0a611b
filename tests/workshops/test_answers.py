"""Answers: recorded for whoever may see the session, opening nothing, and asked for anew when the date changes."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from ogpgroup.mail import database_now
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, START, cancel, change, publish, publish_session
from tests.workshops.seating import NO, YES, own
from tests.workshops.told import all_is_sent, read, text_of, waiting
from workshops import actions, emails
from workshops.models import Session

JOIN = "https://reunion.ejemplo.mx/enlace-de-la-sala"
DAY = timedelta(days=1)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        yield


def page(user: User, session: Session) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(session.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def post(user: User, session: Session, answer: str) -> int:
    client = Client()
    client.force_login(user)
    return client.post(f"/sessions/{session.slug}/answer/", {"answer": answer}).status_code


# --- An answer opens nothing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["yes", "maybe", "no"])
@pytest.mark.parametrize("chosen", ["organization", "person"])
@pytest.mark.parametrize("visibility", ["public", "group"])
def test_answer_to_a_session_for_others_is_recorded_and_opens_nothing(visibility, chosen, answer, member):
    other = factories.create_member()
    audience: dict[str, Any] = {"people": [other]}
    if chosen == "organization":
        audience = {"organizations": [other.memberships.get().organization]}
    session = publish_session(join_url=JOIN, visibility=visibility, **audience).session

    assert post(member, session, answer) == 302

    participation = own(session, member)
    assert (participation.answer, participation.expected, participation.expected_because) == (answer, False, "own_wish")
    assert JOIN not in page(member, session)
    assert JOIN in page(other, session)


@pytest.mark.parametrize("answer", ["yes", "maybe", "no"])
@pytest.mark.parametrize("audience", ["everybody", "person", "organization"])
def test_answer_of_who_is_expected_changes_nothing_but_the_answer(audience, answer, member):
    organization = member.memberships.get().organization
    chosen: dict[str, Any] = {
        "everybody": {},
        "person": {"people": [member]},
        "organization": {"organizations": [organization]},
    }[audience]
    session = publish_session(join_url=JOIN, **chosen).session

    assert post(member, session, answer) == 302

    participation = own(session, member)
    assert (participation.answer, participation.expected, participation.expected_because) == (answer, True, audience)
    assert JOIN in page(member, session)


@pytest.mark.parametrize(("answer", "opens"), [("yes", True), ("maybe", False), ("no", False)])
def test_where_everybody_is_expected_a_yes_opens_before_the_planner_has_come_by(answer, opens):
    session = publish_session(join_url=JOIN).session
    newcomer = factories.create_member()
    assert JOIN not in page(newcomer, session)

    post(newcomer, session, answer)

    assert (JOIN in page(newcomer, session)) is opens
    assert own(session, newcomer).expected is False


def test_where_everybody_of_the_group_is_expected_a_person_of_the_demonstration_is_not(member):
    visitor = factories.create_member(organization=factories.create_organization(is_demo=True))
    session = publish_session(join_url=JOIN).session

    post(visitor, session, "yes")

    assert JOIN not in page(visitor, session)


def test_answer_does_not_open_a_session_that_is_hidden_later(member):
    session = publish_session(people=[factories.create_member()]).session
    post(member, session, "yes")
    change(session, at=NOW + timedelta(minutes=1), visibility="invited")
    client = Client()
    client.force_login(member)

    assert client.get(session.get_absolute_url()).status_code == 404


# --- Written down by coordinators -------------------------------------------------------------------------------------


def test_coordinator_writes_down_what_somebody_said_on_the_phone(member, coordinator, client):
    session = publish_session(people=[member], starts_at=database_now() + DAY).session
    client.force_login(coordinator)
    address = f"/coordination/sessions/{session.slug}/people/{own(session, member).pk}/answer/"
    people = f"/coordination/sessions/{session.slug}/people/"
    assert address in client.get(people).content.decode()

    assert client.post(address, {"answer": "none"}).status_code == 400
    assert client.post(address, {"answer": "yes"}).headers["Location"] == people

    row = own(session, member)
    assert (row.answer, row.place, row.answered_by) == ("yes", "held", coordinator)
    (guest,) = client.get(people).context["guests"]
    assert (guest.answer, guest.answered_by) == ("yes", "Carmen Coordinadora")
    actions.answer(session, user=member, answer=NO, now=database_now())
    assert own(session, member).answered_by is None


def test_coordinator_writes_down_how_somebody_comes_to_a_hybrid_session(member, coordinator, client):
    hybrid = publish_session(people=[member], starts_at=database_now() + DAY, mode="hybrid", seats_in_person=1).session
    remote = publish_session(people=[member], starts_at=database_now() + DAY).session
    client.force_login(coordinator)
    pages = [client.get(f"/coordination/sessions/{one.slug}/people/").content.decode() for one in (hybrid, remote)]

    client.post(
        f"/coordination/sessions/{hybrid.slug}/people/{own(hybrid, member).pk}/answer/",
        {"answer": "yes", "comes_by": "remote"},
    )

    row = own(hybrid, member)
    assert (row.answer, row.place, row.comes_by) == ("yes", "held", "remote")
    assert ['name="comes_by"' in page for page in pages] == [True, False]


def test_nothing_is_written_down_for_who_is_not_on_the_list(member, coordinator, client):
    session = publish_session(people=[coordinator], starts_at=database_now() + DAY).session
    other = publish_session(people=[member], starts_at=database_now() + DAY).session
    actions.answer(session, user=member, answer=NO, now=database_now())
    client.force_login(coordinator)

    for row in (own(session, member), own(other, member)):
        address = f"/coordination/sessions/{session.slug}/people/{row.pk}/answer/"
        assert client.post(address, {"answer": "yes"}).status_code == 404


def test_nothing_is_written_down_of_what_is_over(member, coordinator, client):
    session = publish_session(people=[member], starts_at=database_now() - DAY).session
    client.force_login(coordinator)
    address = f"/coordination/sessions/{session.slug}/people/{own(session, member).pk}/answer/"

    assert address not in client.get(f"/coordination/sessions/{session.slug}/people/").content.decode()
    client.post(address, {"answer": "yes"})

    assert own(session, member).answer == "none"


# --- Asked again ------------------------------------------------------------------------------------------------------


def answers(session: Session, user: User) -> tuple[str, str]:
    participation = own(session, user)
    return participation.answer, participation.earlier_answer


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"starts_at": START + DAY, "ends_at": START + DAY + timedelta(hours=2)}, True),
        ({"starts_at": START + timedelta(minutes=30)}, True),
        ({"starts_at": None, "ends_at": None, "day": (START + DAY).date()}, True),
        ({"ends_at": START + timedelta(hours=3)}, False),
        ({"venue": "Sala 2"}, False),
    ],
)
def test_moved_session_asks_again_and_keeps_the_earlier_answer(changes, asked, member):
    session = publish_session().session
    all_is_sent(NOW)
    actions.answer(session, user=member, answer=YES, now=NOW + timedelta(minutes=1))

    change(session, at=NOW + timedelta(hours=1), **changes)

    assert answers(session, member) == (("none", "yes") if asked else ("yes", ""))
    (mail,) = OutgoingMail.objects.filter(user=member, kind=emails.CHANGE)
    message = read(mail, NOW)
    (event,) = (part for part in message.walk() if part.get_content_type() == "text/calendar")
    calendar = event.get_content().replace("\r\n ", "")
    assert ("PARTSTAT=NEEDS-ACTION" in calendar, "PARTSTAT=ACCEPTED" in calendar) == (asked, not asked)
    assert ("earlier answer" in text_of(message) or "respuesta anterior" in text_of(message)) is asked


def test_who_had_declined_the_earlier_date_is_asked_and_reminded(member):
    session = publish_session().session
    all_is_sent(NOW)
    actions.answer(session, user=member, answer=NO, now=NOW + timedelta(minutes=1))

    moved = change(session, at=NOW + timedelta(hours=1), starts_at=START + DAY, ends_at=START + 2 * DAY)
    emails.plan_reminders(moved.begins_at - DAY)

    assert answers(session, member) == ("none", "no")
    assert OutgoingMail.objects.filter(user=member, kind=emails.REMINDER).count() == 2


def test_reinstated_session_asks_again(member):
    session = publish_session().session
    all_is_sent(NOW)
    actions.answer(session, user=member, answer=YES, now=NOW + timedelta(minutes=1))
    cancel(session, at=NOW + timedelta(hours=1))
    all_is_sent(NOW + timedelta(hours=1))
    assert answers(session, member) == ("yes", "")

    actions.reinstate(session, by=None)
    publish(session.cycle, at=NOW + timedelta(hours=2))

    assert answers(session, member) == ("none", "yes")
    assert waiting(member) == ["session_change"]


def test_new_answer_stands_beside_the_earlier_one(member, coordinator):
    session = publish_session().session
    all_is_sent(NOW)
    actions.answer(session, user=member, answer=YES, now=NOW + timedelta(minutes=1))
    change(session, at=NOW + timedelta(hours=1), starts_at=START + DAY, ends_at=START + 2 * DAY)

    actions.answer(session, user=member, answer=NO, now=NOW + timedelta(hours=2))

    assert answers(session, member) == ("no", "yes")
    client = Client()
    client.force_login(coordinator)
    guests = client.get(f"/coordination/sessions/{session.slug}/people/").context["guests"]
    assert {guest.name: (guest.answer, guest.earlier_answer) for guest in guests} == {
        coordinator.name: ("none", ""),
        member.name: ("no", str(YES.label)),
    }


def test_page_and_desk_ask_again(member):
    session = publish_session().session
    all_is_sent(NOW)
    actions.answer(session, user=member, answer=YES, now=NOW + timedelta(minutes=1))
    change(session, at=NOW + timedelta(minutes=2), starts_at=START + DAY, ends_at=START + 2 * DAY)
    member.language = "en"
    member.save(update_fields=["language"])
    client = Client()
    client.force_login(member)

    assert "Your answer was: <strong>yes</strong>" in page(member, session)
    desk = client.get("/desk/")
    assert [one.version.session_id for one in desk.context["waiting"]] == [session.pk]
    assert "You had answered before it changed: yes." in desk.content.decode()
