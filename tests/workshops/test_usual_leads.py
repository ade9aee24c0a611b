"""Coordinators set when people are reminded of all sessions of a kind; it counts at once and makes nothing up."""

from datetime import timedelta

import pytest
from django.urls import reverse

from ogpgroup.models import OutgoingMail
from tests.workshops.coordination import desk_of, text_of
from tests.workshops.published import NOW, START, publish_session
from workshops import actions, emails
from workshops.models import Session, SessionVersion, UsualLeads

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BUILT_IN = [14 * DAY, 3 * DAY, DAY, 2 * HOUR]

pytestmark = pytest.mark.django_db


def leads_of(session: Session) -> list[timedelta]:
    """As the planner reads them; who asks one version alone reads the same."""
    (version,) = emails.remindable(NOW).filter(session=session)
    assert version.lead_times() == SessionVersion.objects.get(pk=version.pk).lead_times()
    return version.lead_times()


def queued(session: Session) -> list[str]:
    mails = OutgoingMail.objects.filter(kind=emails.REMINDER, subject_id=session.pk).order_by("due")
    return [key.split(":")[3] for key in mails.values_list("key", flat=True)]


def test_count_for_sessions_of_their_kind_without_their_own(coordinator):
    webinar, own = publish_session().session, publish_session().session
    workshop = publish_session(kind="workshop").session
    Session.objects.filter(pk=own.pk).update(lead_hours=[5])

    actions.set_usual_leads({"webinar": [168, 36]}, by=coordinator, now=NOW)

    assert [leads_of(one) for one in (webinar, own, workshop)] == [[7 * DAY, 36 * HOUR], [5 * HOUR], BUILT_IN]


def test_without_any_the_platforms_own_count_again(coordinator):
    session = publish_session().session
    actions.set_usual_leads({"webinar": [168]}, by=coordinator, now=NOW)

    actions.set_usual_leads({"webinar": []}, by=coordinator, now=NOW + HOUR)

    assert leads_of(session) == BUILT_IN
    assert UsualLeads.objects.get().since == NOW + HOUR


def test_what_was_due_before_they_were_set_is_not_made_up_for(coordinator, member):
    session = publish_session(people=[member]).session
    now = START - 10 * DAY
    emails.plan_reminders(now)
    before = queued(session)

    actions.set_usual_leads({"webinar": [20 * 24, 9 * 24]}, by=coordinator, now=now)
    emails.plan_reminders(now + HOUR)

    assert (before, queued(session)) == (["14d"], ["14d", "9d"])  # and not the twentieth day, useful until the ninth


def test_a_queued_reminder_that_is_no_more_usual_is_not_sent(coordinator, member):
    publish_session(people=[member])
    emails.plan_reminders(START - DAY)
    mail = OutgoingMail.objects.get(kind=emails.REMINDER, key__contains=":1d:")
    assert emails.kinds._reminder_still_true([mail], START - DAY) == {mail.pk}

    actions.set_usual_leads({"webinar": [48]}, by=coordinator, now=START - DAY)

    assert emails.kinds._reminder_still_true([mail], START - DAY) == set()


def test_planner_asks_as_often_for_any_number_of_sessions(coordinator, django_assert_num_queries):
    actions.set_usual_leads({"webinar": [168]}, by=coordinator, now=NOW)
    for _each in range(3):
        publish_session()

    with django_assert_num_queries(1):
        assert [version.lead_times() for version in emails.remindable(NOW)] == [[7 * DAY]] * 3


def test_page_shows_what_counts_and_sets_it(coordinator):
    desk, url = desk_of(coordinator), reverse("workshops:usual_reminders")
    assert text_of(desk.get(url)).count('value="14 d, 3 d, 1 d, 2 h"') == 3

    typed = {"workshop": "7 d, 2 h", "webinar": "14 d, 3 d, 1 d, 2 h", "working_session": ""}
    assert desk.post(url, typed).status_code == 302

    assert list(UsualLeads.objects.values_list("kind", "hours")) == [("workshop", [168, 2])]
    assert 'value="7 d, 2 h"' in text_of(desk.get(url))


def test_page_keeps_what_cannot_be(coordinator):
    page = text_of(desk_of(coordinator).post(reverse("workshops:usual_reminders"), {"webinar": "61 d"}))

    assert "Please give six at most, each from one hour to 60 days." in page
    assert 'value="61 d"' in page
    assert not UsualLeads.objects.exists()
