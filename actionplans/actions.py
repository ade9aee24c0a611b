"""Verbs on plans: selecting the fellow city, opening its plan."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from actionplans.models import Candidacy
from cities.models import City, Cycle
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User


@transaction.atomic
def stand(cycle: Cycle, *, city: City, statement: str = "") -> Candidacy:
    """Put a city forward for a cycle; a second time changes the statement of the first while it is undecided."""
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
