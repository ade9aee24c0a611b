"""The agenda of a session: hours follow from minutes, everything fits, nobody's words are lost."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils.translation import override

from ogpgroup.errors import ActionNotPossible
from tests import factories
from tests.factories_schedule import create_session
from tests.feedback.noting import write
from tests.workshops.agendas import put, titles
from tests.workshops.published import NOW, START
from workshops import agenda as hours
from workshops.actions import agenda as actions
from workshops.models import AgendaItem, Session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def session() -> Session:
    """Two hours from 10:00 in Mexico City."""
    return create_session(starts_at=START, hours=2)


def clock(session: Session, zone: str = "") -> list[str]:
    """The hours at which the points begin, by the session's clock."""
    found = hours.agenda(session, session.agenda.all())
    return [f"{point.starts_at.astimezone(session.zone):%H:%M}" if point.starts_at else "" for point in found]


# --- Hours ------------------------------------------------------------------------------------------------------------


def test_hours_follow_from_the_minutes_before(session):
    put(session, "Jalisco", 20)
    reynosa = put(session, "Reynosa", 40)
    put(session, "La propuesta", 25, parent=reynosa)
    put(session, "Preguntas", 15, parent=reynosa)
    put(session, "Acuerdos", 10)

    assert titles(session) == ["Jalisco", "Reynosa", "  La propuesta", "  Preguntas", "Acuerdos"]
    assert clock(session) == ["10:00", "10:20", "10:20", "10:45", "11:00"]


def test_point_without_minutes_takes_those_of_its_parts(session):
    block = put(session, "Reynosa")
    put(session, "La propuesta", 25, parent=block)
    put(session, "Preguntas", 15, parent=block)
    put(session, "Acuerdos", 10)

    assert clock(session) == ["10:00", "10:00", "10:25", "10:40"]
    assert hours.agenda(session, session.agenda.all()).left == 70


def test_after_a_point_of_unknown_length_no_hour_is_known(session):
    put(session, "Jalisco", 20)
    put(session, "Reynosa")
    put(session, "Acuerdos", 10)

    assert clock(session) == ["10:00", "10:20", ""]


