import pytest

from tests.smtp_sink import Sink


@pytest.fixture
def sink(settings):
    """A real mail server, to which the platform sends."""
    with Sink() as running:
        settings.MAIL_URL = running.url
        yield running
