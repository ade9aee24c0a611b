"""How long a sign-in lasts: eight hours without a visit, seven days in all."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from ogpgroup.models import User

ABSOLUTE_LIMIT = timedelta(days=7)
# A visit prolongs the eight hours, but is written down only this often: most requests write nothing.
NOTED_EVERY = timedelta(minutes=10)


@receiver(user_logged_in)
def note_sign_in(*, request: HttpRequest, **_: Any) -> None:
    """The only place that sees every sign-in, by whatever way."""
    request.session["signed_in_at"] = request.session["seen_at"] = time.time()


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def end_other_sessions(*, request: HttpRequest, user: User, **_: Any) -> None:
    """Whoever else is signed in must sign in again, now with the second factor."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        session.end()


class SessionLimitMiddleware:
    """Ends sign-ins that are older than seven days; keeps those in use alive."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = time.time()
            if now - request.session.get("signed_in_at", 0) > ABSOLUTE_LIMIT.total_seconds():
                logout(request)
            elif now - request.session.get("seen_at", 0) > NOTED_EVERY.total_seconds():
                request.session["seen_at"] = now
                UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
        return self.get_response(request)
