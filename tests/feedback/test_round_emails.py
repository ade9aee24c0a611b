"""Who is told about a round, when, and in which words."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from cities.models import City, GroupMembership, Membership
from feedback import emails as feedback_emails
from feedback.actions import evaluations
from feedback.actions import rounds as actions
from feedback.emails import rounds as emails
from feedback.models import ReviewRound
from ogpgroup import mail as outbox
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.feedback import rounds
from tests.feedback.rounds import DUE, NOW, REPLY_DUE

pytestmark = pytest.mark.slow

KINDS = {kind.name: kind for kind in feedback_emails.KINDS}


def still_true(now: datetime = NOW) -> list[str]:
    """Keys of the queued mails that would still go."""
    keys = []
    for name in sorted({mail.kind for mail in OutgoingMail.objects.all()}):
        mails = list(OutgoingMail.objects.filter(kind=name).order_by("key"))
        keep = KINDS[name].still_true(mails, now)
        keys += [mail.key for mail in mails if mail.pk in keep]
    return keys


def written(kind: str, now: datetime = NOW) -> EmailMessage:
    mail = OutgoingMail.objects.filter(kind=kind).order_by("pk")[0]
    return message_from_bytes(KINDS[kind].render([mail], now)[mail.pk].content, policy=policy.default)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_everybody_invited_is_called_and_nobody_of_the_city(reynosa: City, official_reynosa: User):
    organization = factories.create_organization()
    person = factories.create_member(organization=organization)
    own = factories.create_member(organization=organization)
    factories.create_membership(user=own, organization=factories.create_organization(city=reynosa))
    gone = factories.create_user(is_active=False)
    factories.create_membership(user=gone, organization=organization)

    one = rounds.open_round(plan=factories.create_plan(city=reynosa), organizations=[organization])

    mail = OutgoingMail.objects.get()
    key = f"round_opened:{one.pk}:{DUE}:20260302T180000:{person.pk}"
    assert (mail.kind, mail.user, mail.key) == ("round_opened", person, key)
    assert still_true() == [mail.key]


def test_reminders_come_at_nine_by_the_readers_clock(db: None):
    organization = factories.create_organization()
    tijuana = factories.create_user(time_zone="America/Tijuana")
    madrid = factories.create_user(time_zone="Europe/Madrid")
    quiet = factories.create_user(wants_reminders=False)
    for user in (tijuana, madrid, quiet):
        factories.create_membership(user=user, organization=organization)
    rounds.open_round(organizations=[organization])

    for day in range(25):
        emails.plan(NOW + timedelta(days=day))
        emails.plan(NOW + timedelta(days=day))

    reminders = OutgoingMail.objects.filter(kind="round_reminder").order_by("due")
    assert list(reminders.values_list("user", "due", "useful_until")) == [
        # 17 and 20 March 2026: Tijuana keeps summer time by then, Madrid not yet.
        (madrid.pk, datetime(2026, 3, 17, 8, tzinfo=UTC), datetime(2026, 3, 20, 8, tzinfo=UTC)),
        (tijuana.pk, datetime(2026, 3, 17, 16, tzinfo=UTC), datetime(2026, 3, 20, 16, tzinfo=UTC)),
        (madrid.pk, datetime(2026, 3, 20, 8, tzinfo=UTC), datetime(2026, 3, 20, 23, tzinfo=UTC)),
        (tijuana.pk, datetime(2026, 3, 20, 16, tzinfo=UTC), datetime(2026, 3, 21, 7, tzinfo=UTC)),
    ]


def test_forecast_is_what_is_then_queued(db: None):
    one = rounds.open_round()
    rounds.evaluator_of(one)
    rounds.submitted(one, by=rounds.evaluator_of(one))
    end = NOW + timedelta(days=25)

    foretold = [(row.kind, row.title, row.href, row.due, row.count) for row in emails.later(NOW, until=end)]

    emails.plan(datetime(2026, 3, 16, 18, tzinfo=UTC))
    emails.plan(datetime(2026, 3, 19, 18, tzinfo=UTC))
    dues = OutgoingMail.objects.filter(kind="round_reminder").order_by("due").values_list("due", flat=True)
    assert len(dues) == 2
    assert foretold == [("round_reminder", one.plan.title, one.get_absolute_url(), due, 1) for due in dues]


def test_reminders_are_for_those_who_have_not_answered(db: None):
    one = rounds.open_round()
    busy, done, stepped_back = (rounds.evaluator_of(one) for _ in range(3))
    rounds.draft(one, busy, rounds.answers(one)[:2])
    rounds.submitted(one, by=done)
    evaluations.declare_conflict(one, by=stepped_back, words="Trabajé en el plan.", now=NOW)

    emails.plan(datetime(2026, 3, 17, 6, tzinfo=UTC))

    reminder = OutgoingMail.objects.get(kind="round_reminder")
    assert reminder.user == busy
    assert reminder.key in still_true()
    rounds.submitted(one, by=busy)
    assert still_true() == []


def test_reminder_that_would_say_the_same_as_the_call_is_left_out(db: None):
    opened = datetime(2026, 3, 18, 18, tzinfo=UTC)  # less than three days before
    one = rounds.open_round(now=opened)
    rounds.evaluator_of(one)

    emails.plan(opened)
    emails.plan(datetime(2026, 3, 20, 6, tzinfo=UTC))

    keys = sorted(OutgoingMail.objects.values_list("key", flat=True))
    person = OutgoingMail.objects.latest("pk").user_id
    call = f"round_opened:{one.pk}:{DUE}:20260318T180000:{person}"
    assert keys == [call, f"round_reminder:{one.pk}:{DUE}:0d:{person}"]


@pytest.mark.parametrize("first_call", ["withdrawn", "queued"])
def test_reopening_until_the_same_day_calls_anew_and_once(first_call: str, db: None):
    """Closed by mistake, before the first call has gone or while it waits."""
    organization = factories.create_organization()
    person = factories.create_member(organization=organization)
    one = rounds.open_round(organizations=[organization])
    one = actions.close_round(one, by=None, now=NOW + timedelta(minutes=5))
    OutgoingMail.objects.filter(kind="round_opened").update(status=first_call)

    again = NOW + timedelta(minutes=10)
    actions.reopen_round(one, due_on=DUE, reply_due_on=REPLY_DUE, by=None, now=again)

    assert OutgoingMail.objects.get(status="queued", due=again).user == person
    assert still_true(again) == [f"round_opened:{one.pk}:{DUE}:20260302T181000:{person.pk}"]
    assert emails.plan(again) == 0


def test_who_was_called_under_another_key_is_not_called_again(db: None):
    """Keys did not always say when the round was opened; a mail of then is a call as well."""
    one = rounds.open_round()
    person = rounds.evaluator_of(one)
    emails.plan(NOW)
    OutgoingMail.objects.update(key=f"round_opened:{one.pk}:{DUE}:{person.pk}", status="sent", sent_at=NOW)

    assert emails.plan(NOW + timedelta(days=1)) == 0


def test_who_joins_later_is_called_by_the_planner(db: None):
    one = rounds.open_round()
    assert not OutgoingMail.objects.exists()
    rounds.evaluator_of(one)

    assert emails.plan(NOW + timedelta(days=1)) == 1
    assert emails.plan(NOW + timedelta(days=1)) == 0
    assert emails.plan(NOW + timedelta(days=40)) == 0
    assert OutgoingMail.objects.get().kind == "round_opened"


def test_mail_that_is_no_longer_so_does_not_go(db: None):
    def cancelled(one: ReviewRound, _person: User) -> None:
        actions.cancel_round(one, by=None)

    def closed(one: ReviewRound, _person: User) -> None:
        actions.close_round(one, by=None, now=NOW)

    def moved(one: ReviewRound, _person: User) -> None:
        closed(one, _person)
        OutgoingMail.objects.exclude(kind="round_opened").delete()
        ReviewRound.objects.filter(pk=one.pk).update(status="open", closed_at=None, due_on=DUE + timedelta(days=1))

    def left(_one: ReviewRound, person: User) -> None:
        Membership.objects.filter(user=person).update(until=NOW.date() - timedelta(days=1))

    def organization_left(one: ReviewRound, _person: User) -> None:
        GroupMembership.objects.filter(organization=one.organizations.get()).update(until=date(2026, 3, 1))

    def account_closed(_one: ReviewRound, person: User) -> None:
        User.objects.filter(pk=person.pk).update(is_active=False)

    for change in (cancelled, closed, moved, left, organization_left, account_closed):
        OutgoingMail.objects.all().delete()
        organization = factories.create_organization()
        person = factories.create_member(organization=organization)
        one = rounds.open_round(organizations=[organization])
        assert len(still_true()) == 1, change.__name__

        change(one, person)

        assert still_true() == [], change.__name__


def test_of_the_reminders_of_a_day_only_the_last_that_fell_due_goes(coordinator: User):
    """The last one may go later: it says that the day is past, and the round is open still."""
    one = rounds.open_round()
    rounds.evaluator_of(one)
    for day in range(25):
        emails.plan(NOW + timedelta(days=day))
    OutgoingMail.objects.exclude(kind="round_reminder").delete()
    OutgoingMail.objects.update(status="missed")
    early, late = OutgoingMail.objects.order_by("due")
    moments = [early.due, late.due - timedelta(minutes=1), late.due, late.due + timedelta(days=1)]

    outbox.retry_all(OutgoingMail.objects.all(), by=coordinator, now=moments[-1])

    assert [still_true(now) for now in moments[2:]] == [[late.key], [late.key]]
    late.delete()
    assert [still_true(now) for now in moments] == [[early.key], [early.key], [], []]


def test_city_is_told_and_reminded_until_it_has_replied(reynosa: City, official_reynosa: User):
    one = rounds.open_round(plan=factories.create_plan(city=reynosa))
    rounds.submitted(one)
    OutgoingMail.objects.all().delete()

    one = actions.close_round(one, by=None, now=NOW)
    emails.plan(datetime(2026, 4, 7, 6, tzinfo=UTC))
    emails.plan(datetime(2026, 4, 10, 6, tzinfo=UTC))

    told = OutgoingMail.objects.order_by("due").values_list("kind", "user", "due")
    assert list(told) == [
        ("round_closed", official_reynosa.pk, NOW),
        ("round_reply_reminder", official_reynosa.pk, datetime(2026, 4, 7, 14, tzinfo=UTC)),
        ("round_reply_reminder", official_reynosa.pk, datetime(2026, 4, 10, 14, tzinfo=UTC)),
    ]
    assert len(still_true()) == 3
    rounds.reply_to_all(one)
    assert [key.partition(":")[0] for key in still_true()] == ["round_closed"]
    actions.publish_round(one, by=None, now=NOW)
    assert [key.partition(":")[0] for key in still_true()] == ["round_published", "round_published"]


def test_planner_and_sender_ask_the_same_however_many_they_are_for(django_assert_max_num_queries, db: None):
    costs = []
    for people in (1, 8):
        OutgoingMail.objects.all().delete()
        ReviewRound.objects.filter(status="open").update(status="cancelled")
        organization = factories.create_organization()
        rounds_open = [rounds.open_round(organizations=[organization]) for _ in range(people)]
        for _ in range(people):
            rounds.evaluator_of(rounds_open[0])
        with django_assert_max_num_queries(20) as planned:
            emails.plan(datetime(2026, 3, 17, 6, tzinfo=UTC))
        mails = list(OutgoingMail.objects.filter(kind="round_reminder"))
        assert len(mails) == people * people
        with django_assert_max_num_queries(20) as asked:
            assert len(KINDS["round_reminder"].still_true(mails, NOW)) == len(mails)
        with django_assert_max_num_queries(20) as rendered:
            assert len(KINDS["round_reminder"].render(mails, NOW)) == len(mails)
        costs.append((len(planned), len(asked), len(rendered)))

    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("language", "opened", "reminder", "progress", "closed", "reply", "published"),
    [
        (
            "es-mx",
            "Hasta el viernes 20 de marzo de 2026: evalúe el plan de Reynosa",
            "Hoy: su evaluación del plan de Reynosa",
            "2 de 5 respondidos",
            "Hasta el viernes 10 de abril de 2026: responda a la evaluación de su plan",
            "Hasta el viernes 10 de abril de 2026: la respuesta de la ciudad a su evaluación",
            "Publicada: la evaluación del plan de Reynosa, con sus respuestas",
        ),
        (
            "en",
            "Until Friday 20 March 2026: evaluate the plan of Reynosa",
            "Today: your evaluation of the plan of Reynosa",
            "2 of 5 answered",
            "Until Friday 10 April 2026: reply to the evaluation of your plan",
            "Until Friday 10 April 2026: the city’s reply to its evaluation",
            "Published: the evaluation of the plan of Reynosa, with its replies",
        ),
    ],
)
def test_mails_say_it_in_the_readers_language(
    language: str,
    opened: str,
    reminder: str,
    progress: str,
    closed: str,
    reply: str,
    published: str,
    reynosa: City,
    official_reynosa: User,
):
    User.objects.filter(pk=official_reynosa.pk).update(language=language)
    organization = factories.create_organization()
    person = factories.create_member(organization=organization)
    User.objects.filter(pk=person.pk).update(language=language)
    plan = factories.create_plan(city=reynosa, title="Reynosa abre <su> plan & más", slug="reynosa")
    one = rounds.open_round(plan=plan, organizations=[organization])
    rounds.draft(one, person, rounds.answers(one)[:2])
    emails.plan(datetime(2026, 3, 20, 6, tzinfo=UTC))

    call, nudge = written("round_opened"), written("round_reminder", datetime(2026, 3, 20, 15, tzinfo=UTC))

    assert (call["Subject"], nudge["Subject"]) == (opened, reminder)
    assert progress in text_of(nudge)
    opening, closing = "“”" if language == "en" else "«»"
    for mail in (call, nudge):
        assert f"{opening}Reynosa abre <su> plan & más{closing}" in text_of(mail)
        assert f"http://localhost/plans/reynosa/evaluations/{one.number}/evaluate/" in text_of(mail)
        html = mail.get_body(("html",))
        assert html is not None
        assert f"{opening}Reynosa abre &lt;su&gt; plan &amp; más{closing}" in html.get_content()
    assert "List-Unsubscribe" in nudge
    assert "List-Unsubscribe" not in call

    rounds.submitted(one, by=person)
    one = actions.close_round(one, by=None, now=NOW)
    emails.plan(datetime(2026, 4, 7, 6, tzinfo=UTC))
    assert written("round_closed")["Subject"] == closed
    assert written("round_reply_reminder", datetime(2026, 4, 7, 15, tzinfo=UTC))["Subject"] == reply
    rounds.reply_to_all(one)
    actions.publish_round(one, by=None, now=NOW)
    assert written("round_published")["Subject"] == published
    assert "http://localhost/plans/reynosa/evaluations/1/" in text_of(written("round_published")).splitlines()
    assert REPLY_DUE.toordinal() == OutgoingMail.objects.filter(kind="round_closed")[0].subject_version
