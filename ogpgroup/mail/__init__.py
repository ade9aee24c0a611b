"""Mail that goes out: queued in the database with the change that causes it, sent by whoever claims it first.

`enqueue` inserts rows in the caller's transaction; `deliver` claims, re-checks, renders and sends them. Send first,
then mark: the other order loses mail. Between the server's acceptance and our mark a crash can double a mail; it then
carries the same Message-ID and bytes, and the row counts it. Apps say what their kinds of mail are (`Kind`); nothing
here knows an app.
"""

from ogpgroup.mail.addresses import try_address_again
from ogpgroup.mail.faults import kill_point
from ogpgroup.mail.kinds import Kind, Rendered
from ogpgroup.mail.message import Parts, compose, render_parts
from ogpgroup.mail.queue import (
    BODIES_KEPT_FOR,
    dismiss,
    enqueue,
    park,
    purge_bodies,
    release_parked,
    retry,
    retry_all,
    wake,
    wake_planner,
    withdraw,
    withdraw_one,
)
from ogpgroup.mail.returned import take_back
from ogpgroup.mail.sender import deliver
from ogpgroup.mail.unsubscribe import unsubscribe_url, who_unsubscribes
from ogpgroup.mail.watch import Watch, beat, database_now, watch
from ogpgroup.masks import mask_links

__all__ = [
    "BODIES_KEPT_FOR",
    "Kind",
    "Parts",
    "Rendered",
    "Watch",
    "beat",
    "compose",
    "database_now",
    "deliver",
    "dismiss",
    "enqueue",
    "kill_point",
    "mask_links",
    "park",
    "purge_bodies",
    "release_parked",
    "render_parts",
    "retry",
    "retry_all",
    "take_back",
    "try_address_again",
    "unsubscribe_url",
    "wake",
    "wake_planner",
    "watch",
    "who_unsubscribes",
    "withdraw",
    "withdraw_one",
]
