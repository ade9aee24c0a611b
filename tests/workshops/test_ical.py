"""Calendars as strict programs read them, over the days on which clocks change."""

import gzip
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import icalendar
import pytest
from vobject.base import readOne

from ogpgroup.dates import OFFERED_ZONES
from tests import factories
from tests.workshops import strict_calendar
from tests.workshops.published import (
    NOW,
    cancel,
    change,
    draft,
    forget_what_is_kept,
    publish,
    publish_many,
    publish_session,
)
from workshops.vtimezone import vtimezone


def _tz_of(name: str, first_year: int = 2017, last_year: int = 2032):
    """The zone as somebody reads it who knows only our VTIMEZONE."""
    calendar = readOne(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//T//ES\r\n"
        + vtimezone(name, first_year, last_year).decode().replace(f"TZID:{name}", f"TZID:Written/{name}")
        + "END:VCALENDAR\r\n"
    )
    return calendar.vtimezone.gettzinfo()


@pytest.mark.parametrize("name", OFFERED_ZONES)
def test_rules_say_what_the_zone_database_says(name):
    """In every hour around each change, and on a plain day of each month."""
    written, true = _tz_of(name), ZoneInfo(name)
    moments = [datetime(year, month, 15, 18, tzinfo=UTC) for year in range(2017, 2033) for month in range(1, 13)]
    days = [datetime(2017, 1, 2, tzinfo=UTC) + timedelta(days=number) for number in range(365 * 16)]
    for day, next_day in pairwise(days):
        if day.astimezone(true).utcoffset() != next_day.astimezone(true).utcoffset():
            moments += [day + timedelta(minutes=30 + 60 * hour) for hour in range(24)]

    for moment in moments:
        local = moment.astimezone(true)
        if local.fold or (local + timedelta(hours=1)).fold:
            continue  # an hour that is there twice; vobject cannot tell which
        assert local.replace(tzinfo=written).utcoffset() == local.utcoffset(), local


def test_summer_time_begins_by_the_clock_before_it():
    text = vtimezone("America/Matamoros", 2017, 2032).decode()

    assert (
        "BEGIN:DAYLIGHT\r\nDTSTART:20170312T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\n"
        "TZOFFSETFROM:-0600\r\nTZOFFSETTO:-0500\r\nTZNAME:CDT\r\nEND:DAYLIGHT\r\n"
    ) in text


def test_zone_that_gave_up_summer_time_ends_its_rule():
    text = vtimezone("America/Merida", 2017, 2032).decode()

    assert "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20220403T080000Z" in text
    assert "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20221030T070000Z" in text


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        # Reynosa's clock goes forward on 8 March and back on 1 November 2026; the others stand still.
        ("America/Matamoros", "20260307T100000", datetime(2026, 3, 7, 16, tzinfo=UTC)),
        ("America/Matamoros", "20260308T100000", datetime(2026, 3, 8, 15, tzinfo=UTC)),
        ("America/Matamoros", "20261031T100000", datetime(2026, 10, 31, 15, tzinfo=UTC)),
        ("America/Matamoros", "20261101T100000", datetime(2026, 11, 1, 16, tzinfo=UTC)),
        ("America/Mazatlan", "20260308T100000", datetime(2026, 3, 8, 17, tzinfo=UTC)),
        ("America/Merida", "20261101T100000", datetime(2026, 11, 1, 16, tzinfo=UTC)),
    ],
)
@pytest.mark.django_db
def test_three_readers_agree_when_a_session_begins(zone, local, instant, stranger):
    version = publish_session(starts_at=instant, time_zone=zone, at=instant - timedelta(days=30))

    content = stranger.get(f"/sessions/{version.slug}.ics").content

    (event,) = strict_calendar.read(content).all("VEVENT")
    start = event.get("DTSTART")
    assert (start.parameters, start.value) == ({"TZID": zone}, local)
    by_icalendar = icalendar.Calendar.from_ical(content).events[0]
    assert isinstance(by_icalendar.start, datetime)
    assert by_icalendar.start.astimezone(UTC) == instant
    by_vobject = readOne(content.decode()).vevent
    assert by_vobject.dtstart.value.astimezone(UTC) == instant
    assert by_vobject.dtend.value.astimezone(UTC) == instant + timedelta(hours=2)


