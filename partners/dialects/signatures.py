"""How platforms sign (screens §1.3): what is strung together, and how its MD5 is written. The native rule is `partners.services.Signed`."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WINDOW = timedelta(minutes=10)
BODY, STAMP, KEY, SECRET, CUSTOMER, SALT = "body", "stamp", "key", "secret", "customer", "salt"


def _hex64(text: bytes) -> str:
    """Return the base64 of the 32 hex digits."""
    return b64encode(_md5(text).hexdigest().encode()).decode()


def _raw64(text: bytes) -> str:
    """Return the base64 of the 16 bytes."""
    return b64encode(_md5(text).digest()).decode()


def _upper(text: bytes) -> str:
    return _md5(text).hexdigest().upper()


def _lower(text: bytes) -> str:
    return _md5(text).hexdigest()


def _md5(text: bytes) -> hashlib._Hash:
    return hashlib.md5(text, usedforsecurity=False)  # theirs to choose: the platforms' programs sign like this


@dataclass(frozen=True, slots=True)
class Rule:
    """`parts` are names of what is strung together, in order; any other text stands for itself."""

    parts: tuple[str, ...]
    write: Callable[[bytes], str]

    def sign(self, **given: bytes | str) -> str:
        """Sign the parts as they are: a field exactly as received, never parsed and written anew."""
        return self.write(b"".join(_bytes(given.get(part, part)) for part in self.parts))

    def matches(self, signature: str, **given: bytes | str) -> bool:
        """Compare in constant time; hex digits in either case."""
        right = self.sign(**given)
        if self.write in (_upper, _lower):
            right, signature = right.lower(), signature.lower()
        return hmac.compare_digest(right.encode(), signature.strip().encode())


def _bytes(part: bytes | str) -> bytes:
    return part if isinstance(part, bytes) else part.encode()


RULES: Mapping[str, Rule] = {
    "kdn": Rule((BODY, KEY), _hex64),
    "deppon": Rule((BODY, KEY, STAMP), _hex64),
    "raw64": Rule((BODY, KEY), _raw64),  # ZTO, Cainiao, STO, J&T, SF v1
    "k100_query": Rule((BODY, KEY, CUSTOMER), _upper),
    "k100_order": Rule((BODY, STAMP, KEY, SECRET), _upper),
    "k100_push": Rule((BODY, SALT), _upper),
    "yunda": Rule((BODY, "_", KEY), _lower),
}


def instant(milliseconds: str) -> datetime | None:
    """Return the instant of a timestamp in milliseconds (13 digits), None if it is none."""
    if len(milliseconds) != 13 or not milliseconds.isascii() or not milliseconds.isdigit():
        return None
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def in_window(sent_at: datetime, now: datetime) -> bool:
    """Tell whether the sender's clock is near enough to ours; exactly ten minutes are (§0.2)."""
    return abs(sent_at - now) <= WINDOW
