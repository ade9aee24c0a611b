"""Things to write notes on, and notes, in a valid minimum."""

from datetime import UTC, date, datetime
from itertools import count
from uuid import uuid4

from django.db.models.functions import Now

from actionplans.models import ActionPlan, Commitment, Milestone, ProgressEntry
from cities.models import Organization, Role
from feedback.actions import notes as actions
from feedback.actions.notes import edition_of
from feedback.models import Answer, Note
from feedback.targets import Target
from ogpgroup.models import User
from tests import factories
from workshops.models import AgendaItem, Session

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TODAY = NOW.date()

_numbers = count(1)


def create_commitment(*, plan: ActionPlan | None = None, number: int = 0, title: str = "Foros barriales") -> Commitment:
    return Commitment.objects.create(plan=plan or factories.create_plan(), number=number or next(_numbers), title=title)


def create_milestone(*, commitment: Commitment | None = None, number: int = 1, title: str = "Convocar") -> Milestone:
    return Milestone.objects.create(
        commitment=commitment or create_commitment(),
        number=number,
        title=title,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )


def create_entry(*, milestone: Milestone | None = None, text: str = "Se celebró el primer foro.") -> ProgressEntry:
    milestone = milestone or create_milestone()
    return ProgressEntry.objects.create(
        commitment=milestone.commitment,
        milestone=milestone,
        text=text,
        status="limited",
        happened_on=date(2026, 11, 3),
    )


def create_item(*, session: Session, presenter: Organization | None = None, position: int = 1) -> AgendaItem:
    """A point of an agenda that is published."""
    Session.objects.filter(pk=session.pk).update(agenda_published_at=Now())
    session.refresh_from_db()
    return AgendaItem.objects.create(
        session=session,
        position=position,
        kind="presentation",
        title=f"Presentación {position}",
        presenter_organization=presenter,
    )


def write(
    target: Target,
    *,
    by: User | None = None,
    kind: str = Note.Kind.DOUBT,
    text: str = "¿Quién convoca a los **foros**?",
    visibility: str = Note.Visibility.PUBLIC,
    organization: Organization | None = None,
    now: datetime = NOW,
) -> Note:
    """A note as the action writes it; by a new member of the organisation, or of a new one."""
    if by is None:
        organization = organization or factories.create_organization()
        by = factories.create_member(organization=organization)
    return actions.write_note(
        target,
        kind=kind,
        text=text,
        visibility=visibility,
        organization=organization,
        form_id=uuid4(),
        by=by,
        now=now,
    )


def answer(
    note: Note,
    *,
    by: User | None = None,
    decision: str = Answer.Decision.ACCEPTED,
    reason: str = "Tienen razón.",
    change: str = "Convoca el IMPLAN.",
    change_by: date | None = date(2026, 12, 15),
    now: datetime = NOW,
) -> Answer:
    if by is None:
        assert note.ledger is not None
        assert note.ledger.city is not None
        by = factories.create_official(city=note.ledger.city)
    return actions.answer_note(
        note,
        decision=decision,
        reason=reason,
        change=change,
        change_by=change_by,
        seen=edition_of(note),
        by=by,
        now=now,
    )


def settle(note: Note, *, settles: bool, reaction: str = "", by: User | None = None, now: datetime = NOW) -> Note:
    standing, by = note.answers.latest("pk"), by or note.author
    assert by
    return actions.settle_note(note, answer_id=standing.pk, settles=settles, reaction=reaction, by=by, now=now)


def colleague_of(organization: Organization, role: str = Role.MEMBER) -> User:
    user = factories.create_user()
    factories.create_membership(user=user, organization=organization, role=role)
    return user
