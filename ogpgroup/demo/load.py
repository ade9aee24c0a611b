"""Makes the demonstration through the actions that people use, as if it had been kept for months."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pghistory
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from actionplans import actions as plan_actions
from actionplans.models import ActionPlan
from cities import actions as city_actions
from cities.models import City, Cycle, Organization, Role, group_day
from ogpgroup.demo import agendas, diagnosis, people, sessions
from ogpgroup.demo.agendas import Agendas
from ogpgroup.demo.left_behind import leave_behind
from ogpgroup.demo.record import Record
from ogpgroup.demo.sessions import DemoSession
from ogpgroup.demo.tables import add_tables
from ogpgroup.models import User
from workshops import actions as session_actions
from workshops.actions import agreements
from workshops.models import AgendaItem, Agreement, Participation, Session, SessionBase, WorkTable

OFFICE_HOUR = time(9)


def working_day(day: date) -> date:
    """That day; of a weekend, the Monday after it."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def is_loaded() -> bool:
    return Organization.objects.filter(slug=people.COORDINATION, is_demo=True).exists()


def load_demo(*, now: datetime, passwords: Mapping[str, str]) -> list[Session]:
    """Make the demonstration around the day of `now`, all or nothing; no session comes back where there is one already.

    Guarantees that every row made bears `is_demo` or belongs to one that does, and that nobody but demonstration people
    is written to. `passwords` holds one for each role; whose role has none signs in by a mailed code.
    """
    if is_loaded():
        return []
    with transaction.atomic(), pghistory.context(command="load_demo"):
        return _Demo(now, passwords).make()


