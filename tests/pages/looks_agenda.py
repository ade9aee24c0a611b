"""Pages of agendas and of what is handed out."""

from typing import Final

from tests.pages.look import At, Look


def _whole(at: At) -> list[str]:
    return [at["agenda_session"]]


AGENDA: Final = [
    Look("workshops/agenda/page.html", "workshops:agenda", _whole),
    Look("workshops/session_detail.html", "workshops:session_detail", _whole, "official", note="presenter"),
    Look("workshops/agenda/edit.html", "workshops:agenda_edit", _whole, "coordinator"),
    Look("workshops/agenda/edit.html", "workshops:agenda_edit", lambda at: [at["draft"]], "coordinator", note="empty"),
    Look(
        "workshops/agenda/item.html",
        "workshops:agenda_item_edit",
        lambda at: [at["agenda_session"], at["agenda_item"]],
        "coordinator",
    ),
    Look("feedback/ask.html", "feedback:ask", _whole, "member"),
    Look("workshops/agenda/copy.html", "workshops:agenda_copy", lambda at: [at["draft"]], "coordinator"),
    Look(
        "workshops/agenda/material.html",
        "workshops:point_material_create",
        lambda at: [at["agenda_session"], at["agenda_item"]],
        "official",
        note="new",
    ),
    Look(
        "workshops/agenda/material.html",
        "workshops:material_edit",
        lambda at: [at["agenda_session"], at["material"]],
        "official",
        note="version",
    ),
]
