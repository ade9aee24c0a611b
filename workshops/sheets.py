"""Who came, as a spreadsheet tells it: read line by line, and matched with the people we know."""

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from allauth.account.models import EmailAddress
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cities.models import Organization, group_day
from ogpgroup.models import User
from workshops import spreadsheets
from workshops.attendance import LINE, ROOM, fold, institutions_of, known_people
from workshops.models import Participation, Session, SessionVersion
from workshops.spreadsheets import Unreadable, value_of

Attended = Participation.Attended
MOST_ROWS: Final = 1000
LONGEST_NAME: Final = 120
LONGEST_INSTITUTION: Final = 200

# Headings and words as people write them in Spanish and English, folded: without accents and capitals.
HEADINGS: Final = {
    "name": {
        *("nombre", "nombre completo", "nombre y apellido", "nombre y apellidos", "persona", "participante"),
        *("asistente", "name", "full name", "name and surname", "person", "participant", "attendee"),
    },
    "email": {
        *("correo", "correo electronico", "direccion de correo", "email", "e-mail", "mail", "email address"),
        *("e-mail address", "direccion de correo electronico"),
    },
    "institution": {
        *("institucion", "organizacion", "dependencia", "institution", "organisation", "organization", "affiliation"),
    },
    "mode": {"modalidad", "modo", "forma de participacion", "mode", "takes part", "participa"},
    "status": {"estado", "estatus", "asistencia", "asistio", "status", "attendance", "attended"},
}
MODES: Final = {
    ROOM.value: {
        *("presencial", "en persona", "en sala", "sala", "en la sala", "face to face", "face-to-face", "in person"),
        *("in-person", "room", "in the room", "face_to_face"),
    },
    LINE.value: {
        *("remoto", "remota", "en linea", "linea", "virtual", "a distancia", "online", "on line", "remote"),
        *("on the line", "line"),
    },
}
STATUSES: Final = {
    Attended.PRESENT.value: {"presente", "asistio", "si", "x", "1", "present", "yes", "attended", "true", "verdadero"},
    Attended.ABSENT.value: {"ausente", "falta", "falto", "no", "no asistio", "absent", "0", "false", "falso"},
    Attended.EXCUSED.value: {
        *("justificado", "justificada", "con justificacion", "disculpa", "se disculpo", "excused", "apologies"),
    },
}


# --- As it is written -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One line of the sheet; `mistake` says in words why it cannot be used."""

    line: int
    name: str = ""
    email: str = ""
    institution: str = ""
    mode: str = ""  # empty: as the session is held
    status: str = ""  # empty: the line says nothing
    mistake: str = ""


def read(text: str) -> list[Entry]:
    """The lines of a table pasted from a spreadsheet (tabs) or of CSV (commas or semicolons), under their headings.

    A title and a date may stand above the headings, as people write them. Raises Unreadable where no column tells who.
    """
    missing = _("The first lines have no heading “name” or “e-mail”.")
    columns, people = spreadsheets.read(text, HEADINGS, needs=["name", "email"], missing=missing, most=MOST_ROWS)
    if not people:
        raise Unreadable(_("The sheet has headings, and nobody under them."))
    return [_entry(line, cells, columns) for line, cells in people]


def as_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells as text that `read` reads with the same line numbers."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter="\t", lineterminator="\n")
    for row in rows:
        # A break within a cell would shift the numbers of the lines after it.
        writer.writerow([" ".join(cell.split()) for cell in row])
    return written.getvalue()


def _entry(line: int, cells: Sequence[str], columns: dict[str, int]) -> Entry:
    written = {
        column: " ".join(cells[place].split()) if place < len(cells) else "" for column, place in columns.items()
    }
    entry = Entry(
        line,
        name=written.get("name", ""),
        email=written.get("email", "").lower(),
        institution=written.get("institution", ""),
        mode=value_of(written.get("mode", ""), MODES),
        status=value_of(written["status"], STATUSES) if "status" in written else Attended.PRESENT.value,
    )
    return replace(entry, mistake=_mistake(entry, written))


def _mistake(entry: Entry, written: dict[str, str]) -> str:
    if not entry.name and not entry.email:
        return _("Neither name nor e-mail.")
    if len(entry.name) > LONGEST_NAME or len(entry.institution) > LONGEST_INSTITUTION:
        return _("The name or the institution is too long.")
    if not entry.mode and written.get("mode"):
        return _("“%(word)s” is no way to take part that we know: present in the room, or remote?") % {
            "word": written["mode"][:40]
        }
    if not entry.status and written.get("status"):
        return _("“%(word)s” is neither present, absent nor excused.") % {"word": written["status"][:40]}
    return ""


# --- As we understand it ----------------------------------------------------------------------------------------------


class Outcome(models.TextChoices):
    """What becomes of a line."""

    KNOWN = "known", gettext_lazy("is recorded")
    NEW = "new", gettext_lazy("is written down as new")
    SAME = "same", gettext_lazy("is on record already")
    STAYS = "stays", gettext_lazy("is on record as present, and stays so")
    DOUBLE = "double", gettext_lazy("stands twice in the sheet")
    SILENT = "silent", gettext_lazy("nothing to record")
    BAD = "bad", gettext_lazy("cannot be used")


CHANGES: Final = {Outcome.KNOWN, Outcome.NEW}


