"""Pages about what a session leaves behind: agreements, minutes, the report, photos."""

from typing import Final

from tests.pages.look import Look, coordinated, of

AGREEMENT: Final = of("past_session", "agreement")
SECTION: Final = of("attended", "section")

RECORDS: Final = [
    Look("workshops/agreement_detail.html", "workshops:agreement_detail", AGREEMENT),
    coordinated("workshops/agreement_detail.html", "workshops:agreement_detail", AGREEMENT, "coordinator"),
    coordinated("workshops/agreement_form.html", "workshops:agreement_create", of("past_session")),
    coordinated("workshops/agreement_form.html", "workshops:agreement_edit", AGREEMENT, "edit"),
    Look("workshops/memoria.html", "workshops:memoria", of("past_session")),
    Look("workshops/memoria.html", "workshops:memoria", of("attended"), note="with who came"),
    Look("workshops/photos.html", "workshops:photos", of("photographed")),
    coordinated("workshops/photos.html", "workshops:photos", of("photographed"), "coordinator"),
    coordinated("workshops/photos_add.html", "workshops:photos_add", of("past_session")),
    coordinated("workshops/photos_describe.html", "workshops:photos_describe", of("photographed")),
    Look("workshops/photo_ask.html", "workshops:photo_ask", of("photographed", "photo")),
    coordinated("workshops/photo_edit.html", "workshops:photo_edit", of("photographed", "asked_away"), "asked"),
    coordinated("workshops/photo_edit.html", "workshops:photo_edit", of("photographed", "photo")),
    Look("workshops/minutes.html", "workshops:minutes", of("minutes_approved"), note="approved"),
    coordinated("workshops/minutes.html", "workshops:minutes", of("minutes_open"), "in correction"),
    coordinated("workshops/minutes.html", "workshops:minutes", of("attended"), "draft"),
    Look("workshops/minutes.html", "workshops:minutes", of("minutes_open"), "member", note="to correct"),
    coordinated("workshops/minutes_begin.html", "workshops:minutes", of("running")),
    coordinated("workshops/minutes_section.html", "workshops:section_edit", SECTION),
    coordinated("workshops/minutes_refresh.html", "workshops:section_refresh", SECTION),
    coordinated("workshops/agreements_import.html", "workshops:agreements_import", of("past_session")),
]
