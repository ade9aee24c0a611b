"""Panels about sessions and agreements on pages of other apps."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template

from tests import factories
from tests.workshops.published import NOW, START, draft, publish, publish_session
from workshops.models import Agreement
from workshops.templatetags.workshops import SESSIONS_IN_A_PANEL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False):
        yield


def drawn(tag: str, thing, user=None) -> str:
    template = Template(f"{{% load workshops %}}{{% {tag} thing user %}}")
    return template.render(Context({"thing": thing, "user": user or AnonymousUser()}))


def test_city_shows_its_sessions_as_far_as_the_reader_may_see_them(reynosa, member):
    cycle = factories.create_cycle()
    draft(cycle=cycle, title="En Reynosa", city=reynosa)
    draft(cycle=cycle, title="Reservada", city=reynosa, visibility="group")
    draft(cycle=cycle, title="En otra parte")
    publish(cycle)

    text = drawn("city_sessions", reynosa)

    assert ("En Reynosa" in text, "Reservada" in text, "En otra parte" in text) == (True, False, False)
    assert "Reservada" in drawn("city_sessions", reynosa, member)


def test_cycle_and_organization_show_theirs():
    cycle, guest, host = factories.create_cycle(), factories.create_organization(), factories.create_organization()
    session = publish_session(cycle=cycle, title="Con invitada", organizations=[guest]).session
    session.participating_organizations.add(host)
    publish_session(title="Otra")

    for tag, thing in (("cycle_sessions", cycle), ("organization_sessions", guest), ("organization_sessions", host)):
        text = drawn(tag, thing)
        assert ("Con invitada" in text, "Otra" in text) == (True, False)
    assert drawn("organization_sessions", factories.create_organization()).strip() == ""


def test_panel_is_short_and_leads_to_the_rest(reynosa):
    cycle = factories.create_cycle()
    for number in range(SESSIONS_IN_A_PANEL + 1):
        draft(cycle=cycle, title=f"Sesión {number}", city=reynosa, starts_at=START + timedelta(days=number))
    publish(cycle)

    text = drawn("city_sessions", reynosa)

    assert text.count("<article") == SESSIONS_IN_A_PANEL
    assert 'href="/schedule/"' in text


@pytest.mark.parametrize("count", [1, 3, 30])
def test_agreements_of_a_plan_take_three_queries(count, django_assert_num_queries):
    plan = factories.create_plan()
    session = publish_session().session
    for number in range(count):
        one = Agreement.objects.create(session=session, number=number + 1, kind="task", text="Acuerdo", plan=plan)
        one.responsible.add(factories.create_organization())

    with django_assert_num_queries(3):
        text = drawn("plan_agreements", plan)

    assert text.count("<li>") == count


def test_hidden_agreements_stay_hidden():
    plan = factories.create_plan()
    session = publish_session(visibility="group").session
    Agreement.objects.create(session=session, number=1, kind="task", text="Acuerdo reservado", plan=plan)

    assert drawn("plan_agreements", plan).strip() == ""


def test_commitment_shows_what_was_agreed_about_it_alone(member):
    plan = factories.create_plan()
    commitment, other = (factories.create_commitment(plan=plan) for _ in range(2))
    open_session, reserved = publish_session().session, publish_session(visibility="group").session
    for session, about, text in (
        (open_session, commitment, "Abrir las actas"),
        (open_session, other, "De otro compromiso"),
        (open_session, None, "De todo el plan"),
        (reserved, commitment, "Acuerdo reservado"),
    ):
        number = session.agreements.count() + 1
        Agreement.objects.create(session=session, number=number, kind="task", text=text, plan=plan, commitment=about)

    def told(user=None) -> list[str]:
        page = drawn("commitment_agreements", commitment, user)
        return [text for text in Agreement.objects.order_by("pk").values_list("text", flat=True) if text in page]

    assert told() == ["Abrir las actas"]
    assert told(member) == ["Abrir las actas", "Acuerdo reservado"]
    assert drawn("commitment_agreements", factories.create_commitment(plan=plan)).strip() == ""
