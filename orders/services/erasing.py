"""An erased person's part of the orders: names, phones and addresses give way to a pseudonym; figures and journal stay (design §6.17)."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from core.personal import blind
from orders.channels import Refunder
from orders.drafts import OrderDraft
from orders.models import Amendment, Order, Version

ROLES = ("shipper", "consignee")


def erase_party(*, index: str, accounts: Collection[int], pseudonym: str) -> list[str]:
    """
    Erase a person's name, phone and address from all orders, within the caller's transaction; return the orders' numbers.

    :param index: the blind index of their verified phone, '' without one
    :param accounts: keys of their logins: the shipper of what these placed is theirs
    """
    OrderDraft.objects.filter(account__in=accounts).delete()
    numbers: list[str] = []
    for role in ROLES:
        for order in _theirs(role, index, accounts):
            Order.objects.filter(pk=order.pk).update(**_nobody(role, pseudonym))
            _erase_history(order, role, pseudonym)
            numbers.append(order.number)
    return numbers


def _theirs(role: str, index: str, accounts: Collection[int]) -> list[Order]:
    found = Order.objects.none()
    if index:
        found = Order.objects.filter(**{f"{role}_phone_index": index})
    if accounts and role == "shipper":
        found = found | Order.objects.filter(placed_by__in=accounts)
    return list(found)


def _nobody(role: str, pseudonym: str) -> dict[str, str]:
    index = blind(pseudonym)
    words = {"name": pseudonym, "phone": "", "phone_index": index, "tail_index": index, "address": ""}
    return {f"{role}_{part}": value for part, value in words.items()}


def _erase_history(order: Order, role: str, pseudonym: str) -> None:
    """Erase the party from the versions of an order and from the changes of its waybill, which are kept to be read."""
    nobody = {f"{role}.name": pseudonym, f"{role}.phone": "", f"{role}.address": ""}
    for version in Version.objects.filter(order=order):
        version.content = json.dumps({**json.loads(version.content), **nobody}, ensure_ascii=False)
        version.save(update_fields=["content"])
    if role == "shipper":
        Refunder.objects.filter(order=order).update(name=pseudonym, phone="", address="")
    for change in Amendment.objects.filter(waybill__order=order):
        said: dict[str, Any] = json.loads(change.content)
        change.content = json.dumps({key: [nobody[key]] * 2 if key in nobody else value for key, value in said.items()}, ensure_ascii=False)
        change.save(update_fields=["content"])
