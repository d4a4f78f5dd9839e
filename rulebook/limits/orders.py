"""Limits of the acceptance desk: assignment, acceptance, printing, follow-up, day's end (§1.2, §1.4.4)."""

from datetime import timedelta

from rulebook import due
from rulebook.events import On
from rulebook.facts import Facts
from rulebook.limits.model import Holder, Limit, StepRow, Subject, due_step, warn
from rulebook.roles import Role


def at_a_branch(facts: Facts) -> bool:
    return facts.branch is not None or facts.reached_at is not None


def accepted(facts: Facts) -> bool:
    return facts.accepted


def to_be_printed(facts: Facts) -> bool:
    """Tell whether an accepted order with pickup still lacks its note; drop-off has no clock (§1.2.2.p)."""
    return facts.accepted and facts.pickup and not facts.printed and not facts.collected


LEFT_BRANCH = frozenset({On.ORDER_REASSIGNED, On.ORDER_ASSIGNMENT_TAKEN_BACK})

ASSIGNMENT = Limit(
    clause="§1.2.1.3",
    zh="呼叫中心分配订单",
    en="Order assigned by the call centre",
    subject=Subject.ORDER,
    starts_on=frozenset({On.ORDER_UNASSIGNED}),
    start=due.call_centre_start,
    moved_start=("08:00–20:00 以外提交：从下一个 08:00 起算", "submitted outside 08:00-20:00: from the next 08:00"),
    rule=due.after(minutes=10),
    met_by=frozenset({On.ORDER_ASSIGNED}),
    voided_by=frozenset({On.ORDER_CANCELLED}),
    reopened_by=frozenset({On.ORDER_ASSIGNMENT_TAKEN_BACK}),
    holder=Holder.CALL_CENTRE,
    steps=(
        warn("§1.2.1.3", Role.CALL_CENTRE, minutes=5),
        warn("§1.2.1.3", Role.CALL_CENTRE, minutes=2),
        due_step("§1.2.1.3", Role.CALL_CENTRE_MANAGER),
    ),
    on_breach_zh="记录在案，计入呼叫中心指标",
    on_breach_en="on record, call centre's KPI",
)

ACCEPTANCE = Limit(
    clause="§1.2.1.1",
    zh="营业部联系客户并确认受理",
    en="Branch phones the customer and confirms acceptance",
    subject=Subject.ORDER,
    starts_on=frozenset({On.ORDER_REACHED_BRANCH}),
    rule=due.after(minutes=10),
    met_by=frozenset({On.ORDER_ACCEPTED}),
    voided_by=frozenset({On.ORDER_CANCELLED}),
    replaced_by=LEFT_BRANCH,
    reopened_by=frozenset({On.ORDER_ACCEPTANCE_TAKEN_BACK}),
    steps=(
        warn("§1.2.1.1", Role.BRANCH_MANAGER, minutes=5),
        warn("§1.2.1.1", Role.BRANCH_MANAGER, minutes=2),
        due_step("§1.2.1.1", Role.BRANCH_MANAGER),
        StepRow(kind="second", clause="§1.2.1.1b", offset=timedelta(minutes=5), answers=Role.REGIONAL_MANAGER),
    ),
    on_breach_zh="呼叫中心告警（§3.6.1）；处罚营业部（§1.7.2.1），15 分钟仍未受理处罚区域经理（§1.7.2.2）",
    on_breach_en="call centre alerted (§3.6.1); fine to branch (§1.7.2.1), at 15 min to regional manager (§1.7.2.2)",
)

SAME_DAY = Limit(
    clause="§1.2.2.a",
    zh="订单当日受理",
    en="Order accepted the same day",
    subject=Subject.ORDER,
    starts_on=frozenset({On.ORDER_REACHED_BRANCH}),
    rule=due.by_23,
    met_by=frozenset({On.ORDER_ACCEPTED}),
    voided_by=frozenset({On.ORDER_CANCELLED}),
    replaced_by=LEFT_BRANCH,
    reopened_by=frozenset({On.ORDER_ACCEPTANCE_TAKEN_BACK}),
    steps=(warn("§1.2.2.a", Role.BRANCH_MANAGER, minutes=60), due_step("§1.2.2.a", Role.BRANCH_MANAGER)),
    on_breach_zh="记录在案，列入管理部清单",
    on_breach_en="on record; listed for the department",
)

