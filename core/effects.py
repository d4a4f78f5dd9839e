"""Effects happen after commit, from a stored row; the broker is only woken, never trusted."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery import current_app
from django.db import transaction

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


@contextmanager
def diverted() -> Iterator[list[Effect]]:
    """Hand the effects to the caller instead of the broker: a simulation performs them on its own clock."""
    effects: list[Effect] = []
    token = _taker.set(effects)
    try:
        yield effects
    finally:
        _taker.reset(token)
