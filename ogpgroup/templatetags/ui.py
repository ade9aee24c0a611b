"""Small tags for pages: navigation links, form controls, the map. What they draw lives in templates/components/."""

from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from ogpgroup import map as country
from ogpgroup.map import Place

register = template.Library()

NATIVE = {
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.TimeInput: ("time", "%H:%M"),
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
}


# What Django gives every textarea; ours are as wide as the form and as tall as the style sheet says.
DJANGO_SIZES = {("cols", "40"), ("rows", "10")}


def _make_native(widget: forms.Widget) -> None:
    """Let the browser's own date and time pickers stand in for text; they speak ISO whatever the language."""
    for kind in (forms.DateInput, forms.TimeInput, forms.DateTimeInput):
        if isinstance(widget, kind) and widget.input_type == "text":
            widget.input_type, widget.format = NATIVE[kind]
            widget.is_localized = False


def _shape(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "choice"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "plain"


@register.filter
def shape(field: BoundField) -> str:
    """Tell the field's template which of three shapes it draws: plain, choice (one checkbox), choices (a group)."""
    return _shape(field)


@register.filter
def has_many_choices(field: BoundField) -> bool:
    return len(getattr(field.field, "choices", ())) > 8


@register.filter
def first_control_id(field: BoundField) -> str:
    """Return the id an error summary can lead to; a group has none of its own, so its first member stands for it."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Draw the bare input of a field: native date pickers, and no placeholder, which is gone once one types."""
    widget = field.field.widget
    for part in widget.widgets if isinstance(widget, forms.MultiWidget) else [widget]:
        _make_native(part)
    unwanted = DJANGO_SIZES if isinstance(widget, forms.Textarea) else set()
    widget.attrs = {
        name: value for name, value in widget.attrs.items() if name != "placeholder" and (name, value) not in unwanted
    }
    return field.as_widget()


BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Macintosh": "macOS",
    "Linux": "Linux",
}


@register.filter
def device(user_agent: str) -> str:
    """Say in words which browser signed in; what a browser says of itself is not for people to read."""
    browser = next((name for mark, name in BROWSERS.items() if f"{mark}/" in user_agent), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    if not (browser and system):
        return browser or system or gettext("Unknown browser")
    return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}


@register.simple_tag
def form_fields(form: forms.BaseForm) -> SafeString:
    """Draw all fields of a form with its summary of errors; the same as printing the form."""
    return form.render()


@register.simple_tag(takes_context=True)
def nav_link(context: Context, url_name: str, label: str, *also: str) -> SafeString:
    """Draw a link of the navigation; `also` are further addresses that belong to the same part of the site."""
    href = reverse(url_name)
    path = context["request"].path if "request" in context else ""
    current = SafeString("")
    if path == href:
        current = SafeString(' aria-current="page"')
    elif any(path.startswith(part) for part in (href, *also) if part != "/"):
        current = SafeString(' aria-current="true"')
    return format_html('<a href="{}"{}>{}</a>', href, current, label)


@register.inclusion_tag("components/map.html")
def city_map(places: Iterable[Place], title: str = "") -> dict[str, Any]:
    """Draw places on the map of Mexico as links, the fellow city marked, and the same as a list beneath."""
    listed = list(places)
    return {
        "placed": country.arrange(listed),
        "places": listed,
        "width": country.WIDTH,
        "height": country.HEIGHT,
        "title": title,
    }
