"""The verbs of delivery, and what it hears of the journal."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from core.journal import Fact
from core.models import Entry
from delivery.services import amended, anomalies, cash, refunds, shipments, slips
from delivery.services.books import books, faults, freight_books, freight_faults, out_of_balance
from delivery.services.cash import (
    bank,
    collect,
    confirm_bank,
    count,
    raise_discrepancy,
    remit,
    resolve,
    unsettled,
    write_off,
)
from delivery.services.costs import charge_cost, hire_helpers, take_back_cost
from delivery.services.freight import bank_freight, collect_freight, count_freight, take_back_freight
from delivery.services.handover import add_proof
from delivery.services.loads import (
    add_to_load,
    answer_split,
    ask_split,
    cancel_load,
    close_load,
    open_load,
    take_off_load,
)
from delivery.services.records import (
    answer_demand,
    call_consignee,
    cash_to_collect,
    crew_of,
    freight_to_collect,
    freights_to_collect,
    note_circumstance,
    report_demand,
    tell_lateness,
)
from delivery.services.shipments import act
from delivery.services.slips import chain, close, hand_on, lose, receive, reject, resend, return_slip
from delivery.services.verbs import VERBS
from rulebook.events import SIGNED, On

__all__ = [
    "VERBS",
    "act",
    "add_proof",
    "add_to_load",
    "answer_demand",
    "answer_split",
    "ask_split",
    "bank",
    "bank_freight",
    "books",
    "call_consignee",
    "cancel_load",
    "cash_to_collect",
    "chain",
    "charge_cost",
    "close",
    "close_load",
    "collect",
    "collect_freight",
    "confirm_bank",
    "count",
    "count_freight",
    "crew_of",
    "faults",
    "freight_books",
    "freight_faults",
    "freight_to_collect",
    "freights_to_collect",
    "hand_on",
    "hire_helpers",
    "lose",
    "note_circumstance",
    "on_entries",
    "open_load",
    "out_of_balance",
    "raise_discrepancy",
    "receive",
    "reject",
    "remit",
    "report_demand",
    "resend",
    "resolve",
    "return_slip",
    "take_back_cost",
    "take_back_freight",
    "take_off_load",
    "tell_lateness",
    "unsettled",
    "write_off",
]


def on_entries(entries: Sequence[Entry]) -> Iterable[Fact]:
    """Open and end what a waybill and its shipment demand."""
    return [fact for entry in entries for heard in HEARERS if entry.name in heard for fact in heard[entry.name](entry)]


HEARERS: tuple[Mapping[str, Callable[[Entry], list[Fact]]], ...] = (
    {
        On.WAYBILL_ISSUED: shipments.opened,
        On.SHIPMENT_RETURNED: slips.called_off,
        On.AMENDMENT_PROPOSED: amended.asked_for,
        On.WAYBILL_AMENDED: amended.approved,
        **dict.fromkeys(SIGNED, refunds.of_late_goods),
        On.DELIVERY_TAKEN_BACK: refunds.of_corrected_goods,
    },
    cash.REACTIONS,
    anomalies.REACTIONS,
)
"""Who hears what, in this order."""
