"""Fines for operations (§1.7.2) and for key customers (§2.2). Amounts not set here live in other regulations."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from rulebook.roles import Role


@dataclass(frozen=True, slots=True)
class Regulation:
    """A company regulation that amounts are cited from; the department edits the catalogue."""

    code: str
    title: str


REGULATIONS = {
    row.code: row
    for row in (
        Regulation("rp_3.3.1_a", "《奖励与处罚管理规定》3.3.1（a）"),
        Regulation("rp_3.3.1_b", "《奖励与处罚管理规定》3.3.1（b）"),
        Regulation("rp_3.3.1_c", "《奖励与处罚管理规定》3.3.1（c）"),
        Regulation("rp_3.3.1_e", "《奖励与处罚管理规定》3.3.1（e）"),
        Regulation("execution", "《提升运作执行力的管理规定》"),
        Regulation("hj_0015", "《400投诉机制的管理办法》HJ-0015"),
        Regulation("cargo_claims", "《货险理赔操作规定》"),
        Regulation("small_claims", "小额赔付条款"),
        Regulation("sign_slips", "签收单管理文件"),
        Regulation("quality", "品管中心文件"),
        Regulation("handbook", "电子商务运作手册"),
    )
}

Payer = Role | Literal["branch", "person", "leader", "departments"]
"""A post, the branch's own bonus, the person at fault, his direct leader, or the departments at fault by share."""


