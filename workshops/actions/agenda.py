"""Verbs on the agenda of a session. Those who write it at once wait for each other and lose nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import pghistory
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops import emails
from workshops.agenda import Agenda, agenda
from workshops.models import AgendaItem, Session

COPIED: Final = ("kind", "title", "minutes")  # not the people: they would be told


class EditedMeanwhile(ActionNotPossible):
    """Somebody else saved the same point since the form was opened; `current` is what is stored now."""

    def __init__(self, current: AgendaItem) -> None:
        super().__init__(
            _("Somebody else changed this point meanwhile. Your text is still here; compare before you save again.")
        )
        self.current = current


class DoesNotFit(ActionNotPossible):
    """The minutes are more than there is room for."""


@transaction.atomic
def add_item(
    session: Session,
    *,
    fields: Mapping[str, Any],
    co_presenters: Iterable[User] = (),
    form_id: UUID | None = None,
    now: datetime,
) -> AgendaItem:
    """Put a point at the end of the agenda, or of the point that it is a part of, and tell who has a part in it.

    Guarantees one point for a form sent twice, and that it fits. Raises ActionNotPossible else.
    """
    session = _locked(session)
    if form_id and (sent := AgendaItem.objects.filter(form_id=form_id).first()):
        return _same_session(sent, session)
    before = _read(session)
    if len(list(before)) >= AgendaItem.MOST:
        raise ActionNotPossible(_("An agenda has %(most)d points at most.") % {"most": AgendaItem.MOST})
    item = AgendaItem(session=session, form_id=form_id, position=_free(session), **fields)
    _check_parent(item)
    item.save()
    item.co_presenters.set(_others(item, co_presenters))
    _settle(session, before, item, now)
    return item


@transaction.atomic
def save_item(
    item: AgendaItem, *, fields: Mapping[str, Any], co_presenters: Iterable[User], edition: int, now: datetime
) -> AgendaItem:
    """Store an edit made on the edition given, count the edition up, and tell who has a part in it now.

    Raises EditedMeanwhile when that is no longer the newest one and what is stored differs, DoesNotFit where it became
    longer than there is room for.
    """
    session = _locked(item.session)
    before = _read(session)
    current = _here(item)
    together = set(_others(AgendaItem(**{**fields, "session": session}), co_presenters))
    is_same = all(getattr(current, name) == value for name, value in fields.items())
    if is_same and together == set(current.co_presenters.all()):
        return current  # sent twice, or nothing changed
    if current.edition != edition:
        raise EditedMeanwhile(current)
    is_moved = "parent" in fields and fields["parent"] != current.parent
    for name, value in fields.items():
        setattr(current, name, value)
    if is_moved:
        current.position = _free(session)
    _check_parent(current)
    current.edition += 1
    current.save(update_fields=[*fields, "position", "edition"])
    current.co_presenters.set(together)
    _settle(session, before, current, now)
    return current


@transaction.atomic
def move_item(item: AgendaItem, *, up: bool) -> bool:
    """Let the point change places with the one before or after it, among those of one level; whether there is one."""
    session = _locked(item.session)
    current = _here(item)
    level = list(AgendaItem.objects.filter(session=session, parent=current.parent_id).order_by("position"))
    place = next(number for number, one in enumerate(level) if one.pk == current.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(level):
        return False
    one, two = level[place], level[other]
    one.position, two.position = two.position, one.position
    AgendaItem.objects.bulk_update([one, two], ["position"])
    _renumber(session)
    return True


@transaction.atomic
def delete_item(item: AgendaItem, *, now: datetime) -> None:
    """Take a point and its parts off the agenda, and tell who had to answer it first; its materials stay.

    Raises ActionNotPossible where somebody has written about it.
    """
    session = _locked(item.session)
    current = _here(item)
    if any(_is_written_about(one) for one in [current, *current.parts.all()]):
        raise ActionNotPossible(_("Somebody has written a note about this point; it stays."))
    current.delete()
    _renumber(session)
    emails.tell_parts([session.pk], now=now)


@transaction.atomic
def copy_agenda(source: Session, session: Session) -> int:
    """Take over the points of another session, without people; minutes alone where all of them fit. Returns how many.

    Raises ActionNotPossible unless the agenda is empty: so the button pressed twice copies once.
    """
    session = _locked(session)
    if AgendaItem.objects.filter(session=session).exists():
        raise ActionNotPossible(_("This agenda has points already. Copying begins from an empty one."))
    theirs = agenda(source, AgendaItem.objects.filter(session=source))
    room = agenda(session, []).total
    drops = room is not None and theirs.used > room
    parents: dict[int | None, AgendaItem] = {}
    copied = 0
    for copied, point in enumerate(theirs, start=1):
        values = {name: getattr(point.item, name) for name in COPIED}
        if drops:
            values["minutes"] = None
        parent = parents.get(point.item.parent_id)
        parents[point.item.pk] = AgendaItem.objects.create(session=session, position=copied, parent=parent, **values)
    return copied


@transaction.atomic
def publish_agenda(session: Session, *, now: datetime) -> Session:
    """Let everybody who may see the session read its agenda, from now on. Once is enough: the first moment stays.

    Those expected whose invitation went without it are told, once it has settled (`emails.tell_agenda`). Raises
    ActionNotPossible while there is no point in it.
    """
    session = _locked(session)
    if session.agenda_published_at is None:
        if not AgendaItem.objects.filter(session=session).exists():
            raise ActionNotPossible(_("There is nothing to publish: the agenda has no points yet."))
        session.agenda_published_at = now
        session.save(update_fields=["agenda_published_at"])
        emails.tell_agenda(session, now=now)
    return session


@transaction.atomic
def unpublish_agenda(session: Session, *, reason: str) -> Session:
    """Let only coordinators, and those who have a part in it, read the agenda again; the history keeps the reason.

    Raises ActionNotPossible without a reason, and where somebody has written about a point: they would lose their note.
    """
    session = _locked(session)
    if not reason.strip():
        raise ActionNotPossible(_("Please say why the agenda is taken back."))
    if any(_is_written_about(item) for item in AgendaItem.objects.filter(session=session)):
        raise ActionNotPossible(_("Somebody has written a note about a point; the agenda stays published."))
    if session.agenda_published_at is not None:
        session.agenda_published_at = None
        with pghistory.context(reason=reason.strip()):
            session.save(update_fields=["agenda_published_at"])
        emails.take_back_agenda(session)
    return session


# --- What they share --------------------------------------------------------------------------------------------------


def _locked(session: Session) -> Session:
    """The session as it is now; nobody else writes its agenda until the transaction ends."""
    return Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)


def _read(session: Session) -> Agenda:
    return agenda(session, AgendaItem.objects.filter(session=session))


def _here(item: AgendaItem) -> AgendaItem:
    current = AgendaItem.objects.filter(pk=item.pk).select_related("session", "parent").first()
    if current is None:
        raise ActionNotPossible(_("Somebody took this point off the agenda meanwhile."))
    return current


def _same_session(item: AgendaItem, session: Session) -> AgendaItem:
    if item.session_id != session.pk:
        raise ActionNotPossible(_("This form was already sent by somebody else. Please open a new one."))
    return item


def _free(session: Session) -> int:
    last: int = AgendaItem.objects.filter(session=session).aggregate(last=models.Max("position"))["last"] or 0
    return last + 1


def _others(item: AgendaItem, people: Iterable[User]) -> list[User]:
    return [one for one in people if one.pk != item.presenter_id]


def _check_parent(item: AgendaItem) -> None:
    """Points are nested one level deep."""
    parent = item.parent
    if parent is None:
        return
    if parent.session_id != item.session_id or parent.parent_id is not None or parent.pk == item.pk:
        raise ActionNotPossible(_("A point can be a part of a point of the same agenda, one level deep."))
    if item.pk and item.parts.exists():
        raise ActionNotPossible(_("This point has parts of its own, so it cannot be a part of another one."))


def _settle(session: Session, before: Agenda, item: AgendaItem, now: datetime) -> None:
    """After a change: places in order, room for all, people told."""
    _renumber(session)
    after = _read(session)
    _check_parts(before, after, item)
    if after.over > before.over:
        raise DoesNotFit(_too_long(after.over - before.over, _("There is no room for it in the session.")))
    emails.tell_parts([session.pk], now=now)


def _check_parts(before: Agenda, after: Agenda, item: AgendaItem) -> None:
    lacked = {point.item.pk: max(0, -(point.left or 0)) for point in before.points}
    for point in after.points:
        lacks = max(0, -(point.left or 0))
        if lacks > lacked.get(point.item.pk, 0):
            where = (
                _("Its parts take more.") if point.item.pk == item.pk else _("The point it is a part of is shorter.")
            )
            raise DoesNotFit(_too_long(lacks, where) if point.item.pk != item.pk else _too_short(lacks, where))


def _too_long(minutes: int, why: str) -> str:
    return (
        ngettext("This is %(count)d minute too long.", "This is %(count)d minutes too long.", minutes)
        % {"count": minutes}
        + f" {why}"
    )


def _too_short(minutes: int, why: str) -> str:
    return (
        ngettext("This is %(count)d minute too short.", "This is %(count)d minutes too short.", minutes)
        % {"count": minutes}
        + f" {why}"
    )


def _renumber(session: Session) -> None:
    """Positions follow each other as people read: each point, then its parts. Judged when the transaction ends."""
    ordered: Sequence[AgendaItem] = [point.item for point in _read(session)]
    moved = []
    for number, item in enumerate(ordered, start=1):
        if item.position != number:
            item.position = number
            moved.append(item)
    AgendaItem.objects.bulk_update(moved, ["position"])


def _is_written_about(item: AgendaItem) -> bool:
    """Whether notes are on it. They belong to a higher app, so the model is asked what would go with it."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: item.pk}).exists()
        for relation in AgendaItem._meta.related_objects
        if relation.on_delete is models.CASCADE and relation.related_model is not AgendaItem
    )
