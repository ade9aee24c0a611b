"""A session that is postponed takes place, but not on its date: everybody says so until the new one is known."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from cities.models import Cycle, group_day
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.coordination import desk_of, edit_url, text_of, typed
from tests.workshops.published import NOW, START, cancel, change, draft, publish, publish_session
from tests.workshops.told import Status, all_is_sent, last_mail, waiting
from tests.workshops.told import text_of as body_of
from workshops import actions, diff, emails, ical, pending
from workshops.models import Participation, Session, SessionVersion
from workshops.preview import preview
from workshops.reports import forecast
from workshops.reports.releases import counted, told

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REASON = "La ponente enfermó."
YES = Participation.Answer.YES


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


def postpone(session: Session, *, at: datetime = NOW + HOUR) -> SessionVersion:
    actions.postpone(session, reason=REASON, by=None)
    publish(session.cycle, at=at)
    session.refresh_from_db()
    assert session.current_version
    return session.current_version


def to_another_date(session: Session, *, at: datetime, by_days: int = 7) -> SessionVersion:
    return change(session, at=at, starts_at=START + by_days * DAY, ends_at=START + by_days * DAY + 2 * HOUR)


def english(user: User) -> User:
    user.language = "en"
    user.save(update_fields=["language"])
    return user


# --- What it takes ----------------------------------------------------------------------------------------------------


def test_postponing_needs_a_reason_and_a_published_session(cycle):
    session = draft(cycle=cycle)
    with override("en"), pytest.raises(ActionNotPossible, match="never published"):
        actions.postpone(session, reason=REASON, by=None)
    session.refresh_from_db()
    assert session.is_planned
    publish(cycle)
    with pytest.raises(ActionNotPossible):
        actions.postpone(session, reason=" ", by=None)

    actions.postpone(session, reason=f" {REASON} ", by=None)

    session.refresh_from_db()
    assert (session.status, session.cancel_reason) == ("postponed", REASON)
    with pytest.raises(ActionNotPossible):
        actions.postpone(session, reason=REASON, by=None)


def test_postponed_session_that_gets_another_date_is_planned_again(cycle):
    session = draft(cycle=cycle)
    publish(cycle)
    postpone(session)
    session.purpose = "Otro propósito"
    actions.save_draft(session, organizations=[], people=[], by=None, seen_edits=session.edits)
    assert session.is_postponed

    session.starts_at, session.ends_at = START + DAY, START + DAY + HOUR
    actions.save_draft(session, organizations=[], people=[], by=None, seen_edits=session.edits)

    session.refresh_from_db()
    assert (session.status, session.cancel_reason) == ("planned", "")


def test_postponed_session_can_be_cancelled(cycle, member):
    session = draft(cycle=cycle)
    publish(cycle)
    all_is_sent(NOW)
    postpone(session)
    all_is_sent(NOW + HOUR)

    actions.cancel(session, reason="Ya no hace falta.", by=None)
    publish(cycle, at=NOW + 2 * HOUR)

    session.refresh_from_db()
    assert session.current_version
    assert session.current_version.change == "cancelled"
    assert waiting(member) == ["session_cancellation"]


# --- Who is told ------------------------------------------------------------------------------------------------------


def test_people_are_told_that_it_is_postponed(cycle, member):
    english(member)
    session = publish_session(cycle=cycle, join_url="https://r.example/1").session
    all_is_sent(NOW)

    version = postpone(session)

    assert version.change == "postponed"
    assert waiting(member) == ["session_change"]
    all_is_sent(NOW + HOUR)
    message = last_mail(member)
    assert message["Subject"] == "Postponed: Retroalimentación a la propuesta"
    text = body_of(message)
    assert "The new date follows." in text
    assert f"- Reason: {REASON}" in text
    assert "https://r.example/1" not in text
    assert "/answer/" not in text
    (entry,) = [part.get_content() for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert "RSVP=FALSE" in entry.replace("\r\n ", "")


def test_calendar_keeps_the_entry_and_says_so(cycle):
    version = postpone(publish_session(cycle=cycle).session)

    entry = bytes(version.vevent).decode()
    assert "STATUS:TENTATIVE\r\n" in entry
    assert "TRANSP:TRANSPARENT\r\n" in entry
    assert "SUMMARY:Aplazada: Retroalimentación a la propuesta\r\n" in entry
    assert "SEQUENCE:1\r\n" in entry
    assert REASON in entry.replace("\r\n ", "")
    assert b"STATUS:TENTATIVE" in ical.feed([version], name="x", url="http://localhost/x.ics")


def test_no_reminder_of_a_date_that_does_not_hold(cycle, member):
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)
    emails.plan_reminders(START - DAY - HOUR)
    reminders = OutgoingMail.objects.filter(kind="session_reminder")
    assert reminders.filter(status=Status.QUEUED).exists()

    postpone(session)
    emails.plan_reminders(START - DAY - HOUR)

    assert set(reminders.values_list("status", flat=True)) == {"withdrawn"}
    assert forecast.later(NOW + 2 * HOUR, until=NOW + 90 * DAY, at_most=30) == ([], 0)


def test_who_joins_meanwhile_is_invited_to_the_new_date_only(cycle):
    session = publish_session(cycle=cycle).session
    postpone(session)
    newcomer = factories.create_member()

    assert actions.refresh_expectations(now=NOW + 2 * HOUR) == 0

    to_another_date(session, at=NOW + 3 * HOUR)
    assert waiting(newcomer) == ["session_invitation"]


def test_new_date_is_told_and_asks_again(cycle, member):
    english(member)
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)
    actions.answer(session, user=member, answer=YES, now=NOW + timedelta(minutes=1))
    postpone(session)
    all_is_sent(NOW + HOUR)
    own = Participation.objects.get(session=session, user=member)
    assert (own.answer, own.earlier_answer) == ("yes", "")

    version = to_another_date(session, at=NOW + 2 * HOUR)
    all_is_sent(NOW + 2 * HOUR)

    assert (version.change, version.is_another_plan) == ("reinstated", True)
    own.refresh_from_db()
    assert (own.answer, own.earlier_answer) == ("none", "yes")
    message = last_mail(member)
    assert message["Subject"].startswith("New date, Thursday 10 December 2026")
    text = body_of(message)
    assert "This session had been postponed and now has its new date:" in text
    assert "Your earlier answer no longer counts." in text
    assert b"STATUS:CONFIRMED" in bytes(version.vevent)


def test_date_that_holds_after_all_is_told(cycle, member):
    english(member)
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)
    actions.answer(session, user=member, answer=YES, now=NOW + timedelta(minutes=1))
    postpone(session)
    all_is_sent(NOW + HOUR)

    actions.reinstate(session, by=None)
    publish(cycle, at=NOW + 2 * HOUR)
    all_is_sent(NOW + 2 * HOUR)

    own = Participation.objects.get(session=session, user=member)
    assert (own.answer, own.earlier_answer) == ("none", "yes")
    assert last_mail(member)["Subject"].startswith("Takes place after all: ")


def test_who_never_read_of_the_postponement_hears_nothing_of_it(cycle, member):
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)
    actions.answer(session, user=member, answer=YES, now=NOW + timedelta(minutes=1))
    postpone(session)  # its mail waits
    actions.reinstate(session, by=None)
    publish(cycle, at=NOW + 2 * HOUR)

    assert waiting(member) == []
    assert Participation.objects.get(session=session, user=member).answer == "yes"


def test_invitation_that_waits_is_taken_back(cycle, member):
    session = publish_session(cycle=cycle).session
    postpone(session)
    assert waiting(member) == []


@pytest.mark.parametrize("step", ["postpone", "cancel"])
def test_who_has_not_read_it_yet_is_told_by_the_next_release_and_nobody_twice(cycle, member, step):
    """A corrected title must not take the news back with the mail that carried it."""
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)
    kind = {"postpone": "session_change", "cancel": "session_cancellation"}[step]
    getattr(actions, step)(session, reason=REASON, by=None)
    publish(cycle, at=NOW + HOUR)
    assert waiting(member) == [kind]

    session.refresh_from_db()
    change(session, at=NOW + 2 * HOUR, title="Otro título")
    assert waiting(member) == [kind]
    all_is_sent(NOW + 2 * HOUR)

    change(session, at=NOW + 3 * HOUR, title="Tercer título")
    assert waiting(member) == []


@pytest.mark.parametrize("is_read", [True, False])
def test_preview_promises_the_mails_of_a_postponement(cycle, member, coordinator, is_read):
    session = publish_session(cycle=cycle).session
    if is_read:
        all_is_sent(NOW)
    actions.postpone(session, reason=REASON, by=None)
    with override("en"):
        promised = preview(cycle, now=NOW + HOUR)

    published = actions.publish_release(cycle, by=None, at=NOW + HOUR)

    assert promised.mails == published.mail_count == (2 if is_read else 0)
    assert promised.items[0].told == (["2 people are told that it is postponed."] if is_read else [])


# --- Once the old date has passed -------------------------------------------------------------------------------------

AFTER = START + DAY  # the day after the date that does not hold


def test_cancelling_it_after_its_old_date_is_told(cycle, member, coordinator):
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)
    postpone(session)
    all_is_sent(NOW + HOUR)
    actions.cancel(session, reason="Ya no hace falta.", by=None)
    shown = preview(cycle, now=AFTER)
    publish(cycle, at=AFTER)

    (item,) = shown.items
    assert (item.is_over, shown.people) == (False, 2)
    assert waiting(member) == ["session_cancellation"]
    mail = OutgoingMail.objects.get(user=member, kind="session_cancellation")
    assert mail.useful_until == AFTER + 30 * DAY
    all_is_sent(AFTER + DAY)
    assert last_mail(member)["Subject"].startswith("Cancelada: ")


def test_another_reason_is_told_to_who_has_not_read_the_first(cycle, member):
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)
    postpone(session)
    all_is_sent(NOW + HOUR)
    cancel(session, at=AFTER)

    change(session, at=AFTER + HOUR, cancel_reason="Se integra a otra sesión.")

    all_is_sent(AFTER + HOUR)
    assert "Se integra a otra sesión." in body_of(last_mail(member))
    statuses = OutgoingMail.objects.filter(user=member, kind="session_cancellation").order_by("pk")
    assert list(statuses.values_list("status", flat=True)) == ["withdrawn", "sent"]


def test_new_date_given_after_the_old_one_is_told(cycle, member):
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)
    postpone(session)
    all_is_sent(NOW + HOUR)

    version = to_another_date(session, at=AFTER)

    assert version.is_planned
    assert waiting(member) == ["session_change"]


def test_postponing_what_should_have_been_yesterday_is_told(cycle, member):
    english(member)
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)

    postpone(session, at=AFTER)

    all_is_sent(AFTER)
    assert "The new date follows." in body_of(last_mail(member))


def test_cancelling_what_was_held_tells_nobody(cycle, member):
    session = publish_session(cycle=cycle).session
    all_is_sent(NOW)
    actions.cancel(session, reason="Error.", by=None)

    shown = preview(cycle, now=AFTER)
    publish(cycle, at=AFTER)

    assert ([item.is_over for item in shown.items], shown.people) == ([True], 0)
    assert waiting(member) == []


def test_what_is_owed_a_date_lies_ahead_for_whoever_plans_and_reads(cycle):
    session, held = publish_session(cycle=cycle).session, publish_session(cycle=cycle, title="Otra").session
    version = postpone(session)
    everything = Session.objects.all()

    assert list(pending.ahead(everything, AFTER)) == [session]
    assert list(pending.over(everything, AFTER)) == [held]
    assert list(SessionVersion.objects.current().upcoming(AFTER)) == [version]
    assert list(SessionVersion.objects.current().past(AFTER)) == [held.current_version]
    assert list(everything.ahead(AFTER)) == [session]

    actions.cancel(session, reason="Ya no hace falta.", by=None)
    assert list(pending.ahead(everything, AFTER)) == [session]
    publish(cycle, at=AFTER)
    assert list(pending.ahead(everything, AFTER)) == []


def test_board_shows_the_past_month_in_which_it_stands(coordinator):
    today = group_day(datetime.now(UTC))
    cycle = factories.create_cycle(starts_on=today - 100 * DAY, ends_on=today + 100 * DAY)
    held, owed = (datetime.now(UTC) - days * DAY for days in (90, 45))
    publish_session(cycle=cycle, title="Celebrada", starts_at=held)
    session = publish_session(cycle=cycle, title="Sin fecha", starts_at=owed).session
    actions.postpone(session, reason=REASON, by=None)

    months = desk_of(coordinator).get(reverse("workshops:board", args=[cycle.slug])).context["months"]

    assert [month.first for month in months][:2] == [group_day(owed).replace(day=1), today.replace(day=1)]
    assert not any(card.session.title == "Celebrada" for month in months for card in month.cards)


def test_answer_after_the_old_date_reads_that_a_new_one_follows(cycle, member):
    session = publish_session(cycle=cycle).session
    postpone(session)

    with override("en"), pytest.raises(ActionNotPossible, match="postponed"):
        actions.answer(session, user=member, answer=YES, now=AFTER)


# --- What everybody reads ---------------------------------------------------------------------------------------------


def page(user: User | None, url: str) -> str:
    client = Client()
    if user:
        client.force_login(english(user))
    return text_of(client.get(url, headers={"Accept-Language": "en"}))


def test_page_says_that_the_new_date_follows_and_takes_no_answer(cycle, member):
    session = publish_session(cycle=cycle, join_url="https://r.example/1").session
    postpone(session)

    shown = page(member, session.get_absolute_url())

    assert "This session is postponed" in shown
    assert REASON in shown
    assert "https://r.example/1" not in shown
    assert 'name="answer"' not in shown
    assert "https://schema.org/EventPostponed" in shown
    with pytest.raises(ActionNotPossible):
        actions.answer(session, user=member, answer=YES, now=NOW + 2 * HOUR)


def test_schedule_keeps_the_row_with_its_reason(cycle):
    session = publish_session(cycle=cycle).session
    postpone(session)

    shown = page(None, reverse("workshops:schedule"))

    assert "session-postponed" in shown
    assert "Postponed, the new date follows" in shown
    assert f"Reason: {REASON}" in shown
    assert "session-cancelled" not in shown


def test_releases_count_it_and_say_it(cycle, coordinator, settings):
    settings.LANGUAGE_CODE = "en"
    session = publish_session(cycle=cycle).session
    version = postpone(session)

    (numbers,) = counted([version.release], coordinator)
    assert (numbers.postponed, numbers.cancelled, numbers.changed) == (1, 0, 0)
    assert "1 postponed" in page(None, reverse("workshops:releases"))
    assert REASON in page(None, reverse("workshops:release_detail", args=[version.release.number]))
    (one,) = told([version], coordinator)
    assert (one.label, one.is_warm) == ("postponed", True)
    (later,) = told([to_another_date(session, at=NOW + 2 * HOUR)], coordinator)
    assert (later.label, later.is_warm) == ("no longer postponed", False)


def test_change_of_status_is_always_shown(cycle):
    session = publish_session(cycle=cycle).session
    before = session.current_version or session.versions.get()
    after = postpone(session)
    assert diff.is_shown(before, after, facts=diff.version_facts(after))


# --- What coordinators do ---------------------------------------------------------------------------------------------


def test_coordinator_postpones_and_gives_the_new_date(coordinator, cycle):
    session = publish_session(cycle=cycle).session
    desk = desk_of(coordinator)
    url = reverse("workshops:postpone", args=[session.slug])
    assert "holds an invitation" in text_of(desk.get(url))

    assert desk.post(url, {"reason": ""}).status_code == 200
    assert desk.post(url, {"reason": REASON}).status_code == 302

    shown = text_of(desk.get(edit_url(session)))
    assert "Marked as postponed; people are told when you publish." in shown
    assert "postponement not published" in shown
    publish(cycle, at=NOW + HOUR)
    assert "postponed, waits for its new date" in text_of(desk.get(edit_url(session)))
    session.refresh_from_db()
    fields: dict[str, Any] = typed(cycle, day="2026-12-10", edits=session.edits, title=session.title)
    assert desk.post(edit_url(session), fields).status_code == 302
    session.refresh_from_db()
    assert (session.status, session.local_day) == ("planned", date(2026, 12, 10))


def test_coordinator_takes_a_postponement_back(coordinator, cycle):
    session = publish_session(cycle=cycle).session
    actions.postpone(session, reason=REASON, by=None)

    response = desk_of(coordinator).post(reverse("workshops:reinstate", args=[session.slug]), follow=True)

    assert "The postponement is taken back." in text_of(response)
    session.refresh_from_db()
    assert session.is_planned
