"""备案: excusing what the handbook lets be excused (§1.4.2, §1.3.3.1, §3.6.1), and waybills made outside (§1.4.3).

What happened stays on record (§0.8), and what a customer was promised stays promised.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import Evidence
from complaints.services import evidence
from complaints.services.evidence import File
from core.files import files_with_rows
from core.fsm import perform
from core.journal import Fact, publish
from core.models import Actor, Entry
from network.models import Person
from orders.models import Order
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.excuses import EXCUSES, may_excuse, struck
from sla.choices import FILING_OPEN, FilingReason, FilingVerb, State, StepKind
from sla.models import Deadline, Filing, FilingAct, OutageRow, Step
from sla.services.telling import told

Span = tuple[datetime, datetime]
"""From when till when an outage lasted, both included."""


@files_with_rows()
@transaction.atomic
def file(*, deadline_id: str, clerk: Person, reason: str, text: str, now: datetime, files: Sequence[File] = ()) -> Filing:
    """
    File why a clock was missed: in off-hours (§1.4.2), for a special circumstance noted before its limit (§1.3.3.1), or
    for a fault that the information centre will verify (§3.6.1).

    :param files: what proves it: a picture of the screen, a notice of the power supplier
    :raises Refused: this reason excuses no breach of this clock
    :raises Conflict: a filing for this clock is open already
    """
    clerk.require("file")
    filing = file_one(deadline_id=deadline_id, person=clerk, reason=reason, text=text, now=now)
    _attach(filing, files, clerk, now)
    return filing


@files_with_rows()
@transaction.atomic
def add_evidence(*, filing_id: int, clerk: Person, files: Sequence[File], now: datetime) -> list[Evidence]:
    """
    Add files that prove what a filing says; one that is there already is not kept twice.

    :raises Refused: none, or more than a filing may have
    :raises Conflict: it has been decided
    """
    clerk.require("file")
    Filing.objects.visible_to(clerk).values_list("pk").get(pk=filing_id)
    filing = _locked(filing_id)
    if filing.state not in FILING_OPEN:
        raise Conflict(_("备案已处理，不能再添加证据；如需补充，请联系电子商务管理部重新处理。"), **filing.last_act())
    if not files:
        raise Refused(filing.excuse.clause, _("请选择要上传的文件。"), field="files")
    return _attach(filing, files, clerk, now)


def _attach(filing: Filing, files: Sequence[File], person: Person, now: datetime) -> list[Evidence]:
    """Keep files with a locked filing, the first ones as part of filing it."""
    kept = evidence.keep(filing.subject, files, by=person.actor, person=person, now=now, clause=filing.excuse.clause)
    if kept:
        _done(filing, FilingVerb.ATTACH, person, now, _("%d 个文件") % len(kept))
        fact = _fact(On.EVIDENCE_ADDED, filing, person.actor, now)
        publish(replace(fact, data={**fact.data, "files": len(kept)}))
    return kept


def file_one(
    *, deadline_id: str, person: Person, reason: str, text: str, now: datetime, outage: Span | None = None
) -> Filing:
    """File one clock, whoever may; `outage`: of what struck many, which excuses only the steps it touched."""
    deadline = Deadline.objects.visible_to(person).select_for_update(of=("self",), no_key=True).get(pk=deadline_id)
    if not excusable(deadline, reason, outage):
        raise Refused(EXCUSES[reason].clause, _unexcused(reason))
    if deadline.filings.filter(state__in=FILING_OPEN).exists():
        raise Conflict(_("该时限已有待处理的备案。"))
    filing: Filing = Filing.objects.create(deadline=deadline, reason=reason, text=text, filed_by=person, filed_at=now)
    _done(filing, FilingVerb.FILE, person, now, text)
    publish(_fact(On.FILING_FILED, filing, person.actor, now))
    return filing


def _unexcused(reason: str) -> str:
    match reason:
        case FilingReason.SPECIAL_CIRCUMSTANCE:
            return _("只有已超时、且时限前已在日志注明特殊情况的送货时限可以备案。")
        case FilingReason.OFF_HOURS:
            return _("只有在 18:00–08:00 起算或到期、且已超时的受理时限和改约时限可以备案。")
    return _("只有已超时的受理时限（10 分钟、15 分钟）和在线咨询时限（2 分钟）可以因系统故障、停电断网、电脑故障备案。")


@transaction.atomic
def verify_filing(*, filing_id: int, person: Person, confirmed: bool, finding: str, now: datetime) -> Filing:
    """
    Record what the information centre found: it was so, or it was not (§3.6.1).

    :raises Refused: this reason needs no verification
    :raises Conflict: it has been verified or decided
    """
    person.require("verify_filing")
    filing = _locked(filing_id)
    perform(filing.verify, by=person, at=now, confirmed=confirmed, finding=finding)
    filing.save()
    _done(filing, FilingVerb.CONFIRM if confirmed else FilingVerb.DENY, person, now, finding)
    publish(_fact(On.FILING_VERIFIED, filing, person.actor, now))
    return filing


@transaction.atomic
def decide_filing(*, filing_id: int, person: Person, grant: bool, decision: str, now: datetime) -> Filing:
    """
    Acknowledge or refuse a filing; acknowledged, its breach is excused and leaves both sides of the KPI (§1.4.2, §1.5.1).

    :raises Refused: granted before the information centre has verified what it has to (§3.6.1)
    :raises Conflict: it has been decided
    """
    person.require("decide_filing")
    filing = _locked(filing_id)
    perform(filing.grant if grant else filing.refuse, by=person, at=now, decision=decision)
    filing.save()
    _done(filing, FilingVerb.GRANT if grant else FilingVerb.REFUSE, person, now, decision)
    facts = _excused(filing, filing.deadline, person, now) if grant and filing.deadline else []
    publish(*facts, _fact(On.FILING_DECIDED, filing, person.actor, now))
    return filing


@transaction.atomic
def reopen_filing(*, filing_id: int, person: Person, reason: str, now: datetime) -> Filing:
    """
    Take up a decided filing again. Where it was granted the breach comes back, and with it what it carries (design §6).

    :raises Conflict: it is not decided, or another filing about the clock is open
    """
    person.require("decide_filing")
    filing = _locked(filing_id)
    if filing.deadline and filing.deadline.filings.filter(state__in=FILING_OPEN).exclude(pk=filing.pk).exists():
        raise Conflict(_("该时限已有待处理的备案。"))
    perform(filing.reopen)
    filing.save()
    _done(filing, FilingVerb.REOPEN, person, now, reason)
    facts = _withdrawn(filing, filing.deadline, person, now) if filing.deadline else []
    publish(*facts, _fact(On.FILING_REOPENED, filing, person.actor, now))
    return filing


def _locked(filing_id: int) -> Filing:
    """Lock a filing with its clock, the clock first, as whoever stops the clock does (design §6.10)."""
    Deadline.objects.filter(filings__pk=filing_id).select_for_update(of=("self",), no_key=True).order_by("pk").first()
    filing: Filing = Filing.objects.locked().select_related("deadline__order", "order").get(pk=filing_id)
    return filing


def _excused(filing: Filing, deadline: Deadline, person: Person, now: datetime) -> list[Fact]:
    row = OutageRow.objects.filter(filing=filing).select_related("outage").first()
    steps = excusable(deadline, filing.reason, (row.outage.since, row.outage.until) if row else None)
    filing.steps.set(steps)
    _turn(deadline, steps, State.EXCUSED)
    return [_turned(On.DEADLINE_EXCUSED, step, filing, person, now) for step in steps]


def _withdrawn(filing: Filing, deadline: Deadline, person: Person, now: datetime) -> list[Fact]:
    """Bring back the breaches that this filing excused and that nothing has corrected meanwhile."""
    steps = list(filing.steps.filter(state=State.EXCUSED).order_by("at"))
    filing.steps.clear()
    _turn(deadline, steps, State.BREACHED)
    return [_turned(On.EXCUSE_WITHDRAWN, step, filing, person, now) for step in steps]


def _turn(deadline: Deadline, steps: Sequence[Step], state: State) -> None:
    """Turn breached steps to excused, or back. The clock goes by its due step; one that took over has none of its own."""
    for step in steps:
        step.state, step.deadline = state, deadline
    Step.objects.bulk_update(steps, ["state"])
    whole = any(step.kind == StepKind.DUE for step in steps) or not deadline.steps.filter(kind=StepKind.DUE).exists()
    if steps and whole and deadline.state in (State.BREACHED, State.EXCUSED):
        deadline.state = state
        deadline.save(update_fields=["state"])


def _turned(name: On, step: Step, filing: Filing, person: Person, now: datetime) -> Fact:
    """Tell of a step what its breach told, so that what this carried can be undone or come back."""
    fact = told(name, step, now)
    data = {**fact.data, "filing": filing.reason}
    return replace(fact, at=now, by=person.actor, also=(*fact.also, filing.subject), data=data)


def excusable(deadline: Deadline, reason: str, outage: Span | None = None) -> list[Step]:
    """Return the breached steps of this clock that this reason may excuse (`rulebook.excuses`), and that the outage touched."""
    row = EXCUSES[reason]
    breached = deadline.steps.filter(state=State.BREACHED, clause__in=row.limits).exclude(kind=StepKind.WARN).order_by("at")
    if row.when == "noted":
        return list(breached.noted())
    started = deadline.started_at
    found = [step for step in breached if may_excuse(reason, step.clause, started_at=started, due_at=step.at)]
    if outage is None:
        return found
    since, until = outage
    return [step for step in found if struck(started_at=started, due_at=step.at, since=since, until=until)]


def reasons_for(deadline: Deadline) -> list[FilingReason]:
    """Return what a filing about this clock can be about."""
    return [FilingReason(code) for code in EXCUSES if excusable(deadline, code)]


def on_linked_waybills(entries: Sequence[Entry]) -> Iterable[Fact]:
    """Open a filing with the department for every waybill that was made outside and linked afterwards (§1.4.3)."""
    for entry in entries:
        if entry.name == On.WAYBILL_LINKED:
            order = Order.objects.get(number=entry.order_number)
            clerk, at = Person.objects.get(pk=int(entry.actor_id)), entry.occurred_at
            text = order.notes.get(pk=entry.data["note"]).text
            filing = Filing.objects.create(
                order=order, reason=FilingReason.OUTSIDE_WAYBILL, text=text, filed_by=clerk, filed_at=at
            )
            _done(filing, FilingVerb.FILE, clerk, at, text)
            yield _fact(On.FILING_FILED, filing, entry.actor, at)


def _done(filing: Filing, verb: FilingVerb, person: Person, now: datetime, words: str) -> None:
    FilingAct.objects.create(filing=filing, verb=verb, by=person, at=now, words=words)


def _fact(name: On, filing: Filing, by: Actor, now: datetime) -> Fact:
    deadline, order = filing.deadline, filing.about
    return Fact(
        name=name, subject=filing.subject, at=now, by=by, in_sequence=False,
        order=order.number if order else "",
        also=(f"deadline/{deadline.pk}", deadline.subject) if deadline else (),
        data={
            "deadline": str(deadline.pk) if deadline else None, "clause": filing.clause,
            "branch": deadline.holder_id if deadline else order.branch_id if order else None,
            "state": filing.state, "filing": filing.reason,
        },
    )  # fmt: skip
