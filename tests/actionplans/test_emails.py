"""What officials are reminded of: all that falls due on a day in one mail, all that is late in one a week."""

import email
from datetime import UTC, date, datetime, timedelta
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplans import emails
from actionplans.models import ActionPlan, Commitment, Milestone, ProgressEntry
from cities.models import City, Membership
from ogpgroup import mail
from ogpgroup.models import OutgoingMail, User
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAY = date(2027, 3, 17)  # a Wednesday, three days after Reynosa's clocks changed


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    cycle = factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31), fellow_city=reynosa)
    return factories.create_plan(
        city=reynosa, cycle=cycle, starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31), status="active"
    )


def add_milestone(
    plan: ActionPlan, *, number: int = 1, ends_on: date = DAY, title: str = "Taller en barrios"
) -> Milestone:
    commitment, _new = Commitment.objects.get_or_create(plan=plan, number=1, defaults={"title": "Presupuesto abierto"})
    return Milestone.objects.create(
        commitment=commitment, number=number, title=title, starts_on=date(2026, 10, 1), ends_on=ends_on
    )


def log(milestone: Milestone, status: str) -> None:
    ProgressEntry.objects.create(
        commitment=milestone.commitment, milestone=milestone, text="x", status=status, happened_on=date(2027, 1, 10)
    )


def in_reynosa(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZoneInfo("America/Matamoros")).astimezone(UTC)


def plan_through(start: datetime, end: datetime) -> None:
    """Let the planner run each six hours."""
    now = start
    while now <= end:
        emails.plan(now)
        now += timedelta(hours=6)


def queued() -> list[tuple[str, datetime]]:
    return list(OutgoingMail.objects.order_by("due", "key").values_list("key", "due"))


def still_true(now: datetime) -> list[str]:
    mails = list(OutgoingMail.objects.order_by("key"))
    return [one.key for one in mails if one.pk in emails._still_true(mails, now)]


def test_official_hears_14_and_3_days_before_and_on_the_day_at_nine_of_the_city(
    plan: ActionPlan, official_reynosa: User
) -> None:
    add_milestone(plan)

    plan_through(in_reynosa(2027, 2, 25), in_reynosa(2027, 3, 17, 23))

    prefix, user = f"plan_due:{plan.pk}:2027-03-17", official_reynosa.pk
    assert queued() == [
        (f"{prefix}:14d:{user}", datetime(2027, 3, 3, 15, tzinfo=UTC)),
        (f"{prefix}:3d:{user}", datetime(2027, 3, 14, 14, tzinfo=UTC)),  # since that night an hour earlier in UTC
        (f"{prefix}:0d:{user}", datetime(2027, 3, 17, 14, tzinfo=UTC)),
    ]


def test_what_is_late_comes_every_monday_until_it_is_done(plan: ActionPlan, official_reynosa: User) -> None:
    milestone = add_milestone(plan)
    log(milestone, "substantial")

    plan_through(in_reynosa(2027, 3, 18), in_reynosa(2027, 4, 1))
    log(milestone, "complete")
    plan_through(in_reynosa(2027, 4, 2), in_reynosa(2027, 4, 30))

    mondays = [key.split(":")[2] for key, _due in queued() if key.startswith("plan_late")]
    assert mondays == ["2027-03-22", "2027-03-29"]
    assert still_true(in_reynosa(2027, 4, 2)) == []


def test_forecast_is_what_is_then_queued(plan: ActionPlan, official_reynosa: User) -> None:
    """Of what is late it tells the next Monday alone."""
    factories.create_official(city=plan.city)
    add_milestone(plan, number=1)
    add_milestone(plan, number=2, ends_on=date(2027, 2, 1))
    factories.create_deliverable(plan=plan, due_on=date(2027, 3, 20), title="Informe de avance")
    now, until = in_reynosa(2027, 2, 25), in_reynosa(2027, 3, 18)

    foretold = sorted((one.kind, one.due, one.count) for one in emails.later(now, until=until))

    plan_through(now + timedelta(hours=24), until - timedelta(hours=24))
    mails = OutgoingMail.objects.filter(due__gt=now + timedelta(hours=24), due__lte=until)
    queued = {(kind, due) for kind, due in mails.values_list("kind", "due")}
    later_mondays = {("plan_late", in_reynosa(2027, 3, day)) for day in (8, 15)}
    assert later_mondays <= queued
    assert foretold == [(*when, 2) for when in sorted(queued - later_mondays)]
    assert len(foretold) == 5
    assert {(one.title, one.href) for one in emails.later(now, until=until)} == {(plan.title, plan.get_absolute_url())}


def test_one_mail_a_day_and_person_for_all_that_falls_due(plan: ActionPlan, official_reynosa: User) -> None:
    add_milestone(plan, number=1)
    add_milestone(plan, number=2, title="Consulta en línea")
    factories.create_deliverable(plan=plan, due_on=DAY, title="Informe de avance")
    other = factories.create_official(city=plan.city)

    emails.plan(in_reynosa(2027, 3, 3, 8))
    again = emails.plan(in_reynosa(2027, 3, 3, 8))

    people = sorted(OutgoingMail.objects.values_list("user", flat=True))
    assert people == sorted([official_reynosa.pk, other.pk])
    assert again == 0


def test_only_officials_of_the_city_who_want_reminders_are_written_to(
    plan: ActionPlan, official_reynosa: User, official_colima: User, member: User, coordinator: User
) -> None:
    add_milestone(plan)
    gone = factories.create_official(city=plan.city)
    Membership.objects.filter(user=gone).update(until=date(2027, 1, 31))
    quiet = factories.create_official(city=plan.city)
    User.objects.filter(pk=quiet.pk).update(wants_reminders=False)

    emails.plan(in_reynosa(2027, 3, 3))

    assert list(OutgoingMail.objects.values_list("user", flat=True)) == [official_reynosa.pk]