@pytest.mark.django_db
def test_date_alone_is_a_whole_day(stranger):
    version = publish_session(starts_at=None, day=date(2017, 6, 29))

    calendar = strict_calendar.read(stranger.get(f"/sessions/{version.slug}.ics").content)

    (event,) = calendar.all("VEVENT")
    assert event.get("DTSTART")[1:] == ({"VALUE": "DATE"}, "20170629")
    assert event.get("DTEND")[1:] == ({"VALUE": "DATE"}, "20170630")
    assert calendar.all("VTIMEZONE") == []


@pytest.mark.django_db
def test_changed_and_cancelled_session_keeps_its_uid_and_counts_on(stranger):
    version = publish_session()
    seen = []

    def look() -> None:
        content = stranger.get("/schedule.ics").content
        (event,) = strict_calendar.read(content).all("VEVENT")
        names = ("UID", "SEQUENCE", "STATUS", "SUMMARY", "LAST-MODIFIED")
        seen.append(tuple(event.get(name).value for name in names))

    look()
    change(version.session, at=NOW + timedelta(hours=1), title="Otro título")
    look()
    cancel(version.session, at=NOW + timedelta(hours=2))
    look()

    uid = f"{version.session.uid}@localhost"
    assert seen == [
        (uid, "0", "CONFIRMED", "Retroalimentación a la propuesta", "20261102T160000Z"),
        (uid, "1", "CONFIRMED", "Otro título", "20261102T170000Z"),
        (uid, "2", "CANCELLED", "Otro título", "20261102T180000Z"),
    ]


@pytest.mark.django_db
def test_session_keeps_its_uid_when_the_platform_moves(settings):
    session = publish_session().session
    settings.PUBLIC_URL = "https://nueva.ejemplo.mx"

    moved = change(session, at=NOW + timedelta(hours=1), title="Otro título")

    assert f"UID:{session.uid}@localhost\r\n".encode() in bytes(moved.vevent)
    assert b"URL:https://nueva.ejemplo.mx/" in bytes(moved.vevent)


@pytest.mark.django_db
def test_feed_holds_public_sessions_alone_whoever_asks(stranger, client, coordinator):
    cycle = factories.create_cycle()
    for title, visibility in (("Para todas", "public"), ("Del grupo", "group"), ("Cerrada", "invited")):
        draft(cycle=cycle, title=title, visibility=visibility, join_url="https://reunion.ejemplo.mx/secreto")
    publish(cycle)
    client.force_login(coordinator)

    for reader in (stranger, client):
        content = reader.get("/schedule.ics").content
        assert [event.get("SUMMARY").value for event in strict_calendar.read(content).all("VEVENT")] == ["Para todas"]
        assert b"secreto" not in content
    assert client.get("/sessions/2026-12-03-cerrada.ics").status_code == 404


@pytest.mark.django_db
def test_empty_feed_is_still_a_calendar(stranger):
    calendar = strict_calendar.read(stranger.get("/schedule.ics").content)

    assert [zone.get("TZID").value for zone in calendar.parts] == ["America/Mexico_City"]


@pytest.mark.django_db
def test_hostile_text_does_not_break_the_calendar(stranger):
    publish_session(
        title="Uno; dos, tres\\ cuatro\x07 " + "ñ🌵" * 80,
        purpose="Línea\r\nEND:VEVENT\r\nBEGIN:VEVENT\n\tfin",
        venue='Sala "A": 1',
        city=factories.create_city(name="Mérida"),
    )

    (event,) = strict_calendar.read(stranger.get("/schedule.ics").content).all("VEVENT")

    assert event.get("SUMMARY").value == "Uno\\; dos\\, tres\\\\ cuatro " + "ñ🌵" * 80


