"""备案: excusing what the handbook lets be excused (§1.4.2), and waybills made outside (§1.4.3). What happened stays on record (§0.8)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.journal import Fact, publish
from core.models import Actor, Entry
from network.models import Person
from orders.models import Order
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.windows import NOTED, filing_needed
from sla.choices import FilingReason, FilingState, State, StepKind
from sla.models import Deadline, Filing, Step


@transaction.atomic
def file(*, deadline_id: str, clerk: Person, reason: str, text: str, now: datetime) -> Filing:
    """
    File why a clock was missed: in off-hours (§1.4.2), or for a special circumstance noted before its limit (§1.3.3.1).

    :raises Refused: the clause cannot be filed for that reason, nothing was breached, the clock did not touch off-hours, or
        nothing was noted in time
    :raises Conflict: a filing for this clock is open already
    """
    clerk.require("file")
    deadline = Deadline.objects.visible_to(clerk).select_for_update(of=("self",), no_key=True).get(pk=deadline_id)
    if reason == FilingReason.SPECIAL_CIRCUMSTANCE and not noted_steps(deadline):
        raise Refused("§1.3.3.1", _("只有已超时、且时限前已在日志注明特殊情况的送货时限可以备案。"))
    if reason != FilingReason.SPECIAL_CIRCUMSTANCE and not off_hours_steps(deadline):
        raise Refused("§1.4.2", _("只有在 18:00–08:00 起算或到期、且已超时的受理时限和改约时限可以备案。"))
    if deadline.filings.filter(state=FilingState.FILED).exists():
        raise Conflict(_("该时限已有待处理的备案。"))
    filing = Filing.objects.create(deadline=deadline, reason=reason, text=text, filed_by=clerk, filed_at=now)
    _state(On.FILING_FILED, filing, clerk, now)
    return filing


@transaction.atomic
def decide_filing(*, filing_id: int, person: Person, grant: bool, decision: str, now: datetime) -> Filing:
    """
    Acknowledge or refuse a filing; acknowledged, its breach is excused and leaves both sides of the KPI (§1.4.2, §1.5.1).

    :raises Conflict: it has been decided
    """
    person.require("decide_filing")
    filing = Filing.objects.select_for_update(of=("self",), no_key=True).select_related("deadline__order", "order").get(pk=filing_id)
    if filing.state != FilingState.FILED:
        raise Conflict(_("该备案已经处理。"), winner=str(filing.decided_by or ""), at=filing.decided_at)
    filing.state = FilingState.GRANTED if grant else FilingState.REFUSED
    filing.decided_by, filing.decided_at, filing.decision = person, now, decision
    filing.save()
    if grant and filing.deadline_id:
        Step.objects.filter(deadline=filing.deadline, state=State.BREACHED).exclude(kind=StepKind.WARN).update(
            state=State.EXCUSED
        )
        Deadline.objects.filter(pk=filing.deadline_id).update(state=State.EXCUSED)
        _state(On.DEADLINE_EXCUSED, filing, person, now)
    _state(On.FILING_DECIDED, filing, person, now)
    return filing


def reason_for(deadline: Deadline) -> FilingReason:
    """Return what a filing about this clock can be about."""
    return FilingReason.SPECIAL_CIRCUMSTANCE if deadline.clause in NOTED else FilingReason.OFF_HOURS


def off_hours_steps(deadline: Deadline) -> list[Step]:
    """Return the steps of this clock that were breached and started or fell due in off-hours (§1.4.2)."""
    breached = deadline.steps.filter(state=State.BREACHED).exclude(kind=StepKind.WARN)
    return [s for s in breached if filing_needed(s.clause, started_at=deadline.started_at, due_at=s.at)]


def noted_steps(deadline: Deadline) -> list[Step]:
    """Return the steps of this clock that were breached after a special circumstance had been noted in the log (§1.3.3.1)."""
    return list(deadline.steps.noted())


def on_linked_waybills(entries: Sequence[Entry]) -> Iterable[Fact]:
    """Open a filing with the department for every waybill that was made outside and linked afterwards (§1.4.3)."""
    for entry in entries:
        if entry.name == On.WAYBILL_LINKED:
            order = Order.objects.get(number=entry.order_number)
            filing = Filing.objects.create(
                order=order, reason=FilingReason.OUTSIDE_WAYBILL, text=order.notes.get(pk=entry.data["note"]).text,
                filed_by_id=int(entry.actor_id), filed_at=entry.occurred_at,
            )  # fmt: skip
            yield _fact(On.FILING_FILED, filing, entry.actor, entry.occurred_at)


def _state(name: On, filing: Filing, person: Person, now: datetime) -> None:
    publish(_fact(name, filing, person.actor, now))


def _fact(name: On, filing: Filing, by: Actor, now: datetime) -> Fact:
    deadline, order = filing.deadline, filing.about
    return Fact(
        name=name, subject=f"filing/{filing.pk}", at=now, by=by, in_sequence=False,
        order=order.number if order else "",
        also=(f"deadline/{deadline.pk}", deadline.subject) if deadline else (),
        data={
            "deadline": str(deadline.pk) if deadline else None, "clause": deadline.clause if deadline else "§1.4.3",
            "state": filing.state, "filing": filing.reason,
        },
    )  # fmt: skip
