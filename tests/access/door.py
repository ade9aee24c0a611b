"""One request of one person, and everything that is wrong with its answer."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.roles import DONE, DONE_HERE, ELSEWHERE, LOGIN, Answer, Answers, Role
from tests.access.world import World

# What an address does not offer, it offers to nobody and with no object: the way through is the same whoever asks, and
# it ends before anything is looked up.
OTHER_METHODS = ("PUT", "DELETE", "OPTIONS")
TRY_OTHER_METHODS = {Role.ANONYMOUS, Role.COORDINATOR}


@dataclass(frozen=True)
class Row:
    """One address with one kind of object, and what each role is answered.

    Without `POST` the address only reads: a POST is refused with 405 or answered like a GET, and changes nothing.
    """

    url: str  # the name, with its namespace
    about: str = ""  # which object
    at: Callable[[World], dict[str, Any]] = lambda _world: {}
    GET: Answers | None = None  # None: 405 for whoever gets that far
    POST: Answers | None = None
    data: Callable[[World], dict[str, Any]] = lambda _world: {}
    query: str = ""
    # The hidden names that a link tells whoever holds it: the link itself is the proof.
    opens: Callable[[World], Collection[str]] = lambda _world: ()

    def __str__(self) -> str:
        return f"{self.url} ({self.about})" if self.about else self.url

    def address(self, world: World) -> str:
        return reverse(self.url, kwargs=self.at(world)) + self.query


def walk(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the platform, with the names of its namespaces."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        else:
            yield f"{namespace}{pattern.name}", pattern


@cache
def _tables() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(relid)::text FROM pg_stat_user_tables")
        (tables,) = cursor.fetchone() or ("",)
    return str(tables)


def rows_changed() -> int:
    """Rows written in this transaction, as PostgreSQL counts them itself; what was rolled back counts too.

    It is what `pg_stat_xact_user_tables` says, which looks at the whole catalogue to say it, twice for each request.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_stat_get_xact_tuples_inserted(one) + pg_stat_get_xact_tuples_updated(one)"
            " + pg_stat_get_xact_tuples_deleted(one)) FROM unnest(%s::oid[]) AS one",
            [_tables()],
        )
        (count,) = cursor.fetchone() or (0,)
    return int(count)


class Visitor(Client):
    """A browser that keeps nothing of how a page was made: for our test client, the context of each of its templates.

    All of them go through one chain of middleware.
    """

    chain = ClientHandler(enforce_csrf_checks=False)

    def __init__(self) -> None:
        super().__init__()
        self.handler = self.chain

    def request(self, **request: Any) -> HttpResponseBase:  # type: ignore[override]
        got_request_exception.connect(self.store_exc_info)
        try:
            response = self.handler(self._base_environ(**request))  # type: ignore[attr-defined]
        finally:
            got_request_exception.disconnect(self.store_exc_info)
        self.check_exception(response)
        return response  # type: ignore[unreachable]  # the stubs have every response raise


@dataclass(frozen=True)
class Answered:
    answer: Answer
    changed: int
    body: str

    @classmethod
    def of(cls, response: HttpResponseBase, *, changed: int) -> "Answered":
        chunks = getattr(response, "streaming_content", None)
        content = b"".join(chunks) if chunks is not None else response.content  # type: ignore[attr-defined]
        answer: Answer = DONE_HERE if response.status_code == 200 and changed else response.status_code
        if 300 <= response.status_code < 400:
            path = urlsplit(response.headers["Location"]).path
            answer = LOGIN if path == reverse("account_login") else DONE if changed else ELSEWHERE
        # Long lines of a calendar are folded, and a redirect may carry a name in its address.
        text = content.decode(errors="replace").replace("\r\n ", "")
        return cls(answer, changed, text + str(response.headers))


def knock(world: World, role: Role, method: str, address: str, data: dict[str, Any] | None = None) -> Answered:
    """Ask, and undo whatever it did."""
    world.forget()
    client = world.enter(Visitor(), role)
    with transaction.atomic():
        before = rows_changed()
        response = getattr(client, method.lower())(address, data or {}, HTTP_REFERER="http://testserver/")
        answered = Answered.of(response, changed=rows_changed() - before)
        transaction.set_rollback(True)
    return answered


_quoted = cache(quote)


def indiscretions(world: World, role: Role, answered: Answered, *, opened: Collection[str] = ()) -> list[str]:
    """Hidden names that the body tells to somebody who may not know them, but for those that a link opens."""
    told = [name for name in world.names if name in answered.body or _quoted(name) in answered.body]
    world.seen.update(name for name in told if role in world.names[name])
    return [f"tells “{name}”" for name in told if role not in world.names[name] and name not in opened]


def complaints(world: World, row: Row, role: Role, *, also: Collection[str] = ()) -> Iterator[str]:
    """What is wrong with the answers to this person at this address; nothing when all is well.

    `also` are methods that no page uses; one row of an address is enough for them. Whoever wants to know only whether
    something is asks no further than that.
    """
    address = row.address(world)

    def judge(method: str, answered: Answered, *allowed: Answer) -> Iterator[str]:
        opened = row.opens(world) if method == "POST" or not row.POST else ()
        wrong = indiscretions(world, role, answered, opened=opened)
        if answered.answer not in allowed:
            wrong.append(f"answers {answered.answer}, not {' or '.join(map(str, allowed))}")
        if answered.changed and answered.answer not in {DONE, DONE_HERE}:
            wrong.append(f"changes {answered.changed} rows")
        yield from (f"{method} {address} as {role}: {what}" for what in wrong)

    read = knock(world, role, "GET", address)
    yield from judge("GET", read, *([row.GET[role]] if row.GET else _only_by_post(row, role)))
    allowed = [405, read.answer]
    if row.POST:
        yield from judge("POST", knock(world, role, "POST", address, row.data(world)), row.POST[role])
        allowed.append(row.POST[role])
    if role in TRY_OTHER_METHODS:
        for method in also if row.POST else ("POST", *also):
            answered = knock(world, role, method, address, row.data(world) if method == "POST" else None)
            yield from judge(method, answered, *allowed, *([200] if method == "OPTIONS" else []))


def _only_by_post(row: Row, role: Role) -> list[Answer]:
    """A GET where only POST exists: some guards come first, for others 405 does; strangers must sign in before."""
    assert row.POST
    return [LOGIN] if row.POST[role] == LOGIN else [405, 404] if row.POST[role] == 404 else [405]
