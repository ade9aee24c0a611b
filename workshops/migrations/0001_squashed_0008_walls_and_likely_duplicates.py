import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import ogpgroup.models
import ogpgroup.text


class Migration(migrations.Migration):
    """All that came before in one step, for a database that begins empty; others go on from where they are."""

    replaces = [
        ("workshops", "0001_initial"),
        ("workshops", "0002_ask_again"),
        ("workshops", "0003_answers_open_nothing"),
        ("workshops", "0004_schedule_in_depth"),
        ("workshops", "0005_seats_are_judged"),
        ("workshops", "0006_workshops_in_depth"),
        ("workshops", "0007_agendas_that_were_public"),
        ("workshops", "0008_walls_and_likely_duplicates"),
    ]

    initial = True

    dependencies = [
        ("actionplans", "0001_squashed_0009_count_changes"),
        ("cities", "0004_count_changes"),
        ("ogpgroup", "0004_count_changes"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_feeds",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="name")),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("invited", "the sessions I am invited to"),
                            ("city", "those of my city, and those I am invited to"),
                            ("all", "all sessions I may see"),
                        ],
                        default="invited",
                        max_length=10,
                        verbose_name="what is in it",
                    ),
                ),
                ("with_deadlines", models.BooleanField(default=True, verbose_name="also what falls due")),
                (
                    "alarm_minutes",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="alarm, minutes before"),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "calendar of one's own",
                "verbose_name_plural": "calendars of one's own",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("alarm_minutes__isnull", True), ("alarm_minutes__lte", 20160), _connector="OR"
                        ),
                        name="calendarfeed_alarm",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScheduleRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="cities.cycle",
                        verbose_name="cycle",
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="number")),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="note")),
                ("released_at", models.DateTimeField(verbose_name="published")),
                (
                    "released_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("notified", models.BooleanField(default=True, verbose_name="people were told")),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "release of the schedule",
                "verbose_name_plural": "releases of the schedule",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="ReceivedReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=998, unique=True)),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("sender", models.CharField(blank=True, max_length=320, verbose_name="from")),
                ("subject", models.CharField(blank=True, max_length=500, verbose_name="subject")),
                ("uid", models.CharField(blank=True, max_length=300)),
                ("sequence", models.IntegerField(blank=True, null=True)),
                ("attendee", models.CharField(blank=True, max_length=320)),
                ("partstat", models.CharField(blank=True, max_length=40)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("applied", "recorded"),
                            ("outdated", "answers an earlier version"),
                            ("too_late", "the session is over or does not take place"),
                            ("unknown_session", "no session of ours"),
                            ("unknown_person", "nobody with this address was invited"),
                            ("another_sender", "sent from another address than it answers for"),
                            ("no_seat", "put on the waiting list"),
                            ("unreadable", "no answer in it"),
                        ],
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                ("raw", models.BinaryField(blank=True, default=b"")),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "settled_by",
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
                "verbose_name": "reply by mail",
                "verbose_name_plural": "replies by mail",
                "ordering": ["-received_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("workshop", "workshop"),
                            ("webinar", "webinar"),
                            ("working_session", "working session"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("remote", "remote"), ("face_to_face", "face to face"), ("hybrid", "hybrid")],
                        max_length=20,
                        verbose_name="how it is held",
                    ),
                ),
                ("purpose", models.TextField(blank=True, max_length=4000, verbose_name="what it is for")),
                ("bring", models.TextField(blank=True, max_length=4000, verbose_name="what to bring")),
                ("decisions", models.TextField(blank=True, max_length=4000, verbose_name="what will be decided")),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="starts")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
                (
                    "day",
                    models.DateField(
                        blank=True, help_text="For a session whose hours are not known.", null=True, verbose_name="date"
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="America/Mexico_City",
                        max_length=64,
                        validators=[ogpgroup.models.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                ("venue", models.CharField(blank=True, max_length=200, verbose_name="venue")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="address")),
                ("join_url", models.URLField(blank=True, max_length=500, verbose_name="link to join")),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("public", "everybody, also without an account"),
                            ("group", "the working group"),
                            ("invited", "only those expected"),
                        ],
                        default="public",
                        max_length=10,
                        verbose_name="who may see it",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("everybody", "the whole working group"),
                            ("chosen", "chosen cities, organisations, roles or people"),
                        ],
                        default="everybody",
                        max_length=10,
                        verbose_name="who is expected",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("planned", "planned"), ("postponed", "postponed"), ("cancelled", "cancelled")],
                        default="planned",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("cancel_reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "seats_in_person",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="seats in the room"),
                ),
                ("seats_remote", models.PositiveIntegerField(blank=True, null=True, verbose_name="places on the line")),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="cities.cycle",
                        verbose_name="cycle",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="cities.city",
                        verbose_name="city",
                    ),
                ),
                (
                    "audience_roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("coordinator", "coordinator"),
                                ("official", "city official"),
                                ("member", "working-group member"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="roles expected",
                    ),
                ),
                (
                    "reviews_plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="actionplans.actionplan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "reviews_deliverable",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="actionplans.deliverable",
                        verbose_name="deliverable",
                    ),
                ),
                (
                    "lead_hours",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        null=True,
                        size=6,
                        verbose_name="reminders, in hours before",
                    ),
                ),
                ("series", models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ("check_in_code", models.CharField(blank=True, editable=False, max_length=32, null=True, unique=True)),
                (
                    "responsible",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="responsible",
                    ),
                ),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("edits", models.PositiveIntegerField(default=0)),
                ("edited_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "attendee_count",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="people who took part"),
                ),
                ("report", models.TextField(blank=True, max_length=20000, verbose_name="what happened")),
                ("agenda_published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("table_seed", models.CharField(blank=True, db_default="", default="", editable=False, max_length=40)),
                ("source", models.URLField(blank=True, max_length=300, verbose_name="source")),
                ("is_demo", models.BooleanField(default=False)),
                (
                    "audience_organizations",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="cities.organization", verbose_name="organisations expected"
                    ),
                ),
                (
                    "audience_people",
                    models.ManyToManyField(
                        blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="people expected"
                    ),
                ),
                (
                    "audience_cities",
                    models.ManyToManyField(
                        blank=True,
                        help_text="All their institutions.",
                        related_name="+",
                        to="cities.city",
                        verbose_name="cities expected",
                    ),
                ),
                (
                    "participating_organizations",
                    models.ManyToManyField(
                        blank=True,
                        related_name="sessions",
                        to="cities.organization",
                        verbose_name="institutions that took part",
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="agenda", to="workshops.session"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="workshops.agendaitem",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("presentation", "presentation"),
                            ("direct_feedback", "direct feedback"),
                            ("work_tables", "work tables"),
                            ("plenary", "plenary"),
                            ("comments", "round of comments"),
                            ("agreements", "agreements"),
                            ("break", "break"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="minutes",
                    ),
                ),
                ("presenter_name", models.CharField(blank=True, max_length=120, verbose_name="presented by")),
                (
                    "presenter_organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cities.organization",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "presenter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "respondent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("respondent_name", models.CharField(blank=True, max_length=120, verbose_name="answered first by")),
                (
                    "respondent_organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cities.organization",
                    ),
                ),
                ("response_due_on", models.DateField(blank=True, null=True, verbose_name="direct feedback due")),
                ("edition", models.PositiveIntegerField(db_default=1, default=1)),
                ("form_id", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                (
                    "co_presenters",
                    models.ManyToManyField(
                        blank=True,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="presented together with",
                    ),
                ),
            ],
            options={
                "verbose_name": "agenda item",
                "verbose_name_plural": "agenda items",
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("session", "position"),
                        name="agendaitem_position_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Minutes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="minutes", to="workshops.session"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_correction", "open to corrections"),
                            ("approved", "approved"),
                        ],
                        default="draft",
                        max_length=13,
                    ),
                ),
                (
                    "rapporteur",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="rapporteur",
                    ),
                ),
                ("drafted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("correct_by", models.DateField(blank=True, null=True, verbose_name="corrections until")),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
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
                "verbose_name": "minutes",
                "verbose_name_plural": "minutes",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("correct_by__isnull", True), ("status", "draft")),
                            models.Q(models.Q(("status", "draft"), _negated=True), ("correct_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="minutes_corrected_by_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at__isnull", False), ("status", "approved")),
                            models.Q(models.Q(("status", "approved"), _negated=True), ("approved_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="minutes_approved_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "file",
                    models.FileField(blank=True, max_length=200, upload_to="sessions/%Y/%m/", verbose_name="file"),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveIntegerField(blank=True, null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("width", models.PositiveIntegerField(blank=True, null=True)),
                ("height", models.PositiveIntegerField(blank=True, null=True)),
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
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="photos", to="workshops.session"
                    ),
                ),
                ("medium", models.FileField(blank=True, max_length=200, upload_to="sessions/%Y/%m/")),
                ("small", models.FileField(blank=True, max_length=200, upload_to="sessions/%Y/%m/")),
                ("alt", models.CharField(max_length=300, verbose_name="what the picture shows")),
                ("caption", models.CharField(max_length=300, verbose_name="caption")),
                ("credit", models.CharField(blank=True, max_length=120, verbose_name="taken by")),
                (
                    "people_agree",
                    models.BooleanField(verbose_name="everybody who can be recognised agrees that it is public"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "form_id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                    ),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "removed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("removal_reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
            ],
            options={
                "verbose_name": "photo",
                "verbose_name_plural": "photos",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("people_agree", True)), name="photo_with_consent"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("alt", ""), _negated=True), models.Q(("caption", ""), _negated=True)
                        ),
                        name="photo_says_what_it_shows",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("removed_at__isnull", False),
                            models.Q(
                                models.Q(("file", ""), _negated=True),
                                models.Q(("medium", ""), _negated=True),
                                models.Q(("small", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="photo_in_three_sizes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupingStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grouping_steps",
                        to="workshops.session",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("group", "grouped"),
                            ("move", "moved"),
                            ("take_out", "taken out"),
                            ("rename", "renamed"),
                            ("split", "split"),
                            ("merge", "merged"),
                            ("dissolve", "dissolved"),
                        ],
                        max_length=10,
                    ),
                ),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "undone_by",
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
                "verbose_name": "step of grouping",
                "verbose_name_plural": "steps of grouping",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SessionVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("workshop", "workshop"),
                            ("webinar", "webinar"),
                            ("working_session", "working session"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("remote", "remote"), ("face_to_face", "face to face"), ("hybrid", "hybrid")],
                        max_length=20,
                        verbose_name="how it is held",
                    ),
                ),
                ("purpose", models.TextField(blank=True, max_length=4000, verbose_name="what it is for")),
                ("bring", models.TextField(blank=True, max_length=4000, verbose_name="what to bring")),
                ("decisions", models.TextField(blank=True, max_length=4000, verbose_name="what will be decided")),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="starts")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
                (
                    "day",
                    models.DateField(
                        blank=True, help_text="For a session whose hours are not known.", null=True, verbose_name="date"
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="America/Mexico_City",
                        max_length=64,
                        validators=[ogpgroup.models.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                ("venue", models.CharField(blank=True, max_length=200, verbose_name="venue")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="address")),
                ("join_url", models.URLField(blank=True, max_length=500, verbose_name="link to join")),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("public", "everybody, also without an account"),
                            ("group", "the working group"),
                            ("invited", "only those expected"),
                        ],
                        default="public",
                        max_length=10,
                        verbose_name="who may see it",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("everybody", "the whole working group"),
                            ("chosen", "chosen cities, organisations, roles or people"),
                        ],
                        default="everybody",
                        max_length=10,
                        verbose_name="who is expected",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("planned", "planned"), ("postponed", "postponed"), ("cancelled", "cancelled")],
                        default="planned",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("cancel_reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "seats_in_person",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="seats in the room"),
                ),
                ("seats_remote", models.PositiveIntegerField(blank=True, null=True, verbose_name="places on the line")),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="workshops.session"
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="workshops.schedulerelease",
                    ),
                ),
                (
                    "previous",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="next",
                        to="workshops.sessionversion",
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                (
                    "change",
                    models.CharField(
                        choices=[
                            ("added", "added"),
                            ("changed", "changed"),
                            ("cancelled", "cancelled"),
                            ("postponed", "postponed"),
                            ("reinstated", "takes place after all"),
                        ],
                        max_length=12,
                    ),
                ),
                ("begins_at", models.DateTimeField()),
                ("finishes_at", models.DateTimeField()),
                ("start_released_at", models.DateTimeField()),
                ("slug", models.SlugField(max_length=80)),
                ("city_name", models.CharField(blank=True, max_length=200)),
                ("city_slug", models.CharField(blank=True, max_length=80)),
                ("cycle_name", models.CharField(max_length=120)),
                ("expected", models.JSONField(default=dict)),
                ("reviews", models.JSONField(default=dict)),
                ("vevent", models.BinaryField()),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "published session",
                "verbose_name_plural": "published sessions",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("day__isnull", False), ("ends_at__isnull", True), ("starts_at__isnull", True)),
                            models.Q(("day__isnull", True), ("ends_at__isnull", False), ("starts_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="sessionversion_date_alone_or_hours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__isnull", True), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                        ),
                        name="sessionversion_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("status", "planned"), _negated=True),
                                models.Q(("cancel_reason", ""), _negated=True),
                            ),
                            models.Q(("cancel_reason", ""), ("status", "planned")),
                            _connector="OR",
                        ),
                        name="sessionversion_not_held_has_reason",
                    ),
                    models.UniqueConstraint(fields=("session", "release"), name="sessionversion_once_per_release"),
                    models.UniqueConstraint(fields=("session", "sequence"), name="sessionversion_sequence_once"),
                ],
                "indexes": [
                    models.Index(fields=["begins_at"], name="sessionversion_begins"),
                    models.Index(fields=["finishes_at"], name="sessionversion_finishes"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="themes", to="workshops.session"
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="name of the theme")),
                ("statement", models.TextField(blank=True, max_length=2000, verbose_name="what the group says of it")),
                ("rank", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="place")),
                (
                    "rank_reason",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=300,
                        verbose_name="why it stands there, and not by votes",
                    ),
                ),
                (
                    "continues",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="continued_by",
                        to="workshops.theme",
                        verbose_name="comes back from",
                    ),
                ),
                ("edition", models.PositiveIntegerField(db_default=1, default=1)),
                (
                    "form_id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                    ),
                ),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("dissolved_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "theme",
                "verbose_name_plural": "themes",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="theme_has_name"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rank__isnull", True), ("rank_reason", "")),
                            models.Q(("rank__isnull", False), models.Q(("rank_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="theme_set_apart_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("continues__isnull", True),
                            models.Q(("continues", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="theme_continues_another",
                    ),
                ],
                "indexes": [models.Index(fields=["session", "rank"], name="theme_of_session")],
            },
        ),
        migrations.CreateModel(
            name="Wall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="wall", to="workshops.session"
                    ),
                ),
                ("is_open", models.BooleanField(db_default=False, default=False, verbose_name="everybody may watch")),
                ("address_serial", models.PositiveIntegerField(db_default=1, default=1)),
                ("frozen_at", models.DateTimeField(blank=True, null=True)),
                ("timer_label", models.CharField(blank=True, max_length=80, verbose_name="what the time is for")),
                ("timer_ends_at", models.DateTimeField(blank=True, null=True)),
                ("timer_stopped_with", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "wall",
                "verbose_name_plural": "walls",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("timer_ends_at__isnull", True), ("timer_stopped_with__isnull", True), _connector="OR"
                        ),
                        name="wall_timer_runs_or_stands",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tables", to="workshops.session"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("theme", models.CharField(blank=True, max_length=200, verbose_name="theme")),
                ("seats", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seats")),
                (
                    "facilitator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="facilitator",
                    ),
                ),
                (
                    "rapporteur",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="rapporteur",
                    ),
                ),
                ("join_url", models.URLField(blank=True, max_length=500, verbose_name="link to join")),
                (
                    "co_rapporteurs",
                    models.ManyToManyField(
                        blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="write along"
                    ),
                ),
            ],
            options={
                "verbose_name": "work table",
                "verbose_name_plural": "work tables",
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("session", "number"), name="worktable_number_once")],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="workshops.session"
                    ),
                ),
                (
                    "agenda_item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="agreements",
                        to="workshops.agendaitem",
                        verbose_name="point of the agenda",
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="agreements",
                        to="workshops.worktable",
                        verbose_name="work table",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fellow_city", "choice of the fellow city"),
                            ("commitment", "commitment of the group"),
                            ("task", "task"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="text")),
                (
                    "responsible_group",
                    models.BooleanField(default=False, verbose_name="the whole group is responsible"),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("due_is_computed", models.BooleanField(default=False, verbose_name="the day was worked out")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("done", "done"),
                            ("dropped", "dropped"),
                            ("unknown", "outcome not recorded"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="agreements",
                        to="actionplans.actionplan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="agreements",
                        to="actionplans.commitment",
                        verbose_name="commitment",
                    ),
                ),
                ("edition", models.PositiveIntegerField(db_default=1, default=1)),
                ("form_id", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                (
                    "responsible",
                    models.ManyToManyField(
                        blank=True, related_name="agreements", to="cities.organization", verbose_name="responsible"
                    ),
                ),
            ],
            options={
                "verbose_name": "agreement",
                "verbose_name_plural": "agreements",
                "ordering": ["session", "number"],
                "constraints": [models.UniqueConstraint(fields=("session", "number"), name="agreement_number_once")],
                "indexes": [models.Index(fields=["status", "due_on"], name="agreement_due")],
            },
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="materials", to="workshops.session"
                    ),
                ),
                (
                    "agenda_item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="materials",
                        to="workshops.agendaitem",
                        verbose_name="point of the agenda",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("slides", "slides"),
                            ("document", "document"),
                            ("recording", "recording"),
                            ("other", "something else"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("public", "everybody, also without an account"),
                            ("group", "the working group"),
                            ("invited", "only those expected"),
                        ],
                        default="public",
                        max_length=10,
                        verbose_name="who may see it",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("added_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "verbose_name": "material",
                "verbose_name_plural": "materials",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="MinutesSection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "minutes",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sections", to="workshops.minutes"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opening", "opening"),
                            ("attendance", "attendance"),
                            ("agenda", "agenda"),
                            ("discussion", "what was discussed"),
                            ("tables", "work tables"),
                            ("diagnosis", "collective diagnosis"),
                            ("agreements", "agreements"),
                            ("other", "other matters"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("heading", models.CharField(max_length=200, verbose_name="heading")),
                ("text", models.TextField(blank=True, max_length=20480, verbose_name="text")),
                ("edition", models.PositiveIntegerField(db_default=1, default=1)),
                ("edited_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "edited_by",
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
                "verbose_name": "section of minutes",
                "verbose_name_plural": "sections of minutes",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participations",
                        to="workshops.session",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120)),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cities.organization",
                    ),
                ),
                ("expected", models.BooleanField(default=True)),
                (
                    "expected_because",
                    models.CharField(
                        choices=[
                            ("everybody", "the whole working group is expected"),
                            ("organization", "the organisation is expected"),
                            ("city", "the city is expected"),
                            ("role", "people with this role are expected"),
                            ("person", "expected by name"),
                            ("delegate", "in place of somebody who cannot come"),
                            ("own_wish", "at the person's own wish"),
                        ],
                        max_length=12,
                    ),
                ),
                ("expected_since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "answer",
                    models.CharField(
                        choices=[("none", "no answer yet"), ("yes", "yes"), ("maybe", "maybe"), ("no", "no")],
                        db_default="none",
                        default="none",
                        max_length=6,
                        verbose_name="answer",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "earlier_answer",
                    models.CharField(
                        blank=True,
                        choices=[("none", "no answer yet"), ("yes", "yes"), ("maybe", "maybe"), ("no", "no")],
                        db_default="",
                        default="",
                        max_length=6,
                    ),
                ),
                ("earlier_answered_at", models.DateTimeField(blank=True, null=True)),
                ("calendar_sequence", models.PositiveIntegerField(db_default=0, default=0)),
                (
                    "comes_by",
                    models.CharField(
                        blank=True,
                        choices=[("remote", "remote"), ("face_to_face", "face to face"), ("hybrid", "hybrid")],
                        db_default="",
                        default="",
                        max_length=20,
                        verbose_name="comes",
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "no seat"),
                            ("held", "has a seat"),
                            ("offered", "is offered a seat"),
                            ("waiting", "on the waiting list"),
                        ],
                        db_default="",
                        default="",
                        max_length=8,
                        verbose_name="seat",
                    ),
                ),
                ("waiting_since", models.DateTimeField(blank=True, null=True)),
                ("offered_until", models.DateTimeField(blank=True, null=True)),
                (
                    "delegated_by",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="delegate",
                        to="workshops.participation",
                    ),
                ),
                (
                    "attended",
                    models.CharField(
                        choices=[
                            ("unknown", "not recorded"),
                            ("present", "present"),
                            ("absent", "absent"),
                            ("excused", "excused"),
                        ],
                        db_default="unknown",
                        default="unknown",
                        max_length=8,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[("remote", "remote"), ("face_to_face", "face to face"), ("hybrid", "hybrid")],
                        db_default="",
                        max_length=20,
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="seated",
                        to="workshops.worktable",
                    ),
                ),
                ("checked_in_at", models.DateTimeField(blank=True, null=True)),
                (
                    "checked_in_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "checked_in_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("personal_code", "by the person's own code"),
                            ("session_code", "by the code at the door"),
                            ("link", "by the link to join"),
                            ("list", "by a coordinator, on the list"),
                            ("walk_in", "came without an invitation"),
                            ("import", "from a sheet"),
                        ],
                        db_default="",
                        default="",
                        max_length=16,
                    ),
                ),
                (
                    "organization_name",
                    models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="institution"),
                ),
                (
                    "may_be_named",
                    models.BooleanField(db_default=False, default=False, verbose_name="may be named in public"),
                ),
                ("may_be_named_at", models.DateTimeField(blank=True, null=True)),
                ("form_id", models.UUIDField(blank=True, null=True, unique=True)),
            ],
            options={
                "verbose_name": "participation",
                "verbose_name_plural": "participations",
                "constraints": [
                    models.UniqueConstraint(fields=("session", "user"), name="participation_once_per_person"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), ("user__isnull", False)),
                            models.Q(("user__isnull", True), models.Q(("name", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="participation_account_or_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", "none"), ("answered_at__isnull", True)),
                            models.Q(models.Q(("answer", "none"), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="participation_answer_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place", ""), ("answer", "yes"), _connector="OR"),
                        name="participation_place_needs_yes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("place", "waiting"), _negated=True),
                            ("waiting_since__isnull", False),
                            _connector="OR",
                        ),
                        name="participation_waits_since",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("offered_until__isnull", False), ("place", "offered")),
                            models.Q(models.Q(("place", "offered"), _negated=True), ("offered_until__isnull", True)),
                            _connector="OR",
                        ),
                        name="participation_offer_has_end",
                    ),
                    models.UniqueConstraint(
                        models.F("session"),
                        django.db.models.functions.text.Lower("name"),
                        models.F("organization_name"),
                        django.db.models.functions.comparison.Coalesce("organization", 0),
                        condition=models.Q(("user__isnull", True)),
                        name="participation_visitor_once",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["user", "expected"], name="participation_user"),
                    models.Index(
                        condition=models.Q(("place", ""), _negated=True),
                        fields=["session", "comes_by", "place", "waiting_since"],
                        name="participation_seats",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MinutesEvent",
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
                        to="workshops.minutes",
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
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.session",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_correction", "open to corrections"),
                            ("approved", "approved"),
                        ],
                        default="draft",
                        max_length=13,
                    ),
                ),
                (
                    "rapporteur",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="rapporteur",
                    ),
                ),
                ("drafted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("correct_by", models.DateField(blank=True, null=True, verbose_name="corrections until")),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
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
            name="AgendaItemEvent",
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
                        to="workshops.agendaitem",
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
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.session",
                    ),
                ),
                (
                    "parent",
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
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("presentation", "presentation"),
                            ("direct_feedback", "direct feedback"),
                            ("work_tables", "work tables"),
                            ("plenary", "plenary"),
                            ("comments", "round of comments"),
                            ("agreements", "agreements"),
                            ("break", "break"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="minutes",
                    ),
                ),
                ("presenter_name", models.CharField(blank=True, max_length=120, verbose_name="presented by")),
                (
                    "presenter_organization",
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
                (
                    "presenter",
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
                    "respondent",
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
                ("respondent_name", models.CharField(blank=True, max_length=120, verbose_name="answered first by")),
                (
                    "respondent_organization",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="cities.organization",
                    ),
                ),
                ("response_due_on", models.DateField(blank=True, null=True, verbose_name="direct feedback due")),
                ("edition", models.PositiveIntegerField(db_default=1, default=1)),
                ("form_id", models.UUIDField(blank=True, editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TableNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "table",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="workshops.worktable"
                    ),
                ),
                ("client_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("doubt", "doubt"),
                            ("difficulty", "difficulty"),
                            ("priority", "priority"),
                            ("proposal", "proposal"),
                            ("comment", "comment"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="note")),
                ("said_by", models.CharField(blank=True, max_length=120, verbose_name="who said it")),
                (
                    "city",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cities.city",
                        verbose_name="city",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notes",
                        to="workshops.theme",
                    ),
                ),
                ("from_paper", models.BooleanField(default=False, verbose_name="from paper")),
                ("written_at", models.DateTimeField(blank=True, null=True)),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("edition", models.PositiveIntegerField(db_default=1, default=1)),
                ("is_late", models.BooleanField(default=False)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "withdrawn_by",
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
                "verbose_name": "note of a table",
                "verbose_name_plural": "notes of tables",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="tablenote_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("accepted_at__isnull", True), ("is_late", True), _connector="OR"),
                        name="tablenote_accepted_when_late",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["table", "id"], name="tablenote_of_table"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(ogpgroup.text.SortKey("text"), name="gin_trgm_ops"),
                        name="tablenote_trigrams",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ThemeEvent",
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
                        to="workshops.theme",
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
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.session",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="name of the theme")),
                ("statement", models.TextField(blank=True, max_length=2000, verbose_name="what the group says of it")),
                ("rank", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="place")),
                (
                    "rank_reason",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=300,
                        verbose_name="why it stands there, and not by votes",
                    ),
                ),
                (
                    "continues",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.theme",
                        verbose_name="comes back from",
                    ),
                ),
                ("edition", models.PositiveIntegerField(db_default=1, default=1)),
                (
                    "form_id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False
                    ),
                ),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "made_by",
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
                ("dissolved_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VotingRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voting_rounds",
                        to="workshops.session",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("votes_each", models.PositiveSmallIntegerField(default=3, verbose_name="votes each")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "open"), ("closed", "closed"), ("revealed", "revealed")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("code", models.CharField(max_length=32, unique=True)),
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
                ("revealed_at", models.DateTimeField(blank=True, null=True)),
                ("themes", models.ManyToManyField(related_name="+", to="workshops.theme", verbose_name="themes")),
            ],
            options={
                "verbose_name": "vote",
                "verbose_name_plural": "votes",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("session", "number"), name="votinground_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["open", "closed"])),
                        fields=("session",),
                        name="votinground_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("votes_each__gte", 1), ("votes_each__lte", 10)),
                        name="votinground_votes_each",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkTableEvent",
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
                        to="workshops.worktable",
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
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.session",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("theme", models.CharField(blank=True, max_length=200, verbose_name="theme")),
                ("seats", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seats")),
                (
                    "facilitator",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="facilitator",
                    ),
                ),
                (
                    "rapporteur",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="rapporteur",
                    ),
                ),
                ("join_url", models.URLField(blank=True, max_length=500, verbose_name="link to join")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AgreementUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="updates", to="workshops.agreement"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("done", "done"),
                            ("dropped", "dropped"),
                            ("unknown", "outcome not recorded"),
                        ],
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="what was done")),
                ("told_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "told_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "verbose_name": "news of an agreement",
                "verbose_name_plural": "news of agreements",
                "ordering": ["told_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MaterialVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "file",
                    models.FileField(blank=True, max_length=200, upload_to="sessions/%Y/%m/", verbose_name="file"),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveIntegerField(blank=True, null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("width", models.PositiveIntegerField(blank=True, null=True)),
                ("height", models.PositiveIntegerField(blank=True, null=True)),
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
                (
                    "material",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="workshops.material"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="link")),
            ],
            options={
                "verbose_name": "version of a material",
                "verbose_name_plural": "versions of materials",
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("url", ""),
                                models.Q(("file", ""), _negated=True),
                                models.Q(("content_type", ""), _negated=True),
                                models.Q(("sha256", ""), _negated=True),
                            ),
                            models.Q(("file", ""), models.Q(("url", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="materialversion_file_or_link",
                    ),
                    models.UniqueConstraint(fields=("material", "number"), name="materialversion_number_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "minutes",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="corrections", to="workshops.minutes"
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="corrections",
                        to="workshops.minutessection",
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="what is wrong or missing")),
                ("written_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("taken", "taken over"),
                            ("in_part", "taken over in part"),
                            ("not_taken", "not taken over"),
                        ],
                        max_length=9,
                        verbose_name="decision",
                    ),
                ),
                ("reply", models.CharField(blank=True, max_length=1000, verbose_name="reply")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
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
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decision", "")),
                            models.Q(models.Q(("decision", ""), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="correction_decided_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MinutesSectionEvent",
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
                        to="workshops.minutessection",
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
                    "minutes",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.minutes",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opening", "opening"),
                            ("attendance", "attendance"),
                            ("agenda", "agenda"),
                            ("discussion", "what was discussed"),
                            ("tables", "work tables"),
                            ("diagnosis", "collective diagnosis"),
                            ("agreements", "agreements"),
                            ("other", "other matters"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("heading", models.CharField(max_length=200, verbose_name="heading")),
                ("text", models.TextField(blank=True, max_length=20480, verbose_name="text")),
                ("edition", models.PositiveIntegerField(db_default=1, default=1)),
                ("edited_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "edited_by",
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
            name="SessionEvent",
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
                        to="workshops.session",
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
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("workshop", "workshop"),
                            ("webinar", "webinar"),
                            ("working_session", "working session"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("remote", "remote"), ("face_to_face", "face to face"), ("hybrid", "hybrid")],
                        max_length=20,
                        verbose_name="how it is held",
                    ),
                ),
                ("purpose", models.TextField(blank=True, max_length=4000, verbose_name="what it is for")),
                ("bring", models.TextField(blank=True, max_length=4000, verbose_name="what to bring")),
                ("decisions", models.TextField(blank=True, max_length=4000, verbose_name="what will be decided")),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="starts")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
                (
                    "day",
                    models.DateField(
                        blank=True, help_text="For a session whose hours are not known.", null=True, verbose_name="date"
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="America/Mexico_City",
                        max_length=64,
                        validators=[ogpgroup.models.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                ("venue", models.CharField(blank=True, max_length=200, verbose_name="venue")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="address")),
                ("join_url", models.URLField(blank=True, max_length=500, verbose_name="link to join")),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("public", "everybody, also without an account"),
                            ("group", "the working group"),
                            ("invited", "only those expected"),
                        ],
                        default="public",
                        max_length=10,
                        verbose_name="who may see it",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("everybody", "the whole working group"),
                            ("chosen", "chosen cities, organisations, roles or people"),
                        ],
                        default="everybody",
                        max_length=10,
                        verbose_name="who is expected",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("planned", "planned"), ("postponed", "postponed"), ("cancelled", "cancelled")],
                        default="planned",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("cancel_reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "seats_in_person",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="seats in the room"),
                ),
                ("seats_remote", models.PositiveIntegerField(blank=True, null=True, verbose_name="places on the line")),
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
                ("slug", models.SlugField(db_index=False, max_length=80)),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False)),
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
                    "audience_roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("coordinator", "coordinator"),
                                ("official", "city official"),
                                ("member", "working-group member"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="roles expected",
                    ),
                ),
                (
                    "reviews_plan",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="actionplans.actionplan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "reviews_deliverable",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="actionplans.deliverable",
                        verbose_name="deliverable",
                    ),
                ),
                (
                    "reviews_agreement",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.agreement",
                        verbose_name="agreement",
                    ),
                ),
                (
                    "lead_hours",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        null=True,
                        size=6,
                        verbose_name="reminders, in hours before",
                    ),
                ),
                ("series", models.UUIDField(blank=True, editable=False, null=True)),
                ("check_in_code", models.CharField(blank=True, editable=False, max_length=32, null=True)),
                (
                    "responsible",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="responsible",
                    ),
                ),
                ("sequence", models.PositiveIntegerField(default=0)),
                (
                    "current_version",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.sessionversion",
                    ),
                ),
                ("edits", models.PositiveIntegerField(default=0)),
                ("edited_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "edited_by",
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
                    "attendee_count",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="people who took part"),
                ),
                ("report", models.TextField(blank=True, max_length=20000, verbose_name="what happened")),
                ("agenda_published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("table_seed", models.CharField(blank=True, db_default="", default="", editable=False, max_length=40)),
                ("source", models.URLField(blank=True, max_length=300, verbose_name="source")),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="workshops.votinground"
                    ),
                ),
                (
                    "participation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workshops.participation"
                    ),
                ),
                ("slot", models.PositiveSmallIntegerField()),
                (
                    "theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="workshops.theme"
                    ),
                ),
                ("cast_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "vote of a person",
                "verbose_name_plural": "votes of people",
                "constraints": [models.UniqueConstraint(fields=("round", "participation", "slot"), name="vote_once")],
            },
        ),
        migrations.CreateModel(
            name="TableNoteEvent",
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
                        to="workshops.tablenote",
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
                    "table",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.worktable",
                    ),
                ),
                ("client_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("doubt", "doubt"),
                            ("difficulty", "difficulty"),
                            ("priority", "priority"),
                            ("proposal", "proposal"),
                            ("comment", "comment"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="note")),
                ("said_by", models.CharField(blank=True, max_length=120, verbose_name="who said it")),
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
                    "theme",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.theme",
                    ),
                ),
                ("from_paper", models.BooleanField(default=False, verbose_name="from paper")),
                ("written_at", models.DateTimeField(blank=True, null=True)),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "written_by",
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
                ("edition", models.PositiveIntegerField(db_default=1, default=1)),
                ("is_late", models.BooleanField(default=False)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "accepted_by",
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
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "withdrawn_by",
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
            name="HandCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hands", to="workshops.votinground"
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hands", to="workshops.theme"
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workshops.worktable",
                    ),
                ),
                ("hands", models.PositiveSmallIntegerField(verbose_name="hands")),
                ("counted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "counted_by",
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
                "verbose_name": "count of hands",
                "verbose_name_plural": "counts of hands",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("round", "theme", "table"), name="handcount_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementEvent",
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
                        to="workshops.agreement",
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
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.session",
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
                        verbose_name="point of the agenda",
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.worktable",
                        verbose_name="work table",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fellow_city", "choice of the fellow city"),
                            ("commitment", "commitment of the group"),
                            ("task", "task"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="text")),
                (
                    "responsible_group",
                    models.BooleanField(default=False, verbose_name="the whole group is responsible"),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("due_is_computed", models.BooleanField(default=False, verbose_name="the day was worked out")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("done", "done"),
                            ("dropped", "dropped"),
                            ("unknown", "outcome not recorded"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
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
                        verbose_name="plan",
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
                        verbose_name="commitment",
                    ),
                ),
                ("edition", models.PositiveIntegerField(db_default=1, default=1)),
                ("form_id", models.UUIDField(blank=True, editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Diagnosis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="diagnosis", to="workshops.session"
                    ),
                ),
                ("introduction", models.TextField(blank=True, max_length=4000, verbose_name="introduction")),
                ("edition", models.PositiveIntegerField(db_default=1, default=1)),
                ("edited_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "edited_by",
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
                "verbose_name": "collective diagnosis",
                "verbose_name_plural": "collective diagnoses",
            },
        ),
        migrations.CreateModel(
            name="DiagnosisVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "diagnosis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="workshops.diagnosis"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("content", models.JSONField()),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="what is new")),
                ("published_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "published_by",
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
                "verbose_name": "published diagnosis",
                "verbose_name_plural": "published diagnoses",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("diagnosis", "number"), name="diagnosisversion_number_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DiagnosisEvent",
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
                        to="workshops.diagnosis",
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
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.session",
                    ),
                ),
                ("introduction", models.TextField(blank=True, max_length=4000, verbose_name="introduction")),
                ("edition", models.PositiveIntegerField(db_default=1, default=1)),
                ("edited_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "edited_by",
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
                    "published",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="workshops.diagnosisversion",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="receivedreply",
            name="participation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="replies",
                to="workshops.participation",
            ),
        ),
        migrations.AddIndex(
            model_name="receivedreply",
            index=models.Index(fields=["outcome", "settled_at"], name="receivedreply_open"),
        ),
        migrations.AddField(
            model_name="session",
            name="reviews_agreement",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="workshops.agreement",
                verbose_name="agreement",
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="current_version",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="current_of",
                to="workshops.sessionversion",
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["cycle", "starts_at"], name="session_cycle"),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("day__isnull", False), ("ends_at__isnull", True), ("starts_at__isnull", True)),
                    models.Q(("day__isnull", True), ("ends_at__isnull", False), ("starts_at__isnull", False)),
                    _connector="OR",
                ),
                name="session_date_alone_or_hours",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__isnull", True), ("ends_at__gt", models.F("starts_at")), _connector="OR"),
                name="session_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("status", "planned"), _negated=True), models.Q(("cancel_reason", ""), _negated=True)
                    ),
                    models.Q(("cancel_reason", ""), ("status", "planned")),
                    _connector="OR",
                ),
                name="session_not_held_has_reason",
            ),
        ),
        migrations.AddField(
            model_name="diagnosis",
            name="published",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="published_of",
                to="workshops.diagnosisversion",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreementupdate",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1aceee321a3b9e5d6dfc7ada6a096fdeed7eabe4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3ac83",
                    table="workshops_agreementupdate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="diagnosisversion",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="4a44a340f67f74d6b3292399c93e5c2fafbdba4a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_5fd50",
                    table="workshops_diagnosisversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="materialversion",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="18cc2d7cab01633cecc2257a15c9191f74569450",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2febe",
                    table="workshops_materialversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="minutessection",
            trigger=pgtrigger.compiler.Trigger(
                name="locked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE standing text;",
                    func="\nSELECT minutes.status INTO standing\nFROM workshops_minutes minutes\nWHERE minutes.id = (CASE WHEN TG_OP = 'INSERT' THEN NEW.minutes_id ELSE OLD.minutes_id END) FOR SHARE;\nIF standing = 'approved' THEN\n    RAISE EXCEPTION 'workshops: the minutes are approved'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'minutessection_locked';\nEND IF;\nIF TG_OP = 'DELETE' THEN\n    RETURN OLD;\nEND IF;\nRETURN NEW;\n",
                    hash="39109fc95378f23013e95076012d88925cc0b37d",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_locked_66a10",
                    table="workshops_minutessection",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="minutessection",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_minutessectionevent" ("edited_at", "edited_by_id", "edition", "heading", "id", "kind", "minutes_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "text") VALUES (NEW."edited_at", NEW."edited_by_id", NEW."edition", NEW."heading", NEW."id", NEW."kind", NEW."minutes_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."text"); RETURN NULL;',
                    hash="8b2fd7767141fa4bc4d7afe86bb5d0a815f9839e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fbf0c",
                    table="workshops_minutessection",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="minutessection",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "workshops_minutessectionevent" ("edited_at", "edited_by_id", "edition", "heading", "id", "kind", "minutes_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "text") VALUES (NEW."edited_at", NEW."edited_by_id", NEW."edition", NEW."heading", NEW."id", NEW."kind", NEW."minutes_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."text"); RETURN NULL;',
                    hash="8cefa0c1bf83575e7a286b0828f62399567c687a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7bc13",
                    table="workshops_minutessection",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schedulerelease",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f43fb713b1c7edea4c32a100177bbe2d3ce4b6fe",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e3db9",
                    table="workshops_schedulerelease",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="minutes",
            trigger=pgtrigger.compiler.Trigger(
                name="locked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" = 'approved')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5e03aa8a99a425a3943463236e4060f193648ebf",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_locked_fbcdc",
                    table="workshops_minutes",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="minutes",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_minutesevent" ("approved_at", "approved_by_id", "correct_by", "drafted_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rapporteur_id", "session_id", "status") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."correct_by", NEW."drafted_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rapporteur_id", NEW."session_id", NEW."status"); RETURN NULL;',
                    hash="dbbdadfd2f983fced1fca2396101250c795cff0f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2657f",
                    table="workshops_minutes",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="minutes",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "workshops_minutesevent" ("approved_at", "approved_by_id", "correct_by", "drafted_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rapporteur_id", "session_id", "status") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."correct_by", NEW."drafted_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rapporteur_id", NEW."session_id", NEW."status"); RETURN NULL;',
                    hash="41a3915decf1cec8652b21b58c4534446fd75bd5",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_cb340",
                    table="workshops_minutes",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="diagnosis",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_diagnosisevent" ("edited_at", "edited_by_id", "edition", "id", "introduction", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_id", "session_id") VALUES (NEW."edited_at", NEW."edited_by_id", NEW."edition", NEW."id", NEW."introduction", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."published_id", NEW."session_id"); RETURN NULL;',
                    hash="6e9d448e26b2786e3c509e8d673caea266aacb4d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5b018",
                    table="workshops_diagnosis",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="diagnosis",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "workshops_diagnosisevent" ("edited_at", "edited_by_id", "edition", "id", "introduction", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_id", "session_id") VALUES (NEW."edited_at", NEW."edited_by_id", NEW."edition", NEW."id", NEW."introduction", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."published_id", NEW."session_id"); RETURN NULL;',
                    hash="68e1c3d3e0b015170600a9eddb63541a546948e3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d499e",
                    table="workshops_diagnosis",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agendaitem",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_agendaitemevent" ("edition", "form_id", "id", "kind", "minutes", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "presenter_id", "presenter_name", "presenter_organization_id", "respondent_id", "respondent_name", "respondent_organization_id", "response_due_on", "session_id", "title") VALUES (NEW."edition", NEW."form_id", NEW."id", NEW."kind", NEW."minutes", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."presenter_id", NEW."presenter_name", NEW."presenter_organization_id", NEW."respondent_id", NEW."respondent_name", NEW."respondent_organization_id", NEW."response_due_on", NEW."session_id", NEW."title"); RETURN NULL;',
                    hash="ac23dd8ac57ad7fa59565fcf1d8b7fb55e0e0dc1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f8936",
                    table="workshops_agendaitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agendaitem",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "workshops_agendaitemevent" ("edition", "form_id", "id", "kind", "minutes", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "presenter_id", "presenter_name", "presenter_organization_id", "respondent_id", "respondent_name", "respondent_organization_id", "response_due_on", "session_id", "title") VALUES (NEW."edition", NEW."form_id", NEW."id", NEW."kind", NEW."minutes", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."presenter_id", NEW."presenter_name", NEW."presenter_organization_id", NEW."respondent_id", NEW."respondent_name", NEW."respondent_organization_id", NEW."response_due_on", NEW."session_id", NEW."title"); RETURN NULL;',
                    hash="de30cc8c6ae4f728cf9c4886a14e7d405379e78e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6895f",
                    table="workshops_agendaitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sessionversion",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="52e350ff851d7c1dc99fbec02a880eb3f780c509",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_eac67",
                    table="workshops_sessionversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_sessionevent" ("address", "agenda_published_at", "attendee_count", "audience", "audience_roles", "bring", "cancel_reason", "check_in_code", "city_id", "current_version_id", "cycle_id", "day", "decisions", "edited_at", "edited_by_id", "edits", "ends_at", "id", "is_demo", "join_url", "kind", "lead_hours", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "report", "responsible_id", "reviews_agreement_id", "reviews_deliverable_id", "reviews_plan_id", "seats_in_person", "seats_remote", "sequence", "series", "slug", "source", "starts_at", "status", "table_seed", "time_zone", "title", "uid", "venue", "visibility") VALUES (NEW."address", NEW."agenda_published_at", NEW."attendee_count", NEW."audience", NEW."audience_roles", NEW."bring", NEW."cancel_reason", NEW."check_in_code", NEW."city_id", NEW."current_version_id", NEW."cycle_id", NEW."day", NEW."decisions", NEW."edited_at", NEW."edited_by_id", NEW."edits", NEW."ends_at", NEW."id", NEW."is_demo", NEW."join_url", NEW."kind", NEW."lead_hours", NEW."mode", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."purpose", NEW."report", NEW."responsible_id", NEW."reviews_agreement_id", NEW."reviews_deliverable_id", NEW."reviews_plan_id", NEW."seats_in_person", NEW."seats_remote", NEW."sequence", NEW."series", NEW."slug", NEW."source", NEW."starts_at", NEW."status", NEW."table_seed", NEW."time_zone", NEW."title", NEW."uid", NEW."venue", NEW."visibility"); RETURN NULL;',
                    hash="613ee2cf856ecad8e0bbc9c3b5f2f25a126005f4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8c224",
                    table="workshops_session",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "workshops_sessionevent" ("address", "agenda_published_at", "attendee_count", "audience", "audience_roles", "bring", "cancel_reason", "check_in_code", "city_id", "current_version_id", "cycle_id", "day", "decisions", "edited_at", "edited_by_id", "edits", "ends_at", "id", "is_demo", "join_url", "kind", "lead_hours", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "report", "responsible_id", "reviews_agreement_id", "reviews_deliverable_id", "reviews_plan_id", "seats_in_person", "seats_remote", "sequence", "series", "slug", "source", "starts_at", "status", "table_seed", "time_zone", "title", "uid", "venue", "visibility") VALUES (NEW."address", NEW."agenda_published_at", NEW."attendee_count", NEW."audience", NEW."audience_roles", NEW."bring", NEW."cancel_reason", NEW."check_in_code", NEW."city_id", NEW."current_version_id", NEW."cycle_id", NEW."day", NEW."decisions", NEW."edited_at", NEW."edited_by_id", NEW."edits", NEW."ends_at", NEW."id", NEW."is_demo", NEW."join_url", NEW."kind", NEW."lead_hours", NEW."mode", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."purpose", NEW."report", NEW."responsible_id", NEW."reviews_agreement_id", NEW."reviews_deliverable_id", NEW."reviews_plan_id", NEW."seats_in_person", NEW."seats_remote", NEW."sequence", NEW."series", NEW."slug", NEW."source", NEW."starts_at", NEW."status", NEW."table_seed", NEW."time_zone", NEW."title", NEW."uid", NEW."venue", NEW."visibility"); RETURN NULL;',
                    hash="59ccdd99e13f951dcb36634e6232bc8aad14e4aa",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d07c8",
                    table="workshops_session",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="theme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_themeevent" ("continues_id", "dissolved_at", "edition", "form_id", "id", "made_at", "made_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "rank_reason", "session_id", "statement", "title") VALUES (NEW."continues_id", NEW."dissolved_at", NEW."edition", NEW."form_id", NEW."id", NEW."made_at", NEW."made_by_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rank", NEW."rank_reason", NEW."session_id", NEW."statement", NEW."title"); RETURN NULL;',
                    hash="3a0ceb8c0bd8995114d2e9e880b5aa7337a995f8",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5989b",
                    table="workshops_theme",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="theme",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "workshops_themeevent" ("continues_id", "dissolved_at", "edition", "form_id", "id", "made_at", "made_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "rank_reason", "session_id", "statement", "title") VALUES (NEW."continues_id", NEW."dissolved_at", NEW."edition", NEW."form_id", NEW."id", NEW."made_at", NEW."made_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rank", NEW."rank_reason", NEW."session_id", NEW."statement", NEW."title"); RETURN NULL;',
                    hash="2d67688dfdfabddbd676418f64c462619635cc97",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3f387",
                    table="workshops_theme",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vote",
            trigger=pgtrigger.compiler.Trigger(
                name="judged",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE standing text; each integer;",
                    func="\nSELECT round.status, round.votes_each INTO standing, each\nFROM workshops_votinground round\nWHERE round.id = (CASE WHEN TG_OP = 'DELETE' THEN OLD.round_id ELSE NEW.round_id END) FOR SHARE;\nIF standing IS DISTINCT FROM 'open' THEN\n    RAISE EXCEPTION 'workshops: the vote is not open' USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_while_open';\nEND IF;\nIF TG_OP = 'DELETE' THEN\n    RETURN OLD;\nEND IF;\nIF NEW.slot < 1 OR NEW.slot > each THEN\n    RAISE EXCEPTION 'workshops: one vote too many' USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_none_too_many';\nEND IF;\nIF NOT EXISTS (\n    SELECT FROM workshops_votinground_themes WHERE votinground_id = NEW.round_id AND theme_id = NEW.theme_id\n) THEN\n    RAISE EXCEPTION 'workshops: not a theme of this vote'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_on_its_themes';\nEND IF;\nRETURN NEW;\n",
                    hash="56e1094013da165f019fcaf7d967e9da50b8070a",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_judged_7d898",
                    table="workshops_vote",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="worktable",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_worktableevent" ("facilitator_id", "id", "join_url", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rapporteur_id", "seats", "session_id", "theme") VALUES (NEW."facilitator_id", NEW."id", NEW."join_url", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rapporteur_id", NEW."seats", NEW."session_id", NEW."theme"); RETURN NULL;',
                    hash="8dd655103736f33471d14ce4399a8e55022e883e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_70da9",
                    table="workshops_worktable",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="worktable",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "workshops_worktableevent" ("facilitator_id", "id", "join_url", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rapporteur_id", "seats", "session_id", "theme") VALUES (NEW."facilitator_id", NEW."id", NEW."join_url", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rapporteur_id", NEW."seats", NEW."session_id", NEW."theme"); RETURN NULL;',
                    hash="6fa7caf771624e299b772a71612b2decb3e9c3c1",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7ac8c",
                    table="workshops_worktable",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tablenote",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_tablenoteevent" ("accepted_at", "accepted_by_id", "city_id", "client_id", "edition", "from_paper", "id", "is_late", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_at", "said_by", "table_id", "text", "theme_id", "withdrawn_at", "withdrawn_by_id", "written_at", "written_by_id") VALUES (NEW."accepted_at", NEW."accepted_by_id", NEW."city_id", NEW."client_id", NEW."edition", NEW."from_paper", NEW."id", NEW."is_late", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."received_at", NEW."said_by", NEW."table_id", NEW."text", NEW."theme_id", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."written_at", NEW."written_by_id"); RETURN NULL;',
                    hash="3c6cd27f39a8a097cb9fa6764ce9cf40c587c22c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_efac0",
                    table="workshops_tablenote",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tablenote",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "workshops_tablenoteevent" ("accepted_at", "accepted_by_id", "city_id", "client_id", "edition", "from_paper", "id", "is_late", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "received_at", "said_by", "table_id", "text", "theme_id", "withdrawn_at", "withdrawn_by_id", "written_at", "written_by_id") VALUES (NEW."accepted_at", NEW."accepted_by_id", NEW."city_id", NEW."client_id", NEW."edition", NEW."from_paper", NEW."id", NEW."is_late", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."received_at", NEW."said_by", NEW."table_id", NEW."text", NEW."theme_id", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."written_at", NEW."written_by_id"); RETURN NULL;',
                    hash="08a889eff73bc84c5aaa571d0e22ccb125b6666d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_99aa1",
                    table="workshops_tablenote",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="participation",
            trigger=pgtrigger.compiler.Trigger(
                name="no_seat_too_many",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"place\" IN ('held', 'offered'))",
                    declare="DECLARE capacity integer; taken integer;",
                    func="\nIF TG_OP = 'UPDATE' AND OLD.place IN ('held', 'offered')\n    AND OLD.session_id = NEW.session_id AND OLD.comes_by = NEW.comes_by THEN\n    RETURN NEW;\nEND IF;\nSELECT CASE NEW.comes_by\n        WHEN 'face_to_face' THEN version.seats_in_person\n        WHEN 'remote' THEN version.seats_remote\n    END INTO capacity\nFROM workshops_session session JOIN workshops_sessionversion version ON version.id = session.current_version_id\nWHERE session.id = NEW.session_id;\nIF capacity IS NULL THEN\n    RETURN NEW;\nEND IF;\nPERFORM pg_advisory_xact_lock(hashtextextended('workshops.seats', NEW.session_id));\nSELECT count(*) INTO taken FROM workshops_participation\nWHERE session_id = NEW.session_id AND comes_by = NEW.comes_by AND place IN ('held', 'offered') AND id <> NEW.id;\nIF taken >= capacity THEN\n    RAISE EXCEPTION 'workshops: all % seats of session % are taken', capacity, NEW.session_id\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'participation_no_seat_too_many';\nEND IF;\nRETURN NEW;\n",
                    hash="c003656717c585efa2f210bc68b052bbc62536b8",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_no_seat_too_many_16eab",
                    table="workshops_participation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreement",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_agreementevent" ("agenda_item_id", "commitment_id", "due_is_computed", "due_on", "edition", "form_id", "id", "kind", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "responsible_group", "session_id", "status", "table_id", "text") VALUES (NEW."agenda_item_id", NEW."commitment_id", NEW."due_is_computed", NEW."due_on", NEW."edition", NEW."form_id", NEW."id", NEW."kind", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."responsible_group", NEW."session_id", NEW."status", NEW."table_id", NEW."text"); RETURN NULL;',
                    hash="47736ba2aff0e060afcb8b4e4ff9ffd6408cff71",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0cc7e",
                    table="workshops_agreement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreement",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "workshops_agreementevent" ("agenda_item_id", "commitment_id", "due_is_computed", "due_on", "edition", "form_id", "id", "kind", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "responsible_group", "session_id", "status", "table_id", "text") VALUES (NEW."agenda_item_id", NEW."commitment_id", NEW."due_is_computed", NEW."due_on", NEW."edition", NEW."form_id", NEW."id", NEW."kind", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."responsible_group", NEW."session_id", NEW."status", NEW."table_id", NEW."text"); RETURN NULL;',
                    hash="10426b4ad9b833dd56bbe11b70299b255a217d56",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_596d3",
                    table="workshops_agreement",
                    when="AFTER",
                ),
            ),
        ),
    ]
