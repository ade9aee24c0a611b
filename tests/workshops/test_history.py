"""The news of the releases as a feed, and the schedule as a release left it."""

from datetime import timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from django.test import Client

from tests import factories
from tests.workshops.published import NOW, START, cancel, change, draft, forget_what_is_kept, publish, publish_session

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _fresh():
    forget_what_is_kept()


def entries(client: Client) -> list[tuple[str, list[str]]]:
    response = client.get("/schedule/releases.atom")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    feed = ElementTree.fromstring(response.content)  # noqa: S314  our own
    return [(str(one.findtext(f"{ATOM}title")), summary_lines(one)) for one in feed.findall(f"{ATOM}entry")]


def summary_lines(entry: Element) -> list[str]:
    """What a feed reader shows: where the summary is HTML it reads markup, and a line break is a space."""
    (summary,) = entry.findall(f"{ATOM}summary")
    if summary.get("type", "text") == "text":
        return [" ".join(str(summary.text).split())]
    shown = Shown()
    shown.feed(str(summary.text))
    shown.close()
    return [" ".join(line.split()) for line in shown.lines]


class Shown(HTMLParser):
    """The lines of a piece of HTML, and the tags in it that break none."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = [""]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "br":
            self.lines.append("")
        else:
            self.lines[-1] += f"[{tag}]"

    def handle_data(self, data: str) -> None:
        self.lines[-1] += data


def test_feed_tells_each_release_in_plain_sentences(client):
    first = publish_session(title="Taller", venue="Sala 1")
    change(first.session, at=NOW + timedelta(hours=1), venue="Sala 2")
    cancel(first.session, at=NOW + timedelta(hours=2), reason="Paro")

    when = "jueves 3 de diciembre de 2026, 10:00–12:00 h (hora del centro de México)"
    assert entries(client) == [
        ("Versión 3 del calendario", [f"Taller: Se cancela; estaba prevista para el {when}. Motivo: Paro"]),
        ("Versión 2 del calendario", ["Taller: Cambia: sede.", "Sede: Sala 1 → Sala 2"]),
        ("Versión 1 del calendario", [f"Taller: Se lleva a cabo el {when}. Sala 1."]),
    ]


def test_feed_shows_titles_and_notes_as_they_were_typed(client):
    session = draft(cycle=factories.create_cycle(), title="Datos <abiertos> & <b>más</b>", venue="Sala 1")
    publish(session.cycle, note="Una nota\ncon dos líneas & <i>signos</i>")

    ((_title, lines),) = entries(client)

    assert lines[:2] == ["Una nota", "con dos líneas & <i>signos</i>"]
    assert lines[2].startswith("Datos <abiertos> & <b>más</b>: Se lleva a cabo el ")
    assert len(lines) == 3


def test_feed_holds_nothing_that_is_not_public(client):
    publish_session(title="Reservada", visibility="group")
    publish_session(title="Abierta")

    text = client.get("/schedule/releases.atom").content.decode()

    assert "Reservada" not in text
    assert "Abierta" in text


def test_feed_that_is_still_right_is_not_sent_again(client):
    publish_session()
    first = client.get("/schedule/releases.atom")

    again = client.get("/schedule/releases.atom", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def shown(client: Client, number: int) -> list[str]:
    text = client.get(f"/schedule/releases/{number}/schedule/").content.decode()
    return [part.partition("</a>")[0].rpartition(">")[2] for part in text.split("<h3><a ")[1:]]


def test_schedule_is_shown_as_each_release_left_it(client):
    cycle = factories.create_cycle()
    one = publish_session(cycle=cycle, title="Uno")
    publish_session(cycle=cycle, title="Dos", starts_at=START + timedelta(days=1))
    change(one.session, at=NOW + timedelta(hours=1), title="Uno, con otro nombre")

    assert [shown(client, number) for number in (1, 2, 3)] == [
        ["Uno"],
        ["Uno", "Dos"],
        ["Uno, con otro nombre", "Dos"],
    ]


def test_what_was_hidden_by_then_is_not_shown_by_an_older_version(client):
    one = publish_session(title="Uno")
    publish_session(cycle=one.session.cycle, title="Dos")
    change(one.session, at=NOW + timedelta(hours=1), visibility="group")
    draft(cycle=one.session.cycle, title="Tres", starts_at=START + timedelta(days=2))
    publish(one.session.cycle, at=NOW + timedelta(hours=2))

    assert shown(client, 4) == ["Dos", "Tres"]
    assert client.get("/schedule/releases/9/schedule/").status_code == 404


def test_both_ask_the_same_for_any_number_of_sessions(client, django_assert_max_num_queries):
    cycle = factories.create_cycle()
    counts = set()
    for number in range(1, 4):
        publish_session(cycle=cycle, title=f"Sesión {number}")
        forget_what_is_kept()
        with django_assert_max_num_queries(20) as captured:
            client.get("/schedule/releases.atom")
            client.get(f"/schedule/releases/{number}/schedule/")
        counts.add(len(captured))
    assert len(counts) == 1
