"""What our sign-in does otherwise than allauth's: its mail goes through our queue, its secrets are encrypted."""

import base64
import logging
from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from cities import actions, emails
from cities.access import roles_of
from ogpgroup import mail
from ogpgroup.dates import spoken_instant
from ogpgroup.models import User

logger = logging.getLogger(__name__)

UNKNOWN_ACCOUNT = "account/email/unknown_account"
COORDINATORS_USE_PASSWORD = "account/email/coordinators_use_password"  # noqa: S105 (a template)


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks, as this platform wants them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Only invitations open accounts (`cities.views.accounts`)."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail in its reader's language. Known and unknown addresses take the same way and the same time."""
        user, now = actions.account_of(email), timezone.now()
        if template_prefix == UNKNOWN_ACCOUNT and user and roles_of(user).is_coordinator:
            template_prefix = COORDINATORS_USE_PASSWORD
        language = user.language if user else get_language() or settings.LANGUAGE_CODE
        mail.enqueue(
            [
                emails.account_mail(
                    template=f"{template_prefix}.html",
                    recipient=email,
                    context={**context, **_common(email, user, language, now)},
                    language=language,
                    user=user,
                    now=now,
                )
            ]
        )

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **details: Any) -> HttpResponse | None:
        """A mailed code is not enough for coordinators, not even one that was asked for before they became one."""
        if (refused := super().pre_login(request, user, **details)) is not None:
            return refused
        assert isinstance(user, User)
        methods = [record["method"] for record in get_authentication_records(request, user)]
        if methods[-1:] == ["code"] and roles_of(user).is_coordinator:
            return redirect("account_login")
        return None

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        logger.warning("A sign-in failed, from %s", self.get_client_ip(request))


def _common(email: str, user: User | None, language: str, now: datetime) -> dict[str, Any]:
    """What the mails about accounts say besides their own."""
    return {
        "email": email,
        "when": spoken_instant(now, user.time_zone if user else settings.TIME_ZONE, language),
        "reset_url": settings.PUBLIC_URL + reverse("account_reset_password"),
        "sign_in_url": settings.PUBLIC_URL + reverse("account_login"),
    }


def _fernet() -> MultiFernet:
    """The first key encrypts; the others, and the one derived from SECRET_KEY, still decrypt what is older."""
    derived = base64.urlsafe_b64encode(salted_hmac("ogpgroup.mfa", "", algorithm="sha256").digest())
    keys = [key.strip().encode() for key in settings.MFA_KEY.split(",") if key.strip()]
    return MultiFernet([Fernet(key) for key in [*keys, derived]])


class MFAAdapter(DefaultMFAAdapter):
    """Second factors, encrypted at rest: a copy of the database alone opens no account."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()
