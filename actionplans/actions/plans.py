"""Verbs on plans: selecting the fellow city, opening its plan, saying what it hands in by when."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from actionplans.actions.commitments import sent_before
from actionplans.models import ActionPlan, Candidacy, Deliverable
from cities import worlds
from cities.access import ALL, Lost
from cities.models import City, Cycle, Organization
from ogpgroup.errors import ActionNotPossible
from ogpgroup.holding import Holding
from ogpgroup.models import User


@transaction.atomic
def stand(cycle: Cycle, *, city: City, statement: str = "") -> Candidacy:
    """Put a city forward for a cycle; a second time changes the statement of the first while it is undecided."""
    worlds.check_stands_in(city, cycle)
    candidacy, created = Candidacy.objects.get_or_create(cycle=cycle, city=city, defaults={"statement": statement})
    if not created and candidacy.status == Candidacy.Status.SUBMITTED and statement:
        candidacy.statement = statement
        candidacy.save(update_fields=["statement"])
    return candidacy


@transaction.atomic
def select(candidacy: Candidacy, *, on: date, reason: str, by: User | None) -> Cycle:
    """Name the candidacy's city the fellow city of its cycle, with the reason the group gave.

    Guarantees one selected candidacy per cycle; the others still undecided become not selected. Raises
    ActionNotPossible when the cycle already has another fellow city or the candidacy was withdrawn.
    """
    cycle = Cycle.objects.select_for_update().get(pk=candidacy.cycle_id)
    candidacy = Candidacy.objects.select_for_update().get(pk=candidacy.pk)
    if cycle.fellow_city_id and cycle.fellow_city_id != candidacy.city_id:
        raise ActionNotPossible(_("This cycle already has a fellow city: %(city)s.") % {"city": cycle.fellow_city})
    if candidacy.status == Candidacy.Status.SELECTED:
        return cycle
    if Candidacy.Status.SELECTED not in Candidacy.TRANSITIONS[candidacy.status]:
        raise ActionNotPossible(_("This candidacy was withdrawn."))
    candidacy.status = Candidacy.Status.SELECTED
    candidacy.decided_on, candidacy.decided_by, candidacy.reason = on, by, reason
    candidacy.save(update_fields=["status", "decided_on", "decided_by", "reason"])
    Candidacy.objects.filter(cycle=cycle, status=Candidacy.Status.SUBMITTED).update(
        status=Candidacy.Status.NOT_SELECTED, decided_on=on, decided_by=by, reason=reason
    )
    cycle.fellow_city, cycle.fellow_named_on, cycle.fellow_reason = candidacy.city, on, reason
    cycle.save(update_fields=["fellow_city", "fellow_named_on", "fellow_reason"])
    return cycle


@transaction.atomic
def name_fellow(cycle: Cycle, *, city: City, on: date, reason: str, by: User | None) -> Cycle:
    """Put the city forward where nobody has, and select it: what a coordinator does with the group's decision."""
    return select(stand(cycle, city=city), on=on, reason=reason, by=by)


@transaction.atomic
def open_plan(
    cycle: Cycle,
    *,
    city: City,
    slug: str,
    title: str,
    aim: str,
    starts_on: date,
    ends_on: date,
    instrument: str = ActionPlan.Instrument.UNKNOWN,
    instrument_name: str = "",
    vision: str = "",
    contact: User | None = None,
    source: str = "",
    by: User | None = None,
) -> ActionPlan:
    """Begin the plan of a cycle's fellow city, as a draft that the city and the coordinators see.

    Guarantees one plan per city and cycle. Raises ActionNotPossible for a city that is not the fellow of the cycle.
    """
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if cycle.fellow_city_id != city.pk:
        raise ActionNotPossible(_("Only the fellow city of the cycle opens a plan."))
    if ActionPlan.objects.filter(cycle=cycle, city=city).exists():
        raise ActionNotPossible(_("The city already has a plan in this cycle."))
    return ActionPlan.objects.create(
        cycle=cycle,
        city=city,
        slug=slug,
        title=title,
        aim=aim,
        vision=vision,
        instrument=instrument,
        instrument_name=instrument_name,
        starts_on=starts_on,
        ends_on=ends_on,
        contact=contact,
        source=source,
        is_demo=cycle.is_demo or worlds.makes_demo(by),
    )


