"""Histories nobody thought of: whatever is edited, released, moved, postponed or cancelled, whoever is chosen, joins or
leaves, however many seats there are and whatever clocks do, whenever planner and sender are away or die, all entitled
are told exactly the versions that mattered, or a row says why not; and seats go to who was first.

What should have been told is kept here in other words than the product's.
"""

# ruff: noqa: FBT001  hypothesis names what it gives
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from cities.models import Membership, group_day
from ogpgroup.mail import Rendered
from ogpgroup.mail.queue import NO_LONGER_TRUE
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, START, draft
from tests.workshops.seats_watched import TELLS, SeatsWatched
from tests.workshops.told import read, text_of
from workshops import actions, diff, emails
from workshops.actions import answers, seats
from workshops.models import Participation, Session, SessionVersion

Status = OutgoingMail.Status
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SETTLE = 10 * MINUTE
LEADS = (14 * DAY, 3 * DAY, DAY, 2 * HOUR)
KINDS = {kind.name: kind for kind in emails.KINDS}
SAYS_WHAT_IS = (emails.INVITATION, emails.CHANGE, emails.CANCELLATION, emails.REMINDER)
# By day in each of them, whatever the lead: nights have tests of their own.
ZONES = ("America/Mexico_City", "America/Matamoros", "America/Mazatlan", "America/Merida", "America/Cancun")
PEOPLE = st.integers(0, 2)
ANSWERS = st.sampled_from([Participation.Answer.YES, Participation.Answer.NO])
AT_ONCE = st.booleans()  # whether an edit is published before anything else happens
CHOSEN = st.none() | st.sets(PEOPLE, min_size=1)
# On 14 March 2027 the clocks go forward where the session may be held, and stay as they are where its people live.
BORDER, INLAND = "America/Tijuana", "America/Mexico_City"
IN_SPRING = datetime(2027, 2, 14, 16, tzinfo=UTC), datetime(2027, 3, 16, 17, tzinfo=UTC)


