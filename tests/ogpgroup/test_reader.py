"""By which language and clock a page speaks, and how people change them."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.utils import translation

from ogpgroup.models import User
from tests import factories


def zone_of(response: Any) -> str | None:
    zone: str | None = response.wsgi_request.zone
    return zone


def language_of(response: Any) -> str:
    return str(response["Content-Language"])


@pytest.mark.parametrize(
    ("cookie", "header", "expected"),
    [
        ("", "", "es-mx"),
        ("", "fr,de;q=0.5", "es-mx"),
        ("", "en-GB,en;q=0.8", "en"),
        ("", "es-ES", "es-mx"),
        ("es-mx", "en", "es-mx"),
        ("en", "es", "en"),
        ("xx", "en", "en"),
    ],
)
def test_strangers_language_is_cookie_then_header_then_spanish(
    client: Client, db: None, cookie: str, header: str, expected: str
) -> None:
    if cookie:
        client.cookies["language"] = cookie

    assert language_of(client.get("/privacy/", headers={"accept-language": header})) == expected


def test_account_goes_before_cookie_and_header(client: Client, db: None) -> None:
    client.force_login(factories.create_user(language="en"))
    client.cookies["language"] = "es-mx"

    assert language_of(client.get("/privacy/", headers={"accept-language": "es"})) == "en"


def test_one_readers_language_does_not_reach_the_next(client: Client, db: None) -> None:
    client.force_login(factories.create_user(language="en", time_zone="Europe/Madrid"))
    client.get("/privacy/")

    response = Client().get("/privacy/")

    assert language_of(response) == "es-mx"
    assert zone_of(response) is None
    translation.deactivate()


def test_switching_language_is_kept_in_cookie_and_account(client: Client, member: User) -> None:
    stranger = Client()
    stranger.post("/language/", {"language": "en", "next": "/privacy/"})
    client.force_login(member)
    client.post("/language/", {"language": "en", "next": "/privacy/"})

    member.refresh_from_db()
    assert member.language == "en"
    assert stranger.cookies["language"].value == "en"
    assert language_of(stranger.get("/privacy/")) == "en"


def test_unknown_language_changes_nothing(client: Client, member: User) -> None:
    client.force_login(member)

    client.post("/language/", {"language": "xx"})

    member.refresh_from_db()
    assert member.language == "es-mx"


def test_strangers_zone_is_kept_and_given_back(client: Client, db: None) -> None:
    assert zone_of(client.get("/privacy/")) is None

    client.post("/zone/", {"zone": "America/Matamoros", "next": "/privacy/"})
    assert zone_of(client.get("/privacy/")) == "America/Matamoros"

    client.post("/zone/", {"zone": "", "next": "/privacy/"})
    assert zone_of(client.get("/privacy/")) is None


def test_account_zone_goes_before_the_cookie(client: Client, member: User) -> None:
    client.cookies["zone"] = "Europe/Madrid"
    client.force_login(member)

    assert zone_of(client.get("/privacy/")) == "America/Mexico_City"


@pytest.mark.parametrize(
    "zone", ["Mars/Base", "../../etc/passwd", "America/Mexico_City\r\nSet-Cookie: a=b", "x" * 5000]
)
def test_what_is_no_zone_is_refused_and_ignored(client: Client, db: None, zone: str) -> None:
    response = client.post("/zone/", {"zone": zone})
    client.cookies["zone"] = "Mars/Base"

    assert response.status_code == 400
    assert not response.cookies
    assert zone_of(client.get("/privacy/")) is None


@pytest.mark.parametrize("path", ["/zone/", "/language/"])
@pytest.mark.parametrize(
    "target",
    [
        "//malo.example",
        "https://malo.example/",
        "\\\\malo.example",
        "https:malo.example",
        "///malo.example",
        "/\\malo.example",
        "ｈttps://malo",
    ],
)
def test_preferences_lead_to_no_other_site(client: Client, db: None, path: str, target: str) -> None:
    response = client.post(path, {"zone": "UTC", "language": "en", "next": target})

    assert urlsplit(urljoin("http://testserver/", response["Location"])).netloc == "testserver"


@pytest.mark.parametrize("path", ["/zone/", "/language/"])
def test_preferences_change_only_by_post(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 405
