import datetime
import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """All that came before in one step, for a database that begins empty; others go on from where they are."""

    replaces = [
        ("actionplans", "0001_initial"),
        ("actionplans", "0002_initial"),
        ("actionplans", "0003_commitments_and_progress"),
        ("actionplans", "0004_only_years_known"),
        ("actionplans", "0005_days_within_bounds"),
        ("actionplans", "0006_edition_of_the_frame"),
        ("actionplans", "0007_evidence_of_each_attempt"),
        ("actionplans", "0008_forms_sent_twice"),
        ("actionplans", "0009_count_changes"),
    ]

    initial = True

    dependencies = [
        ("cities", "0004_count_changes"),
        ("ogpgroup", "0004_count_changes"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="ActionPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="cities.cycle",
                        verbose_name="cycle",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="cities.city",
                        verbose_name="city",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="cities.organization",
                        verbose_name="organisation",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "instrument",
                    models.CharField(
                        choices=[
                            ("pmd", "municipal development plan (PMD)"),
                            ("pmdu", "municipal urban development plan (PMDU)"),
                            ("other", "another planning instrument"),
                            ("unknown", "not stated"),
                        ],
                        default="unknown",
                        max_length=10,
                        verbose_name="planning instrument",
                    ),
                ),
                (
                    "instrument_name",
                    models.CharField(blank=True, max_length=200, verbose_name="name of the instrument"),
                ),
                ("aim", models.TextField(max_length=4000, verbose_name="what the city commits to")),
                (
                    "vision",
                    models.TextField(
                        blank=True,
                        max_length=8000,
                        verbose_name="open government challenges, opportunities and strategic vision",
                    ),
                ),
                (
                    "starts_on",
                    models.DateField(
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="starts",
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="ends",
                    ),
                ),
                ("only_years_known", models.BooleanField(default=False, verbose_name="the source gives years alone")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "in preparation"), ("active", "in force"), ("closed", "closed")],
                        default="draft",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="plans",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="point of contact",
                    ),
                ),
                ("source", models.URLField(blank=True, max_length=300, verbose_name="source")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("edition", models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "action plan",
                "verbose_name_plural": "action plans",
                "ordering": ["-starts_on"],
                "constraints": [
                    models.UniqueConstraint(fields=("cycle", "city"), name="actionplan_one_per_city_and_cycle"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("city__isnull", False), ("organization__isnull", True)),
                            models.Q(("city__isnull", True), ("organization__isnull", False)),
                            _connector="OR",
                        ),
                        name="actionplan_city_or_organization",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="actionplan_ends_after_start",
                        violation_error_message="The last day must come after the first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__range", (datetime.date(2000, 1, 1), datetime.date(2100, 12, 31))),
                            ("ends_on__range", (datetime.date(2000, 1, 1), datetime.date(2100, 12, 31))),
                        ),
                        name="actionplan_days_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Candidacy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="candidacies",
                        to="cities.cycle",
                        verbose_name="cycle",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="candidacies",
                        to="cities.city",
                        verbose_name="city",
                    ),
                ),
                ("statement", models.TextField(blank=True, max_length=2000, verbose_name="why this city")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("submitted", "submitted"),
                            ("selected", "selected"),
                            ("not_selected", "not selected"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="submitted",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="reason of the decision")),
            ],
            options={
                "verbose_name": "candidacy",
                "verbose_name_plural": "candidacies",
                "constraints": [
                    models.UniqueConstraint(fields=("cycle", "city"), name="candidacy_once_per_cycle"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "selected")), fields=("cycle",), name="candidacy_one_selected"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["selected", "not_selected"]), _negated=True),
                            models.Q(("decided_on__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="candidacy_decision_has_day_and_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActionPlanEvent",
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
                        to="actionplans.actionplan",
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
                    "cycle",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cities.cycle",
                        verbose_name="cycle",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cities.city",
                        verbose_name="city",
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
                        verbose_name="organisation",
                    ),
                ),
                ("slug", models.SlugField(db_index=False, max_length=80)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "instrument",
                    models.CharField(
                        choices=[
                            ("pmd", "municipal development plan (PMD)"),
                            ("pmdu", "municipal urban development plan (PMDU)"),
                            ("other", "another planning instrument"),
                            ("unknown", "not stated"),
                        ],
                        default="unknown",
                        max_length=10,
                        verbose_name="planning instrument",
                    ),
                ),
                (
                    "instrument_name",
                    models.CharField(blank=True, max_length=200, verbose_name="name of the instrument"),
                ),
                ("aim", models.TextField(max_length=4000, verbose_name="what the city commits to")),
                (
                    "vision",
                    models.TextField(
                        blank=True,
                        max_length=8000,
                        verbose_name="open government challenges, opportunities and strategic vision",
                    ),
                ),
                (
                    "starts_on",
                    models.DateField(
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="starts",
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="ends",
                    ),
                ),
                ("only_years_known", models.BooleanField(default=False, verbose_name="the source gives years alone")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "in preparation"), ("active", "in force"), ("closed", "closed")],
                        default="draft",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="point of contact",
                    ),
                ),
                ("source", models.URLField(blank=True, max_length=300, verbose_name="source")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("edition", models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CandidacyEvent",
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
                        to="actionplans.candidacy",
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
                    "cycle",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cities.cycle",
                        verbose_name="cycle",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cities.city",
                        verbose_name="city",
                    ),
                ),
                ("statement", models.TextField(blank=True, max_length=2000, verbose_name="why this city")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("submitted", "submitted"),
                            ("selected", "selected"),
                            ("not_selected", "not selected"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="submitted",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                (
                    "decided_by",
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
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="reason of the decision")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Commitment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="commitments",
                        to="actionplans.actionplan",
                        verbose_name="plan",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("code", models.CharField(blank=True, max_length=20, verbose_name="OGP identifier")),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("title_en", models.CharField(blank=True, max_length=300, verbose_name="title in English")),
                ("short_title", models.CharField(blank=True, max_length=80, verbose_name="short title")),
                ("lead", models.CharField(blank=True, max_length=200, verbose_name="lead office or institution")),
                ("institutions", models.TextField(blank=True, max_length=2000, verbose_name="institutions involved")),
                (
                    "starts_on",
                    models.DateField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="starts",
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="ends",
                    ),
                ),
                ("problem", models.TextField(blank=True, max_length=4000, verbose_name="problem")),
                ("causes", models.TextField(blank=True, max_length=4000, verbose_name="causes")),
                ("status_quo", models.TextField(blank=True, max_length=4000, verbose_name="status quo")),
                ("action", models.TextField(blank=True, max_length=4000, verbose_name="action")),
                ("expected_results", models.TextField(blank=True, max_length=4000, verbose_name="expected results")),
                (
                    "contribution",
                    models.TextField(blank=True, max_length=4000, verbose_name="how it will help solve the problem"),
                ),
                ("long_term_goal", models.TextField(blank=True, max_length=4000, verbose_name="long-term goal")),
                (
                    "ogp_values",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("access_to_information", "access to information"),
                                ("civic_participation", "civic participation"),
                                ("public_accountability", "public accountability"),
                                ("technology", "technology and innovation for transparency and accountability"),
                            ],
                            max_length=30,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="OGP values",
                    ),
                ),
                (
                    "policy_area",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("access_to_justice", "access to justice"),
                            ("aid", "aid"),
                            ("anti_corruption_institutions", "anti-corruption institutions"),
                            ("anti_corruption_strategies", "anti-corruption strategies"),
                            ("asset_disclosure", "asset disclosure"),
                            ("capacity_building", "capacity building"),
                            ("civic_space", "civic space"),
                            ("climate_finance", "climate finance"),
                            ("climate_mitigation", "climate mitigation and adaptation"),
                            ("conflicts_of_interest", "conflicts of interest"),
                            ("data_stewardship", "data stewardship and privacy"),
                            ("digital_governance", "digital governance"),
                            ("education", "education"),
                            ("gender", "gender"),
                            ("health", "health and nutrition"),
                            ("human_rights", "human rights"),
                            ("infrastructure", "infrastructure and transport"),
                            ("international_environment", "international environmental agreements"),
                            ("justice", "justice"),
                            ("labor", "labour"),
                            ("land_planning", "land rights and spatial planning"),
                            ("legislation", "legislation and regulation"),
                            ("lobbying", "lobbying"),
                            ("mainstreaming_participation", "mainstreaming participation"),
                            ("marginalized_communities", "marginalised communities"),
                            ("media", "media and telecommunications"),
                            ("online_civic_space", "online civic space"),
                            ("open_contracting", "open contracting"),
                            ("open_data", "open data"),
                            ("disabilities", "people with disabilities"),
                            ("policing", "policing and corrections"),
                            ("political_finance", "political finance"),
                            ("private_sector", "private sector"),
                            ("public_participation", "public participation"),
                            ("public_services", "public service delivery"),
                            ("right_to_information", "right to information"),
                            ("science", "science and technology"),
                            ("security", "security and public safety"),
                            ("social_accountability", "social accountability"),
                            ("subnational", "subnational"),
                            ("development_goals", "Sustainable Development Goals"),
                        ],
                        max_length=30,
                        verbose_name="policy area",
                    ),
                ),
                ("sector", models.CharField(blank=True, max_length=100, verbose_name="sector")),
                ("additional", models.TextField(blank=True, max_length=4000, verbose_name="additional information")),
                ("source", models.URLField(blank=True, max_length=300, verbose_name="source")),
                ("source_note", models.CharField(blank=True, max_length=300, verbose_name="how sure this is")),
                ("form_id", models.UUIDField(editable=False, null=True, unique=True)),
                ("edition", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "edited_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "commitment",
                "verbose_name_plural": "commitments",
                "ordering": ["plan", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number"), name="commitment_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="commitment_ends_after_start",
                        violation_error_message="The last day must not come before the first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__range", (datetime.date(2000, 1, 1), datetime.date(2100, 12, 31))),
                            ("ends_on__range", (datetime.date(2000, 1, 1), datetime.date(2100, 12, 31))),
                        ),
                        name="commitment_days_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deliverable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliverables",
                        to="actionplans.actionplan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("synthetic_proposal", "synthetic proposal"),
                            ("progress_report", "progress report"),
                            ("final_report", "final report"),
                            ("other", "other"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "due_on",
                    models.DateField(
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="due",
                    ),
                ),
                (
                    "due_is_computed",
                    models.BooleanField(
                        default=False,
                        help_text="The source says “in a month”, not a day.",
                        verbose_name="the day was worked out",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("expected", "expected"),
                            ("handed_in", "handed in"),
                            ("accepted", "accepted"),
                            ("dropped", "no longer expected"),
                        ],
                        default="expected",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("outcome_unknown", models.BooleanField(default=False, verbose_name="what became of it is not known")),
                ("text", models.TextField(blank=True, max_length=20000, verbose_name="text")),
                ("form_id", models.UUIDField(editable=False, null=True, unique=True)),
                ("attempt", models.PositiveSmallIntegerField(db_default=1, default=1, editable=False)),
                ("handed_in_at", models.DateTimeField(blank=True, null=True, verbose_name="handed in")),
                (
                    "handed_in_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "deliverable",
                "verbose_name_plural": "deliverables",
                "ordering": ["due_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["handed_in", "accepted"]), _negated=True),
                            ("handed_in_at__isnull", False),
                            _connector="OR",
                        ),
                        name="deliverable_handed_in_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__range", (datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)))),
                        name="deliverable_day_within",
                    ),
                ],
                "indexes": [models.Index(fields=["status", "due_on"], name="deliverable_due")],
            },
        ),
        migrations.CreateModel(
            name="CommitmentEvent",
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
                        to="actionplans.commitment",
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
                        verbose_name="plan",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("code", models.CharField(blank=True, max_length=20, verbose_name="OGP identifier")),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("title_en", models.CharField(blank=True, max_length=300, verbose_name="title in English")),
                ("short_title", models.CharField(blank=True, max_length=80, verbose_name="short title")),
                ("lead", models.CharField(blank=True, max_length=200, verbose_name="lead office or institution")),
                ("institutions", models.TextField(blank=True, max_length=2000, verbose_name="institutions involved")),
                (
                    "starts_on",
                    models.DateField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="starts",
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="ends",
                    ),
                ),
                ("problem", models.TextField(blank=True, max_length=4000, verbose_name="problem")),
                ("causes", models.TextField(blank=True, max_length=4000, verbose_name="causes")),
                ("status_quo", models.TextField(blank=True, max_length=4000, verbose_name="status quo")),
                ("action", models.TextField(blank=True, max_length=4000, verbose_name="action")),
                ("expected_results", models.TextField(blank=True, max_length=4000, verbose_name="expected results")),
                (
                    "contribution",
                    models.TextField(blank=True, max_length=4000, verbose_name="how it will help solve the problem"),
                ),
                ("long_term_goal", models.TextField(blank=True, max_length=4000, verbose_name="long-term goal")),
                (
                    "ogp_values",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("access_to_information", "access to information"),
                                ("civic_participation", "civic participation"),
                                ("public_accountability", "public accountability"),
                                ("technology", "technology and innovation for transparency and accountability"),
                            ],
                            max_length=30,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="OGP values",
                    ),
                ),
                (
                    "policy_area",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("access_to_justice", "access to justice"),
                            ("aid", "aid"),
                            ("anti_corruption_institutions", "anti-corruption institutions"),
                            ("anti_corruption_strategies", "anti-corruption strategies"),
                            ("asset_disclosure", "asset disclosure"),
                            ("capacity_building", "capacity building"),
                            ("civic_space", "civic space"),
                            ("climate_finance", "climate finance"),
                            ("climate_mitigation", "climate mitigation and adaptation"),
                            ("conflicts_of_interest", "conflicts of interest"),
                            ("data_stewardship", "data stewardship and privacy"),
                            ("digital_governance", "digital governance"),
                            ("education", "education"),
                            ("gender", "gender"),
                            ("health", "health and nutrition"),
                            ("human_rights", "human rights"),
                            ("infrastructure", "infrastructure and transport"),
                            ("international_environment", "international environmental agreements"),
                            ("justice", "justice"),
                            ("labor", "labour"),
                            ("land_planning", "land rights and spatial planning"),
                            ("legislation", "legislation and regulation"),
                            ("lobbying", "lobbying"),
                            ("mainstreaming_participation", "mainstreaming participation"),
                            ("marginalized_communities", "marginalised communities"),
                            ("media", "media and telecommunications"),
                            ("online_civic_space", "online civic space"),
                            ("open_contracting", "open contracting"),
                            ("open_data", "open data"),
                            ("disabilities", "people with disabilities"),
                            ("policing", "policing and corrections"),
                            ("political_finance", "political finance"),
                            ("private_sector", "private sector"),
                            ("public_participation", "public participation"),
                            ("public_services", "public service delivery"),
                            ("right_to_information", "right to information"),
                            ("science", "science and technology"),
                            ("security", "security and public safety"),
                            ("social_accountability", "social accountability"),
                            ("subnational", "subnational"),
                            ("development_goals", "Sustainable Development Goals"),
                        ],
                        max_length=30,
                        verbose_name="policy area",
                    ),
                ),
                ("sector", models.CharField(blank=True, max_length=100, verbose_name="sector")),
                ("additional", models.TextField(blank=True, max_length=4000, verbose_name="additional information")),
                ("source", models.URLField(blank=True, max_length=300, verbose_name="source")),
                ("source_note", models.CharField(blank=True, max_length=300, verbose_name="how sure this is")),
                ("form_id", models.UUIDField(editable=False, null=True)),
                ("edition", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "edited_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DeliverableEvent",
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
                        to="actionplans.deliverable",
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
                        verbose_name="plan",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("synthetic_proposal", "synthetic proposal"),
                            ("progress_report", "progress report"),
                            ("final_report", "final report"),
                            ("other", "other"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "due_on",
                    models.DateField(
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="due",
                    ),
                ),
                (
                    "due_is_computed",
                    models.BooleanField(
                        default=False,
                        help_text="The source says “in a month”, not a day.",
                        verbose_name="the day was worked out",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("expected", "expected"),
                            ("handed_in", "handed in"),
                            ("accepted", "accepted"),
                            ("dropped", "no longer expected"),
                        ],
                        default="expected",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("outcome_unknown", models.BooleanField(default=False, verbose_name="what became of it is not known")),
                ("text", models.TextField(blank=True, max_length=20000, verbose_name="text")),
                ("form_id", models.UUIDField(editable=False, null=True)),
                ("attempt", models.PositiveSmallIntegerField(db_default=1, default=1, editable=False)),
                ("handed_in_at", models.DateTimeField(blank=True, null=True, verbose_name="handed in")),
                (
                    "handed_in_by",
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="actionplans.commitment",
                        verbose_name="commitment",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("expected_output", models.TextField(blank=True, max_length=2000, verbose_name="expected output")),
                ("lead", models.CharField(blank=True, max_length=200, verbose_name="lead office or institution")),
                (
                    "starts_on",
                    models.DateField(
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="starts",
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="ends",
                    ),
                ),
                ("form_id", models.UUIDField(editable=False, null=True, unique=True)),
                ("edition", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "ordering": ["commitment", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("commitment", "number"), name="milestone_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="milestone_ends_after_start",
                        violation_error_message="The last day must not come before the first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__range", (datetime.date(2000, 1, 1), datetime.date(2100, 12, 31))),
                            ("ends_on__range", (datetime.date(2000, 1, 1), datetime.date(2100, 12, 31))),
                        ),
                        name="milestone_days_within",
                    ),
                ],
                "indexes": [models.Index(fields=["ends_on"], name="milestone_ends")],
            },
        ),
        migrations.CreateModel(
            name="MilestoneEvent",
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
                        to="actionplans.milestone",
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
                    "commitment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="actionplans.commitment",
                        verbose_name="commitment",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("expected_output", models.TextField(blank=True, max_length=2000, verbose_name="expected output")),
                ("lead", models.CharField(blank=True, max_length=200, verbose_name="lead office or institution")),
                (
                    "starts_on",
                    models.DateField(
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="starts",
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="ends",
                    ),
                ),
                ("form_id", models.UUIDField(editable=False, null=True)),
                ("edition", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProgressEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="actionplans.commitment"
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="actionplans.milestone",
                        verbose_name="milestone",
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="what happened")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("not_started", "not started"),
                            ("limited", "limited"),
                            ("substantial", "substantial"),
                            ("complete", "complete"),
                        ],
                        max_length=12,
                        verbose_name="how far it is",
                    ),
                ),
                (
                    "happened_on",
                    models.DateField(
                        validators=[
                            django.core.validators.MinValueValidator(datetime.date(2000, 1, 1)),
                            django.core.validators.MaxValueValidator(datetime.date(2100, 12, 31)),
                        ],
                        verbose_name="when",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="actionplans.progressentry",
                        verbose_name="corrects",
                    ),
                ),
                ("correction_reason", models.CharField(blank=True, max_length=300, verbose_name="what was wrong")),
                ("form_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reported_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "reported_by",
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
                "verbose_name": "progress entry",
                "verbose_name_plural": "progress entries",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("correction_reason", ""), ("corrects__isnull", True)),
                            models.Q(("corrects__isnull", False), models.Q(("correction_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="progressentry_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("happened_on__range", (datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)))
                        ),
                        name="progressentry_day_within",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["commitment", "-happened_on"], name="progressentry_diary"),
                    models.Index(fields=["milestone", "-happened_on"], name="progressentry_milestone"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="actionplans.actionplan",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="actionplans.progressentry",
                    ),
                ),
                (
                    "deliverable",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="actionplans.deliverable",
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(db_default=1, default=1, editable=False)),
                ("kind", models.CharField(choices=[("file", "file"), ("link", "link")], max_length=4)),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="link")),
                (
                    "file",
                    models.FileField(blank=True, max_length=200, upload_to="evidence/%Y/%m/", verbose_name="file"),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveIntegerField(blank=True, null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("width", models.PositiveIntegerField(blank=True, null=True)),
                ("height", models.PositiveIntegerField(blank=True, null=True)),
                ("alt", models.CharField(blank=True, max_length=300, verbose_name="what the picture shows")),
                ("uploaded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "uploaded_by",
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
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "file"),
                                ("url", ""),
                                models.Q(("file", ""), _negated=True),
                                models.Q(("content_type", ""), _negated=True),
                                models.Q(("sha256", ""), _negated=True),
                            ),
                            models.Q(("file", ""), ("kind", "link"), models.Q(("url", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="evidence_file_or_link",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("entry__isnull", True), ("deliverable__isnull", True), _connector="OR"),
                        name="evidence_in_one_place",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("deliverable", None), ("entry", None)),
                        fields=["uploaded_at"],
                        name="evidence_waiting",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="actionplan",
            trigger=pgtrigger.compiler.Trigger(
                name="counted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO ogpgroup_change DEFAULT VALUES; RETURN NULL;",
                    hash="ebac20ac4cd6e8a497ff6216de0f9a88e07ce75a",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_counted_5ad2e",
                    table="actionplans_actionplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="actionplan",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "actionplans_actionplanevent" ("aim", "city_id", "contact_id", "created_at", "cycle_id", "edition", "ends_on", "id", "instrument", "instrument_name", "is_demo", "only_years_known", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "source", "starts_on", "status", "title", "vision") VALUES (NEW."aim", NEW."city_id", NEW."contact_id", NEW."created_at", NEW."cycle_id", NEW."edition", NEW."ends_on", NEW."id", NEW."instrument", NEW."instrument_name", NEW."is_demo", NEW."only_years_known", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slug", NEW."source", NEW."starts_on", NEW."status", NEW."title", NEW."vision"); RETURN NULL;',
                    hash="2ba0c2182ce68c5e84028187c7fddd1f30fcfa2d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_de50d",
                    table="actionplans_actionplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="actionplan",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "actionplans_actionplanevent" ("aim", "city_id", "contact_id", "created_at", "cycle_id", "edition", "ends_on", "id", "instrument", "instrument_name", "is_demo", "only_years_known", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "source", "starts_on", "status", "title", "vision") VALUES (NEW."aim", NEW."city_id", NEW."contact_id", NEW."created_at", NEW."cycle_id", NEW."edition", NEW."ends_on", NEW."id", NEW."instrument", NEW."instrument_name", NEW."is_demo", NEW."only_years_known", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slug", NEW."source", NEW."starts_on", NEW."status", NEW."title", NEW."vision"); RETURN NULL;',
                    hash="d0f7d6e7efbadd47580ad5fbe62f10f0844ff79c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1992c",
                    table="actionplans_actionplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="candidacy",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "actionplans_candidacyevent" ("city_id", "cycle_id", "decided_by_id", "decided_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "statement", "status") VALUES (NEW."city_id", NEW."cycle_id", NEW."decided_by_id", NEW."decided_on", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."statement", NEW."status"); RETURN NULL;',
                    hash="cd086026bf5ae609fdfc10617e562a2c74695e70",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6eaae",
                    table="actionplans_candidacy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="candidacy",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "actionplans_candidacyevent" ("city_id", "cycle_id", "decided_by_id", "decided_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "statement", "status") VALUES (NEW."city_id", NEW."cycle_id", NEW."decided_by_id", NEW."decided_on", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."statement", NEW."status"); RETURN NULL;',
                    hash="d6233c983ea9658efff003d571654f6e7ef668e6",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_bec30",
                    table="actionplans_candidacy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="commitment",
            trigger=pgtrigger.compiler.Trigger(
                name="counted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO ogpgroup_change DEFAULT VALUES; RETURN NULL;",
                    hash="c7cf7f2c8d3daaf6ccaafd34399296c30e7aef1d",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_counted_6f96d",
                    table="actionplans_commitment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="commitment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "actionplans_commitmentevent" ("action", "additional", "causes", "code", "contribution", "edited_at", "edited_by_id", "edition", "ends_on", "expected_results", "form_id", "id", "institutions", "lead", "long_term_goal", "number", "ogp_values", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "policy_area", "problem", "sector", "short_title", "source", "source_note", "starts_on", "status_quo", "title", "title_en") VALUES (NEW."action", NEW."additional", NEW."causes", NEW."code", NEW."contribution", NEW."edited_at", NEW."edited_by_id", NEW."edition", NEW."ends_on", NEW."expected_results", NEW."form_id", NEW."id", NEW."institutions", NEW."lead", NEW."long_term_goal", NEW."number", NEW."ogp_values", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."policy_area", NEW."problem", NEW."sector", NEW."short_title", NEW."source", NEW."source_note", NEW."starts_on", NEW."status_quo", NEW."title", NEW."title_en"); RETURN NULL;',
                    hash="bf643a773ea1e90b15986e5d163f1845bc8a13a9",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_353d6",
                    table="actionplans_commitment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="commitment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "actionplans_commitmentevent" ("action", "additional", "causes", "code", "contribution", "edited_at", "edited_by_id", "edition", "ends_on", "expected_results", "form_id", "id", "institutions", "lead", "long_term_goal", "number", "ogp_values", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "policy_area", "problem", "sector", "short_title", "source", "source_note", "starts_on", "status_quo", "title", "title_en") VALUES (NEW."action", NEW."additional", NEW."causes", NEW."code", NEW."contribution", NEW."edited_at", NEW."edited_by_id", NEW."edition", NEW."ends_on", NEW."expected_results", NEW."form_id", NEW."id", NEW."institutions", NEW."lead", NEW."long_term_goal", NEW."number", NEW."ogp_values", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."policy_area", NEW."problem", NEW."sector", NEW."short_title", NEW."source", NEW."source_note", NEW."starts_on", NEW."status_quo", NEW."title", NEW."title_en"); RETURN NULL;',
                    hash="1c9dbe468b3851f2aeaa8bf462d3cd448c10b7c8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_45c54",
                    table="actionplans_commitment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deliverable",
            trigger=pgtrigger.compiler.Trigger(
                name="counted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO ogpgroup_change DEFAULT VALUES; RETURN NULL;",
                    hash="d181d2e70aa8024053b5d93c27b4cef95550d2ce",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_counted_8acfb",
                    table="actionplans_deliverable",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deliverable",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "actionplans_deliverableevent" ("attempt", "due_is_computed", "due_on", "form_id", "handed_in_at", "handed_in_by_id", "id", "kind", "outcome_unknown", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "status", "text", "title") VALUES (NEW."attempt", NEW."due_is_computed", NEW."due_on", NEW."form_id", NEW."handed_in_at", NEW."handed_in_by_id", NEW."id", NEW."kind", NEW."outcome_unknown", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."status", NEW."text", NEW."title"); RETURN NULL;',
                    hash="8433c20c5e4d976455bd43b2133ffa19a8faa82b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a2954",
                    table="actionplans_deliverable",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deliverable",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "actionplans_deliverableevent" ("attempt", "due_is_computed", "due_on", "form_id", "handed_in_at", "handed_in_by_id", "id", "kind", "outcome_unknown", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "status", "text", "title") VALUES (NEW."attempt", NEW."due_is_computed", NEW."due_on", NEW."form_id", NEW."handed_in_at", NEW."handed_in_by_id", NEW."id", NEW."kind", NEW."outcome_unknown", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."status", NEW."text", NEW."title"); RETURN NULL;',
                    hash="180a1fcf5ebd162200a7982322666b0c907211f2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7f4dc",
                    table="actionplans_deliverable",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="milestone",
            trigger=pgtrigger.compiler.Trigger(
                name="counted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO ogpgroup_change DEFAULT VALUES; RETURN NULL;",
                    hash="91347eb9064957747e1bb918821ad5ce63e60965",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_counted_50f0b",
                    table="actionplans_milestone",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="milestone",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "actionplans_milestoneevent" ("commitment_id", "edition", "ends_on", "expected_output", "form_id", "id", "lead", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "title") VALUES (NEW."commitment_id", NEW."edition", NEW."ends_on", NEW."expected_output", NEW."form_id", NEW."id", NEW."lead", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on", NEW."title"); RETURN NULL;',
                    hash="05c494567d9dac724b402da9abc9684e4eca51b8",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_859d8",
                    table="actionplans_milestone",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="milestone",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "actionplans_milestoneevent" ("commitment_id", "edition", "ends_on", "expected_output", "form_id", "id", "lead", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "title") VALUES (NEW."commitment_id", NEW."edition", NEW."ends_on", NEW."expected_output", NEW."form_id", NEW."id", NEW."lead", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on", NEW."title"); RETURN NULL;',
                    hash="728d876620a2f3d469cb169bf1ca75e20094a1e4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c5c44",
                    table="actionplans_milestone",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="progressentry",
            trigger=pgtrigger.compiler.Trigger(
                name="counted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO ogpgroup_change DEFAULT VALUES; RETURN NULL;",
                    hash="a162b6234374bbd1ebbcbfd68d835332d7944546",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_counted_07710",
                    table="actionplans_progressentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="progressentry",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="062acdeb147077e204db8632db7af2fb90392f59",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_5c154",
                    table="actionplans_progressentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidence",
            trigger=pgtrigger.compiler.Trigger(
                name="counted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO ogpgroup_change DEFAULT VALUES; RETURN NULL;",
                    hash="d82a28bfde1031b31adc2951b3d367c6c98f05b3",
                    level="STATEMENT",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_counted_690e0",
                    table="actionplans_evidence",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidence",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."entry_id" IS NOT NULL OR OLD."deliverable_id" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a493a1bfa53f3bfacaa2e44a60e7e73563be71e0",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2107a",
                    table="actionplans_evidence",
                    when="BEFORE",
                ),
            ),
        ),
    ]
