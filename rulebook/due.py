"""Due times: pure functions of a clock's start and its facts. All days and hours are Asia/Shanghai (§0.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from rulebook.categories import CAUSES
from rulebook.facts import Facts
from rulebook.reckoning import Reckoning, Stage

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHIP_WITHIN_DAYS = 3  # calendar days after the order date (§1.2.1.4p)
LARGE_CLAIM = Decimal(10_000)  # CNY; the amount itself is in the upper band (§0.3)
SMALL_CLAIM = Decimal(500)  # CNY; the amount itself is still small (§0.3)

Rule = Callable[[datetime, Facts], Reckoning]


def local(moment: datetime) -> datetime:
    """Return the same instant as Shanghai shows it (§0.1)."""
    return moment.astimezone(SHANGHAI)


def local_day(moment: datetime) -> date:
    return local(moment).date()


def at(moment: datetime | date, hour: int = 0, minute: int = 0, *, days: int = 0) -> datetime:
    """Return local midnight of that day plus hours, as UTC: the only clock arithmetic there is. Hour 24 is §0.5."""
    day = local_day(moment) if isinstance(moment, datetime) else moment
    midnight = datetime.combine(day, time(), SHANGHAI)
    return (midnight + timedelta(days=days, hours=hour, minutes=minute)).astimezone(UTC)


# Combinators: a plain span or a time of day.


def after(*, minutes: int) -> Rule:
    """Return the rule "within so many minutes", inclusive (§0.2)."""
    span, zh, en = timedelta(minutes=minutes), f"起算后 {minutes} 分钟内", f"within {minutes} minutes of the start"

    def rule(start: datetime, facts: Facts) -> Reckoning:
        due = start + span
        return Reckoning(due, (Stage(zh, en, due),))

    return rule


def workdays(count: int) -> Rule:
    """Return the rule "24:00 of the count-th working day after the start's local date" (§0.6)."""
    zh, en = f"其后第 {count} 个工作日的 24:00", f"24:00 of the {_ordinal(count)} working day after it"

    def rule(start: datetime, facts: Facts) -> Reckoning:
        day = facts.calendar.add_workdays(local_day(start), count)
        due = at(day, 24)
        if facts.calendar.is_provisional(day):
            return Reckoning(due, (Stage(zh, en, due), Stage(*PROVISIONAL, due)), provisional=True)
        return Reckoning(due, (Stage(zh, en, due),))

    return rule


def calendar_days(count: int) -> Rule:
    """Return the rule "24:00 of the count-th day after the start's local date" (§0.7)."""
    zh, en = f"其后第 {count} 个自然日的 24:00", f"24:00 of the {_ordinal(count)} calendar day after it"

    def rule(start: datetime, facts: Facts) -> Reckoning:
        due = at(start, 24, days=count)
        return Reckoning(due, (Stage(zh, en, due),))

    return rule


PROVISIONAL = ("当年放假安排尚未公布，暂按法定节假日推算", "That year's official calendar is not out yet: provisional")


def _ordinal(count: int) -> str:
    return {1: "1st", 2: "2nd", 3: "3rd"}.get(count, f"{count}th")


# The order and its desk (§1.2, §1.4.4).


def end_of_day(start: datetime, facts: Facts) -> Reckoning:
    """Return 24:00 of the start's local day (§0.5)."""
    due = at(start, 24)
    return Reckoning(due, (Stage("当日 24:00 前", "by 24:00 of that day", due),))


def by_23(start: datetime, facts: Facts) -> Reckoning:
    """Return 23:00 of the day the order reached the branch (§1.2.2.a); from 23:00 on, 23:00 of the next day."""
    if start >= at(start, 23):
        due = at(start, 23, days=1)
        return Reckoning(due, (Stage("23:00 及以后起算，顺延至次日 23:00", "from 23:00 on: 23:00 next day", due),))
    due = at(start, 23)
    return Reckoning(due, (Stage("当日 23:00 前", "by 23:00 of that day", due),))


def followed_up(start: datetime, facts: Facts) -> Reckoning:
    """Return when the follow-up of an accepted order that does not ship today is due (§1.4.4).

    23:00 of the start's day, or of the later day on which it ships or is picked up (`shipping_day`).
    Started at or after 23:00 of the day it would be due: 23:00 of the next day.
    """
    day = shipping_day(start, facts)
    if day == local_day(start):
        return by_23(start, facts)
    due = at(day, 23)
    return Reckoning(due, (Stage("约定发货（接货）日的 23:00", "23:00 of the day agreed for shipping or pickup", due),))


def closed_for_the_day(start: datetime, facts: Facts) -> Reckoning:
    """Return when an order is to be billed, cancelled or postponed (§1.2.2.c).

    24:00 of the start's day, or of the later day on which it ships or is picked up (`shipping_day`).
    """
    day = shipping_day(start, facts)
    if day == local_day(start):
        return end_of_day(start, facts)
    due = at(day, 24)
    return Reckoning(due, (Stage("约定发货（接货）日的 24:00", "24:00 of the day agreed for shipping or pickup", due),))


