"""Logins of customers: opened at registration, bound to the record of the phone that was verified (§3.4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.journal import Fact, publish
from core.models import Actor
from customers.models import Customer, CustomerAccount
from customers.services.records import add
from network.models import Account, Unit
from rulebook.errors import Refused
from rulebook.events import On

REGISTERING = "§3.4.1"


def open_account(account: Account, *, now: datetime) -> CustomerAccount:
    """Open the customer's side of a new login; it is a stranger's (陌生客户) until its phone is verified."""
    return CustomerAccount.objects.create(account=account, opened_at=now)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What a record is made of where the verified phone has none: the name, and the branch that will look after it."""

    name: str
    branch: Unit


@transaction.atomic
def bind(opened: CustomerAccount, *, phone: str, newcomer: Newcomer | None, now: datetime) -> CustomerAccount:
    """
    Bind a login to the customer record of a phone that was verified just now; where there is none, to a new one (§3.4.1).

    :raises Refused: the record is bound to another login, or the phone has no record and nothing to make one of
    """
    held = CustomerAccount.objects.select_for_update(of=("self",)).get(pk=opened.pk)
    record = Customer.objects.of_phone(phone).select_for_update(of=("self",)).first()
    if record is None:
        if newcomer is None:
            raise Refused(REGISTERING, _("该电话还没有客户档案，请填写姓名或公司名称和所在地区。"), field="name")
        record = add(name=newcomer.name, phone=phone, branch=newcomer.branch, now=now, verified=True)
    elif record.accounts.exclude(pk=held.pk).exists():
        raise Refused(REGISTERING, _("该电话已绑定另一个账号。请用那个账号登录；不是您本人绑定的，请联系营业部核实。"), field="phone")
    elif record.bound_at is None:
        record.bound_at = now
        record.save(update_fields=["bound_at"])
    held.customer, held.bound_at = record, now
    held.save(update_fields=["customer", "bound_at"])
    publish(
        Fact(name=On.CUSTOMER_BOUND, subject=f"customer/{record.pk}", at=now, by=actor_of(held), data={"branch": record.branch_id})
    )
    return held


def actor_of(opened: CustomerAccount | None) -> Actor:
    """Return how the journal names a customer: by login where there is one."""
    return Actor("customer", str(opened.pk) if opened else "")
