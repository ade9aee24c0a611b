"""What coordinators type: sessions, releases, cancellations."""

from workshops.forms.clocks import TwiceThatDay, comes_twice, instant_of
from workshops.forms.differences import Difference, differences
from workshops.forms.releases import CancelForm, PostponeForm, ReleaseForm
from workshops.forms.sessions import SessionForm, initial_like, initial_of

__all__ = [
    "CancelForm",
    "Difference",
    "PostponeForm",
    "ReleaseForm",
    "SessionForm",
    "TwiceThatDay",
    "comes_twice",
    "differences",
    "initial_like",
    "initial_of",
    "instant_of",
]
