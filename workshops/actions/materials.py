"""Verbs on what is handed out at a session: hand out, hand out anew, describe, withdraw."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from ogpgroup import uploads
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from ogpgroup.uploads import Refused, kinds, links, names, tries
from workshops.models import AgendaItem, Material, MaterialVersion, Session

QUOTA: Final = 500 * 1024 * 1024  # bytes of all materials of one session


def add_material(
    session: Session,
    *,
    item: AgendaItem | None,
    kind: str,
    title: str,
    visibility: str,
    upload: "UploadedFile[bytes] | None" = None,
    url: str = "",
    form_id: UUID,
    by: User,
) -> Material:
    """Hand out a file or a link, as its first version; without a title it bears the name of the file.

    Guarantees one material for a form sent twice, at most `Material.MOST` in a session, and that a file was looked
    into before it is kept. Refused, with a sentence, for what cannot be kept. Whoever calls has checked that the person
    hands out here.
    """
    if (sent := Material.objects.filter(form_id=form_id).first()) is not None:
        return _own(sent, by)
    version = _looked_into(upload, url, by)

    def make() -> Material:
        Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
        if (again := Material.objects.filter(form_id=form_id).first()) is not None:
            return _own(again, by)
        if Material.objects.filter(session=session, withdrawn_at__isnull=True).count() >= Material.MOST:
            raise Refused(
                _("At most %(most)d materials in a session: withdraw one that is no longer needed.")
                % {"most": Material.MOST},
                reason="too_many",
            )
        _check_room(session, version)
        material = Material.objects.create(
            session=session,
            agenda_item=item,
            kind=kind,
            title=title or _titled(version),
            visibility=visibility,
            form_id=form_id,
            added_by=by,
        )
        version.material, version.number = material, 1
        version.save(force_insert=True)
        return material

    return _kept(version, make)


def add_version(
    material: Material, *, upload: "UploadedFile[bytes] | None" = None, url: str = "", by: User
) -> MaterialVersion:
    """Hand out another version; the earlier ones stay to be read.

    Guarantees that the same file or link sent twice is one version. See also `add_material`.
    """
    version = _looked_into(upload, url, by)

    def make() -> MaterialVersion:
        Session.objects.select_for_update(of=("self",), no_key=True).get(pk=material.session_id)
        current = Material.objects.select_for_update(of=("self",)).get(pk=material.pk)
        if current.withdrawn_at is not None:
            raise ActionNotPossible(_("This was withdrawn meanwhile."))
        last = current.versions.order_by("number").last()
        if last is not None and _is_same(last, version):
            return last
        if last is not None and last.number >= Material.MOST_VERSIONS:
            raise Refused(
                _("It has %(most)d versions already. Hand it out as something new.") % {"most": Material.MOST_VERSIONS},
                reason="too_many",
            )
        _check_room(material.session, version)
        version.material, version.number = current, (last.number if last else 0) + 1
        version.save(force_insert=True)
        return version

    return _kept(version, make)


@transaction.atomic
def describe_material(material: Material, *, kind: str, title: str, visibility: str) -> Material:
    """Say anew what it is and who may see it. Its versions stay as they are."""
    current = Material.objects.select_for_update().get(pk=material.pk)
    current.kind, current.title, current.visibility = kind, title, visibility
    current.save(update_fields=["kind", "title", "visibility"])
    return current


@transaction.atomic
def withdraw_material(material: Material, *, now: datetime) -> Material:
    """Take it back with all its versions: nobody reads it any more. Twice is once."""
    current = Material.objects.select_for_update().get(pk=material.pk)
    if current.withdrawn_at is None:
        current.withdrawn_at = now
        current.save(update_fields=["withdrawn_at"])
    return current


# --- What they share --------------------------------------------------------------------------------------------------


def _own(material: Material, by: User) -> Material:
    if material.added_by_id != by.pk:
        raise ActionNotPossible(_("This form was already sent by somebody else. Please open a new one."))
    return material


def _looked_into(upload: "UploadedFile[bytes] | None", url: str, by: User) -> MaterialVersion:
    """The file accepted, or the link, as a version that is not kept yet."""
    if upload is None:
        address = links.web_address(url)
        return MaterialVersion(url=address, name=links.short(address)[:150], uploaded_by=by)
    tries.count(by)
    accepted = uploads.accept(upload, also=kinds.SLIDES)
    version = MaterialVersion(
        name=accepted.name,
        content_type=accepted.content_type,
        size=accepted.size,
        sha256=accepted.sha256,
        width=accepted.width,
        height=accepted.height,
        uploaded_by=by,
    )
    version.file.save(f"{version.uuid}.{accepted.ending}", ContentFile(accepted.content), save=False)
    return version


def _kept[T](version: MaterialVersion, make: Callable[[], T]) -> T:
    """The bytes lie there before the row does; where no row comes of them, they go again."""
    try:
        with transaction.atomic():
            made = make()
    except BaseException:
        _forget(version)
        raise
    if version._state.adding:  # sent twice
        _forget(version)
    return made


def _forget(version: MaterialVersion) -> None:
    if version.file:
        version.file.storage.delete(str(version.file.name))


def _check_room(session: Session, version: MaterialVersion) -> None:
    taken = MaterialVersion.objects.filter(material__session=session).aggregate(all=Sum("size"))["all"] or 0
    if taken + (version.size or 0) > QUOTA:
        raise Refused(
            _(
                "The files of this session take all of the 500 MB there are for it. Publish it elsewhere and add the "
                "link."
            ),
            reason="quota",
        )


def _titled(version: MaterialVersion) -> str:
    return version.name if version.url else names.visible(version.name).rpartition(".")[0]


def _is_same(one: MaterialVersion, other: MaterialVersion) -> bool:
    return one.sha256 == other.sha256 if one.file and other.file else bool(one.url) and one.url == other.url
