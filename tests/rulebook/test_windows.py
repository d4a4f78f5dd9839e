"""Windows and other borders that services ask about."""

from decimal import Decimal

import pytest

from rulebook import windows
from tests.rulebook.moments import sh

MOVES = [  # reached, accepted, now, may still move (§1.2.1.5)
    ("2026-11-04 09:00", None, "2026-11-04 09:10", True),
    ("2026-11-04 09:00", None, "2026-11-04 09:10:00.000001", False),
    ("2026-11-04 09:00", "2026-11-04 09:20", "2026-11-04 09:25", True),
    ("2026-11-04 09:00", "2026-11-04 09:20", "2026-11-04 09:25:00.000001", False),
    ("2026-12-31 23:55", None, "2027-01-01 00:05", True),
]


@pytest.mark.parametrize(("reached", "accepted", "now", "expected"), MOVES)
def test_may_still_move(reached: str, accepted: str | None, now: str, expected: bool) -> None:
    """A right closes, nothing is breached (§0.11, §1.2.1.5)."""
    assert windows.may_still_move(sh(reached), sh(accepted) if accepted else None, sh(now)) is expected


RESCHEDULES = [  # placed, window closes (§1.3.1.1r)
    ("2026-11-04 00:00", "2026-11-04 10:00"),
    ("2026-11-04 08:59:59.999999", "2026-11-04 10:00"),
    ("2026-11-04 09:00", "2026-11-04 10:00"),
    ("2026-11-04 09:00:00.000001", "2026-11-04 10:00:00.000001"),
    ("2026-11-04 17:00", "2026-11-04 18:00"),
    ("2026-11-04 18:59:59.999999", "2026-11-04 19:59:59.999999"),
    ("2026-11-04 19:00", "2026-11-05 10:00"),
    ("2026-11-04 20:30", "2026-11-05 10:00"),
    ("2026-11-04 24:00", "2026-11-05 10:00"),
    ("2028-02-28 23:00", "2028-02-29 10:00"),
    ("2026-12-31 19:00", "2027-01-01 10:00"),
]


@pytest.mark.parametrize(("placed", "closes"), RESCHEDULES)
def test_reschedule_closes(placed: str, closes: str) -> None:
    assert windows.reschedule_closes(sh(placed)) == sh(closes)


REPLACES = [  # placed, now, appointment so far, customer's wish, key customer, replaces
    ("2026-11-04 10:00", "2026-11-04 11:00", None, False, False, True),
    ("2026-11-04 10:00", "2026-11-04 11:00:00.000001", None, False, False, False),
    ("2026-11-04 10:00", "2026-11-04 11:30", None, True, False, True),
    ("2026-11-04 10:00", "2026-11-04 14:45", "2026-11-04 14:00", False, False, True),  # due 15:00, less 15 min
    ("2026-11-04 10:00", "2026-11-04 14:45:00.000001", "2026-11-04 14:00", False, False, False),
    ("2026-11-04 10:00", "2026-11-04 14:50", "2026-11-04 14:00", True, False, True),
    ("2026-11-04 10:00", "2026-11-04 13:00", "2026-11-04 14:00", False, True, True),
    ("2026-11-04 10:00", "2026-11-04 13:00:00.000001", "2026-11-04 14:00", False, True, False),
    ("2026-11-04 10:00", "2026-11-04 13:30", "2026-11-04 14:00", True, True, False),  # §2.1.1.1 prevails
    ("2026-11-04 10:00", "2026-11-04 11:00", None, False, True, True),
]


@pytest.mark.parametrize(("placed", "now", "appointment", "wish", "key", "expected"), REPLACES)
def test_replaces_pickup_limit(
    placed: str, now: str, appointment: str | None, wish: bool, key: bool, expected: bool
) -> None:
    so_far = sh(appointment) if appointment else None
    found = windows.replaces_pickup_limit(
        sh(placed), sh(now), appointment=so_far, customers_wish=wish, key_customer=key
    )
    assert found is expected


VALID = [
    ("2026-11-04 08:59:59.999999", False),
    ("2026-11-04 09:00", True),
    ("2026-11-04 17:59:59.999999", True),
    ("2026-11-04 18:00", False),
    ("2026-11-04 19:00", False),
    ("2026-11-04 00:00", False),
]


