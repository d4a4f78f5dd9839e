"""What our own operation cost on top is charged to the unit that bears it, and taken back when it was wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.journal import Fact, publish
from core.models import Entry
from delivery.choices import ON_THE_ROAD, TO_PLAN
from delivery.models import OperatingCost, Shipment
from delivery.services.shipments import about, locked
from delivery.services.verbs import Moment, coded_of, not_now, text_of
from network.models import Person, Unit, UnitQuerySet
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.measures import is_exact
from rulebook.reasons import COST_CAUSES, HIRE_REASONS

CENT, MOST_COST, MOST_HELPERS = Decimal("0.01"), Decimal("99999.99"), 20


def _of_key_customer(shipment: Shipment) -> bool:
    return shipment.key_customer


def _slip_was_rejected(shipment: Shipment) -> bool:
    slip = getattr(shipment, "slip", None)
    return slip is not None and Entry.objects.filter(subject=slip.subject, name=On.SLIP_REJECTED).exists()


@dataclass(frozen=True, slots=True)
class Charge:
    """Which goods can have a cost, what is said of others, and whether the unit at fault bears it or the origin branch."""

    can_be: Callable[[Shipment], bool]
    unless: str | Promise
    at_fault: bool


HELP = Charge(_of_key_customer, lazy("不是项目客户的货物：上楼、卸货费用按价目向客户收取。"), at_fault=False)
CHARGES: dict[str, Charge] = {
    "upstairs": HELP,
    "unloading": HELP,
    "other": HELP,
    "split": Charge(Shipment.splits_made, lazy("这票货物没有拆分装车。"), at_fault=True),
    "delay": Charge(_of_key_customer, lazy("不是项目客户的货物，不按本条计入费用。"), at_fault=True),
    "re_signing": Charge(_slip_was_rejected, lazy("签收单没有被要求补签，没有补签费用。"), at_fault=True),
}


def chargeable(shipment: Shipment) -> list[str]:
    """Return the causes for which these goods can be charged a cost."""
    return [cause for cause, row in CHARGES.items() if row.can_be(shipment)]


@transaction.atomic
def charge_cost(
    *, number: str, clerk: Person, cause: str, amount: Decimal, text: str, now: datetime, unit: str = ""
) -> OperatingCost:
    """
    Charge a cost of our own operation: help on request to the origin branch (§2.1.3.4), the rest to the unit at fault.

    :param unit: code of the unit at fault: for splits a branch (§2.1.2.2), for delays (§2.2.4) and re-signing (§2.2.5) any
    :param amount: CNY
    :raises Refused: goods that cannot have this cost, no cause, unit or words, an amount that cannot be
    """
    clerk.require("charge_cost")
    shipment = locked(number, clerk, anywhere=False)
    coded_of({"cause": cause}, "cause", CHARGES, "§2.1.3.4")
    clause = COST_CAUSES[cause].clause
    if not CHARGES[cause].can_be(shipment):
        raise Refused(clause, str(CHARGES[cause].unless), field="cause")
    _check(clause, "amount", amount, least=CENT)
    words = text_of({"text": text}, "text", clause, _("请说明费用的由来。"))
    bearer = _at_fault(unit, cause, clause) if CHARGES[cause].at_fault else _origin(shipment, unit, clause)
    return _write_down(shipment, clerk, now, cause=cause, amount=amount, text=words, charged_to=bearer)


def bearers(*causes: str) -> UnitQuerySet:
    """Return the units that can be at fault: branches for a split (§2.1.2.2), else any department."""
    at_fault = {cause for cause in causes if CHARGES[cause].at_fault}
    units = Unit.objects.branches() if at_fault == {"split"} else Unit.objects.filter(closed_at=None)
    return units.order_by("name") if at_fault else units.none()


def _at_fault(code: str, cause: str, clause: str) -> Unit:
    unit = bearers(cause).filter(code=code).first()
    if unit is None:
        words = _("没有这个营业部，请从列表中选择。") if cause == "split" else _("没有这个单位，请从列表中选择。")
        raise Refused(clause, words, field="unit")
    return unit


def _origin(shipment: Shipment, code: str, clause: str) -> Unit:
    branch: Unit = shipment.order.branch  # type: ignore[assignment]  # what is billed has one
    if code not in ("", branch.code):
        raise Refused(clause, _("该费用由始发营业部承担，请不要选择其他单位。"), field="unit")
    return branch


@transaction.atomic
def take_back_cost(*, number: str, cost: int, clerk: Person, text: str, now: datetime) -> OperatingCost:
    """
    Take a wrong cost line back by one of the opposite amount.

    :raises Refused: nothing is said about why
    :raises Conflict: it has been taken back before, takes back another itself, or cost nothing
    :raises OperatingCost.DoesNotExist: no such line of this shipment
    """
    clerk.require("charge_cost")
    shipment = locked(number, clerk, anywhere=False)
    wrong = shipment.costs.select_related("charged_to", "incurred_by").get(pk=cost)
    words = text_of({"text": text}, "text", wrong.clause, _("请说明冲回原因。"))
    if not wrong.amount or wrong.reverses_id or shipment.costs.filter(reverses=wrong).exists():
        raise Conflict(_("该费用已冲回。"), **shipment.last_act())
    return _write_down(
        shipment, clerk, now, cause=wrong.cause, amount=-wrong.amount, text=words, charged_to=wrong.charged_to,
        incurred_by=wrong.incurred_by, reverses=wrong,
    )  # fmt: skip


@transaction.atomic
def hire_helpers(*, number: str, clerk: Person, now: datetime, reason: str, helpers: int, cost: Decimal | str) -> Shipment:
    """
    Record helpers hired from outside, because staff is short or the goods are oversized (§1.3.3.2).

    A key customer's is borne by the origin branch (§2.1.3.4), else by the branch that delivers.

    :raises Refused: no such reason, a number or a sum that cannot be
    :raises Conflict: the goods are not to be delivered now
    """
    clerk.require("hire_helpers")
    shipment = locked(number, clerk, anywhere=False)
    if shipment.state not in (*TO_PLAN, *ON_THE_ROAD):
        raise not_now(shipment)
    coded_of({"reason": reason}, "reason", HIRE_REASONS, "§1.3.3.2")
    if isinstance(helpers, bool) or not 1 <= helpers <= MOST_HELPERS:
        raise Refused("§1.3.3.2", _("外雇人数须为 1 到 %d 之间的整数。") % MOST_HELPERS, field="helpers")
    amount = Decimal(cost)
    _check("§1.3.3.2", "cost", amount, least=Decimal(0))
    bearer = shipment.order.branch if shipment.key_customer else shipment.terminal
    if bearer is None:
        raise Refused("§1.3.3.2", _("货物没有派送营业部，无法登记由谁承担费用。"))
    hired = about(shipment, On.HELPERS_HIRED, Moment(clerk, now, now), {"reason": reason, "helpers": helpers})
    _write_down(shipment, clerk, now, hired, cause=reason, amount=amount, helpers=helpers, charged_to=bearer)
    return shipment


def _check(clause: str, field: str, amount: Decimal, *, least: Decimal) -> None:
    if not amount.is_finite() or not least <= amount <= MOST_COST or not is_exact(amount, CENT):
        words = _("金额须在 %(least)s 到 %(most)s 元之间，最多两位小数。")
        raise Refused(clause, words % {"least": least, "most": MOST_COST}, field=field)


def _write_down(shipment: Shipment, clerk: Person, now: datetime, *facts: Fact, cause: str, **line: Any) -> OperatingCost:
    """Store a line and state it; helpers who cost nothing charge nobody."""
    clause = COST_CAUSES[cause].clause
    unit = {"incurred_by": clerk.unit_for(shipment.terminal)} | line
    cost = OperatingCost.objects.create(shipment=shipment, clause=clause, cause=cause, person=clerk, at=now, **unit)
    data = {"cost": cost.pk, "clause": clause, "cause": cause, "amount": str(cost.amount), "unit": cost.charged_to_id}
    if cost.reverses_id:
        data |= {"reverses": cost.reverses_id}
    publish(*facts, *([about(shipment, On.COST_CHARGED, Moment(clerk, now, now), data)] if cost.amount else []))
    return cost
