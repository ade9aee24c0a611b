"""What is answered before anything else is loaded."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from workshops import walls


class WallMiddleware:
    """Answers who watches a wall; stands before sessions, users and languages, which it does not need."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return walls.answer_early(request) or self.get_response(request)
