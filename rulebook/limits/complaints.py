"""Limits of complaints and claims (§1.6.1, §2.2.1, §4.4). Internal ones follow the quality centre's own papers."""

from rulebook import due
from rulebook.categories import CATEGORIES
from rulebook.events import On
from rulebook.facts import Facts
from rulebook.limits.model import Holder, Limit, Subject, due_step, warn
from rulebook.roles import Role

STARTS = frozenset({On.COMPLAINT_FILED, On.COMPLAINT_RECATEGORISED, On.COMPLAINT_REOPENED})
TOLD = frozenset({On.COMPLAINT_RESULT_TOLD})
RECATEGORISED = frozenset({On.COMPLAINT_RECATEGORISED})
A_DAY = 24 * 60  # minutes
FROM_FILING = ("从投诉登记时起算", "counted from the filing")


def clause_of(facts: Facts) -> str:
    """Return the clause that limits a complaint of this category; none for internal ones."""
    return CATEGORIES[facts.category].clause if facts.category in CATEGORIES and not facts.internal else ""


def damage(facts: Facts) -> bool:
    return clause_of(facts) == "§1.6.1.1"


def service_fault(facts: Facts) -> bool:
    return clause_of(facts) == "§1.6.1.2"


def anything_else(facts: Facts) -> bool:
    return clause_of(facts) == "§1.6.1.4"


def attitude(facts: Facts) -> bool:
    return facts.category == "attitude" and not facts.internal


def key_customer_attitude(facts: Facts) -> bool:
    return facts.key_customer and attitude(facts)


def longer_than_three_days(facts: Facts) -> bool:
    """
    Tell whether §1.6.1 gives this complaint longer than the general 3 calendar days of §4.4.6.

    An interim answer that was given stands, whatever category the complaint is moved to.
    """
    if facts.interim:
        return False
    longer = next((row for row in BY_CATEGORY if row.applies(facts)), None)
    if longer is None or facts.filed_at is None:
        return not facts.internal
    last, interim = longer.due(facts.filed_at, facts), INTERIM_RULE(facts.filed_at, facts).due
    return last is None or interim is None or last > interim


INTERIM_RULE = due.calendar_days(3)

DAMAGE = Limit(
    clause="§1.6.1.1",
    zh="破损、毁损、丢失投诉的处理",
    en="Complaint of damage, destruction, loss settled",
    subject=Subject.COMPLAINT,
    starts_on=STARTS | {On.INSURER_DATE_RECORDED},
    applies=damage,
    start=due.filing_start,
    moved_start=FROM_FILING,
    rule=due.damage_settled,
    met_by=TOLD,
    replaced_by=RECATEGORISED | {On.INSURER_DATE_RECORDED},
    holder=Holder.DEPARTMENT,
    steps=(warn("§1.6.1.1", Role.DEPARTMENT, minutes=A_DAY), due_step("§1.6.1.1", Role.DEPARTMENT)),
)

SERVICE_FAULT = Limit(
    clause="§1.6.1.2",
    zh="收费、拒单、延误、态度类投诉的处理",
    en="Complaint of charges, refusal, lateness, attitude settled",
    subject=Subject.COMPLAINT,
    starts_on=STARTS,
    applies=service_fault,
    start=due.filing_start,
    moved_start=FROM_FILING,
    rule=due.THREE_WORKDAYS,
    met_by=TOLD,
    replaced_by=RECATEGORISED,
    holder=Holder.DEPARTMENT,
    steps=(warn("§1.6.1.2", Role.DEPARTMENT, minutes=A_DAY), due_step("§1.6.1.2", Role.DEPARTMENT)),
)

CLAIM = Limit(
    clause="§1.6.1.3",
    zh="理赔方案提出",
    en="Settlement of a claim proposed",
    subject=Subject.CLAIM,
    starts_on=frozenset({On.CLAIM_PAPERS_COMPLETED}),
    rule=due.claim_proposed,
    met_by=frozenset({On.CLAIM_PROPOSED, On.CLAIM_REJECTED}),
    voided_by=frozenset({On.CLAIM_WITHDRAWN}),
    replaced_by=frozenset({On.CLAIM_PAPERS_RETURNED}),
    holder=Holder.CLAIMS,
    steps=(warn("§1.6.1.3", Role.CLAIMS, minutes=A_DAY), due_step("§1.6.1.3", Role.CLAIMS)),
)

ANYTHING_ELSE = Limit(
    clause="§1.6.1.4",
    zh="其他投诉的处理",
    en="Any other complaint settled",
    subject=Subject.COMPLAINT,
    starts_on=STARTS,
    applies=anything_else,
    start=due.filing_start,
    moved_start=FROM_FILING,
    rule=due.SEVEN_WORKDAYS,
    met_by=TOLD,
    replaced_by=RECATEGORISED,
    holder=Holder.DEPARTMENT,
    steps=(warn("§1.6.1.4", Role.DEPARTMENT, minutes=A_DAY), due_step("§1.6.1.4", Role.DEPARTMENT)),
)

BY_CATEGORY = (DAMAGE, SERVICE_FAULT, ANYTHING_ELSE)

INTERIM = Limit(
    clause="§4.4.6",
    zh="网上投诉三日内书面阶段答复",
    en="Written interim answer to an online complaint",
    subject=Subject.COMPLAINT,
    starts_on=STARTS,
    applies=longer_than_three_days,
    start=due.filing_start,
    moved_start=FROM_FILING,
    rule=INTERIM_RULE,
    met_by=TOLD | {On.COMPLAINT_INTERIM_ANSWERED},
    replaced_by=RECATEGORISED,
    holder=Holder.DEPARTMENT,
    steps=(warn("§4.4.6", Role.DEPARTMENT, minutes=A_DAY), due_step("§4.4.6", Role.DEPARTMENT)),
    on_breach_zh="记录在案，计入指标",
    on_breach_en="on record and in the KPI",
)

APOLOGY = Limit(
    clause="§4.4.1",
    zh="态度投诉成立后道歉",
    en="Apology after an upheld attitude complaint",
    subject=Subject.COMPLAINT,
    starts_on=frozenset({On.COMPLAINT_UPHELD}),
    applies=attitude,
    rule=due.calendar_days(1),
    met_by=frozenset({On.COMPLAINT_APOLOGY_RECORDED}),
    voided_by=frozenset({On.COMPLAINT_REOPENED}),
    steps=(warn("§4.4.1", Role.BRANCH_MANAGER, minutes=240), due_step("§4.4.1", Role.BRANCH_MANAGER)),
)

VISIT = Limit(
    clause="§2.2.1",
    zh="项目客户态度投诉成立后上门拜访并报告",
    en="Leader visits the key customer and reports",
    subject=Subject.COMPLAINT,
    starts_on=frozenset({On.COMPLAINT_UPHELD}),
    applies=key_customer_attitude,
    rule=due.workdays(2),
    met_by=frozenset({On.COMPLAINT_VISIT_REPORTED}),
    voided_by=frozenset({On.COMPLAINT_REOPENED}),
    steps=(warn("§2.2.1", Role.BRANCH_MANAGER, minutes=A_DAY), due_step("§2.2.1", Role.BRANCH_MANAGER)),
    on_breach_zh="处罚直接领导 100 元",
    on_breach_en="CNY 100 to the leader",
)

ROWS = (*BY_CATEGORY, CLAIM, INTERIM, APOLOGY, VISIT)
