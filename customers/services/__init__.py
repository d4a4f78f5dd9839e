"""The verbs of customer records and of contract customers (§2.1, §2.3, §3.4.1)."""

from customers.services.keyaccounts import Terms, amend, end, recognised, sign, write_requirements
from customers.services.records import add

__all__ = ["Terms", "add", "amend", "end", "recognised", "sign", "write_requirements"]
