"""Notes, themes and votes of a session to take along. Nobody's name is in any of them."""

from collections.abc import Iterable
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from cities.access import roles_of
from ogpgroup import sheets
from ogpgroup.sheets import Column
from workshops.models import Diagnosis, Session, TableNote, VotingRound
from workshops.reports import votes
from workshops.views.answering import visible_version

NOTES: Final = [
    Column("note", _("Note number"), 12),
    Column("table", _("Table"), 8),
    Column("table_theme", _("Theme of the table"), 30),
    Column("kind", _("Kind"), 14),
    Column("text", _("Note"), 60),
    Column("city", _("City"), 20),
    Column("theme", _("Theme"), 30),
    Column("received_at", _("Arrived (UTC)"), 20),
]
THEMES: Final = [
    Column("theme", _("Theme number"), 12),
    Column("title", _("Theme"), 40),
    Column("statement", _("Statement"), 60),
    Column("place", pgettext_lazy("of a statement", "Place"), 8),
    Column("reason", _("Reason of the place"), 40),
    Column("votes", _("Votes"), 8),
    Column("notes", _("Notes"), 8),
    Column("tables", _("Tables"), 14),
]
VOTES: Final = [
    Column("vote", _("Vote"), 8),
    Column("revealed_at", _("Revealed (UTC)"), 20),
    Column("votes_each", _("Votes each person has"), 12),
    Column("theme", _("Theme"), 40),
    Column("votes", _("Votes"), 8),
]


def _session(request: HttpRequest, slug: str) -> Session:
    """The session, if anything of it is for this person: the group reads as it goes, the public what was published."""
    session = visible_version(request, slug).session
    is_published = Diagnosis.objects.filter(session=session, published__isnull=False).exists()
    if not (roles_of(request.user).in_group or is_published):
        raise Http404
    return session


@login_not_required
@require_safe
def notes_sheet(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """Every note that stands, as it was spoken."""
    session = _session(request, slug)
    visible = TableNote.objects.visible_to(request.user).standing().filter(table__session=session)
    rows = (
        [
            note.pk,
            note.table.number,
            note.table.theme,
            note.get_kind_display(),
            note.text,
            note.city.name if note.city else "",
            note.theme.title if note.theme else "",
            note.received_at,
        ]
        for note in visible.select_related("table", "city", "theme").order_by("table__number", "pk")
    )
    return sheets.write(kind, f"{slug}-notes", NOTES, list(rows))


@login_not_required
@require_safe
def themes_sheet(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """The statements of the diagnosis as it was published."""
    _session(request, slug)
    published = Diagnosis.objects.visible_to(request.user).filter(session__slug=slug, published__isnull=False)
    diagnosis = published.select_related("published").first()
    if diagnosis is None or diagnosis.published is None:
        raise Http404
    return sheets.write(kind, f"{slug}-themes", THEMES, _statements(diagnosis.published.content))


def _statements(content: dict[str, Any]) -> Iterable[list[Any]]:
    for one in content["statements"]:
        tables = sorted({note["table"] for note in one["notes"]})
        told = [one["theme"], one["title"], one["statement"], one["rank"], one["reason"], one["votes"]]
        yield [*told, len(one["notes"]), tables]


@login_not_required
@require_safe
def votes_sheet(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """The totals of every vote that was revealed."""
    session = _session(request, slug)
    rounds = list(session.voting_rounds.filter(status=VotingRound.Status.REVEALED))
    totals = votes.totals_of_rounds(rounds)
    rows = [
        [one.number, one.revealed_at, one.votes_each, row.title, row.total] for one in rounds for row in totals[one.pk]
    ]
    return sheets.write(kind, f"{slug}-votes", VOTES, rows)
