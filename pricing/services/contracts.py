"""Contract prices (§3.3): a branch applies, price management decides; one customer, one period, never two at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import publish
from customers.models import Customer
from customers.services import add
from network.models import Person
from pricing.choices import ContractState
from pricing.models import Contract, ContractRate
from pricing.services.common import check_period, fact, refuse_overlap
from rulebook.errors import Conflict, Refused
from rulebook.events import On


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRow:
    """A contract's own rates on a lane, by GB/T 2260 prefixes."""

    product: str
    start: str
    end: str
    heavy: Decimal
    light: Decimal
    minimum: Decimal


@transaction.atomic
def apply(
    *,
    code: str,
    customer: Customer,
    valid_from: date,
    valid_to: date,
    reason: str,
    by: Person,
    now: datetime,
    share: Decimal = Decimal(1),
    minimum: Decimal | None = None,
    redelivery_fee: bool = False,
    rates: Sequence[RateRow] = (),
) -> Contract:
    """
    Apply for a contract price for one of the branch's own customers (§3.3).

    :raises Refused: the period ends before it begins, the code is taken, the customer is another branch's
    """
    by.require("apply_contract")
    check_period(valid_from, valid_to, "§3.3")
    if not Customer.objects.visible_to(by).filter(pk=customer.pk).exists():
        raise Refused("§3.3", _("该客户不属于您的营业部。"), field="customer")
    if Contract.objects.filter(code=code).exists():
        raise Refused("§3.3", _("合同编号“%s”已被使用。") % code, field="code")
    contract: Contract = Contract.objects.create(
        code=code, customer=customer, branch=customer.branch, valid_from=valid_from, valid_to=valid_to, share=share,
        minimum=minimum, redelivery_fee=redelivery_fee, reason=reason, applied_by=by, applied_at=now,
    )  # fmt: skip
    ContractRate.objects.bulk_create(
        [
            ContractRate(
                contract=contract, product=row.product, from_prefix=row.start, to_prefix=row.end, heavy_rate=row.heavy,
                light_rate=row.light, minimum=row.minimum,
            )
            for row in rates
        ]
    )  # fmt: skip
    publish(fact(On.CONTRACT_APPLIED_FOR, f"contract/{contract.pk}", by, now, code=code))
    return contract


@transaction.atomic
def apply_by_phone(*, name: str, phone: str, by: Person, now: datetime, **terms: Any) -> Contract:
    """
    Apply for whoever ships under this phone; a stranger is taken down as the branch's customer, the phone being verified
    by the branch that negotiated (§3.4.1). `terms` are those of `apply`.
    """
    by.require("apply_contract")
    customer = Customer.objects.of_phone(phone).first()
    if customer is None:
        if by.unit is None:
            raise Refused("§3.3", _("该客户不属于您的营业部。"), field="phone")
        customer = add(name=name, phone=phone, branch=by.unit, verified=True, now=now)
    return apply(customer=customer, by=by, now=now, **terms)


def decide(*, pk: int, agreed: bool, words: str, by: Person, now: datetime) -> Contract:
    """
    Approve or refuse a contract price (§3.3).

    :raises Refused: another approved contract of the customer covers part of the period, or a refusal says nothing
    :raises Conflict: it has been decided already
    """
    try:
        return _decide(pk, agreed, words, by, now)
    except IntegrityError as raced:
        raise Conflict(_("该客户的另一份合同刚刚批准，请刷新后核对有效期。")) from raced


@transaction.atomic
def _decide(pk: int, agreed: bool, words: str, by: Person, now: datetime) -> Contract:
    by.require("manage_prices")
    contract: Contract = Contract.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if not agreed and not words.strip():
        raise Refused("§3.3", _("驳回时请说明原因。"), field="words")
    perform(contract.approve if agreed else contract.refuse, by=by, words=words, at=now)
    if agreed:
        refuse_overlap(_overlapping(contract), "§3.3")
    contract.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    name = On.CONTRACT_APPROVED if agreed else On.CONTRACT_REFUSED
    publish(fact(name, f"contract/{contract.pk}", by, now, code=contract.code))
    return contract


def _overlapping(contract: Contract) -> Contract | None:
    others = Contract.objects.filter(customer=contract.customer, state=ContractState.APPROVED, ended_at=None)
    others = others.exclude(pk=contract.pk)
    found: Contract | None = others.filter(
        valid_from__lte=contract.valid_to, valid_to__gte=contract.valid_from
    ).first()
    return found


@transaction.atomic
def end(*, pk: int, by: Person, now: datetime) -> Contract:
    """
    End an approved contract before its time.

    :raises Conflict: it is not in force, or ended already
    """
    by.require("manage_prices")
    contract: Contract = Contract.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if contract.state != ContractState.APPROVED or contract.ended_at:
        raise Conflict(_("该合同未在执行，无需终止。"))
    contract.ended_at = now
    contract.save(update_fields=["ended_at"])
    publish(fact(On.CONTRACT_ENDED, f"contract/{contract.pk}", by, now, code=contract.code))
    return contract
