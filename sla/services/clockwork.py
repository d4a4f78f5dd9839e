"""The clockwork is generic: facts move clocks by the rows of the rulebook; no service of another app knows about limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain

from core import rows
from core.journal import Fact
from core.models import Entry
from core.prepared import Prepared
from rulebook import VERSION
from rulebook.events import On
from rulebook.facts import Facts
from rulebook.limits import LIMITS, Limit
from sla.choices import State, StepKind
from sla.models import Deadline, DeadlineQuerySet, Step
from sla.services.calendar import calendar_for
from sla.services.entries import holder_of, judged, order_of, order_told_of, subjects_for, unit_of
from sla.services.opened import note_opened
from sla.services.telling import name_answerable, told

LATE_AFTER = timedelta(seconds=15)
FOLLOWERS: dict[str, list[Limit]] = defaultdict(list)
for _row in LIMITS.values():
    for _followed in _row.follows:
        FOLLOWERS[_followed].append(_row)
UNDOINGS = frozenset(chain.from_iterable(row.reopened_by for row in LIMITS.values()))
MOVING = {row.clause: row.met_by | row.voided_by | row.replaced_by | row.carried_by for row in LIMITS.values()}
STARTING: dict[str, list[Limit]] = defaultdict(list)
for _row in LIMITS.values():
    for _name in _row.starts_on:
        STARTING[_name].append(_row)
HEARD: frozenset[str] = frozenset(chain.from_iterable(MOVING.values())) | UNDOINGS | frozenset(STARTING) | {On.ORDER_REACHED_BRANCH}

OF_SUBJECTS = Prepared(lambda subjects: _locked(Deadline.objects.running(subjects)))
OF_ORDERS = Prepared(lambda subjects, orders: _locked(Deadline.objects.running(subjects, orders)))
STEPS = Prepared(lambda deadlines: Step.objects.filter(deadline__in=deadlines).order_by("at"))


def _locked(deadlines: DeadlineQuerySet) -> DeadlineQuerySet:
    return deadlines.select_for_update(no_key=True).order_by("id")


def on_entries(entries: Sequence[Entry]) -> Iterable[Fact]:
    """Move the clocks that these facts replace, start, meet or void; answer with the breaches this brings to light."""
    heard = [entry for entry in entries if entry.name in HEARD]
    if not heard:
        return []
    clockwork = Clockwork(heard)
    for entry in heard:
        clockwork.hear(entry)
    clockwork.save()
    return clockwork.announcements()


def _later(other: Deadline, than: Deadline) -> bool:
    same = (other.clause, other.subject) == (than.clause, than.subject)
    return same and other.started_at > than.started_at


class Clockwork:
    """The running clocks of the subjects that a batch of facts names, moved in memory and written back together."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        subjects = sorted({subject for entry in entries for subject in entry.subjects})
        self.running: list[Deadline] = []
        self.steps: dict[object, list[Step]] = defaultdict(list)
        self.opened: list[Deadline] = []
        self.opened_steps: list[Step] = []
        self.touched: dict[object, Deadline] = {}
        self.touched_steps: dict[object, Step] = {}
        self.breached: list[tuple[Step, datetime]] = []
        self.corrected: list[tuple[Step, datetime]] = []
        if not all(entry.data.get("at_placing") for entry in entries):
            orders = sorted({order for entry in entries if (order := order_told_of(entry))})
            self._load((OF_ORDERS.ask(subjects, orders) if orders else OF_SUBJECTS.ask(subjects)) if subjects else ())

    def _load(self, deadlines: Iterable[Deadline]) -> list[Deadline]:
        loaded = {deadline.pk: deadline for deadline in deadlines}
        self.running += loaded.values()
        for step in STEPS.ask(list(loaded)) if loaded else ():
            step.deadline = loaded[step.deadline_id]
            self.steps[step.deadline_id].append(step)
        return list(loaded.values())

    def adopt(self, steps: Sequence[Step]) -> None:
        """
        Take over steps that the tick has claimed, one object a clock, with the clocks that are judged along with theirs.

        The tick never waits for a service: what one holds right now fails the batch and is tried again.
        """
        clocks: dict[object, Deadline] = {}
        for step in steps:
            step.deadline = clocks.setdefault(step.deadline_id, step.deadline)
            self.steps[step.deadline_id].append(step)
        self.running += clocks.values()
        if followed := {clock.subject for clock in clocks.values() if clock.clause in FOLLOWERS}:
            clauses = {limit.clause for rows in FOLLOWERS.values() for limit in rows}
            followers = Deadline.objects.running(followed).filter(clause__in=clauses)
            self._load(followers.select_for_update(no_key=True, nowait=True).order_by("id"))

    # One pass a fact: undo, replace, start, settle (design §6.4).

    def hear(self, entry: Entry) -> None:
        name = On(entry.name)
        facts = Facts.of(entry.data, calendar_for(STARTING[name]))
        if name == On.ORDER_REACHED_BRANCH:
            self._fill_holders(entry)
        self._catch_up(name, entry)
        replaced = self._replace(name, entry, facts)
        known = facts.as_data() if STARTING[name] else {}
        for limit in STARTING[name]:
            if not limit.follows and limit.applies(facts):
                for subject in subjects_for(limit, entry, replaced):
                    if not self._runs(limit, subject):
                        self._open(limit, subject, entry, facts, known)
        self._settle(name, entry)
        if entry.data.get("undoes"):
            self._undo(name, entry)
        if name == On.ORDER_ASSIGNMENT_TAKEN_BACK:
            self._clear_holders(entry)

    def _on(self, entry: Entry) -> list[Deadline]:
        """Return the clocks still running for what this entry concerns; a fact about an order concerns all clocks of it."""
        subjects, order = entry.subjects, order_told_of(entry)
        return [d for d in self.running if d.stopped_at is None and (d.subject in subjects or (order and d.order_id == order))]

    def _runs(self, limit: Limit, subject: str) -> bool:
        return any(d.clause == limit.clause and d.subject == subject and d.stopped_at is None for d in self.running)

    def _catch_up(self, name: On, entry: Entry) -> None:
        """Judge the days of a daily duty that ran out before this fact and that no tick has announced yet (design §6.5)."""
        for deadline in self._on(entry):
            day: Deadline | None = deadline
            while day and day.limit.recurs and name in MOVING[day.clause] and day.due_at and day.due_at < judged(day, entry):
                day = self._miss(day, day.due_at, entry)

    def _miss(self, day: Deadline, due: datetime, entry: Entry) -> Deadline | None:
        for step in self.steps[day.pk]:
            self._judge(step, State.BREACHED, judged(day, entry), entry)
        day.state, day.stopped_at = State.BREACHED, due
        self.touched[day.pk] = day
        return self._next_day(day, due, day.known_facts(), day.start_entry_id)

    def _replace(self, name: On, entry: Entry, facts: Facts) -> set[str]:
        """Close what this fact replaces, unless it would start the very same clock; carry over what it carries.

        Return the subjects whose clocks it replaced.
        """
        replaced: set[str] = set()
        for deadline in sorted(self._on(entry), key=lambda clock: bool(clock.limit.follows)):  # followers after what they follow
            limit = deadline.limit
            if name in limit.carried_by:
                self._carry(deadline, entry)
            elif name in limit.replaced_by and not limit.follows and not self._same(deadline, limit, entry, facts):
                self.close(deadline, State.REPLACED, entry)
                replaced.add(deadline.subject)
        return replaced

    def _carry(self, deadline: Deadline, entry: Entry) -> None:
        """Hand a clock to the new holder, with the notice that was given on it (design §6.7)."""
        if deadline.limit.follows and deadline.state in (State.MET, State.BREACHED):
            return  # judged a moment ago, along with the clock it follows
        noticed = deadline.stop_entry_id if deadline.limit.follows and deadline.stop_entry_id != entry.pk else None
        self.close(deadline, State.REPLACED, entry)
        holder, responsible = holder_of(deadline.limit, entry), unit_of(entry, "responsible")
        self._copy(deadline, entry, holder=holder, responsible=responsible, noticed=noticed)

    def _same(self, deadline: Deadline, limit: Limit, entry: Entry, facts: Facts) -> bool:
        if entry.name not in limit.starts_on or not limit.applies(facts):
            return False
        due = limit.due(limit.start(entry.occurred_at, facts), facts)
        sooner = limit.only_later and due is not None and deadline.due_at is not None and due < deadline.due_at
        return (due == deadline.due_at or sooner) and holder_of(limit, entry) in (None, deadline.holder_id)

    def _settle(self, name: On, entry: Entry) -> None:
        for deadline in self._on(entry):
            limit = deadline.limit
            if limit.follows:
                self._note_follower(deadline, limit, name, entry)
            elif name in limit.met_by:
                self._meet(deadline, limit, entry)
            elif name in limit.voided_by:
                self._correct_day(deadline, State.VOID, entry)
                self.close(deadline, State.VOID, entry)

    def _meet(self, deadline: Deadline, limit: Limit, entry: Entry) -> None:
        """Stop a clock in time or too late. A day of a daily duty that has not begun cannot be served: it falls away."""
        at = judged(deadline, entry)
        too_soon = self._correct_day(deadline, State.MET, entry) or at < deadline.started_at
        if entry.name in limit.counts_from_start and too_soon:
            return
        goes_on = limit.recurs and entry.name not in limit.ends_on
        fallen_away = State.REPLACED if goes_on else State.VOID
        self.close(deadline, fallen_away if too_soon and limit.recurs else State.MET, entry, at=at)
        if goes_on:
            self._next_day(deadline, at, Facts.of(entry.data), entry.pk)

    def _correct_day(self, running: Deadline, state: State, entry: Entry) -> bool:
        """
        Judge anew the day of a daily duty that the tick closed just before this fact of that day was recorded (design §6.2).

        Return whether there was one.
        """
        at = judged(running, entry)
        if not running.limit.recurs or running.started_at < at:
            return False
        days = Deadline.objects.filter(clause=running.clause, subject=running.subject, state=State.BREACHED, stop_entry=None)
        missed = self._load(days.filter(started_at__lte=at, stopped_at__gte=at).select_for_update(no_key=True))
        for day in missed:
            self.close(day, state, entry, at=at)
        return bool(missed)

    # Closing.

    def close(self, deadline: Deadline, state: State, entry: Entry, at: datetime | None = None) -> None:
        """Stop a clock. Each of its steps is judged by time: what had fallen due before is breached, whatever stops it now."""
        at = at or entry.occurred_at
        for step in self.steps[deadline.pk]:
            self._judge(step, state, at, entry)
        deadline.stopped_at, deadline.stop_entry_id = at, entry.pk
        deadline.state = self._outcome(deadline, state)
        self.touched[deadline.pk] = deadline
        self._settle_followers(deadline, entry.recorded_at, entry.pk)
        if deadline.corrected_at == entry.recorded_at:
            self._correct_followers(deadline, entry)

    def _outcome(self, deadline: Deadline, state: State) -> State:
        """Return how a clock ends; one that took over from a breached clock has no due step of its own."""
        due = [step.state for step in self.steps[deadline.pk] if step.kind == StepKind.DUE]
        verdict = due[0] if due else deadline.state
        return State(verdict) if verdict in (State.BREACHED, State.EXCUSED) else state

    def _judge(self, step: Step, state: State, at: datetime, entry: Entry) -> None:
        if step.kind == StepKind.WARN:
            if step.state == State.OPEN:
                self._mark(step, State.VOID)
        elif step.state == State.OPEN:
            if step.at < at:
                self._breach(step, entry)
            else:
                self._mark(step, state)
        elif step.state in (State.BREACHED, State.EXCUSED) and at <= step.at:  # recorded late, done in time (design §6.2)
            self._correct(step, state, entry)

    def _breach(self, step: Step, entry: Entry) -> None:
        """Announce, at a fact, what the tick has not come to announce."""
        self._mark(step, State.BREACHED)
        step.late = entry.recorded_at - step.at > LATE_AFTER
        self.breached.append((step, entry.recorded_at))

    def _correct(self, step: Step, state: State, entry: Entry) -> None:
        step.corrected_at = step.deadline.corrected_at = entry.recorded_at
        self._mark(step, state)
        self.corrected.append((step, entry.recorded_at))

    def _mark(self, step: Step, state: State) -> None:
        step.state = state
        self.touched_steps[step.pk] = step

    def announce(self, step: Step, now: datetime, *, late: bool) -> None:
        """Announce, at the tick, that a step has run out; the clock itself runs on unless it is a day's duty."""
        deadline = step.deadline
        step.announced_at, step.late = now, late
        if step.kind == StepKind.WARN or deadline.stopped_at is not None:
            self._mark(step, State.VOID if deadline.stopped_at else State.MET)
            return
        self._mark(step, State.BREACHED)
        self.breached.append((step, now))
        self.touched[deadline.pk] = deadline
        if step.kind != StepKind.DUE:
            return
        deadline.state = State.BREACHED
        self._settle_followers(deadline, now, None)
        if deadline.limit.recurs:
            deadline.stopped_at = step.at
            self._next_day(deadline, step.at, deadline.known_facts(), deadline.start_entry_id)

    # Opening.

    def _open(self, limit: Limit, subject: str, entry: Entry, facts: Facts, known: dict[str, object]) -> None:
        start = limit.start(entry.occurred_at, facts)
        deadline = self._new(
            limit, subject=subject, started_at=start, due_at=limit.due(start, facts),
            facts=known, start_entry_id=entry.pk, order_id=order_of(entry), holder_id=holder_of(limit, entry),
            responsible_id=unit_of(entry, "responsible"),
        )  # fmt: skip
        for follower in FOLLOWERS[limit.clause]:
            self._follow(follower, deadline)

    def _follow(self, limit: Limit, parent: Deadline) -> None:
        if parent.due_at is not None:
            self._new(
                limit, subject=parent.subject, started_at=parent.started_at, facts=parent.facts,
                due_at=limit.due(parent.started_at, parent.known_facts()), start_entry_id=parent.start_entry_id,
                order_id=parent.order_id, holder_id=parent.holder_id, responsible_id=parent.responsible_id,
            )  # fmt: skip

    def _new(self, limit: Limit, **fields: object) -> Deadline:
        deadline = rows.new(Deadline, clause=limit.clause, rulebook=VERSION, **fields)
        instants = limit.instants(deadline.started_at, deadline.due_at) if deadline.due_at else []
        steps = [rows.new(Step, deadline=deadline, kind=row.kind, clause=row.clause, at=instant) for row, instant in instants]
        self.steps[deadline.pk] = steps
        self.running.append(deadline)
        self.opened.append(deadline)
        self.opened_steps += steps
        return deadline

    def _next_day(self, done: Deadline, closed_at: datetime, facts: Facts, entry_id: int) -> Deadline | None:
        """Open the next day of a daily duty (design §6.5)."""
        if done.due_at is None:
            return None
        start = done.limit.next_start(closed_at, done.due_at, facts)
        return self._new(
            done.limit, subject=done.subject, started_at=start, due_at=done.limit.due(start, facts), facts=facts.as_data(),
            start_entry_id=entry_id, order_id=done.order_id, holder_id=done.holder_id, responsible_id=done.responsible_id,
        )  # fmt: skip

    def _copy(
        self, old: Deadline, entry: Entry, *, holder: int | None, responsible: int | None, noticed: int | None = None
    ) -> None:
        """
        Open the same clock again, same start and due, for another holder.

        Steps already breached stay with the old one; the new one runs on, as breached, to its stopping fact (design §6.1).
        """
        verdicts = [s.state for s in self.steps[old.pk] if s.kind == StepKind.DUE]
        verdict = verdicts[0] if verdicts else old.state
        breached = verdict in (State.BREACHED, State.EXCUSED)
        copy = Deadline(
            clause=old.clause, rulebook=old.rulebook, subject=old.subject, order_id=old.order_id, holder_id=holder,
            responsible_id=responsible, start_entry_id=entry.pk, started_at=old.started_at, due_at=old.due_at,
            facts=old.facts, replaces=old, stop_entry_id=noticed, state=verdict if breached else State.OPEN,
        )  # fmt: skip
        closed = (State.BREACHED, State.EXCUSED)
        waiting = [s for s in self.steps[old.pk] if (s.announced_at is None or s.corrected_at) and s.state not in closed]
        kept = [s for s in waiting if s.kind == StepKind.SECOND] if breached else waiting
        steps = [Step(deadline=copy, kind=s.kind, clause=s.clause, at=s.at) for s in kept]
        self.steps[copy.pk] = steps
        self.running.append(copy)
        self.opened.append(copy)
        self.opened_steps += steps

    # Special turns.

    def _fill_holders(self, entry: Entry) -> None:
        """Give the clocks that started before any branch had the order their holder."""
        for deadline in self._on(entry):
            if deadline.holder_id is None:
                deadline.holder_id = holder_of(deadline.limit, entry)
                deadline.responsible_id = unit_of(entry, "responsible")
                self.touched[deadline.pk] = deadline

    def _undo(self, name: On, entry: Entry) -> None:
        """Take back an act (design §6.27): the clocks it had stopped run again, whatever their rows say it reopens; what it started never ran."""
        for deadline in self.running:
            if deadline.start_entry_id in entry.data["undoes"] and name in deadline.limit.voided_by:
                self._call_off(deadline, entry)
        undone = Deadline.objects.filter(stop_entry__in=entry.data["undoes"]).select_for_update(no_key=True).order_by("id")
        stopped = [deadline for deadline in undone if name in deadline.limit.reopened_by]
        self._load(stopped)
        for deadline in stopped:
            if deadline.start_entry_id == deadline.stop_entry_id:
                self._call_off(deadline, entry)
                continue
            if deadline.limit.recurs and any(_later(other, deadline) for other in stopped):
                continue  # of several days only the last goes on
            self._copy(deadline, entry, holder=deadline.holder_id, responsible=deadline.responsible_id)
            if deadline.state != State.BREACHED:
                deadline.state = State.REPLACED
            for step in self.steps[deadline.pk]:
                if step.state == State.MET:
                    self._mark(step, State.REPLACED)
            self.touched[deadline.pk] = deadline

    def _call_off(self, deadline: Deadline, entry: Entry) -> None:
        """What the undone fact started was never to be judged."""
        for step in self.steps[deadline.pk]:
            if step.state == State.BREACHED:
                self._correct(step, State.VOID, entry)
            else:
                self._mark(step, State.VOID)
        deadline.state = State.VOID
        self.touched[deadline.pk] = deadline

    def _clear_holders(self, entry: Entry) -> None:
        """The branch has the order no longer: the clocks that run from placing wait for the next holder."""
        for deadline in self._on(entry):
            deadline.holder_id = holder_of(deadline.limit, entry)
            self.touched[deadline.pk] = deadline

    def _note_follower(self, deadline: Deadline, limit: Limit, name: On, entry: Entry) -> None:
        """Remember a notice given in time; whether it matters is judged when the limit it belongs to settles (design §6.6)."""
        in_time = deadline.due_at is not None and entry.occurred_at <= deadline.due_at
        if name in limit.met_by and in_time and not deadline.stop_entry_id:
            deadline.stop_entry_id = entry.pk
            self.touched[deadline.pk] = deadline

    def _settle_followers(self, parent: Deadline, now: datetime, entry_id: int | None) -> None:
        clauses = {limit.clause for limit in FOLLOWERS[parent.clause]}
        for deadline in self.running if clauses else ():
            if deadline.clause in clauses and deadline.subject == parent.subject and deadline.stopped_at is None:
                self._settle_follower(deadline, parent, now, entry_id)

    def _settle_follower(self, deadline: Deadline, parent: Deadline, now: datetime, entry_id: int | None) -> None:
        noticed = deadline.stop_entry_id is not None
        if parent.state == State.BREACHED:
            deadline.state = State.MET if noticed else State.BREACHED
        else:
            deadline.state = State.REPLACED if parent.state == State.REPLACED else State.VOID
        deadline.stopped_at, deadline.stop_entry_id = now, deadline.stop_entry_id or entry_id
        self.touched[deadline.pk] = deadline
        for step in self.steps[deadline.pk]:
            self._mark(step, State(deadline.state))
            if deadline.state == State.BREACHED:
                self.breached.append((step, now))

    def _correct_followers(self, parent: Deadline, entry: Entry) -> None:
        """What was judged only because its pickup seemed breached is not judged any more (design §6.2, §6.6)."""
        clauses = [limit.clause for limit in FOLLOWERS[parent.clause]]
        found = Deadline.objects.filter(clause__in=clauses, subject=parent.subject, start_entry=parent.start_entry_id)
        for deadline in self._load(found.exclude(stopped_at=None).select_for_update(no_key=True)) if clauses else ():
            for step in self.steps[deadline.pk]:
                if step.state == State.BREACHED:
                    self._correct(step, State.VOID, entry)
                else:
                    self._mark(step, State.VOID)
            deadline.state = State.VOID
            self.touched[deadline.pk] = deadline

    # Writing back and telling.

    def save(self) -> None:
        """Write everything that moved: at most one insert and one update for clocks and for steps."""
        fresh = {deadline.pk for deadline in self.opened}
        name_answerable(self.breached)
        closed = [d for d in self.touched.values() if d.pk not in fresh]
        moved = [s for s in self.touched_steps.values() if s.deadline_id not in fresh]
        rows.write_back(closed, "holder", "responsible", "state", "stopped_at", "stop_entry", "corrected_at")
        columns = ("state", "announced_at", "late", "corrected_at", "responsible_unit", "responsible_person")
        rows.write_back(moved, *columns)
        rows.insert(self.opened)
        rows.insert(self.opened_steps)
        note_opened(self.opened)

    def announcements(self) -> list[Fact]:
        """Return the breaches and corrections of this pass as facts."""
        facts = [told(On.DEADLINE_BREACHED, step, now) for step, now in self.breached]
        return facts + [told(On.DEADLINE_CORRECTED, step, now) for step, now in self.corrected]
