"""An agenda as its readers see it: hours by their clock, who presents, who answers first, what is handed out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cities.access import roles_of
from ogpgroup import dates
from ogpgroup.models import User
from workshops import agenda as hours
from workshops.letters_of_agendas import respondent_of
from workshops.models import AgendaItem, Material, MaterialVersion, Session, SessionBase
from workshops.reports.rows import Reader


@dataclass(frozen=True)
class Shown:
    """A material with its versions, the newest first, and whether the reader keeps it."""

    material: Material
    versions: list[MaterialVersion]
    is_kept: bool

    @property
    def newest(self) -> MaterialVersion:
        return self.versions[0]

    @property
    def earlier(self) -> list[MaterialVersion]:
        return self.versions[1:]


@dataclass(frozen=True)
class Line:
    """One point for one reader."""

    item: AgendaItem
    hour: str
    hours: str
    iso_start: str
    length: str
    kind: str  # nothing where the title says the same
    presenters: str
    respondent: str
    due_on: Any
    materials: list[Shown]
    may_add: bool  # whether the reader may hand out something with it
    parts: list["Line"]
    left: int | None = None


@dataclass(frozen=True)
class Reading:
    """The agenda of a session for one reader, with what is handed out for the session as a whole."""

    lines: list[Line]
    agenda: hours.Agenda
    zone: str  # whose clock; empty where no hours are known
    materials: list[Shown]
    may_add: bool
    is_published: bool
    may_edit: bool

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    @property
    def is_shown(self) -> bool:
        return bool(self.lines or self.materials or self.may_add)


def reading(session: Session, told: SessionBase, user: User | AnonymousUser, reader: Reader) -> Reading:
    """What the person may read of a session's agenda; `told` is whose hours count: its version, or the draft.

    Six queries at most for any number of points and materials.
    """
    items = list(AgendaItem.objects.visible_to(user).filter(session=session).with_people())
    materials = materials_of(session, user)
    is_coordinator = roles_of(user).is_coordinator
    return _reading(session, told, items, materials, reader, user, is_coordinator=is_coordinator)


def drafted(session: Session, reader: Reader, user: User) -> Reading:
    """The same for those who write it: also of a session that is not published."""
    items = list(AgendaItem.objects.filter(session=session).with_people())
    shown = _shown(Material.objects.kept_by(user).filter(session=session), user)
    return _reading(session, session, items, shown, reader, user, is_coordinator=True)


def materials_of(session: Session, user: User | AnonymousUser) -> list[Shown]:
    """What is handed out in the session, as far as the person may see it; three queries."""
    return _shown(Material.objects.visible_to(user).filter(session=session), user)


def _shown(materials: Any, user: User | AnonymousUser) -> list[Shown]:
    versions = Prefetch("versions", MaterialVersion.objects.order_by("-number"))
    rows = list(materials.prefetch_related(versions).order_by("pk"))
    kept = set()
    if rows and user.is_authenticated:
        kept = set(Material.objects.kept_by(user).filter(pk__in=[one.pk for one in rows]).values_list("pk", flat=True))
    return [Shown(one, list(one.versions.all()), one.pk in kept) for one in rows if one.versions.all()]


def _reading(
    session: Session,
    told: SessionBase,
    items: list[AgendaItem],
    materials: list[Shown],
    reader: Reader,
    user: User | AnonymousUser,
    *,
    is_coordinator: bool,
) -> Reading:
    planned = hours.agenda(told, items)
    zone = reader.zone or told.time_zone
    own = {item.pk for item in items if user.pk and user.pk in {one.pk for one in item.presenters}}
    by_item: dict[int | None, list[Shown]] = {}
    listed = {item.pk for item in items}
    for shown in materials:
        pk = shown.material.agenda_item_id
        by_item.setdefault(pk if pk in listed else None, []).append(shown)

    def line(point: hours.Point) -> Line:
        return _line(
            point,
            zone,
            reader.language,
            by_item.get(point.item.pk, []),
            [line(part) for part in point.parts],
            may_add=is_coordinator or point.item.pk in own,
        )

    return Reading(
        lines=[line(point) for point in planned.points],
        agenda=planned,
        zone=dates.spoken_zone(zone, reader.language) if planned and planned.points[0].starts_at else "",
        materials=by_item.get(None, []),
        may_add=is_coordinator,
        is_published=session.agenda_published_at is not None,
        may_edit=is_coordinator,
    )


def _line(
    point: hours.Point, zone: str, language: str, materials: list[Shown], parts: list[Line], *, may_add: bool
) -> Line:
    item, kind = point.item, str(point.item.get_kind_display())
    names = [one.name for one in item.presenters] or ([item.presenter_name] if item.presenter_name else [])
    if item.presenter_organization:
        names.append(item.presenter_organization.local_name)
    return Line(
        item=item,
        hour=_hour(point.starts_at, zone, language),
        hours=dates.spoken_hours(point.starts_at, point.ends_at, zone, language) if point.starts_at else "",
        iso_start=point.starts_at.astimezone(dates.zone_info(zone)).isoformat(timespec="minutes")
        if point.starts_at
        else "",
        length=spoken_minutes(point.minutes) if point.minutes else "",
        kind="" if kind.casefold() == item.title.casefold() else kind,
        presenters=", ".join(names),
        respondent=respondent_of(item),
        due_on=item.response_due_on,
        materials=materials,
        may_add=may_add,
        parts=parts,
        left=point.left,
    )


def _hour(instant: datetime | None, zone: str, language: str) -> str:
    return dates.spoken_hour(instant.astimezone(dates.zone_info(zone)), language) if instant else ""


def spoken_minutes(minutes: int) -> str:
    """“45 minutos”, “1 h 30 min”."""
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    whole, rest = divmod(minutes, 60)
    return f"{whole} h {rest} min" if rest else f"{whole} h"


def room_in_words(agenda: hours.Agenda) -> str:
    """How much of the session's time is left, or lacking."""
    if agenda.total is None:
        return _("The hours of the session are not known yet, so anything fits.")
    total = spoken_minutes(agenda.total)
    if agenda.over:
        return _("The points take %(over)s more than the session lasts (%(total)s).") % {
            "over": spoken_minutes(agenda.over),
            "total": total,
        }
    if not agenda.left:
        return _("The points take all of the session's time (%(total)s).") % {"total": total}
    return _("%(left)s of %(total)s are left.") % {"left": spoken_minutes(agenda.left), "total": total}


def flat(lines: Iterable[Line]) -> Iterator[Line]:
    """All points in the order in which they are read."""
    for line in lines:
        yield line
        yield from line.parts
