"""Verbs on minutes: drafted from the records, completed section by section, corrected by who took part, approved."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cities.models import Membership, group_day
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops import emails, merging
from workshops.drafting import Drafted
from workshops.models import Correction, Minutes, MinutesSection, Participation, Session

Status = Minutes.Status


class EditedMeanwhile(ActionNotPossible):
    """Somebody else saved the section since the form was opened; `current` is what is stored now."""

    def __init__(self, current: MinutesSection) -> None:
        super().__init__(
            _("Somebody else changed this section meanwhile. Your text is still here; look at both before you save.")
        )
        self.current = current


class RecordsMoved(ActionNotPossible):
    """The records changed since the new text was shown; whoever takes it over looks at it again."""


@transaction.atomic
def draft(session: Session, *, sections: Iterable[Drafted], now: datetime) -> Minutes:
    """Begin the minutes of a session with what was recorded; a second time gives those that are there.

    Guarantees that what the platform wrote can be told from what people wrote later: its sections have no author.
    """
    session = Session.objects.select_for_update(no_key=True, of=("self",)).get(pk=session.pk)
    version = session.current_version
    if version is None or version.first_instant() > now:
        raise ActionNotPossible(_("Minutes are written once the session has begun."))
    if found := Minutes.objects.filter(session=session).first():
        return found
    minutes = Minutes.objects.create(session=session, drafted_at=now)
    for position, one in enumerate(sections, start=1):
        MinutesSection.objects.create(
            minutes=minutes, position=position, kind=one.kind, heading=one.heading, text=one.text, edited_at=now
        )
    return minutes


@transaction.atomic
def name_rapporteur(minutes: Minutes, *, rapporteur: User | None, on: datetime) -> Minutes:
    """Say who completes the minutes beside the coordinators: somebody of the group, of the session's world."""
    minutes = _locked(minutes)
    if rapporteur is not None:
        if rapporteur.is_demo != minutes.session.is_demo:
            raise ActionNotPossible(_("This person is of another world than the session."))
        if not Membership.objects.of(rapporteur).on(group_day(on)).exists():
            raise ActionNotPossible(_("Only somebody of the group completes the minutes."))
    minutes.rapporteur = rapporteur
    minutes.save(update_fields=["rapporteur"])
    return minutes


# --- Sections ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_section(minutes: Minutes, *, heading: str, by: User, now: datetime) -> MinutesSection:
    """Put an empty section at the end, for what the records know nothing of."""
    minutes = _locked(minutes)
    found = minutes.sections.aggregate(last=Max("position"))["last"] or 0
    if minutes.sections.count() >= MinutesSection.MOST:
        raise ActionNotPossible(_("Minutes have %(most)d sections at most.") % {"most": MinutesSection.MOST})
    return MinutesSection.objects.create(
        minutes=minutes,
        position=found + 1,
        kind=MinutesSection.Kind.OTHER,
        heading=heading,
        edited_by=by,
        edited_at=now,
    )


@transaction.atomic
def save_section(
    section: MinutesSection, *, heading: str, text: str, edition: int, by: User, now: datetime
) -> MinutesSection:
    """Store an edit made on the edition given, and count the edition up.

    Raises EditedMeanwhile when that is no longer the newest one and what is stored differs from what was typed;
    ActionNotPossible once the minutes are approved.
    """
    _locked(section.minutes)
    current = MinutesSection.objects.select_for_update().get(pk=section.pk)
    if current.heading == heading and merging.same(current.text, text):
        return current  # sent twice, or nothing changed
    if current.edition != edition:
        raise EditedMeanwhile(current)
    return _store(current, heading=heading, text=text, by=by, now=now)


@transaction.atomic
def refresh_section(
    section: MinutesSection, *, drafted: str, shown: str, text: str, edition: int, by: User, now: datetime
) -> MinutesSection:
    """Store what the records give today as the platform's own edition, and on it what the person made of both.

    `shown` is the text of the records that the person saw: where it is no longer that, RecordsMoved. Guarantees that
    the next refresh knows from what people started, so that what they typed is never taken for old records.
    """
    _locked(section.minutes)
    current = MinutesSection.objects.select_for_update().get(pk=section.pk)
    if not merging.same(drafted, shown):
        raise RecordsMoved(_("The records have changed meanwhile. This is what they give now."))
    if current.edition != edition:
        raise EditedMeanwhile(current)
    current = _store(current, heading=current.heading, text=drafted, by=None, now=now)
    return (
        current if merging.same(drafted, text) else _store(current, heading=current.heading, text=text, by=by, now=now)
    )


