"""Evidence: accepted while a form is filled in, attached when the form is saved, deleted when it never is."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan, Deliverable, Evidence, ProgressEntry
from actionplans.models.progress import EvidenceQuerySet
from ogpgroup import uploads
from ogpgroup.models import User
from ogpgroup.uploads import Accepted, Refused, links, names, pictures, tries

logger = logging.getLogger(__name__)

QUOTA: Final = 500 * 1024 * 1024  # bytes of all files of one plan
WAITS: Final = timedelta(days=2)  # for the form that brings it
BATCH: Final = 200


def keep_file(
    plan: ActionPlan, *, upload: "UploadedFile[bytes]", alt: str, by: User, seconds: float = pictures.SECONDS
) -> Evidence:
    """Look into a file and keep it until its form is saved; Refused, with a sentence, for one that cannot be kept.

    Guarantees that the bytes are stored before the row is there, that the plan stays within its quota, and that a file
    sent twice waits once. Whoever calls has checked that the person keeps the plan.
    """
    tries.count(by)
    accepted = uploads.accept(upload, seconds=seconds)
    if same := _waiting(plan, by).filter(sha256=accepted.sha256).first():
        return describe(same, alt=alt or same.alt)
    return _store(plan, accepted, alt=alt, by=by)


def keep_link(plan: ActionPlan, *, url: str, name: str = "", by: User) -> Evidence:
    """Keep the address of a page until its form is saved; Refused unless it is one of the web. It is never fetched."""
    url = links.web_address(url)
    if same := _waiting(plan, by).filter(url=url).first():
        return same
    shown = " ".join(names.unseen_left_out(name).split()) or links.short(url)
    return Evidence.objects.create(plan=plan, kind=Evidence.Kind.LINK, url=url, name=shown[:150], uploaded_by=by)


def describe(evidence: Evidence, *, alt: str) -> Evidence:
    """Say what a picture shows, while it waits."""
    alt = " ".join(alt.split())[:300]
    if alt != evidence.alt and evidence.is_image:
        evidence.alt = alt
        evidence.save(update_fields=["alt"])
    return evidence


@transaction.atomic
def attach(
    *,
    entry: ProgressEntry | None = None,
    deliverable: Deliverable | None = None,
    uuids: Iterable[UUID],
    by: User | None,
) -> list[Evidence]:
    """Let what waits stand with an entry or a deliverable, from where nobody can take or change it.

    Guarantees that only what the same person sent for the same plan is attached, that the place has `Evidence.MOST` at
    most, and that the same file stands there once, however often a form was sent. Raises ActionNotPossible where
    something is gone.
    """
    wanted = list(dict.fromkeys(uuids))
    if not wanted:
        return []
    place, plan_id = _place(entry, deliverable)
    rows = list(Evidence.objects.select_for_update().filter(uuid__in=wanted, plan=plan_id, uploaded_by=by))
    standing = list(Evidence.objects.filter(**place))
    there = {one.pk for one in standing}
    waiting = [row for row in rows if row.entry_id is None and row.deliverable_id is None]
    if len(waiting) + sum(row.pk in there for row in rows) != len(wanted):
        raise gone()
    again = [row for row in waiting if any(_is_same(row, one) for one in standing)]
    new = [row for row in waiting if row not in again]
    if len(standing) + len(new) > Evidence.MOST:
        raise too_many()
    Evidence.objects.filter(pk__in=[row.pk for row in new]).update(**place)
    _delete(again)
    return list(Evidence.objects.filter(**place))


def stand_again(evidence: Evidence, **place: Any) -> Evidence:
    """The same file or link once more in another place: where it stands it can neither move nor change."""
    copied = ["plan", "kind", "url", "file", "name", "content_type", "size", "sha256", "width", "height", "alt"]
    facts = {name: getattr(evidence, name) for name in [*copied, "uploaded_by", "uploaded_at"]}
    return Evidence.objects.create(**place, **facts)


@transaction.atomic
def drop(plan: ActionPlan, *, uuids: Iterable[UUID], by: User) -> int:
    """Delete what the person sent for this plan and no longer wants; what already stands somewhere stays."""
    return _delete(_waiting(plan, by).select_for_update().filter(uuid__in=list(uuids)))


def purge_waiting(*, now: datetime) -> int:
    """Delete what nobody fetched within two days; returns how many. Safe to run twice or at once."""
    deleted, last = 0, BATCH
    while last == BATCH:
        with transaction.atomic():
            old = Evidence.objects.waiting().filter(uploaded_at__lt=now - WAITS)
            last = _delete(old.select_for_update(skip_locked=True)[:BATCH])
        deleted += last
    return deleted


def too_many() -> Refused:
    """What is raised, or said by a form, where one place would get more than `Evidence.MOST`."""
    return Refused(_("At most %(most)d files and links together.") % {"most": Evidence.MOST}, reason="too_many")


def gone() -> Refused:
    """What is raised, or said by a form, where what was accepted no longer waits for it."""
    return Refused(
        _("A file chosen for this form is gone: what is not sent within two days is deleted. Choose it anew."),
        reason="gone",
    )


def _waiting(plan: ActionPlan, by: User) -> EvidenceQuerySet:
    return Evidence.objects.waiting().filter(plan=plan, uploaded_by=by)


def _store(plan: ActionPlan, accepted: Accepted, *, alt: str, by: User) -> Evidence:
    evidence = Evidence(
        plan=plan,
        kind=Evidence.Kind.FILE,
        name=accepted.name,
        content_type=accepted.content_type,
        size=accepted.size,
        sha256=accepted.sha256,
        width=accepted.width,
        height=accepted.height,
        alt=" ".join(alt.split())[:300] if accepted.width else "",
        uploaded_by=by,
    )
    evidence.file.save(f"{evidence.uuid}.{accepted.ending}", ContentFile(accepted.content), save=False)
    try:
        with transaction.atomic():
            _check_room(plan, accepted.size)
            evidence.save(force_insert=True)
    except BaseException:
        evidence.file.storage.delete(str(evidence.file.name))
        raise
    return evidence


def _check_room(plan: ActionPlan, size: int) -> None:
    """Refused where the plan's files would take more than QUOTA; those who ask at once ask one after the other."""
    ActionPlan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)
    files = Evidence.objects.filter(plan=plan, kind=Evidence.Kind.FILE).values("file")  # a correction shares its files
    taken = files.annotate(each=Max("size")).order_by().aggregate(all=Sum("each"))["all"] or 0
    if taken + size > QUOTA:
        raise Refused(
            _("The files of this plan take all of the 500 MB there are for it. Publish it elsewhere and add the link."),
            reason="quota",
        )


