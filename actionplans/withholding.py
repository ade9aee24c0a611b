"""What of plans coordinators can withhold: entries of progress, and files and links. See `ogpgroup.withholding`.

A city speaks through its officials: whoever keeps the plan reads what is withheld of it, as its author does elsewhere.
"""

from collections.abc import Collection, Iterable
from typing import Final

from django.db.models import Min, OuterRef, Subquery
from django.utils.translation import gettext as _

from actionplans.models import Evidence, ProgressEntry
from ogpgroup import dates, withholding
from ogpgroup.withholding import Thing

EVIDENCE: Final = "evidence"
ENTRY: Final = "entry"


def as_read(rows: Iterable[Evidence], *, keeper: bool) -> list[Evidence]:
    """Files and links, which come `with_withheld`, as they may be read; of what is withheld the others get nothing."""
    return [one if keeper or one.withheld is None else Evidence.in_place_of(one) for one in rows]


def evidence(ids: Collection[int]) -> dict[int, Thing]:
    """What stands with entries and deliverables, under the number of the first of the same; one query."""
    rows = Evidence.objects.attached().filter(pk__in=ids)
    same = Evidence.objects.attached().same_as(OuterRef)
    first = Subquery(same.order_by().values("plan").annotate(first=Min("pk")).values("first"))
    related = ("plan", "entry__commitment__plan", "deliverable__plan")
    found = rows.with_withheld().annotate(first=first).select_related(*related)
    return {one.pk: _evidence(one, one.first) for one in found}  # type: ignore[attr-defined]


def _evidence(one: Evidence, first: int) -> Thing:
    place = one.entry or one.deliverable
    assert place is not None
    return Thing(
        kind=EVIDENCE,
        pk=first,
        about=_about_evidence(one),
        href=place.get_absolute_url(),
        where=one.plan.title,
        is_demo=one.plan.is_demo,
        author=one.uploaded_by_id,
        city=one.plan.city_id,
        evidence=(one,),
    )


def _about_evidence(one: Evidence) -> str:
    if one.entry:
        day = dates.spoken_day(one.entry.happened_on, weekday=False)
        if one.is_image:
            return _("the photo with the progress of %(day)s") % {"day": day}
        if one.kind == Evidence.Kind.LINK:
            return _("the link with the progress of %(day)s") % {"day": day}
        return _("the file with the progress of %(day)s") % {"day": day}
    assert one.deliverable is not None
    title = one.deliverable.title
    if one.is_image:
        return _("the photo handed in with “%(title)s”") % {"title": title}
    if one.kind == Evidence.Kind.LINK:
        return _("the link handed in with “%(title)s”") % {"title": title}
    return _("the file handed in with “%(title)s”") % {"title": title}


def entries(ids: Collection[int]) -> dict[int, Thing]:
    """Entries of progress; one query."""
    rows = ProgressEntry.objects.filter(pk__in=ids).select_related("commitment__plan", "milestone", "retraction")
    return {one.pk: _entry(one) for one in rows}


def _entry(one: ProgressEntry) -> Thing:
    plan, day = one.commitment.plan, dates.spoken_day(one.happened_on, weekday=False)
    corrected = [(_("What was wrong"), one.correction_reason)] if one.correction_reason else []
    retraction = getattr(one, "retraction", None)
    retracted = [(_("Why it was a mistake"), retraction.reason)] if retraction else []
    return Thing(
        kind=ENTRY,
        pk=one.pk,
        about=_("the progress of %(day)s on “%(title)s”")
        % {"day": day, "title": one.milestone.title if one.milestone else one.commitment.heading},
        href=one.get_absolute_url(),
        where=plan.title,
        is_demo=plan.is_demo,
        author=one.reported_by_id,
        city=plan.city_id,
        words=[(_("What happened"), one.text), *corrected, *retracted],
    )


SUBJECTS: Final[dict[str, withholding.Find]] = {EVIDENCE: evidence, ENTRY: entries}
