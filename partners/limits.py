"""How many requests a key may send in a minute: counted in the shared cache, in handfuls, by every process."""

from __future__ import annotations

from datetime import datetime
from threading import Lock

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled

from partners.models import Partner

HANDFULS = 50
"""A process tells the others when it has counted a fiftieth of the limit: so much, for each process, may be let through above it."""


class Count:
    """The requests of one key in the present minute: what all processes told, and what this one has yet to tell."""

    def __init__(self) -> None:
        self.minute, self.told, self.mine = 0, 0, 0

    def add(self, name: str, minute: int, most: int) -> bool:
        """Count one more; False where the limit is passed."""
        if minute != self.minute:
            self.minute, self.told, self.mine = minute, 0, 0
        if self.told > most:
            return False
        self.mine += 1
        if self.told + self.mine > most or self.mine * HANDFULS >= most:
            self.told, self.mine = _tell(f"partner:{name}:{minute}", self.mine), 0
        return self.told <= most


_counts: dict[str, Count] = {}  # by key, of keys that exist
_lock = Lock()


def check(name: str, partner: Partner, now: datetime) -> None:
    """
    Count a request signed with a key of this name, in whatever dialect.

    :raises Throttled: too many in this minute, with the seconds until the next
    """
    most = partner.per_minute or settings.PARTNER_PER_MINUTE
    with _lock:
        within = _counts.setdefault(name, Count()).add(name, int(now.timestamp()) // 60, most)
    if not within:
        words = _("请求过于频繁：每分钟最多 %d 次，请按 Retry-After 的秒数等待后重试。") % most
        raise Throttled(wait=60 - int(now.timestamp()) % 60, detail=words)


def _tell(name: str, count: int) -> int:
    cache.add(name, 0, timeout=120)
    try:
        return int(cache.incr(name, count))
    except ValueError:  # expired between the two
        return count
