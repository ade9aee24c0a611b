"""Who may do what about reminders and the outbox, beside what `tests.access.table` says."""

from typing import Final

from tests.access.door import Row
from tests.access.roles import COORDINATORS, DONE, ELSEWHERE, only

COORDINATION: Final = only(COORDINATORS)
COORDINATION_DOES: Final = only(COORDINATORS, answer=DONE)

MAIL: Final = [
    Row(
        "workshops:reminders",
        at=lambda w: {"slug": w.invited.slug},
        data=lambda _: {"leads": "1 h"},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "workshops:usual_reminders",
        data=lambda _: {"workshop": "7 d", "webinar": "", "working_session": ""},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "workshops:release_mails",
        at=lambda w: {"number": w.release.number},
        GET=only(COORDINATORS, answer=ELSEWHERE),
    ),
    Row("workshops:release_mails", "not yet", lambda w: {"number": w.release.number + 1}, GET=only(frozenset())),
    Row(
        "workshops:release_send_now",
        at=lambda w: {"number": w.release.number},
        POST=only(COORDINATORS, answer=ELSEWHERE),  # it went already
    ),
    Row("outbox_csv", GET=COORDINATION),
    Row("outbox_csv", "of one session", query="?session=1&status=sent", GET=COORDINATION),
    Row("workshops:reminders", "nothing typed", lambda w: {"slug": w.draft.slug}, GET=COORDINATION),
]
