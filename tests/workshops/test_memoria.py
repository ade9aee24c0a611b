"""The report of a session: what is on record, for who may know it, as a page and as tagged PDF."""

import pytest
from django.test import Client
from django.utils import timezone

from ogpgroup.founding import session as facts
from ogpgroup.founding.load import load_founding_cycle
from ogpgroup.models import User
from tests.factories_schedule import create_agreement, create_session, in_days, publish
from tests.ogpgroup import pdf_reading
from tests.workshops.test_photos import add, picture
from workshops.models import AgendaItem, Diagnosis, DiagnosisVersion, Participation, Session, TableNote, WorkTable

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HOSTILE = '<script>alert(1)</script> #import "x" #read("/etc/passwd") $x$ {{7*7}} \u202e'


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def session(coordinator, official_reynosa, member) -> Session:
    session = create_session(starts_at=in_days(-3), title="Primera sesión", mode="hybrid", purpose=HOSTILE)
    publish(session)
    for user, agrees in ((official_reynosa, False), (member, True)):
        Participation.objects.update_or_create(
            session=session,
            user=user,
            defaults={"attended": "present", "mode": "face_to_face", "may_be_named": agrees},
        )
    AgendaItem.objects.create(session=session, position=1, kind="presentation", title="El plan de la ciudad")
    table = WorkTable.objects.create(session=session, number=1, theme="Agua")
    TableNote.objects.create(table=table, kind="doubt", text=f"¿Quién paga? {HOSTILE}", said_by="Vera Vecina")
    create_agreement(session=session, number=1, text="Publicar el calendario.")
    session.agenda_published_at = timezone.now()
    session.save(update_fields=["agenda_published_at"])
    return Session.objects.get(pk=session.pk)


def diagnose(session: Session) -> None:
    diagnosis = Diagnosis.objects.create(session=session)
    statement = {"theme": 1, "rank": 1, "title": "Dinero", "statement": "Falta.", "votes": 7, "notes": [{"id": 1}]}
    content = {"introduction": "Esto dijimos.", "statements": [statement], "ungrouped": []}
    diagnosis.published = DiagnosisVersion.objects.create(diagnosis=diagnosis, number=1, content=content)
    diagnosis.save(update_fields=["published"])


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, session: Session) -> str:
    response = client.get(f"/sessions/{session.slug}/memoria/")
    assert response.status_code == 200
    return str(response.content.decode())


def test_page_tells_what_is_on_record(session, stranger, member, official_reynosa):
    diagnose(session)

    text = page(stranger, session)

    told = ("El plan de la ciudad", "Mesa 1: Agua", "¿Quién paga?", "Dinero", "7 votos", "Publicar el calendario.")
    assert [words for words in told if words not in text] == []
    assert member.name in text
    assert official_reynosa.name not in text
    assert "Vera Vecina" not in text
    assert "<script>alert" not in text


def test_notes_are_the_groups_until_the_diagnosis_is_published(session, stranger, member):
    seen = ["¿Quién paga?" in page(client, session) for client in (stranger, browser(member))]

    assert seen == [False, True]


def typed_at_the_door(session: Session, name: str, *, by: User | None = None, agrees: bool = True) -> None:
    Participation.objects.create(
        session=session,
        name=name,
        organization_name=f"Colonia {by}",
        expected=False,
        expected_because="own_wish",
        attended="present",
        mode="face_to_face",
        checked_in_by=by,
        may_be_named=agrees,
    )


def presented(client: Client, session: Session) -> str:
    response = client.get(f"/sessions/{session.slug}/memoria/")
    (point,) = response.context["record"].points
    return str(point.presented_by)


def test_what_a_stranger_types_names_nobody_of_the_agenda(session, stranger, member, official_reynosa):
    """Whoever types a presenter's name at the door, and agrees, once published the presenter, whose own word was no."""
    session.agenda.update(presenter=official_reynosa, presenter_name=official_reynosa.name)
    typed_at_the_door(session, official_reynosa.name)
    assert presented(stranger, session) == ""

    session.agenda.update(presenter=member, presenter_name="")
    assert presented(stranger, session) == member.name


@pytest.mark.parametrize(
    ("by_coordinator", "agrees", "told"), [(True, [True], True), (False, [True], False), (True, [True, False], False)]
)
def test_presenter_without_an_account_is_named_as_a_coordinator_wrote_it_down(
    session, stranger, coordinator, by_coordinator, agrees, told
):
    session.agenda.update(presenter_name="Vera Vecina")
    typed_at_the_door(session, "Vera Vecina", by=coordinator if by_coordinator else None, agrees=agrees[0])
    for one in agrees[1:]:
        typed_at_the_door(session, "vera vecina", agrees=one)

    assert presented(stranger, session) == ("Vera Vecina" if told else "")


def test_agenda_that_is_not_published_is_not_told(session, stranger):
    Session.objects.filter(pk=session.pk).update(agenda_published_at=None)

    assert "El plan de la ciudad" not in page(stranger, session)


def test_there_is_no_report_before_the_end(stranger):
    session = create_session(starts_at=in_days(3))
    publish(session)

    assert stranger.get(f"/sessions/{session.slug}/memoria/").status_code == 404
    assert stranger.get(f"/sessions/{session.slug}/memoria.pdf").status_code == 404


def test_pdf_is_tagged_and_reads_in_order(session, stranger, coordinator):
    diagnose(session)
    add(session, picture(size=(600, 300)), by=coordinator)

    response = stranger.get(f"/sessions/{session.slug}/memoria.pdf")
    words = pdf_reading.words(response.content)

    order = ["Primera sesión", "El plan de la ciudad", "Mesa 1: Agua", "Dinero", "Publicar el calendario.", "Fuentes"]
    places = [words.index(one) for one in order]
    assert places == sorted(places)
    assert "{{7*7}}" in words
    assert "Vera Vecina" not in words
    assert pdf_reading.is_tagged(response.content)
    assert pdf_reading.claims_pdf_ua(response.content)
    assert pdf_reading.language(response.content) == "es-MX"
    assert all(pdf_reading.fonts_embedded(response.content).values())
    assert {"Figure", "H1", "H2", "Table", "TH", "L"} <= set(pdf_reading.tags(response.content))
    assert response.headers["Cache-Control"] == "public, max-age=300"


def test_photo_whose_bytes_are_gone_leaves_the_report_whole(session, stranger, coordinator):
    ((photo,), _none) = add(session, picture(size=(600, 300)), by=coordinator)
    photo.medium.storage.delete(photo.medium.name)

    assert stranger.get(f"/sessions/{session.slug}/memoria.pdf").content.startswith(b"%PDF-")


def test_founding_session_holds_only_what_the_source_says(stranger):
    load_founding_cycle()

    words = pdf_reading.words(stranger.get(f"/sessions/{facts.SESSION_SLUG}/memoria.pdf").content)

    assert "Participaron 34 personas" in words
    assert words.count("Mesa ") >= 3
    assert "sin registro del resultado" in words
    assert facts.SOURCE in words.replace(" ", "") or "opengovpartnership.org" in words


@pytest.mark.parametrize("count", [1, 3])
def test_number_of_queries_stays(session, stranger, django_assert_num_queries, count):
    diagnose(session)
    for number in range(2, 2 + count):
        table = WorkTable.objects.create(session=session, number=number)
        TableNote.objects.create(table=table, kind="doubt", text="¿Y?")
        create_agreement(session=session, number=number)

    with django_assert_num_queries(11):
        page(stranger, session)
