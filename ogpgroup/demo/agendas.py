"""Agendas of the demonstration: short ones for what was held, a whole one for the working session at hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from cities.models import Organization, group_day
from ogpgroup.demo import people, pictures
from ogpgroup.demo.sessions import NORTE, SIERRA, DemoSession
from ogpgroup.models import User
from workshops.actions import agenda as actions
from workshops.actions import materials
from workshops.models import AgendaItem, Material, Session

Part = AgendaItem.Kind

WHOLE = "demo-foros-de-colonia"
RESPONDENT, TOGETHER = "persona3@demo.example", "integrante@demo.example"
DUE_AFTER = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class DemoPoint:
    kind: AgendaItem.Kind
    title: str
    minutes: int | None = None
    organization: str = ""
    presenter: str = ""
    together: tuple[str, ...] = ()
    respondent: str = ""
    parts: tuple["DemoPoint", ...] = ()


POINTS = (
    DemoPoint(
        kind=Part.PRESENTATION,
        title="Lo que dijeron las colonias",
        minutes=40,
        organization=NORTE,
        presenter=people.OFFICIAL,
        parts=(
            DemoPoint(
                kind=Part.PRESENTATION,
                title="Los doce foros en cifras",
                minutes=15,
                organization=NORTE,
                presenter=people.OFFICIAL,
            ),
            DemoPoint(
                kind=Part.PRESENTATION,
                title="Tres colonias, tres prioridades",
                minutes=25,
                organization=NORTE,
                presenter=people.OFFICIAL,
                together=(TOGETHER,),
            ),
        ),
    ),
    DemoPoint(
        kind=Part.PRESENTATION,
        title="Foros en la sierra: lo que cuesta llegar",
        minutes=20,
        organization=SIERRA,
        presenter="enlace.sierra@demo.example",
    ),
    DemoPoint(
        kind=Part.DIRECT_FEEDBACK,
        title="Retroalimentación directa a las dos ciudades",
        minutes=15,
        respondent=RESPONDENT,
    ),
    DemoPoint(kind=Part.BREAK, title="Receso", minutes=10),
    DemoPoint(kind=Part.WORK_TABLES, title="Mesas: dudas, dificultades y prioridades", minutes=55),
    DemoPoint(kind=Part.PLENARY, title="Cada mesa presenta sus prioridades", minutes=20),
    DemoPoint(kind=Part.AGREEMENTS, title="Cierre con acuerdos", minutes=15),
)


class Agendas:
    """Writes agendas as coordinators do, and hands out as presenters do."""

    def __init__(self, users: Mapping[str, User], organizations: Mapping[str, Organization], now: datetime) -> None:
        self.users, self.organizations, self.now = users, organizations, now

    def write(self, session: Session, one: DemoSession) -> None:
        """The agenda of a session, published; nothing for one without points."""
        if one.slug == WHOLE:
            self._write_whole(session)
        else:
            for kind, title, slug in one.agenda:
                self._add_short(session, kind, title, slug)
        if session.agenda.exists():
            actions.publish_agenda(session, now=self.now)

    def _add_short(self, session: Session, kind: str, title: str, slug: str) -> None:
        role = "respondent" if kind == AgendaItem.Kind.DIRECT_FEEDBACK else "presenter"
        fields = {"kind": kind, "title": title, f"{role}_organization": self.organizations.get(slug)}
        actions.add_item(session, fields=fields, now=self.now)

    def _write_whole(self, session: Session) -> None:
        for one in POINTS:
            item = self._add(session, one)
            for part in one.parts:
                self._add(session, part, parent=item)

    def _add(self, session: Session, one: DemoPoint, *, parent: AgendaItem | None = None) -> AgendaItem:
        respondent = self.users.get(one.respondent)
        fields = {
            "kind": one.kind,
            "title": one.title,
            "minutes": one.minutes,
            "parent": parent,
            "presenter": self.users.get(one.presenter),
            "presenter_organization": self.organizations.get(one.organization),
            "respondent": respondent,
            "respondent_organization": self.organizations[people.MINISTRY] if respondent else None,
            "response_due_on": group_day(session.ends_at or self.now) + DUE_AFTER if respondent else None,
        }
        together = [self.users[email] for email in one.together]
        return actions.add_item(session, fields=fields, co_presenters=together, now=self.now)

    def hand_out(self, session: Session) -> None:
        """What the presenters of the whole agenda bring: a table in two versions, a drawing, a link."""
        official, first = self.users[people.OFFICIAL], session.agenda.order_by("position").first()
        table = self._material(session, first, "Los foros en cifras", Material.Kind.DOCUMENT, _table(9), by=official)
        materials.add_version(table, upload=_table(12), by=official)
        poster = SimpleUploadedFile("prioridades.png", pictures.draw_scene(3), "image/png")
        self._material(session, first, "Prioridades por colonia", Material.Kind.SLIDES, poster, by=official)
        materials.add_material(
            session,
            item=None,
            kind=Material.Kind.RECORDING,
            title="Grabación del foro de apertura",
            visibility=Material.Visibility.GROUP,
            url="https://videos.example/foro-de-apertura",
            form_id=uuid4(),
            by=self.users[people.COORDINATOR],
        )

    def _material(
        self, session: Session, item: AgendaItem | None, title: str, kind: str, upload: SimpleUploadedFile, *, by: User
    ) -> Material:
        return materials.add_material(
            session,
            item=item,
            kind=kind,
            title=title,
            visibility=Material.Visibility.PUBLIC,
            upload=upload,
            form_id=uuid4(),
            by=by,
        )


def _table(count: int) -> SimpleUploadedFile:
    rows = "".join(f"Foro {number},{18 + number * 7 % 23}\n" for number in range(1, count + 1))
    return SimpleUploadedFile("foros.csv", f"Foro,Personas\n{rows}".encode(), "text/csv")
