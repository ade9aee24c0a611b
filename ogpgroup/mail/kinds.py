"""What an app says about each kind of mail it sends."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from ogpgroup.models import OutgoingMail


@dataclass(frozen=True)
class Rendered:
    """A mail ready to go: the subject line for the outbox and the MIME bytes, repeated where they may have arrived."""

    headline: str
    content: bytes


@dataclass(frozen=True)
class Kind:
    """One kind of mail. `still_true` and `render` get a batch of this kind and run a constant number of queries.

    A kind is repeatable when a double is better than a loss: a reminder is, a decision or an invitation is not.
    `still_true` gives the ids that should still go; `render` the mails by id.
    """

    name: str
    priority: OutgoingMail.Priority
    repeatable: bool
    still_true: Callable[[Sequence[OutgoingMail], datetime], set[int]]
    render: Callable[[Sequence[OutgoingMail], datetime], dict[int, Rendered]]
    label: str | Promise = ""  # for the outbox, in people's words
