"""What of notes and evaluations coordinators can withhold, and who still reads it. See `ogpgroup.withholding`.

A note and the word on its answer belong to the person who wrote them; an answer and a reply to those who speak for
whoever was asked; what an evaluation says in words is read by its author on their own page alone.
"""

from collections.abc import Collection
from copy import copy
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan
from cities.access import roles_of
from feedback import targets
from feedback.models import Answer, CriterionReply, Evaluation, Note, ReviewRound, Score
from ogpgroup import withholding
from ogpgroup.models import User
from ogpgroup.withholding import Thing

NOTE: Final = "note"
ANSWER: Final = "answer"
REACTION: Final = "reaction"
SCORE: Final = "score"
REPLY: Final = "reply"

NOBODY: Final = AnonymousUser()


# --- Who reads what ---------------------------------------------------------------------------------------------------


def as_read(note: Note, user: User | AnonymousUser) -> Note:
    """A copy for one reader, without the words that are withheld from them; the note comes `with_withheld`."""
    if note.withheld is None:
        return note
    if roles_of(user).is_coordinator or (note.author_id is not None and note.author_id == user.pk):
        return note
    read = copy(note)
    read.text = ""
    return read


def answer_as_read(answer: Answer, note: Note, user: User | AnonymousUser) -> Answer:
    """The same of an answer, and of the author's word on it."""
    if answer.withheld is None and answer.reaction_withheld is None:
        return answer
    read, is_coordinator = copy(answer), roles_of(user).is_coordinator
    if answer.withheld and not is_coordinator and not _speaks_in_answer(answer, note, user):
        read.reason = read.change = read.change_report = ""
    own = {one for one in (note.author_id, answer.reacted_by_id) if one is not None}
    if answer.reaction_withheld and not is_coordinator and user.pk not in own:
        read.reaction = ""
    return read


def _speaks_in_answer(answer: Answer, note: Note, user: User | AnonymousUser) -> bool:
    """Who gave it, and who speaks for the city or the institution that was asked."""
    if answer.answered_by_id is not None and answer.answered_by_id == user.pk:
        return True
    roles = roles_of(user)
    if note.ledger:
        return reads_for_city(note.ledger, user)
    return note.agenda_item is not None and note.agenda_item.presenter_organization_id in roles.organization_ids


def reads_for_city(plan: ActionPlan, user: User | AnonymousUser) -> bool:
    """Whether the person reads what is withheld of what the plan's city says: its officials and the coordinators."""
    roles = roles_of(user)
    return roles.is_coordinator or plan.city_id in roles.official_city_ids


# --- What can be withheld --------------------------------------------------------------------------------------------


def notes(ids: Collection[int]) -> dict[int, Thing]:
    """Notes that were not taken back by their authors; one query, and one more for co-presenters."""
    rows = Note.objects.exclude(status=Note.Status.WITHDRAWN).filter(pk__in=ids)
    return {
        one.pk: Thing(
            kind=NOTE,
            pk=one.pk,
            about=_("the note about %(on)s") % {"on": targets.label_of(one.target)},
            author=one.author_id,
            words=[(_("Note"), one.text)],
            **_where(one),
        )
        for one in rows.select_related(*targets.RELATED)
    }


def answers(ids: Collection[int]) -> dict[int, Thing]:
    """What was answered to notes; one query."""
    return {
        one.pk: Thing(
            kind=ANSWER,
            pk=one.pk,
            about=_("the answer to the note about %(on)s") % {"on": targets.label_of(one.note.target)},
            author=one.answered_by_id,
            city=one.note.ledger.city_id if one.note.ledger else None,
            words=_said(
                (_("Reason"), one.reason),
                (_("What will change"), one.change),
                (_("What was changed"), one.change_report),
            ),
            **_where(one.note),
        )
        for one in _answers(ids)
    }


def reactions(ids: Collection[int]) -> dict[int, Thing]:
    """What authors say of answers, by the number of the answer; one query."""
    return {
        one.pk: Thing(
            kind=REACTION,
            pk=one.pk,
            about=_("the author’s word on the answer to the note about %(on)s")
            % {"on": targets.label_of(one.note.target)},
            author=one.reacted_by_id or one.note.author_id,
            words=[(_("Comment"), one.reaction)],
            **_where(one.note),
        )
        for one in _answers(ids)
        if one.reaction
    }


def _answers(ids: Collection[int]) -> list[Answer]:
    related = [f"note__{one}" for one in targets.RELATED]
    rows = Answer.objects.exclude(note__status=Note.Status.WITHDRAWN).filter(pk__in=ids)
    return list(rows.select_related("note", *related))


def _where(note: Note) -> dict[str, Any]:
    target = note.target
    where = note.ledger.title if note.ledger else targets.label_of(target)
    return {"href": note.get_absolute_url(), "where": where, "is_demo": targets.is_demo(target)}


def scores(ids: Collection[int]) -> dict[int, Thing]:
    """What evaluations say in words, once the round is closed; one query."""
    rows = Score.objects.filter(
        pk__in=ids, evaluation__status=Evaluation.Status.SUBMITTED, evaluation__round__status__in=RESULTS_ARE_READ
    ).exclude(evidence="")
    related = ("criterion", "commitment", "evaluation__organization", "evaluation__round__plan")
    return {
        one.pk: Thing(
            kind=SCORE,
            pk=one.pk,
            about=_("what %(organization)s says on “%(criterion)s”")
            % {
                "organization": one.evaluation.organization.local_name,
                "criterion": one.criterion.local_name,
            },
            href=_address(one.evaluation.round, one),
            where=one.evaluation.round.plan.title,
            is_demo=one.evaluation.round.plan.is_demo,
            author=one.evaluation.evaluator_id,
            words=[(_("Evidence"), one.evidence)],
        )
        for one in rows.select_related(*related)
    }


def replies(ids: Collection[int]) -> dict[int, Thing]:
    """What cities reply to criteria; one query."""
    rows = CriterionReply.objects.filter(pk__in=ids, round__status__in=RESULTS_ARE_READ)
    return {
        one.pk: Thing(
            kind=REPLY,
            pk=one.pk,
            about=_("the city’s reply on “%(criterion)s”") % {"criterion": one.criterion.local_name},
            href=_address(one.round, one),
            where=one.round.plan.title,
            is_demo=one.round.plan.is_demo,
            author=one.replied_by_id,
            city=one.round.plan.city_id,
            words=[(_("Reply"), one.text)],
        )
        for one in rows.select_related("criterion", "commitment", "round__plan")
    }


RESULTS_ARE_READ: Final = (ReviewRound.Status.CLOSED, ReviewRound.Status.PUBLISHED)


def _address(one: ReviewRound, of: Score | CriterionReply) -> str:
    query = f"?commitment={of.commitment.number}" if of.commitment else ""
    return f"{one.get_absolute_url()}{query}#{of.criterion.slug}"


def _said(*words: tuple[str, str]) -> list[tuple[str, str]]:
    return [(label, text) for label, text in words if text]


SUBJECTS: Final[dict[str, withholding.Find]] = {
    NOTE: notes,
    ANSWER: answers,
    REACTION: reactions,
    SCORE: scores,
    REPLY: replies,
}
