"""When two coordinators edit the same session: what is stored beside what was typed."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from workshops.forms.sessions import SessionForm
from workshops.models import Session


@dataclass(frozen=True)
class Difference:
    """A field in which what is stored now differs from what was typed."""

    label: str
    stored: str
    typed: str


def differences(form: SessionForm, stored: Session) -> list[Difference]:
    """Compare what was typed with what somebody else stored meanwhile, field by field, in words."""
    return compared(form, SessionForm(instance=stored, cycle=stored.cycle, now=form.now))


def compared(form: forms.BaseForm, stored: forms.BaseForm) -> list[Difference]:
    """The same for any two forms with the same fields: one that was sent, and one drawn from what is stored."""
    told = []
    for typed in form.visible_fields():
        before = shown(stored[typed.name], stored[typed.name].value())
        after = shown(typed, typed.value())
        if before != after:
            told.append(Difference(str(typed.label), before, after))
    return told


def shown(bound: BoundField, value: Any) -> str:
    """A field's value in words: the labels of what is chosen, else what stands in the box."""
    field: Any = bound.field
    if value in (None, ""):
        return ""
    if isinstance(bound.field, forms.ModelMultipleChoiceField):
        ids = [int(pk) for pk in value if str(pk).isdigit()]
        return ", ".join(field.label_from_instance(one) for one in field.queryset.filter(pk__in=ids))
    if isinstance(bound.field, forms.MultipleChoiceField):
        return ", ".join(str(label) for key, label in field.choices if str(key) in [str(one) for one in value])
    if isinstance(bound.field, forms.ChoiceField):
        return {str(key): str(label) for key, label in field.choices}.get(str(value), "")
    return str(field.widget.format_value(value) or "").strip()
