"""How many files one person may send within minutes, whatever they are for: each costs work, refused ones too."""

from typing import Final

from django.core.cache import cache
from django.utils.translation import gettext as _

from ogpgroup.models import User
from ogpgroup.uploads.refusals import Refused

MOST: Final = 60
WITHIN: Final = 10 * 60  # seconds


def count(by: User) -> None:
    """Count one more; Refused beyond MOST."""
    key = f"limits:upload:{by.pk}"
    cache.add(key, 0, WITHIN)
    try:
        tries = cache.incr(key)
    except ValueError:  # it ran out between the two
        tries = 1
    if tries > MOST:
        raise Refused(
            _("You have sent %(tries)d files within a few minutes. Go on in ten minutes; nothing kept so far is lost.")
            % {"tries": MOST},
            reason="tries",
        )
