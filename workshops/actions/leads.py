"""When people are reminded of one session."""

import logging

from ogpgroup.models import User
from workshops.models import Session

logger = logging.getLogger(__name__)


def set_lead_hours(session: Session, *, hours: list[int], by: User) -> None:
    """Remind of this session so many hours before its start; none means as of all of its kind.

    Counts at once: lead times are nothing that a release publishes. What was queued for a lead time that is no more is
    not sent; see `emails.kinds`.
    """
    Session.objects.filter(pk=session.pk).update(lead_hours=hours or None)
    logger.info("The lead times of session %s are %s by person %s", session.pk, hours or "the usual ones", by.pk)
