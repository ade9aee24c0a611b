"""Verbs on photos: drawn anew in three sizes, described, taken away when somebody on them wishes."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID, uuid5

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ogpgroup import uploads
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from ogpgroup.uploads import Refused, kinds, names, pictures
from workshops.models import Photo, Session

logger = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 10
SECONDS: Final = 60  # for all photos of one form
ASKED: Final = ("asked_at", "asked_because", "asked_contact", "kept_at", "kept_by", "kept_because")
FILES: Final = {"large": "file", "medium": "medium", "small": "small"}  # size: field


@dataclass(frozen=True)
class Words:
    """What is said of photos: what they show, the line under them, who took them."""

    alt: str
    caption: str
    credit: str = ""


@dataclass(frozen=True)
class NotKept:
    """A file that did not become a photo, and why."""

    name: str
    reason: str


def add_photos(
    session: Session, *, files: "Sequence[UploadedFile[bytes]]", words: Words, form_id: UUID, by: User, now: datetime
) -> tuple[list[Photo], list[NotKept]]:
    """Keep photos of a session, in three sizes without metadata; those that cannot be kept are told one by one.

    They are shown from now on where `words` say what they show, else once each is described.

    Whoever calls has the person's word that everybody on them agrees. Guarantees that the bytes are stored before a row
    is there, and that a form sent twice keeps each photo once. Raises ActionNotPossible for more than fit.
    """
    if len(files) > MOST_AT_ONCE:
        raise ActionNotPossible(_("Send at most %(most)d photos at once.") % {"most": MOST_AT_ONCE})
    standing = session.photos.filter(removed_at=None).count()
    if standing + len(files) > Photo.MOST:
        raise ActionNotPossible(_("A session shows %(most)d photos at most.") % {"most": Photo.MOST})
    kept: list[Photo] = []
    not_kept: list[NotKept] = []
    until = time.monotonic() + SECONDS
    for upload in files:
        try:
            kept.append(_add(session, upload, words, form_id, until=until, by=by, now=now))
        except Refused as refusal:
            not_kept.append(NotKept(names.visible(upload.name or "")[:80], str(refusal.sentence)))
    return kept, not_kept


def _add(
    session: Session,
    upload: "UploadedFile[bytes]",
    words: Words,
    form_id: UUID,
    *,
    until: float,
    by: User,
    now: datetime,
) -> Photo:
    kind = kinds.by_name(names.ending(upload.name or ""))
    if kind not in kinds.PICTURES:
        raise Refused(_("Only photos are shown here: JPG, PNG or WebP."), reason="no_picture")
    accepted = uploads.accept(upload, seconds=until - time.monotonic())
    own_id = uuid5(form_id, accepted.sha256)
    if sent := Photo.objects.filter(form_id=own_id).first():
        return sent
    photo = Photo(
        session=session,
        name=accepted.name,
        content_type=accepted.content_type,
        alt=words.alt,
        caption=words.caption,
        credit=words.credit,
        people_agree=True,
        form_id=own_id,
        uploaded_by=by,
        uploaded_at=now,
        described_at=now if words.alt and words.caption else None,
    )
    content = accepted.content
    for size, field in FILES.items():  # each from the one before: the largest first
        if time.monotonic() > until:
            raise Refused.because(uploads.Reason.NO_TIME)
        drawn = pictures.redraw(content, kind, side=Photo.SIDES[size])
        content = drawn.content
        if size == "large":
            photo.width, photo.height, photo.size = drawn.width, drawn.height, len(content)
            photo.sha256 = uploads.Accepted(accepted.name, kind.ending, kind.content_type, content).sha256
        getattr(photo, field).save(f"{photo.uuid}-{size}.{kind.ending}", ContentFile(content), save=False)
    return _stored(photo)


def _stored(photo: Photo) -> Photo:
    """The row, under the next position; without it the bytes go again."""
    try:
        with transaction.atomic():
            session = Session.objects.select_for_update(no_key=True, of=("self",)).get(pk=photo.session_id)
            photo.position = (session.photos.aggregate(last=Max("position"))["last"] or 0) + 1
            photo.save(force_insert=True)
    except BaseException:
        _delete_files(photo)
        raise
    return photo


@transaction.atomic
def describe_photo(photo: Photo, *, words: Words, position: int | None = None, now: datetime) -> Photo:
    """Say what a photo shows, and where among the others it stands; the first time, it is shown from then on."""
    current = _standing(photo)
    current.alt, current.caption, current.credit = words.alt, words.caption, words.credit
    current.position = current.position if position is None else position
    current.described_at = current.described_at or now
    current.save(update_fields=["alt", "caption", "credit", "position", "described_at"])
    return current


@transaction.atomic
def ask_away(photo: Photo, *, because: str, contact: str, now: datetime) -> Photo:
    """Hide a photo because somebody on it wishes so, until a coordinator decides. Sent twice, the first stands."""
    current = _standing(photo)
    if current.is_asked_away:
        return current
    current.asked_at, current.asked_because, current.asked_contact = now, because, contact
    current.kept_at, current.kept_by, current.kept_because = None, None, ""
    current.save(update_fields=ASKED)
    return current


@transaction.atomic
def keep_photo(photo: Photo, *, reason: str, by: User, now: datetime) -> Photo:
    """Show a photo again whose removal was asked for; whom to write to about it is forgotten. Raises
    ActionNotPossible where somebody has decided already.
    """
    current = _standing(photo)
    if not current.is_asked_away:
        raise ActionNotPossible(_("Somebody has decided about this photo already."))
    current.kept_at, current.kept_by, current.kept_because, current.asked_contact = now, by, reason, ""
    current.save(update_fields=ASKED)
    return current


@transaction.atomic
def remove_photo(photo: Photo, *, reason: str, by: User, now: datetime) -> Photo:
    """Take a photo away: its bytes go once this is committed; that it was there, and why it went, stays on record."""
    current = _standing(photo)
    gone = Photo(file=current.file.name, medium=current.medium.name, small=current.small.name)
    current.removed_at, current.removed_by, current.removal_reason = now, by, reason
    current.file = current.medium = current.small = current.asked_contact = ""
    fields = ["removed_at", "removed_by", "removal_reason", "file", "medium", "small", "asked_contact"]
    current.save(update_fields=fields)
    transaction.on_commit(partial(_delete_files, gone), robust=True)
    return current


def _standing(photo: Photo) -> Photo:
    current = Photo.objects.select_for_update(of=("self",)).select_related("session").get(pk=photo.pk)
    if current.removed_at is not None:
        raise ActionNotPossible(_("This photo was taken away already."))
    return current


def _delete_files(photo: Photo) -> None:
    for name in FILES.values():
        file = getattr(photo, name)
        if file:
            file.storage.delete(file.name)
