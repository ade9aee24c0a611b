"""Notes in their themes, as facilitators see them; likely duplicates; what a session has on record of all that."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from workshops.actions.themes import name_mark, whole_mark
from workshops.models import Session, TableNote, Theme
from workshops.models.themes import ThemeQuerySet

SIMILAR: Final = 0.45  # of 1: how much of their letters two notes have in common before anybody is asked about them
MOST_PAIRS: Final = 40


@dataclass(frozen=True)
class Group:
    """A theme with its notes; `mark` tells what was seen of its name, `whole` of the notes, too."""

    theme: Theme
    notes: list[TableNote]
    mark: str
    whole: str

    @property
    def value(self) -> str:
        """What a form sends for it."""
        return f"{self.theme.pk}-{self.mark}"


@dataclass(frozen=True)
class Board:
    """All notes of a session that stand, in their themes and outside."""

    groups: list[Group]
    loose: list[TableNote]

    @property
    def count(self) -> int:
        return len(self.loose) + sum(len(one.notes) for one in self.groups)

    @property
    def newest(self) -> int:
        """The id of the last note that arrived; 0 where there is none."""
        notes = [*self.loose, *(note for one in self.groups for note in one.notes)]
        return max((note.pk for note in notes), default=0)

    @property
    def grouped(self) -> int:
        return self.count - len(self.loose)


def board_of(session: Session) -> Board:
    """Every note with its theme; two queries however many there are."""
    notes: dict[int | None, list[TableNote]] = defaultdict(list)
    standing = TableNote.objects.standing().filter(table__session=session).select_related("table", "city")
    for note in standing.order_by("table__number", "pk"):
        notes[note.theme_id].append(note)
    groups = [group_of(theme, notes[theme.pk]) for theme in session.themes.standing().order_by("pk")]
    return Board(groups, notes[None])


def group_of(theme: Theme, notes: Iterable[TableNote]) -> Group:
    """The theme with its notes and the marks of what is seen."""
    found = list(notes)
    return Group(theme, found, name_mark(theme), whole_mark(theme, (note.pk for note in found)))


def notes_of(theme: Theme) -> list[TableNote]:
    """The notes of one theme that stand."""
    return list(TableNote.objects.standing().filter(theme=theme).select_related("table", "city").order_by("pk"))


# --- Likely duplicates ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """Two notes that say nearly the same; a person decides whether they do."""

    one: TableNote
    other: TableNote
    alike: int  # percent of their letters

    @property
    def theme(self) -> Theme | None:
        """Where one of them is already."""
        return self.one.theme or self.other.theme


# Three letters at a time, without accents and capitals; the index of the notes finds those that may be alike enough.
_PAIRS: Final = """
SELECT a.id, b.id, round(100 * similarity(sort_key(a.text), sort_key(b.text)))
FROM workshops_tablenote a
JOIN workshops_tablenote b ON sort_key(a.text) %% sort_key(b.text) AND a.id < b.id
WHERE a.id = ANY(%s) AND b.id = ANY(%s) AND (a.theme_id IS NULL OR a.theme_id IS DISTINCT FROM b.theme_id)
ORDER BY 3 DESC, 1, 2 LIMIT %s
"""


def likely_duplicates(session: Session) -> list[Pair]:
    """Pairs of notes in different themes, or in none, that are alike; the most alike first, four queries."""
    standing = TableNote.objects.standing().filter(table__session=session)
    ids = list(standing.values_list("pk", flat=True))
    with transaction.atomic(), connection.cursor() as cursor:  # the threshold counts in this transaction alone
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(SIMILAR)])
        cursor.execute(_PAIRS, [ids, ids, MOST_PAIRS])
        rows = cursor.fetchall()
    wanted = {pk for row in rows for pk in row[:2]}
    notes = standing.select_related("table", "city", "theme").in_bulk(wanted)
    return [Pair(notes[one], notes[other], int(alike)) for one, other, alike in rows]


def earlier_themes(session: Session) -> ThemeQuerySet:
    """Themes of the sessions of the same cycle that were held before, the latest first."""
    assert session.current_version is not None
    before = Q(session__current_version__begins_at__lt=session.current_version.begins_at)
    themes = Theme.objects.standing().filter(before, session__cycle=session.cycle_id)
    return themes.select_related("session__current_version").order_by("-session__current_version__begins_at", "pk")
