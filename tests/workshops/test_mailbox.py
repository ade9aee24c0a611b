"""The pipe and the mailbox from which replies are read: each mail once, and the password for the right server alone."""

import imaplib
import io
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from imaplib import IMAP4
from pathlib import Path
from socket import create_connection

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command
from django.utils import timezone

from ogpgroup import mailings
from ogpgroup.models import Heartbeat
from tests.test_local import free_port
from tests.workshops.published import publish_session
from tests.workshops.replying import answered
from tests.workshops.seating import own
from workshops.mailbox import Mail, MailboxError, read_mailbox
from workshops.models import ReceivedReply

DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


def test_pipe_reads_one_mail(member, monkeypatch):
    session = publish_session(people=[member], starts_at=timezone.now() + DAY).session
    raw, out = answered(session, member), io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))

    call_command("read_replies", "--stdin", stdout=out)

    assert (out.getvalue().strip()[-7:], own(session, member).answer) == ("applied", "yes")


def test_without_a_mailbox_the_command_says_what_is_missing():
    with pytest.raises(CommandError, match="REPLY_MAILBOX_URL"):
        call_command("read_replies")


@pytest.mark.parametrize(
    "url", ["", "https://a:b@localhost/", "imap://localhost/", "imap://a:secreta@127.0.0.1:1/INBOX"]
)
def test_mailbox_that_cannot_be_read_is_an_error_without_the_password(url):
    with pytest.raises(MailboxError) as refused:
        read_mailbox(url, lambda _mail: None, most_bytes=10)

    assert "secreta" not in str(refused.value)


# It holds on to its clients by weak references alone: where Python clears up, who just waits is cut off.
IMAP_SERVER = "import gc; gc.disable(); import pymap.main; pymap.main.main()"


@pytest.fixture(scope="module")
def imap() -> Iterator[str]:
    """A real IMAP server in memory; the address of its one mailbox."""
    port = free_port()
    command = [sys.executable, "-c", IMAP_SERVER, "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "dict", "--demo-user", "respuestas", "--demo-password", "a b/c@d"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield f"imap://respuestas:a%20b%2Fc%40d@127.0.0.1:{port}/INBOX"
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int) -> None:
    for _attempt in range(200):
        try:
            IMAP4("127.0.0.1", port, timeout=5).logout()
        except OSError:
            threading.Event().wait(0.1)
        else:
            return
    raise AssertionError("the IMAP server did not start")


@pytest.fixture
def inbox(imap: str) -> Iterator[IMAP4]:
    """The mailbox as its owner sees it, empty."""
    server = IMAP4("127.0.0.1", _port(imap), timeout=10)
    server.login("respuestas", "a b/c@d")
    server.select("INBOX")
    server.uid("STORE", "1:*", "+FLAGS.SILENT", r"(\Deleted)")
    server.expunge()
    yield server
    with suppress(IMAP4.abort):  # a refused sign-in beside it may have cost this line, too
        server.logout()
    with suppress(OSError):
        server.shutdown()


def unread(inbox: IMAP4) -> int:
    inbox.noop()
    (found,) = inbox.uid("SEARCH", "UNSEEN")[1]
    return len(found.split())


def test_mailbox_is_read_once_and_marked(imap, inbox, settings, member):
    session = publish_session(people=[member], starts_at=timezone.now() + DAY).session
    other = b"From: ana@ejemplo.mx\r\nSubject: Hola\r\n\r\nNo puedo.\r\n"
    for raw in (answered(session, member, "TENTATIVE"), other, b"x" * (ReceivedReply.MOST_BYTES + 100)):
        assert inbox.append("INBOX", "", "", raw)[0] == "OK"
    settings.REPLY_MAILBOX_URL = imap
    assert unread(inbox) == 3

    call_command("read_replies", stdout=(out := io.StringIO()))
    call_command("read_replies", stdout=(again := io.StringIO()))

    assert (out.getvalue().splitlines()[-1], again.getvalue().strip()) == ("3 mails read.", "0 mails read.")
    assert unread(inbox) == 0
    assert sorted(ReceivedReply.objects.values_list("outcome", flat=True)) == ["applied", "unreadable", "unreadable"]
    assert own(session, member).answer == "maybe"


def test_mail_read_late_came_when_the_mailbox_says(imap, inbox):
    came = datetime(2026, 11, 2, 17, 30, tzinfo=UTC)
    inbox.append("INBOX", "", imaplib.Time2Internaldate(came), b'Subject: INTERNALDATE "x"\r\n\r\nhola\r\n')
    kept: list[Mail] = []

    read_mailbox(imap, kept.append, most_bytes=1000)

    assert [mail.arrived_at for mail in kept] == [came]


def test_mail_that_could_not_be_kept_stays_unread_and_stops_no_other(imap, inbox):
    for number in range(3):
        inbox.append("INBOX", "", "", f"Subject: {number}\r\n\r\nhola\r\n".encode())
    kept: list[Mail] = []

    def keep_all_but_one(mail: Mail) -> None:
        if b"Subject: 1" in mail.raw:
            raise RuntimeError("the database went away")
        kept.append(mail)

    assert read_mailbox(imap, keep_all_but_one, most_bytes=1000) == 2
    assert (len(kept), unread(inbox)) == (2, 1)
    assert read_mailbox(imap, kept.append, most_bytes=1000) == 1
    assert (len(kept), unread(inbox)) == (3, 0)