def test_date_without_hours_has_no_hours():
    session = create_session(day=START.date())
    put(session, "Jalisco", 2000 // 2)
    put(session, "Reynosa", 1400)

    found = hours.agenda(session, session.agenda.all())

    assert [point.starts_at for point in found] == [None, None]
    assert (found.total, found.left, found.over) == (None, None, 0)


def test_hours_pass_over_the_night_the_clocks_change_in_reynosa():
    """On 7 March 2027 the border's clocks go from 2:00 to 3:00; the rest of the country's stay."""
    session = create_session(starts_at=datetime(2027, 3, 14, 7, tzinfo=UTC), hours=3, time_zone="America/Matamoros")
    put(session, "Antes", 60)
    put(session, "Después", 30)
    put(session, "Cierre", 30)

    assert clock(session) == ["01:00", "03:00", "03:30"]
    assert hours.agenda(session, session.agenda.all()).left == 60


# --- Everything fits --------------------------------------------------------------------------------------------------


def test_points_fit_the_session(session):
    put(session, "Jalisco", 100)

    with pytest.raises(actions.DoesNotFit) as refusal:
        put(session, "Reynosa", 35)

    assert str(refusal.value.sentence) == "This is 15 minutes too long. There is no room for it in the session."
    assert titles(session) == ["Jalisco"]


def test_parts_fit_their_point(session):
    block = put(session, "Reynosa", 30)
    put(session, "La propuesta", 20, parent=block)

    with pytest.raises(actions.DoesNotFit) as refusal:
        put(session, "Preguntas", 11, parent=block)

    assert str(refusal.value.sentence) == "This is 1 minute too long. The point it is a part of is shorter."


def test_point_does_not_get_shorter_than_its_parts(session):
    block = put(session, "Reynosa", 30)
    put(session, "La propuesta", 20, parent=block)

    with pytest.raises(actions.DoesNotFit) as refusal:
        save(block, minutes=15)

    assert str(refusal.value.sentence) == "This is 5 minutes too short. Its parts take more."


def test_what_does_not_fit_any_more_may_be_made_shorter_step_by_step(session):
    """The session was shortened: nobody has to mend everything at once."""
    one, two = put(session, "Jalisco", 60), put(session, "Reynosa", 60)
    Session.objects.filter(pk=session.pk).update(ends_at=START + timedelta(minutes=60))

    save(one, minutes=45)
    with pytest.raises(actions.DoesNotFit):
        save(two, minutes=61)

    session.refresh_from_db()
    assert hours.agenda(session, session.agenda.all()).over == 45


def test_session_without_hours_takes_any_length():
    session = create_session(day=START.date())

    put(session, "Todo el día", 1440)
    put(session, "Otro día", 1440)

    assert len(titles(session)) == 2


# --- Order ------------------------------------------------------------------------------------------------------------


def test_points_change_places_with_their_parts(session):
    one = put(session, "Jalisco")
    two = put(session, "Reynosa")
    first, second = put(session, "La propuesta", parent=two), put(session, "Preguntas", parent=two)

    assert actions.move_item(two, up=True)
    assert actions.move_item(second, up=True)

    assert titles(session) == ["Reynosa", "  Preguntas", "  La propuesta", "Jalisco"]
    assert not actions.move_item(two, up=True)
    assert not actions.move_item(first, up=False)
    assert not actions.move_item(one, up=False)
    assert list(session.agenda.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4]


def test_point_becomes_a_part_of_another(session):
    one, two = put(session, "Jalisco"), put(session, "Reynosa")

    save(one, parent=two)

    assert titles(session) == ["Reynosa", "  Jalisco"]


def test_points_are_nested_one_level_deep(session):
    block = put(session, "Reynosa")
    part = put(session, "La propuesta", parent=block)
    other = put(session, "Colima")

    for wrong in (lambda: put(session, "Detalle", parent=part), lambda: save(block, parent=other)):
        with pytest.raises(ActionNotPossible):
            wrong()


def test_point_is_no_part_of_another_session(session):
    elsewhere = put(create_session(starts_at=START), "Otra sesión")

    with pytest.raises(ActionNotPossible):
        put(session, "Aquí", parent=elsewhere)


def test_point_goes_with_its_parts(session):
    block = put(session, "Reynosa")
    put(session, "La propuesta", parent=block)
    put(session, "Acuerdos")

    actions.delete_item(block, now=NOW)

    assert titles(session) == ["Acuerdos"]
    assert session.agenda.get().position == 1


def test_agenda_is_bounded(session, monkeypatch):
    monkeypatch.setattr(AgendaItem, "MOST", 2)
    put(session, "Uno")
    put(session, "Dos")

    with pytest.raises(ActionNotPossible):
        put(session, "Tres")


# --- Several people, several times ------------------------------------------------------------------------------------


def save(item: AgendaItem, *, edition: int | None = None, together=(), **changes) -> AgendaItem:
    item = AgendaItem.objects.get(pk=item.pk)
    fields = {"title": item.title, "minutes": item.minutes, "parent": item.parent, **changes}
    return actions.save_item(item, fields=fields, co_presenters=together, edition=edition or item.edition, now=NOW)


def test_form_sent_twice_is_one_point(session):
    form = uuid4()
    fields = {"title": "Jalisco", "kind": "presentation"}

    first = actions.add_item(session, fields=fields, form_id=form, now=NOW)
    again = actions.add_item(session, fields=fields, form_id=form, now=NOW)

    assert first == again
    assert titles(session) == ["Jalisco"]


def test_of_two_coordinators_the_second_is_told(session):
    item = put(session, "Jalisco", 20)
    save(item, minutes=25)

    with pytest.raises(actions.EditedMeanwhile) as refusal:
        save(item, edition=1, title="Jalisco, líder")

    assert refusal.value.current.minutes == 25
    assert titles(session) == ["Jalisco"]


def test_who_presents_together_is_part_of_the_edition(session):
    people = [factories.create_member() for _ in range(3)]
    item = put(session, "Jalisco", presenter=people[0], together=people[:2])

    assert list(item.co_presenters.all()) == [people[1]]  # the first presenter is named once
    saved = save(item, presenter=people[0], together=[people[2]])

    assert saved.edition == 2
    assert list(saved.co_presenters.all()) == [people[2]]


def test_saving_the_same_again_is_no_new_edition(session):
    item = put(session, "Jalisco", 20)

    assert save(item, minutes=25).edition == 2
    assert save(item, edition=1, minutes=25).edition == 2


def test_point_taken_off_meanwhile_is_told(session):
    item = put(session, "Jalisco", 20)
    stale = AgendaItem.objects.get(pk=item.pk)
    actions.delete_item(item, now=NOW)

    for act in (
        lambda: actions.delete_item(stale, now=NOW),
        lambda: actions.move_item(stale, up=True),
        lambda: actions.save_item(stale, fields={"title": "X"}, co_presenters=[], edition=1, now=NOW),
    ):
        with pytest.raises(ActionNotPossible):
            act()


# --- Copying and publishing -------------------------------------------------------------------------------------------


def test_agenda_is_copied_without_people(session):
    block = put(session, "Reynosa", 60, presenter=factories.create_member(), presenter_name="")
    put(session, "La propuesta", 20, parent=block, respondent=factories.create_member())
    other = create_session(starts_at=START)

    assert actions.copy_agenda(session, other) == 2

    assert titles(other) == ["Reynosa", "  La propuesta"]
    copied = [(item.minutes, item.presenter, item.respondent) for item in other.agenda.all()]
    assert copied == [(60, None, None), (20, None, None)]
    with pytest.raises(ActionNotPossible):
        actions.copy_agenda(session, other)


def test_minutes_are_copied_only_where_all_fit(session):
    put(session, "Reynosa", 60)
    put(session, "Colima", 60)
    short = create_session(starts_at=START, hours=1)

    actions.copy_agenda(session, short)

    assert list(short.agenda.values_list("minutes", flat=True)) == [None, None]


def test_agenda_is_published_once(session):
    with pytest.raises(ActionNotPossible):
        actions.publish_agenda(session, now=NOW)
    put(session, "Jalisco")

    actions.publish_agenda(session, now=NOW)
    actions.publish_agenda(session, now=NOW + timedelta(hours=1))

    session.refresh_from_db()
    assert session.agenda_published_at == NOW


def test_published_agenda_is_taken_back_with_a_reason_until_somebody_writes_about_it(session):
    item = put(session, "Jalisco", presenter=factories.create_official())
    actions.publish_agenda(session, now=NOW)
    with pytest.raises(ActionNotPossible):
        actions.unpublish_agenda(session, reason="  ")

    actions.unpublish_agenda(session, reason="Faltan dos ponentes.")

    session.refresh_from_db()
    assert session.agenda_published_at is None
    kept = Session.pgh_event_model.objects.filter(pgh_obj=session).order_by("pgh_id").last()  # type: ignore[attr-defined]
    assert kept.pgh_context.metadata["reason"] == "Faltan dos ponentes."
    actions.publish_agenda(session, now=NOW)
    write(item)
    with pytest.raises(ActionNotPossible):
        actions.unpublish_agenda(session, reason="Faltan dos ponentes.")


# --- Who is answered --------------------------------------------------------------------------------------------------


def test_feedback_of_its_own_answers_what_was_presented_since_the_feedback_before(session):
    somebody = factories.create_member()
    jalisco = put(session, "Jalisco", presenter=somebody)
    first = put(session, "Primera", kind="direct_feedback", respondent_name="Luis Alberto")
    reynosa = put(session, "Reynosa", presenter_organization=factories.create_organization())
    colima = put(session, "Colima", presenter=somebody, respondent=factories.create_member())
    put(session, "Mesas", kind="work_tables")
    second = put(session, "Segunda", kind="direct_feedback", respondent=factories.create_member())

    assert hours.answered_with(session.agenda.all()) == {
        first.pk: {jalisco.pk},
        colima.pk: {colima.pk},
        second.pk: {reynosa.pk, colima.pk},
    }
