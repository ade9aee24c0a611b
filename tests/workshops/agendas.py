"""Agendas as coordinators write them, through the real actions."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ogpgroup.models import User
from tests.workshops.published import NOW
from workshops.actions import agenda as actions
from workshops.models import AgendaItem, Session


def put(
    session: Session,
    title: str,
    minutes: int | None = None,
    *,
    kind: str = AgendaItem.Kind.PRESENTATION,
    together: Iterable[User] = (),
    now: datetime = NOW,
    **fields: Any,
) -> AgendaItem:
    """A point at the end of the agenda."""
    content = {"title": title, "minutes": minutes, "kind": kind, **fields}
    return actions.add_item(session, fields=content, co_presenters=together, now=now)


def titles(session: Session) -> list[str]:
    """As people read them; parts are set in."""
    items = AgendaItem.objects.filter(session=session).order_by("position")
    return [("  " if item.parent_id else "") + item.title for item in items]