@pytest.mark.parametrize("status", ["draft", "closed"])
def test_no_clock_runs_on_a_plan_that_is_not_in_force(plan: ActionPlan, official_reynosa: User, status: str) -> None:
    add_milestone(plan)
    ActionPlan.objects.update(status=status)

    assert emails.plan(in_reynosa(2027, 3, 3)) == 0


def test_proposal_is_reminded_of_while_the_plan_is_a_draft(plan: ActionPlan, official_reynosa: User) -> None:
    add_milestone(plan)
    factories.create_deliverable(plan=plan, due_on=DAY, title="Propuesta sintética")
    ActionPlan.objects.update(status="draft")

    plan_through(in_reynosa(2027, 3, 1), in_reynosa(2027, 3, 22, 23))

    prefix, user = f"plan_due:{plan.pk}:2027-03-17", official_reynosa.pk
    assert [key for key, _due in queued()] == [
        f"{prefix}:14d:{user}",
        f"{prefix}:3d:{user}",
        f"{prefix}:0d:{user}",
        f"plan_late:{plan.pk}:2027-03-22:{user}",
    ]
    (first, *_others) = OutgoingMail.objects.order_by("due")
    assert "Propuesta sintética" in emails._render([first], first.due)[first.pk].headline
    assert emails._told([first], first.due)[first.pk][1][0].title == "Propuesta sintética"


def test_no_clock_runs_on_a_reference_plan(plan: ActionPlan, official_reynosa: User) -> None:
    add_milestone(plan)
    organization = factories.create_organization()
    ActionPlan.objects.update(city=None, organization=organization)

    assert emails.plan(in_reynosa(2027, 3, 3)) == 0


def test_a_milestone_put_off_reminds_at_its_new_day_alone(plan: ActionPlan, official_reynosa: User) -> None:
    milestone = add_milestone(plan)
    emails.plan(in_reynosa(2027, 3, 3, 8))

    Milestone.objects.filter(pk=milestone.pk).update(ends_on=date(2027, 3, 24))
    emails.plan(in_reynosa(2027, 3, 10, 8))

    assert still_true(in_reynosa(2027, 3, 10)) == [f"plan_due:{plan.pk}:2027-03-24:14d:{official_reynosa.pk}"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (in_reynosa(2027, 3, 10), ["plan_due 14d"]),
        (in_reynosa(2027, 3, 16), ["plan_due 3d"]),
        (in_reynosa(2027, 3, 18, 8), ["plan_due 0d"]),
        (in_reynosa(2027, 3, 18), []),
        (in_reynosa(2027, 3, 24), ["plan_late 2027-03-22"]),
        (in_reynosa(2027, 3, 30), ["plan_late 2027-03-29"]),
    ],
)
def test_of_what_is_sent_again_only_the_last_reminder_that_fell_due_holds(
    plan: ActionPlan, official_reynosa: User, coordinator: User, now: datetime, expected: list[str]
) -> None:
    add_milestone(plan)
    plan_through(in_reynosa(2027, 2, 25), in_reynosa(2027, 3, 30))
    OutgoingMail.objects.filter(due__gt=now).delete()
    OutgoingMail.objects.update(status="missed")

    mail.retry_all(OutgoingMail.objects.all(), by=coordinator, now=now)

    parts = [key.split(":") for key in still_true(now)]
    assert [f"{part[0]} {part[3] if part[0] == 'plan_due' else part[2]}" for part in parts] == expected


def test_what_goes_late_says_that_its_day_was_yesterday(plan: ActionPlan, official_reynosa: User) -> None:
    add_milestone(plan)
    emails.plan(in_reynosa(2027, 3, 17))
    (one,) = OutgoingMail.objects.all()

    headlines = [emails._render([one], in_reynosa(2027, 3, day, 8))[one.pk].headline for day in (17, 18)]

    assert headlines == [
        "Hoy (17 de marzo de 2027): Taller en barrios",
        "Ayer (17 de marzo de 2027): Taller en barrios",
    ]


def test_a_reminder_says_what_is_due_where_and_when_in_the_reader_s_language(
    plan: ActionPlan, official_reynosa: User
) -> None:
    milestone = add_milestone(plan)
    User.objects.filter(pk=official_reynosa.pk).update(language="en")
    emails.plan(in_reynosa(2027, 3, 14, 10))
    (one,) = OutgoingMail.objects.all()

    rendered = emails._render([one], in_reynosa(2027, 3, 14))[one.pk]

    message = email.message_from_bytes(rendered.content, policy=default)
    part = message.get_body(("plain",))
    assert part is not None
    text = part.get_content()
    assert message["Subject"] == rendered.headline == "In 3 days (17 March 2027): Taller en barrios"
    assert text.splitlines()[:4] == [
        "Due on Wednesday 17 March 2027 in the plan of Reynosa:",
        "",
        "- Milestone: Taller en barrios (17 March 2027)",
        f"  http://localhost{milestone.get_absolute_url()}",
    ]
    assert message["List-Unsubscribe"].startswith("<http://localhost/unsubscribe/")
    assert "\ue000" not in text


def test_planning_asks_the_same_number_of_questions_for_any_number_of_things(
    plan: ActionPlan, official_reynosa: User
) -> None:
    counts = []
    for number in range(1, 13):
        add_milestone(plan, number=number, ends_on=DAY + timedelta(days=number % 3))
        if number in {1, 3, 12}:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                emails.plan(in_reynosa(2027, 3, 5))
            counts.append(len(queries) - 1)  # the last inserts

    assert counts[0] == counts[1] == counts[2]
