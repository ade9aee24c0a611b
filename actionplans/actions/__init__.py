"""Verbs on plans. Import the module, so that calls show the border: `actions.open_plan(...)`."""

from actionplans.actions.commitments import (
    EditedMeanwhile,
    add_commitment,
    add_milestone,
    remove_commitment,
    remove_milestone,
    save_commitment,
    save_milestone,
)
from actionplans.actions.deliverables import (
    accept_deliverable,
    drop_deliverable,
    edit_deliverable,
    expect_again,
    hand_in,
    return_deliverable,
    take_back_acceptance,
)
from actionplans.actions.plans import (
    close_plan,
    expect_deliverable,
    hand_over,
    holdings,
    name_fellow,
    open_plan,
    publish_plan,
    record_reference_plan,
    reopen_plan,
    select,
    stand,
)
from actionplans.actions.progress import correct_progress, log_progress

__all__ = [
    "EditedMeanwhile",
    "accept_deliverable",
    "add_commitment",
    "add_milestone",
    "close_plan",
    "correct_progress",
    "drop_deliverable",
    "edit_deliverable",
    "expect_again",
    "expect_deliverable",
    "hand_in",
    "hand_over",
    "holdings",
    "log_progress",
    "name_fellow",
    "open_plan",
    "publish_plan",
    "record_reference_plan",
    "remove_commitment",
    "remove_milestone",
    "reopen_plan",
    "return_deliverable",
    "save_commitment",
    "save_milestone",
    "select",
    "stand",
    "take_back_acceptance",
]
