"""A reminder tells each person what they do at the session."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from ogpgroup import mail
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, START, publish_session
from tests.workshops.told import read, text_of
from workshops import duties, emails, letters
from workshops.models import AgendaItem, SessionVersion, WorkTable

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


PARTICIPANT = "You take part in this session. If you cannot come, please say so on its page."


@pytest.fixture
def version() -> SessionVersion:
    for _number in range(5):
        user = factories.create_member()
        User.objects.filter(pk=user.pk).update(language="en")
    factories.create_official(language="en")
    return publish_session()


def people() -> list[User]:
    return list(User.objects.order_by("pk"))


def reminded(now=START - timedelta(days=3)) -> dict[int | None, list[str]]:
    """The lines that each person reads."""
    emails.plan_reminders(now)
    return {
        one.user_id: text_of(read(one, now)).splitlines() for one in OutgoingMail.objects.filter(kind=emails.REMINDER)
    }


def agenda(version: SessionVersion, **fields: Any) -> AgendaItem:
    fields = {"position": 1, "kind": "presentation", "title": "Diagnóstico"} | fields
    return AgendaItem.objects.create(session=version.session, **fields)


def test_each_is_told_their_own_part(version):
    presenter, respondent, facilitator, rapporteur, participant, _official = people()
    agenda(version, presenter=presenter, respondent=respondent)
    WorkTable.objects.create(session=version.session, number=3, theme="Agua", facilitator=facilitator)
    WorkTable.objects.create(session=version.session, number=4, rapporteur=rapporteur)

    texts = reminded()

    said = {
        presenter: "You present “Diagnóstico” at 10:00.",
        respondent: "You are the first to answer “Diagnóstico”.",
        facilitator: "You lead work table 3: Agua.",
        rapporteur: "You write for work table 4.",
        participant: PARTICIPANT,
    }
    for person, words in said.items():
        assert [one for one in said.values() if one in texts[person.pk]] == [words]


def test_who_has_several_parts_is_told_all(version):
    person = people()[0]
    agenda(version, presenter=person)
    agenda(version, position=2, title="Presupuesto", respondent=person)

    assert duties.duties([version.session_id], [person.pk], now=NOW).sentences(version, person.pk, now=NOW) == [
        "You present “Diagnóstico” at 10:00.",
        "You are the first to answer “Presupuesto”.",
    ]


def test_parts_in_another_session_are_not_told(version):
    other = publish_session(title="Otra", cycle=version.session.cycle)
    agenda(other, presenter=people()[0])

    known = duties.duties([version.session_id, other.session_id], [people()[0].pk], now=NOW)

    assert known.sentences(version, people()[0].pk, now=NOW) == [PARTICIPANT]


@pytest.mark.parametrize(
    ("days", "reviews", "is_said"),
    [
        (0, None, True),
        (7, None, True),
        (8, None, False),
        (-1, None, False),
        (31, "deliverable", True),  # on the day of the session that reviews it
        (31, "plan", True),
        (32, "deliverable", False),
        (-1, "deliverable", True),
    ],
)
def test_official_is_told_what_the_city_hands_in(days, reviews, is_said):
    official = factories.create_official(language="en")
    city = official.memberships.get().organization.city
    plan = factories.create_plan(city=city)
    due = (NOW + timedelta(days=days)).date()
    deliverable = factories.create_deliverable(plan=plan, due_on=due)
    version = publish_session()
    chosen = {"deliverable": deliverable.pk, "plan": plan.pk}
    if reviews:
        version.reviews = {reviews: chosen[reviews]}
    known = duties.Duties(owes={official.pk: [deliverable]})

    (said,) = known.sentences(version, official.pk, now=NOW)

    assert said.startswith("Your city hands in “Propuesta sintética” by ") is is_said


def test_what_is_handed_in_or_of_another_city_is_not_said(version):
    official = people()[-1]
    today = NOW.date()
    own = factories.create_plan(city=official.memberships.get().organization.city)
    factories.create_deliverable(plan=own, due_on=today, status="handed_in")
    factories.create_deliverable(due_on=today)

    known = duties.duties([version.session_id], [official.pk], now=NOW)

    assert known.sentences(version, official.pk, now=NOW) == [PARTICIPANT]


def test_official_reads_it_in_the_reminder(version):
    official = people()[-1]
    plan = factories.create_plan(city=official.memberships.get().organization.city)
    factories.create_deliverable(plan=plan, due_on=(START - timedelta(days=1)).date())

    assert "Your city hands in “Propuesta sintética” by Wednesday 2 December 2026." in reminded()[official.pk]


def test_one_body_for_all_with_the_same_part_language_and_zone(version, monkeypatch):
    agenda(version, presenter=people()[0])
    User.objects.filter(pk=people()[1].pk).update(time_zone="America/Mazatlan")
    User.objects.filter(pk=people()[2].pk).update(language="es-mx")
    now, bodies = START - timedelta(days=3), list[Any]()
    emails.plan_reminders(now)
    mails = list(OutgoingMail.objects.filter(kind=emails.REMINDER))
    render = mail.render_parts

    def rendered(*words: Any) -> mail.Parts:
        bodies.append(words)
        return render(*words)

    monkeypatch.setattr(mail, "render_parts", rendered)

    assert len(letters.reminder(mails, now)) == 6
    assert len(bodies) == 4  # who presents, the other zone, the other language, all the others


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_takes_the_same_queries_for_any_number_of_parts(django_assert_num_queries, count):
    version = publish_session(people=[factories.create_official() for _ in range(count)])
    for number, user in enumerate(people(), 1):
        agenda(version, position=number, presenter=user)
        WorkTable.objects.create(session=version.session, number=number, facilitator=user)
        plan = factories.create_plan(city=user.memberships.get().organization.city)
        factories.create_deliverable(plan=plan, due_on=START.date())

    users = [user.pk for user in people()]

    with django_assert_num_queries(8):
        duties.duties([version.session_id], users, now=START)
