"""Who votes by which phone, and what the pages of a vote show to whom."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.workshops.attending import NOW, session_on, walk_in
from tests.workshops.coordination import text_of
from tests.workshops.grouping import hall, lead, present, revealed, signed_in, theme, vote_on
from workshops.actions import attendance
from workshops.actions import votes as actions
from workshops.attendance import personal_code
from workshops.models import HandCount, Participation, Session, Theme, Vote, VotingRound
from workshops.reports import votes as reports

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def session() -> Session:
    found = hall()
    attendance.make_check_in_code(found)
    found.refresh_from_db()
    return found


@pytest.fixture
def water(session: Session) -> Theme:
    return theme(session, "Agua")


@pytest.fixture
def one(session: Session, water: Theme) -> VotingRound:
    return vote_on(session, water, theme(session, "Calles"))


def english() -> Client:
    return Client(headers={"accept-language": "en"})


def door(session: Session, query: str = "") -> str:
    return reverse("workshops:check_in", args=[session.slug, session.check_in_code]) + query


def check_in_by_name(client: Client, session: Session, query: str = "", **changes: Any) -> Any:
    data = {"name": "Vera Vecina", "institution": "Colonia Centro", "form_id": str(uuid4()), "mode": "face_to_face"}
    return client.post(door(session, query), data | changes)


def vote(client: Client, one: VotingRound, **given: int) -> Any:
    by_title = {theme.title: theme.pk for theme in one.themes.all()}
    return client.post(one.get_absolute_url(), {f"theme-{by_title[title]}": count for title, count in given.items()})


def two_more(one: VotingRound) -> None:
    """Of fewer than three voters nothing is revealed."""
    for _person in range(2):
        actions.cast(one, present(one.session), given={one.themes.order_by("pk")[0].pk: 1}, now=NOW)


# --- Who --------------------------------------------------------------------------------------------------------------


def test_account_that_is_checked_in_votes(session: Session, one: VotingRound) -> None:
    person = present(session)
    assert person.user

    response = vote(signed_in(person.user), one, Agua=2, Calles=1)

    assert response.status_code == 302
    assert Vote.objects.filter(participation=person).count() == 3


def test_account_that_is_not_checked_in_is_led_to_the_door_and_back(session: Session, one: VotingRound) -> None:
    client = signed_in(factories.create_member())

    assert vote(client, one, Agua=1).status_code == 200
    html = client.get(one.get_absolute_url()).content.decode()
    assert Vote.objects.count() == 0
    assert door(session, f"?vote={one.code}") in html
    back = client.post(door(session, f"?vote={one.code}"), {})
    assert back["Location"] == one.get_absolute_url()
    assert vote(client, one, Agua=1).status_code == 302


def test_phone_that_checked_in_at_the_door_votes_without_an_account(session: Session, one: VotingRound) -> None:
    client = english()
    assert "You need no account" in client.get(one.get_absolute_url()).content.decode()

    back = check_in_by_name(client, session, f"?vote={one.code}")
    assert back["Location"] == one.get_absolute_url()
    kept = client.cookies[f"here-{session.pk}"]
    assert (kept["httponly"], kept["path"], kept["samesite"], bool(kept["max-age"])) == (True, "/", "Lax", True)
    assert "You vote as Vera Vecina" in client.get(one.get_absolute_url()).content.decode()
    assert vote(client, one, Agua=3).status_code == 302

    assert reports.turnout_of(one) == 1


def test_cookie_that_somebody_wrote_themselves_is_worth_nothing(session: Session, one: VotingRound) -> None:
    person, client = walk_in(session), english()
    client.cookies[f"here-{session.pk}"] = f"{person.pk}:forged"

    vote(client, one, Agua=1)

    assert Vote.objects.count() == 0


def test_cookie_of_one_session_is_worth_nothing_at_another(session: Session, one: VotingRound) -> None:
    other, client = session_on(), english()
    attendance.make_check_in_code(other)
    other.refresh_from_db()
    check_in_by_name(client, other)
    client.cookies[f"here-{session.pk}"] = client.cookies[f"here-{other.pk}"].value

    vote(client, one, Agua=1)

    assert Vote.objects.count() == 0


def test_who_writes_the_name_of_somebody_on_the_list_does_not_vote_as_them(session: Session, one: VotingRound) -> None:
    vera, mallory = english(), english()
    check_in_by_name(vera, session)
    vote(vera, one, Agua=1)

    check_in_by_name(mallory, session)
    vote(mallory, one, Calles=3)

    assert Participation.objects.filter(session=session, name="Vera Vecina").count() == 1
    assert list(Vote.objects.values_list("theme__title", flat=True)) == ["Agua"]


def test_form_at_the_door_sent_twice_knows_the_phone_all_the_same(session: Session) -> None:
    client, form_id = english(), str(uuid4())

    for _time in range(2):
        client.cookies.clear()
        check_in_by_name(client, session, form_id=form_id)

    assert f"here-{session.pk}" in client.cookies


def test_phone_that_writes_others_down_too_goes_on_voting_as_the_first(session: Session, one: VotingRound) -> None:
    client = english()
    check_in_by_name(client, session)
    vote(client, one, Agua=1)

    assert "This phone has put somebody on the list already" in client.get(door(session)).content.decode()
    check_in_by_name(client, session, name="Nora Vecina")
    vote(client, one, Agua=2)

    assert session.participations.filter(attended="present").count() == 2
    assert list(Vote.objects.values_list("participation__name", "slot")) == [("Vera Vecina", 1), ("Vera Vecina", 2)]


def test_phone_whose_entry_was_struck_is_known_by_the_next(session: Session, one: VotingRound) -> None:
    client = english()
    check_in_by_name(client, session)
    attendance.undo_check_in(Participation.objects.get(name="Vera Vecina"))

    assert "This phone has put somebody" not in client.get(door(session)).content.decode()
    check_in_by_name(client, session, name="Nora Vecina")

    assert "You vote as Nora Vecina" in client.get(one.get_absolute_url()).content.decode()


def test_own_code_votes_for_who_is_checked_in(session: Session, one: VotingRound) -> None:
    person, client = present(session), english()
    assert person.user
    who = reverse("workshops:vote_who", args=[one.code])
    address = f"http://localhost/check-in/{personal_code(session, person.user)}/"

    assert client.post(who, {"code": address}).status_code == 302
    assert vote(client, one, Agua=1).status_code == 302

    assert list(Vote.objects.values_list("participation", flat=True)) == [person.pk]


@pytest.mark.parametrize("which", ["of another session", "not checked in", "forged"])
def test_code_that_does_not_count_is_told_so(session: Session, one: VotingRound, which: str) -> None:
    member = factories.create_member()
    code = {
        "of another session": lambda: personal_code(session_on(), member),
        "not checked in": lambda: personal_code(session, member),
        "forged": lambda: "1-2:forged",
    }[which]()

    response = english().post(reverse("workshops:vote_who", args=[one.code]), {"code": code})

    assert "This is no code of somebody who is checked in" in response.content.decode()
    assert f"here-{session.pk}" not in response.cookies


# --- The ballot -------------------------------------------------------------------------------------------------------


@pytest.fixture
def voter(session: Session, one: VotingRound) -> Client:
    person = present(session)
    assert person.user
    return signed_in(person.user)


def test_too_many_votes_are_told_and_what_was_typed_stays(voter: Client, one: VotingRound) -> None:
    response = vote(voter, one, Agua=2, Calles=2)

    html = response.content.decode()
    assert "You gave 4 votes and have 3. Take some back." in html
    assert html.count('value="2"') == 2
    assert Vote.objects.count() == 0


def test_page_shows_what_somebody_voted_to_nobody_not_even_to_themselves(voter: Client, one: VotingRound) -> None:
    vote(voter, one, Agua=3)

    html = voter.get(one.get_absolute_url()).content.decode()

    assert "Your votes count." in html
    assert re.findall(r'<input type="number"[^>]*value=', html) == []


def test_vote_that_closed_meanwhile_is_told(voter: Client, one: VotingRound) -> None:
    actions.close(one, now=NOW)

    response = vote(voter, one, Agua=1)

    assert "This vote is closed" in response.content.decode()
    assert Vote.objects.count() == 0


def test_totals_stand_on_no_page_of_the_vote(voter: Client, one: VotingRound, session: Session) -> None:
    vote(voter, one, Agua=3)
    two_more(one)
    pages = [one.get_absolute_url(), reverse("workshops:votes", args=[session.slug])]
    leader = signed_in(lead(session))

    for page in pages:
        assert "vote-bar-full" not in leader.get(page).content.decode()
    actions.close(one, now=NOW)
    assert "vote-bar-full" not in leader.get(pages[1]).content.decode()
    actions.reveal(one, now=NOW)
    assert "vote-bar-full" in leader.get(pages[1]).content.decode()


def test_code_that_was_never_given_shows_nothing() -> None:
    assert Client().get("/vote/abcd2345/").status_code == 404


def test_door_is_not_told_once_it_is_shut(session: Session, one: VotingRound) -> None:
    client = english()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workshops.views.voting.database_now", lambda: NOW + timedelta(days=2))
        assert "Check in first" not in client.get(one.get_absolute_url()).content.decode()


# --- Facilitators -----------------------------------------------------------------------------------------------------


def test_facilitator_opens_counts_hands_closes_and_reveals(session: Session, water: Theme) -> None:
    client = signed_in(lead(session))
    votes = reverse("workshops:votes", args=[session.slug])

    client.post(votes, {"themes": [water.pk], "votes_each": "2", "form_id": str(uuid4())})
    one = session.voting_rounds.get()
    at = [session.slug, one.number]
    page = client.get(votes).content.decode()
    assert f"/vote/{one.code}/" in page
    client.post(reverse("workshops:vote_hands", args=at), {f"theme-{water.pk}": "7", "table": ""})
    for step in ("close", "reopen", "close", "reveal"):
        assert client.post(reverse(f"workshops:vote_{step}", args=at)).status_code == 302

    one.refresh_from_db()
    assert (one.status, one.votes_each, HandCount.objects.get().hands) == ("revealed", 2, 7)
    assert [row.total for row in reports.totals_of(one)] == [7]


def test_page_tells_how_those_who_voted_came_onto_the_list(session: Session, one: VotingRound, water: Theme) -> None:
    ways = [present(session), present(session), walk_in(session), walk_in(session, name="Nora", by=lead(session))]
    for person in ways:
        actions.cast(one, person, given={water.pk: 1}, now=NOW)
    page = reverse("workshops:votes", args=[session.slug])
    themselves = reverse("workshops:attendance", args=[session.slug]) + "?show=themselves"

    led = text_of(signed_in(lead(session)).get(page))
    coordinated = text_of(signed_in(factories.create_coordinator()).get(page))
    listed = text_of(signed_in(factories.create_coordinator()).get(themselves))

    told = "2 with an account, 1 written down by coordinators, 1 who wrote themselves down at the door."
    assert told in led
    assert themselves not in led
    assert themselves in coordinated
    assert ("Vera Vecina" in listed, "Nora" in listed) == (True, False)


@pytest.mark.parametrize("typed", [{"votes_each": "0"}, {"votes_each": "11"}, {"themes": []}])
def test_vote_that_cannot_be_opened_is_told(session: Session, water: Theme, typed: dict[str, Any]) -> None:
    data = {"themes": [water.pk], "votes_each": "3", "form_id": str(uuid4())} | typed

    response = signed_in(lead(session)).post(reverse("workshops:votes", args=[session.slug]), data)

    assert response.context["form"].errors.keys() == typed.keys()
    assert not session.voting_rounds.exists()


def test_hands_that_nobody_has_are_told(session: Session, one: VotingRound, water: Theme) -> None:
    response = signed_in(lead(session)).post(
        reverse("workshops:vote_hands", args=[session.slug, one.number]), {f"theme-{water.pk}": "-1"}
    )

    assert response.context["hands"].errors.keys() == {f"theme-{water.pk}"}
    assert HandCount.objects.count() == 0


def test_sheet_has_totals_of_revealed_votes_alone(session: Session, one: VotingRound, voter: Client) -> None:
    vote(voter, one, Agua=3)
    address = reverse("workshops:votes_sheet", args=[session.slug, "json"])

    def rows() -> Any:
        response: Any = voter.get(address)
        return json.loads(b"".join(response.streaming_content))

    assert rows() == []
    two_more(one)
    revealed(one)
    assert [(row["theme"], row["votes"]) for row in rows()] == [("Agua", 5), ("Calles", 0)]
