"""Verbs on notes: writing, editing, withdrawing, answering, settling, reporting what was changed."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from cities.access import roles_of
from cities.models import Organization, group_day
from feedback import targets
from feedback.emails import notes as emails
from feedback.models import Answer, Note
from feedback.targets import Target
from ogpgroup import markdown
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User


def edition_of(note: Note) -> str:
    """What a form carries of the note it was drawn from: who answers, answers what they read.

    Made with our secret, so that nobody guesses by it at words that are withheld from them.
    """
    read = "\x1f".join([note.kind, note.visibility, note.text])
    return salted_hmac("feedback.edition_of", read, algorithm="sha256").hexdigest()[:16]


@transaction.atomic
def write_note(
    target: Target,
    *,
    kind: str,
    text: str,
    visibility: str,
    organization: Organization | None,
    form_id: UUID,
    by: User,
    now: datetime,
) -> Note:
    """Put a note on the target and tell who is asked, by mail.

    Guarantees one note for a form sent twice. Raises ActionNotPossible where `targets.why_not` says why, and for an
    organisation the person does not act for.
    """
    if sentence := targets.why_not(target, by):
        raise ActionNotPossible(sentence)
    _check_words(text, organization, by)
    note, is_new = Note.objects.get_or_create(
        form_id=form_id,
        defaults={
            targets.kind_of(target): target,
            "ledger": targets.plan_of(target),
            "kind": kind,
            "text": text,
            "visibility": visibility,
            "organization": organization,
            "author": by,
            "written_at": now,
            "answer_due_on": group_day(now) + Note.ANSWER_WITHIN,
        },
    )
    if note.author_id != by.pk:
        raise ActionNotPossible(_("This form was used already. Please begin again."))
    if is_new:
        emails.queue_written(note, now=now)
    return note


@transaction.atomic
def edit_note(
    note: Note,
    *,
    kind: str,
    text: str,
    visibility: str,
    organization: Organization | None,
    seen: str,
    by: User,
    now: datetime,
) -> Note:
    """Change a note that nobody has answered. Nothing is saved over an answer or over another window's words.

    What was a strength and asks for something now has the whole time for an answer, and those asked are told.
    """
    note = _locked(note)
    if note.status != Note.Status.OPEN:
        raise ActionNotPossible(_("This note was answered or withdrawn meanwhile; it can no longer be changed."))
    if seen != edition_of(note):
        raise ActionNotPossible(
            _("This note was changed in another window meanwhile. If you save again, these words replace those.")
        )
    if organization != note.organization:
        _check_words(text, organization, by)
    else:
        _check_words(text, None, by)
    asks_now = note.kind == Note.Kind.STRENGTH and kind != Note.Kind.STRENGTH
    if asks_now:
        note.answer_due_on = group_day(now) + Note.ANSWER_WITHIN
    note.kind, note.text, note.visibility, note.organization = kind, text, visibility, organization
    note.save(update_fields=["kind", "text", "visibility", "organization", "answer_due_on"])
    if asks_now:
        emails.queue_asks_now(note, now=now)
    return note


@transaction.atomic
def withdraw_note(note: Note) -> Note:
    """Take back a note that nobody has answered; from then on its author alone reads it."""
    note = _locked(note)
    if note.status != Note.Status.WITHDRAWN:  # asked twice is asked once
        _move(note, Note.Status.WITHDRAWN)
    return note


@transaction.atomic
def answer_note(
    note: Note, *, decision: str, reason: str, change: str, change_by: date | None, seen: str, by: User, now: datetime
) -> Answer:
    """Say what the city does about a note and tell its author by mail.

    Guarantees one answer where two officials answer at once: the other is told. The words answered are those that were
    read (`seen`, see `edition_of`). What was declined changes nothing.
    """
    note = _locked(note)
    if decision == Answer.Decision.DECLINED:
        change, change_by = "", None
    standing = note.answers.order_by("pk").last()
    if standing and note.status == Note.Status.ANSWERED and _says_the_same(standing, decision, reason, change, by):
        return standing  # the same form, sent twice
    if note.status == Note.Status.WITHDRAWN:
        raise ActionNotPossible(_("The note was withdrawn meanwhile."))
    if not note.waits_for_answer():
        raise ActionNotPossible(_("Somebody answered this note meanwhile. Your answer was not saved; see theirs."))
    if seen != edition_of(note):
        raise ActionNotPossible(_("The author changed the note meanwhile. Please read it again before you answer."))
    if change_by is not None and change_by < group_day(now):
        raise ActionNotPossible(_("The day by which it will change cannot be in the past."))
    answer = Answer.objects.create(
        note=note,
        decision=decision,
        reason=reason,
        change=change,
        change_by=change_by,
        answered_at=now,
        answered_by=by,
    )
    _move(note, Note.Status.ANSWERED)
    emails.queue_answered(note, answer, now=now)
    return answer


@transaction.atomic
def settle_note(note: Note, *, answer_id: int, settles: bool, reaction: str, by: User, now: datetime) -> Note:
    """Keep what the author says of the last answer; one that does not settle the note calls for another.

    For an author who has left the group somebody of their organisation says it, see `NoteQuerySet.settled_by`.
    Raises ActionNotPossible when another answer has come since the author read (`answer_id`).
    """
    note = _locked(note)
    standing = note.answers.order_by("pk").last()
    if standing is None or standing.pk != answer_id:
        raise ActionNotPossible(_("There is another answer meanwhile. Please read it first."))
    status = Note.Status.SETTLED if settles else Note.Status.UNSETTLED
    if note.status == status and standing.reaction == reaction:
        return note  # the same form, sent twice
    standing.settles, standing.reaction, standing.reacted_at, standing.reacted_by = settles, reaction, now, by
    standing.save(update_fields=["settles", "reaction", "reacted_at", "reacted_by"])
    if note.status != status:
        _move(note, status)
        if not settles:
            note.answer_due_on = group_day(now) + Note.ANSWER_WITHIN
            note.save(update_fields=["answer_due_on"])
            emails.queue_written(note, unsettled=standing, now=now)
    return note


@transaction.atomic
def report_change(answer: Answer, *, changed_on: date, report: str, now: datetime) -> Answer:
    """Keep what was changed and on which day, once, and tell the author by mail.

    Only on the answer that stands: a promise that was replaced is none.
    """
    note = _locked(answer.note)
    answer = Answer.objects.select_for_update().get(pk=answer.pk)
    if (answer.changed_on, answer.change_report) == (changed_on, report):
        return answer  # the same form, sent twice
    if not note.answers.standing().filter(pk=answer.pk).exists():
        raise ActionNotPossible(_("The city has answered anew meanwhile. Report the change on that answer."))
    if not answer.is_promised():
        raise ActionNotPossible(_("The change was reported already."))
    if changed_on > group_day(now):
        raise ActionNotPossible(_("The day of the change cannot be in the future."))
    answer.changed_on, answer.change_report = changed_on, report
    answer.save(update_fields=["changed_on", "change_report"])
    emails.queue_changed(note, answer, now=now)
    return answer


def _says_the_same(answer: Answer, decision: str, reason: str, change: str, by: User) -> bool:
    said = (answer.answered_by_id, answer.decision, answer.reason, answer.change)
    return said == (by.pk, decision, reason, change)


def _locked(note: Note) -> Note:
    """The note as it is now, with all it stands on; nobody else changes it until the transaction ends."""
    return Note.objects.select_for_update(of=("self",)).select_related(*targets.RELATED).get(pk=note.pk)


def _move(note: Note, status: str) -> None:
    if status not in Note.TRANSITIONS[note.status]:
        raise ActionNotPossible(
            _("The note is “%(status)s”; this cannot be done now.") % {"status": note.get_status_display()}
        )
    note.status = status
    note.save(update_fields=["status"])


def _check_words(text: str, organization: Organization | None, by: User) -> None:
    if not text.strip() or markdown.is_too_long(text):
        raise ValueError("The form lets no such text through.")
    if organization is not None and organization.pk not in roles_of(by).organization_ids:
        raise ActionNotPossible(_("You do not act for this organisation."))
