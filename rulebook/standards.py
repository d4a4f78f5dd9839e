"""Standards of service beside the clocks: telephone and mail (§4.3.1), the survey's questions (§4.2.8), fixed times of mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from rulebook.due import at
from rulebook.kpis import share

__all__ = ["ANSWERED_SHARE", "BEST", "LOW", "QUESTIONS", "Question", "next_fixed_time", "share"]

ANSWERED_SHARE = Decimal("0.99")  # of the calls that come, at least (§4.3.1.2)
BEST = 5  # scores run from 1 to 5 †
LOW = 2  # a score up to this is a dissatisfied customer †


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the satisfaction survey (§4.2.8); the handbook asks for one without naming its questions †."""

    code: str
    zh: str
    en: str


QUESTIONS = {
    row.code: row
    for row in (
        Question("ordering", "下单与受理", "Ordering and acceptance"),
        Question("pickup", "上门接货", "Pickup"),
        Question("transit", "运输时效", "Time in transit"),
        Question("delivery", "送货与签收", "Delivery and signing"),
        Question("staff", "员工服务态度", "Manner of the staff"),
        Question("price", "价格与收费透明", "Price and clear charges"),
    )
}


def next_fixed_time(moment: datetime, times: Iterable[str]) -> datetime | None:
    """
    Return the first of a key customer's fixed times ("HH:MM", Asia/Shanghai) strictly after a moment: today's, else the next
    day's first (§4.3.1.3); None where none is fixed.
    """
    wanted = sorted(times)
    instants = [at(moment, int(each[:2]), int(each[3:]), days=days) for days in (0, 1) for each in wanted]
    return next((instant for instant in instants if instant > moment), None)
