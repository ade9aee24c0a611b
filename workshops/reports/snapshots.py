"""What a published diagnosis holds: whole in itself, without anybody's name."""

from collections import defaultdict
from typing import Any

from workshops.models import Diagnosis, TableNote, Theme
from workshops.reports import votes
from workshops.reports.votes import FEWEST_TOLD, ThemeVotes


def content_of(diagnosis: Diagnosis) -> dict[str, Any]:
    """The diagnosis as it stands, as `DiagnosisVersion.content` keeps it; as many queries for one theme as for all."""
    session = diagnosis.session
    themes = list(session.themes.standing().select_related("continues__session__current_version").order_by("pk"))
    notes: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    rows = TableNote.objects.standing().filter(table__session=session).select_related("table", "city").order_by("pk")
    for note in rows:
        notes[note.theme_id].append(note_as_told(note))
    counted = votes.last_revealed(session.pk)
    turnout = votes.turnout_of(counted) if counted else 0
    totals = {one.theme.pk: one for one in votes.totals_of(counted)} if counted else {}
    ranked = in_order(themes, totals)
    return {
        "introduction": diagnosis.introduction,
        "is_voted": counted is not None,
        # Few voters are not told: those beside them would know who voted what.
        "turnout": turnout if turnout >= FEWEST_TOLD else None,
        "votes_each": counted.votes_each if counted else None,
        "statements": [
            _statement(theme, rank, totals.get(theme.pk), notes[theme.pk], tells_hands=turnout >= FEWEST_TOLD)
            for rank, theme in enumerate(ranked, start=1)
        ],
        "ungrouped": notes[None],
    }


def in_order(themes: list[Theme], totals: dict[int, ThemeVotes]) -> list[Theme]:
    """By votes, most first; those set apart stand at the place that was given to them."""
    by_votes = [theme for theme in themes if theme.rank is None]
    by_votes.sort(key=lambda theme: (-(totals[theme.pk].total if theme.pk in totals else 0), theme.pk))
    for theme in sorted((theme for theme in themes if theme.rank is not None), key=lambda one: (one.rank, one.pk)):
        assert theme.rank is not None
        by_votes.insert(theme.rank - 1, theme)
    return by_votes


def _statement(
    theme: Theme, rank: int, counted: ThemeVotes | None, notes: list[dict[str, Any]], *, tells_hands: bool
) -> dict[str, Any]:
    return {
        "theme": theme.pk,
        "rank": rank,
        "reason": theme.rank_reason,
        "title": theme.title,
        "voted_as": counted.title if counted and counted.title != theme.title else "",
        "statement": theme.statement,
        "votes": counted.total if counted else None,
        "hands": counted.hands if counted and tells_hands else None,
        "continues": theme.continues_id,
        "notes": notes,
    }


def note_as_told(note: TableNote) -> dict[str, Any]:
    """A note as everybody may read it: what was said, at which table, of which city. Not by whom."""
    return {
        "id": note.pk,
        "text": note.text,
        "kind": note.kind,
        "table": note.table.number,
        "city": note.city.name if note.city else "",
    }
