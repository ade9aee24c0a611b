"""What: plans, what they commit to, how it goes, and what is handed in."""

from actionplans.models.commitments import Commitment, Milestone, OgpValue, PolicyArea
from actionplans.models.deliverables import Deliverable, DeliverableQuerySet
from actionplans.models.plans import ActionPlan, ActionPlanQuerySet, Candidacy
from actionplans.models.progress import Completion, Evidence, ProgressEntry, ProgressEntryQuerySet, Retraction

__all__ = [
    "ActionPlan",
    "ActionPlanQuerySet",
    "Candidacy",
    "Commitment",
    "Completion",
    "Deliverable",
    "DeliverableQuerySet",
    "Evidence",
    "Milestone",
    "OgpValue",
    "PolicyArea",
    "ProgressEntry",
    "ProgressEntryQuerySet",
    "Retraction",
]
