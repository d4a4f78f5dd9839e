"""Coupons (优惠券): money off the next shipment, given with an apology (§4.5), spent on one order."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from network.models import Person

if TYPE_CHECKING:
    from orders.models import Order


class CouponQuerySet(models.QuerySet["Coupon"]):
    def locked(self) -> CouponQuerySet:
        return self.select_for_update(of=("self",), no_key=True)


class Coupon(models.Model):
    """What it takes off a bill (CNY), until which day, and for whom: the phone it was given to, or the customer's record."""

    code = models.CharField(_("优惠券号"), max_length=12, unique=True)
    amount = models.DecimalField(_("金额"), max_digits=8, decimal_places=2)
    valid_until = models.DateField(_("有效期至"))
    phone_index = models.CharField(max_length=32)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="coupons")
    apology = models.CharField(_("致歉"), max_length=300)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    objects = CouponQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="coupon_takes_something_off")]

    def __str__(self) -> str:
        return self.code

    @property
    def used_on(self) -> Order | None:
        """Return the order it is spent on; None while it can be used."""
        return getattr(self, "order", None)

    def expired(self, day: date) -> bool:
        """Tell whether its last day is over; that day itself still counts (§0.3)."""
        return day > self.valid_until