def _store(section: MinutesSection, *, heading: str, text: str, by: User | None, now: datetime) -> MinutesSection:
    section.heading, section.text = heading, text.replace("\r\n", "\n")
    section.edited_by, section.edited_at = by, now
    section.edition += 1
    section.save(update_fields=["heading", "text", "edited_by", "edited_at", "edition"])
    return section


# --- Corrections ------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_to_corrections(minutes: Minutes, *, now: datetime, notify: bool = True) -> Minutes:
    """Let who took part say for a week what is wrong, and tell them so by mail unless told otherwise."""
    minutes = _locked(minutes)
    _check_step(minutes, Status.IN_CORRECTION)
    minutes.status = Status.IN_CORRECTION
    minutes.correct_by = group_day(now + Minutes.CORRECTED_WITHIN)
    minutes.save(update_fields=["status", "correct_by"])
    if notify:
        emails.minutes.queue_open(minutes, now=now)
    return minutes


@transaction.atomic
def take_back(minutes: Minutes) -> Minutes:
    """Make a draft of minutes that are being corrected; the corrections stay."""
    minutes = _locked(minutes)
    _check_step(minutes, Status.DRAFT)
    minutes.status, minutes.correct_by = Status.DRAFT, None
    minutes.save(update_fields=["status", "correct_by"])
    return minutes


@transaction.atomic
def correct(
    minutes: Minutes, *, section: MinutesSection | None, text: str, form_id: UUID, by: User, now: datetime
) -> Correction:
    """Write what somebody who took part finds wrong or missing. A form sent twice is one correction.

    Raises ActionNotPossible when the week is over, and for who was not there.
    """
    minutes = _locked(minutes)
    if sent := Correction.objects.filter(form_id=form_id).first():
        if sent.minutes_id != minutes.pk or sent.written_by_id != by.pk:
            raise ActionNotPossible(_("This form was already sent by somebody else. Please open a new one."))
        return sent
    if not minutes.takes_corrections(group_day(now)):
        raise ActionNotPossible(_("The time for corrections is over."))
    if not took_part(minutes.session, by):
        raise ActionNotPossible(_("Only who took part in the session corrects its minutes."))
    return Correction.objects.create(
        minutes=minutes, section=section, text=text, written_by=by, written_at=now, form_id=form_id
    )


def took_part(session: Session, user: User) -> bool:
    """Whether the person is on record as present."""
    present = Participation.objects.filter(session=session, user=user, attended=Participation.Attended.PRESENT)
    return present.exists()


@transaction.atomic
def decide(
    correction: Correction, *, decision: str, reply: str, by: User, now: datetime, notify: bool = True
) -> Correction:
    """Say what was done about a correction, and tell its author. What was decided is not decided otherwise.

    Raises ActionNotPossible where a correction that is not taken over whole has no reason.
    """
    _locked(correction.minutes)
    current = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
    if current.decision:
        if current.decision == decision and current.reply == reply:
            return current  # sent twice
        raise ActionNotPossible(_("Somebody has decided this correction already."))
    if not reply and decision != Correction.Decision.TAKEN:
        raise ActionNotPossible(_("Say why, or which part is taken over: the person reads it."))
    current.decision, current.reply = decision, reply
    current.decided_by, current.decided_at = by, now
    current.save(update_fields=["decision", "reply", "decided_by", "decided_at"])
    if notify:
        emails.minutes.queue_decided(current, now=now)
    return current


@transaction.atomic
def approve(minutes: Minutes, *, by: User, now: datetime) -> Minutes:
    """Approve and lock the minutes: from then on nothing of them changes, and who may see the session reads them.

    Raises ActionNotPossible while the week for corrections runs, or one of them is not decided.
    """
    minutes = _locked(minutes)
    _check_step(minutes, Status.APPROVED)
    if minutes.takes_corrections(group_day(now)):
        raise ActionNotPossible(_("Who took part may correct the minutes until the week is over."))
    if minutes.corrections.filter(decision="").exists():
        raise ActionNotPossible(_("There are corrections that nobody has decided yet."))
    minutes.status, minutes.approved_at, minutes.approved_by = Status.APPROVED, now, by
    minutes.save(update_fields=["status", "approved_at", "approved_by"])
    return minutes


def _locked(minutes: Minutes) -> Minutes:
    """The minutes held for this transaction; approved ones do not change."""
    held = Minutes.objects.select_for_update(of=("self",)).select_related("session__cycle").get(pk=minutes.pk)
    if held.status == Status.APPROVED:
        raise ActionNotPossible(_("These minutes are approved; they do not change any more."))
    return held


def _check_step(minutes: Minutes, status: str) -> None:
    if status not in Minutes.TRANSITIONS[minutes.status]:
        raise ActionNotPossible(
            _("The minutes are in the state “%(status)s”; this cannot be done now.")
            % {"status": minutes.get_status_display()}
        )
