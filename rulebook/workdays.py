"""The working-day calendar (§0.6): China's official days where published, statutory days, provisionally, where not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property

import chinese_calendar
import holidays
from chinese_calendar.constants import holidays as _published

FIRST_YEAR = 2004
LAST_YEAR = 2045
"""Up to this year statutory days are known in advance; beyond it only weekends are."""


@dataclass(frozen=True, slots=True)
class Day:
    """One row of the calendar: is it worked, and is that the official schedule (`confirmed`) or our estimate?"""

    on: date
    is_workday: bool
    confirmed: bool
    source: str


@dataclass(frozen=True)
class Calendar:
    """The published days with edits (date, is_workday, confirmed) laid over them. Worked out when first asked: most never ask."""

    edits: tuple[tuple[date, bool, bool], ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[date, bool, bool]]) -> Calendar:
        return cls(tuple(rows))

    @cached_property
    def known(self) -> dict[date, tuple[bool, bool]]:
        """Return for every day whether it is worked and whether that is confirmed."""
        days = {day.on: (day.is_workday, day.confirmed) for day in published()}
        return days | {on: (is_workday, confirmed) for on, is_workday, confirmed in self.edits}

    @cached_property
    def workdays(self) -> tuple[date, ...]:
        """Return the working days in order, for counting by bisection."""
        return tuple(sorted(on for on, (is_workday, _) in self.known.items() if is_workday))

    @cached_property
    def provisional(self) -> frozenset[date]:
        """Return the days nobody has confirmed yet."""
        return frozenset(on for on, (_, confirmed) in self.known.items() if not confirmed)

    @cached_property
    def last(self) -> date:
        return max(self.known)

    def add_workdays(self, on: date, count: int) -> date:
        """Return the `count`-th working day strictly after `on` (§0.6). Beyond the calendar only weekends are out."""
        place = bisect_right(self.workdays, on) + count - 1
        if place < len(self.workdays):
            return self.workdays[place]
        day, missing = max(on, self.last), place - max(bisect_right(self.workdays, on), len(self.workdays)) + 1
        while missing:
            day += timedelta(days=1)
            missing -= day.weekday() < 5
        return day

    def is_workday(self, on: date) -> bool:
        if on > self.last:
            return on.weekday() < 5
        place = bisect_right(self.workdays, on)
        return place > 0 and self.workdays[place - 1] == on

    def is_provisional(self, on: date) -> bool:
        """Tell whether the official schedule of that day is not known yet."""
        return on > self.last or on in self.provisional


@cache
def published() -> tuple[Day, ...]:
    """Return every day from 2004 on: as the State Council's notices have it, then statutory days as an estimate."""
    last_confirmed = max(_published).year
    confirmed = [
        Day(day, chinese_calendar.is_workday(day), True, "State Council notice, by chinesecalendar")
        for day in _days(FIRST_YEAR, last_confirmed)
    ]
    statutory = holidays.country_holidays("CN", years=range(last_confirmed + 1, LAST_YEAR + 1))
    estimated = [
        Day(day, day.weekday() < 5 and day not in statutory, False, "statutory holidays, by holidays")
        for day in _days(last_confirmed + 1, LAST_YEAR)
    ]
    return (*confirmed, *estimated)


@cache
def official() -> Calendar:
    """Return the calendar as published, without any edits."""
    return Calendar.of(())


def _days(first_year: int, last_year: int) -> Iterable[date]:
    start = date(first_year, 1, 1)
    return (start + timedelta(days=n) for n in range((date(last_year + 1, 1, 1) - start).days))
