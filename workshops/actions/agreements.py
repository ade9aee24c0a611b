"""Verbs on the register of agreements: written, edited, told what became of them, brought in from a sheet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from actionplans import actions as plan_actions
from cities.models import City, Organization
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops import agreement_sheets
from workshops.agreement_sheets import Entry
from workshops.models import Agreement, AgreementUpdate, Session


class EditedMeanwhile(ActionNotPossible):
    """Somebody else saved the agreement since the form was opened; `current` is what is stored now."""

    def __init__(self, current: Agreement) -> None:
        super().__init__(
            _("Somebody else changed this meanwhile. Your text is still here; compare before you save again.")
        )
        self.current = current


class NotAsShown(ActionNotPossible):
    """Something was written since the preview; whoever sent the sheet looks at it again."""


@transaction.atomic
def write_agreement(
    session: Session, *, fields: Mapping[str, Any], form_id: UUID | None = None, status: str = Agreement.Status.OPEN
) -> Agreement:
    """Write down what a session agreed, under the next number.

    Guarantees one agreement per `form_id`: who sends a form twice gets the one of the first time. Raises
    ActionNotPossible where the session has `Agreement.MOST` already.
    """
    session = Session.objects.select_for_update(no_key=True, of=("self",)).get(pk=session.pk)
    if sent := _sent_before(session, form_id):
        return sent
    found = session.agreements.aggregate(last=Max("number"))["last"] or 0
    if session.agreements.count() >= Agreement.MOST:
        raise ActionNotPossible(_("A session has %(most)d agreements at most.") % {"most": Agreement.MOST})
    plain = dict(fields)
    responsible = plain.pop("responsible", [])
    _check_worlds(session, responsible)
    agreement = Agreement.objects.create(session=session, number=found + 1, form_id=form_id, status=status, **plain)
    agreement.responsible.set(responsible)
    return agreement


@transaction.atomic
def write_choice_of_fellow(
    session: Session,
    *,
    city: City,
    reason: str,
    on: date,
    fields: Mapping[str, Any],
    form_id: UUID | None = None,
    status: str = Agreement.Status.OPEN,
    by: User | None,
) -> Agreement:
    """Write down that the session chose the fellow city, and name it in the cycle: both or neither.

    Guarantees what `actionplans.actions.select` does: one fellow city per cycle, else ActionNotPossible. Sent twice it
    is one choice.
    """
    if sent := _sent_before(session, form_id):
        return sent
    agreement = write_agreement(session, fields=fields, form_id=form_id, status=status)
    choose_fellow(agreement, city=city, reason=reason, on=on, by=by)
    return agreement


@transaction.atomic
def choose_fellow(agreement: Agreement, *, city: City, reason: str, on: date, by: User | None) -> None:
    """Name in the cycle the fellow city that an agreement of this kind chose, by the plans' own action.

    Raises ActionNotPossible for another kind of agreement, and where the cycle has another fellow city.
    """
    if agreement.kind != Agreement.Kind.FELLOW_CITY:
        raise ActionNotPossible(_("This agreement does not choose the fellow city."))
    candidacy = plan_actions.stand(agreement.session.cycle, city=city)
    plan_actions.select(candidacy, on=on, reason=reason, by=by)


@transaction.atomic
def save_agreement(agreement: Agreement, *, fields: Mapping[str, Any], edition: int) -> Agreement:
    """Store an edit made on the edition given, and count the edition up. What became of it is told, not edited.

    Raises EditedMeanwhile when that is no longer the newest edition and what is stored differs from what was typed.
    """
    current = Agreement.objects.select_for_update(of=("self",)).select_related("session").get(pk=agreement.pk)
    plain = dict(fields)
    responsible = plain.pop("responsible", None)
    _check_worlds(current.session, responsible or [])
    moved = responsible is not None and set(current.responsible.all()) != set(responsible)
    if not moved and all(getattr(current, name) == value for name, value in plain.items()):
        return current  # sent twice, or nothing changed
    if current.edition != edition:
        raise EditedMeanwhile(current)
    for name, value in plain.items():
        setattr(current, name, value)
    current.edition += 1
    current.save(update_fields=[*plain, "edition"])
    if responsible is not None:
        current.responsible.set(responsible)
    return current


@transaction.atomic
def tell(
    agreement: Agreement, *, status: str, text: str, form_id: UUID | None = None, by: User | None
) -> AgreementUpdate:
    """Tell what became of an agreement; the same status again is news that moved nothing.

    Whoever calls has checked that the person answers for it. Guarantees that history and status go together, and that a
    form sent twice is one piece of news. Raises ActionNotPossible for a step that the table does not know, and where
    words are missing without which nobody would understand it.
    """
    current = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if form_id and (sent := AgreementUpdate.objects.filter(form_id=form_id).first()):
        if sent.agreement_id != current.pk or sent.told_by_id != (by.pk if by else None):
            raise _sent_by_somebody_else()
        return sent
    moves = status != current.status
    if moves and status not in Agreement.TRANSITIONS[current.status]:
        raise ActionNotPossible(
            _("The agreement is %(status)s; this cannot be done now.") % {"status": current.get_status_display()}
        )
    if not text and (not moves or status == Agreement.Status.DROPPED):
        raise ActionNotPossible(_("Say in a few words what was done, or why it is dropped."))
    told = {"form_id": form_id} if form_id else {}
    update = AgreementUpdate.objects.create(agreement=current, status=status, text=text, told_by=by, **told)
    if moves:
        current.status = status
        current.save(update_fields=["status"])
    return update


@transaction.atomic
def write_sheet(session: Session, entries: Sequence[Entry], *, shown: str) -> int:
    """Write down what the preview of a sheet said, or nothing; the number of agreements written.

    Guarantees that a sheet sent twice writes nothing the second time, and that nothing but what was shown is written:
    else NotAsShown.
    """
    session = Session.objects.select_for_update(no_key=True, of=("self",)).get(pk=session.pk)
    matches = agreement_sheets.match(session, entries)
    if not any(one.is_new for one in matches):
        return 0
    if agreement_sheets.fingerprint(matches) != shown:
        raise NotAsShown(_("Something was written meanwhile. This is how the sheet reads now."))
    new = [one for one in matches if one.is_new]
    for one in new:
        agreement = write_agreement(session, fields=one.fields())
        if one.entry.status != Agreement.Status.OPEN:
            tell(agreement, status=one.entry.status, text=_("As the sheet said that was brought in."), by=None)
    return len(new)


def _check_worlds(session: Session, organizations: Iterable[Organization]) -> None:
    """A real institution answers in no made-up session, nor the other way round."""
    if any(one.is_demo != session.is_demo for one in organizations):
        raise ActionNotPossible(_("Real institutions answer for real sessions, and made-up ones for made-up sessions."))


def _sent_before(session: Session, form_id: UUID | None) -> Agreement | None:
    found = Agreement.objects.filter(form_id=form_id).first() if form_id else None
    if found is not None and found.session_id != session.pk:
        raise _sent_by_somebody_else()
    return found


def _sent_by_somebody_else() -> ActionNotPossible:
    return ActionNotPossible(_("This form was already sent by somebody else. Please open a new one."))
