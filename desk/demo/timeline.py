"""A simulated clock: planned acts run at their instants, the real tick runs in between where something is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Min

from core.effects import diverted
from notify import services as notify
from rulebook.errors import Conflict, Refused
from sla import services as sla
from sla.models import Deadline, Step

Act = Callable[[datetime], None]
BEAT = timedelta(seconds=5)
EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


class Timeline:
    """Plays acts in the order of their instants. What a rule refuses or another act forestalled is counted."""

    def __init__(self, start: datetime, *, on_act: Callable[[], object] = lambda: None) -> None:
        self.now = start
        self.refused: Counter[str] = Counter()
        self.ticks = self.announced = 0
        self._on_act = on_act
        self._acts: list[tuple[datetime, int, Act]] = []
        self._serial = count()
        self._due = _next_due()  # nothing is due before; whether that step still runs is asked when its time comes

    def plan(self, at: datetime, act: Act) -> None:
        """Have an act run at an instant; one planned for the past runs next."""
        heappush(self._acts, (max(at, self.now), next(self._serial), act))

    def plan_each(self, acts: Iterable[Act], after: datetime, apart: timedelta) -> None:
        """Plan acts one after the other: one that a rule refuses stops no other."""
        for turn, act in enumerate(acts, start=1):
            self.plan(after + turn * apart, act)

    def play(self, until: datetime) -> None:
        """Run everything planned up to and including `until`, and the ticks that fall due on the way."""
        while self._acts and self._acts[0][0] <= until:
            at, _serial, act = heappop(self._acts)
            self._tick_until(at)
            self.now = at
            self._run(act, at)
        self._tick_until(until)
        self.now = until

    def _run(self, act: Act, at: datetime) -> None:
        with diverted() as effects, sla.clocks_opened() as opened:
            try:
                act(at)
            except Refused as refusal:
                self.refused[refusal.clause] += 1
            except Conflict:
                self.refused["conflict"] += 1
            except ObjectDoesNotExist:
                self.refused["gone"] += 1
        self._note(opened)
        _perform(effects, at)
        self._on_act()

    def _tick_until(self, at: datetime) -> None:
        while self._due is not None and next_beat(self._due) <= at:
            self._due = _next_due()
            if self._due is None or (beat := next_beat(self._due)) > at:
                return
            self.now = max(beat, self.now)
            with diverted() as effects, sla.clocks_opened() as opened:
                self.announced += sla.tick(now=self.now)
            self._note(opened)
            self.ticks += 1
            _perform(effects, self.now)

    def _note(self, opened: list[Deadline]) -> None:
        for clock in opened:
            if clock.due_at is not None and not clock.limit.follows:
                first = min(instant for _row, instant in clock.limit.instants(clock.started_at, clock.due_at))
                self._due = first if self._due is None else min(self._due, first)


def next_beat(due: datetime) -> datetime:
    """Return the first beat, every 5 s, strictly after an instant: exactly on time is still in time (§0.2)."""
    return EPOCH + ((due - EPOCH) // BEAT + 1) * BEAT


def _next_due() -> datetime | None:
    due: datetime | None = Step.objects.announceable().filter(attempts=0).aggregate(first=Min("at"))["first"]
    return due


def _perform(effects: list[tuple[str, dict[str, object]]], at: datetime) -> None:
    """Do at the simulated instant what a worker would do right after the commit."""
    sends = [values["ids"] for name, values in effects if name == "notify.tasks.send"]
    messages = [key for keys in sends for key in keys]  # type: ignore[attr-defined]
    if messages:
        notify.send(messages, now=at)
