"""How far a plan is: two figures that are never mixed, and what is late."""

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from actionplans.models import ActionPlan, Milestone
from actionplans.reports import diary, picture, progress
from actionplans.reports.progress import Share, Track
from tests import factories

TODAY = date(2018, 2, 1)


@pytest.fixture
def plan(db: None) -> ActionPlan:
    return factories.create_plan(slug="plan")


def track_of(milestone: Milestone, *, on: date = TODAY) -> Track:
    plan = ActionPlan.objects.get(commitments__milestones=milestone)
    return next(one for one in progress.progress_of(plan, on=on).tracks if one.milestone.pk == milestone.pk)


def test_computed_counts_only_milestones_with_a_report(plan: ActionPlan) -> None:
    commitment = factories.create_commitment(plan=plan)
    done, begun, _silent = (factories.create_milestone(commitment=commitment) for _ in range(3))
    factories.create_entry(milestone=done, status="complete")
    factories.create_entry(milestone=begun, status="limited")

    found = progress.progress_of(plan, on=TODAY)

    assert found.figures.computed == Share(complete=1, reported=2, count=3)
    assert (found.figures.computed.percent, found.figures.computed.without) == (50, 1)
    assert found.commitments[0].computed == found.figures.computed


def test_reported_is_what_is_said_of_the_commitment_as_a_whole(plan: ActionPlan) -> None:
    one, other, silent = (factories.create_commitment(plan=plan) for _ in range(3))
    factories.create_entry(commitment=one, status="substantial", happened_on=date(2017, 10, 1))
    factories.create_entry(commitment=one, status="limited", happened_on=date(2017, 9, 1))
    factories.create_entry(commitment=other, status="complete")
    factories.create_entry(milestone=factories.create_milestone(commitment=silent), status="complete")

    found = progress.progress_of(plan, on=TODAY)

    assert [row.said.status if row.said else None for row in found.commitments] == ["substantial", "complete", None]
    assert found.figures.reported == Share(complete=1, reported=2, count=3)
    assert [count for _label, count in found.said_counts] == [1, 1]


def test_nothing_reported_is_no_figure_and_not_zero(plan: ActionPlan) -> None:
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))

    found = progress.progress_of(plan, on=TODAY)

    assert (found.figures.reported.percent, found.figures.computed.percent) == (None, None)
    assert track_of(milestone).said is None


def test_all_reported_not_started_is_zero(plan: ActionPlan) -> None:
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))
    factories.create_entry(milestone=milestone, status="not_started")

    assert progress.progress_of(plan, on=TODAY).figures.computed.percent == 0
    assert track_of(milestone).facts.started_on is None


def test_actual_days_are_those_of_standing_entries(plan: ActionPlan) -> None:
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))
    factories.create_entry(milestone=milestone, status="not_started", happened_on=date(2017, 7, 1))
    wrong = factories.create_entry(milestone=milestone, status="limited", happened_on=date(2017, 8, 1))
    factories.create_entry(milestone=milestone, status="limited", happened_on=date(2017, 8, 15), corrects=wrong)
    factories.create_entry(milestone=milestone, status="complete", happened_on=date(2017, 12, 1))

    track = track_of(milestone)

    assert (track.facts.started_on, track.facts.finished_on, track.is_late) == (
        date(2017, 8, 15),
        date(2017, 12, 1),
        False,
    )


def test_complete_confirmed_later_does_not_become_late(plan: ActionPlan) -> None:
    commitment = factories.create_commitment(plan=plan)
    milestone = factories.create_milestone(commitment=commitment, ends_on=date(2017, 9, 15))
    factories.create_entry(milestone=milestone, status="complete", happened_on=date(2017, 8, 1))
    factories.create_entry(milestone=milestone, status="substantial", happened_on=date(2017, 8, 20))
    factories.create_entry(milestone=milestone, status="complete", happened_on=date(2017, 9, 1))
    factories.create_entry(milestone=milestone, status="complete", happened_on=date(2017, 12, 1))

    track = track_of(milestone)

    assert (track.facts.finished_on, track.days_over, track.delay_in_words) == (date(2017, 9, 1), 0, "")
    assert track.said == progress.Said("complete", date(2017, 12, 1))


def test_complete_taken_back_and_reached_again_counts_from_then(plan: ActionPlan) -> None:
    commitment = factories.create_commitment(plan=plan)
    milestone = factories.create_milestone(commitment=commitment, ends_on=date(2017, 9, 15))
    for status, day in (("complete", 1), ("substantial", 2), ("complete", 20), ("complete", 25)):
        factories.create_entry(milestone=milestone, status=status, happened_on=date(2017, 9, day))

    assert (track_of(milestone).facts.finished_on, track_of(milestone).days_over) == (date(2017, 9, 20), 5)


