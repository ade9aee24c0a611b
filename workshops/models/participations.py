"""People at sessions: expected or not, what they answered, whether they came."""

from datetime import date, datetime
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Lower, Now
from django.utils.translation import gettext_lazy as _

from cities.access import roles_of
from cities.models import Membership, Organization
from ogpgroup.models import User
from workshops.models.base import SessionBase
from workshops.models.seats import LINE, no_seat_too_many, seats_of


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def expected(self) -> Self:
        return self.filter(expected=True)

    def in_place_of_others(self) -> Self:
        """Those expected in the place of who sent them (`delegated_by`): who has left comes for nobody."""
        sent = Participation.Because.DELEGATE
        return self.expected().filter(expected_because=sent, delegated_by__isnull=False)

    def concerned(self, on: date) -> Self:
        """Whom mail about the session concerns that day; `with_concern` says it of each."""
        return self.filter(_concern(on))

    def with_concern(self, on: date) -> Self:
        """Each with `is_concerned`: whether mail about the session concerns the person that day."""
        yes, no = Value(value=True), Value(value=False)
        return self.annotate(is_concerned=Case(When(_concern(on), then=yes), default=no))

    def involved(self) -> Self:
        """Those expected, and those who come at their own wish, whatever they may see by now."""
        return self.filter(Q(expected=True) | _own_wish())

    def to_tell_of(self, on: date) -> Self:
        """Whom a release concerns that day; of a cancellation all who come are told, whatever they may see by now."""
        is_cancelled = Q(session__current_version__status=SessionBase.Status.CANCELLED)
        return self.filter(_concern(on) | (_own_wish() & is_cancelled))

    def locked_out(self, on: date) -> Self:
        """Those who come at their own wish and may not see the session any more: it is hidden, or they have left."""
        return self.filter(_own_wish() & ~_may_see(on))

    def shut_out(self, on: date) -> Self:
        """Those to whom the session is closed that day although they stand on its list: no news of it is for them.

        The planner takes those who have left the group off sessions to come, but not off one that is cancelled, and not
        before it comes by. `with_shut_out` says it of each.
        """
        return self.filter(_shut_out(on))

    def with_shut_out(self, on: date) -> Self:
        """Each with `is_shut_out`."""
        yes, no = Value(value=True), Value(value=False)
        return self.annotate(is_shut_out=Case(When(_shut_out(on), then=yes), default=no))

    def open_to(self, user: User | AnonymousUser) -> Self:
        """The person's own that open a session to them. Who has left the group keeps only what names them.

        The planner takes leavers off sessions to come, but sessions that are over keep their lists. See also
        `Participation.opens`.
        """
        own = self.expected().filter(user=user.pk)
        return own if roles_of(user).in_group else own.filter(expected_because=Participation.Because.PERSON)

    def own(self, user: User | AnonymousUser, on: date) -> Self:
        """The person's own that open a session to them, and those to which they come at their own wish."""
        own = self.concerned(on).filter(user=user.pk)
        return own if roles_of(user).in_group else own.filter(expected_because=Participation.Because.PERSON)


def _concern(on: date) -> Q:
    """Those expected, and members of the group who come at their own wish as long as they may see the session.

    Who said no without being expected is told nothing more; who wanted to come on another date is asked again.
    """
    return Q(expected=True) | (_own_wish() & _may_see(on))


def _own_wish() -> Q:
    coming = [Participation.Answer.YES, Participation.Answer.MAYBE]
    return Q(
        Q(answer__in=coming) | Q(answer=Participation.Answer.NONE, earlier_answer__in=coming),
        expected=False,
        expected_because=Participation.Because.OWN_WISH,
    )


def _may_see(on: date) -> Q:
    return ~Q(session__current_version__visibility=SessionBase.Visibility.INVITED) & _is_member(on)


def _is_member(on: date) -> Q:
    return Q(Exists(Membership.objects.on(on).filter(user=OuterRef("user"))))


def _shut_out(on: date) -> Q:
    """Who comes at their own wish and may not see it any more; and who was expected as one of the group, and left."""
    by_name, public = Participation.Because.PERSON, SessionBase.Visibility.PUBLIC
    is_public = Q(session__current_version__visibility=public)
    has_left = Q(expected=True) & ~Q(expected_because=by_name) & ~_is_member(on)
    return (_own_wish() & ~_may_see(on)) | (has_left & ~is_public)


