"""Who may answer, and for whom."""

from datetime import timedelta
from typing import Any, Final

from django.db.models import F

from ogpgroup.models import OutgoingMail
from tests.access.door import Row
from tests.access.roles import COORDINATORS, DONE, ELSEWHERE, EVERYBODY, Role, answers, only
from tests.access.world import World
from workshops import answer_links, emails
from workshops.models import Participation, ReceivedReply, Session


def _link(world: World, session: Session, role: Role, answer: str) -> dict[str, Any]:
    own = Participation.objects.get(session=session, user=world.people[role])
    url = answer_links.answer_url(own, uid=session.uid.hex, answer=Participation.Answer(answer))
    return {"token": url.rstrip("/").rpartition("/")[2]}


SENDERS: Final = frozenset({Role.GUEST})


def _long_ago(session: Session) -> int:
    """The invitations went some days ago, so that people may be asked once more."""
    mails = OutgoingMail.objects.about(emails.SUBJECT, session.pk)
    return mails.update(status=OutgoingMail.Status.SENT, sent_at=F("due") - timedelta(days=5))


def _of_guest(world: World) -> Participation:
    return Participation.objects.get(session=world.invited, user=world.people[Role.GUEST])


def _odd_mail() -> ReceivedReply:
    return ReceivedReply.objects.earliest("pk")


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
    Row("workshops:replies", GET=only(COORDINATORS)),
    Row("workshops:reply_put_aside", at=lambda w: {"pk": _odd_mail().pk}, POST=only(COORDINATORS, answer=DONE)),
    Row(
        "workshops:replies_put_aside",
        data=lambda w: {"last": _odd_mail().pk},
        POST=only(COORDINATORS, answer=DONE),
    ),
    Row(
        "workshops:reply_record",
        "of nobody we know",
        lambda w: {"pk": _odd_mail().pk},
        data=lambda _: {"answer": "yes"},
        POST=only(COORDINATORS, answer=ELSEWHERE),
    ),
    Row(
        "workshops:record_answer",
        at=lambda w: {"slug": w.invited.slug, "pk": _of_guest(w).pk},
        data=lambda _: {"answer": "yes"},
        POST=only(COORDINATORS, answer=DONE),
    ),
    # Who is expected sends somebody of the same institution; nobody there has an account, so the choice is empty.
    Row("workshops:delegate", "invited", lambda w: {"slug": w.invited.slug}, GET=only(SENDERS), POST=only(SENDERS)),
    Row("workshops:delegate", "never published", lambda w: {"slug": w.draft.slug}, GET=only(frozenset())),
    Row(
        "workshops:delegate_take_back",
        "invited",
        lambda w: {"slug": w.invited.slug},
        POST=only(SENDERS, answer=ELSEWHERE),
    ),
    Row(
        "workshops:nudge",
        at=lambda w: {"slug": w.invited.slug},
        data=lambda w: {"of": _long_ago(w.invited)},
        GET=only(COORDINATORS),
        POST=only(COORDINATORS, answer=DONE),
    ),
]
