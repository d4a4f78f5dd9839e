"""The verbs of a page: what each asks for, which service it calls, whether it is open to somebody now and why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from core.fsm import in_source, unmet
from desk import forms
from network.models import Person, Unit
from orders import services as orders
from orders.choices import OPEN, State
from orders.models import Order
from pickup import services as pickup
from pickup.models import PickupTask
from rulebook.errors import Refused

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One verb: `needs` is the authority of network.choices.MAY, `step` the transition whose guards it meets."""

    name: str
    icon: str
    label: Any
    done: Any
    needs: str
    run: Callable[[str, Person, Values, datetime], object]
    form: Callable[..., Any] | None = None
    step: str = ""
    on_pickup: bool = False


def _move(number: str, clerk: Person, given: Values, now: datetime) -> object:
    branch = Unit.objects.branches().filter(code=given["branch"]).first()
    if branch is None:
        raise Refused("§1.2.1.5", _("没有编号为 %s 的营业部。") % given["branch"], field="branch")
    return orders.reassign(number=number, branch=branch, clerk=clerk, reason=given["reason"], now=now)


def drivers_of(order: Order) -> Any:
    """Return the couriers of the order's branch, by name."""
    held = Person.objects.filter(posts__role="courier", posts__until=None, posts__unit=order.branch_id)
    return held.distinct().order_by("name")


def _plain(verb: Callable[..., object], *names: str) -> Callable[[str, Person, Values, datetime], object]:
    """Return the service called with number, clerk, now and the named values of the form; `at` where a phone told it late."""
    return lambda number, clerk, given, now: verb(
        number=number, clerk=clerk, now=now, **{name: given[name] for name in (*names, "at") if name != "at" or "at" in given}
    )


