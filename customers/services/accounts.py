"""Logins of customers: opened at registration, bound to the record of the phone that was verified (§3.4.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.journal import Fact, publish
from core.models import Actor
from customers.models import Consent, Customer, CustomerAccount
from customers.privacy import CURRENT
from customers.services.records import add
from network.models import Account, Unit
from rulebook.errors import Refused
from rulebook.events import On

REGISTERING = "§3.4.1"


def open_account(account: Account, *, now: datetime) -> CustomerAccount:
    """Open the customer's side of a new login, whose owner agrees to the privacy notice; a stranger (陌生客户) until its phone is verified."""
    return agree(CustomerAccount.objects.create(account=account, opened_at=now), now=now)


@transaction.atomic
def agree(opened: CustomerAccount, *, now: datetime) -> CustomerAccount:
    """Record that the login's owner agrees to the privacy notice as it reads now."""
    Consent.objects.create(account=opened, version=CURRENT.version, text_hash=CURRENT.hash, at=now)
    opened.notice_hash = CURRENT.hash
    opened.save(update_fields=["notice_hash"])
    return opened


def shown_with(order_number: str, *, now: datetime) -> None:
    """Record which privacy notice was shown with an order that was placed without a login."""
    Consent.objects.create(order_number=order_number, version=CURRENT.version, text_hash=CURRENT.hash, at=now)


def choose(opened: CustomerAccount, tells: Mapping[str, Sequence[str]]) -> None:
    """Keep by which media the login's owner wants to be told of which topics; none: not at all."""
    opened.tells = {topic: sorted(set(media)) for topic, media in tells.items()}
    opened.save(update_fields=["tells"])


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
