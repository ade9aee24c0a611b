"""A real SMTP server for the tests. It keeps its own ledger, outside our database, and misbehaves on request.

In a test: `with Sink(refuse={"nobody@example.org"}) as sink: ... sink.url, sink.ledger`. As a process of its own, for
measurements: `python -m tests.smtp_sink`, which prints its port and, when its input ends, how many mails it took.
"""

import asyncio
import json
import logging
import sys
import threading
import warnings
from collections import Counter
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd tells each command


@dataclass
class Ledger:
    """Every mail for which the server took responsibility, as it arrived."""

    mails: list[tuple[str, bytes]] = field(default_factory=list)
    senders: set[str | None] = field(default_factory=set)  # of the envelopes
    sessions: int = 0

    def parsed(self) -> list[EmailMessage]:
        return [BytesParser(EmailMessage, policy=policy.default).parsebytes(content) for _to, content in self.mails]

    def recipients(self) -> list[str]:
        return [recipient for recipient, _content in self.mails]

    def copies(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(mail["Message-ID"]) for mail in self.parsed())


@dataclass
class Behaviour:
    """What the server does wrong. Counters count down: `later={"a@example.org": 2}` answers 451 twice."""

    refuse: set[str] = field(default_factory=set)  # 550 for the recipient
    later: dict[str, int] = field(default_factory=dict)  # 451 for the recipient, so many times
    answers: dict[str, str] = field(default_factory=dict)  # what is answered to the recipient, each time
    stall: set[str] = field(default_factory=set)  # no answer to the recipient, until the sender gives up
    refuse_text: set[str] = field(default_factory=set)  # 554 after the text
    answers_to_text: dict[str, str] = field(default_factory=dict)  # what is answered to the text, each time
    drop_after_dot: int = 0  # takes so many mails and closes without an answer
    stall_after_dot: int = 0  # takes so many mails and says nothing more
    stall_at_mail: bool = False  # accepts connections and never answers MAIL FROM
    close_after: int = 0  # 421 after so many mails on one connection
    too_many: int = 0  # 421 to so many recipients, on whatever connection
    refuse_sender: bool = False  # 550 at MAIL FROM: our configuration
    relay_denied: bool = False  # 554 relay access denied at RCPT: our configuration
    seconds_per_mail: float = 0
    password: str = ""  # asks for a sign-in with this password


class _Handler:
    def __init__(self, behaviour: Behaviour, ledger: Ledger) -> None:
        self.behaviour, self.ledger = behaviour, ledger

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.ledger.sessions += 1
        session.taken = 0  # type: ignore[attr-defined]
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.behaviour.stall_at_mail:
            await asyncio.sleep(3600)
        if self.behaviour.close_after and session.taken >= self.behaviour.close_after:  # type: ignore[attr-defined]
            return self._hang_up(server, "421 4.7.0 Enough for one connection")
        if self.behaviour.refuse_sender:
            return "550 5.7.1 Sender is not yours"
        envelope.mail_from = address
        return "250 2.1.0 Sender ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.behaviour.too_many > 0:
            self.behaviour.too_many -= 1
            return self._hang_up(server, "421 4.7.0 Too many messages, slow down")
        if self.behaviour.relay_denied:
            return "554 5.7.1 Relay access denied"
        if address in self.behaviour.stall:
            await asyncio.sleep(3600)
        if address in self.behaviour.answers:
            return self.behaviour.answers[address]
        if self.behaviour.later.get(address, 0) > 0:
            self.behaviour.later[address] -= 1
            return "451 4.7.1 Greylisted, come back later"
        if address in self.behaviour.refuse:
            return "550 5.1.1 No such person"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.behaviour.seconds_per_mail)
        recipient = envelope.rcpt_tos[0]
        if recipient in self.behaviour.refuse_text:
            return "554 5.6.0 Not this text"
        if recipient in self.behaviour.answers_to_text:
            return self.behaviour.answers_to_text[recipient]
        assert isinstance(envelope.content, bytes)
        self.ledger.mails.append((recipient, envelope.content))
        self.ledger.senders.add(envelope.mail_from)
        session.taken += 1  # type: ignore[attr-defined]
        if self.behaviour.drop_after_dot > 0:
            self.behaviour.drop_after_dot -= 1
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
        if self.behaviour.stall_after_dot > 0:
            self.behaviour.stall_after_dot -= 1
            await asyncio.sleep(3600)
        return f"250 2.0.0 Queued as {len(self.ledger.mails)}"

    @staticmethod
    def _hang_up(server: SMTP, reply: str) -> str:
        assert server.transport is not None
        asyncio.get_running_loop().call_later(0.05, server.transport.close)
        return reply

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, credentials: Any
    ) -> AuthResult:
        return AuthResult(success=credentials.password.decode() == self.behaviour.password, handled=False)


class Sink:
    """The server in a thread of this process; change `behaviour` while it runs."""

    def __init__(self, *, port: int = 0, **behaviour: Any) -> None:
        self.behaviour = Behaviour(**behaviour)
        self.ledger = Ledger()
        self.port = port
        self._speakers: list[SMTP] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?timeout=5"

    def _speak(self) -> SMTP:
        handler = _Handler(self.behaviour, self.ledger)
        options: dict[str, Any] = {}
        if self.behaviour.password:
            options = {"auth_required": True, "auth_require_tls": False, "authenticator": handler.authenticate}
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")  # loopback, and a test
            speaker = SMTP(handler, hostname="sink", loop=self._loop, **options)
        self._speakers.append(speaker)
        return speaker

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(self._speak, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for speaker in self._speakers:
            if speaker.transport is not None:
                speaker.transport.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def __enter__(self) -> "Sink":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)
        return self

    def __exit__(self, *_error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


if __name__ == "__main__":
    with Sink() as running:
        sys.stdout.write(f"{running.port}\n")
        sys.stdout.flush()
        sys.stdin.read()
        copies = running.ledger.copies()
        sys.stdout.write(json.dumps({"mails": copies.total(), "different": len(copies)}) + "\n")
