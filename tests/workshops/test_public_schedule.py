"""The public schedule: who sees what, in whose hours, and from memory where that is right."""

import gzip
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from tests import factories
from tests.workshops.published import (
    NOW,
    START,
    cancel,
    change,
    draft,
    forget_what_is_kept,
    publish,
    publish_many,
    publish_session,
)
from workshops.models import Session, SessionVersion
from workshops.reports.rows import Facts, MemberCity, Reader, Writer, facts_of, member_cities
from workshops.reports.schedule import PAST_AT_ONCE, day_cut

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_november():
    """What is to come depends on the day."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _cold():
    forget_what_is_kept()


def titles(response) -> list[str]:
    return re.findall(r'<h3><a href="[^"]+">([^<]+)</a></h3>', response.content.decode())


def test_schedule_lists_what_is_to_come_in_order(stranger):
    cycle = factories.create_cycle()
    draft(cycle=cycle, title="Segunda", starts_at=START + timedelta(days=40))
    draft(cycle=cycle, title="Primera")
    draft(cycle=cycle, title="Ya fue", starts_at=NOW - timedelta(days=40))
    publish(cycle)

    assert titles(stranger.get("/schedule/")) == ["Primera", "Segunda"]
    assert titles(stranger.get("/schedule/?when=past")) == ["Ya fue"]


def test_months_stand_above_their_sessions(stranger):
    publish_many(40)

    months = re.findall(r'<h3 class="month">([^<]+)</h3>', stranger.get("/schedule/").content.decode())

    assert months == ["diciembre de 2026", "enero de 2027"]


def test_drafts_are_not_in_the_schedule(stranger, coordinator, client):
    session = publish_session().session
    session.title = "Todavía en privado"
    session.save(update_fields=["title"])
    draft(cycle=session.cycle, title="Borrador secreto")
    client.force_login(coordinator)

    for reader in (stranger, client):
        assert titles(reader.get("/schedule/")) == ["Retroalimentación a la propuesta"]


def test_hours_are_those_of_the_place_with_member_cities_beside(stranger):
    for name, zone in (
        ("Reynosa", "America/Matamoros"),
        ("Culiacán", "America/Mazatlan"),
        ("Los Cabos", "America/Mazatlan"),
        ("Puebla", "America/Mexico_City"),
    ):
        factories.create_government(city=factories.create_city(name=name, slug=name.lower(), time_zone=zone))
    publish_session(starts_at=datetime(2026, 7, 9, 16, tzinfo=UTC) + timedelta(days=365))

    with translation.override("en"):
        text = stranger.get("/schedule/", headers={"accept-language": "en"}).content.decode()

    assert "Friday, 10:00–12:00, Central Mexico time (09:00 in Culiacán and Los Cabos, 11:00 in Reynosa)" in text


def test_reader_with_a_zone_reads_it_with_the_place_beside(client):
    publish_session()
    client.cookies["zone"] = "America/Mazatlan"

    text = client.get("/schedule/", headers={"accept-language": "en"}).content.decode()

    assert "Thursday, 09:00–11:00 (10:00–12:00, Central Mexico time)" in text


def test_signed_in_person_reads_the_own_zone(client, official_reynosa):
    official_reynosa.language = "en"
    official_reynosa.save(update_fields=["language"])
    publish_session(starts_at=datetime(2027, 6, 10, 5, 30, tzinfo=UTC), hours=1)
    client.force_login(official_reynosa)

    text = client.get("/schedule/").content.decode()

    assert "Thursday, 00:30–01:30 (Wednesday 23:30 – Thursday 10 June, 00:30, Central Mexico time)" in text


def test_date_without_hours_shows_none(stranger):
    publish_session(starts_at=None, day=date(2026, 12, 9), title="Foro")

    text = stranger.get("/schedule/").content.decode()

    assert '<time class="date-block" datetime="2026-12-09"><b>9</b> <span>dic</span></time>' in text
    assert "<p>Miércoles</p>" in text


def test_cancelled_session_stays_with_its_reason(stranger):
    session = publish_session().session
    cancel(session, at=NOW + timedelta(hours=1), reason="Llueve & truena")

    text = stranger.get("/schedule/").content.decode()

    assert "session-row session-cancelled" in text
    assert "Llueve &amp; truena" in text


def test_titles_are_escaped(stranger):
    publish_session(title="<script>alert(1)</script>", venue='"><b>')

    text = stranger.get("/schedule/").content.decode()

    assert "<script>alert(1)</script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&quot;&gt;&lt;b&gt;" in text


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [
        ("public", {"stranger", "member", "invited", "coordinator", "ex_member"}),
        ("group", {"member", "invited", "coordinator"}),
        ("invited", {"invited", "coordinator"}),
    ],
)
def test_each_reader_sees_what_is_for_them_and_nothing_kept_for_others(
    visibility, seen_by, member, coordinator, ex_member
):
    invited = factories.create_member()
    cycle = factories.create_cycle()
    draft(cycle=cycle, title="Para quien es", visibility=visibility, people=[invited])
    draft(cycle=cycle, title="Para todas", starts_at=START + timedelta(days=1))
    publish(cycle)
    people = {"member": member, "invited": invited, "coordinator": coordinator, "ex_member": ex_member}

    # Twice and mixed, so that what was kept for one could reach the next.
    for name in ["coordinator", "stranger", "invited", "stranger", "member", "ex_member", "stranger"]:
        reader = Client()
        if name in people:
            reader.force_login(people[name])
        expected = ["Para quien es", "Para todas"] if name in seen_by else ["Para todas"]
        assert (name, titles(reader.get("/schedule/"))) == (name, expected)
        assert (name, titles(reader.get("/schedule/?q=para"))) == (name, expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=RETROALIMENTACION", ["Retroalimentación directa"]),
        ("q=colonia foro", ["Foros en las colonias"]),
        ("q=nada de esto", []),
        ("q=merida", ["Foros en las colonias"]),
        ("q=100%25", []),
        ("kind=workshop", ["Foros en las colonias"]),
        ("mode=remote", ["Retroalimentación directa"]),
        ("city=merida", ["Foros en las colonias"]),
        ("kind=workshop&mode=remote", []),
        ("kind=nonsense", ["Retroalimentación directa", "Foros en las colonias"]),
        ("q=%00", ["Retroalimentación directa", "Foros en las colonias"]),
    ],
)
def test_filters(stranger, query, expected):
    cycle = factories.create_cycle()
    merida = factories.create_city(name="Mérida", slug="merida", state="Yucatán", time_zone="America/Merida")
    draft(cycle=cycle, title="Retroalimentación directa")
    draft(
        cycle=cycle,
        title="Foros en las colonias",
        kind="workshop",
        mode="face_to_face",
        city=merida,
        starts_at=START + timedelta(days=1),
    )
    publish(cycle)

    assert titles(stranger.get(f"/schedule/?{query}")) == expected


def test_filter_offers_no_city_of_a_hidden_session(stranger):
    merida = factories.create_city(name="Mérida", slug="merida")
    publish_session(city=merida, visibility="group")

    assert 'value="merida"' not in stranger.get("/schedule/").content.decode()


def test_htmx_gets_the_list_alone(stranger):
    publish_session()

    response = stranger.get("/schedule/", headers={"hx-request": "true"})

    assert titles(response) == ["Retroalimentación a la propuesta"]
    assert b"<html" not in response.content
    assert "HX-Request" in response["Vary"]


def test_whole_page_is_kept_for_strangers_and_goes_out_compressed(stranger, django_assert_num_queries):
    publish_many(3)
    first = stranger.get("/schedule/")

    with django_assert_num_queries(2):  # what is published now, and which cities are in the group
        second = stranger.get("/schedule/", headers={"accept-encoding": "gzip"})

    assert second["Content-Encoding"] == "gzip"
    assert gzip.decompress(second.content) == first.content
    assert {part.strip() for part in second["Vary"].split(",")} >= {"Accept-Encoding", "Cookie", "Accept-Language"}
    assert not second.cookies


def test_next_release_is_seen_at_once(stranger):
    session = publish_session().session
    stranger.get("/schedule/")

    change(session, at=NOW + timedelta(hours=1), title="Con otro título")

    assert titles(stranger.get("/schedule/")) == ["Con otro título"]


def test_new_member_city_is_seen_at_once(stranger):
    publish_session(starts_at=datetime(2027, 6, 10, 16, tzinfo=UTC))
    stranger.get("/schedule/")

    factories.create_government(city=factories.create_city(name="Reynosa", time_zone="America/Matamoros"))

    assert "Reynosa" in stranger.get("/schedule/").content.decode()


def test_nothing_a_reader_adds_to_the_address_is_kept_for_the_next(stranger):
    publish_session()

    stranger.get("/schedule/?when=next&when=%22%3Eatrapado")
    stranger.get("/schedule/?when=atrapado")

    assert "atrapado" not in stranger.get("/schedule/").content.decode()


def test_strangers_get_no_cookie(stranger):
    publish_session()

    assert not stranger.get("/schedule/").cookies
    assert not stranger.get("/schedule/?q=a").cookies


def test_many_past_sessions_are_shown_year_by_year(stranger):
    cycle = factories.create_cycle()
    publish_many(PAST_AT_ONCE + 2, cycle=cycle, starts_at=datetime(2025, 3, 1, 16, tzinfo=UTC))
    draft(cycle=cycle, title="De este año", starts_at=NOW - timedelta(days=9))
    publish(cycle, notify=False)

    assert titles(stranger.get("/schedule/?when=past")) == ["De este año"]
    assert len(titles(stranger.get("/schedule/?when=past&year=2025"))) == PAST_AT_ONCE + 2
    assert titles(stranger.get("/schedule/?when=past&year=1999")) == ["De este año"]


def test_found_past_sessions_are_shown_year_by_year_as_well_with_the_filter_kept(stranger):
    cycle = factories.create_cycle()
    publish_many(PAST_AT_ONCE + 2, cycle=cycle, starts_at=datetime(2025, 3, 1, 16, tzinfo=UTC))
    draft(cycle=cycle, title="Sesión de este año", starts_at=NOW - timedelta(days=9))
    draft(cycle=cycle, title="Otra cosa", starts_at=NOW - timedelta(days=8))
    publish(cycle, notify=False)

    latest = stranger.get("/schedule/?when=past&q=sesion")
    earlier = stranger.get("/schedule/?when=past&q=sesion&year=2025")

    assert titles(latest) == ["Sesión de este año"]
    assert len(titles(earlier)) == PAST_AT_ONCE + 2
    assert [tab["href"] for tab in latest.context["years"]] == [
        "?when=past&q=sesion&year=2026",
        "?when=past&q=sesion&year=2025",
    ]
    assert f"{PAST_AT_ONCE + 3} sesiones" in latest.content.decode()
    assert titles(stranger.get(f"/schedule/?when=past&q=sesion&year={'9' * 5000}")) == ["Sesión de este año"]


def test_a_filter_picks_among_rows_that_are_written_already(stranger, django_assert_num_queries):
    publish_many(3)
    stranger.get("/schedule/?q=sesion")

    with django_assert_num_queries(5) as asked:  # stamp, cities, choices, found, release
        stranger.get("/schedule/?q=sesion")

    assert not any("cancel_reason" in one["sql"] for one in asked.captured_queries)


@pytest.mark.parametrize("count", [1, 3, 300])
def test_queries_do_not_grow_with_the_sessions(count, stranger, member, client, django_assert_num_queries):
    publish_many(count)
    client.force_login(member)
    forget_what_is_kept()

    with django_assert_num_queries(6):  # stamp, writes so far, cities, cities of sessions, sessions, release
        stranger.get("/schedule/")
    with django_assert_num_queries(10):  # session, person, roles; stamp, cities, choices, found, public, own, release
        client.get("/schedule/?q=sesion")


def test_empty_schedule_shows_a_way_on(stranger):
    assert stranger.get("/schedule/").status_code == 200
    assert "/schedule/?when=past" in stranger.get("/schedule/").content.decode()
    assert stranger.get("/schedule/?when=past").status_code == 200


def test_day_turns_after_the_last_session_with_a_date_alone_is_over():
    last = Session(day=date(2026, 11, 1), time_zone="America/Tijuana")

    assert day_cut(datetime(2026, 11, 2, 8, 59, tzinfo=UTC)) < last.last_instant()
    assert day_cut(datetime(2026, 11, 2, 9, tzinfo=UTC)) > last.last_instant()


def _component(facts: Facts, **more: object) -> str:
    html = render_to_string(
        "components/session_row.html", {"href": f"/sessions/{facts.slug}/", "title": facts.title, **more}
    )
    return re.sub(r">\s+<", "><", f"<li>{html.strip()}</li>").replace("</b> <", "</b><")


def test_row_is_the_component():
    """The markup is written twice, in Python for speed; here it is the same."""
    session = publish_session(title="Título & más", venue="Sala", city=factories.create_city(name="Puebla")).session
    cancel(session, at=NOW + timedelta(hours=1), reason="Llueve")
    (facts,) = facts_of(SessionVersion.objects.current())

    with translation.override("en"):
        row = Writer(Reader("en", None), this_year=2025).row(facts)
        component = _component(
            facts,
            iso="2026-12-03T10:00-06:00",
            day=3,
            month="Dec",
            year="2026",
            when="Thursday, 10:00–12:00, Central Mexico time",
            place="Sala, Puebla, Tamaulipas",
            note="Reason: Llueve",
            kind="webinar",
            mode="remote",
            cancelled=True,
        )

    assert re.sub(r">\s+<", "><", row.html) == component


def test_long_lists_of_cities_are_cut_with_the_fellow_city_first():
    cities = [
        factories.create_city(name=name, time_zone="America/Matamoros") for name in ("Acuña", "Brisas", "Camargo")
    ]
    fellow = factories.create_city(name="Zaragoza", time_zone="America/Matamoros")
    for city in [*cities, fellow]:
        factories.create_government(city=city)
    factories.create_cycle(fellow_city=fellow)

    members = member_cities(NOW.date())
    facts = Facts(
        pk=1,
        slug="s",
        title="S",
        kind="webinar",
        mode="remote",
        day=None,
        starts_at=datetime(2027, 6, 10, 16, tzinfo=UTC),
        ends_at=datetime(2027, 6, 10, 17, tzinfo=UTC),
        time_zone="America/Mexico_City",
        venue="",
        city_name="",
        status="planned",
        cancel_reason="",
        visibility="public",
        is_demo=False,
        begins_at=datetime(2027, 6, 10, 16, tzinfo=UTC),
    )

    assert members[0] == MemberCity("Zaragoza", "America/Matamoros", False)
    assert "(11:00 in Zaragoza, Acuña, Brisas…)" in Writer(Reader("en", None), members).row(facts).html
