"""Outages: find every clock that a fault touched, look first, then file, verify and decide all in one act (§3.6.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from core.effects import after_commit
from network.models import Person, Unit
from rulebook.errors import Conflict, Denied, Refused
from rulebook.excuses import EXCUSES, OUTAGES, struck
from rulebook.roles import Role
from sla.choices import FILING_OPEN, FilingVerb, OutageActState, State, StepKind
from sla.models import Deadline, Filing, Outage, OutageAct, OutageRow, Step
from sla.services.filings import decide_filing, file_one, reopen_filing, verify_filing

CLAUSE = "§3.6.1"
LONGEST = timedelta(days=31)
LONGEST_LIMIT = timedelta(days=2)  # nothing near a fault falls due later than this after it
AROUND = timedelta(hours=1)
AT_ONCE = 50  # rows done in the request itself
SHOWN = 200
RIGHTS = {
    FilingVerb.CONFIRM: "verify_filing", FilingVerb.DENY: "verify_filing", FilingVerb.GRANT: "decide_filing",
    FilingVerb.REFUSE: "decide_filing", FilingVerb.REOPEN: "decide_filing",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is said to have happened, to whom, from `since` till `until`, both included."""

    reason: str
    since: datetime
    until: datetime
    units: Sequence[Unit]


@dataclass(frozen=True, slots=True)
class Outside:
    """A step near the fault that it does not excuse, and why: a code of `WHY`."""

    step: Step
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What filing a fault would come to; nothing is stored."""

    clocks: int
    steps: Sequence[Step]
    outside: Sequence[Outside]


def check(fault: Fault, person: Person, now: datetime) -> None:
    """
    :raises Refused: no such reason, no unit, a span that ends before it begins, in the future, or too long
    :raises Denied: the person's posts do not file outages, or not for these units
    """
    person.require("open_outage")
    if fault.reason not in OUTAGES:
        raise Refused(CLAUSE, _("只有系统故障、停电断网、电脑故障可以成批备案。"), field="reason")
    if not fault.units:
        raise Refused(CLAUSE, _("请至少填写一个单位。"), field="units")
    if fault.until < fault.since:
        raise Refused(CLAUSE, _("结束时间不能早于开始时间。"), field="until")
    if fault.until > now:
        raise Refused(CLAUSE, _("结束时间不能晚于现在；故障恢复后再备案。"), field="until")
    if fault.until - fault.since > LONGEST:
        raise Refused(CLAUSE, _("一次最多 31 天，请分开备案。"), field="since")
    if not all(person.sees(unit) for unit in fault.units):
        raise Denied(_("您只能为本单位及下级单位备案。"))


def preview(fault: Fault, person: Person, now: datetime) -> Preview:
    """Show what would be filed, whose breaches they are, and what stays outside and why."""
    check(fault, person, now)
    steps = _struck(fault).select_related("deadline__order", "deadline__holder", "responsible_unit", "responsible_person")
    keys = set(_struck(fault).values_list("pk", flat=True))
    return Preview(
        clocks=_struck(fault).values("deadline").distinct().count(),
        steps=list(steps.order_by("deadline__holder__path", "at", "pk")[:SHOWN]),
        outside=[Outside(step, _why(fault, step)) for step in _near(fault) if step.pk not in keys],
    )


def struck_steps(fault: Fault) -> QuerySet[Step]:
    """Return all breached steps that the fault touched and no filing is open about."""
    return _struck(fault)


def _held_by(units: Sequence[Unit]) -> Q:
    ranges = [Q(deadline__holder__path__gte=unit.path, deadline__holder__path__lt=unit.path_end) for unit in units]
    return Q(*ranges, _connector=Q.OR)


def _struck(fault: Fault) -> QuerySet[Step]:
    """Return the breached steps whose time the fault touched, borders included (`rulebook.excuses.struck`)."""
    open_filings = Filing.objects.filter(deadline=OuterRef("deadline"), state__in=FILING_OPEN)
    steps = Step.objects.filter(
        _held_by(fault.units), ~Exists(open_filings), clause__in=EXCUSES[fault.reason].limits, state=State.BREACHED,
        at__gte=fault.since, at__lte=fault.until + LONGEST_LIMIT, deadline__started_at__lte=fault.until,
    )  # fmt: skip
    return steps.exclude(kind=StepKind.WARN)


def _near(fault: Fault) -> QuerySet[Step]:
    """Return judged or running steps within an hour of the fault, the earliest first."""
    steps = Step.objects.filter(
        _held_by(fault.units), state__in=(State.BREACHED, State.EXCUSED, State.OPEN), at__gte=fault.since - AROUND,
        at__lte=fault.until + LONGEST_LIMIT, deadline__started_at__lte=fault.until + AROUND,
    )  # fmt: skip
    related = ("deadline__order", "deadline__holder", "responsible_person")
    return steps.exclude(kind=StepKind.WARN).select_related(*related).order_by("at", "pk")[:SHOWN]


def _why(fault: Fault, step: Step) -> str:
    if step.state == State.EXCUSED:
        return "excused"
    if step.clause not in EXCUSES[fault.reason].limits:
        return "clause"
    if not struck(started_at=step.deadline.started_at, due_at=step.at, since=fault.since, until=fault.until):
        return "before" if step.at < fault.since else "after"
    return "running" if step.state == State.OPEN else "filed"


# Acts on all of them.


def open_outage(*, fault: Fault, text: str, seen: int | None, person: Person, now: datetime) -> OutageAct:
    """
    File every clock that a fault touched. Where the information centre files, what it says is its verification (§3.6.1).

    :param seen: how many clocks the preview showed; None: no preview was asked for
    :raises Refused: nothing is touched, or the fault cannot be filed
    :raises Conflict: the number is not the one that the preview showed
    """
    check(fault, person, now)
    with transaction.atomic():
        clocks = list(Deadline.objects.filter(pk__in=_struck(fault).values("deadline")).order_by("started_at", "pk"))
        if not clocks:
            raise Refused(CLAUSE, _("这段时间内没有受影响的超时。"), field="since")
        if seen is not None and seen != len(clocks):
            raise Conflict(_("受影响的超时现为 %(now)d 条（预览时 %(seen)d 条），请重新预览。") % {"now": len(clocks), "seen": seen})
        outage = Outage.objects.create(
            reason=fault.reason, text=text, since=fault.since, until=fault.until, opened_by=person, opened_at=now
        )
        outage.units.set(fault.units)
        OutageRow.objects.bulk_create([OutageRow(outage=outage, deadline=clock) for clock in clocks], batch_size=1_000)
        act = _begun(outage, FilingVerb.FILE, len(clocks), text, person, now)
    return _carried_out(act, now)


def act_on_outage(*, outage_id: int, verb: str, words: str, person: Person, now: datetime) -> OutageAct:
    """
    Do one verb with every filing of an outage; each answers for itself.

    :raises Conflict: another act is still being carried out
    """
    person.require(RIGHTS[FilingVerb(verb)])
    with transaction.atomic():
        outage = Outage.objects.select_for_update(of=("self",)).get(pk=outage_id)
        running = outage.acts.filter(state=OutageActState.RUNNING).select_related("by").first()
        if running:
            raise Conflict(_("上一次成批处理还没有完成，请稍候。"), winner=running.by.name, at=running.at)
        act = _begun(outage, FilingVerb(verb), outage.rows.exclude(filing=None).count(), words, person, now)
    return _carried_out(act, now)


def _begun(outage: Outage, verb: FilingVerb, total: int, words: str, person: Person, now: datetime) -> OutageAct:
    act: OutageAct = OutageAct.objects.create(
        outage=outage, verb=verb, by=person, at=now, words=words, total=total, touched_at=now
    )
    if total > AT_ONCE:
        after_commit("sla.tasks.run_outage_act", act_id=act.pk)
    return act


def _carried_out(act: OutageAct, now: datetime) -> OutageAct:
    """Do a small act here and now; a large one is a worker's."""
    while act.total <= AT_ONCE and step_outage(act.pk, now=now):
        pass
    act.refresh_from_db()
    return act