Purse = Literal["bonus", "salary", "profit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FineRow:
    """One payer of one violation. `amount`: CNY, fixed; `share`: part of `of_what`; neither: amount pending.

    `purse`: what it is taken from, the month's bonus unless the handbook says otherwise (§1.7.3, §2.2.1, §2.2.2).
    """

    clause: str
    case: str
    zh: str
    en: str
    payer: Payer
    regulation: str
    amount: Decimal | None = None
    share: Decimal | None = None
    of_what: str = ""
    purse: Purse = "bonus"


def _fine(clause: str, case: str, zh: str, en: str, *payers: tuple[Payer, str]) -> tuple[FineRow, ...]:
    return tuple(
        FineRow(clause=clause, case=case, zh=zh, en=en, payer=payer, regulation=regulation)
        for payer, regulation in payers
    )


def _fixed(clause: str, case: str, zh: str, en: str, amount: int, *payers: Payer) -> tuple[FineRow, ...]:
    return tuple(
        FineRow(clause=clause, case=case, zh=zh, en=en, payer=payer, regulation="handbook", amount=Decimal(amount))
        for payer in payers
    )


def _share(clause: str, case: str, zh: str, en: str, payer: Payer, share: str, of_what: str) -> FineRow:
    return FineRow(
        clause=clause,
        case=case,
        zh=zh,
        en=en,
        payer=payer,
        regulation="handbook",
        share=Decimal(share),
        of_what=of_what,
    )


_MANAGER, _REGION, _DIRECTOR = Role.BRANCH_MANAGER, Role.REGIONAL_MANAGER, Role.AREA_DIRECTOR
_SLIPS: tuple[Payer, ...] = (Role.SLIP_CLERK, Role.BRANCH_MANAGER)

OPERATIONS = (
    *_fine("§1.7.2.1", "late_10", "超过 10 分钟受理", "Acceptance later than 10 min", ("branch", "rp_3.3.1_a")),
    *_fine("§1.7.2.2", "late_15", "超过 15 分钟受理", "Acceptance later than 15 min", (_REGION, "rp_3.3.1_a")),
    *_fine(
        "§1.7.2.3",
        "not_contacted",
        "未真实联系客户即受理",
        "Accepted without really contacting the customer",
        (_MANAGER, "rp_3.3.1_b"),
        (_REGION, "rp_3.3.1_c"),
        (_DIRECTOR, "rp_3.3.1_b"),
    ),
    *_fine(
        "§1.7.2.4",
        "false_cancel_reason",
        "虚假取消原因",
        "False cancel reason",
        (_MANAGER, "rp_3.3.1_a"),
        (_REGION, "rp_3.3.1_b"),
        (_DIRECTOR, "rp_3.3.1_a"),
    ),
    *_fine(
        "§1.7.2.5",
        "untrue_information",
        "投诉或理赔中提供不实信息",
        "Untrue information given in a complaint or claim",
        (_REGION, "rp_3.3.1_e"),
    ),
    FineRow(
        clause="§1.7.2.6",
        case="overcharge",
        zh="多收费用须按运费三倍赔付客户",
        en="Overcharge paid back at 3 times the freight",
        payer="person",
        regulation="handbook",
        share=Decimal(3),
        of_what="freight_at_system_price",
    ),
    *_fine(
        "§1.7.2.7",
        "complained",
        "已受理未联系且客户投诉",
        "Accepted, not contacted, and the customer complained",
        (_MANAGER, "execution"),
    ),
    *_fine(
        "§1.7.2.8",
        "missed_pickups",
        "当月连续两次漏接货且至少一次客户投诉",
        "Two missed pickups in a row, at least one with a complaint",
        (_MANAGER, "execution"),
    ),
    *_fine(
        "§1.7.2.9",
        "repeated_complaint",
        "处理不力致同一订单重复投诉（§4.4.6r）",
        "Repeated complaint because of poor handling (§4.4.6r)",
        (_MANAGER, "handbook"),
        (_REGION, "handbook"),
        (_DIRECTOR, "handbook"),
    ),
    *_fine(
        "§1.7.2.9", "other", "其他违反公司规定的行为", "Any other violation of company rules", ("person", "handbook")
    ),
)

KEY_CUSTOMERS = (
    FineRow(
        clause="§2.2.1",
        case="attitude",
        zh="项目客户态度投诉成立",
        en="Upheld attitude complaint",
        payer="person",
        regulation="handbook",
        amount=Decimal(100),
        purse="salary",
    ),
    *_fixed("§2.2.1", "no_report", "直接领导未按时拜访报告", "Leader's report missing", 100, "leader"),
    FineRow(
        clause="§2.2.2",
        case="lane_lost",
        zh="线路流失",
        en="Lane lost",
        payer="departments",
        regulation="handbook",
        share=Decimal("0.50"),
        of_what="mean_monthly_revenue",
        purse="profit",
    ),
    _share("§2.2.2", "lane_lost_persons", "线路流失责任人", "Persons at fault", "person", "0.01", "assessed_penalty"),
    _share("§2.2.3", "loss", "操作违规造成损失", "Operating violation with a loss", "branch", "0.30", "loss"),
    *_fixed("§2.2.4", "delay", "自身操作造成延误（每票）", "Delay by our own operation, per waybill", 20, _MANAGER),
    *_fixed("§2.2.5", "slip_late", "签收单迟返或不合格（每票）", "Slip late or unacceptable, per waybill", 20, *_SLIPS),
    *_fixed("§2.2.5", "resigned_late", "补签签收单迟返（每票）", "Re-signed slip late, per waybill", 30, *_SLIPS),
    *_fixed("§2.2.5", "slip_lost", "签收单遗失（每票）", "Slip lost, per waybill", 50, *_SLIPS),
)

FINES = (*OPERATIONS, *KEY_CUSTOMERS)


def fines_of(clause: str, case: str) -> tuple[FineRow, ...]:
    """Return the rows of one case of a clause, one per payer."""
    return tuple(row for row in FINES if (row.clause, row.case) == (clause, case))


FINES_FOR_BREACH: dict[str, tuple[str, str]] = {
    "§1.2.1.1": ("§1.7.2.1", "late_10"),
    "§1.2.1.1b": ("§1.7.2.2", "late_15"),
    "§2.1.3.5": ("§2.2.5", "slip_late"),
    "§2.2.5": ("§2.2.5", "resigned_late"),
    "§2.2.1": ("§2.2.1", "no_report"),
}
"""Step's clause -> (fine's clause, case) where a breach by itself carries a fine; the others need an adjudication."""


def fines_for_breach(clause: str) -> tuple[FineRow, ...]:
    """Return the fines that the breach of this step carries, one row per payer."""
    wanted = FINES_FOR_BREACH.get(clause)
    return fines_of(*wanted) if wanted else ()


PERFORMANCE_POINTS_FOR_LOSS = -5  # the manager's, with a project-customer rectification form (§2.2.3)
