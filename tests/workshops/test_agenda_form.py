"""Who may be named beside a point: people of the group, and who is expected at the session by name."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cities.models import Membership, group_day
from ogpgroup.models import User
from tests import factories
from tests.factories_schedule import create_session
from tests.workshops.agendas import put
from tests.workshops.coordination import desk_of
from workshops.models import AgendaItem, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone() -> User:
    user = factories.create_member(name="Lía Saliente")
    Membership.objects.filter(user=user).update(until=group_day(timezone.now()) - timedelta(days=1))
    return user


@pytest.fixture
def desk(coordinator: User) -> Client:
    return desk_of(coordinator)


def send(desk: Client, session: Session, item: AgendaItem | None = None, **typed: Any) -> Any:
    """The errors by field; none where it was saved."""
    address = f"/coordination/sessions/{session.slug}/agenda/{f'{item.pk}' if item else 'new'}/"
    edition = {"edition": item.edition} if item else {"form_id": "2b8a1d5e-5c0e-4a57-9d43-0d4c1e3a1b11"}
    response = desk.post(address, {"title": "Reynosa", "kind": "presentation", **edition, **typed})
    return {} if response.status_code == 302 else dict(response.context["form"].errors)


def test_first_feedback_is_asked_of_the_group_alone(desk, gone):
    session = create_session(people=[gone])

    assert send(desk, session, respondent=gone.pk) == {
        "respondent": ["Lía Saliente does not belong to the group, whose members alone write feedback."]
    }
    assert not AgendaItem.objects.exists()


@pytest.mark.parametrize("field", ["presenter", "co_presenters"])
def test_who_presents_from_outside_is_expected_by_name_first(desk, gone, field):
    refused = ["Lía Saliente does not belong to the group and is not expected at this session by name."]

    assert send(desk, create_session(), **{field: gone.pk}) == {field: refused}
    assert send(desk, create_session(people=[gone]), **{field: gone.pk}) == {}


def test_point_of_somebody_who_has_left_since_can_still_be_changed(desk, gone):
    session = create_session()
    item = put(session, "Reynosa", 10, presenter=gone)

    assert send(desk, session, item, title="Reynosa, otra vez", presenter=gone.pk) == {}
    item.refresh_from_db()
    assert (item.title, item.presenter) == ("Reynosa, otra vez", gone)


@pytest.mark.parametrize("field", ["presenter_name", "respondent_name"])
def test_name_typed_with_a_character_that_nobody_sees_is_refused(desk, field):
    assert send(desk, create_session(), None, **{field: "Ana\x07Ruiz"}) == {
        field: [
            "There is a character in the name that cannot be seen, such as a tab. Please delete it and type it anew."
        ]
    }
