"""What a time limit is: the columns of the handbook's tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Literal

from rulebook.due import Rule, as_it_happens, at, local_day
from rulebook.events import On
from rulebook.facts import Facts
from rulebook.reckoning import Reckoning, Stage
from rulebook.roles import Role


class Subject(StrEnum):
    """What a clock runs for; a journal entry names its subjects as "order/12"."""

    ORDER = auto()
    PICKUP = auto()
    SHIPMENT = auto()
    SLIP = auto()
    COMPLAINT = auto()
    CLAIM = auto()
    ANOMALY = auto()
    TICKET = auto()
    CHAT = auto()
    ENQUIRY = auto()
    MAIL = auto()


class Holder(StrEnum):
    """Which unit holds a clock: the branch that has the thing, or an office of the company."""

    BRANCH = auto()
    ORIGIN = auto()  # the branch that billed the goods: the customer is theirs
    CALL_CENTRE = auto()
    DEPARTMENT = auto()
    CLAIMS = auto()
    MARKETING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One instant of a clock, counted from the due time: a warning before it, the due time, a second step after it."""

    kind: Literal["warn", "due", "second"]
    clause: str
    offset: timedelta = timedelta()
    answers: Role


def always(facts: Facts) -> bool:
    return True


NONE: frozenset[On] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One row of the handbook's limits. All sets hold facts by name.

    A clock opens on a fact of `starts_on` where `applies`, at `start`: the fact's own instant unless a window moves
    it, and then `moved_start` says why, in Chinese and English. It is met by `met_by`, judged by the fact's own
    time or, for "entered" limits, by the time it was recorded
    (`captured_at`: or captured on a device that was offline); `counts_from_start`: these facts do not meet it
    before its start. `voided_by` ends it without judgement. `replaced_by` closes it as replaced, and it starts
    again only if a fact of `starts_on` says so; `only_later`: such a restart may move the due time to a later one,
    never to an earlier one. `carried_by` hands it to the new holder with the same start and due (design §6.7).
    `reopened_by` undoes the fact that met it: a clock with the old start and due takes its place (design §6.27).

    A daily duty (`recurs`): closing one day opens the next at `next_start`, until a fact of `ends_on`.
    `follows`: judged together with the limits named, when these are breached, and never announced by itself.
    """

    clause: str
    zh: str
    en: str
    subject: Subject
    starts_on: frozenset[On]
    rule: Rule
    met_by: frozenset[On]
    steps: tuple[StepRow, ...]
    applies: Callable[[Facts], bool] = always
    start: Callable[[datetime, Facts], datetime] = as_it_happens
    moved_start: tuple[str, str] = ("", "")
    voided_by: frozenset[On] = NONE
    replaced_by: frozenset[On] = NONE
    carried_by: frozenset[On] = NONE
    reopened_by: frozenset[On] = NONE
    judged_by: Literal["occurred_at", "recorded_at", "captured_at"] = "occurred_at"
    counts_from_start: frozenset[On] = NONE
    only_later: bool = False
    recurs: bool = False
    ends_on: frozenset[On] = NONE
    follows: frozenset[str] = frozenset()
    holder: Holder = Holder.BRANCH
    on_breach_zh: str = "记录在案"
    on_breach_en: str = "on record"

    def reckon(self, start: datetime, facts: Facts) -> Reckoning:
        """Return the due time of a clock that started then, with the steps that lead to it."""
        return self.rule(start, facts)

    def due(self, start: datetime, facts: Facts) -> datetime | None:
        """Return the last instant in time (§0.2), or None while a fact that decides it is not known."""
        return self.rule(start, facts).due

    def explain(self, moment: datetime, facts: Facts) -> Reckoning:
        """Return the reckoning from the fact that started the clock, with the move of the start where there is one."""
        start = self.start(moment, facts)
        reckoning = self.rule(start, facts)
        if start == moment:
            return reckoning
        return reckoning._replace(stages=(Stage(*self.moved_start, start), *reckoning.stages))

    def instants(self, start: datetime, due: datetime) -> list[tuple[StepRow, datetime]]:
        """Return the steps of a clock with their instants, without warnings that would not come after the start."""
        rows = [(row, due + row.offset) for row in self.steps]
        return [(row, instant) for row, instant in rows if row.kind != "warn" or instant > start]

    def next_start(self, closed_at: datetime, due: datetime, facts: Facts) -> datetime:
        """Return where the next clock of a daily duty starts: 00:00 of the day after the one it was due.

        An order put off to a day after the closing fact goes on at 09:00 of its new ship date (§0.10).
        """
        if facts.ship_on is not None and facts.ship_on > local_day(closed_at):
            return at(facts.ship_on, 9)
        return at(due - timedelta.resolution, days=1)


def due_step(clause: str, answers: Role) -> StepRow:
    return StepRow(kind="due", clause=clause, answers=answers)


def warn(clause: str, answers: Role, *, minutes: int) -> StepRow:
    """Return a warning so many minutes before the due time."""
    return StepRow(kind="warn", clause=clause, offset=-timedelta(minutes=minutes), answers=answers)
