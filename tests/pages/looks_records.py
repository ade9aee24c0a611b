"""Pages about what a session leaves behind: agreements, minutes, the report, photos."""

from typing import Final

from tests.pages.look import Look, coordinated, of

AGREEMENT: Final = of("past_session", "agreement")

RECORDS: Final = [
    Look("workshops/agreement_detail.html", "workshops:agreement_detail", AGREEMENT),
    coordinated("workshops/agreement_detail.html", "workshops:agreement_detail", AGREEMENT, "coordinator"),
    coordinated("workshops/agreement_form.html", "workshops:agreement_create", of("past_session")),
    coordinated("workshops/agreement_form.html", "workshops:agreement_edit", AGREEMENT, "edit"),
    coordinated("workshops/agreements_import.html", "workshops:agreements_import", of("past_session")),
]
