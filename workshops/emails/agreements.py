"""Reminders of agreements: 14 and 3 days before, on the day, then every Monday until somebody says what became of them.

One mail a day tells a person all that is due for them: what their organisations answer for, and coordinators what the
whole group does.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cities.models import Membership, Role, group_day
from ogpgroup import mail
from ogpgroup.coming import Coming, counted
from ogpgroup.dates import zone_info
from ogpgroup.models import OutgoingMail, User
from workshops.models import Agreement, Participation, SessionBase

AGREEMENTS_DUE: Final = "agreements_due"
SUBJECT: Final = "ogpgroup.user"  # a mail tells of many agreements; it is about what waits for one person
LEADS: Final = (14, 3, 0)  # days before
HOUR: Final = time(9)  # by the person's clock
MONDAY: Final = 0
PLANNED_AHEAD: Final = timedelta(hours=24)
# Stands where the person's own link comes; no text can contain it.
OWN_LINK: Final = "\ue000own-link\ue000"


@dataclass
class Waiting:
    """A person with the agreements that wait for them, soonest first."""

    user: User
    agreements: list[Agreement] = field(default_factory=list)

    def told_on(self, day: date) -> list[Agreement]:
        """Those of which the person is told on that day."""
        return [one for one in self.agreements if one.due_on is not None and _is_told(one.due_on, day)]

    def told_last_on(self, day: date, now: datetime) -> list[Agreement]:
        """Those of which the person is told on that day, and has not been told again since.

        Whatever was said when the mail was queued: who sends a late one again lends it another day.
        """
        since = [day + timedelta(days=days) for days in range(1, max(LEADS))]
        come = [each for each in since if _at(each, self.user) <= now]
        return [one for one in self.told_on(day) if one.due_on and not any(_is_told(one.due_on, each) for each in come)]

    def days(self, monday: date) -> set[date]:
        """All days on which the person is told of something, of what is late on that Monday alone."""
        leads = (timedelta(days=lead) for lead in LEADS)
        found = {one.due_on - lead for lead in leads for one in self.agreements if one.due_on is not None}
        return found | {monday} if self.told_on(monday) else found


def _is_told(due_on: date, day: date) -> bool:
    return (due_on - day).days in LEADS or (due_on < day and day.weekday() == MONDAY)


# --- Who answers for what ---------------------------------------------------------------------------------------------


def _open_agreements(until: date) -> list[Agreement]:
    """Open agreements due by that day, with who answers for them; two queries."""
    found = Agreement.objects.filter(status=Agreement.Status.OPEN, due_on__lte=until)
    found = found.filter(Q(responsible_group=True) | Q(responsible__isnull=False)).distinct()
    rows = found.select_related("session__current_version").defer("session__current_version__vevent")
    return list(rows.prefetch_related("responsible").order_by("due_on", "session", "number"))


def _waiting(agreements: Sequence[Agreement], on: date) -> dict[int, Waiting]:
    """By person, what waits for them that they may see, if they want reminders; two queries.

    See also `AgreementQuerySet.reminded_of`, the same for one person.
    """
    organizations = {one.pk for agreement in agreements for one in agreement.responsible.all()}
    memberships = Membership.objects.on(on).filter(
        Q(organization__in=organizations) | Q(role=Role.COORDINATOR), user__wants_reminders=True
    )
    found: dict[int, Waiting] = {}
    acts_for: defaultdict[int, set[int]] = defaultdict(set)
    coordinators: set[int] = set()
    for membership in memberships.select_related("user").order_by("user"):
        found.setdefault(membership.user_id, Waiting(membership.user))
        acts_for[membership.user_id].add(membership.organization_id)
        if membership.role == Role.COORDINATOR:
            coordinators.add(membership.user_id)
    expected = _expected(agreements)
    for agreement in agreements:
        responsible = {one.pk for one in agreement.responsible.all()}
        readers = expected.get(agreement.session_id, found.keys()) | coordinators
        for pk, waiting in found.items():
            is_own = bool(responsible & acts_for[pk]) or (agreement.responsible_group and pk in coordinators)
            if is_own and pk in readers and waiting.user.is_demo == agreement.session.is_demo:
                waiting.agreements.append(agreement)
    return {pk: one for pk, one in found.items() if one.agreements}


def _expected(agreements: Iterable[Agreement]) -> dict[int, set[int]]:
    """Of sessions that only those expected may see, who they are; the others are for the whole group."""
    hidden: dict[int, set[int]] = {}
    for one in agreements:
        version = one.session.current_version
        if version is None or version.visibility == SessionBase.Visibility.INVITED:
            hidden[one.session_id] = set()
    rows = Participation.objects.expected().filter(session__in=hidden, user__isnull=False)
    for session_id, user_id in rows.values_list("session", "user"):
        hidden[session_id].add(user_id or 0)
    return hidden


# --- When -------------------------------------------------------------------------------------------------------------


def _key(day: date, user_id: int) -> str:
    return f"{AGREEMENTS_DUE}:{day.isoformat()}:{user_id}"


def _day_in(key: str) -> date:
    return date.fromisoformat(key.split(":")[1])


def _at(day: date, user: User) -> datetime:
    return datetime.combine(day, HOUR, zone_info(user.time_zone)).astimezone(UTC)


def plan(now: datetime) -> int:
    """Queue what people are reminded of within a day; returns how many mails were new. Twice or at once is safe."""
    today = group_day(now)
    agreements = _open_agreements(today + timedelta(days=max(LEADS) + 2))
    if not agreements:
        return 0
    return mail.enqueue(
        _row(waiting.user, day)
        for waiting in _waiting(agreements, today).values()
        for day in (today + timedelta(days=days) for days in (-1, 0, 1, 2))
        if _at(day, waiting.user) <= now + PLANNED_AHEAD
        and _at(day + timedelta(days=1), waiting.user) > now
        and waiting.told_on(day)
    )


def later(now: datetime, *, until: datetime) -> list[Coming]:
    """What `plan` has yet to queue, as things are now: by day, to how many people."""
    today = group_day(now)
    monday = today + timedelta(days=7 - today.weekday())
    agreements = _open_agreements(group_day(until) + timedelta(days=max(LEADS) + 1))
    rows = (_row(one.user, day) for one in _waiting(agreements, today).values() for day in one.days(monday))
    title, href = capfirst(str(Agreement._meta.verbose_name_plural)), reverse("workshops:agreements")
    return counted((title, href, row) for row in rows if now + PLANNED_AHEAD < row.due <= until)


def _row(user: User, day: date) -> OutgoingMail:
    return OutgoingMail(
        key=_key(day, user.pk),
        kind=AGREEMENTS_DUE,
        priority=OutgoingMail.Priority.REMINDER,
        user=user,
        recipient=user.email,
        subject_type=SUBJECT,
        subject_id=user.pk,
        due=_at(day, user),
        useful_until=_at(day + timedelta(days=1), user),
        is_demo=user.is_demo,
    )


# --- What the sender asks ---------------------------------------------------------------------------------------------


def _told(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, tuple[User, date, list[Agreement]]]:
    """By mail, whom it tells what of which day; mails with nothing to tell are left out."""
    latest = max((_day_in(one.key) for one in mails), default=group_day(now))
    waiting = _waiting(_open_agreements(latest + timedelta(days=max(LEADS))), group_day(now))
    told = {}
    for one in mails:
        day = _day_in(one.key)
        if (own := waiting.get(one.user_id or 0)) is not None and (found := own.told_last_on(day, now)):
            told[one.pk] = (own.user, day, found)
    return told


def _still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """They hold while something of what they tell is open and waits for the person, who wants reminders."""
    return set(_told(mails, now))


def _render(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    told = _told(mails, now)
    rendered = {}
    for one in mails:
        if one.pk not in told:
            continue
        user, day, agreements = told[one.pk]
        day = max(day, now.astimezone(zone_info(user.time_zone)).date())  # sent again, it may go days later
        url = mail.unsubscribe_url(user.pk)
        context = {
            "agreements": [(each, settings.PUBLIC_URL + each.get_absolute_url()) for each in agreements],
            "late": sum(each.is_overdue(day) for each in agreements),
            "day": day,
            "own_link": OWN_LINK,
            "register": settings.PUBLIC_URL + "/agreements/",
        }
        parts = mail.render_parts("workshops/emails/agreements_due.html", context, user.language)
        content = mail.compose(
            mail=one,
            subject=parts.subject,
            text=parts.text.replace(OWN_LINK, url),
            html=parts.html.replace(OWN_LINK, escape(url)),
            unsubscribe_url=url,
        )
        rendered[one.pk] = mail.Rendered(headline=parts.subject, content=content)
    return rendered


KINDS = [
    mail.Kind(
        AGREEMENTS_DUE, OutgoingMail.Priority.REMINDER, True, _still_true, _render, _("reminder of what was agreed")
    )
]
