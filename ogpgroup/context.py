"""What every page knows about its reader."""

from django.http import HttpRequest

from ogpgroup.dates import zone_choices


def reader(request: HttpRequest) -> dict[str, object]:
    """The menu of zones for who reads without an account; signed-in people set theirs in their profile."""
    if not hasattr(request, "zone") or request.user.is_authenticated:
        return {}
    return {"zones": zone_choices(), "zone": request.zone or ""}
