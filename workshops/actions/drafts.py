"""What coordinators do in private: nothing here is seen by anybody else before a release."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cities import worlds
from cities.access import ALL, Lost
from cities.models import City, Organization
from ogpgroup.errors import ActionNotPossible
from ogpgroup.holding import Holding
from ogpgroup.mail import database_now
from ogpgroup.models import User
from workshops import posts
from workshops.actions.posts import pass_posts
from workshops.models import RELEASED_FIELDS, Session
from workshops.models.sessions import SessionQuerySet

SLUG_LENGTH = 70
# What an edit may change.
DRAFTED = (
    *RELEASED_FIELDS,
    "audience_roles",
    "reviews_plan",
    "reviews_deliverable",
    "reviews_agreement",
    "slug",
    "city",
    "cycle",
    "responsible",
    "edits",
    "edited_at",
    "edited_by",
)


@transaction.atomic
def save_draft(
    session: Session,
    *,
    organizations: list[Organization],
    people: list[User],
    by: User | None,
    cities: list[City] | None = None,
    seen_edits: int = 0,
) -> Session:
    """Store a new draft, or an edit of one that nobody else has edited since `seen_edits`.

    Cities that are not given stay those that they were.

    Under which offset of its zone the hours were written is noted with them.
    Its address follows title and day until it is published, and stays for ever then; a slug given by hand stays too.
    A postponed session that gets another date is planned again.
    Raises ActionNotPossible when somebody has: the later of two coordinators is told instead of overwriting the first.
    """
    session.edited_by, session.edited_at = by, database_now()
    session.audience_roles = sorted(set(session.audience_roles))
    if session._state.adding:
        session.is_demo = session.is_demo or session.cycle.is_demo or worlds.makes_demo(by)
        session.slug = session.slug or _free_slug(session)
        session.note_offsets()
        session.save()
    else:
        current = Session.objects.select_for_update().get(pk=session.pk)
        if current.edits != seen_edits:
            raise ActionNotPossible(
                _("%(who)s changed this session meanwhile. Your text is still here; compare before you save again.")
                % {"who": current.edited_by or _("Somebody")}
            )
        session.edits = current.edits + 1
        session.note_offsets(before=current)
        if session.is_postponed and session.reminder_start() != current.reminder_start():
            session.status, session.cancel_reason = Session.Status.PLANNED, ""
        if current.current_version_id is None and current.slug.startswith(_slug_base(current)[: SLUG_LENGTH - 4]):
            session.slug = _free_slug(session)
        session.save(update_fields=DRAFTED)
    session.audience_organizations.set(organizations)
    session.audience_people.set(people)
    if cities is not None:
        session.audience_cities.set(cities)
    return session


def _slug_base(session: Session) -> str:
    """Day and title, as an address says them."""
    words = slugify(f"{session.title}")[:SLUG_LENGTH].strip("-") or "session"
    return f"{session.local_day:%Y-%m-%d}-{words}"[:SLUG_LENGTH]


def _free_slug(session: Session) -> str:
    base, number = _slug_base(session), 1
    slug, others = base, Session.objects.exclude(pk=session.pk)
    while others.filter(slug=slug).exists():
        number += 1
        slug = base[: SLUG_LENGTH - 4] + f"-{number}"
    return slug


def _set_status(session: Session, *, status: str, reason: str, by: User | None) -> Session:
    session = Session.objects.select_for_update().get(pk=session.pk)
    if status not in Session.TRANSITIONS[session.status]:
        raise ActionNotPossible(_("This session is already %(status)s.") % {"status": session.get_status_display()})
    session.status, session.cancel_reason, session.edited_by = status, reason, by
    session.edited_at, session.edits = database_now(), session.edits + 1
    session.save(update_fields=["status", "cancel_reason", "edited_by", "edited_at", "edits"])
    return session


@transaction.atomic
def cancel(session: Session, *, reason: str, by: User | None) -> Session:
    """Mark the draft as cancelled, with the reason people will read; they are told by the next release."""
    if not reason.strip():
        raise ActionNotPossible(_("Please say why the session is cancelled; the people invited will read it."))
    return _set_status(session, status=Session.Status.CANCELLED, reason=reason.strip(), by=by)


@transaction.atomic
def postpone(session: Session, *, reason: str, by: User | None) -> Session:
    """Mark the draft as postponed, with the reason people will read: it takes place, but its new date follows.

    They are told by the next release. As soon as the draft gets another date it is planned again.
    """
    if not reason.strip():
        raise ActionNotPossible(_("Please say why the session is postponed; the people invited will read it."))
    session = _set_status(session, status=Session.Status.POSTPONED, reason=reason.strip(), by=by)
    if session.current_version_id is None:
        raise ActionNotPossible(_("This session was never published; give it another date instead."))
    return session


@transaction.atomic
def reinstate(session: Session, *, by: User | None) -> Session:
    """Take a cancellation or a postponement back: it takes place on the date it has.

    If it was published, the next release tells people that it takes place after all.
    """
    return _set_status(session, status=Session.Status.PLANNED, reason="", by=by)


@transaction.atomic
def discard_draft(session: Session) -> None:
    """Delete a draft that was never published. What was published can only be cancelled."""
    session = Session.objects.select_for_update().get(pk=session.pk)
    if session.current_version_id is not None:
        raise ActionNotPossible(_("This session was published; it can be cancelled, not deleted."))
    session.delete()


def holdings(user: User, lost: Lost = ALL) -> list[Holding]:
    """What a successor takes over: sessions to come for which the person is responsible or expected by name, and posts.

    Posts pass on when the person leaves the group: no other role of theirs explains them.
    """
    now = database_now()
    responsible, by_name = _sessions_of(user, lost, now=now)
    by_name = by_name.exclude(pk__in=responsible.values("pk"))
    held = posts.held_by(user.pk, now=now) if lost.group else []
    return [
        Holding(label=label % {"title": session.title}, url=reverse("workshops:edit", args=[session.slug]))
        for label, sessions in (
            (_("Responsible for the session “%(title)s”"), responsible),
            (_("Expected by name at the session “%(title)s”"), by_name),
        )
        for session in sessions.in_order()
    ] + [Holding(one.label, one.url) for one in held]


@transaction.atomic
def hand_over(from_user: User, to_user: User, *, by: User | None, lost: Lost = ALL) -> None:
    """Put the successor in the person's place in the drafts of sessions to come, and in the posts at them.

    The next release tells both of the drafts; posts count at once.
    """
    now = database_now()
    responsible, by_name = _sessions_of(from_user, lost, now=now)
    responsible.update(responsible=to_user, edits=F("edits") + 1, edited_by=by, edited_at=now)
    for session in by_name:
        session.audience_people.remove(from_user)
        session.audience_people.add(to_user)
        Session.objects.filter(pk=session.pk).update(edits=F("edits") + 1, edited_by=by, edited_at=now)
    if lost.group:
        pass_posts(posts.held_by(from_user.pk, now=now), from_user=from_user, to_user=to_user, now=now)


def _sessions_of(user: User, lost: Lost, *, now: datetime) -> tuple[SessionQuerySet, SessionQuerySet]:
    """Those to come that a coordinator answers for, and those at which a person of the group is expected by name."""
    ahead = Session.objects.ahead(now)
    responsible = ahead.filter(responsible=user) if lost.coordination else ahead.none()
    return responsible, ahead.filter(audience_people=user) if lost.group else ahead.none()
