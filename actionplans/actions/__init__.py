"""Verbs on plans. Import the module, so that calls show the border: `actions.open_plan(...)`."""

from actionplans.actions.plans import (
    expect_deliverable,
    hand_over,
    holdings,
    name_fellow,
    open_plan,
    publish_plan,
    select,
    stand,
)

__all__ = [
    "expect_deliverable",
    "hand_over",
    "holdings",
    "name_fellow",
    "open_plan",
    "publish_plan",
    "select",
    "stand",
]
