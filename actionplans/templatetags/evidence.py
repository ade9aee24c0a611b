"""What a link to a file or a page says of it."""

from urllib.parse import urlsplit

from django import template

from actionplans.models import Evidence
from ogpgroup.uploads import names

register = template.Library()


@register.filter
def file_type(evidence: Evidence) -> str:
    """PDF, DOCX ...: as people call it, which is as the name ends."""
    return names.ending(evidence.name).upper()


@register.filter
def host(evidence: Evidence) -> str:
    """Whose page a link leads to."""
    return urlsplit(evidence.url).netloc.removeprefix("www.")
