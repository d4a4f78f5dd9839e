"""§1.6 and §1.7: complaints, claims, points, tiers and fines."""

from rulebook.clauses.model import Clause, Kind, limit, section
from rulebook.fines import OPERATIONS
from rulebook.tiers import TIERS

_LADDER = {
    "§1.7.1.1": ("区域经理：书面整改", "Regional manager: written rectification"),
    "§1.7.1.2": ("区域经理：停职 1 天", "Regional manager: suspended for 1 day"),
    "§1.7.1.3": ("区域经理：降级或降职", "Regional manager: demotion"),
    "§1.7.1.4": ("大区总监：说明并提交整改报告", "Area director: explains and reports"),
    "§1.7.1.5": ("大区总监：停职 1 天", "Area director: suspended for 1 day"),
    "§1.7.1.6": ("大区总监：停职 3 天", "Area director: suspended for 3 days"),
    "§1.7.1.7": ("事业部总经理：向运作副总说明", "Division GM: explains to the deputy GM"),
}


def _tier(clause: str) -> Clause:
    rows = [row for row in TIERS if row.clause == clause]
    scopes = {"region": "区域", "area": "大区"}
    zh = "，或".join(f"{scopes[row.scope]}月积分 {_band(row.low, row.below)}" for row in rows)
    en = ", or ".join(f"{row.scope} points {_band(row.low, row.below)}" for row in rows)
    return Clause(clause, Kind.TIER, *_LADDER[clause], f"{zh}。", f"{en}.")


def _band(low: int, below: int | None) -> str:
    return f"≥ {low}" if below is None else f"{low}–{below - 1}"


def _fine(clause: str) -> Clause:
    row = next(row for row in OPERATIONS if row.clause == clause)
    return Clause(
        clause, Kind.FINE, row.zh, row.en, f"{row.zh}，按规定处罚。", f"{row.en}: fined by the regulation cited."
    )


ROWS = (
    section("§1.6", "投诉、理赔", "Complaints and claims"),
    section("§1.6.1", "投诉类别与时限", "Categories and limits"),
    limit(
        "§1.6.1.1",
        "15 个工作日；索赔 1 万元及以上 30 个工作日；车辆事故、途中被盗、淋湿以保险公司赔付日为准。",
        "15 working days; claimed 10,000 and over: 30; accident, theft, wetting: the insurer's payment date.",
    ),
    limit("§1.6.1.2", "3 个工作日内处理。", "Settled within 3 working days."),
    limit(
        "§1.6.1.3",
        "资料齐全起：声明价值 1 万元以下及小额赔付 3 个工作日，1 万元及以上 7 个工作日提出方案。",
        "From complete papers: declared value under 10,000, or small claims, 3 working days; 10,000 and over 7.",
    ),
    limit("§1.6.1.4", "7 个工作日内处理。", "Settled within 7 working days."),
    Clause(
        "§1.6.2",
        Kind.POINT,
        "投诉积分",
        "Points for upheld complaints",
        "外部投诉成立按项目记分，区间内由裁定人确定。",
        "Upheld external complaints score by item; a range is decided by the adjudicator inside it.",
    ),
    section("§1.7", "罚则", "Penalties"),
    Clause(
        "§1.7.1",
        Kind.DUTY,
        "积分阶梯",
        "Points tiers",
        "积分按自然月、按区域和大区累计，每次裁定后核对所在阶梯。",
        "Points add up per calendar month, region and area; after each adjudication the tiers are tested.",
    ),
    *(_tier(clause) for clause in _LADDER),
    Clause(
        "§1.7.2",
        Kind.DUTY,
        "运作处罚",
        "Fines for operations",
        "金额以公司规定为准，未设金额的记为“金额待定”。",
        "Amounts live in company regulations; one not set yet is recorded as pending.",
    ),
    *(_fine(clause) for clause in dict.fromkeys(row.clause for row in OPERATIONS)),
    Clause(
        "§1.7.3",
        Kind.DUTY,
        "罚款从奖金扣除",
        "Taken from the bonus",
        "罚款从当月奖金扣除，不足的结转下月，先罚先扣。",
        "Fines are taken from the month's bonus; the rest is carried on, oldest first.",
    ),
    Clause(
        "§1.7.4",
        Kind.WINDOW,
        "申诉与冲正",
        "Appeal and reversal",
        "被罚人 7 个自然日内可申诉；冲正以反向分录进行，不删除。",
        "Can be appealed within 7 calendar days; reversed by a counter-entry, nothing is deleted.",
    ),
)
