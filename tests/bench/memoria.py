"""The report of a session as PDF: how long the first reader waits, and every other one."""

import time
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.test import Client

from ogpgroup.founding import session as founding
from ogpgroup.founding.load import load_founding_cycle
from ogpgroup.mail import database_now
from tests import factories, factories_schedule
from tests.bench.rows import row
from workshops.models import (
    Agreement,
    Diagnosis,
    DiagnosisVersion,
    Participation,
    Session,
    TableNote,
    WorkTable,
)

PEOPLE, TABLES, NOTES, AGREEMENTS, STATEMENTS = 200, 20, 600, 20, 15
AIM_FOUNDING, AIM_LARGE = 1.0, 3.0  # seconds
NOTE: Final = "Las propuestas de la colonia no reciben respuesta y nadie sabe quién las lee ni qué pasa después."


def fill() -> str:
    """A session of 200 people and 600 notes at twenty tables, with its diagnosis published; its address."""
    now = database_now()
    session = factories_schedule.create_session(title="Sesión grande", starts_at=now - timedelta(days=3))
    factories_schedule.publish(session, notify=False)
    institutions = [factories.create_organization() for _ in range(40)]
    Participation.objects.bulk_create(
        Participation(
            session=session,
            name=f"Persona {number}",
            organization=institutions[number % 40],
            attended="present",
            mode="face_to_face",
            expected=False,
            expected_because="own_wish",
            may_be_named=number % 2 == 0,
        )
        for number in range(PEOPLE)
    )
    tables = WorkTable.objects.bulk_create(
        WorkTable(session=session, number=number, theme=f"Tema {number}") for number in range(1, TABLES + 1)
    )
    kinds = TableNote.Kind.values
    TableNote.objects.bulk_create(
        TableNote(table=tables[number % TABLES], kind=kinds[number % len(kinds)], text=f"{number}. {NOTE}")
        for number in range(NOTES)
    )
    Agreement.objects.bulk_create(
        Agreement(session=session, number=number, kind="task", text=f"{number}. {NOTE}", responsible_group=True)
        for number in range(1, AGREEMENTS + 1)
    )
    statements = [
        {"theme": number, "rank": number, "title": f"Tema {number}", "statement": NOTE, "votes": 9, "notes": []}
        for number in range(1, STATEMENTS + 1)
    ]
    diagnosis = Diagnosis.objects.create(session=session)
    diagnosis.published = DiagnosisVersion.objects.create(
        diagnosis=diagnosis, number=1, content={"introduction": NOTE, "statements": statements}
    )
    diagnosis.save(update_fields=["published"])
    return Session.objects.get(pk=session.pk).get_absolute_url()


def rows() -> list[str]:
    """Rows of a table: the founding session and the large one, each for the first reader and the next."""
    settings.ALLOWED_HOSTS = ["testserver"]
    load_founding_cycle()
    found = []
    for name, path, aim in (
        ("session of 2017", f"/sessions/{founding.SESSION_SLUG}/", AIM_FOUNDING),
        (f"{PEOPLE} people, {NOTES} notes", fill(), AIM_LARGE),
    ):
        address = path.rstrip("/")
        first, size = _seconds(f"{address}/memoria.pdf")
        again, _size = _seconds(f"{address}/memoria.pdf")
        seen = f"{first:.2f} | {again:.3f} | {size / 1024:.0f}"
        found.append(row(name, seen, f"< {aim:.0f}", reached=first < aim))
    return found


def _seconds(path: str) -> tuple[float, int]:
    begun = time.perf_counter()
    response = Client().get(path)
    assert response.status_code == 200, response.status_code
    return time.perf_counter() - begun, len(response.content)
