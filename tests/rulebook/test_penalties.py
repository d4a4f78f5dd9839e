"""Points, tiers, fines and formulas as rows."""

from datetime import date
from decimal import Decimal

import pytest

from rulebook.clauses import CLAUSES
from rulebook.findings import FINDINGS
from rulebook.fines import FINES, FINES_FOR_BREACH, REGULATIONS, fines_for_breach
from rulebook.kpis import KPIS, counts_for_success, share, succeeded
from rulebook.limits import LIMITS
from rulebook.points import POINTS
from rulebook.roles import Role
from rulebook.tiers import TIERS, containing
from tests.rulebook.moments import sh

ALLOWED = {  # §1.6.2
    "label_error": {1},
    "broken_promise": {2},
    "irregular_pickup_papers": {3, 4, 5},
    "false_sign_off": {5},
    "billing_error": {2},
    "handover_error": {2},
    "pricing_error": {1, 2, 3},
    "attitude": {5},
    "delay": {2},
    "sign_slip_error": {1, 2},
    "other": {1},
}


def test_points() -> None:
    assert {code: {n for n in range(-1, 8) if row.allows(n)} for code, row in POINTS.items()} == ALLOWED


REGION = {  # region points -> clauses (§1.7.1)
    0: [],
    1: [],
    2: ["§1.7.1.1"],
    4: ["§1.7.1.1"],
    5: ["§1.7.1.4"],
    9: ["§1.7.1.4"],
    10: ["§1.7.1.7"],
    14: ["§1.7.1.7"],
    15: ["§1.7.1.2", "§1.7.1.5"],
    19: ["§1.7.1.2", "§1.7.1.5"],
    20: ["§1.7.1.3", "§1.7.1.6"],
    300: ["§1.7.1.3", "§1.7.1.6"],
}
AREA = {9: [], 10: ["§1.7.1.4"], 14: ["§1.7.1.4"], 15: ["§1.7.1.7"], 19: ["§1.7.1.7"], 20: [], 300: []}


@pytest.mark.parametrize(("points", "clauses"), REGION.items())
def test_region_points(points: int, clauses: list[str]) -> None:
    assert [tier.clause for tier in containing(points, "region", on=date(2026, 11, 4))] == clauses


@pytest.mark.parametrize(("points", "clauses"), AREA.items())
def test_area_points(points: int, clauses: list[str]) -> None:
    assert [tier.clause for tier in containing(points, "area", on=date(2026, 11, 4))] == clauses


def test_a_tier_holds_from_its_date() -> None:
    assert containing(3, "region", on=date(2010, 12, 31)) == []


PAYERS = {  # a breach that carries a fine by itself -> who pays, amount
    "§1.2.1.1": [("branch", None)],
    "§1.2.1.1b": [(Role.REGIONAL_MANAGER, None)],
    "§2.1.3.5": [(Role.SLIP_CLERK, Decimal(20)), (Role.BRANCH_MANAGER, Decimal(20))],
    "§2.2.5": [(Role.SLIP_CLERK, Decimal(30)), (Role.BRANCH_MANAGER, Decimal(30))],
    "§2.2.1": [("leader", Decimal(100))],
}


@pytest.mark.parametrize(("clause", "payers"), PAYERS.items())
def test_fines_for_breach(clause: str, payers: list[tuple[str, Decimal | None]]) -> None:
    assert [(row.payer, row.amount) for row in fines_for_breach(clause)] == payers


def test_only_these_breaches_carry_a_fine_by_themselves() -> None:
    assert set(FINES_FOR_BREACH) == set(PAYERS)
    assert fines_for_breach("§1.2.1.3") == ()
    assert set(FINES_FOR_BREACH) <= {row.clause for limit in LIMITS.values() for row in limit.steps}


