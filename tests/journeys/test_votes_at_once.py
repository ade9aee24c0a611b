"""Two hundred ballots at the same moment, four of each person, against the real web server."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from tests import factories
from tests.journeys.conftest import Product
from tests.workshops.attending import NOW
from tests.workshops.grouping import hall, theme, vote_on
from workshops.actions import attendance
from workshops.actions import votes as actions
from workshops.models import Vote
from workshops.reports import votes as reports

pytestmark = pytest.mark.slow

VOTERS, TABS, EACH = 50, 4, 3
TOKEN = "a" * 32  # of the form; the cookie has the same


def test_nobody_has_more_votes_than_they_may_give_whatever_comes_at_once(product: Product) -> None:
    session = hall()
    themes = [theme(session, f"Tema {number}") for number in range(4)]
    one = vote_on(session, *themes, votes_each=EACH)
    ballots = []
    for _number in range(VOTERS):
        person, client = factories.create_member(), Client()
        attendance.check_in(session, user=person, how="list", mode="face_to_face", by=person, now=NOW)
        client.force_login(person)
        name = settings.SESSION_COOKIE_NAME
        cookie = f"{name}={client.cookies[name].value}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        # Each tab gives all votes to another theme.
        ballots += [(cookie, {f"theme-{themes[tab].pk}": EACH}) for tab in range(TABS)]

    def send(ballot: tuple[str, dict[str, int]]) -> int:
        cookie, given = ballot
        line = http.client.HTTPConnection(urlsplit(product.url).netloc, timeout=60)
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "Origin": product.url}
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **given})
        line.request("POST", one.get_absolute_url(), body=body, headers=headers)
        status = line.getresponse().status
        line.close()
        return status

    with ThreadPoolExecutor(len(ballots)) as crowd:
        answers = list(crowd.map(send, ballots))

    assert answers == [302] * VOTERS * TABS
    given = Vote.objects.filter(round=one).values_list("participation", "theme")
    assert (given.count(), reports.turnout_of(one)) == (VOTERS * EACH, VOTERS)
    assert len(set(given)) == VOTERS  # the three of one person are of one tab: replaced whole
    actions.close(one, now=NOW)
    assert send(ballots[0]) == 200  # the page that says that it is closed
    assert Vote.objects.filter(round=one).count() == VOTERS * EACH
