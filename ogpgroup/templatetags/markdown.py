"""What people typed as Markdown, drawn or cut to its first words."""

from django import template
from django.utils.safestring import SafeString

from ogpgroup import markdown as notes

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """As HTML, to be put into an element of the class `prose`."""
    return notes.render(text)


@register.filter
def first_words(text: str, most: int = 140) -> str:
    return notes.words(text, most=most)
