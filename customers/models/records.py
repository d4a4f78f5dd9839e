"""The customer record: who ships with us, and in which group."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.personal import EncryptedTextField, blind, digits
from customers.choices import Group
from network.models import Person, Unit


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, person: Person) -> CustomerQuerySet:
        """Restrict to the customers of the units this person sees."""
        return self.filter(person.scope("branch__path"))

    def of_phone(self, phone: str) -> CustomerQuerySet:
        """Find by a whole phone number."""
        return self.filter(phone_index=blind(digits(phone)))

    def bound(self) -> CustomerQuerySet:
        """Restrict to records verified by the phone used for shipping: contract prices apply to these only (§3.4.1)."""
        return self.exclude(bound_at=None)


class Customer(models.Model):
    """A customer with the phone they ship under; `branch` looks after them."""

    name = models.CharField(_("客户名称"), max_length=60)
    phone = EncryptedTextField(_("电话"))
    phone_index = models.CharField(max_length=32, unique=True)
    group = models.CharField(_("客户类别"), max_length=20, choices=Group.choices, blank=True)
    branch = models.ForeignKey(Unit, models.PROTECT, related_name="customers")
    bound_at = models.DateTimeField(_("绑定时间"), null=True, blank=True)
    added_at = models.DateTimeField()

    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["name"], name="customer_by_name")]

    def __str__(self) -> str:
        return self.name

    def set_phone(self, phone: str) -> None:
        self.phone, self.phone_index = phone, blind(digits(phone))
