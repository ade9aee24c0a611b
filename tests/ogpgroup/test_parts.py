"""Parts of pages are drawn once for each key, see nothing but what it names, and fall out when they are too many."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from ogpgroup import parts
from tests import factories

TEMPLATE = "components/pill.html"  # shows `label`


@dataclass
class Pill:
    key: Hashable = 1
    label: str = "uno"
    asked: list[str] = field(default_factory=list)

    def context(self) -> dict[str, Any]:
        self.asked.append(self.label)
        return {"label": self.label}


@pytest.fixture
def request_now(db: None, rf: RequestFactory) -> Any:
    request = rf.get("/")
    request.user = AnonymousUser()
    return request


def test_part_is_drawn_once_for_each_key_and_set_of_facts(request_now: Any) -> None:
    edition, pill = parts.begin(request_now), Pill()

    first = parts.part(TEMPLATE, pill, edition, kind="")
    again = parts.part(TEMPLATE, Pill(label="otro"), edition, kind="")
    warm = parts.part(TEMPLATE, pill, edition, kind="warm")
    other = parts.part(TEMPLATE, Pill(key=2, label="dos"), edition, kind="")

    assert [str(html).strip() for html in (first, again, warm, other)] == [
        '<span class="pill">uno</span>',
        '<span class="pill">uno</span>',
        '<span class="pill pill-warm">uno</span>',
        '<span class="pill">dos</span>',
    ]
    assert pill.asked == ["uno", "uno"]


def test_another_language_zone_day_or_write_is_another_edition(request_now: Any, monkeypatch: Any) -> None:
    editions = [parts.begin(request_now)]
    with override("en"):
        editions.append(parts.begin(request_now))
    with timezone.override("America/Cancun"):
        editions.append(parts.begin(request_now))
    editions.append(editions[0]._replace(day=date(2030, 1, 1)))
    factories.create_city()
    editions.append(parts.begin(request_now))

    labels = [str(parts.part(TEMPLATE, Pill(label=str(n)), edition)) for n, edition in enumerate(editions)]

    assert len(set(editions)) == len(set(labels)) == 5


def test_nothing_is_kept_where_the_view_has_not_begun(request_now: Any) -> None:
    pill = Pill()
    for _ in range(2):
        parts.part(TEMPLATE, pill, parts.edition_of(request_now))

    assert pill.asked == ["uno", "uno"]


def test_part_sees_neither_the_person_nor_the_request(request_now: Any) -> None:
    request_now.user = factories.create_user(name="Alguien")
    parts.begin(request_now)
    context = Context({"request": request_now, "user": request_now.user, "label": "de la página", "pill": Pill(3, "")})

    html = Template('{% load parts %}{% part "components/pill.html" pill %}').render(context)

    assert html.strip() == '<span class="pill"></span>'


# --- Pieces -----------------------------------------------------------------------------------------------------------

DRAWN: list[object] = []


class Label(NamedTuple):
    """Facts of a pill; when it is drawn leaves a trace."""

    label: Any

    def context(self) -> dict[str, Any]:
        DRAWN.append(self.label)
        return {"label": self.label}


@pytest.fixture(autouse=True)
def nothing_drawn() -> None:
    parts.forget()
    DRAWN.clear()


def texts(pieces: list[SafeString]) -> list[str]:
    return [piece.strip() for piece in pieces]


def test_piece_is_drawn_once_for_its_facts_whatever_else_changes(request_now: Any) -> None:
    for _change in range(2):
        parts.begin(request_now)
        assert texts(parts.pieces(TEMPLATE, [Label("uno"), Label("dos")], kind="")) == [
            '<span class="pill">uno</span>',
            '<span class="pill">dos</span>',
        ]
        parts.forget_editions()
        factories.create_city()
    assert texts(parts.pieces(TEMPLATE, [Label("tres"), Label("dos")], kind="")) == [
        '<span class="pill">tres</span>',
        '<span class="pill">dos</span>',
    ]

    assert DRAWN == ["uno", "dos", "tres"]


def test_piece_of_another_template_fact_language_or_zone_is_another() -> None:
    for _twice in range(2):
        parts.pieces(TEMPLATE, [Label("uno")], kind="")
        parts.pieces(TEMPLATE, [Label("uno")], kind="warm")
        parts.pieces("components/empty.html", [Label("uno")], kind="")
        with override("en"):
            parts.pieces(TEMPLATE, [Label("uno")], kind="")
        with timezone.override("America/Cancun"):
            parts.pieces(TEMPLATE, [Label("uno")], kind="")

    assert DRAWN == ["uno"] * 5


def shout(label: Label) -> SafeString:
    DRAWN.append(label.label)
    return format_html("{}", label.label.upper())


def test_piece_written_by_a_function_is_kept_by_function_and_facts() -> None:
    for _twice in range(2):
        assert parts.written(shout, [Label("uno"), Label("dos")]) == ["UNO", "DOS"]
        parts.pieces(TEMPLATE, [Label("uno")])

    assert DRAWN == ["uno", "dos", "uno"]


def test_piece_is_kept_by_plain_values_alone(db: None) -> None:
    city = factories.create_city()
    for label in (city, mark_safe("<b>uno</b>"), (1, (city,)), object()):
        for _twice in range(2):  # nor was it kept before it was refused
            with pytest.raises(TypeError):
                parts.pieces(TEMPLATE, [Label(label)])
    with pytest.raises(TypeError):
        parts.pieces(TEMPLATE, [Label("uno")], kind=city)


def test_template_sees_the_facts_of_each_piece_alone(request_now: Any) -> None:
    parts.begin(request_now)
    page = {"request": request_now, "kind": "warm", "labels": [Label("uno"), Label("<dos>")]}

    html = Template('{% load parts %}{% pieces "components/pill.html" labels %}').render(Context(page))

    assert html.split() == ["<span", 'class="pill">uno</span>', "<span", 'class="pill">&lt;dos&gt;</span>']
