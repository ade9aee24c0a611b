"""The pages on which coordinators draft, cancel and discard, and who may come there."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cities.models import City, Cycle
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.factories_schedule import create_session, in_days, move, publish
from tests.workshops.coordination import desk_of, edit_url, fingerprint, running_cycle, text_of, typed
from workshops import actions
from workshops.models import Participation, ScheduleRelease, Session, SessionVersion
from workshops.views.coordination import DRAFTS_PER_PAGE

# Each page asks the database so often, however much it shows.
DRAFTS_QUERIES = 15
EDIT_QUERIES = 36


@pytest.fixture
def cycle(db: None) -> Cycle:
    return running_cycle()


@pytest.fixture
def desk(coordinator: User) -> Client:
    return desk_of(coordinator)


# --- The schedule in preparation --------------------------------------------------------------------------------------


def test_drafts_say_where_each_session_stands(desk: Client, cycle: Cycle, member: User) -> None:
    published = create_session(cycle=cycle, title="Publicada", starts_at=in_days(20))
    changed = create_session(cycle=cycle, title="Movida", starts_at=in_days(21))
    cancelled = create_session(cycle=cycle, title="Suspendida", starts_at=in_days(22))
    publish(cycle)
    move(changed, starts_at=in_days(23))
    actions.cancel(cancelled, reason="Paro de transporte", by=None)
    create_session(cycle=cycle, title="Nueva", starts_at=in_days(24))

    response = desk.get(reverse("workshops:drafts"))

    states = {row.session.title: row.state.label for row in response.context["rows"]}
    assert states == {
        "Publicada": "published",
        "Movida": "changes not published",
        "Suspendida": "cancellation not published",
        "Nueva": "draft, not published yet",
    }
    assert "3 changes wait to be published" in text_of(response)
    assert "Everybody still reads" in text_of(response)
    assert str(published.title) in text_of(response)


def test_drafts_count_answers_and_the_people_a_draft_would_invite(
    desk: Client, cycle: Cycle, coordinator: User, member: User
) -> None:
    known = create_session(cycle=cycle, starts_at=in_days(20))
    publish(cycle)
    actions.answer(known, user=member, answer=Participation.Answer.YES, now=datetime.now(UTC))
    create_session(cycle=cycle, starts_at=in_days(21), people=[member])

    rows = desk.get(reverse("workshops:drafts")).context["rows"]

    assert [str(row.answers) for row in rows] == ["1 yes, 0 maybe, 0 no, of 2", "1 person would be invited"]


def test_drafts_keep_past_sessions_apart(desk: Client, cycle: Cycle) -> None:
    create_session(cycle=cycle, title="Antes", starts_at=in_days(-20))
    create_session(cycle=cycle, title="Después", starts_at=in_days(20))

    ahead = desk.get(reverse("workshops:drafts")).context["rows"]
    past = desk.get(reverse("workshops:drafts") + "?past").context["rows"]

    assert ([row.session.title for row in ahead], [row.session.title for row in past]) == (["Después"], ["Antes"])


def test_drafts_without_any_cycle_lead_to_one(desk: Client) -> None:
    response = desk.get(reverse("workshops:drafts"))

    assert reverse("cities:cycle_create") in text_of(response)
    assert desk.get(reverse("workshops:create")).headers["Location"] == reverse("cities:cycle_create")


@pytest.mark.parametrize("number", [1, 3, pytest.param(300, marks=pytest.mark.slow)])
def test_drafts_ask_the_same_number_of_questions_for_any_number_of_sessions(
    desk: Client,
    cycle: Cycle,
    member: User,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _each in range(number):
        create_session(cycle=cycle, starts_at=in_days(20), people=[member])
    publish(cycle)
    for _each in range(number):
        create_session(cycle=cycle, starts_at=in_days(19), organizations=[factories.create_organization()])

    with django_assert_num_queries(DRAFTS_QUERIES):
        desk.get(reverse("workshops:drafts"))


# --- Drafting ---------------------------------------------------------------------------------------------------------


def test_create_stores_a_draft_that_nobody_is_told_of(desk: Client, cycle: Cycle, coordinator: User) -> None:
    response = desk.post(reverse("workshops:create") + f"?cycle={cycle.slug}", typed(cycle))

    session = Session.objects.get()
    assert response.headers["Location"] == edit_url(session)
    assert (session.title, session.edited_by, session.current_version) == ("Taller de participación", coordinator, None)
    assert OutgoingMail.objects.count() == 0


def test_create_shows_errors_and_keeps_what_was_typed(desk: Client, cycle: Cycle) -> None:
    response = desk.post(reverse("workshops:create"), typed(cycle, end_time="09:00", purpose="Para aprender juntos"))

    assert response.status_code == 200
    assert "It must end after it begins" in text_of(response)
    assert "Para aprender juntos" in text_of(response)
    assert not Session.objects.exists()


def test_create_like_another_takes_over_all_but_date_and_link(
    desk: Client, cycle: Cycle, reynosa: City, member: User
) -> None:
    session = create_session(
        cycle=cycle, title="Mensual", mode="hybrid", city=reynosa, people=[member], join_url="https://r.example/1"
    )

    form = desk.get(reverse("workshops:create") + f"?like={session.slug}").context["form"]

    assert (form["title"].value(), form["mode"].value(), form["city"].value()) == ("Mensual", "hybrid", reynosa.pk)
    assert form["people"].value() == [member.pk]
    assert (form["day"].value(), form["join_url"].value(), form["edits"].value()) == (None, None, None)


def test_copy_reminds_like_the_one_it_was_made_of(desk: Client, cycle: Cycle) -> None:
    session = create_session(cycle=cycle)
    Session.objects.update(lead_hours=[72, 2])

    desk.post(reverse("workshops:create") + f"?like={session.slug}", typed(cycle, title="La copia"))

    assert Session.objects.get(title="La copia").lead_hours == [72, 2]


def test_edit_shows_the_hours_of_the_member_cities_and_warns(desk: Client, cycle: Cycle) -> None:
    for name, zone in (("Reynosa", "America/Matamoros"), ("Los Cabos", "America/Mazatlan")):
        factories.create_government(city=factories.create_city(name=name, time_zone=zone))
    session = create_session(cycle=cycle, starts_at=datetime(2027, 7, 1, 14, tzinfo=UTC))

    response = desk.get(edit_url(session))

    assert [(hours.when.hours, hours.cities) for hours in response.context["hours"]] == [
        ("07:00–09:00", "Los Cabos"),
        ("09:00–11:00", "Reynosa"),
    ]
    assert "In Los Cabos it begins at 07:00, outside usual working hours." in text_of(response)
    assert "There is no link to join yet." in text_of(response)


def test_edit_of_what_somebody_else_changed_shows_both_and_loses_nothing(
    desk: Client, cycle: Cycle, coordinator: User
) -> None:
    other = factories.create_coordinator(name="Otra Coordinadora")
    session = create_session(cycle=cycle, title="Como era")
    session.title = "Lo que guardó la otra"
    actions.save_draft(session, organizations=[], people=[], by=other, seen_edits=0)

    response = desk.post(edit_url(session), typed(cycle, title="Lo que escribí yo", purpose="Mi propósito"))

    assert "Otra Coordinadora changed this session meanwhile" in text_of(response)
    for words in ("Lo que guardó la otra", "Lo que escribí yo", "Mi propósito"):
        assert words in text_of(response)
    assert Session.objects.get().title == "Lo que guardó la otra"
    assert response.context["form"]["edits"].value() == "1"

    desk.post(edit_url(session), typed(cycle, title="Lo que escribí yo", edits="1"))

    assert Session.objects.get().title == "Lo que escribí yo"


def test_edit_keeps_the_cycle_of_a_published_session(desk: Client, cycle: Cycle) -> None:
    session = create_session(cycle=cycle)
    publish(cycle)
    other = factories.create_cycle(name="Otro", starts_on=date(2030, 1, 1), ends_on=date(2030, 12, 31))

    desk.post(edit_url(session), typed(other))

    session.refresh_from_db()
    assert (session.cycle, session.title) == (cycle, "Taller de participación")


# --- Cancelling, taking back, discarding ------------------------------------------------------------------------------


def test_cancel_wants_a_reason_and_tells_nobody_yet(desk: Client, cycle: Cycle, member: User) -> None:
    session = create_session(cycle=cycle)
    publish(cycle)
    mails = OutgoingMail.objects.count()
    url = reverse("workshops:cancel", args=[session.slug])

    assert desk.post(url, {"reason": " "}).status_code == 200
    desk.post(url, {"reason": "Paro de transporte"})

    session.refresh_from_db()
    assert (session.status, session.cancel_reason) == ("cancelled", "Paro de transporte")
    assert SessionVersion.objects.get().status == "planned"
    assert OutgoingMail.objects.count() == mails


def test_reinstate_takes_a_cancellation_back(desk: Client, cycle: Cycle) -> None:
    session = create_session(cycle=cycle)
    publish(cycle)
    actions.cancel(session, reason="Paro", by=None)

    desk.post(reverse("workshops:reinstate", args=[session.slug]))

    session.refresh_from_db()
    assert session.status == "planned"


def test_discard_asks_first_and_deletes_then(desk: Client, cycle: Cycle) -> None:
    session = create_session(cycle=cycle)
    url = reverse("workshops:discard", args=[session.slug])

    assert desk.get(url).status_code == 200
    assert Session.objects.exists()
    desk.post(url)

    assert not Session.objects.exists()


def test_discard_refuses_what_was_published(desk: Client, cycle: Cycle) -> None:
    session = create_session(cycle=cycle)
    publish(cycle)
    url = reverse("workshops:discard", args=[session.slug])

    page = desk.get(url)
    desk.post(url)

    assert "It was published, so it stays in the record." in text_of(page)
    assert Session.objects.exists()


@pytest.mark.parametrize("number", [1, 3, pytest.param(300, marks=pytest.mark.slow)])
def test_edit_asks_the_same_number_of_questions_for_any_number_of_people_and_organisations(
    desk: Client, cycle: Cycle, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    members = [factories.create_member() for _each in range(number)]
    session = create_session(cycle=cycle, people=members)

    with django_assert_num_queries(EDIT_QUERIES):
        desk.get(edit_url(session))


# --- Addresses that are none ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["drafts", "create"])
@pytest.mark.parametrize("query", ["cycle=%00", "cycle=nada", "cycle=a%00b"])
def test_cycle_that_cannot_be_is_not_found(desk: Client, cycle: Cycle, page: str, query: str) -> None:
    assert desk.get(reverse(f"workshops:{page}") + f"?{query}").status_code == 404


@pytest.mark.parametrize("query", ["like=%00", "like=nada", "like=a%00b"])
def test_session_to_copy_that_cannot_be_is_not_found(desk: Client, cycle: Cycle, query: str) -> None:
    assert desk.get(reverse("workshops:create") + f"?{query}").status_code == 404


@pytest.mark.slow
def test_many_drafts_are_shown_page_by_page_and_only_those_shown_are_loaded(
    desk: Client, cycle: Cycle, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(DRAFTS_PER_PAGE + 1):
        create_session(cycle=cycle, title=f"Sesión {number}", starts_at=in_days(20 + number))

    with django_assert_num_queries(DRAFTS_QUERIES) as asked:
        first = desk.get(reverse("workshops:drafts"))
    second = desk.get(reverse("workshops:drafts") + "?page=2")

    assert [row.session.title for row in first.context["rows"]] == [f"Sesión {n}" for n in range(DRAFTS_PER_PAGE)]
    assert [row.session.title for row in second.context["rows"]] == [f"Sesión {DRAFTS_PER_PAGE}"]
    assert "51 changes wait to be published" in text_of(second)
    assert not any("vevent" in one["sql"] or '"report"' in one["sql"] for one in asked.captured_queries)


# --- Who may come here ------------------------------------------------------------------------------------------------


def test_everything_here_is_closed_to_others(cycle: Cycle, member: User, official_reynosa: User) -> None:
    session = create_session(cycle=cycle, title="Borrador reservado")
    pages = [reverse("workshops:drafts"), reverse("workshops:create"), reverse("workshops:publish", args=[cycle.slug])]
    pages += [
        reverse(f"workshops:{name}", args=[session.slug])
        for name in ("edit", "cancel", "discard", "people", "reinstate")
    ]
    before = list(Session.objects.values())

    for user in (None, member, official_reynosa):
        client = Client()
        if user:
            client.force_login(user)
        for page in pages:
            for response in (client.get(page), client.post(page, typed(cycle, reason="x", seen=fingerprint(cycle)))):
                assert response.status_code == (404 if user else 302), page
                assert "Borrador reservado" not in text_of(response)

    assert list(Session.objects.values()) == before
    assert not ScheduleRelease.objects.exists()
