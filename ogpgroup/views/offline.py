"""What a browser needs to go on without a network: the service worker, its one page, and proof of who sends later."""

import json
import time
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SOURCE: Final = Path(settings.BASE_DIR) / "static" / "js" / "worker" / "sw.js"
SHELL_FOLDERS: Final = ("css", "css/components", "js", "img")  # no photo or other large thing lies there


@login_not_required
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the top, because its place is how far it reaches. Browsers ask for it anew, and compare it byte by byte."""
    response = HttpResponse(_script(), content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@lru_cache(maxsize=1)
def _script() -> str:
    """The worker with the files of this release, whose names hold their content: another release is another version."""
    files = [static(name) for name in _shell()]
    source = SOURCE.read_text(encoding="utf-8")
    version = sha256("\n".join([source, *files]).encode()).hexdigest()[:12]
    facts = {"version": version, "files": files, "offline": reverse("offline"), "signOut": reverse("account_logout")}
    return f"const RELEASE = {json.dumps(facts)};\n{source}"


def _shell() -> list[str]:
    folder = Path(settings.BASE_DIR) / "static"
    own = [path for name in SHELL_FOLDERS for path in sorted((folder / name).glob("*.*"))]
    return [str(path.relative_to(folder)) for path in own] + ["django_htmx/htmx-2.min.js"]


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What stands in for a page that is not on the device; kept without anybody's name."""
    return render(request, "ogpgroup/offline.html")


@never_cache
@require_safe
def queue_ticket(request: HttpRequest) -> JsonResponse:
    """Who is signed in, with a fresh CSRF token: what waited on a device is sent by its own person alone.

    And what time it is, in milliseconds: the device sees whether its own clock was set meanwhile.
    """
    now = time.time_ns() // 1_000_000
    return JsonResponse({"user": request.user.pk, "token": get_token(request), "now": now})
