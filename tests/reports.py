"""Reports as mail servers write them when they return a mail (RFC 3464)."""

from ogpgroup.models import OutgoingMail

NO_SUCH_USER = "550 5.1.1 <ines@example.org>: Recipient address rejected: User unknown"

REPORT = """\
From: MAILER-DAEMON@correo.example.org (Mail Delivery System)
To: respuestas@localhost
Subject: Undelivered Mail Returned to Sender
Message-ID: <{number}@correo.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; correo.example.org
Arrival-Date: Mon,  2 Nov 2026 10:00:00 -0600 (CST)

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
{diagnostic}
--b1
Content-Type: {original}

From: Grupo <aviso@localhost>
To: {recipient}
Message-ID: {message_id}
Subject: hola
{body}
--b1--
"""


def report(
    mail: OutgoingMail,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = NO_SUCH_USER,
    original: str = "message/rfc822",
    number: int = 1,
) -> bytes:
    text = REPORT.format(
        number=number,
        recipient=mail.recipient,
        action=action,
        status=status,
        diagnostic=f"Diagnostic-Code: smtp; {said[:30]}\n   {said[30:]}\n" if said else "",
        original=original,
        message_id=mail.message_id,
        body="\nBuenos días\n" if original == "message/rfc822" else "",
    )
    return text.replace("\n", "\r\n").encode()
