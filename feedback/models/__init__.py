"""How well: notes and the city's answers, rubrics, review rounds and evaluations."""

from feedback.models.notes import Answer, AnswerQuerySet, Note, NoteQuerySet
from feedback.models.rounds import (
    CriterionReply,
    Evaluation,
    EvaluationQuerySet,
    ReviewRound,
    ReviewRoundQuerySet,
    Score,
    ScoreQuerySet,
)
from feedback.models.rubrics import Criterion, Level, Rubric

__all__ = [
    "Answer",
    "AnswerQuerySet",
    "Criterion",
    "CriterionReply",
    "Evaluation",
    "EvaluationQuerySet",
    "Level",
    "Note",
    "NoteQuerySet",
    "ReviewRound",
    "ReviewRoundQuerySet",
    "Rubric",
    "Score",
    "ScoreQuerySet",
]
