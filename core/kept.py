"""Answers kept in the process for a moment: what is asked thousands of times and may be that old."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")

MOST = 5_000


class Kept(Generic[Key, Answer]):
    """Answers by their key, none older than `seconds` says; 0 keeps nothing. What is not there (None) is asked again."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._answers: dict[Key, tuple[float, Answer]] = {}

    def get(self, key: Key, ask: Callable[[], Answer]) -> Answer:
        seconds = self._seconds()
        known = self._answers.get(key)
        if known is not None and monotonic() - known[0] < seconds:
            return known[1]
        answer = ask()
        if answer is not None and seconds:
            if len(self._answers) >= MOST:
                self._answers.clear()
            self._answers[key] = monotonic(), answer
        return answer
