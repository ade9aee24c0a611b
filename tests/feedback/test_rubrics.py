import hashlib
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import translation

from feedback import rubrics
from feedback.models import Criterion, Level, Rubric


def test_irm_has_the_scales_of_its_source(db: None):
    rubric = rubrics.ensure_builtin_rubrics()["irm"]

    scales = {
        criterion.slug: [(level.name_en, level.value) for level in criterion.levels.all()]
        for criterion in rubric.criteria.all()
    }
    assert rubric.about == "commitments"
    assert scales == {
        "verifiability": [("No", Decimal(0)), ("Yes", Decimal(1))],
        "lens": [("No", Decimal(0)), ("Yes", Decimal(1))],
        "potential": [("Unclear", Decimal(0)), ("Modest", Decimal("0.5")), ("Substantial", Decimal(1))],
        "completion": [
            ("No evidence available", None),
            ("Not started", Decimal(0)),
            ("Limited", Decimal("0.333")),
            ("Substantial", Decimal("0.667")),
            ("Complete", Decimal(1)),
        ],
        "opened": [
            ("Worsened", Decimal(0)),
            ("Did not change", Decimal("0.25")),
            ("Marginal", Decimal("0.5")),
            ("Major", Decimal("0.75")),
            ("Outstanding", Decimal(1)),
        ],
    }


def test_participation_judges_the_plan_and_begins_with_iap2(db: None):
    rubric = rubrics.ensure_builtin_rubrics()["participation"]

    first = rubric.criteria.get(position=1)
    assert (rubric.about, first.weight) == ("plan", Decimal(2))
    assert [level.name_en for level in first.levels.all()] == [
        "No consultation",
        "Inform",
        "Consult",
        "Involve",
        "Collaborate",
        "Empower",
    ]
    assert "IAP2" in rubric.source
    needing = rubric.criteria.filter(needs_evidence=True).values_list("slug", flat=True)
    assert (rubric.version, list(needing)) == (2, ["influence"])


def test_names_are_said_in_the_language_of_the_reader(db: None):
    rubric = rubrics.ensure_builtin_rubrics()["irm"]

    with translation.override("en"):
        assert rubric.local_title == "IRM criteria"
    with translation.override("es-mx"):
        assert rubric.local_title == "Criterios del MRI"


def test_writing_twice_writes_once(db: None):
    first = rubrics.ensure_builtin_rubrics()
    rows = (Rubric.objects.count(), Criterion.objects.count(), Level.objects.count())

    assert rubrics.ensure_builtin_rubrics() == first
    assert (Rubric.objects.count(), Criterion.objects.count(), Level.objects.count()) == rows == (2, 10, 43)


def test_every_scale_rises_and_every_text_is_in_two_languages():
    for rubric in rubrics.BUILT_IN:
        assert len(rubric.source) <= 300
        for criterion in rubric.criteria:
            values = [Decimal(level.value) for level in criterion.levels if level.value]

            assert values == sorted(set(values))
            assert (values[0], values[-1]) == (Decimal(0), Decimal(1))
            assert all(level.name and level.name_en for level in criterion.levels)
            assert all(level.description and level.description_en for level in criterion.levels)
            assert criterion.question
            assert criterion.question_en


def test_what_was_published_as_a_version_stays_as_it_is():
    """Rounds were judged by it. Whoever changes a rubric gives it a new version and adds a line here."""
    prints = {
        (rubric.slug, rubric.version): hashlib.sha256(_words_of(rubric).encode()).hexdigest()[:16]
        for rubric in rubrics.BUILT_IN
    }

    assert prints == {("irm", 1): "89bccb7b018182b6", ("participation", 2): "ab5c1e26ef7e4b5d"}


def _words_of(rubric: rubrics.RubricText) -> str:
    """What is no criterion's need is left out: the first versions knew nothing of it."""
    return repr(rubric).replace(", needs_evidence=False", "")


@pytest.mark.parametrize("model", [Rubric, Criterion, Level])
def test_database_lets_nobody_rewrite_a_rubric(model: type[Rubric | Criterion | Level], db: None):
    rubrics.ensure_builtin_rubrics()

    for verb in ("UPDATE {} SET id = id", "DELETE FROM {}"):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb.format(model._meta.db_table))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_each_rubric_once_and_whole():
    start = Barrier(4)

    def write() -> list[int]:
        start.wait()
        try:
            return [rubric.criteria.count() for rubric in rubrics.ensure_builtin_rubrics().values()]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        seen = [future.result() for future in [pool.submit(write) for _ in range(4)]]

    assert seen == [[5, 5]] * 4
    assert (Rubric.objects.count(), Criterion.objects.count(), Level.objects.count()) == (2, 10, 43)
