"""Everything the product holds of a customer, table by table, for the copy the law promises (个人信息保护法 art. 45)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q

from complaints.models import Claim, Complaint
from core.personal import digits
from customers.models import (
    Address,
    ChatLine,
    Consent,
    Conversation,
    Customer,
    CustomerAccount,
    CustomerCall,
    Enquiry,
    ErasureRequest,
    KeyCustomer,
    PhoneProof,
    Suggestion,
    SurveyAnswer,
    Ticket,
)
from delivery.models import CashOnDelivery, Shipment
from network.models import Account
from notify.models import Notice
from orders.channels import Refunder
from orders.drafts import OrderDraft
from orders.models import Amendment, BranchQuote, Contact, Coupon, Note, Order, Version, Waybill
from pricing.models import Contract


@dataclass
class Owner:
    """Whose data: the login and, once bound, the customer's phone."""

    account: CustomerAccount

    @cached_property
    def customer(self) -> Customer | None:
        return self.account.customer

    @cached_property
    def index(self) -> str:
        return self.customer.phone_index if self.customer else "-"

    @cached_property
    def numbers(self) -> list[str]:
        return list(Order.objects.of_account(self.account).values_list("number", flat=True))

    def said_by(self, model: type[Any]) -> list[Any]:
        """Return the rows whose phone is the owner's, where there is no index to ask: these tables are small."""
        phone = digits(self.customer.phone) if self.customer else ""
        return [row for row in model.objects.exclude(phone="") if phone and digits(row.phone) == phone]


Rows = Callable[[Owner], Iterable[Any]]


@dataclass(frozen=True)
class Part:
    """One table of the copy: its rows of an owner, and the fields that are about them."""

    model: type[Model]
    rows: Rows
    fields: tuple[str, ...]
    title: str = ""


def _of_account(model: type[Any]) -> Rows:
    return lambda owner: model.objects.filter(account=owner.account)


def _of_user(model: type[Any]) -> Rows:
    return lambda owner: model.objects.filter(user=owner.account.account_id)


def _of_customer(model: type[Any]) -> Rows:
    return lambda owner: model.objects.filter(customer=owner.customer) if owner.customer else ()


def _of_orders(model: type[Any], path: str = "order__number") -> Rows:
    return lambda owner: model.objects.filter(**{f"{path}__in": owner.numbers})


def _said(model: type[Any]) -> Rows:
    return lambda owner: owner.said_by(model)


