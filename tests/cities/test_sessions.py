"""How long a sign-in lasts."""

import time
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from ogpgroup.models import User
from tests import factories

HOUR = 3600


@pytest.fixture
def signed_in(client: Client, member: User) -> Client:
    client.post("/accounts/login/", {"login": member.email, "password": factories.PASSWORD})
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


def turn_back(client: Client, **hours: float) -> None:
    """Make the session as old as that many hours."""
    session = client.session
    for name, value in hours.items():
        session[name] = time.time() - value * HOUR
    session.save()


def test_seven_days_are_the_end_even_in_use(signed_in: Client) -> None:
    turn_back(signed_in, signed_in_at=7 * 24 - 1)
    assert is_signed_in(signed_in)

    turn_back(signed_in, signed_in_at=7 * 24 + 1)
    assert not is_signed_in(signed_in)


def test_session_without_a_sign_in_time_is_over(signed_in: Client) -> None:
    session = signed_in.session
    del session["signed_in_at"]
    session.save()

    assert not is_signed_in(signed_in)


def test_a_visit_prolongs_the_eight_hours(signed_in: Client, settings: Any) -> None:
    assert settings.SESSION_COOKIE_AGE == 8 * HOUR
    turn_back(signed_in, seen_at=1)
    UserSession.objects.update(last_seen_at="2020-01-01T00:00Z")

    response = signed_in.get("/accounts/profile/")

    assert response.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 8 * HOUR
    assert UserSession.objects.get().last_seen_at.year > 2020


def test_visits_in_between_write_nothing(signed_in: Client, settings: Any, django_assert_max_num_queries: Any) -> None:
    signed_in.get("/privacy/")

    with django_assert_max_num_queries(3) as captured:
        response = signed_in.get("/privacy/")

    assert settings.SESSION_COOKIE_NAME not in response.cookies
    assert not [query for query in captured.captured_queries if not query["sql"].startswith("SELECT")]


def test_closed_account_is_a_stranger_at_once(signed_in: Client, member: User) -> None:
    User.objects.filter(pk=member.pk).update(is_active=False)

    assert not is_signed_in(signed_in)


def test_cookie_of_a_session_signed_out_opens_nothing(signed_in: Client, settings: Any) -> None:
    key = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
    signed_in.post("/accounts/logout/")
    signed_in.cookies[settings.SESSION_COOKIE_NAME] = key

    assert not is_signed_in(signed_in)


def test_sign_out_only_by_post(signed_in: Client) -> None:
    signed_in.get("/accounts/logout/")

    assert is_signed_in(signed_in)


def test_other_devices_are_listed_and_ended(signed_in: Client, member: User) -> None:
    elsewhere = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    elsewhere.post("/accounts/login/", {"login": member.email, "password": factories.PASSWORD})

    assert len(signed_in.get("/accounts/sessions/").context["sessions"]) == 2
    signed_in.post("/accounts/sessions/")

    assert is_signed_in(signed_in)
    assert not is_signed_in(elsewhere)
