"""A web server in this process, for browsers, that leaves no connection to the database behind."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.http import FileResponse, HttpRequest, HttpResponse
from django.test import override_settings
from django.test.testcases import LiveServerThread


class _Server(ThreadedWSGIServer):
    """Hangs up on every browser before it closes, and waits for the threads that spoke with them.

    A browser keeps its lines open, and Django keeps one database connection per line for a minute (CONN_MAX_AGE). A
    thread closes its connection when its line ends; Django's server would not wait for that, and the test database
    could not be dropped: "is being accessed by other users".
    """

    daemon_threads = False  # so that `server_close` joins them

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.lines: set[socket.socket] = set()
        super().__init__(*args, **kwargs)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.lines.add(request)
        super().process_request(request, client_address)

    def close_request(self, request: Any) -> None:
        self.lines.discard(request)
        super().close_request(request)

    def server_close(self) -> None:
        for line in list(self.lines):
            with suppress(OSError):  # the browser was faster
                line.shutdown(socket.SHUT_RDWR)
        super().server_close()


class _StaticFiles(StaticFilesHandler):
    """Lets browsers keep style sheets and scripts, as they may in production."""

    def serve(self, request: HttpRequest) -> HttpResponse | FileResponse:
        response = super().serve(request)
        response.headers["Cache-Control"] = "max-age=3600"
        return response


class _Thread(LiveServerThread):
    server_class = _Server


@contextmanager
def live_server() -> Iterator[str]:
    """The address of a server on this test's database. Afterwards none of its threads runs any more."""
    thread = _Thread("localhost", static_handler=_StaticFiles)
    thread.daemon = True
    with override_settings(ALLOWED_HOSTS=["localhost", "testserver"]):
        thread.start()
        thread.is_ready.wait()
        try:
            if thread.error:
                raise thread.error
            yield f"http://{thread.host}:{thread.port}"
        finally:
            thread.terminate()
