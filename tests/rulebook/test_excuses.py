"""Which reason may excuse which limit: typed by hand from §1.4.2, §1.3.3.1, §1.4.3, §3.6.1."""

import pytest

from rulebook.clauses import CLAUSES
from rulebook.excuses import EXCUSES, OUTAGES, may_excuse, struck
from rulebook.limits import LIMITS
from tests.factories import sh

TABLE = {
    "off_hours": ("§1.4.2", {"§1.2.1.1", "§1.2.1.1b", "§1.3.1.2r"}, False),
    "special_circumstance": ("§1.3.3.1", {"§1.3.3.1"}, False),
    "system_fault": ("§3.6.1", {"§1.2.1.1", "§1.2.1.1b", "§4.3.1.1"}, True),
    "power_or_network": ("§3.6.1", {"§1.2.1.1", "§1.2.1.1b", "§4.3.1.1"}, True),
    "pc_fault": ("§3.6.1", {"§1.2.1.1", "§1.2.1.1b", "§4.3.1.1"}, True),
    "outside_waybill": ("§1.4.3", set(), False),
}


def test_the_table() -> None:
    assert {code: (row.clause, set(row.limits), row.verified) for code, row in EXCUSES.items()} == TABLE
    assert set(OUTAGES) == {"system_fault", "power_or_network", "pc_fault"}


def test_every_clause_is_one_of_the_handbook() -> None:
    steps = {step.clause for limit in LIMITS.values() for step in limit.steps}
    for row in EXCUSES.values():
        assert row.clause in CLAUSES
        assert row.limits <= steps


@pytest.mark.parametrize(
    ("started", "due", "may"),
    [
        ("04 17:49:59.999999", "04 17:59:59.999999", False),
        ("04 17:50:00", "04 18:00:00", True),  # due at 18:00 exactly (§0.4)
        ("04 07:59:59.999999", "04 08:09:59.999999", True),  # started before 08:00
        ("04 08:00:00", "04 08:10:00", False),
        ("04 17:59:59", "04 18:09:59", True),
        ("03 23:55:00", "04 00:05:00", True),
    ],
)
def test_off_hours(started: str, due: str, may: bool) -> None:
    assert may_excuse("off_hours", "§1.2.1.1", started_at=sh(started), due_at=sh(due)) is may
    assert not may_excuse("off_hours", "§1.2.2.a", started_at=sh(started), due_at=sh(due))
    assert may_excuse("pc_fault", "§1.2.1.1", started_at=sh(started), due_at=sh(due))


@pytest.mark.parametrize(("noted", "may"), [("04 20:30:00", True), ("04 20:30:00.000001", False), (None, False)])
def test_a_circumstance_noted_in_time(noted: str | None, may: bool) -> None:
    noted_at = sh(noted) if noted else None
    when = {"started_at": sh("04 11:00:00"), "due_at": sh("04 20:30:00"), "noted_at": noted_at}
    assert may_excuse("special_circumstance", "§1.3.3.1", **when) is may
    assert not may_excuse("special_circumstance", "§1.3.3.1e", **when)


@pytest.mark.parametrize(
    ("started", "due", "yes"),
    [
        ("04 09:00:00", "04 09:59:59.999999", False),
        ("04 09:50:00", "04 10:00:00", True),  # ran out the moment the power went
        ("04 10:30:00", "04 10:40:00", True),
        ("04 09:00:00", "04 12:00:00", True),  # longer than the outage
        ("04 11:00:00", "04 11:10:00", True),  # began the moment it came back
        ("04 11:00:00.000001", "04 11:10:00", False),
    ],
)
def test_an_outage_from_ten_to_eleven(started: str, due: str, yes: bool) -> None:
    span = {"since": sh("04 10:00:00"), "until": sh("04 11:00:00")}
    assert struck(started_at=sh(started), due_at=sh(due), **span) is yes
