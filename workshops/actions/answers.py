"""Answers to invitations."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops.models import Participation, Session


@transaction.atomic
def answer(session: Session, *, user: User, answer: Participation.Answer, now: datetime) -> Participation:
    """Record whether the person comes. The last answer counts; somebody not expected comes at their own wish.

    The caller has checked that the person may see the session. Raises ActionNotPossible for a session that is over or
    cancelled, and for one that is not published.
    """
    version = Session.objects.select_related("current_version").get(pk=session.pk).current_version
    if version is None or version.finishes_at <= now:
        raise ActionNotPossible(_("This session is over; answers are closed."))
    if version.is_cancelled:
        raise ActionNotPossible(_("This session was cancelled; no answer is needed."))
    if answer == Participation.Answer.NONE:
        raise ValueError("An answer is yes, maybe or no.")
    participation, _created = Participation.objects.select_for_update().get_or_create(
        session=session, user=user, defaults={"expected_because": Participation.Because.OWN_WISH}
    )
    if not participation.expected:
        participation.expected, participation.expected_because = True, Participation.Because.OWN_WISH
        participation.expected_since = now
    participation.answer, participation.answered_at = answer, now
    participation.save(update_fields=["answer", "answered_at", "expected", "expected_because", "expected_since"])
    return participation
