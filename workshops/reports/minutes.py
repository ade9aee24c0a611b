"""Minutes as pages show them: what a reader sees, what an editor may do, how two texts of a section come together."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser

from actionplans.reports.history import Voices
from cities.models import group_day
from ogpgroup.models import User
from workshops.merging import Merged, merge
from workshops.models import Correction, Minutes, MinutesSection


@dataclass(frozen=True)
class Written:
    """A correction with who wrote it, by what they are."""

    correction: Correction
    who: str
    is_own: bool


def sections_to_read(minutes: Minutes) -> list[MinutesSection]:
    """Those with a text, in their order; what nobody filled in is not shown."""
    return [one for one in minutes.sections.all() if one.text.strip()]


def corrections_of(minutes: Minutes, user: User | AnonymousUser, *, can_edit: bool) -> list[Written]:
    """All of them for who decides, else the person's own; two queries. Nobody is named to others."""
    found = minutes.corrections.select_related("section").order_by("pk")
    if not can_edit:
        found = found.filter(written_by=user.pk)
    corrections = list(found)
    voices = Voices(one.written_by_id for one in corrections)
    return [
        Written(
            one, voices.of(one.written_by_id, on=group_day(one.written_at), plan=None), one.written_by_id == user.pk
        )
        for one in corrections
    ]


# --- Two at one section -----------------------------------------------------------------------------------------------


def merged_edit(current: MinutesSection, *, edition: int, mine: str) -> Merged:
    """What somebody typed on an older edition, joined with what was stored since."""
    base = _edition(current, edition)
    return merge(base.text if base else "", mine=mine, theirs=current.text)


def merged_with_records(current: MinutesSection, drafted: str) -> Merged:
    """What people made of a section, joined with what the records give today."""
    base = _last_of_platform(current)
    return merge(base.text if base else "", mine=current.text, theirs=drafted)


def writer_of(section: MinutesSection, *, on: date) -> str:
    """Who stored the edition that stands now, by what they are."""
    return Voices([section.edited_by_id]).of(section.edited_by_id, on=on, plan=None)


def _events() -> Any:
    return apps.get_model("workshops", "MinutesSectionEvent")._default_manager  # made by pghistory


def _edition(section: MinutesSection, edition: int) -> Any | None:
    return _events().filter(pgh_obj=section.pk, edition=edition).order_by("-pgh_id").first()


def _last_of_platform(section: MinutesSection) -> Any | None:
    """The last edition that the platform drafted; see `workshops.actions.minutes.refresh_section`."""
    return _events().filter(pgh_obj=section.pk, edited_by=None).order_by("-pgh_id").first()
