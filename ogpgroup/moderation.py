"""What coordinators withhold from the public: the apps' kinds of things, joined, and the mail to who published them.

What it means, and every way out of the words, is in `ogpgroup.withholding`, which knows no app.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from actionplans import withholding as plans
from cities.models import Membership, Role, group_day
from feedback import withholding as feedback
from ogpgroup import mail, withholding
from ogpgroup.models import OutgoingMail, User, Withholding
from ogpgroup.withholding import Find, Thing

SUBJECTS: Final[dict[str, Find]] = {**plans.SUBJECTS, **feedback.SUBJECTS}

TOLD: Final = "withheld"
SUBJECT: Final = "withholding"
USEFUL_FOR: Final = timedelta(days=14)


def find(kind: str, pk: int) -> Thing | None:
    """What bears this number, if it was published and can be withheld."""
    return SUBJECTS[kind]([pk]).get(pk) if kind in SUBJECTS else None


def things_of(rows: Iterable[Withholding]) -> dict[int, Thing]:
    """By withholding, what it withholds; as many queries for any number of them."""
    rows, by_kind = list(rows), defaultdict[str, set[int]](set)
    for row in rows:
        by_kind[row.subject_type].add(row.subject_id)
    found = {kind: ask(by_kind[kind]) for kind, ask in SUBJECTS.items()}
    things = {row.pk: found.get(row.subject_type, {}).get(row.subject_id) for row in rows}
    return {pk: thing for pk, thing in things.items() if thing is not None}


@transaction.atomic
def withhold(thing: Thing, *, reason: str, words: str, by: User, now: datetime) -> Withholding:
    """Withhold a thing, and tell whoever published it why, by mail. Who comes second gets AlreadyWithheld."""
    row = withholding.withhold(thing, reason=reason, words=words, by=by, now=now)
    mail.enqueue(
        OutgoingMail(
            key=f"{TOLD}:{row.pk}:{user.pk}",
            kind=TOLD,
            priority=OutgoingMail.Priority.CHANGE,
            user=user,
            recipient=user.email,
            subject_type=SUBJECT,
            subject_id=row.pk,
            due=now,
            useful_until=now + USEFUL_FOR,
            is_demo=thing.is_demo,
        )
        for user in told(thing, now=now)
        if user != by
    )
    return row


def lift(row: Withholding, *, by: User, now: datetime) -> bool:
    """Let everybody read it again; nobody is written to. False where somebody has done so before."""
    return withholding.lift(row, by=by, now=now)


def told(thing: Thing, *, now: datetime) -> list[User]:
    """Who published it; for a city, who of it does once that person no longer acts for it. Ex-members are not told."""
    held = Membership.objects.on(group_day(now)).filter(user__is_active=True)
    if thing.city is not None:
        held = held.filter(role=Role.OFFICIAL, organization__city=thing.city)
    authors = held.filter(user=thing.author)
    chosen = authors if thing.city is None or authors.exists() else held
    return list(User.objects.filter(pk__in=chosen.values("user")).order_by("pk"))


# --- What the sender asks ---------------------------------------------------------------------------------------------


def _standing(mails: Sequence[OutgoingMail], now: datetime) -> tuple[dict[int, Withholding], Collection[int]]:
    """The withholdings of a batch that stand, and who of its people still belongs to the group; two queries."""
    rows = Withholding.objects.standing().in_bulk([one.subject_id for one in mails if one.subject_id])
    people = {one.user_id for one in mails}
    held = Membership.objects.on(group_day(now)).filter(user__in=people, user__is_active=True)
    return rows, set(held.values_list("user", flat=True))


def _still_true(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """While it is withheld, for who belongs to the group."""
    rows, people = _standing(mails, now)
    return {one.pk for one in mails if one.subject_id in rows and one.user_id in people}


def _render(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    rows, _people = _standing(mails, now)
    users = User.objects.in_bulk({one.user_id for one in mails if one.user_id})
    things: dict[str, dict[int, Thing]] = {}
    rendered = {}
    for one in mails:
        row, user = rows.get(one.subject_id or 0), users.get(one.user_id or 0)
        if row is None or user is None:
            continue
        if user.language not in things:
            with override(user.language):  # a thing says what it is in the reader's language
                things[user.language] = things_of(rows.values())
        if (thing := things[user.language].get(row.pk)) is not None:
            rendered[one.pk] = _written(one, row, thing, user)
    return rendered


def _written(one: OutgoingMail, row: Withholding, thing: Thing, user: User) -> mail.Rendered:
    """It names the thing and repeats nothing of it: what harms on a page harms in a mailbox too."""
    with override(user.language):
        context = {"thing": thing, "reason": row.get_reason_display(), "words": row.words}
        context |= {"link": settings.PUBLIC_URL + thing.href}
        parts = mail.render_parts("ogpgroup/emails/withheld.html", context, user.language)
    content = mail.compose(mail=one, subject=parts.subject, text=parts.text, html=parts.html)
    return mail.Rendered(headline=parts.subject, content=content)


KINDS: Final = [
    mail.Kind(TOLD, OutgoingMail.Priority.CHANGE, True, _still_true, _render, _("withdrawal from public view"))
]
