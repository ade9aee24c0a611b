"""Verbs on themes: notes put together, taken apart and put back. The notes themselves stay as they were spoken.

One after the other: each verb holds the session's row. Whoever acts says what they saw: the theme of each note, and a
mark of each theme (`name_mark`, `whole_mark`). Where somebody else has changed one of these meanwhile, nothing is done
and the sentence tells what happened. Each verb leaves a `GroupingStep` behind, by which it is undone, last one first.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops.models import GroupingStep, Session, TableNote, Theme, VotingRound

Kind = GroupingStep.Kind
MOST_NOTES: Final = 200  # moved at once


def name_mark(theme: Theme) -> str:
    """The same for the same name: whoever puts notes into a theme means what it is called."""
    return hashlib.sha256(theme.title.encode()).hexdigest()[:12]


def whole_mark(theme: Theme, note_ids: Iterable[int]) -> str:
    """The same for the same name and the same notes: whoever dissolves a theme means all that is in it."""
    return hashlib.sha256(f"{sorted(note_ids)} {theme.title}".encode()).hexdigest()[:12]


class GroupedMeanwhile(ActionNotPossible):
    """Somebody else has grouped the same notes or themes; the sentence tells what they did."""


@dataclass
class _Step:
    """What is about to be done: how the things were, and how they become."""

    session: Session
    kind: str
    before: dict[str, dict[str, Any]] = field(default_factory=lambda: {"notes": {}, "themes": {}})
    after: dict[str, dict[str, Any]] = field(default_factory=lambda: {"notes": {}, "themes": {}})

    def move(self, notes: Iterable[TableNote], *, to: Theme | None) -> None:
        """Put the notes into the theme, or out of any."""
        for note in notes:
            self.before["notes"][str(note.pk)] = note.theme_id
            self.after["notes"][str(note.pk)] = to.pk if to else None
        TableNote.objects.filter(pk__in=list(self.after["notes"])).update(theme=to)

    def change(self, theme: Theme, *, title: str | None = None, dissolved_at: datetime | None = None) -> None:
        """Rename or dissolve a theme."""
        self.before["themes"][str(theme.pk)] = _facts(theme)
        theme.title, theme.dissolved_at = title if title is not None else theme.title, dissolved_at
        theme.edition += 1
        theme.save(update_fields=["title", "dissolved_at", "edition"])
        self.after["themes"][str(theme.pk)] = _facts(theme)

    def make(self, title: str, *, form_id: UUID | None, by: User | None, now: datetime) -> Theme:
        """A new theme, which is dissolved when the step is undone."""
        if self.session.themes.standing().count() >= Theme.MOST:
            raise ActionNotPossible(
                _("There are %(most)s themes already: merge some before you make another.") % {"most": Theme.MOST}
            )
        more = {"form_id": form_id} if form_id else {}
        theme = Theme.objects.create(session=self.session, title=title, made_by=by, made_at=now, **more)
        self.before["themes"][str(theme.pk)] = {"title": title, "dissolved": True}
        self.after["themes"][str(theme.pk)] = {"title": title, "dissolved": False}
        return theme

    def keep(self, *, by: User | None, now: datetime) -> GroupingStep:
        return GroupingStep.objects.create(
            session=self.session, kind=self.kind, before=self.before, after=self.after, made_by=by, made_at=now
        )


def _facts(theme: Theme) -> dict[str, Any]:
    return {"title": theme.title, "dissolved": theme.dissolved_at is not None}


# --- Notes into themes ------------------------------------------------------------------------------------------------


@transaction.atomic
def group(
    session: Session,
    *,
    seen: Mapping[int, int | None],
    title: str,
    form_id: UUID | None,
    by: User | None,
    now: datetime,
) -> Theme:
    """Make a theme of these notes, each of which was `seen` in a theme or in none; with no notes, an empty one.

    Guarantees one theme for a form that is sent twice.
    """
    _locked(session)
    if form_id and (sent := session.themes.filter(form_id=form_id).first()):
        return sent
    notes = _notes(session, seen)
    step = _Step(session, Kind.SPLIT if any(note.theme_id for note in notes) else Kind.GROUP)
    theme = step.make(title, form_id=form_id, by=by, now=now)
    step.move(notes, to=theme)
    step.keep(by=by, now=now)
    return theme


@transaction.atomic
def move(
    session: Session,
    *,
    seen: Mapping[int, int | None],
    to: Theme | None,
    mark: str = "",
    by: User | None,
    now: datetime,
) -> int:
    """Put the notes into a theme, or take them out of theirs, and return how many that changes."""
    _locked(session)
    notes = _notes(session, seen, going_to=to.pk if to else None)
    target = _named(session, to, mark) if to is not None else None
    moving = [note for note in notes if note.theme_id != (target.pk if target else None)]
    if moving:
        step = _Step(session, Kind.MOVE if target else Kind.TAKE_OUT)
        step.move(moving, to=target)
        step.keep(by=by, now=now)
    return len(moving)


def _notes(session: Session, seen: Mapping[int, int | None], *, going_to: int | None = 0) -> list[TableNote]:
    """The notes, each still where it was seen, or where it is to go anyway."""
    if len(seen) > MOST_NOTES:
        raise ActionNotPossible(_("At most %(most)s notes are moved at once.") % {"most": MOST_NOTES})
    notes = list(
        TableNote.objects.standing().select_for_update(of=("self",)).filter(table__session=session, pk__in=seen)
    )
    if len(notes) != len(seen):
        raise GroupedMeanwhile(_("One of the notes was withdrawn meanwhile. Nothing was moved; look again."))
    moved = [note for note in notes if note.theme_id not in {seen[note.pk], going_to}]
    if moved:
        raise GroupedMeanwhile(_told(session, moved))
    return notes


def _told(session: Session, moved: list[TableNote]) -> str:
    """Who moved the first of these notes where, and how many more are elsewhere."""
    first = moved[0]
    step = _steps(session).filter(after__notes__has_key=str(first.pk)).select_related("made_by").first()
    facts = {
        "who": (step.made_by.name if step and step.made_by else "") or _("somebody else"),
        "note": Truncator(first.text).chars(60),
        "theme": first.theme.title if first.theme else "",
        "count": len(moved),
    }
    if first.theme is None:
        sentence = _("Meanwhile %(who)s took “%(note)s” out of its theme.") % facts
    else:
        sentence = _("Meanwhile %(who)s put “%(note)s” into “%(theme)s”.") % facts
    return f"{sentence} {_('Nothing of yours was moved; look again.')}"


# --- Themes -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def rename(theme: Theme, *, title: str, mark: str, by: User | None, now: datetime) -> Theme:
    """Give the theme another name. Raises ActionNotPossible while a vote on it goes on: its votes would mean another
    thing. Afterwards the totals keep the name that was voted on.
    """
    session = _locked(theme.session)
    current = _standing(session, theme)
    if current.title == title:
        return current  # sent twice
    _refuse_while_voted_on([current])
    current = _named(session, theme, mark)
    step = _Step(session, Kind.RENAME)
    step.change(current, title=title)
    step.keep(by=by, now=now)
    return current


@transaction.atomic
def merge(theme: Theme, *, into: Theme, mark: str, into_mark: str, by: User | None, now: datetime) -> Theme:
    """Put all notes of one theme into another, and dissolve it."""
    session = _locked(theme.session)
    if theme.pk == into.pk:
        raise ActionNotPossible(_("A theme cannot be merged into itself."))
    current, target = _whole(session, theme, mark), _named(session, into, into_mark)
    _refuse_where_voted_on([current])
    step = _Step(session, Kind.MERGE)
    step.move(list(current.notes.select_for_update()), to=target)
    step.change(current, dissolved_at=now)
    step.keep(by=by, now=now)
    return target


@transaction.atomic
def dissolve(theme: Theme, *, mark: str, by: User | None, now: datetime) -> None:
    """Take all notes out of the theme, and the theme away."""
    session = _locked(theme.session)
    current = _whole(session, theme, mark)
    _refuse_where_voted_on([current])
    step = _Step(session, Kind.DISSOLVE)
    step.move(list(current.notes.select_for_update()), to=None)
    step.change(current, dissolved_at=now)
    step.keep(by=by, now=now)


def _standing(session: Session, theme: Theme) -> Theme:
    """The theme as it is now, unless it was dissolved."""
    current = session.themes.select_for_update().get(pk=theme.pk)
    if current.dissolved_at is not None:
        raise GroupedMeanwhile(
            _("Meanwhile %(who)s dissolved “%(theme)s”. Nothing of yours was done.") % _who(session, current)
        )
    return current


def _named(session: Session, theme: Theme, mark: str) -> Theme:
    """The theme, if it is still called as it was seen."""
    current = _standing(session, theme)
    if name_mark(current) != mark:
        raise GroupedMeanwhile(
            _("Meanwhile %(who)s gave a theme the name “%(theme)s”. Nothing of yours was done.")
            % _who(session, current)
        )
    return current


def _whole(session: Session, theme: Theme, mark: str) -> Theme:
    """The theme, if it is still called as it was seen and has the same notes."""
    current = _standing(session, theme)
    notes = TableNote.objects.standing().filter(theme=current).values_list("pk", flat=True)
    if whole_mark(current, notes) != mark:
        raise GroupedMeanwhile(
            _("Meanwhile %(who)s changed “%(theme)s” or its notes. Nothing of yours was done; look again.")
            % _who(session, current)
        )
    return current


def _who(session: Session, theme: Theme) -> dict[str, str]:
    """Who touched the theme last, as far as the newest steps tell."""
    key = str(theme.pk)
    for step in _steps(session).select_related("made_by")[:50]:
        places = {*step.before["notes"].values(), *step.after["notes"].values()}
        if key in step.after["themes"] or theme.pk in places:
            return {"who": step.made_by.name if step.made_by else _("somebody else"), "theme": theme.title}
    return {"who": _("somebody else"), "theme": theme.title}


def _refuse_where_voted_on(themes: Iterable[Theme]) -> None:
    voted = VotingRound.objects.filter(themes__in=list(themes)).exists()
    if voted:
        raise ActionNotPossible(_("The group votes or voted on this theme, so it stays."))


def _refuse_while_voted_on(themes: Iterable[Theme]) -> None:
    if VotingRound.objects.going_on().filter(themes__in=list(themes)).exists():
        raise ActionNotPossible(_("A vote on this theme goes on, so it keeps its name until the totals are revealed."))


# --- Undo -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def undo(session: Session, *, step_id: int, by: User | None, now: datetime) -> GroupingStep:
    """Put back what the last step changed. Raises GroupedMeanwhile where `step_id` is not the last one any more, and
    ActionNotPossible where it would take away or rename a theme that the group votes on.
    """
    _locked(session)
    last = _steps(session).select_related("made_by").first()
    if last is None or last.pk != step_id:
        raise GroupedMeanwhile(_("Somebody has grouped or undone something since. Look at what is the last step now."))
    gone = [pk for pk, facts in last.before["themes"].items() if facts["dissolved"]]
    _refuse_where_voted_on(Theme.objects.filter(pk__in=gone))
    other = [pk for pk, facts in last.before["themes"].items() if facts["title"] != last.after["themes"][pk]["title"]]
    _refuse_while_voted_on(Theme.objects.filter(pk__in=other))
    for pk, facts in last.before["themes"].items():
        Theme.objects.filter(pk=pk).update(
            title=facts["title"], dissolved_at=now if facts["dissolved"] else None, edition=F("edition") + 1
        )
    for theme_id in set(last.before["notes"].values()):
        back = [pk for pk, was in last.before["notes"].items() if was == theme_id]
        TableNote.objects.filter(pk__in=back).update(theme=theme_id)
    last.undone_at, last.undone_by = now, by
    last.save(update_fields=["undone_at", "undone_by"])
    return last


def _steps(session: Session) -> QuerySet[GroupingStep]:
    """What was done and not undone, the last first."""
    return session.grouping_steps.filter(undone_at__isnull=True).order_by("-pk")


def last_step(session: Session) -> GroupingStep | None:
    """What would be undone now."""
    return _steps(session).select_related("made_by").first()


def _locked(session: Session) -> Session:
    return Session.objects.select_for_update(no_key=True).get(pk=session.pk)
