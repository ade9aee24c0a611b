"""Text in the database: Spanish order and search without accents."""

from django.db.models import F, Func, TextField, Value


class SortKey(Func):
    """`sort_key(name)`: lower case without accents; immutable, so that it can be indexed (`cities` migration 0001)."""

    function = "sort_key"
    output_field = TextField()

    def __init__(self, expression: str | F | Value) -> None:
        super().__init__(expression)