class Participation(models.Model):
    """Invitation, answer and attendance of one person at one session, in one row.

    Expected is who the audience names, and who holds a post. Anybody of the group may answer; an answer alone makes
    nobody expected and opens nothing: the reason is then OWN_WISH, and WISH_OVER once they may see it no more.
    """

    class Because(models.TextChoices):
        EVERYBODY = "everybody", _("the whole working group is expected")
        ORGANIZATION = "organization", _("the organisation is expected")
        CITY = "city", _("the city is expected")
        ROLE = "role", _("people with this role are expected")
        PERSON = "person", _("expected by name")
        PART = "part", _("has a part in it")
        DELEGATE = "delegate", _("in place of somebody who cannot come")
        OWN_WISH = "own_wish", _("at the person's own wish")
        WISH_OVER = "wish_over", _("wanted to come and may not see it any more")

    class Answer(models.TextChoices):
        NONE = "none", _("no answer yet")
        YES = "yes", _("yes")
        MAYBE = "maybe", _("maybe")
        NO = "no", _("no")

    class Place(models.TextChoices):
        """A seat: who answered yes has or awaits one. Held also where nobody counts: counting later ousts nobody.

        So does who is sent in somebody's place and has not answered yet: that one's seat is kept for them. A yes
        without a place had a seat offered and let it pass (`waiting_since` tells), or is about to be placed.
        """

        NONE = "", _("no seat")
        HELD = "held", _("has a seat")
        OFFERED = "offered", _("is offered a seat")
        WAITING = "waiting", _("on the waiting list")

    class CheckedIn(models.TextChoices):
        PERSONAL_CODE = "personal_code", _("by the person's own code")
        SESSION_CODE = "session_code", _("by the code at the door")
        LINK = "link", _("by the link to join")
        LIST = "list", _("by a coordinator, on the list")
        WALK_IN = "walk_in", _("came without an invitation")
        IMPORT = "import", _("from a sheet")

    class Attended(models.TextChoices):
        UNKNOWN = "unknown", _("not recorded")
        PRESENT = "present", _("present")
        ABSENT = "absent", _("absent")
        EXCUSED = "excused", _("excused")

    session = models.ForeignKey("workshops.Session", on_delete=models.CASCADE, related_name="participations")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="participations")
    name = models.CharField(max_length=120, blank=True)  # of a person without an account
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expected = models.BooleanField(default=True)
    expected_because = models.CharField(max_length=12, choices=Because.choices)
    expected_since = models.DateTimeField(db_default=Now())
    answer = models.CharField(
        _("answer"), max_length=6, choices=Answer.choices, default=Answer.NONE, db_default=Answer.NONE
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    # How it came, kept also of an answer that is put aside. When it was said, where that is earlier: a calendar's reply
    # may be read late. Empty in rows of before: as above.
    said_at = models.DateTimeField(null=True, blank=True)
    # The revision of the entry that a calendar's reply answers (RFC 5546, 2.1.5); nobody else names one.
    said_sequence = models.PositiveIntegerField(null=True, blank=True)
    # The coordinator who wrote down what the person had said elsewhere; nobody where they answered themselves.
    answered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # The answer to an earlier date, or before a cancellation: it counts no more, and coordinators read it.
    earlier_answer = models.CharField(max_length=6, choices=Answer.choices, blank=True, default="", db_default="")
    earlier_answered_at = models.DateTimeField(null=True, blank=True)
    # The least SEQUENCE that mail to this person must carry: raised when they leave the audience, and when they return.
    calendar_sequence = models.PositiveIntegerField(default=0, db_default=0)
    # How the person means to come, and their seat where seats are counted.
    comes_by = models.CharField(
        _("comes"), max_length=20, choices=SessionBase.Mode.choices, blank=True, default="", db_default=""
    )
    place = models.CharField(
        _("seat"), max_length=8, choices=Place.choices, blank=True, default=Place.NONE, db_default=""
    )
    waiting_since = models.DateTimeField(null=True, blank=True)  # the order of the waiting list
    offered_until = models.DateTimeField(null=True, blank=True)
    # What they had when their answer was put aside: who never hears of the other date has it again.
    earlier_place = models.CharField(max_length=8, choices=Place.choices, blank=True, default=Place.NONE, db_default="")
    earlier_waiting_since = models.DateTimeField(null=True, blank=True)
    earlier_offered_until = models.DateTimeField(null=True, blank=True)
    # Whom somebody who cannot come sends instead: a row of their own, that points at the one who sends, as long as they
    # are expected for that.
    delegated_by = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="delegate"
    )
    attended = models.CharField(
        max_length=8, choices=Attended.choices, default=Attended.UNKNOWN, db_default=Attended.UNKNOWN
    )
    mode = models.CharField(max_length=20, choices=SessionBase.Mode.choices, blank=True, db_default="")
    # The work table at which the person sits: one at most, as a person has one row in a session.
    table = models.ForeignKey(
        "workshops.WorkTable", on_delete=models.SET_NULL, null=True, blank=True, related_name="seated"
    )

    checked_in_at = models.DateTimeField(null=True, blank=True)
    checked_in_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    checked_in_how = models.CharField(max_length=16, choices=CheckedIn.choices, blank=True, default="", db_default="")
    organization_name = models.CharField(_("institution"), max_length=200, blank=True, default="", db_default="")
    # Whether the person may be named in public records; asked, and no unless they said yes.
    may_be_named = models.BooleanField(_("may be named in public"), default=False, db_default=False)
    may_be_named_at = models.DateTimeField(null=True, blank=True)  # when they were asked
    form_id = models.UUIDField(null=True, blank=True, unique=True)  # of a form that may be sent twice

    objects = ParticipationQuerySet.as_manager()

    is_concerned: bool  # of rows `with_concern`
    is_shut_out: bool  # of rows `with_shut_out`

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="participation_once_per_person"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, name="") | (Q(user__isnull=True) & ~Q(name="")),
                name="participation_account_or_name",
            ),
            models.CheckConstraint(
                condition=Q(answer="none", answered_at__isnull=True)
                | (~Q(answer="none") & Q(answered_at__isnull=False)),
                name="participation_answer_has_time",
            ),
            models.CheckConstraint(condition=Q(place="") | ~Q(answer="no"), name="participation_no_holds_no_place"),
            models.CheckConstraint(
                condition=~Q(place="waiting") | Q(waiting_since__isnull=False), name="participation_waits_since"
            ),
            models.CheckConstraint(
                condition=Q(place="offered", offered_until__isnull=False)
                | (~Q(place="offered") & Q(offered_until__isnull=True)),
                name="participation_offer_has_end",
            ),
            models.UniqueConstraint(
                "session",
                Lower("name"),
                "organization_name",
                Coalesce("organization", 0),
                condition=Q(user__isnull=True),
                name="participation_visitor_once",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "expected"], name="participation_user"),
            models.Index(
                fields=["session", "comes_by", "place", "waiting_since"],
                condition=~Q(place=""),
                name="participation_seats",
            ),
        ]
        triggers = [no_seat_too_many()]

    def __str__(self) -> str:
        return f"{self.user or self.name}: {self.session}"

    @property
    def lacks_seat(self) -> bool:
        """Whether the person said yes and has no seat: waits, is offered one, or let it pass."""
        return self.answer == self.Answer.YES and self.place != self.Place.HELD and self.waiting_since is not None

    @property
    def was_said_at(self) -> datetime | None:
        """When the answer that counts was said; where only its recording is known, then."""
        return self.answered_at and (self.said_at or self.answered_at)

    def may_join(self, version: SessionBase, *, in_group: bool) -> bool:
        """Whether the person may have the link to join: those expected who have a place, where places are counted."""
        return self.opens(in_group=in_group) and self.has_place_on_line(version)

    def has_place_on_line(self, version: SessionBase) -> bool:
        """Whether a place on the line is theirs; where nobody counts, everybody has one."""
        is_held = self.place == self.Place.HELD and self.comes_by == LINE
        return is_held or seats_of(version, LINE) is None

    def opens(self, *, in_group: bool) -> bool:
        """Whether it opens the session to the person: to those expected. See also `ParticipationQuerySet.open_to`."""
        return self.expected and (in_group or self.expected_because == self.Because.PERSON)
