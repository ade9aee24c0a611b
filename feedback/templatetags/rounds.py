"""The panel of rounds for a plan's page, and the picture of how a criterion was judged."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django import template
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from actionplans.models import ActionPlan
from cities.access import eyes_of, roles_of
from cities.models import group_day
from feedback.models import ReviewRound, Rubric
from feedback.reports.rounds import Found, Word
from ogpgroup.models import User
from ogpgroup.parts import edition_of, part

register = template.Library()

IN_A_ROW = 8  # dots over one level
STEP, RADIUS = 14, 5  # in pixels, which an SVG without a viewBox draws as such


# `ReviewRoundQuerySet.visible_to`, which see, of a plan that the reader has been found to see.
_ROUNDS: Final = """
SELECT round.id, round.number, round.status, due_on, reply_due_on, published_at, rubric.title, rubric.title_en,
    (SELECT count(*) FROM feedback_evaluation WHERE round_id = round.id AND status = 'submitted')
FROM feedback_reviewround AS round JOIN feedback_rubric AS rubric ON rubric.id = rubric_id
WHERE plan_id = %s AND (%s OR round.status = 'published')
ORDER BY round.number DESC
"""


class Facts(NamedTuple):
    """All that a round in a list is drawn from, by which it is kept (`ogpgroup.parts`)."""

    plan: str  # its slug
    today: date
    waits: bool  # for the reader
    row: tuple[Any, ...]

    def context(self) -> dict[str, Any]:
        number, status, due_on, reply_due_on, published_at, title, title_en, submitted = self.row
        plan, rubric = ActionPlan(slug=self.plan), Rubric(title=title, title_en=title_en)
        days = {"due_on": due_on, "reply_due_on": reply_due_on, "published_at": published_at}
        one = ReviewRound(plan=plan, number=number, rubric=rubric, status=status, **days)
        one.submitted = submitted  # type: ignore[attr-defined]
        return {"round": one, "plan": plan, "waits": self.waits, "is_overdue": one.is_overdue(self.today)}


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
        with connection.cursor() as cursor:
            cursor.execute(_ROUNDS, [plan.pk, roles.in_group])
            rows = cursor.fetchall()
        waiting = set[int]()
        if any(status == ReviewRound.Status.OPEN for _key, _number, status, *_more in rows):
            asked = ReviewRound.objects.waiting_for(self.user).filter(plan=plan).order_by()
            waiting = set(asked.values_list("pk", flat=True))
        return {
            "plan": plan,
            "rounds": [Facts(plan.slug, self.today, key in waiting, tuple(row)) for key, *row in rows],
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
def words(found: Found, may_withhold: bool = False) -> SafeString:  # noqa: FBT001, FBT002  as a template passes it
    """What the evaluations say in words, as items of a list; hundreds on a page, so no template is walked for each."""
    none = gettext("Not applicable")
    names = {level.pk: level.local_name for level in found.levels}
    return format_html_join(
        "\n",
        '<li><p><strong>{}</strong> <span class="soft">{}</span></p>{}</li>',
        (
            (word.organization, names[word.level.pk] if word.level else none, _said(word, may_withhold=may_withhold))
            for word in found.words
        ),
    )


def _said(word: Word, *, may_withhold: bool) -> SafeString:
    """The text, or what stands in its place; whatever is withheld or can be goes through the template of all such."""
    text = format_html("<p>{}</p>", linebreaksbr(word.text)) if word.text else SafeString()
    if word.withheld is None and not may_withhold:
        return text
    context = {"withheld": word.withheld, "shown": word.text, "kind": "score", "pk": word.score}
    context |= {"about": word.organization, "may_withhold": may_withhold}
    before, after = (render_to_string(f"components/{name}.html", context) for name in ("withheld", "withhold"))
    return format_html("{}{}{}", before, text, after)


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
