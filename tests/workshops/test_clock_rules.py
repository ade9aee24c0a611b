"""A zone changes its clock rules after hours were written: nothing moves by itself, coordinators say what counts.

Rules are not mocked: rows are written as they would have been under the rules of before, an hour ahead of today's.
"""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from icalendar import Event
from pytest_django import DjangoAssertNumQueries

from cities.models import Cycle
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.factories_schedule import publish
from tests.workshops.coordination import desk_of, edit_url, text_of
from tests.workshops.published import draft
from tests.workshops.told import all_is_sent, calendar_of, read
from workshops import actions, clock_rules, diff, ical, pending
from workshops.models import Participation, Session, SessionVersion

pytestmark = pytest.mark.django_db
REYNOSA, LOS_CABOS, MERIDA = "America/Matamoros", "America/Mazatlan", "America/Merida"
NOW = datetime(2040, 1, 2, 16, tzinfo=UTC)
TEN = datetime(2040, 1, 19, 16, tzinfo=UTC)  # Thursday, 10:00 in Reynosa and Mérida, 9:00 in Los Cabos
HOUR = timedelta(hours=1)
ROW = "workshops.SessionVersion:append_only"


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2039, 9, 1), ends_on=date(2040, 12, 31))


@pytest.fixture
def desk(coordinator: User) -> Client:
    return desk_of(coordinator)


def under_earlier_rules(session: Session, *, start: int = 60, end: int = 60) -> Session:
    """As if its hours had been written under clock rules so many minutes ahead of today's, by the same clock.

    What is published has its entry of then, whose hours are those of the clock.
    """
    earlier = {
        "starts_at": F("starts_at") - timedelta(minutes=start),
        "ends_at": F("ends_at") - timedelta(minutes=end),
        "start_offset": F("start_offset") + start,
        "end_offset": F("end_offset") + end,
    }
    Session.objects.filter(pk=session.pk).update(**earlier)
    begins = {"begins_at": F("begins_at") - timedelta(minutes=start)}
    with pgtrigger.ignore(ROW):
        SessionVersion.objects.filter(session=session).update(**earlier, **begins)
    session.refresh_from_db()
    return session


def published_in(zone: str, cycle: Cycle, *, starts_at: datetime = TEN, title: str = "Taller") -> Session:
    session = draft(cycle=cycle, title=title, starts_at=starts_at, time_zone=zone)
    publish(session)
    session.refresh_from_db()
    return session


def version_of(session: Session) -> SessionVersion:
    session.refresh_from_db()
    assert session.current_version
    return session.current_version


def entry_of(version: SessionVersion) -> tuple[str, datetime, int]:
    """What the stored entry says: the hour on the clock, the moment that this is by the rules of today, SEQUENCE."""
    event: Any = Event.from_ical(bytes(version.vevent))
    starts_at = event["DTSTART"].dt
    return f"{starts_at:%H:%M}", starts_at.astimezone(UTC), int(event["SEQUENCE"])


def clock(session: Session) -> str:
    session.refresh_from_db()
    assert session.starts_at
    assert session.ends_at
    begins, ends = (one.astimezone(session.zone) for one in (session.starts_at, session.ends_at))
    return f"{begins:%H:%M}–{ends:%H:%M}"


def offsets(session: Session) -> tuple[int | None, int | None]:
    session.refresh_from_db()
    return session.start_offset, session.end_offset


def change_mails() -> list[str]:
    return sorted(OutgoingMail.objects.filter(kind="session_change").values_list("recipient", flat=True))


def told_of(session: Session) -> list[tuple[str, str]]:
    """What the release says of the last change of a session."""
    version = version_of(session)
    assert version.previous
    facts = diff.version_facts(version.previous), diff.version_facts(version)
    with override("en"):
        sentences = diff.sentences(version.previous, version, diff.changed_fields(*facts), facts=facts)
    return [(one.old, one.new) for one in sentences]


