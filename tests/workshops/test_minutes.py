"""Minutes: drafted from the records, two at one section, corrected by who took part, approved and locked."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone, translation

from cities.models import Membership
from ogpgroup import waiting
from ogpgroup.errors import ActionNotPossible
from ogpgroup.markdown_parts import parts_of
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.factories_schedule import create_agreement, create_session, in_days, publish
from workshops import drafting
from workshops.actions import minutes as actions
from workshops.emails import minutes as emails
from workshops.merging import same
from workshops.models import AgendaItem, Minutes, MinutesSection, Participation, Session, TableNote, WorkTable
from workshops.reports import minutes as reports

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(coordinator) -> Session:
    session = create_session(starts_at=in_days(-3), title="Primera sesión", mode="hybrid", venue="Biblioteca")
    publish(session)
    session.refresh_from_db()
    return session


@pytest.fixture
def minutes(session, coordinator) -> Minutes:
    return drafted(session, coordinator)


def drafted(session: Session, by: User) -> Minutes:
    assert session.current_version
    sections = drafting.sections_of(session.current_version, by)
    return actions.draft(session, sections=sections, now=timezone.now())


def attend(session: Session, user: User, *, may_be_named: bool = False) -> None:
    Participation.objects.update_or_create(
        session=session,
        user=user,
        defaults={"attended": "present", "mode": "face_to_face", "may_be_named": may_be_named},
    )


def section(minutes: Minutes, kind: str) -> MinutesSection:
    return minutes.sections.get(kind=kind)


def save(one: MinutesSection, text: str, *, edition: int, by: User) -> MinutesSection:
    return actions.save_section(one, heading=one.heading, text=text, edition=edition, by=by, now=timezone.now())


# --- Drafted ----------------------------------------------------------------------------------------------------------


def test_draft_holds_what_was_recorded(session, coordinator, member, official_reynosa):
    attend(session, member, may_be_named=True)
    attend(session, official_reynosa)
    item = {"kind": "presentation", "presenter_organization": official_reynosa.memberships.get().organization}
    AgendaItem.objects.create(session=session, position=1, title="El plan", presenter=official_reynosa, **item)
    table = WorkTable.objects.create(session=session, number=1, theme="Agua")
    TableNote.objects.create(table=table, kind="doubt", text="¿Quién *paga*?", said_by="Vera Vecina")
    agreement = create_agreement(session=session, number=1, text="Publicar.", due_on=date(2027, 1, 31))
    agreement.responsible.set([official_reynosa.memberships.get().organization])

    made = {one.heading: one.text for one in drafted(session, coordinator).sections.all()}

    institution = member.memberships.get().organization.name
    assert list(made) == [
        *("Apertura", "Asistencia", "Orden del día", "Lo que se trató", "Mesa 1: Agua"),
        *("Diagnóstico colectivo", "Acuerdos", "Otros asuntos"),
    ]
    assert "**Sesión:** Primera sesión" in made["Apertura"]
    assert made["Asistencia"] == (
        "Participaron 2 personas.\n\nPor institución:\n\n- Ayuntamiento de Reynosa: 1\n"
        f"- {institution}: 1\n\nPor ciudad:\n\n- Reynosa, Tamaulipas: 1\n- otras: 1\n\n"
        "Por modalidad:\n\n- presencial: 2\n\nPersonas que aceptaron ser nombradas:\n\n"
        f"- Inés Integrante, {institution}"
    )
    assert made["Orden del día"] == "1. El plan. Presenta: Ayuntamiento de Reynosa."
    assert made["Mesa 1: Agua"] == "**Dudas**\n\n- ¿Quién \\*paga\\*?"
    assert made["Acuerdos"] == "1. Publicar. — Responsable: Ayuntamiento de Reynosa — Fecha límite: 31 de enero de 2027"


def test_nobody_is_named_who_did_not_agree(session, coordinator, official_reynosa):
    attend(session, official_reynosa)
    AgendaItem.objects.create(
        session=session, position=1, kind="presentation", title="El plan", presenter_name=official_reynosa.name
    )

    text = "\n".join(one.text for one in drafted(session, coordinator).sections.all())

    assert official_reynosa.name not in text


def test_draft_is_made_once(session, coordinator):
    assert drafted(session, coordinator) == drafted(session, coordinator)


def test_no_draft_before_the_session(coordinator):
    session = create_session(starts_at=in_days(3))
    publish(session)
    session.refresh_from_db()

    with pytest.raises(ActionNotPossible):
        drafted(session, coordinator)


def test_table_with_more_than_a_section_holds_is_cut_with_a_word(session, coordinator):
    table = WorkTable.objects.create(session=session, number=1)
    TableNote.objects.bulk_create(TableNote(table=table, kind="doubt", text="á" * 500) for _ in range(60))

    text = section(drafted(session, coordinator), "tables").text

    assert len(text.encode()) <= MinutesSection.LARGEST
    assert text.endswith("renglones más en el registro.")


@pytest.mark.parametrize(
    "text", ["# a", "1. a", "- a", "> a", "*a* [b](https://c.mx) <d> `e` _f_ ~g~ | h |", "= a", "&lt;"]
)
def test_words_are_words(text):
    assert drafting.literal(text).replace("\\", "") == text
    assert same("".join(run["text"] for part in parts_of(f"- {drafting.literal(text)}") for run in part["runs"]), text)


# --- Two at one section -----------------------------------------------------------------------------------------------


def test_changes_at_other_lines_come_together(minutes, coordinator, member):
    one = save(section(minutes, "discussion"), "Uno.\nDos.\nTres.", edition=1, by=coordinator)
    save(one, "Uno, corregido.\nDos.\nTres.", edition=2, by=member)

    with pytest.raises(actions.EditedMeanwhile) as meanwhile:
        save(one, "Uno.\nDos.\nTres, corregido.", edition=2, by=coordinator)

    merged = reports.merged_edit(meanwhile.value.current, edition=2, mine="Uno.\nDos.\nTres, corregido.")
    assert (merged.text, merged.conflicts) == ("Uno, corregido.\nDos.\nTres, corregido.", ())


def test_changes_of_one_line_both_stand(minutes, coordinator, member):
    one = save(section(minutes, "discussion"), "Uno.", edition=1, by=coordinator)
    save(one, "De ella.", edition=2, by=member)

    merged = reports.merged_edit(section(minutes, "discussion"), edition=2, mine="De él.")

    assert (merged.text, merged.conflicts) == ("De ella.\nDe él.", (("De él.", "De ella."),))


def test_section_sent_twice_is_one_edition(minutes, coordinator):
    one = section(minutes, "discussion")

    assert save(one, "Uno.", edition=1, by=coordinator).edition == 2
    assert save(one, "Uno.", edition=1, by=coordinator).edition == 2


def test_sections_are_so_many_at_most(minutes, coordinator, monkeypatch):
    monkeypatch.setattr(MinutesSection, "MOST", minutes.sections.count() + 1)
    actions.add_section(minutes, heading="Otra", by=coordinator, now=timezone.now())

    with pytest.raises(ActionNotPossible):
        actions.add_section(minutes, heading="Otra más", by=coordinator, now=timezone.now())


# --- Brought up to date -----------------------------------------------------------------------------------------------


def test_refresh_joins_records_and_what_was_typed(session, coordinator):
    for number, text in enumerate(("Publicar.", "Reunirse."), start=1):
        create_agreement(session=session, number=number, text=text)
    minutes, version = drafted(session, coordinator), session.current_version
    assert version
    save(section(minutes, "agreements"), "1. Publicar, en línea.\n2. Reunirse.", edition=1, by=coordinator)
    for number, text in enumerate(("Traducir.", "Invitar."), start=3):
        create_agreement(session=session, number=number, text=text)

        one = section(minutes, "agreements")
        fresh = drafting.text_of(one, version, coordinator)
        merged = reports.merged_with_records(one, fresh)
        actions.refresh_section(
            one, drafted=fresh, shown=fresh, text=merged.text, edition=one.edition, by=coordinator, now=timezone.now()
        )

        assert merged.conflicts == ()

    assert section(minutes, "agreements").text == ("1. Publicar, en línea.\n2. Reunirse.\n3. Traducir.\n4. Invitar.")


def test_records_that_moved_are_shown_again(minutes, coordinator):
    one = section(minutes, "agreements")

    with pytest.raises(actions.RecordsMoved):
        actions.refresh_section(
            one, drafted="Nuevo.", shown="Viejo.", text="Mío.", edition=1, by=coordinator, now=timezone.now()
        )

    assert section(minutes, "agreements").text == one.text


# --- Corrected --------------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(session, minutes, member) -> Minutes:
    attend(session, member)
    return actions.open_to_corrections(minutes, now=timezone.now())


def correct(minutes, by, *, text="Falta la mesa 2.", form_id=None, now=None):
    return actions.correct(
        minutes, section=None, text=text, form_id=form_id or uuid4(), by=by, now=now or timezone.now()
    )


def test_who_took_part_is_told(opened, member, coordinator):
    mails = OutgoingMail.objects.filter(kind="minutes_open")

    assert [one.user for one in mails] == [member]
    assert emails._open_still_true(list(mails), timezone.now()) == {one.pk for one in mails}


def test_mail_about_a_draft_again_is_not_true(opened):
    actions.take_back(opened)

    assert emails._open_still_true(list(OutgoingMail.objects.filter(kind="minutes_open")), timezone.now()) == set()


def test_who_took_part_corrects_once(opened, member):
    form_id = uuid4()

    assert correct(opened, member, form_id=form_id) == correct(opened, member, form_id=form_id)


def test_who_did_not_take_part_corrects_nothing(opened, official_reynosa):
    with pytest.raises(ActionNotPossible):
        correct(opened, official_reynosa)


def test_nobody_corrects_after_the_week(opened, member):
    with pytest.raises(ActionNotPossible):
        correct(opened, member, now=timezone.now() + timedelta(days=9))


def test_author_is_told_what_became_of_a_correction(opened, member, coordinator):
    correction = correct(opened, member)

    actions.decide(correction, decision="taken", reply="", by=coordinator, now=timezone.now())

    (mail,) = OutgoingMail.objects.filter(kind="correction_decided")
    assert mail.user == member
    assert emails._render([mail], timezone.now())[mail.pk].headline == "Su corrección a la minuta de «Primera sesión»"


def test_refusal_needs_a_reason(opened, member, coordinator):
    with pytest.raises(ActionNotPossible):
        actions.decide(correct(opened, member), decision="not_taken", reply="", by=coordinator, now=timezone.now())


def test_decided_is_decided(opened, member, coordinator):
    correction = correct(opened, member)
    actions.decide(correction, decision="taken", reply="", by=coordinator, now=timezone.now())

    with pytest.raises(ActionNotPossible):
        actions.decide(correction, decision="not_taken", reply="No.", by=coordinator, now=timezone.now())


# --- Approved ---------------------------------------------------------------------------------------------------------


def approve(minutes: Minutes, by: User) -> Minutes:
    return actions.approve(minutes, by=by, now=timezone.now() + timedelta(days=9))


def test_not_approved_within_the_week(opened, coordinator):
    with pytest.raises(ActionNotPossible):
        actions.approve(opened, by=coordinator, now=timezone.now())


def test_not_approved_with_a_correction_undecided(opened, member, coordinator):
    correct(opened, member)

    with pytest.raises(ActionNotPossible):
        approve(opened, coordinator)


def test_not_approved_from_a_draft(minutes, coordinator):
    with pytest.raises(ActionNotPossible):
        approve(minutes, coordinator)


def test_approved_minutes_do_not_change(opened, coordinator):
    one = section(opened, "discussion")
    approved = approve(opened, coordinator)

    for act in (
        lambda: save(one, "Otra cosa.", edition=1, by=coordinator),
        lambda: actions.take_back(approved),
        lambda: actions.add_section(approved, heading="Otra", by=coordinator, now=timezone.now()),
        lambda: actions.name_rapporteur(approved, rapporteur=None, on=timezone.now()),
    ):
        with pytest.raises(ActionNotPossible):
            act()


@pytest.mark.parametrize("what", ["update", "delete", "section update", "section delete", "section insert"])
def test_database_keeps_approved_minutes(opened, coordinator, what):
    one = section(opened, "discussion")
    approve(opened, coordinator)
    rows, sections = Minutes.objects.filter(pk=opened.pk), MinutesSection.objects.filter(pk=one.pk)
    acts = {
        "update": lambda: rows.update(rapporteur=coordinator),
        "delete": lambda: rows._raw_delete("default"),
        "section update": lambda: sections.update(text="Otra cosa."),
        "section delete": lambda: sections._raw_delete("default"),
        "section insert": lambda: MinutesSection.objects.create(minutes=opened, position=99, kind="other", heading="x"),
    }

    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        acts[what]()


def test_rapporteur_is_of_the_group(minutes, ex_member, member):
    actions.name_rapporteur(minutes, rapporteur=member, on=timezone.now())

    with pytest.raises(ActionNotPossible):
        actions.name_rapporteur(minutes, rapporteur=ex_member, on=timezone.now())
    with pytest.raises(ActionNotPossible):
        actions.name_rapporteur(minutes, rapporteur=factories.create_user(is_demo=True), on=timezone.now())


def test_every_status_can_be_reached():
    reached = {"draft"} | {to for steps in Minutes.TRANSITIONS.values() for to in steps}

    assert reached == set(Minutes.Status.values)


# --- On the desk ------------------------------------------------------------------------------------------------------


def test_corrections_stand_on_the_desk_of_the_rapporteur(opened, member, coordinator, client):
    rapporteur = factories.create_member(language="en")
    Minutes.objects.filter(pk=opened.pk).update(rapporteur=rapporteur)
    assert waiting.for_person(rapporteur, opened.correct_by).count == 0
    first, _second = correct(opened, member), correct(opened, member, text="Y la mesa 3.")

    with translation.override("en"):
        (thing,) = waiting.for_person(rapporteur, opened.correct_by + timedelta(days=1)).things
    assert (thing.title, thing.is_late) == ("2 corrections of the minutes wait for a decision.", True)
    client.force_login(rapporteur)
    assert "2 corrections of the minutes wait for a decision." in client.get("/desk/").text
    page = client.get(thing.href).text
    assert f"/corrections/{first.pk}/" in page
    # Neither on the desk of who wrote them nor once they are decided.
    assert waiting.for_person(member, opened.correct_by).count == 0
    for one in opened.corrections.all():
        actions.decide(one, decision="taken", reply="", by=rapporteur, now=timezone.now())
    assert waiting.for_person(rapporteur, opened.correct_by).count == 0


def test_corrections_do_not_wait_for_a_rapporteur_who_has_left(opened, member):
    rapporteur = factories.create_member()
    Minutes.objects.filter(pk=opened.pk).update(rapporteur=rapporteur)
    correct(opened, member)
    Membership.objects.filter(user=rapporteur).update(until=timezone.localdate() - timedelta(days=1))

    assert waiting.for_person(User.objects.get(pk=rapporteur.pk), timezone.localdate()).count == 0
