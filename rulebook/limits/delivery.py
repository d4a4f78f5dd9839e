"""Limits of forwarding, delivery, key-customer shipments and sign slips (§1.3.2, §1.3.3, §2.1, §2.2.5)."""

from dataclasses import replace

from rulebook import due
from rulebook.events import SIGNED, On
from rulebook.facts import Facts
from rulebook.limits.model import Holder, Limit, Subject, due_step, warn
from rulebook.roles import Role


def forwarded(facts: Facts) -> bool:
    return facts.forwarded


def to_the_door(facts: Facts) -> bool:
    """A key customer's goods that are to be forwarded have the limit of §2.1.4.3 instead: §2 prevails."""
    return facts.door and not facts.forwarded and not key_customer_forwarding(facts)


def of_key_customer(facts: Facts) -> bool:
    return facts.key_customer


def key_customer_forwarding(facts: Facts) -> bool:
    return facts.key_customer and facts.to_forward


def key_customer_slip(facts: Facts) -> bool:
    return facts.key_customer and facts.slip


PUT_RIGHT = frozenset({On.DELIVERY_TAKEN_BACK})
NOT_HERE = frozenset({On.ARRIVAL_TAKEN_BACK})
GONE = frozenset({On.SHIPMENT_DECLARED_LOST, On.SHIPMENT_RETURNED})

FORWARDED_TRACKING = Limit(
    clause="§1.3.2.1",
    zh="外发货物每日跟踪",
    en="Daily tracking entry of forwarded goods",
    subject=Subject.SHIPMENT,
    starts_on=frozenset({On.SHIPMENT_FORWARDED}),
    rule=due.end_of_day,
    met_by=SIGNED | {On.SHIPMENT_FORWARDED, On.SHIPMENT_TRACKED},
    counts_from_start=frozenset({On.SHIPMENT_TRACKED}),
    voided_by=GONE,
    reopened_by=PUT_RIGHT,
    recurs=True,
    ends_on=SIGNED | GONE,
    steps=(warn("§1.3.2.1", Role.TRANSIT_CLERK, minutes=120), due_step("§1.3.2.1", Role.BRANCH_MANAGER)),
    on_breach_zh="每漏一天记录一次",
    on_breach_en="on record per missed day",
)

FORWARDED_SIGN_OFF = Limit(
    clause="§1.3.2.2",
    zh="外发货物签收信息录入",
    en="Sign-off of forwarded goods entered",
    subject=Subject.SHIPMENT,
    starts_on=SIGNED,
    applies=forwarded,
    rule=due.sign_off_entered,
    met_by=SIGNED,
    reopened_by=PUT_RIGHT,
    judged_by="recorded_at",
    steps=(due_step("§1.3.2.2", Role.BRANCH_MANAGER),),
)
"""Written at entry, already judged; a missing entry shows through the daily tracking (§1.3.2.1)."""

DELIVERY = Limit(
    clause="§1.3.3.1",
    zh="送货上门",
    en="Delivery to the door",
    subject=Subject.SHIPMENT,
    starts_on=frozenset({On.SHIPMENT_ARRIVED, On.DELIVERY_TIME_AGREED, On.DELIVERY_WANTED, On.SHIPMENT_NOT_TO_FORWARD}),
    applies=to_the_door,
    rule=due.delivered,
    met_by=SIGNED,
    voided_by=GONE | NOT_HERE | {On.SHIPMENT_FORWARDED, On.SHIPMENT_OFFERED_FOR_PICKUP, On.SHIPMENT_REFUSED, On.DELIVERY_UNWANTED},
    replaced_by=frozenset({On.DELIVERY_TIME_AGREED}),
    reopened_by=PUT_RIGHT,
    steps=(warn("§1.3.3.1", Role.BRANCH_MANAGER, minutes=60), due_step("§1.3.3.1", Role.BRANCH_MANAGER)),
    on_breach_zh="记录在案；时限前已在日志注明特殊情况的，审核后可免责",
    on_breach_en="on record; excusable after review where a special circumstance was logged before the limit",
)

DELIVERY_SIGN_OFF = replace(
    DELIVERY,
    clause="§1.3.3.1e",
    zh="送货签收信息录入",
    en="Sign-off of a delivery entered",
    judged_by="captured_at",
    steps=(due_step("§1.3.3.1e", Role.BRANCH_MANAGER),),
    on_breach_zh="记录在案",
    on_breach_en="on record",
)

