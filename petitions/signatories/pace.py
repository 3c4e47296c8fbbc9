"""How fast things come, without remembering who: counters in Redis, keyed so that a day later nobody can tell.

The key is an HMAC under a key that changes daily, over the network part of an address (/24 of IPv4, /56 of IPv6). One
address can be a whole campus, a VPN or Tor: signing fast from it holds nobody by itself (`petitions.moderation.rush`).
Only the public log, which is the same for all, is refused for some minutes to who asks for very much of it. Without
Redis the counters live in this process and nobody waits for a rush: signing goes on.
"""

import hashlib
import hmac
import ipaddress
import logging
import time
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import uuid4

from django.conf import settings
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis
from redis.exceptions import RedisError

from outbox.addresses import mailbox_of

logger = logging.getLogger(__name__)

FROM_ONE_NETWORK = RateLimitItemPerMinute(30, 10)
# The "five mails at most", over everything: whoever names a hundred petitions sends a victim no more. Proving
# the mailbox begins anew, so that nobody who signs many petitions runs into it.
TO_ONE_MAILBOX = RateLimitItemPerDay(5)
# How long, and how many at most, moments are remembered under one key.
REMEMBERED_SECONDS = 600
MOST_REMEMBERED = 100
# Parts of the public log. All of it costs a hundred at most, however long it has grown: ten of them in ten minutes, so
# that a campus that shares one address still gets it.
PART_OF_LOG = 10_000
TO_ONE_NETWORK = RateLimitItemPerMinute(1000, 10)
_QUIET_SECONDS = 10.0
_quiet_until = 0.0


def is_burst(*, form: str, ip_address: str, now: datetime) -> bool:
    """Counts one submission of `form`; True when more than 30 came to it from one network within 10 minutes.

    For what can be asked for again a little later; nobody's signature waits for it.
    """
    return not _hit(FROM_ONE_NETWORK, f"network:{form}", network_of(ip_address), now)


def recent(*, purpose: str, values: Sequence[str], now: datetime) -> list[list[float]] | None:
    """Notes that each of `values` came now; for each the moments (Unix seconds, ascending) of the last ten minutes.

    The newest 100 of each, in one step for all processes. None while Redis does not answer: two people must not be told
    apart by which process served them.
    """
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return None
    at = now.timestamp()
    with _redis(settings.REDIS_URL).pipeline(transaction=True) as steps:
        for value in values:
            key = f"pace:{_daily_key(purpose, value, now)}"
            steps.zadd(key, {uuid4().hex: at})
            steps.zremrangebyscore(key, "-inf", at - REMEMBERED_SECONDS)
            steps.zremrangebyrank(key, 0, -MOST_REMEMBERED - 1)
            steps.expire(key, REMEMBERED_SECONDS)
            steps.zrange(key, 0, -1, withscores=True)
        try:
            answers = steps.execute()
        except (RedisError, OSError) as error:
            _quiet_until = time.monotonic() + _QUIET_SECONDS
            logger.warning("Redis does not answer; nobody waits for a rush meanwhile: %s", error)
            return None
    return [[moment for _name, moment in found] for found in answers[4::5]]


def may_mail(*, address: str, now: datetime) -> bool:
    """Counts one mail; False when this mailbox got 5 from us today, over everything, and proved none of them."""
    return _hit(TO_ONE_MAILBOX, "mailbox", mailbox_of(address), now)


def may_read_log(*, lines: int, ip_address: str, now: datetime) -> bool:
    """Counts `lines` of the public log about to be sent; False when this network has had its share for now."""
    parts = min(-(-lines // PART_OF_LOG), 100)
    return _hit(TO_ONE_NETWORK, "log", network_of(ip_address), now, cost=parts)


def mailbox_proved(*, address: str, now: datetime) -> None:
    """Its owner typed a code or pressed a button: the mails of today were wanted."""
    key = _daily_key("mailbox", mailbox_of(address), now)
    _own().clear(TO_ONE_MAILBOX, key)
    if time.monotonic() >= _quiet_until:
        try:
            _shared(settings.REDIS_URL).clear(TO_ONE_MAILBOX, key)
        except (RedisError, OSError) as error:
            logger.warning("Redis does not answer; a mailbox stays counted: %s", error)


def network_of(ip_address: str) -> str:
    """`192.0.2.0/24` of `192.0.2.77`, the /56 of an IPv6 address; "" for what is no address."""
    try:
        address = ipaddress.ip_address(ip_address)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    prefix = 24 if address.version == 4 else 56
    return str(ipaddress.ip_network((address, prefix), strict=False))


def _hit(limit: RateLimitItem, purpose: str, value: str, now: datetime, *, cost: int = 1) -> bool:
    global _quiet_until
    key = _daily_key(purpose, value, now)
    if time.monotonic() >= _quiet_until:
        try:
            return _shared(settings.REDIS_URL).hit(limit, key, cost=cost)
        except (RedisError, OSError) as error:
            _quiet_until = time.monotonic() + _QUIET_SECONDS
            logger.warning("Redis does not answer; this process counts by itself: %s", error)
    return _own().hit(limit, key, cost=cost)


def _daily_key(purpose: str, value: str, now: datetime) -> str:
    day_key = hmac.digest(settings.DIGEST_KEY.encode(), f"pace:{now:%Y-%m-%d}".encode(), hashlib.sha256)
    return hmac.new(day_key, f"{purpose}\x00{value}".encode(), hashlib.sha256).hexdigest()


@cache
def _redis(url: str) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5)


@cache
def _shared(url: str) -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(RedisStorage(url, socket_connect_timeout=0.5, socket_timeout=0.5))


@cache
def _own() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())
