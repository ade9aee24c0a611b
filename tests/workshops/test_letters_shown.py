"""Mails as they will read, shown before anybody causes them: word for word what is sent, and to whom."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cities.models import Cycle
from ogpgroup import mail
from ogpgroup.models import OutgoingMail, User
from tests import factories, factories_schedule
from tests.workshops.coordination import desk_of, running_cycle
from tests.workshops.published import NOW, START, draft, publish, publish_session
from tests.workshops.told import all_is_sent, read, text_of
from workshops import actions, emails, letters_shown
from workshops.actions.nudges import nudge
from workshops.letters_shown import NAMES_SHOWN
from workshops.models import Participation, Session, SessionVersion
from workshops.preview import preview

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle()


@pytest.fixture
def session(cycle: Cycle, member: User) -> Session:
    """Hybrid, with seats, an agenda and a link; the member was invited, and said yes."""
    version = publish_session(
        cycle=cycle, people=[member], mode="hybrid", venue="Sala 1", join_url="https://r.example/1", seats_in_person=9
    )
    all_is_sent(NOW)
    actions.answer(version.session, user=member, answer=Participation.Answer.YES, comes_by="remote", now=NOW)
    return version.session


def save(session: Session, *, people: list[User], **fields: object) -> None:
    for name, value in fields.items():
        setattr(session, name, value)
    actions.save_draft(session, organizations=[], people=people, by=None, seen_edits=session.edits)


def move(session: Session, member: User) -> None:
    save(session, people=[member], starts_at=START + DAY, ends_at=START + DAY + HOUR)


def rename(session: Session, member: User) -> None:
    save(session, people=[member], title="Otro <b>título</b>", venue="Sala 2", bring="El diagnóstico & el plan")


def replace(session: Session, member: User) -> None:
    save(session, people=[factories.create_member(name="Nora Nueva")])


def cancel(session: Session, member: User) -> None:
    actions.cancel(session, reason="La sede no está disponible.", by=None)


def postpone(session: Session, member: User) -> None:
    actions.postpone(session, reason="La sede no está disponible.", by=None)


def lines(text: str) -> list[str]:
    return mail.mask_links(text).splitlines()


@pytest.mark.parametrize(
    ("edit", "kinds"),
    [
        (rename, ["session_change"]),
        (move, ["session_change"]),
        (postpone, ["session_change"]),
        (cancel, ["session_cancellation"]),
        (replace, ["session_invitation", "session_uninvitation"]),
    ],
)
def test_each_mail_of_a_release_reads_as_it_was_shown(cycle, session, member, edit, kinds):
    session.refresh_from_db()
    edit(session, member)
    now = NOW + HOUR
    (item,) = preview(cycle, now=now).items

    publish(cycle, at=now)

    mails = OutgoingMail.objects.filter(status="queued", kind__in=kinds).order_by("kind").select_related("user")
    assert [one.kind for one in mails] == kinds
    assert [(letter.subject, lines(letter.text), letter.names) for _told, letter in item.letters] == [
        (read(one, now)["Subject"], lines(text_of(read(one, now))), [one.user.name if one.user else None])
        for one in mails
    ]


def test_nothing_is_written_and_no_link_can_be_followed(cycle, session, member):
    rename(Session.objects.get(pk=session.pk), member)
    before = (Session.objects.values().get(pk=session.pk), OutgoingMail.objects.count(), SessionVersion.objects.count())

    (item,) = preview(cycle, now=NOW + HOUR).items

    ((_told, letter),) = item.letters
    assert letter.text.count("/answer/…") == 3
    assert "\ue000" not in letter.text
    after = (Session.objects.values().get(pk=session.pk), OutgoingMail.objects.count(), SessionVersion.objects.count())
    assert after == before


def test_only_a_new_date_says_that_answers_count_no_more(cycle, session, member):
    session.refresh_from_db()
    rename(session, member)
    assert [letter.asks_again for _told, letter in preview(cycle, now=NOW + HOUR).items[0].letters] == [False]

    move(session, member)
    assert [letter.asks_again for _told, letter in preview(cycle, now=NOW + HOUR).items[0].letters] == [True]


def test_first_names_are_shown_in_order_and_the_rest_counted(cycle):
    people = [factories.create_member(name=f"Persona {number:03}") for number in range(NAMES_SHOWN + 2, 0, -1)]
    draft(cycle=cycle, people=people)

    ((told, letter),) = preview(cycle, now=NOW).items[0].letters

    assert told == "Se invita a 52 personas."
    assert letter.names == [f"Persona {number:03}" for number in range(1, NAMES_SHOWN + 1)]
    assert letter.others == 2


def test_question_to_the_silent_reads_as_it_was_shown(cycle, member):
    session = publish_session(cycle=cycle, people=[member], seats_remote=3).session
    all_is_sent(NOW)
    version = SessionVersion.objects.current().select_related("session").get(session=session)
    now = NOW + 3 * DAY

    letter = letters_shown.nudge(version, now=now)

    nudge(session, now=now)
    message = read(OutgoingMail.objects.get(kind=emails.NUDGE), now)
    assert (letter.subject, lines(letter.text)) == (message["Subject"], lines(text_of(message)))


def test_pages_show_the_words_in_the_coordinators_language(coordinator, member):
    cycle = running_cycle()
    session = factories_schedule.create_session(cycle=cycle, title="Taller de prueba", people=[member])
    desk = desk_of(coordinator)

    shown = desk.get(reverse("workshops:publish", args=[cycle.slug])).content.decode()

    assert "1 person is invited." in shown
    assert "Invitation: Taller de prueba" in shown
    assert "<p>Inés Integrante</p>" in shown
    factories_schedule.publish(cycle)
    OutgoingMail.objects.update(status="sent", sent_at=timezone.now() - 3 * DAY)
    asked = desk.get(reverse("workshops:nudge", args=[session.slug])).content.decode()
    assert "Are you coming? Taller de prueba" in asked
