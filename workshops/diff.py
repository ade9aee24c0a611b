"""What a release changes, field by field: in private before it is published, in public afterwards."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cities.models import Cycle, Role
from ogpgroup import dates
from ogpgroup.models import User
from workshops.audience import Rule
from workshops.models import OFFSETS, RELEASED_FIELDS, Session, SessionBase, SessionVersion
from workshops.models.sessions import SessionQuerySet
from workshops.pending import pending
from workshops.reviewing import reviews_of

type Facts = dict[str, Any]

# Said in one sentence together, because a reader asks "when", not for three fields.
WHEN_FIELDS = frozenset({"starts_at", "ends_at", "day", "time_zone", *OFFSETS})
# Who is expected, as a version keeps it; of the named ones both id and name.
NAMED = ("organizations", "cities")
EXPECTED = (*NAMED, "roles", "people")
# Known only to those expected, or to who may see what is reviewed: the public reads that it changed, not what to.
PRIVATE_FIELDS = frozenset({"join_url", "people", "reviews"})

_LABELS = {
    "when": gettext_lazy("When"),
    "city": gettext_lazy("City"),
    "organizations": gettext_lazy("Organisations expected"),
    "cities": gettext_lazy("Cities expected"),
    "roles": gettext_lazy("Roles expected"),
    "people": gettext_lazy("People expected by name"),
    "reviews": gettext_lazy("What it reviews"),
}


@dataclass(frozen=True)
class PendingChange:
    """A session whose draft differs from what is published."""

    session: Session
    version: SessionVersion | None
    change: str
    fields: tuple[str, ...]
    rule: Rule


@dataclass(frozen=True)
class Sentence:
    """One changed field in words; `old` and `new` are empty where they are nobody's business."""

    label: str
    old: str
    new: str


def draft_facts(session: Session) -> Facts:
    """Everything of a draft that a release would publish. Expects the audience to be prefetched."""
    facts: Facts = {field: getattr(session, field) for field in RELEASED_FIELDS}
    facts["city"] = session.city.slug if session.city else ""
    facts["city_name"] = session.city.full_name if session.city else ""
    chosen = session.audience == SessionBase.Audience.CHOSEN
    organizations = sorted(session.audience_organizations.all(), key=lambda organization: organization.pk)
    facts["organizations"] = [{"id": one.pk, "name": one.name} for one in organizations] if chosen else []
    cities = sorted(session.audience_cities.all(), key=lambda city: city.pk)
    facts["cities"] = [{"id": one.pk, "name": one.full_name} for one in cities] if chosen else []
    facts["roles"] = list(session.audience_roles) if chosen else []
    facts["people"] = sorted(person.pk for person in session.audience_people.all()) if chosen else []
    facts["reviews"] = reviews_of(session)
    return facts


def version_facts(version: SessionVersion) -> Facts:
    """The same of a published version."""
    facts: Facts = {field: getattr(version, field) for field in RELEASED_FIELDS}
    facts["city"], facts["city_name"] = version.city_slug, version.city_name
    facts |= {name: version.expected.get(name, []) for name in EXPECTED}
    facts["reviews"] = version.reviews
    return facts


def changed_fields(old: Facts, new: Facts) -> tuple[str, ...]:
    """Names of what differs. An organisation or a city renamed is no change of the session: ids count.

    Nor is an offset that is not known on one side.
    """
    compared = [*RELEASED_FIELDS, "city", "people", "roles", "reviews"]
    unknown = {field for field in OFFSETS if None in (old[field], new[field])}
    fields = [field for field in compared if field not in unknown and old[field] != new[field]]
    fields += [field for field in NAMED if [one["id"] for one in old[field]] != [one["id"] for one in new[field]]]
    return tuple(fields)


def is_shown(old: SessionVersion, new: SessionBase, *, facts: Facts) -> bool:
    """Whether somebody who read of the old version would read anything else of the new one, whose facts these are."""
    if old.status != new.status:
        return True
    before = version_facts(old)
    told = sentences(old, new, changed_fields(before, facts), facts=(before, facts))
    return any(sentence.old != sentence.new for sentence in told)


def is_moved(old: SessionBase, new: SessionBase) -> bool:
    """Whether it begins at another instant, or on another day where hours are not known; the end is no new date."""
    if old.starts_at is not None and new.starts_at is not None:
        return old.starts_at != new.starts_at
    return old.local_day != new.local_day


def change_of(old: SessionBase | None, new: SessionBase) -> str:
    """What happened to the session as a whole."""
    if old is None:
        return SessionVersion.Change.ADDED
    if new.is_cancelled and not old.is_cancelled:
        return SessionVersion.Change.CANCELLED
    if new.is_postponed and not old.is_postponed:
        return SessionVersion.Change.POSTPONED
    if new.is_planned and not old.is_planned:
        return SessionVersion.Change.REINSTATED
    return SessionVersion.Change.CHANGED


