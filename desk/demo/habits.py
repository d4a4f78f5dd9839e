"""How an ordinary day goes: chances and delays, in one table, so that a reader can see what the figures rest on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from orders.choices import Channel
from rulebook.due import at, local

BY_HOUR = (2, 1, 1, 1, 1, 2, 6, 18, 60, 92, 100, 82, 58, 76, 92, 96, 90, 74, 48, 34, 28, 20, 12, 6)
"""Weight of each local hour: quiet nights, a peak before noon, another in the afternoon."""

CHANNELS = {
    Channel.ALIBABA: 46, Channel.TAOBAO: 18, Channel.HALL: 18, Channel.EWT: 5, Channel.KINGDEE: 3, Channel.PARTNER: 2,
    Channel.PHONE: 8,
}  # fmt: skip
"""Share of each channel, in percent."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Chances between 0 and 1 of what may go one way or another."""

    pays_on_delivery: float = 0.15
    wants_slip: float = 0.4
    of_key_customer: float = 0.2  # at the branch that has one
    names_branch: float = 0.72
    names_wrong_branch: float = 0.03
    late_assignment: float = 0.03
    late_branch: float = 0.05  # of a punctual branch; a slack one is late three times as often
    slack_branches: float = 0.15
    on_duty_at_night: float = 0.55
    saved_by_call_centre: float = 0.55
    moved_by_call_centre: float = 0.15
    not_reached: float = 0.09
    postponed: float = 0.03
    cancelled_at_call: float = 0.03
    cancelled_by_customer: float = 0.03
    says_why: float = 0.7
    reason_confirmed: float = 0.92
    time_agreed_at_call: float = 0.2
    renegotiated: float = 0.85
    late_print: float = 0.03
    late_pickup: float = 0.06
    gives_notice: float = 0.6
    failed_pickup: float = 0.03
    price_declined: float = 0.01
    forgets_follow_up: float = 0.05
    tends_anomaly: float = 0.85
    measures_differ: float = 0.25
    withdrawn_after_pickup: float = 0.004
    linked_outside: float = 0.004
    # the bill
    bill_checked: float = 0.15
    bill_disputed: float = 0.05  # of those that are checked and told
    amended: float = 0.012
    # the goods
    loaded_by_plan: float = 0.35
    scanned_wrongly: float = 0.003
    via_hub: float = 0.25
    lost: float = 0.004
    found_again: float = 0.6
    found_damaged: float = 0.02
    forwarded: float = 0.05
    # the door
    called_ahead: float = 0.92
    late_delivery: float = 0.04
    tells_lateness: float = 0.6
    notes_circumstance: float = 0.25  # of late deliveries
    failed_delivery: float = 0.07
    waits_on_site: float = 0.35  # of those that fail at first
    waiting_helps: float = 0.6
    demands: float = 0.01
    refused: float = 0.012
    signed_with_exception: float = 0.02
    wrong_tap: float = 0.004
    # the money
    cash_short_at_door: float = 0.03
    cash_short_at_count: float = 0.015
    written_off: float = 0.25  # of what was short when counted
    # the slip
    slip_late: float = 0.08
    slip_rejected: float = 0.05
    slip_signed_again_late: float = 0.15
    slip_lost: float = 0.008
    # excuses
    files_excuse: float = 0.7
    excuse_granted: float = 0.85
    blames_fault: float = 0.06  # of the acceptances missed by day
    fault_confirmed: float = 0.75
    excuse_reopened: float = 0.06
    # complaints, and what follows from them †
    complaints_per_1000: float = 8  # orders
    complaint_upheld: float = 0.75
    found_besides: float = 0.15  # overcharged, not contacted, told an untruth
    complaint_reopened: float = 0.08
    contact_doubted: float = 0.002
    doubt_upheld: float = 0.4
    # fines
    appeals: float = 0.06
    appeal_granted: float = 0.35
    action_done: float = 0.6  # of what waits, each day


ORDINARY = Habits()


def minutes(amount: float) -> timedelta:
    """Return so many minutes, to the whole second: people do not act by the microsecond."""
    return timedelta(seconds=round(amount * 60))


def arrivals(rng: Random, *, count: int, start: datetime, end: datetime) -> list[datetime]:
    """Return `count` instants from start (inclusive) to end (exclusive), thick where the hours are busy."""
    hours, hour = [], start
    while hour < end:
        nxt = min(at(hour, local(hour).hour + 1), end)
        hours.append((hour, nxt - hour, BY_HOUR[local(hour).hour] * (nxt - hour).total_seconds()))
        hour = nxt
    chosen = rng.choices(hours, [weight for _from, _span, weight in hours], k=count)
    return sorted(
        since + timedelta(seconds=int(rng.random() * span.total_seconds())) for since, span, _weight in chosen
    )


def is_night(moment: datetime) -> bool:
    """Tell whether the branches are shut, 20:00-08:00; who is on duty may answer all the same."""
    return not at(moment, 8) <= moment < at(moment, 20)


def next_morning(moment: datetime) -> datetime:
    """Return the next 08:00."""
    return at(moment, 8) if moment < at(moment, 8) else at(moment, 8, days=1)