class _Demo:
    """The demonstration while it is made: what is known by name so far."""

    def __init__(self, now: datetime, passwords: Mapping[str, str]) -> None:
        self.now, self.today = now, group_day(now)
        self.passwords = {role: make_password(passwords.get(role)) for role in Role.values}  # slow, so once per role
        self.cities: dict[str, City] = {}
        self.organizations: dict[str, Organization] = {}
        self.people: dict[str, User] = {}
        self.sessions: dict[str, Session] = {}

    def make(self) -> list[Session]:
        self.add_cities()
        self.add_organizations()
        self.add_people()
        self.cycle = self.add_cycle()
        self.plan = self.add_plan()
        for number in range(len(sessions.RELEASE_DAYS)):
            self.publish(number)
        for one in sessions.DRAFTS:
            self.add_draft(one)
        for one in sessions.PAST:
            self.add_outcome(one)
        Agendas(self.people, self.organizations, self.now).hand_out(self.sessions[agendas.WHOLE])
        self.add_answers()
        add_tables(self.sessions, self.people, self.cities)
        leave_behind(self.sessions[sessions.TOLD], people=self.people, by=self.coordinator, now=self.now)
        diagnosis.add_diagnoses(self.sessions, by=self.coordinator)
        Record(self.plan, self.people, self.organizations, self.now).make()
        return list(self.sessions.values())

    # --- Days ---------------------------------------------------------------------------------------------------------

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def instant(self, offset: int) -> datetime:
        """An office hour of that day, but never after now."""
        hour = datetime.combine(self.day(offset), OFFICE_HOUR, ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)
        return min(hour, self.now)

    def working_day(self, offset: int) -> date:
        return working_day(self.day(offset))

    # --- Who ----------------------------------------------------------------------------------------------------------

    def add_cities(self) -> None:
        for one in people.CITIES:
            self.cities[one.slug] = City.objects.create(
                cvegeo=one.cvegeo,
                slug=one.slug,
                name=one.name,
                state=people.STATE,
                state_code=people.STATE_CODE,
                seat=one.name,
                latitude=one.latitude,
                longitude=one.longitude,
                time_zone=one.time_zone,
                is_demo=True,
            )

    def add_organizations(self) -> None:
        for one in people.ORGANIZATIONS:
            organization = Organization.objects.create(
                slug=one.slug,
                name=one.name,
                name_en=one.name_en,
                kind=one.kind,
                scope=one.scope,
                remark="Institución ficticia de la demostración.",
                city=self.cities.get(one.city),
                coordinates_group=one.coordinates_group,
                is_demo=True,
            )
            city_actions.join_group(organization, since=self.day(sessions.CYCLE_STARTS))
            self.organizations[one.slug] = organization

    def add_people(self) -> None:
        since = self.day(sessions.CYCLE_STARTS)
        for one in people.PEOPLE:
            user = User.objects.create(
                email=one.email,
                name=one.name,
                password=self.passwords[one.role],
                language=one.language,
                time_zone=one.time_zone,
                privacy_notice=city_actions.PRIVACY_NOTICE,
                privacy_accepted_at=self.instant(sessions.CYCLE_STARTS),
                is_demo=True,
            )
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            city_actions.add_membership(
                self.organizations[one.organization],
                user=user,
                role=one.role,
                since=since,
                by=None,
                position=one.position,
            )
            self.people[one.email] = user
        self.coordinator = self.people[people.COORDINATOR]
        city_actions.invite(
            self.organizations[people.ASSOCIATION],
            email=people.INVITED,
            role=Role.MEMBER,
            language="es-mx",
            by=self.coordinator,
            now=self.now,
            notify=False,
        )

    # --- What ---------------------------------------------------------------------------------------------------------

    def add_cycle(self) -> Cycle:
        first = self.day(sessions.CYCLE_STARTS)
        last = first + timedelta(days=sessions.CYCLE_DAYS)
        cycle = Cycle.objects.create(
            slug=sessions.CYCLE_SLUG,
            name=f"Ciclo de demostración {first.year}–{last.year}",
            name_en=f"Demonstration cycle {first.year}–{last.year}",
            purpose=sessions.CYCLE_PURPOSE,
            starts_on=first,
            ends_on=last,
            is_demo=True,
        )
        candidacies = {
            slug: plan_actions.stand(cycle, city=self.cities[slug], statement=statement)
            for slug, statement in sessions.STATEMENTS.items()
        }
        chosen_on = self.working_day(sessions.PAST[0].day)
        reason = sessions.FELLOW_REASON
        return plan_actions.select(candidacies[sessions.FELLOW], on=chosen_on, reason=reason, by=self.coordinator)

    def add_plan(self) -> ActionPlan:
        plan = plan_actions.open_plan(
            self.cycle,
            city=self.cities[sessions.FELLOW],
            slug="ciudad-demo-norte-demo",
            title="Un plan municipal escrito con las colonias",
            aim=(
                "Incorporar mecanismos de participación en cada etapa del plan municipal de desarrollo: convocatoria, "
                "foros de colonia, respuesta a cada propuesta y seguimiento público."
            ),
            starts_on=self.working_day(sessions.PAST[0].day),
            ends_on=self.cycle.ends_on,
            instrument=ActionPlan.Instrument.PMD,
            instrument_name="Plan Municipal de Desarrollo de Ciudad Demo Norte (ficticio)",
            contact=self.people[people.OFFICIAL],
        )
        plan = plan_actions.publish_plan(plan)
        for kind, title, due in sessions.DELIVERABLES:
            plan_actions.expect_deliverable(plan, kind=kind, title=title, due_on=self.day(due))
        return plan

    # --- When ---------------------------------------------------------------------------------------------------------

    def publish(self, number: int) -> None:
        """Make the drafts of one release and publish them on its day; only the newest tells people."""
        for one in sessions.SESSIONS:
            if one.release == number:
                self.add_draft(one)
            if one.moved and one.moved[0] == number:
                self.move(one, day=one.moved[1])
            if one.cancelled and one.cancelled[0] == number:
                session_actions.cancel(self.sessions[one.slug], reason=one.cancelled[1], by=self.coordinator)
        is_newest = number == sessions.NEWEST
        session_actions.publish_release(
            self.cycle,
            by=self.coordinator,
            note=sessions.RELEASE_NOTES[number],
            notify=is_newest,
            at=self.now if is_newest else self.instant(-sessions.RELEASE_DAYS[number]),
        )

    def add_draft(self, one: DemoSession) -> None:
        session = Session(
            cycle=self.cycle,
            slug=one.slug,
            title=one.title,
            kind=one.kind,
            mode=one.mode,
            purpose=one.purpose,
            bring=one.bring,
            decisions=one.decisions,
            time_zone=one.time_zone,
            venue=one.venue,
            city=self.cities.get(one.city),
            join_url=f"https://reuniones.example/{one.slug}" if one.has_link else "",
            visibility=one.visibility,
            audience=Session.Audience.CHOSEN if one.organizations or one.people else Session.Audience.EVERYBODY,
            responsible=self.coordinator,
            is_demo=True,
        )
        self.schedule(session, one, day=one.day)
        self.sessions[one.slug] = self.save(session, one)
        self.add_agenda(session, one)

    def schedule(self, session: Session, one: DemoSession, *, day: int) -> None:
        held_on = self.day(day) if one.any_day else self.working_day(day)
        if one.hour is None:
            session.day = held_on
            return
        session.starts_at = datetime.combine(held_on, one.hour, ZoneInfo(one.time_zone)).astimezone(UTC)
        session.ends_at = session.starts_at + one.length

    def move(self, one: DemoSession, *, day: int) -> None:
        session = self.sessions[one.slug]
        self.schedule(session, one, day=day)
        self.save(session, one)

    def save(self, session: Session, one: DemoSession) -> Session:
        return session_actions.save_draft(
            session,
            organizations=[self.organizations[slug] for slug in one.organizations],
            people=[self.people[email] for email in one.people],
            by=self.coordinator,
            seen_edits=session.edits,
        )

    def add_agenda(self, session: Session, one: DemoSession) -> None:
        Agendas(self.people, self.organizations, self.now).write(session, one)
        leaders = [self.people["integrante@demo.example"], self.people["persona3@demo.example"]]
        for number, theme in enumerate(one.tables, start=1):
            WorkTable.objects.create(
                session=session,
                number=number,
                theme=theme,
                seats=8,
                facilitator=leaders[number % 2],
                rapporteur=leaders[(number + 1) % 2],
            )

    def add_outcome(self, one: DemoSession) -> None:
        """What a session left behind: how many came, who, what happened, what was agreed."""
        session = self.sessions[one.slug]
        if one.attendee_count is None:
            return
        session.attendee_count, session.report = one.attendee_count, one.report
        session.save(update_fields=["attendee_count", "report"])
        there = [*self.organizations.values()][: 6 + one.attendee_count % 5]
        session.participating_organizations.set(there)
        item = session.agenda.filter(kind=AgendaItem.Kind.AGREEMENTS).first()
        for agreed in one.agreements:
            fields = {
                "agenda_item": item,
                "kind": agreed.kind,
                "text": agreed.text,
                "responsible": [self.organizations[slug] for slug in agreed.responsible],
                "responsible_group": not agreed.responsible,
                "due_on": None if agreed.due is None else self.day(agreed.due),
                "plan": self.plan if agreed.belongs_to_plan else None,
            }
            agreement = agreements.write_agreement(session, fields=fields)
            if agreed.status != Agreement.Status.OPEN:
                agreements.tell(agreement, status=agreed.status, text=agreed.told, by=self.coordinator)

    def add_answers(self) -> None:
        """Some people have answered, some not yet."""
        pattern = [
            Participation.Answer.YES,
            None,
            Participation.Answer.MAYBE,
            None,
            Participation.Answer.YES,
            None,
            None,
        ]
        expected = Participation.objects.filter(session__in=[one.pk for one in self.sessions.values()])
        rows = (
            expected.filter(session__status=SessionBase.Status.PLANNED).select_related("session", "user").order_by("pk")
        )
        for row, answer in zip(rows, pattern * len(rows), strict=False):
            if answer and row.user:
                session_actions.answer(row.session, user=row.user, answer=answer, now=self.now)
