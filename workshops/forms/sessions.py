"""A session as a coordinator describes it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Prefetch, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cities.models import City, Cycle, Membership, Organization, Role, group_day
from ogpgroup import dates
from ogpgroup.models import User
from ogpgroup.text import SortKey
from workshops import actions, reviewing
from workshops.forms.clocks import FOLDS, TwiceThatDay, comes_twice, instant_of
from workshops.forms.posted import replaced
from workshops.models import Session

HOUR_MISSING = gettext_lazy("Give the hour, or choose that only the date is known.")
# The parts of a chosen audience; one of them is enough.
AUDIENCE = ("organizations", "cities", "roles", "people")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """People as checkboxes, each with the institutions they act for."""

    def label_from_instance(self, person: Any) -> str:
        names = ", ".join(membership.organization.name for membership in person.current_memberships)
        return f"{person} ({names})" if names else str(person)


class CitiesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Cities with their state, because three may have one name."""

    def label_from_instance(self, city: Any) -> str:
        return str(city.full_name)


def people_by_name(*, is_demo: bool, on: date, also: QuerySet[User] | None = None) -> QuerySet[User]:
    """Everybody with an open account, fictitious people for fictitious sessions; `also` were chosen before."""
    chosen = Q(pk__in=also.values("pk")) if also is not None else Q()
    current = Membership.objects.on(on).select_related("organization")
    return (
        User.objects.filter(Q(is_active=True, is_demo=is_demo) | chosen)
        .prefetch_related(Prefetch("memberships", queryset=current, to_attr="current_memberships"))
        .order_by(SortKey("name"), "pk")
    )


class SessionForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A session as a coordinator describes it: local date and hours become instants, and nothing typed is lost.

    A fictitious cycle has only fictitious cities, organisations and people, and a real one only real ones.
    """

    use_required_attribute = False  # browsers would ask for what the choice of a date alone hides

    timing = forms.ChoiceField(
        label=gettext_lazy("What is known"),
        choices=[("hours", gettext_lazy("Date and hours")), ("date", gettext_lazy("Date alone; the hours follow"))],
        widget=forms.RadioSelect,
        initial="hours",
    )
    day = forms.DateField(
        label=gettext_lazy("Date"), validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
    )
    start_time = forms.TimeField(label=gettext_lazy("Begins at"), error_messages={"required": HOUR_MISSING})
    start_fold = forms.ChoiceField(
        label=gettext_lazy("Which of the two hours it begins at"),
        choices=FOLDS,
        widget=forms.RadioSelect,
        required=False,
    )
    end_time = forms.TimeField(label=gettext_lazy("Ends at"), error_messages={"required": HOUR_MISSING})
    end_fold = forms.ChoiceField(
        label=gettext_lazy("Which of the two hours it ends at"),
        choices=FOLDS,
        widget=forms.RadioSelect,
        required=False,
    )
    end_date = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Only if it ends on another day."),
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Whose clock these hours are"),
        required=False,
        help_text=gettext_lazy("Everybody reads the hours by their own clock."),
    )
    organizations = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Organisations expected"),
        queryset=Organization.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("All their people, also those who join them later."),
    )
    cities = CitiesField(
        label=gettext_lazy("Cities expected"),
        queryset=City.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("The people of all their institutions in the group, also those who join later."),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles expected"),
        choices=[(value, capfirst(label)) for value, label in Role.choices],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Everybody of the group who has one of these roles."),
    )
    people = PeopleField(
        label=gettext_lazy("People expected by name"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    edits = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    class Meta:
        model = Session
        fields: ClassVar[list[str]] = [
            "title",
            "kind",
            "mode",
            "cycle",
            "city",
            "venue",
            "address",
            "join_url",
            "seats_in_person",
            "seats_remote",
            "purpose",
            "bring",
            "decisions",
            "reviews_plan",
            "reviews_deliverable",
            "reviews_agreement",
            "visibility",
            "audience",
            "responsible",
        ]
        widgets: ClassVar[dict[str, type[forms.Widget]]] = {
            "kind": forms.RadioSelect,
            "mode": forms.RadioSelect,
            "visibility": forms.RadioSelect,
            "audience": forms.RadioSelect,
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "title": gettext_lazy("What people read first, in the schedule and in their mail."),
            "join_url": gettext_lazy("Only those expected see it. It may follow later."),
            "seats_in_person": gettext_lazy("Empty if everybody finds a seat. Who answers later waits for one."),
            "seats_remote": gettext_lazy("Empty if nobody needs to wait."),
            "purpose": gettext_lazy("Why we meet, in a few sentences."),
            "bring": gettext_lazy("What people should prepare or have with them."),
            "decisions": gettext_lazy("What will be settled when we leave."),
            "responsible": gettext_lazy("Who prepares it among the coordinators; not published."),
        }
        error_messages: ClassVar[dict[str, Any]] = {
            "join_url": {"invalid": gettext_lazy("This is not an address; it begins with https://.")},
        }

    def __init__(self, *args: Any, cycle: Cycle, now: datetime, **kwargs: Any) -> None:
        session: Session | None = kwargs.get("instance")
        kwargs["initial"] = initial_of(session, cycle) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.now = now
        is_demo, today = cycle.is_demo, group_day(now)
        stored = session if session is not None and session.pk else None
        fields: Any = self.fields
        for name in ("seats_in_person", "seats_remote"):
            fields[name].min_value = fields[name].widget.attrs["min"] = 1
            fields[name].validators.append(MinValueValidator(1))
        for name in ("kind", "mode", "visibility", "audience"):  # no empty choice, and none preset by accident
            fields[name].choices = [(value, capfirst(label)) for value, label in fields[name].choices if value]
        if self["timing"].value() == "date":
            fields["start_time"].required = fields["end_time"].required = False
        fields["city"].empty_label, fields["responsible"].empty_label = _("Not chosen"), _("Nobody yet")
        self._offer("cycle", Cycle.objects.filter(is_demo=is_demo).newest_first())
        fields["cycle"].disabled = bool(stored and stored.current_version_id)  # a version names its cycle
        self._offer("city", City.objects.filter(is_demo=is_demo).by_name())
        fields["city"].label_from_instance = lambda city: city.full_name
        organizations = Organization.objects.in_group(today).filter(is_demo=is_demo)
        if stored:
            organizations |= Organization.objects.filter(pk__in=stored.audience_organizations.values("pk"))
        self._offer("organizations", organizations.by_name())
        # A city is in question as soon as any of its institutions is.
        cities = City.objects.filter(pk__in=Organization.objects.in_group(today).values("city"), is_demo=is_demo)
        if stored:
            cities |= City.objects.filter(pk__in=stored.audience_cities.values("pk"))
        self._offer("cities", cities.by_name())
        chosen = stored.audience_people.all() if stored else None
        self._offer("people", people_by_name(is_demo=is_demo, on=today, also=chosen))
        coordinators = Membership.objects.on(today).filter(role=Role.COORDINATOR).values("user")
        self._offer(
            "responsible",
            User.objects.filter(Q(pk__in=coordinators) | Q(pk=stored.responsible_id if stored else None)).order_by(
                SortKey("name")
            ),
        )
        self._offer_reviews(is_demo=is_demo)
        fields["time_zone"].choices, fields["time_zone"].required = _zones(stored), stored is not None

    def _offer(self, name: str, queryset: QuerySet[Any]) -> None:
        self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def _offer_reviews(self, *, is_demo: bool) -> None:
        """Plans, deliverables and agreements of the session's own world, the newest first."""
        offered = {"plan": {"is_demo": is_demo}, "deliverable": {"plan__is_demo": is_demo}}
        offered["agreement"] = {"session__is_demo": is_demo}
        order = {"plan": "-starts_on", "deliverable": "-due_on", "agreement": "-session"}
        for kind, source in reviewing.everything().items():
            self._offer(f"reviews_{kind}", source.filter(**offered[kind]).order_by(order[kind], "-pk"))
            field: Any = self.fields[f"reviews_{kind}"]
            field.label_from_instance, field.empty_label = reviewing.name_of, _("None")

    @property
    def asks_start_fold(self) -> bool:
        return self._asks("start")

    @property
    def asks_end_fold(self) -> bool:
        return self._asks("end")

    def _asks(self, end: str) -> bool:
        """Whether to show the question which of two equal hours is meant."""
        twice = any(isinstance(error, TwiceThatDay) for error in self.errors.as_data().get(f"{end}_time", []))
        return twice or bool(self[f"{end}_fold"].value())

    # --- Checks that need several fields -------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        self._forget_what_does_not_count(typed)
        typed["time_zone"] = typed.get("time_zone") or _zone_of(typed.get("city"))
        self._set_times(typed)
        self._check_place(typed)
        self._check_audience(typed)
        return typed

    def _forget_what_does_not_count(self, typed: dict[str, Any]) -> None:
        """A slip in a field that the choices above it hide stops nobody."""
        idle: list[str] = []
        if typed.get("timing") == "date":
            idle += ["start_time", "end_time", "end_date"]
        if typed.get("mode") == Session.Mode.REMOTE:
            idle += ["city", "venue", "address", "seats_in_person"]
        if typed.get("mode") == Session.Mode.FACE_TO_FACE:
            idle += ["join_url", "seats_remote"]
        if typed.get("audience") == Session.Audience.EVERYBODY:
            idle += ["organizations", "cities", "roles", "people"]
        for name in idle:
            self.errors.pop(name, None)

    def _set_times(self, typed: dict[str, Any]) -> None:
        """Put the local date and hours into the session as instants, or say beside which field they make no sense."""
        session, day = self.instance, typed.get("day")
        session.time_zone = typed["time_zone"]
        if day is None or "timing" not in typed:
            return
        if typed["timing"] == "date":
            session.day, session.starts_at, session.ends_at = day, None, None
            return
        starts_at = self._instant(typed, "start", day)
        ends_at = self._instant(typed, "end", typed.get("end_date") or day)
        if starts_at is None or ends_at is None:
            return
        if ends_at <= starts_at:
            self.add_error("end_time", _("It must end after it begins. If it ends on another day, give the last day."))
        session.day, session.starts_at, session.ends_at = None, starts_at, ends_at

    def _instant(self, typed: Mapping[str, Any], end: str, day: date) -> datetime | None:
        name = f"{end}_time"
        hour = typed.get(name)
        if hour is None:
            return None  # its own error is said already
        try:
            return instant_of(day, hour, typed["time_zone"], typed.get(f"{end}_fold") or "")
        except ValidationError as error:
            self.add_error(name, error)
            self.fields[f"{end}_fold"].required = isinstance(error, TwiceThatDay)  # now it is asked, it is not optional
            return None

    def _check_place(self, typed: dict[str, Any]) -> None:
        """The way it is held decides which of the places count; the others are dropped."""
        mode = typed.get("mode")
        if mode == Session.Mode.REMOTE:
            typed["venue"], typed["address"], typed["city"], typed["seats_in_person"] = "", "", None, None
        elif mode and not (typed.get("venue") or typed.get("city")):
            self.add_error("venue", _("Say where people meet: the venue, or at least the city."))
        if mode == Session.Mode.FACE_TO_FACE:
            typed["join_url"], typed["seats_remote"] = "", None

    def _check_audience(self, typed: dict[str, Any]) -> None:
        if typed.get("audience") == Session.Audience.EVERYBODY:
            typed["organizations"], typed["people"] = Organization.objects.none(), User.objects.none()
            typed["cities"], typed["roles"] = City.objects.none(), []
        elif typed.get("audience") and not any(typed.get(name) for name in AUDIENCE):
            self.add_error("audience", _("Choose at least one city, organisation, role or person."))

    def save(self, commit: bool = True, *, by: User | None = None) -> Session:  # noqa: FBT001, FBT002  # ModelForm's own
        """Store the draft; raises ActionNotPossible when somebody else edited it since this form was opened."""
        session = self.instance
        session.is_demo = session.cycle.is_demo
        session.audience_roles = self.cleaned_data["roles"]
        return actions.save_draft(
            session,
            organizations=list(self.cleaned_data["organizations"]),
            cities=list(self.cleaned_data["cities"]),
            people=list(self.cleaned_data["people"]),
            by=by,
            seen_edits=self.cleaned_data["edits"] or 0,
        )

    def reopen(self, sentence: str, stored: Session) -> None:
        """Say that somebody else was first; the next attempt to save counts as made after looking at theirs."""
        self.add_error(None, sentence)
        self.data = replaced(self.data, "edits", str(stored.edits))


