"""Panels about what the tables said, for the pages of a session and of a cycle."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext as _

from cities.access import roles_of
from cities.models import Cycle
from ogpgroup.models import User
from workshops.models import Diagnosis, Session, SessionVersion, Wall, WorkTable
from workshops.reports import diagnoses as reports

register = template.Library()
FIRST = 3  # statements that the session's page names


@register.inclusion_tag("workshops/diagnosis/_panel.html")
def diagnosis_panel(
    session: Session, version: SessionVersion, user: User | AnonymousUser, tables: Sequence[WorkTable]
) -> dict[str, Any]:
    """What the group found at a session, and the ways to its wall, themes and votes for who may go there."""
    visible = Diagnosis.objects.visible_to(user).filter(session=session, published__isnull=False)
    diagnosis = visible.select_related("published").first()
    statements = diagnosis.published.content.get("statements", []) if diagnosis and diagnosis.published else []
    return {
        "session": session,
        "published": diagnosis,
        "first": statements[:FIRST],
        "count": len(statements),
        "links": _links(session, version, user) if tables else [],
    }


def _links(session: Session, version: SessionVersion, user: User | AnonymousUser) -> list[tuple[str, str]]:
    """Ways on for this person."""
    roles = roles_of(user)
    if version.status != SessionVersion.Status.PLANNED:
        return []
    is_public = version.visibility == SessionVersion.Visibility.PUBLIC
    links = []
    if roles.in_group or (is_public and Wall.objects.filter(session=session, is_open=True).exists()):
        links.append((_("Wall of the tables"), reverse("workshops:wall", args=[session.slug])))
    if roles.is_coordinator or Session.objects.facilitated_by(user).filter(pk=session.pk).exists():
        links.append((_("Group the notes"), reverse("workshops:themes", args=[session.slug])))
        links.append((_("Votes"), reverse("workshops:votes", args=[session.slug])))
    if roles.is_coordinator:
        links.append((_("Write the diagnosis"), reverse("workshops:diagnosis_edit", args=[session.slug])))
    return links


@register.inclusion_tag("workshops/diagnosis/_persisting.html")
def persisting_themes(cycle: Cycle, user: User | AnonymousUser) -> dict[str, Any]:
    """Themes of a cycle that came back in a later session."""
    return {"themes": reports.persisting(cycle, user)}