@dataclass(frozen=True)
class Match:
    """One line with the person it means and what becomes of it."""

    entry: Entry
    outcome: Outcome
    mode: str = ""
    user: User | None = None
    row: Participation | None = None
    told: str = ""  # more in words

    @property
    def changes(self) -> bool:
        return self.outcome in CHANGES

    @property
    def who(self) -> str:
        if self.user is not None:
            return ", ".join(part for part in (self.user.name, institutions_of(self.user)) if part)
        return self.row.name if self.row else ""

    @property
    def status(self) -> str:
        return str(Attended(self.entry.status).label) if self.entry.status else ""

    def key(self) -> tuple[object, ...]:
        """Who is meant, as far as that can be told of a line."""
        if self.user is not None:
            return ("user", self.user.pk)
        if self.row is not None:
            return ("row", self.row.pk)
        return ("new", fold(self.entry.name), fold(self.entry.institution))


def match(session: Session, version: SessionVersion, entries: Sequence[Entry]) -> list[Match]:
    """Each line with the person of this e-mail address, else the only one of this name; five queries.

    The second line about one person is a double, whichever way it names them.
    """
    book = _AddressBook(session, version)
    seen: dict[tuple[object, ...], int] = {}
    matches = []
    for entry in entries:
        one = book.match(entry)
        if one.outcome not in {Outcome.BAD, Outcome.SILENT}:
            before = seen.setdefault(one.key(), entry.line)
            if before != entry.line:
                one = replace(one, outcome=Outcome.DOUBLE, told=_("See line %(line)s.") % {"line": before})
        matches.append(one)
    return matches


def fingerprint(matches: Sequence[Match]) -> str:
    """The same for the same people and the same outcomes: what was shown is what is recorded."""
    facts = [(one.entry.line, one.outcome.value, one.entry.status, one.mode, one.key()) for one in matches]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


class _AddressBook:
    """Everybody a line may mean, read once."""

    def __init__(self, session: Session, version: SessionVersion) -> None:
        self.mode = LINE.value if version.mode == LINE else ROOM.value
        self.by_email: dict[str, User] = {}
        self.by_name: dict[str, list[User]] = defaultdict(list)
        self.rows: dict[int, Participation] = {}
        self.visitors: dict[str, list[Participation]] = defaultdict(list)
        people = {person.pk: person for person in known_people(session, on=group_day(version.begins_at))}
        for person in people.values():
            self.by_email[person.email.lower()] = person
            self.by_name[fold(person.name)].append(person)
        for address in EmailAddress.objects.filter(user__in=people, verified=True):
            self.by_email.setdefault(address.email.lower(), people[address.user_id])
        for row in session.participations.select_related("organization"):
            if row.user_id is None:
                self.visitors[fold(row.name)].append(row)
            else:
                self.rows[row.user_id] = row
        self.organizations = _organizations(session)

    def match(self, entry: Entry) -> Match:
        if entry.mistake:
            return Match(entry, Outcome.BAD, told=entry.mistake)
        if not entry.status:
            return Match(entry, Outcome.SILENT, told=_("The column of the status is empty."))
        namesakes = self.by_name.get(fold(entry.name), []) if entry.name else []
        if user := self.by_email.get(entry.email):
            return self._known(entry, user=user, row=self.rows.get(user.pk))
        if len(namesakes) > 1:
            return Match(entry, Outcome.BAD, told=_("Several people have this name: add the e-mail."))
        for user in namesakes:
            one = self._known(entry, user=user, row=self.rows.get(user.pk))
            return replace(one, told=_("By the name alone: please check."))
        return self._without_account(entry)

    def _without_account(self, entry: Entry) -> Match:
        if not entry.name:
            return Match(entry, Outcome.BAD, told=_("Nobody has this address, and no name stands beside it."))
        if row := self._visitor(entry):
            return self._known(entry, user=None, row=row)
        if entry.status != Attended.PRESENT:
            return Match(entry, Outcome.SILENT, told=_("Not on the list: only who was present is written down."))
        namesake = next(iter(self.visitors.get(fold(entry.name), [])), None)
        told = _("Somebody of this name is on the list already: please check.") if namesake else ""
        return Match(entry, Outcome.NEW, entry.mode or self.mode, told=told)

    def _visitor(self, entry: Entry) -> Participation | None:
        """Somebody without an account who is on the list already: of the same institution, if one is named."""
        named = self.visitors.get(fold(entry.name), [])
        if not entry.institution:
            return named[0] if len(named) == 1 else None
        wanted = fold(entry.institution)
        organization = self.organizations.get(wanted)
        for row in named:
            same = row.organization_id == organization if organization else fold(row.organization_name) == wanted
            if same:
                return row
        return None

    def _known(self, entry: Entry, *, user: User | None, row: Participation | None) -> Match:
        mode = (entry.mode or self.mode) if entry.status == Attended.PRESENT else ""
        attended = row.attended if row else Attended.UNKNOWN.value
        outcome = Outcome.KNOWN
        if attended == entry.status:
            outcome = Outcome.SAME
        elif attended == Attended.PRESENT:
            outcome = Outcome.STAYS
        return Match(entry, outcome, mode, user, row)


def _organizations(session: Session) -> dict[str, int]:
    """Institutions by folded name, English name and acronym, those that mean one alone."""
    found: dict[str, set[int]] = defaultdict(set)
    of_this_world = Organization.objects.filter(is_demo=session.is_demo)
    for pk, *names in of_this_world.values_list("pk", "name", "name_en", "acronym"):
        for name in names:
            if name:
                found[fold(name)].add(pk)
    return {name: next(iter(pks)) for name, pks in found.items() if len(pks) == 1}
