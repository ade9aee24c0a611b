"""Who may answer, and for whom."""

from typing import Any, Final

from tests.access.door import Row
from tests.access.roles import DONE, EVERYBODY, Role, answers, only
from tests.access.world import World
from workshops import answer_links
from workshops.models import Participation, Session


def _link(world: World, session: Session, role: Role, answer: str) -> dict[str, Any]:
    own = Participation.objects.get(session=session, user=world.people[role])
    url = answer_links.answer_url(own, uid=session.uid.hex, answer=Participation.Answer(answer))
    return {"token": url.rstrip("/").rpartition("/")[2]}


ANSWERS: Final = [
    # A GET only shows; the link is the proof, whoever follows it. It opens what its person may see, to its holder.
    Row(
        "workshops:answer_link",
        "yes",
        lambda w: _link(w, w.open, Role.GUEST, "yes"),
        GET=only(EVERYBODY, is_open=True),
        POST=answers(DONE),
    ),
    Row(
        "workshops:answer_link",
        "of who has left",
        lambda w: _link(w, w.group, Role.EX_MEMBER, "yes"),
        GET=answers(404),
        POST=answers(404),
    ),
    Row(
        "workshops:answer_link",
        "of a closed account",
        lambda w: _link(w, w.group, Role.DEACTIVATED, "yes"),
        GET=answers(404),
        POST=answers(404),
    ),
    Row("workshops:answer_link", "forged", lambda _: {"token": "forged"}, GET=answers(404), POST=answers(404)),
]
