"""What a dialect makes of a push, and how it knows that the receiver has understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from partners.models import Push
from reports.journey import TOLD


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request as it will be sent: POST, `body` as it was signed."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Renderer:
    """
    A dialect of pushes.

    `facts` are stored for its receivers at all. `render` may answer None for one it has no word for: nothing is sent then.
    `acknowledged` reads the status and the first 64 kB of the answer; whatever else the receiver says is tried again.
    """

    render: Callable[[Push, datetime], Outgoing | None]
    acknowledged: Callable[[int, bytes], bool]
    facts: frozenset[str] = frozenset(TOLD)
