"""Verbs on the schedule. Import the module, so that calls show the border: `actions.publish_release(...)`."""

from workshops.actions.answers import answer
from workshops.actions.arranging import Every, keep_clock, keep_moment, move, repeat
from workshops.actions.drafts import cancel, discard_draft, hand_over, holdings, postpone, reinstate, save_draft
from workshops.actions.feeds import open_feed, revoke_feed
from workshops.actions.leads import set_lead_hours, set_usual_leads
from workshops.actions.releases import Published, plan, publish_release, refresh_expectations, send_now

__all__ = [
    "Every",
    "Published",
    "answer",
    "cancel",
    "discard_draft",
    "hand_over",
    "holdings",
    "open_feed",
    "keep_clock",
    "keep_moment",
    "move",
    "plan",
    "postpone",
    "publish_release",
    "refresh_expectations",
    "repeat",
    "reinstate",
    "revoke_feed",
    "save_draft",
    "send_now",
    "set_lead_hours",
    "set_usual_leads",
]
