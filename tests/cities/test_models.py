import pytest
from django.db import IntegrityError

from cities.access import roles_of
from cities.models import City
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


def test_address_is_unique_whatever_its_letters(db: None) -> None:
    factories.create_user(email="ana@ejemplo.mx")

    with pytest.raises(IntegrityError):
        User.objects.create(email="ANA@ejemplo.mx", name="Otra")
