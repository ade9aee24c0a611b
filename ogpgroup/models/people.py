"""People who sign in."""

from functools import cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from ogpgroup.changes import counted, updates_of


@cache
def _zone_names() -> frozenset[str]:
    """Reading them walks through hundreds of files; the package is pinned, so they change with a release alone."""
    return frozenset(available_timezones())


def validate_time_zone(name: str) -> None:
    """Accept only names of the IANA time zone database, such as America/Matamoros."""
    if name not in _zone_names():
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name})


class UserManager(BaseUserManager["User"]):
    """Makes people; allauth's adapter and the invite command are the only callers outside tests."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail. What they may do comes from their memberships (`cities.models.Membership`)."""

    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(
        _("language"), max_length=5, choices=[("es-mx", _("Spanish")), ("en", _("English"))], default="es-mx"
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/Mexico_City", validators=[validate_time_zone]
    )
    wants_reminders = models.BooleanField(_("reminders by e-mail"), default=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    joined_at = models.DateTimeField(db_default=Now())
    privacy_notice = models.CharField(max_length=20, blank=True)  # the version accepted, such as 2026-11
    privacy_accepted_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.CheckConstraint(
                condition=models.Q(privacy_notice="", privacy_accepted_at=None)
                | (~models.Q(privacy_notice="") & models.Q(privacy_accepted_at__isnull=False)),
                name="user_privacy_notice_and_date_together",
            ),
        ]
        # What else a row holds is its person's own, and a sign-in writes it.
        triggers = [counted(updates_of("name", "is_active", "is_demo") | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]