def pending_changes(cycle: Cycle) -> list[PendingChange]:
    """What a release of the cycle's schedule would publish now, in the order of the schedule; constant queries."""
    drafts = complete(pending(Session.objects.filter(cycle=cycle))).in_order()
    return [change for session in drafts if (change := pending_change(session)) is not None]


def complete(sessions: SessionQuerySet) -> SessionQuerySet:
    """Sessions with all that a comparison of draft and version needs, without what is never compared and weighs."""
    drafts = sessions.select_related("city", "current_version", "cycle").defer("report", "current_version__vevent")
    people = User.objects.only("pk")
    return drafts.prefetch_related(
        "audience_organizations", "audience_cities", Prefetch("audience_people", queryset=people)
    )


def pending_change(session: Session) -> PendingChange | None:
    """What a release would do with one session, if anything. Expects a `complete` one."""
    version, facts = session.current_version, draft_facts(session)
    if version is None and not session.is_planned:
        return None  # nobody ever heard of it
    fields = changed_fields(version_facts(version), facts) if version else ()
    if version is not None and not fields:
        return None
    return PendingChange(session, version, change_of(version, session), fields, rule_of(session))


def rule_of(session: Session) -> Rule:
    """Who would be expected if the draft were published. See also `Rule.of`, for what was published."""
    facts = draft_facts(session)
    return Rule(
        session_id=session.pk,
        is_demo=session.is_demo,
        audience=session.audience,
        organizations=tuple(one["id"] for one in facts["organizations"]),
        cities=tuple(one["id"] for one in facts["cities"]),
        roles=tuple(facts["roles"]),
        people=tuple(facts["people"]),
        invites=session.is_planned,
    )


def fingerprint(pending: Iterable[PendingChange]) -> str:
    """Identifies exactly these changes: who publishes them has seen them, and not others made meanwhile."""
    told = ";".join(
        f"{change.session.pk}:{change.session.edits}:{change.version.sequence if change.version else ''}"
        for change in pending
    )
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def sentences(
    old: SessionBase, new: SessionBase, fields: Iterable[str], *, facts: tuple[Facts, Facts]
) -> list[Sentence]:
    """The changed fields in the reader's words, times in the session's own zone; `facts` are those of old and new."""
    fields = list(fields)
    told = [Sentence(label_of("when"), *_whens(old, new))] if WHEN_FIELDS & set(fields) else []
    told += [
        Sentence(label_of(field), *_sides(field, old, new, facts=facts))
        for field in fields
        if field not in WHEN_FIELDS and field not in {"status", "cancel_reason"}
    ]
    if "cancel_reason" in fields and not new.is_planned:
        told.append(Sentence(label_of("cancel_reason"), "", new.cancel_reason))
    return told


def _sides(field: str, old: SessionBase, new: SessionBase, *, facts: tuple[Facts, Facts]) -> tuple[str, str]:
    """What a field was and what it is, in words."""
    if field in PRIVATE_FIELDS:
        return "", _("changed")
    if field == "city":
        before, after = (side["city_name"] for side in facts)
    elif field == "roles":
        before, after = (", ".join(role_names(side[field])) for side in facts)
    elif field in NAMED:
        before, after = (", ".join(one["name"] for one in side[field]) for side in facts)
    else:
        before, after = _shown(old, field), _shown(new, field)
    return before, after


def role_names(roles: Iterable[str]) -> list[str]:
    """The roles in words, in their usual order; one that is no more stays as it was written down."""
    chosen = list(roles)
    known = [str(label) for value, label in Role.choices if value in chosen]
    return known + [role for role in chosen if role not in Role.values]


def label_of(field: str) -> str:
    """What a field is called in a sentence."""
    if field in _LABELS:
        return str(_LABELS[field])
    text = str(SessionBase._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    return text[:1].upper() + text[1:]


def _whens(old: SessionBase, new: SessionBase) -> tuple[str, str]:
    """When it was and when it is, each as it was written.

    The same hours are other moments where the clock rules of the zone changed in between; then that is said.
    """
    before, after = str(when_written(old)), str(when_written(new))
    if before == after and old.reads_otherwise and (old.starts_at, old.ends_at) != (new.starts_at, new.ends_at):
        before = _("%(when)s, by the earlier clock rules") % {"when": before}
        after = _("%(when)s, by the new clock rules") % {"when": after}
    return before, after


def when_written(session: SessionBase) -> dates.When:
    """When it takes place, by the clock of its own zone as that was when the hours were written."""
    starts_at, ends_at = session.written_start, session.written_end
    return dates.when(day=session.day, starts_at=starts_at, ends_at=ends_at, zone=session.time_zone)


def _shown(session: SessionBase, field: str) -> str:
    display = getattr(session, f"get_{field}_display", None)
    value = display() if display else getattr(session, field)
    return "" if value is None else str(value)
