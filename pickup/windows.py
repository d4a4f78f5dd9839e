"""Two-hour windows a customer may choose for the pickup: the appointment is the middle of one (§1.3.1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from rulebook.due import at, local
from rulebook.windows import appointment_valid

DAYS = 3  # today, tomorrow, the day after
MIDDLES = (10, 12, 14, 16, 17)  # o'clock
EITHER_WAY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Window:
    """`value` is what the form posts: the appointment, local time."""

    appointment: datetime

    @property
    def value(self) -> str:
        return local(self.appointment).replace(tzinfo=None).isoformat()

    @property
    def hours(self) -> str:
        return f"{local(self.appointment - EITHER_WAY):%H:%M}–{local(self.appointment + EITHER_WAY):%H:%M}"


@dataclass(frozen=True, slots=True)
class Day:
    starts: datetime
    windows: tuple[Window, ...]


def choices(now: datetime, kept: datetime | None = None) -> list[Day]:
    """Return the windows still open, by day; `kept`, the time agreed before, is among them whenever it is."""
    days = []
    for ahead in range(DAYS):
        times = [at(now, hour, days=ahead) for hour in MIDDLES]
        windows = tuple(Window(time) for time in times if time > now and appointment_valid(time))
        if windows:
            days.append(Day(at(now, days=ahead), windows))
    if kept and all(window.appointment != kept for day in days for window in day.windows):
        days.insert(0, Day(at(kept), (Window(kept),)))
    return days
