"""At the door and on the line: a GET asks, a POST records, and nobody is named who did not agree."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from ogpgroup.models import User
from tests import factories
from tests.workshops.attending import NOW, START, begin_ids_apart, facts, row_of, session_on, walk_in
from tests.workshops.coordination import desk_of, text_of
from workshops import attendance, join_links
from workshops.actions import attendance as actions
from workshops.models import Participation, Session
from workshops.views import check_in as views

pytestmark = pytest.mark.django_db

ROOM = "https://sala.example.org/secreta"


@pytest.fixture
def stranger(stranger: Client) -> Client:
    stranger.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return stranger


@pytest.fixture(autouse=True)
def _at_the_session(db: None) -> Any:
    begin_ids_apart()
    with time_machine.travel(NOW, tick=True):
        yield


def to(name: str, session: Session, *rest: Any) -> str:
    return reverse(f"workshops:{name}", args=[session.slug, *rest])


def at_the_door(session: Session) -> str:
    return to("check_in", session, actions.make_check_in_code(session))


def visitor(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Vera Vecina",
        "institution": "Colonia Centro",
        "mode": "face_to_face",
        "form_id": uuid4(),
    } | changes


# --- The person's own code --------------------------------------------------------------------------------------------


def test_own_code_is_scanned_shown_and_then_recorded(coordinator: User, member: User) -> None:
    session = session_on(people=[member])
    phone, desk = desk_of(member), desk_of(coordinator)

    shown = text_of(phone.get(to("my_code", session)))
    assert "Inés Integrante" in shown
    assert "<svg" in shown
    address = reverse("workshops:person_check_in", args=[attendance.personal_code(session, member)])
    scanned = text_of(desk.get(address))
    assert "<h1>Inés Integrante</h1>" in scanned
    assert row_of(session, member).attended == "unknown"
    desk.post(address)

    assert facts(row_of(session, member))[:3] == ("present", "face_to_face", "personal_code")
    assert row_of(session, member).checked_in_by == coordinator
    assert "You are on the list of who took part." in text_of(phone.get(to("my_code", session)))


def test_own_code_in_other_hands_opens_nothing(member: User) -> None:
    session = session_on(people=[member])
    address = reverse("workshops:person_check_in", args=[attendance.personal_code(session, member)])

    assert desk_of(member).get(address).status_code == 404
    assert desk_of(member).post(address).status_code == 404
    assert row_of(session, member).attended == "unknown"


def test_coordinator_scans_a_code_after_the_hours(coordinator: User, member: User) -> None:
    session = session_on(people=[member], starts_at=START - timedelta(days=4))
    address = reverse("workshops:person_check_in", args=[attendance.personal_code(session, member)])

    desk_of(coordinator).post(address)

    assert row_of(session, member).attended == "present"


def test_person_says_later_whether_they_may_be_named(member: User) -> None:
    session = session_on(people=[member])
    phone = desk_of(member)

    phone.post(to("may_be_named", session), {"may_be_named": "on"})
    assert row_of(session, member).may_be_named is True
    phone.post(to("may_be_named", session))
    assert row_of(session, member).may_be_named is False
    assert row_of(session, member).attended == "unknown"


# --- The session's code -----------------------------------------------------------------------------------------------


def test_code_of_the_door_is_made_by_a_button(coordinator: User) -> None:
    session, desk = session_on(), desk_of(coordinator)

    assert "<svg" not in text_of(desk.get(to("door", session))).partition("<main")[2].partition("</main")[0]
    assert Session.objects.get(pk=session.pk).check_in_code is None
    shown = text_of(desk.post(to("door", session), follow=True))

    session.refresh_from_db()
    assert session.check_in_code
    short = reverse("workshops:short_check_in", args=[session.check_in_code])
    assert f'<p class="code-address">{settings.PUBLIC_URL.partition("://")[2]}{short}</p>' in shown
    typed = Client().get(short.upper().replace("/IN/", "/in/"))
    assert typed.headers["Location"] == to("check_in", session, session.check_in_code)


def test_former_code_is_void(coordinator: User) -> None:
    session = session_on()
    former = at_the_door(session)

    desk_of(coordinator).post(to("door", session), {"anew": "1"})

    assert Client().get(former).status_code == 404
    assert Client().post(former, visitor()).status_code == 404


def test_member_is_here_by_one_button(member: User) -> None:
    session = session_on(people=[member])
    phone, address = desk_of(member), at_the_door(session)

    assert "I am here" in text_of(phone.get(address))
    assert row_of(session, member).attended == "unknown"
    shown = text_of(phone.post(address, follow=True))

    row = row_of(session, member)
    assert facts(row) == ("present", "face_to_face", "session_code", row.checked_in_at, member.pk)
    assert (row.may_be_named, row.may_be_named_at is not None) == (False, True)
    assert "You are on the list of who took part, since" in shown
    first = row.checked_in_at
    phone.post(address, {"may_be_named": "on"})
    row.refresh_from_db()
    assert (row.checked_in_at, row.may_be_named) == (first, True)


def test_visitor_is_here_by_name(stranger: Client, coordinator: User) -> None:
    session, sent = session_on(people=[coordinator]), visitor()
    address = at_the_door(session)

    assert "I am here" in text_of(stranger.get(address))
    assert session.participations.filter(user=None).count() == 0
    stranger.post(address, sent)
    stranger.post(address, sent)

    row = session.participations.get(user=None)
    assert (row.name, row.organization_name, row.may_be_named) == ("Vera Vecina", "Colonia Centro", False)
    assert facts(row) == ("present", "face_to_face", "walk_in", row.checked_in_at, None)


def test_visitor_learns_nothing_of_who_is_expected(stranger: Client, member: User) -> None:
    session = session_on(people=[member])
    address = at_the_door(session)

    text = text_of(stranger.post(address, visitor(name=member.name), follow=True))

    assert "is on the list of who took part. Welcome!" in text
    assert session.participations.get(user=None).name == member.name
    assert "integrante@" not in text


def test_form_keeps_what_was_typed(stranger: Client) -> None:
    session = session_on()

    response = stranger.post(at_the_door(session), visitor(name="", institution="Colonia Norte"))

    assert response.status_code == 200
    assert 'value="Colonia Norte"' in text_of(response)
    assert session.participations.filter(user=None).count() == 0


def test_names_from_one_connection_have_an_end(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "VISITORS", 2)
    session = session_on()
    address = at_the_door(session)

    statuses = [stranger.post(address, visitor(name=f"Vera {number}")).status_code for number in range(4)]

    assert statuses == [302, 302, 429, 429]
    assert session.participations.filter(user=None).count() == 2


@pytest.mark.parametrize(
    ("starts_at", "sentence"),
    [(START + timedelta(hours=6), "It is too early"), (START - timedelta(hours=9), "It is too late to check in")],
)
def test_door_is_closed_outside_the_hours(stranger: Client, member: User, starts_at: Any, sentence: str) -> None:
    session = session_on(people=[member], starts_at=starts_at)
    address = at_the_door(session)
    stranger.cookies["django_language"] = "en"

    for client in (stranger, desk_of(member)):
        assert sentence in text_of(client.get(address))
        assert "<form" not in text_of(client.get(address)).partition("<main")[2].partition("</main")[0]
        client.post(address, visitor())

    assert not session.participations.filter(attended="present").exists()


# --- On the line ------------------------------------------------------------------------------------------------------


def test_joining_records_and_leads_on(member: User) -> None:
    session = session_on(people=[member], join_url=ROOM)
    phone = desk_of(member)

    page = text_of(phone.get(session.get_absolute_url()))
    assert ROOM not in page
    assert to("join", session) in page
    assert phone.get(to("join", session)).headers["Location"] == session.get_absolute_url()
    assert row_of(session, member).attended == "unknown"
    response = phone.post(to("join", session), {"asked": "1", "may_be_named": "on"})

    assert response.headers["Refresh"] == f"0; url={ROOM}"
    assert f'href="{ROOM}"' in text_of(response)
    assert facts(row_of(session, member))[:3] == ("present", "remote", "link")
    assert row_of(session, member).may_be_named is True


def test_joining_before_the_hours_records_nothing(member: User) -> None:
    session = session_on(people=[member], join_url=ROOM, starts_at=START + timedelta(hours=5))
    phone = desk_of(member)

    assert f'href="{ROOM}"' in text_of(phone.get(session.get_absolute_url()))
    assert phone.post(to("join", session)).headers["Refresh"] == f"0; url={ROOM}"

    assert row_of(session, member).attended == "unknown"


@pytest.mark.parametrize(
    ("minutes", "attended"), [(119, "unknown"), (16, "unknown"), (15, "present"), (-60, "present")]
)
@pytest.mark.parametrize("way", ["page", "mail"])
def test_joining_counts_from_a_quarter_of_an_hour_before_the_start(
    minutes: int, attended: str, way: str, member: User, stranger: Client
) -> None:
    session = session_on(people=[member], join_url=ROOM)
    english = {"Accept-Language": "en"}

    with time_machine.travel(START - timedelta(minutes=minutes), tick=False):
        page = text_of(stranger.get(mailed_link(session, member), headers=english))
        if way == "page":
            response = desk_of(member).post(to("join", session), {"asked": "1"})
        else:
            response = stranger.post(mailed_link(session, member), {"asked": "1"})

    assert response.headers["Refresh"] == f"0; url={ROOM}"
    assert row_of(session, member).attended == attended
    assert ("please press it once more then" in page) == (attended == "unknown")


def test_who_joined_early_counts_once_they_join_again(member: User) -> None:
    session = session_on(people=[member], join_url=ROOM)
    phone = desk_of(member)
    with time_machine.travel(START - timedelta(hours=1), tick=False):
        page = text_of(phone.get(session.get_absolute_url()))
        assert f'href="{ROOM}"' in page
        phone.post(to("join", session))
    assert row_of(session, member).attended == "unknown"

    with time_machine.travel(START + timedelta(minutes=1), tick=False):
        phone.post(to("join", session))

    assert row_of(session, member).attended == "present"


def test_who_may_not_join_is_not_led_in(member: User) -> None:
    session = session_on(people=[factories.create_member()], join_url=ROOM)

    response = desk_of(member).post(to("join", session))

    assert response.status_code == 404
    assert not Participation.objects.filter(session=session, user=member).exists()


def mailed_link(session: Session, user: User) -> str:
    return join_links.join_url(row_of(session, user), uid=session.uid.hex)


def test_link_of_a_mail_records_by_its_button_without_signing_in(member: User, stranger: Client) -> None:
    session = session_on(people=[member], join_url=ROOM)
    link = mailed_link(session, member)

    page = text_of(stranger.get(link, headers={"Accept-Language": "en"}))  # what a scanner of mail does
    assert f"You join as {member.name}." in page
    assert ROOM not in page
    assert row_of(session, member).attended == "unknown"
    response = stranger.post(link, {"asked": "1"})

    assert response.headers["Refresh"] == f"0; url={ROOM}"
    assert facts(row_of(session, member))[:3] == ("present", "remote", "link")
    assert row_of(session, member).may_be_named is False
    assert row_of(session, member).may_be_named_at is not None


def test_link_of_a_mail_leads_on_before_the_hours_and_records_nothing(member: User, stranger: Client) -> None:
    session = session_on(people=[member], join_url=ROOM, starts_at=START + timedelta(hours=5))

    response = stranger.post(mailed_link(session, member))

    assert response.headers["Refresh"] == f"0; url={ROOM}"
    assert row_of(session, member).attended == "unknown"


def test_link_of_a_mail_waits_for_a_room_and_closes_with_the_session(member: User, stranger: Client) -> None:
    session = session_on(people=[member])
    link = mailed_link(session, member)
    english = {"Accept-Language": "en"}

    assert "The link is not there yet" in text_of(stranger.get(link, headers=english))
    assert stranger.post(link).headers.get("Refresh") is None
    with time_machine.travel(START + timedelta(hours=9), tick=True):
        closed = stranger.post(link, headers=english)

    assert (closed.status_code, "is over." in text_of(closed)) == (410, True)
    assert row_of(session, member).attended == "unknown"


def test_link_of_a_mail_opens_nothing_to_who_is_no_longer_expected(member: User, stranger: Client) -> None:
    session = session_on(people=[member], join_url=ROOM)
    link = mailed_link(session, member)
    other = mailed_link(session_on(people=[member], join_url=ROOM, title="Otra"), member)
    Participation.objects.filter(session=session, user=member).update(expected=False)

    assert [stranger.get(link).status_code, stranger.post(link).status_code] == [404, 404]
    assert stranger.get(link[:-3] + "x/").status_code == 404
    assert stranger.get(other).status_code == 200


def test_button_of_the_desk_records_and_leaves_what_was_said_about_names(member: User) -> None:
    session = session_on(people=[member], join_url=ROOM)
    actions.name_in_public(row_of(session, member), may_be_named=True, now=NOW)
    phone = desk_of(member)

    page = text_of(phone.get(reverse("desk")))
    assert ROOM not in page
    assert f'action="{to("join", session)}"' in page
    phone.post(to("join", session))

    assert facts(row_of(session, member))[:3] == ("present", "remote", "link")
    assert row_of(session, member).may_be_named is True


# --- In public --------------------------------------------------------------------------------------------------------


def attended() -> Session:
    """Over since yesterday; one who agreed to be named and one who did not, with and without an account."""
    session = session_on(starts_at=START - timedelta(days=1), visibility="public")
    at = START - timedelta(days=1)
    for name, says in (("Sí Nombrada", True), ("No Nombrada", False)):
        user = factories.create_member(name=name)
        actions.check_in(session, user=user, how="link", mode="remote", by=user, now=at, may_be_named=says)
    walk_in(session, name="Sí Vecina", may_be_named=True, now=at)
    walk_in(session, name="No Vecina", now=at)
    return session


OUTLETS = {
    "session": lambda session: session.get_absolute_url(),
    "session as calendar": lambda session: to("session_ics", session),
    "calendar": lambda _session: reverse("workshops:schedule_ics"),
    "schedule": lambda _session: reverse("workshops:schedule") + "?when=past",
    "releases": lambda _session: reverse("workshops:releases"),
    "release": lambda session: session.current_version.release.get_absolute_url(),
    "home": lambda _session: reverse("home"),
    "door": at_the_door,
}


@pytest.mark.parametrize("outlet", OUTLETS)
def test_nobody_is_named_who_did_not_agree(stranger: Client, outlet: str) -> None:
    session = attended()

    text = text_of(stranger.get(OUTLETS[outlet](session)))

    told = {name for name in ("Sí Nombrada", "No Nombrada", "Sí Vecina", "No Vecina") if name in text}
    assert told == ({"Sí Nombrada", "Sí Vecina"} if outlet == "session" else set())


def test_nobody_is_named_to_members_either(member: User) -> None:
    text = text_of(desk_of(member).get(attended().get_absolute_url()))

    assert "Sí Nombrada" in text
    assert "No Nombrada" not in text
    assert "4 people took part." in text


def test_numbers_are_public_once_it_is_over(stranger: Client, coordinator: User) -> None:
    session = session_on()
    walk_in(session, may_be_named=True)

    text = text_of(stranger.get(session.get_absolute_url()))

    assert "Vera Vecina" not in text
    assert "counted" not in text
