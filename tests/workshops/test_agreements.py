"""The register of agreements: written, edited by two at once, told what became of each."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from actionplans.models import Candidacy
from cities.models import Organization
from ogpgroup.errors import ActionNotPossible
from tests import factories
from tests.factories_schedule import create_agreement, create_session, in_days, publish
from workshops.actions import agreements as actions
from workshops.models import Agreement, AgreementUpdate, Session
from workshops.reports import agreements as reports

pytestmark = pytest.mark.django_db

Status = Agreement.Status


@pytest.fixture
def session(db: None, reynosa) -> Session:
    session = create_session(cycle=factories.create_cycle(), starts_at=in_days(-3))
    publish(session)
    session.refresh_from_db()
    return session


@pytest.fixture
def council(official_reynosa) -> Organization:
    return Organization.objects.get(kind="municipal_government")


def fields(**other):
    return {"kind": "task", "text": "Publicar el calendario.", "due_on": date(2026, 12, 24)} | other


# --- Written ----------------------------------------------------------------------------------------------------------


def test_agreements_are_numbered_in_their_session(session, council):
    first = actions.write_agreement(session, fields=fields(responsible=[council]))
    second = actions.write_agreement(session, fields=fields(text="Otro.", responsible_group=True))

    assert (first.number, second.number, second.status) == (1, 2, "open")
    assert list(first.responsible.all()) == [council]


def test_form_sent_twice_is_one_agreement(session):
    form_id = uuid4()

    first = actions.write_agreement(session, fields=fields(), form_id=form_id)
    again = actions.write_agreement(session, fields=fields(text="Otro texto."), form_id=form_id)

    assert first == again
    assert session.agreements.count() == 1


def test_form_of_another_session_is_refused(session):
    form_id = uuid4()
    other = create_session(cycle=session.cycle)
    actions.write_agreement(session, fields=fields(), form_id=form_id)

    with pytest.raises(ActionNotPossible):
        actions.write_agreement(other, fields=fields(), form_id=form_id)


def test_session_has_so_many_agreements_at_most(session, monkeypatch):
    monkeypatch.setattr(Agreement, "MOST", 1)
    actions.write_agreement(session, fields=fields())

    with pytest.raises(ActionNotPossible, match="1 "):
        actions.write_agreement(session, fields=fields())


def test_made_up_institution_answers_for_no_real_session(session):
    with pytest.raises(ActionNotPossible):
        actions.write_agreement(session, fields=fields(responsible=[factories.create_organization(is_demo=True)]))


def test_number_stands_once(session):
    create_agreement(session=session, number=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        create_agreement(session=session, number=1)


# --- The fellow city --------------------------------------------------------------------------------------------------


def test_choice_of_the_fellow_city_is_recorded_with_the_agreement(session, reynosa, coordinator):
    on, form_id = date(2026, 11, 26), uuid4()
    choice = {"city": reynosa, "reason": "Por su propuesta.", "on": on, "form_id": form_id, "by": coordinator}

    actions.write_choice_of_fellow(session, fields=fields(kind="fellow_city"), **choice)
    actions.write_choice_of_fellow(session, fields=fields(kind="fellow_city"), **choice)

    session.cycle.refresh_from_db()
    candidacy = Candidacy.objects.get()
    assert (session.cycle.fellow_city, session.cycle.fellow_named_on) == (reynosa, on)
    assert (candidacy.status, candidacy.decided_by) == ("selected", coordinator)
    assert session.agreements.count() == 1


def test_second_fellow_city_leaves_no_agreement(session, reynosa, colima):
    actions.write_choice_of_fellow(
        session, fields=fields(kind="fellow_city"), city=reynosa, reason="Sí.", on=date(2026, 11, 26), by=None
    )

    with pytest.raises(ActionNotPossible, match="Reynosa"):
        actions.write_choice_of_fellow(
            session, fields=fields(kind="fellow_city"), city=colima, reason="Sí.", on=date(2026, 11, 26), by=None
        )

    assert session.agreements.count() == 1


def test_task_chooses_no_fellow_city(session, reynosa):
    agreement = create_agreement(session=session)

    with pytest.raises(ActionNotPossible):
        actions.choose_fellow(agreement, city=reynosa, reason="Sí.", on=date(2026, 11, 26), by=None)

    session.cycle.refresh_from_db()
    assert session.cycle.fellow_city is None


# --- Edited -----------------------------------------------------------------------------------------------------------


def test_edit_on_an_older_edition_is_told_what_stands(session, council):
    agreement = actions.write_agreement(session, fields=fields())
    actions.save_agreement(agreement, fields=fields(text="De una.", responsible=[]), edition=1)

    with pytest.raises(actions.EditedMeanwhile) as meanwhile:
        actions.save_agreement(agreement, fields=fields(text="De otra.", responsible=[]), edition=1)

    assert meanwhile.value.current.text == "De una."


def test_responsible_alone_is_an_edit_too(session, council):
    agreement = actions.write_agreement(session, fields=fields())

    saved = actions.save_agreement(agreement, fields=fields(responsible=[council]), edition=1)

    assert saved.edition == 2
    assert list(saved.responsible.all()) == [council]


def test_edit_sent_twice_is_one(session):
    agreement = actions.write_agreement(session, fields=fields())

    actions.save_agreement(agreement, fields=fields(text="Nuevo."), edition=1)
    again = actions.save_agreement(agreement, fields=fields(text="Nuevo."), edition=1)

    assert again.edition == 2


# --- What became of it ------------------------------------------------------------------------------------------------


def test_every_status_can_be_reached():
    reached = {Status.OPEN} | {to for steps in Agreement.TRANSITIONS.values() for to in steps}

    assert reached == set(Status.values)
    assert set(Agreement.TRANSITIONS) == set(Status.values)


@pytest.mark.parametrize("before", Status.values)
@pytest.mark.parametrize("after", Status.values)
def test_steps_are_those_of_the_table(session, before, after):
    agreement = create_agreement(session=session, status=before)

    if after == before or after in Agreement.TRANSITIONS[before]:
        actions.tell(agreement, status=after, text="Así quedó.", by=None)
    else:
        with pytest.raises(ActionNotPossible):
            actions.tell(agreement, status=after, text="Así quedó.", by=None)
    agreement.refresh_from_db()

    assert agreement.status == (after if after in Agreement.TRANSITIONS[before] else before)


def test_news_without_a_step_needs_words(session):
    agreement = create_agreement(session=session)

    with pytest.raises(ActionNotPossible):
        actions.tell(agreement, status="open", text="", by=None)


def test_dropping_needs_a_reason(session):
    agreement = create_agreement(session=session)

    with pytest.raises(ActionNotPossible):
        actions.tell(agreement, status="dropped", text="", by=None)


def test_news_sent_twice_are_told_once(session, coordinator):
    agreement, form_id = create_agreement(session=session), uuid4()

    actions.tell(agreement, status="done", text="", form_id=form_id, by=coordinator)
    actions.tell(agreement, status="done", text="", form_id=form_id, by=coordinator)

    assert AgreementUpdate.objects.count() == 1


def test_news_of_somebody_elses_form_are_refused(session, coordinator, member):
    agreement, form_id = create_agreement(session=session), uuid4()
    actions.tell(agreement, status="done", text="", form_id=form_id, by=coordinator)

    with pytest.raises(ActionNotPossible):
        actions.tell(agreement, status="open", text="No.", form_id=form_id, by=member)


@pytest.mark.parametrize("write", ["update", "delete"])
def test_news_are_never_changed(session, write):
    told = actions.tell(create_agreement(session=session), status="done", text="Hecho.", by=None)
    rows = AgreementUpdate.objects.filter(pk=told.pk)

    with pytest.raises(ProgrammingError), transaction.atomic():
        rows.delete() if write == "delete" else rows.update(text="Otra cosa.")


def test_who_answers_for_an_agreement(session, council, official_reynosa, coordinator, member, ex_member):
    own = actions.write_agreement(session, fields=fields(responsible=[council]))
    of_group = actions.write_agreement(session, fields=fields(text="De todos.", responsible_group=True))
    answered = Agreement.objects.order_by("number")

    assert list(answered.answered_for_by(official_reynosa)) == [own]
    assert list(answered.answered_for_by(coordinator)) == [own, of_group]
    assert list(answered.answered_for_by(member)) == []
    assert list(answered.answered_for_by(ex_member)) == []
    assert list(answered.reminded_of(coordinator)) == [of_group]
    assert list(answered.reminded_of(official_reynosa)) == [own]


# --- Read -------------------------------------------------------------------------------------------------------------


def test_history_tells_news_and_changes_by_institution(session, council, official_reynosa):
    agreement = actions.write_agreement(session, fields=fields(responsible=[council]))
    actions.save_agreement(agreement, fields={"text": "Publicarlo en línea."}, edition=1)
    actions.tell(agreement, status="done", text="Ya está.", by=official_reynosa)
    agreement.refresh_from_db()

    news, change = reports.history_of(agreement, on=date(2026, 11, 29))

    assert (news.status, news.text, news.who) == ("cumplido", "Ya está.", "Ayuntamiento de Reynosa (enlace municipal)")
    assert [(one.name, one.old, one.new) for one in change.differences] == [
        ("text", "Publicar el calendario.", "Publicarlo en línea.")
    ]


def test_next_session_opens_with_what_the_cycle_left_open(session, stranger):
    due = create_agreement(session=session, text="Con fecha.", due_on=date(2027, 1, 31))
    undated = create_agreement(session=session, text="Sin fecha.")
    create_agreement(session=session, text="Cumplido.", status="done")
    following = create_session(cycle=session.cycle, starts_at=in_days(5))
    later = create_session(cycle=session.cycle, starts_at=in_days(15))
    publish(session.cycle)

    assert _to_review(following, stranger) == [due, undated]
    assert _to_review(later, stranger) == []
    assert _to_review(session, stranger) == []


def _to_review(session, client):
    response = client.get(session.get_absolute_url())
    assert response.status_code == 200
    content = response.content.decode().partition('id="to-review"')[2].partition("</section>")[0]
    return [one for one in Agreement.objects.order_by("due_on") if f'href="{one.get_absolute_url()}"' in content]