def _zone_of(city: City | None) -> str:
    return city.time_zone if city else settings.TIME_ZONE


def _zones(stored: Session | None) -> list[tuple[str, str]]:
    """The menu of zones; a new session keeps the time of its city unless somebody says otherwise."""
    offered = dates.zone_choices()
    if stored and stored.time_zone not in dict(offered):
        offered.append((stored.time_zone, f"{dates.zone_name(stored.time_zone)} — {stored.time_zone}"))
    return offered if stored else [("", _("that of the city; without a city, Central Mexico")), *offered]


def initial_of(session: Session | None, cycle: Cycle) -> dict[str, Any]:
    """Date, hours and people of a session, as its form shows them."""
    if session is None or not (session.starts_at or session.day):
        return {"cycle": cycle, "visibility": Session.Visibility.PUBLIC, "audience": Session.Audience.EVERYBODY}
    initial: dict[str, Any] = {
        "timing": "hours" if session.has_hours else "date",
        "day": session.local_day,
        "time_zone": session.time_zone,
        "edits": session.edits,
    }
    for end, instant in (("start", session.starts_at), ("end", session.ends_at)):
        if instant is not None:
            local = instant.astimezone(session.zone)
            initial[f"{end}_time"] = local.time().replace(fold=0)
            if comes_twice(instant, session.time_zone):
                initial[f"{end}_fold"] = str(local.fold)
            if end == "end" and local.date() != session.local_day:
                initial["end_date"] = local.date()
    if session.pk:
        initial["organizations"] = list(session.audience_organizations.values_list("pk", flat=True))
        initial["cities"] = list(session.audience_cities.values_list("pk", flat=True))
        initial["roles"] = list(session.audience_roles)
        initial["people"] = list(session.audience_people.values_list("pk", flat=True))
    return initial


def initial_like(session: Session, *, cycle: Cycle) -> dict[str, Any]:
    """What a new session takes over from another one: all but the date and the link."""
    copied = forms.model_to_dict(session, fields=SessionForm.Meta.fields)
    copied |= initial_of(session, cycle)
    for name in ("day", "end_date", "start_fold", "end_fold", "edits", "join_url"):
        copied.pop(name, None)
    return copied | {"cycle": cycle.pk}
