"""更改单: changing an issued waybill. Before and after, reason, cost effect; it counts once a manager approves it (§1.4.3, §3.4.4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import Fact, publish
from network.models import Person
from network.places import exists
from orders.choices import AmendmentState, Delivery, SlipReturn
from orders.models import Amendment, Order, Version, Waybill
from orders.phones import canonical
from orders.services.charging import Charge, by_branch, by_system, less_coupon, present, store_lines
from orders.services.common import about, label, stamp
from orders.services.draft import Draft, draft_of, write_to
from orders.services.handing import billed, reopen
from orders.services.measuring import BILLED_FIELDS, CLAUSE, Measured, measured
from rulebook.errors import Conflict, Denied, Refused
from rulebook.events import On
from rulebook.measures import is_exact

CASH = "§4.3.3.2"
CENT, MOST_MONEY = Decimal("0.01"), Decimal("9999999.99")
CONSIGNEE = ("consignee.name", "consignee.phone", "consignee.place", "consignee.address")
ORDERED_FIELDS = (*CONSIGNEE, "delivery", "slip_return", "cod_amount")
AMENDABLE = (*BILLED_FIELDS, *ORDERED_FIELDS)
"""What an amendment may change. Whether goods and money still allow it is for those who hold them: they hear of it and refuse."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an amendment would do: {field: [before, after]}, the price before and after."""

    changes: dict[str, list[str]]
    before: Charge
    after: Charge
    measured: Measured

    @property
    def cost(self) -> Decimal:
        return self.after.total - self.before.total


def effect(
    order: Order, waybill: Waybill, wanted: Mapping[str, Any], *, now: datetime, amount: Decimal | None = None
) -> Effect:
    """
    Return what the wanted values would change and cost, storing nothing; `amount` is the branch's new price where it quotes.

    :raises Refused: a field that cannot be amended, a value that cannot be, nothing that differs
    """
    if unknown := [name for name in wanted if name not in AMENDABLE]:
        raise Refused(CLAUSE, _("开单后不能更改这一项。"), field=unknown[0])
    content = draft_of(order)
    now_reads = _values(waybill, content)
    then_reads = now_reads | {name: wanted[name] for name in wanted}
    changes = {
        name: [str(now_reads[name]), str(then_reads[name])] for name in AMENDABLE if now_reads[name] != then_reads[name]
    }
    _check_terms(then_reads)
    cod = Decimal(str(then_reads["cod_amount"]))
    found = measured(order, cod_amount=cod, **{name: then_reads[name] for name in BILLED_FIELDS})
    before = present(waybill)
    ready = now if "consignee.place" in changes else waybill.issued_at
    after = _price(order, draft_with(content, then_reads), found, before, amount, ready)
    if not changes and after.total == before.total:
        raise Refused(CLAUSE, _("没有任何更改，不需要更改单。"))
    return Effect(changes, before, after, found)


def _values(waybill: Waybill, content: Draft) -> dict[str, Any]:
    ordered = content.flat() | {"cod_amount": content.cod_amount}
    return {name: getattr(waybill, name) for name in BILLED_FIELDS} | {name: ordered[name] for name in ORDERED_FIELDS}


def _check_terms(values: Mapping[str, Any]) -> None:
    if values["delivery"] not in Delivery.values or values["slip_return"] not in SlipReturn.values:
        raise Refused(CLAUSE, _("没有这个选项，请从列表中选择。"), field="delivery")
    for name in CONSIGNEE:
        if not str(values[name]).strip():
            raise Refused(CLAUSE, _("请填写此项。"), field=name)
    if canonical(str(values["consignee.phone"])) is None:
        raise Refused(CLAUSE, _("电话号码不正确，请核对。"), field="consignee.phone")
    if not exists(str(values["consignee.place"])):
        raise Refused(CLAUSE, _("请选择省、市、区县。"), field="consignee.place")
    cod = values["cod_amount"]
    if not cod.is_finite() or not 0 <= cod <= MOST_MONEY or not is_exact(cod, CENT):
        raise Refused(CASH, _("代收货款须不小于 0、最多两位小数；不代收填 0。"), field="cod_amount")


