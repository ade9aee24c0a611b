"""Mails about notes: who gets them, whether they still hold, and what they say in both languages."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cities.models import Membership, Role
from feedback.actions import notes as actions
from feedback.actions.notes import edition_of
from feedback.emails import notes as emails
from feedback.models import Note
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.factories_schedule import create_session, in_days, publish
from tests.feedback.noting import NOW, TODAY, answer, colleague_of, create_commitment, create_item, settle, write

pytestmark = pytest.mark.django_db

KINDS = {kind.name: kind for kind in emails.KINDS}


@pytest.fixture
def plan(reynosa, official_reynosa):
    return factories.create_plan(city=reynosa, title="Reynosa abre su plan")


@pytest.fixture
def author() -> User:
    user = factories.create_user(name="Inés Integrante", language="en")
    organization = factories.create_organization(name="Colectivo")
    factories.create_membership(user=user, organization=organization)
    return user


def waiting(kind: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=kind, status="queued").order_by("pk"))


def told(kind: str) -> list[str]:
    return sorted(one.user.email for one in waiting(kind) if one.user)


def still_true(kind: str, now=NOW) -> list[bool]:
    mails = waiting(kind)
    true = KINDS[kind].still_true(mails, now)
    return [one.pk in true for one in mails]


def read(kind: str) -> EmailMessage:
    [one] = waiting(kind)
    message = message_from_bytes(KINDS[kind].render([one], NOW)[one.pk].content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part_of(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_all_officials_of_the_city_hear_of_a_note_and_nobody_else(plan, reynosa, official_reynosa, official_colima):
    second = factories.create_official(city=reynosa)
    colleague_of(reynosa.organizations.get())

    write(plan)

    assert told("note_written") == sorted([official_reynosa.email, second.email])


def test_point_of_contact_alone_hears_of_it_while_they_are_an_official(plan, reynosa, official_reynosa):
    second = factories.create_official(city=reynosa)
    plan.contact = second
    plan.save()

    write(plan)
    Membership.objects.filter(user=second).update(until=NOW.date() - timedelta(days=1))
    write(plan)

    assert told("note_written") == sorted([second.email, official_reynosa.email])


def test_presenters_who_may_see_the_session_hear_of_it(author):
    presenter = factories.create_organization()
    expected, other = colleague_of(presenter), colleague_of(presenter)
    session = create_session(title="Reservada", starts_at=in_days(5), visibility="invited", people=[expected, author])
    publish(session.cycle)
    session.refresh_from_db()

    write(create_item(session=session, presenter=presenter), by=author)

    assert told("note_written") == [expected.email]
    assert other.email not in told("note_written")


def test_news_of_a_note_holds_until_it_is_answered_or_withdrawn(plan, official_reynosa):
    answered, withdrawn, kept = write(plan), write(plan), write(plan)
    answer(answered, by=official_reynosa)
    actions.withdraw_note(withdrawn)

    assert still_true("note_written") == [False, False, True]
    assert kept.status == "open"


def test_news_of_a_note_holds_while_the_person_may_answer(plan, official_reynosa):
    write(plan, visibility="city")
    Membership.objects.filter(user=official_reynosa).update(role=Role.MEMBER)

    assert still_true("note_written") == [False]


def test_author_hears_of_the_answer_as_long_as_it_stands(plan, official_reynosa, author):
    note = write(plan, by=author)
    answer(note, by=official_reynosa)
    assert told("note_answered") == [author.email]
    assert still_true("note_answered") == [True]

    settle(note, settles=False)
    answer(note, by=official_reynosa, reason="Otra vez.")

    assert still_true("note_answered") == [False, True]


def test_author_hears_that_the_promised_change_was_made(plan, official_reynosa, author):
    note = write(plan, by=author)
    given = answer(note, by=official_reynosa)
    settle(note, settles=True)

    for _ in range(2):  # the form, sent twice
        actions.report_change(given, changed_on=TODAY, report="Convocó el IMPLAN.", now=NOW)

    assert told("note_changed") == [author.email]
    assert still_true("note_changed") == [True]
    Membership.objects.filter(user=author).update(until=NOW.date() - timedelta(days=1))
    assert still_true("note_changed") == [False]


def test_change_on_an_answer_that_was_replaced_is_no_news(plan, official_reynosa, author):
    note = write(plan, by=author)
    given = answer(note, by=official_reynosa)
    actions.report_change(given, changed_on=TODAY, report="Convocó el IMPLAN.", now=NOW)

    settle(note, settles=False)
    assert still_true("note_changed") == [True]
    answer(note, by=official_reynosa, reason="Otra vez.")

    assert still_true("note_changed") == [False]


def change(note: Note, kind: str, now: datetime = NOW) -> None:
    assert note.author
    said: dict[str, Any] = {"text": note.text, "visibility": note.visibility, "organization": note.organization}
    seen = edition_of(Note.objects.get(pk=note.pk))
    actions.edit_note(note, kind=kind, **said, seen=seen, by=note.author, now=now)


def test_strength_that_becomes_a_doubt_is_told_as_what_it_asks_now(plan, official_reynosa, author):
    note = write(plan, by=author, kind="strength")
    OutgoingMail.objects.filter(kind="note_written").update(status="sent", sent_at=NOW)

    change(note, "doubt")

    assert told("note_written") == [official_reynosa.email]
    assert still_true("note_written") == [True]
    assert read("note_written")["Subject"] == "Duda sobre el plan «Reynosa abre su plan»"


def test_news_of_a_note_that_changes_its_mind_is_one_mail(plan, official_reynosa, author):
    note = write(plan, by=author, kind="strength")

    for minutes, kind in enumerate(["doubt", "suggestion", "strength", "difficulty"]):
        change(note, kind, NOW + timedelta(minutes=minutes))

    assert told("note_written") == [official_reynosa.email]
    assert read("note_written")["Subject"] == "Dificultad sobre el plan «Reynosa abre su plan»"


def test_who_has_left_the_group_is_not_told(plan, official_reynosa, author):
    left_before, left_after = write(plan), write(plan, by=author)
    Membership.objects.filter(user=left_before.author).update(until=NOW.date() - timedelta(days=1))

    answer(left_before, by=official_reynosa)
    answer(left_after, by=official_reynosa)
    Membership.objects.filter(user=author).update(until=NOW.date() - timedelta(days=1))

    assert told("note_answered") == [author.email]
    assert still_true("note_answered") == [False]


def test_answer_that_does_not_settle_is_told_to_the_city_again(plan, official_reynosa):
    note = write(plan)
    answer(note, by=official_reynosa)

    settle(note, settles=False, reaction="Falta el calendario.")

    assert still_true("note_written") == [False, True]


def test_decision_is_sent_once_and_news_may_be_repeated():
    repeatable = {name: kind.repeatable for name, kind in KINDS.items()}

    assert repeatable == {"note_written": True, "note_answered": False, "note_changed": True}


def test_mails_of_the_demonstration_are_marked():
    city = factories.create_city(is_demo=True)
    official = factories.create_official(city=city)
    plan = factories.create_plan(city=city)
    plan.is_demo = True
    plan.save()
    author = factories.create_user(is_demo=True)
    factories.create_membership(user=author, organization=factories.create_organization(is_demo=True))

    answer(write(plan, by=author), by=official)

    assert set(OutgoingMail.objects.values_list("kind", "is_demo")) == {("note_written", True), ("note_answered", True)}


@pytest.mark.parametrize("kind", ["note_written", "note_answered", "note_changed"])
def test_a_batch_takes_as_many_queries_as_one(kind: str, plan, official_reynosa):
    def queries(notes: int) -> int:
        for _ in range(notes):
            note = write(create_commitment(plan=plan))
            if kind != "note_written":
                given = answer(note, by=official_reynosa)
            if kind == "note_changed":
                actions.report_change(given, changed_on=TODAY, report="Convocó.", now=NOW)
        mails = waiting(kind)
        with CaptureQueriesContext(connection) as captured:
            KINDS[kind].still_true(mails, NOW)
            KINDS[kind].render(mails, NOW)
        return len(captured)

    assert queries(1) == queries(2) == 8


# --- What they say ----------------------------------------------------------------------------------------------------


def test_city_reads_what_is_asked_by_when_and_answers_with_one_click(plan, author):
    organization = author.memberships.get().organization
    note = write(
        create_commitment(plan=plan, number=3, title="Foros <barriales>"), by=author, organization=organization
    )

    message = read("note_written")

    assert message["Subject"] == "Duda sobre el compromiso 3: Foros <barriales>"
    assert part_of(message, "plain") == (
        "Una nota sobre el compromiso 3: Foros <barriales>:\n"
        "\n"
        "«¿Quién convoca a los foros?»\n"
        "— Inés Integrante, Colectivo\n"
        "\n"
        "El grupo pide una respuesta a más tardar el miércoles 23 de diciembre de 2026.\n"
        "\n"
        "Leer y responder:\n"
        f"http://localhost/notes/{note.pk}/\n"
    )
    html = part_of(message, "html")
    assert "Foros &lt;barriales&gt;" in html
    assert f'href="http://localhost/notes/{note.pk}/"' in html


def test_city_reads_of_a_strength_that_nothing_is_asked(plan, official_reynosa, author):
    User.objects.filter(pk=official_reynosa.pk).update(language="en")
    note = write(plan, by=author, kind="strength", text="Todo es público.")

    message = read("note_written")

    assert message["Subject"] == "Strength about the plan “Reynosa abre su plan”"
    assert part_of(message, "plain") == (
        "Somebody sees a strength in the plan “Reynosa abre su plan”:\n"
        "\n"
        "«Todo es público.»\n"
        "— Inés Integrante, for themselves\n"
        "\n"
        "A strength asks for no answer.\n"
        "\n"
        "Read the note:\n"
        f"http://localhost/notes/{note.pk}/\n"
    )


def test_city_reads_why_its_answer_settles_nothing(plan, official_reynosa, author):
    note = write(plan, by=author)
    answer(note, by=official_reynosa)
    OutgoingMail.objects.all().update(status="sent", sent_at=NOW)
    settle(note, settles=False, reaction="Falta el calendario.")

    message = read("note_written")

    assert message["Subject"] == "Aún sin resolver: duda sobre el plan «Reynosa abre su plan»"
    assert part_of(message, "plain") == (
        "Según quien la escribió, su respuesta no resuelve esta nota.\n"
        "\n"
        "«Falta el calendario.»\n"
        "\n"
        "La nota:\n"
        "\n"
        "«¿Quién convoca a los foros?»\n"
        "— Inés Integrante, a título personal\n"
        "\n"
        "El grupo pide una respuesta a más tardar el miércoles 23 de diciembre de 2026.\n"
        "\n"
        "Leer y responder:\n"
        f"http://localhost/notes/{note.pk}/\n"
    )


def test_author_reads_decision_reason_and_promise_in_their_language(plan, official_reynosa, author):
    note = write(plan, by=author)
    answer(note, by=official_reynosa, decision="in_part")

    message = read("note_answered")

    assert message["Subject"] == "Answer to your note, accepted in part: the plan “Reynosa abre su plan”"
    assert part_of(message, "plain") == (
        "Reynosa answered your note about the plan “Reynosa abre su plan”.\n"
        "\n"
        "Accepted in part. Tienen razón.\n"
        "\n"
        "What will change: Convoca el IMPLAN.\n"
        "By Tuesday 15 December 2026.\n"
        "\n"
        "Does that settle it for you? Please say so; if it does not, you will get another answer.\n"
        "\n"
        "Read the answer and say:\n"
        f"http://localhost/notes/{note.pk}/\n"
    )


def test_author_reads_a_refusal_with_its_reason(plan, official_reynosa, member):
    note = write(plan, by=member)
    answer(note, by=official_reynosa, decision="declined", reason="No compete al municipio.\nEs del estado.")

    message = read("note_answered")

    assert message["Subject"] == "Respuesta a su nota, no aceptada: el plan «Reynosa abre su plan»"
    assert part_of(message, "plain") == (
        "Reynosa respondió a su nota sobre el plan «Reynosa abre su plan».\n"
        "\n"
        "No aceptada. No compete al municipio.\n"
        "Es del estado.\n"
        "\n"
        "¿Con esto queda resuelta su nota? Por favor, dígalo; si no, recibirá otra respuesta.\n"
        "\n"
        "Leer la respuesta y decirlo:\n"
        f"http://localhost/notes/{note.pk}/\n"
    )


@pytest.mark.parametrize(
    ("status", "asks"),
    [
        ("answered", "Does that settle it for you? Please say so; if it does not, you will get another answer.\n\n"),
        ("unsettled", "If that settles it for you now, please say so.\n\n"),
        ("settled", ""),
    ],
)
def test_author_reads_what_was_changed_and_when(status: str, asks: str, plan, official_reynosa, author):
    note = write(plan, by=author)
    given = answer(note, by=official_reynosa)
    if status != "answered":
        settle(note, settles=status == "settled")
    actions.report_change(given, changed_on=TODAY, report="Convocó <el> IMPLAN.", now=NOW)

    message = read("note_changed")

    assert message["Subject"] == "Changed, as promised: the plan “Reynosa abre su plan”"
    assert part_of(message, "plain") == (
        "Reynosa reports the change that it promised when it answered your note about the plan “Reynosa abre su "
        "plan”.\n"
        "\n"
        "Promised: Convoca el IMPLAN.\n"
        "Changed on Monday 23 November 2026: Convocó <el> IMPLAN.\n"
        "\n"
        f"{asks}"
        "Read the note with its answers:\n"
        f"http://localhost/notes/{note.pk}/\n"
    )
    assert "Convocó &lt;el&gt; IMPLAN." in part_of(message, "html")


def test_a_name_with_a_line_break_adds_no_header(plan, author):
    plan.title = "Plan\r\nBcc: todos@ejemplo.mx"
    plan.save()
    write(plan, by=author)

    message = read("note_written")

    assert message["Bcc"] is None
    assert message["Subject"] == "Duda sobre el plan «Plan Bcc: todos@ejemplo.mx»"
