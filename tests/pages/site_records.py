"""What sessions of the site have left behind: minutes in each state. See also `tests.pages.site`."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from cities.models import Cycle
from ogpgroup.models import User
from tests.factories_schedule import create_session, publish
from workshops import drafting
from workshops.actions import minutes as actions
from workshops.actions import photos
from workshops.models import Minutes, Participation, Photo, Session


def records(cycle: Cycle, people: dict[str, User], *, attended: str) -> dict[str, Any]:
    """A draft, minutes that are being corrected with a correction, and approved ones."""
    now = timezone.now()
    held = [create_session(cycle=cycle, title=title, starts_at=now - timedelta(days=9)) for title in ("Una", "Otra")]
    publish(cycle)
    draft = _drafted(Session.objects.get(slug=attended), people["coordinator"])
    opened, approved = (_drafted(Session.objects.get(pk=one.pk), people["coordinator"]) for one in held)
    Participation.objects.update_or_create(
        session=opened.session, user=people["member"], defaults={"attended": "present"}
    )
    for one in (opened, approved):
        actions.open_to_corrections(one, now=now)
    actions.correct(opened, section=None, text="Falta la mesa 2.", form_id=uuid4(), by=people["member"], now=now)
    actions.approve(approved, by=people["coordinator"], now=now + timedelta(days=9))
    shown = Photo.objects.filter(session__is_demo=True, removed_at=None).select_related("session")
    photo, asked, undescribed = shown[:3]  # of one session, the demonstration's
    photos.ask_away(asked, because="No quiero salir.", contact="844 000 0000", now=now)
    Photo.objects.filter(pk=undescribed.pk).update(described_at=None, alt="", caption="")
    return {
        "photographed": photo.session.slug,
        "photo": photo.pk,
        "asked_away": asked.pk,
        "section": draft.sections.get(kind="agreements").pk,
        "minutes_open": opened.session.slug,
        "minutes_approved": approved.session.slug,
    }


def _drafted(session: Session, by: User) -> Minutes:
    assert session.current_version
    sections = drafting.sections_of(session.current_version, by)
    return actions.draft(session, sections=sections, now=timezone.now())
