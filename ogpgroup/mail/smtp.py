"""Hands one mail after the other to the mail server and says what became of each, step by step."""

import os
import re
import smtplib
import ssl
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_noop

from ogpgroup.mail.faults import kill_point
from ogpgroup.mail.message import ascii_address
from ogpgroup.models import OutgoingMail

NO_ANSWER = gettext_noop("The mail server did not answer in time.")
BROKEN_OFF = gettext_noop("The connection to the mail server broke off.")
NO_LAST_WORD = gettext_noop("The mail server took the text and gave no answer; it may have arrived.")
IN_A_FILE = gettext_noop("Written to a file; no mail server is set.")
TOO_MANY_CONNECTIONS = re.compile(rb"too many (concurrent |simultaneous )?(connections|sessions)", re.IGNORECASE)
# Of our settings, our quota, our name among senders, or what we write: one recipient's server may say so too.
PERHAPS_OURS = re.compile(
    rb"relay|authenticat|rcpthosts|\b5\.7\.(8|2\d)\b|\b[45]\.4\.5\b|too many|\brate\b|throttl"
    rb"|(sending|daily|hourly) (limit|quota)"
    rb"|blocke?d|block ?list|blacklist|spam|reputation|\b(SPF|DKIM|DMARC)\b",
    re.IGNORECASE,
)
NO_MAILBOX = re.compile(
    rb"\b5\.1\.(1|2|3|6|10)\b|\b5\.2\.1\b|no such|unknown (user|recipient|address|mailbox)|does not exist|doesn't exist"
    rb"|(user|recipient|mailbox|address|account)( is)? (unknown|unavailable|not found|disabled|inactive)",
    re.IGNORECASE,
)


class Fate(StrEnum):
    ACCEPTED = "accepted"
    LATER = "later"  # refused for now, or broken off before the end of the text: it cannot have arrived
    REFUSED = "refused"
    UNKNOWN = "unknown"  # the text was out and no answer came
    NOT_TRIED = "not tried"  # nothing was said about this mail: it is not its fault


class Trouble(StrEnum):
    """Something that the next mail would meet too."""

    BUSY = "busy"
    MISCONFIGURED = "misconfigured"


class Hint(StrEnum):
    """What the words with which one mail was refused may mean beyond it."""

    PERHAPS_OURS = "perhaps ours"  # one server that says so has its own reasons; several make it us
    NO_MAILBOX = "no mailbox"  # nothing sent to this address can arrive
    SLOW_DOMAIN = "slow domain"  # no answer in time about this recipient; about another one there may be


@dataclass(frozen=True)
class Outcome:
    fate: Fate
    reply: str = ""
    trouble: Trouble | None = None
    hint: Hint | None = None


class Transport(Protocol):
    def send(self, mail: OutgoingMail, *, before_text: Callable[[], None]) -> Outcome: ...

    def close(self) -> None: ...


def open_transport() -> Transport:
    """The mail server of MAIL_URL, or a folder of files without one."""
    return SmtpTransport(settings.MAIL_URL) if settings.MAIL_URL else FileTransport(settings.MAIL_FOLDER)


def timeout_of(url: str) -> float:
    return float(parse_qs(urlsplit(url).query).get("timeout", ["20"])[0])


