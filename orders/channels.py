"""What a channel says of an order besides its content (§6)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.personal import EncryptedTextField


class Refunder(models.Model):
    """Who takes the goods back if they are refused, 退货接收人; where a channel names nobody, it is the shipper."""

    order = models.OneToOneField("orders.Order", models.PROTECT, related_name="refunder")
    name = models.CharField(_("退货接收人"), max_length=60)
    phone = EncryptedTextField(_("退货接收人电话"))
    place = models.CharField(_("退货地区"), max_length=6)
    address = models.CharField(_("退货地址"), max_length=200)

    def __str__(self) -> str:
        return self.name
