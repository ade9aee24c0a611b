"""The plan of the demonstration: promises, progress with pictures, notes with answers, two review rounds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from actionplans import actions as plan_actions
from actionplans import emails as plan_mails
from actionplans.actions import evidence as evidence_actions
from actionplans.models import ActionPlan, Commitment, Deliverable, Milestone, ProgressEntry
from cities.models import Organization, group_day
from feedback.actions import evaluations as evaluation_actions
from feedback.actions import notes as note_actions
from feedback.actions import rounds as round_actions
from feedback.actions.evaluations import Said
from feedback.emails import notes as note_mails
from feedback.emails import rounds as round_mails
from feedback.models import Answer, Criterion, Note, ReviewRound
from ogpgroup.demo import commitments as facts
from ogpgroup.demo import feedback, people, pictures
from ogpgroup.demo.commitments import DemoEntry, DemoMilestone
from ogpgroup.demo.feedback import DemoAnswer, DemoEvaluation, DemoNote
from ogpgroup.models import OutgoingMail, User

PAST_NEWS = [kind.name for kind in (*plan_mails.NEWS, *note_mails.KINDS, *round_mails.KINDS)]
NOON = time(18, tzinfo=UTC)  # of Mexico City


@dataclass
class Record:
    """What is being made: the plan, who writes, and the day from which all days count."""

    plan: ActionPlan
    people: Mapping[str, User]
    organizations: Mapping[str, Organization]
    now: datetime

    def __post_init__(self) -> None:
        self.coordinator = self.people[people.COORDINATOR]
        self.official = self.people[people.OFFICIAL]
        self.scenes = count()

    def make(self) -> None:
        """Through the actions that people use; nobody is written to about what lies in the past."""
        self.add_commitments()
        self.hand_in()
        for one in feedback.NOTES:
            self.add_note(one)
        self.add_published_round()
        self.add_open_round()
        past = OutgoingMail.objects.filter(is_demo=True, status=OutgoingMail.Status.QUEUED, due__lt=self.now)
        past.filter(kind__in=PAST_NEWS).delete()

    def day(self, offset: int) -> date:
        return group_day(self.now) + timedelta(days=offset)

    def at(self, offset: int) -> datetime:
        return min(datetime.combine(self.day(offset), NOON), self.now)

    # --- Promises and progress ----------------------------------------------------------------------------------------

    def add_commitments(self) -> None:
        for one in facts.COMMITMENTS:
            fields = {
                "short_title": one.short_title,
                "title": one.title,
                "title_en": one.title_en,
                "lead": one.lead,
                "institutions": one.institutions,
                "problem": one.problem,
                "status_quo": one.status_quo,
                "action": one.action,
                "contribution": one.contribution,
                "ogp_values": list(one.values),
                "policy_area": one.policy_area,
                "starts_on": self.day(one.starts),
                "ends_on": self.day(one.ends),
            }
            commitment = plan_actions.add_commitment(self.plan, fields=fields, by=self.official, now=self.now)
            for milestone in one.milestones:
                self.add_milestone(commitment, milestone)
            self.add_entries(commitment, one.entries)

    def add_milestone(self, commitment: Commitment, one: DemoMilestone) -> None:
        fields = {
            "title": one.title,
            "expected_output": one.output,
            "lead": one.lead,
            "starts_on": self.day(one.starts),
            "ends_on": self.day(one.ends),
        }
        self.add_entries(plan_actions.add_milestone(commitment, fields=fields), one.entries)

    def add_entries(self, about: Commitment | Milestone, entries: Iterable[DemoEntry]) -> None:
        last: ProgressEntry | None = None
        for one in entries:
            log: Callable[..., ProgressEntry] = partial(plan_actions.log_progress, about, now=self.at(one.day))
            if one.corrects and last:
                correct = partial(plan_actions.correct_progress, last, about=about, reason=one.corrects)
                log = partial(correct, now=self.at(one.day + 1))
            last = log(
                text=one.text,
                status=one.status,
                happened_on=self.day(one.day),
                form_id=uuid4(),
                by=self.official,
                evidence=self.evidence(one),
            )

    def evidence(self, one: DemoEntry) -> list[UUID]:
        kept = []
        if one.picture:
            number = next(self.scenes)
            upload = SimpleUploadedFile(f"foto-{number + 1}.png", pictures.draw_scene(number), "image/png")
            kept.append(evidence_actions.keep_file(self.plan, upload=upload, alt=one.picture, by=self.official))
        if one.link:
            kept.append(evidence_actions.keep_link(self.plan, url=one.link, by=self.official))
        return [evidence.uuid for evidence in kept]

    def hand_in(self) -> None:
        proposal = self.plan.deliverables.get(kind=Deliverable.Kind.SYNTHETIC_PROPOSAL)
        plan_actions.hand_in(proposal, text=facts.PROPOSAL, by=self.official, now=self.at(-115))
        plan_actions.accept_deliverable(proposal, now=self.at(-114))
        guide = self.plan.deliverables.get(kind=Deliverable.Kind.OTHER)
        plan_actions.hand_in(guide, text=facts.GUIDE, by=self.official, now=self.at(-3))

    # --- Notes and answers --------------------------------------------------------------------------------------------

    def add_note(self, one: DemoNote) -> None:
        author = self.people[one.by]
        note = note_actions.write_note(
            self.target(one.on),
            kind=one.kind,
            text=one.text,
            visibility=one.visibility,
            organization=self.organization_of(author) if one.for_organization else None,
            form_id=uuid4(),
            by=author,
            now=self.at(one.day),
        )
        if one.answer:
            self.answer(note, one.answer)

    def target(self, numbers: tuple[int, ...]) -> ActionPlan | Commitment | Milestone:
        if not numbers:
            return self.plan
        commitment = self.plan.commitments.get(number=numbers[0])
        return commitment if len(numbers) == 1 else commitment.milestones.get(number=numbers[1])

    def organization_of(self, user: User) -> Organization:
        return next(self.organizations[one.organization] for one in people.PEOPLE if one.email == user.email)

    def answer(self, note: Note, one: DemoAnswer) -> None:
        answer: Answer = note_actions.answer_note(
            note,
            decision=one.decision,
            reason=one.reason,
            change=one.change,
            change_by=None if one.change_by is None else self.day(one.change_by),
            seen=note_actions.edition_of(note),
            by=self.official,
            now=self.at(one.day),
        )
        if one.changed:
            day, report = one.changed
            note_actions.report_change(answer, changed_on=self.day(day), report=report, now=self.at(day))
        if one.settles is not None:
            assert note.author is not None
            note_actions.settle_note(
                note,
                answer_id=answer.pk,
                settles=one.settles,
                reaction=one.reaction,
                by=note.author,
                now=self.at(one.day + 2),
            )

    # --- Review rounds ------------------------------------------------------------------------------------------------

    def add_published_round(self) -> None:
        opened = self.open_round("participation", feedback.FIRST_OPENED, feedback.FIRST_DUE, feedback.FIRST_REPLY_DUE)
        for one in feedback.FIRST:
            self.evaluate(opened, one, now=self.at(feedback.FIRST_DUE - 2))
        evaluation_actions.declare_conflict(
            opened,
            by=self.people[feedback.CONFLICTED],
            words=feedback.CONFLICT,
            now=self.at(feedback.FIRST_OPENED + 1),
            organization=self.organization_of(self.people[feedback.CONFLICTED]),
        )
        round_actions.close_round(opened, by=self.coordinator, now=self.at(feedback.FIRST_DUE))
        for criterion, text in zip(self.criteria(opened), feedback.REPLIES, strict=True):
            now = self.at(feedback.FIRST_DUE + 5)
            round_actions.reply(
                opened, criterion=criterion, commitment=None, text=text, seen="", by=self.official, now=now
            )
        round_actions.finish_replies(opened, by=self.official, now=self.at(feedback.FIRST_DUE + 5))
        round_actions.publish_round(opened, by=self.coordinator, now=self.at(feedback.FIRST_PUBLISHED))

    def add_open_round(self) -> None:
        opened = self.open_round("irm", feedback.SECOND_OPENED, feedback.SECOND_DUE, feedback.SECOND_REPLY_DUE)
        for one in feedback.SECOND:
            self.evaluate(opened, one, now=self.at(feedback.SECOND_OPENED + 2))
        self.evaluate(opened, feedback.SECOND_DRAFT, now=self.at(-1), submit=False)

    def open_round(self, rubric: str, opened: int, due: int, reply_due: int) -> ReviewRound:
        asked = [one for one in self.organizations.values() if one.city_id != self.plan.city_id]
        return round_actions.open_round(
            self.plan,
            rubric=rubric,
            organizations=[one for one in asked if not one.coordinates_group],
            due_on=self.day(due),
            reply_due_on=self.day(reply_due),
            by=self.coordinator,
            now=self.at(opened),
        )

    def criteria(self, opened: ReviewRound) -> list[Criterion]:
        return list(opened.rubric.criteria.order_by("position").prefetch_related("levels"))

    def evaluate(self, opened: ReviewRound, one: DemoEvaluation, *, now: datetime, submit: bool = True) -> None:
        user = self.people[one.by]
        answers = []
        for commitment in opened.commitments.order_by("number") or [None]:
            for criterion, position in zip(self.criteria(opened), one.levels, strict=False):
                levels = sorted(criterion.levels.all(), key=lambda level: level.position)
                answers.append(
                    Said(
                        criterion_id=criterion.pk,
                        commitment_id=commitment.pk if commitment else None,
                        level_id=None if position is None else levels[min(position, len(levels) - 1)].pk,
                        not_applicable=position is None,
                        evidence=one.words if position is not None else "No aplica en esta etapa del plan.",
                    )
                )
        organization = self.organization_of(user)
        draft = evaluation_actions.save_draft(
            opened, by=user, answers=answers, edition=0, now=now, organization=organization
        )
        if submit:
            evaluation_actions.submit(opened, by=user, edition=draft.edition, now=now)
