"""Which clocks a stretch of code has opened: whoever tells of them at once need not read back what was just stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sla.models import Deadline

_list: ContextVar[list[Deadline] | None] = ContextVar("clocks_opened", default=None)


@contextmanager
def clocks_opened() -> Iterator[list[Deadline]]:
    """
    Collect the clocks that open in here; whoever collects around it hears of them too.

    If the transaction that opens them fails, they are not stored: do not tell them.
    """
    opened: list[Deadline] = []
    around = _list.get()
    token = _list.set(opened)
    try:
        yield opened
    finally:
        _list.reset(token)
        if around is not None:
            around += opened


def note_opened(clocks: Iterable[Deadline]) -> None:
    opened = _list.get()
    if opened is not None:
        opened += clocks
