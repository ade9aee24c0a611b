"""The verb on posts at sessions: putting somebody else in the place of who holds them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from ogpgroup.models import User
from workshops import emails
from workshops.models import AgendaItem, Session
from workshops.posts import Held


@transaction.atomic
def pass_posts(held: Iterable[Held], *, from_user: User, to_user: User, now: datetime) -> None:
    """Put another person where the first one stands in these posts, and tell them of their part in agendas.

    Whoever presents a point does not give the first feedback on it: a post that would make it so stays where it is.
    """
    held = sorted(held, key=lambda one: (one.session.pk, one.post.is_shared))
    sessions = {one.session.pk for one in held}
    list(Session.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=sessions).order_by("pk"))
    for one in held:
        if isinstance(one.row, AgendaItem) and _would_answer_themselves(one, to_user):
            continue
        _put(one, from_user, to_user, now)
    emails.tell_parts(sessions, now=now)


def _would_answer_themselves(held: Held, user: User) -> bool:
    item = AgendaItem.objects.get(pk=held.row.pk)
    if held.post.field == "respondent":
        return user in item.presenters
    return item.respondent_id == user.pk


def _put(held: Held, from_user: User, to_user: User, now: datetime) -> None:
    """Somebody else may have been named meanwhile; then nothing is done."""
    name, still = held.post.field, held.post.standing(now).filter(pk=held.row.pk, **{held.post.field: from_user})
    row = still.select_for_update(of=("self",)).first()
    if row is None:
        return
    if held.post.is_shared:
        getattr(row, name).remove(from_user)
        getattr(row, name).add(to_user)
    else:
        setattr(row, name, to_user)
        row.save(update_fields=[name])
    if isinstance(row, AgendaItem):
        # The first of those who present is not among the others; who has the point open in a form is told.
        row.co_presenters.remove(*[row.presenter] if row.presenter else [])
        AgendaItem.objects.filter(pk=row.pk).update(edition=F("edition") + 1)
