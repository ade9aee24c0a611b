"""What a session reviews: chosen in the form, published as ids, told to each reader as far as they may see it."""

from datetime import date

import pytest
from django.urls import reverse

from actionplans.models import ActionPlan
from cities.models import Cycle
from tests import factories
from tests.factories_schedule import create_agreement, create_session
from tests.workshops.coordination import desk_of, edit_url, running_cycle, text_of, typed
from tests.workshops.published import NOW, change, draft, publish, publish_session
from workshops.models import Session
from workshops.preview import preview
from workshops.reports.releases import told

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


def test_coordinator_says_what_a_session_reviews(coordinator):
    cycle = running_cycle()
    plan = factories.create_plan(title="Plan abierto")
    deliverable = factories.create_deliverable(plan=plan, title="Informe")
    session = create_session(cycle=cycle)
    agreement = create_agreement(session=session)

    response = desk_of(coordinator).post(
        edit_url(session),
        typed(cycle, reviews_plan=plan.pk, reviews_deliverable=deliverable.pk, reviews_agreement=agreement.pk),
    )

    assert response.status_code == 302
    session.refresh_from_db()
    assert (session.reviews_plan, session.reviews_deliverable, session.reviews_agreement) == (
        plan,
        deliverable,
        agreement,
    )
    page = text_of(desk_of(coordinator).get(edit_url(session)))
    assert f'<option value="{deliverable.pk}" selected>Plan abierto: Informe</option>' in page


def test_things_of_another_world_are_not_offered(coordinator):
    cycle = running_cycle()
    plan = factories.create_plan()
    ActionPlan.objects.update(is_demo=True)
    session = create_session(cycle=cycle)

    response = desk_of(coordinator).post(edit_url(session), typed(cycle, reviews_plan=plan.pk))

    assert "reviews_plan" in response.context["form"].errors


def test_release_keeps_the_ids_and_says_that_they_changed(cycle, settings, client):
    settings.LANGUAGE_CODE = "en"
    first, second = factories.create_plan(title="Primero"), factories.create_plan(title="Segundo")
    version = publish_session(cycle=cycle, reviews_plan=first)
    assert version.reviews == {"plan": first.pk}

    later = change(version.session, at=NOW, reviews_plan=second, reviews_agreement=None)

    assert later.reviews == {"plan": second.pk}
    (one,) = told([later], factories.create_member())
    assert [(said.label, said.old, said.new) for said in one.sentences] == [("What it reviews", "", "changed")]


def test_preview_names_what_is_reviewed(cycle, settings):
    settings.LANGUAGE_CODE = "en"
    plan, deliverable = factories.create_plan(title="Plan abierto"), factories.create_deliverable(title="Informe")
    new = draft(cycle=cycle, reviews_plan=plan)
    shown = preview(cycle, now=NOW).items[0]
    assert {"label": "What it reviews", "value": "Plan abierto"} in shown.facts

    publish(cycle)
    Session.objects.filter(pk=new.pk).update(reviews_deliverable=deliverable)
    (sentence,) = preview(cycle, now=NOW).items[0].sentences
    assert (sentence.old, sentence.new) == ("Plan abierto", f"Plan abierto; {deliverable.plan}: Informe")


@pytest.mark.parametrize("reader", ["stranger", "coordinator"])
def test_page_names_only_what_the_reader_may_see(cycle, client, coordinator, reader):
    published = factories.create_plan(title="Plan publicado")
    hidden = factories.create_deliverable(
        plan=factories.create_plan(status=ActionPlan.Status.DRAFT, title="Plan oculto"), title="Propuesta oculta"
    )
    other = publish_session(cycle=cycle, title="Reservada", visibility="invited", audience="everybody")
    agreement = create_agreement(session=other.session, text="Acuerdo reservado")
    version = publish_session(
        cycle=cycle, reviews_plan=published, reviews_deliverable=hidden, reviews_agreement=agreement
    )
    if reader == "coordinator":
        client.force_login(coordinator)

    page = text_of(client.get(version.get_absolute_url()))

    assert f'<a href="{published.get_absolute_url()}">Plan publicado</a>' in page
    assert ("Propuesta oculta" in page, "Acuerdo reservado" in page) == (reader == "coordinator",) * 2


def test_public_release_page_names_no_hidden_plan(cycle, client):
    hidden = factories.create_plan(status=ActionPlan.Status.DRAFT, title="Plan oculto")
    version = publish_session(cycle=cycle)
    later = change(version.session, at=NOW, reviews_plan=hidden)

    page = text_of(client.get(reverse("workshops:release_detail", args=[later.release.number])))

    assert "Plan oculto" not in page


def test_thing_that_is_gone_leaves_no_trace_on_the_page(cycle, client):
    plan = factories.create_plan(title="Plan que se va")
    version = publish_session(cycle=cycle, reviews_plan=plan)
    plan.delete()

    response = client.get(version.get_absolute_url())

    assert (response.status_code, response.context["reviews"]) == (200, [])
