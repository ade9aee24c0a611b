"""Where coordinators withhold something from the public, let it be read again, and see what is withheld now."""

from typing import Any, ClassVar, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cities.access import coordinator_required
from ogpgroup import moderation
from ogpgroup.models import User, Withholding
from ogpgroup.withholding import AlreadyWithheld, Thing

PER_PAGE: Final = 25


class WithholdForm(forms.ModelForm):  # type: ignore[type-arg]
    """Why, and if they wish a word that everybody reads."""

    class Meta:
        model = Withholding
        fields: ClassVar = ["reason", "words"]
        labels: ClassVar = {"reason": gettext_lazy("Why?"), "words": gettext_lazy("In your words")}
        help_texts: ClassVar = {
            "reason": gettext_lazy("Everybody reads it in the place of what you withdraw."),
            "words": gettext_lazy("Everybody reads this too. Please repeat nothing of what is to be withdrawn."),
        }
        widgets: ClassVar = {"reason": forms.RadioSelect, "words": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(value, label[:1].upper() + label[1:]) for value, label in Withholding.Reason.choices]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]  # without the empty one


@coordinator_required
def withhold(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Show what will be withheld and what will be read in its place; withhold it."""
    thing = moderation.find(kind, pk)
    if thing is None:
        raise Http404
    if Withholding.objects.standing().filter(subject_type=thing.kind, subject_id=thing.pk).exists():
        return _told_kindly(request, thing)
    form = WithholdForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            moderation.withhold(thing, **form.cleaned_data, by=_person(request), now=timezone.now())
        except AlreadyWithheld:
            return _told_kindly(request, thing)
        messages.success(request, _("It is withdrawn from public view, and who published it is told why by mail."))
        return redirect(thing.href)
    context = {"form": form, "thing": thing, "is_demo": thing.is_demo}
    return render(request, "ogpgroup/withhold.html", context)


def _told_kindly(request: HttpRequest, thing: Thing) -> HttpResponse:
    messages.info(request, _("It is withdrawn from public view already; somebody of the coordination was quicker."))
    return redirect(thing.href)


@coordinator_required
def withholding_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what everybody will read again; let them."""
    row = get_object_or_404(Withholding.objects.select_related("withheld_by"), pk=pk)
    thing = moderation.things_of([row]).get(row.pk)
    href = thing.href if thing else "withheld"
    if row.lifted_at is not None:
        messages.info(request, _("Everybody can read it again already."))
        return redirect(href)
    if request.method == "POST":
        moderation.lift(row, by=_person(request), now=timezone.now())
        messages.success(request, _("Everybody can read it again."))
        return redirect(href)
    context = {"row": row, "thing": thing, "is_demo": row.is_demo}
    return render(request, "ogpgroup/withholding_lift.html", context)


@coordinator_required
@require_safe
def withheld(request: HttpRequest) -> HttpResponse:
    """What is withheld now, the latest first."""
    rows = Withholding.objects.standing().select_related("withheld_by")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    things = moderation.things_of(page.object_list)
    context = {
        "page": page,
        "rows": [(row, things.get(row.pk)) for row in page.object_list],
        "is_demo": any(row.is_demo for row in page.object_list),
    }
    return render(request, "ogpgroup/withheld.html", context)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
