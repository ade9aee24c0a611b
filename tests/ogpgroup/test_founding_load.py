"""Loading the founding cycle again changes nothing, whatever has become of it since."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from cities.models import City, Cycle, GroupMembership, Organization
from ogpgroup.founding.load import load_founding_cycle
from tests import factories
from tests.database import contents
from workshops import actions
from workshops.models import Session

pytestmark = pytest.mark.django_db


def test_second_load_changes_nothing(capsys):
    load_founding_cycle()
    before = contents()

    call_command("load_founding_cycle")

    assert contents() == before
    assert "nothing was changed" in capsys.readouterr().out


def test_later_edits_of_coordinators_stay(coordinator):
    load_founding_cycle()
    session = Session.objects.get()
    session.venue = "Centro Expositor"
    actions.save_draft(session, organizations=[], people=[], by=coordinator, seen_edits=session.edits)
    Organization.objects.filter(slug="c3-city").update(kind="ngo", certainty="sure", remark="")
    GroupMembership.objects.filter(organization__slug="inegi").update(until=date(2018, 1, 1))
    session.agenda.filter(position=9).delete()
    before = contents()

    added = load_founding_cycle()

    assert added == []
    assert contents() == before


def test_failure_half_way_leaves_nothing_of_it():
    factories.create_organization(slug="anedup", kind=Organization.Kind.ASSOCIATION)
    factories.create_city(name="Otra Toluca", slug="toluca", cvegeo="99999")

    with pytest.raises(IntegrityError), transaction.atomic():
        load_founding_cycle()

    assert City.objects.count() == Organization.objects.count() == 1
    assert Cycle.objects.count() == 0
