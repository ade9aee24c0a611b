"""Agreements as a spreadsheet tells them: read line by line, and matched with the institutions we know."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cities.models import Organization
from workshops import spreadsheets
from workshops.attendance import fold
from workshops.models import Agreement, Session
from workshops.spreadsheets import Unreadable, value_of

MOST_ROWS: Final = Agreement.MOST
LONGEST: Final = 1999  # characters of a text; a cell of a workbook that is longer comes cut

HEADINGS: Final = {
    "text": {
        *("acuerdo", "acuerdos", "texto", "descripcion", "descripcion del acuerdo", "asunto", "tarea", "agreement"),
        *("text", "description", "task", "action"),
    },
    "responsible": {
        *("responsable", "responsables", "institucion", "institucion responsable", "instituciones responsables"),
        *("dependencia", "dependencia responsable", "quien", "responsible", "organisation", "organization", "who"),
    },
    "due": {
        *("fecha", "fecha compromiso", "fecha de compromiso", "fecha limite", "fecha de cumplimiento", "plazo"),
        *("vence", "para cuando", "due", "due date", "due on", "deadline", "by when"),
    },
    "kind": {"tipo", "tipo de acuerdo", "clase", "kind", "type"},
    "status": {"estado", "estatus", "situacion", "avance", "status", "state"},
}
KINDS: Final = {
    Agreement.Kind.TASK.value: {"tarea", "pendiente", "task", "to do", "actividad"},
    Agreement.Kind.COMMITMENT.value: {"compromiso", "compromiso del grupo", "commitment", "commitment of the group"},
}
STATUSES: Final = {
    Agreement.Status.OPEN.value: {
        *("abierto", "pendiente", "en proceso", "en curso", "sin iniciar", "no iniciado", "open", "pending"),
        *("in progress", "not started"),
    },
    Agreement.Status.DONE.value: {
        *("hecho", "cumplido", "completado", "completo", "terminado", "concluido", "si", "done", "complete"),
        *("completed", "finished", "yes"),
    },
    Agreement.Status.DROPPED.value: {"cancelado", "descartado", "sin efecto", "dropped", "cancelled"},
}
WHOLE_GROUP: Final = {
    *("grupo", "el grupo", "todo el grupo", "grupo de trabajo", "el grupo de trabajo", "todas las ciudades", "todos"),
    *("todas", "todas y todos", "the group", "the whole group", "whole group", "everybody", "all", "working group"),
}
MONTHS: Final = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre"),
    *("noviembre", "diciembre"),
)
DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$")
YEAR_FIRST: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$")
IN_WORDS: Final = re.compile(r"(\d{1,2}) (?:de )?([a-z]+) (?:de |del )?(\d{4})$")
BETWEEN_NAMES: Final = re.compile(r"\s*(?:[;\n|/]|,(?!\s*A\.?\s?C\.?))\s*")


@dataclass(frozen=True)
class Entry:
    """One line of the sheet; `mistake` says in words why it cannot be used."""

    line: int
    text: str
    responsible: str = ""
    due_on: date | None = None
    kind: str = Agreement.Kind.TASK.value
    status: str = Agreement.Status.OPEN.value
    mistake: str = ""


def read(text: str) -> list[Entry]:
    """The agreements of a table under its headings. Raises Unreadable where no column holds the text."""
    missing = _("The first lines have no heading “agreement”.")
    columns, rows = spreadsheets.read(text, HEADINGS, needs=["text"], missing=missing, most=MOST_ROWS)
    if not rows:
        raise Unreadable(_("The sheet has headings, and no agreement under them."))
    return [_entry(line, cells, columns) for line, cells in rows]


def _entry(line: int, cells: Sequence[str], columns: dict[str, int]) -> Entry:
    written = {column: cells[place] if place < len(cells) else "" for column, place in columns.items()}
    due_on, kind = day_of(written.get("due", "")), value_of(written.get("kind", ""), KINDS)
    status = value_of(written.get("status", ""), STATUSES)
    return Entry(
        line,
        text=written["text"],
        responsible=written.get("responsible", ""),
        due_on=due_on,
        kind=kind or Agreement.Kind.TASK.value,
        status=status or Agreement.Status.OPEN.value,
        mistake=_mistake(written, due_on=due_on, kind=kind, status=status),
    )


def _mistake(written: dict[str, str], *, due_on: date | None, kind: str, status: str) -> str:
    if not written["text"]:
        return _("There is no text.")
    if len(written["text"]) > LONGEST:
        return _("The text is too long.")
    for column, known, sentence in (
        ("due", due_on, _("“%(word)s” is no day; write it as dd/mm/yyyy.")),
        ("kind", kind, _("“%(word)s” is no kind of agreement that we know: task or commitment?")),
        ("status", status, _("“%(word)s” is no status that we know: open, done or dropped?")),
    ):
        if written.get(column) and not known:
            return sentence % {"word": written[column][:40]}
    return ""


def day_of(words: str) -> date | None:
    """A day as people write it: 31/01/2027, 2027-01-31, 31 de enero de 2027."""
    plain = fold(words)
    try:
        if found := DAY_FIRST.match(plain):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := YEAR_FIRST.match(plain):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if (found := IN_WORDS.match(plain)) and found[2].replace("setiembre", "septiembre") in MONTHS:
            return date(int(found[3]), MONTHS.index(found[2].replace("setiembre", "septiembre")) + 1, int(found[1]))
    except ValueError:
        return None
    return None


# --- As we understand it ----------------------------------------------------------------------------------------------


class Outcome(models.TextChoices):
    """What becomes of a line."""

    NEW = "new", gettext_lazy("is written down as new")
    SAME = "same", gettext_lazy("is on record already")
    DOUBLE = "double", gettext_lazy("stands twice in the sheet")
    BAD = "bad", gettext_lazy("cannot be used")


@dataclass(frozen=True)
class Match:
    """One line with the institutions it means and what becomes of it."""

    entry: Entry
    outcome: Outcome
    organizations: list[Organization] = field(default_factory=list)
    is_of_group: bool = False
    unknown: tuple[str, ...] = ()
    told: str = ""

    @property
    def is_new(self) -> bool:
        return self.outcome == Outcome.NEW

    @property
    def status(self) -> str:
        return str(Agreement.Status(self.entry.status).label)

    def fields(self) -> dict[str, Any]:
        """What is written down; a name that we do not know stays in the text, so that nothing is lost."""
        text = self.entry.text
        if self.unknown:
            text = f"{text}\n\n{_('Responsible, as the sheet named them:')} {', '.join(self.unknown)}"
        return {
            "kind": self.entry.kind,
            "text": text[:4000],
            "responsible": self.organizations,
            "responsible_group": self.is_of_group,
            "due_on": self.entry.due_on,
        }


def match(session: Session, entries: Sequence[Entry]) -> list[Match]:
    """Each line with what we know of it; two queries."""
    standing = {fold(text) for text in session.agreements.values_list("text", flat=True)}
    known = _organizations(session)
    seen: dict[str, int] = {}
    return [_match(entry, known, standing, seen) for entry in entries]


def _match(entry: Entry, known: dict[str, Organization], standing: set[str], seen: dict[str, int]) -> Match:
    if entry.mistake:
        return Match(entry, Outcome.BAD, told=entry.mistake)
    organizations, is_of_group, unknown = _who(entry.responsible, known)
    one = Match(entry, Outcome.NEW, organizations, is_of_group, tuple(unknown))
    text = fold(one.fields()["text"])
    if text in standing:
        return Match(entry, Outcome.SAME, organizations, is_of_group, tuple(unknown))
    if (before := seen.setdefault(text, entry.line)) != entry.line:
        told = _("See line %(line)s.") % {"line": before}
        return Match(entry, Outcome.DOUBLE, organizations, is_of_group, tuple(unknown), told)
    return one


def _who(words: str, known: dict[str, Organization]) -> tuple[list[Organization], bool, list[str]]:
    """The institutions named, whether it is the whole group, and the names that we do not know."""
    if not words.strip():
        return [], False, []
    names = [words] if fold(words) in known else [name for name in BETWEEN_NAMES.split(words) if name]
    found: dict[int, Organization] = {}
    is_of_group, unknown = False, []
    for name in names:
        if fold(name) in WHOLE_GROUP:
            is_of_group = True
        elif organization := known.get(fold(name)):
            found[organization.pk] = organization
        else:
            unknown.append(name[:200])
    # One or the other: whom the sheet names beside the group is in the group.
    return ([] if is_of_group else list(found.values())), is_of_group, unknown


def _organizations(session: Session) -> dict[str, Organization]:
    """Institutions by folded name, English name and acronym, those that mean one alone."""
    found: dict[str, dict[int, Organization]] = defaultdict(dict)
    for one in Organization.objects.filter(is_demo=session.is_demo):
        for name in (one.name, one.name_en, one.acronym):
            if name:
                found[fold(name)][one.pk] = one
    return {name: next(iter(ones.values())) for name, ones in found.items() if len(ones) == 1}


def fingerprint(matches: Sequence[Match]) -> str:
    """The same for the same lines and the same outcomes: what was shown is what is written."""
    facts = [
        (one.entry, one.outcome.value, [organization.pk for organization in one.organizations], one.is_of_group)
        for one in matches
    ]
    return hashlib.sha256(repr(facts).encode()).hexdigest()
