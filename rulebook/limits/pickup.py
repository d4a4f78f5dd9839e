"""Limits of the pickup (§1.3.1, §4.3.2.2n). Postponing replaces them by ones that belong to the new date (§0.10)."""

from rulebook import due
from rulebook.events import On
from rulebook.facts import Facts
from rulebook.limits.model import Limit, Subject, due_step, warn
from rulebook.roles import Role


def without_appointment(facts: Facts) -> bool:
    return wanted(facts) and due.standing_appointment(facts) is None


def with_appointment(facts: Facts) -> bool:
    return wanted(facts) and due.standing_appointment(facts) is not None


def wanted(facts: Facts) -> bool:
    return facts.pickup and not facts.collected


STARTS = frozenset({On.PICKUP_REQUESTED, On.PICKUP_APPOINTED, On.ORDER_POSTPONED})
REPLACED = frozenset({On.PICKUP_APPOINTED, On.ORDER_POSTPONED})
VOIDED = frozenset({On.ORDER_CANCELLED, On.PICKUP_CANCELLED})
CARRIED = frozenset({On.ORDER_REASSIGNED})
PUT_RIGHT = frozenset({On.PICKUP_TAKEN_BACK})

AT_ONCE = Limit(
    clause="§1.3.1.1",
    zh="接货（未预约）",
    en="Pickup without appointment",
    subject=Subject.PICKUP,
    starts_on=STARTS,
    applies=without_appointment,
    start=due.pickup_start,
    moved_start=("从当日（延期则为新发货日）09:00 起算", "counted from 09:00, of the new ship date where postponed"),
    rule=due.collected,
    met_by=frozenset({On.PICKUP_COLLECTED}),
    voided_by=VOIDED,
    replaced_by=REPLACED,
    carried_by=CARRIED,
    reopened_by=PUT_RIGHT,
    steps=(
        warn("§1.3.1.1", Role.BRANCH_CLERK, minutes=30),
        warn("§1.3.1.1", Role.BRANCH_MANAGER, minutes=15),
        due_step("§1.3.1.1", Role.BRANCH_MANAGER),
    ),
    on_breach_zh="漏接货（计入 §1.7.2.8）",
    on_breach_en="missed pickup (feeds §1.7.2.8)",
)

BY_APPOINTMENT = Limit(
    clause="§1.3.1.2",
    zh="接货（已预约）",
    en="Pickup with appointment",
    subject=Subject.PICKUP,
    starts_on=STARTS,
    applies=with_appointment,
    start=due.ship_date_start,
    moved_start=due.POSTPONED,
    rule=due.collected_as_agreed,
    met_by=frozenset({On.PICKUP_COLLECTED}),
    voided_by=VOIDED,
    replaced_by=REPLACED,
    carried_by=CARRIED,
    reopened_by=PUT_RIGHT,
    steps=(
        warn("§1.3.1.2", Role.BRANCH_CLERK, minutes=60),
        warn("§1.3.1.2", Role.BRANCH_MANAGER, minutes=15),
        due_step("§1.3.1.2", Role.BRANCH_MANAGER),
    ),
    on_breach_zh="漏接货（计入 §1.7.2.8）",
    on_breach_en="missed pickup (feeds §1.7.2.8)",
)

RENEGOTIATION = Limit(
    clause="§1.3.1.2r",
    zh="无效预约时间重新约定",
    en="Invalid appointment renegotiated",
    subject=Subject.PICKUP,
    starts_on=frozenset({On.PICKUP_TIME_INVALID}),
    rule=due.after(minutes=60),
    met_by=frozenset({On.PICKUP_APPOINTED, On.PICKUP_RESCHEDULED_LATE}),
    voided_by=VOIDED | {On.PICKUP_COLLECTED},
    replaced_by=frozenset({On.ORDER_POSTPONED}),
    carried_by=CARRIED,
    reopened_by=PUT_RIGHT,
    steps=(warn("§1.3.1.2r", Role.BRANCH_CLERK, minutes=15), due_step("§1.3.1.2r", Role.BRANCH_MANAGER)),
)
"""Starts at the instant the invalid time was agreed. Goods collected meanwhile leave nothing to renegotiate."""

NOTICE = Limit(
    clause="§4.3.2.2n",
    zh="不能按时接货须提前通知客户",
    en="Customer told before a pickup is late",
    subject=Subject.PICKUP,
    starts_on=STARTS,
    applies=wanted,
    start=due.pickup_start,
    moved_start=AT_ONCE.moved_start,
    rule=due.notified,
    met_by=frozenset({On.PICKUP_NOTICE_GIVEN}),
    voided_by=VOIDED,
    replaced_by=REPLACED,
    carried_by=CARRIED,
    reopened_by=PUT_RIGHT,
    follows=frozenset({"§1.3.1.1", "§1.3.1.2"}),
    steps=(due_step("§4.3.2.2n", Role.BRANCH_MANAGER),),
    on_breach_zh="记录在案；仅在接货确实超时时评判",
    on_breach_en="on record; judged only where the pickup limit is in fact breached",
)

ROWS = (AT_ONCE, BY_APPOINTMENT, RENEGOTIATION, NOTICE)
