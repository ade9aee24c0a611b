"""What people said at a session reads in its own direction on the memoria, the minutes and the diagnosis."""

from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from cities.models import group_day
from ogpgroup.models import User
from tests import factories
from tests.factories_schedule import create_agreement, create_session, in_days, publish
from workshops.actions import diagnoses, themes
from workshops.models import (
    AgendaItem,
    Correction,
    Minutes,
    MinutesSection,
    Participation,
    Session,
    TableNote,
    WorkTable,
)

pytestmark = pytest.mark.django_db

VOID = {"meta", "link", "img", "input", "br", "hr", "rect", "source"}
SAID = "מה שנאמר"  # begins from the right


class Reader(HTMLParser):
    """The words in another direction that stand in an element which does not find out its own."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found, self.wrong = 0, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(
                (tag, tag == "bdi" or dict(attrs).get("dir") == "auto" or ("class", "visually-hidden") in attrs)
            )

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, words: str) -> None:
        tags = [tag for tag, _own in self.open]
        if not words.strip().startswith(SAID) or "main" not in tags or "nav" in tags or "option" in tags:
            return
        self.found += 1
        if not any(own for _tag, own in self.open):
            self.wrong.append(f"{' '.join(tags[-4:])}: {words.strip()}")


@pytest.fixture
def session(member: User, coordinator: User) -> Session:
    session = create_session(starts_at=in_days(-3), title=SAID, mode="hybrid", purpose=SAID)
    publish(session)
    came = {"attended": "present", "mode": "face_to_face", "may_be_named": True}
    Participation.objects.update_or_create(session=session, user=member, defaults=came)
    visitor = {"name": SAID, "organization_name": SAID, "expected": False, "expected_because": "own_wish"}
    Participation.objects.create(session=session, checked_in_by=coordinator, **came, **visitor)
    AgendaItem.objects.create(session=session, position=1, kind="presentation", title=SAID, presenter_name=SAID)
    table = WorkTable.objects.create(session=session, number=1, theme="Agua")
    TableNote.objects.create(table=table, kind="doubt", text=SAID)
    create_agreement(session=session, number=1, text=SAID)
    Session.objects.filter(pk=session.pk).update(agenda_published_at=timezone.now(), report=SAID)
    minutes = Minutes.objects.create(session=session, status="in_correction", correct_by=group_day(timezone.now()))
    section = MinutesSection.objects.create(minutes=minutes, position=1, kind="other", heading=SAID, text=SAID)
    Correction.objects.create(minutes=minutes, section=section, text=SAID, written_by=member)
    decided = {"decision": "taken", "reply": SAID, "decided_at": timezone.now()}
    Correction.objects.create(minutes=minutes, text=SAID, written_by=member, **decided)
    session.refresh_from_db()
    _diagnose(session, table, by=coordinator)
    return Session.objects.get(pk=session.pk)


def _diagnose(session: Session, table: WorkTable, *, by: User) -> None:
    """Two versions, with a theme that is set apart from the votes, and a note in none."""
    now = timezone.now()
    seen: dict[int, int | None] = {table.notes.get().pk: None}
    TableNote.objects.create(table=table, kind="doubt", text=SAID)
    theme = themes.group(session, seen=seen, title=SAID, form_id=uuid4(), by=by, now=now)
    for number in (1, 2):
        fields = {"statement": SAID * number, "rank": 1, "rank_reason": SAID, "continues": None}
        diagnoses.save_statement(theme, fields=fields, edition=theme.edition, by=by, now=now)
        diagnoses.publish(session, note=SAID if number > 1 else "", by=by, now=now)
        theme.refresh_from_db()


@pytest.mark.parametrize(("page", "least"), [("memoria", 12), ("minutes", 6), ("diagnosis", 5)])
def test_words_stand_in_their_own_direction(session: Session, page: str, least: int) -> None:
    desk = Client()
    desk.force_login(factories.create_coordinator())
    reader = Reader()

    reader.feed(desk.get(f"{session.get_absolute_url()}{page}/").text)

    assert reader.wrong == []
    assert reader.found >= least
