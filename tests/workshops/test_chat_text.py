"""What members paste into a chat group."""

from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from ogpgroup.models import User
from tests import factories
from tests.workshops.published import NOW, START, cancel, publish_session
from workshops.reports.chat import chat_text
from workshops.reports.rows import MemberCity

pytestmark = pytest.mark.django_db

CITIES = (
    MemberCity("Reynosa", "America/Matamoros", is_demo=False),
    MemberCity("Los Cabos", "America/Mazatlan", is_demo=False),
    MemberCity("Mérida", "America/Merida", is_demo=False),
)
SUMMER = START.replace(month=7)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        yield


def address(version):
    return settings.PUBLIC_URL + version.get_absolute_url()


def test_text_names_when_where_and_the_way_there():
    version = publish_session(title="Mesas", venue="Palacio Municipal", join_url="https://ejemplo.mx/sala")

    assert chat_text(version, "es-mx", CITIES).text.splitlines() == [
        "Mesas",
        "Jueves 3 de diciembre de 2026, 10:00–12:00 h, hora del centro de México (09:00 en Los Cabos)",
        "Palacio Municipal",
        address(version),
    ]


def test_cities_whose_clock_differs_are_named_in_either_language():
    version = publish_session(starts_at=SUMMER)

    assert chat_text(version, "en", CITIES).text.splitlines()[1:3] == [
        "Friday 3 July 2026, 10:00–12:00, Central Mexico time (11:00 in Reynosa, 09:00 in Los Cabos)",
        "Remote",
    ]


def test_a_date_alone_has_no_hours():
    version = publish_session(starts_at=None, day=date(2026, 12, 3))

    assert chat_text(version, "es-mx", ()).text.splitlines()[1] == "Jueves 3 de diciembre de 2026"


def test_title_cannot_add_lines():
    version = publish_session(title="Mesas\nhttps://otra.example/")

    assert chat_text(version, "es-mx", ()).text.splitlines()[0] == "Mesas https://otra.example/"


def texts(user: User | None, version, *, language: str = "en") -> list[str]:
    client = Client(headers={"accept-language": language})
    if user:
        User.objects.filter(pk=user.pk).update(language=language)
        user.refresh_from_db()
        client.force_login(user)
    page = client.get(version.get_absolute_url()).content.decode()
    return [name for name in ("es-mx", "en") if f'id="chat-{name}"' in page]


def test_members_read_it_in_spanish_and_in_their_language_and_strangers_not(member):
    version = publish_session(join_url="https://ejemplo.mx/sala")

    assert texts(member, version) == ["es-mx", "en"]
    assert texts(member, version, language="es-mx") == ["es-mx"]
    assert texts(None, version) == []
    assert "ejemplo.mx/sala" not in chat_text(version, "es-mx", ()).text


def test_what_is_cancelled_or_over_is_announced_by_nobody(member):
    version = publish_session()
    with time_machine.travel(START + timedelta(hours=3), tick=False):
        assert texts(member, version) == []
    assert texts(member, cancel(version.session, at=NOW)) == []


def test_who_is_no_member_reads_none():
    version = publish_session()

    assert texts(factories.create_user(email="nadie@ejemplo.mx"), version) == []
