"""A release: what it publishes, who it tells, and that it does both or neither."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction

from cities.models import Cycle, Membership
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.workshops.published import edit
from workshops import actions, diff
from workshops.models import RELEASED_FIELDS, Participation, Session, SessionBase, SessionVersion

NOW = datetime(2026, 11, 2, 16, tzinfo=UTC)
START = datetime(2026, 12, 3, 16, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def draft(cycle: Cycle, *, organizations=(), people=(), **fields) -> Session:
    values = {
        "title": "Retroalimentación a la propuesta",
        "kind": Session.Kind.WEBINAR,
        "mode": Session.Mode.REMOTE,
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "audience": "chosen" if organizations or people else "everybody",
    }
    session = Session(cycle=cycle, **values | fields)
    return actions.save_draft(session, organizations=list(organizations), people=list(people), by=None)


def told(kind: str) -> list[str]:
    return sorted(OutgoingMail.objects.filter(kind=kind).values_list("recipient", flat=True))


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


def test_every_field_of_the_base_is_released():
    base = {field.name for field in SessionBase._meta.get_fields()}

    assert base == set(RELEASED_FIELDS)


def test_first_release_copies_drafts_and_invites_everybody(cycle, coordinator, member):
    session = draft(cycle)

    published = actions.publish_release(cycle, by=coordinator, note=" Arranque ", at=NOW)

    session.refresh_from_db()
    version = session.current_version
    assert version
    assert (published.release.number, published.release.note, published.mail_count) == (1, "Arranque", 2)
    assert [getattr(version, field) for field in RELEASED_FIELDS] == [
        getattr(session, field) for field in RELEASED_FIELDS
    ]
    assert (version.change, version.sequence, version.begins_at) == ("added", 0, START)
    assert told("session_invitation") == [coordinator.email, member.email]


def test_drafts_are_not_told_before_a_release(cycle, member):
    draft(cycle)

    assert OutgoingMail.objects.count() == 0
    assert SessionVersion.objects.count() == 0


def test_unchanged_sessions_get_no_new_version(cycle, member):
    first, second = draft(cycle), draft(cycle, title="Otra")
    actions.publish_release(cycle, by=None, at=NOW)
    edit(second, title="Otra, con título nuevo")

    published = actions.publish_release(cycle, by=None, at=NOW + timedelta(days=1))

    assert [version.session_id for version in published.versions] == [second.pk]
    assert list(Session.objects.order_by("pk").values_list("sequence", flat=True)) == [0, 1]
    assert first.versions.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Título nuevo"),
        ("kind", "workshop"),
        ("mode", "hybrid"),
        ("purpose", "Otro propósito"),
        ("bring", "El borrador"),
        ("decisions", "Las prioridades"),
        ("ends_at", START + timedelta(hours=3)),
        ("time_zone", "America/Matamoros"),
        ("venue", "Sala 2"),
        ("address", "Calle 5"),
        ("join_url", "https://ejemplo.mx/otra"),
        ("visibility", "group"),
    ],
)
def test_a_change_of_any_released_field_is_published_and_told(cycle, member, field, value):
    session = draft(cycle)
    actions.publish_release(cycle, by=None, at=NOW)
    OutgoingMail.objects.update(status="sent", sent_at=NOW)
    edit(session, **{field: value})

    published = actions.publish_release(cycle, by=None, at=NOW + timedelta(days=1))

    assert [(version.change, version.sequence) for version in published.versions] == [("changed", 1)]
    (version,) = published.versions
    assert version.previous
    assert diff.changed_fields(diff.version_facts(version.previous), diff.version_facts(version)) == (field,)
    assert told("session_change") == [member.email]


def test_nothing_to_publish_is_said(cycle):
    draft(cycle)
    actions.publish_release(cycle, by=None, at=NOW)

    with pytest.raises(ActionNotPossible, match="nothing to publish|nada que publicar|No hay"):
        actions.publish_release(cycle, by=None, at=NOW)


def test_a_preview_that_is_stale_publishes_nothing(cycle):
    session = draft(cycle)
    seen = diff.fingerprint(diff.pending_changes(cycle))
    edit(session, title="Cambiada entretanto")

    with pytest.raises(ActionNotPossible):
        actions.publish_release(cycle, by=None, seen=seen, at=NOW)

    assert SessionVersion.objects.count() == 0


def test_a_failure_halfway_leaves_neither_release_nor_mail(cycle, member):
    session = draft(cycle)

    def publish_and_fail() -> None:
        with transaction.atomic():
            actions.publish_release(cycle, by=None, at=NOW)
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")

    with pytest.raises(DatabaseError):
        publish_and_fail()

    session.refresh_from_db()
    assert (SessionVersion.objects.count(), OutgoingMail.objects.count(), session.current_version) == (0, 0, None)


def test_cancelling_is_told_to_everybody_who_holds_the_invitation(cycle, coordinator, member):
    session = draft(cycle)
    actions.publish_release(cycle, by=None, at=NOW)
    OutgoingMail.objects.update(status="sent", sent_at=NOW)
    actions.answer(session, user=member, answer=Participation.Answer.NO, now=NOW)
    actions.cancel(session, reason="La sede cerró", by=coordinator)

    published = actions.publish_release(cycle, by=coordinator, at=NOW + timedelta(days=1))

    version = published.versions[0]
    assert (version.change, version.status, version.cancel_reason, version.sequence) == (
        "cancelled",
        "cancelled",
        "La sede cerró",
        1,
    )
    assert told("session_cancellation") == [coordinator.email, member.email]
    assert b"STATUS:CANCELLED" in bytes(version.vevent)


def test_cancelling_needs_a_reason(cycle):
    session = draft(cycle)

    with pytest.raises(ActionNotPossible):
        actions.cancel(session, reason="  ", by=None)


def test_cancelled_before_anybody_heard_of_it_tells_nobody(cycle, member):
    session = draft(cycle)
    actions.publish_release(cycle, by=None, at=NOW)  # the invitation still waits
    actions.cancel(session, reason="Error", by=None)

    published = actions.publish_release(cycle, by=None, at=NOW + timedelta(minutes=1))

    assert published.mail_count == 0


def test_an_invitation_that_still_waits_is_replaced_by_a_newer_one(cycle, member):
    session = draft(cycle)
    actions.publish_release(cycle, by=None, at=NOW)
    edit(session, title="Con otro título")

    actions.publish_release(cycle, by=None, at=NOW + timedelta(minutes=1))

    rows = OutgoingMail.objects.order_by("pk").values_list("kind", "subject_version")
    assert list(rows) == [("session_invitation", 0), ("session_invitation", 1)]


def test_reinstated_session_is_told_as_taking_place(cycle, member):
    session = draft(cycle)
    actions.publish_release(cycle, by=None, at=NOW)
    OutgoingMail.objects.update(status="sent", sent_at=NOW)
    actions.cancel(session, reason="Duda", by=None)
    actions.publish_release(cycle, by=None, at=NOW + timedelta(days=1))
    OutgoingMail.objects.update(status="sent", sent_at=NOW)
    actions.reinstate(session, by=None)

    published = actions.publish_release(cycle, by=None, at=NOW + timedelta(days=2))

    assert [version.change for version in published.versions] == ["reinstated"]
    assert told("session_change") == [member.email]


def test_past_sessions_are_published_without_telling(cycle, member):
    draft(cycle, starts_at=NOW - timedelta(days=3), ends_at=NOW - timedelta(days=3, hours=-2))

    assert actions.publish_release(cycle, by=None, at=NOW).mail_count == 0


def test_chosen_organisations_and_people_are_expected_for_the_most_personal_reason(cycle, member, coordinator):
    organization = member.memberships.get().organization
    colleague = factories.create_member(organization=organization)
    guest = factories.create_user()
    session = draft(cycle, organizations=[organization], people=[guest, member])

    actions.publish_release(cycle, by=None, at=NOW)

    rows = Participation.objects.filter(session=session).values_list("user", "expected_because")
    assert set(rows) == {(member.pk, "person"), (guest.pk, "person"), (colleague.pk, "organization")}


def test_demo_sessions_expect_only_people_of_demo_organisations(member):
    demo_person = factories.create_member(organization=factories.create_organization(is_demo=True))
    demo_cycle = factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31), is_demo=True)
    draft(demo_cycle, is_demo=True)

    actions.publish_release(demo_cycle, by=None, at=NOW)

    assert told("session_invitation") == [demo_person.email]


def test_ex_members_and_closed_accounts_are_not_expected(cycle, member, ex_member, deactivated):
    draft(cycle)

    actions.publish_release(cycle, by=None, at=NOW)

    assert told("session_invitation") == [member.email]


def test_who_is_no_longer_expected_is_told_so(cycle, member, official_colima):
    organization = member.memberships.get().organization
    session = draft(cycle, organizations=[organization, official_colima.memberships.get().organization])
    actions.publish_release(cycle, by=None, at=NOW)
    OutgoingMail.objects.update(status="sent", sent_at=NOW)
    edit(session, organizations=[organization])

    actions.publish_release(cycle, by=None, at=NOW + timedelta(days=1))

    assert told("session_uninvitation") == [official_colima.email]
    assert told("session_change") == [member.email]
    assert Participation.objects.get(user=official_colima).expected is False


def test_newcomers_are_invited_between_releases_and_leavers_told(cycle, member):
    session = draft(cycle)
    actions.publish_release(cycle, by=None, at=NOW)
    newcomer = factories.create_member()
    Membership.objects.filter(user=member).update(until=NOW.date())

    assert actions.refresh_expectations(now=NOW + timedelta(days=2)) == 2
    assert actions.refresh_expectations(now=NOW + timedelta(days=2)) == 0

    assert told("session_invitation") == sorted([member.email, newcomer.email])
    assert told("session_uninvitation") == [member.email]
    assert set(session.participations.expected().values_list("user", flat=True)) == {newcomer.pk}


def test_release_and_version_can_never_be_rewritten(cycle):
    draft(cycle)
    published = actions.publish_release(cycle, by=None, note="Primera", at=NOW)

    for row in (published.release, published.versions[0]):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(is_demo=True)
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            type(row).objects.filter(pk=row.pk)._raw_delete("default")


def test_numbers_go_on_over_all_cycles(cycle):
    other = factories.create_cycle()
    draft(cycle)
    draft(other, starts_at=None, ends_at=None, day=date(2017, 6, 29))

    first = actions.publish_release(other, by=None, notify=False, at=NOW)
    second = actions.publish_release(cycle, by=None, at=NOW)

    assert [first.release.number, second.release.number] == [1, 2]


def test_two_coordinators_do_not_overwrite_each_other(cycle, coordinator):
    session = draft(cycle)
    mine, theirs = Session.objects.get(pk=session.pk), Session.objects.get(pk=session.pk)
    theirs.title = "Título de ella"
    actions.save_draft(theirs, organizations=[], people=[], by=coordinator, seen_edits=0)
    mine.title = "Título mío"

    with pytest.raises(ActionNotPossible, match=coordinator.name):
        actions.save_draft(mine, organizations=[], people=[], by=None, seen_edits=0)

    session.refresh_from_db()
    assert session.title == "Título de ella"


def test_the_address_follows_title_and_day_until_it_is_published(cycle):
    session = draft(cycle, title="Título de trabajo")
    assert session.slug == "2026-12-03-titulo-de-trabajo"

    edit(session, title="Seminario", starts_at=START + timedelta(days=1), ends_at=START + timedelta(days=2))
    assert Session.objects.get().slug == "2026-12-04-seminario"
    edit(session, purpose="El mismo título")
    assert Session.objects.get().slug == "2026-12-04-seminario"
    draft(cycle, title="Otra")
    edit(session, title="Otra", starts_at=START, ends_at=START + timedelta(days=2))
    assert Session.objects.get(pk=session.pk).slug == "2026-12-03-otra-2"

    actions.publish_release(cycle, by=None, at=NOW)
    edit(session, title="Con otro nombre")

    assert Session.objects.get(pk=session.pk).slug == "2026-12-03-otra-2"


def test_an_address_given_by_hand_stays(cycle):
    session = draft(cycle, slug="seminario-de-arranque")

    edit(session, title="Otro título")

    assert Session.objects.get().slug == "seminario-de-arranque"


def test_a_published_session_cannot_be_discarded(cycle):
    session = draft(cycle)
    actions.publish_release(cycle, by=None, at=NOW)

    with pytest.raises(ActionNotPossible):
        actions.discard_draft(session)

    assert Session.objects.filter(pk=session.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_releases_at_once_publish_the_changes_once():
    cycle = factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))
    factories.create_member()
    draft(cycle)
    outcomes: list[str] = []

    def publish() -> None:
        try:
            actions.publish_release(cycle, by=None, at=NOW)
            outcomes.append("published")
        except ActionNotPossible:
            outcomes.append("nothing left")
        finally:
            connection.close()

    threads = [Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["nothing left", "published"]
    assert (SessionVersion.objects.count(), OutgoingMail.objects.count()) == (1, 1)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_pending_changes_take_the_same_queries_for_any_number(cycle, django_assert_num_queries, count):
    organization = factories.create_organization()
    for _number in range(count):
        draft(cycle, organizations=[organization])

    with django_assert_num_queries(4):
        assert len(diff.pending_changes(cycle)) == count


def test_a_successor_takes_over_sessions_to_come(cycle, member, coordinator):
    successor = factories.create_user(name="Sucesora")
    session = draft(cycle, people=[member], responsible=member)

    assert [holding.url for holding in actions.holdings(member)] == [f"/coordination/sessions/{session.slug}/edit/"]
    actions.hand_over(member, successor, by=coordinator)

    session.refresh_from_db()
    assert (session.responsible, list(session.audience_people.all()), session.edits) == (successor, [successor], 2)
    assert isinstance(successor, User)
