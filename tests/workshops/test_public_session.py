"""A session's page: what is said to whom, answers, and its history."""

import json
import re
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from cities.models import Organization
from tests import factories
from tests.workshops.published import NOW, START, cancel, change, publish_session
from workshops.models import AgendaItem, Agreement, Participation, Session, WorkTable

JOIN = "https://reunion.ejemplo.mx/enlace-de-la-sala"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        yield


def page(client: Client, session: Session) -> str:
    response = client.get(session.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_page_tells_what_was_published_not_the_draft(stranger):
    session = publish_session(purpose="Para oírnos", bring="Un lápiz", decisions="El lugar").session
    Session.objects.filter(pk=session.pk).update(title="Borrador", purpose="Otra cosa")

    text = page(stranger, session)

    assert "<h1>Retroalimentación a la propuesta</h1>" in text
    assert all(part in text for part in ("Para oírnos", "Un lápiz", "El lugar"))
    assert "Borrador" not in text
    assert "Otra cosa" not in text


@pytest.mark.parametrize(
    ("visibility", "who", "status"),
    [
        ("public", "stranger", 200),
        ("group", "stranger", 404),
        ("group", "ex_member", 404),
        ("group", "member", 200),
        ("invited", "member", 404),
        ("invited", "invited", 200),
        ("invited", "coordinator", 200),
    ],
)
def test_page_is_there_for_those_who_may_see_it(visibility, who, status, member, ex_member, coordinator):
    invited = factories.create_member()
    session = publish_session(visibility=visibility, people=[invited]).session
    people = {"member": member, "ex_member": ex_member, "coordinator": coordinator, "invited": invited}
    client = signed_in(people[who]) if who in people else Client()

    assert client.get(session.get_absolute_url()).status_code == status
    assert client.get(f"/sessions/{session.slug}.ics").status_code == (200 if visibility == "public" else 404)


def test_drafts_have_no_page(coordinator):
    cycle = factories.create_cycle()
    draft = Session.objects.create(
        cycle=cycle, slug="borrador", title="B", kind="webinar", mode="remote", day=date(2027, 1, 1)
    )

    assert signed_in(coordinator).get(draft.get_absolute_url()).status_code == 404


def test_link_to_join_is_for_those_expected(member, coordinator, stranger):
    expected = factories.create_member()
    session = publish_session(people=[expected], join_url=JOIN).session

    assert JOIN in page(signed_in(expected), session)
    assert JOIN in page(signed_in(coordinator), session)
    assert JOIN not in page(signed_in(member), session)
    assert JOIN not in page(stranger, session)


def test_link_to_join_goes_with_a_cancelled_session(member):
    session = publish_session(join_url=JOIN).session
    cancel(session, at=NOW + timedelta(minutes=1), reason="Se cayó la red.")

    text = page(signed_in(member), session)

    assert JOIN not in text
    assert "Se cayó la red." in text


def test_answer_is_recorded_and_shown(member):
    session = publish_session().session
    client = signed_in(member)

    response = client.post(f"/sessions/{session.slug}/answer/", {"answer": "maybe"})

    assert (response.status_code, response["Location"]) == (302, session.get_absolute_url())
    participation = Participation.objects.get(session=session, user=member)
    assert (participation.answer, participation.answered_at) == ("maybe", NOW + timedelta(minutes=5))
    assert re.search(r'value="maybe" aria-pressed="true"', page(client, session))


def test_answer_by_htmx_returns_that_part_alone(member):
    session = publish_session().session

    response = signed_in(member).post(
        f"/sessions/{session.slug}/answer/", {"answer": "yes"}, headers={"hx-request": "true"}
    )

    assert response.status_code == 200
    assert b"<html" not in response.content
    assert b'value="yes" aria-pressed="true"' in response.content
    assert b'role="status"' in response.content


def test_member_not_expected_may_come_at_their_own_wish(member):
    session = publish_session(people=[factories.create_member()]).session

    signed_in(member).post(f"/sessions/{session.slug}/answer/", {"answer": "yes"})

    assert Participation.objects.get(session=session, user=member).expected_because == "own_wish"


@pytest.mark.parametrize(("answer", "status"), [("none", 400), ("", 400), ("perhaps", 400)])
def test_answer_must_be_one(answer, status, member):
    session = publish_session().session

    response = signed_in(member).post(f"/sessions/{session.slug}/answer/", {"answer": answer})

    assert response.status_code == status
    assert Participation.objects.get(session=session, user=member).answer == "none"


def test_strangers_and_former_members_do_not_answer(ex_member, stranger):
    session = publish_session().session
    address = f"/sessions/{session.slug}/answer/"

    assert signed_in(ex_member).post(address, {"answer": "yes"}).status_code == 404
    assert stranger.post(address, {"answer": "yes"}).status_code == 302
    assert stranger.get(address).status_code in {302, 405}
    assert not Participation.objects.filter(session=session, answer="yes").exists()


def test_hidden_session_takes_no_answer(member):
    session = publish_session(visibility="invited", people=[factories.create_member()]).session

    response = signed_in(member).post(f"/sessions/{session.slug}/answer/", {"answer": "yes"})

    assert response.status_code == 404
    assert not Participation.objects.filter(session=session, user=member).exists()


def test_answers_are_closed_when_it_is_over(member):
    session = publish_session().session
    client = signed_in(member)

    with time_machine.travel(START + timedelta(days=1), tick=False):
        client.force_login(member)
        response = client.post(f"/sessions/{session.slug}/answer/", {"answer": "yes"})

    assert response.status_code == 302
    assert Participation.objects.get(session=session, user=member).answer == "none"


def test_only_coordinators_see_who_answered(member, coordinator, stranger):
    session = publish_session().session
    signed_in(member).post(f"/sessions/{session.slug}/answer/", {"answer": "yes"})

    assert member.name in page(signed_in(coordinator), session)
    for reader in (stranger, signed_in(member)):
        assert member.name not in page(reader, session)


def test_of_many_people_coordinators_read_the_first_and_the_numbers(coordinator):
    people = [factories.create_member(name=f"{name} {number:02}") for number in range(51) for name in ("Zoé", "Ágata")]
    session = publish_session(people=people).session
    said = Participation.objects.filter(session=session, user__in=[people[0].pk])
    said.update(answer="yes", answered_at=NOW)

    answers = signed_in(coordinator).get(session.get_absolute_url()).context["answers"]

    shown = [one.user.name for one in answers.people]
    assert shown == ["Zoé 00", *(f"Ágata {n:02}" for n in range(51)), *(f"Zoé {n:02}" for n in range(1, 49))]
    assert (answers.count, answers.is_cut, [count for _label, count in answers.counts]) == (102, True, [1, 0, 0, 101])


def test_history_hides_what_was_not_for_the_reader(stranger, member):
    session = publish_session(title="Título secreto", visibility="group").session
    change(session, at=NOW + timedelta(minutes=1), title="Título abierto", visibility="public")
    change(session, at=NOW + timedelta(minutes=2), title="Título final")

    assert "Título secreto" not in page(stranger, session)
    assert "Título abierto" in page(stranger, session)
    assert "Título secreto" in page(signed_in(member), session)


def test_schema_is_complete_and_harmless(stranger):
    city = factories.create_city(name="Puebla", state="Puebla")
    session = publish_session(
        title="</script><script>alert(1)</script>", mode="hybrid", city=city, venue="Sala", join_url=JOIN
    ).session

    text = page(stranger, session)

    assert "<script>alert(1)" not in text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    event = json.loads(block)
    url = f"http://localhost/sessions/{session.slug}/"
    assert event["name"] == "</script><script>alert(1)</script>"
    assert (event["startDate"], event["endDate"]) == ("2026-12-03T10:00-06:00", "2026-12-03T12:00-06:00")
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert event["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert event["location"] == [
        {"@type": "Place", "name": "Sala", "address": "Puebla, Puebla"},
        {"@type": "VirtualLocation", "url": url},
    ]
    assert JOIN not in block


def test_session_without_hours_has_none_in_its_schema(stranger):
    session = publish_session(starts_at=None, day=date(2026, 12, 9)).session

    text = page(stranger, session)

    assert '"startDate": "2026-12-09", "endDate": "2026-12-09"' in text
    assert not re.search(r"\d\d:\d\d", text.split("<main")[1].split("</main")[0])


def test_hidden_session_has_no_schema(member):
    session = publish_session(visibility="group").session

    assert "application/ld+json" not in page(signed_in(member), session)


def test_demonstration_is_marked(stranger):
    session = publish_session(cycle=factories.create_cycle(is_demo=True)).session

    text = page(stranger, session)

    assert 'class="banner banner-warm"' in text
    assert '"name": "[DEMO] Retroalimentación a la propuesta"' in text


def _record(session: Session, count: int) -> None:
    """Everything a held session can have, so often."""
    session.attendee_count, session.agenda_published_at = 34, NOW
    session.save(update_fields=["attendee_count", "agenda_published_at"])
    plan = factories.create_plan()
    for number in range(count):
        organization = factories.create_organization(certainty=Organization.Certainty.UNSURE)
        session.participating_organizations.add(organization)
        item = AgendaItem.objects.create(
            session=session,
            position=2 * number,
            kind="presentation",
            title=f"Punto {number}",
            presenter_organization=organization,
        )
        AgendaItem.objects.create(session=session, position=2 * number + 1, kind="comments", title="Parte", parent=item)
        WorkTable.objects.create(session=session, number=number + 1, theme="Agua")
        agreement = Agreement.objects.create(
            session=session, number=number + 1, kind="task", text=f"Acuerdo {number}", plan=plan
        )
        agreement.responsible.add(organization)
        factories.create_member(organization=organization)


@pytest.mark.parametrize("count", [1, 3, 60])
def test_queries_do_not_grow_with_what_is_on_record(count, coordinator, stranger, django_assert_num_queries):
    session = publish_session(purpose="Algo").session
    _record(session, count)
    for number in range(2):
        change(session, at=NOW + timedelta(minutes=number + 1), title=f"Título {number}")
    client = signed_in(coordinator)

    with django_assert_num_queries(18):
        text = page(stranger, session)
    with django_assert_num_queries(34):
        page(client, session)

    assert text.count("Acuerdo ") == 2 * count  # its number and its text
    assert text.count("34 ") == 1
