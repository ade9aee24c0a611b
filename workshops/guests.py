"""Who is expected at one session, why, what they answered and what they were told. For coordinators only."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from cities.models import Membership, group_day
from ogpgroup.models import OutgoingMail, User
from ogpgroup.text import SortKey
from workshops import audience, diff, emails
from workshops.models import Participation, ReceivedReply, Session
from workshops.reports import telling
from workshops.reports.telling import Unaware


@dataclass(frozen=True)
class Guest:
    """One person and one session."""

    name: str
    organizations: str
    because: str
    answer: str
    answer_label: str
    answered_at: datetime | None
    earlier_answer: str  # to another date, or before a cancellation; in words
    told: str  # the last mail, in words; empty where there was none
    told_at: datetime | None
    told_is_trouble: bool
    pk: int = 0  # of the participation; none where nobody was told, or the person has no account
    answered_by: str = ""  # the coordinator who wrote the answer down
    told_version: int = 0  # of the schedule, of which they were surely told last
    comment: ReceivedReply | None = None  # the last mail from their calendar that says more than an answer


TROUBLE = {
    OutgoingMail.Status.FAILED,
    OutgoingMail.Status.BOUNCED,
    OutgoingMail.Status.UNKNOWN,
    OutgoingMail.Status.MISSED,
}


@dataclass(frozen=True)
class Listed:
    """Somebody on the list: a person with an account, or one written down by name; and what they answered."""

    user_id: int | None
    participation_id: int
    answer: str


def listed(session: Session, *, now: datetime) -> list[Listed]:
    """Everybody expected, by name, those included whom the draft names and nobody has told, and those who come at their
    own wish; four queries at most that load nobody. Those without an account come last.
    """
    concerned = Participation.objects.concerned(group_day(now)).filter(session=session)
    rows = concerned.filter(user__isnull=False).order_by(SortKey("user__name"), "user")
    known = {user: Listed(user, pk, answer) for user, pk, answer in rows.values_list("user_id", "pk", "answer")}
    named = {one.user_id for one in audience.who([diff.rule_of(session)], on=group_day(now))}
    invited = list(known.values())
    if named - known.keys():
        people = User.objects.filter(pk__in=list(named | known.keys())).order_by(SortKey("name"), "pk")
        silent = Participation.Answer.NONE
        invited = [known.get(one) or Listed(one, 0, silent) for one in people.values_list("pk", flat=True)]
    without_account = concerned.filter(user=None).order_by(SortKey("name")).values_list("pk", "answer")
    return invited + [Listed(None, pk, answer) for pk, answer in without_account]


def found(guests: Sequence[Listed], words: Sequence[str], *, now: datetime) -> list[Listed]:
    """Those in whose name, address or institution each word stands, whatever its case and accents; in their order.

    Two queries. A person's institutions are those of today.
    """
    if not words:
        return list(guests)
    people, visitors = User.objects.all(), Participation.objects.filter(user=None)
    for word in words:
        at = Membership.objects.on(group_day(now)).filter(organization__name__unaccent__icontains=word)
        named = Q(name__unaccent__icontains=word) | Q(email__icontains=word)
        people = people.filter(named | Q(pk__in=at.values("user")))
        visitors = visitors.filter(Q(name__unaccent__icontains=word) | Q(organization__name__unaccent__icontains=word))
    user_ids = set(people.values_list("pk", flat=True))
    pks = set(
        visitors.filter(pk__in=[one.participation_id for one in guests if not one.user_id]).values_list("pk", flat=True)
    )
    return [one for one in guests if (one.user_id in user_ids if one.user_id else one.participation_id in pks)]


def guests_of(session: Session, some: Sequence[Listed], *, now: datetime) -> list[Guest]:
    """These of the list in words, in its order; seven queries, however long the list is."""
    rows = Participation.objects.filter(pk__in=[one.participation_id for one in some if one.participation_id])
    known = {one.pk: one for one in rows.select_related("answered_by", "organization")}
    user_ids = [one.user_id for one in some if one.user_id]
    current = Membership.objects.on(group_day(now)).select_related("organization")
    people = User.objects.prefetch_related(Prefetch("memberships", queryset=current, to_attr="current_memberships"))
    by_pk = people.in_bulk(user_ids)
    mails, versions = _last_mails(session, user_ids), telling.versions_told(session, user_ids)
    comments = _last_comments(list(known))
    return [
        replace(
            _guest(
                by_pk[one.user_id],
                known.get(one.participation_id),
                mails.get(one.user_id),
                versions.get(one.user_id, 0),
            ),
            comment=comments.get(one.participation_id),
        )
        if one.user_id
        else _visitor(known[one.participation_id])
        for one in some
    ]


def _last_mails(session: Session, user_ids: Sequence[int]) -> dict[int | None, OutgoingMail]:
    """The latest mail to each of these about the session."""
    mails = OutgoingMail.objects.about(emails.SUBJECT, session.pk).filter(user__in=user_ids)
    latest = mails.order_by("user", "-due", "-pk").distinct("user").defer("rendered")
    return {one.user_id: one for one in latest}


def _last_comments(participation_ids: Sequence[int]) -> dict[int, ReceivedReply]:
    """What each wrote last beside an answer in their calendar, from an address of theirs."""
    replies = ReceivedReply.objects.filter(participation__in=participation_ids).exclude(comment="")
    theirs = replies.exclude(outcome=ReceivedReply.Outcome.ANOTHER_SENDER).defer("raw")
    latest = theirs.order_by("participation", "-received_at", "-pk").distinct("participation")
    return {one.participation_id: one for one in latest if one.participation_id}


def _guest(person: User, participation: Participation | None, mail: OutgoingMail | None, version: int) -> Guest:
    memberships: list[Membership] = person.current_memberships  # type: ignore[attr-defined]
    kinds = {kind.name: str(kind.label) for kind in emails.KINDS}
    because = participation.get_expected_because_display() if participation else _("named by the draft, not told yet")
    return Guest(
        name=str(person),
        organizations=", ".join(membership.organization.name for membership in memberships),
        because=because,
        answer=participation.answer if participation else Participation.Answer.NONE,
        answer_label=_answer_of(participation) if participation else str(Participation.Answer.NONE.label),
        answered_at=participation.answered_at if participation else None,
        earlier_answer=participation.get_earlier_answer_display() if participation else "",
        told=f"{kinds.get(mail.kind, mail.kind)}: {mail.get_status_display()}" if mail else "",
        told_at=(mail.sent_at or mail.due) if mail else None,
        told_is_trouble=mail is not None and mail.status in TROUBLE,
        told_version=version,
        pk=participation.pk if participation else 0,
        answered_by=str(participation.answered_by or "") if participation else "",
    )


def _answer_of(participation: Participation) -> str:
    """The answer, and the place in line where a yes has no seat yet."""
    waits = participation.place in {Participation.Place.WAITING, Participation.Place.OFFERED}
    answer = participation.get_answer_display()
    return f"{answer}, {participation.get_place_display()}" if waits else answer


def _visitor(participation: Participation) -> Guest:
    """Somebody without an account, written down by name."""
    return Guest(
        name=participation.name,
        organizations=participation.organization.name if participation.organization else "",
        because=participation.get_expected_because_display(),
        answer=participation.answer,
        answer_label=participation.get_answer_display(),
        answered_at=participation.answered_at,
        earlier_answer="",
        told="",
        told_at=None,
        told_is_trouble=False,
    )


UNAWARE: Final = "unaware"  # beside the answers


def shown(guests: Iterable[Listed], *, asked: str, unaware: Unaware) -> list[Listed]:
    """Those with one answer, or those who do not know what counts by now; everybody where nothing is asked."""
    if asked == UNAWARE:
        return [guest for guest in guests if guest.user_id in unaware.people]
    return [guest for guest in guests if asked in {"", guest.answer}]


def tabs(guests: Sequence[Listed], *, asked: str, searched: str, unaware: Unaware) -> list[dict[str, Any]]:
    """Links that show those with one answer, each with its number; what is searched for stays.

    One more shows those who may not know the version that counts, while there are any.
    """
    numbers = Counter(guest.answer for guest in guests)
    labels = {
        "": _("All (%(n)s)"),
        "yes": _("Coming (%(n)s)"),
        "maybe": _("Perhaps (%(n)s)"),
        "no": _("Not coming (%(n)s)"),
        "none": _("No answer (%(n)s)"),
    }
    told = {value: label % {"n": numbers[value] if value else numbers.total()} for value, label in labels.items()}
    if missing := len(shown(guests, asked=UNAWARE, unaware=unaware)):
        told[UNAWARE] = _("Do not know version %(number)s yet (%(n)s)") % {"number": unaware.number, "n": missing}
    return [
        {
            "label": label,
            "href": "?" + urlencode({name: one for name, one in [("answer", value), ("q", searched)] if one}),
            "current": asked == value,
        }
        for value, label in told.items()
    ]
