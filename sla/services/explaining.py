"""“Why this deadline?”: the same answer on screen, paper and API, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.models import Entry
from rulebook.clauses import CLAUSES
from rulebook.due import local
from rulebook.limits import LIMITS, Limit
from rulebook.reckoning import Reckoning, Stage
from sla.choices import FilingVerb, State
from sla.models import Deadline, FilingAct
from sla.services.calendar import calendar_for, counts_workdays


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation; `at` is the instant it speaks of, where there is one."""

    zh: str
    en: str
    at: datetime | None = None

    def say(self, language: str = "zh") -> str:
        words = self.en if language.startswith("en") else self.zh
        return f"{words}: {local(self.at):%Y-%m-%d %H:%M:%S}" if self.at else words


def explain(deadline: Deadline) -> list[Line]:
    """Return the clause and its words, the fact that started the clock, each step of the reckoning, its moves, its end."""
    limit, clause = LIMITS[deadline.clause], CLAUSES[deadline.clause]
    lines = [Line(f"{deadline.clause} {limit.zh}", f"{deadline.clause} {limit.en}"), Line(clause.text_zh, clause.text_en)]
    entry = Entry.objects.filter(pk=deadline.start_entry_id).first()
    if entry:
        lines.append(Line("起算事件发生", "the fact that started it", entry.occurred_at))
    reckoning = _reckon(deadline, limit, entry)
    lines += [Line(stage.zh, stage.en, stage.at) for stage in reckoning.stages]
    if reckoning.due != deadline.due_at and counts_workdays(limit):
        lines.append(Line("工作日历后来有改动：本时限按当时的日历计算", "the calendar changed later; this clock kept its due time"))
    if reckoning.provisional:
        lines.append(Line("所依据的工作日历尚未确认", "the working-day calendar used is provisional"))
    return [*lines, *_steps(deadline), *_moves(deadline), _ended(deadline)]


def _reckon(deadline: Deadline, limit: Limit, entry: Entry | None) -> Reckoning:
    """Reckon from the fact where the clock belongs to it; a day's duty or a clock taken over reckons from its own start."""
    facts = deadline.known_facts(calendar_for([limit]))
    if entry and limit.start(entry.occurred_at, facts) == deadline.started_at:
        return limit.explain(entry.occurred_at, facts)
    counted = Stage("起算时间", "counted from", deadline.started_at)
    reckoning = limit.reckon(deadline.started_at, facts)
    return reckoning._replace(stages=(counted, *reckoning.stages))


def _steps(deadline: Deadline) -> list[Line]:
    words = {"warn": ("提醒", "reminder"), "due": ("到期", "due"), "second": ("二次到期", "second due time")}
    rows = deadline.steps.order_by("at")
    return [Line(f"{words[s.kind][0]} {s.clause}", f"{words[s.kind][1]} {s.clause}", s.at) for s in rows]


def _moves(deadline: Deadline) -> list[Line]:
    lines = []
    if old := deadline.replaces:
        lines.append(Line("接替的原时限，原到期时间", "takes the place of a clock that was due", old.due_at))
    for new in deadline.replaced_with.all():
        lines.append(Line("已由新时限接替，新到期时间", "replaced by a clock that is due", new.due_at))
    return lines + [_act(act) for act in FilingAct.objects.filter(filing__deadline=deadline).order_by("at", "pk")]


def _act(act: FilingAct) -> Line:
    zh, en = ACTS[FilingVerb(act.verb)]
    return Line(f"{zh}：{act.words}" if act.words else zh, f"{en}: {act.words}" if act.words else en, act.at)


ACTS = {
    FilingVerb.FILE: ("备案", "filed"),
    FilingVerb.CONFIRM: ("信息管理中心核实属实", "verified by the information centre"),
    FilingVerb.DENY: ("信息管理中心核实不属实", "found untrue by the information centre"),
    FilingVerb.GRANT: ("备案认可，免责", "filing granted, breach excused"),
    FilingVerb.REFUSE: ("备案未认可", "filing refused"),
    FilingVerb.REOPEN: ("备案重新处理", "filing taken up again"),
    FilingVerb.ATTACH: ("添加备案证据", "evidence added"),
}

ENDINGS = {
    State.OPEN: ("进行中", "running"),
    State.MET: ("按时完成", "met"),
    State.BREACHED: ("已超时", "breached"),
    State.REPLACED: ("已被替换，不作评判", "replaced, not judged"),
    State.EXCUSED: ("超时，已免责", "breached, excused"),
    State.VOID: ("作废，不作评判", "void, not judged"),
}


def _ended(deadline: Deadline) -> Line:
    zh, en = ENDINGS[State(deadline.state)]
    if deadline.corrected_at:
        zh, en = f"{zh}（迟到的记录已更正）", f"{en} (corrected by a late record)"
    if deadline.state == State.BREACHED and deadline.stopped_at is None:
        return Line(f"{zh}，仍未停止", f"{en}, still running")
    return Line(f"结果：{zh}", f"result: {en}", deadline.stopped_at)