# --- Under which offset hours were written ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "starts_at", "expected"),
    [
        (REYNOSA, TEN, (-360, -360)),
        (REYNOSA, datetime(2040, 7, 19, 15, tzinfo=UTC), (-300, -300)),
        (LOS_CABOS, TEN, (-420, -420)),
        (MERIDA, datetime(2040, 7, 19, 16, tzinfo=UTC), (-360, -360)),
        (REYNOSA, datetime(2040, 11, 4, 6, tzinfo=UTC), (-300, -360)),  # 1:00 on the night the clocks go back
    ],
)
def test_draft_and_version_keep_the_offset_of_start_and_end(cycle, zone, starts_at, expected):
    session = published_in(zone, cycle, starts_at=starts_at)

    version = version_of(session)
    assert offsets(session) == expected
    assert (version.start_offset, version.end_offset) == expected
    assert clock_rules.asked_of(session, now=NOW) is None


def test_date_alone_has_none_and_loses_them_with_its_hours(cycle):
    alone = draft(cycle=cycle, starts_at=None, day=date(2040, 1, 19))
    assert offsets(alone) == (None, None)

    session = draft(cycle=cycle, title="Otra", starts_at=TEN)
    session.starts_at = session.ends_at = None
    session.day = date(2040, 1, 19)
    actions.save_draft(session, organizations=[], people=[], by=None)

    assert offsets(session) == (None, None)


def test_edit_that_leaves_the_hours_leaves_the_offset_and_new_hours_have_one_of_today(cycle):
    session = under_earlier_rules(draft(cycle=cycle, starts_at=TEN, time_zone=REYNOSA))

    session.title = "Con otro título"
    actions.save_draft(session, organizations=[], people=[], by=None)
    assert offsets(session) == (-300, -300)

    session.ends_at = TEN + 3 * HOUR
    actions.save_draft(session, organizations=[], people=[], by=None, seen_edits=1)
    assert offsets(session) == (-300, -360)

    session.time_zone = MERIDA
    actions.save_draft(session, organizations=[], people=[], by=None, seen_edits=2)
    assert offsets(session) == (-360, -360)


# --- What is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "spoken"),
    [
        (REYNOSA, ("10:00–12:00 h", "09:00–11:00 h")),
        (LOS_CABOS, ("09:00–11:00 h", "08:00–10:00 h")),
        (MERIDA, ("10:00–12:00 h", "09:00–11:00 h")),
    ],
)
def test_sentence_says_what_was_published_and_what_it_reads(cycle, zone, spoken):
    session = under_earlier_rules(published_in(zone, cycle))

    with override("es-mx"):
        asked = clock_rules.asked_of(session, now=NOW)
        assert asked
        assert asked.sentence == (
            f"Las reglas de horario de {zone} cambiaron: "
            f"esta sesión se publicó con el horario {spoken[0]} y hoy se lee {spoken[1]}."
        )
        assert clock_rules.undecided(NOW) == [asked]


def test_another_day_is_said_too(cycle):
    night = draft(cycle=cycle, starts_at=datetime(2040, 1, 19, 6, 30, tzinfo=UTC), time_zone=REYNOSA)  # 0:30

    with override("en"):
        asked = clock_rules.asked_of(under_earlier_rules(night), now=NOW)
        assert asked
        assert asked.sentence == (
            "The clock rules of America/Matamoros changed: this session was written for Thursday 19 January 2040, "
            "00:30–02:30 and now reads Wednesday 18 January 2040, 23:30 – Thursday 19 January, 01:30."
        )


def _cancelled(session: Session) -> None:
    actions.cancel(session, reason="Paro", by=None)


def _postponed(session: Session) -> None:
    actions.postpone(session, reason="Paro", by=None)


