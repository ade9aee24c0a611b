"""The wall's own address, and what the process keeps of a wall so that hundreds may watch it.

Whoever watches asks every two seconds. The answer is given before a session or a user is loaded, from what this process
keeps: at most a second old, then one query says whether anything has changed (`_STAMP`), and only then is it drawn
anew. So a note is on every wall within three seconds, and two hundred who watch cost hardly more than one.
"""

import gzip
import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from django.core import signing
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import parse_etags

from workshops.models import Session, Wall
from workshops.reports import walls as reports

SALT: Final = "workshops.wall"
PATH: Final = "/wall/"
GOOD_FOR: Final = 12 * 3600  # seconds that an address is good for: who left the group reads on no longer
FRESH: Final = 0.8  # seconds for which nobody asks the database again
DRAWN_ANEW: Final = 60  # seconds after which it is drawn anew though nothing changed: some of it hangs on the hour
MOST_KEPT: Final = 64  # walls, languages and kinds of people, in each process
LANGUAGES: Final = ("es-mx", "en")


# --- The address ------------------------------------------------------------------------------------------------------


def token_of(session: Session, wall: Wall | None, *, is_inside: bool) -> str:
    """The part of the address that nobody can guess, good for half a day: then the page asks anew who is there.

    Another serial makes another, and so does it when other people than before may see the session. Who `is_inside`
    watches as one of the group or of those expected, and sees the code to vote by whoever else may watch.
    """
    assert session.current_version is not None  # a wall belongs to a published session
    terms = _terms(wall.address_serial if wall else 1, session.current_version.visibility)
    return signing.TimestampSigner(salt=SALT).sign(f"{session.pk}-{int(is_inside)}-{terms}")


def _terms(serial: int, visibility: str) -> str:
    return f"{serial}-{visibility}"


def _read_token(token: str) -> tuple[int, bool, str] | None:
    try:
        claim = signing.TimestampSigner(salt=SALT).unsign(token, max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    session_id, is_inside, terms = claim.split("-", 2)
    return int(session_id), is_inside == "1", terms


def address_of(session: Session, wall: Wall | None, *, language: str, is_inside: bool) -> str:
    """Where the wall of the page asks what is new."""
    return reverse("workshops:wall_now", args=[token_of(session, wall, is_inside=is_inside), language])


# --- What is kept -----------------------------------------------------------------------------------------------------

# The rows that a wall is made of. `xmin` is the transaction that wrote a row last, so a sum over them rises with every
# row that is added and every one that is changed, whichever field it is.
_STAMP: Final = """
SELECT coalesce(wall.address_serial, 1), version.visibility,
    concat_ws(' ', version.id, wall.xmin, tables.*, notes.*, rounds.*)
FROM workshops_session session
JOIN workshops_sessionversion version ON version.id = session.current_version_id
LEFT JOIN workshops_wall wall ON wall.session_id = session.id,
LATERAL (
    SELECT count(*), sum(xmin::text::bigint) FROM workshops_worktable WHERE session_id = session.id
) tables,
LATERAL (
    SELECT count(*), sum(note.xmin::text::bigint)
    FROM workshops_tablenote note JOIN workshops_worktable one ON one.id = note.table_id
    WHERE one.session_id = session.id
) notes,
LATERAL (
    SELECT count(*), sum(xmin::text::bigint),
        (SELECT count(DISTINCT participation_id) FROM workshops_vote WHERE round_id = max(round.id))
    FROM workshops_votinground round WHERE session_id = session.id
) rounds
WHERE session.id = %s
"""


@dataclass(frozen=True)
class Which:
    """One wall in one language, for who is inside or for everybody."""

    session_id: int
    language: str
    is_inside: bool


@dataclass
class _Kept:
    """One of these, as it was drawn last."""

    lock: Lock = field(default_factory=Lock)
    asked_at: float = float("-inf")
    drawn_at: float = float("-inf")
    terms: str = ""  # of the address; none: no such session, or not published
    stamp: str = ""
    etag: str = ""
    body: bytes = b""
    zipped: bytes = b""


_kept: OrderedDict[Which, _Kept] = OrderedDict()
_order = Lock()


def forget() -> None:
    """Forget all that this process keeps."""
    with _order:
        _kept.clear()


def _known(which: Which) -> _Kept:
    with _order:
        one = _kept.setdefault(which, _Kept())
        _kept.move_to_end(which)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return one


def _current(which: Which) -> _Kept:
    """The wall, at most `FRESH` seconds old. One asks the database; who comes meanwhile takes what there is."""
    one = _known(which)
    if time.monotonic() - one.asked_at < FRESH:
        return one
    if one.etag and not one.lock.acquire(blocking=False):
        return one
    if not one.etag:
        one.lock.acquire()
    try:
        if time.monotonic() - one.asked_at >= FRESH:
            _refresh(one, which)
    finally:
        one.lock.release()
    return one


def _refresh(one: _Kept, which: Which) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STAMP, [which.session_id])
        row = cursor.fetchone()
    now = time.monotonic()
    if row is None:
        one.terms = ""
    else:
        one.terms, stamp = _terms(*row[:2]), row[2]
        if stamp != one.stamp or now - one.drawn_at > DRAWN_ANEW:
            one.body = drawn(which).encode()
            one.zipped = gzip.compress(one.body, 6, mtime=0)
            # Weak, because the same answer goes out in two encodings.
            one.etag = f'W/"{hashlib.sha256(one.body).hexdigest()[:24]}"'
            one.stamp, one.drawn_at = stamp, now
    one.asked_at = now


def drawn(which: Which) -> str:
    """What the wall shows now, as HTML in that language."""
    session = Session.objects.select_related("current_version").get(pk=which.session_id)
    wall = reports.on_wall(session, timezone.now(), is_inside=which.is_inside)
    with translation.override(which.language):
        return render_to_string("workshops/diagnosis/_wall.html", {"wall": wall})


# --- The answer -------------------------------------------------------------------------------------------------------


def answer(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """What the wall shows, or 304 to who has it. The clock of the server stands beside it in either case."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    claim = _read_token(token)
    if claim is None or language not in LANGUAGES:
        raise Http404
    session_id, is_inside, terms = claim
    one = _current(Which(session_id, language, is_inside))
    if one.terms != terms:
        raise Http404
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "ETag": one.etag,
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Encoding",
        "X-Frame-Options": "DENY",  # its middleware has not had its turn
        "X-Clock": str(round(time.time() * 1000)),
    }
    response = HttpResponse(headers=headers)
    if one.etag in parse_etags(request.headers.get("If-None-Match", "")):
        response.status_code = 304
        return response
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.headers["Content-Encoding"] = "gzip"
        response.content = one.zipped
    else:
        response.content = one.body
    return response


def answer_early(request: HttpRequest) -> HttpResponse | None:
    """The answer where the address is a wall's; for the middleware that stands before all that loads anything."""
    if not request.path_info.startswith(PATH):
        return None
    token, _slash, language = request.path_info.removeprefix(PATH).rstrip("/").rpartition("/")
    try:
        return answer(request, token, language)
    except Http404:
        return HttpResponseNotFound(content_type="text/plain; charset=utf-8", headers={"X-Frame-Options": "DENY"})