@pytest.mark.parametrize(("agreed", "expected"), VALID)
def test_appointment_valid(agreed: str, expected: bool) -> None:
    """18:00 is within one hour of 19:00 (§0.3)."""
    assert windows.appointment_valid(sh(agreed)) is expected


EARLY = [
    ("2026-11-04 12:59:59.999999", True),
    ("2026-11-04 13:00", False),
    ("2026-11-04 14:00", False),
    ("2026-11-04 15:30", False),
]


@pytest.mark.parametrize(("collected", "expected"), EARLY)
def test_picked_up_early(collected: str, expected: bool) -> None:
    assert windows.picked_up_early(sh(collected), sh("2026-11-04 14:00")) is expected


HOURS = [  # moment, call centre open, off-hours of branches, pickup hours
    ("2026-11-04 00:00", False, True, False),
    ("2026-11-04 07:59:59.999999", False, True, False),
    ("2026-11-04 08:00", True, False, False),
    ("2026-11-04 09:00", True, False, True),
    ("2026-11-04 17:59:59.999999", True, False, True),
    ("2026-11-04 18:00", True, True, True),
    ("2026-11-04 18:59:59.999999", True, True, True),
    ("2026-11-04 19:00", True, True, False),
    ("2026-11-04 19:59:59.999999", True, True, False),
    ("2026-11-04 20:00", False, True, False),
    ("2026-11-04 23:59:59.999999", False, True, False),
]


@pytest.mark.parametrize(("moment", "centre", "off", "pickup"), HOURS)
def test_hours(moment: str, centre: bool, off: bool, pickup: bool) -> None:
    """08:00 is inside the window, 20:00 is not (§0.4)."""
    found = (windows.call_centre_is_open, windows.in_off_hours, windows.in_pickup_hours)
    assert tuple(rule(sh(moment)) for rule in found) == (centre, off, pickup)


FILINGS = [  # clause, started, due, to be filed (§1.4.2)
    ("§1.2.1.1", "2026-11-04 07:59", "2026-11-04 08:09", True),
    ("§1.2.1.1", "2026-11-04 17:50", "2026-11-04 18:00", True),
    ("§1.2.1.1", "2026-11-04 17:49:59.999999", "2026-11-04 17:59:59.999999", False),
    ("§1.2.1.1b", "2026-11-04 17:45", "2026-11-04 18:00", True),
    ("§1.3.1.2r", "2026-11-04 20:00", "2026-11-04 21:00", True),
    ("§1.2.2.a", "2026-11-04 20:00", "2026-11-04 23:00", False),
]


@pytest.mark.parametrize(("clause", "started", "due", "expected"), FILINGS)
def test_filing_needed(clause: str, started: str, due: str, expected: bool) -> None:
    assert windows.filing_needed(clause, started_at=sh(started), due_at=sh(due)) is expected


SHIP = [("2026-11-04", "2026-11-07"), ("2026-12-30", "2027-01-02"), ("2028-02-26", "2028-02-29")]


@pytest.mark.parametrize(("ordered", "latest"), SHIP)
def test_latest_ship_on(ordered: str, latest: str) -> None:
    assert windows.latest_ship_on(sh(f"{ordered} 00:00").date()) == sh(f"{latest} 00:00").date()


@pytest.mark.parametrize(("kg", "helpers"), [("0.01", 1), ("24.99", 1), ("25.00", 2), ("25.01", 2), ("300", 2)])
def test_helpers_needed(kg: str, helpers: int) -> None:
    assert windows.helpers_needed(Decimal(kg)) == helpers


def test_waiting_and_fees() -> None:
    assert windows.waiting_ends(sh("2026-11-04 23:45")) == sh("2026-11-05 00:15")
    assert [windows.delivery_fee_due(n) for n in (1, 2, 3)] == [False, True, True]
    assert not windows.delivery_fee_due(2, key_customer=True)


APPEALS = [
    ("2026-11-04 00:00", "2026-11-11 24:00", True),
    ("2026-11-04 23:59", "2026-11-12 00:00:00.000001", False),
    ("2026-12-28 10:00", "2027-01-04 24:00", True),
]


@pytest.mark.parametrize(("imposed", "now", "expected"), APPEALS)
def test_may_still_appeal(imposed: str, now: str, expected: bool) -> None:
    assert windows.may_still_appeal(sh(imposed), sh(now)) is expected
