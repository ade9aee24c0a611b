"""Who came, as tables to take along: the whole list for coordinators, numbers and agreed names for everybody."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogpgroup.sheets import Column
from workshops.models import Participation, SessionVersion
from workshops.reports.attendance import PublicRecord, cities_of, institution_of, kinds_of, name_of, rows_of

# In the words that `workshops.sheets` reads, so that the file can be sent back with its gaps filled in.
LIST: Final = (
    Column("name", gettext_lazy("Name"), width=32),
    Column("email", gettext_lazy("E-mail"), width=32),
    Column("institution", gettext_lazy("Institution"), width=40),
    Column("kind", gettext_lazy("Kind"), width=24),
    Column("city", gettext_lazy("City"), width=24),
    Column("answer", gettext_lazy("Answer")),
    Column("status", gettext_lazy("Status")),
    Column("mode", gettext_lazy("Mode")),
    Column("checked_in_at", gettext_lazy("Checked in (UTC)"), width=20),
    Column("checked_in_how", gettext_lazy("Checked in how"), width=28),
    Column("may_be_named", gettext_lazy("May be named")),
)
PUBLIC: Final = (
    Column("figure", gettext_lazy("Figure"), width=24),
    Column("value", gettext_lazy("Value"), width=40),
    Column("institution", gettext_lazy("Institution"), width=40),
    Column("people", gettext_lazy("People"), width=10),
)


def list_rows(version: SessionVersion) -> Iterator[Sequence[Any]]:
    """Everybody of the list, by name: personal data, for coordinators alone."""
    for row in rows_of(version):
        is_recorded = row.attended != Participation.Attended.UNKNOWN
        yield (
            name_of(row),
            row.user.email if row.user else "",
            institution_of(row),
            kinds_of(row),
            cities_of(row),
            row.get_answer_display() if row.answer != Participation.Answer.NONE else "",
            row.get_attended_display() if is_recorded else "",
            row.get_mode_display() if row.mode else "",
            row.checked_in_at,
            row.get_checked_in_how_display() if row.checked_in_how else "",
            row.may_be_named,
        )


def public_rows(record: PublicRecord) -> Iterator[Sequence[Any]]:
    """What the session's page tells everybody: counts, and the names of those who agreed, nobody else's."""
    numbers = record.breakdown
    yield (_("took part"), "", "", numbers.present)
    counted = {
        _("by way of taking part"): numbers.by_mode,
        _("by city"): numbers.by_city,
        _("by kind of institution"): numbers.by_kind,
    }
    for figure, counts in counted.items():
        for value, count in counts:
            yield (figure, value, "", count)
    for one in record.named:
        yield (_("agreed to be named"), one.name, one.institution, 1)
