"""Customer records, and the contract customers among them with what they ask for in writing (§2.3)."""

from customers.models.accounts import Consent, CustomerAccount, ErasureRequest, PhoneProof
from customers.models.addresses import Address
from customers.models.chats import ChatLine, ChatTurn, Conversation, ConversationQuerySet, Phrase
from customers.models.contacts import CustomerCall, PhoneDay, SurveyAnswer
from customers.models.keyaccounts import DayNeed, KeyCustomer, Requirement
from customers.models.records import Customer, CustomerQuerySet
from customers.models.requests import Enquiry, Request, Suggestion, Ticket

__all__ = [
    "Address", "ChatLine", "ChatTurn", "Consent", "Conversation", "ConversationQuerySet", "Customer", "CustomerAccount", "CustomerCall",
    "CustomerQuerySet", "DayNeed", "Enquiry", "ErasureRequest", "KeyCustomer", "PhoneDay", "PhoneProof", "Phrase", "Request", "Requirement", "Suggestion",
    "SurveyAnswer", "Ticket",
]  # fmt: skip
