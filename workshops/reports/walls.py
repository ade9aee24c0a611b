"""What the wall of a session shows: the newest notes of each table, the timer, the vote. Nobody's name is on it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from django.conf import settings
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.safestring import SafeString

from workshops import qr
from workshops.models import Session, TableNote, VotingRound, Wall, WorkTable
from workshops.models.tables import TableNoteQuerySet
from workshops.reports import votes
from workshops.reports.votes import ThemeVotes

NEWEST: Final = 12  # notes of a table; no projector shows more
IN_A_ROW: Final = 5  # tables on a projector; more stand below
MOST_ROWS: Final = 3
REVEALED_FOR: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class TableOnWall:
    """One table with its newest notes, the newest first."""

    table: WorkTable
    notes: list[TableNote]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.notes)


@dataclass(frozen=True)
class Timer:
    """A time that runs to an end, or stands still with so many seconds."""

    label: str
    ends_at: datetime | None
    seconds: int  # left, when this was read

    @property
    def clock(self) -> str:
        return f"{self.seconds // 60}:{self.seconds % 60:02d}"

    @property
    def is_running(self) -> bool:
        return self.ends_at is not None


@dataclass(frozen=True)
class VoteOnWall:
    """The vote that goes on, or its totals once they are revealed."""

    round: VotingRound
    turnout: int
    address: str = ""
    drawing: SafeString | str = ""
    totals: list[ThemeVotes] | None = None


@dataclass(frozen=True)
class OnWall:
    """Everything that the wall shows at one moment."""

    session: Session
    title: str
    is_frozen: bool
    waiting: int  # notes that came after it was made to stand still
    count: int
    timer: Timer | None
    vote: VoteOnWall | None
    tables: list[TableOnWall]

    @property
    def all(self) -> int:
        """How many notes there are, also those that wait."""
        return self.count + self.waiting

    @property
    def rows(self) -> int:
        """In how many rows the tables stand on a projector, which shows all of them at once."""
        return min(ceil(len(self.tables) / IN_A_ROW), MOST_ROWS) or 1

    @property
    def columns(self) -> int:
        return ceil(len(self.tables) / self.rows)


def timer_of(wall: Wall | None, now: datetime) -> Timer | None:
    """The timer with what is left of it."""
    if wall is None:
        return None
    if wall.timer_ends_at is not None:
        left = round((wall.timer_ends_at - now).total_seconds())
        return Timer(wall.timer_label, wall.timer_ends_at, max(left, 0))
    if wall.timer_stopped_with is not None:
        return Timer(wall.timer_label, None, wall.timer_stopped_with)
    return None


def on_wall(session: Session, now: datetime, *, is_inside: bool = True) -> OnWall:
    """What the wall of this session shows now, to who `is_inside` (the group and those expected) or to everybody; seven
    queries at most, however many tables and notes.
    """
    assert session.current_version is not None  # a wall belongs to a published session
    wall = Wall.objects.filter(session=session).first()
    notes = TableNote.objects.standing().filter(table__session=session)
    shown, waiting = notes, 0
    if wall is not None and wall.frozen_at is not None:
        shown = notes.filter(received_at__lte=wall.frozen_at)
        waiting = notes.filter(received_at__gt=wall.frozen_at).count()
    tables = _tables(session, shown)
    return OnWall(
        session=session,
        title=session.current_version.title,
        is_frozen=bool(wall and wall.frozen_at),
        waiting=waiting,
        count=sum(one.count for one in tables),
        timer=timer_of(wall, now),
        vote=_vote(session, now, shows_code=is_inside),
        tables=tables,
    )


def _tables(session: Session, shown: TableNoteQuerySet) -> list[TableOnWall]:
    newest_first = Window(RowNumber(), partition_by="table_id", order_by=F("pk").desc())
    newest = shown.annotate(place=newest_first).filter(place__lte=NEWEST).select_related("city").order_by("-pk")
    notes: dict[int, list[TableNote]] = defaultdict(list)
    for note in newest:
        notes[note.table_id].append(note)
    counts = dict(shown.values_list("table_id").annotate(Count("pk")).order_by())
    return [TableOnWall(table, notes[table.pk], counts.get(table.pk, 0)) for table in session.tables.all()]


def _vote(session: Session, now: datetime, *, shows_code: bool) -> VoteOnWall | None:
    """The code to vote by leads to the door, where strangers write their names: it is for those in the hall, whose wall
    is opened by somebody inside, and not for everybody who watches from elsewhere.
    """
    going_on = ~Q(status=VotingRound.Status.REVEALED) | Q(revealed_at__gte=now - REVEALED_FOR)
    last = session.voting_rounds.filter(going_on).order_by("-number").first()
    if last is None:
        return None
    turnout = votes.turnout_of(last)
    if last.status == VotingRound.Status.REVEALED:
        return VoteOnWall(last, turnout, totals=votes.totals_of(last))
    address = settings.PUBLIC_URL + reverse("workshops:vote", args=[last.code])
    if last.status != VotingRound.Status.OPEN or not shows_code:
        return VoteOnWall(last, turnout)
    return VoteOnWall(last, turnout, address=address.partition("://")[2], drawing=qr.drawn(address))
