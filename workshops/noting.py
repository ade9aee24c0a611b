"""When notes of a table are taken, who says whether late ones count, and how typed text is kept."""

import unicodedata
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from cities.access import roles_of
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops import attendance
from workshops.models import SessionBase, SessionVersion, TableNote, WorkTable

# Signs that turn what follows around; text from right to left needs none of them.
TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LINE_ENDS: Final = str.maketrans({"\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})


def is_late(version: SessionVersion, now: datetime) -> bool:
    """Whether a note that arrives now comes after the session closed: as late as people can check in by themselves.

    By our clock alone: that of a phone may say anything.
    """
    return now > attendance.closes_at(version)


def refuse_unless_taken(version: SessionVersion | None, *, now: datetime) -> None:
    """Raise ActionNotPossible with the reason why no notes are taken; late ones are taken, and marked."""
    if version is None:
        raise ActionNotPossible(_("This session is not published."))
    if version.status != SessionBase.Status.PLANNED:
        raise ActionNotPossible(_("This session does not take place, so its tables take no notes."))
    if now < attendance.opens_at(version):
        raise ActionNotPossible(_("It is too early: tables take notes from two hours before the start."))


def leads(table: WorkTable, user: User) -> bool:
    """Whether the person says if late notes count: the table's facilitator and coordinators."""
    roles = roles_of(user)
    return roles.is_coordinator or (roles.in_group and table.facilitator_id == user.pk)


def cleaned(text: str) -> str:
    """The text as it was typed or pasted, without what no database and no page can hold: one form of each letter,
    plain line ends, no control signs, no halves of letters, nothing that turns the words around it.
    """
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(LINE_ENDS))
    return "".join(sign for sign in plain if _is_kept(sign)).strip()


def _is_kept(sign: str) -> bool:
    return sign in "\n\t" or (sign not in TURNING and unicodedata.category(sign) not in {"Cc", "Cs"})


def checked(*, kind: str, text: str, said_by: str) -> tuple[str, str]:
    """Text and speaker as they are kept. Raises ActionNotPossible for what no note can be."""
    text, said_by = cleaned(text), " ".join(cleaned(said_by).split())
    if kind not in TableNote.Kind:
        raise ActionNotPossible(_("Choose what the note is: a doubt, a difficulty, a priority, a proposal, a comment."))
    if not text:
        raise ActionNotPossible(_("The note is empty."))
    if len(text) > TableNote.LONGEST:
        raise ActionNotPossible(
            _("The note has %(count)s characters; %(most)s is the most. Shorten it or make two of it.")
            % {"count": len(text), "most": TableNote.LONGEST}
        )
    if len(said_by) > LONGEST_NAME:
        raise ActionNotPossible(_("The name of who said it is too long: %(most)s characters.") % {"most": LONGEST_NAME})
    return text, said_by


LONGEST_NAME: Final = 120
