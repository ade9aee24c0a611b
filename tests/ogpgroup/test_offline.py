"""The service worker, the page that stands in, and the proof of who sends what waited."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


def test_worker_names_files_that_exist(client: Client) -> None:
    answer = client.get("/sw.js")

    facts = json.loads(re.match(r"const RELEASE = (.*);\n", answer.content.decode())[1])  # type: ignore[index]
    assert answer["Content-Type"] == "text/javascript"
    assert answer["Cache-Control"] == "no-cache"
    assert all(finders.find(name.removeprefix("/static/")) for name in facts["files"])
    assert {"/static/js/queue.js", "/static/css/site.css"} < set(facts["files"])
    assert client.get(facts["offline"]).status_code == 200


def test_worker_is_nobodys(client: Client) -> None:
    before = client.get("/sw.js").content
    client.force_login(factories.create_coordinator())

    assert client.get("/sw.js").content == before


def test_policy_names_where_workers_come_from(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]

    assert "worker-src 'self'" in policy


def test_ticket_says_who_is_signed_in(client: Client) -> None:
    person = factories.create_user()
    assert client.get("/queue/").status_code == 302

    client.force_login(person)
    answer = client.get("/queue/")

    assert answer.json()["user"] == person.pk
    assert len(answer.json()["token"]) == 64
    assert "no-store" in answer["Cache-Control"]


def test_page_says_whose_it_is_to_the_worker(client: Client) -> None:
    person = factories.create_user()
    assert b"data-reader" not in client.get("/").content

    client.force_login(person)

    assert f'data-reader="{person.pk}"'.encode() in client.get("/desk/").content
