"""Effects happen after commit, from a stored row; the broker is only woken, never trusted."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock, Timer

import structlog
from celery import current_app
from django.db import transaction

log = structlog.get_logger(__name__)

MOMENT = 0.25  # seconds

Effect = tuple[str, dict[str, object]]

_taker: ContextVar[list[Effect] | None] = ContextVar("effects_taker", default=None)


def after_commit(task: str, **kwargs: object) -> None:
    """Queue a task, by name, once the transaction has committed. A dead broker must not fail saved work; a sweep retries."""
    taken = _taker.get()
    if taken is not None:
        taken.append((task, kwargs))
        return

    def queue() -> None:  # a def, not partial: on Django 5.2 a failing partial breaks robust's own error log (#36487)
        current_app.signature(task, kwargs=kwargs).apply_async(retry=False)

    transaction.on_commit(queue, robust=True)


def after_commits(task: str, ids: Iterable[int]) -> None:
    """
    As `after_commit`, for tasks that take keys: what many transactions of this process leave within a moment is queued as one.

    Queueing costs more than storing a few rows does. A process that dies in that moment leaves its keys to the sweep.
    """
    keys = list(ids)
    taken = _taker.get()
    if taken is not None:
        taken.append((task, {"ids": keys}))
        return

    def queue() -> None:
        _waiting.add(task, keys)

    transaction.on_commit(queue, robust=True)


class _Waiting:
    """Keys of committed rows that wait for their task, each for at most a moment."""

    def __init__(self) -> None:
        self._keys: dict[str, list[int]] = {}
        self._lock = Lock()

    def add(self, task: str, keys: list[int]) -> None:
        with self._lock:
            first = not self._keys
            self._keys.setdefault(task, []).extend(keys)
        if first:
            Timer(MOMENT, self.send).start()

    def send(self) -> None:
        with self._lock:
            waiting, self._keys = self._keys, {}
        for task, keys in waiting.items():
            try:
                current_app.signature(task, kwargs={"ids": keys}).apply_async(retry=False)
            except Exception:  # whatever the broker's trouble is, the sweep does the work
                log.exception("task not queued", task=task, keys=len(keys))


_waiting = _Waiting()


@contextmanager
def diverted() -> Iterator[list[Effect]]:
    """Hand the effects to the caller instead of the broker: a simulation performs them on its own clock."""
    effects: list[Effect] = []
    token = _taker.set(effects)
    try:
        yield effects
    finally:
        _taker.reset(token)
