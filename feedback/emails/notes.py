"""Mails about notes: who is asked hears of a note, its author of the answer and of the change that it promised.

Nobody is shown what they may not read.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cities.models import group_day
from feedback import targets, withholding
from feedback.models import Answer, Note
from feedback.readers import Readers, asked_people
from ogpgroup import mail, markdown
from ogpgroup.mail import Kind, Rendered
from ogpgroup.models import OutgoingMail, User

WRITTEN: Final = "note_written"
ANSWERED: Final = "note_answered"
CHANGED: Final = "note_changed"
SUBJECT: Final = "feedback.note"
USEFUL_FOR: Final = timedelta(days=14)
EXCERPT: Final = 600


def queue_written(note: Note, *, unsettled: Answer | None = None, now: datetime) -> int:
    """Tell those asked of a new note, or of an answer that does not settle it; returns to how many."""
    about = f"{note.pk}:{unsettled.pk}" if unsettled else f"{note.pk}"
    return _tell_asked(note, about, unsettled.pk if unsettled else 0, now=now)


def queue_asks_now(note: Note, *, now: datetime) -> int:
    """Tell those asked that what was a strength asks for an answer; news of it that still waits is taken back."""
    mail.withdraw(OutgoingMail.objects.filter(kind=WRITTEN, subject_type=SUBJECT, subject_id=note.pk))
    return _tell_asked(note, f"{note.pk}:asks-{now.astimezone(UTC):%Y%m%dT%H%M%S}", 0, now=now)


def _tell_asked(note: Note, about: str, version: int, *, now: datetime) -> int:
    return mail.enqueue(
        _row(WRITTEN, f"{WRITTEN}:{about}:{user.pk}", note, version, user, now=now)
        for user in asked_people(note, on=group_day(now))
    )


def queue_answered(note: Note, answer: Answer, *, now: datetime) -> int:
    """Tell the author of the answer, as long as they belong to the group."""
    return _tell_author(ANSWERED, note, answer, now=now)


def queue_changed(note: Note, answer: Answer, *, now: datetime) -> int:
    """Tell the author that the promised change was made, as long as they belong to the group."""
    return _tell_author(CHANGED, note, answer, now=now)


def _tell_author(kind: str, note: Note, answer: Answer, *, now: datetime) -> int:
    if note.author is None:
        return 0
    if not Readers.of([note.author.pk], [note], on=group_day(now)).may_read(note, note.author.pk):
        return 0
    return mail.enqueue([_row(kind, f"{kind}:{answer.pk}:{note.author.pk}", note, answer.pk, note.author, now=now)])


def _row(kind: str, key: str, note: Note, version: int, user: User, *, now: datetime) -> OutgoingMail:
    return OutgoingMail(
        key=key,
        kind=kind,
        priority=OutgoingMail.Priority.CHANGE,
        user=user,
        recipient=user.email,
        subject_type=SUBJECT,
        subject_id=note.pk,
        subject_version=version,  # the answer it is about, or that settled nothing
        due=now,
        useful_until=now + USEFUL_FOR,
        is_demo=targets.is_demo(note.target),
    )


# --- What the sender asks ---------------------------------------------------------------------------------------------


def _looked_up(mails: Sequence[OutgoingMail], now: datetime) -> tuple[dict[int, Note], Readers]:
    """The notes of a batch with their answers, and who may read them; five queries."""
    answers = Prefetch("answers", Answer.objects.with_withheld().order_by("pk").select_related("answered_by"))
    rows = Note.objects.with_withheld().select_related(*targets.RELATED).prefetch_related(answers)
    notes = rows.in_bulk([one.subject_id for one in mails if one.subject_id])
    people = {one.user_id for one in mails if one.user_id}
    return notes, Readers.of(people, notes.values(), on=group_day(now))


def _written_still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """While nobody has answered, for those who may."""
    notes, readers = _looked_up(mails, now)
    return {
        one.pk
        for one in mails
        if (note := notes.get(one.subject_id or 0))
        and note.status == (Note.Status.UNSETTLED if one.subject_version else Note.Status.OPEN)
        and _standing_id(note) == one.subject_version
        and readers.may_answer(note, one.user_id or 0)
        and not _repeats_withheld(one, note)
    }


def _answered_still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """While it is the last answer, the author has not spoken, and may read what stands there."""
    return {one.pk for one, note in _for_authors(mails, now) if note.status == Note.Status.ANSWERED}


def _changed_still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """While it is the last answer and the author may read what stands there, whatever they have said of it."""
    return {one.pk for one, _note in _for_authors(mails, now)}


def _for_authors(mails: Sequence[OutgoingMail], now: datetime) -> list[tuple[OutgoingMail, Note]]:
    notes, readers = _looked_up(mails, now)
    return [
        (one, note)
        for one in mails
        if (note := notes.get(one.subject_id or 0))
        and note.author_id == one.user_id
        and _standing_id(note) == one.subject_version
        and readers.may_read(note, one.user_id or 0)
        and not _repeats_withheld(one, note)
    ]


def _repeats_withheld(one: OutgoingMail, note: Note) -> bool:
    """Written before, it may have arrived; sent again it would say once more what is withheld by now."""
    if one.rendered is None:
        return False
    answer = _answer_of(one, note)
    return bool(note.withheld or (answer and (answer.withheld or answer.reaction_withheld)))


def _answer_of(one: OutgoingMail, note: Note) -> Answer | None:
    return next((row for row in note.answers.all() if row.pk == one.subject_version), None)


def _standing_id(note: Note) -> int:
    return max((answer.pk for answer in note.answers.all()), default=0)


def _write_written(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, Rendered]:
    notes, readers = _looked_up(mails, now)
    return {
        one.pk: _written(one, note, user)
        for one in mails
        if (note := notes.get(one.subject_id or 0)) and (user := readers.users.get(one.user_id or 0))
    }


def _writer_to_author(template: str) -> Callable[[Sequence[OutgoingMail], datetime], dict[int, Rendered]]:
    def render(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, Rendered]:
        notes, readers = _looked_up(mails, now)
        return {
            one.pk: _rendered(one, note, user, template, {"answer": _without_withheld(answer, note, user)})
            for one in mails
            if (note := notes.get(one.subject_id or 0))
            and (user := readers.users.get(one.user_id or 0))
            and (answer := _answer_of(one, note))
        }

    return render


def _written(one: OutgoingMail, note: Note, user: User) -> Rendered:
    unsettled = _answer_of(one, note)
    with override(user.language):
        excerpt = note.withheld.sentence if note.withheld else markdown.words(note.text, most=EXCERPT)
    more = {
        "unsettled": _without_withheld(unsettled, note, user) if unsettled else None,
        "excerpt": excerpt,
        "asks": note.waits_for_answer(),
    }
    return _rendered(one, note, user, "note_written", more)


def _without_withheld(answer: Answer, note: Note, user: User) -> Answer:
    """What a mail says of an answer: as anybody reads it, with the sentence in the place of what is withheld."""
    read = withholding.answer_as_read(answer, note, withholding.NOBODY)
    with override(user.language):
        if answer.withheld:
            read.reason = read.change_report = answer.withheld.sentence
        if answer.reaction_withheld:
            read.reaction = answer.reaction_withheld.sentence
    return read


def _rendered(one: OutgoingMail, note: Note, user: User, template: str, more: dict[str, Any]) -> Rendered:
    with override(user.language):
        context = {
            "note": note,
            "on": targets.label_of(note.target),
            "asked": targets.asked_name(note),
            "link": settings.PUBLIC_URL + note.get_absolute_url(),
            **more,
        }
    parts = mail.render_parts(f"feedback/emails/{template}.html", context, user.language)
    content = mail.compose(mail=one, subject=parts.subject, text=parts.text, html=parts.html)
    return Rendered(headline=parts.subject, content=content)


KINDS: Final = [
    Kind(WRITTEN, OutgoingMail.Priority.CHANGE, True, _written_still_true, _write_written, _("note to a city")),
    Kind(
        ANSWERED,
        OutgoingMail.Priority.CHANGE,
        False,  # it decides something
        _answered_still_true,
        _writer_to_author("note_answered"),
        _("answer to a note"),
    ),
    Kind(
        CHANGED,
        OutgoingMail.Priority.CHANGE,
        True,
        _changed_still_true,
        _writer_to_author("note_changed"),
        _("report of a promised change"),
    ),
]
