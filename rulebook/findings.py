"""What an adjudication may find besides its points, and the fine each finding carries (§1.7.2, §2.2, §4.4.6r)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of an upheld complaint. `clause`, `case`: the fine's row in `rulebook.fines`."""

    code: str
    zh: str
    en: str
    clause: str
    case: str
    only_key_customers: bool = False
    needs: str = ""  # the value that must come with it: "loss" in CNY, "person" at fault


FINDINGS = {
    row.code: row
    for row in (
        Finding("untrue_information", "提供不实信息", "Untrue information given", "§1.7.2.5", "untrue_information"),
        Finding(
            "overcharge",
            "多收费用，须按运费三倍赔付",
            "Overcharged: 3 times the freight is owed",
            "§1.7.2.6",
            "overcharge",
            needs="person",
        ),
        Finding("not_contacted", "已受理未联系客户", "Accepted without contact", "§1.7.2.7", "complained"),
        Finding(
            "repeated",
            "处理不力，同一订单重复投诉",
            "Repeated complaint because of poor handling",
            "§1.7.2.9",
            "repeated_complaint",
        ),
        Finding(
            "loss",
            "操作违规造成损失",
            "Operating violation with a loss",
            "§2.2.3",
            "loss",
            only_key_customers=True,
            needs="loss",
        ),
        Finding(
            "own_delay", "自身操作造成延误", "Delay by our own operation", "§2.2.4", "delay", only_key_customers=True
        ),
    )
}
