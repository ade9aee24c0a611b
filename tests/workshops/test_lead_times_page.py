"""Coordinators set when people are reminded of one session; it counts at once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories_schedule import create_session, in_days, publish
from tests.workshops.coordination import desk_of, running_cycle, text_of
from workshops.models import Session, SessionVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Session:
    session = create_session(cycle=running_cycle(), starts_at=in_days(5))
    publish(session)
    return session


def sent(coordinator, session, leads: str):
    return desk_of(coordinator).post(reverse("workshops:reminders", args=[session.slug]), {"leads": leads})


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("3 d, 2 h", [72, 2]),
        ("2h 36H 1d", [36, 24, 2]),
        ("2 h, 2h", [2]),
        ("14 d, 3 d", [336, 72]),  # the usual fourteen days have passed, and nobody is reminded anew
        ("", None),
    ],
)
def test_lead_times_count_at_once(coordinator, session, typed, hours):
    answer = sent(coordinator, session, typed)

    assert answer.status_code == 302
    assert Session.objects.get().lead_hours == hours
    expected = [timedelta(hours=one) for one in hours or [336, 72, 24, 2]]
    assert SessionVersion.objects.get().lead_times() == expected


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("3 semanas", "Please write numbers with d for days or h for hours, such as 14 d, 3 d, 2 h."),
        ("0 h", "Please give six at most, each from one hour to 60 days."),
        ("61 d", "Please give six at most, each from one hour to 60 days."),
        ("1 h, 2 h, 3 h, 4 h, 5 h, 6 h, 7 h", "Please give six at most, each from one hour to 60 days."),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_kept(coordinator, session, typed, error):
    page = text_of(sent(coordinator, session, typed))

    assert error in page
    assert f'value="{typed}"' in page
    assert Session.objects.get().lead_hours is None


def test_a_moment_that_has_passed_is_refused(coordinator, session):
    page = text_of(sent(coordinator, session, "7 d, 1 d"))

    assert "7 d before has passed already" in page


def test_usual_moments_that_have_passed_are_not_brought_back(coordinator, session):
    sent(coordinator, session, "3 d, 2 h")

    page = text_of(sent(coordinator, session, ""))

    assert "Of the usual ones 14 d before has passed already" in page
    assert Session.objects.get().lead_hours == [72, 2]


def test_a_date_alone_takes_whole_days(coordinator):
    day = (timezone.now() + timedelta(days=20)).date()
    session = create_session(cycle=running_cycle(), day=day)

    assert "please give whole days" in text_of(sent(coordinator, session, "5 h"))
    assert sent(coordinator, session, "5 d").status_code == 302


def test_page_tells_what_goes_when_and_what_the_night_puts_off(coordinator):
    session = create_session(cycle=running_cycle(), starts_at=in_days(30, hour=11))  # five in the morning
    publish(session)

    page = text_of(desk_of(coordinator).get(reverse("workshops:reminders", args=[session.slug])))

    assert page.count("That is at night") == 3  # two hours before nobody waits for the day
    assert "from 21:00 to 07:00" in page
