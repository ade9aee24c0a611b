"""What mails about agendas say: to who answers first, to who presents; and the agenda within mails of a session."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import override

from ogpgroup import dates, mail
from ogpgroup.models import OutgoingMail, User
from workshops.agenda import agenda, answered_with
from workshops.models import AgendaItem, SessionVersion

type Told = tuple[OutgoingMail, SessionVersion, AgendaItem, User]


@dataclass(frozen=True)
class Line:
    """A point in one line of a mail, in the reader's zone; a part is set in. `__repr__` tells bodies apart."""

    hours: str
    title: str
    who: str
    is_part: bool


def who_of(item: AgendaItem) -> str:
    """Who presents, or answers first where nobody presents. Expects `with_people`."""
    names = [one.name for one in item.presenters] or ([item.presenter_name] if item.presenter_name else [])
    organization = item.presenter_organization
    if not names and organization is None:
        names = [name] if (name := respondent_of(item)) else []
    elif organization is not None:
        names.append(organization.local_name)
    return ", ".join(names)


def respondent_of(item: AgendaItem) -> str:
    """Who answers first, with their institution. Expects `with_people`."""
    name = item.respondent.name if item.respondent else item.respondent_name
    organization = item.respondent_organization.local_name if item.respondent_organization else ""
    return ", ".join(part for part in (name, organization) if part)


def published_items(session_ids: Iterable[int]) -> dict[int, list[AgendaItem]]:
    """The points of those agendas that are published, by session; two queries."""
    found: dict[int, list[AgendaItem]] = {}
    ready = AgendaItem.objects.filter(session__in=list(session_ids), session__agenda_published_at__isnull=False)
    for item in ready.with_people():
        found.setdefault(item.session_id, []).append(item)
    return found


def lines(version: SessionVersion, items: Sequence[AgendaItem], *, zone: str, language: str) -> list[Line]:
    """The agenda of a session in the reader's words and by the reader's clock."""
    with override(language):
        return [
            Line(
                hours=_hour(point.starts_at, zone, language),
                title=point.item.title,
                who=who_of(point.item),
                is_part=point.item.parent_id is not None,
            )
            for point in agenda(version, items)
        ]


def _hour(instant: datetime | None, zone: str, language: str) -> str:
    return dates.spoken_hour(instant.astimezone(dates.zone_info(zone)), language) if instant else ""


def write(told: Sequence[Told]) -> dict[int, mail.Rendered]:
    """One mail each: what the point is, when, who else has a part in it, by when the feedback is due."""
    items: dict[int, list[AgendaItem]] = {}
    sessions = {version.session_id for _mail, version, *_rest in told}
    for item in AgendaItem.objects.filter(session__in=sessions).with_people():
        items.setdefault(item.session_id, []).append(item)
    return {
        one.pk: _written(one, version, item, user, items.get(version.session_id, []))
        for one, version, item, user in told
    }


def _written(
    one: OutgoingMail, version: SessionVersion, item: AgendaItem, user: User, items: list[AgendaItem]
) -> mail.Rendered:
    with override(user.language):
        presented = [each for each in items if each.pk in answered_with(items).get(item.pk, set())]
        starts_at = next((point.starts_at for point in agenda(version, items) if point.item.pk == item.pk), None)
        context = {
            "version": version,
            "item": item,
            "presented": [(each.title, who_of(each)) for each in presented if each.pk != item.pk],
            "who": who_of(item),
            "respondent": respondent_of(item),
            "when": _when(version, starts_at, user),
            "due_on": dates.spoken_day(item.response_due_on, user.language) if item.response_due_on else "",
            "link": f"{settings.PUBLIC_URL}{version.get_absolute_url()}#point-{item.pk}",
        }
    parts = mail.render_parts(f"workshops/emails/{one.kind}.html", context, user.language)
    content = mail.compose(mail=one, subject=parts.subject, text=parts.text, html=parts.html)
    return mail.Rendered(headline=parts.subject, content=content)


def _when(version: SessionVersion, starts_at: datetime | None, user: User) -> str:
    """The hour of the point where it is known, else when the session is held."""
    ends_at = None if starts_at else version.ends_at
    return str(
        dates.when(
            day=version.day,
            starts_at=starts_at or version.starts_at,
            ends_at=ends_at,
            zone=user.time_zone,
            language=user.language,
        )
    )