@pytest.mark.django_db
def test_feed_names_itself_and_says_how_often_to_come_back(stranger):
    publish_session()
    response = stranger.get("/schedule.ics")

    calendar = strict_calendar.read(response.content)

    assert [(one.name, one.parameters, one.value) for one in calendar.properties if one.name != "PRODID"] == [
        ("VERSION", {}, "2.0"),
        ("CALSCALE", {}, "GREGORIAN"),
        ("METHOD", {}, "PUBLISH"),
        ("NAME", {}, "Ciudades abiertas"),
        ("X-WR-CALNAME", {}, "Ciudades abiertas"),
        ("REFRESH-INTERVAL", {"VALUE": "DURATION"}, "PT1H"),
        ("SOURCE", {"VALUE": "URI"}, "http://localhost/schedule.ics"),
        ("URL", {}, "http://localhost/schedule.ics"),
        ("X-PUBLISHED-TTL", {}, "PT1H"),
    ]
    assert response["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"


@pytest.mark.django_db
def test_who_has_the_calendar_already_gets_304(stranger):
    version = publish_session()
    for address in ("/schedule.ics", f"/sessions/{version.slug}.ics"):
        first = stranger.get(address)

        by_tag = stranger.get(address, headers={"if-none-match": first["ETag"]})
        by_time = stranger.get(address, headers={"if-modified-since": first["Last-Modified"]})

        assert (by_tag.status_code, by_tag.content) == (304, b"")
        assert (by_time.status_code, by_time.content) == (304, b"")
        assert first["Last-Modified"] == "Mon, 02 Nov 2026 16:00:00 GMT"
    change(version.session, at=NOW + timedelta(hours=1), title="Otro título")
    assert stranger.get("/schedule.ics", headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.django_db
def test_feed_goes_out_compressed(stranger):
    publish_session()

    plain = stranger.get("/schedule.ics")
    compressed = stranger.get("/schedule.ics", headers={"accept-encoding": "gzip, br"})

    assert compressed["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.content) == plain.content
    assert "Accept-Encoding" in plain["Vary"]


@pytest.mark.parametrize("when_over", [False, True])
@pytest.mark.django_db
def test_calendar_to_be_kept_by_anybody_sets_no_cookie_and_one_with_a_cookie_is_private(
    stranger, client, member, when_over
):
    version = publish_session()
    client.force_login(member)
    if when_over:
        client.session.flush()  # the cookie stays with the reader; the answer takes it away

    for address in ("/schedule.ics", f"/sessions/{version.slug}.ics"):
        for_anybody, for_member = stranger.get(address), client.get(address)
        again = client.get(address, headers={"if-none-match": for_member["ETag"]})

        assert for_anybody["Cache-Control"] == "public, max-age=300"
        assert not for_anybody.cookies
        assert for_member["Cache-Control"] == again["Cache-Control"] == "private, max-age=300"
        for response in (for_anybody, for_member, again):
            varies = {part.strip() for part in response["Vary"].split(",")}
            assert {"Accept-Encoding", "Cookie"} <= varies
        assert for_member.content == for_anybody.content
        if when_over:
            client.cookies["session"] = "gone"


@pytest.mark.parametrize("count", [1, 3, 300])
@pytest.mark.django_db
def test_feed_takes_two_queries_however_many_sessions(count, stranger, django_assert_num_queries):
    publish_many(count, time_zone="America/Matamoros")
    forget_what_is_kept()

    with django_assert_num_queries(2):
        content = stranger.get("/schedule.ics").content
    with django_assert_num_queries(1):
        stranger.get("/schedule.ics")

    assert len(strict_calendar.read(content).all("VEVENT")) == count
