import itertools
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from cities.access import roles_of
from cities.models import City, Membership, group_day
from ogpgroup.models import User
from tests import factories


def test_by_name_puts_accents_where_people_look_for_them(db: None) -> None:
    for name in ("Zapopan", "Álamos", "Colima", "ábaco"):
        factories.create_city(name=name)

    assert [city.name for city in City.objects.by_name()] == ["ábaco", "Álamos", "Colima", "Zapopan"]


def test_roles_of_the_cast(
    coordinator: User, official_reynosa: User, member: User, ex_member: User, deactivated: User, reynosa: City
) -> None:
    assert roles_of(coordinator).is_coordinator
    assert roles_of(official_reynosa).official_city_ids == {reynosa.pk}
    assert roles_of(member).in_group
    assert not roles_of(ex_member).in_group
    assert not roles_of(deactivated).in_group


def test_roles_are_what_the_memberships_of_the_day_say(db: None) -> None:
    today = group_day(timezone.now())
    days = [today + timedelta(days=days) for days in (-1, 0, 1)]
    person, closed = factories.create_user(), factories.create_user()
    for since, until, joined, left in itertools.product(days, [None, *days], days, [None, *days]):
        if (until and until < since) or (left and left < joined):
            continue
        organization = factories.create_organization(in_group_since=joined, in_group_until=left)
        for user in (person, closed):
            factories.create_membership(user=user, organization=organization, since=since, until=until)
    User.objects.filter(pk=closed.pk).update(is_active=False)

    in_force = Membership.objects.of(person).on(today).values_list("organization", flat=True)
    still_signed_in = User(pk=closed.pk, is_active=True)  # as the request read them, a moment before

    assert len(in_force) == 36
    assert roles_of(person).organization_ids == set(in_force)
    assert roles_of(still_signed_in).organization_ids == set()


def test_address_is_unique_whatever_its_letters(db: None) -> None:
    factories.create_user(email="ana@ejemplo.mx")

    with pytest.raises(IntegrityError):
        User.objects.create(email="ANA@ejemplo.mx", name="Otra")