def _unknown(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(start_offset=None, end_offset=None)


@pytest.mark.parametrize("step", [_cancelled, _postponed, _unknown])
def test_nothing_is_asked_of_what_does_not_take_place_or_nobody_knows(cycle, step):
    session = under_earlier_rules(published_in(REYNOSA, cycle))

    step(session)

    session.refresh_from_db()
    assert clock_rules.asked_of(session, now=NOW) is None
    assert clock_rules.undecided(NOW) == []
    with pytest.raises(ActionNotPossible):
        actions.keep_clock(session, by=None)


def test_nothing_is_asked_of_what_has_begun(cycle):
    session = under_earlier_rules(draft(cycle=cycle, starts_at=datetime(2026, 3, 5, 16, tzinfo=UTC), time_zone=REYNOSA))

    assert session.reads_otherwise
    assert clock_rules.undecided(datetime(2026, 3, 5, 14, 59, tzinfo=UTC)) != []
    assert clock_rules.undecided(datetime(2026, 3, 5, 15, tzinfo=UTC)) == []
    with pytest.raises(ActionNotPossible):
        actions.keep_moment(session, by=None)


def test_changed_rules_are_no_change_of_the_session(cycle):
    session = under_earlier_rules(published_in(REYNOSA, cycle))

    assert diff.pending_changes(cycle) == []
    assert not pending.pending(Session.objects.all()).exists()
    assert clock(session) == "09:00–11:00"


# --- Keeping the hours ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "hours"), [(REYNOSA, "10:00"), (LOS_CABOS, "09:00"), (MERIDA, "10:00")])
def test_kept_hours_are_a_move_that_everybody_is_told_and_calendars_take(cycle, coordinator, member, zone, hours):
    session = under_earlier_rules(published_in(zone, cycle))

    actions.keep_clock(session, by=coordinator)

    session.refresh_from_db()
    assert (session.starts_at, session.ends_at, session.edited_by) == (TEN, TEN + 2 * HOUR, coordinator)
    assert clock_rules.undecided(NOW) == []
    assert version_of(session).starts_at == TEN - HOUR  # nothing is published by itself

    published = publish(session)

    assert published.mail_count == 2
    assert entry_of(version_of(session)) == (hours, TEN, 1)
    assert change_mails() == []  # who was not invited yet gets an invitation that says it
    assert version_of(session).begins_at == TEN


def test_mail_tells_the_same_hours_apart(cycle, coordinator, member):
    session = under_earlier_rules(published_in(REYNOSA, cycle))
    all_is_sent(datetime.now(UTC) + HOUR)

    actions.keep_clock(session, by=coordinator)
    publish(session)

    when = "Thursday 19 January 2040, 10:00–12:00 (Reynosa time), by the"
    assert told_of(session) == [(f"{when} earlier clock rules", f"{when} new clock rules")]
    assert change_mails() == [coordinator.email, member.email]


def test_of_a_session_over_the_night_only_the_end_that_reads_otherwise_moves(cycle):
    """Saturday 20:00 to Sunday 10:00: under the rules of before the clocks did not go back that night."""
    starts_at = datetime(2040, 11, 4, 1, tzinfo=UTC)
    session = draft(cycle=cycle, starts_at=starts_at, hours=15, time_zone=REYNOSA)
    under_earlier_rules(session, start=0, end=60)
    assert clock(session) == "20:00–09:00"

    actions.keep_clock(session, by=None)

    assert (clock(session), session.starts_at) == ("20:00–10:00", starts_at)
    assert offsets(session) == (-300, -360)


def test_hour_that_does_not_exist_by_the_new_rules_is_refused_and_the_moment_can_be_kept(cycle):
    """2:30 on the night in which the clocks go forward to 3:00."""
    session = draft(cycle=cycle, starts_at=datetime(2040, 3, 11, 8, 30, tzinfo=UTC), time_zone=REYNOSA)
    Session.objects.update(start_offset=-360)
    assert clock(session) == "03:30–05:30"

    with pytest.raises(ActionNotPossible, match="02:30"):
        actions.keep_clock(session, by=None)
    actions.keep_moment(session, by=None)

    assert (clock(session), offsets(session)) == ("03:30–05:30", (-300, -300))


def test_move_and_series_keep_the_hours_that_were_written(cycle):
    session = under_earlier_rules(draft(cycle=cycle, starts_at=TEN, time_zone=REYNOSA))

    made = actions.repeat(session, every=actions.Every.WEEK, times=2, by=None, seen_edits=0)
    actions.move(session, to=date(2040, 1, 20), by=None, seen_edits=1)

    assert [clock(one) for one in (session, *made)] == ["10:00–12:00", "10:00–12:00"]
    assert clock_rules.undecided(NOW) == []


# --- Keeping the moment -----------------------------------------------------------------------------------------------


def test_kept_moment_renews_what_people_have_in_mails_and_calendars(cycle, coordinator, member):
    session = under_earlier_rules(published_in(REYNOSA, cycle))
    all_is_sent(datetime.now(UTC) + HOUR)
    assert entry_of(version_of(session)) == ("10:00", TEN, 0)  # the hour of the clock, as it was written

    actions.keep_moment(session, by=coordinator)

    session.refresh_from_db()
    assert (session.starts_at, session.edits, offsets(session)) == (TEN - HOUR, 1, (-360, -360))
    assert clock_rules.undecided(NOW) == []
    assert [change.session for change in diff.pending_changes(cycle)] == [session]

    publish(session)

    assert entry_of(version_of(session)) == ("09:00", TEN - HOUR, 1)
    day = "Thursday 19 January 2040"
    assert told_of(session) == [(f"{day}, 10:00–12:00 (Reynosa time)", f"{day}, 09:00–11:00 (Reynosa time)")]
    assert change_mails() == [coordinator.email, member.email]
    assert diff.pending_changes(cycle) == []


def test_kept_moment_of_a_draft_is_noted(cycle):
    session = under_earlier_rules(draft(cycle=cycle, starts_at=TEN, time_zone=MERIDA))

    actions.keep_moment(session, by=None)

    assert (clock(session), offsets(session)) == ("09:00–11:00", (-360, -360))
    publish(session)
    assert entry_of(version_of(session)) == ("09:00", TEN - HOUR, 0)


@pytest.mark.parametrize("decide", [actions.keep_clock, actions.keep_moment])
def test_feed_says_the_moment_after_either_decision(cycle, decide):
    session = under_earlier_rules(published_in(REYNOSA, cycle))

    decide(session, by=None)
    publish(session)

    version = version_of(session)
    feed = ical.feed([version], name="Grupo", url="https://grupo.example/schedule.ics")
    assert bytes(version.vevent) in feed
    assert entry_of(version)[1] == version.starts_at


@pytest.mark.parametrize("second", [actions.keep_clock, actions.keep_moment])
@pytest.mark.parametrize("first", [actions.keep_clock, actions.keep_moment])
def test_second_decision_is_refused(cycle, first, second):
    session = under_earlier_rules(published_in(REYNOSA, cycle))
    first(session, by=None)
    decided = clock(session)

    with pytest.raises(ActionNotPossible):
        second(session, by=None)

    assert clock(session) == decided


@pytest.mark.parametrize(
    ("decide", "start", "answers"),
    [(actions.keep_clock, "20400119T100000", "none"), (actions.keep_moment, "20400119T090000", "yes")],
)
def test_mail_corrects_the_calendar_and_a_moved_session_is_asked_for_again(cycle, member, decide, start, answers):
    session = under_earlier_rules(published_in(REYNOSA, cycle))
    all_is_sent(datetime.now(UTC) + HOUR)
    actions.answer(session, user=member, answer=Participation.Answer.YES, now=datetime.now(UTC))

    decide(session, by=None)
    publish(session)

    mail = OutgoingMail.objects.get(user=member, kind="session_change")
    (event,) = calendar_of(read(mail, datetime.now(UTC))).all("VEVENT")
    assert (event.get("DTSTART").value, event.get("SEQUENCE").value) == (start, "1")
    assert Participation.objects.get(user=member).answer == answers


# --- Publishing -------------------------------------------------------------------------------------------------------


def test_nothing_about_it_is_published_before_it_is_decided(cycle):
    session = under_earlier_rules(published_in(REYNOSA, cycle))
    session.title = "Con otro título"
    actions.save_draft(session, organizations=[], people=[], by=None)

    with pytest.raises(ActionNotPossible, match="Con otro título"):
        publish(session)
    assert version_of(session).sequence == 0

    actions.keep_clock(session, by=None)
    publish(session)
    assert (version_of(session).title, version_of(session).starts_at) == ("Con otro título", TEN)


def test_others_are_published_and_it_can_be_cancelled(cycle):
    session, other = under_earlier_rules(published_in(REYNOSA, cycle)), draft(cycle=cycle, title="Otra", starts_at=TEN)

    publish(cycle)
    actions.cancel(session, reason="Paro", by=None)
    publish(cycle)

    assert (version_of(other).sequence, version_of(session).status) == (0, "cancelled")


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["coordination", "board", "edit"])
@pytest.mark.parametrize(("verb", "hours"), [("keep_clock", "10:00–12:00"), ("keep_moment", "09:00–11:00")])
def test_pages_ask_and_take_the_answer(desk, cycle, where, verb, hours):
    session = under_earlier_rules(published_in(REYNOSA, cycle))
    page = {
        "coordination": reverse("coordination"),
        "board": reverse("workshops:board", args=[cycle.slug]),
        "edit": edit_url(session),
    }[where]
    address = reverse(f"workshops:{verb}", args=[session.slug])
    sentence = "this session was published for 10:00–12:00 and now reads 09:00–11:00."
    shown = text_of(desk.get(page))
    assert (shown.count(sentence), shown.count(f'action="{address}"')) == (1, 1)

    answer = desk.post(address, {"at": where})

    assert answer.headers["Location"].partition("#")[0] == page
    assert clock(session) == hours
    after = text_of(desk.get(page))
    assert (sentence in after, f'action="{address}"' in after) == (False, False)
    assert f"“Taller” is on Thursday 19 January 2040, {hours} (Reynosa time)." in after