PARTY = ("name", "phone", "place", "address")
SENT = tuple(f"shipper_{part}" for part in PARTY)
RECEIVED = tuple(f"consignee_{part}" for part in PARTY)
GOODS = (
    "goods", "pieces", "weight_kg", "volume_m3", "packing", "declared_value", "insured", "cod_amount", "payer", "delivery", "slip_return",
    "pickup", "appointment", "remark",
)  # fmt: skip
PARTS = (
    Part(Account, lambda owner: [owner.account.account], ("username", "email", "date_joined", "last_login")),
    Part(CustomerAccount, lambda owner: [owner.account], ("opened_at", "bound_at", "tells", "notice_hash")),
    Part(EmailAddress, _of_user(EmailAddress), ("email", "verified", "primary")),
    Part(UserSession, _of_user(UserSession), ("created_at", "last_seen_at", "ip", "user_agent")),
    Part(Consent, lambda o: Consent.objects.filter(Q(account=o.account) | Q(order_number__in=o.numbers)),
         ("order_number", "version", "text_hash", "at")),
    Part(PhoneProof, _of_account(PhoneProof), ("phone", "asked_at", "tries", "ended_at")),
    Part(ErasureRequest, _of_account(ErasureRequest), ("state", "reason", "asked_at", "decided_at", "words")),
    Part(Address, _of_account(Address), ("name", "phone", "place", "address")),
    Part(Customer, lambda owner: [owner.customer] if owner.customer else [], ("name", "phone", "group", "bound_at", "added_at")),
    Part(KeyCustomer, _of_customer(KeyCustomer), ("contract_no", "valid_from", "valid_to")),
    Part(Contract, _of_customer(Contract), ("code", "valid_from", "valid_to", "share", "minimum")),
    Part(CustomerCall, _of_customer(CustomerCall), ("at", "result", "text", "satisfaction")),
    Part(Coupon, lambda o: Coupon.objects.filter(Q(phone_index=o.index) | Q(customer=o.customer, customer__isnull=False)),
         ("code", "amount", "valid_until", "apology", "given_at")),
    Part(Order, lambda owner: Order.objects.filter(number__in=owner.numbers),
         ("number", "channel", "external_no", "state", "placed_at", *SENT, *RECEIVED, *GOODS, "cancel_reason", "cancel_text")),
    Part(Order, lambda owner: Order.objects.filter(consignee_phone_index=owner.index).exclude(number__in=owner.numbers),
         ("number", "placed_at", *RECEIVED, "goods", "pieces"), title="orders received"),
    Part(Version, _of_orders(Version), ("order_id", "number", "at", "content")),
    Part(Contact, _of_orders(Contact), ("order_id", "at", "outcome", "reason", "remark")),
    Part(Note, _of_orders(Note), ("order_id", "at", "kind", "text")),
    Part(BranchQuote, _of_orders(BranchQuote), ("order_id", "at", "amount", "words", "answer", "answered_at")),
    Part(Waybill, _of_orders(Waybill), ("order_id", "number")),
    Part(Amendment, _of_orders(Amendment, "waybill__order__number"), ("waybill_id", "asked_at", "reason", "content", "state")),
    Part(Shipment, _of_orders(Shipment), ("order_id", "state", "opened_at", "arrived_at", "signed_at", "signer", "relation")),
    Part(CashOnDelivery, _of_orders(CashOnDelivery), ("order_id", "state")),
    Part(SurveyAnswer, _of_orders(SurveyAnswer, "order_number"), ("order_number", "scores", "text", "at")),
    Part(Complaint, lambda o: Complaint.objects.filter(internal=False).filter(Q(order__number__in=o.numbers) | Q(contact_index=o.index)),
         ("number", "filed_at", "contact_name", "contact_phone", "category", "text", "state", "answer")),
    Part(Claim, lambda o: Claim.objects.filter(Q(order__number__in=o.numbers) | Q(phone_index=o.index)),
         ("number", "opened_at", "claimant_name", "claimant_phone", "amount", "text", "payee", "state")),
    Part(Refunder, _of_orders(Refunder), ("order_id", "name", "phone", "place", "address")),
    Part(OrderDraft, _of_account(OrderDraft), ("kept_at", "content")),
    Part(Conversation, lambda o: Conversation.objects.filter(account=o.account.account_id), ("opened_at", "name", "phone", "order_number")),
    Part(ChatLine, lambda o: ChatLine.objects.filter(conversation__account=o.account.account_id),
         ("conversation_id", "number", "at", "side", "text")),
    Part(Ticket, _said(Ticket), ("name", "phone", "text", "state")),
    Part(Suggestion, _said(Suggestion), ("name", "phone", "text", "state")),
    Part(Enquiry, _said(Enquiry), ("name", "phone", "text", "state")),
    Part(Notice, lambda o: Notice.objects.filter(Q(account=o.account) | Q(address_index=o.index)),
         ("stored_at", "sent_at", "kind", "medium", "address", "subject", "text", "state", "order_number")),
)  # fmt: skip
"""Fields are named one by one: other people's data and the staff's stay out."""


def collected(account: CustomerAccount) -> dict[str, list[dict[str, Any]]]:
    """Return all of it, by table."""
    owner = Owner(account)
    told: dict[str, list[dict[str, Any]]] = {}
    for part in PARTS:
        title = part.title or str(part.model._meta.model_name)
        told[title] = [{name: getattr(row, name) for name in part.fields} for row in part.rows(owner)]
    return told


def packed(account: CustomerAccount) -> bytes:
    """Return it as a ZIP with one JSON file."""
    text = json.dumps(collected(account), ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", text)
    return file.getvalue()
