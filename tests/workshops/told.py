"""What people have been told, as a test says it: mail that went, and the calendar in it."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from ogpgroup.models import OutgoingMail, User
from tests.workshops import strict_calendar
from tests.workshops.strict_calendar import Component
from workshops import emails

KINDS = {kind.name: kind for kind in emails.KINDS}
Status = OutgoingMail.Status


def all_is_sent(now: datetime) -> None:
    """Every mail that waits and still holds goes; the others are withdrawn. As the sender does it.

    Like the sender it asks only those kinds of which there is mail.
    """
    queued = list(OutgoingMail.objects.filter(kind__in=KINDS, status=Status.QUEUED, due__lte=now))
    for kind in KINDS.values():
        mails = [one for one in queued if one.kind == kind.name]
        if not mails:
            continue
        true = kind.still_true(mails, now)
        written = kind.render([one for one in mails if one.pk in true], now)
        for one in mails:
            one.status = Status.SENT if one.pk in written else Status.WITHDRAWN
            one.sent_at = now if one.pk in written else None
            one.rendered = written[one.pk].content if one.pk in written else None
            one.save()


def waiting(user: User) -> list[str]:
    """The kinds of mail that wait for a person."""
    mails = OutgoingMail.objects.filter(user=user, status=Status.QUEUED)
    return sorted(mails.values_list("kind", flat=True))


def read(mail: OutgoingMail, now: datetime) -> EmailMessage:
    """A mail as its receiver would parse it; what went as it went, what waits as it would go now."""
    content = mail.rendered or KINDS[mail.kind].render([mail], now)[mail.pk].content
    message = message_from_bytes(bytes(content), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def last_mail(user: User) -> EmailMessage:
    """The last to the person, as it went."""
    mail = OutgoingMail.objects.filter(user=user, status=Status.SENT).order_by("-pk").first()
    assert mail
    return message_from_bytes(bytes(mail.rendered or b""), policy=policy.default)


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def calendar_of(message: EmailMessage) -> Component:
    (part,) = (part for part in message.walk() if part.get_content_type() == "text/calendar")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return strict_calendar.read(content)