def serve_all_but_the_first(door: socket.socket) -> None:
    """An IMAP server with three mails, of which it cannot convert one."""
    line_to, _address = door.accept()
    with line_to, line_to.makefile("rwb") as line:

        def say(words: str) -> None:
            line.write(words.encode() + b"\r\n")
            line.flush()

        say("* OK ready")
        while asked := line.readline().decode().split():
            tag, command, end = asked[0], " ".join(asked[1:4]), "OK done"
            if asked[1] == "CAPABILITY":
                say("* CAPABILITY IMAP4rev1")
            elif command.startswith("UID SEARCH"):
                say("* SEARCH 1 2 3")
            elif command == "UID FETCH 1":
                end = "NO The requested message could not be converted to an RFC-822 compatible format."
            elif command.startswith("UID FETCH"):
                say(f"* {asked[3]} FETCH (UID {asked[3]} BODY[]<0> {{4}}\r\nhola)")
            say(f"{tag} {end}")


def test_mail_that_the_server_cannot_hand_out_stops_no_other(caplog):
    kept: list[Mail] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=serve_all_but_the_first, args=(door,), daemon=True).start()

        assert read_mailbox(f"imap://a:b@127.0.0.1:{door.getsockname()[1]}/INBOX", kept.append, most_bytes=1000) == 2

    assert [mail.raw for mail in kept] == [b"hola", b"hola"]
    assert "The mail 1 in the mailbox of replies is not handed out" in caplog.text


def test_reader_that_runs_by_itself_reads_beats_and_survives_a_broken_mailbox(imap, inbox, settings, member, caplog):
    session = publish_session(people=[member], starts_at=timezone.now() + DAY).session
    inbox.append("INBOX", "", "", answered(session, member, "ACCEPTED"))
    reader = Heartbeat.objects.filter(name=Heartbeat.READER)

    without = mailings.read_replies(), reader.exists()
    settings.REPLY_MAILBOX_URL = imap.replace("a%20b%2Fc%40d", "equivocada")
    broken = mailings.read_replies(), reader.exists()
    settings.REPLY_MAILBOX_URL = imap
    read = mailings.read_replies(), reader.exists()

    assert (without, broken, read) == ((0, False), (0, False), (1, True))
    assert own(session, member).answer == "yes"
    assert "The mailbox of replies cannot be read" in caplog.text
    assert "equivocada" not in caplog.text


def test_wrong_password_is_said_without_it(imap):
    with pytest.raises(MailboxError) as refused:
        read_mailbox(imap.replace("a%20b%2Fc%40d", "equivocada"), lambda _mail: None, most_bytes=10)

    assert "equivocada" not in str(refused.value)


# --- The password is for the right server alone -----------------------------------------------------------------------


@contextmanager
def behind_tls(port: int, folder: Path, *, name: str) -> Iterator[tuple[int, Path, list[bytes]]]:
    """The IMAP server at `port` behind a certificate that names `name` and that nobody has vouched for.

    Gives the port, the certificate, and what was said there: nothing before the encryption stands.
    """
    certificate = _self_signed(folder, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, folder / "key.pem")
    heard: list[bytes] = []

    def serve(plain: socket.socket) -> None:
        at = ("127.0.0.1", port)
        with (
            suppress(OSError),
            context.wrap_socket(plain, server_side=True) as outer,
            create_connection(at) as inner,
        ):
            threading.Thread(target=_hand_on, args=(inner, outer, []), daemon=True).start()
            _hand_on(outer, inner, heard)

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_open_to_all, args=(door, serve), daemon=True).start()
        yield door.getsockname()[1], certificate, heard
        door.shutdown(socket.SHUT_RDWR)


def _open_to_all(door: socket.socket, serve: Callable[[socket.socket], None]) -> None:
    with suppress(OSError):
        while True:
            serve(door.accept()[0])


def _hand_on(source: socket.socket, target: socket.socket, heard: list[bytes]) -> None:
    with suppress(OSError):
        while said := source.recv(4096):
            heard.append(said)
            target.sendall(said)


def _self_signed(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), now - DAY, now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(private)
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder / "certificate.pem"


@pytest.mark.parametrize(("name", "is_trusted"), [("localhost", False), ("otro.ejemplo.mx", True)])
def test_server_that_is_not_who_it_says_never_hears_the_password(name, is_trusted, imap, inbox, tmp_path, monkeypatch):
    with behind_tls(_port(imap), tmp_path, name=name) as (port, certificate, heard):
        if is_trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with pytest.raises(MailboxError, match="certificate verify failed"):
            read_mailbox(_url("imaps", port), lambda _mail: None, most_bytes=1000)

    assert heard == []


def test_server_with_a_certificate_that_is_vouched_for_is_read(imap, inbox, tmp_path, monkeypatch):
    inbox.append("INBOX", "", "", b"Subject: hola\r\n\r\nhola\r\n")
    with behind_tls(_port(imap), tmp_path, name="localhost") as (port, certificate, heard):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert read_mailbox(_url("imaps", port), lambda _mail: None, most_bytes=1000) == 1

    assert b"a b/c@d" in b"".join(heard)


@pytest.mark.parametrize("host", ["correo.ejemplo.mx", "10.0.0.1", "localhost.ejemplo.mx", "[2001:db8::1]"])
def test_password_goes_to_no_other_machine_in_the_clear(host):
    with pytest.raises(MailboxError, match="imaps://"):
        read_mailbox(f"imap://a:secreta@{host}/INBOX", lambda _mail: None, most_bytes=10)


def _port(url: str) -> int:
    return int(url.rsplit(":", 1)[1].partition("/")[0])


def _url(scheme: str, port: int) -> str:
    return f"{scheme}://respuestas:a%20b%2Fc%40d@localhost:{port}/INBOX"
