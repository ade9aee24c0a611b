"""Who was told of a session, in numbers: what coordinators read above its mails and its people."""

from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ogpgroup.models import OutgoingMail
from workshops import emails
from workshops.models import Session, SessionVersion

Status = OutgoingMail.Status


@dataclass(frozen=True)
class Totals:
    """People who were told something, and mails by what else became of them."""

    told: int
    waiting: int
    failed: int
    unknown: int
    missed: int
    parked: int
    returned: int
    perhaps_twice: int

    @property
    def sentence(self) -> str:
        """“142 told, 2 refused, 1 unknown”; what is nothing is left out, save how many were told."""
        counts = [
            (self.waiting, _("%(n)s waiting")),
            (self.failed, _("%(n)s refused")),
            (self.returned, _("%(n)s returned")),
            (self.unknown, _("%(n)s unknown")),
            (self.missed, _("%(n)s too late")),
            (self.parked, _("%(n)s held")),
            (self.perhaps_twice, _("%(n)s perhaps twice")),
        ]
        people = ngettext("%(n)s person told", "%(n)s people told", self.told) % {"n": self.told}
        return ", ".join([people, *(label % {"n": number} for number, label in counts if number)])


def totals(session_id: int) -> Totals:
    """What became of all mails about one session; one query."""
    status = {
        "waiting": Q(status__in=[Status.QUEUED, Status.SENDING]),
        "failed": Q(status=Status.FAILED),
        "unknown": Q(status=Status.UNKNOWN),
        "missed": Q(status=Status.MISSED),
        "parked": Q(status=Status.PARKED),
        "returned": Q(status=Status.BOUNCED),
        "perhaps_twice": Q(status=Status.SENT, unknown_count__gt=0),
    }
    counts = OutgoingMail.objects.about(emails.SUBJECT, session_id).aggregate(
        told=Count("user", distinct=True, filter=Q(status=Status.SENT)),
        **{name: Count("pk", filter=condition) for name, condition in status.items()},
    )
    return Totals(**counts)


def versions_told(session: Session) -> dict[int, int]:
    """The number of the release that each person was surely told of last; two queries."""
    mails = OutgoingMail.objects.about(emails.SUBJECT, session.pk).filter(status=Status.SENT, user__isnull=False)
    last = mails.order_by().values_list("user_id").annotate(Max("subject_version"))
    versions = SessionVersion.objects.filter(session=session)
    numbers = dict(versions.values_list("sequence", "release__number"))
    # A number that no release bears was raised for one person alone: what counts is the release before it.
    return {
        user: max((release for sequence, release in numbers.items() if sequence <= told), default=0)
        for user, told in last
        if user is not None
    }
