"""Sessions as coordinators publish them, made through the real actions."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from cities.models import City, Cycle, Organization
from ogpgroup import parts
from ogpgroup.models import User
from tests import factories
from workshops import actions
from workshops.models import ScheduleRelease, Session, SessionVersion
from workshops.reports import rows
from workshops.reports import schedule as schedule_reports
from workshops.views import wholes

NOW = datetime(2026, 11, 2, 16, tzinfo=UTC)
START = datetime(2026, 12, 3, 16, tzinfo=UTC)  # Thursday, 10:00 in Mexico City


def forget_what_is_kept() -> None:
    """As after a restart of the web process; for tests that count queries."""
    wholes.forget()
    parts.forget()
    schedule_reports._fragments.clear()
    rows.forget()


def draft(
    *,
    cycle: Cycle,
    title: str = "Retroalimentación a la propuesta",
    starts_at: datetime | None = START,
    hours: int = 2,
    city: City | None = None,
    organizations: Iterable[Organization] = (),
    people: Iterable[User] = (),
    cities: Iterable[City] = (),
    roles: Iterable[str] = (),
    **fields: Any,
) -> Session:
    organizations, people, cities, roles = list(organizations), list(people), list(cities), list(roles)
    session = Session(
        cycle=cycle,
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours) if starts_at else None,
        city=city,
        is_demo=cycle.is_demo,
        audience_roles=roles,
        **{
            "kind": Session.Kind.WEBINAR,
            "mode": Session.Mode.REMOTE,
            "audience": "chosen" if any([organizations, people, cities, roles]) else "everybody",
        }
        | fields,
    )
    return actions.save_draft(session, organizations=organizations, people=people, cities=cities, by=None)


def publish(cycle: Cycle, *, at: datetime = NOW, note: str = "", notify: bool = True) -> ScheduleRelease:
    return actions.publish_release(cycle, by=None, at=at, note=note, notify=notify).release


def publish_session(*, cycle: Cycle | None = None, at: datetime = NOW, **fields: Any) -> SessionVersion:
    """One session in a release of its own."""
    session = draft(cycle=cycle or factories.create_cycle(), **fields)
    publish(session.cycle, at=at)
    session.refresh_from_db()
    assert session.current_version
    return session.current_version


def publish_many(
    count: int, *, cycle: Cycle | None = None, starts_at: datetime = START, **fields: Any
) -> list[Session]:
    """Sessions a day apart in one release; nobody is told. Their drafts go straight into the table, for speed."""
    cycle = cycle or factories.create_cycle()
    values: dict[str, Any] = {"kind": "webinar", "mode": "remote", "is_demo": cycle.is_demo} | fields
    drafts = [
        Session(
            cycle=cycle,
            slug=f"sesion-{cycle.pk}-{number}",
            title=f"Sesión {number}",
            starts_at=starts_at + timedelta(days=number),
            ends_at=starts_at + timedelta(days=number, hours=2),
            **values,
        )
        for number in range(count)
    ]
    sessions = Session.objects.bulk_create(drafts)
    publish(cycle, notify=False)
    return sessions


def edit(session: Session, *, organizations=None, people=None, **fields) -> Session:
    """Change the draft of a session; who is chosen stays where nobody else is named."""
    session.refresh_from_db()
    for name, value in fields.items():
        setattr(session, name, value)
    return actions.save_draft(
        session,
        organizations=list(session.audience_organizations.all() if organizations is None else organizations),
        people=list(session.audience_people.all() if people is None else people),
        by=None,
        seen_edits=session.edits,
    )


def change(session: Session, *, at: datetime, **fields: Any) -> SessionVersion:
    """Edit a published session and publish it again."""
    edit(session, **fields)
    publish(session.cycle, at=at)
    session.refresh_from_db()
    assert session.current_version
    return session.current_version


def cancel(session: Session, *, at: datetime, reason: str = "La sede no está disponible.") -> SessionVersion:
    actions.cancel(session, reason=reason, by=None)
    publish(session.cycle, at=at)
    session.refresh_from_db()
    assert session.current_version
    return session.current_version
