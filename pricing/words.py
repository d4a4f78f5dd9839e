"""A price in the reader's language: its lines, and the sentence that says why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.language import english, in_words
from pricing.models import GivenQuote
from pricing.services import lines_of
from rulebook.quotes import Line


@dataclass(frozen=True, slots=True)
class Told:
    """A line as one reads it."""

    name: str
    words: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PriceTold:
    """A kept price as one reads it."""

    total: Decimal
    why: str
    lines: list[Told]
    version: str
    source: str


def lines_told(lines: Iterable[Line]) -> list[Told]:
    return [Told(in_words(line), line.words_en if english() else line.words_zh, line.amount) for line in lines]


def price_told(kept: GivenQuote | None) -> PriceTold | None:
    """Return a kept price in words; None stays None."""
    if kept is None:
        return None
    return PriceTold(kept.total, in_words(kept), lines_told(lines_of(kept)), kept.version, str(kept.get_source_display()))
