"""Minutes written from what was recorded: a text for each section, in Spanish, for somebody to complete.

What people typed comes in as words: no mark in it makes a heading, a list or a link.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from ogpgroup.dates import spoken_day
from ogpgroup.models import User
from workshops import preparation
from workshops.models import Agreement, MinutesSection, SessionVersion, TableNote
from workshops.reports.attendance import Counted
from workshops.reports.record import Point, Record, Table, record_of

Kind = MinutesSection.Kind
TABLES_APART: Final = 20  # so many tables have a section each; the others share the last one
ROOM: Final = MinutesSection.LARGEST - 1024  # bytes; the rest is for a line that says what was left out
MARKS: Final = re.compile(r"([\\`*_\[\]<>#&~|!])")
LIST_MARK: Final = re.compile(r"^(\d{1,9})([.)])|^([-+=])")


@dataclass(frozen=True)
class Drafted:
    """A section as the records give it."""

    kind: str
    heading: str
    text: str


def sections_of(version: SessionVersion, user: User | AnonymousUser) -> list[Drafted]:
    """The sections of the minutes of a session, as far as the person may see what is in them."""
    with override(settings.LANGUAGE_CODE):
        record = record_of(version, user, shows_agenda=True)
        return [
            Drafted(Kind.OPENING, _heading(Kind.OPENING), _opening(record)),
            Drafted(Kind.ATTENDANCE, _heading(Kind.ATTENDANCE), _attendance(record)),
            Drafted(Kind.AGENDA, _heading(Kind.AGENDA), _fitted(_agenda(record.points))),
            Drafted(Kind.DISCUSSION, _heading(Kind.DISCUSSION), ""),
            *_tables(record.tables),
            Drafted(Kind.DIAGNOSIS, _heading(Kind.DIAGNOSIS), _fitted(_diagnosis(record))),
            Drafted(Kind.AGREEMENTS, _heading(Kind.AGREEMENTS), _fitted(_agreements(record.agreements))),
            Drafted(Kind.OTHER, _heading(Kind.OTHER), ""),
        ]


def text_of(section: MinutesSection, version: SessionVersion, user: User | AnonymousUser) -> str:
    """What the records give today for a section that was drafted from them; empty for one that was not."""
    same_kind = [one for one in sections_of(version, user) if one.kind == section.kind]
    found = [one for one in same_kind if one.heading == section.heading] or same_kind
    return found[0].text if len(found) == 1 else ""


def literal(text: str) -> str:
    """Words that Markdown takes for nothing but words, on one line."""
    line = MARKS.sub(r"\\\1", " ".join(text.split()))
    return LIST_MARK.sub(lambda one: f"{one[1]}\\{one[2]}" if one[1] else f"\\{one[3]}", line)


def _heading(kind: Kind) -> str:
    label = str(kind.label)
    return label[:1].upper() + label[1:]


def _fitted(lines: Iterable[str]) -> str:
    """As many lines as a section holds, and a word about those that it does not."""
    kept: list[str] = []
    size, left_out = 0, 0
    for line in lines:
        size += len(line.encode()) + 1
        if size > ROOM:
            left_out += 1
        else:
            kept.append(line)
    if left_out:
        told = ngettext("%(count)s line more is on record.", "%(count)s lines more are on record.", left_out)
        kept += ["", told % {"count": left_out}]
    return "\n".join(kept).strip()


# --- Section by section -----------------------------------------------------------------------------------------------


def _opening(record: Record) -> str:
    version = record.version
    lines = [
        _("**Session:** %(title)s") % {"title": literal(version.title)},
        _("**Date and hours:** %(when)s") % {"when": literal(str(preparation.when_of(version)))},
        _("**How it was held:** %(mode)s") % {"mode": version.get_mode_display()},
    ]
    if version.place:
        lines.append(_("**Place:** %(place)s") % {"place": literal(version.place)})
    lines.append(_("**Cycle:** %(cycle)s") % {"cycle": literal(version.cycle_name)})
    text = "\n\n".join(lines)
    if version.purpose:
        text += "\n\n" + _("**What it was for:** %(purpose)s") % {"purpose": literal(version.purpose)}
    return text


def _attendance(record: Record) -> str:
    attendance = record.attendance
    if not attendance.count and not attendance.by_institution:
        return _("Attendance is not on record.")
    lines: list[str] = []
    if attendance.count:
        told = ngettext("%(count)s person took part.", "%(count)s people took part.", attendance.count)
        lines += [told % {"count": attendance.count}]
    for label, counts in (
        (_("By institution:"), attendance.by_institution),
        (_("By city:"), attendance.by_city),
        (_("By mode:"), attendance.by_mode),
    ):
        lines += _counted(label, counts)
    if attendance.named:
        lines += ["", _("Who agreed to be named:"), ""]
        for one in attendance.named:
            lines.append("- " + literal(", ".join(part for part in (one.name, one.institution) if part)))
    return _fitted(lines)


def _counted(label: str, counts: Counted) -> list[str]:
    if not counts:
        return []
    return [
        "",
        label,
        "",
        *(f"- {literal(name)}: {count}" if count else f"- {literal(name)}" for name, count in counts),
    ]


def _agenda(points: Iterable[Point], indent: str = "") -> Iterator[str]:
    for number, point in enumerate(points, start=1):
        told = [literal(point.item.title)]
        if point.presented_by:
            told.append(literal(_("Presented by: %(who)s") % {"who": point.presented_by}))
        if point.answered_by:
            told.append(literal(_("Answered first by: %(who)s") % {"who": point.answered_by}))
        yield f"{indent}{number}. {'. '.join(told)}."
        yield from _agenda(point.parts, indent=f"{indent}   ")


def _tables(tables: list[Table]) -> Iterator[Drafted]:
    apart, together = tables[:TABLES_APART], tables[TABLES_APART:]
    for one in apart:
        yield Drafted(Kind.TABLES, table_heading(one), _fitted(_notes(one)))
    if together:
        lines: list[str] = []
        for one in together:
            lines += [f"### {literal(table_heading(one))}", "", *_notes(one), ""]
        yield Drafted(Kind.TABLES, _("Other work tables"), _fitted(lines))


def table_heading(table: Table) -> str:
    """“Mesa 1: Espacio público”."""
    number = _("Table %(number)s") % {"number": table.table.number}
    return f"{number}: {table.table.theme}"[:200] if table.table.theme else number


def _notes(table: Table) -> Iterator[str]:
    if not table.notes:
        yield _("Nothing that was said at this table is on record.")
    for kind, notes in table.notes:
        label = KIND_HEADINGS[kind]()
        yield f"**{label}**"
        yield ""
        for note in notes:
            yield f"- {literal(note.text)}"
        yield ""


KIND_HEADINGS: Final = {
    TableNote.Kind.DOUBT.value: lambda: pgettext("table notes", "Doubts"),
    TableNote.Kind.DIFFICULTY.value: lambda: pgettext("table notes", "Difficulties"),
    TableNote.Kind.PRIORITY.value: lambda: pgettext("table notes", "Priorities"),
    TableNote.Kind.PROPOSAL.value: lambda: pgettext("table notes", "Proposals"),
    TableNote.Kind.COMMENT.value: lambda: pgettext("table notes", "Comments"),
}


def _diagnosis(record: Record) -> Iterator[str]:
    if not record.statements:
        yield _("The collective diagnosis is not published yet.")
        return
    if record.introduction:
        yield literal(record.introduction)
        yield ""
    for one in record.statements:
        votes = ""
        if one.votes is not None:
            votes = f" ({ngettext('%(count)s vote', '%(count)s votes', one.votes) % {'count': one.votes}})"
        statement = f": {literal(one.statement)}" if one.statement else ""
        yield f"{one.rank}. **{literal(one.title)}**{votes}{statement}"


def _agreements(agreements: Iterable[Agreement]) -> Iterator[str]:
    written = False
    for one in agreements:
        written = True
        told = [literal(one.text)]
        if who := responsible_of(one):
            told.append(literal(_("Responsible: %(who)s") % {"who": who}))
        if one.due_on:
            told.append(_("By: %(day)s") % {"day": spoken_day(one.due_on, weekday=False)})
        yield f"{one.number}. {' — '.join(told)}"
    if not written:
        yield _("No agreement is on record.")


def responsible_of(agreement: Agreement) -> str:
    """Who answers for an agreement, in words; expects `responsible`."""
    names = [one.name for one in agreement.responsible.all()]
    if agreement.responsible_group:
        names.insert(0, _("The whole group"))
    return ", ".join(names)
