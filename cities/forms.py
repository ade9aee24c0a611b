"""What people type about themselves and about institutions."""

from typing import Any, ClassVar

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cities.access import roles_of
from cities.actions import check_role_fits, save_organization
from cities.models import AccountInvitation, City, Cycle, Membership, Organization, Role
from cities.worlds import makes_demo
from ogpgroup.dates import OFFERED_ZONES, zone_choices, zone_name
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from ogpgroup.text import validate_visible


class RequestLoginCodeForm(allauth_forms.RequestLoginCodeForm):
    """Coordinators sign in with their password: asking for a code gets the usual answer, and a mail that says so."""

    def clean_email(self) -> str:
        email = super().clean_email()
        if isinstance(self._user, User) and roles_of(self._user).is_coordinator:
            self._user = None
        return email


LANGUAGES: list[tuple[str, str]] = list(User._meta.get_field("language").flatchoices)


def zones_with(*names: str) -> list[tuple[str, str]]:
    """The zones of the menu, and these besides where they are not among them."""
    more = [
        (name, f"{zone_name(name)} — {name}") for name in dict.fromkeys(names) if name and name not in OFFERED_ZONES
    ]
    return [*zone_choices(), *more]


class PersonChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Shows name and address: there may be two of the same name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} — {obj.email}"


class OrganizationChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.local_name)


# --- Accounts -------------------------------------------------------------------------------------------------------