def test_board_shows_what_everybody_still_reads(desk, cycle):
    session = under_earlier_rules(published_in(REYNOSA, cycle))

    actions.keep_moment(session, by=None)

    shown = text_of(desk.get(reverse("workshops:board", args=[cycle.slug])))
    assert "Everybody still reads: Thursday 19 January 2040, 10:00–12:00 (Reynosa time)" in shown


@pytest.mark.parametrize("verb", ["keep_clock", "keep_moment"])
def test_only_coordinators_decide_and_by_post_alone(desk, cycle, member, stranger, verb):
    session = under_earlier_rules(published_in(REYNOSA, cycle))
    address = reverse(f"workshops:{verb}", args=[session.slug])

    assert desk.get(address).status_code == 405
    assert desk_of(member).post(address).status_code == 404
    assert stranger.post(address).status_code == 302
    assert (clock(session), offsets(session)) == ("09:00–11:00", (-300, -300))


@pytest.mark.parametrize("number", [1, 3, pytest.param(300, marks=pytest.mark.slow)])
def test_all_that_is_asked_is_one_question(cycle, number, django_assert_num_queries: DjangoAssertNumQueries):
    for one in range(number):
        session = Session(cycle=cycle, slug=f"s-{one}", title="Taller", kind="webinar", mode="remote")
        session.starts_at, session.ends_at, session.time_zone = TEN, TEN + HOUR, REYNOSA
        session.start_offset = session.end_offset = -300
        session.save()

    with django_assert_num_queries(1):
        asked = clock_rules.undecided(NOW)
        assert [one.sentence for one in asked] == [asked[0].sentence] * number