@transaction.atomic
def step_outage(act_id: int, *, now: datetime) -> bool:
    """Do the next row of an act, its count in the same transaction, so that no row is done twice; False: all are done."""
    act = OutageAct.objects.select_for_update(of=("self",)).select_related("outage", "by").get(pk=act_id)
    if act.state == OutageActState.DONE:
        return False
    rows = act.outage.rows.filter(pk__gt=act.last_row).order_by("pk")
    row = (rows if act.verb == FilingVerb.FILE else rows.exclude(filing=None)).first()
    act.touched_at = now
    if row is None:
        act.state = OutageActState.DONE
        act.save(update_fields=["state", "touched_at"])
        return False
    row.said = _tried(act, row, now)
    row.save(update_fields=["filing", "said"])
    act.last_row, act.handled, act.failed = row.pk, act.handled + 1, act.failed + bool(row.said)
    act.save(update_fields=["last_row", "handled", "failed", "touched_at"])
    return True


def _tried(act: OutageAct, row: OutageRow, now: datetime) -> str:
    """Do it to one row; return why it could not be done, or nothing."""
    try:
        with transaction.atomic():
            _do(act, row, now)
    except (Refused, Conflict, Denied) as problem:
        return str(problem)[:300]
    return ""


def _do(act: OutageAct, row: OutageRow, now: datetime) -> None:
    by, words, outage = act.by, act.words, act.outage
    if act.verb == FilingVerb.FILE:
        row.filing = file_one(
            deadline_id=str(row.deadline_id), person=by, reason=outage.reason, text=words, outage=(outage.since, outage.until), now=now
        )
        if Role.IT in by.roles:
            verify_filing(filing_id=row.filing.pk, person=by, confirmed=True, finding=words[:300], now=now)
        return
    key = row.filing_id or 0
    match act.verb:
        case FilingVerb.CONFIRM | FilingVerb.DENY:
            verify_filing(filing_id=key, person=by, confirmed=act.verb == FilingVerb.CONFIRM, finding=words, now=now)
        case FilingVerb.GRANT | FilingVerb.REFUSE:
            decide_filing(filing_id=key, person=by, grant=act.verb == FilingVerb.GRANT, decision=words, now=now)
        case FilingVerb.REOPEN:
            reopen_filing(filing_id=key, person=by, reason=words, now=now)
