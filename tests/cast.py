"""The fixed cast: who the tests let ring at the door. Registered as a plugin by tests/conftest.py."""

from datetime import date

import pytest
from django.test import Client

from cities.models import City, Role
from ogpgroup.models import User
from tests import factories


@pytest.fixture
def reynosa(db: None) -> City:
    """Keeps the hours of the border: apart from Mexico City between the two countries' changes of clocks."""
    return factories.create_city(
        name="Reynosa",
        slug="reynosa",
        cvegeo="28032",
        time_zone="America/Matamoros",
        latitude="26.080611",
        longitude="-98.288361",
    )


@pytest.fixture
def colima(db: None) -> City:
    return factories.create_city(
        name="Colima",
        slug="colima",
        cvegeo="06002",
        state="Colima",
        state_code="MX-COL",
        latitude="19.243610",
        longitude="-103.730930",
        population=157_048,
    )


@pytest.fixture
def coordinator(db: None) -> User:
    return factories.create_coordinator(email="coordinadora@ejemplo.mx", name="Carmen Coordinadora")


@pytest.fixture
def official_reynosa(reynosa: City) -> User:
    return factories.create_official(city=reynosa, email="enlace@reynosa.ejemplo.mx", name="Rosa de Reynosa")


@pytest.fixture
def official_colima(colima: City) -> User:
    return factories.create_official(city=colima, email="enlace@colima.ejemplo.mx", name="Camilo de Colima")


@pytest.fixture
def member(db: None) -> User:
    return factories.create_member(email="integrante@ejemplo.mx", name="Inés Integrante")


@pytest.fixture
def ex_member(db: None) -> User:
    """Still has an account; the last membership ended."""
    user = factories.create_user(email="exintegrante@ejemplo.mx", name="Ezequiel Exintegrante")
    factories.create_membership(user=user, role=Role.COORDINATOR, until=date(2018, 1, 31))
    return user


@pytest.fixture
def deactivated(db: None) -> User:
    """A closed account whose memberships were never ended."""
    user = factories.create_user(email="cerrada@ejemplo.mx", name="Cuenta Cerrada", is_active=False)
    factories.create_membership(user=user, role=Role.COORDINATOR)
    return user


@pytest.fixture
def stranger() -> Client:
    """Somebody without an account."""
    return Client()