def draft_with(content: Draft, values: Mapping[str, Any]) -> Draft:
    """Return an order's content with the amended terms."""
    consignee = replace(content.consignee, **{name.partition(".")[2]: str(values[name]) for name in CONSIGNEE})
    cod = Decimal(str(values["cod_amount"])).quantize(CENT)
    return replace(
        content, consignee=consignee, delivery=values["delivery"], slip_return=values["slip_return"], cod_amount=cod
    )


def _price(
    order: Order, content: Draft, found: Measured, before: Charge, amount: Decimal | None, ready: datetime
) -> Charge:
    """
    Return the new price: the system's if it has one; else the branch's new one, or the old one as it stands.

    The promise of §4.6 stays as it was fixed at billing; another destination is promised anew, from its amendment on †.
    """
    if system := by_system(order, content, found, now=ready):
        if amount is not None:
            raise Refused(CLAUSE, _("该线路有系统价，以系统价为准，不能另定运费。"), field="amount")
        return less_coupon(order, system)
    if amount is None:
        return before
    if not amount.is_finite() or not 0 < amount <= MOST_MONEY or not is_exact(amount, CENT):
        raise Refused(CLAUSE, _("请填写大于 0、最多两位小数的运费。"), field="amount")
    return less_coupon(order, replace(by_branch(amount, _("更改后由营业部重新报价")), product=before.product))


@transaction.atomic
def propose_amendment(
    *, number: str, clerk: Person, changes: Mapping[str, Any], reason: str, now: datetime, amount: Decimal | None = None,
    seen: int = 0,
) -> Amendment:  # fmt: skip
    """
    Ask for a change of an issued waybill; what it would cost is fixed with it. Nothing changes before a manager approves.

    :param seen: the version the clerk saw; 0 amends the present one
    :raises Refused: no reason, nothing changed, or a value that cannot be
    :raises Conflict: not billed, amended since `seen`, or another amendment waits for its approval
    """
    clerk.require("amend")
    order, waybill = billed(number, clerk)
    if seen and seen != waybill.version:
        raise Conflict(_("运单已经更改，请刷新后重新填写。"), **order.last_act())
    if waiting := waybill.open_amendment():
        raise Conflict(_("该运单已有待审批的更改单。"), winner=label(waiting.asked_by), at=waiting.asked_at)
    if not reason.strip():
        raise Refused(CLAUSE, _("请填写更改原因。"), field="reason")
    would = effect(order, waybill, changes, now=now, amount=amount)
    amendment: Amendment = Amendment.objects.create(
        waybill=waybill, serial=waybill.amendments.count() + 1, of_version=waybill.version, reason=reason,
        changed=list(would.changes), content=json.dumps(would.changes, ensure_ascii=False),
        price_source=would.after.source, amount_before=would.before.total, amount_after=would.after.total,
        lines=would.after.stored_lines(), price_zh=would.after.zh, price_en=would.after.en,
        promised_at=would.after.promised_at, asked_by=clerk, asked_at=now,
    )  # fmt: skip
    publish(_fact(order, On.AMENDMENT_PROPOSED, amendment, clerk, now))
    return amendment


@transaction.atomic
def decide_amendment(
    *, number: str, person: Person, approve: bool, now: datetime, decision: str = "", serial: int = 0
) -> Amendment:
    """
    Approve or refuse the amendment that waits; approved, the waybill takes its next version and is to be checked anew (§4.3.2.3).

    :param serial: the amendment that was read; 0 decides the one that waits
    :raises Denied: the one who asked does not approve
    :raises Refused: refused without saying why
    :raises Conflict: no amendment waits, or another one than was read
    """
    person.require("approve_amendment")
    order, waybill = billed(number, person)
    amendment = _waiting(waybill, serial)
    if amendment.asked_by_id == person.pk:
        raise Denied(_("更改单须由他人审批，不能审批自己提出的更改。"))
    if not approve and not decision.strip():
        raise Refused(CLAUSE, _("不批准时请写明原因。"), field="decision")
    perform(amendment.approve if approve else amendment.refuse, by=person, at=now, decision=decision)
    amendment.save()
    if approve:
        _apply(order, waybill, amendment, person, now)
    publish(_fact(order, On.WAYBILL_AMENDED if approve else On.AMENDMENT_REFUSED, amendment, person, now))
    return amendment


