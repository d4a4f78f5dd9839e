"""Watch lists, worked through by the department: fraud (§1.4.3f), day's end (§1.2.2.c, §1.2.2.a), missed pickups (§1.7.2.8)."""

from dataclasses import dataclass
from typing import Literal

from rulebook.fines import fines_of


@dataclass(frozen=True, slots=True)
class Watch:
    """
    One list. `least`: from how many on an account is listed, that number included (§0.3); a setting may set another (†).

    `fine`: clause and case of what follows when a finding is upheld.
    """

    code: str
    clause: str
    zh: str
    en: str
    group: Literal["fraud", "day_end", "pickup", "service"]
    least: int = 0
    fine: tuple[str, str] = ("§1.7.2.9", "other")

    @property
    def names_a_person(self) -> bool:
        """Tell whether the department says who pays; else the holder of the post at that instant does."""
        return any(row.payer == "person" for row in fines_of(*self.fine))


WATCHES = {
    row.code: row
    for row in (
        Watch("many_shippers", "§1.4.3f", "会员账号发货人过多", "Member account with many shippers", "fraud", 3),
        Watch("many_orders", "§1.4.3f", "会员账号单日大量下单", "Member account with bulk orders", "fraud", 20),
        Watch("not_ended", "§1.2.2.c", "当日未了结的订单", "Not billed, cancelled or postponed by day's end", "day_end"),
        Watch("not_accepted", "§1.2.2.a", "当日未受理的订单", "Not accepted on the day", "day_end"),
        Watch(
            "missed_pickups", "§1.7.2.8", "连续两次漏接货且有投诉", "Two missed pickups in a row, with a complaint", "pickup",
            fine=("§1.7.2.8", "missed_pickups"),
        ),
        Watch("chat_unanswered", "§4.3.1.1", "在线咨询 2 分钟内未回复", "Chats not answered within 2 minutes", "service"),
    )
}
