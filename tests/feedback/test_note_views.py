"""Notes over the web: writing, answering, settling, and what strangers get."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cities.models import group_day
from feedback.actions import notes as actions
from feedback.actions.notes import edition_of
from feedback.models import Answer, Note
from ogpgroup.markdown import LARGEST
from ogpgroup.models import User
from tests import factories
from tests.factories_schedule import create_session, in_days, publish
from tests.feedback.noting import answer, colleague_of, create_commitment, create_item, settle, write

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def plan(reynosa, official_reynosa):
    return factories.create_plan(city=reynosa, slug="reynosa")


@pytest.fixture
def note(plan, member):
    return write(plan, by=member, now=timezone.now())


def signed_in(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(language="en")
    client = Client()
    client.force_login(user)
    return client


def words(**data: str) -> dict[str, str]:
    return {"kind": "doubt", "text": "¿Quién **convoca**?", "visibility": "public", "form_id": str(uuid4())} | data


def answer_words(note: Note, **data: str) -> dict[str, str]:
    soon = group_day(timezone.now()) + timedelta(days=20)
    given = {"decision": "accepted", "reason": "Sí.", "change": "Convoca el IMPLAN.", "change_by": soon.isoformat()}
    return given | {"seen": edition_of(note)} | data


def test_member_writes_a_note_and_everybody_reads_it(plan, member, stranger):
    commitment = create_commitment(plan=plan)
    client = signed_in(member)
    address = reverse("feedback:note_create", args=["commitment", commitment.pk])
    form_id = re.search(r'name="form_id" value="([^"]+)"', client.get(address).content.decode())
    assert form_id
    organization = member.memberships.get().organization

    response = client.post(address, words(form_id=form_id[1], organization=str(organization.pk)))

    note = Note.objects.get()
    assert response.headers["Location"] == f"/notes/{note.pk}/"
    assert (note.commitment, note.ledger, note.author, note.organization) == (commitment, plan, member, organization)
    text = stranger.get(f"/notes/{note.pk}/").content.decode()
    assert "<p>¿Quién <strong>convoca</strong>?</p>" in text
    assert member.name not in text


def test_note_that_is_too_long_keeps_what_was_typed(plan, member):
    text = "ñ" * LARGEST

    response = signed_in(member).post(reverse("feedback:note_create", args=["plan", plan.pk]), words(text=text))

    assert response.status_code == 200
    assert text in response.content.decode()
    assert "The note is too long: 40 kB of at most 20." in response.content.decode()
    assert not Note.objects.exists()


def test_form_sent_twice_leads_to_the_one_note(plan, member):
    client, sent = signed_in(member), words()
    address = reverse("feedback:note_create", args=["plan", plan.pk])

    locations = {client.post(address, sent).headers["Location"] for _ in range(2)}

    assert locations == {f"/notes/{Note.objects.get().pk}/"}


@pytest.mark.parametrize("target", ["session", "user", "ledger", "agenda_item"])
def test_there_is_no_note_on_anything_else(target: str, plan, member):
    assert signed_in(member).get(f"/notes/new/{target}/{plan.pk}/").status_code == 404


def test_official_of_the_city_is_led_back_with_a_reason(plan, official_reynosa):
    response = signed_in(official_reynosa).get(f"/notes/new/plan/{plan.pk}/", follow=True)

    assert "Notes are written to the city; you act for it." in response.content.decode()


def test_author_changes_the_note_while_it_is_open(note, member):
    client = signed_in(member)
    address = reverse("feedback:note_edit", args=[note.pk])
    assert note.text in client.get(address).content.decode()

    client.post(address, words(text="Otra cosa", kind="suggestion", seen=edition_of(note)))

    note.refresh_from_db()
    assert (note.text, note.kind, note.organization) == ("Otra cosa", "suggestion", None)


def test_edit_that_comes_after_an_answer_says_so_beside_the_words(note, member, official_reynosa):
    seen = edition_of(note)
    answer(note, by=official_reynosa, change_by=group_day(timezone.now()))

    response = signed_in(member).post(
        reverse("feedback:note_edit", args=[note.pk]), words(text="Muy pensado", seen=seen)
    )

    text = response.content.decode()
    assert "This note was answered or withdrawn meanwhile" in text
    assert "Muy pensado" in text


def test_author_withdraws_after_reading_what_it_means(note, member, stranger):
    client = signed_in(member)
    address = reverse("feedback:note_withdraw", args=[note.pk])
    assert "Nobody but you will be able to read it" in client.get(address).content.decode()

    client.post(address)

    assert stranger.get(f"/notes/{note.pk}/").status_code == 404
    assert "You withdrew this note." in client.get(f"/notes/{note.pk}/").content.decode()


def test_city_answers_and_author_settles(note, member, official_reynosa, stranger):
    city, author = signed_in(official_reynosa), signed_in(member)

    city.post(reverse("feedback:note_answer", args=[note.pk]), answer_words(note))
    given = Answer.objects.get()
    asked = author.get(f"/notes/{note.pk}/").content.decode()
    author.post(
        reverse("feedback:note_settle", args=[note.pk]),
        {"settles": "yes", "reaction": "Gracias.", "answer": str(given.pk)},
    )
    city.post(
        reverse("feedback:answer_changed", args=[given.pk]),
        {"changed_on": group_day(timezone.now()).isoformat(), "report": "Convocó."},
    )

    note.refresh_from_db()
    given.refresh_from_db()
    assert "Does this settle it for you?" in asked
    assert (note.status, given.settles, given.reaction, given.change_report) == (
        "settled",
        True,
        "Gracias.",
        "Convocó.",
    )
    text = stranger.get(f"/notes/{note.pk}/").content.decode()
    places = [text.index(said) for said in ("convoca a los", "Sí.", "Gracias.", "Convocó.")]
    assert places == sorted(places)
    assert official_reynosa.name not in text


def test_report_on_a_replaced_answer_keeps_the_words_and_its_page_is_gone(note, official_reynosa):
    replaced = answer(note, by=official_reynosa, change_by=group_day(timezone.now()))
    settle(note, settles=False)
    answer(note, by=official_reynosa, reason="Otra.", change_by=group_day(timezone.now()))
    client, address = signed_in(official_reynosa), reverse("feedback:answer_changed", args=[replaced.pk])

    response = client.post(address, {"changed_on": group_day(timezone.now()).isoformat(), "report": "Ya convoca."})

    text = response.content.decode()
    assert response.status_code == 409
    assert "The city has answered anew meanwhile" in text
    assert "Ya convoca." in text
    assert not Answer.objects.filter(changed_on__isnull=False).exists()
    assert client.get(address).status_code == 404


def test_second_official_keeps_their_words_and_is_told(note, reynosa, official_reynosa):
    sent = answer_words(note, reason="Pensado toda la mañana")
    second = signed_in(factories.create_official(city=reynosa))
    answer(note, by=official_reynosa, change_by=group_day(timezone.now()))

    response = second.post(reverse("feedback:note_answer", args=[note.pk]), sent)

    text = response.content.decode()
    assert response.status_code == 409
    assert "Somebody answered this note meanwhile." in text
    assert "Pensado toda la mañana" in text
    assert Answer.objects.count() == 1


def test_answer_to_words_that_changed_is_asked_again_with_the_new_words(note, member, official_reynosa):
    sent = answer_words(note)
    actions.edit_note(
        note,
        kind="doubt",
        text="Otra pregunta",
        visibility="public",
        organization=None,
        seen=edition_of(note),
        by=member,
        now=timezone.now(),
    )
    client, address = signed_in(official_reynosa), reverse("feedback:note_answer", args=[note.pk])

    text = client.post(address, sent).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', text)

    assert "The author changed the note meanwhile." in text
    assert "Otra pregunta" in text
    assert seen
    assert client.post(address, sent | {"seen": seen[1]}).status_code == 302


def test_settled_note_may_be_opened_again(note, member, official_reynosa):
    given = answer(note, by=official_reynosa, change_by=group_day(timezone.now()))
    settle(note, settles=True)
    client, address = signed_in(member), reverse("feedback:note_settle", args=[note.pk])
    assert 'value="yes"' in client.get(address).content.decode()

    client.post(address, {"settles": "no", "reaction": "", "answer": str(given.pk)})

    note.refresh_from_db()
    assert note.status == "unsettled"


@pytest.mark.parametrize("who", ["official_colima", "coordinator", "author"])
def test_only_those_asked_answer(who: str, note, request):
    person = note.author if who == "author" else request.getfixturevalue(who)

    response = signed_in(person).post(reverse("feedback:note_answer", args=[note.pk]), answer_words(note))

    assert (response.status_code, Answer.objects.count()) == (404, 0)


@pytest.mark.parametrize("verb", ["note_edit", "note_withdraw", "note_settle"])
@pytest.mark.parametrize("who", ["official_reynosa", "coordinator", "colleague"])
def test_only_the_author_has_the_authors_word(verb: str, who: str, note, request):
    colleague = colleague_of(note.author.memberships.get().organization)
    person = colleague if who == "colleague" else request.getfixturevalue(who)

    assert signed_in(person).post(reverse(f"feedback:{verb}", args=[note.pk])).status_code == 404


def test_note_for_the_group_is_not_there_for_a_stranger(plan, member, stranger, coordinator):
    note = write(plan, by=member, visibility="group")

    assert stranger.get(f"/notes/{note.pk}/").status_code == 404
    assert signed_in(coordinator).get(f"/notes/{note.pk}/").status_code == 200
    assert f"/notes/{note.pk}/" not in stranger.get(f"/plans/{plan.slug}/feedback/").content.decode()


def test_ledger_of_a_plan_in_preparation_is_not_there(plan, stranger, official_reynosa):
    plan.status = "draft"
    plan.save()

    assert stranger.get("/plans/reynosa/feedback/").status_code == 404
    assert signed_in(official_reynosa).get("/plans/reynosa/feedback/").status_code == 200


def test_htmx_gets_the_rows_alone(plan, note, stranger):
    text = stranger.get("/plans/reynosa/feedback/?state=open", headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in text
    assert f'id="note-{note.pk}"' in text


def test_note_on_an_agenda_names_the_session_as_it_was_published(member, stranger):
    session = create_session(title="Como se publicó", starts_at=in_days(5))
    publish(session.cycle)
    session.refresh_from_db()
    session.title = "Cambio en secreto"
    session.save()
    presenter = factories.create_organization()
    note = write(create_item(session=session, presenter=presenter), by=member)

    text = stranger.get(f"/notes/{note.pk}/").content.decode()
    presented = signed_in(colleague_of(presenter)).post(
        reverse("feedback:note_answer", args=[note.pk]), answer_words(note)
    )

    assert "Como se publicó" in text
    assert "Cambio en secreto" not in text
    assert (presented.status_code, Answer.objects.count()) == (302, 1)


def test_page_of_a_note_asks_as_much_for_many_answers(note, official_reynosa, stranger, django_assert_num_queries):
    for _ in range(3):
        answer(note, by=official_reynosa, change_by=group_day(timezone.now()))
        settle(note, settles=False)

    with django_assert_num_queries(2):
        stranger.get(f"/notes/{note.pk}/")


def test_note_written_while_the_plan_was_closed_is_not_lost(plan, member):
    client, address = signed_in(member), reverse("feedback:note_create", args=["plan", plan.pk])
    assert client.get(address).status_code == 200
    plan.status = "closed"
    plan.save()

    sent = client.post(address, words(text="Mucho texto escrito"))

    assert (sent.status_code, "Mucho texto escrito" in sent.content.decode()) == (409, True)
    assert not Note.objects.exists()
