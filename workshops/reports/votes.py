"""Votes in figures: how many people voted, and once a vote is revealed, how many votes each theme has."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, Sum

from workshops.models import HandCount, Participation, Theme, Vote, VotingRound

# Where fewer people vote by phone, figures of theirs alone would tell who voted what to those who were beside them.
FEWEST_TOLD: Final = 3


@dataclass(frozen=True)
class ThemeVotes:
    """The votes of one theme: those of phones and the hands counted in the room."""

    theme: Theme
    title: str  # by which it was voted on
    votes: int
    hands: int
    most: int = 0  # of any theme of the round

    @property
    def total(self) -> int:
        return self.votes + self.hands

    @property
    def share(self) -> int:
        """How long its bar is, of a hundred."""
        return round(100 * self.total / self.most) if self.most else 0


def turnout_of(one: VotingRound) -> int:
    """How many people have voted by phone; what they voted is not asked."""
    return Vote.objects.filter(round=one).values("participation").distinct().count()


@dataclass(frozen=True)
class Turnout:
    """How many people have voted by phone, by how they came onto the list of who is here."""

    account: int
    written: int  # by coordinators
    themselves: int  # without an account, at the door

    @property
    def count(self) -> int:
        return self.account + self.written + self.themselves


def turnout_by_way(one: VotingRound) -> Turnout:
    """One query."""
    people = Participation.objects.filter(Exists(Vote.objects.filter(round=one, participation=OuterRef("pk"))))
    visitors = Q(user=None)
    return Turnout(
        **people.aggregate(
            account=Count("pk", filter=~visitors),
            written=Count("pk", filter=visitors & Q(checked_in_by__isnull=False)),
            themselves=Count("pk", filter=visitors & Q(checked_in_by=None)),
        )
    )


def tells_who(one: VotingRound) -> bool:
    """Whether the totals would tell who voted what: of one or two voters, and no hands among which theirs are lost."""
    people = turnout_of(one)
    if not people or people >= FEWEST_TOLD:
        return False
    hands = HandCount.objects.filter(round=one).aggregate(told=Sum("hands"))["told"] or 0
    return people + hands < FEWEST_TOLD


def totals_of(one: VotingRound) -> list[ThemeVotes]:
    """The themes of a revealed round, most votes first; three queries."""
    return totals_of_rounds([one])[one.pk]


def totals_of_rounds(rounds: Iterable[VotingRound]) -> dict[int, list[ThemeVotes]]:
    """The totals of each round by its number in the database; three queries however many. Raises ValueError for a
    round that is not revealed: nobody sees who leads before that.
    """
    found = list(rounds)
    if any(one.status != VotingRound.Status.REVEALED for one in found):
        raise ValueError("Totals are secret until they are revealed.")
    ids = [one.pk for one in found]
    votes: dict[tuple[int, int], int] = _counts(
        Vote.objects.filter(round__in=ids).values_list("round", "theme").annotate(Count("pk")).order_by()
    )
    hands: dict[tuple[int, int], int] = _counts(
        HandCount.objects.filter(round__in=ids).values_list("round", "theme").annotate(Sum("hands")).order_by()
    )
    themes: dict[int, list[Theme]] = defaultdict(list)
    for link in (
        VotingRound.themes.through.objects.filter(votinground__in=ids).select_related("theme").order_by("theme")
    ):
        themes[link.votinground_id].append(link.theme)
    return {one.pk: _ranked(one, themes[one.pk], votes, hands) for one in found}


def _counts(rows: Iterable[tuple[int, int, int]]) -> dict[tuple[int, int], int]:
    return {(one, theme): count for one, theme, count in rows}


def _ranked(
    one: VotingRound, themes: Iterable[Theme], votes: dict[tuple[int, int], int], hands: dict[tuple[int, int], int]
) -> list[ThemeVotes]:
    counted = [(theme, votes.get((one.pk, theme.pk), 0), hands.get((one.pk, theme.pk), 0)) for theme in themes]
    most = max((phones + raised for _theme, phones, raised in counted), default=0)
    rows = [
        ThemeVotes(theme, one.titles.get(str(theme.pk), theme.title), phones, raised, most)
        for theme, phones, raised in counted
    ]
    return sorted(rows, key=lambda row: (-row.total, row.theme.pk))


def last_revealed(session_id: int) -> VotingRound | None:
    """The round whose totals count: the last that was revealed."""
    revealed = VotingRound.objects.filter(session=session_id, status=VotingRound.Status.REVEALED)
    return revealed.order_by("-number").first()
