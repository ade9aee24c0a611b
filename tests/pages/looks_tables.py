"""Pages about work tables: arranging them, writing there, reading what was said."""

from typing import Final

from tests.pages.look import Look, coordinated, of

TABLE: Final = of("running", "table")
NOTE: Final = of("running", "table", "table_note")

TABLES: Final = [
    Look("ogpgroup/offline.html", "offline"),
    coordinated("workshops/tables/index.html", "workshops:tables", of("running")),
    coordinated("workshops/tables/lists.html", "workshops:table_lists", of("running")),
    coordinated("workshops/tables/form.html", "workshops:table_edit", TABLE),
    coordinated("workshops/tables/form.html", "workshops:table_create", of("running"), "new"),
    Look("workshops/tables/table.html", "workshops:table", TABLE, "member"),
    Look("workshops/tables/table_read.html", "workshops:table", TABLE),
    Look("workshops/tables/note.html", "workshops:table_note", NOTE, "member"),
    Look("workshops/tables/paper.html", "workshops:table_paper", TABLE, "member"),
]
