"""The collective diagnosis as it is read: statements by rank, the way back to tables, what changed, what persists."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cities.models import Cycle
from ogpgroup import dates
from ogpgroup.models import User
from workshops.models import Diagnosis, DiagnosisVersion, SessionVersion, TableNote, Theme


@dataclass(frozen=True)
class Told:
    """A note as a diagnosis tells it, with the way back to its table."""

    pk: int
    text: str
    kind: str
    table: int
    city: str
    href: str
    is_withdrawn: bool


@dataclass(frozen=True)
class Origin:
    """The theme of an earlier session that comes back."""

    title: str
    session: str
    when: str
    href: str


@dataclass(frozen=True)
class Statement:
    """One statement of the diagnosis."""

    theme_id: int
    rank: int
    reason: str
    title: str
    voted_as: str  # where it was called otherwise in the vote
    text: str
    votes: int | None
    hands: int | None
    share: int
    notes: list[Told]
    origin: Origin | None

    @property
    def tables(self) -> list[int]:
        return sorted({note.table for note in self.notes})


@dataclass(frozen=True)
class Reading:
    """A version of a diagnosis, ready to be read."""

    introduction: str
    is_voted: bool
    turnout: int | None
    votes_each: int | None
    statements: list[Statement]
    ungrouped: list[Told]

    @property
    def note_count(self) -> int:
        return len(self.ungrouped) + sum(len(one.notes) for one in self.statements)


def reading_of(content: dict[str, Any], slug: str, user: User | AnonymousUser) -> Reading:
    """The content of a version, or of the draft; three queries however much it holds.

    A note that was withdrawn afterwards is told as withdrawn: what somebody took back is not read on.
    """
    statements = content["statements"]
    every = [note for one in statements for note in one["notes"]] + content["ungrouped"]
    gone = set(
        TableNote.objects.filter(pk__in=[note["id"] for note in every], withdrawn_at__isnull=False).values_list(
            "pk", flat=True
        )
    )
    origins = _origins([one["continues"] for one in statements if one.get("continues")], user)
    most = max((one["votes"] or 0 for one in statements), default=0)
    return Reading(
        introduction=content["introduction"],
        is_voted=content["is_voted"],
        turnout=content["turnout"],
        votes_each=content["votes_each"],
        statements=[
            Statement(
                theme_id=one["theme"],
                rank=one["rank"],
                reason=one["reason"],
                title=one["title"],
                voted_as=one.get("voted_as", ""),
                text=one["statement"],
                votes=one["votes"],
                hands=one["hands"],
                share=round(100 * (one["votes"] or 0) / most) if most else 0,
                notes=[_told(note, slug, gone) for note in one["notes"]],
                origin=origins.get(one.get("continues")),
            )
            for one in statements
        ],
        ungrouped=[_told(note, slug, gone) for note in content["ungrouped"]],
    )


def _told(note: dict[str, Any], slug: str, gone: set[int]) -> Told:
    is_withdrawn = note["id"] in gone
    return Told(
        pk=note["id"],
        text="" if is_withdrawn else note["text"],
        kind=str(TableNote.Kind(note["kind"]).label),
        table=note["table"],
        city=note["city"],
        href=_table_href(slug, note["table"], note["id"]),
        is_withdrawn=is_withdrawn,
    )


def _table_href(slug: str, number: int, note: int) -> str:
    try:
        return f"{reverse('workshops:table', args=[slug, number])}?note={note}#note-{note}"
    except NoReverseMatch:
        return ""


def _origins(ids: Iterable[int], user: User | AnonymousUser) -> dict[int, Origin]:
    """Where themes come from, of sessions that the person may see."""
    visible = SessionVersion.objects.current().visible_to(user)
    themes = Theme.objects.filter(pk__in=list(ids), session__current_version__in=visible)
    return {theme.pk: origin_of(theme) for theme in themes.select_related("session__current_version")}


def origin_of(theme: Theme) -> Origin:
    """A theme with its session and when that was held. Expects `session__current_version`."""
    version = theme.session.current_version
    assert version is not None
    when = dates.when(day=version.day, starts_at=version.starts_at, ends_at=version.ends_at, zone=version.time_zone)
    return Origin(
        title=theme.title,
        session=version.title,
        when=when.day,
        href=f"{reverse('workshops:diagnosis', args=[theme.session.slug])}#theme-{theme.pk}",
    )


# --- What changed between versions ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One thing that reads otherwise than in the version before; as `components/diff.html` draws it."""

    label: str
    old: str
    new: str


