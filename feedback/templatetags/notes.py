"""Notes on pages of plans and sessions."""

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
from cities.models import group_day
from feedback import targets
from feedback.models import Note
from feedback.reports import direct
from feedback.reports import notes as reports
from feedback.targets import Target
from ogpgroup.models import User
from workshops.models import Session

register = template.Library()

SHOWN: Final = 5
DIRECT_SHOWN: Final = 12


@register.inclusion_tag("feedback/_notes_panel.html")
def notes_panel(thing: Model, user: User | AnonymousUser) -> dict[str, Any]:
    """The latest notes on a thing and its parts that the reader may see, and where to write one.

    `thing` is a plan, a commitment (with its milestones and progress), a milestone, a progress entry, a deliverable, an
    agenda item or a session (all points of its agenda): there the direct feedback of whoever was asked for it stands
    before what the assembly says. One query where there are no notes, four at most, and for a session seven.
    """
    today = group_day(timezone.now())
    notes = reports.seen_by(user).filter(reports.on_thing(thing))
    counts, strengths = reports.tallies(notes, today)
    numbers = {count.state: count.number for count in counts}
    total = numbers["asked"] + strengths
    plan = _plan_of(thing)
    first: list[Note] = []
    if isinstance(thing, Session) and total:
        answers = direct.is_direct(thing)
        first = list(reports.with_parts(notes.filter(answers))[:DIRECT_SHOWN])
        notes = notes.exclude(answers)
    shown = list(reports.with_parts(notes, of=plan)[:SHOWN]) if total else []
    return {
        "direct": reports.rows_of(first, user, today),
        "ask": reverse("feedback:ask", args=[thing.slug]) if isinstance(thing, Session) else "",
        "rows": reports.rows_of(shown, user, today, of=plan),
        "counts": counts if numbers["asked"] else [],
        "strengths": strengths,
        "total": total,
        "more": total - len(shown) - len(first),
        "ledger": _ledger_of(thing),
        "places": [
            {"label": targets.label_of(place), "href": address_to_write(place)}
            for place in reports.places_to_write(thing, user)
        ],
    }


@register.simple_tag
def note_link(thing: Target, user: User | AnonymousUser, plan: ActionPlan | None = None) -> SafeString | str:
    """A link to write a note on one thing, where the reader may. For rows of lists: with `plan` it asks nothing."""
    if targets.why_not(plan or thing, user):
        return ""
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
