"""Asking those once more who have not answered: by a coordinator's click, and nobody twice within two days."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail.nights import is_quiet
from ogpgroup.models import OutgoingMail, User
from ogpgroup.text import SortKey
from workshops import emails
from workshops.actions.locks import hold_off_releases
from workshops.models import Participation, Session, SessionVersion

Status = OutgoingMail.Status
AGAIN_AFTER = timedelta(days=2)


@dataclass(frozen=True)
class Nudge:
    """Whom a click would write to, and whom it would leave out and why."""

    people: Sequence[User]
    asked_lately: Sequence[User]  # by this, by the invitation, or by news that asked again
    wants_none: Sequence[User]
    in_the_morning: Mapping[datetime, int]  # of the people: how many are written to only then, because it is night
    in_the_night: int  # how many are written to at once although it is night: the session is so near


def whom_to_nudge(version: SessionVersion, *, now: datetime) -> Nudge:
    """Those expected who have not answered, nor sent somebody in their place; two queries."""
    silent = Participation.objects.expected().filter(session=version.session_id, answer=Participation.Answer.NONE)
    sent = Participation.objects.in_place_of_others().filter(session=version.session_id)
    silent = silent.exclude(pk__in=sent.values("delegated_by"))
    people = User.objects.filter(pk__in=silent.values("user"), is_active=True).order_by(SortKey("name"), "pk")
    mails = OutgoingMail.objects.about(emails.SUBJECT, version.session_id)
    asked_anew = Q(kind=emails.CHANGE, user__in=silent.exclude(earlier_answer="").values("user"))
    asking = mails.filter(Q(kind__in=[emails.NUDGE, emails.INVITATION]) | asked_anew)
    lately = set(asking.filter(_lately(now)).values_list("user", flat=True))
    others = [person for person in people if person.pk not in lately]
    written_to = [person for person in others if person.wants_reminders]
    dues = [(emails.nudge_due(version, person.time_zone, now=now), person.time_zone) for person in written_to]
    return Nudge(
        people=written_to,
        asked_lately=[person for person in people if person.pk in lately],
        wants_none=[person for person in others if not person.wants_reminders],
        in_the_morning=Counter(sorted(due for due, _zone in dues if due > now)),
        in_the_night=sum(due == now and is_quiet(now, zone) for due, zone in dues),
    )


def _lately(now: datetime) -> Q:
    """Mail that went within two days, or is still to go, however long ago it was due: two would arrive together."""
    to_go = Q(status__in=[Status.QUEUED, Status.SENDING, Status.PARKED])
    went = GreaterThan(Coalesce("sent_at", Greatest("due", "retry_at")), now - AGAIN_AFTER)
    return to_go | (~Q(status__in=[Status.WITHDRAWN, Status.MISSED]) & Q(went))


@transaction.atomic
def nudge(session: Session, *, now: datetime) -> int:
    """Write to everybody expected who has not answered; returns to how many.

    Guarantees that nobody is written to within two days of the last question, however often and by however
    many coordinators the button is pressed: they come here one after the other. Raises ActionNotPossible for a session
    that takes no answers.
    """
    hold_off_releases()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('workshops.nudges', %s))", [session.pk])
    version = SessionVersion.objects.current().select_related("session").filter(session=session).first()
    if version is None or version.finishes_at <= now or not version.is_planned:
        raise ActionNotPossible(_("This session takes no answers."))
    return emails.queue_nudges(version, whom_to_nudge(version, now=now).people, now=now)
