"""Customer records: taken down once, bound once the phone is verified (§3.4.1)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer
from network.models import Unit
from rulebook.errors import Refused


@transaction.atomic
def add(*, name: str, phone: str, branch: Unit, now: datetime, group: str = "", verified: bool = False) -> Customer:
    """
    Take down a customer; `verified`: the phone they ship under has been checked, contract prices apply (§3.4.1).

    :raises Refused: the phone belongs to another record
    """
    if Customer.objects.of_phone(phone).exists():
        raise Refused("§3.4.1", _("该电话已有客户档案，请直接选用。"), field="phone")
    customer = Customer(name=name, branch=branch, group=group, bound_at=now if verified else None, added_at=now)
    customer.set_phone(phone)
    customer.save(force_insert=True)
    return customer
