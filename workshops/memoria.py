"""The report of a session (memoria): everything that is on record of it in one document, for a library or a file.

The page tells it in the reader's language; the PDF is in Spanish, as the group files it.
"""

from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from ogpgroup import pdf
from ogpgroup.dates import spoken_day
from workshops import drafting, preparation
from workshops.models import Agreement, Photo
from workshops.reports.record import Attendance, Point, Record, Statement, Table

PHOTOS_IN_PDF: Final = 12


def as_pdf(record: Record) -> bytes:
    """The report as tagged PDF. What was set once is kept, so that a crowd costs one setting."""
    with override(settings.LANGUAGE_CODE):
        content = _content(record)
    photos = record.photos[:PHOTOS_IN_PDF]
    pictures = {_name(one): _bytes(one) for one in photos}
    content["photos"] = [
        {"file": _name(one), "alt": one.alt, "caption": _caption(one)} for one in photos if pictures[_name(one)]
    ]
    shown = {name: held for name, held in pictures.items() if held}
    return pdf.compile("memoria.typ", content, language=settings.LANGUAGE_CODE, pictures=shown)


def _name(photo: Photo) -> str:
    return f"{photo.uuid}.{photo.content_type.rpartition('/')[2].replace('jpeg', 'jpg')}"


def _bytes(photo: Photo) -> bytes:
    """Nothing where the file is gone: a report without one picture is better than none."""
    try:
        with photo.medium.open("rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        return b""


def _caption(photo: Photo) -> str:
    credit = _("Photo: %(who)s") % {"who": photo.credit} if photo.credit else ""
    return " ".join(part for part in (photo.caption, credit) if part)


def _content(record: Record) -> dict[str, Any]:
    """What `templates/pdf/memoria.typ` shows; headings come with it, so that all words are in one place."""
    version = record.version
    return {
        "title": _("Report: %(session)s") % {"session": version.title},
        "kicker": version.cycle_name,
        "author": settings.GROUP_NAME,
        "source": settings.PUBLIC_URL + version.get_absolute_url(),
        "pages": _("Page {n} of {all}"),
        "facts_of": _("About the session"),
        "facts": facts_of(record),
        "texts": [
            {"heading": heading, "text": text}
            for heading, text in (
                (_("What it is for"), version.purpose),
                (_("What was to be decided"), version.decisions),
                (_("What happened"), record.session.report),
            )
            if text
        ],
        "agenda": {"heading": _("Agenda"), "points": [_point(one) for one in record.points]},
        "attendance": _attendance(record.attendance),
        "tables": {"heading": _("Work tables"), "tables": [_table(one) for one in record.tables]},
        "diagnosis": {
            "heading": _("Collective diagnosis"),
            "introduction": record.introduction,
            "columns": [_("Place"), _("Theme"), _("What the group says of it"), _("Votes"), _("Notes")],
            "statements": [_statement(one) for one in record.statements],
        },
        "agreements": {
            "heading": _("Agreements"),
            "columns": [_("Number"), _("Agreement"), _("Responsible"), _("Due"), _("Status")],
            "rows": [_agreement(one) for one in record.agreements],
        },
        "photos_heading": _("Photos"),
        "sources": {"heading": _("Sources"), "lines": sources_of(record)},
    }


def facts_of(record: Record) -> list[tuple[str, str]]:
    """Which session it was, when, where and for whom."""
    version = record.version
    facts = [
        (_("Date"), str(preparation.when_of(version))),
        (_("Place"), version.place),
        (_("How it was held"), str(version.get_mode_display())),
        (_("Kind"), str(version.get_kind_display())),
        (_("Cycle"), version.cycle_name),
        (_("People"), str(record.attendance.count) if record.attendance.count else ""),
    ]
    return [(label, value) for label, value in facts if value]


def sources_of(record: Record) -> list[str]:
    """Where what is told comes from: the record itself, and where given the page that told of the session."""
    version = record.version
    lines = [
        _("The session's page: %(address)s") % {"address": settings.PUBLIC_URL + version.get_absolute_url()},
        _("As published in version %(number)s of the schedule.") % {"number": version.release.number},
    ]
    if record.session.source:
        lines.append(_("Source: %(address)s") % {"address": record.session.source})
    for one in record.materials:
        last = max(one.versions.all(), key=lambda each: each.number, default=None)
        if last is not None:
            address = last.url or settings.PUBLIC_URL + last.get_absolute_url()
            lines.append(f"{one.get_kind_display()}: {one.title} ({address})")
    return lines


def _point(point: Point) -> dict[str, Any]:
    told = []
    if point.presented_by:
        told.append(_("Presented by: %(who)s") % {"who": point.presented_by})
    if point.answered_by:
        told.append(_("Answered first by: %(who)s") % {"who": point.answered_by})
    return {"title": point.item.title, "told": ". ".join(told), "parts": [_point(part) for part in point.parts]}


def _attendance(attendance: Attendance) -> dict[str, Any]:
    told = ""
    if attendance.count:
        told = ngettext("%(count)s person took part.", "%(count)s people took part.", attendance.count)
        told %= {"count": attendance.count}
    counted = (
        (_("Institution"), attendance.by_institution),
        (_("City"), attendance.by_city),
        (_("Mode"), attendance.by_mode),
    )
    return {
        "heading": _("Who took part"),
        "told": told,
        "people": _("People"),
        "tables": [
            {"label": label, "rows": [[name, str(count) if count else ""] for name, count in rows]}
            for label, rows in counted
            if rows
        ],
        "named_heading": _("Agreed to be named"),
        "named": [", ".join(part for part in (one.name, one.institution) if part) for one in attendance.named],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "heading": drafting.table_heading(table),
        "empty": _("Nothing that was said at this table is on record."),
        "kinds": [
            {"label": drafting.KIND_HEADINGS[kind](), "notes": [note.text for note in notes]}
            for kind, notes in table.notes
        ],
    }


def _statement(one: Statement) -> list[str]:
    votes = "" if one.votes is None else str(one.votes)
    voted_as = _("The group voted on it as “%(title)s”.") % {"title": one.voted_as} if one.voted_as else ""
    said = "\n".join(part for part in (one.statement, voted_as) if part)
    return [str(one.rank), one.title, said, votes, str(one.note_count)]


def _agreement(one: Agreement) -> list[str]:
    due = spoken_day(one.due_on, weekday=False) if one.due_on else ""
    return [str(one.number), one.text, drafting.responsible_of(one), due, str(one.get_status_display())]
