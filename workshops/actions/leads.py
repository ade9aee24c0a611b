"""When people are reminded: of one session, and of all of a kind."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from ogpgroup.models import User
from workshops.models import Session, UsualLeads

logger = logging.getLogger(__name__)


def set_lead_hours(session: Session, *, hours: list[int], by: User) -> None:
    """Remind of this session so many hours before its start; none means as of all of its kind.

    Counts at once: lead times are nothing that a release publishes. What was queued for a lead time that is no more is
    not sent; see `emails.kinds`.
    """
    Session.objects.filter(pk=session.pk).update(lead_hours=hours or None)
    logger.info("The lead times of session %s are %s by person %s", session.pk, hours or "the usual ones", by.pk)


@transaction.atomic
def set_usual_leads(hours: Mapping[str, list[int]], *, by: User, now: datetime) -> None:
    """Remind of all sessions of each kind so many hours before; none, or the platform's own, mean `LEAD_TIMES`.

    Counts at once, save at sessions that have lead times of their own. Nobody is reminded late of what was due before;
    a kind that stays as it is keeps its `since`.
    """
    known = {one.kind: one.hours for one in UsualLeads.objects.select_for_update()}
    for kind, given in hours.items():
        built_in = [lead // timedelta(hours=1) for lead in Session.LEAD_TIMES[kind]]
        wanted = [] if given == built_in else given
        if wanted != known.get(kind, []):
            UsualLeads.objects.update_or_create(kind=kind, defaults={"hours": wanted, "since": now})
            logger.info("The lead times of each %s are %s by person %s", kind, wanted or "the usual ones", by.pk)
