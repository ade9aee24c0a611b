"""What a note can be on: finding it, saying what it is, and whether this person may write about it."""

from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from actionplans.models import ActionPlan, Commitment, Deliverable, Milestone, ProgressEntry
from cities.access import roles_of
from cities.models import City, Organization
from feedback.models import Note
from ogpgroup import dates
from ogpgroup.models import User
from workshops.models import AgendaItem

type Target = ActionPlan | Commitment | Milestone | ProgressEntry | Deliverable | AgendaItem

# What a list of notes needs to name what each is on without another query.
RELATED: Final = (
    *("plan", "commitment__plan", "milestone__commitment__plan", "entry__commitment__plan", "deliverable__plan"),
    *("agenda_item__session__current_version", "agenda_item__presenter_organization", "agenda_item__presenter"),
    *("ledger__city", "ledger__organization", "author", "organization"),
)


def kind_of(target: Target) -> str:
    """The word that stands for the target in addresses; also the name of the note's field."""
    names: dict[type[Model], str] = {
        ActionPlan: "plan",
        Commitment: "commitment",
        Milestone: "milestone",
        ProgressEntry: "entry",
        Deliverable: "deliverable",
        AgendaItem: "agenda_item",
    }
    return names[type(target)]


def choices_for(kind: str, user: User | AnonymousUser) -> QuerySet[Target]:
    """All things of the kind that the person may see, with their plan or session."""
    with_plan = ("plan__city", "plan__organization")
    found: dict[str, QuerySet[Target]] = {
        "plan": ActionPlan.objects.visible_to(user).select_related("city", "organization"),
        "commitment": Commitment.objects.visible_to(user).select_related(*with_plan),
        "milestone": Milestone.objects.visible_to(user).select_related(*(f"commitment__{one}" for one in with_plan)),
        "entry": ProgressEntry.objects.visible_to(user).select_related(*(f"commitment__{one}" for one in with_plan)),
        "deliverable": Deliverable.objects.visible_to(user).select_related(*with_plan),
        "agenda_item": AgendaItem.objects.visible_to(user)
        .select_related("session__current_version", "presenter_organization", "presenter")
        .prefetch_related("co_presenters"),
    }
    return found[kind]


def plan_of(target: Target) -> ActionPlan | None:
    """The plan in whose ledger a note on the target stands; none for an agenda item."""
    if isinstance(target, ActionPlan):
        return target
    if isinstance(target, Commitment | Deliverable):
        return target.plan
    if isinstance(target, Milestone | ProgressEntry):
        return target.commitment.plan
    return None


def is_demo(target: Target) -> bool:
    plan = plan_of(target)
    if plan is not None:
        return plan.is_demo
    assert isinstance(target, AgendaItem)
    return target.session.is_demo


def asked_of(target: Target) -> City | Organization | User | None:
    """Who answers a note on the target; nobody for the group's reference plan and for an item nobody presents.

    Of an item it is the organisation for which it is presented, else whoever presents it. See also `answerable_by`.
    """
    plan = plan_of(target)
    if plan is not None:
        return plan.city
    assert isinstance(target, AgendaItem)
    return target.presenter_organization or target.presenter


def why_not(target: Target, user: User | AnonymousUser) -> str:
    """Why the person cannot write a note on it, in a sentence; empty where they can. Reads nothing but their roles.

    Whoever is asked does not write to themselves.
    """
    roles, plan, asked = roles_of(user), plan_of(target), asked_of(target)
    if not user.is_authenticated or not roles.in_group:
        return _("Members of the working group write notes.")
    if asked is None and plan is not None:
        return _("This plan is there to learn from: nobody here would answer a note on it.")
    if asked is None:
        return _("Nobody presents this point, so nobody would answer a note on it.")
    if sentence := _why_not_to_oneself(target, asked, user):
        return sentence
    if is_demo(target) != user.is_demo:
        return (
            _("Your account is a demonstration: it writes notes within the demonstration only.")
            if user.is_demo
            else _("This is made up: only accounts of the demonstration write notes on it.")
        )
    if plan is not None and plan.status == ActionPlan.Status.CLOSED:
        return _("The plan is closed; no more notes are taken.")
    return ""


def _why_not_to_oneself(target: Target, asked: City | Organization | User | None, user: User) -> str:
    roles = roles_of(user)
    if isinstance(asked, City) and asked.pk in roles.official_city_ids:
        return _("Notes are written to the city; you act for it.")
    if isinstance(asked, Organization) and asked.pk in roles.organization_ids:
        return _("Notes are written to who presents; you act for them.")
    if isinstance(target, AgendaItem) and user in target.presenters:
        return _("Notes are written to who presents: that is you.")
    return ""


def label_of(target: Target) -> str:
    """What the note is on, in a few words; of an entry nothing is quoted, for it may be withheld."""
    if isinstance(target, ActionPlan):
        return pgettext("note on", "the plan “%(title)s”") % {"title": target.title}
    if isinstance(target, Commitment):
        return pgettext("note on", "commitment %(number)s: %(title)s") % {
            "number": target.number,
            "title": target.heading,
        }
    if isinstance(target, Milestone):
        return pgettext("note on", "milestone %(number)s of commitment %(commitment)s: %(title)s") % {
            "number": target.number,
            "commitment": target.commitment.number,
            "title": target.title,
        }
    if isinstance(target, ProgressEntry):
        return pgettext("note on", "the progress of %(day)s on commitment %(number)s: %(title)s") % {
            "day": dates.spoken_day(target.happened_on, weekday=False),
            "number": target.commitment.number,
            "title": target.commitment.heading,
        }
    if isinstance(target, Deliverable):
        return pgettext("note on", "the deliverable “%(title)s”") % {"title": target.title}
    return pgettext("note on", "“%(title)s” in the session “%(session)s”") % {
        "title": target.title,
        "session": _session_title(target),
    }


def address_of(target: Target) -> str:
    """Where the target stands."""
    return target.get_absolute_url()


def asked_name(note: Note) -> str:
    """Who answers the note, by name: the city, or the institution that presents."""
    asked = asked_of(note.ledger or note.target)  # a list has fetched the city of the ledger, not of each part's plan
    if asked is None:
        return ""
    return asked.local_name if isinstance(asked, Organization) else asked.name


def _session_title(item: AgendaItem) -> str:
    version = item.session.current_version  # what was published; the draft is the coordinators' own
    return version.title if version else ""