def test_complete_taken_back_is_not_finished(plan: ActionPlan) -> None:
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))
    factories.create_entry(milestone=milestone, status="complete", happened_on=date(2017, 12, 1))
    factories.create_entry(milestone=milestone, status="substantial", happened_on=date(2017, 12, 2))

    track = track_of(milestone)

    assert (track.facts.finished_on, track.is_late) == (None, True)


def test_corrected_complete_counts_no_more(plan: ActionPlan) -> None:
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))
    wrong = factories.create_entry(milestone=milestone, status="complete", happened_on=date(2017, 12, 1))
    factories.create_entry(milestone=milestone, status="limited", happened_on=date(2017, 11, 1), corrects=wrong)

    assert progress.progress_of(plan, on=TODAY).figures.computed == Share(complete=0, reported=1, count=1)


def test_newest_of_one_day_is_the_one_reported_last(plan: ActionPlan) -> None:
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))
    for status in ("complete", "limited"):
        factories.create_entry(milestone=milestone, status=status)

    assert track_of(milestone).said == progress.Said("limited", date(2017, 9, 1))


@pytest.mark.parametrize(
    ("ends_on", "late"), [(TODAY - timedelta(days=1), True), (TODAY, False), (TODAY + timedelta(days=1), False)]
)
def test_late_means_after_its_day_in_report_and_query(plan: ActionPlan, ends_on: date, late: bool) -> None:  # noqa: FBT001 (a case of the table)
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan), ends_on=ends_on)
    factories.create_entry(milestone=milestone, status="substantial")

    assert track_of(milestone).is_late == Milestone.objects.late(TODAY).exists() == late
    assert progress.figures_of([plan], on=TODAY)[plan.pk].late_count == int(late)


@pytest.mark.parametrize("status", ["draft", "closed"])
def test_nobody_is_late_while_no_clock_runs(plan: ActionPlan, status: str) -> None:
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))
    ActionPlan.objects.update(status=status)

    assert not track_of(milestone).is_late
    assert not Milestone.objects.late(TODAY).exists()
    assert not Milestone.objects.due(date(2017, 12, 1), timedelta(days=60)).exists()


def test_nobody_is_late_in_a_reference_plan(db: None) -> None:
    plan = factories.create_reference_plan()
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))

    assert not track_of(milestone).is_late
    assert not Milestone.objects.late(TODAY).exists()


def test_due_are_those_not_complete_within_the_days(plan: ActionPlan) -> None:
    commitment = factories.create_commitment(plan=plan)
    days = [date(2018, 1, 31), TODAY, date(2018, 2, 4), date(2018, 2, 5)]
    rows = [factories.create_milestone(commitment=commitment, ends_on=day) for day in days]
    done = factories.create_milestone(commitment=commitment, ends_on=TODAY)
    factories.create_entry(milestone=done, status="complete")

    due = Milestone.objects.due(TODAY, timedelta(days=3))

    assert set(due) == {rows[1], rows[2]}
    assert [one.milestone for one in progress.progress_of(plan, on=TODAY).ahead] == rows[1:]


