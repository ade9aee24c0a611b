"""Puts the founding cycle on record through the actions that coordinators use."""

import uuid
from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pghistory
from django.db import transaction

from actionplans import actions as plan_actions
from actionplans.models import ActionPlan, Deliverable
from cities import actions as city_actions
from cities.models import City, Cycle, Organization
from feedback.rubrics import ensure_builtin_rubrics
from ogpgroup.founding import reference_plan
from ogpgroup.founding import session as facts
from ogpgroup.founding.cities import CENSUS_YEAR, CITIES
from ogpgroup.founding.organizations import ORGANIZATIONS
from workshops import actions as session_actions
from workshops.actions import agenda as agenda_actions
from workshops.actions import agreements
from workshops.actions import tables as table_actions
from workshops.models import AgendaItem, Agreement, Session, WorkTable

# The release bears the true day. Its hour is not known: at noon in Puebla every member city reads that same day.
RELEASED_AT = datetime.combine(facts.DAY, time(12), ZoneInfo("America/Mexico_City"))


def load_founding_cycle() -> list[str]:
    """Record what is missing of the founding cycle and return what that was, in words; nobody is written to.

    Guarantees that what is on record already is left alone, whatever coordinators have made of it since: a thing and
    what hangs on it (a membership of the group, an agenda) are recorded together or not at all.
    """
    with transaction.atomic(), pghistory.context(command="load_founding_cycle"):
        ensure_builtin_rubrics()
        added = [*_add_cities(), *_add_organizations()]
        cycle, is_new = Cycle.objects.get_or_create(
            slug=facts.CYCLE_SLUG,
            defaults={
                "name": facts.CYCLE_NAME,
                "name_en": facts.CYCLE_NAME_EN,
                "purpose": facts.CYCLE_PURPOSE,
                "starts_on": facts.DAY,
                "ends_on": facts.YEAR_LATER,
            },
        )
        if is_new:
            added.append(cycle.name)
        if not Session.objects.filter(slug=facts.SESSION_SLUG).exists():
            session = _add_session(cycle)
            _add_agreements(session)
            added.append(session.title)
        if not ActionPlan.objects.filter(slug=reference_plan.SLUG).exists():
            _add_reference_plan(cycle)
            added.append(reference_plan.TITLE)
        return added


def _add_cities() -> list[str]:
    added = []
    for city in CITIES:
        _city, is_new = City.objects.get_or_create(
            cvegeo=city.cvegeo,
            defaults={
                "slug": city.slug,
                "name": city.name,
                "state": city.state,
                "state_code": city.state_code,
                "seat": city.seat,
                "latitude": city.latitude,
                "longitude": city.longitude,
                "population": city.population,
                "population_year": CENSUS_YEAR,
                "time_zone": city.time_zone,
            },
        )
        if is_new:
            added.append(city.name)
    return added


def _city(slug: str) -> City:
    return City.objects.get(cvegeo=next(city.cvegeo for city in CITIES if city.slug == slug))


def _add_organizations() -> list[str]:
    added = []
    for one in ORGANIZATIONS:
        organization, is_new = Organization.objects.get_or_create(
            slug=one.slug,
            defaults={
                "name": one.name,
                "name_en": one.name_en,
                "acronym": one.acronym,
                "kind": one.kind,
                "scope": one.scope,
                "website": one.website,
                "certainty": one.certainty,
                "remark": one.remark,
                "city": _city(one.city) if one.city else None,
                "coordinates_group": one.coordinates_group,
            },
        )
        if is_new:
            added.append(organization.name)
        if is_new and one.in_group:
            remark = facts.JOINED_REMARK if one.took_part else facts.COORDINATOR_REMARK
            city_actions.join_group(organization, since=facts.DAY, remark=remark)
    return added


def _add_session(cycle: Cycle) -> Session:
    """The session with its agenda and tables, and the release that made it public."""
    city = _city(facts.HOST)
    session = session_actions.save_draft(
        Session(
            cycle=cycle,
            slug=facts.SESSION_SLUG,
            # The same wherever this is loaded, so that a subscribed calendar shows the session once.
            uid=uuid.uuid5(uuid.NAMESPACE_URL, facts.SOURCE),
            title=facts.SESSION_TITLE,
            kind=Session.Kind.WORKING_SESSION,
            mode=Session.Mode.FACE_TO_FACE,
            purpose=facts.SESSION_PURPOSE,
            day=facts.DAY,
            time_zone=city.time_zone,
            venue=facts.VENUE,
            city=city,
            # Who took part is known, who was expected is not: nobody is named.
            audience=Session.Audience.CHOSEN,
            attendee_count=facts.ATTENDEE_COUNT,
            report=facts.REPORT,
            source=facts.SOURCE,
        ),
        organizations=[],
        people=[],
        by=None,
    )
    organizations = {one.slug: one for one in Organization.objects.real()}
    session.participating_organizations.set(organizations[one.slug] for one in ORGANIZATIONS if one.took_part)
    _add_agenda(session, organizations)
    for number in range(1, facts.TABLE_COUNT + 1):
        table_actions.save_table(WorkTable(session=session, number=number), co_rapporteurs=[])
    session_actions.publish_release(cycle, by=None, note=facts.RELEASE_NOTE, notify=False, at=RELEASED_AT)
    return session


