"""Opening, closing, replying, publishing: what each allows, and what the database refuses."""

import re
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client

from actionplans.models import ActionPlan
from cities.models import City
from feedback.actions import evaluations
from feedback.actions import rounds as actions
from feedback.models import CriterionReply, Evaluation, ReviewRound, Score
from feedback.reports.evaluations import criteria_of
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.feedback import rounds
from tests.feedback.rounds import DUE, NOW, REPLY_DUE

pytestmark = pytest.mark.slow


def refused(sql: str, *parameters: Any) -> str:
    """The database's own words on a statement that goes past our code."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
    return str(caught.value).splitlines()[0]


# --- Opening ----------------------------------------------------------------------------------------------------------


def test_round_keeps_the_commitments_of_its_day_and_numbers_itself(db: None):
    plan = factories.create_plan()
    first, second = rounds.create_commitments(plan, 2)

    one = rounds.open_round(plan=plan)
    rounds.create_commitments(plan, 1)
    other = rounds.open_round(plan=plan, rubric="participation")

    assert (one.number, other.number) == (1, 2)
    assert list(one.commitments.all()) == [first, second]
    assert list(other.commitments.all()) == []
    assert (one.status, one.rubric.slug, one.opened_at) == ("open", "irm", NOW)


def test_form_sent_twice_opens_one_round_and_is_nobody_elses(coordinator: User):
    plan, other_plan, form_id = factories.create_plan(), factories.create_plan(), uuid4()
    frame: dict[str, Any] = {
        "organizations": [factories.create_organization()],
        "due_on": DUE,
        "reply_due_on": REPLY_DUE,
    }

    def send(plan: ActionPlan, by: User) -> ReviewRound:
        return actions.open_round(plan, rubric="participation", **frame, form_id=form_id, by=by, now=NOW)

    assert send(plan, coordinator) == send(plan, coordinator)
    for forged in (partial(send, other_plan, coordinator), partial(send, plan, factories.create_coordinator())):
        with pytest.raises(ActionNotPossible, match="formulario|form"):
            forged()
    assert ReviewRound.objects.count() == 1


@pytest.mark.parametrize("status", ["draft", "closed"])
def test_only_a_plan_in_force_is_evaluated(status: str, db: None):
    plan = factories.create_plan(status=status)

    with pytest.raises(ActionNotPossible, match="vigente|in force"):
        rounds.open_round(plan=plan)


def test_plan_that_is_only_read_is_not_evaluated(db: None):
    plan = factories.create_plan()
    ActionPlan.objects.filter(pk=plan.pk).update(city=None, organization=factories.create_organization())

    with pytest.raises(ActionNotPossible):
        rounds.open_round(plan=plan)


def test_irm_needs_commitments_and_participation_does_not(db: None):
    plan = factories.create_plan()
    options: dict[str, Any] = {
        "organizations": [factories.create_organization()],
        "due_on": DUE,
        "reply_due_on": REPLY_DUE,
    }

    with pytest.raises(ActionNotPossible):
        actions.open_round(plan, rubric="irm", **options, by=None, now=NOW)
    assert actions.open_round(plan, rubric="participation", **options, by=None, now=NOW).number == 1


def test_own_and_foreign_organisations_are_not_asked(reynosa: City):
    plan = factories.create_plan(city=reynosa)
    government = factories.create_government(city=reynosa)
    implan = factories.create_organization(city=reynosa)
    outside = factories.create_organization(in_group_since=None)
    made_up = factories.create_organization(is_demo=True)
    good = factories.create_organization()

    assert list(actions.evaluating_organizations(plan, on=NOW.date())) == [good]
    for wrong in (government, implan, outside, made_up):
        with pytest.raises(ActionNotPossible):
            rounds.open_round(plan=plan, organizations=[good, wrong])
    with pytest.raises(ActionNotPossible):
        actions.open_round(plan, rubric="irm", organizations=[], due_on=DUE, reply_due_on=REPLY_DUE, by=None, now=NOW)


def test_somebody_of_the_demonstration_opens_no_round_on_a_real_plan(db: None):
    plan = factories.create_plan()
    rounds.create_commitments(plan, 1)

    with pytest.raises(ActionNotPossible):
        actions.open_round(
            plan,
            rubric="irm",
            organizations=[factories.create_organization()],
            due_on=DUE,
            reply_due_on=REPLY_DUE,
            by=factories.create_user(is_demo=True),
            now=NOW,
        )


@pytest.mark.parametrize(
    ("due_on", "reply_due_on"),
    [(NOW.date() - timedelta(days=1), REPLY_DUE), (DUE, DUE - timedelta(days=1))],
)
def test_days_must_come_in_order(due_on: date, reply_due_on: date, db: None):
    with pytest.raises(ActionNotPossible):
        rounds.open_round(due_on=due_on, reply_due_on=reply_due_on)


# --- Closing, reopening, cancelling -----------------------------------------------------------------------------------


def test_closed_round_takes_no_evaluation_from_anybody(db: None):
    one = rounds.open_round()
    late, draft = rounds.evaluator_of(one), rounds.draft(one, rounds.evaluator_of(one), [])

    actions.close_round(one, by=None, now=NOW)

    with pytest.raises(ActionNotPossible):
        rounds.draft(one, late, rounds.answers(one))
    organization = one.organizations.get()
    assert "no longer open" in refused(
        "INSERT INTO feedback_evaluation (round_id, evaluator_id, organization_id, status, conflict, edition)"
        " VALUES (%s, %s, %s, 'submitted', '', 1)",
        one.pk,
        late.pk,
        organization.pk,
    )
    assert "no longer open" in refused(
        "UPDATE feedback_evaluation SET status = 'submitted', submitted_at = now() WHERE id = %s", draft.pk
    )


def test_reopened_round_lets_drafts_go_on_until_another_day(db: None):
    one = rounds.open_round()
    person = rounds.evaluator_of(one)
    rounds.draft(one, person, rounds.answers(one)[:1])
    actions.close_round(one, by=None, now=NOW)

    actions.reopen_round(one, due_on=DUE + timedelta(days=7), reply_due_on=REPLY_DUE, by=None, now=NOW)

    rounds.submitted(one, by=person)
    one.refresh_from_db()
    assert (one.status, one.due_on, one.closed_at) == ("open", DUE + timedelta(days=7), None)


def test_round_is_not_reopened_once_somebody_has_evaluated(db: None):
    """Who knows what the others said evaluates no more."""
    one = rounds.closed_round()

    with pytest.raises(ActionNotPossible):
        actions.reopen_round(one, due_on=DUE, reply_due_on=REPLY_DUE, by=None, now=NOW)

    one.refresh_from_db()
    assert one.status == "closed"


def test_every_state_is_reached_and_no_other_way_leads_there(db: None):
    steps = {
        "close": lambda one: actions.close_round(one, by=None, now=NOW),
        "cancel": lambda one: actions.cancel_round(one, by=None),
        "reopen": lambda one: actions.reopen_round(one, due_on=DUE, reply_due_on=REPLY_DUE, by=None, now=NOW),
        "publish": lambda one: actions.publish_round(one, by=None, now=NOW + timedelta(days=60)),  # no reply came
    }
    allowed = {"open": {"close", "cancel"}, "closed": {"reopen", "publish"}, "published": set(), "cancelled": set()}
    reach = {"open": [], "closed": ["close"], "published": ["close", "publish"], "cancelled": ["cancel"]}

    for state, way in reach.items():
        for name, step in steps.items():
            one = rounds.open_round()
            if (state, name) != ("closed", "reopen"):
                rounds.submitted(one)
            for before in way:
                steps[before](one)
            one.refresh_from_db()
            assert one.status == state
            if name in allowed[state]:
                step(one)
            else:
                with pytest.raises(ActionNotPossible):
                    step(one)


def test_days_of_an_open_round_move_and_those_missing_are_told(db: None):
    one = rounds.open_round()
    done, missing = rounds.evaluator_of(one), rounds.evaluator_of(one)
    rounds.submitted(one, by=done)
    later = DUE + timedelta(days=7)

    actions.move_days(one, due_on=later, reply_due_on=REPLY_DUE, by=None, now=NOW)
    actions.move_days(one, due_on=later, reply_due_on=REPLY_DUE + timedelta(days=1), by=None, now=NOW)

    one.refresh_from_db()
    assert (one.status, one.due_on, one.reply_due_on) == ("open", later, REPLY_DUE + timedelta(days=1))
    told = OutgoingMail.objects.filter(kind="round_opened", subject_version=later.toordinal())
    assert [mail.user_id for mail in told] == [missing.pk]
    assert Evaluation.objects.get().status == "submitted"


@pytest.mark.parametrize("status", ["closed", "published", "cancelled"])
def test_days_of_a_round_that_is_not_open_stay(status, db: None):
    one = rounds.open_round()
    rounds.submitted(one)
    if status == "cancelled":
        actions.cancel_round(one, by=None)
    else:
        actions.close_round(one, by=None, now=NOW)
    if status == "published":
        actions.publish_round(one, by=None, now=NOW + timedelta(days=60))

    with pytest.raises(ActionNotPossible):
        actions.move_days(one, due_on=DUE, reply_due_on=REPLY_DUE + timedelta(days=1), by=None, now=NOW)


# --- Replying and publishing ------------------------------------------------------------------------------------------


def test_round_is_published_once_everything_has_its_reply(db: None):
    one = rounds.closed_round(commitments=2)
    everything = [(criterion, commitment) for commitment in one.commitments.all() for criterion in criteria_of(one)]

    for criterion, commitment in everything:
        with pytest.raises(ActionNotPossible, match=r"\d"):
            actions.publish_round(one, by=None, now=NOW)
        with pytest.raises(ActionNotPossible, match=r"\d"):
            actions.finish_replies(one, by=None, now=NOW)
        actions.reply(one, criterion=criterion, commitment=commitment, text="Sí.", seen="", by=None, now=NOW)
    actions.finish_replies(one, by=None, now=NOW)

    assert actions.publish_round(one, by=None, now=NOW).status == "published"
    assert len(everything) == 10


def test_replies_are_published_before_their_day_only_once_the_city_says_they_are_ready(db: None):
    one = rounds.closed_round()
    criterion, commitment = criteria_of(one)[0], one.commitments.get()

    def reply(text: str) -> None:
        seen = NOW.isoformat()  # all were written then
        actions.reply(one, criterion=criterion, commitment=commitment, text=text, seen=seen, by=None, now=NOW)

    def refused() -> bool:
        try:
            with transaction.atomic():
                actions.publish_round(one, by=None, now=NOW)
                transaction.set_rollback(True)
        except ActionNotPossible:
            return True
        return False

    rounds.reply_to_all(one, "Sí.", are_ready=False)
    in_between = refused()
    actions.finish_replies(one, by=None, now=NOW)
    ready = refused()
    reply("Sí.")  # nothing changed
    same = refused()
    reply("Sí, en marzo.")
    changed = refused()

    assert (in_between, ready, same, changed) == (True, False, False, True)
    assert actions.publish_round(one, by=None, now=NOW + timedelta(days=60)).status == "published"


def test_city_says_that_its_replies_are_ready(reynosa: City, official_reynosa: User, official_colima: User):
    one = rounds.closed_round(plan=factories.create_plan(city=reynosa, slug="plan"))
    city, coordination = Client(enforce_csrf_checks=True), Client()
    city.force_login(official_reynosa)
    coordination.force_login(factories.create_coordinator())
    page, ready = one.get_absolute_url(), f"{one.get_absolute_url()}ready/"
    assert "Nuestras respuestas están listas" not in city.get(page).content.decode()
    rounds.reply_to_all(one, are_ready=False)
    assert "Nuestras respuestas están listas" in city.get(page).content.decode()
    assert "la ciudad aún no ha dicho que estén listas" in coordination.get(page).content.decode()
    stranger = Client()
    stranger.force_login(official_colima)

    assert (stranger.post(ready).status_code, coordination.post(ready).status_code) == (404, 404)
    assert city.get(ready).status_code == 405
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', city.get(page).content.decode())[-1]
    assert city.post(ready, {"csrfmiddlewaretoken": token})["Location"] == page

    one.refresh_from_db()
    assert one.replies_ready_at is not None
    assert "dijo que sus respuestas están listas" in coordination.get(page).content.decode()
    assert "Nuestras respuestas están listas" not in city.get(page).content.decode()


def test_round_is_published_without_replies_after_the_day_and_not_on_it(db: None):
    one = rounds.closed_round()
    noon = NOW.replace(month=4, day=10)

    with pytest.raises(ActionNotPossible):
        actions.publish_round(one, by=None, now=noon)
    assert actions.publish_round(one, by=None, now=noon + timedelta(days=1)).status == "published"


def test_reply_waits_for_results_and_for_the_close(db: None):
    one = rounds.open_round(commitments=1)
    criterion, commitment = criteria_of(one)[0], one.commitments.get()
    options: dict[str, Any] = {
        "criterion": criterion,
        "commitment": commitment,
        "text": "Sí.",
        "seen": "",
        "by": None,
        "now": NOW,
    }

    with pytest.raises(ActionNotPossible):
        actions.reply(one, **options)
    actions.close_round(one, by=None, now=NOW)
    with pytest.raises(ActionNotPossible):
        actions.reply(one, **options)
    assert "no longer closed" in refused_reply_before_close()


def refused_reply_before_close() -> str:
    one = rounds.open_round()
    return refused(
        "INSERT INTO feedback_criterionreply (round_id, criterion_id, commitment_id, text) VALUES (%s, %s, NULL, 'x')",
        one.pk,
        criteria_of(one)[0].pk,
    )


def test_second_official_overwrites_nothing_in_silence(db: None):
    one = rounds.closed_round()
    criterion, commitment = criteria_of(one)[0], one.commitments.get()
    options: dict[str, Any] = {"criterion": criterion, "commitment": commitment, "by": None}
    first = actions.reply(one, **options, text="De una", seen="", now=NOW)

    with pytest.raises(actions.RepliedMeanwhile) as caught:
        actions.reply(one, **options, text="De otra", seen="", now=NOW)
    assert caught.value.theirs.text == "De una"

    later = NOW + timedelta(minutes=1)
    actions.reply(one, **options, text="De las dos", seen=first.replied_at.isoformat(), now=later)
    assert CriterionReply.objects.get().text == "De las dos"


def test_database_locks_what_is_published(db: None):
    one = rounds.published_round()
    reply = CriterionReply.objects.order_by("pk")[0]

    assert "no longer closed" in refused("UPDATE feedback_criterionreply SET text = 'x' WHERE id = %s", reply.pk)
    assert "no longer closed" in refused("DELETE FROM feedback_criterionreply WHERE id = %s", reply.pk)
    assert "Cannot update" in refused("UPDATE feedback_reviewround SET due_on = due_on WHERE id = %s", one.pk)
    assert "Cannot update" in refused("UPDATE feedback_reviewround SET status = 'open' WHERE id = %s", one.pk)


def test_database_lets_nobody_change_what_a_round_is_about(db: None):
    one, other = rounds.open_round(), rounds.open_round(rubric="participation")

    assert "Cannot update" in refused(
        "UPDATE feedback_reviewround SET rubric_id = %s WHERE id = %s", other.rubric_id, one.pk
    )


# --- What is locked in an evaluation ----------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["submitted", "conflicted"])
def test_database_locks_an_evaluation_that_is_done(end: str, db: None):
    one = rounds.open_round()
    person = rounds.evaluator_of(one)
    evaluation = rounds.draft(one, person, rounds.answers(one))
    if end == "submitted":
        evaluations.submit(one, by=person, edition=evaluation.edition, now=NOW)
    else:
        evaluations.declare_conflict(one, by=person, words="Trabajé en el plan.", now=NOW)
    other = rounds.draft(one, rounds.evaluator_of(one), rounds.answers(one)[:1])
    score, their_score = evaluation.scores.order_by("pk")[0], other.scores.get()

    assert "Cannot update" in refused("UPDATE feedback_evaluation SET status = 'draft' WHERE id = %s", evaluation.pk)
    assert "Cannot update" in refused("DELETE FROM feedback_evaluation WHERE id = %s", evaluation.pk)
    assert "no longer draft" in refused("UPDATE feedback_score SET evidence = 'x' WHERE id = %s", score.pk)
    assert "no longer draft" in refused("DELETE FROM feedback_score WHERE id = %s", score.pk)
    assert "no longer draft" in refused(
        "INSERT INTO feedback_score (evaluation_id, criterion_id, not_applicable, evidence, edition)"
        " VALUES (%s, %s, false, 'x', 1)",
        evaluation.pk,
        score.criterion_id,
    )
    # Neither out of it nor into it.
    move = "UPDATE feedback_score SET evaluation_id = %s WHERE id = %s"
    assert "no longer draft" in refused(move, other.pk, score.pk)
    assert "no longer draft" in refused(move, evaluation.pk, their_score.pk)
    assert Score.objects.filter(evaluation=evaluation).count() == 5


def test_draft_may_be_rewritten_and_taken_away(db: None):
    one = rounds.open_round()
    evaluation = rounds.draft(one, rounds.evaluator_of(one), rounds.answers(one))

    evaluation.scores.all().delete()
    evaluation.delete()

    assert not Evaluation.objects.exists()


# --- Lists for the desks ----------------------------------------------------------------------------------------------


def test_rounds_that_wait_for_somebody(reynosa: City, official_reynosa: User, coordinator: User, member: User):
    plan = factories.create_plan(city=reynosa)
    one = rounds.open_round(plan=plan)
    person = rounds.evaluator_of(one)
    own = factories.create_member(organization=factories.create_organization(city=reynosa))
    factories.create_membership(user=own, organization=one.organizations.get())

    def waiting() -> list[User]:
        everybody = (person, own, official_reynosa, coordinator, member)
        return [user for user in everybody if ReviewRound.objects.waiting_for(user)]

    def to_reply() -> list[User]:
        everybody = (person, official_reynosa, coordinator)
        return [user for user in everybody if ReviewRound.objects.to_be_replied_by(user)]

    assert (waiting(), to_reply()) == ([person], [])
    assert list(ReviewRound.objects.overdue(DUE)) == []
    assert list(ReviewRound.objects.overdue(DUE + timedelta(days=1))) == [one]
    rounds.submitted(one, by=person)
    assert (waiting(), to_reply()) == ([], [])
    actions.close_round(one, by=None, now=NOW)
    assert (waiting(), to_reply()) == ([], [official_reynosa])
    assert list(ReviewRound.objects.overdue(REPLY_DUE)) == []
    assert list(ReviewRound.objects.overdue(REPLY_DUE + timedelta(days=1))) == [one]
    rounds.reply_to_all(one)
    assert to_reply() == []
    actions.publish_round(one, by=None, now=NOW)
    assert list(ReviewRound.objects.overdue(REPLY_DUE + timedelta(days=1))) == []


def test_mails_of_a_step_are_queued_with_it(reynosa: City, official_reynosa: User):
    one = rounds.open_round(plan=factories.create_plan(city=reynosa))
    person, other = rounds.evaluator_of(one), rounds.evaluator_of(one)
    closed, again = actions.close_round(one, by=None, now=NOW), NOW + timedelta(minutes=1)  # nothing to reply to yet
    actions.reopen_round(closed, due_on=DUE, reply_due_on=REPLY_DUE, by=None, now=again)
    rounds.submitted(one, by=person)
    assert actions.remind(one, by=official_reynosa, now=NOW) == 1
    assert actions.remind(one, by=official_reynosa, now=NOW + timedelta(hours=1)) == 0
    actions.close_round(one, by=None, now=NOW + timedelta(hours=2))
    rounds.reply_to_all(one)
    actions.publish_round(one, by=None, now=NOW)

    told = sorted(OutgoingMail.objects.values_list("kind", "user"))
    assert told == sorted(
        [
            ("round_closed", official_reynosa.pk),
            ("round_opened", person.pk),
            ("round_opened", other.pk),
            ("round_reminder", other.pk),
            ("round_published", person.pk),
            ("round_published", official_reynosa.pk),
        ]
    )
