"""What each person does at a session: presents, answers first, leads a table, writes, owes something, or takes part."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils.translation import gettext as _

from actionplans.models import Deliverable
from cities.models import Membership, Role, group_day
from ogpgroup import dates
from workshops.agenda import agenda
from workshops.models import AgendaItem, Participation, SessionVersion, WorkTable

SOON = timedelta(days=7)  # what a city hands in within a week is said beside the session

type Pair = tuple[int, int]  # session and person


@dataclass(frozen=True)
class Duties:
    """What a batch of people does at a batch of sessions."""

    presents: Mapping[Pair, list[AgendaItem]] = field(default_factory=dict)
    answers: Mapping[Pair, list[AgendaItem]] = field(default_factory=dict)
    leads: Mapping[Pair, list[str]] = field(default_factory=dict)
    writes: Mapping[Pair, list[str]] = field(default_factory=dict)
    sits: Mapping[Pair, list[str]] = field(default_factory=dict)
    owes: Mapping[int, list[Deliverable]] = field(default_factory=dict)  # by person: all their cities hand in
    agendas: Mapping[int, list[AgendaItem]] = field(default_factory=dict)  # by session

    def sentences(
        self, version: SessionVersion, user_id: int, *, now: datetime, zone: str = "", seat: str = ""
    ) -> list[str]:
        """In the reader's language, by the clock of `zone`; somebody without a part of their own takes part.

        `seat` is said to who has none: they take no part before they have.
        """
        pair = (version.session_id, user_id)
        said = self._in_agenda(version, self.presents.get(pair, []), self.answers.get(pair, []), zone)
        said += [_("You lead work table %(table)s.") % {"table": table} for table in self.leads.get(pair, [])]
        said += [_("You write for work table %(table)s.") % {"table": table} for table in self.writes.get(pair, [])]
        said += [
            _("Your city hands in “%(title)s” by %(day)s.") % {"title": one.title, "day": dates.spoken_day(one.due_on)}
            for one in self.owes.get(user_id, [])
            if _is_said(one, version, now)
        ]
        if seat:
            said.append(seat)
        said = said or [_("You take part in this session. If you cannot come, please say so on its page.")]
        return said + [_("Your table: %(table)s.") % {"table": table} for table in self.sits.get(pair, [])]

    def _in_agenda(
        self, version: SessionVersion, presents: list[AgendaItem], answers: list[AgendaItem], zone: str
    ) -> list[str]:
        if not presents and not answers:
            return []
        hours = hours_of(version, self.agendas.get(version.session_id, []), zone)
        said = [presenting(item, hours.get(item.pk, "")) for item in presents]
        for item in answers:
            said.append(_("You are the first to answer “%(title)s”.") % {"title": item.title})
            if item.response_due_on:
                day = dates.spoken_day(item.response_due_on)
                said.append(_("Your direct feedback is due by %(day)s.") % {"day": day})
        return said


def hours_of(version: SessionVersion, items: Iterable[AgendaItem], zone: str = "") -> dict[int, str]:
    """The hour at which each point begins, where it is known: by the clock of `zone`, else the session's own."""
    clock = dates.zone_info(zone or version.time_zone)
    return {
        point.item.pk: dates.spoken_hour(point.starts_at.astimezone(clock))
        for point in agenda(version, items)
        if point.starts_at
    }


def presenting(item: AgendaItem, hour: str) -> str:
    """That the reader presents a point, with its hour where that is known."""
    if not hour:
        return _("You present “%(title)s”.") % {"title": item.title}
    return _("You present “%(title)s” at %(hour)s.") % {"title": item.title, "hour": hour}


def _is_said(deliverable: Deliverable, version: SessionVersion, now: datetime) -> bool:
    """Due within a week, or by the session that reviews it or its plan."""
    today = group_day(now)
    if today <= deliverable.due_on <= today + SOON:
        return True
    is_reviewed = (
        version.reviews.get("deliverable") == deliverable.pk or version.reviews.get("plan") == deliverable.plan_id
    )
    return is_reviewed and deliverable.due_on <= version.local_day


