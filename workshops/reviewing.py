"""What a session reviews: a plan, a deliverable, an agreement. Kept as ids, named to who may see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy

from actionplans.models import ActionPlan, Deliverable
from ogpgroup.models import User
from workshops.models import Agreement, Session

type Reviews = Mapping[str, int]  # {"plan": id, "deliverable": id, "agreement": id}, those that there are
type Source = Mapping[str, QuerySet[Any]]

KINDS = {
    "plan": gettext_lazy("Plan"),
    "deliverable": gettext_lazy("Deliverable"),
    "agreement": gettext_lazy("Agreement"),
}


@dataclass(frozen=True)
class Reviewed:
    """One thing that a session reviews, as a page names it."""

    label: str
    name: str
    url: str


def reviews_of(session: Session) -> Reviews:
    """The ids of what a draft reviews, as a release keeps them."""
    ids = {kind: getattr(session, f"reviews_{kind}_id") for kind in KINDS}
    return {kind: pk for kind, pk in ids.items() if pk is not None}


def everything() -> Source:
    """For coordinators, who see all."""
    return {
        "plan": ActionPlan.objects.all(),
        "deliverable": Deliverable.objects.select_related("plan"),
        "agreement": Agreement.objects.select_related("session"),
    }


def visible_to(user: User | AnonymousUser) -> Source:
    """What a reader may see of it, by the rules of those things' own pages."""
    return {
        "plan": ActionPlan.objects.visible_to(user),
        "deliverable": Deliverable.objects.visible_to(user).select_related("plan"),
        "agreement": Agreement.objects.visible_to(user).select_related("session"),
    }


def resolved(several: Iterable[Reviews], source: Source) -> dict[tuple[str, int], Reviewed]:
    """What these ids mean, as far as the source has it; a query for each kind of thing that is named at all."""
    several = list(several)
    found: dict[tuple[str, int], Reviewed] = {}
    for kind, label in KINDS.items():
        if wanted := {reviews[kind] for reviews in several if kind in reviews}:
            found |= {(kind, one.pk): _said(str(label), one) for one in source[kind].filter(pk__in=wanted)}
    return found


def _said(label: str, one: Any) -> Reviewed:
    return Reviewed(label, name_of(one), one.get_absolute_url())


def name_of(one: Model) -> str:
    """A deliverable with its plan, because every plan has a proposal."""
    return f"{one.plan}: {one}" if isinstance(one, Deliverable) else str(one)


def told(reviews: Reviews, source: Source) -> list[Reviewed]:
    """What one session reviews, as far as the source has it."""
    known = resolved([reviews], source)
    return [known[kind, reviews[kind]] for kind in KINDS if kind in reviews and (kind, reviews[kind]) in known]
