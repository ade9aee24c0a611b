"""Direct feedback: who was asked for it, to what, by when, and whether they have written it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from feedback.models import Note
from ogpgroup.models import User
from workshops.agenda import answered_with
from workshops.models import AgendaItem, Session, SessionVersion
from workshops.models.agenda import AgendaItemQuerySet


@dataclass(frozen=True)
class Asked:
    """One person asked to give the first feedback, and to which points."""

    item: AgendaItem
    user: User
    answers: frozenset[int]

    @property
    def due_on(self) -> date | None:
        return self.item.response_due_on


def asked(items: Iterable[AgendaItem]) -> list[Asked]:
    """Of these points, those with a respondent who has an account; one query for the points beside them."""
    wanted = [item for item in items if item.respondent is not None]
    beside: dict[int, list[AgendaItem]] = {}
    for item in AgendaItem.objects.filter(session__in={one.session_id for one in wanted}):
        beside.setdefault(item.session_id, []).append(item)
    answers = {session: answered_with(points) for session, points in beside.items()}
    return [
        Asked(item, item.respondent, frozenset(answers[item.session_id].get(item.pk, set()) | {item.pk}))
        for item in wanted
        if item.respondent is not None and item.session_id in answers
    ]


def unwritten(items: Iterable[AgendaItem]) -> list[Asked]:
    """Those who were asked and have written nothing yet; two queries."""
    people = asked(items)
    points = {pk for one in people for pk in one.answers}
    notes = Note.objects.filter(agenda_item__in=points, author__in={one.user.pk for one in people})
    written = set(notes.exclude(status=Note.Status.WITHDRAWN).values_list("agenda_item", "author"))
    return [one for one in people if not any((pk, one.user.pk) in written for pk in one.answers)]


def with_a_day() -> AgendaItemQuerySet:
    """Points whose feedback is due on a day, of sessions that are published and take place; with session and people."""
    planned = SessionVersion.objects.current().planned().filter(session=OuterRef("session"))
    items = AgendaItem.objects.filter(Exists(planned), respondent__isnull=False, response_due_on__isnull=False)
    return items.select_related("session__current_version", "respondent").order_by("response_due_on", "pk")


def due(user: User, *, until: date) -> list[Asked]:
    """What the person is to write by then, the earliest first; what is late as well. Three queries at most."""
    return unwritten(with_a_day().filter(respondent=user, response_due_on__lte=until))


def late(today: date) -> list[Asked]:
    """What nobody has written by its day, for coordinators. Three queries at most."""
    return unwritten(with_a_day().filter(response_due_on__lt=today))


def is_direct(session: Session) -> Q:
    """Notes that are the direct feedback of whoever was asked for it; one query."""
    items = list(AgendaItem.objects.filter(session=session))
    answers, rule = answered_with(items), Q(pk__in=[])
    for item in items:
        if item.respondent_id is not None:
            rule |= Q(author=item.respondent_id, agenda_item__in=answers.get(item.pk, set()) | {item.pk})
    return rule
