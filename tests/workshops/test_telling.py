"""Who was told of a session, in numbers and by version."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.coordination import desk_of, text_of
from tests.workshops.published import NOW, START, cancel, change, publish_session
from tests.workshops.told import all_is_sent
from workshops import actions
from workshops.models import Participation, Session
from workshops.reports import telling
from workshops.views import coordination

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def session():
    for _number in range(5):
        factories.create_member()
    return publish_session().session


def became(**statuses: int) -> None:
    """So many of the mails got each status."""
    waiting = list(OutgoingMail.objects.order_by("pk").values_list("pk", flat=True))
    for status, number in statuses.items():
        now, waiting = waiting[:number], waiting[number:]
        OutgoingMail.objects.filter(pk__in=now).update(status=status, sent_at=timezone.now())


def test_totals_of_a_session_in_one_sentence(session, django_assert_num_queries):
    became(sent=2, failed=1, unknown=1)
    OutgoingMail.objects.filter(status="sent").update(unknown_count=1)
    publish_session(title="Otra")

    with django_assert_num_queries(1), translation.override("en"):
        totals = telling.totals(session.pk)

    with translation.override("en"):
        assert totals.sentence == "2 people told, 1 waiting, 1 refused, 1 unknown, 2 perhaps twice"


def test_who_was_told_twice_is_one_person(session):
    all_is_sent(NOW)
    change(session, at=NOW, venue="Sala 2")
    all_is_sent(NOW)

    assert telling.totals(session.pk).told == 5


def test_each_person_knows_the_last_version_that_surely_went(session):
    all_is_sent(NOW)
    first = session.versions.get().release.number
    second = change(session, at=NOW, venue="Sala 2").release.number
    became_sent = OutgoingMail.objects.filter(status="queued").order_by("pk").first()
    assert became_sent
    OutgoingMail.objects.filter(pk=became_sent.pk).update(status="sent", sent_at=NOW)

    told = telling.versions_told(session, list(User.objects.values_list("pk", flat=True)))

    assert told.pop(became_sent.user_id or 0) == second
    assert list(told.values()) == [first] * 4


def test_people_page_and_outbox_of_the_session_show_it(session, coordinator):
    all_is_sent(NOW)
    desk = desk_of(coordinator)
    number = session.versions.get().release.number

    page = text_of(desk.get(reverse("workshops:people", args=[session.slug])))
    outbox = text_of(desk.get(reverse("outbox"), {"session": session.pk}))
    everything = text_of(desk.get(reverse("outbox")))

    assert page.count(f"knows version {number}") == 5
    assert all("Mails about this session: 5 people told" in one for one in (page, outbox))
    assert f"?session={session.pk}" in outbox
    assert "Mails about this session" not in everything


def unaware(session: Session, *, now: datetime = NOW) -> set[int]:
    return set(telling.unaware(session, now=now).people)


def test_who_does_not_know_what_counts_by_now(session, coordinator, django_assert_num_queries, monkeypatch):
    """Known is what surely went, or was answered on the page; who heard of nothing else needs to hear nothing."""
    everybody = set(session.participations.values_list("user", flat=True))
    invited = unaware(session)
    all_is_sent(NOW)
    told = unaware(session)
    number = change(session, at=NOW, venue="Sala 2").release.number
    mails = OutgoingMail.objects.filter(status="queued", kind="session_change").order_by("pk")
    sent, doubtful, refused, answered, waiting = mails
    OutgoingMail.objects.filter(pk=sent.pk).update(status="sent", sent_at=NOW)
    OutgoingMail.objects.filter(pk=doubtful.pk).update(status="unknown", unknown_count=1)
    OutgoingMail.objects.filter(pk=refused.pk).update(status="failed")
    assert answered.user
    actions.answer(session, user=answered.user, answer=Participation.Answer.YES, now=NOW + timedelta(minutes=1))

    with django_assert_num_queries(5):
        ignorant = unaware(session)
    monkeypatch.setattr(coordination, "PEOPLE_WITHOUT_SEARCH", 1)
    url = reverse("workshops:people", args=[session.slug])
    desk = desk_of(coordinator)
    page, listed = text_of(desk.get(url)), text_of(desk.get(url, {"answer": "unaware"}))

    assert (invited, told) == (everybody, set())
    assert ignorant == {doubtful.user_id, refused.user_id, waiting.user_id, coordinator.pk}  # who is invited only now
    assert f"Do not know version {number} yet (4)" in page
    assert page.count("knows version") == 5
    assert listed.count("knows version") == 3
    assert ('type="search"' in listed, "Select a valid choice" in listed) == (True, False)
    change(session, at=NOW + timedelta(minutes=2), venue="")  # as it was
    assert unaware(session) == {sent.user_id, doubtful.user_id, answered.user_id, coordinator.pk}
    assert unaware(session, now=START + timedelta(days=9)) == set()


def test_of_what_does_not_take_place_those_are_unaware_who_expect_it(session):
    mails = OutgoingMail.objects.order_by("pk")
    first = mails[0]
    OutgoingMail.objects.filter(pk=first.pk).update(status="sent", sent_at=NOW)
    cancel(session, at=NOW)

    ignorant = unaware(session)
    all_is_sent(NOW + timedelta(hours=1))

    assert (ignorant, unaware(session)) == ({first.user_id}, set())
