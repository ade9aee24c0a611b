"""Verbs on votes: opened, given, counted by hand, closed, revealed. Who voted what is told to nobody, ever."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops.actions.attendance import SIGNS
from workshops.models import HandCount, Participation, Session, Theme, Vote, VotingRound, WorkTable
from workshops.reports import votes as reports

Status = VotingRound.Status
CODE_LENGTH: Final = 8
MOST_HANDS: Final = 1000  # for one theme at one table, or in the room


@transaction.atomic
def open_round(
    session: Session, *, themes: Sequence[Theme], votes_each: int, form_id: UUID, by: User, now: datetime
) -> VotingRound:
    """Let those who are checked in vote on these themes, by a code of its own.

    Guarantees one round at a time for a session, and one for a form that is sent twice. Raises ActionNotPossible while
    another waits to be revealed, and for a theme that was dissolved meanwhile.
    """
    Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    if sent := session.voting_rounds.filter(form_id=form_id).first():
        return sent
    if session.voting_rounds.going_on().exists():
        raise ActionNotPossible(_("There is a vote already. Reveal it before you open another."))
    standing = list(session.themes.standing().filter(pk__in=[one.pk for one in themes]))
    if len(standing) != len(themes) or not themes:
        raise ActionNotPossible(_("One of the themes was dissolved meanwhile. Choose again."))
    number = (session.voting_rounds.aggregate(last=Max("number"))["last"] or 0) + 1
    one = VotingRound.objects.create(
        session=session,
        number=number,
        votes_each=votes_each,
        code="".join(secrets.choice(SIGNS) for _sign in range(CODE_LENGTH)),
        titles={str(theme.pk): theme.title for theme in standing},
        form_id=form_id,
        opened_at=now,
        opened_by=by,
    )
    one.themes.set(standing)
    return one


@transaction.atomic
def close(one: VotingRound, *, now: datetime) -> VotingRound:
    """Take no more votes. Hands are still counted, and nobody sees totals yet."""
    return _become(one, Status.CLOSED, closed_at=now)


@transaction.atomic
def reopen(one: VotingRound) -> VotingRound:
    """Take votes again, with those given before; not once the totals are revealed."""
    return _become(one, Status.OPEN, closed_at=None)


@transaction.atomic
def reveal(one: VotingRound, *, now: datetime) -> VotingRound:
    """Show the totals. Guarantees that nothing of this vote changes any more. Raises ActionNotPossible where so few
    voted that the totals would tell who voted what.
    """
    current = VotingRound.objects.select_for_update().get(pk=one.pk)
    if current.status == Status.CLOSED and reports.tells_who(current):
        raise ActionNotPossible(
            _(
                "So few people voted that the totals would tell who voted what. Open the vote again until three have "
                "voted, or count hands."
            )
        )
    return _become(one, Status.REVEALED, revealed_at=now)


def _become(one: VotingRound, status: str, **when: datetime | None) -> VotingRound:
    current = VotingRound.objects.select_for_update().get(pk=one.pk)
    if current.status == status:
        return current  # pressed twice
    if status not in VotingRound.TRANSITIONS[current.status]:
        raise ActionNotPossible(
            _("The vote is %(status)s, so this is not possible.") % {"status": current.get_status_display()}
        )
    current.status = status
    for name, value in when.items():
        setattr(current, name, value)
    current.save(update_fields=["status", *when])
    return current


@transaction.atomic
def cast(one: VotingRound, participation: Participation, *, given: Mapping[int, int], now: datetime) -> int:
    """Record the votes of one person, so many for each theme by its number in the database, and return how many.

    Guarantees that they replace all that the person gave before in this round, as a whole or not at all, and that
    nobody ever has more than each may give, whoever sends what at the same moment: the database refuses the rest.
    Raises ActionNotPossible for who is not checked in, for too many votes, and once the vote is closed.
    """
    # One after the other, and judged as it is by then: the entry may have been taken back while this waited.
    present = Participation.objects.filter(session=one.session_id, attended=Participation.Attended.PRESENT)
    if not present.select_for_update(no_key=True).filter(pk=participation.pk).exists():
        raise ActionNotPossible(_("Only who is checked in can vote."))
    chosen = [theme for theme, count in given.items() for _vote in range(count)]
    try:
        with transaction.atomic():
            Vote.objects.filter(round=one, participation=participation).delete()
            Vote.objects.bulk_create(
                Vote(round=one, participation=participation, slot=slot, theme_id=theme, cast_at=now)
                for slot, theme in enumerate(chosen, start=1)
            )
    except IntegrityError as refusal:
        raise ActionNotPossible(_refused(refusal)) from None
    if not chosen and not VotingRound.objects.filter(pk=one.pk, status=Status.OPEN).exists():
        raise ActionNotPossible(_refused(None))
    return len(chosen)


def _refused(refusal: IntegrityError | None) -> str:
    """What the database says, in words."""
    diagnostics = getattr(refusal.__cause__, "diag", None) if refusal is not None else None
    return {
        "vote_none_too_many": _("These are more votes than each may give."),
        "vote_on_its_themes": _("One of the themes is not in this vote."),
    }.get(getattr(diagnostics, "constraint_name", "") or "", _("This vote is closed: no more votes are taken."))


@transaction.atomic
def count_hands(
    one: VotingRound, *, hands: Mapping[int, int | None], table: WorkTable | None, by: User, now: datetime
) -> None:
    """Write down the hands counted for each theme, at one table or in the whole room; what was counted there before
    gives way. An empty count takes away what stood there.

    Raises ActionNotPossible once the totals are revealed, and for a theme that is not in the vote.
    """
    current = VotingRound.objects.select_for_update().get(pk=one.pk)
    if current.status == Status.REVEALED:
        raise ActionNotPossible(_("The totals are revealed: nothing of this vote changes any more."))
    if not set(hands) <= set(current.themes.values_list("pk", flat=True)):
        raise ActionNotPossible(_("One of the themes is not in this vote."))
    HandCount.objects.filter(round=current, table=table, theme__in=hands).delete()
    HandCount.objects.bulk_create(
        HandCount(round=current, theme_id=theme, table=table, hands=count, counted_at=now, counted_by=by)
        for theme, count in hands.items()
        if count is not None
    )
