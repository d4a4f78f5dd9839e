"""The verbs of customer records, contract customers, what customers turn to us with, and how we call on them."""

from customers.services.accounts import Newcomer, actor_of, agree, bind, choose, open_account, shown_with
from customers.services.chats import Said, answer_chat, ask, close_chat, open_chat, picture_of, read_chat, transfer_chat
from customers.services.contacts import Counted, answer_survey, import_phone_days, record_call
from customers.services.dayneeds import day_needs, tell_day_need
from customers.services.erasing import ask_erasure, erase_records, locked_erasure, refuse_erasure, withdraw_erasure
from customers.services.keyaccounts import Terms, amend, end, recognised, sign, write_requirements
from customers.services.phones import ask_code, pending, prove
from customers.services.phrases import drop_phrase, write_phrase
from customers.services.records import add
from customers.services.requests import (
    analyse_suggestion,
    answer_enquiry,
    answer_suggestion,
    call_back,
    close_ticket,
    collate_ticket,
    open_ticket,
    promise_callback,
    register_suggestion,
    reopen_ticket,
    solve_ticket,
    take_enquiry,
)

__all__ = [
    "Counted",
    "Newcomer",
    "Said",
    "Terms",
    "actor_of",
    "add",
    "agree",
    "amend",
    "analyse_suggestion",
    "answer_chat",
    "answer_enquiry",
    "answer_suggestion",
    "answer_survey",
    "ask",
    "ask_code",
    "ask_erasure",
    "bind",
    "call_back",
    "choose",
    "close_chat",
    "close_ticket",
    "collate_ticket",
    "day_needs",
    "drop_phrase",
    "end",
    "erase_records",
    "import_phone_days",
    "locked_erasure",
    "open_account",
    "open_chat",
    "open_ticket",
    "pending",
    "picture_of",
    "promise_callback",
    "prove",
    "read_chat",
    "recognised",
    "record_call",
    "refuse_erasure",
    "register_suggestion",
    "reopen_ticket",
    "shown_with",
    "sign",
    "solve_ticket",
    "take_enquiry",
    "tell_day_need",
    "transfer_chat",
    "withdraw_erasure",
    "write_phrase",
    "write_requirements",
]  # fmt: skip
