"""The cache: Redis, and while Redis does not answer, the memory of this process.

Sign-in counts its tries in the cache. Without Redis each process counts by itself: the door is neither left open nor
shut to everybody.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")
# A person waits for the page: Redis answers at once, or is left alone for a while.
ANSWER_WITHIN = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
QUIET_SECONDS = 10.0


class StayingCache(BaseCache):
    """A Django cache at a Redis address (LOCATION) that never raises because Redis is away."""

    _quiet_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        at_once = {**ANSWER_WITHIN, "retry": Retry(NoBackoff(), 0)}
        self._shared = RedisCache(server, {**params, "OPTIONS": {**params.get("OPTIONS", {}), **at_once}})
        self._own = LocMemCache("while-redis-is-away", {**params, "OPTIONS": {"MAX_ENTRIES": 10_000}})

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(lambda cache: cache.add(key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask(lambda cache: cache.get(key, default, version))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        return self._ask(lambda cache: cache.set(key, value, timeout, version))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(lambda cache: cache.touch(key, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._ask(lambda cache: cache.delete(key, version))

    def clear(self) -> None:
        self._own.clear()
        self._ask(lambda cache: cache.clear())

    def _ask(self, question: Callable[[BaseCache], Answer]) -> Answer:
        if time.monotonic() >= StayingCache._quiet_until:
            try:
                return question(self._shared)
            except RedisError as error:
                StayingCache._quiet_until = time.monotonic() + QUIET_SECONDS
                logger.warning("Redis does not answer; this process keeps its own cache: %s", error)
        return question(self._own)
