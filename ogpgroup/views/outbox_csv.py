"""The mails of the outbox as a sheet, as they are filtered; no text of any."""

from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cities.access import coordinator_required
from ogpgroup import sheets
from ogpgroup.models import OutgoingMail
from ogpgroup.sheets import Column
from ogpgroup.views.outbox import KIND_LABELS, OutboxFilter

ROWS_AT_ONCE = 2000
COLUMNS: Final = [
    Column("kind", _("Kind")),
    Column("subject", _("Subject")),
    Column("person", _("Person")),
    Column("email", _("E-mail")),
    Column("version", _("Version of the schedule")),
    Column("due", _("Due (UTC)")),
    Column("sent", _("Sent (UTC)")),
    Column("status", _("Status")),
    Column("attempts", _("Tries")),
    Column("unknown_count", _("Perhaps arrived unknown")),
    Column("reply", _("What the server said")),
    Column("dismissed_at", _("Put aside (UTC)")),
    Column("message_id", _("Message-ID")),
]


@coordinator_required
@require_safe
def outbox_csv(request: HttpRequest) -> HttpResponseBase:
    """All that the filter finds, line by line: a session of thousands takes no memory."""
    mails = OutboxFilter(request.GET).qs.order_by("-due", "-pk")
    rows = (list(_cells(one)) for one in mails.iterator(chunk_size=ROWS_AT_ONCE))
    return sheets.write("csv", f"outbox-{timezone.now():%Y%m%d-%H%M}", COLUMNS, rows)


def _cells(one: OutgoingMail) -> Iterable[Any]:
    subject = one.subject_line  # type: ignore[attr-defined]  # an annotation
    yield from (KIND_LABELS.get(one.kind, one.kind), subject, one.user.name if one.user else "", one.recipient)
    release = one.release_number or ""  # type: ignore[attr-defined]  # an annotation
    yield from (release, one.due, one.sent_at)
    yield from (one.get_status_display(), one.attempts, one.unknown_count, one.reply, one.dismissed_at)
    yield one.message_id