WAIT_ON_SITE = Limit(
    clause="§1.3.3.3",
    zh="现场等待收货",
    en="Waiting on site",
    subject=Subject.SHIPMENT,
    starts_on=frozenset({On.SHIPMENT_WAITING_ON_SITE}),
    rule=due.after(minutes=30),
    met_by=SIGNED | {On.DELIVERY_ATTEMPT_FAILED, On.SHIPMENT_REFUSED},
    voided_by=GONE,
    steps=(due_step("§1.3.3.3", Role.BRANCH_MANAGER),),
    on_breach_zh="等待期满，提醒营业部：签收，或登记未成功并另约时间",
    on_breach_en="the wait is over, the branch is told: sign, or record the failure and agree a new time",
)
"""The wait's own timer: it ends a wait and is fined by nothing †."""

KEY_CUSTOMER_FOLLOW_UP = Limit(
    clause="§2.1.1.2",
    zh="项目客户货物每日跟进",
    en="Key customer's shipment followed daily",
    subject=Subject.SHIPMENT,
    starts_on=frozenset({On.SHIPMENT_OPENED}),
    applies=of_key_customer,
    holder=Holder.ORIGIN,
    rule=due.end_of_day,
    met_by=SIGNED | {On.SHIPMENT_FOLLOWED_UP},
    counts_from_start=frozenset({On.SHIPMENT_FOLLOWED_UP}),
    voided_by=GONE,
    reopened_by=PUT_RIGHT,
    recurs=True,
    ends_on=SIGNED | GONE,
    steps=(warn("§2.1.1.2", Role.BRANCH_CLERK, minutes=120), due_step("§2.1.1.2", Role.BRANCH_MANAGER)),
)

KEY_CUSTOMER_FORWARDING = Limit(
    clause="§2.1.4.3",
    zh="项目客户货物到达次日内外发",
    en="Key customer's goods forwarded by the end of the day after arrival",
    subject=Subject.SHIPMENT,
    starts_on=frozenset({On.SHIPMENT_ARRIVED, On.SHIPMENT_TO_FORWARD}),
    applies=key_customer_forwarding,
    start=due.arrival_start,
    moved_start=("从到达时起算", "counted from the arrival"),
    rule=due.calendar_days(1),
    met_by=frozenset({On.SHIPMENT_FORWARDED}),
    voided_by=SIGNED | GONE | NOT_HERE
    | {
        On.SHIPMENT_OFFERED_FOR_PICKUP,
        On.SHIPMENT_LOADED_FOR_DELIVERY,
        On.SHIPMENT_NOT_TO_FORWARD,
        On.SHIPMENT_REFUSED,
        On.SHIPMENT_SENT_BACK,
    },
    reopened_by=PUT_RIGHT,
    steps=(warn("§2.1.4.3", Role.TRANSIT_CLERK, minutes=240), due_step("§2.1.4.3", Role.BRANCH_MANAGER)),
    on_breach_zh="延误处罚（§2.2.4）",
    on_breach_en="delay (§2.2.4)",
)

SLIP_RETURN = Limit(
    clause="§2.1.3.5",
    zh="签收单返回",
    en="Sign slip returned",
    subject=Subject.SLIP,
    starts_on=SIGNED,
    applies=key_customer_slip,
    rule=due.calendar_days(3),
    met_by=frozenset({On.SLIP_RETURNED}),
    voided_by=frozenset({On.SLIP_LOST}) | PUT_RIGHT,
    steps=(warn("§2.1.3.5", Role.SLIP_CLERK, minutes=1440), due_step("§2.1.3.5", Role.BRANCH_MANAGER)),
    on_breach_zh="签收单迟返处罚（§2.2.5）",
    on_breach_en="late slip (§2.2.5)",
)

SLIP_SIGNED_AGAIN = replace(
    SLIP_RETURN,
    clause="§2.2.5",
    zh="签收单补签返回",
    en="Re-signed slip returned",
    starts_on=frozenset({On.SLIP_REJECTED}),
    met_by=frozenset({On.SLIP_RETURNED, On.SLIP_RESENT}),
    steps=(warn("§2.2.5", Role.SLIP_CLERK, minutes=1440), due_step("§2.2.5", Role.BRANCH_MANAGER)),
)

ROWS = (
    FORWARDED_TRACKING,
    FORWARDED_SIGN_OFF,
    DELIVERY,
    DELIVERY_SIGN_OFF,
    WAIT_ON_SITE,
    KEY_CUSTOMER_FOLLOW_UP,
    KEY_CUSTOMER_FORWARDING,
    SLIP_RETURN,
    SLIP_SIGNED_AGAIN,
)
