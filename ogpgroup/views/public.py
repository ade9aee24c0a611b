"""The home page, and the way out of reminders."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from actionplans.models import ActionPlan, Deliverable
from actionplans.reports.progress import figures_of
from cities.models import City, Cycle, CycleQuerySet, group_day
from ogpgroup import dates, mail
from ogpgroup.map import Place
from ogpgroup.models import User
from workshops.models import Agreement, SessionVersion
from workshops.reports.rows import Reader, Writer, member_cities, plain

SESSIONS_ON_HOME = 3
AGREEMENTS_ON_HOME = 3
DELIVERABLES_ON_HOME = 3


# --- Home -------------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    today = group_day(now)
    real, demo = Cycle.objects.filter(is_demo=False), Cycle.objects.filter(is_demo=True)
    cycle, demo_cycle = _cycle(real, today), _cycle(demo, today)
    plan = _plan_of(cycle, request.user)
    places = _places(today, fellow=cycle.fellow_city_id if cycle else None)
    context = {
        "today": today,
        "cycle": cycle,
        "plan": plan,
        "deliverables": [(one, one.is_late(today)) for one in _deliverables(plan)[:DELIVERABLES_ON_HOME]],
        "figures": figures_of([plan], on=today)[plan.pk] if plan else None,
        "headline": _headline(cycle, plan),
        "places": places,
        "others": len([place for place in places if not place.fellow]),
        "sessions": _sessions(request, now),
        "agreements": _agreements(request.user),
        "steps": _steps(cycle, plan),
        "demo_cycle": demo_cycle,
        "demo_plan": _plan_of(demo_cycle, request.user),
    }
    return render(request, "ogpgroup/home.html", context)


def _cycle(cycles: CycleQuerySet, today: date) -> Cycle | None:
    """The one under way, else the latest."""
    ordered = cycles.select_related("fellow_city").newest_first()
    return ordered.current(today).first() or ordered.first()


def _plan_of(cycle: Cycle | None, user: User | AnonymousUser) -> ActionPlan | None:
    """The fellow city's plan with what it hands in; drafts only for those who may see them."""
    if cycle is None or cycle.fellow_city_id is None:
        return None
    plans = ActionPlan.objects.visible_to(user).filter(cycle=cycle, city=cycle.fellow_city_id)
    return plans.prefetch_related(Prefetch("deliverables", to_attr="listed")).first()


def _headline(cycle: Cycle | None, plan: ActionPlan | None) -> str:
    if cycle is None:
        return _("Cities that open their planning to those who live in them")
    if cycle.fellow_city is None:
        return _("The group is choosing the city that opens its plan")
    sentences: dict[str, str] = {
        ActionPlan.Instrument.PMD: _("%(city)s opens its municipal development plan to participation"),
        ActionPlan.Instrument.PMDU: _("%(city)s opens its urban development plan to participation"),
    }
    usual = _("%(city)s opens its municipal plan to participation")
    return sentences.get(plan.instrument if plan else "", usual) % {"city": cycle.fellow_city.name}


def _places(today: date, *, fellow: int | None) -> list[Place]:
    return [
        Place(
            slug=city.slug,
            name=city.name,
            href=city.get_absolute_url(),
            latitude=float(city.latitude),
            longitude=float(city.longitude),
            fellow=city.pk == fellow,
        )
        for city in City.objects.in_group(today).real().by_name()
    ]


@dataclass(frozen=True)
class HomeSessions:
    """Sessions to come, or, where there are none, the last ones held."""

    list: SafeString
    are_to_come: bool


def _sessions(request: HttpRequest, now: datetime) -> HomeSessions:
    reader = Reader(get_language() or settings.LANGUAGE_CODE, request.zone)  # type: ignore[attr-defined]
    writer = Writer(reader, member_cities(group_day(now)), this_year=group_day(now).year)
    visible = SessionVersion.objects.current().visible_to(request.user)
    dated = visible.upcoming(now).filter(finishes_at__gt=now)  # few fit: what is owed a date stands in the schedule
    if rows := writer.rows(dated[:SESSIONS_ON_HOME]):
        return HomeSessions(plain(rows), are_to_come=True)
    return HomeSessions(plain(writer.rows(visible.past(now)[:SESSIONS_ON_HOME])), are_to_come=False)


def _agreements(user: User | AnonymousUser) -> Iterable[Agreement]:
    """The latest ones of real sessions."""
    visible = Agreement.objects.visible_to(user).filter(session__is_demo=False)
    latest = visible.select_related("session__current_version").prefetch_related("responsible")
    ordered = latest.order_by("-session__current_version__begins_at", "session", "number")
    return ordered.defer("session__current_version__vevent")[:AGREEMENTS_ON_HOME]


@dataclass(frozen=True)
class Step:
    """One step of a cycle, with its day in this cycle where that is known."""

    title: str
    text: str
    when: str = ""
    is_done: bool = False


def _steps(cycle: Cycle | None, plan: ActionPlan | None) -> list[Step]:
    """How a cycle goes. Only what is on record counts as done."""
    named = cycle.fellow_named_on if cycle else None
    proposal = next((one for one in _deliverables(plan) if one.kind == Deliverable.Kind.SYNTHETIC_PROPOSAL), None)
    handed_in = proposal is not None and proposal.status in {Deliverable.Status.HANDED_IN, Deliverable.Status.ACCEPTED}
    return [
        Step(
            _("The group chooses a city"),
            _("One city offers to work for a year in view of the others."),
            _day(named),
            is_done=named is not None,
        ),
        Step(
            _("It presents a proposal"),
            _("Within a month, in short: what it opens to participation and how."),
            _("due on %(day)s") % {"day": _day(proposal.due_on)} if proposal else "",
            is_done=handed_in,
        ),
        Step(
            _("It works, the group answers"),
            _("The city shows its progress; the others answer with notes, webinars and working sessions."),
            _("until %(day)s") % {"day": _day(cycle.ends_on)} if cycle else "",
        ),
        Step(
            _("All look in the same mirror"),
            _("The group evaluates what was done, and each city asks itself the same questions."),
        ),
        Step(
            _("What was learnt stays"),
            _("Common methods for more effective and inclusive participation in local plans."),
        ),
    ]


def _deliverables(plan: ActionPlan | None) -> list[Deliverable]:
    if plan is None:
        return []
    listed: list[Deliverable] = plan.listed  # type: ignore[attr-defined]
    for deliverable in listed:
        deliverable.plan = plan
    return listed


def _day(day: date | None) -> str:
    return dates.spoken_day(day, weekday=False) if day else ""


# --- Reminders --------------------------------------------------------------------------------------------------------


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop reminders from the link in the mail: reading the page changes nothing, its button or the mail program does.

    Without a CSRF token, because mail programs post here by themselves (RFC 8058); the link itself is the proof.
    """
    if (user := mail.who_unsubscribes(token)) is None:
        raise Http404
    if request.method == "POST" and user.wants_reminders:
        user.wants_reminders = False
        user.save(update_fields=["wants_reminders"])
    return render(request, "ogpgroup/unsubscribe.html", {"is_off": not user.wants_reminders})
