"""Windows (§0.11) close a right when they end and are never breached; and other borders that services ask about."""

from datetime import datetime, timedelta
from decimal import Decimal

from rulebook.due import appointment_valid, at, latest_ship_on, standing_appointment

__all__ = [
    "appeal_closes",
    "appointment_change_closes",
    "appointment_valid",
    "call_centre_is_open",
    "delivery_fee_due",
    "filing_needed",
    "helpers_needed",
    "in_off_hours",
    "in_pickup_hours",
    "key_customer_reschedule_closes",
    "latest_ship_on",
    "may_still_appeal",
    "may_still_move",
    "may_still_reschedule",
    "move_closes",
    "noted_in_time",
    "picked_up_early",
    "replaces_pickup_limit",
    "reschedule_closes",
    "standing_appointment",
    "waiting_ends",
]

HEAVY_PIECE_KG = 25  # 25 kg itself needs two (§0.3)
FILED = frozenset({"§1.2.1.1", "§1.2.1.1b", "§1.3.1.2r"})
"""Limits whose breach in off-hours is filed and may be excused (§1.4.2)."""
NOTED = frozenset({"§1.3.3.1"})
"""Limits whose breach may be excused where a special circumstance was noted in the log before them (§1.3.3.1)."""


# Moving an order to another branch (§1.2.1.5).


def move_closes(reached_at: datetime, accepted_at: datetime | None) -> datetime:
    """Return until when the branch itself may move the order (§0.11): reached + 10 min, once accepted acceptance + 5 min."""
    if accepted_at is None:
        return reached_at + timedelta(minutes=10)
    return accepted_at + timedelta(minutes=5)


def may_still_move(reached_at: datetime, accepted_at: datetime | None, moment: datetime) -> bool:
    """Tell whether the branch may still move the order, the last instant included (§0.2); later the call centre may."""
    return moment <= move_closes(reached_at, accepted_at)


# Agreeing another pickup time (§1.3.1.1r, §2.1.1.1).


def in_pickup_hours(moment: datetime) -> bool:
    """Tell whether it is 09:00 or later and before 19:00, Asia/Shanghai (§1.3.1, §0.4)."""
    return at(moment, 9) <= moment < at(moment, 19)


def reschedule_closes(placed_at: datetime) -> datetime:
    """Return placing + 1 h; placed outside 09:00-19:00 counted from the next 09:00 (§1.3.1.1r)."""
    start = placed_at
    if placed_at < at(placed_at, 9):
        start = at(placed_at, 9)
    elif placed_at >= at(placed_at, 19):
        start = at(placed_at, 9, days=1)
    return start + timedelta(hours=1)


def may_still_reschedule(placed_at: datetime, moment: datetime, *, appointment: datetime | None = None) -> bool:
    """Tell whether a pickup time agreed by the branch's wish still replaces the limit (§1.3.1.1r).

    Without a valid appointment so far: within 1 h of placing. With one: until 15 minutes before its due time.
    """
    if appointment is not None:
        return moment <= appointment_change_closes(appointment)
    return moment <= reschedule_closes(placed_at)


def appointment_change_closes(appointment: datetime) -> datetime:
    """Return 15 minutes before the due time of the appointment, which is the appointment + 1 h (§1.3.1.1r)."""
    return appointment + timedelta(minutes=45)


def key_customer_reschedule_closes(appointment: datetime) -> datetime:
    """Return 1 h before the appointment (§2.1.1.1)."""
    return appointment - timedelta(hours=1)


def replaces_pickup_limit(
    placed_at: datetime,
    moment: datetime,
    *,
    appointment: datetime | None = None,
    customers_wish: bool = False,
    key_customer: bool = False,
) -> bool:
    """Tell whether a valid new pickup time agreed now replaces the running limit (§1.3.1.1r, §2.1.1.1).

    `customers_wish`: at the customer's own wish, or agreed at the order call. `appointment`: the valid one so far.
    A key customer's appointment is moved until 1 h before it and no later, whoever wished it (§2.1.1.1 prevails).
    """
    if key_customer and appointment is not None:
        return moment <= key_customer_reschedule_closes(appointment)
    return customers_wish or may_still_reschedule(placed_at, moment, appointment=appointment)


def picked_up_early(collected_at: datetime, appointment: datetime) -> bool:
    """Tell whether goods were collected more than 1 h before the appointment (§1.3.1.2): recorded, not fined."""
    return collected_at < appointment - timedelta(hours=1)


# Hours (§1.2.1.3, §1.4.2).


def call_centre_is_open(moment: datetime) -> bool:
    """Tell whether it is 08:00 or later and before 20:00 (§1.2.1.3, §0.4)."""
    return at(moment, 8) <= moment < at(moment, 20)


def in_off_hours(moment: datetime) -> bool:
    """Tell whether it is 18:00 or later, or before 08:00 (§1.4.2, §0.4)."""
    return moment >= at(moment, 18) or moment < at(moment, 8)


def filing_needed(clause: str, *, started_at: datetime, due_at: datetime) -> bool:
    """Tell whether a breach of this step is to be filed: started or fell due in off-hours (§1.4.2)."""
    return clause in FILED and (in_off_hours(started_at) or in_off_hours(due_at))


def noted_in_time(clause: str, *, noted_at: datetime, due_at: datetime) -> bool:
    """Tell whether a special circumstance was noted before the limit, its last instant included (§1.3.3.1, §0.2)."""
    return clause in NOTED and noted_at <= due_at


# Delivery and appeals.


def helpers_needed(heaviest_piece_kg: Decimal) -> int:
    """Return how many helpers carry upstairs: 1 under 25 kg, 2 from 25 kg on (§1.3.3.2)."""
    return 1 if heaviest_piece_kg < HEAVY_PIECE_KG else 2


def waiting_ends(since: datetime) -> datetime:
    """Return until when a courier waits on site for a customer who can receive soon: 30 minutes (§1.3.3.3)."""
    return since + timedelta(minutes=30)


def delivery_fee_due(attempt: int, *, key_customer: bool = False) -> bool:
    """Tell whether this attempt adds a delivery fee: from the 2nd on (§1.3.3.3), not for key customers (§2.1.3.3)."""
    return attempt >= 2 and not key_customer


def appeal_closes(imposed_at: datetime, *, days: int = 7) -> datetime:
    """Return 24:00 of the 7th day after a penalty was imposed (§1.7.4, §0.7)."""
    return at(imposed_at, 24, days=days)


def may_still_appeal(imposed_at: datetime, moment: datetime, *, days: int = 7) -> bool:
    return moment <= appeal_closes(imposed_at, days=days)
