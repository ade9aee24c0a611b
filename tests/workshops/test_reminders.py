"""Reminders: due at the right instant, once for each person and start, and never for what is no longer true."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cities.models import Cycle, Membership
from ogpgroup import mail
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, draft, edit
from workshops import actions, emails
from workshops.models import Participation, Session, SessionVersion

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

Status = OutgoingMail.Status


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


def at(zone: str, year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def session_at(cycle: Cycle, start: datetime, *, zone: str = "America/Mexico_City", **fields) -> Session:
    return draft(cycle=cycle, starts_at=start, time_zone=zone, **fields)


def reminders(**filters) -> list[tuple[str, datetime]]:
    rows = OutgoingMail.objects.filter(kind=emails.REMINDER, **filters).order_by("due", "pk")
    return [(row.key.split(":")[3], row.due) for row in rows]


def plan_through(start: datetime, end: datetime) -> None:
    """Let the planner run each six hours."""
    now = start
    while now <= end:
        emails.plan_reminders(now)
        now += timedelta(hours=6)


def still_true(mails, now: datetime) -> set[str]:
    return {one.key for one in mails if one.pk in emails.kinds._reminder_still_true(mails, now)}


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        # The wall clock of the session's zone counts, also over the nights in which Reynosa's clocks change.
        (
            "America/Matamoros",
            (2027, 3, 15, 10),
            "2027-03-01T16:00 2027-03-12T16:00 2027-03-14T15:00 2027-03-15T13:00",
        ),
        (
            "America/Matamoros",
            (2026, 11, 2, 10),
            "2026-10-19T15:00 2026-10-30T15:00 2026-11-01T16:00 2026-11-02T14:00",
        ),
        (
            "America/Mazatlan",
            (2027, 3, 15, 10),
            "2027-03-01T17:00 2027-03-12T17:00 2027-03-14T17:00 2027-03-15T15:00",
        ),
        (
            "America/Merida",
            (2027, 3, 15, 10),
            "2027-03-01T16:00 2027-03-12T16:00 2027-03-14T16:00 2027-03-15T14:00",
        ),
    ],
)
def test_due_times_keep_the_wall_clock(cycle, member, zone, start, expected):
    begins = at(zone, *start)
    session_at(cycle, begins, zone=zone)
    released = begins - timedelta(days=30)
    actions.publish_release(cycle, by=None, at=released)

    plan_through(released, begins)

    assert [due.strftime("%Y-%m-%dT%H:%M") for _lead, due in reminders()] == expected.split()
    assert [lead for lead, _due in reminders()] == ["14d", "3d", "1d", "2h"]


def test_a_reminder_is_useful_until_the_next_one_and_at_last_until_the_start(cycle, member):
    start = NOW + timedelta(days=30)
    session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=NOW)

    plan_through(NOW, start)

    rows = OutgoingMail.objects.filter(kind=emails.REMINDER).order_by("due")
    dues = [row.due for row in rows]
    assert [row.useful_until for row in rows] == [*dues[1:], start]


def test_the_planner_looks_a_day_ahead_and_no_further(cycle, member):
    start = NOW + timedelta(days=30)
    session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=NOW)
    due = start - timedelta(days=14)

    assert emails.plan_reminders(due - timedelta(hours=24, minutes=1)) == 0
    assert emails.plan_reminders(due - timedelta(hours=24)) == 1


def test_planning_twice_adds_nothing(cycle, member, coordinator):
    start = NOW + timedelta(days=30)
    session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=NOW)

    assert [emails.plan_reminders(start - timedelta(days=14)) for _run in range(3)] == [2, 0, 0]


def test_a_planner_that_was_down_catches_up_with_what_is_still_useful(cycle, member):
    start = NOW + timedelta(days=30)
    session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=NOW)

    emails.plan_reminders(start - timedelta(days=2))  # nothing ran since the release

    assert [lead for lead, _due in reminders()] == ["3d", "1d"]


def test_late_joiners_get_the_leads_still_ahead_and_the_invitation(cycle, member):
    start = NOW + timedelta(days=30)
    session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=NOW)
    late = factories.create_member()

    actions.plan(start - timedelta(days=2))
    plan_through(start - timedelta(days=2), start)

    assert OutgoingMail.objects.filter(user=late, kind=emails.INVITATION).count() == 1
    assert [lead for lead, _due in reminders(user=late)] == ["1d", "2h"]


def test_a_session_published_shortly_before_gets_the_leads_still_ahead(cycle, member):
    start = NOW + timedelta(hours=30)
    session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=NOW)

    plan_through(NOW, start)

    assert [lead for lead, _due in reminders()] == ["1d", "2h"]


def test_a_moved_session_reminds_at_the_new_time_only(cycle, member):
    start, moved = NOW + timedelta(days=10), NOW + timedelta(days=12)
    session = session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=NOW)
    plan_through(NOW, start - timedelta(days=3))
    OutgoingMail.objects.filter(kind=emails.INVITATION).update(status=Status.SENT, sent_at=NOW)
    edit(session, starts_at=moved, ends_at=moved + timedelta(hours=2))
    actions.publish_release(cycle, by=None, at=start - timedelta(days=3, minutes=5))

    plan_through(start - timedelta(days=3), moved)

    assert reminders(status=Status.WITHDRAWN) == [("3d", start - timedelta(days=3))]
    assert reminders(status=Status.QUEUED) == [
        ("3d", moved - timedelta(days=3)),
        ("1d", moved - timedelta(days=1)),
        ("2h", moved - timedelta(hours=2)),
    ]


def test_moved_and_moved_back_reminds_of_the_first_start_again(cycle, member):
    start, moved = NOW + timedelta(days=3, hours=2), NOW + timedelta(days=12)
    session = session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=NOW)
    emails.plan_reminders(NOW + timedelta(hours=1))
    edit(session, starts_at=moved, ends_at=moved + timedelta(hours=2))
    actions.publish_release(cycle, by=None, at=NOW + timedelta(hours=1))
    assert reminders(status=Status.QUEUED) == []
    edit(session, starts_at=start, ends_at=start + timedelta(hours=2))

    actions.publish_release(cycle, by=None, at=NOW + timedelta(minutes=90))

    assert reminders(status=Status.QUEUED) == [("3d", start - timedelta(days=3))]


def test_a_corrected_typo_reminds_nobody_again(cycle, member):
    start = NOW + timedelta(days=14)
    session = session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=NOW - timedelta(days=1))
    emails.plan_reminders(NOW)
    OutgoingMail.objects.update(status=Status.SENT, sent_at=NOW)
    edit(session, title="Retroalimentación a la propuesta sintética")

    actions.publish_release(cycle, by=None, at=NOW + timedelta(hours=1))
    emails.plan_reminders(NOW + timedelta(hours=1))

    assert reminders() == [("14d", NOW)]
    assert OutgoingMail.objects.get(kind=emails.REMINDER).status == Status.SENT


def test_a_cancelled_session_reminds_nobody(cycle, member):
    start = NOW + timedelta(days=2)
    session = session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=NOW)
    emails.plan_reminders(NOW + timedelta(hours=1))
    actions.cancel(session, reason="Sin sede", by=None)

    actions.publish_release(cycle, by=None, at=NOW + timedelta(hours=2))
    emails.plan_reminders(NOW + timedelta(hours=3))

    assert reminders(status=Status.QUEUED) == []
    assert len(reminders(status=Status.WITHDRAWN)) == 1


def test_a_date_without_hours_is_reminded_of_at_nine_and_never_by_the_hour(cycle, member):
    draft(cycle=cycle, starts_at=None, day=date(2026, 12, 3), time_zone="America/Merida")
    actions.publish_release(cycle, by=None, at=NOW)

    plan_through(NOW, datetime(2026, 12, 4, tzinfo=UTC))

    assert reminders() == [
        ("14d", datetime(2026, 11, 19, 15, tzinfo=UTC)),
        ("3d", datetime(2026, 11, 30, 15, tzinfo=UTC)),
        ("1d", datetime(2026, 12, 2, 15, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    "reason",
    ["declined", "unsubscribed", "account closed", "no longer expected", "moved", "cancelled"],
)
def test_what_is_no_longer_true_is_not_sent(cycle, member, reason):
    start = NOW + timedelta(days=3, hours=1)
    session = session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=NOW)
    emails.plan_reminders(NOW + timedelta(hours=1))
    mails = list(OutgoingMail.objects.filter(kind=emails.REMINDER))
    assert len(still_true(mails, NOW)) == len(mails) == 1

    if reason == "declined":
        actions.answer(session, user=member, answer=Participation.Answer.NO, now=NOW)
    elif reason == "unsubscribed":
        User.objects.filter(pk=member.pk).update(wants_reminders=False)
    elif reason == "account closed":
        User.objects.filter(pk=member.pk).update(is_active=False)
    elif reason == "no longer expected":
        Participation.objects.update(expected=False)
    elif reason == "moved":
        edit(session, starts_at=start + timedelta(days=1), ends_at=start + timedelta(days=1, hours=1))
        actions.publish_release(cycle, by=None, at=NOW)
    else:
        actions.cancel(session, reason="Sin sede", by=None)
        actions.publish_release(cycle, by=None, at=NOW)

    assert still_true(mails, NOW) == set()


def put_off_by_an_outage(start: datetime) -> list[OutgoingMail]:
    """The reminders of a session that could not go, each because its time had passed."""
    plan_through(start - timedelta(days=16), start)
    mails = OutgoingMail.objects.filter(kind=emails.REMINDER)
    mails.update(status=Status.MISSED)
    return list(mails.order_by("due"))


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (timedelta(days=10), ["14d"]),
        (timedelta(days=2), ["3d"]),
        (timedelta(hours=20), ["1d"]),
        (timedelta(hours=1), ["2h"]),
        (timedelta(0), []),  # it begins
        (timedelta(hours=-1), []),
        (timedelta(days=-1), []),
    ],
)
def test_of_what_is_sent_again_only_the_last_reminder_that_fell_due_holds(cycle, member, coordinator, before, expected):
    start = at("America/Mexico_City", 2026, 11, 20, 10)
    session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=start - timedelta(days=30))
    put_off_by_an_outage(start)
    OutgoingMail.objects.exclude(user=member).delete()
    now = start - before

    mail.retry_all(OutgoingMail.objects.filter(status=Status.MISSED), by=coordinator, now=now)

    due = OutgoingMail.objects.filter(status=Status.QUEUED, due__lte=now)
    assert [key.split(":")[3] for key in sorted(still_true(due, now))] == expected


def test_sender_drops_what_is_sent_again_after_the_session(member, coordinator):
    now = mail.database_now()
    User.objects.filter(pk=member.pk).update(time_zone=factories.zone_at_noon(now))  # nothing waits for the morning
    cycle = factories.create_cycle(starts_on=date(2026, 1, 1), ends_on=date(2036, 1, 1))
    start = now - timedelta(hours=3)
    session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=start - timedelta(days=30))
    put_off_by_an_outage(start)
    missed = OutgoingMail.objects.filter(kind=emails.REMINDER, user=member)

    queued = mail.retry_all(missed, by=coordinator, now=now)
    mail.deliver(kinds=emails.KINDS)

    outcomes = set(missed.values_list("status", "server_reply", "attempts"))
    assert (queued, outcomes) == (4, {("withdrawn", "No longer true when its turn came.", 1)})


def test_a_reminder_of_a_date_alone_holds_until_the_day_is_over(cycle, member):
    draft(cycle=cycle, day=date(2026, 11, 20), starts_at=None, time_zone="America/Mexico_City")
    actions.publish_release(cycle, by=None, at=NOW)
    over = at("America/Mexico_City", 2026, 11, 21, 0)
    last = put_off_by_an_outage(over)[-1:]

    assert [len(still_true(last, now)) for now in (over - timedelta(minutes=1), over)] == [1, 0]


def test_which_reminder_is_the_last_is_told_by_the_night_of_the_reader(cycle):
    """At five in the morning of Mexico the one of a day before waits until seven; in Madrid it is noon, and it goes."""
    here, there = factories.create_member(), factories.create_member()
    User.objects.filter(pk=there.pk).update(time_zone="Europe/Madrid")
    start = at("America/Mexico_City", 2026, 11, 20, 5)
    session_at(cycle, start)
    actions.publish_release(cycle, by=None, at=start - timedelta(days=30))
    mails = put_off_by_an_outage(start)
    due = start - timedelta(days=1)

    def held(now: datetime) -> dict[User, str]:
        keys = still_true([one for one in mails if one.due <= now], now)
        found = [(one.user, one.key.split(":")[3]) for one in mails if one.user and one.key in keys]
        assert len(found) == 2
        return dict(found)

    assert held(due - timedelta(minutes=1)) == {here: "3d", there: "3d"}
    assert held(due) == {here: "3d", there: "1d"}
    assert held(due + timedelta(hours=2)) == {here: "1d", there: "1d"}


def test_who_declined_or_unsubscribed_is_not_planned_for(cycle, member, coordinator):
    unsubscribed = factories.create_member()
    User.objects.filter(pk=unsubscribed.pk).update(wants_reminders=False)
    session = session_at(cycle, NOW + timedelta(days=14))
    actions.publish_release(cycle, by=None, at=NOW - timedelta(days=1))
    actions.answer(session, user=member, answer=Participation.Answer.NO, now=NOW)

    emails.plan_reminders(NOW)

    assert list(OutgoingMail.objects.filter(kind=emails.REMINDER).values_list("user", flat=True)) == [coordinator.pk]


def test_a_release_without_notice_reminds_nobody(cycle, member):
    session_at(cycle, NOW + timedelta(days=14))
    actions.publish_release(cycle, by=None, at=NOW, notify=False)

    assert actions.plan(NOW) == 0


def test_who_left_the_group_is_not_reminded(cycle, member):
    session_at(cycle, NOW + timedelta(days=14))
    actions.publish_release(cycle, by=None, at=NOW - timedelta(days=2))
    Membership.objects.filter(user=member).update(until=(NOW - timedelta(days=1)).date())

    actions.plan(NOW)

    assert reminders() == []


@pytest.mark.parametrize("count", [1, 3, 30])
def test_planning_takes_the_same_queries_for_any_number_of_people_and_sessions(cycle, django_assert_num_queries, count):
    for _number in range(count):
        factories.create_member()
        session_at(cycle, NOW + timedelta(days=14))
    actions.publish_release(cycle, by=None, at=NOW - timedelta(days=1))

    with django_assert_num_queries(4):
        assert emails.plan_reminders(NOW) == count * count


def test_change_mail_counts_from_the_version_a_person_was_told(cycle, member):
    session = session_at(cycle, NOW + timedelta(days=20), venue="Sala 1")
    actions.publish_release(cycle, by=None, at=NOW)
    OutgoingMail.objects.update(status=Status.SENT, sent_at=NOW)
    edit(session, venue="Sala 2")
    actions.publish_release(cycle, by=None, at=NOW)
    edit(session, title="Otro título")
    actions.publish_release(cycle, by=None, at=NOW)

    (withdrawn, waiting) = OutgoingMail.objects.filter(kind=emails.CHANGE).order_by("subject_version")

    assert (withdrawn.status, waiting.status) == (Status.WITHDRAWN, Status.QUEUED)
    assert emails.kinds._still_true([withdrawn, waiting], NOW) == {waiting.pk}
    (kind,) = (kind for kind in emails.KINDS if kind.name == emails.CHANGE)
    text = kind.render([waiting], NOW)[waiting.pk].content.decode()
    assert "Sala 1 =E2=86=92 Sala 2" in text
    assert SessionVersion.objects.count() == 3
