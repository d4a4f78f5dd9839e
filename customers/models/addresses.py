"""The address book of a customer's login: who it ships from and to, picked in the order form (§3.4.3)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.personal import PHONE_TAIL, EncryptedTextField, blind, digits
from customers.models.accounts import CustomerAccount

SHORTEST_PHONE = 7


class AddressQuerySet(models.QuerySet["Address"]):
    def of(self, account: CustomerAccount) -> AddressQuerySet:
        """Restrict to a login's own book: nobody else sees it."""
        return self.filter(account=account)

    def search(self, text: str) -> AddressQuerySet:
        """Find by a part of name, address or group, by a whole phone number or its last four digits."""
        plain = digits(text)
        found = Q(name__icontains=text) | Q(address__icontains=text) | Q(group__icontains=text)
        if len(plain) == PHONE_TAIL:
            found |= Q(tail_index=blind(plain))
        elif len(plain) >= SHORTEST_PHONE:
            found |= Q(phone_index=blind(plain))
        return self.filter(found)


class Address(models.Model):
    """One entry; the default one is where the login ships from."""

    account = models.ForeignKey(CustomerAccount, models.CASCADE, related_name="addresses", db_index=False)
    name = models.CharField(_("姓名或单位"), max_length=60)
    phone = EncryptedTextField(_("电话"))
    phone_index = models.CharField(max_length=32)
    tail_index = models.CharField(max_length=32)
    place = models.CharField(_("地区"), max_length=6)
    address = models.CharField(_("详细地址"), max_length=200)
    group = models.CharField(_("分组"), max_length=20, blank=True)
    default = models.BooleanField(_("默认发货地址"), default=False)
    added_at = models.DateTimeField()

    objects = AddressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name", "phone_index", "place", "address"], name="one_entry_per_address"),
            models.UniqueConstraint(fields=["account"], condition=Q(default=True), name="one_default_address"),
        ]

    def __str__(self) -> str:
        return self.name

    def set_phone(self, phone: str) -> None:
        self.phone = phone
        self.phone_index, self.tail_index = blind(digits(phone)), blind(digits(phone)[-PHONE_TAIL:])
