"""The panel of rounds for a plan's page, and the picture of how a criterion was judged."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.template.defaultfilters import linebreaksbr
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from actionplans.models import ActionPlan
from cities.access import eyes_of, roles_of
from cities.models import group_day
from feedback.models import Evaluation, ReviewRound
from feedback.reports.rounds import Found
from ogpgroup.models import User
from ogpgroup.parts import edition_of, part

register = template.Library()

IN_A_ROW = 8  # dots over one level
STEP, RADIUS = 14, 5  # in pixels, which an SVG without a viewBox draws as such


@dataclass(frozen=True)
class RoundsPanel:
    """The rounds of a plan that the reader may see, and what they may do there; constant queries."""

    plan: ActionPlan
    user: User | AnonymousUser
    today: date

    @property
    def key(self) -> Hashable:
        return (self.plan.pk, eyes_of(self.user))

    def context(self) -> dict[str, Any]:
        plan, roles = self.plan, roles_of(self.user)
        submitted = Count("evaluations", filter=Q(evaluations__status=Evaluation.Status.SUBMITTED))
        rows = ReviewRound.objects.visible_to(self.user).filter(plan=plan).select_related("rubric", "plan")
        rounds = list(rows.annotate(submitted=submitted).order_by("-number"))
        waiting = ReviewRound.objects.waiting_for(self.user).filter(plan=plan).order_by() if roles.in_group else None
        return {
            "plan": plan,
            "rounds": rounds,
            "waiting": set(waiting.values_list("pk", flat=True)) if waiting is not None and rounds else set(),
            "today": self.today,
            "can_open": roles.is_coordinator and plan.status == ActionPlan.Status.ACTIVE and not plan.is_reference,
        }


@register.simple_tag(takes_context=True)
def rounds_panel(context: template.Context, plan: ActionPlan, user: User | AnonymousUser) -> SafeString:
    """The rounds of a plan that the reader may see, and what they may do there; kept where the view keeps parts."""
    edition = edition_of(context.get("request"))
    today = edition.day if edition else group_day(timezone.now())
    return part("feedback/_rounds_panel.html", RoundsPanel(plan, user, today), edition)


@lru_cache(maxsize=256)
def _dots(count: int) -> SafeString:
    """So many dots, from left to right and then upwards."""
    rows = -(-count // IN_A_ROW)
    width, height = min(count, IN_A_ROW) * STEP, rows * STEP
    circles = "".join(
        f'<circle cx="{number % IN_A_ROW * STEP + STEP // 2}" cy="{height - number // IN_A_ROW * STEP - STEP // 2}" '
        f'r="{RADIUS}"/>'
        for number in range(count)
    )
    # Numbers alone, worked out here.
    return mark_safe(f'<svg class="scale-dots" width="{width}" height="{height}">{circles}</svg>')  # noqa: S308


@register.simple_tag
def words(found: Found) -> SafeString:
    """What the evaluations say in words, as items of a list; hundreds on a page, so no template is walked for each."""
    none = gettext("Not applicable")
    names = {level.pk: level.local_name for level in found.levels}
    return format_html_join(
        "\n",
        '<li><p><strong>{}</strong> <span class="soft">{}</span></p><p>{}</p></li>',
        (
            (word.organization, names[word.level.pk] if word.level else none, linebreaksbr(word.text))
            for word in found.words
        ),
    )


@register.inclusion_tag("feedback/_scale.html")
def scale(found: Found) -> dict[str, Any]:
    """A dot per evaluation over the named levels, the median as a ring; the table beneath says the same."""
    median = found.median
    return {
        "found": found,
        "median": median,
        "spread": found.spread,
        "levels": [(level, count, _dots(count), level == median) for level, count in found.scale],
        "apart": [(level, count) for level, count in found.apart if count],
    }


@register.inclusion_tag("feedback/_round_row.html")
def round_row(round: ReviewRound, plan: ActionPlan, waiting: set[int], today: date) -> dict[str, Any]:
    """One round in a list: its rubric, where it stands, and the way in for who is asked."""
    return {
        "round": round,
        "plan": plan,
        "waits": round.pk in waiting,
        "is_overdue": round.is_overdue(today),
    }
