"""Where people arrive after they sign in: what waits for me, and for coordinators what waits for us."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from cities.access import coordinator_required, roles_of
from cities.models import AccountInvitation, Cycle, group_day
from ogpgroup import mail
from ogpgroup import waiting as waiting_things
from ogpgroup.mail import Watch, database_now
from ogpgroup.models import User
from workshops import attendance, clock_rules, preparation
from workshops.models import Agreement, Participation, Session, SessionVersion
from workshops.pending import pending as sessions_pending
from workshops.preparation import Answers
from workshops.reports.rows import Reader
from workshops.reports.sessions import SessionWhen, when_of

SESSIONS_SOON = timedelta(days=14)
EXPIRING_SOON = timedelta(days=4)
# A page of work shows so many of each; the rest stands behind a link.
AT_MOST = 12


# --- My desk ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnSession:
    """A session at which I am expected, or to which I come at my own wish, by my clock."""

    version: SessionVersion
    participation: Participation
    told: SessionWhen
    joins_now: bool  # whoever joins is put on the list of who took part

    @property
    def waits(self) -> bool:
        return self.participation.answer == Participation.Answer.NONE and self.version.is_planned

    @property
    def join_url(self) -> str:
        may_join = self.participation.expected and self.participation.has_place_on_line(self.version)
        return self.version.join_url if may_join else ""


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for me, and my next sessions; whoever has left the group reads why it is empty."""
    assert request.user.is_authenticated
    now, roles = database_now(), roles_of(request.user)
    sessions = _own_sessions(request, request.user, now)
    waiting = [one for one in sessions if one.waits]
    things = waiting_things.for_person(request.user, group_day(now))
    zone = request.zone or settings.TIME_ZONE  # type: ignore[attr-defined]
    presents = waiting_things.presenting(request.user, now, zone=zone, today=group_day(now))
    invitations = _own_invitations(request.user, now)
    lacks_totp = roles.is_coordinator and not _has_totp(request.user)
    context = {
        "waiting": waiting,
        "sessions": [one for one in sessions if not one.waits],
        "things": things.things,
        "presents": presents,
        "things_more": things.more_count,
        "things_headline": things.headline,
        "plans": waiting_things.plans_kept_by(request.user),
        "invitations": invitations,
        "lacks_totp": lacks_totp,
        "waits": bool(waiting or things.things or invitations or lacks_totp),
        "in_group": roles.in_group,
        "today": group_day(now),
        "is_demo": request.user.is_demo,
    }
    return render(request, "ogpgroup/desk.html", context)


def _own_sessions(request: HttpRequest, user: User, now: datetime) -> list[OwnSession]:
    """Sessions to come at which the person is expected or comes at their own wish, soonest first; one query."""
    own_rows = Participation.objects.own(user, group_day(now)).filter(session__current_version__finishes_at__gt=now)
    rows = own_rows.select_related("session__current_version", "table").order_by(
        "session__current_version__begins_at", "pk"
    )
    reader = Reader(get_language() or settings.LANGUAGE_CODE, request.zone)  # type: ignore[attr-defined]
    own = []
    for participation in rows:
        version = participation.session.current_version
        assert version is not None  # the filter above asks for one
        joins_now = attendance.counts_on_the_line(version, now)
        own.append(OwnSession(version, participation, when_of(version, reader, []), joins_now))
    return own


def _own_invitations(user: User, now: datetime) -> list[AccountInvitation]:
    """Invitations to an address the person has proved; the link in the mail does the same."""
    proved = EmailAddress.objects.filter(user=user, verified=True).values("email")
    return list(AccountInvitation.objects.open(now).filter(email__in=proved).select_related("organization"))


def _has_totp(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


# --- Coordination -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PendingCycle:
    """How many changes of a cycle's schedule are not published."""

    cycle: Cycle
    count: int


@dataclass(frozen=True)
class NearSession:
    """A published session of the next days and how many have answered."""

    version: SessionVersion
    when: str
    answers: Answers


@coordinator_required
@require_safe
def coordination(request: HttpRequest) -> HttpResponse:
    """What waits for us: changes not published, which hours count, sessions at hand, what is late, mail in trouble."""
    watch = mail.watch()
    now, today = watch.now, group_day(watch.now)
    pending, near = _pending(), _near_sessions(now)
    agreements = Agreement.objects.overdue(today).select_related("session").order_by("due_on", "pk")
    invitations = AccountInvitation.objects.filter(
        status=AccountInvitation.Status.OPEN, expires_at__lte=now + EXPIRING_SOON
    )
    soon = Agreement.objects.awaited(today, today + SESSIONS_SOON).select_related("session").order_by("due_on", "pk")
    late_agreements, late = list(agreements), waiting_things.late_in_plans(_person(request), today)
    missing, clocks = waiting_things.at_sessions(now), clock_rules.undecided(now)
    context = {
        "pending": pending,
        "pending_count": sum(one.count for one in pending),
        "near": near,
        "clocks": clocks[:AT_MOST],
        "clocks_count": len(clocks),
        "missing": missing[:AT_MOST],
        "missing_count": len(missing),
        "is_demo": any(one.version.is_demo for one in near) or any(one.cycle.is_demo for one in pending),
        "agreements": late_agreements[:AT_MOST],
        "agreements_soon": [waiting_things.agreement(one, today) for one in soon[:AT_MOST]],
        "late": late.things,
        "late_count": len(late_agreements) + late.count,
        "invitations": list(invitations.select_related("organization").order_by("expires_at")[:AT_MOST]),
        "shown_late_count": min(len(late_agreements), AT_MOST) + len(late.things),
        "watch": watch,
        "planner_seen": _seen(watch, watch.planner_seconds),
        "sender_seen": _seen(watch, watch.sender_seconds),
        "reader_seen": _seen(watch, watch.reader_seconds),
        "mail_troubles": _mail_troubles(watch),
        "lacks_totp": isinstance(request.user, User) and not _has_totp(request.user),
        "now": now,
        "today": today,
    }
    return render(request, "ogpgroup/coordination.html", context)


def _pending() -> list[PendingCycle]:
    """Changes not published, by cycle, the newest cycle first; two queries, which load no session."""
    pending = sessions_pending(Session.objects.all()).order_by()
    counts = dict(pending.values_list("cycle").annotate(Count("pk")))
    return [PendingCycle(cycle, counts[cycle.pk]) for cycle in Cycle.objects.filter(pk__in=counts).newest_first()]


def _near_sessions(now: datetime) -> list[NearSession]:
    """Published sessions of the next two weeks with their answers; two queries."""
    near = SessionVersion.objects.current().planned().upcoming(now).filter(begins_at__lte=now + SESSIONS_SOON)
    versions: Sequence[SessionVersion] = list(near.defer("vevent", "purpose", "bring", "decisions"))
    answers = preparation.answers_of(version.session_id for version in versions)
    return [
        NearSession(version, str(preparation.when_of(version)), answers.get(version.session_id, Answers()))
        for version in versions
    ]


def _person(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user


def _seen(watch: Watch, seconds: float | None) -> datetime | None:
    return None if seconds is None else watch.now - timedelta(seconds=seconds)


def _mail_troubles(watch: Watch) -> dict[str, int]:
    """Numbers of mails that need somebody's eye, by status; empty when there are none."""
    statuses = ("failed", "unknown", "missed", "returned", "parked")
    return {status: number for status in statuses if (number := getattr(watch, status))}