def _add_agenda(session: Session, organizations: Mapping[str, Organization]) -> None:
    """What the session went through, in order; of hours and minutes nothing is known."""
    for item in facts.AGENDA:
        fields = {
            "kind": item.kind,
            "title": item.title,
            "presenter_organization": organizations.get(item.presenter_organization),
            "respondent_name": item.respondent_name,
            "respondent_organization": organizations.get(item.respondent_organization),
        }
        agenda_actions.add_item(session, fields=fields, now=RELEASED_AT)
    agenda_actions.publish_agenda(session, now=RELEASED_AT)


def _open_plan_of_fellow(cycle: Cycle) -> ActionPlan:
    """The frame of the plan of Reynosa, which the group has just chosen, with the proposal that was due in a month."""
    city = _city(facts.FELLOW)
    plan = plan_actions.open_plan(
        cycle,
        city=city,
        slug=facts.PLAN_SLUG,
        title=facts.PLAN_TITLE,
        aim=facts.PLAN_AIM,
        starts_on=facts.DAY,
        ends_on=facts.YEAR_LATER,
        source=facts.SOURCE,
    )
    plan = plan_actions.publish_plan(plan)
    plan_actions.expect_deliverable(
        plan,
        kind=Deliverable.Kind.SYNTHETIC_PROPOSAL,
        title=facts.PROPOSAL_TITLE,
        due_on=facts.MONTH_LATER,
        due_is_computed=True,
        outcome_unknown=True,
    )
    # Its year is long over; what became of it is not known, but nobody should read that it is in force.
    return plan_actions.close_plan(plan)


def _add_reference_plan(cycle: Cycle) -> None:
    """Jalisco's plan, with the commitments whose titles are known; nothing is known here of how they went."""
    plan = plan_actions.record_reference_plan(
        cycle,
        organization=Organization.objects.get(slug=reference_plan.HOLDER),
        slug=reference_plan.SLUG,
        title=reference_plan.TITLE,
        aim=reference_plan.AIM,
        starts_on=reference_plan.STARTS_ON,
        ends_on=reference_plan.ENDS_ON,
        only_years_known=True,
        source=reference_plan.SOURCE,
    )
    for one in reference_plan.COMMITMENTS:
        fields = {
            "code": one.code,
            "title": one.title,
            "title_en": one.title_en,
            "policy_area": one.policy_area,
            "source": reference_plan.SOURCE,
            "source_note": one.source_note,
        }
        plan_actions.add_commitment(plan, fields=fields, by=None, now=RELEASED_AT)
    plan_actions.close_plan(plan)


def _add_agreements(session: Session) -> None:
    """The three agreements. The first chose the fellow city, and so it does here: by the same stroke."""
    organizations = {one.slug: one for one in Organization.objects.real()}
    item = session.agenda.get(kind=AgendaItem.Kind.AGREEMENTS)
    for one in facts.AGREEMENTS:
        fields = {
            "agenda_item": item,
            "kind": one.kind,
            "text": one.text,
            "responsible": [organizations[slug] for slug in one.responsible],
            "responsible_group": one.responsible_group,
            "due_on": one.due_on,
            "due_is_computed": one.due_is_computed,
        }
        if one.kind != Agreement.Kind.FELLOW_CITY:
            agreements.write_agreement(session, fields=fields, status=Agreement.Status.UNKNOWN)
            continue
        agreement = agreements.write_choice_of_fellow(
            session,
            city=_city(facts.FELLOW),
            reason=facts.FELLOW_REASON,
            on=facts.DAY,
            fields=fields,
            status=Agreement.Status.UNKNOWN,
            by=None,
        )
        plan = _open_plan_of_fellow(agreement.session.cycle)
        agreements.save_agreement(agreement, fields={"plan": plan}, edition=agreement.edition)
