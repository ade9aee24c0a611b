"""What a release changes is told once it has settled: a burst of edits is one mail, or none if it comes to nothing."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from cities.models import Membership
from ogpgroup.mail import database_now
from ogpgroup.models import OutgoingMail, User
from tests import factories, factories_schedule
from tests.workshops.coordination import desk_of
from tests.workshops.published import NOW, START, cancel, change, publish, publish_session
from tests.workshops.seating import NO, members, places, say, seated
from tests.workshops.told import all_is_sent, read, text_of
from workshops import actions, diff
from workshops.actions import releases, seats
from workshops.models import Participation, Session, SessionVersion
from workshops.preview import people_told

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SETTLE = 10 * MINUTE
EDIT = NOW + DAY  # when the burst begins


@pytest.fixture(autouse=True)
def ten_minutes(settings) -> None:
    settings.SETTLE = SETTLE


@pytest.fixture
def version(member: User) -> SessionVersion:
    """One that its one member was invited to, and has heard of."""
    version = publish_session(venue="Sala 1")
    all_is_sent(NOW)
    return version


def waiting(*people: User) -> list[tuple[str, datetime]]:
    """What waits, for anybody or for some."""
    mails = OutgoingMail.objects.filter(status=OutgoingMail.Status.QUEUED).order_by("kind")
    return list((mails.filter(user__in=people) if people else mails).values_list("kind", "due"))


def leave(member: User, *, at: datetime) -> None:
    Membership.objects.filter(user=member).update(until=at.date() - DAY)


def test_invitation_goes_at_once(member):
    publish_session()

    assert waiting() == [("session_invitation", NOW)]


def test_change_cancellation_and_uninvitation_go_once_they_have_settled(version, member):
    change(version.session, at=EDIT, venue="Sala 2")
    changed = waiting()
    cancel(version.session, at=EDIT + MINUTE)
    cancelled = waiting()

    other = publish_session(cycle=version.session.cycle, people=[member], at=EDIT + 2 * MINUTE)
    all_is_sent(EDIT + 2 * MINUTE)
    other.session.audience_people.set([factories.create_user()])
    change(other.session, at=EDIT + 3 * MINUTE)

    assert changed == [("session_change", EDIT + SETTLE)]
    assert cancelled == [("session_cancellation", EDIT + MINUTE + SETTLE)]
    assert waiting() == [
        ("session_cancellation", EDIT + MINUTE + SETTLE),
        ("session_invitation", EDIT + 3 * MINUTE),
        ("session_uninvitation", EDIT + 3 * MINUTE + SETTLE),
    ]


@pytest.mark.parametrize(
    ("old", "new", "waits"),
    [
        (EDIT + DAY, EDIT + 9 * DAY, timedelta(0)),
        (EDIT + 9 * DAY, EDIT + DAY, timedelta(0)),
        (EDIT + DAY + MINUTE, EDIT + 9 * DAY, SETTLE),
    ],
)
def test_what_is_or_was_to_begin_within_a_day_is_told_at_once(member, old, new, waits):
    version = publish_session(starts_at=old)
    all_is_sent(NOW)

    change(version.session, at=EDIT, starts_at=new, ends_at=new + timedelta(hours=2))

    assert ("session_change", EDIT + waits) in waiting()


def test_a_burst_of_edits_is_one_mail_from_what_was_heard_to_what_is_so(version, member):
    for number in range(2, 6):
        change(version.session, at=EDIT + number * 2 * MINUTE, venue=f"Sala {number}")
        all_is_sent(EDIT + number * 2 * MINUTE)  # nothing is due

    all_is_sent(EDIT + 10 * MINUTE + SETTLE)

    (mail,) = OutgoingMail.objects.filter(kind="session_change", status="sent")
    text = text_of(read(mail, EDIT))
    assert "Sala 1" in text
    assert "Sala 5" in text
    assert "Sala 4" not in text


def test_a_burst_that_comes_to_nothing_tells_nobody_and_keeps_the_answers(version, member):
    actions.answer(version.session, user=member, answer=Participation.Answer.YES, now=NOW)
    change(version.session, at=EDIT, starts_at=START + DAY, ends_at=START + DAY + timedelta(hours=2))

    change(version.session, at=EDIT + MINUTE, starts_at=START, ends_at=START + timedelta(hours=2))

    assert waiting() == []
    assert Participation.objects.get(user=member).answer == Participation.Answer.YES


def test_a_burst_that_comes_to_nothing_leaves_no_seat_free_meanwhile():
    first, second, third = people = members(3)
    session = seated(1, people=people, at=NOW - DAY)
    all_is_sent(NOW)
    say(session, [first, second], now=NOW)

    cancel(session, at=EDIT)
    session.refresh_from_db()
    actions.reinstate(session, by=None)
    publish(session.cycle, at=EDIT + MINUTE)
    assert places(session, people) == ["held", "waiting", "-"]
    say(session, [third], now=EDIT + 2 * MINUTE)

    assert places(session, people) == ["held", "waiting", "waiting"]


LATER = {"starts_at": START + DAY, "ends_at": START + DAY + timedelta(hours=2)}
AS_IT_WAS = {"starts_at": START, "ends_at": START + timedelta(hours=2)}


def test_a_burst_that_comes_to_nothing_gives_back_what_each_had():
    held, gone, let_pass, offered, waits = people = members(5)
    session = seated(2, people=people, at=NOW - DAY)
    all_is_sent(NOW)
    say(session, people, now=NOW)
    say(session, [gone], NO, now=NOW + 5 * MINUTE)  # the next is offered the seat,
    all_is_sent(NOW + 5 * MINUTE)
    seats.plan(EDIT + 2 * DAY)  # lets that pass, and it goes to the one after
    columns = "user", "answer", "answered_at", "place", "waiting_since", "offered_until"
    before = list(Participation.objects.order_by("pk").values_list(*columns))
    assert places(session, people) == ["held", "-", "-", "offered", "waiting"]

    change(session, at=EDIT + 2 * DAY, **LATER)
    meanwhile = places(session, people)
    change(session, at=EDIT + 2 * DAY + MINUTE, **AS_IT_WAS)

    assert meanwhile == ["-"] * 5
    assert list(Participation.objects.order_by("pk").values_list(*columns)) == before
    put_aside = Participation.objects.values_list("earlier_place", "earlier_waiting_since", "earlier_offered_until")
    assert set(put_aside) == {("", None, None)}


def test_a_burst_that_leaves_fewer_seats_takes_none():
    people = members(3)
    session = seated(2, people=people, at=NOW - DAY)
    all_is_sent(NOW)
    say(session, people, now=NOW)
    actions.postpone(session, reason="La ponente enfermó.", by=None)
    change(session, at=EDIT, seats_in_person=1)
    actions.reinstate(session, by=None)
    change(session, at=EDIT + MINUTE, seats_in_person=1)

    assert places(session, people) == ["held", "held", "waiting"]
    assert {kind for kind, _due in waiting()} == {"session_change"}  # there are fewer seats


def test_other_news_of_the_same_date_leaves_answers_and_seats():
    first, second = people = members(2)
    session = seated(1, people=people, at=NOW - DAY)
    all_is_sent(NOW)
    say(session, people, now=NOW)
    change(session, at=EDIT, **LATER)

    change(session, at=EDIT + MINUTE, **AS_IT_WAS, venue="Sala 2")

    assert places(session, people) == ["held", "waiting"]
    assert waiting(first) == [("session_change", EDIT + MINUTE + SETTLE)]
    assert "Su respuesta anterior" not in text_of(
        read(OutgoingMail.objects.filter(user=first, status="queued").get(), EDIT)
    )


@pytest.mark.parametrize("is_asked_again", [False, True])
def test_seat_given_to_somebody_else_meanwhile_is_not_taken_from_them(is_asked_again):
    first, second = people = members(2)
    session = seated(1, people=people, at=NOW - DAY)
    all_is_sent(NOW)
    say(session, people, now=NOW)
    change(session, at=EDIT, **LATER)
    news = OutgoingMail.objects.filter(user=first, kind="session_change", status="queued")
    news.update(status="sending", token=uuid4(), lease_until=EDIT)  # it may arrive
    change(session, at=EDIT + MINUTE, **AS_IT_WAS)
    assert places(session, people) == ["-", "offered"]
    say(session, [second], now=EDIT + 3 * MINUTE)
    OutgoingMail.objects.filter(status="sending").update(status="failed", token=None, lease_until=None)  # it did not

    if is_asked_again:
        actions.postpone(session, reason="La ponente enfermó.", by=None)
        publish(session.cycle, at=EDIT + 4 * MINUTE)
        actions.reinstate(session, by=None)
    change(session, at=EDIT + 5 * MINUTE, venue="Sala 2")

    assert places(session, people) == ["waiting", "held"]
    assert "session_seat_waiting" in [kind for kind, _due in waiting(first)]


def test_news_of_a_seat_taken_back_meanwhile_is_told_after_all():
    first, second = people = members(2)
    session = seated(1, people=people, at=NOW - DAY)
    all_is_sent(NOW)
    say(session, people, now=NOW)
    say(session, [first], NO, now=NOW + 5 * MINUTE)
    change(session, at=EDIT, **LATER)
    all_is_sent(EDIT)
    assert waiting(second) == [("session_change", EDIT + SETTLE)]

    change(session, at=EDIT + MINUTE, **AS_IT_WAS)

    assert places(session, people) == ["-", "offered"]
    assert waiting(second) == [("session_seat_offer", EDIT + MINUTE)]


def test_who_answered_on_the_page_before_the_invitation_went_is_told_of_the_end(member):
    version = publish_session(people=[member], at=NOW)
    actions.answer(version.session, user=member, answer=Participation.Answer.YES, now=NOW + MINUTE)
    actions.cancel(version.session, reason="No hay sede.", by=None)
    told = people_told(diff.pending_changes(version.session.cycle), now=NOW + 2 * MINUTE)

    publish(version.session.cycle, at=NOW + 2 * MINUTE)

    assert told[version.session_id].cancelled == {member.pk}
    assert [kind for kind, _due in waiting(member)] == ["session_cancellation"]


@pytest.fixture
def named(member: User) -> SessionVersion:
    """One to which the member and another person were invited by name, and half a minute ago the other alone."""
    version = publish_session(people=[member, factories.create_user()], venue="Sala 1")
    all_is_sent(NOW)
    version.session.audience_people.remove(member)
    return change(version.session, at=EDIT)


def test_who_is_named_again_before_they_heard_of_it_is_told_nothing(named, member):
    named.session.audience_people.add(member)
    change(named.session, at=EDIT + MINUTE)

    assert waiting() == []
    assert Participation.objects.get(user=member).expected


def test_who_is_named_again_is_told_what_changed_meanwhile(named, member):
    named.session.audience_people.add(member)
    change(named.session, at=EDIT + MINUTE, venue="Sala 2")

    assert waiting(member) == [("session_change", EDIT + MINUTE + SETTLE)]


def test_who_returns_by_a_membership_before_they_heard_of_it_is_told_nothing(version, member):
    leave(member, at=EDIT)
    change(version.session, at=EDIT, bring="Plano")
    change(version.session, at=EDIT + MINUTE, bring="")
    assert waiting() == [("session_uninvitation", EDIT + SETTLE)]

    Membership.objects.filter(user=member).update(until=None)
    queued = releases.refresh_expectations(now=EDIT + 2 * MINUTE)

    assert (queued, waiting()) == (0, [])


def test_who_returns_by_a_membership_is_invited_to_what_changed_meanwhile(version, member):
    leave(member, at=EDIT)
    change(version.session, at=EDIT, venue="Sala 2")

    Membership.objects.filter(user=member).update(until=None)
    releases.refresh_expectations(now=EDIT + 2 * MINUTE)

    assert waiting() == [("session_invitation", EDIT + 2 * MINUTE)]


def test_coordinators_read_when_it_is_told_and_may_send_it_now(member, coordinator):
    session = factories_schedule.create_session()
    factories_schedule.publish(session)
    all_is_sent(database_now())
    factories_schedule.move(session, starts_at=factories_schedule.in_days(31))
    release = factories_schedule.publish(session).release
    page, send = release.get_absolute_url(), reverse("workshops:release_send_now", args=[release.number])
    desk = desk_of(coordinator)

    before = desk.get(page).content.decode()
    sent = desk.post(send, follow=True)
    again = desk.post(send, follow=True)

    assert "If you publish a correction before" in before
    assert f'action="{send}"' in before
    assert "2 mails go now." in sent.content.decode()
    assert f'action="{send}"' not in sent.content.decode()
    assert "No mail of this version waits any more." in again.content.decode()
    assert {due for _kind, due in waiting(member)} == {OutgoingMail.objects.latest("due").due}
    assert OutgoingMail.objects.latest("due").due < database_now()


def test_who_heard_before_that_they_are_not_expected_is_invited_again(named, member):
    all_is_sent(EDIT + SETTLE)
    named.session.audience_people.add(member)
    change(named.session, at=EDIT + DAY)  # the invitation waits
    named.session.audience_people.remove(member)
    change(named.session, at=EDIT + DAY + MINUTE)

    named.session.audience_people.add(member)
    change(named.session, at=EDIT + DAY + 2 * MINUTE)

    assert waiting(member) == [("session_invitation", EDIT + DAY + 2 * MINUTE)]


def test_preview_says_that_changes_wait_and_invitations_do_not(member, coordinator):
    session = factories_schedule.create_session()
    desk, url = desk_of(coordinator), reverse("workshops:publish", args=[session.cycle.slug])
    invites = desk.get(url).content.decode()
    factories_schedule.publish(session)
    all_is_sent(database_now())
    factories_schedule.move(session, starts_at=factories_schedule.in_days(31))

    changes = desk.get(url).content.decode()

    assert "minutes later" not in invites
    assert "Changes are told 10 minutes later, and a correction published before goes with them in one mail" in changes


@pytest.mark.parametrize(("venue", "told"), [("Sala 1", set()), ("Sala 2", {"changed"})])
def test_preview_counts_who_returns_unaware_as_the_release_tells_them(named, member, venue, told):
    session = named.session
    session.refresh_from_db()
    session.audience_people.add(member)
    session.venue = venue
    session.save(update_fields=["venue"])

    pending = diff.pending_changes(session.cycle)
    news = people_told(pending, now=EDIT + MINUTE)[session.pk]

    assert {name for name in ("invited", "changed", "uninvited") if member.pk in getattr(news, name)} == told


# --- Who may never have read the invitation ---------------------------------------------------------------------------


@pytest.fixture
def doubtful(member: User) -> SessionVersion:
    """One whose invitation a sender had in hand when it died: it may have arrived, and waits to be repeated."""
    version = publish_session(venue="Sala 1")
    OutgoingMail.objects.update(unknown_count=1)
    return version


def test_invitation_in_doubt_that_a_release_outdates_is_followed_by_another(doubtful, member):
    change(doubtful.session, at=EDIT, venue="Sala 2")
    changed = waiting(member)
    change(doubtful.session, at=EDIT + MINUTE, venue="Sala 1")

    assert changed == [("session_change", EDIT + SETTLE)]
    assert waiting(member) == [("session_invitation", EDIT + MINUTE)]


@pytest.mark.parametrize(
    "fate",
    [
        {"status": "sending", "token": uuid4(), "lease_until": EDIT},
        {"status": "unknown"},
        {"status": "queued", "unknown_count": 1},
    ],
)
def test_invitation_in_doubt_is_repeated_after_a_release_that_shows_nothing_new(fate, member):
    session = publish_session(time_zone="America/Mexico_City").session
    OutgoingMail.objects.update(**fate)
    Session.objects.update(time_zone="America/Monterrey")  # both are "Central Mexico"
    told = people_told(diff.pending_changes(session.cycle), now=EDIT)[session.pk]

    publish(session.cycle, at=EDIT)

    queued = OutgoingMail.objects.filter(status="queued")
    assert [(one.kind, one.due, one.subject_version) for one in queued] == [("session_invitation", EDIT, 1)]
    assert (told.invited, told.changed) == ({member.pk}, set())


@pytest.mark.parametrize(("end", "kind"), [("cancel", "session_cancellation"), ("postpone", "session_change")])
def test_who_may_have_read_the_invitation_is_told_of_the_end(end, kind, doubtful, member):
    getattr(actions, end)(doubtful.session, reason="No hay sede.", by=None)
    publish(doubtful.session.cycle, at=EDIT)
    OutgoingMail.objects.filter(kind=kind).update(unknown_count=1)
    change(doubtful.session, at=EDIT + MINUTE, venue="Sala 2")

    assert waiting(member) == [(kind, EDIT + MINUTE + SETTLE)]


@pytest.mark.parametrize("end", ["cancel", "postpone"])
def test_who_was_never_reached_hears_no_end_of_it_and_is_invited_when_it_is_held(end, member):
    version = publish_session(venue="Sala 1")
    getattr(actions, end)(version.session, reason="No hay sede.", by=None)
    publish(version.session.cycle, at=NOW + MINUTE)  # before the invitation went
    Session.objects.update(venue="Sala 2")
    foreseen = people_told(diff.pending_changes(version.session.cycle), now=NOW + 2 * MINUTE)[version.session_id]
    publish(version.session.cycle, at=NOW + 2 * MINUTE)
    nothing = waiting(member)
    actions.reinstate(Session.objects.get(), by=None)
    told = people_told(diff.pending_changes(version.session.cycle), now=NOW + 3 * MINUTE)[version.session_id]
    publish(version.session.cycle, at=NOW + 3 * MINUTE)

    assert (nothing, foreseen.lists()) == ([], {})
    assert told.lists() == {"invited": {member.pk}}
    assert waiting(member) == [("session_invitation", NOW + 3 * MINUTE)]
