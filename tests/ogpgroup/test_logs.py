"""Logs hold no link with which a reader could act as somebody: neither our own nor the web server's."""

import logging
import os
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.test import Client

from ogpgroup.masks import Masked, mask_links

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "Zm9v:1sK2-x_y.z"


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        (f"GET /unsubscribe/{SECRET}/ HTTP/1.1", "GET /unsubscribe/…/ HTTP/1.1"),
        (f"GET /accounts/invitation/{SECRET}/ HTTP/1.1", "GET /accounts/invitation/…/ HTTP/1.1"),
        (f"POST /accounts/invitation/{SECRET}/accept/ HTTP/1.1", "POST /accounts/invitation/…/accept/ HTTP/1.1"),
        ("GET /accounts/password/reset/key/1-d6e5x-0123abcd/ HTTP/1.1", "GET /accounts/password/reset/key/…/ HTTP/1.1"),
        ("GET /accounts/confirm-email/MTo1:2:abc/ HTTP/1.1", "GET /accounts/confirm-email/…/ HTTP/1.1"),
        (f"GET /calendar/{SECRET}.ics HTTP/1.1", "GET /calendar/… HTTP/1.1"),
        (f"GET /answer/{SECRET}?answer=yes HTTP/1.1", "GET /answer/…?answer=yes HTTP/1.1"),
        (f"GET /check-in/{SECRET} HTTP/1.1", "GET /check-in/… HTTP/1.1"),
        (f"POST /join/{SECRET}/ HTTP/1.1", "POST /join/…/ HTTP/1.1"),
        ("POST /sessions/taller/join/ HTTP/1.1", "POST /sessions/taller/join/ HTTP/1.1"),
        ("GET /wall/12-1-public:aBc_-1/en/ HTTP/1.1", "GET /wall/…/en/ HTTP/1.1"),
        ("POST /sessions/x/wall/control/ HTTP/1.1", "POST /sessions/x/wall/control/ HTTP/1.1"),
        (
            f"GET /accounts/login/?next=/accounts/invitation/{SECRET}/accept/ HTTP/1.1",
            "GET /accounts/login/?next=/accounts/invitation/…/accept/ HTTP/1.1",
        ),
        (
            "GET /accounts/login/?next=%2Faccounts%2Finvitation%2FZm9v%3A1sK2%2Faccept%2F HTTP/1.1",
            "GET /accounts/login/?next=%2Faccounts%2Finvitation%2F…%2Faccept%2F HTTP/1.1",
        ),
        ("GET /sessions/taller/ HTTP/1.1", "GET /sessions/taller/ HTTP/1.1"),
        ("GET /accounts/login/code/confirm/ HTTP/1.1", "GET /accounts/login/code/confirm/ HTTP/1.1"),
    ],
)
def test_mask_leaves_the_way_and_takes_the_secret(line, masked):
    assert mask_links(line) == masked


def test_our_own_lines_are_masked_with_their_tracebacks():
    try:
        raise LookupError(f"nothing at /unsubscribe/{SECRET}/")
    except LookupError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "", 1, "Error: %s", (f"/answer/{SECRET}/",), sys.exc_info()
        )

    line = Masked("%(name)s: %(message)s").format(record)

    assert line.startswith("django.request: Error: /answer/…/\nTraceback")
    assert line.endswith("LookupError: nothing at /unsubscribe/…/")


def test_every_handler_of_ours_masks():
    ours = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]

    assert [type(handler.formatter) for handler in ours] == [Masked]


@pytest.mark.django_db
def test_pages_tell_their_address_to_no_other_site(client: Client):
    assert client.get(f"/unsubscribe/{SECRET}/").headers["Referrer-Policy"] == "same-origin"


@pytest.mark.slow
def test_access_log_of_the_web_server_is_masked(tmp_path):
    """The product's own command and configuration."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "access.log"
    options = [f"--bind=127.0.0.1:{port}", f"--access-logfile={log}", "--log-level=error", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", "--config=deploy/gunicorn.conf.py", "ogpgroup.wsgi", *options]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ) as server:
        try:
            ask_until_it_answers(port)
            connection = HTTPConnection("127.0.0.1", port, timeout=30)
            headers = {
                "Host": "localhost",
                "Referer": f"http://localhost/accounts/invitation/{SECRET}/",
                "User-Agent": "probe",
            }
            connection.request("GET", f"/language/?next=/unsubscribe/{SECRET}/", headers=headers)
            connection.getresponse().read()
            connection.close()
        finally:
            server.terminate()
            server.wait(30)

    line = log.read_text().splitlines()[-1]
    assert line.startswith("127.0.0.1 - - [")
    assert line.partition("] ")[2].split() == [
        '"GET',
        "/language/?next=/unsubscribe/…/",
        'HTTP/1.1"',
        "405",
        line.split()[-3],
        '"http://localhost/accounts/invitation/…/"',
        '"probe"',
    ]
    assert SECRET not in log.read_text()


def ask_until_it_answers(port):
    until = time.monotonic() + 60
    while True:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            connection.getresponse().read()
            connection.close()
            return
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)
