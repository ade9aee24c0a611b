"""Notes on pages of plans and sessions."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import template
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan
from cities.access import eyes_of
from cities.models import group_day
from feedback import targets
from feedback.models import Note
from feedback.reports import direct, ledger
from feedback.reports import notes as reports
from feedback.reports.ledger import Facts
from feedback.reports.notes import Row
from feedback.targets import Target
from ogpgroup.models import User
from ogpgroup.parts import edition_of, part
from workshops.models import Session

register = template.Library()

SHOWN: Final = 5
DIRECT_SHOWN: Final = 12


@dataclass(frozen=True)
class NotesPanel:
    """The latest notes on a thing and its parts that the reader may see, and where to write one."""

    thing: Model
    user: User | AnonymousUser
    today: date

    @property
    def key(self) -> Hashable:
        return (type(self.thing).__name__, self.thing.pk, eyes_of(self.user))

    def context(self) -> dict[str, Any]:
        plan = _plan_of(self.thing)
        seen = ledger.seen_in(plan, self.user) if plan else reports.seen_by(self.user)
        notes = seen.filter(reports.on_thing(self.thing))
        picked = reports.picked(notes)
        counts, strengths = reports.tallies(picked, self.today)
        numbers = {count.state: count.number for count in counts}
        total = numbers["asked"] + strengths
        first: list[Note] = []
        if isinstance(self.thing, Session) and total:
            answers = direct.is_direct(self.thing)
            first = list(reports.with_parts(notes.filter(answers))[:DIRECT_SHOWN])
            notes = notes.exclude(answers)
        kept: list[Facts] = []
        rows: list[Row] = []
        if plan and total:
            kept = ledger.latest_in(plan, picked, self.user, self.today, most=SHOWN)
        elif total:
            rows = reports.rows_of(reports.with_parts(notes)[:SHOWN], self.user, self.today)
        return {
            "direct": reports.rows_of(first, self.user, self.today),
            "ask": reverse("feedback:ask", args=[self.thing.slug]) if isinstance(self.thing, Session) else "",
            "rows": kept or rows,
            "is_kept": bool(kept),
            "counts": counts if numbers["asked"] else [],
            "strengths": strengths,
            "total": total,
            "more": total - len(kept or rows) - len(first),
            "ledger": _ledger_of(self.thing),
            "places": [
                {"label": targets.label_of(place), "href": address_to_write(place)}
                for place in reports.places_to_write(self.thing, self.user)
            ],
        }


@register.simple_tag(takes_context=True)
def notes_panel(context: template.Context, thing: Model, user: User | AnonymousUser) -> SafeString:
    """The latest notes on a thing and its parts that the reader may see, and where to write one.

    `thing` is a plan, a commitment (with its milestones and progress), a milestone, a progress entry, a deliverable, an
    agenda item or a session (all points of its agenda): there the direct feedback of whoever was asked for it stands
    before what the assembly says. One query where there are no notes, three at most, and for a session seven; none
    where the view has begun an edition and the panel is kept. Those of sessions never are: who may see a session is
    not counted.
    """
    edition = edition_of(context.get("request")) if _plan_of(thing) else None
    today = edition.day if edition else group_day(timezone.now())
    return part("feedback/_notes_panel.html", NotesPanel(thing, user, today), edition)


@register.simple_tag
def may_note(plan: ActionPlan, user: User | AnonymousUser) -> bool:
    """Whether the reader may write notes on the plan and its parts; asks nothing but their roles."""
    return not targets.why_not(plan, user)


@register.simple_tag
def note_link(thing: Target) -> SafeString:
    """A link to write a note on one thing; for rows of lists, where the page has asked `may_note` once."""
    words = format_html('{}<span class="visually-hidden"> ({})</span>', _("Write a note"), thing)
    return format_html('<p class="note"><a href="{}">{}</a></p>', address_to_write(thing), words)


def address_to_write(thing: Target) -> str:
    return reverse("feedback:note_create", args=[targets.kind_of(thing), thing.pk])


def _ledger_of(thing: Model) -> str:
    """The ledger, narrowed to the thing where it can be; none for sessions."""
    plan = _plan_of(thing)
    if plan is None:
        return ""
    address = reverse("feedback:ledger", args=[plan.slug])
    return f"{address}?on={thing.pk}" if type(thing).__name__ == "Commitment" else address


def _plan_of(thing: Any) -> ActionPlan | None:
    return None if type(thing).__name__ in {"Session", "AgendaItem"} else targets.plan_of(thing)
