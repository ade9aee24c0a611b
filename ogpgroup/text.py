"""Text: Spanish order and search without accents in the database, and letters that nobody sees."""

import re

from django.core.exceptions import ValidationError
from django.db.models import F, Func, TextField, Value
from django.utils.translation import gettext_lazy as _

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def validate_visible(name: str) -> None:
    """Refuse tabs, line breaks and other control characters in a name.

    They come along when it is copied from elsewhere. Nobody sees them, and programs for mail and calendars stumble.
    """
    if CONTROLS.search(name):
        raise ValidationError(
            _("There is a character in the name that cannot be seen, such as a tab. Please delete it and type it anew.")
        )


class SortKey(Func):
    """`sort_key(name)`: lower case without accents; immutable, so that it can be indexed (`cities` migration 0001)."""

    function = "sort_key"
    output_field = TextField()

    def __init__(self, expression: str | F | Value | Func) -> None:
        super().__init__(expression)
