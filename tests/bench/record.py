"""A plan with as much on record as one likes: promises, a diary, notes with answers, a published evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from actionplans.models import ActionPlan, Commitment, Completion, Evidence, Milestone, ProgressEntry
from cities.models import Membership, Organization, Role, group_day
from feedback.models import Answer, CriterionReply, Evaluation, Note, ReviewRound, Score
from feedback.rubrics import ensure_builtin_rubrics
from ogpgroup.mail import database_now
from ogpgroup.models import User
from tests import factories

LONG: Final = (
    "Se convocó a las vecinas y los vecinos de las colonias del oriente, se leyó el diagnóstico y se anotaron "
    "las prioridades; la minuta y la lista de asistencia quedaron en el sitio del instituto."
)
NOTE: Final = (
    "¿Quién **convoca** a los foros y con qué anticipación?\n\n"
    "- El plan no lo dice.\n- El [reglamento](https://ejemplo.org/reglamento) pide diez días.\n\n"
    "Sugerimos publicar las fechas en el sitio de la ciudad."
)
EVERY_FIFTH: Final = 5  # entry brings a link
CORRECTED: Final = 25  # one entry of so many corrects another


@dataclass(frozen=True)
class Size:
    """So much of each in all."""

    commitments: int
    milestones: int
    entries: int
    notes: int
    evaluators: int


FULL: Final = Size(commitments=10, milestones=100, entries=5000, notes=500, evaluators=50)
ONE: Final = Size(commitments=1, milestones=1, entries=1, notes=1, evaluators=1)


@dataclass(frozen=True)
class Record:
    """The plan, its published round, and somebody who reads it: one of the evaluators and authors."""

    plan: ActionPlan
    round: ReviewRound
    member: User

    def pages(self) -> dict[str, str]:
        """The pages that grow with the record, by what they are called."""
        plan = self.plan.get_absolute_url()
        return {
            "plan": plan,
            "commitment": f"{plan}commitments/1/",
            "ledger of notes": f"{plan}feedback/",
            "published evaluation": self.round.get_absolute_url(),
        }

    def change(self, page: str, turn: int) -> None:
        """What happens most to a page: in a ledger somebody writes a note, elsewhere the city logs progress."""
        (self.write if page == "ledger of notes" else self.log)(turn)

    def log(self, turn: int) -> None:
        """Progress is reported at one milestone of the first commitment."""
        first = self.plan.commitments.get(number=1)
        milestones = list(first.milestones.order_by("number"))
        status = Completion.values[turn % len(Completion.values)]
        today = group_day(database_now())
        about = milestones[turn % len(milestones)]
        ProgressEntry.objects.create(
            commitment=first, milestone=about, text=f"{turn}. {LONG}", status=status, happened_on=today
        )

    def write(self, turn: int) -> None:
        """Somebody writes a note on the first commitment."""
        about = self.plan.commitments.get(number=1)
        now = database_now()
        Note.objects.create(
            commitment=about,
            ledger=self.plan,
            kind=Note.Kind.DOUBT,
            text=f"{turn}. {NOTE}",
            visibility="public",
            author=self.member,
            organization=self.member.memberships.get().organization,
            written_at=now,
            answer_due_on=group_day(now) + timedelta(days=30),
        )


def fill(size: Size) -> Record:
    """A plan in force in a city of its own; the rows are written as the actions would leave them."""
    now = database_now()
    city = factories.create_city()
    official = factories.create_official(city=city)
    people = _people(size.evaluators)
    today = group_day(now)
    start = today - timedelta(days=200)
    plan = factories.create_plan(city=city, contact=official, starts_on=start, ends_on=start + timedelta(days=365))
    commitments = _commitments(plan, size.commitments)
    milestones = _milestones(commitments, size.milestones)
    entries = _entries(milestones, size.entries, by=official, now=now)
    deliverables = [factories.create_deliverable(plan=plan, due_on=today + timedelta(days=n)) for n in (-9, 30)]
    things = [*commitments, plan, *milestones, *entries[:100], *deliverables]
    _notes(plan, things, size.notes, people=people, official=official, now=now)
    return Record(plan, _round(plan, commitments, people=people, official=official, now=now), people[0])


def _people(count: int) -> list[User]:
    """Two of each organisation."""
    organizations = [factories.create_organization() for _ in range((count + 1) // 2)]
    marker = organizations[0].pk
    people = User.objects.bulk_create(
        User(email=f"evalua{marker}-{number}@ejemplo.mx", name=f"Evaluadora Número {number}") for number in range(count)
    )
    Membership.objects.bulk_create(
        Membership(user=person, organization=organizations[number // 2], role=Role.MEMBER, since=factories.SINCE)
        for number, person in enumerate(people)
    )
    return people


def _commitments(plan: ActionPlan, count: int) -> list[Commitment]:
    return Commitment.objects.bulk_create(
        Commitment(
            plan=plan,
            number=number,
            title=f"Compromiso {number}: abrir el plan municipal a la participación de los barrios",
            lead="Instituto Municipal de Planeación",
            problem=LONG,
            action=LONG,
            expected_results=LONG,
            ogp_values=["civic_participation", "access_to_information"],
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
        )
        for number in range(1, count + 1)
    )


def _milestones(commitments: Sequence[Commitment], count: int) -> list[Milestone]:
    """In turns on each commitment; a third of them should be finished by now."""
    each = len(commitments)
    return Milestone.objects.bulk_create(
        Milestone(
            commitment=commitments[number % each],
            number=number // each + 1,
            title=f"Hito {number}: foros barriales con acta y lista de asistencia",
            expected_output="Diez actas publicadas.",
            starts_on=commitments[0].plan.starts_on + timedelta(days=number % 100),
            ends_on=commitments[0].plan.starts_on + timedelta(days=100 + number * 7 % 260),
        )
        for number in range(count)
    )


def _entries(milestones: Sequence[Milestone], count: int, *, by: User, now: datetime) -> list[ProgressEntry]:
    """In turns about each milestone, every tenth about the whole commitment; some are corrected, some bring a link."""

    def entry(number: int, about: Milestone, **more: Any) -> ProgressEntry:
        return ProgressEntry(
            commitment=about.commitment,
            milestone=None if number % 10 == 9 else about,
            text=f"{number}. {LONG}",
            status=Completion.values[(number * 7 // 3) % 4],
            happened_on=group_day(now) - timedelta(days=number % 190),
            reported_at=now - timedelta(days=number % 190),
            reported_by=by,
            **more,
        )

    first = count - count // CORRECTED
    entries = ProgressEntry.objects.bulk_create(
        entry(number, milestones[(number // 10 + number) % len(milestones)]) for number in range(first)
    )
    wrong = entries[:: CORRECTED - 1][: count // CORRECTED]
    corrections = ProgressEntry.objects.bulk_create(
        ProgressEntry(
            commitment=one.commitment,
            milestone=one.milestone,
            text=f"Corregido: {LONG}",
            status=Completion.LIMITED,
            happened_on=one.happened_on,
            corrects=one,
            correction_reason="La fecha era otra.",
            reported_at=now,
            reported_by=by,
        )
        for one in wrong
    )
    Evidence.objects.bulk_create(
        Evidence(plan=one.commitment.plan, entry=one, kind="link", url=f"https://ejemplo.org/{one.pk}", name="Minuta")
        for one in entries[::EVERY_FIFTH]
    )
    return entries + corrections


def _notes(
    plan: ActionPlan, things: Sequence[Any], count: int, *, people: Sequence[User], official: User, now: datetime
) -> None:
    """In turns on the plan and all its parts; two of three are answered, every ninth promises a change that is late."""
    organizations = list(Organization.objects.filter(memberships__user__in=people).order_by("memberships__user"))
    notes = Note.objects.bulk_create(
        Note(
            **_on(things[number * 3 % len(things)]),
            ledger=plan,
            kind=Note.Kind.values[number % 4],
            text=f"{number}. {NOTE}",
            visibility="group" if number % 10 == 5 else "public",
            author=people[number % len(people)],
            organization=organizations[number % len(people)],
            status=("open", "answered", "settled")[number % 3],
            written_at=now - timedelta(days=number % 150),
            answer_due_on=group_day(now) + timedelta(days=30 - number % 150),
        )
        for number in range(count)
    )
    Answer.objects.bulk_create(
        Answer(
            note=note,
            decision="accepted" if number % 2 else "in_part",
            reason=LONG,
            change="Se publicarán las fechas con diez días de anticipación.",
            change_by=group_day(now) - timedelta(days=5 if number % 9 == 0 else -20),
            answered_by=official,
            settles=True if note.status == "settled" else None,
            reacted_at=now if note.status == "settled" else None,
        )
        for number, note in enumerate(notes)
        if note.status != "open"
    )


def _on(thing: Any) -> dict[str, Any]:
    fields = {ActionPlan: "plan", Commitment: "commitment", Milestone: "milestone", ProgressEntry: "entry"}
    return {fields.get(type(thing), "deliverable"): thing}


def _round(
    plan: ActionPlan, commitments: Sequence[Commitment], *, people: Sequence[User], official: User, now: datetime
) -> ReviewRound:
    """Everybody has judged every commitment with evidence, the city has replied to all, and both are published."""
    rubric = ensure_builtin_rubrics()["irm"]
    day = group_day(now)
    one = ReviewRound.objects.create(plan=plan, number=1, rubric=rubric, due_on=day, reply_due_on=day, opened_at=now)
    one.commitments.set(commitments)
    one.organizations.set(Organization.objects.filter(memberships__user__in=people))
    criteria = list(rubric.criteria.prefetch_related("levels"))
    evaluations = Evaluation.objects.bulk_create(
        Evaluation(round=one, evaluator=person, organization_id=person.memberships.get().organization_id)
        for person in people
    )
    Score.objects.bulk_create(
        Score(
            evaluation=evaluation,
            criterion=criterion,
            commitment=commitment,
            level=(levels := list(criterion.levels.all()))[(number + commitment.number) % len(levels)],
            evidence=LONG,
        )
        for number, evaluation in enumerate(evaluations)
        for commitment in commitments
        for criterion in criteria
    )
    one.evaluations.update(status=Evaluation.Status.SUBMITTED, submitted_at=now)
    _become(one, ReviewRound.Status.CLOSED, closed_at=now)
    CriterionReply.objects.bulk_create(
        CriterionReply(round=one, criterion=criterion, commitment=commitment, text=LONG, replied_by=official)
        for commitment in commitments
        for criterion in criteria
    )
    return _become(one, ReviewRound.Status.PUBLISHED, published_at=now)


def _become(one: ReviewRound, status: str, **when: datetime) -> ReviewRound:
    for name, value in {"status": status, **when}.items():
        setattr(one, name, value)
    one.save(update_fields=["status", *when])
    return one