@transaction.atomic
def withdraw_amendment(*, number: str, clerk: Person, now: datetime) -> Amendment:
    """Take back the amendment that waits for approval."""
    clerk.require("amend")
    order, waybill = billed(number, clerk)
    amendment = _waiting(waybill, 0)
    perform(amendment.withdraw, by=clerk, at=now)
    amendment.save()
    publish(_fact(order, On.AMENDMENT_WITHDRAWN, amendment, clerk, now))
    return amendment


def _waiting(waybill: Waybill, serial: int) -> Amendment:
    waiting = waybill.open_amendment()
    if waiting is None or (serial and waiting.serial != serial):
        last = waybill.amendments.order_by("-serial").first()
        raise Conflict(_("没有待审批的更改单，或已被处理。"), **(last.last_act() if last else {}))
    return waiting


READ: dict[str, Any] = {"pieces": int, "weight_kg": Decimal, "volume_m3": Decimal, "payer": str}


def _apply(order: Order, waybill: Waybill, amendment: Amendment, person: Person, now: datetime) -> None:
    """Write the next version: the bill's own figures, the order's terms with the version before kept, the price lines."""
    after = {name: pair[1] for name, pair in changes_of(amendment).items()}
    for name in BILLED_FIELDS:
        if name in after:
            setattr(waybill, name, READ[name](after[name]))
    if not {"pieces", "weight_kg", "volume_m3"}.isdisjoint(after):
        waybill.parcels = []  # the sizes no longer add up to what the bill says
    waybill.version += 1
    waybill.amount, waybill.price_source = amendment.amount_after, amendment.price_source
    waybill.price_zh, waybill.price_en = amendment.price_zh, amendment.price_en
    waybill.promised_at = amendment.promised_at
    reopen(waybill)
    waybill.save()
    store_lines(waybill, amendment.lines)
    _amend_order(order, after, person, now)


def _amend_order(order: Order, after: Mapping[str, str], person: Person, now: datetime) -> None:
    stamp(order, person.actor, label(person), now)
    columns = ["last_actor", "last_at"]
    if changed := [name for name in ORDERED_FIELDS if name in after]:
        before = draft_of(order)
        Version.objects.create(
            order=order, number=order.version, content=json.dumps(before.flat(), ensure_ascii=False), changed=changed,
            by_kind="person", by=label(person), at=now,
        )  # fmt: skip
        write_to(order, draft_with(before, before.flat() | dict(after)))
        order.version += 1
        columns = [f.name for f in fields(Draft) if f.name not in ("shipper", "consignee", "branch_code")]
        columns += ["version", "last_actor", "last_at", *CONSIGNEE_COLUMNS]
    order.save(update_fields=columns)


CONSIGNEE_COLUMNS = (
    "consignee_name", "consignee_phone", "consignee_phone_index", "consignee_tail_index", "consignee_place",
    "consignee_address",
)  # fmt: skip


def changes_of(amendment: Amendment) -> dict[str, list[str]]:
    """Return {field: [before, after]} of an amendment."""
    return dict(json.loads(amendment.content))


def _fact(order: Order, name: On, amendment: Amendment, person: Person, now: datetime) -> Fact:
    """State it by names and figures only: what was written into an address or a phone stays out of the journal."""
    data: dict[str, Any] = {
        "amendment": amendment.pk, "serial": amendment.serial, "changed": amendment.changed,
        "effect": str(amendment.effect), "amount": str(amendment.amount_after), "state": AmendmentState(amendment.state),
    }  # fmt: skip
    if name == On.WAYBILL_AMENDED:
        data |= {key: getattr(amendment.waybill, key) for key in ("pieces", "payer")}
    return about(order, name, person.actor, now, **data)
