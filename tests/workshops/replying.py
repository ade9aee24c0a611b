"""Mails as calendars send them when somebody answers, for the tests of replies."""

from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count

from ogpgroup.models import User
from workshops import ical
from workshops.models import Session

_numbers = count(1)

LF = "\r\n"
STAMP = datetime(2026, 11, 2, 17, tzinfo=UTC)


def calendar(
    *,
    uid: str,
    attendee: str,
    partstat: str = "ACCEPTED",
    method: str | None = "REPLY",
    sequence: object = 0,
    events: int = 1,
    stamp: datetime | str | None = STAMP,
    comment: str | None = None,
) -> str:
    """What a calendar program writes; `sequence=None` and `stamp=None` leave the line out."""
    stamped = stamp.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") if isinstance(stamp, datetime) else stamp
    event = [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        *([] if stamped is None else [f"DTSTAMP:{stamped}"]),
        "DTSTART:20261203T160000Z",
        *([] if sequence is None else [f"SEQUENCE:{sequence}"]),
        "ORGANIZER:mailto:respuestas@localhost",
        f"ATTENDEE;PARTSTAT={partstat};CN=Alguien:mailto:{attendee}",
        *([] if comment is None else [f"COMMENT{comment}"]),
        "END:VEVENT",
    ]
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Prueba//ES", *([f"METHOD:{method}"] if method else [])]
    return LF.join([*head, *event * events, "END:VCALENDAR", ""])


def reply(
    text: str | bytes,
    *,
    sender: str,
    message_id: str = "",
    subject: str = "Aceptado: Mesas",
    method: str = "REPLY",
    charset: str = "utf-8",
) -> bytes:
    """A mail with a calendar in it; a fresh Message-ID unless one is given."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "respuestas@localhost", subject
    message["Message-ID"] = message_id or f"<{next(_numbers)}@calendario.ejemplo.mx>"
    message.set_content("Alguien aceptó la invitación.")
    content = text.encode() if isinstance(text, str) else text
    message.add_alternative(content, maintype="text", subtype="calendar", params={"method": method, "charset": charset})
    return message.as_bytes()


def uid_of(session: Session) -> str:
    session.refresh_from_db()
    assert session.current_version
    return ical.uid_of(session.current_version)


def answered(session: Session, user: User, partstat: str = "ACCEPTED", **given: object) -> bytes:
    """The mail that the person's calendar sends."""
    text = calendar(uid=uid_of(session), attendee=user.email, partstat=partstat, **given)  # type: ignore[arg-type]
    return reply(text, sender=f"{user.name} <{user.email}>")
