"""How a due time was found, in steps that a branch manager can follow ("Why this deadline?")."""

from datetime import datetime
from typing import NamedTuple


class Stage(NamedTuple):
    """One step: the words, in Chinese and English, and the instant it leads to."""

    zh: str
    en: str
    at: datetime


class Reckoning(NamedTuple):
    """The last instant in time (§0.2) and the steps that lead to it, from one computation.

    `due` is None while a fact that decides it is not known. `provisional`: counted over days whose official
    calendar is not published yet (§0.6).
    """

    due: datetime | None
    stages: tuple[Stage, ...] = ()
    provisional: bool = False
