"""Watch lists, worked through by the department: the fraud watch (§1.4.3f) and the list after day's end (§1.2.2.c, §1.2.2.a)."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Watch:
    """One list. `least`: from how many on an account is listed, that number included (§0.3); a setting may set another (†)."""

    code: str
    clause: str
    zh: str
    en: str
    group: Literal["fraud", "day_end"]
    least: int = 0


WATCHES = {
    row.code: row
    for row in (
        Watch("many_shippers", "§1.4.3f", "会员账号发货人过多", "Member account with many shippers", "fraud", 3),
        Watch("many_orders", "§1.4.3f", "会员账号单日大量下单", "Member account with bulk orders", "fraud", 20),
        Watch("not_ended", "§1.2.2.c", "当日未了结的订单", "Not billed, cancelled or postponed by day's end", "day_end"),
        Watch("not_accepted", "§1.2.2.a", "当日未受理的订单", "Not accepted on the day", "day_end"),
    )
}
