"""The verbs of an order. Each: lock the row, decide, save, state the fact (design §2)."""

from orders.services.adding import charge_redelivery
from orders.services.amending import decide_amendment, propose_amendment, withdraw_amendment
from orders.services.billing import issue_waybill, link_waybill, preview
from orders.services.desk import (
    accept,
    annotate,
    contact,
    postpone,
    print_note,
    resume,
    show_phones,
    take_back_acceptance,
)
from orders.services.draft import ChannelSaid, Draft, Party
from orders.services.editing import differences, edit, versions
from orders.services.ending import cancel, confirm_reason
from orders.services.handing import answer_bill, check_bill, print_waybill, return_copy, tell_bill
from orders.services.placing import Duplicate, Placed, place
from orders.services.quoting import answer_quote, quote
from orders.services.routing import assign, reassign, take_back_assignment
from orders.services.told import collected, handed_back, not_collected, pickup_expected

__all__ = [
    "ChannelSaid",
    "Draft",
    "Duplicate",
    "Party",
    "Placed",
    "accept",
    "annotate",
    "answer_bill",
    "answer_quote",
    "assign",
    "cancel",
    "charge_redelivery",
    "check_bill",
    "collected",
    "confirm_reason",
    "contact",
    "decide_amendment",
    "differences",
    "edit",
    "handed_back",
    "issue_waybill",
    "link_waybill",
    "not_collected",
    "pickup_expected",
    "place",
    "postpone",
    "preview",
    "print_note",
    "print_waybill",
    "propose_amendment",
    "quote",
    "reassign",
    "resume",
    "return_copy",
    "show_phones",
    "take_back_acceptance",
    "take_back_assignment",
    "tell_bill",
    "versions",
    "withdraw_amendment",
]
