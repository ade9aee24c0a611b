"""Pages about what a hall does with the notes of its tables."""

from typing import Final

from tests.pages.look import Look, coordinated, of

HALL: Final = of("running")
THEME: Final = of("running", "theme")
CODE: Final = of("vote_code")

DIAGNOSIS: Final = [
    coordinated("workshops/diagnosis/wall.html", "workshops:wall", HALL),
    coordinated("workshops/diagnosis/wall_control.html", "workshops:wall_control", HALL),
    coordinated("workshops/diagnosis/themes.html", "workshops:themes", HALL),
    coordinated("workshops/diagnosis/theme.html", "workshops:theme", THEME),
    coordinated("workshops/diagnosis/duplicates.html", "workshops:theme_duplicates", HALL),
    coordinated("workshops/diagnosis/votes.html", "workshops:votes", HALL, "open"),
    coordinated("workshops/diagnosis/votes.html", "workshops:votes", of("attended"), "none yet"),
    Look("workshops/diagnosis/vote.html", "workshops:vote", CODE, note="stranger"),
    Look("workshops/diagnosis/vote.html", "workshops:vote", CODE, "member"),
    Look("workshops/diagnosis/detail.html", "workshops:diagnosis", of("attended")),
    coordinated("workshops/diagnosis/edit.html", "workshops:diagnosis_edit", HALL),
    coordinated("workshops/diagnosis/statement.html", "workshops:diagnosis_statement", THEME),
]
