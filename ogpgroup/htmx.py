"""One view serves a page and the part of it that HTMX refreshes."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


def wants_part(request: HttpRequest) -> bool:
    """Whether HTMX asks for a part; going back in history needs the whole page."""
    details: HtmxDetails | None = getattr(request, "htmx", None)
    if details is None or not details:
        return False
    return not details.boosted and not details.history_restore_request


def render(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, partial: str, status: int | None = None
) -> HttpResponse:
    """The whole page, or its partial when HTMX asks. The view names the partial, never the client."""
    name = f"{template}#{partial}" if wants_part(request) else template
    response = render_template(request, name, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
