"""The reader's language and clock.

Without a CSRF token, so that pages for strangers set no cookie and can be kept whole. A forged request changes a
stranger's language or clock and nothing else: browsers do not send our session's cookie with it.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ogpgroup.middleware import ZONE_COOKIE, zone_from

YEAR = 365 * 24 * 3600


@csrf_exempt
@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Django's own view; a signed-in person's account takes the language too, because it goes before the cookie."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and check_for_language(language) and language in dict(settings.LANGUAGES):
        request.user.language = language
        request.user.save(update_fields=["language"])
    return i18n.set_language(request)


@csrf_exempt
@login_not_required
@require_POST
def set_zone(request: HttpRequest) -> HttpResponse:
    """Remember by whose clock a stranger wants to read; an empty zone means the place of each session again."""
    name = request.POST.get("zone", "")
    if name and zone_from(name) is None:
        return HttpResponseBadRequest(_("This is not a time zone."))
    next_page = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(next_page, {request.get_host()}, require_https=request.is_secure())
    response = redirect(next_page if safe else "home")
    if name:
        response.set_cookie(ZONE_COOKIE, name, max_age=YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(ZONE_COOKIE, samesite="Lax")
    return response
