"""Sessions as coordinators draft them, and their publication. See also `tests.factories`."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count

from cities.models import City, Cycle, Organization
from ogpgroup.models import User
from tests import factories
from workshops import actions
from workshops.actions import Published
from workshops.models import Agreement, Session

_numbers = count(1)


def in_days(days: float, *, hour: int = 16) -> datetime:
    """A full hour (UTC) so many days from now."""
    return (datetime.now(UTC) + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def create_session(
    *,
    cycle: Cycle | None = None,
    title: str = "",
    starts_at: datetime | None = None,
    hours: float = 2,
    day: date | None = None,
    time_zone: str = "America/Mexico_City",
    kind: str = Session.Kind.WORKING_SESSION,
    mode: str = Session.Mode.REMOTE,
    visibility: str = Session.Visibility.PUBLIC,
    audience: str = "",
    organizations: Iterable[Organization] = (),
    people: Iterable[User] = (),
    city: City | None = None,
    venue: str = "",
    address: str = "",
    join_url: str = "",
    purpose: str = "",
    bring: str = "",
    decisions: str = "",
    seats_in_person: int | None = None,
    seats_remote: int | None = None,
    responsible: User | None = None,
    by: User | None = None,
) -> Session:
    """A draft, in 30 days unless told otherwise; `day` makes it a date without hours.

    Organisations or people given mean that only those are expected; otherwise the whole group.
    """
    chosen = list(organizations), list(people)
    cycle = cycle or factories.create_cycle()
    if day is None:
        starts_at = starts_at or in_days(30)
    session = Session(
        cycle=cycle,
        title=title or f"Sesión {next(_numbers)}",
        kind=kind,
        mode=mode,
        visibility=visibility,
        audience=audience or (Session.Audience.CHOSEN if any(chosen) else Session.Audience.EVERYBODY),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours) if starts_at else None,
        day=day,
        time_zone=time_zone,
        city=city,
        venue=venue,
        address=address,
        join_url=join_url,
        purpose=purpose,
        bring=bring,
        decisions=decisions,
        seats_in_person=seats_in_person,
        seats_remote=seats_remote,
        responsible=responsible,
        is_demo=cycle.is_demo,
    )
    return actions.save_draft(session, organizations=chosen[0], people=chosen[1], by=by)


def publish(
    cycle: Cycle | Session, *, notify: bool = True, at: datetime | None = None, by: User | None = None, note: str = ""
) -> Published:
    """Publish what is pending in a cycle, or in a session's cycle."""
    cycle = cycle.cycle if isinstance(cycle, Session) else cycle
    return actions.publish_release(cycle, by=by, note=note, notify=notify, at=at)


def move(session: Session, *, starts_at: datetime, hours: float = 2, by: User | None = None) -> Session:
    """Draft another time for the session, as a coordinator would."""
    session.refresh_from_db()
    session.starts_at, session.ends_at, session.day = starts_at, starts_at + timedelta(hours=hours), None
    return actions.save_draft(
        session,
        organizations=list(session.audience_organizations.all()),
        people=list(session.audience_people.all()),
        by=by,
        seen_edits=session.edits,
    )


def create_agreement(
    *,
    session: Session,
    number: int | None = None,
    text: str = "Publicar el calendario de sesiones.",
    due_on: date | None = None,
    status: str = Agreement.Status.OPEN,
    kind: str = Agreement.Kind.TASK,
) -> Agreement:
    return Agreement.objects.create(
        session=session, number=number or next(_numbers), text=text, due_on=due_on, status=status, kind=kind
    )