ACTS = {
    act.name: act
    for act in (
        Act(
            name="accept", icon="check", label=pgettext_lazy("verb", "受理"), done=lazy("订单 %s 已受理。"), needs="accept", step="accept",
            run=_plain(orders.accept),
        ),
        Act(
            name="undo", icon="undo", label=lazy("撤销受理"), done=lazy("订单 %s 的受理已撤销。"), needs="accept",
            run=_plain(orders.take_back_acceptance),
        ),
        Act(
            name="missed", icon="phone", label=lazy("登记未接通"), done=lazy("已登记未接通：订单 %s。"), needs="contact",
            form=forms.ContactForm,
            run=lambda number, clerk, given, now: orders.contact(
                number=number, clerk=clerk, outcome="not_reached", now=now, **given
            ),
        ),
        Act(
            name="reached", icon="phone", label=lazy("登记已接通"), done=lazy("已登记联系客户：订单 %s。"), needs="contact",
            run=lambda number, clerk, _given, now: orders.contact(number=number, clerk=clerk, outcome="reached", now=now),
        ),
        Act(
            name="note", icon="note", label=lazy("添加备注"), done=lazy("订单 %s 的备注已保存。"), needs="annotate",
            form=forms.NoteForm, run=_plain(orders.annotate, "kind", "text"),
        ),
        Act(
            name="print", icon="print", label=lazy("打印托运书"), done=lazy("已登记打印：订单 %s。"), needs="print",
            run=_plain(orders.print_note),
        ),
        Act(
            name="postpone", icon="calendar", label=lazy("延迟发货"), done=lazy("订单 %s 已延期。"), needs="postpone",
            step="postpone", form=forms.PostponeForm, run=_plain(orders.postpone, "ship_on", "reason"),
        ),
        Act(
            name="resume", icon="play", label=lazy("恢复发货"), done=lazy("订单 %s 已恢复发货。"), needs="resume",
            step="resume", run=_plain(orders.resume),
        ),
        Act(
            name="move", icon="swap", label=lazy("改派营业部"), done=lazy("订单 %s 已改派。"), needs="move", step="reassign",
            form=forms.ReassignForm, run=_move,
        ),
        Act(
            name="quote", icon="money", label=lazy("报价"), done=lazy("订单 %s 的报价已登记。"), needs="quote", step="quote",
            form=forms.QuoteForm, run=_plain(orders.quote, "amount", "words"),
        ),
        Act(
            name="price-agreed", icon="check", label=lazy("客户接受报价"), done=lazy("订单 %s：客户已接受报价。"),
            needs="quote", step="confirm_price",
            run=lambda number, clerk, _given, now: orders.answer_quote(
                number=number, agreed=True, by=clerk.actor, person=clerk, now=now
            ),
        ),
        Act(
            name="price-declined", icon="x", label=lazy("客户拒绝报价（取消订单）"), done=lazy("订单 %s 已因价格取消。"),
            needs="quote", step="decline_price",
            run=lambda number, clerk, _given, now: orders.answer_quote(
                number=number, agreed=False, by=clerk.actor, person=clerk, now=now
            ),
        ),
        Act(
            name="cancel", icon="x", label=lazy("取消订单"), done=lazy("订单 %s 已取消。"), needs="cancel", step="cancel",
            form=forms.CancelForm,
            run=lambda number, clerk, given, now: orders.cancel(
                number=number, by=clerk.actor, person=clerk, now=now, **given
            ),
        ),
        Act(
            name="confirm-reason", icon="check", label=lazy("确认取消原因"), done=lazy("订单 %s 的取消原因已确认。"),
            needs="confirm_reason", form=forms.CancelForm, run=_plain(orders.confirm_reason, "reason", "text"),
        ),
        Act(
            name="appoint", icon="calendar", label=lazy("约定/改约接货"), done=lazy("订单 %s 的接货时间已约定。"),
            needs="pickup", step="appoint", form=forms.AppointForm, on_pickup=True,
            run=_plain(pickup.appoint, "appointment", "agreed_by", "remark", "reason", "agreement"),
        ),
        Act(
            name="notice", icon="phone", label=lazy("告知将晚到"), done=lazy("订单 %s：已登记晚到告知。"), needs="pickup",
            step="dispatch", form=forms.NoticeForm, on_pickup=True, run=_plain(pickup.give_notice, "next_time"),
        ),
        Act(
            name="dispatch", icon="truck", label=lazy("派车"), done=lazy("订单 %s 已派车。"), needs="pickup",
            step="dispatch", form=forms.DispatchForm, on_pickup=True, run=_plain(pickup.dispatch, "driver", "vehicle"),
        ),
        Act(
            name="collect", icon="box", label=lazy("登记接货"), done=lazy("订单 %s 已接货。"), needs="collect",
            step="collect", form=forms.CollectForm, on_pickup=True,
            run=_plain(pickup.collect, "pieces", "packing_ok"),
        ),
        Act(
            name="fail", icon="alert", label=lazy("接货失败"), done=lazy("订单 %s：已登记接货失败。"), needs="collect",
            step="fail", form=forms.FailForm, on_pickup=True, run=_plain(pickup.fail, "reason", "remark", "agreement"),
        ),
        Act(
            name="take-back", icon="undo", label=lazy("更正接货登记"), done=lazy("订单 %s：已更正。"), needs="collect",
            step="take_back", form=forms.TakeBackForm, on_pickup=True, run=_plain(pickup.take_back, "remark"),
        ),
        Act(
            name="hand-back", icon="undo", label=lazy("退还发货人"), done=lazy("订单 %s 的货物已退还。"), needs="pickup",
            step="hand_back", on_pickup=True, run=_plain(pickup.hand_back),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """A verb on a sheet: open, or greyed with the words of the guard that says no."""

    act: Act
    form: Any
    why: str = ""
    clause: str = ""

    @property
    def open(self) -> bool:
        return not self.why


def choices(order: Order, task: PickupTask | None, person: Person, bound: dict[str, Any]) -> Iterator[Choice]:
    """Yield the verbs that concern the order in its state; those a guard forbids come with its words."""
    for act in ACTS.values():
        if act.name not in ("undo", "print") and person.may(act.needs) and _concerns(act, order, task):
            why, clause = _why_not(act, order, task)
            yield Choice(act, bound.get(act.name) or form_for(act, order), why, clause)


def form_for(act: Act, order: Order, data: Any = None) -> Any:
    """Return the act's form, bound to what was sent or filled with what is known."""
    if act.form is None:
        return None
    options: dict[str, Any] = {"auto_id": f"{act.name}_%s", "initial": _known(act, order)}
    if act.name == "dispatch":
        options["drivers"] = drivers_of(order)
    return act.form(data, **options)


def _known(act: Act, order: Order) -> Values:
    match act.name:
        case "collect":
            return {"pieces": order.pieces}
        case "confirm-reason":
            return {"reason": order.cancel_reason, "text": order.cancel_text}
        case "note":
            return {"kind": "tracking" if order.accepted_at else "acceptance"}
    return {}


def _concerns(act: Act, order: Order, task: PickupTask | None) -> bool:
    if act.on_pickup:
        return task is not None and in_source(getattr(task, act.step))
    match act.name:
        case "missed" | "reached":
            return order.state in (State.UNASSIGNED, State.AT_BRANCH)
        case "confirm-reason":
            return order.state == State.CANCELLED and order.reason_confirmed_at is None
        case "quote" | "price-agreed" | "price-declined":
            return order.state in OPEN and in_source(getattr(order, act.step))
        case "postpone" if order.state == State.AT_BRANCH:
            return True
        case "move" if order.state == State.UNASSIGNED:
            return False
    return in_source(getattr(order, act.step)) if act.step else True


def _why_not(act: Act, order: Order, task: PickupTask | None) -> tuple[str, str]:
    if act.on_pickup and act.name in ("dispatch", "collect") and order.accepted_at is None:
        return str(_("订单尚未受理。")), "§3.5"
    step = "accept" if act.name == "postpone" and order.state == State.AT_BRANCH else act.step  # it accepts on the way
    subject = task if act.on_pickup else order
    guard: Any = unmet(getattr(subject, step)) if step else None
    return (str(guard.reason), guard.clause) if guard else ("", "")