def shipping_day(start: datetime, facts: Facts) -> date:
    """Return the latest of the start's day, the ship date and the day of pickup (§1.2.2, day's end and later pickups).

    A pickup later than the 3 days of §1.2.1.4p moves nothing.
    """
    days = [local_day(start)]
    if facts.ship_on is not None:
        days.append(facts.ship_on)
    picked_up_on = pickup_day(facts)
    if picked_up_on is not None and _within_three_days(picked_up_on, facts):
        days.append(picked_up_on)
    return max(days)


def pickup_day(facts: Facts) -> date | None:
    """Return the day the pickup is agreed for or, without an appointment, due (§1.3.1.1); None without pickup."""
    if not facts.pickup:
        return None
    agreed = standing_appointment(facts)
    if agreed is not None:
        return local_day(agreed)
    if facts.pickup_on is not None or facts.placed_at is None:
        return facts.pickup_on
    due = collected(pickup_start(facts.placed_at, facts), facts).due
    return None if due is None else local_day(due)


def _within_three_days(day: date, facts: Facts) -> bool:
    return facts.placed_at is None or day <= latest_ship_on(local_day(facts.placed_at))


def latest_ship_on(order_on: date) -> date:
    """Return the last ship date an order may be put off to, over all postponements: order date + 3 days (§1.2.1.4p)."""
    return order_on + timedelta(days=SHIP_WITHIN_DAYS)


# Where clocks start.


def as_it_happens(moment: datetime, facts: Facts) -> datetime:
    """Start at the fact's own instant."""
    return moment


def call_centre_start(moment: datetime, facts: Facts) -> datetime:
    """Start at once if 08:00 <= t < 20:00, otherwise at the next 08:00 (§1.2.1.3)."""
    if moment < at(moment, 8):
        return at(moment, 8)
    return at(moment, 8, days=1) if moment >= at(moment, 20) else moment


POSTPONED = ("延期发货：从新发货日 09:00 起算", "postponed: counted from 09:00 of the new ship date")


def ship_date_start(moment: datetime, facts: Facts) -> datetime:
    """Start at once, or at 09:00 of the ship date where that is a later day (§0.10)."""
    if facts.ship_on is not None and facts.ship_on > local_day(moment):
        return at(facts.ship_on, 9)
    return moment


def pickup_start(moment: datetime, facts: Facts) -> datetime:
    """Start when the pickup is ordered, before 09:00 at 09:00 (§1.3.1.1); postponed: 09:00 of the ship date (§0.10)."""
    start = ship_date_start(moment, facts)
    return max(start, at(start, 9))


def filing_start(moment: datetime, facts: Facts) -> datetime:
    """Start when the complaint was filed or last reopened, also where its category changes later (§1.6.1)."""
    return facts.filed_at or moment


def arrival_start(moment: datetime, facts: Facts) -> datetime:
    """Start at the arrival, also where it turns out later that the goods are to be forwarded (§2.1.4.3)."""
    return facts.arrived_at or moment


# Pickup (§1.3.1, §4.3.2.2n).


def collected(start: datetime, facts: Facts) -> Reckoning:
    """Return the last instant in time for a pickup without appointment (§1.3.1.1).

    `start` is when the order was placed; pickup hours are 09:00-19:00, Asia/Shanghai.
    Before 17:00: 2 hours, counted from 09:00 at the earliest, so never past 19:00.
    At or after 17:00 (§0.4): 12:00 the next day.
    """
    if start >= at(start, 17):
        due = at(start, 12, days=1)
        zh, en = "17:00 及以后下单，最迟次日 12:00", "placed at or after 17:00: 12:00 next day"
    else:
        due = max(start, at(start, 9)) + timedelta(hours=2)
        zh, en = "17:00 前下单，2 小时内接货", "placed before 17:00: within 2 hours"
    return Reckoning(due, (Stage(zh, en, due),))


def collected_as_agreed(start: datetime, facts: Facts) -> Reckoning:
    """Return the appointment + 1 hour (§1.3.1.2); unknown without an appointment."""
    if facts.appointment is None:
        return Reckoning(None)
    due = facts.appointment + timedelta(hours=1)
    return Reckoning(
        due,
        (
            Stage("约定的接货时间", "the time agreed for pickup", facts.appointment),
            Stage("约定时间后 1 小时内", "within 1 hour of it", due),
        ),
    )


def notified(start: datetime, facts: Facts) -> Reckoning:
    """Return 15 minutes before the running pickup limit, the promised time (§4.3.2.2n)."""
    promise = collected if standing_appointment(facts) is None else collected_as_agreed
    promised, stages, _ = promise(start, facts)
    if promised is None:
        return Reckoning(None)
    due = promised - timedelta(minutes=15)
    told = Stage("至少提前 15 分钟通知客户", "tell the customer at least 15 minutes before", due)
    return Reckoning(due, (*stages, told))