def test_figures_of_many_plans_are_those_of_each(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    plans = [factories.create_plan() for _ in range(3)]
    for plan in plans[:2]:
        commitment = factories.create_commitment(plan=plan)
        milestone = factories.create_milestone(commitment=commitment)
        factories.create_milestone(commitment=commitment)
        factories.create_entry(milestone=milestone, status="complete")
        factories.create_entry(commitment=commitment, status="complete")

    with django_assert_num_queries(5):
        found = progress.figures_of(plans, on=TODAY)

    assert found == {plan.pk: progress.progress_of(plan, on=TODAY).figures for plan in plans}


def fill(plan: ActionPlan, *, milestones: int, entries: int) -> None:
    commitment = factories.create_commitment(plan=plan)
    for _ in range(milestones):
        milestone = factories.create_milestone(commitment=commitment)
        for number in range(entries):
            entry = factories.create_entry(milestone=milestone, happened_on=date(2017, 7, 1) + timedelta(days=number))
            factories.create_link(entry=entry)


def test_whole_plan_asks_the_same_whatever_its_size(
    plan: ActionPlan, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for milestones in (1, 3, 20):
        fill(plan, milestones=milestones, entries=3)
        with django_assert_num_queries(3):
            found = progress.progress_of(plan, on=TODAY)
        with django_assert_num_queries(1):
            picture.picture_of(found)
        with django_assert_num_queries(1):  # nobody's name to look up
            diary.diary_of_plan(plan, page=None)


# --- The picture ----------------------------------------------------------------------------------------------------


def row_of(plan: ActionPlan, *, on: date = TODAY) -> picture.Row:
    drawn = picture.picture_of(progress.progress_of(plan, on=on))
    assert drawn
    return picture.row_of(drawn.groups[0].rows[0])


def test_picture_draws_planned_actual_and_the_late_part(plan: ActionPlan) -> None:
    ActionPlan.objects.update(starts_on=date(2017, 7, 1), ends_on=date(2018, 6, 30))
    plan.refresh_from_db()
    milestone = factories.create_milestone(
        commitment=factories.create_commitment(plan=plan), starts_on=date(2017, 7, 1), ends_on=date(2017, 12, 31)
    )
    entry = factories.create_entry(milestone=milestone, happened_on=date(2017, 10, 1))
    factories.create_link(entry=entry)
    factories.create_link(entry=entry)

    row = row_of(plan)

    assert row.planned == picture.Bar("0.00%", "50.14%")  # 183 of 365 days
    assert row.actual == picture.Bar("25.21%", "58.90%")
    assert row.over == picture.Bar("50.14%", "58.90%")
    assert row.marks == (picture.Mark("25.21%", entry.pk, date(2017, 10, 1)),)


def test_picture_marks_the_newest_months_with_evidence_that_stands(plan: ActionPlan) -> None:
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))
    entries = [
        factories.create_entry(milestone=milestone, happened_on=date(2017, month, day))
        for month, day in ((6, 30), (7, 1), (8, 1), (9, 1), (9, 2), (10, 1), (11, 1))
    ]
    wrong = factories.create_entry(milestone=milestone, happened_on=date(2017, 12, 1))
    factories.create_entry(milestone=milestone, happened_on=date(2018, 1, 1), corrects=wrong)
    whole = factories.create_entry(commitment=milestone.commitment, happened_on=date(2017, 12, 2))
    for entry in [*entries, wrong, whole]:
        factories.create_link(entry=entry)

    row = row_of(plan)

    shown = [entries[number] for number in (1, 2, 4, 5, 6)]  # of September the newest; June is one month too many
    assert [(mark.entry_id, mark.on) for mark in row.marks] == [(entry.pk, entry.happened_on) for entry in shown]
    assert row.track.facts.with_evidence == 7


def test_picture_of_a_closed_plan_has_no_today_and_no_late_part(plan: ActionPlan) -> None:
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))
    factories.create_entry(milestone=milestone, happened_on=date(2018, 1, 1), status="complete")
    ActionPlan.objects.update(status="closed")
    plan.refresh_from_db()

    drawn = picture.picture_of(progress.progress_of(plan, on=TODAY))

    assert drawn
    assert drawn.today == ""
    assert picture.row_of(drawn.groups[0].rows[0]).over is None


def test_plan_without_milestones_has_no_picture(plan: ActionPlan) -> None:
    factories.create_commitment(plan=plan)

    assert picture.picture_of(progress.progress_of(plan, on=TODAY)) is None


@pytest.mark.parametrize("years", [1, 2, 5, 12])
def test_names_of_months_are_few(plan: ActionPlan, years: int) -> None:
    ActionPlan.objects.update(ends_on=date(2017 + years, 6, 28))
    plan.refresh_from_db()
    factories.create_milestone(commitment=factories.create_commitment(plan=plan))

    drawn = picture.picture_of(progress.progress_of(plan, on=TODAY))

    assert drawn
    assert 3 <= len(drawn.ticks) <= picture.TICKS


# --- The diary ------------------------------------------------------------------------------------------------------


def test_diary_says_what_moved(plan: ActionPlan) -> None:
    commitment = factories.create_commitment(plan=plan)
    milestone = factories.create_milestone(commitment=commitment)
    for day, status in ((1, "limited"), (2, "substantial"), (3, "substantial")):
        factories.create_entry(milestone=milestone, status=status, happened_on=date(2017, 9, day))
    factories.create_entry(commitment=commitment, status="limited", happened_on=date(2017, 9, 4))

    items = diary.diary_of_plan(plan, page=None).items

    assert [item.before for item in items] == ["", "substantial", "limited", ""]


def test_diary_shows_the_corrected_and_its_correction(plan: ActionPlan) -> None:
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=plan))
    factories.create_entry(milestone=milestone, status="limited", happened_on=date(2017, 8, 1))
    wrong = factories.create_entry(milestone=milestone, status="complete", happened_on=date(2017, 9, 1))
    right = factories.create_entry(
        milestone=milestone, status="substantial", happened_on=date(2017, 9, 2), corrects=wrong
    )

    items = diary.diary_of_plan(plan, page=None).items

    assert [(item.entry.pk, item.is_struck, item.before) for item in items[:2]] == [
        (right.pk, False, "limited"),
        (wrong.pk, True, ""),
    ]
    assert items[1].correction == right


def test_diary_of_a_commitment_is_its_own(plan: ActionPlan) -> None:
    mine, other = (factories.create_commitment(plan=plan) for _ in range(2))
    entry = factories.create_entry(commitment=mine)
    factories.create_entry(commitment=other)

    assert [item.entry for item in diary.diary_of_commitment(mine, page=None).items] == [entry]
