"""Who is expected: cities and roles beside organisations and people, and who comes in somebody's place."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cities.models import City, Cycle, GroupMembership, Membership, Role
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.database import most_rows_of_a_step
from tests.factories_schedule import create_session
from tests.workshops.agendas import put
from tests.workshops.coordination import desk_of, edit_url, running_cycle, text_of, typed
from tests.workshops.published import NOW, draft, publish, publish_session
from tests.workshops.told import all_is_sent
from workshops import actions, audience, diff
from workshops.actions import agenda, delegates
from workshops.audience import Rule
from workshops.models import Participation, Session, WorkTable
from workshops.preview import preview
from workshops.reports.releases import told

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def cycle() -> Cycle:
    return factories.create_cycle(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


def person_of(city: City, *, role: str = Role.MEMBER, in_group_until: date | None = None) -> User:
    """Somebody of an NGO of the city."""
    organization = factories.create_organization(city=city, in_group_until=in_group_until)
    user: User = factories.create_membership(organization=organization, role=role).user
    return user


def expected_at(session: Session) -> dict[int, str]:
    rows = Participation.objects.expected().filter(session=session, user__isnull=False)
    return dict(rows.values_list("user_id", "expected_because"))


# --- Cities and roles -------------------------------------------------------------------------------------------------


def test_city_expects_the_people_of_all_its_institutions_in_the_group(cycle):
    reynosa, colima = factories.create_city(), factories.create_city()
    official, of_an_ngo = factories.create_official(city=reynosa), person_of(reynosa)
    person_of(reynosa, in_group_until=date(2020, 1, 1))
    person_of(colima)

    version = publish_session(cycle=cycle, cities=[reynosa])

    assert expected_at(version.session) == {official.pk: "city", of_an_ngo.pk: "city"}
    assert version.expected["cities"] == [{"id": reynosa.pk, "name": reynosa.full_name}]


def test_role_expects_everybody_of_the_group_who_holds_it(cycle):
    official, other = factories.create_official(), factories.create_official()
    factories.create_member()
    gone = factories.create_official()
    Membership.objects.filter(user=gone).update(until=date(2020, 1, 1))
    fictitious = factories.create_membership(
        user=factories.create_user(is_demo=True),
        organization=factories.create_organization(is_demo=True),
        role=Role.OFFICIAL,
    ).user

    session = publish_session(cycle=cycle, roles=[Role.OFFICIAL]).session

    assert expected_at(session) == {official.pk: "role", other.pk: "role"}
    rule = Rule(session_id=1, is_demo=True, audience="chosen", roles=(Role.OFFICIAL,))
    assert [one.user_id for one in audience.who([rule], on=NOW.date())] == [fictitious.pk]


def test_the_most_personal_of_several_reasons_counts(cycle):
    reynosa = factories.create_city()
    by_name, by_organization, by_city = (person_of(reynosa, role=Role.OFFICIAL) for _ in range(3))
    by_role = factories.create_official()
    organization = by_organization.memberships.get().organization

    session = publish_session(
        cycle=cycle,
        people=[by_name],
        organizations=[organization, by_name.memberships.get().organization],
        cities=[reynosa],
        roles=[Role.OFFICIAL],
    ).session

    assert expected_at(session) == {
        by_name.pk: "person",
        by_organization.pk: "organization",
        by_city.pk: "city",
        by_role.pk: "role",
    }


def test_who_joins_an_institution_of_the_city_is_expected_and_who_leaves_is_not(cycle):
    reynosa = factories.create_city()
    leaves = person_of(reynosa)
    session = publish_session(cycle=cycle, cities=[reynosa]).session
    joins = person_of(reynosa)
    GroupMembership.objects.filter(organization=leaves.memberships.get().organization).update(until=date(2026, 11, 3))

    actions.refresh_expectations(now=NOW + 3 * DAY)

    assert expected_at(session) == {joins.pk: "city"}


@pytest.mark.parametrize("count", [1, 3, 300])
def test_rules_are_resolved_in_one_query(cycle, count, django_assert_num_queries):
    reynosa = factories.create_city()
    person_of(reynosa)
    rules = [
        Rule(session_id=pk, is_demo=False, audience="chosen", cities=(reynosa.pk,), roles=("official",))
        for pk in range(1, count + 1)
    ]

    with django_assert_num_queries(1):
        assert audience.count(rules, on=NOW.date()) == dict.fromkeys(range(1, count + 1), 1)


# --- In words ---------------------------------------------------------------------------------------------------------


def test_change_of_cities_and_roles_is_told_in_words(cycle, coordinator, settings):
    settings.LANGUAGE_CODE = "en"
    reynosa, colima = factories.create_city(name="Reynosa"), factories.create_city(name="Colima", state="Colima")
    session = draft(cycle=cycle, cities=[reynosa], roles=["official"])
    publish(cycle)
    session.audience_roles = ["member", "official"]
    actions.save_draft(session, organizations=[], people=[], cities=[reynosa, colima], by=None)

    (change,) = diff.pending_changes(cycle)
    assert change.fields == ("roles", "cities")
    assert change.rule == Rule(
        session.pk, False, "chosen", cities=tuple(sorted([reynosa.pk, colima.pk])), roles=("member", "official")
    )
    publish(cycle, at=NOW + DAY)

    session.refresh_from_db()
    version = session.versions.select_related("previous").get(sequence=1)
    (one,) = told([version], coordinator)
    assert [(sentence.label, sentence.old, sentence.new) for sentence in one.sentences] == [
        ("Roles expected", "city official", "city official, working-group member"),
        ("Cities expected", "Reynosa, Tamaulipas", "Reynosa, Tamaulipas, Colima, Colima"),
    ]


def test_renamed_city_is_no_change(cycle):
    reynosa = factories.create_city()
    draft(cycle=cycle, cities=[reynosa])
    publish(cycle)

    City.objects.update(name="Otro nombre")

    assert diff.pending_changes(cycle) == []


def test_preview_names_cities_and_roles_and_counts_their_people(cycle, settings):
    settings.LANGUAGE_CODE = "en"
    reynosa = factories.create_city(name="Reynosa")
    person_of(reynosa)
    person_of(reynosa)
    draft(cycle=cycle, cities=[reynosa], roles=["coordinator"])

    shown = preview(cycle, now=NOW)

    assert (shown.people, shown.items[0].facts[-1]["value"]) == (2, "Reynosa, Tamaulipas and coordinator")


# --- The form and the page --------------------------------------------------------------------------------------------


def test_coordinator_chooses_cities_and_roles(coordinator):
    cycle, reynosa = running_cycle(), factories.create_city()
    organization = factories.create_organization(city=reynosa)
    session = create_session(cycle=cycle)

    response = desk_of(coordinator).post(
        edit_url(session),
        typed(cycle, audience="chosen", cities=[reynosa.pk], roles=["official", "coordinator"]),
    )

    assert response.status_code == 302
    session.refresh_from_db()
    assert list(session.audience_cities.all()) == [reynosa]
    assert session.audience_roles == ["coordinator", "official"]
    assert list(session.audience_organizations.all()) == []
    page = text_of(desk_of(coordinator).get(edit_url(session)))
    assert f'name="cities" value="{reynosa.pk}"' in page
    assert organization.name in page


def test_city_without_an_institution_in_the_group_is_not_offered(coordinator):
    cycle, far = running_cycle(), factories.create_city()
    session = create_session(cycle=cycle)

    response = desk_of(coordinator).post(edit_url(session), typed(cycle, audience="chosen", cities=[far.pk]))

    assert response.status_code == 200
    assert "cities" in response.context["form"].errors


def test_everybody_drops_cities_and_roles(coordinator):
    cycle, reynosa = running_cycle(), factories.create_city()
    factories.create_organization(city=reynosa)
    session = create_session(cycle=cycle)

    desk_of(coordinator).post(edit_url(session), typed(cycle, cities=[reynosa.pk], roles=["official"]))

    session.refresh_from_db()
    assert (list(session.audience_cities.all()), session.audience_roles) == ([], [])


def test_page_of_the_session_names_cities_and_roles(cycle, client):
    reynosa = factories.create_city(name="Reynosa")
    factories.create_government(city=reynosa)
    version = publish_session(cycle=cycle, cities=[reynosa], roles=["official"])

    page = text_of(client.get(version.get_absolute_url(), headers={"Accept-Language": "en"}))

    assert f'<li><a href="{reynosa.get_absolute_url()}">Reynosa, Tamaulipas</a></li><li>City official</li>' in "".join(
        line.strip() for line in page.splitlines()
    )


# --- Each minute ------------------------------------------------------------------------------------------------------


def test_answers_are_held_up_only_where_somebody_has_come_or_gone(cycle, official_reynosa):
    session = publish_session(cycle=cycle, cities=[official_reynosa.memberships.get().organization.city]).session

    def holds_answers_up() -> bool:
        with CaptureQueriesContext(connection) as asked:
            actions.refresh_expectations(now=NOW)
        return any("pg_advisory_xact_lock(" in query["sql"] for query in asked)

    quiet = holds_answers_up()
    newcomer = factories.create_official(city=official_reynosa.memberships.get().organization.city)
    came, then = holds_answers_up(), holds_answers_up()
    assert set(expected_at(session)) == {official_reynosa.pk, newcomer.pk}
    newcomer.memberships.update(until=date(2026, 10, 1))
    left, at_last = holds_answers_up(), holds_answers_up()

    assert (quiet, came, then, left, at_last) == (False, True, False, True, False)
    assert set(expected_at(session)) == {official_reynosa.pk}


def test_sessions_of_many_people_are_looked_through_once(cycle):
    """With fresh statistics; by them PostgreSQL once compared all people of a session with all others."""
    people, sessions = 3000, 20
    organization = factories.create_organization()
    rules = [Rule.of(publish_session(cycle=cycle)) for _number in range(sessions)]
    members = User.objects.bulk_create(User(email=f"p{number}@ciudad.example", name="P") for number in range(people))
    Membership.objects.bulk_create(
        Membership(user=person, organization=organization, role=Role.MEMBER, since=factories.SINCE)
        for person in members
    )
    audience.add_newcomers(rules, now=NOW, at_most=people * sessions)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    with CaptureQueriesContext(connection) as asked:
        assert not audience.has_moved(rules, on=NOW.date())

    assert Participation.objects.expected().count() == people * sessions
    assert most_rows_of_a_step(asked[0]["sql"]) <= 2 * people * sessions


# --- A post -----------------------------------------------------------------------------------------------------------


def test_post_is_a_reason_to_be_expected_and_the_last_one_gone_is_none(cycle, official_reynosa):
    presenter, respondent, leads = factories.create_official(), factories.create_member(), factories.create_member()
    session = publish_session(cycle=cycle, people=[official_reynosa], visibility="invited").session
    item = put(session, "Colima", 10, presenter=presenter, respondent=respondent)
    WorkTable.objects.create(session=session, number=1, facilitator=leads)

    actions.refresh_expectations(now=NOW)

    named = dict.fromkeys([presenter.pk, respondent.pk, leads.pk], "part")
    assert expected_at(session) == {official_reynosa.pk: "person", **named}
    assert Session.objects.visible_to(respondent).filter(pk=session.pk).exists()
    agenda.save_item(item, fields={"respondent": None}, co_presenters=[], edition=1, now=NOW)
    actions.refresh_expectations(now=NOW)
    assert set(expected_at(session)) == {official_reynosa.pk, presenter.pk, leads.pk}


def test_who_has_left_is_not_asked_back_by_a_post(cycle, official_reynosa):
    gone = factories.create_member()
    Membership.objects.filter(user=gone).update(until=date(2026, 10, 1))
    session = publish_session(cycle=cycle, people=[official_reynosa]).session
    put(session, "Colima", 10, presenter=gone)

    actions.refresh_expectations(now=NOW)

    assert expected_at(session) == {official_reynosa.pk: "person"}


def test_who_was_expected_for_a_post_alone_sends_somebody_and_takes_them_back(cycle, official_reynosa, reynosa):
    presenter = factories.create_official(city=reynosa)
    delegate = factories.create_official(city=reynosa)
    session = publish_session(cycle=cycle, people=[official_reynosa]).session
    item = put(session, "Reynosa", 10, presenter=presenter)
    actions.refresh_expectations(now=NOW)

    delegates.send_delegate(session, sender=presenter, delegate=delegate, now=NOW)
    actions.refresh_expectations(now=NOW + DAY)
    assert set(expected_at(session)) == {official_reynosa.pk, presenter.pk, delegate.pk}
    delegates.take_back_delegate(session, sender=presenter, now=NOW + DAY)
    actions.refresh_expectations(now=NOW + DAY)

    assert set(expected_at(session)) == {official_reynosa.pk, presenter.pk}
    item.refresh_from_db()
    assert item.presenter == presenter


# --- In somebody's place ----------------------------------------------------------------------------------------------


def send_instead(session: Session, sender: User, *, now: datetime = NOW) -> User:
    delegate = factories.create_member()
    Participation.objects.create(
        session=session,
        user=delegate,
        expected_because=Participation.Because.DELEGATE,
        expected_since=now,
        delegated_by=Participation.objects.get(session=session, user=sender),
    )
    return delegate


def test_delegate_stays_expected_as_long_as_the_sender_is_named(cycle):
    sender = factories.create_official()
    session = publish_session(cycle=cycle, roles=["official"]).session
    all_is_sent(NOW)
    delegate = send_instead(session, sender)

    assert actions.refresh_expectations(now=NOW + DAY) == 0
    assert expected_at(session) == {sender.pk: "role", delegate.pk: "delegate"}

    Membership.objects.filter(user=sender).update(until=date(2026, 11, 3))
    actions.refresh_expectations(now=NOW + 3 * DAY)
    assert expected_at(session) == {}
    left = OutgoingMail.objects.filter(kind="session_uninvitation", user=delegate)
    assert left.count() == 1


def test_delegate_of_nobody_leaves(cycle):
    sender = factories.create_official()
    session = publish_session(cycle=cycle, roles=["official"]).session
    delegate = send_instead(session, sender)
    Participation.objects.filter(user=delegate).update(delegated_by=None)

    actions.refresh_expectations(now=NOW + DAY)

    assert expected_at(session) == {sender.pk: "role"}
