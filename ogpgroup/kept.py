"""What a process keeps in memory because it cannot change: rendered lists, calendars. Bounded; gone at a restart."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class Kept[V]:
    """The most recently used values up to a total size. Keys hold everything the value depends on.

    So nothing is ever taken back: a new release has another key, and what nobody asks for any more falls out.
    """

    def __init__(self, *, megabytes: int) -> None:
        self._room = megabytes * 1024 * 1024
        self._used = 0
        self._values: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], V], *, size: Callable[[V], int]) -> V:
        """The kept value, or the one that `make` makes; two threads may make it twice, which does no harm."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
        value = make()
        room = size(value)
        with self._lock:
            self._used += room - self._values.pop(key, (value, 0))[1]
            self._values[key] = (value, room)
            while self._used > self._room and len(self._values) > 1:
                self._used -= self._values.popitem(last=False)[1][1]
        return value

    def clear(self) -> None:
        """Begin anew; only tests that count queries need this."""
        with self._lock:
            self._values.clear()
            self._used = 0
