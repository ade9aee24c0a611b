"""Histories nobody thought of: whatever is edited, released, moved or cancelled, whoever joins or leaves, whenever
planner and sender are away or die, all entitled are told exactly the versions that mattered, or a row says why not.

What should have been told is kept here in other words than the product's. `HISTORIES=long` tries many more.
"""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from cities.models import Membership, group_day
from ogpgroup.mail.queue import NO_LONGER_TRUE
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import NOW, START, draft
from workshops import actions, diff, emails
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


class Histories(RuleBasedStateMachine):
    """One session, three people, a planner, a sender, and a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.life = transaction.atomic()
        self.life.__enter__()
        self.now = NOW
        self.people = [factories.create_member() for _ in range(3)]
        self.session = draft(cycle=factories.create_cycle())
        self.start_known_since: tuple[datetime, datetime] | None = None  # the start that counts, and its release
        self.expected_since: dict[int, datetime] = {}

    def teardown(self) -> None:
        try:
            self.all_work_and_all_is_told()
        finally:
            transaction.set_rollback(True)
            self.life.__exit__(None, None, None)

    # --- What coordinators do -----------------------------------------------------------------------------------------

    def _save(self, **fields: object) -> None:
        self.session.refresh_from_db()
        for name, value in fields.items():
            setattr(self.session, name, value)
        actions.save_draft(self.session, organizations=[], people=[], by=None, seen_edits=self.session.edits)

    @rule(venue=st.sampled_from(["Sala 1", "Sala 2", ""]))
    def edit(self, venue: str) -> None:
        self._save(venue=venue)

    @rule(days=st.sampled_from([-5, -1, 1, 4]))
    def move(self, days: int) -> None:
        start = (self.session.starts_at or START) + days * DAY
        if start > self.now + 3 * HOUR:
            self._save(starts_at=start, ends_at=start + 2 * HOUR)

    @rule()
    def cancel(self) -> None:
        self.session.refresh_from_db()
        if self.session.status == Session.Status.PLANNED:
            actions.cancel(self.session, reason="No hay sede.", by=None)

    @rule()
    def reinstate(self) -> None:
        self.session.refresh_from_db()
        if self.session.status == Session.Status.CANCELLED:
            actions.reinstate(self.session, by=None)

    @rule()
    def release(self) -> None:
        if not diff.pending_changes(self.session.cycle):
            return
        self.now += timedelta(seconds=1)  # whoever has answered up to now saw what was published before
        actions.publish_release(self.session.cycle, by=None, at=self.now)
        self.session.refresh_from_db()
        version = self._current()
        assert version
        if version.status != version.Status.PLANNED:
            self.start_known_since = None
            return
        if self.start_known_since is None or self.start_known_since[0] != version.begins_at:
            self.start_known_since = (version.begins_at, self.now)
        self._note_who_is_expected()

    # --- What people do -----------------------------------------------------------------------------------------------

    @rule(number=PEOPLE)
    def leave(self, number: int) -> None:
        until = group_day(self.now) - DAY
        Membership.objects.filter(user=self.people[number], until=None).update(until=until)

    @rule(number=PEOPLE)
    def join(self, number: int) -> None:
        Membership.objects.filter(user=self.people[number]).update(until=None)

    @rule(number=PEOPLE, answer=st.sampled_from([Participation.Answer.YES, Participation.Answer.NO]))
    def answer(self, number: int, answer: Participation.Answer) -> None:
        version, person = self._current(), self.people[number]
        is_open = version and version.status == version.Status.PLANNED and version.finishes_at > self.now
        if is_open and self._is_member(person):
            actions.answer(self.session, user=person, answer=answer, now=self.now)

    @rule(number=PEOPLE, zone=st.sampled_from(ZONES))
    def change_zone(self, number: int, zone: str) -> None:
        User.objects.filter(pk=self.people[number].pk).update(time_zone=zone)

    @rule(number=PEOPLE, wanted=st.booleans())
    def want_reminders(self, number: int, wanted: bool) -> None:  # noqa: FBT001  hypothesis names it
        User.objects.filter(pk=self.people[number].pk).update(wants_reminders=wanted)

    # --- What machines do ---------------------------------------------------------------------------------------------

    @rule(time=st.sampled_from([4 * MINUTE, HOUR, 5 * HOUR, 23 * HOUR, 49 * HOUR, 120 * HOUR]))
    def wait(self, time: timedelta) -> None:
        """Planner and sender are down meanwhile."""
        self.now += time

    @rule()
    def plan(self) -> None:
        actions.plan(self.now)
        self._note_who_is_expected()

    @rule()
    def send(self) -> None:
        """As the sender does it: too late, no longer true, or written and sent."""
        for kind in KINDS.values():
            mails = list(OutgoingMail.objects.filter(kind=kind.name, status=Status.QUEUED, due__lte=self.now))
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
        self.now += SETTLE  # nothing that is told of a release waits longer
        self.plan()
        self.send()
        self.send()
        version = self._current()
        if version and version.finishes_at > self.now:
            for person in self.people:
                self._is_told(person, version)
                self._is_reminded(person, version)
        self._nobody_is_told_twice()
        self._bursts_are_one_mail()

    # --- What must hold -----------------------------------------------------------------------------------------------

    def _current(self) -> SessionVersion | None:
        return SessionVersion.objects.current().filter(session=self.session).first()

    def _is_member(self, person: User) -> bool:
        return Membership.objects.on(group_day(self.now)).filter(user=person).exists()

    def _note_who_is_expected(self) -> None:
        version = self._current()
        if version is None or version.status != version.Status.PLANNED or version.finishes_at <= self.now:
            return
        for person in self.people:
            if not self._is_member(person):
                self.expected_since.pop(person.pk, None)
            else:
                self.expected_since.setdefault(person.pk, self.now)

    def _is_right(self, one: OutgoingMail) -> None:
        """Nothing is sent that is not so at that moment."""
        version = self._current()
        assert version
        assert one.due <= self.now < one.useful_until
        if one.kind == emails.UNINVITATION:
            return
        assert one.subject_version == version.sequence
        assert (one.kind == emails.CANCELLATION) == (version.status == version.Status.CANCELLED)
        if one.kind == emails.REMINDER:
            start = datetime.strptime(one.key.split(":")[2], "%Y%m%dT%H%MZ").replace(tzinfo=NOW.tzinfo)
            participation = Participation.objects.get(session=self.session, user=one.user_id)
            assert start == version.begins_at > self.now
            assert participation.answer != Participation.Answer.NO

    def _is_told(self, person: User, version: SessionVersion) -> None:
        sent = OutgoingMail.objects.filter(user=person, status=Status.SENT).order_by("-sent_at", "-pk")
        last = sent.first()
        heard = sent.filter(kind__in=SAYS_WHAT_IS).order_by("-subject_version").first()
        if version.status != version.Status.PLANNED:
            if heard is None or (last and last.kind == emails.UNINVITATION) or not self._is_member(person):
                return
        elif not self._is_member(person):
            news = sent.exclude(kind=emails.REMINDER).first()
            assert news is None or news.kind == emails.UNINVITATION, f"{person} left and was not told: {news}"
            return
        assert heard is not None, f"{person} was told nothing"
        told = SessionVersion.objects.get(session=self.session, sequence=heard.subject_version)
        assert _facts(told) == _facts(version), f"{person} knows another version"
        if version.status == version.Status.PLANNED:
            news = sent.exclude(kind=emails.REMINDER).first()
            assert news is not None
            assert news.kind != emails.UNINVITATION, f"{person} takes part and heard the contrary"

    def _is_reminded(self, person: User, version: SessionVersion) -> None:
        """Of the lead times that have passed the last one matters: it went, or a row says why not."""
        since = self.expected_since.get(person.pk)
        if version.status != version.Status.PLANNED or self.start_known_since is None or since is None:
            return
        start, known_since = self.start_known_since
        passed = [start - lead for lead in LEADS if start - lead <= self.now]
        participation = Participation.objects.get(session=self.session, user=person)
        person.refresh_from_db()
        wants = person.wants_reminders and participation.answer != Participation.Answer.NO and self._is_member(person)
        if not wants or not passed or self.now >= start or passed[-1] < max(known_since, since):
            return
        rows = OutgoingMail.objects.filter(user=person, kind=emails.REMINDER, due=passed[-1])
        (row,) = rows.filter(key__contains=f":{start:%Y%m%dT%H%MZ}:")
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
    return (version.status, version.starts_at, version.ends_at, version.venue)


IS_LONG = os.environ.get("HISTORIES") == "long"


def try_histories(*, examples: int, steps: int, shrink: bool = True) -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=not IS_LONG,
            database=None,
            phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture(autouse=True)
def releases_settle(settings):
    settings.SETTLE = SETTLE


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_happens_everybody_is_told_what_matters():
    try_histories(examples=1500 if IS_LONG else 12, steps=60 if IS_LONG else 25)


@pytest.mark.skipif(not IS_LONG, reason="make storm")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "name", "wrong"),
    [
        (emails, "queue_changes", lambda *_args, **_more: (0, [])),
        (emails, "queue_uninvitations", lambda *_args, **_more: 0),
        (emails, "plan_reminders", lambda _now: 0),
        (emails.kinds, "_looked_up", None),
        (emails, "withdraw_outdated", lambda _versions: set()),
    ],
)
def test_histories_notice_what_is_wrong(monkeypatch, where, name, wrong):
    if wrong is None:  # the sender believes everything
        for kind in (emails.INVITATION, emails.CHANGE, emails.REMINDER):
            believing = replace(KINDS[kind], still_true=lambda mails, _now: {one.pk for one in mails})
            monkeypatch.setitem(KINDS, kind, believing)
    else:
        monkeypatch.setattr(where, name, wrong)

    with pytest.raises((AssertionError, BaseExceptionGroup)):
        try_histories(examples=60, steps=40, shrink=False)