def test_operations_are_fined_by_their_regulations() -> None:
    found = {(row.clause, str(row.payer), row.regulation) for row in FINES if row.clause.startswith("§1.7.2")}
    assert found == {
        ("§1.7.2.1", "branch", "rp_3.3.1_a"),
        ("§1.7.2.2", "regional_manager", "rp_3.3.1_a"),
        ("§1.7.2.9", "branch_manager", "handbook"),
        ("§1.7.2.9", "regional_manager", "handbook"),
        ("§1.7.2.9", "area_director", "handbook"),
        ("§1.7.2.3", "branch_manager", "rp_3.3.1_b"),
        ("§1.7.2.3", "regional_manager", "rp_3.3.1_c"),
        ("§1.7.2.3", "area_director", "rp_3.3.1_b"),
        ("§1.7.2.4", "branch_manager", "rp_3.3.1_a"),
        ("§1.7.2.4", "regional_manager", "rp_3.3.1_b"),
        ("§1.7.2.4", "area_director", "rp_3.3.1_a"),
        ("§1.7.2.5", "regional_manager", "rp_3.3.1_e"),
        ("§1.7.2.6", "person", "handbook"),
        ("§1.7.2.7", "branch_manager", "execution"),
        ("§1.7.2.8", "branch_manager", "execution"),
        ("§1.7.2.9", "person", "handbook"),
    }


def test_rows_cite_what_exists() -> None:
    assert {row.clause for row in FINES} | {row.clause for row in TIERS} <= set(CLAUSES)
    assert {row.regulation for row in FINES} <= set(REGULATIONS)
    assert {row.clause for row in KPIS.values()} <= set(CLAUSES)


def test_a_fine_has_an_amount_or_a_share_or_is_pending() -> None:
    assert not [row for row in FINES if row.amount is not None and row.share is not None]
    assert not [row for row in FINES if (row.share is None) != (row.of_what == "")]


SHARES = [  # part, whole, share with four decimals, half-up
    (0, 0, None),
    (0, 7, Decimal("0.0000")),
    (7, 7, Decimal("1.0000")),
    (1, 3, Decimal("0.3333")),
    (2, 3, Decimal("0.6667")),
    (1, 20000, Decimal("0.0001")),
    (9277, 10000, Decimal("0.9277")),
]


@pytest.mark.parametrize(("part", "whole", "expected"), SHARES)
def test_share(part: int, whole: int, expected: Decimal | None) -> None:
    assert share(part, whole) == expected


SUCCESS = [  # billed, now, succeeded, counts (§1.5.3); placed 2026-11-04 10:00
    ("2026-11-05 10:00", "2026-11-05 10:00", True, True),
    ("2026-11-05 10:00:00.000001", "2026-11-05 10:00:00.000001", False, True),
    (None, "2026-11-05 10:00", False, False),
    (None, "2026-11-05 10:00:00.000001", False, True),
    ("2026-11-04 10:05", "2026-11-04 10:06", True, True),
]


@pytest.mark.parametrize(("billed", "now", "success", "counts"), SUCCESS)
def test_success_within_24_hours(billed: str | None, now: str, success: bool, counts: bool) -> None:
    placed, billed_at = sh("2026-11-04 10:00"), sh(billed) if billed else None
    assert succeeded(placed, billed_at) is success
    assert counts_for_success(placed, billed_at, sh(now)) is counts


def test_what_an_adjudication_finds_carries_a_fine_of_the_rulebook() -> None:
    assert {row.code: (row.clause, row.only_key_customers) for row in FINDINGS.values()} == {
        "untrue_information": ("§1.7.2.5", False),
        "overcharge": ("§1.7.2.6", False),
        "not_contacted": ("§1.7.2.7", False),
        "repeated": ("§1.7.2.9", False),
        "loss": ("§2.2.3", True),
        "own_delay": ("§2.2.4", True),
    }
    known = {(row.clause, row.case) for row in FINES}
    assert {(row.clause, row.case) for row in FINDINGS.values()} <= known