def standing_appointment(facts: Facts) -> datetime | None:
    """Return the agreed pickup time that counts: a valid one (§1.3.1.2r), not before the ship date (§0.10)."""
    agreed = facts.appointment
    if agreed is None or not appointment_valid(agreed):
        return None
    return agreed if facts.ship_on is None or local_day(agreed) >= facts.ship_on else None


def appointment_valid(agreed: datetime) -> bool:
    """Tell whether a pickup time is 09:00 or later and before 18:00 (§1.3.1.2r, §0.3)."""
    return at(agreed, 9) <= agreed < at(agreed, 18)


# Forwarding and delivery (§1.3.2, §1.3.3, §2.1).


def sign_off_entered(start: datetime, facts: Facts) -> Reckoning:
    """Return when the sign-off of forwarded goods is to be entered (§1.3.2.2).

    `start` is the signing itself. Before 17:00: 24:00 the same day. At or after 17:00: 12:00 the next day.
    """
    if start >= at(start, 17):
        due = at(start, 12, days=1)
        return Reckoning(due, (Stage("17:00 及以后签收，次日 12:00 前", "signed from 17:00 on: 12:00 next day", due),))
    due = at(start, 24)
    return Reckoning(due, (Stage("17:00 前签收，当日 24:00 前", "signed before 17:00: 24:00 that day", due),))


def delivered(start: datetime, facts: Facts) -> Reckoning:
    """Return the last instant in time for a delivery to the door (§1.3.3.1, §1.3.3.1e).

    `start` is the arrival. Arrived by 12:00:00 (§0.4): 20:30 the same day; after it: 12:00 the next day.
    A new time agreed with the customer (§1.3.3.3) takes the place of both.
    """
    if facts.delivery_at is not None:
        due = facts.delivery_at
        return Reckoning(due, (Stage("与客户另行约定的送货时间", "the new time agreed with the customer", due),))
    if start <= at(start, 12):
        due = at(start, 20, 30)
        return Reckoning(due, (Stage("12:00 前（含）到达，当日 20:30 前", "arrived by 12:00: 20:30 that day", due),))
    due = at(start, 12, days=1)
    return Reckoning(due, (Stage("12:00 后到达，次日 12:00 前", "arrived after 12:00: 12:00 next day", due),))


# Complaints, claims, promises (§1.6.1, §4.3.2.5).

THREE_WORKDAYS, SEVEN_WORKDAYS, FIFTEEN_WORKDAYS, THIRTY_WORKDAYS = (workdays(count) for count in (3, 7, 15, 30))


def damage_settled(start: datetime, facts: Facts) -> Reckoning:
    """Return when a complaint of damage, destruction or loss is to be settled (§1.6.1.1).

    15 working days; claimed amount 10,000 CNY and over: 30. Vehicle accident, theft en route, wetting: 24:00 of the
    insurer's payment date, open until that is known.
    """
    if facts.cause in CAUSES and CAUSES[facts.cause].insured:
        return _insurer_paid(facts)
    large = facts.amount is not None and facts.amount >= LARGE_CLAIM
    return THIRTY_WORKDAYS(start, facts) if large else FIFTEEN_WORKDAYS(start, facts)


def _insurer_paid(facts: Facts) -> Reckoning:
    if facts.insurer_on is None:
        return Reckoning(None)
    due = at(facts.insurer_on, 24)
    return Reckoning(due, (Stage("保险公司赔付日 24:00", "24:00 of the insurer's payment date", due),))


def claim_proposed(start: datetime, facts: Facts) -> Reckoning:
    """Return when a claim with complete papers is to have its proposal (§1.6.1.3).

    Claimed loss up to 500 CNY, or declared value under 10,000: 3 working days; 10,000 and over: 7.
    """
    small = facts.amount is not None and facts.amount <= SMALL_CLAIM
    large = facts.declared_value is not None and facts.declared_value >= LARGE_CLAIM
    return SEVEN_WORKDAYS(start, facts) if large and not small else THREE_WORKDAYS(start, facts)


def promised(start: datetime, facts: Facts) -> Reckoning:
    """Return the reply time promised for an anomaly (§4.3.2.5)."""
    if facts.promised_at is None:
        return Reckoning(None)
    return Reckoning(facts.promised_at, (Stage("承诺的答复时间", "the reply time promised", facts.promised_at),))


def mail_answered(start: datetime, facts: Facts) -> Reckoning:
    """Return when an e-mail is answered by: a key customer's next fixed time, else one working day (§4.3.1.3)."""
    if facts.promised_at is None:
        return ONE_WORKDAY(start, facts)
    return Reckoning(facts.promised_at, (Stage("项目客户约定的答复时间", "the key customer's fixed time", facts.promised_at),))


ONE_WORKDAY = workdays(1)
