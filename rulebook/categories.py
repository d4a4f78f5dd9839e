"""What a complaint is about; the category decides its limit (§1.6.1)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    clause: str
    zh: str
    en: str


ROWS = (
    Category("damage_loss", "§1.6.1.1", "货物破损、毁损、丢失", "Damage, destruction, loss"),
    Category("overcharge", "§1.6.1.2", "多收费用", "Overcharge"),
    Category("order_refused", "§1.6.1.2", "无故拒绝受理订单", "Unreasonable refusal of an order"),
    Category("late_pickup", "§1.6.1.2", "接货延误", "Late pickup"),
    Category("late_arrival", "§1.6.1.2", "到货延误", "Late arrival"),
    Category("attitude", "§1.6.1.2", "员工服务态度", "Staff attitude"),
    Category(
        "inspection_refused", "§1.6.1.2", "签收前拒绝客户查验外包装", "Courier refuses inspection of the outer packing"
    ),
    Category("service_refused", "§1.6.1.2", "拒绝上门接货或送货", "Courier refuses pickup or delivery service"),
    Category("claim_handling", "§1.6.1.3", "理赔处理", "Claim handling"),
    Category("other", "§1.6.1.4", "其他", "Anything else"),
)
CATEGORIES = {row.code: row for row in ROWS}


@dataclass(frozen=True, slots=True)
class Cause:
    """Why goods were damaged or lost; an `insured` cause waits for the insurer's payment date (§1.6.1.1)."""

    code: str
    zh: str
    en: str
    insured: bool


CAUSES = {
    row.code: row
    for row in (
        Cause("vehicle_accident", "车辆事故", "Vehicle accident", True),
        Cause("theft_en_route", "途中被盗", "Theft en route", True),
        Cause("wetting", "货物淋湿", "Wetting", True),
        Cause("handling", "操作不当", "Handling", False),
        Cause("packing", "包装不善", "Packing", False),
        Cause("other", "其他", "Other", False),
    )
}