PRINTING = Limit(
    clause="§1.2.2.p",
    zh="打印托运书",
    en="Consignment note printed",
    subject=Subject.ORDER,
    starts_on=frozenset({On.ORDER_ACCEPTED, On.PICKUP_REQUESTED, On.ORDER_POSTPONED}),
    applies=to_be_printed,
    start=due.ship_date_start,
    moved_start=due.POSTPONED,
    rule=due.after(minutes=30),
    met_by=frozenset({On.NOTE_PRINTED}),
    voided_by=frozenset({On.ORDER_CANCELLED, On.PICKUP_CANCELLED, On.ORDER_ACCEPTANCE_TAKEN_BACK}),
    replaced_by=frozenset({On.ORDER_ACCEPTED, On.ORDER_POSTPONED}),
    carried_by=frozenset({On.ORDER_REASSIGNED}),
    steps=(warn("§1.2.2.p", Role.BRANCH_CLERK, minutes=10), due_step("§1.2.2.p", Role.BRANCH_MANAGER)),
    on_breach_zh="记录在案，仅计入指标",
    on_breach_en="on record, KPI only",
)
"""A branch that takes over an accepted order inherits the clock and gets its own 30 minutes by accepting the order."""

FOLLOW_UP = Limit(
    clause="§1.4.4",
    zh="当日未发货订单的跟踪备注",
    en="Follow-up noted for an accepted order that does not ship today",
    subject=Subject.ORDER,
    starts_on=frozenset({On.ORDER_ACCEPTED, On.PICKUP_APPOINTED, On.PICKUP_REQUESTED}),
    applies=accepted,
    start=due.ship_date_start,
    moved_start=due.POSTPONED,
    rule=due.followed_up,
    met_by=frozenset({On.TRACKING_NOTE_ADDED, On.WAYBILL_ISSUED, On.ORDER_POSTPONED}),
    counts_from_start=frozenset({On.TRACKING_NOTE_ADDED}),
    voided_by=frozenset({On.ORDER_CANCELLED, On.ORDER_ACCEPTANCE_TAKEN_BACK}),
    replaced_by=frozenset({On.ORDER_ACCEPTED, On.PICKUP_APPOINTED, On.PICKUP_REQUESTED}),
    only_later=True,
    carried_by=frozenset({On.ORDER_REASSIGNED}),
    recurs=True,
    ends_on=frozenset({On.WAYBILL_ISSUED, On.ORDER_CANCELLED, On.ORDER_ACCEPTANCE_TAKEN_BACK}),
    steps=(warn("§1.4.4", Role.BRANCH_CLERK, minutes=60), due_step("§1.4.4", Role.BRANCH_MANAGER)),
    on_breach_zh="记录在案，仅计入指标",
    on_breach_en="on record, KPI only",
)
"""Postponing meets the day's clock (the table's own column) and, as the duty is daily, opens that of the new date."""

DAYS_END = Limit(
    clause="§1.2.2.c",
    zh="当日未开单订单的处理（开单、取消或延期）",
    en="Order billed, cancelled or postponed by day's end",
    subject=Subject.ORDER,
    starts_on=frozenset({On.ORDER_REACHED_BRANCH, On.PICKUP_APPOINTED, On.PICKUP_REQUESTED}),
    applies=at_a_branch,
    start=due.ship_date_start,
    moved_start=due.POSTPONED,
    rule=due.closed_for_the_day,
    met_by=frozenset({On.WAYBILL_ISSUED, On.ORDER_POSTPONED}),
    voided_by=frozenset({On.ORDER_CANCELLED}),
    replaced_by=LEFT_BRANCH | {On.PICKUP_APPOINTED, On.PICKUP_REQUESTED},
    only_later=True,
    recurs=True,
    ends_on=frozenset({On.WAYBILL_ISSUED, On.ORDER_CANCELLED, On.ORDER_ASSIGNMENT_TAKEN_BACK}),
    steps=(warn("§1.2.2.c", Role.BRANCH_MANAGER, minutes=120), due_step("§1.2.2.c", Role.BRANCH_MANAGER)),
    on_breach_zh="记录在案，仅计入指标；次日列入管理部清单，系统不自行取消",
    on_breach_en="on record, KPI only; on the department's list next morning, never cancelled by the system",
)
"""Postponing meets the day's clock (the table's own column) and, as the duty is daily, opens that of the new date."""

CANCEL_REASON = Limit(
    clause="§1.2.1.4r",
    zh="当日登记取消原因",
    en="Reason of a cancellation recorded the same day",
    subject=Subject.ORDER,
    starts_on=frozenset({On.ORDER_CANCELLED}),
    rule=due.end_of_day,
    met_by=frozenset({On.CANCEL_REASON_RECORDED}),
    steps=(warn("§1.2.1.4r", Role.BRANCH_CLERK, minutes=120), due_step("§1.2.1.4r", Role.BRANCH_MANAGER)),
    on_breach_zh="记录在案，计入信息录入率",
    on_breach_en="on record; counts in the information-entry rate",
)

ROWS = (ASSIGNMENT, ACCEPTANCE, SAME_DAY, PRINTING, FOLLOW_UP, DAYS_END, CANCEL_REASON)
