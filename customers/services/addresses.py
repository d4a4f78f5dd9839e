"""The verbs of the address book. The book is the customer's own note, not a fact of the process: the journal holds none of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.personal import blind, digits
from customers.models import Address, CustomerAccount
from rulebook.errors import Refused

CLAUSE = "§3.4.3"
MOST = 5000
CONTENT = ("name", "phone", "phone_index", "tail_index", "place", "address", "group")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What an entry says; `place` is a six-digit GB/T 2260 code."""

    name: str
    phone: str
    place: str
    address: str
    group: str = ""


@transaction.atomic
def keep(account: CustomerAccount, contact: Contact, *, default: bool = False, now: datetime) -> tuple[Address, bool]:
    """
    Put an entry into the book; one that says the same is there once only, its group then follows. Return it and whether it is new.

    :raises Refused: the book is full
    """
    _lock(account)
    same = _same(account, contact)
    entry = same or Address(account=account, added_at=now)
    if same is None and Address.objects.of(account).count() >= MOST:
        raise Refused(CLAUSE, _("地址簿最多 %d 条，请先删除不用的。") % MOST)
    if same is None or contact.group:
        _write(entry, contact)
    entry.save()
    if default:
        _make_default(entry)
    return entry, same is None


@transaction.atomic
def change(entry: Address, contact: Contact, *, default: bool) -> Address:
    """
    Write an entry anew.

    :raises Refused: another entry says just that
    """
    _lock(entry.account)
    same = _same(entry.account, contact)
    if same and same.pk != entry.pk:
        raise Refused(CLAUSE, _("地址簿里已有相同的一条。"), field="name")
    _write(entry, contact)
    entry.save(update_fields=CONTENT)
    if default:
        _make_default(entry)
    elif entry.default:
        entry.default = False
        entry.save(update_fields=["default"])
    return entry


@transaction.atomic
def make_default(entry: Address) -> None:
    """Ship from here unless another address is chosen; there is one such entry in a book."""
    _lock(entry.account)
    _make_default(entry)


@transaction.atomic
def keep_all(account: CustomerAccount, contacts: Sequence[Contact], *, now: datetime) -> int:
    """
    Put entries from a table into the book, all or none; return how many were new.

    :raises Refused: the book would be too full
    """
    return sum(keep(account, contact, now=now)[1] for contact in contacts)


def _lock(account: CustomerAccount) -> None:
    """Let the changes of one book follow each other."""
    CustomerAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)


def _same(account: CustomerAccount, contact: Contact) -> Address | None:
    said = {"name": contact.name, "place": contact.place, "address": contact.address}
    return Address.objects.of(account).filter(phone_index=blind(digits(contact.phone)), **said).first()


def _write(entry: Address, contact: Contact) -> None:
    entry.name, entry.place, entry.address, entry.group = contact.name, contact.place, contact.address, contact.group
    entry.set_phone(contact.phone)


def _make_default(entry: Address) -> None:
    Address.objects.of(entry.account).filter(default=True).exclude(pk=entry.pk).update(default=False)
    entry.default = True
    entry.save(update_fields=["default"])
