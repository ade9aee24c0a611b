from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from ogpgroup import mail
from ogpgroup.models import OutgoingMail

TEXT = (
    "Buenos días, Ángela:\r\n\r\n.un punto al principio\r\n"
    "Una línea que pasa de setenta y seis signos, con acentos y una igualdad: áéíóú ñ = 100 %.\r\n"
)
HTML = "<p>Buenos días, <strong>Ángela</strong>.</p>\r\n"


def compose(**options: Any) -> bytes:
    row = OutgoingMail(key="reminder:1", recipient="angela@example.org", message_id="<abc@example.org>")
    given: dict[str, Any] = {
        "mail": row,
        "subject": "Mañana 10:00 (Reynosa 11:00)",
        "text": TEXT,
        "html": HTML,
    } | options
    return mail.compose(**given)


def parse(content):
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(content)
    assert [part.defects for part in message.walk()] == [[] for _ in message.walk()]
    return message


def test_compose_is_read_by_the_standard_library_without_defect():
    with time_machine.travel(datetime(2026, 12, 3, 16, 0, tzinfo=UTC), tick=False):
        message = parse(compose())

    assert dict(message.items()) == {
        "From": "Grupo de Ciudades Abiertas <aviso@localhost>",
        "To": "angela@example.org",
        "Reply-To": "respuestas@localhost",
        "Subject": "Mañana 10:00 (Reynosa 11:00)",
        "Date": "Thu, 03 Dec 2026 16:00:00 +0000",
        "Message-ID": "<abc@example.org>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "MIME-Version": "1.0",
        "Content-Type": message["Content-Type"],
    }
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content() for part in message.iter_parts()] == [TEXT, HTML]


def test_compose_puts_the_calendar_last_with_its_method():
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Reunión de trabajo\r\nEND:VCALENDAR\r\n".encode()

    message = parse(compose(calendar=calendar, calendar_method="REQUEST"))

    *_others, part = message.iter_parts()
    assert part["Content-Type"] == 'text/calendar; charset="utf-8"; method="REQUEST"'
    assert part.get_payload(decode=True) == calendar
    assert len(list(message.iter_parts())) == 3


@pytest.mark.parametrize("half", [{"calendar": b"BEGIN:VCALENDAR"}, {"calendar_method": "REQUEST"}])
def test_compose_wants_calendar_and_method_together(half):
    with pytest.raises(ValueError, match="method"):
        compose(**half)


def test_compose_offers_one_click_unsubscribe():
    message = parse(compose(unsubscribe_url="https://grupo.example.org/unsubscribe/" + "x" * 120 + "/"))

    assert message["List-Unsubscribe"] == "<https://grupo.example.org/unsubscribe/" + "x" * 120 + "/>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    "subject",
    [
        "Seminario\r\nBcc: everyone@example.org",
        "Seminario\nBcc: everyone@example.org",
        "Seminario\u2028Bcc: everyone@example.org",
        "Seminario\x00\x0bBcc: everyone@example.org",
        "Seminario\r\n\r\n<script>Bcc: everyone@example.org",
        "Reunión\r\nBcc: everyone@example.org",
    ],
)
def test_compose_lets_no_title_add_a_header(subject):
    message = parse(compose(subject=subject))

    assert "Bcc" not in message
    assert message["Subject"].endswith("Bcc: everyone@example.org")
    assert [part.get_content() for part in message.iter_parts()] == [TEXT, HTML]


@pytest.mark.parametrize("field", ["unsubscribe_url", "calendar_method"])
def test_compose_stops_at_a_line_break_of_our_own_making(field):
    with pytest.raises(ValueError, match="line break"):
        compose(
            **{"calendar": b"BEGIN:VCALENDAR", "calendar_method": "REQUEST"}
            | {field: "https://x/\r\nBcc: a@example.org"}
        )


@pytest.mark.parametrize("letter", ["a", "ñ", "🌎"])
def test_compose_shortens_long_subjects_and_folds_the_lines(letter):
    content = compose(subject=letter * 300)

    assert parse(content)["Subject"] == letter * 199 + "…"
    assert max(len(line) for line in content.split(b"\r\n")) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_compose_survives_text_that_looks_like_the_end():
    nasty = "\n.\n..\n--=_0\nFrom here\n \n\t\ntrailing   \n" + "=" * 200 + "\n"

    message = parse(compose(text=nasty))

    assert next(message.iter_parts()).get_content().replace("\r\n", "\n") == nasty


def test_compose_takes_less_than_a_millisecond():
    calendar = b"BEGIN:VCALENDAR\r\n" + b"DESCRIPTION:reunion\r\n" * 60
    started = timezone.now()
    for _ in range(50):
        compose(text=TEXT * 12, html=HTML * 60, calendar=calendar, calendar_method="REQUEST")
    assert (timezone.now() - started).total_seconds() / 50 < 0.002


def test_mask_links_hides_what_lets_a_reader_act_for_somebody():
    text = (
        "Responder: https://g.example.org/answer/abc:def_1-2/ "
        'o <a href="https://g.example.org/unsubscribe/tok%3Aen/">baja</a> '
        "https://g.example.org/accounts/invitation/xyz https://g.example.org/calendar/abc.ics "
        "https://g.example.org/sessions/taller/"
    )

    assert mail.mask_links(text) == (
        "Responder: https://g.example.org/answer/…/ "
        'o <a href="https://g.example.org/unsubscribe/…/">baja</a> '
        "https://g.example.org/accounts/invitation/… https://g.example.org/calendar/… "
        "https://g.example.org/sessions/taller/"
    )


def test_render_parts_speaks_the_readers_language(tmp_path, settings):
    (tmp_path / "invitation.html").write_text(
        "{% load i18n %}"
        "{% partialdef subject %}{% autoescape off %}{{ title }}: {% translate 'Yes' %}{% endautoescape %}"
        "{% endpartialdef %}"
        "{% partialdef text %}{% autoescape off %}{{ title }}\n{% endautoescape %}{% endpartialdef %}"
        "{% partialdef html %}<p>{{ title }}</p>{% endpartialdef %}"
    )
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [tmp_path]}]

    spanish = mail.render_parts("invitation.html", {"title": "Agua & suelo"}, "es-mx")
    english = mail.render_parts("invitation.html", {"title": "Agua & suelo"}, "en")

    assert spanish == mail.Parts("Agua & suelo: Sí", "Agua & suelo\n", "<p>Agua &amp; suelo</p>\n")
    assert english.subject == "Agua & suelo: Yes"
