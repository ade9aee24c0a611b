"""Headers, cookies, forged requests, hostile text, and a Redis that is gone."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cities.forms import OrganizationForm
from tests import factories
from tests.access.roles import Role
from tests.access.table import TABLE
from tests.access.world import World
from workshops.forms import SessionForm

POLICY: Final = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'none'",
}
# Files have a stricter policy of their own: see tests/actionplans/test_evidence_files.py.
OPEN_PAGES: Final = [row for row in TABLE if row.GET and row.GET[Role.ANONYMOUS] in {200, 404} and row.url != "file"]
# Forms without a token, and why: see `ogpgroup.views.reader`, `ogpgroup.views.public.unsubscribe` and
# `workshops.views.answering` and `check_in.join_link`: the links of mails are tokens themselves. What a wall asks for
# is answered before any form is looked at, and it takes none.
WITHOUT_TOKEN: Final = {
    *("unsubscribe", "set_language", "set_zone"),
    *("workshops:answer_link", "workshops:join_link", "workshops:wall_now"),
}


# --- Headers and cookies ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_headers_on_every_page_for_strangers(world: World) -> None:
    client = Client()
    for row in OPEN_PAGES:
        world.forget()
        headers = client.get(row.address(world)).headers

        parts = (part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert dict(parts) == POLICY, row
        assert headers["X-Content-Type-Options"] == "nosniff", row
        assert headers["Referrer-Policy"] == "same-origin", row
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", row
        assert headers["X-Frame-Options"] == "DENY", row


def test_cookies_cannot_be_read_by_scripts(client: Client, db: None) -> None:
    member = factories.create_member()

    page = client.get(reverse("account_login"))
    signed_in = client.post(reverse("account_login"), {"login": member.email, "password": factories.PASSWORD})

    session, token = signed_in.cookies[settings.SESSION_COOKIE_NAME], page.cookies[settings.CSRF_COOKIE_NAME]
    assert (session["httponly"], session["samesite"], session["path"], session["domain"]) == (True, "Lax", "/", "")
    assert (token["httponly"], token["samesite"], token["path"], token["domain"]) == (True, "Lax", "/", "")


def test_settings_under_https_are_strict() -> None:
    names = [
        "SESSION_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "SESSION_COOKIE_HTTPONLY",
        "SESSION_COOKIE_SAMESITE",
        "SESSION_COOKIE_PATH",
        "SESSION_COOKIE_DOMAIN",
        "CSRF_COOKIE_NAME",
        "CSRF_COOKIE_SECURE",
        "LANGUAGE_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
        "SECURE_SSL_REDIRECT",
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL",
        "ALLOWED_HOSTS",
        "CSRF_TRUSTED_ORIGINS",
        "DEBUG",
    ]
    program = (
        "import json; from django.conf import settings; "
        f"print(json.dumps({{name: getattr(settings, name) for name in {names}}}))"
    )
    environment = os.environ | {"PUBLIC_URL": "https://grupo.example.org"}

    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout) == {
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_DOMAIN": None,
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "CSRF_COOKIE_SECURE": True,
        "LANGUAGE_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_SSL_REDIRECT": True,
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https",
        "ALLOWED_HOSTS": ["grupo.example.org"],
        "CSRF_TRUSTED_ORIGINS": ["https://grupo.example.org"],
        "DEBUG": False,
    }


# --- Templates --------------------------------------------------------------------------------------------------------

IS_MAIL: Final = re.compile(r"/emails?/|components/email_")
TAG: Final = re.compile(r"<[a-z][^<>]*>", re.I)
INLINE: Final = re.compile(r"\s(style|on[a-z]+)\s*=", re.I)
SCRIPT: Final = re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*application/ld\+json)", re.I)


def test_templates_hold_no_inline_style_nor_script() -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    found = []
    for path in sorted(folder.rglob("*.html")):
        name = str(path.relative_to(folder))
        if IS_MAIL.search(name):
            continue
        source = path.read_text(encoding="utf-8")
        bare = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", source, flags=re.S)
        found += [f"{name}: {tag}" for tag in TAG.findall(bare) if INLINE.search(tag)]
        found += [f"{name}: script without src" for _ in SCRIPT.findall(source)]

    assert found == []


# --- Without Redis ----------------------------------------------------------------------------------------------------


@pytest.fixture
def no_redis(settings: Settings) -> None:
    """Nothing listens on port 1."""
    dead = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {"BACKEND": "ogpgroup.cache.TolerantRedisCache", "LOCATION": dead}}


@pytest.mark.slow
def test_pages_stand_without_redis(world: World, no_redis: None) -> None:
    pages = [row for row in OPEN_PAGES if row.url != "readyz" and row.GET and row.GET[Role.ANONYMOUS] == 200]
    stranger, member, coordinator = Client(), world.client(Role.MEMBER), world.client(Role.COORDINATOR)

    answers = {str(row): stranger.get(row.address(world)).status_code for row in pages}
    answers["desk"] = member.get(reverse("desk")).status_code
    answers["coordination"] = coordinator.get(reverse("coordination")).status_code

    assert set(answers.values()) == {200}, answers


# --- Open redirects ---------------------------------------------------------------------------------------------------

ELSEWHERE: Final = [
    "https://evil.example/",
    "http://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "https:/evil.example",
    "/\t/evil.example",
    "//testserver@evil.example/",
    "http://testserver.evil.example/",
    " https://evil.example/",
    "javascript:alert(1)",
    "data:text/html,evil",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nobody_is_sent_to_another_site(address: str, client: Client, db: None) -> None:
    member = factories.create_member()

    language = client.post(reverse("set_language"), {"language": "en", "next": address})
    zone = client.post(reverse("set_zone"), {"zone": "America/Cancun", "next": address})
    signed_in = client.post(
        reverse("account_login"), {"login": member.email, "password": factories.PASSWORD, "next": address}
    )

    assert [answer.headers["Location"] for answer in (language, zone, signed_in)] == ["/", "/", reverse("desk")]


def test_way_on_within_the_site_is_kept(client: Client, db: None) -> None:
    member = factories.create_member()
    there = reverse("workshops:schedule")

    language = client.post(reverse("set_language"), {"language": "en", "next": there})
    zone = client.post(reverse("set_zone"), {"zone": "America/Cancun", "next": there})
    signed_in = client.post(
        reverse("account_login"), {"login": member.email, "password": factories.PASSWORD, "next": there}
    )

    assert [answer.headers["Location"] for answer in (language, zone, signed_in)] == [there, there, there]


# --- Forged requests --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_post_without_token_is_refused_everywhere(world: World) -> None:
    passed = set()
    for row in TABLE:
        for role in (Role.COORDINATOR, Role.ANONYMOUS):
            client = world.client(role, csrf=True)
            if client.post(row.address(world), row.data(world)).status_code != 403:
                passed.add(row.url)

    assert passed == WITHOUT_TOKEN


# --- Hostile text -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["javascript:xss()", "data:text/html,xss", "vbscript:xss"])
def test_addresses_that_run_are_not_taken(address: str) -> None:
    with pytest.raises(ValidationError):
        OrganizationForm().fields["website"].clean(address)
    with pytest.raises(ValidationError):
        SessionForm.base_fields["join_url"].clean(address)
