"""What the virus scanner says is heeded, and so is its silence. This one speaks as clamd does and knows one virus."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ogpgroup.uploads import Accepted, Reason, Refused, accept
from tests.ogpgroup import upload_documents as docs
from tests.ogpgroup import upload_pictures as pics

# In two pieces, so that no scanner takes this file for what it tests.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


def read(connection: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        content += connection.recv(size - len(content))
    return content


def scan(connection: socket.socket) -> bytes:
    assert read(connection, 10) == b"zINSTREAM\0"
    content = b""
    while length := int.from_bytes(read(connection, 4), "big"):
        content += read(connection, length)
    if b"busy" in content:
        return b"INSTREAM size limit exceeded. ERROR\0"
    return b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


@pytest.fixture
def scanner(settings: Any) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CLAMD = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        def serve() -> None:
            connection, _address = server.accept()
            with connection:
                connection.sendall(scan(connection))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield
    thread.join(5)


def send(content: bytes, name: str = "acta.pdf") -> Accepted:
    return accept(SimpleUploadedFile(name, content))


def reason(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        send(content)
    return refused.value.reason


def test_virus_is_refused(scanner: None) -> None:
    assert reason(docs.pdf(body=b"% " + EICAR + b"\n")) == Reason.VIRUS


def test_clean_file_is_accepted(scanner: None) -> None:
    assert send(docs.pdf(body=b"% " + b"a" * 200_000 + b"\n")).name == "acta.pdf"


def test_scanner_that_has_not_looked_is_not_believed(scanner: None) -> None:
    assert reason(docs.pdf(body=b"% busy\n")) == Reason.NOT_SCANNED


@pytest.mark.parametrize("where", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl"])
def test_nothing_is_accepted_while_the_scanner_is_away(where: str, settings: Any) -> None:
    settings.CLAMD = where

    assert reason(docs.pdf()) == Reason.NOT_SCANNED
    assert send(pics.jpeg(), "a.jpg").content_type == "image/jpeg"  # drawn anew: nothing of it is left to scan


def test_without_a_scanner_files_are_only_looked_into(settings: Any) -> None:
    settings.CLAMD = ""

    assert send(docs.pdf(body=b"% " + EICAR + b"\n"))
