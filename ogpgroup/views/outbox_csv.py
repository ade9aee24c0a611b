"""The mails of the outbox as a sheet, as they are filtered; no text of any."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cities.access import coordinator_required
from ogpgroup.models import OutgoingMail
from ogpgroup.views.outbox import KIND_LABELS, OutboxFilter

ROWS_AT_ONCE = 2000
# A cell that begins like this is a formula to a spreadsheet: it would be reckoned, and could call home.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|")


class _Line:
    """What `csv` writes to: gives each line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def plain(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


@coordinator_required
@require_safe
def outbox_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All that the filter finds, line by line: a session of thousands takes no memory."""
    mails = OutboxFilter(request.GET).qs.order_by("-due", "-pk")
    name = f"outbox-{timezone.now():%Y%m%d-%H%M}.csv"
    lines = _lines(mails.iterator(chunk_size=ROWS_AT_ONCE))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _lines(mails: Iterable[OutgoingMail]) -> Iterator[str]:
    writer = csv.writer(_Line())
    heads = [
        _("Kind"), _("Subject"), _("Person"), _("E-mail"), _("Version"), _("Due (UTC)"), _("Sent (UTC)"), _("Status"),
        _("Tries"), _("Perhaps arrived unknown"), _("What the server said"), _("Put aside (UTC)"), _("Message-ID"),
    ]  # fmt: skip
    yield "\ufeff"  # without it Excel takes the accents for something else
    yield writer.writerow(heads)
    for one in mails:
        yield writer.writerow([plain(cell) for cell in _cells(one)])


def _cells(one: OutgoingMail) -> Iterable[Any]:
    # The subject line of an account mail may hold a code.
    subject = "" if one.is_account_mail else one.headline
    yield from (KIND_LABELS.get(one.kind, one.kind), subject, one.user.name if one.user else "", one.recipient)
    yield from (one.subject_version if one.subject_type == "session" else "", _stamp(one.due), _stamp(one.sent_at))
    yield from (one.get_status_display(), one.attempts, one.unknown_count, one.reply, _stamp(one.dismissed_at))
    yield one.message_id


def _stamp(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""
