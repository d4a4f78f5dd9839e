"""The working-day calendar (§0.6): official, edited, provisional."""

from datetime import date

import pytest

from rulebook.workdays import Calendar, official, published

DAYS = [  # day, worked, provisional
    (date(2026, 1, 1), False, False),
    (date(2026, 1, 4), True, False),  # make-up Sunday
    (date(2026, 2, 14), True, False),  # make-up Saturday
    (date(2026, 2, 15), False, False),
    (date(2026, 2, 23), False, False),
    (date(2026, 2, 24), True, False),
    (date(2026, 2, 28), True, False),
    (date(2026, 5, 9), True, False),
    (date(2026, 9, 20), True, False),
    (date(2026, 10, 1), False, False),
    (date(2026, 10, 7), False, False),
    (date(2026, 10, 10), True, False),
    (date(2026, 11, 22), False, False),
    (date(2026, 11, 23), True, False),
    (date(2024, 2, 29), True, False),
    (date(2027, 1, 1), False, True),
    (date(2027, 1, 2), False, True),
    (date(2027, 1, 4), True, True),
    (date(2027, 2, 5), False, True),  # Spring Festival's eve
    (date(2028, 2, 29), True, True),
    (date(2090, 3, 4), False, True),  # a Saturday beyond the calendar
    (date(2090, 3, 6), True, True),
    (date(1999, 1, 1), False, False),
]


@pytest.mark.parametrize(("day", "worked", "provisional"), DAYS)
def test_days(day: date, worked: bool, provisional: bool) -> None:
    """Public holidays are out, make-up workdays are in, an unpublished year is provisional (§0.6)."""
    assert official().is_workday(day) is worked
    assert official().is_provisional(day) is provisional


@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 248), (2026, 248), (2027, 248)])
def test_working_days_in_a_year(year: int, count: int) -> None:
    assert sum(day.is_workday for day in published() if day.on.year == year) == count


def test_an_edited_day_counts_as_entered() -> None:
    calendar = Calendar.of([(date(2026, 11, 24), False, True), (date(2026, 11, 28), True, True)])
    assert calendar.add_workdays(date(2026, 11, 23), 1) == date(2026, 11, 25)
    assert calendar.add_workdays(date(2026, 11, 27), 1) == date(2026, 11, 28)
    assert official().add_workdays(date(2026, 11, 23), 1) == date(2026, 11, 24)


def test_a_day_entered_as_confirmed_is_provisional_no_more() -> None:
    calendar = Calendar.of([(date(2027, 1, 4), True, True)])
    assert not calendar.is_provisional(date(2027, 1, 4))
    assert calendar.is_provisional(date(2027, 1, 5))


BEYOND = [  # on, count, found: only weekends are known to be out after 2045
    (date(2045, 12, 29), 1, date(2046, 1, 1)),
    (date(2045, 12, 31), 5, date(2046, 1, 5)),
    (date(2060, 5, 7), 3, date(2060, 5, 12)),
]


@pytest.mark.parametrize(("on", "count", "found"), BEYOND)
def test_beyond_the_calendar_only_weekends_are_out(on: date, count: int, found: date) -> None:
    assert official().add_workdays(on, count) == found
