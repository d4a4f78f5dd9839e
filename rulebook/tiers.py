"""What a month's points lead to (§1.7.1). The handbook's gaps stay gaps: area points of 20 and over carry no action."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from rulebook.roles import Role

Scope = Literal["region", "area"]


Proof = Literal["letter", "call", "call_and_report", "days", "post"]
"""What shows that an action was done: a letter, the record of a call, both, days from-to, a change of grade or post."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a tier asks for, and by what it is shown to be done."""

    code: str
    zh: str
    en: str
    proof: Proof
    days: int = 0  # of suspension


ACTIONS = {
    row.code: row
    for row in (
        Action("rectification_letter", "书面整改（不少于 300 字）", "written rectification", "letter"),
        Action(
            "explanation_and_report",
            "向客服中心总经理电话说明，并向管理部提交整改报告",
            "phones the GM of the customer-service centre and sends a rectification report",
            "call_and_report",
        ),
        Action("explanation_to_deputy_gm", "向运作副总经理电话说明", "phones the deputy GM for operations to explain", "call"),
        Action("suspension_1_day", "停职 1 天", "suspended for 1 day", "days", days=1),
        Action("suspension_3_days", "停职 3 天", "suspended for 3 days", "days", days=3),
        Action("demotion", "降级或降职", "demotion (grade or post)", "post"),
        Action("key_rectification_form", "项目客户整改书", "project-customer rectification form", "letter"),
        Action("return_to_hr", "退回人力资源部", "returned to HR", "post"),
    )
}


@dataclass(frozen=True, slots=True)
class Tier:
    """
    One step of the ladder: low <= points < below, summed per calendar month over one region or one area.

    `workdays`: within how many working days of being issued it is to be done (§0.6), †; the handbook sets no time.
    """

    clause: str
    who: Role
    scope: Scope
    low: int
    below: int | None  # None: no upper bound
    action: str
    workdays: int
    since: date = date(2011, 1, 1)

    def holds(self, points: int) -> bool:
        return self.low <= points and (self.below is None or points < self.below)

    @property
    def zh(self) -> str:
        return ACTIONS[self.action].zh

    @property
    def en(self) -> str:
        return ACTIONS[self.action].en


_REGION, _DIRECTOR, _GM = Role.REGIONAL_MANAGER, Role.AREA_DIRECTOR, Role.DIVISION_GM

TIERS = (
    Tier("§1.7.1.1", _REGION, "region", 2, 5, "rectification_letter", 3),
    Tier("§1.7.1.2", _REGION, "region", 15, 20, "suspension_1_day", 7),
    Tier("§1.7.1.3", _REGION, "region", 20, None, "demotion", 10),
    Tier("§1.7.1.4", _DIRECTOR, "region", 5, 10, "explanation_and_report", 3),
    Tier("§1.7.1.4", _DIRECTOR, "area", 10, 15, "explanation_and_report", 3),
    Tier("§1.7.1.5", _DIRECTOR, "region", 15, 20, "suspension_1_day", 7),
    Tier("§1.7.1.6", _DIRECTOR, "region", 20, None, "suspension_3_days", 7),
    Tier("§1.7.1.7", _GM, "region", 10, 15, "explanation_to_deputy_gm", 2),
    Tier("§1.7.1.7", _GM, "area", 15, 20, "explanation_to_deputy_gm", 2),
)
RECTIFICATION_LENGTH = 300  # characters at least (§1.7.1.1)
KEY_FORM_WORKDAYS = 3  # within which a rectification form for a key customer is due (§2.2.3), †
RETURN_WORKDAYS = 3  # within which a person is returned to HR (§2.2.1), †


def containing(points: int, scope: str, *, on: date, rows: Iterable[Tier] = TIERS) -> list[Tier]:
    """Return the tiers that contain this month's sum and hold on that day."""
    return [row for row in rows if row.scope == scope and row.since <= on and row.holds(points)]


def length_of(text: str) -> int:
    """Return how many characters a letter has; blanks and line breaks are none (§1.7.1.1)."""
    return sum(not character.isspace() for character in text)


def overlapping(rows: Iterable[Tier]) -> tuple[Tier, Tier] | None:
    """Return two tiers of the same post and scope that some sum would be in at once, or None."""
    placed = sorted(rows, key=lambda row: (row.who, row.scope, row.low))
    for one, other in pairwise(placed):
        if (one.who, one.scope) == (other.who, other.scope) and (one.below is None or other.low < one.below):
            return one, other
    return None