def duties(session_ids: Iterable[int], user_ids: Iterable[int], *, now: datetime) -> Duties:
    """What these people do at these sessions; eight queries at most for any number of both."""
    sessions, people = list(session_ids), list(user_ids)
    items = list(AgendaItem.objects.filter(session__in=sessions).order_by("position"))
    by_pk, wanted = {item.pk: item for item in items}, set(people)
    rows = AgendaItem.co_presenters.through._default_manager.filter(agendaitem__session__in=sessions, user__in=people)
    together = [(by_pk[item], user) for item, user in rows.order_by("pk").values_list("agendaitem", "user")]
    tables = WorkTable.objects.filter(Q(facilitator__in=people) | Q(rapporteur__in=people), session__in=sessions)
    seats = [
        (table.session_id, table.facilitator_id, table.rapporteur_id, _named(table.number, table.theme))
        for table in tables.order_by("number")
    ]
    helpers = WorkTable.objects.filter(session__in=sessions, co_rapporteurs__in=people).order_by("number")
    helping = helpers.values_list("session_id", "co_rapporteurs", "number", "theme")
    placed = Participation.objects.filter(session__in=sessions, user__in=people, table__isnull=False)
    elsewhere = placed.exclude(table__facilitator=F("user")).exclude(table__rapporteur=F("user"))
    sitting = elsewhere.values_list("session_id", "user_id", "table__number", "table__theme")
    return Duties(
        presents=_by_pair(
            (item.session_id, user, item)
            for item, user in sorted(
                [(item, item.presenter_id) for item in items if item.presenter_id in wanted] + together,
                key=lambda pair: pair[0].position,
            )
        ),
        answers=_by_pair((item.session_id, item.respondent_id, item) for item in items if item.respondent_id in wanted),
        leads=_by_pair((session, leader, table) for session, leader, _writer, table in seats),
        writes=_by_pair(
            [(session, writer, table) for session, _leader, writer, table in seats]
            + [(session, helper, _named(number, theme)) for session, helper, number, theme in helping]
        ),
        sits=_by_pair(
            (session, person, _named(number, theme).replace(": ", ", ", 1))
            for session, person, number, theme in sitting
        ),
        owes=_owed(sessions, people, now),
        agendas=_by_session(items),
    )


def _named(number: int, theme: str) -> str:
    return f"{number}: {theme}" if theme else str(number)


def _by_pair[T](rows: Iterable[tuple[int, int | None, T]]) -> dict[Pair, list[T]]:
    found: dict[Pair, list[T]] = defaultdict(list)
    for session, person, thing in rows:
        if person is not None:
            found[session, person].append(thing)
    return found


def _by_session(items: Iterable[AgendaItem]) -> dict[int, list[AgendaItem]]:
    found: dict[int, list[AgendaItem]] = defaultdict(list)
    for item in items:
        found[item.session_id].append(item)
    return found


def _owed(sessions: list[int], people: list[int], now: datetime) -> dict[int, list[Deliverable]]:
    """What the cities of officials still hand in, as far as one of these sessions may say it."""
    day, current = group_day(now), SessionVersion.objects.current()
    officials = Membership.objects.on(day).filter(user__in=people, role=Role.OFFICIAL, organization__city__isnull=False)
    cities = set(officials.values_list("user_id", "organization__city_id"))
    if not cities:
        return {}
    reviews = list(current.filter(session__in=sessions).values_list("reviews", flat=True))
    reviewed = Q(pk__in=[one["deliverable"] for one in reviews if "deliverable" in one])
    reviewed |= Q(plan__in=[one["plan"] for one in reviews if "plan" in one])
    soon = Q(due_on__gte=day, due_on__lte=day + SOON)
    awaited = Deliverable.objects.awaited().filter(soon | reviewed, plan__city__in={city for _user, city in cities})
    by_city: dict[int | None, list[Deliverable]] = defaultdict(list)
    for one in awaited.select_related("plan").defer("text").order_by("due_on", "pk"):
        by_city[one.plan.city_id].append(one)
    owed: dict[int, list[Deliverable]] = defaultdict(list)
    for user, city in sorted(cities):
        owed[user] += by_city[city]
    return owed
