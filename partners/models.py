"""Partner platforms, the keys they sign with, and the nonces that were used."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.models import Actor
from core.personal import EncryptedTextField
from customers.models import Customer
from orders.choices import Channel


class Partner(models.Model):
    """A platform that orders through the API; its own order numbers are unique within it."""

    code = models.CharField(_("编号"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    channel = models.CharField(_("渠道"), max_length=12, choices=Channel.choices, default=Channel.PARTNER)
    closed_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    customers = models.ManyToManyField(
        Customer, verbose_name=_("代发客户"), blank=True, related_name="partners",
        help_text=_("为这些客户发货的订单按其合同价计费（§3.3、§3.4.1）"),
    )  # fmt: skip

    is_authenticated = True  # what the API framework asks of whoever signed a request

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """Return whose external numbers an order of this partner carries."""
        return f"partner:{self.pk}"

    @cached_property
    def ships_for(self) -> frozenset[int]:
        """Return the keys of the customers this partner is bound to; asked once for as long as the object is kept."""
        return frozenset(self.customers.values_list("pk", flat=True))

    @property
    def actor(self) -> Actor:
        return Actor("partner", str(self.pk))


class KeyQuerySet(models.QuerySet["PartnerKey"]):
    def valid(self, now: datetime) -> KeyQuerySet:
        """Restrict to keys that sign at this instant: neither expired nor revoked, of a partner still open."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None, partner__closed_at=None)


class PartnerKey(models.Model):
    """A key to sign with. Two may be valid at once, so that a partner changes over without an interruption."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="keys")
    key = models.CharField(_("密钥编号"), max_length=32, unique=True)
    secret = EncryptedTextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = KeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("created_at")), name="key_expires_after_creation"
            )
        ]

    def __str__(self) -> str:
        return self.key


class Nonce(models.Model):
    """A nonce that a request was signed with: the same request is not taken twice while its timestamp is valid."""

    key = models.ForeignKey(PartnerKey, models.CASCADE, related_name="+", db_index=False)
    value = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "value"], name="one_use_of_a_nonce")]

    def __str__(self) -> str:
        return self.value
