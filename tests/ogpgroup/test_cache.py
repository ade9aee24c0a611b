"""The cache while Redis is away: pages miss it, the sign-in does not."""

import socket
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache, caches
from django.urls import reverse

from ogpgroup.cache import REST, TolerantRedisCache
from ogpgroup.models import User

pytestmark = pytest.mark.django_db

OPTIONS = {"OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.3}}


@pytest.fixture(params=["nobody listens", "nobody answers"])
def nowhere(request):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "nobody answers":
            listener.listen()
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


@pytest.fixture
def no_redis(nowhere, settings):
    settings.CACHES = {"default": {"BACKEND": "ogpgroup.cache.TolerantRedisCache", "LOCATION": nowhere, **OPTIONS}}


def test_pages_miss_what_was_kept(no_redis):
    cache.set("page", "text", 60)

    assert cache.get("page", "default") == "default"
    assert cache.add("page", "text")
    assert cache.get_many(["page"]) == {}


def test_server_that_is_away_is_asked_once_and_not_by_each_call(no_redis):
    started = time.monotonic()
    for number in range(50):
        cache.get(f"page {number}".replace(" ", "-"))

    assert time.monotonic() - started < 1


def test_server_is_asked_again_after_a_rest(settings, nowhere):
    backend = TolerantRedisCache(settings.REDIS_URL, {})
    backend._rest_until = time.monotonic() + REST
    backend.set("page", "text")
    while_resting = backend.get("page")
    backend._rest_until = time.monotonic()
    backend.set("page", "text")

    assert (while_resting, backend.get("page")) == (None, "text")


def test_used_code_is_refused_without_redis(no_redis, member: User):
    totp = TOTP.activate(member, "JBSWY3DPEHPK3PXP")
    assert Authenticator.objects.filter(user=member).exists()

    assert totp._mark_code_used("123456")
    assert not totp._mark_code_used("123456")
    assert totp._mark_code_used("654321")


def test_sixth_wrong_password_is_refused_without_redis(no_redis, client, member: User):
    texts = []
    for _attempt in range(6):
        answer = client.post(reverse("account_login"), {"login": member.email, "password": "not the right one"})
        texts.append(str(answer.context["form"].non_field_errors()) if answer.context else answer.status_code)

    assert len(set(texts[:5])) == 1
    assert texts[5] != texts[0]


def test_keys_of_pages_do_not_reach_the_database(no_redis, django_assert_num_queries):
    with django_assert_num_queries(0):
        caches["default"].set("page", "text")
        caches["default"].get("page")


def test_uploads_are_counted_without_redis(no_redis):
    cache.add("limits:upload:1", 0, 60)

    assert [cache.incr("limits:upload:1") for _ in range(3)] == [1, 2, 3]