# --- Sessions of before -----------------------------------------------------------------------------------------------


def test_upgrade_takes_the_offset_from_the_entry_or_from_the_rules_of_today(cycle):
    changed, same = under_earlier_rules(published_in(REYNOSA, cycle)), published_in(LOS_CABOS, cycle, title="Cabos")
    moved = under_earlier_rules(published_in(MERIDA, cycle, title="Mérida"))
    past = published_in(REYNOSA, cycle, starts_at=datetime(2026, 3, 5, 16, tzinfo=UTC), title="Antes")
    Session.objects.filter(pk=moved.pk).update(starts_at=TEN + 24 * HOUR, ends_at=TEN + 25 * HOUR)
    alone = draft(cycle=cycle, title="Sin hora", starts_at=None, day=date(2040, 1, 19))
    Session.objects.update(start_offset=None, end_offset=None)
    with pgtrigger.ignore(ROW):
        SessionVersion.objects.update(start_offset=None, end_offset=None)

    import_module("workshops.migrations.0024_offsets_of_what_lies_ahead").note(apps, None)

    sessions = [changed, same, moved, past, alone]
    known = [(-300, -300), (-420, -420), (-360, -360), (None, None), (None, None)]
    assert [offsets(one) for one in sessions] == known
    versions = [version_of(one) for one in sessions[:4]]
    published = [(-300, -300), (-420, -420), (-300, -300), (None, None)]
    assert [(one.start_offset, one.end_offset) for one in versions] == published
    assert [one.session for one in clock_rules.undecided(NOW)] == [changed]
