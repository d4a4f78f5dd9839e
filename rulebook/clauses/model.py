"""One clause of the handbook, named, with its short text ("Why this deadline?" begins with it)."""

from dataclasses import dataclass
from enum import StrEnum, auto

from rulebook.limits import LIMITS


class Kind(StrEnum):
    SECTION = auto()
    READING_RULE = auto()
    LIMIT = auto()
    WINDOW = auto()
    DUTY = auto()
    FUNCTION = auto()
    FORMULA = auto()
    POINT = auto()
    TIER = auto()
    FINE = auto()


@dataclass(frozen=True, slots=True)
class Clause:
    """`zh`/`en`: title; `text_zh`/`text_en`: the rule in a sentence."""

    id: str
    kind: Kind
    zh: str
    en: str
    text_zh: str = ""
    text_en: str = ""

    @property
    def part(self) -> int:
        """Return the part of the handbook: 0 reading rules, 1 platform customers ... 6 channels."""
        return int(self.id[1:].split(".")[0])


def section(clause: str, zh: str, en: str) -> Clause:
    return Clause(clause, Kind.SECTION, zh, en)


def limit(clause: str, text_zh: str, text_en: str) -> Clause:
    """Return a clause that is a time limit; its title stands in the row of the limit."""
    row = LIMITS[clause]
    return Clause(clause, Kind.LIMIT, row.zh, row.en, text_zh, text_en)