def _place(
    entry: ProgressEntry | None, deliverable: Deliverable | None
) -> tuple[dict[str, ProgressEntry | Deliverable | int], int]:
    """Where it is to stand, locked, and of which plan that is."""
    if entry is not None and deliverable is None:
        locked = ProgressEntry.objects.select_for_update(of=("self",), no_key=True).select_related("commitment")
        return {"entry": entry}, locked.get(pk=entry.pk).commitment.plan_id
    if deliverable is not None and entry is None:
        found = Deliverable.objects.select_for_update(no_key=True).get(pk=deliverable.pk)
        return {"deliverable": found, "attempt": found.attempt}, found.plan_id
    raise ValueError("evidence stands in one place")


def _is_same(one: Evidence, other: Evidence) -> bool:
    return one.sha256 == other.sha256 if one.file and other.file else bool(one.url) and one.url == other.url


def _delete(rows: Iterable[Evidence]) -> int:
    """Delete rows now, and their bytes once that is sure."""
    rows = list(rows)
    files = {str(row.file.name) for row in rows if row.file}
    Evidence.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if files:
        transaction.on_commit(partial(_delete_bytes, files), robust=True)
    return len(rows)


def _delete_bytes(files: set[str]) -> None:
    storage = Evidence._meta.get_field("file").storage
    for name in files - set(Evidence.objects.filter(file__in=files).values_list("file", flat=True)):
        try:
            storage.delete(name)
        except Exception:
            logger.exception("The bytes of %s stay behind", name)
