import uuid

import django.contrib.postgres.functions
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """All that came before in one step, for a database that begins empty; others go on from where they are."""

    replaces = [
        ("feedback", "0001_initial"),
        ("feedback", "0002_locks_that_wait"),
        ("feedback", "0003_one_note_for_a_form_sent_twice"),
        ("feedback", "0004_who_settles_for_an_author"),
        ("feedback", "0005_one_round_for_a_form_sent_twice"),
        ("feedback", "0006_count_changes"),
    ]

    initial = True

    dependencies = [
        ("actionplans", "0001_squashed_0009_count_changes"),
        ("cities", "0004_count_changes"),
        ("ogpgroup", "0004_count_changes"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("workshops", "0001_squashed_0008_walls_and_likely_duplicates"),
    ]

    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="actionplans.actionplan",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="actionplans.commitment",
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="actionplans.milestone",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="actionplans.progressentry",
                    ),
                ),
                (
                    "deliverable",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="actionplans.deliverable",
                    ),
                ),
                (
                    "agenda_item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="workshops.agendaitem",
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ledger_notes",
                        to="actionplans.actionplan",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("strength", "strength"),
                            ("doubt", "doubt"),
                            ("difficulty", "difficulty"),
                            ("suggestion", "suggestion"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(max_length=20480, verbose_name="note")),
                (
                    "visibility",
                    models.CharField(
                        choices=[("public", "everybody"), ("group", "the working group"), ("city", "the city alone")],
                        default="public",
                        max_length=6,
                        verbose_name="who may read it",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="cities.organization",
                        verbose_name="on behalf of",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "waits for an answer"),
                            ("answered", "answered"),
                            ("settled", "settled"),
                            ("unsettled", "not settled"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                (
                    "form_id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                    ),
                ),
                ("written_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("answer_due_on", models.DateField()),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "ordering": ["-written_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            models.Func(
                                "plan",
                                "commitment",
                                "milestone",
                                "entry",
                                "deliverable",
                                "agenda_item",
                                function="num_nonnulls",
                                output_field=models.IntegerField(),
                            ),
                            1,
                        ),
                        name="note_on_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agenda_item__isnull", True), ("ledger__isnull", False)),
                            models.Q(
                                ("agenda_item__isnull", False),
                                ("ledger__isnull", True),
                                models.Q(("visibility", "city"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="note_in_the_ledger_of_its_plan",
                    ),
                ],
                "indexes": [models.Index(fields=["ledger", "status", "answer_due_on"], name="note_ledger")],
            },
        ),
        migrations.CreateModel(
            name="Rubric",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=40)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                (
                    "about",
                    models.CharField(
                        choices=[("commitments", "each commitment"), ("plan", "the plan as a whole")], max_length=11
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("title_en", models.CharField(max_length=200)),
                ("introduction", models.TextField(max_length=2000)),
                ("introduction_en", models.TextField(max_length=2000)),
                ("source", models.CharField(max_length=300)),
                ("source_url", models.URLField(blank=True, max_length=300)),
            ],
            options={
                "verbose_name": "rubric",
                "verbose_name_plural": "rubrics",
                "ordering": ["slug", "version"],
                "constraints": [models.UniqueConstraint(fields=("slug", "version"), name="rubric_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "rubric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="criteria", to="feedback.rubric"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("slug", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("question", models.TextField(max_length=1000)),
                ("question_en", models.TextField(max_length=1000)),
                (
                    "weight",
                    models.DecimalField(
                        decimal_places=2,
                        default=1,
                        max_digits=5,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
            ],
            options={
                "verbose_name": "criterion",
                "verbose_name_plural": "criteria",
                "ordering": ["rubric", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("rubric", "position"), name="criterion_position_once"),
                    models.UniqueConstraint(fields=("rubric", "slug"), name="criterion_slug_once"),
                    models.CheckConstraint(condition=models.Q(("weight__gt", 0)), name="criterion_weighs_something"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="feedback.note"
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        choices=[("accepted", "accepted"), ("in_part", "accepted in part"), ("declined", "declined")],
                        max_length=8,
                        verbose_name="decision",
                    ),
                ),
                ("reason", models.TextField(max_length=4000, verbose_name="reason")),
                ("change", models.TextField(blank=True, max_length=2000, verbose_name="what will change")),
                ("change_by", models.DateField(blank=True, null=True, verbose_name="by when")),
                ("answered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("changed_on", models.DateField(blank=True, null=True, verbose_name="changed on")),
                ("change_report", models.TextField(blank=True, max_length=2000, verbose_name="what was changed")),
                ("reacted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reacted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("settles", models.BooleanField(blank=True, null=True)),
                ("reaction", models.TextField(blank=True, max_length=2000, verbose_name="comment")),
            ],
            options={
                "verbose_name": "answer",
                "verbose_name_plural": "answers",
                "ordering": ["answered_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decision", "declined"),
                            models.Q(models.Q(("change", ""), _negated=True), ("change_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="answer_says_what_changes_by_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("change_report", ""), ("changed_on__isnull", True)),
                            models.Q(("changed_on__isnull", False), models.Q(("change_report", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="answer_change_has_day_and_report",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reacted_at__isnull", True), ("reaction", ""), ("settles__isnull", True)),
                            models.Q(("reacted_at__isnull", False), ("settles__isnull", False)),
                            _connector="OR",
                        ),
                        name="answer_reaction_whole",
                    ),
                ],
                "indexes": [
                    models.Index(condition=models.Q(("changed_on", None)), fields=["change_by"], name="answer_promised")
                ],
            },
        ),
        migrations.CreateModel(
            name="NoteEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="feedback.note",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="actionplans.actionplan",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="actionplans.commitment",
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="actionplans.milestone",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="actionplans.progressentry",
                    ),
                ),
                (
                    "deliverable",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="actionplans.deliverable",
                    ),
                ),
                (
                    "agenda_item",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.agendaitem",
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="actionplans.actionplan",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("strength", "strength"),
                            ("doubt", "doubt"),
                            ("difficulty", "difficulty"),
                            ("suggestion", "suggestion"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(max_length=20480, verbose_name="note")),
                (
                    "visibility",
                    models.CharField(
                        choices=[("public", "everybody"), ("group", "the working group"), ("city", "the city alone")],
                        default="public",
                        max_length=6,
                        verbose_name="who may read it",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cities.organization",
                        verbose_name="on behalf of",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "waits for an answer"),
                            ("answered", "answered"),
                            ("settled", "settled"),
                            ("unsettled", "not settled"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                (
                    "form_id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False
                    ),
                ),
                ("written_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("answer_due_on", models.DateField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReviewRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="actionplans.actionplan"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "rubric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="feedback.rubric",
                        verbose_name="rubric",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="evaluate until")),
                ("reply_due_on", models.DateField(verbose_name="the city replies until")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("closed", "closed, the city replies"),
                            ("published", "published"),
                            ("cancelled", "cancelled"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                (
                    "form_id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                    ),
                ),
                ("opened_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("commitments", models.ManyToManyField(blank=True, related_name="rounds", to="actionplans.commitment")),
                (
                    "organizations",
                    models.ManyToManyField(
                        related_name="rounds", to="cities.organization", verbose_name="invited organisations"
                    ),
                ),
            ],
            options={
                "verbose_name": "review round",
                "verbose_name_plural": "review rounds",
                "ordering": ["plan", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number"), name="reviewround_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reply_due_on__gte", models.F("due_on"))),
                        name="reviewround_reply_after_evaluation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "published"), _negated=True),
                            models.Q(("closed_at__isnull", False), ("published_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="reviewround_published_after_closing",
                    ),
                ],
                "indexes": [models.Index(fields=["status", "due_on"], name="reviewround_due")],
            },
        ),
        migrations.CreateModel(
            name="Level",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="levels", to="feedback.criterion"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=80)),
                ("name_en", models.CharField(max_length=80)),
                ("description", models.TextField(blank=True, max_length=500)),
                ("description_en", models.TextField(blank=True, max_length=500)),
                ("value", models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True)),
            ],
            options={
                "verbose_name": "level",
                "verbose_name_plural": "levels",
                "ordering": ["criterion", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("criterion", "position"), name="level_position_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value__isnull", True), models.Q(("value__gte", 0), ("value__lte", 1)), _connector="OR"
                        ),
                        name="level_value_is_a_share",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnswerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="feedback.answer",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "note",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="feedback.note",
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        choices=[("accepted", "accepted"), ("in_part", "accepted in part"), ("declined", "declined")],
                        max_length=8,
                        verbose_name="decision",
                    ),
                ),
                ("reason", models.TextField(max_length=4000, verbose_name="reason")),
                ("change", models.TextField(blank=True, max_length=2000, verbose_name="what will change")),
                ("change_by", models.DateField(blank=True, null=True, verbose_name="by when")),
                ("answered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("changed_on", models.DateField(blank=True, null=True, verbose_name="changed on")),
                ("change_report", models.TextField(blank=True, max_length=2000, verbose_name="what was changed")),
                ("reacted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reacted_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("settles", models.BooleanField(blank=True, null=True)),
                ("reaction", models.TextField(blank=True, max_length=2000, verbose_name="comment")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to="feedback.reviewround",
                    ),
                ),
                (
                    "evaluator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to="cities.organization",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "draft"), ("submitted", "submitted"), ("conflicted", "conflict declared")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("conflict", models.TextField(blank=True, max_length=1000, verbose_name="conflict of interest")),
                ("edition", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("saved_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "evaluation",
                "verbose_name_plural": "evaluations",
                "constraints": [
                    models.UniqueConstraint(fields=("round", "evaluator"), name="evaluation_once_per_person"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "submitted"), _negated=True),
                            ("submitted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="evaluation_submitted_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "conflicted"), ("conflict", ""), _connector="XOR"),
                        name="evaluation_conflict_has_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CriterionReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="feedback.reviewround"
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="feedback.criterion"
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="actionplans.commitment",
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="the city's reply")),
                ("replied_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "replied_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "reply",
                "verbose_name_plural": "replies",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("round", "criterion", "commitment"), name="criterionreply_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewRoundEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="feedback.reviewround",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="actionplans.actionplan",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "rubric",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="feedback.rubric",
                        verbose_name="rubric",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="evaluate until")),
                ("reply_due_on", models.DateField(verbose_name="the city replies until")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("closed", "closed, the city replies"),
                            ("published", "published"),
                            ("cancelled", "cancelled"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                (
                    "form_id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False
                    ),
                ),
                ("opened_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="scores", to="feedback.evaluation"
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="feedback.criterion"
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="actionplans.commitment",
                    ),
                ),
                (
                    "level",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="feedback.level",
                    ),
                ),
                ("not_applicable", models.BooleanField(default=False, verbose_name="not applicable")),
                (
                    "evidence",
                    models.TextField(blank=True, max_length=4000, verbose_name="evidence, or why it does not apply"),
                ),
                ("edition", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "score",
                "verbose_name_plural": "scores",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("evaluation", "criterion", "commitment"), name="score_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__isnull", True), ("not_applicable", False), _connector="OR"),
                        name="score_level_or_not_applicable",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rubric",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8990e8b5675cd75137c02271752f2aba6912605f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b0d2c",
                    table="feedback_rubric",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="level",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="194b26e703561c4791ec1d79d0d5bbfe2c6d6536",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_1755f",
                    table="feedback_level",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="note",
            trigger=pgtrigger.compiler.Trigger(
                name="counted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO ogpgroup_change DEFAULT VALUES; RETURN NULL;",
                    hash="9e6946f0fe35b784b8c21efdf0088f6b9e7b4c64",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_counted_e365a",
                    table="feedback_note",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="note",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "feedback_noteevent" ("agenda_item_id", "answer_due_on", "author_id", "commitment_id", "deliverable_id", "entry_id", "form_id", "id", "kind", "ledger_id", "milestone_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "status", "text", "visibility", "written_at") VALUES (NEW."agenda_item_id", NEW."answer_due_on", NEW."author_id", NEW."commitment_id", NEW."deliverable_id", NEW."entry_id", NEW."form_id", NEW."id", NEW."kind", NEW."ledger_id", NEW."milestone_id", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."status", NEW."text", NEW."visibility", NEW."written_at"); RETURN NULL;',
                    hash="940754b75f6230392138adb4ffc53edafde34516",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3fb20",
                    table="feedback_note",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="note",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "feedback_noteevent" ("agenda_item_id", "answer_due_on", "author_id", "commitment_id", "deliverable_id", "entry_id", "form_id", "id", "kind", "ledger_id", "milestone_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "status", "text", "visibility", "written_at") VALUES (NEW."agenda_item_id", NEW."answer_due_on", NEW."author_id", NEW."commitment_id", NEW."deliverable_id", NEW."entry_id", NEW."form_id", NEW."id", NEW."kind", NEW."ledger_id", NEW."milestone_id", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."status", NEW."text", NEW."visibility", NEW."written_at"); RETURN NULL;',
                    hash="fbbca60d39a57945bee6e128db8f509961a504c0",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2b701",
                    table="feedback_note",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answer",
            trigger=pgtrigger.compiler.Trigger(
                name="counted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO ogpgroup_change DEFAULT VALUES; RETURN NULL;",
                    hash="c5e8f758b1eea807759794a983b3f33bb19202c9",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_counted_26442",
                    table="feedback_answer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answer",
            trigger=pgtrigger.compiler.Trigger(
                name="decided",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."note_id" IS DISTINCT FROM (NEW."note_id") OR OLD."decision" IS DISTINCT FROM (NEW."decision") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."change" IS DISTINCT FROM (NEW."change") OR OLD."change_by" IS DISTINCT FROM (NEW."change_by") OR OLD."answered_at" IS DISTINCT FROM (NEW."answered_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2fdf094d0814627fe198d884bdba9391a95b7003",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_85be4",
                    table="feedback_answer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answer",
            trigger=pgtrigger.compiler.Trigger(
                name="kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="d42ba14716d87dd44728f202da94f2156ed15c63",
                    operation="DELETE",
                    pgid="pgtrigger_kept_98b79",
                    table="feedback_answer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answer",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "feedback_answerevent" ("answered_at", "answered_by_id", "change", "change_by", "change_report", "changed_on", "decision", "id", "note_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reacted_at", "reacted_by_id", "reaction", "reason", "settles") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."change", NEW."change_by", NEW."change_report", NEW."changed_on", NEW."decision", NEW."id", NEW."note_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reacted_at", NEW."reacted_by_id", NEW."reaction", NEW."reason", NEW."settles"); RETURN NULL;',
                    hash="f256ed311d60e8f58998e0ec1eb9c6cafe3b4a7f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_11e20",
                    table="feedback_answer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "feedback_answerevent" ("answered_at", "answered_by_id", "change", "change_by", "change_report", "changed_on", "decision", "id", "note_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reacted_at", "reacted_by_id", "reaction", "reason", "settles") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."change", NEW."change_by", NEW."change_report", NEW."changed_on", NEW."decision", NEW."id", NEW."note_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reacted_at", NEW."reacted_by_id", NEW."reaction", NEW."reason", NEW."settles"); RETURN NULL;',
                    hash="6158b05cc7c9752c8db2292f153bce7f8f8906a7",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b3e0b",
                    table="feedback_answer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evaluation",
            trigger=pgtrigger.compiler.Trigger(
                name="counted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO ogpgroup_change DEFAULT VALUES; RETURN NULL;",
                    hash="4777ba7d3e7ea15d1f70a8b460d3297731631515",
                    level="STATEMENT",
                    operation='INSERT OR UPDATE OF "status", "organization_id" OR DELETE',
                    pgid="pgtrigger_counted_d4e83",
                    table="feedback_evaluation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evaluation",
            trigger=pgtrigger.compiler.Trigger(
                name="locked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"status\" = 'draft'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="0efa95d3c86bf1e7cf381cce766d264b372a2ab1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_locked_a29d8",
                    table="feedback_evaluation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evaluation",
            trigger=pgtrigger.compiler.Trigger(
                name="while_open",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    -- Waits for whoever is just moving the row on; the question after it sees what they have committed. OLD is empty on\n    -- an INSERT and NEW on a DELETE; an UPDATE may lead from one row to another, and both must be open to it.\n    PERFORM 1 FROM feedback_reviewround AS whole WHERE whole.id IN (OLD.round_id, NEW.round_id) FOR SHARE;\n    IF EXISTS (\n        SELECT 1 FROM feedback_reviewround AS whole WHERE whole.id IN (OLD.round_id, NEW.round_id) AND whole.status <> 'open'\n    ) THEN\n        RAISE EXCEPTION 'feedback_reviewround is no longer open: % of % refused', TG_OP, TG_TABLE_NAME;\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n",
                    hash="ff5c3b816a13dfa5f3ab522069e95d968602d481",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_while_open_63fa7",
                    table="feedback_evaluation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="criterionreply",
            trigger=pgtrigger.compiler.Trigger(
                name="counted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO ogpgroup_change DEFAULT VALUES; RETURN NULL;",
                    hash="fc87dc63be46cc5523b9539a0c3cb52eb6aa5ee9",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_counted_f4eee",
                    table="feedback_criterionreply",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="criterionreply",
            trigger=pgtrigger.compiler.Trigger(
                name="locked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    -- Waits for whoever is just moving the row on; the question after it sees what they have committed. OLD is empty on\n    -- an INSERT and NEW on a DELETE; an UPDATE may lead from one row to another, and both must be open to it.\n    PERFORM 1 FROM feedback_reviewround AS whole WHERE whole.id IN (OLD.round_id, NEW.round_id) FOR SHARE;\n    IF EXISTS (\n        SELECT 1 FROM feedback_reviewround AS whole WHERE whole.id IN (OLD.round_id, NEW.round_id) AND whole.status <> 'closed'\n    ) THEN\n        RAISE EXCEPTION 'feedback_reviewround is no longer closed: % of % refused', TG_OP, TG_TABLE_NAME;\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n",
                    hash="595c775146851c6b5c63c8b7e99ecd73516eca10",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_locked_c403b",
                    table="feedback_criterionreply",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reviewround",
            trigger=pgtrigger.compiler.Trigger(
                name="counted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO ogpgroup_change DEFAULT VALUES; RETURN NULL;",
                    hash="bfce8c28afccb9a43e5e8d9e53293fa5b52e265e",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_counted_df60c",
                    table="feedback_reviewround",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reviewround",
            trigger=pgtrigger.compiler.Trigger(
                name="frame",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."rubric_id" IS DISTINCT FROM (NEW."rubric_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="7f17a3b147fa8ed69a105f82dd67cc7dfd680ee5",
                    operation="UPDATE",
                    pgid="pgtrigger_frame_ace60",
                    table="feedback_reviewround",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reviewround",
            trigger=pgtrigger.compiler.Trigger(
                name="published",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" = 'published')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="02c1caf3220769d33ee72b0c27cefe9541862a2d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_published_a56ab",
                    table="feedback_reviewround",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reviewround",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "feedback_reviewroundevent" ("closed_at", "due_on", "form_id", "id", "number", "opened_at", "opened_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "published_at", "reply_due_on", "rubric_id", "status") VALUES (NEW."closed_at", NEW."due_on", NEW."form_id", NEW."id", NEW."number", NEW."opened_at", NEW."opened_by_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."published_at", NEW."reply_due_on", NEW."rubric_id", NEW."status"); RETURN NULL;',
                    hash="f3bc57ecc4c7002d13700b4740516f42a29688e2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_48664",
                    table="feedback_reviewround",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reviewround",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "feedback_reviewroundevent" ("closed_at", "due_on", "form_id", "id", "number", "opened_at", "opened_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "published_at", "reply_due_on", "rubric_id", "status") VALUES (NEW."closed_at", NEW."due_on", NEW."form_id", NEW."id", NEW."number", NEW."opened_at", NEW."opened_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."published_at", NEW."reply_due_on", NEW."rubric_id", NEW."status"); RETURN NULL;',
                    hash="5d5c322b5c57de415ab8b1ca6d9c15198b6450ea",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1ddc0",
                    table="feedback_reviewround",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="criterion",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9e9d53153baf0a3d9926f7c86940689c65a0c1e1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_12205",
                    table="feedback_criterion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="score",
            trigger=pgtrigger.compiler.Trigger(
                name="counted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO ogpgroup_change DEFAULT VALUES; RETURN NULL;",
                    hash="a1102343ebcf974b93576ee5c20b20c33682f09b",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_counted_cdf1c",
                    table="feedback_score",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="score",
            trigger=pgtrigger.compiler.Trigger(
                name="locked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    -- Waits for whoever is just moving the row on; the question after it sees what they have committed. OLD is empty on\n    -- an INSERT and NEW on a DELETE; an UPDATE may lead from one row to another, and both must be open to it.\n    PERFORM 1 FROM feedback_evaluation AS whole WHERE whole.id IN (OLD.evaluation_id, NEW.evaluation_id) FOR SHARE;\n    IF EXISTS (\n        SELECT 1 FROM feedback_evaluation AS whole WHERE whole.id IN (OLD.evaluation_id, NEW.evaluation_id) AND whole.status <> 'draft'\n    ) THEN\n        RAISE EXCEPTION 'feedback_evaluation is no longer draft: % of % refused', TG_OP, TG_TABLE_NAME;\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n",
                    hash="85bb0890cde00578e0d34384a46478019d28aa61",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_locked_dc119",
                    table="feedback_score",
                    when="BEFORE",
                ),
            ),
        ),
    ]
