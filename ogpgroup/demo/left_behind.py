"""What the last session of the demonstration left behind: who came, minutes that were corrected, drawn scenes."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from ogpgroup.demo.pictures import draw_scene
from ogpgroup.models import User
from workshops import drafting
from workshops.actions import attendance, photos
from workshops.actions import minutes as minutes_actions
from workshops.actions.photos import Words
from workshops.models import MinutesSection, Session, SessionBase

# E-mail of who came, and whether they may be named.
CAME = {
    "coordinacion2@demo.example": True,
    "enlace.norte@demo.example": True,
    "integrante@demo.example": True,
    "persona3@demo.example": False,
}
DISCUSSION = """\
La ciudad presentó las primeras propuestas recibidas en los foros de colonia y explicó cómo las clasifica.

- Se preguntó qué pasa con las propuestas que no corresponden al municipio.
- Se pidió que **cada propuesta tenga respuesta**, también las que no se aceptan."""
CORRECTION = "Falta decir que la respuesta a las propuestas debe publicarse antes del segundo avance."
REPLY = "Se agregó al final de lo que se trató."
ADDED = "\n\nSe acordó publicar las respuestas antes del segundo avance."
SCENES = (
    ("Dibujo de personas sentadas alrededor de tres mesas de trabajo.", "Mesas de trabajo del primer avance."),
    ("Dibujo de un círculo de personas que conversan.", "Plenaria: cada mesa presenta sus prioridades."),
    ("Dibujo de una persona que escribe en un pizarrón.", "Cierre con acuerdos."),
)


def leave_behind(session: Session, *, people: Mapping[str, User], by: User, now: datetime) -> None:
    """Record it all through the actions that people use; nobody is written to."""
    session = Session.objects.select_related("current_version", "cycle").get(pk=session.pk)  # as it was published
    version = session.current_version
    assert version is not None
    for email, may_be_named in CAME.items():
        if person := people.get(email):
            attendance.check_in(
                session,
                user=person,
                how="list",
                mode=SessionBase.Mode.FACE_TO_FACE,
                may_be_named=may_be_named,
                by=by,
                now=version.begins_at + timedelta(minutes=5),
            )
    _write_minutes(session, people=people, by=by, ended=version.finishes_at, now=now)
    for number, (alt, caption) in enumerate(SCENES):
        scene = SimpleUploadedFile(f"dibujo-{number + 1}.png", draw_scene(number))
        photos.add_photos(
            session,
            files=[scene],
            words=Words(alt=alt, caption=caption, credit="Dibujo de la demostración"),
            form_id=uuid.uuid4(),
            by=by,
            now=now,
        )


def _write_minutes(session: Session, *, people: Mapping[str, User], by: User, ended: datetime, now: datetime) -> None:
    """Drafted the day after, corrected by a member, approved once the week was over."""
    version, member = session.current_version, people["integrante@demo.example"]
    assert version is not None
    drafted_at = ended + timedelta(days=1)
    sections = drafting.sections_of(version, by)
    minutes = minutes_actions.draft(session, sections=sections, now=drafted_at)
    minutes_actions.name_rapporteur(minutes, rapporteur=member, on=now)
    section = minutes.sections.get(kind=MinutesSection.Kind.DISCUSSION)
    told: dict[str, Any] = {"heading": section.heading, "by": member, "now": drafted_at}
    section = minutes_actions.save_section(section, text=DISCUSSION, edition=section.edition, **told)
    minutes_actions.open_to_corrections(minutes, now=drafted_at, notify=False)
    day_after = drafted_at + timedelta(days=1)
    correction = minutes_actions.correct(
        minutes, section=section, text=CORRECTION, form_id=uuid.uuid4(), by=member, now=day_after
    )
    minutes_actions.save_section(section, text=DISCUSSION + ADDED, edition=section.edition, **told)
    minutes_actions.decide(correction, decision="taken", reply=REPLY, by=by, now=day_after, notify=False)
    minutes_actions.approve(minutes, by=by, now=drafted_at + timedelta(days=9))
