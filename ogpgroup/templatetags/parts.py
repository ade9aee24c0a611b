"""Parts of pages that are kept: see `ogpgroup.parts`."""

from collections.abc import Hashable, Iterable

from django import template
from django.utils.safestring import SafeString, mark_safe

from ogpgroup import parts
from ogpgroup.parts import Drawn, Facts

register = template.Library()


@register.simple_tag(takes_context=True)
def part(context: template.Context, name: str, drawn: Drawn, **facts: Hashable) -> SafeString:
    """Draw a template that sees `drawn` and these facts alone; kept where the view has begun an edition."""
    return parts.part(name, drawn, parts.edition_of(context.get("request")), **facts)


@register.simple_tag
def pieces(name: str, several: Iterable[Facts], **more: Hashable) -> SafeString:
    """Draw a template for each of several, one after the other, of which each sees its facts and these more alone."""
    return mark_safe("".join(parts.pieces(name, several, **more)))  # noqa: S308  each was drawn by its template