def changes_between(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """What changed from one version to the next, in words."""
    found = [_change(_("Introduction"), old["introduction"], new["introduction"])]
    before = {one["theme"]: one for one in old["statements"]}
    after = {one["theme"]: one for one in new["statements"]}
    for pk, one in after.items():
        found += _changes_of(before[pk], one) if pk in before else [Change(one["title"], "", _whole(one))]
    found += [Change(one["title"], _whole(one), "") for pk, one in before.items() if pk not in after]
    return [one for one in found if one is not None]


def _changes_of(old: dict[str, Any], new: dict[str, Any]) -> list[Change | None]:
    title = new["title"]
    count = _("Notes in “%(theme)s”") % {"theme": title}
    return [
        _change(_("Name of the theme"), old["title"], title),
        _change(_("Statement on “%(theme)s”") % {"theme": title}, old["statement"], new["statement"]),
        _change(_("Place of “%(theme)s”") % {"theme": title}, _place(old), _place(new)),
        _change(_("Votes for “%(theme)s”") % {"theme": title}, _number(old["votes"]), _number(new["votes"])),
        _change(count, _number(len(old["notes"])), _number(len(new["notes"]))),
    ]


def _change(label: str, old: str, new: str) -> Change | None:
    return Change(label, old, new) if old != new else None


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _place(one: dict[str, Any]) -> str:
    return " · ".join(part for part in (str(one["rank"]), one["reason"]) if part)


def _whole(one: dict[str, Any]) -> str:
    count = len(one["notes"])
    notes = ngettext("%(count)s note", "%(count)s notes", count) % {"count": count}
    return " · ".join(part for part in (one["statement"], notes) if part)


# --- What persists over a cycle ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Persistence:
    """A theme that comes back: as it is called now, and the sessions in which it stood, the first one first."""

    title: str
    href: str
    earlier: list[Origin]
    latest: Origin

    @property
    def since(self) -> Origin:
        return self.earlier[0]


def persisting(cycle: Cycle, user: User | AnonymousUser) -> list[Persistence]:
    """Themes of published diagnoses of a cycle that continue one of an earlier session; two queries."""
    published = Diagnosis.objects.visible_to(user).filter(published__isnull=False, session__cycle=cycle)
    sessions = published.values("session")
    themes = list(
        Theme.objects.standing()
        .filter(session__in=sessions)
        .select_related("session__current_version")
        .order_by("session__current_version__begins_at", "pk")
    )
    by_id = {theme.pk: theme for theme in themes}
    continued = {theme.continues_id for theme in themes}
    ends = [theme for theme in themes if theme.continues_id in by_id and theme.pk not in continued]
    return [_persistence(theme, by_id) for theme in ends]


def _persistence(last: Theme, by_id: dict[int, Theme]) -> Persistence:
    chain: list[Theme] = []
    theme: Theme | None = by_id.get(last.continues_id or 0)
    while theme is not None and theme not in chain:
        chain.append(theme)
        theme = by_id.get(theme.continues_id or 0)
    latest = origin_of(last)
    return Persistence(last.title, latest.href, [origin_of(one) for one in reversed(chain)], latest)


def versions_of(diagnosis: Diagnosis) -> list[DiagnosisVersion]:
    """What was published, the newest first; without what each holds."""
    return list(diagnosis.versions.defer("content").order_by("-number"))