class SignUpForm(forms.Form):
    """Opens an account from an invitation; the address comes from the invitation, never from the form."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        validators=[validate_visible],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=LANGUAGES,
        help_text=gettext_lazy("Of pages and of the mail sent to you."),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Pages and reminders tell the hour as your clock shows it."),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "At least 12 characters. A few words that have nothing to do with each other are easy to remember."
        ),
    )
    privacy = forms.BooleanField(
        error_messages={"required": gettext_lazy("Without accepting the notice no account can be opened.")}
    )

    def __init__(self, *args: Any, invitation: AccountInvitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        city = invitation.organization.city
        zone = city.time_zone if city else "America/Mexico_City"
        self.fields["time_zone"].choices = zones_with(zone)  # type: ignore[attr-defined]
        self.fields["time_zone"].initial = zone
        self.fields["language"].initial = invitation.language
        self.fields["privacy"].label = format_html(
            _('I have read and accept the <a href="{}" target="_blank">privacy notice</a>.'), reverse_lazy("privacy")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            try:
                validate_password(password, User(name=cleaned.get("name", ""), email=self.invitation.email))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields: ClassVar = ["name", "language", "time_zone", "wants_reminders"]
        help_texts: ClassVar = {
            "time_zone": gettext_lazy("Pages and reminders tell the hour as your clock shows it."),
            "wants_reminders": gettext_lazy(
                "Changes and cancellations of sessions where you are expected are told in any case."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = forms.ChoiceField(
            label=self.fields["time_zone"].label,
            choices=zones_with(self.instance.time_zone),
            help_text=self.fields["time_zone"].help_text,
        )
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["name"].validators.append(validate_visible)


# --- Coordination ---------------------------------------------------------------------------------------------------


class RoleFitsMixin:
    """Reports a role that does not go with the organisation beside the field."""

    def report_unfit_role(self, organization: Organization | None, role: str | None) -> None:
        if organization is None or not role:
            return
        try:
            check_role_fits(organization, role)
        except ActionNotPossible as error:
            self.add_error("role", str(error.sentence))  # type: ignore[attr-defined]


class InvitationForm(RoleFitsMixin, forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    organization = OrganizationChoiceField(label=gettext_lazy("Organisation"), queryset=Organization.objects.none())
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Role.choices, initial=Role.MEMBER, widget=forms.RadioSelect
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"), choices=LANGUAGES, initial="es-mx")

    def __init__(self, *args: Any, organizations: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.report_unfit_role(cleaned.get("organization"), cleaned.get("role"))
        return cleaned


class OrganizationForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Organization
        fields: ClassVar = [
            "name",
            "name_en",
            "acronym",
            "kind",
            "city",
            "scope",
            "website",
            "certainty",
            "remark",
            "coordinates_group",
        ]
        help_texts: ClassVar = {
            "coordinates_group": gettext_lazy("Its people can be coordinators, who may do everything here."),
            "certainty": gettext_lazy("How sure we are of what stands here; the public page says it."),
        }

    def __init__(self, *args: Any, by: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        is_demo = self.instance.is_demo if self.instance.pk else makes_demo(by)
        self.fields["city"].queryset = City.objects.filter(is_demo=is_demo).by_name()  # type: ignore[attr-defined]
        self.fields["website"].widget.attrs["placeholder"] = "https://"

    def save(self, commit: bool = True) -> Organization:  # noqa: FBT001, FBT002 (Django's signature)
        if not self.instance.slug:
            self.instance.slug = free_slug(
                Organization.objects.all(), self.cleaned_data["acronym"] or self.cleaned_data["name"]
            )
        return save_organization(self.instance, by=self.by)


class CycleForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Cycle
        fields: ClassVar = ["name", "name_en", "purpose", "starts_on", "ends_on", "notice_days"]

    def __init__(self, *args: Any, by: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.instance.is_demo = makes_demo(by)

    def save(self, commit: bool = True) -> Cycle:  # noqa: FBT001, FBT002 (Django's signature)
        if not self.instance.slug:
            self.instance.slug = free_slug(Cycle.objects.all(), self.cleaned_data["name"])
        return super().save(commit)  # type: ignore[no-any-return]


def free_slug(rows: QuerySet[Any], text: str) -> str:
    """A slug that no row has yet: `alianza`, `alianza-2`, ..."""
    longest = rows.model._meta.get_field("slug").max_length - 4
    stem = slugify(text)[:longest].strip("-") or "x"
    taken = set(rows.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(
        slug
        for number in range(1, len(taken) + 2)
        if (slug := stem if number == 1 else f"{stem}-{number}") not in taken
    )


class JoinGroupForm(forms.Form):
    since = forms.DateField(label=gettext_lazy("First day in the group"))
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("For instance, where it was agreed."),
    )


class LeaveGroupForm(forms.Form):
    until = forms.DateField(label=gettext_lazy("Last day in the group"))
    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=300, required=False)


class EditMembershipForm(RoleFitsMixin, forms.Form):
    """Corrects what is recorded; who leaves and who follows is another form, because things pass on with it."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Role.choices, initial=Role.MEMBER, widget=forms.RadioSelect
    )
    position = forms.CharField(
        label=gettext_lazy("Position"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("As on the door, for instance: director of planning."),
    )
    since = forms.DateField(label=gettext_lazy("Since"))

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.report_unfit_role(self.organization, cleaned.get("role"))
        return cleaned


class MembershipForm(EditMembershipForm):
    user = PersonChoiceField(label=gettext_lazy("Person"), queryset=User.objects.none())
    field_order = ("user",)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, organization=organization, **kwargs)
        self.fields["user"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            is_active=True, is_demo=organization.is_demo
        ).order_by("name", "pk")


class EndMembershipForm(forms.Form):
    until = forms.DateField(label=gettext_lazy("Last day"))
    successor = PersonChoiceField(
        label=gettext_lazy("Who takes over"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
        help_text=gettext_lazy(
            "What the person holds passes on as soon as the form is sent. Without a name it stays where it is."
        ),
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = Membership.objects.filter(organization=membership.organization).not_over(membership.since)
        self.fields["successor"].queryset = (  # type: ignore[attr-defined]
            User.objects.filter(is_active=True, is_demo=membership.user.is_demo, pk__in=colleagues.values("user"))
            .exclude(pk=membership.user_id)
            .order_by("name", "pk")
        )
