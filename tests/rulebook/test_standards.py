"""Standards of service beside the clocks (§4.3.1.3)."""

import pytest

from rulebook.standards import next_fixed_time
from tests.factories import sh

TIMES = ("14:00", "09:30")


@pytest.mark.parametrize(
    ("came", "answered_by"),
    [
        ("2026-11-04 00:00:00", "2026-11-04 09:30:00"),
        ("2026-11-04 09:29:59.999999", "2026-11-04 09:30:00"),
        ("2026-11-04 09:30:00", "2026-11-04 14:00:00"),  # strictly after
        ("2026-11-04 14:00:00", "2026-11-05 09:30:00"),
        ("2026-12-31 23:59:59", "2027-01-01 09:30:00"),
    ],
)
def test_a_key_customers_mail_is_due_at_the_next_fixed_time(came, answered_by):
    assert next_fixed_time(sh(came), TIMES) == sh(answered_by)


def test_without_fixed_times_there_is_none():
    assert next_fixed_time(sh("2026-11-04 09:00:00"), ()) is None
