"""Who may arrange drafts on the planning board: coordinators alone; nobody else learns that it exists."""

from typing import Final

from tests.access.door import Row
from tests.access.roles import COORDINATORS, DONE, ELSEWHERE, only

COORDINATION: Final = only(COORDINATORS)
COORDINATION_DOES: Final = only(COORDINATORS, answer=DONE)

PLANNING: Final = [
    Row("workshops:board", at=lambda w: {"slug": w.cycle.slug}, GET=COORDINATION),
    Row(
        "workshops:move",
        "draft",
        lambda w: {"slug": w.draft.slug},
        data=lambda w: {"edits": w.draft.edits, "days": 1},
        POST=COORDINATION_DOES,
    ),
    Row(
        "workshops:move",
        "published",
        lambda w: {"slug": w.invited.slug},
        data=lambda w: {"edits": w.invited.edits, "to": "2040-01-31"},
        POST=COORDINATION_DOES,
    ),
    # Nothing is to be decided about it: coordinators are told so.
    Row("workshops:keep_clock", at=lambda w: {"slug": w.draft.slug}, POST=only(COORDINATORS, answer=ELSEWHERE)),
    Row("workshops:keep_moment", at=lambda w: {"slug": w.draft.slug}, POST=only(COORDINATORS, answer=ELSEWHERE)),
    Row(
        "workshops:repeat",
        at=lambda w: {"slug": w.draft.slug},
        data=lambda w: {"edits": w.draft.edits, "every": "week", "times": 2},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
]
