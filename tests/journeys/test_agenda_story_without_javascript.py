"""An agenda without JavaScript: the same story, by links followed and forms posted exactly as they are rendered."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories
from tests.factories_schedule import create_session, publish
from tests.journeys.conftest import Product, text_of
from tests.journeys.reader import Reader, deliver
from tests.ogpgroup import upload_documents as documents
from tests.workshops.agendas import titles
from tests.workshops.coordination import running_cycle

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SLIDES = documents.pptx()  # once: it holds the time at which it was made
QUESTION = "¿Quién midió las banquetas?"
ANSWER = "El instituto de planeación, en marzo."


def test_from_the_first_point_to_the_answer(post: Product, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    official = factories.create_official(name="Rosa de Reynosa", language="en")
    respondent = factories.create_member(name="Ramiro Responde", language="en")
    member = factories.create_member(name="Inés Integrante", language="en")
    starts_at = datetime.now(UTC) - timedelta(minutes=5)
    session = create_session(cycle=running_cycle(), title="Sesión de diagnósticos", starts_at=starts_at)
    publish(session, notify=False)
    carmen, anybody = Reader(factories.create_coordinator(language="en")), Reader()
    rosa, ines = Reader(official), Reader(member)

    # Written, and put in order by the buttons.
    carmen.open(session.get_absolute_url())
    carmen.follow("Write the agenda")
    carmen.follow("Add a point")
    carmen.send(title="Acuerdos", minutes="20")
    carmen.follow("Add a point")
    people = {"presenter": str(official.pk), "respondent": str(respondent.pk)}
    assert "“Diagnóstico” is on the agenda." in carmen.send(title="Diagnóstico", minutes="40", **people)
    carmen.press("Up: Diagnóstico")
    assert titles(session) == ["Diagnóstico", "Acuerdos"]
    assert "Diagnóstico" not in anybody.open(session.get_absolute_url()).replace("Sesión de diagnósticos", "")
    assert "The agenda is published" in carmen.press("Publish the agenda")
    assert "<strong>Diagnóstico</strong>" in anybody.open(session.get_absolute_url())

    # Who presents hears of it and hands out slides; who answers first hears of it too.
    deliver()
    told = text_of(post.mail_to(official.email, number=1))
    assert "Ramiro Responde gives the first feedback" in told
    assert len(post.mails_to(respondent.email)) == 1
    link = re.search(r"http://localhost(/sessions/\S+)", told)
    assert link
    rosa.open(link[1])
    rosa.follow("Hand out a file or a link")
    slides = SimpleUploadedFile("diagnostico.pptx", SLIDES)
    assert "“diagnostico” is handed out." in rosa.send(file=slides)
    anybody.open(session.get_absolute_url())
    served = re.search(r'<a href="(/files/\S+)" download>diagnostico</a>', anybody.page)
    assert served
    assert b"".join(anybody.client.get(served[1])) == SLIDES

    # Asked from the floor, answered by who presented, read by everybody.
    ines.open(session.get_absolute_url())
    ines.follow("Ask or comment")
    assert "It has reached whoever presents." in ines.send(text=QUESTION)
    rosa.open(session.get_absolute_url())
    rosa.follow(QUESTION)
    rosa.follow("Answer the note")
    rosa.send(decision="declined", reason=ANSWER)
    assert QUESTION in anybody.open(session.get_absolute_url())
    anybody.follow(QUESTION)
    assert ANSWER in anybody.page
    assert "Inés" not in anybody.page

    # The document that is filed.
    anybody.open(session.get_absolute_url())
    document = anybody.client.get(f"{session.get_absolute_url()}agenda.pdf")
    assert document["Content-Type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-")
