"""Parts of pages that are kept: see `ogpgroup.parts`."""

from collections.abc import Hashable

from django import template
from django.utils.safestring import SafeString

from ogpgroup import parts
from ogpgroup.parts import Drawn

register = template.Library()


@register.simple_tag(takes_context=True)
def part(context: template.Context, name: str, drawn: Drawn, **facts: Hashable) -> SafeString:
    """Draw a template that sees `drawn` and these facts alone; kept where the view has begun an edition."""
    return parts.part(name, drawn, parts.edition_of(context.get("request")), **facts)
