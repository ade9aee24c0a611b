"""Verbs on the collective diagnosis: what it says of each theme, and its publication. Two at one text lose nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from workshops.models import Diagnosis, DiagnosisVersion, Session, Theme
from workshops.reports.snapshots import content_of


class EditedMeanwhile(ActionNotPossible):
    """Somebody else saved the same text since the form was opened; `current` is what is stored now."""

    def __init__(self, current: Theme | Diagnosis) -> None:
        super().__init__(
            _("Somebody else changed this meanwhile. Your text is still here; compare before you save again.")
        )
        self.current = current


@transaction.atomic
def save_introduction(
    session: Session, *, introduction: str, edition: int, by: User | None, now: datetime
) -> Diagnosis:
    """Store what stands above the statements, edited on the edition given."""
    diagnosis = _diagnosis(session)
    if diagnosis.introduction == introduction:
        return diagnosis  # sent twice
    if diagnosis.edition != edition:
        raise EditedMeanwhile(diagnosis)
    diagnosis.introduction = introduction
    return _edited(diagnosis, by=by, now=now)


@transaction.atomic
def save_statement(theme: Theme, *, fields: Mapping[str, Any], edition: int, by: User | None, now: datetime) -> Theme:
    """Store what the group says of a theme, its place where it is set apart from the votes, and what it continues.

    Raises EditedMeanwhile when the edition is no longer the newest and what is stored differs from what was typed, and
    ActionNotPossible for a theme that was dissolved.
    """
    session = Session.objects.select_for_update(no_key=True).get(pk=theme.session_id)
    diagnosis = _diagnosis(session)
    current = Theme.objects.select_for_update().get(pk=theme.pk)
    if current.dissolved_at is not None:
        raise ActionNotPossible(_("The theme was dissolved meanwhile."))
    if all(getattr(current, name) == value for name, value in fields.items()):
        return current
    if current.edition != edition:
        raise EditedMeanwhile(current)
    for name, value in fields.items():
        setattr(current, name, value)
    current.edition += 1
    current.save(update_fields=[*fields, "edition"])
    _edited(diagnosis, by=by, now=now, raises=False)
    return current


@transaction.atomic
def publish(session: Session, *, note: str, by: User | None, now: datetime) -> DiagnosisVersion:
    """Publish the diagnosis as it stands, whole in itself, under the next number; the notes become public with it.

    Guarantees that nothing of it changes afterwards, and that pressing twice publishes once. Raises ActionNotPossible
    for a diagnosis that says nothing of any theme.
    """
    session = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    diagnosis = _diagnosis(session)
    content = content_of(diagnosis)
    if not any(one["statement"] for one in content["statements"]):
        raise ActionNotPossible(_("Write first what the group says of at least one theme."))
    last = diagnosis.versions.last()
    if last is not None and last.content == content and diagnosis.published_id == last.pk:
        return last
    version = DiagnosisVersion.objects.create(
        diagnosis=diagnosis,
        number=last.number + 1 if last else 1,
        content=content,
        note=note,
        published_at=now,
        published_by=by,
    )
    diagnosis.published = version
    diagnosis.save(update_fields=["published"])
    return version


@transaction.atomic
def withdraw(session: Session) -> Diagnosis:
    """Take the diagnosis back from the public, and the notes with it; the versions stay on record."""
    diagnosis = _diagnosis(session)
    diagnosis.published = None
    diagnosis.save(update_fields=["published"])
    return diagnosis


def _diagnosis(session: Session) -> Diagnosis:
    """The session's diagnosis, made where there is none, locked until the transaction ends."""
    return Diagnosis.objects.select_for_update(of=("self",)).get_or_create(session=session)[0]


def _edited(diagnosis: Diagnosis, *, by: User | None, now: datetime, raises: bool = True) -> Diagnosis:
    diagnosis.edition += raises
    diagnosis.edited_at, diagnosis.edited_by = now, by
    diagnosis.save(update_fields=["introduction", "edition", "edited_at", "edited_by"])
    return diagnosis
