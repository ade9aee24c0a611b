"""Sending somebody else: who cannot come names a person of the same city, or institution, to come instead."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cities.models import Membership, group_day
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User
from ogpgroup.text import SortKey
from workshops import audience, emails, posts
from workshops.actions import seats
from workshops.actions.answers import ANSWER, answer
from workshops.actions.locks import hold_off_releases
from workshops.actions.outbidding import outbid
from workshops.actions.posts import pass_posts
from workshops.audience import Expectation
from workshops.models import Participation, Session, SessionVersion

Because = Participation.Because


def may_send(own: Participation | None) -> bool:
    """Who is expected may send one person; who comes in somebody's place sends nobody on."""
    return own is not None and own.expected and own.expected_because != Because.DELEGATE


def possible_delegates(version: SessionVersion, *, sender: User, now: datetime) -> QuerySet[User]:
    """People with an account, of the sender's cities, or of their institutions without a city, who are not expected."""
    on = group_day(now)
    own = Membership.objects.of(sender).on(on).select_related("organization")
    cities = {one.organization.city_id for one in own if one.organization.city_id}
    institutions = {one.organization_id for one in own if not one.organization.city_id}
    same = Membership.objects.on(on).filter(
        Q(organization__city__in=cities) | Q(organization__in=institutions), organization__is_demo=version.is_demo
    )
    named = audience.among(version, same.values_list("user", flat=True), on=on)
    expected = Participation.objects.expected().filter(session=version.session_id, user__isnull=False)
    people = User.objects.filter(pk__in=same.values("user"), is_active=True).exclude(pk__in=[sender.pk, *named])
    return people.exclude(pk__in=expected.values("user")).order_by(SortKey("name"), "pk")


@transaction.atomic
def send_delegate(session: Session, *, sender: User, delegate: User, now: datetime) -> Participation:
    """Expect the delegate in the sender's place and invite them; the sender's answer becomes no. Returns their row.

    What the sender was to do there, the delegate does: their posts pass on. So does their seat, or their place in line,
    so that a city keeps it whoever comes; it is kept for the delegate for a while, as any offer. Guarantees that nobody
    sends two people, and nobody who is not `possible_delegates`. Raises ActionNotPossible where any of this does not
    hold, and where the session takes no answers.
    """
    _lock(session)
    left = seats.give_up(session.pk, sender)  # before the answer, which would let the next move up
    sent_by = answer(session, user=sender, answer=Participation.Answer.NO, now=now)
    version = SessionVersion.objects.current().select_related("session").get(session=session)
    if not may_send(sent_by) or Participation.objects.in_place_of_others().filter(delegated_by=sent_by).exists():
        raise ActionNotPossible(_("You have sent somebody already, or nobody can be sent in your place."))
    if not possible_delegates(version, sender=sender, now=now).filter(pk=delegate.pk).exists():
        raise ActionNotPossible(
            _("%(name)s cannot be sent in your place, or is expected already.") % {"name": delegate}
        )
    expected = {
        "expected": True,
        "expected_because": Because.DELEGATE,
        "expected_since": now,
        "delegated_by": sent_by,
    }
    Participation.objects.filter(delegated_by=sent_by).update(delegated_by=None)  # who comes for them no more
    row, is_new = Participation.objects.update_or_create(session=session, user=delegate, defaults=expected)
    sent = [Expectation(session.pk, delegate.pk)]
    if not is_new:
        outbid(sent)
        _ask_anew(row)
    seats.take_over(row, left, version=version, now=now)
    seats.move_up(version, now=now)  # where the delegate had a seat, the sender's is free
    _pass_posts(session, from_user=sender, to_user=delegate, now=now)
    emails.queue_invitations([version], sent, now=now)
    return row


@transaction.atomic
def take_back_delegate(session: Session, *, sender: User, now: datetime) -> None:
    """Expect the delegate no more, and tell them; the sender may come, or send another person. Harmless twice.

    The posts at the session go back to the sender.
    """
    _lock(session)
    version = SessionVersion.objects.current().select_related("session").get(session=session)
    sent = Participation.objects.in_place_of_others().filter(session=session, delegated_by__user=sender)
    row = sent.select_for_update(of=("self",)).first()
    if row is None:
        return
    if version.is_over(now):
        raise ActionNotPossible(_("This session is over; answers are closed."))
    seats.leave_place(row)
    row.expected, row.delegated_by = False, None
    row.save(update_fields=["expected", "delegated_by", *seats.PLACING])
    assert row.user is not None  # nobody without an account is sent
    taken_back = [Expectation(session.pk, row.user.pk)]
    outbid(taken_back)
    _pass_posts(session, from_user=row.user, to_user=sender, now=now)
    emails.queue_uninvitations([version], taken_back, now=now)
    if version.is_planned:
        seats.move_up(version, now=now)


def _lock(session: Session) -> None:
    """Who gives seats or posts at the session waits: held before rows of people, as at the door."""
    hold_off_releases()
    seats.lock_seats(session.pk)
    Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)


def _pass_posts(session: Session, *, from_user: User, to_user: User, now: datetime) -> None:
    held = posts.held_by(from_user.pk, now=now, session_id=session.pk)
    pass_posts(held, from_user=from_user, to_user=to_user, now=now)


def _ask_anew(row: Participation) -> None:
    """A no that the delegate gave for themselves answers nothing now; who stays declined is not even reminded."""
    if row.answer == Participation.Answer.NO:
        row.earlier_answer, row.earlier_answered_at = row.answer, row.answered_at
        row.answer, row.answered_at = Participation.Answer.NONE, None
        row.save(update_fields=["earlier_answer", "earlier_answered_at", *ANSWER])
