"""The home page, and the way out of reminders."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client

from actionplans.models import ActionPlan
from ogpgroup import mail
from ogpgroup.mail.unsubscribe import SALT
from tests import factories
from tests.workshops.published import NOW, START, draft, publish, publish_many, publish_session
from workshops.models import Agreement

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def home(client: Client):
    def read(reader: Client | None = None) -> str:
        response = (reader or client).get("/", headers={"accept-language": "en"})
        assert response.status_code == 200
        return str(response.content.decode())

    return read


def headline(text: str) -> str:
    match = re.search(r"<h1>(.*?)</h1>", text)
    assert match
    return match[1]


def member_city(**fields):
    city = factories.create_city(**fields)
    factories.create_government(city=city)
    return city


def test_nothing_on_record_is_said_in_words(home):
    text = home()

    assert headline(text) == "Cities that open their planning to those who live in them"
    assert "Nothing has been agreed yet." in text
    assert "Demonstration" not in text


@pytest.mark.parametrize(
    ("instrument", "expected"),
    [
        ("unknown", "Reynosa opens its municipal plan to participation"),
        ("pmd", "Reynosa opens its municipal development plan to participation"),
        ("pmdu", "Reynosa opens its urban development plan to participation"),
    ],
)
def test_headline_is_the_news_of_the_cycle(instrument, expected, home):
    reynosa = member_city(name="Reynosa", slug="reynosa")
    plan = factories.create_plan(city=reynosa, cycle=factories.create_cycle(fellow_city=reynosa))
    ActionPlan.objects.filter(pk=plan.pk).update(instrument=instrument)

    text = home()

    assert headline(text) == expected
    assert plan.get_absolute_url() in text


def test_cycle_under_way_comes_before_the_latest_and_both_before_demonstrations(home):
    founding, now, demo = (factories.create_city(name=name) for name in ("Reynosa", "Colima", "Demo"))
    factories.create_cycle(fellow_city=founding)
    days: dict[str, Any] = {"starts_on": date(2026, 9, 1), "ends_on": date(2027, 8, 31)}
    demo_cycle = factories.create_cycle(fellow_city=demo, is_demo=True, name="Ciclo inventado", **days)

    assert headline(home()) == "Reynosa opens its municipal plan to participation"
    assert demo_cycle.get_absolute_url() in home()
    factories.create_cycle(fellow_city=now, **days)
    factories.create_cycle(starts_on=date(2027, 9, 1), ends_on=date(2028, 8, 31))

    assert headline(home()) == "Colima opens its municipal plan to participation"


def test_cycle_without_a_fellow_city_says_so(home):
    factories.create_cycle()

    assert headline(home()) == "The group is choosing the city that opens its plan"


def test_draft_of_a_plan_is_for_its_city_alone(home, reynosa, official_reynosa, client):
    cycle = factories.create_cycle(fellow_city=reynosa)
    plan = factories.create_plan(city=reynosa, cycle=cycle, title="Plan en preparación", status="draft")

    assert "Plan en preparación" not in home(Client())
    client.force_login(official_reynosa)
    assert plan.get_absolute_url() in home(client)


@pytest.mark.parametrize(("changes", "late"), [({}, True), ({"status": "closed"}, False), ({"status": "draft"}, True)])
def test_what_is_late_is_so_by_the_rule_of_the_plan(changes, late, stranger, coordinator, reynosa):
    cycle = factories.create_cycle(starts_on=date(2017, 6, 29), fellow_city=reynosa)
    plan = factories.create_plan(city=reynosa, cycle=cycle)
    factories.create_deliverable(plan=plan, due_on=date(2017, 7, 29))
    ActionPlan.objects.update(**changes)
    stranger.force_login(coordinator)

    assert [is_late for _deliverable, is_late in stranger.get("/").context["deliverables"]] == [late]


def test_next_sessions_are_those_for_the_reader(home, client, member):
    cycle = factories.create_cycle()
    draft(cycle=cycle, title="Para todas")
    draft(cycle=cycle, title="Del grupo", visibility="group", starts_at=START + timedelta(days=1))
    draft(cycle=cycle, title="Ya pasó", starts_at=NOW - timedelta(days=9))
    publish(cycle)

    text = home(Client())
    assert ("Para todas" in text, "Del grupo" in text, "Ya pasó" in text) == (True, False, False)
    client.force_login(member)
    assert "Del grupo" in home(client)


def test_without_sessions_to_come_the_last_ones_are_shown(home):
    publish_session(title="Ya pasó", starts_at=NOW - timedelta(days=600))

    text = home()

    assert "Ya pasó" in text
    assert "<span>2025</span>" in text
    assert "The last ones were:" in text


def test_demonstration_sessions_are_marked_and_their_agreements_left_out(home):
    session = publish_session(cycle=factories.create_cycle(is_demo=True), title="Sesión inventada").session
    Agreement.objects.create(session=session, number=1, kind="task", text="Acuerdo inventado")

    text = home()

    row = text.split("Sesión inventada")[1].split("</li>")[0]
    assert "Demonstration" in row
    assert "Acuerdo inventado" not in text


def test_map_shows_real_member_cities_alone(home):
    member_city(name="Colima", slug="colima")
    member_city(name="Inventada", slug="inventada", is_demo=True)
    factories.create_city(name="De fuera", slug="de-fuera")

    text = home()

    assert 'href="/cities/colima/"' in text
    assert "/cities/inventada/" not in text
    assert "/cities/de-fuera/" not in text


@pytest.mark.parametrize("count", [1, 3, 300])
def test_queries_of_the_home_page_do_not_grow(count, stranger, home, django_assert_num_queries):
    city = member_city()
    cycle = factories.create_cycle(fellow_city=city)
    plan = factories.create_plan(city=city, cycle=cycle)
    sessions = publish_many(count, cycle=cycle)
    organization = factories.create_organization()
    agreements = [Agreement(session=one, number=1, kind="task", text="Acuerdo") for one in sessions]
    for agreement in Agreement.objects.bulk_create(agreements):
        agreement.responsible.add(organization)
    for number in range(min(count, 9)):
        factories.create_deliverable(plan=plan, title=f"Entregable {number}")
        member_city()

    # cycle; demonstration (two, because none is under way); plan, deliverables; cities twice, after the stamp that
    # keeps them; sessions; agreements
    with django_assert_num_queries(17):
        home(stranger)


def test_home_sets_no_cookie_for_strangers(stranger):
    assert not stranger.get("/").cookies


# --- Reminders --------------------------------------------------------------------------------------------------------


def address_of(user) -> str:
    return mail.unsubscribe_url(user.pk).removeprefix("http://localhost")


def test_reading_the_page_changes_nothing(member, stranger):
    response = stranger.get(address_of(member))

    member.refresh_from_db()
    assert response.status_code == 200
    assert member.wants_reminders
    assert member.email not in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_one_click_of_a_mail_program_stops_reminders(member):
    mail_program = Client(enforce_csrf_checks=True)

    response = mail_program.post(address_of(member), {"List-Unsubscribe": "One-Click"})

    member.refresh_from_db()
    assert response.status_code == 200
    assert not member.wants_reminders
    assert "/accounts/profile/" in response.content.decode()


def test_stopping_twice_is_as_good_as_once(member, stranger):
    address = address_of(member)
    stranger.post(address)

    assert stranger.post(address).status_code == 200
    assert "/accounts/profile/" in stranger.get(address).content.decode()


@pytest.mark.parametrize("token", ["nothing", "1:abc:def"])
def test_forged_links_lead_nowhere(token, stranger, member):
    for address in (f"/unsubscribe/{token}/", f"/unsubscribe/{signing.dumps(member.pk, salt='other')}/"):
        assert stranger.get(address).status_code == 404
        assert stranger.post(address).status_code == 404
    member.refresh_from_db()
    assert member.wants_reminders


def test_link_of_a_closed_account_leads_nowhere(stranger):
    assert stranger.get(f"/unsubscribe/{signing.dumps(0, salt=SALT)}/").status_code == 404
