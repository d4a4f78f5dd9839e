"""The money of the day: counted and paid in each evening, what is short settled, shippers paid in the morning (§4.3.3.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from delivery import services as delivery
from delivery.choices import Cash, Freight
from delivery.models import CashOnDelivery, FreightReceipt
from network.models import Person
from rulebook.due import local
from rulebook.roles import Role

if TYPE_CHECKING:
    from desk.demo.lives import World


def count_the_day(world: World, now: datetime) -> None:
    """In the evening each branch counts what its collectors bring, and pays it in; what is short is set aside."""
    for manager, pile in _piles(world):
        whole = [cash for cash in pile if not _short(world, manager, cash, now)]
        if whole:
            numbers = [cash.order.number for cash in whole]
            delivery.count(numbers=numbers, clerk=manager, total=sum((cash.amount for cash in whole), Decimal()), now=now)
            delivery.bank(numbers=numbers, clerk=manager, slip=f"演示{local(now):%m%d}-{pile[0].unit.code}", now=now)  # type: ignore[union-attr]


    _count_freight(world, now)


def _count_freight(world: World, now: datetime) -> None:
    """The freight consignees paid is counted and paid in with it (§4.3.2.7)."""
    piles: dict[str, list[FreightReceipt]] = defaultdict(list)
    rows = FreightReceipt.objects.filter(state=Freight.COLLECTED, unit__isnull=False).select_related("order", "unit")
    for receipt in rows.order_by("unit__code", "order__number"):
        piles[receipt.unit.code].append(receipt)  # type: ignore[union-attr]
    for code, pile in piles.items():
        manager, numbers = world.company.holder(code, Role.BRANCH_MANAGER), [receipt.order.number for receipt in pile]
        delivery.count_freight(numbers=numbers, clerk=manager, total=sum((row.amount for row in pile), Decimal()), now=now)
        delivery.bank_freight(numbers=numbers, clerk=manager, slip=f"演示运费{local(now):%m%d}-{code}", now=now)


def _piles(world: World) -> Iterator[tuple[Person, list[CashOnDelivery]]]:
    piles: dict[str, list[CashOnDelivery]] = defaultdict(list)
    rows = CashOnDelivery.objects.filter(state=Cash.COLLECTED, unit__isnull=False).select_related("order", "unit")
    for cash in rows.order_by("unit__code", "order__number"):
        piles[cash.unit.code].append(cash)  # type: ignore[union-attr]
    for code, pile in piles.items():
        yield world.company.holder(code, Role.BRANCH_MANAGER), pile


def _short(world: World, manager: Person, cash: CashOnDelivery, now: datetime) -> bool:
    if not world.chance(world.habits.cash_short_at_count):
        return False
    found = cash.amount - min(cash.amount, Decimal(100))
    delivery.raise_discrepancy(number=cash.order.number, clerk=manager, found=found, remark="清点时少款，待查", now=now)
    return True


def settle_short(world: World, now: datetime) -> None:
    """Finance settles what was short: found after all, or written off."""
    finance = world.company.holder("FIN", Role.FINANCE)
    rows = CashOnDelivery.objects.filter(state=Cash.DISCREPANCY, collected_at__isnull=False).order_by("order__number")
    for number in list(rows.values_list("order__number", flat=True)):
        if world.chance(world.habits.written_off):
            delivery.write_off(number=number, clerk=finance, remark="收款人无力补足，转理赔处理", now=now)
        else:
            delivery.resolve(number=number, clerk=finance, paid=True, remark="收款人已补足", now=now)


def pay_out(world: World, now: datetime) -> None:
    """In the morning finance confirms the slips of the day before and pays the shippers."""
    finance = world.company.holder("FIN", Role.FINANCE)
    waiting = CashOnDelivery.objects.filter(state=Cash.BANKED, confirmed_at=None)
    for slip in sorted(set(waiting.values_list("bank_slip", flat=True))):
        rows = delivery.confirm_bank(slip=slip, clerk=finance, now=now)
        numbers = [cash.order.number for cash in rows]
        delivery.remit(numbers=numbers, clerk=finance, batch=f"演示{local(now):%m%d}", now=now)