class Histories(RuleBasedStateMachine):
    """One session, three people, a planner, a sender, and a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.life = transaction.atomic()
        self.life.__enter__()
        self.now = NOW
        self.people = [factories.create_member() for _ in range(3)]
        self.coordinator = factories.create_user()
        self.session = draft(cycle=factories.create_cycle(), mode="face_to_face")
        self.start_known_since: tuple[datetime, datetime] | None = None  # the start that counts, and its release
        self.zones = {INLAND}  # in which that start was published
        self.names: set[int] | None = None  # who is chosen; nobody in particular: the whole group
        self.names_in_draft: set[int] | None = None
        self.expected_since: dict[int, datetime] = {}
        self.wish_since: dict[int, datetime] = {}
        self.wishes: dict[int, str] = {}  # what somebody said whom nobody expects
        self.locked_out: set[int] = set()  # who wanted to come, and may not see it any more
        self.seen: dict[int, int] = {}  # the version on the page when somebody answered
        self.seats = SeatsWatched()

    @initialize(is_spring=st.booleans(), seats=st.sampled_from([1, None]), numbers=CHOSEN, at_once=AT_ONCE)
    def begin(self, is_spring: bool, seats: int | None, numbers: set[int] | None, at_once: bool) -> None:
        """In winter, or a month before a change of clocks."""
        if is_spring:
            self.now, start = IN_SPRING
            self._save(starts_at=start, ends_at=start + 2 * HOUR, time_zone=BORDER)
        self._save(seats_in_person=seats)
        self.choose(numbers, at_once)

    def teardown(self) -> None:
        try:
            self.all_work_and_all_is_told()
        finally:
            transaction.set_rollback(True)
            self.life.__exit__(None, None, None)

    # --- What coordinators do -----------------------------------------------------------------------------------------

    def _save(self, *, at_once: bool = False, **fields: object) -> None:
        self.session.refresh_from_db()
        for name, value in fields.items():
            setattr(self.session, name, value)
        people = [one for one in self.people if one.pk in (self.names_in_draft or set())]
        actions.save_draft(self.session, organizations=[], people=people, by=None, seen_edits=self.session.edits)
        if at_once:
            self.release()

    @rule(venue=st.sampled_from(["Sala 1", "Sala 2", ""]), at_once=AT_ONCE)
    def edit(self, venue: str, at_once: bool) -> None:
        self._save(venue=venue, at_once=at_once)

    @rule(days=st.sampled_from([-5, -1, 1, 4]), at_once=AT_ONCE)
    def move(self, days: int, at_once: bool) -> None:
        start = (self.session.starts_at or START) + days * DAY
        if start > self.now + 3 * HOUR:
            self._save(starts_at=start, ends_at=start + 2 * HOUR, at_once=at_once)

    @rule(zone=st.sampled_from([INLAND, BORDER]), at_once=AT_ONCE)
    def hold_elsewhere(self, zone: str, at_once: bool) -> None:
        self._save(time_zone=zone, at_once=at_once)

    @rule(numbers=CHOSEN, at_once=AT_ONCE)
    def choose(self, numbers: set[int] | None, at_once: bool) -> None:
        """The whole group, or some by name."""
        self.names_in_draft = None if numbers is None else {self.people[number].pk for number in numbers}
        self._save(audience="everybody" if numbers is None else "chosen", at_once=at_once)

    @rule(visibility=st.sampled_from(["group", "invited"]), at_once=AT_ONCE)
    def show(self, visibility: str, at_once: bool) -> None:
        """To the whole group, or to those invited alone."""
        self._save(visibility=visibility, at_once=at_once)

    @rule(count=st.sampled_from([1, 1, 2, None]), at_once=AT_ONCE)
    def count_seats(self, count: int | None, at_once: bool) -> None:
        self._save(seats_in_person=count, at_once=at_once)

    @rule(at_once=AT_ONCE)
    def cancel(self, at_once: bool) -> None:
        self.session.refresh_from_db()
        if self.session.status != Session.Status.CANCELLED:
            actions.cancel(self.session, reason="No hay sede.", by=None)
            self._save(at_once=at_once)

    @rule(at_once=AT_ONCE)
    def postpone(self, at_once: bool) -> None:
        self.session.refresh_from_db()
        if self.session.status == Session.Status.PLANNED and self.session.current_version_id:
            actions.postpone(self.session, reason="La ponente enfermó.", by=None)
            self._save(at_once=at_once)

    @rule(at_once=AT_ONCE)
    def reinstate(self, at_once: bool) -> None:
        self.session.refresh_from_db()
        if self.session.status != Session.Status.PLANNED:
            actions.reinstate(self.session, by=None)
            self._save(at_once=at_once)

    @rule()
    def release(self) -> None:
        if not diff.pending_changes(self.session.cycle):
            return
        self.now += timedelta(seconds=1)  # whoever has answered up to now saw what was published before
        actions.publish_release(self.session.cycle, by=None, at=self.now)
        self.session.refresh_from_db()
        version = self._current()
        assert version
        self.names = self.names_in_draft
        if version.status != version.Status.PLANNED:
            self.start_known_since = None
            self._note_who_is_expected()
            return
        if self.start_known_since is None or self.start_known_since[0] != version.begins_at:
            self.start_known_since, self.zones = (version.begins_at, self.now), set()
        self.zones.add(version.time_zone)
        self._note_who_is_expected()

    # --- What people do -----------------------------------------------------------------------------------------------

    @rule(number=PEOPLE)
    def leave(self, number: int) -> None:
        until = group_day(self.now) - DAY
        Membership.objects.filter(user=self.people[number], until=None).update(until=until)

    @rule(number=PEOPLE)
    def join(self, number: int) -> None:
        Membership.objects.filter(user=self.people[number]).update(until=None)

    @rule(numbers=st.permutations(range(3)))
    def all_say_yes(self, numbers: list[int]) -> None:
        for number in numbers:
            self.answer(number, Participation.Answer.YES)

    @rule(number=PEOPLE, answer=ANSWERS)
    def answer(self, number: int, answer: Participation.Answer) -> None:
        """On the page, where all is seen that counts."""
        version, person = self._current(), self.people[number]
        if version is None or not self._takes_place(version):
            return
        self.now += timedelta(seconds=1)
        if self._may_see(person) or person.pk in self.expected_since:
            own = actions.answer(self.session, user=person, answer=answer, now=self.now)
            self.seen[person.pk] = version.sequence
            self.seats.read_on_page[person.pk] = self.now, own.place
            self._note_answer(person, answer)

    @rule(number=PEOPLE, answer=ANSWERS, by_calendar=st.booleans())
    def answer_unseeing(self, number: int, answer: Participation.Answer, by_calendar: bool) -> None:
        """On the telephone, or by the last entry that arrived: that shows nothing of what is new."""
        version, person = self._current(), self.people[number]
        entry = self._told_in_words(person.pk)
        if version is None or entry is None or not self._takes_place(version) or person.pk not in self._entitled():
            return
        if not entry.is_on_the_date_of(version):
            return
        self.now += timedelta(seconds=1)
        said = answers.Said(self.now, entry.sequence) if by_calendar else None
        by = None if by_calendar else self.coordinator
        with suppress(answers.OlderAnswer):
            own = actions.answer(self.session, user=person, answer=answer, now=self.now, said=said, by=by)
            if by_calendar and own.place == own.Place.WAITING:
                emails.queue_seats(version, [own], now=self.now)
            self.seats.read_on_page[person.pk] = self.now, own.Place.HELD  # as they take it until told otherwise
            self._note_answer(person, answer)

    def _note_answer(self, person: User, answer: Participation.Answer) -> None:
        if person.pk not in self.expected_since:
            self.wish_since.setdefault(person.pk, self.now)
            self.wishes[person.pk] = answer
            self.locked_out.discard(person.pk)

    @rule(number=PEOPLE, zone=st.sampled_from(ZONES))
    def change_zone(self, number: int, zone: str) -> None:
        User.objects.filter(pk=self.people[number].pk).update(time_zone=zone)

    @rule(number=PEOPLE, wanted=st.booleans())
    def want_reminders(self, number: int, wanted: bool) -> None:
        User.objects.filter(pk=self.people[number].pk).update(wants_reminders=wanted)

    # --- What machines do ---------------------------------------------------------------------------------------------

    @rule(time=st.sampled_from([4 * MINUTE, HOUR, 5 * HOUR, 23 * HOUR, 49 * HOUR, 120 * HOUR]))
    def wait(self, time: timedelta) -> None:
        """Planner and sender are down meanwhile."""
        self.now += time

    @precondition(lambda self: self.start_known_since is not None)
    @rule(lead=st.sampled_from(LEADS))
    def come_to_a_reminder(self, lead: timedelta) -> None:
        """To just after one falls due: by waiting alone hardly a history gets so far."""
        due = max(self._dues(lead)) + MINUTE
        if due > self.now:
            self.wait(due - self.now)

    @rule()
    def plan(self) -> None:
        actions.plan(self.now)
        seats.plan(self.now)
        self._note_who_is_expected()
        if (version := self._current()) and self._takes_place(version):
            self.seats.are_settled(self.session, version.seats_in_person, entitled=self._entitled(), now=self.now)

    @rule()
    def send(self) -> None:
        """As the sender does it: too late, no longer true, or written and sent. Kinds without mail are not asked."""
        queued = list(OutgoingMail.objects.filter(kind__in=KINDS, status=Status.QUEUED, due__lte=self.now))
        for kind in KINDS.values():
            mails = [one for one in queued if one.kind == kind.name]
            if not mails:
                continue
            late = {one.pk for one in mails if one.useful_until <= self.now}
            waiting = [one for one in mails if one.pk not in late]
            true = kind.still_true(waiting, self.now)
            written = kind.render([one for one in waiting if one.pk in true], self.now)
            assert set(written) == true
            for one in mails:
                if one.pk in late:
                    one.status, one.server_reply = Status.MISSED, "Its time had passed."
                elif one.pk in true:
                    self._is_right(one)
                    self._names_what_changed(one, written[one.pk])
                    one.status, one.sent_at = Status.SENT, self.now
                else:
                    one.status, one.server_reply = Status.WITHDRAWN, NO_LONGER_TRUE
                one.save(update_fields=["status", "sent_at", "server_reply"])

    @rule(number=PEOPLE)
    def sender_dies_with_a_mail_in_hand(self, number: int) -> None:
        """It may have arrived; it waits for the next sender, and the row counts it."""
        mails = OutgoingMail.objects.filter(user=self.people[number], status=Status.QUEUED, due__lte=self.now)
        if one := mails.order_by("pk").first():
            OutgoingMail.objects.filter(pk=one.pk).update(unknown_count=one.unknown_count + 1)

    @precondition(lambda self: self._current() is not None)
    @rule()
    def all_work_and_all_is_told(self) -> None:
        """Nothing is away, and nothing waits for a correction."""
        self.now += SETTLE  # nothing that is told of a release waits longer
        self.plan()
        self.send()
        self.send()
        version = self._current()
        if version and self._is_ahead(version):
            for person in self.people:
                self._is_told(person, version)
                self._is_reminded(person, version)
            if self._takes_place(version):
                self.seats.are_known(self.session, entitled=self._entitled())
        self._nobody_is_told_twice()
        self._bursts_are_one_mail()

    @invariant()
    def seats_are_fair(self) -> None:
        version = self._current()
        self.seats.look(self.session, version.seats_in_person if version else None, entitled=self._entitled())

    # --- What must hold -----------------------------------------------------------------------------------------------

    def _current(self) -> SessionVersion | None:
        return SessionVersion.objects.current().filter(session=self.session).first()

    def _is_member(self, person: User) -> bool:
        return Membership.objects.on(group_day(self.now)).filter(user=person).exists()

    def _may_see(self, person: User) -> bool:
        version = self._current()
        return self._is_member(person) and (version is None or version.visibility != version.Visibility.INVITED)

    def _takes_place(self, version: SessionVersion) -> bool:
        return version.status == version.Status.PLANNED and self._is_ahead(version)

    def _is_ahead(self, version: SessionVersion) -> bool:
        return version.status == version.Status.POSTPONED or version.finishes_at > self.now

    def _note_who_is_expected(self) -> None:
        """Nobody is invited to what has no date; who leaves is expected no more, unless it is cancelled anyway."""
        version = self._current()
        if version is None or version.status == version.Status.CANCELLED or not self._is_ahead(version):
            return
        for person in self.people:
            if not (self._is_member(person) if self.names is None else person.pk in self.names):
                self.expected_since.pop(person.pk, None)
            elif person.pk not in self.expected_since and self._takes_place(version):
                self.expected_since[person.pk] = self.now
                self.wishes.pop(person.pk, None)
                self.wish_since.pop(person.pk, None)
                self.locked_out.discard(person.pk)
        self._note_who_is_locked_out()

    def _note_who_is_locked_out(self) -> None:
        for person in self.people:
            if self.wishes.get(person.pk) == "yes" and not self._may_see(person):
                del self.wishes[person.pk]  # who may see it again, and whom nobody expects, looks for themselves
                self.locked_out.add(person.pk)

    def _entitled(self) -> set[int]:
        """Who is expected, and members who come though nobody expects them."""
        coming = {one.pk for one in self.people if self.wishes.get(one.pk) == "yes" and self._may_see(one)}
        return self.expected_since.keys() | coming

    def _dues(self, lead: timedelta) -> set[datetime]:
        """When a reminder is due: days go back by the calendar of where it is held, hours by the clock."""
        assert self.start_known_since
        start, _since = self.start_known_since
        if lead < DAY:
            return {start - lead}
        shown = [(start.astimezone(ZoneInfo(zone)).replace(tzinfo=None), ZoneInfo(zone)) for zone in self.zones]
        return {(wall - lead).replace(tzinfo=zone).astimezone(UTC) for wall, zone in shown}

    def _is_right(self, one: OutgoingMail) -> None:
        """Nothing is sent that is not so at that moment."""
        version = self._current()
        assert version
        assert one.due <= self.now < one.useful_until
        if one.kind == emails.UNINVITATION:
            assert one.user_id not in self._entitled()
            return
        told = {user for user, answer in self.wishes.items() if answer == "yes" and one.kind == emails.CANCELLATION}
        assert one.user_id in self._entitled() | told
        participation = Participation.objects.get(session=self.session, user=one.user_id)
        if one.kind in TELLS:
            assert version.status == version.Status.PLANNED
            self.seats.is_right(one, participation, self.now)
            return
        assert one.subject_version == version.sequence
        assert (one.kind == emails.CANCELLATION) == (version.status == version.Status.CANCELLED)
        if one.kind in {emails.CHANGE, emails.CANCELLATION}:
            assert self._may_have_heard(one.user_id), f"{one.user} reads of a change to what they never heard of"
        if one.kind == emails.REMINDER:
            start = datetime.strptime(one.key.split(":")[2], "%Y%m%dT%H%MZ").replace(tzinfo=NOW.tzinfo)
            assert start == version.begins_at > self.now
            assert one.due in set().union(*(self._dues(lead) for lead in LEADS))
            assert participation.answer != Participation.Answer.NO

    def _told_in_words(self, user_id: int | None) -> SessionVersion | None:
        """Of the last mail to the person that told what a release made so."""
        news = [emails.INVITATION, emails.CHANGE, emails.CANCELLATION]
        mails = OutgoingMail.objects.filter(user=user_id, status=Status.SENT, kind__in=news)
        last = mails.order_by("-subject_version").values("subject_version")[:1]
        return SessionVersion.objects.filter(session=self.session, sequence__in=last).first()

    def _names_what_changed(self, one: OutgoingMail, written: Rendered) -> None:
        """The room, for one; whatever the person saw meanwhile without being told."""
        version, old = self._current(), self._told_in_words(one.user_id)
        if one.kind != emails.CHANGE or version is None or old is None or old.venue == version.venue:
            return
        if version.is_planned and old.is_planned:
            before = f"{old.venue} → " if old.venue else ""
            one.rendered = written.content
            text = text_of(read(one, self.now))
            assert f"- Sede: {before}{version.venue or '—'}" in text, f"{one.user} does not read of the room"

    def _may_have_heard(self, user_id: int | None) -> bool:
        went = Q(status=Status.SENT) | Q(unknown_count__gt=0)
        return user_id in self.seen or OutgoingMail.objects.filter(went, user=user_id, kind__in=SAYS_WHAT_IS).exists()

    def _is_told(self, person: User, version: SessionVersion) -> None:
        sent = OutgoingMail.objects.filter(user=person, status=Status.SENT).order_by("-sent_at", "-pk")
        news = sent.exclude(kind__in=[emails.REMINDER, *TELLS]).first()
        heard = set(sent.filter(kind__in=SAYS_WHAT_IS).values_list("subject_version", flat=True))
        heard |= {self.seen[person.pk]} if person.pk in self.seen else set()
        if person.pk not in self._entitled():
            last = sent.first()
            if version.status == version.Status.CANCELLED:
                return
            if person.pk in self.locked_out:
                assert last is not None, f"{person} was locked out and told nothing"
                assert last.kind == emails.UNINVITATION, f"{person} was locked out and not told: {last}"
            elif person.pk not in self.wish_since:
                # Who left and had last heard that it is cancelled expects nothing, and has nothing in their calendar.
                over = {emails.UNINVITATION, emails.CANCELLATION}
                assert news is None or news.kind in over, f"{person} left and was not told: {news}"
            return
        if version.status != version.Status.PLANNED and (not heard or (news and news.kind == emails.UNINVITATION)):
            return
        assert heard, f"{person} was told nothing"
        told = SessionVersion.objects.get(session=self.session, sequence=max(heard))
        assert _facts(told) == _facts(version), f"{person} knows another version"
        if version.status == version.Status.PLANNED and person.pk in self.expected_since:
            assert news is None or news.kind != emails.UNINVITATION, f"{person} takes part and heard the contrary"

    def _is_reminded(self, person: User, version: SessionVersion) -> None:
        """Of the lead times that have passed the last one matters: it went, or a row says why not."""
        since = self.expected_since.get(person.pk) or self.wish_since.get(person.pk)
        if version.status != version.Status.PLANNED or self.start_known_since is None or since is None:
            return
        start, known_since = self.start_known_since
        passed = [lead for lead in LEADS if max(self._dues(lead)) <= self.now]
        participation = Participation.objects.get(session=self.session, user=person)
        person.refresh_from_db()
        wants = person.wants_reminders and participation.answer != Participation.Answer.NO
        if not wants or not passed or self.now >= start or person.pk not in self._entitled():
            return
        if min(self._dues(passed[-1])) < max(known_since, since):
            return
        rows = OutgoingMail.objects.filter(user=person, kind=emails.REMINDER, due__in=self._dues(passed[-1]))
        row = rows.filter(key__contains=f":{start:%Y%m%dT%H%MZ}:").first()
        assert row is not None, f"nobody planned to remind {person}"
        assert row.status == Status.SENT or row.server_reply, f"{person} was not reminded"

    def _nobody_is_told_twice(self) -> None:
        sent = OutgoingMail.objects.filter(status=Status.SENT, kind__in=[emails.CHANGE, emails.CANCELLATION])
        told = list(sent.values_list("kind", "user", "subject_version"))
        assert len(told) == len(set(told))
        reminded = list(
            OutgoingMail.objects.filter(status=Status.SENT, kind=emails.REMINDER).values_list("user", "due", "key")
        )
        assert len({(user, due, key.split(":")[2]) for user, due, key in reminded}) == len(reminded)

    def _bursts_are_one_mail(self) -> None:
        """Between two mails that tell one person of a change time has passed, except where there was none."""
        news = [emails.INVITATION, emails.CHANGE, emails.CANCELLATION]
        mails = OutgoingMail.objects.filter(status=Status.SENT, kind__in=news).order_by("user", "sent_at", "pk")
        released = dict(
            SessionVersion.objects.filter(session=self.session).values_list("sequence", "release__released_at")
        )
        for before, after in pairwise(mails):
            if before.user_id == after.user_id and after.kind != emails.INVITATION:
                assert before.sent_at
                assert after.sent_at
                is_urgent = after.due == released[after.subject_version]
                assert is_urgent or after.sent_at - before.sent_at >= SETTLE, f"{after} follows too soon"


def _facts(version: SessionVersion) -> tuple[object, ...]:
    """What people must know; of a session that does not take place, or not on its date, that alone."""
    if version.status != version.Status.PLANNED:
        return (version.status,)
    return (version.status, version.starts_at, version.ends_at, version.time_zone, version.venue)
