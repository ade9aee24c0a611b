"""What must hold of seats after every step of a history, in other words than the product's: it compares with before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ogpgroup.models import OutgoingMail
from workshops import emails
from workshops.models import Participation, Session

TELLS = {
    emails.SEAT_OFFER: "offered",
    emails.SEAT_GIVEN: "held",
    emails.SEAT_WAITING: "waiting",
    emails.SEAT_LAPSED: "",
}


@dataclass(frozen=True)
class Standing:
    """Where one person stood at one moment."""

    answer: str
    place: str
    since: datetime | None  # what decides the order: when they began to wait, else when they answered

    @property
    def is_taken(self) -> bool:
        return self.place in {"held", "offered"}


class SeatsWatched:
    """The seats of one session, step by step, and what each person last read of theirs."""

    def __init__(self) -> None:
        self.before: dict[int, Standing] = {}
        self.taken: set[tuple[int, Standing]] = set()  # whoever had a seat has it again if their answer counts again
        self.read_on_page: dict[int, tuple[datetime, str]] = {}

    def look(self, session: Session, capacity: int | None, *, entitled: Iterable[int]) -> None:
        """Nobody gets a seat too many, nobody overtakes who waits, nobody loses theirs without a reason."""
        rows = Participation.objects.filter(session=session, user__isnull=False)
        after = {one.user_id or 0: Standing(one.answer, one.place, _since(one)) for one in rows}
        gone = Standing("none", "", None)
        taken = {(user, one) for user, one in after.items() if one.is_taken}
        newly = [user for user, _one in taken - self.taken if not self.before.get(user, gone).is_taken]
        if newly and capacity is not None:
            assert sum(one.is_taken for one in after.values()) <= capacity, "a seat too many"
        for user, one in after.items():
            before = self.before.get(user, gone)
            if one.place == before.place == "waiting":
                for other in newly:
                    began = self.before[other].since if other in self.before else None
                    began = began or after[other].since
                    assert began
                    assert one.since
                    assert began <= one.since, f"{other} overtook {user}"
            if before.place == "held" and one.place != "held":
                assert one.answer != "yes" or user not in entitled, f"{user} lost the seat"
        self.before = after
        self.taken |= taken

    def are_settled(self, session: Session, capacity: int | None, *, entitled: Iterable[int], now: datetime) -> None:
        """After the planner: no seat is free or kept too long while somebody waits; who said yes stands somewhere."""
        entitled = set(entitled)
        rows = list(Participation.objects.filter(session=session, user__isnull=False))
        taken = sum(one.place in {"held", "offered"} for one in rows)
        waiting = [one for one in rows if one.place == "waiting"]
        assert not waiting or (capacity is not None and taken >= capacity), "a seat is free while somebody waits"
        for one in rows:
            assert one.offered_until is None or one.offered_until > now, f"{one.user} is offered a seat for too long"
            has_let_pass = one.place == "" and one.waiting_since is not None
            if one.answer == "yes" and one.user_id in entitled:
                assert one.place or has_let_pass, f"{one.user} said yes and stands nowhere"
            else:
                assert one.place == "", f"{one.user} has a seat without a yes, or without being concerned"

    def are_known(self, session: Session, *, entitled: Iterable[int]) -> None:
        """What each last read of their seat, on the page when they answered or in a mail since, is so."""
        for one in Participation.objects.filter(session=session, answer="yes", user__in=set(entitled)):
            sent = OutgoingMail.objects.filter(kind__in=TELLS, user=one.user, status=OutgoingMail.Status.SENT)
            last = sent.order_by("-sent_at", "-pk").first()
            at, known = self.read_on_page[one.user_id or 0]
            # An answer begins a new second: what is sent in the same one comes after it.
            if last and last.sent_at and last.sent_at >= at:
                known = TELLS[last.kind]
            assert known == one.place, f"{one.user} takes it that the seat is {known!r}, and it is {one.place!r}"

    def is_right(self, mail: OutgoingMail, participation: Participation, now: datetime) -> None:
        """What a mail says of a seat is so at the moment it goes."""
        assert participation.place == TELLS[mail.kind]
        assert participation.answer == "yes"
        if mail.kind == emails.SEAT_OFFER:
            assert participation.offered_until
            assert now < participation.offered_until


def _since(one: Participation) -> datetime | None:
    return one.waiting_since or one.answered_at
