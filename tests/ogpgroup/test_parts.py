"""Parts of pages are drawn once for each key, see nothing but what it names, and fall out when they are too many."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone
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
