"""What a month's points lead to (§1.7.1). The handbook's gaps stay gaps: area points of 20 and over carry no action."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rulebook.roles import Role

Scope = Literal["region", "area"]


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of the ladder: low <= points < below, summed per calendar month over one region or one area."""

    clause: str
    who: Role
    scope: Scope
    low: int
    below: int | None  # None: no upper bound
    action: str
    zh: str
    en: str
    since: date = date(2011, 1, 1)

    def holds(self, points: int) -> bool:
        return self.low <= points and (self.below is None or points < self.below)


_REGION, _DIRECTOR, _GM = Role.REGIONAL_MANAGER, Role.AREA_DIRECTOR, Role.DIVISION_GM
_EXPLAIN = "向客服中心总经理电话说明，并向管理部提交整改报告"
_EXPLAIN_EN = "phones the GM of the customer-service centre and sends a rectification report"
_TO_DEPUTY, _TO_DEPUTY_EN = "向运作副总经理电话说明", "phones the deputy GM for operations to explain"

TIERS = (
    Tier(
        "§1.7.1.1",
        _REGION,
        "region",
        2,
        5,
        "rectification_letter",
        "书面整改（不少于 300 字）",
        "written rectification",
    ),
    Tier("§1.7.1.2", _REGION, "region", 15, 20, "suspension_1_day", "停职 1 天", "suspended for 1 day"),
    Tier("§1.7.1.3", _REGION, "region", 20, None, "demotion", "降级或降职", "demotion (grade or post)"),
    Tier("§1.7.1.4", _DIRECTOR, "region", 5, 10, "explanation_and_report", _EXPLAIN, _EXPLAIN_EN),
    Tier("§1.7.1.4", _DIRECTOR, "area", 10, 15, "explanation_and_report", _EXPLAIN, _EXPLAIN_EN),
    Tier("§1.7.1.5", _DIRECTOR, "region", 15, 20, "suspension_1_day", "停职 1 天", "suspended for 1 day"),
    Tier("§1.7.1.6", _DIRECTOR, "region", 20, None, "suspension_3_days", "停职 3 天", "suspended for 3 days"),
    Tier("§1.7.1.7", _GM, "region", 10, 15, "explanation_to_deputy_gm", _TO_DEPUTY, _TO_DEPUTY_EN),
    Tier("§1.7.1.7", _GM, "area", 15, 20, "explanation_to_deputy_gm", _TO_DEPUTY, _TO_DEPUTY_EN),
)
RECTIFICATION_LENGTH = 300  # characters at least (§1.7.1.1)


def containing(points: int, scope: Scope, *, on: date, rows: Iterable[Tier] = TIERS) -> list[Tier]:
    """Return the tiers that contain this month's sum and hold on that day."""
    return [row for row in rows if row.scope == scope and row.since <= on and row.holds(points)]
