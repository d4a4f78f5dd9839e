"""Facts as they come out of a journal entry and go into a stored clock."""

import json
from datetime import date
from decimal import Decimal

import pytest

from rulebook.facts import NO_FACTS, Facts
from rulebook.workdays import Calendar
from tests.rulebook.moments import sh

WHOLE = {
    "branch": 7,
    "channel": "hall",
    "placed_at": "2026-11-04T09:00:00.000001+08:00",
    "appointment": "2026-11-05T14:00:00+08:00",
    "ship_on": "2026-11-05",
    "pickup": True,
    "amount": "9999.99",
    "insurer_on": "2026-12-31",
}


def test_json_values_are_read_by_their_kind() -> None:
    facts = Facts.of(WHOLE)
    assert facts.branch == 7
    assert facts.placed_at == sh("2026-11-04 09:00:00.000001")
    assert facts.ship_on == date(2026, 11, 5)
    assert facts.amount == Decimal("9999.99")
    assert facts.pickup is True
    assert facts.accepted is False


def test_facts_survive_being_stored() -> None:
    facts = Facts.of(WHOLE)
    assert facts.as_data() == WHOLE
    assert Facts.of(json.loads(json.dumps(facts.as_data()))) == facts


def test_what_is_no_fact_is_passed_over() -> None:
    assert Facts.of({"outcome": "reached", "undoes": [1], "pickup_on": None, "at_placing": True}) == NO_FACTS


def test_nothing_known_is_nothing_stored() -> None:
    assert NO_FACTS.as_data() == {}


def test_an_amount_of_zero_is_known() -> None:
    assert Facts.of({"amount": "0"}).as_data() == {"amount": "0"}


def test_an_edited_calendar_is_counted_by() -> None:
    calendar = Calendar.of([(date(2026, 11, 24), False, True)])
    assert Facts.of({}, calendar).calendar is calendar


@pytest.mark.parametrize("data", [{"placed_at": "yesterday"}, {"ship_on": "2026-02-29"}, {"branch": "x"}])
def test_a_malformed_fact_is_an_error_not_a_guess(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"Invalid isoformat|day is out of range|invalid literal"):
        Facts.of(data)
