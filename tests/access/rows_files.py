"""Who reads the files that show what was done."""

from typing import Final

from tests.access.door import Row
from tests.access.roles import COORDINATORS, EVERYBODY, Role, only

FILES: Final = [
    Row(
        "file",
        "of a plan in force",
        lambda w: {"uuid": w.file.uuid, "name": w.file.name},
        GET=only(EVERYBODY, is_open=True),
    ),
    Row(
        "file",
        "of a plan in preparation",
        lambda w: {"uuid": w.draft_file.uuid, "name": w.draft_file.name},
        GET=only(COORDINATORS | {Role.OFFICIAL}, is_open=True),
    ),
    Row(
        "file",
        "of what is to be handed in anew",
        lambda w: {"uuid": w.returned_file.uuid, "name": w.returned_file.name},
        GET=only(COORDINATORS | {Role.OFFICIAL}, is_open=True),
    ),
    Row(
        "file",
        "waiting for its form",
        lambda w: {"uuid": w.waiting_file.uuid, "name": w.waiting_file.name},
        GET=only(frozenset({Role.OFFICIAL}), is_open=True),
    ),
    Row(
        "file",
        "under another name",
        lambda w: {"uuid": w.file.uuid, "name": "otra.csv"},
        GET=only(frozenset(), is_open=True),
    ),
]
