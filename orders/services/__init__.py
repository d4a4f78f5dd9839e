"""The verbs of an order. Each: lock the row, decide, save, state the fact (design §2)."""

from orders.services.billing import issue_waybill
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
from orders.services.draft import Draft, Party
from orders.services.editing import differences, edit, versions
from orders.services.ending import cancel, confirm_reason
from orders.services.placing import Duplicate, Placed, place
from orders.services.quoting import answer_quote, quote
from orders.services.routing import assign, reassign, take_back_assignment
from orders.services.told import collected, handed_back, pickup_expected

__all__ = [
    "Draft",
    "Duplicate",
    "Party",
    "Placed",
    "accept",
    "annotate",
    "answer_quote",
    "assign",
    "cancel",
    "collected",
    "confirm_reason",
    "contact",
    "differences",
    "edit",
    "handed_back",
    "issue_waybill",
    "pickup_expected",
    "place",
    "postpone",
    "print_note",
    "quote",
    "reassign",
    "resume",
    "show_phones",
    "take_back_acceptance",
    "take_back_assignment",
    "versions",
]
