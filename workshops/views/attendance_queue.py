"""What a phone at the door sends once it has a network again."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cities.access import coordinator_required
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops.actions import attendance_queue as actions
from workshops.forms.attendance import WalkInForm
from workshops.forms.table_notes import NotUnderstood, age_of, number, opened, uuid_of
from workshops.models import Session, SessionVersion
from workshops.views.attendance import published
from workshops.views.table_notes import signed_in_as_somebody_else

MARKS: Final = {"room", "line", "excused", "absent", "undo"}


@coordinator_required
@require_POST
def attendance_queue(request: HttpRequest, slug: str) -> HttpResponse:
    """Take ticks and walk-ins in the order in which they were made, and answer for each."""
    session, version = published(request, slug)
    user: Any = request.user
    try:
        user_id, entries = opened(request.body)
        ids = [uuid_of(one.get("client_id")) for one in entries]
    except NotUnderstood:
        return HttpResponseBadRequest()
    if user_id != user.pk:
        return signed_in_as_somebody_else([str(one) for one in ids])
    now = database_now()
    outcomes = [_outcome(session, version, one, by=user, now=now) for one in entries]
    return JsonResponse({"outcomes": outcomes})


def _outcome(
    session: Session, version: SessionVersion, one: dict[str, Any], *, by: User, now: datetime
) -> dict[str, str]:
    told = {"client_id": str(one["client_id"]), "status": "known", "sentence": ""}
    does = partial(_ticked if "row" in one else _walked_in, session, version, one, by=by, now=now)
    try:
        done = actions.once(session, client_id=uuid_of(one["client_id"]), by=by, does=does)
    except ActionNotPossible as refusal:
        return told | {"status": "refused", "sentence": str(refusal.sentence)}
    return told | {"status": done} if done else told


def _ticked(session: Session, _version: SessionVersion, one: dict[str, Any], *, by: User, now: datetime) -> str:
    row = session.participations.select_related("session").filter(pk=number(one["row"])).first()
    if row is None or one.get("mark") not in MARKS:
        raise ActionNotPossible(_("This entry was removed meanwhile."))
    seen = str(one.get("seen", ""))
    actions.mark_later(row, mark=one["mark"], seen=seen, age=_age(one), by=by, now=now)
    return "stored"


def _walked_in(session: Session, version: SessionVersion, one: dict[str, Any], *, by: User, now: datetime) -> str:
    form = WalkInForm({**one, "form_id": one["client_id"]}, mode=version.mode)
    if not form.is_valid():
        said = [f"{form.fields[name].label}: {error}" for name, errors in form.errors.items() for error in errors]
        raise ActionNotPossible(" ".join(said))
    actions.walk_in_later(session, **form.as_written(), age=_age(one), by=by, now=now)
    return "stored"


def _age(one: dict[str, Any]) -> timedelta:
    return age_of(one) or timedelta(0)
