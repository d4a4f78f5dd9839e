"""What may excuse a breach, 备案的原因: which limits each reason covers, on what condition, and who has to verify it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rulebook.windows import FILED, NOTED, filing_needed, noted_in_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """One reason. `clause`: the rule that gives it; `limits`: clauses of the steps it may excuse.

    `when`: the step's clock started or fell due in off-hours, or a special circumstance was noted before it.
    `verified`: the information centre has to verify it before the department may grant it (§3.6.1).
    """

    code: str
    clause: str
    zh: str
    en: str
    limits: frozenset[str] = frozenset()
    when: Literal["", "off_hours", "noted"] = ""
    verified: bool = False


HANDLED = frozenset({"§1.2.1.1", "§1.2.1.1b", "§4.3.1.1"})
"""
The ten minutes of §3.6.1 with their second step, and the two of a chat, which the same faults strike (†); a fault of minutes does
not excuse the limit of a whole day (†).
"""

EXCUSES = {
    row.code: row
    for row in (
        Excuse(code="off_hours", clause="§1.4.2", zh="非工作时间", en="Off-hours", limits=FILED, when="off_hours"),
        Excuse(
            code="special_circumstance",
            clause="§1.3.3.1",
            zh="时限前已注明的特殊情况",
            en="Special circumstance noted before the limit",
            limits=NOTED,
            when="noted",
        ),
        Excuse(
            code="system_fault",
            clause="§3.6.1",
            zh="系统故障，营业部未收到通知",
            en="System fault: no notification reached the branch",
            limits=HANDLED,
            verified=True,
        ),
        Excuse(
            code="power_or_network",
            clause="§3.6.1",
            zh="停电或断网",
            en="Power or network outage",
            limits=HANDLED,
            verified=True,
        ),
        Excuse(code="pc_fault", clause="§3.6.1", zh="电脑故障", en="PC fault", limits=HANDLED, verified=True),
        Excuse(code="outside_waybill", clause="§1.4.3", zh="系统外开单", en="Waybill made outside"),
    )
}

OUTAGES = tuple(code for code, row in EXCUSES.items() if row.verified)
"""Reasons that strike many clocks of a branch at once, and may be filed for all of them."""


def may_excuse(
    code: str, clause: str, *, started_at: datetime, due_at: datetime, noted_at: datetime | None = None
) -> bool:
    """Tell whether this reason may excuse a breach of this step; `noted_at`: when a circumstance was first noted."""
    row = EXCUSES[code]
    match row.when:
        case "off_hours":
            return clause in row.limits and filing_needed(clause, started_at=started_at, due_at=due_at)
        case "noted":
            return noted_at is not None and clause in row.limits and noted_in_time(clause, noted_at=noted_at, due_at=due_at)
    return clause in row.limits


def struck(*, started_at: datetime, due_at: datetime, since: datetime, until: datetime) -> bool:
    """Tell whether an outage from `since` to `until` touches the time in which a step had to be done, borders included."""
    return started_at <= until and since <= due_at
