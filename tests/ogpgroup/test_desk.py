"""What people find after they sign in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from actionplans.models import ActionPlan
from cities.models import City, Cycle
from ogpgroup import mail
from ogpgroup.context import mail_has_stopped
from ogpgroup.models import Heartbeat, MailBreaker, OutgoingMail, User
from tests import factories
from tests.factories_schedule import create_agreement, create_session, in_days, move, publish
from workshops import actions
from workshops.models import Participation, Session

# Each page asks the database so often, however much it shows.
DESK_QUERIES = 24
COORDINATION_QUERIES = 34

STOPPED = "Mail is not going out at the moment."


@pytest.fixture
def cycle(db: None) -> Cycle:
    today = datetime.now(UTC).date()
    return factories.create_cycle(
        name="Ciclo de prueba", starts_on=today - timedelta(days=200), ends_on=today + timedelta(days=200)
    )


@pytest.fixture
def flowing(db: None) -> None:
    """Planner and sender are at work."""
    mail.beat(Heartbeat.PLANNER)
    mail.beat(Heartbeat.SENDER)


def client_of(user: User) -> Client:
    user.language = "en"
    user.save(update_fields=["language"])
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str = "desk") -> Any:
    response = client.get(reverse(name))
    assert response.status_code == 200
    return response


def text_of(response: Any) -> str:
    return str(response.content.decode())


# --- My desk ----------------------------------------------------------------------------------------------------------


def test_desk_asks_for_answers_first_and_shows_the_others_beneath(cycle: Cycle, member: User) -> None:
    answered = create_session(cycle=cycle, title="Contestada", starts_at=in_days(5))
    create_session(cycle=cycle, title="Sin contestar", starts_at=in_days(6))
    create_session(cycle=cycle, title="Pasada", starts_at=in_days(-6))
    publish(cycle)
    actions.answer(answered, user=member, answer=Participation.Answer.YES, now=datetime.now(UTC))
    create_session(cycle=cycle, title="Borrador")

    response = page(client_of(member))

    assert [one.version.title for one in response.context["waiting"]] == ["Sin contestar"]
    assert [one.version.title for one in response.context["sessions"]] == ["Contestada"]
    assert "1 session waits for your answer" in text_of(response)
    assert "Borrador" not in text_of(response)


def test_desk_speaks_by_the_persons_own_clock(cycle: Cycle, member: User) -> None:
    member.time_zone = "America/Mazatlan"
    member.save(update_fields=["time_zone"])
    session = create_session(
        cycle=cycle, starts_at=datetime(2027, 1, 5, 16, tzinfo=UTC), join_url="https://r.example/1"
    )
    publish(cycle)

    text = text_of(page(client_of(member)))

    assert "Tuesday 5 January 2027, 09:00–11:00" in text
    assert "10:00–12:00" in text  # where it is held
    assert f'action="/sessions/{session.slug}/join/"' in text


def test_desk_buttons_answer(cycle: Cycle, member: User) -> None:
    session = create_session(cycle=cycle)
    publish(cycle)
    client = client_of(member)
    url = reverse("workshops:answer", args=[session.slug])
    assert f'action="{url}"' in text_of(page(client))

    client.post(url, {"answer": "yes"})

    assert Participation.objects.get(user=member).answer == "yes"


def test_desk_shows_cancelled_sessions_without_asking_for_an_answer(cycle: Cycle, member: User) -> None:
    session = create_session(cycle=cycle)
    publish(cycle)
    actions.cancel(session, reason="Paro de transporte", by=None)
    publish(cycle)

    response = page(client_of(member))

    assert (response.context["waiting"], len(response.context["sessions"])) == ([], 1)
    assert "Paro de transporte" in text_of(response)


def test_desk_of_an_official_shows_what_the_city_must_hand_in(official_reynosa: User, reynosa: City) -> None:
    today = datetime.now(UTC).date()
    own = factories.create_plan(city=reynosa)
    for title, days in (("Atrasado", -3), ("Pronto", 20), ("Lejano", 200)):
        factories.create_deliverable(plan=own, title=title, due_on=today + timedelta(days=days))
    factories.create_deliverable(plan=factories.create_plan(), title="De otra ciudad", due_on=today)
    draft = factories.create_plan(city=reynosa, status=ActionPlan.Status.DRAFT)
    factories.create_deliverable(plan=draft, title="De un borrador", due_on=today)

    response = page(client_of(official_reynosa))

    assert [one.title for one in response.context["things"]] == ["Atrasado", "De un borrador", "Pronto"]
    assert "1 thing is late" in text_of(response)


def test_desk_says_how_many_more_there_are(official_reynosa: User, reynosa: City) -> None:
    today = datetime.now(UTC).date()
    plan = factories.create_plan(city=reynosa)
    for _each in range(15):
        factories.create_deliverable(plan=plan, due_on=today - timedelta(days=3))

    response = page(client_of(official_reynosa))

    assert len(response.context["things"]) == 12
    assert "15 things are late" in text_of(response)
    assert "and 3 more, less urgent" in text_of(response)


def test_desk_offers_a_second_step_to_coordinators_alone(coordinator: User, member: User) -> None:
    hint = reverse("mfa_activate_totp")

    assert hint in text_of(page(client_of(coordinator)))
    assert hint not in text_of(page(client_of(member)))


def test_coordination_offers_it_too_until_it_is_set_up(coordinator: User) -> None:
    hint = reverse("mfa_activate_totp")
    client = client_of(coordinator)

    assert hint in text_of(client.get(reverse("coordination")))
    Authenticator.objects.create(user=coordinator, type=Authenticator.Type.TOTP, data={"secret": "cannot be read"})

    assert hint not in text_of(client.get(reverse("coordination")))


def test_desk_shows_an_invitation_to_an_address_the_person_has_proved(member: User) -> None:
    organization = factories.create_organization(name="Universidad de Prueba")
    factories.create_invitation(email=member.email, organization=organization)
    factories.create_invitation(email="otra@ejemplo.mx", organization=factories.create_organization(name="Ajena"))

    text = text_of(page(client_of(member)))

    assert "Join Universidad de Prueba" in text
    assert "Ajena" not in text


def test_desk_of_an_ex_member_explains_itself(ex_member: User, cycle: Cycle) -> None:
    create_session(cycle=cycle, title="Reservada", visibility=Session.Visibility.GROUP)
    publish(cycle)

    text = text_of(page(client_of(ex_member)))

    assert "You have no membership in force" in text
    assert "Reservada" not in text


def test_desk_asks_strangers_to_sign_in(stranger: Client) -> None:
    assert stranger.get(reverse("desk")).headers["Location"] == f"{reverse('account_login')}?next={reverse('desk')}"


@pytest.mark.parametrize("number", [1, 3, pytest.param(300, marks=pytest.mark.slow)])
def test_desk_asks_the_same_number_of_questions_for_any_number_of_sessions(
    cycle: Cycle,
    official_reynosa: User,
    reynosa: City,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    plan = factories.create_plan(city=reynosa)
    for _each in range(number):
        create_session(cycle=cycle, city=reynosa, mode="hybrid")
        factories.create_deliverable(plan=plan, due_on=datetime.now(UTC).date())
        factories.create_invitation(email=official_reynosa.email)
    publish(cycle)
    client = client_of(official_reynosa)

    with django_assert_num_queries(DESK_QUERIES):
        page(client)


# --- Coordination -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("flowing")
def test_coordination_says_how_many_changes_wait(coordinator: User, cycle: Cycle) -> None:
    session = create_session(cycle=cycle, title="Mañana", starts_at=in_days(5))
    publish(cycle)
    move(session, starts_at=in_days(6))
    create_session(cycle=factories.create_cycle(name="Otro ciclo"))

    response = page(client_of(coordinator), "coordination")

    assert [(one.cycle.name, one.count) for one in response.context["pending"]] == [
        ("Ciclo de prueba", 1),
        ("Otro ciclo", 1),
    ]
    assert "2 changes wait to be published" in text_of(response)
    assert STOPPED not in text_of(response)


@pytest.mark.usefixtures("flowing")
def test_coordination_shows_sessions_at_hand_with_their_answers(coordinator: User, member: User, cycle: Cycle) -> None:
    near = create_session(cycle=cycle, title="Cerca", starts_at=in_days(5))
    create_session(cycle=cycle, title="Lejos", starts_at=in_days(40))
    publish(cycle)
    actions.answer(near, user=member, answer=Participation.Answer.NO, now=datetime.now(UTC))

    response = page(client_of(coordinator), "coordination")

    assert [(one.version.title, str(one.answers)) for one in response.context["near"]] == [
        ("Cerca", "0 yes, 0 maybe, 1 no, of 2")
    ]
    assert reverse("workshops:people", args=[near.slug]) + "?answer=none" in text_of(response)


@pytest.mark.usefixtures("flowing")
def test_coordination_shows_what_is_late(coordinator: User, cycle: Cycle) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=2)
    session = create_session(cycle=cycle, starts_at=in_days(-30))
    publish(cycle)
    create_agreement(session=session, text="Acuerdo vencido", due_on=yesterday)
    create_agreement(session=session, text="Acuerdo cumplido", due_on=yesterday, status="done")
    factories.create_deliverable(title="Propuesta vencida", due_on=yesterday)

    text = text_of(page(client_of(coordinator), "coordination"))

    assert "2 things are late" in text
    assert "Acuerdo vencido" in text
    assert "Acuerdo cumplido" not in text
    assert "Propuesta vencida" in text


@pytest.mark.usefixtures("flowing")
def test_coordination_shows_invitations_that_end_unanswered(coordinator: User) -> None:
    now = datetime.now(UTC)
    factories.create_invitation(email="pronto@ejemplo.mx", expires_at=now + timedelta(days=2))
    factories.create_invitation(email="terminada@ejemplo.mx", expires_at=now - timedelta(days=2))
    factories.create_invitation(email="reciente@ejemplo.mx", expires_at=now + timedelta(days=12))

    response = page(client_of(coordinator), "coordination")

    assert [one.email for one in response.context["invitations"]] == ["terminada@ejemplo.mx", "pronto@ejemplo.mx"]


@pytest.mark.usefixtures("flowing")
@pytest.mark.parametrize(("status", "said"), [("failed", "1 mail was refused"), ("bounced", "1 mail came back")])
def test_coordination_leads_to_mail_in_trouble(
    coordinator: User, member: User, cycle: Cycle, status: str, said: str
) -> None:
    create_session(cycle=cycle)
    publish(cycle)
    OutgoingMail.objects.filter(user=member).update(status=status)

    text = text_of(page(client_of(coordinator), "coordination"))

    assert said in text
    assert reverse("outbox") + f"?status={status}" in text


def test_coordination_is_for_coordinators_alone(member: User, official_reynosa: User, stranger: Client) -> None:
    assert client_of(member).get(reverse("coordination")).status_code == 404
    assert client_of(official_reynosa).get(reverse("coordination")).status_code == 404
    assert stranger.get(reverse("coordination")).status_code == 302


@pytest.mark.parametrize("number", [1, 3, pytest.param(300, marks=pytest.mark.slow)])
def test_coordination_asks_the_same_number_of_questions_for_any_number_of_things(
    coordinator: User, cycle: Cycle, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    today = datetime.now(UTC).date()
    for _each in range(number):
        session = create_session(cycle=cycle, starts_at=in_days(5))
        create_session(cycle=factories.create_cycle(), people=[coordinator])
        create_agreement(session=session, due_on=today - timedelta(days=9))
        factories.create_deliverable(due_on=today - timedelta(days=9))
        factories.create_invitation(expires_at=datetime.now(UTC))
    publish(cycle)
    Session.objects.update(start_offset=0)  # as if the clock rules had changed for all of them
    client = client_of(coordinator)

    with django_assert_num_queries(COORDINATION_QUERIES):
        page(client, "coordination")


# --- When mail has stopped --------------------------------------------------------------------------------------------


def test_mail_has_stopped_until_planner_and_sender_are_seen(db: None) -> None:
    assert mail_has_stopped()
    mail.beat(Heartbeat.PLANNER)
    assert mail_has_stopped()

    mail.beat(Heartbeat.SENDER)

    assert not mail_has_stopped()


@pytest.mark.usefixtures("flowing")
def test_mail_has_stopped_when_nobody_was_seen_for_five_minutes() -> None:
    Heartbeat.objects.filter(name=Heartbeat.SENDER).update(seen_at=datetime.now(UTC) - timedelta(minutes=6))

    assert mail_has_stopped()


@pytest.mark.usefixtures("flowing")
def test_mail_has_stopped_while_the_breaker_is_open(coordinator: User) -> None:
    MailBreaker.objects.create(open_until=datetime.now(UTC) + timedelta(minutes=3), reason="535 clave incorrecta")

    assert mail_has_stopped()
    text = text_of(page(client_of(coordinator), "coordination"))
    assert "the mail server or our settings are at fault" in text
    assert "535 clave incorrecta" in text


def test_every_page_tells_coordinators_alone_that_mail_has_stopped(coordinator: User, member: User) -> None:
    assert STOPPED in text_of(page(client_of(coordinator)))
    assert STOPPED not in text_of(page(client_of(member)))
