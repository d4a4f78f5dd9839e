"""The steps of an issued waybill: what each asks for, which service it calls, when it is open (§3.4.3, §3.5, §4.3.2.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from desk import billforms
from network.models import Person
from orders import services as orders
from orders.choices import Paper
from orders.models import Amendment, Waybill

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One verb: `needs` is the authority of network.choices.MAY; `open` tells whether the waybill waits for it."""

    name: str
    icon: str
    label: Any
    needs: str
    run: Callable[[str, Person, Values, datetime], object]
    open: Callable[[Waybill, Amendment | None], bool]
    form: Any = None
    paper: str = ""


def _service(verb: Callable[..., object], **fixed: Any) -> Callable[[str, Person, Values, datetime], object]:
    return lambda number, clerk, given, now: verb(number=number, clerk=clerk, now=now, **fixed, **given)


def _answer(number: str, clerk: Person, given: Values, now: datetime) -> object:
    return orders.answer_bill(number=number, by=clerk.actor, person=clerk, now=now, agreed="text" not in given, **given)


def _decision(approve: bool) -> Callable[[str, Person, Values, datetime], object]:
    return lambda number, person, given, now: orders.decide_amendment(
        number=number, person=person, approve=approve, now=now, **given
    )


STEPS = {
    step.name: step
    for step in (
        Step(
            name="print-waybill", icon="print", label=lazy("打印运单（客户联）"), needs="print", paper=Paper.WAYBILL,
            run=_service(orders.print_waybill, paper=Paper.WAYBILL), open=lambda _bill, _asked: True,
        ),
        Step(
            name="print-labels", icon="print", label=lazy("打印货物标签"), needs="print", form=billforms.LabelsForm,
            paper=Paper.LABELS, run=_service(orders.print_waybill, paper=Paper.LABELS), open=lambda _bill, _asked: True,
        ),
        Step(
            name="check", icon="check", label=lazy("已核对运单与托运书"), needs="check_bill", form=billforms.RemarkForm,
            run=_service(orders.check_bill), open=lambda bill, _asked: bill.checked_at is None,
        ),
        Step(
            name="tell", icon="phone", label=lazy("已告知客户开单信息"), needs="check_bill", form=billforms.MeansForm,
            run=_service(orders.tell_bill), open=lambda bill, _asked: bool(bill.checked_at) and not bill.confirmed_at,
        ),
        Step(
            name="agreed", icon="check", label=lazy("客户已确认"), needs="check_bill", form=billforms.MeansForm, run=_answer,
            open=lambda bill, _asked: bool(bill.checked_at) and not bill.confirmed_at,
        ),
        Step(
            name="doubted", icon="alert", label=lazy("客户有异议"), needs="check_bill", form=billforms.DoubtForm, run=_answer,
            open=lambda bill, _asked: bool(bill.checked_at) and not bill.confirmed_at,
        ),
        Step(
            name="copy", icon="file", label=lazy("客户联已交付"), needs="bill", form=billforms.CopyForm,
            run=_service(orders.return_copy), open=lambda bill, _asked: bill.copy_at is None,
        ),
        Step(
            name="approve", icon="check", label=lazy("批准更改单"), needs="approve_amendment", form=billforms.DecisionForm,
            run=_decision(approve=True), open=lambda _bill, asked: asked is not None,
        ),
        Step(
            name="refuse", icon="x", label=lazy("不批准更改单"), needs="approve_amendment", form=billforms.DecisionForm,
            run=_decision(approve=False), open=lambda _bill, asked: asked is not None,
        ),
        Step(
            name="withdraw", icon="undo", label=lazy("撤回更改单"), needs="amend", run=_service(orders.withdraw_amendment),
            open=lambda _bill, asked: asked is not None,
        ),
    )
}  # fmt: skip


def open_steps(
    waybill: Waybill, asked: Amendment | None, person: Person, bound: dict[str, Any]
) -> Iterator[tuple[Step, Any]]:
    """Yield the steps the waybill waits for and this person may do, each with its form."""
    for step in STEPS.values():
        if person.may(step.needs) and step.open(waybill, asked):
            yield step, bound.get(step.name) or form_for(step, waybill, asked)


def form_for(step: Step, waybill: Waybill, asked: Amendment | None, data: Any = None) -> Any:
    if step.form is None:
        return None
    initial = {"last": min(waybill.pieces, 300), "serial": asked.serial if asked else None}
    return step.form(data, auto_id=f"{step.name}_%s", initial=initial)
