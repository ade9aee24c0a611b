"""The pages on which coordinators draft, publish and cancel."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cities.models import City, Cycle, Membership
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.factories_schedule import create_session, in_days, move, publish
from workshops import actions, diff
from workshops.models import Participation, ScheduleRelease, Session, SessionVersion
from workshops.preview import preview

# Each page asks the database so often, however much it shows.
DRAFTS_QUERIES = 14
PREVIEW_QUERIES = 18
PEOPLE_QUERIES = 15
EDIT_QUERIES = 20


@pytest.fixture
def cycle(db: None) -> Cycle:
    today = datetime.now(UTC).date()
    return factories.create_cycle(
        name="Ciclo de prueba", starts_on=today - timedelta(days=200), ends_on=today + timedelta(days=200)
    )


@pytest.fixture
def desk(coordinator: User) -> Client:
    coordinator.language = "en"
    coordinator.save(update_fields=["language"])
    client = Client()
    client.force_login(coordinator)
    return client


def typed(cycle: Cycle, **changes: Any) -> dict[str, Any]:
    day = datetime.now(UTC).date() + timedelta(days=30)
    return {
        "title": "Taller de participación",
        "kind": "workshop",
        "mode": "remote",
        "cycle": cycle.pk,
        "timing": "hours",
        "day": day.isoformat(),
        "start_time": "10:00",
        "end_time": "12:00",
        "time_zone": "America/Mexico_City",
        "visibility": "public",
        "audience": "everybody",
        "edits": "0",
    } | changes


def edit_url(session: Session) -> str:
    return reverse("workshops:edit", args=[session.slug])


def text_of(response: Any) -> str:
    return str(response.content.decode())


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


# --- Publishing -------------------------------------------------------------------------------------------------------


def fingerprint(cycle: Cycle) -> str:
    return diff.fingerprint(diff.pending_changes(cycle))


def test_publish_shows_first_what_changes_and_whom_it_tells(
    desk: Client, cycle: Cycle, coordinator: User, member: User
) -> None:
    session = create_session(cycle=cycle, title="Seminario", starts_at=datetime(2027, 7, 1, 16, tzinfo=UTC))
    publish(cycle)
    OutgoingMail.objects.update(status=OutgoingMail.Status.SENT, sent_at=datetime.now(UTC))
    move(session, starts_at=datetime(2027, 7, 2, 16, tzinfo=UTC))

    response = desk.get(reverse("workshops:publish", args=[cycle.slug]))

    text = text_of(response)
    assert "Version 2 changes 1 session" in text
    assert "Thursday 1 July 2027" in text
    assert "Friday 2 July 2027" in text
    assert "2 people are told of the change." in text
    assert "Publish version 2 and tell 2 people" in text
    assert ScheduleRelease.objects.count() == 1


def test_publish_publishes_what_was_shown_and_says_so(
    desk: Client, cycle: Cycle, coordinator: User, member: User
) -> None:
    session = create_session(cycle=cycle, title="Seminario")
    url = reverse("workshops:publish", args=[cycle.slug])

    response = desk.post(url, {"note": "Primera versión", "seen": fingerprint(cycle)})

    release = ScheduleRelease.objects.get()
    assert response.headers["Location"] == release.get_absolute_url()
    assert (release.note, release.released_by, release.notified) == ("Primera versión", coordinator, True)
    assert OutgoingMail.objects.count() == 2
    said = text_of(desk.get(reverse("workshops:drafts")))
    assert "Version 1 is published and 2 mails are on their way." in said
    assert f'href="{reverse("outbox")}?session={session.pk}"' in said


def test_publish_of_drafts_changed_meanwhile_shows_them_again_and_keeps_the_note(
    desk: Client, cycle: Cycle, member: User
) -> None:
    create_session(cycle=cycle, title="Vista")
    seen = fingerprint(cycle)
    create_session(cycle=cycle, title="No vista")

    response = desk.post(reverse("workshops:publish", args=[cycle.slug]), {"note": "Mi nota", "seen": seen})

    assert "The drafts changed since you looked at them." in text_of(response)
    assert "No vista" in text_of(response)
    assert "Mi nota" in text_of(response)
    assert response.context["form"]["seen"].value() == fingerprint(cycle)
    assert not ScheduleRelease.objects.exists()


def test_publish_with_nothing_to_publish_is_calm(desk: Client, cycle: Cycle) -> None:
    url = reverse("workshops:publish", args=[cycle.slug])

    page = desk.get(url)
    posted = desk.post(url, {"note": "Mi nota", "seen": "abc"})

    assert "Nothing to publish" in text_of(page)
    assert "Mi nota" in text_of(posted)
    assert not ScheduleRelease.objects.exists()


def test_publish_offers_no_way_to_silence_mails(desk: Client, cycle: Cycle, member: User) -> None:
    create_session(cycle=cycle)

    desk.post(
        reverse("workshops:publish", args=[cycle.slug]),
        {"note": "", "seen": fingerprint(cycle), "notify": "", "at": "2017-06-29"},
    )

    assert ScheduleRelease.objects.get().notified
    assert OutgoingMail.objects.count() == 2


@pytest.mark.parametrize("are_sent", [True, False])
def test_preview_promises_as_many_mails_as_the_release_queues(
    cycle: Cycle, coordinator: User, member: User, *, are_sent: bool
) -> None:
    """Through additions, a change of the audience, a cancellation and a return, for people who come and go."""
    newcomer = factories.create_member()
    promised, queued = [], []
    for step in (_add, _narrow, _cancel, _come_back, _come_back_later):
        step(cycle, coordinator, newcomer)
        shown = preview(cycle, now=datetime.now(UTC))
        promised.append((shown.number, shown.mails))

        published = publish(cycle)

        queued.append((published.release.number, published.mail_count))
        if are_sent:
            OutgoingMail.objects.update(status=OutgoingMail.Status.SENT, sent_at=datetime.now(UTC))

    assert promised == queued


def _add(cycle: Cycle, by: User, _newcomer: User) -> None:
    create_session(cycle=cycle, title="Una", starts_at=in_days(20))
    create_session(cycle=cycle, title="Otra", starts_at=in_days(21), people=[by])
    create_session(cycle=cycle, title="Pasada", starts_at=in_days(-5))


def _narrow(cycle: Cycle, by: User, newcomer: User) -> None:
    session = Session.objects.get(title="Una")
    session.audience = Session.Audience.CHOSEN
    Membership.objects.filter(user=newcomer).update(until=date(2018, 1, 1))
    actions.save_draft(session, organizations=[], people=[by], by=None, seen_edits=session.edits)


def _cancel(_cycle: Cycle, _by: User, _newcomer: User) -> None:
    actions.cancel(Session.objects.get(title="Una"), reason="Paro", by=None)


def _come_back(_cycle: Cycle, _by: User, newcomer: User) -> None:
    actions.reinstate(Session.objects.get(title="Una"), by=None)
    factories.create_membership(user=newcomer)


def _come_back_later(_cycle: Cycle, _by: User, _newcomer: User) -> None:
    session = Session.objects.get(title="Una")
    session.audience = Session.Audience.EVERYBODY
    actions.save_draft(session, organizations=[], people=[], by=None, seen_edits=session.edits)
    move(session, starts_at=in_days(22))


@pytest.mark.parametrize("number", [1, 3, pytest.param(300, marks=pytest.mark.slow)])
def test_publish_asks_the_same_number_of_questions_for_any_number_of_changes(
    desk: Client,
    cycle: Cycle,
    member: User,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    sessions = [create_session(cycle=cycle, starts_at=in_days(20), people=[member]) for _each in range(number)]
    publish(cycle)
    for session in sessions:
        move(session, starts_at=in_days(21))

    with django_assert_num_queries(PREVIEW_QUERIES):
        desk.get(reverse("workshops:publish", args=[cycle.slug]))


# --- People -----------------------------------------------------------------------------------------------------------


def test_people_show_why_the_answer_and_the_last_mail(
    desk: Client, cycle: Cycle, coordinator: User, member: User
) -> None:
    session = create_session(cycle=cycle)
    publish(cycle)
    actions.answer(session, user=member, answer=Participation.Answer.MAYBE, now=datetime.now(UTC))
    OutgoingMail.objects.filter(user=member).update(status=OutgoingMail.Status.FAILED)

    guests = desk.get(reverse("workshops:people", args=[session.slug])).context["guests"]

    assert [(guest.name, guest.answer, guest.told_is_trouble) for guest in guests] == [
        ("Carmen Coordinadora", "none", False),
        ("Inés Integrante", "maybe", True),
    ]
    assert {guest.because for guest in guests} == {"the whole working group is expected"}
    assert guests[0].told == "invitation to a session: waiting"


def test_people_of_a_draft_are_those_it_would_invite(desk: Client, cycle: Cycle, member: User) -> None:
    session = create_session(cycle=cycle, people=[member])

    response = desk.get(reverse("workshops:people", args=[session.slug]))

    assert [guest.name for guest in response.context["guests"]] == ["Inés Integrante"]
    assert "1 person would be invited" in text_of(response)


def test_people_can_be_narrowed_to_one_answer(desk: Client, cycle: Cycle, member: User) -> None:
    session = create_session(cycle=cycle)
    publish(cycle)
    actions.answer(session, user=member, answer=Participation.Answer.YES, now=datetime.now(UTC))

    guests = desk.get(reverse("workshops:people", args=[session.slug]) + "?answer=yes").context["guests"]

    assert [guest.name for guest in guests] == ["Inés Integrante"]


@pytest.mark.parametrize("number", [1, 3, pytest.param(300, marks=pytest.mark.slow)])
def test_people_ask_the_same_number_of_questions_for_any_number_of_people(
    desk: Client, cycle: Cycle, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(number):
        factories.create_member()
    session = create_session(cycle=cycle)
    publish(cycle)

    with django_assert_num_queries(PEOPLE_QUERIES):
        desk.get(reverse("workshops:people", args=[session.slug]))


@pytest.mark.parametrize("number", [1, 3, pytest.param(300, marks=pytest.mark.slow)])
def test_edit_asks_the_same_number_of_questions_for_any_number_of_people_and_organisations(
    desk: Client, cycle: Cycle, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    members = [factories.create_member() for _each in range(number)]
    session = create_session(cycle=cycle, people=members)

    with django_assert_num_queries(EDIT_QUERIES):
        desk.get(edit_url(session))


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
