"""The numbers by which calendars tell new from old, where only some people are told."""

from collections.abc import Iterable

from django.db.models import F

from workshops.audience import Expectation
from workshops.models import Participation, Session


def outbid(people: Iterable[Expectation]) -> None:
    """Raise SEQUENCE for people told something new about a session that nobody else hears of.

    A calendar that has seen a cancellation takes a new request for old news unless its number is higher (RFC 5546,
    2.1.4 and 2.1.5). The session remembers the highest number, so that the next release, in mail and feed, exceeds it.
    """
    by_session: dict[int, list[int]] = {}
    for one in people:
        by_session.setdefault(one.session_id, []).append(one.user_id)
    for session_id, user_ids in sorted(by_session.items()):
        Session.objects.filter(pk=session_id).update(sequence=F("sequence") + 1)
        sequence = Session.objects.filter(pk=session_id).values("sequence")
        Participation.objects.filter(session=session_id, user__in=user_ids).update(calendar_sequence=sequence)
