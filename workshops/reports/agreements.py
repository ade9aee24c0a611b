"""Agreements as pages and spreadsheets tell them: what is open, what became of each, who changed what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.models import ActionPlan
from actionplans.reports.history import Difference, Voices, in_words, label_of
from cities.models import group_day
from ogpgroup.models import User
from ogpgroup.sheets import Column
from workshops.models import Agreement, Session, SessionVersion
from workshops.models.agreements import AgreementQuerySet

EDITED: Final = ("kind", "text", "responsible_group", "due_on", "agenda_item", "table", "plan", "commitment")
CHANGES_READ: Final = 60


def register(user: User | AnonymousUser) -> AgreementQuerySet:
    """The agreements that the person may read, those of the latest session first."""
    seen = Agreement.objects.visible_to(user).select_related("session__current_version", "plan")
    seen = seen.prefetch_related("responsible").defer("session__current_version__vevent")
    return seen.order_by("-session__current_version__begins_at", "session", "number")


def to_review(version: SessionVersion, user: User | AnonymousUser, *, now: datetime) -> list[Agreement]:
    """What is open in the cycle, for the opening of its next session; nothing at the page of another session."""
    if version.finishes_at <= now or not version.is_planned:
        return []
    cycle = version.session.cycle_id
    upcoming = SessionVersion.objects.current().planned().visible_to(user).upcoming(now)
    first = upcoming.filter(session__cycle=cycle).values_list("pk", flat=True).first()
    if first != version.pk:
        return []
    still = register(user).filter(session__cycle=cycle, status=Agreement.Status.OPEN).exclude(session=version.session)
    return list(still.order_by(F("due_on").asc(nulls_last=True), "pk"))


def visible_plan(agreement: Agreement, user: User | AnonymousUser) -> ActionPlan | None:
    """The plan that the agreement belongs to, if the person may read of it."""
    return ActionPlan.objects.visible_to(user).filter(pk=agreement.plan_id).first() if agreement.plan_id else None


# --- What became of one -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """Something told of an agreement, or a change of its words; by what people are, not by name."""

    at: datetime
    who: str
    status: str = ""
    text: str = ""
    differences: tuple[Difference, ...] = field(default=())


def history_of(agreement: Agreement, *, on: date) -> list[Piece]:
    """What was told of it and how its words changed, newest first; three queries."""
    updates = list(agreement.updates.all())
    events: Any = apps.get_model("workshops", "AgreementEvent").objects.filter(pgh_obj=agreement.pk)
    events = list(events.select_related("pgh_context").order_by("pgh_id")[:CHANGES_READ])
    voices = Voices([*(one.told_by_id for one in updates), *(_person(one) for one in events)])
    pieces = [
        Piece(
            one.told_at,
            voices.of(one.told_by_id, on=group_day(one.told_at), plan=agreement.plan),
            str(one.get_status_display()),
            one.text,
        )
        for one in updates
    ]
    for before, after in zip(events, events[1:], strict=False):
        if differences := tuple(_differences(before, after)):
            who = voices.of(_person(after), on=group_day(after.pgh_created_at), plan=agreement.plan)
            pieces.append(Piece(after.pgh_created_at, who, differences=differences))
    return sorted(pieces, key=lambda one: one.at, reverse=True)


def writer_of(agreement: Agreement) -> str:
    """Who stored the edition that stands now, by what they are."""
    events: Any = apps.get_model("workshops", "AgreementEvent").objects.filter(pgh_obj=agreement.pk)
    last = events.select_related("pgh_context").order_by("-pgh_id").first()
    if last is None:
        return _("Somebody")
    return Voices([_person(last)]).of(_person(last), on=group_day(last.pgh_created_at), plan=agreement.plan)


def _person(event: Any) -> int | None:
    person = event.pgh_context.metadata.get("user") if event.pgh_context else None
    return int(person) if person else None


def _differences(before: Any, after: Any) -> Iterator[Difference]:
    for name in EDITED:
        attname = Agreement._meta.get_field(name).attname  # type: ignore[union-attr]
        if getattr(before, attname) == getattr(after, attname):
            continue
        if attname != name:  # what it refers to may be gone, or a plan that is not everybody's
            yield Difference(name, label_of(Agreement, name), "", _("changed"))
            continue
        words = [in_words(Agreement, name, getattr(one, name)) for one in (before, after)]
        yield Difference(name, label_of(Agreement, name), *words)


# --- To take along ----------------------------------------------------------------------------------------------------

COLUMNS: Final = (
    Column("session", gettext_lazy("Session"), 40),
    Column("held_on", gettext_lazy("Date of the session")),
    Column("number", gettext_lazy("Number"), 8),
    Column("kind", gettext_lazy("Kind"), 20),
    Column("agreement", gettext_lazy("Agreement"), 60),
    Column("responsible", gettext_lazy("Responsible"), 40),
    Column("due_on", gettext_lazy("Due")),
    Column("status", gettext_lazy("Status")),
    Column("address", gettext_lazy("Address"), 50),
)


def rows(agreements: Iterable[Agreement]) -> Iterator[tuple[Any, ...]]:
    """One row an agreement, for `COLUMNS`."""
    for one in agreements:
        version = one.session.current_version
        assert version is not None  # nobody sees one of a session that is not published
        yield (
            *(version.title, version.local_day, one.number, one.get_kind_display(), one.text),
            *(responsible_names(one), one.due_on, one.get_status_display()),
            settings.PUBLIC_URL + one.get_absolute_url(),
        )


def responsible_names(agreement: Agreement) -> list[str]:
    """Who answers for it, by name; expects `responsible`."""
    names = [one.local_name for one in agreement.responsible.all()]
    return [_("The whole group"), *names] if agreement.responsible_group else names


def of_session(session: Session) -> AgreementQuerySet:
    """The agreements of one session, as its records list them."""
    return session.agreements.select_related("plan").prefetch_related("responsible")
