"""Valid minimums of everything, so that a test says only what matters to it; what is not given is made."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from allauth.account.models import EmailAddress
from django.utils import timezone

from actionplans.models import (
    ActionPlan,
    Candidacy,
    Commitment,
    Completion,
    Deliverable,
    Evidence,
    Milestone,
    ProgressEntry,
)
from cities.models import AccountInvitation, City, Cycle, GroupMembership, Membership, Organization, Role
from ogpgroup.models import User

PASSWORD = "siete garzas cruzan el estero"
SINCE = date(2017, 6, 29)

_numbers = count(1)
_codes = count(1)  # of municipalities: five digits, and no state has the number 9x


def create_user(
    *,
    email: str = "",
    name: str = "",
    password: str = PASSWORD,
    language: str = "es-mx",
    time_zone: str = "America/Mexico_City",
    is_active: bool = True,
    wants_reminders: bool = True,
    is_demo: bool = False,
) -> User:
    """A person with a verified address, who can sign in with PASSWORD."""
    number = next(_numbers)
    user = User.objects.create_user(
        email=email or f"persona{number}@ejemplo.mx",
        name=name or f"Persona {number}",
        password=password,
        language=language,
        time_zone=time_zone,
        is_active=is_active,
        wants_reminders=wants_reminders,
        is_demo=is_demo,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def zone_at_noon(now: datetime) -> str:
    """A zone where it is about noon: whoever lives there hears of things now, at whatever hour the tests run."""
    return f"Etc/GMT{now.astimezone(UTC).hour - 12:+d}"


def create_city(
    *,
    name: str = "",
    slug: str = "",
    state: str = "Tamaulipas",
    state_code: str = "MX-TAM",
    cvegeo: str = "",
    latitude: str = "26.080611",
    longitude: str = "-98.288361",
    population: int | None = 700_000,
    population_year: int | None = 2020,
    time_zone: str = "America/Mexico_City",
    is_demo: bool = False,
) -> City:
    number = next(_numbers)
    return City.objects.create(
        cvegeo=cvegeo or f"9{next(_codes) % 10_000:04d}",
        slug=slug or f"ciudad-{number}",
        name=name or f"Ciudad {number}",
        state=state,
        state_code=state_code,
        seat=name or f"Ciudad {number}",
        latitude=Decimal(latitude),
        longitude=Decimal(longitude),
        population=population,
        population_year=population_year if population is not None else None,
        time_zone=time_zone,
        is_demo=is_demo,
    )


def create_organization(
    *,
    name: str = "",
    slug: str = "",
    kind: str = Organization.Kind.NGO,
    city: City | None = None,
    certainty: str = Organization.Certainty.SURE,
    website: str = "",
    coordinates_group: bool = False,
    in_group_since: date | None = SINCE,
    in_group_until: date | None = None,
    is_demo: bool = False,
) -> Organization:
    """An institution; in the group since 2017 unless told `in_group_since=None`."""
    number = next(_numbers)
    organization = Organization.objects.create(
        slug=slug or f"institucion-{number}",
        name=name or f"Institución {number}",
        kind=kind,
        city=city,
        certainty=certainty,
        website=website,
        coordinates_group=coordinates_group,
        is_demo=is_demo,
    )
    if in_group_since:
        GroupMembership.objects.create(organization=organization, since=in_group_since, until=in_group_until)
    return organization


def create_government(
    *, city: City | None = None, in_group_since: date | None = SINCE, in_group_until: date | None = None
) -> Organization:
    """The town council of a city, in the group; the city comes with it."""
    city = city or create_city()
    return create_organization(
        name=f"Ayuntamiento de {city.name}",
        slug=f"ayuntamiento-{city.slug}",
        kind=Organization.Kind.MUNICIPAL_GOVERNMENT,
        city=city,
        in_group_since=in_group_since,
        in_group_until=in_group_until,
        is_demo=city.is_demo,
    )


def create_membership(
    *,
    user: User | None = None,
    organization: Organization | None = None,
    role: str = Role.MEMBER,
    since: date = SINCE,
    until: date | None = None,
    position: str = "",
) -> Membership:
    return Membership.objects.create(
        user=user or create_user(),
        organization=organization or create_organization(),
        role=role,
        since=since,
        until=until,
        position=position,
    )


def create_coordinator(
    *, organization: Organization | None = None, email: str = "", name: str = "", language: str = "es-mx"
) -> User:
    user = create_user(email=email, name=name, language=language)
    create_membership(
        user=user, organization=organization or create_organization(coordinates_group=True), role=Role.COORDINATOR
    )
    return user


def create_official(*, city: City | None = None, email: str = "", name: str = "", language: str = "es-mx") -> User:
    """An official of the city, in its government; the government is made where the city has none."""
    city = city or create_city()
    government = city.organizations.filter(kind=Organization.Kind.MUNICIPAL_GOVERNMENT).first() or create_government(
        city=city
    )
    user = create_user(email=email, name=name, language=language, time_zone=city.time_zone)
    create_membership(user=user, organization=government, role=Role.OFFICIAL)
    return user


def create_member(
    *, organization: Organization | None = None, email: str = "", name: str = "", language: str = "es-mx"
) -> User:
    user = create_user(email=email, name=name, language=language)
    create_membership(user=user, organization=organization, role=Role.MEMBER)
    return user


def create_invitation(
    *,
    email: str = "",
    organization: Organization | None = None,
    role: str = Role.MEMBER,
    language: str = "es-mx",
    status: str = AccountInvitation.Status.OPEN,
    invited_by: User | None = None,
    expires_at: datetime | None = None,
) -> AccountInvitation:
    now = timezone.now()
    return AccountInvitation.objects.create(
        email=email or f"invitada{next(_numbers)}@ejemplo.mx",
        organization=organization or create_organization(),
        role=role,
        language=language,
        status=status,
        invited_by=invited_by,
        expires_at=expires_at or now + timedelta(days=AccountInvitation.DAYS),
        accepted_at=now if status == AccountInvitation.Status.ACCEPTED else None,
    )


def create_cycle(
    *,
    name: str = "",
    slug: str = "",
    starts_on: date = SINCE,
    ends_on: date = date(2018, 6, 28),
    fellow_city: City | None = None,
    is_demo: bool = False,
) -> Cycle:
    number = next(_numbers)
    return Cycle.objects.create(
        slug=slug or f"ciclo-{number}",
        name=name or f"Ciclo {number}",
        starts_on=starts_on,
        ends_on=ends_on,
        fellow_city=fellow_city,
        fellow_named_on=starts_on if fellow_city else None,
        fellow_reason="Acuerdo de la sesión" if fellow_city else "",
        is_demo=is_demo,
    )


def create_candidacy(*, cycle: Cycle | None = None, city: City | None = None, statement: str = "") -> Candidacy:
    return Candidacy.objects.create(cycle=cycle or create_cycle(), city=city or create_city(), statement=statement)


def create_plan(
    *,
    city: City | None = None,
    cycle: Cycle | None = None,
    slug: str = "",
    title: str = "",
    status: str = ActionPlan.Status.ACTIVE,
    contact: User | None = None,
    starts_on: date = SINCE,
    ends_on: date = date(2018, 6, 28),
) -> ActionPlan:
    number = next(_numbers)
    return ActionPlan.objects.create(
        city=city or create_city(),
        cycle=cycle or create_cycle(),
        slug=slug or f"plan-{number}",
        title=title or f"Plan {number}",
        aim="Abrir el plan municipal a la participación.",
        status=status,
        contact=contact,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def create_deliverable(
    *,
    plan: ActionPlan | None = None,
    kind: str = Deliverable.Kind.SYNTHETIC_PROPOSAL,
    title: str = "Propuesta sintética",
    due_on: date = date(2017, 7, 29),
    status: str = Deliverable.Status.EXPECTED,
) -> Deliverable:
    handed_in = status in {Deliverable.Status.HANDED_IN, Deliverable.Status.ACCEPTED}
    return Deliverable.objects.create(
        plan=plan or create_plan(),
        kind=kind,
        title=title,
        due_on=due_on,
        status=status,
        handed_in_at=datetime(2017, 7, 20, 18, tzinfo=UTC) if handed_in else None,
    )


def create_reference_plan(*, organization: Organization | None = None, slug: str = "", title: str = "") -> ActionPlan:
    """A plan that the group reads as a reference: its holder is an institution, and no clock runs on it."""
    number = next(_numbers)
    return ActionPlan.objects.create(
        organization=organization or create_organization(kind=Organization.Kind.STATE_BODY),
        cycle=create_cycle(),
        slug=slug or f"referencia-{number}",
        title=title or f"Plan de referencia {number}",
        aim="Compromisos que otros ya hicieron.",
        status=ActionPlan.Status.ACTIVE,
        starts_on=SINCE,
        ends_on=date(2018, 6, 28),
    )


def create_commitment(
    *, plan: ActionPlan | None = None, number: int | None = None, title: str = "", problem: str = ""
) -> Commitment:
    plan = plan or create_plan()
    number = number or plan.commitments.count() + 1
    return Commitment.objects.create(
        plan=plan, number=number, title=title or f"Compromiso {next(_numbers)}", problem=problem
    )


def create_milestone(
    *,
    commitment: Commitment | None = None,
    number: int | None = None,
    title: str = "",
    starts_on: date = date(2017, 7, 1),
    ends_on: date = date(2017, 12, 31),
) -> Milestone:
    commitment = commitment or create_commitment()
    return Milestone.objects.create(
        commitment=commitment,
        number=number or commitment.milestones.count() + 1,
        title=title or f"Hito {next(_numbers)}",
        starts_on=starts_on,
        ends_on=ends_on,
    )


def create_entry(
    *,
    commitment: Commitment | None = None,
    milestone: Milestone | None = None,
    text: str = "Se hizo.",
    status: str = Completion.LIMITED,
    happened_on: date = date(2017, 9, 1),
    corrects: ProgressEntry | None = None,
    reported_by: User | None = None,
) -> ProgressEntry:
    """About the milestone given, else about the commitment as a whole."""
    return ProgressEntry.objects.create(
        commitment=milestone.commitment if milestone else commitment or create_commitment(),
        milestone=milestone,
        text=text,
        status=status,
        happened_on=happened_on,
        corrects=corrects,
        correction_reason="La fecha era otra." if corrects else "",
        reported_by=reported_by,
    )


def create_link(
    *,
    entry: ProgressEntry | None = None,
    deliverable: Deliverable | None = None,
    name: str = "Minuta",
    url: str = "https://ejemplo.org/minuta",
) -> Evidence:
    """Evidence that needs no file."""
    plan = entry.commitment.plan if entry else deliverable.plan if deliverable else create_plan()
    return Evidence.objects.create(
        plan=plan,
        entry=entry,
        deliverable=deliverable,
        kind=Evidence.Kind.LINK,
        url=url,
        name=name,
    )
