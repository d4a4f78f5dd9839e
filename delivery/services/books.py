"""Do the books of the cash collected for shippers, and of freight paid at the door, tie out? Movements against states (§4.3.3.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from delivery.choices import OUTSTANDING, Cash, Freight, Holder, Move
from delivery.models import CashMovement, CashOnDelivery, FreightMovement, FreightReceipt
from network.models import Unit

MONEY = DecimalField(max_digits=14, decimal_places=2)
NOTHING = Value(Decimal("0.00"), output_field=MONEY)
CENT = Decimal("0.01")
WITH_US = Q(state__in=OUTSTANDING, collected_at__isnull=False)
STANDS = {
    Holder.COURIER: (Cash.COLLECTED, Cash.DISCREPANCY),
    Holder.BRANCH: (Cash.COUNTED,),
    Holder.BANK: (Cash.BANKED,),
}
"""In whose hands the money is, by state."""


@dataclass(frozen=True, slots=True)
class Sums:
    """CNY. All but `outstanding` are sums of movements; `outstanding` is what the rows still with us say."""

    collected: Decimal
    remitted: Decimal
    outstanding: Decimal
    written_off: Decimal

    @property
    def gap(self) -> Decimal:
        """Return what is missing in collected = remitted + outstanding + written off."""
        return self.collected - self.remitted - self.outstanding - self.written_off


@dataclass(frozen=True, slots=True)
class Fault:
    """One order, customer or branch whose equation does not hold."""

    kind: str
    name: str
    sums: Sums


def books(unit: Unit | None = None) -> Sums:
    """Return the sums of one unit, or of all."""
    moves = CashMovement.objects.filter(unit=unit) if unit else CashMovement.objects.all()
    rows = CashOnDelivery.objects.filter(unit=unit) if unit else CashOnDelivery.objects.all()
    kinds = dict(moves.values_list("kind").annotate(Sum("amount")))
    return _sums(kinds, rows.filter(WITH_US).aggregate(sum=Sum("amount"))["sum"])


def _sums(kinds: dict[str, Decimal], outstanding: Decimal | None) -> Sums:
    moved = {kind: kinds.get(kind, Decimal()) for kind in Move}
    return Sums(
        collected=(moved[Move.COLLECT] - moved[Move.TAKE_BACK]).quantize(CENT), remitted=moved[Move.REMIT].quantize(CENT),
        outstanding=(outstanding or Decimal()).quantize(CENT), written_off=moved[Move.WRITE_OFF].quantize(CENT),
    )  # fmt: skip


def faults() -> Iterator[Fault]:
    """Yield every branch, customer and order whose equation does not hold; nothing while the books are whole."""
    yield from _torn("branch", "unit__code", "unit__code")
    yield from _torn("customer", "cash__order__shipper_phone_index", "order__shipper_phone_index")
    for row in out_of_balance().select_related("order")[:100]:
        kinds = dict(row.movements.values_list("kind").annotate(Sum("amount")))
        held = row.amount if row.state in OUTSTANDING and row.collected_at else Decimal()
        yield Fault("order", row.order.number, _sums(kinds, held))


def _torn(kind: str, of_moves: str, of_rows: str) -> Iterator[Fault]:
    """Yield the branches or customers whose movements and rows differ: two queries whatever their number."""
    moved: dict[Any, dict[str, Decimal]] = {}
    for key, move, amount in CashMovement.objects.values_list(of_moves, "kind").annotate(Sum("amount")).order_by():
        moved.setdefault(key, {})[move] = amount
    held = dict(CashOnDelivery.objects.filter(WITH_US).values_list(of_rows).annotate(Sum("amount")).order_by())
    for key in sorted(moved.keys() | held.keys(), key=str):
        sums = _sums(moved.get(key, {}), held.get(key))
        if sums.gap:
            yield Fault(kind, str(key or ""), sums)


def out_of_balance() -> QuerySet[CashOnDelivery, CashOnDelivery]:
    """Return the rows whose movements do not say what their state says: how much is owed, and in whose hands it is."""
    sums = {f"at_{holder.value}": _balance(holder) for holder in (Holder.OWED, *STANDS)}
    expected = {f"due_{holder.value}": _expected(Q(state__in=states)) for holder, states in STANDS.items()}
    rows = CashOnDelivery.objects.annotate(**sums, due_owed=_expected(Q(state__in=OUTSTANDING)), **expected)
    wrong = Q(pk__in=[])
    for holder in (Holder.OWED, *STANDS):
        sign = -F(f"at_{holder.value}") if holder == Holder.OWED else F(f"at_{holder.value}")
        wrong |= ~Q(**{f"due_{holder.value}": sign})
    found: QuerySet[CashOnDelivery, CashOnDelivery] = rows.filter(wrong).order_by("pk")
    return found


def _balance(holder: Holder) -> Coalesce:
    """What an account has by the movements: what came in less what went out."""
    moved = Case(
        When(movements__debit=holder, then=F("movements__amount")), When(movements__credit=holder, then=-F("movements__amount")),
        default=NOTHING, output_field=MONEY,
    )  # fmt: skip
    return Coalesce(Sum(moved), NOTHING)


def _expected(states: Q) -> Case:
    return Case(When(states & Q(collected_at__isnull=False), then=F("amount")), default=NOTHING, output_field=MONEY)


# Freight paid by the consignee (到付): what was received is ours, and lies with its collector, in the branch or in the bank.

FREIGHT_STANDS = {Holder.COURIER: Freight.COLLECTED, Holder.BRANCH: Freight.COUNTED, Holder.BANK: Freight.BANKED}


@dataclass(frozen=True, slots=True)
class FreightSums:
    """CNY. `received` is a sum of movements; where it lies is what the rows say."""

    received: Decimal
    in_hand: Decimal
    in_safe: Decimal
    banked: Decimal

    @property
    def gap(self) -> Decimal:
        """Return what is missing in received = in hand + in the branch + in the bank."""
        return self.received - self.in_hand - self.in_safe - self.banked


def freight_books(unit: Unit | None = None) -> FreightSums:
    """Return the sums of freight paid at the door, of one unit or of all."""
    moves = FreightMovement.objects.filter(receipt__unit=unit) if unit else FreightMovement.objects.all()
    rows = FreightReceipt.objects.filter(unit=unit) if unit else FreightReceipt.objects.all()
    kinds = dict(moves.order_by().values_list("kind").annotate(Sum("amount")))
    return _freight_sums(kinds, dict(rows.order_by().values_list("state").annotate(Sum("amount"))))


def _freight_sums(kinds: Mapping[str, Decimal], states: Mapping[str, Decimal]) -> FreightSums:
    received = kinds.get(Move.COLLECT, Decimal()) - kinds.get(Move.TAKE_BACK, Decimal())
    lies = (states.get(state, Decimal()).quantize(CENT) for state in FREIGHT_STANDS.values())
    return FreightSums(received.quantize(CENT), *lies)


def freight_faults() -> QuerySet[FreightReceipt, FreightReceipt]:
    """Return the receipts whose movements do not say what their state says; none while the books are whole."""
    sums = {f"at_{holder.value}": _balance(holder) for holder in FREIGHT_STANDS}
    rows, wrong = FreightReceipt.objects.annotate(**sums), Q(pk__in=[])
    for holder, state in FREIGHT_STANDS.items():
        wrong |= Q(state=state) & ~Q(**{f"at_{holder.value}": F("amount")})
        wrong |= ~Q(state=state) & ~Q(**{f"at_{holder.value}": Decimal()})
    found: QuerySet[FreightReceipt, FreightReceipt] = rows.filter(wrong).select_related("order").order_by("pk")
    return found
