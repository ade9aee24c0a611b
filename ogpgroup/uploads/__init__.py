"""Files that people send: accepted by what is inside, refused with a sentence. Knows no app and keeps nothing."""

from ogpgroup.uploads.acceptance import Accepted, accept
from ogpgroup.uploads.refusals import LARGEST, Reason, Refused

__all__ = ["LARGEST", "Accepted", "Reason", "Refused", "accept"]