@transaction.atomic
def record_reference_plan(
    cycle: Cycle,
    *,
    organization: Organization,
    slug: str,
    title: str,
    aim: str,
    starts_on: date,
    ends_on: date,
    only_years_known: bool = False,
    source: str = "",
) -> ActionPlan:
    """Put on record a plan from outside that the group reads to learn from; no clock runs on it.

    It is open, so that commitments can be added; `close_plan` ends that.
    """
    return ActionPlan.objects.create(
        cycle=cycle,
        organization=organization,
        slug=slug,
        title=title,
        aim=aim,
        starts_on=starts_on,
        ends_on=ends_on,
        only_years_known=only_years_known,
        source=source,
        status=ActionPlan.Status.ACTIVE,
        is_demo=organization.is_demo,
    )


@transaction.atomic
def close_plan(plan: ActionPlan) -> ActionPlan:
    """End a plan in force: it stays readable and nothing is added to it any more."""
    return _move(plan, ActionPlan.Status.CLOSED)


@transaction.atomic
def reopen_plan(plan: ActionPlan) -> ActionPlan:
    """Put a closed plan in force again: its clock runs on as if it had never been closed."""
    return _move(plan, ActionPlan.Status.ACTIVE, only_from=ActionPlan.Status.CLOSED)


@transaction.atomic
def publish_plan(plan: ActionPlan) -> ActionPlan:
    """Put a draft in force: from now on anybody may read it."""
    return _move(plan, ActionPlan.Status.ACTIVE, only_from=ActionPlan.Status.DRAFT)


def _move(plan: ActionPlan, status: str, *, only_from: str = "") -> ActionPlan:
    """Change the status if the table allows it; `only_from` tells apart two verbs that lead to one status."""
    plan = ActionPlan.objects.select_for_update().get(pk=plan.pk)
    if status not in ActionPlan.TRANSITIONS[plan.status] or only_from not in {"", plan.status}:
        raise ActionNotPossible(
            _("The plan is %(status)s; this cannot be done now.") % {"status": plan.get_status_display()}
        )
    plan.status = status
    plan.save(update_fields=["status"])
    return plan


@transaction.atomic
def expect_deliverable(
    plan: ActionPlan,
    *,
    kind: str,
    title: str,
    due_on: date,
    due_is_computed: bool = False,
    outcome_unknown: bool = False,
    form_id: UUID | None = None,
) -> Deliverable:
    """Say what the city hands in and by when. About `form_id` see `add_commitment`."""
    plan = ActionPlan.objects.select_for_update().get(pk=plan.pk)
    if plan.status == ActionPlan.Status.CLOSED:
        raise ActionNotPossible(_("The plan is closed."))
    if sent := sent_before(Deliverable, form_id, plan=plan):
        return sent
    return Deliverable.objects.create(
        plan=plan,
        form_id=form_id,
        kind=kind,
        title=title,
        due_on=due_on,
        due_is_computed=due_is_computed,
        outcome_unknown=outcome_unknown,
    )


def holdings(user: User, lost: Lost = ALL) -> list[Holding]:
    """Plans not closed whose point of contact the person is."""
    plans = _plans_of(user, lost)
    return [
        Holding(label=_("Point of contact of “%(plan)s”") % {"plan": plan}, url=plan.get_absolute_url())
        for plan in plans
    ]


def hand_over(*, from_user: User, to_user: User, by: User, lost: Lost = ALL) -> None:
    """Make the successor the point of contact; the plan's history names `by` as who did it."""
    for plan in _plans_of(from_user, lost).select_for_update():
        plan.contact = to_user
        plan.save(update_fields=["contact"])


def _plans_of(user: User, lost: Lost) -> QuerySet[ActionPlan]:
    """The plans the person is the contact of as an official of the cities lost, or all if they leave the group."""
    plans = ActionPlan.objects.filter(contact=user).exclude(status=ActionPlan.Status.CLOSED)
    return plans if lost.group else plans.filter(city__in=lost.city_ids)