class FileTransport:
    """Writes each mail as a file; for a machine without a mail server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, mail: OutgoingMail, *, before_text: Callable[[], None]) -> Outcome:
        before_text()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, partial = tempfile.mkstemp(dir=self.folder, prefix=".")
            with os.fdopen(descriptor, "wb") as file:
                file.write(bytes(mail.rendered or b""))
            Path(partial).rename(self.folder / f"{mail.due:%Y-%m-%d-%H%M}-{mail.kind}-{mail.pk}.eml")
        except OSError as error:
            return Outcome(Fate.NOT_TRIED, _cut(str(error)), Trouble.BUSY)
        return Outcome(Fate.ACCEPTED, IN_A_FILE)

    def close(self) -> None:
        """Nothing is kept open."""


class _Silence(Exception):
    """The connection ended or the server said nothing in time."""

    def __init__(self, *, timed_out: bool) -> None:
        super().__init__()
        self.reply = NO_ANSWER if timed_out else BROKEN_OFF
        self.hint = Hint.SLOW_DOMAIN if timed_out else None


class SmtpTransport:
    """One kept-open connection with a timeout, `smtp://user:password@host:port?tls=starttls|implicit&timeout=20`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.tls = parse_qs(parts.query).get("tls", [""])[0]
        if parts.scheme != "smtp" or not parts.hostname or self.tls not in {"", "starttls", "implicit"}:
            raise ImproperlyConfigured(
                "MAIL_URL must look like smtp://user:password@host:587?tls=starttls (or tls=implicit)."
            )
        self.host = parts.hostname
        self.port = parts.port or {"": 25, "starttls": 587, "implicit": 465}[self.tls]
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.timeout = timeout_of(url)
        # What is returned comes to the envelope's sender: to where it is read, if anywhere.
        self.sender = parseaddr(settings.REPLY_ADDRESS if settings.REPLY_MAILBOX_URL else settings.MAIL_FROM)[1]
        self.smtp: smtplib.SMTP | None = None
        self.is_used = False  # whether this connection has carried a mail
        self.is_clean = True  # whether it stands between two mails

    # --- The connection ---------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Say goodbye; what the server answers no longer matters."""
        smtp, self.smtp = self.smtp, None
        if smtp and smtp.sock:
            try:
                smtp.sock.settimeout(1)
                smtp.quit()
            except (smtplib.SMTPException, OSError):
                smtp.close()

    def _open(self) -> Outcome | None:
        """Connect unless connected; says what is wrong where that fails."""
        if self.smtp is not None:
            return None
        try:
            self.smtp = self._connect()
        except smtplib.SMTPResponseException as error:
            return self._not_tried(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
            return Outcome(Fate.NOT_TRIED, _cut(str(error)), Trouble.MISCONFIGURED)
        except (smtplib.SMTPException, OSError) as error:
            return Outcome(Fate.NOT_TRIED, _cut(NO_ANSWER if _timed_out(error) else str(error)), Trouble.BUSY)
        self.is_used, self.is_clean = False, True
        return None

    def _connect(self) -> smtplib.SMTP:
        # Without a name of its own smtplib asks the resolver for one, which may take long.
        name = self.sender.rpartition("@")[2] or "localhost"
        if self.tls == "implicit":
            context = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, local_hostname=name, timeout=self.timeout, context=context
            )
        else:
            smtp = smtplib.SMTP(self.host, self.port, local_hostname=name, timeout=self.timeout)
        try:
            if self.tls == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
            if self.user:
                smtp.login(self.user, self.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    @staticmethod
    def _not_tried(code: int, reply: bytes | str) -> Outcome:
        return Outcome(Fate.NOT_TRIED, _words(code, reply), Trouble.MISCONFIGURED if code >= 500 else Trouble.BUSY)

    def _ask(self, command: str) -> tuple[int, bytes]:
        assert self.smtp is not None
        try:
            return self.smtp.docmd(command)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            raise _Silence(timed_out=_timed_out(error)) from error

    def _drop(self) -> None:
        if self.smtp:
            self.smtp.close()
        self.smtp = None

    # --- One mail ---------------------------------------------------------------------------------------------------

    def send(self, mail: OutgoingMail, *, before_text: Callable[[], None]) -> Outcome:
        """Offer one mail. Servers close connections after some mails or some time: then once more on a fresh one."""
        recipient = ascii_address(mail.recipient)
        if trouble := self._open():
            return trouble
        was_used = self.is_used
        greeting = self._begin()
        if greeting and was_used and greeting.trouble is Trouble.BUSY and greeting.reply != NO_ANSWER:
            self._drop()
            greeting = self._open() or self._begin()
        if greeting:
            return greeting
        try:
            return self._recipient_refused(recipient) or self._text(bytes(mail.rendered or b""), before_text)
        except _Silence as silence:
            return Outcome(Fate.LATER, silence.reply, hint=silence.hint)

    def _begin(self) -> Outcome | None:
        """Say who sends. What goes wrong here is about us or the server, never about the person."""
        try:
            if not self.is_clean:
                self._ask("RSET")
            self.is_clean = False
            code, reply = self._ask(f"MAIL FROM:<{self.sender}>")
        except _Silence as silence:
            return Outcome(Fate.NOT_TRIED, silence.reply, Trouble.BUSY)
        if code == 250:
            return None
        self._drop_if_closing(code)
        return self._not_tried(code, reply)

    def _recipient_refused(self, recipient: str) -> Outcome | None:
        code, reply = self._ask(f"RCPT TO:<{recipient}>")
        if code in {250, 251}:
            return None
        refusal = self._refusal(code, reply)
        nobody = code >= 500 and NO_MAILBOX.search(reply)
        return replace(refusal, hint=Hint.NO_MAILBOX) if nobody else refusal

    def _text(self, content: bytes, before_text: Callable[[], None]) -> Outcome:
        before_text()
        kill_point("before_data")
        code, reply = self._ask("DATA")
        if code != 354:
            return self._refusal(code, reply)
        assert self.smtp is not None
        assert self.smtp.sock is not None
        try:
            self.smtp.sock.sendall(_on_the_wire(content))
        except OSError as error:  # the end of the text did not go out, so the server cannot have taken it
            self._drop()
            raise _Silence(timed_out=_timed_out(error)) from error
        kill_point("after_dot")
        try:
            code, reply = self.smtp.getreply()
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            return Outcome(Fate.UNKNOWN, NO_LAST_WORD, hint=Hint.SLOW_DOMAIN if _timed_out(error) else None)
        if code != 250:
            return self._refusal(code, reply)
        self.is_used = self.is_clean = True
        return Outcome(Fate.ACCEPTED, _words(code, reply))

    def _refusal(self, code: int, reply: bytes) -> Outcome:
        """What is said to one mail. The connection itself is busy where the server closes it or counts connections."""
        self._drop_if_closing(code)
        hint = Hint.PERHAPS_OURS if code == 530 or PERHAPS_OURS.search(reply) else None
        if code >= 500:
            return Outcome(Fate.REFUSED, _words(code, reply), hint=hint)
        is_busy = code in {421, 432} or TOO_MANY_CONNECTIONS.search(reply)
        return Outcome(Fate.LATER, _words(code, reply), Trouble.BUSY if is_busy else None, hint)

    def _drop_if_closing(self, code: int) -> None:
        if code == 421:
            self._drop()


def _on_the_wire(content: bytes) -> bytes:
    """Every line ends in CRLF, no line can be taken for the end, and the end follows."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n").replace(b"\n", b"\r\n")
    return re.sub(rb"(?m)^\.", b"..", lines) + b"\r\n.\r\n"


def _timed_out(error: BaseException) -> bool:
    """Whether a timeout is at the bottom of it; smtplib reports one as a broken connection."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, TimeoutError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _words(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return _cut(f"{code} {text}")


def _cut(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:500]
