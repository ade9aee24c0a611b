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
FRESH: Final = 0.8  # seconds for which nobody asks the database again
DRAWN_ANEW: Final = 60  # seconds after which it is drawn anew though nothing changed: some of it hangs on the hour
MOST_KEPT: Final = 64  # walls and languages, in each process
LANGUAGES: Final = ("es-mx", "en")


# --- The address ------------------------------------------------------------------------------------------------------


def token_of(session: Session, wall: Wall | None) -> str:
    """The part of the address that nobody can guess. Another serial makes another, and so does it when other people
    than before may see the session.
    """
    assert session.current_version is not None  # a wall belongs to a published session
    said = f"{session.pk}-{_terms(wall.address_serial if wall else 1, session.current_version.visibility)}"
    return signing.Signer(salt=SALT).sign(said)


def _terms(serial: int, visibility: str) -> str:
    return f"{serial}-{visibility}"


def _read_token(token: str) -> tuple[int, str] | None:
    try:
        session_id, terms = signing.Signer(salt=SALT).unsign(token).split("-", 1)
    except (signing.BadSignature, ValueError):
        return None
    return int(session_id), terms


def address_of(session: Session, wall: Wall | None, *, language: str) -> str:
    """Where the wall of the page asks what is new."""
    return reverse("workshops:wall_now", args=[token_of(session, wall), language])


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


@dataclass
class _Kept:
    """One wall in one language, as it was drawn last."""

    lock: Lock = field(default_factory=Lock)
    asked_at: float = float("-inf")
    drawn_at: float = float("-inf")
    terms: str = ""  # of the address; none: no such session, or not published
    stamp: str = ""
    etag: str = ""
    body: bytes = b""
    zipped: bytes = b""


_kept: OrderedDict[tuple[int, str], _Kept] = OrderedDict()
_order = Lock()


def forget() -> None:
    """Forget all that this process keeps."""
    with _order:
        _kept.clear()


def _known(session_id: int, language: str) -> _Kept:
    with _order:
        one = _kept.setdefault((session_id, language), _Kept())
        _kept.move_to_end((session_id, language))
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return one


def _current(session_id: int, language: str) -> _Kept:
    """The wall, at most `FRESH` seconds old. One asks the database; who comes meanwhile takes what there is."""
    one = _known(session_id, language)
    if time.monotonic() - one.asked_at < FRESH:
        return one
    if one.etag and not one.lock.acquire(blocking=False):
        return one
    if not one.etag:
        one.lock.acquire()
    try:
        if time.monotonic() - one.asked_at >= FRESH:
            _refresh(one, session_id, language)
    finally:
        one.lock.release()
    return one


def _refresh(one: _Kept, session_id: int, language: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STAMP, [session_id])
        row = cursor.fetchone()
    now = time.monotonic()
    if row is None:
        one.terms = ""
    else:
        one.terms, stamp = _terms(*row[:2]), row[2]
        if stamp != one.stamp or now - one.drawn_at > DRAWN_ANEW:
            one.body = drawn(session_id, language).encode()
            one.zipped = gzip.compress(one.body, 6, mtime=0)
            # Weak, because the same answer goes out in two encodings.
            one.etag = f'W/"{hashlib.sha256(one.body).hexdigest()[:24]}"'
            one.stamp, one.drawn_at = stamp, now
    one.asked_at = now


def drawn(session_id: int, language: str) -> str:
    """What the wall shows now, as HTML in that language."""
    session = Session.objects.select_related("current_version").get(pk=session_id)
    now = timezone.now()
    with translation.override(language):
        return render_to_string("workshops/diagnosis/_wall.html", {"wall": reports.on_wall(session, now)})


# --- The answer -------------------------------------------------------------------------------------------------------


def answer(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """What the wall shows, or 304 to who has it. The clock of the server stands beside it in either case."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    claim = _read_token(token)
    if claim is None or language not in LANGUAGES:
        raise Http404
    session_id, terms = claim
    one = _current(session_id, language)
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
