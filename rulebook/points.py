"""Points for upheld external complaints, per occurrence (§1.6.2). Internal ones score nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """One row: the adjudicator decides inside low..high, both included; anything else is refused."""

    code: str
    zh: str
    en: str
    low: int
    high: int

    def allows(self, points: int) -> bool:
        return self.low <= points <= self.high


POINTS = {
    row.code: row
    for row in (
        Point("label_error", "标签差错", "Label error", 1, 1),
        Point("broken_promise", "承诺不兑现", "Broken promise", 2, 2),
        Point("irregular_pickup_papers", "提货手续不规范", "Irregular pickup papers", 3, 5),
        Point("false_sign_off", "虚假签收", "False sign-off", 5, 5),
        Point("billing_error", "开单差错", "Billing error", 2, 2),
        Point("handover_error", "交接差错", "Handover error", 2, 2),
        Point("pricing_error", "价格开错", "Pricing error", 1, 3),
        Point("attitude", "服务态度投诉", "Attitude complaint", 5, 5),
        Point("delay", "延误时效", "Delay", 2, 2),
        Point("sign_slip_error", "签收单差错", "Sign-slip error", 1, 2),
        Point("other", "其他", "Other", 1, 1),
    )
}
