"""A cache whose absence costs speed, never a page, and opens no door."""

import logging
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoAnswer

logger = logging.getLogger(__name__)

LIMITS_TABLE = "ogpgroup_limits"
# Keys that count sign-ins and uploads or remember used codes; without them anybody could try without end.
GUARDED = ("allauth", "limits:")
REST = 10  # seconds for which a server that was not there is not asked: one page asks many times


class TolerantRedisCache(RedisCache):
    """Django's Redis cache, where an error of the server is a miss: reads give the default, writes do nothing.

    What guards a door is kept in a table of the database meanwhile. A count may begin anew once when the server
    goes and once when it comes back, which at most doubles a limit.
    """

    _rest_until = 0.0

    @cached_property
    def _limits(self) -> DatabaseCache:
        return DatabaseCache(LIMITS_TABLE, {})

    def _or(self, answer: Any, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._rest_until:
            try:
                return call(*args, **kwargs)
            except RedisError as error:
                logger.warning("The cache does not answer: %s", error)
                if isinstance(error, NoConnection | NoAnswer):
                    self._rest_until = time.monotonic() + REST
        if args and isinstance(args[0], str) and args[0].startswith(GUARDED):
            return getattr(self._limits, call.__name__)(*args, **kwargs)
        return answer

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._or(True, super().add, key, value, *args, **kwargs))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._or(default, super().get, key, default, version)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        self._or(None, super().set, key, value, *args, **kwargs)

    def touch(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._or(False, super().touch, key, *args, **kwargs))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._or(False, super().delete, key, version))

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        return dict(self._or({}, super().get_many, keys, version))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return bool(self._or(False, super().has_key, key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self._or(delta, super().incr, key, delta, version))

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> list[Any]:
        return list(self._or([], super().set_many, data, *args, **kwargs))

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        self._or(None, super().delete_many, keys, version)

    def clear(self) -> None:
        self._or(None, super().clear)
