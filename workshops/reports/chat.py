"""A session in a few plain lines, ready to paste into a chat group: when, where, and the way to its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from django.utils.translation import override

from cities.access import roles_of
from ogpgroup import dates
from ogpgroup.models import User
from workshops import ical
from workshops.models import SessionVersion
from workshops.reports.rows import MemberCity, Reader, Writer


@dataclass(frozen=True)
class ChatText:
    """One text in one language."""

    language: str
    label: str
    text: str


def for_members(
    version: SessionVersion,
    user: User | AnonymousUser,
    cities: Sequence[MemberCity],
    *,
    language: str,
    now: datetime,
) -> list[ChatText]:
    """For people of the group, of a session to come: in Spanish, in which the group speaks, and in the reader's own.

    Never the link to join: a chat is read by people whom nobody expects. The page decides who sees it.
    """
    if version.finishes_at <= now or version.status != version.Status.PLANNED or not roles_of(user).in_group:
        return []
    return [chat_text(version, one, cities) for one in dict.fromkeys((dates.SPANISH, language))]


def chat_text(version: SessionVersion, language: str, cities: Sequence[MemberCity]) -> ChatText:
    """Title, day and hours by the clock of the session and of the cities where they differ, place, address."""
    with override(language):
        when = dates.when(
            day=version.day,
            starts_at=version.starts_at,
            ends_at=version.ends_at,
            zone=version.time_zone,
            language=language,
        )
        hours = Writer(Reader(language, None), cities).hours(version, when, at_most=len(cities)) if when.hours else ""
        place = ", ".join(part for part in (version.place, version.address) if part)
        lines = [
            ical.summary_of(version),
            f"{when.day[0].upper()}{when.day[1:]}{', ' if hours else ''}{hours}",
            place or version.get_mode_display()[0].upper() + version.get_mode_display()[1:],
            settings.PUBLIC_URL + version.get_absolute_url(),
        ]
        label = _("Text in Spanish") if language == dates.SPANISH else _("Text in English")
    return ChatText(language, label, "\n".join(" ".join(line.split()) for line in lines))
