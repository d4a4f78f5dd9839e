"""The verbs of claims (§1.6.1.3, §4.5)."""

from complaints.services.claims.answers import agree, ceiling, dispute, escalate, propose, reject, withdraw
from complaints.services.claims.facts import Author, staff
from complaints.services.claims.papers import (
    ask_papers,
    assign,
    complete_papers,
    open_claim,
    receive_paper,
    record_payee,
    return_papers,
)
from complaints.services.claims.payments import close, give_coupon, pay

__all__ = [
    "Author", "agree", "ask_papers", "assign", "ceiling", "close", "complete_papers", "dispute", "escalate", "give_coupon", "open_claim",
    "pay", "propose", "receive_paper", "record_payee", "reject", "return_papers", "staff", "withdraw",
]  # fmt: skip
