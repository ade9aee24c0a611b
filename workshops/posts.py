"""Who holds a post at a session: presents, answers first, leads a work table, writes there, or writes the minutes.

The one place that knows all posts. Succession passes them on, delegates take them over, a post is a reason to be
expected, and coordinators are told of one whose holder does not come. What the holders themselves read is in
`workshops.duties`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cities.models import Membership, group_day
from ogpgroup.models import User
from workshops.models import AgendaItem, Minutes, Participation, Session, WorkTable

type Row = AgendaItem | WorkTable | Minutes
type Pair = tuple[int, int]  # session and person


@dataclass(frozen=True)
class Post:
    """One kind of post: the field of a point, a table or minutes that names who holds it."""

    model: type[Row]
    field: str
    label: Promise | str
    declined: Promise | str  # its holder does not come

    @property
    def is_shared(self) -> bool:
        """Whether several people hold it."""
        return bool(self.model._meta.get_field(self.field).many_to_many)

    @property
    def sql(self) -> str:
        """Who holds it at which session."""
        field: Any = self.model._meta.get_field(self.field)
        table = self.model._meta.db_table
        if not self.is_shared:
            return f"SELECT session_id, {field.column} AS user_id FROM {table} WHERE {field.column} IS NOT NULL"  # noqa: S608 our own names
        return f"""SELECT {table}.session_id, shared.user_id FROM {field.m2m_db_table()} shared
            JOIN {table} ON {table}.id = shared.{field.m2m_column_name()}"""  # noqa: S608 our own names

    def standing(self, now: datetime) -> "models.QuerySet[Any]":
        """Rows where something is still to be done: of sessions ahead, feedback not due yet, minutes not approved."""
        if self.model is Minutes:
            return Minutes.objects.exclude(status=Minutes.Status.APPROVED)
        ahead = Q(session__in=Session.objects.ahead(now).values("pk"))
        if self.field == "respondent":
            ahead |= Q(response_due_on__gte=group_day(now))
        return self.model._default_manager.filter(ahead)


POSTS: Final = (
    Post(
        AgendaItem,
        "presenter",
        _("Presents “%(what)s” in the session “%(session)s”"),
        _("%(person)s is to present “%(what)s” and has answered no."),
    ),
    Post(
        AgendaItem,
        "co_presenters",
        _("Presents “%(what)s” in the session “%(session)s”"),
        _("%(person)s is to present “%(what)s” and has answered no."),
    ),
    Post(
        AgendaItem,
        "respondent",
        _("Gives the first feedback on “%(what)s” in the session “%(session)s”"),
        _("%(person)s is to give the first feedback on “%(what)s” and has answered no."),
    ),
    Post(
        WorkTable,
        "facilitator",
        _("Leads table %(what)s in the session “%(session)s”"),
        _("%(person)s is to lead table %(what)s and has answered no."),
    ),
    Post(
        WorkTable,
        "rapporteur",
        _("Writes at table %(what)s in the session “%(session)s”"),
        _("%(person)s is to write at table %(what)s and has answered no."),
    ),
    Post(
        WorkTable,
        "co_rapporteurs",
        _("Writes at table %(what)s in the session “%(session)s”"),
        _("%(person)s is to write at table %(what)s and has answered no."),
    ),
    Post(
        Minutes,
        "rapporteur",
        _("Writes the minutes of the session “%(session)s”"),
        _("%(person)s is to write the minutes and has answered no."),
    ),
)
# session_id and user_id of everybody who holds a post, each once.
SQL: Final = " UNION ".join(post.sql for post in POSTS)


@dataclass(frozen=True)
class Held:
    """A post in somebody's hands: of this point, this table or these minutes."""

    post: Post
    row: Row

    @property
    def session(self) -> Session:
        return self.row.session

    @property
    def label(self) -> str:
        return self.post.label % {"what": self._what, "session": self.session.title}

    def declined_by(self, user: User) -> str:
        """That its holder does not come, in words."""
        return self.post.declined % {"what": self._what, "person": user}

    @property
    def _what(self) -> str:
        return f"{self.row.number}" if isinstance(self.row, WorkTable) else f"{self.row}"

    @property
    def url(self) -> str:
        """Where a coordinator names somebody else."""
        if isinstance(self.row, AgendaItem):
            return reverse("workshops:agenda_item_edit", args=[self.session.slug, self.row.pk])
        if isinstance(self.row, WorkTable):
            return reverse("workshops:table_edit", args=[self.session.slug, self.row.number])
        return self.row.get_absolute_url()


def held_by(user_id: int, *, now: datetime, session_id: int | None = None) -> list[Held]:
    """The posts of a person in which something is still to be done, at all sessions or one; a query for each kind."""
    found = []
    for post in POSTS:
        rows = post.standing(now).filter(**{post.field: user_id}).select_related("session")
        rows = rows.filter(session=session_id) if session_id else rows
        found += [Held(post, row) for row in rows.order_by("session__slug", "pk")]
    return found


def holders(session_ids: Iterable[int]) -> dict[int, set[int]]:
    """Everybody who holds a post at these sessions, by session; one query."""
    found = defaultdict[int, set[int]](set)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT session_id, user_id FROM ({SQL}) post WHERE session_id = ANY(%s)",  # noqa: S608 our own names
            [list(session_ids)],
        )
        for session, person in cursor.fetchall():
            found[session].add(person)
    return found


def declined(session_ids: Iterable[int], *, now: datetime) -> list[tuple[Held, User]]:
    """Posts at these sessions in which something is still to be done and whose holder has answered no.

    Two queries; where somebody has, one more for each kind of post.
    """
    people = holders(session_ids)
    answers = Participation.objects.filter(session__in=people, user__in=set().union(*people.values()))
    no = {
        (one.session_id, one.user_id): one.user
        for one in answers.filter(answer=Participation.Answer.NO).select_related("user")
    }
    found = []
    for post in POSTS if no else ():
        rows = post.standing(now).filter(session__in=people, **{f"{post.field}__in": {user for _session, user in no}})
        for row in rows.annotate(holder_id=F(post.field)).select_related("session").order_by("session", "pk"):
            if user := no.get((row.session_id, row.holder_id)):
                found.append((Held(post, row), user))
    return found


def still_hold(pairs: Iterable[Pair], *, on: date) -> set[Pair]:
    """Those whom a post still concerns that day: people of the group, and who is expected there by name; two queries.

    Who has left the group hears of their posts no more. See also `AgendaItemQuerySet.presented_by`.
    """
    wanted = set(pairs)
    people = {person for _session, person in wanted}
    in_group = set(Membership.objects.on(on).filter(user__in=people).values_list("user_id", flat=True))
    named = Participation.objects.expected().filter(expected_because=Participation.Because.PERSON, user__in=people)
    by_name = set(named.filter(session__in={session for session, _person in wanted}).values_list("session", "user"))
    return {pair for pair in wanted if pair[1] in in_group or pair in by_name}
