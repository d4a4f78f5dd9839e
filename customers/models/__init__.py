"""Customer records, and the contract customers among them with what they ask for in writing (§2.3)."""

from customers.models.keyaccounts import KeyCustomer, Requirement
from customers.models.records import Customer, CustomerQuerySet

__all__ = ["Customer", "CustomerQuerySet", "KeyCustomer", "Requirement"]
