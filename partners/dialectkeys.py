"""What a partner signs with where its program speaks a platform's dialect: an account, a key, for some a secret besides."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.personal import EncryptedTextField, blind
from partners.choices import Dialect


class DialectKeyQuerySet(models.QuerySet["DialectKey"]):
    def valid(self, now: datetime) -> DialectKeyQuerySet:
        """Restrict to keys that sign at this instant: neither expired nor revoked, of a partner still open."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None, partner__closed_at=None)

    def named(self, key: str) -> DialectKeyQuerySet:
        """Restrict to rows of this key, where the key itself is what names its owner (Kuaidi100's orders)."""
        return self.filter(key_index=blind(key))


class DialectKey(models.Model):
    """
    Kuaidi100: customer, key, secret; KDNiao: EBusinessID, AppKey; Deppon: companyCode, appkey.

    Two rows of an account may be valid at once, so that a partner changes over without an interruption.
    """

    partner = models.ForeignKey("partners.Partner", models.PROTECT, related_name="dialect_keys")
    dialect = models.CharField(_("接口方言"), max_length=10, choices=Dialect.choices)
    account = models.CharField(_("账号"), max_length=40)
    key = EncryptedTextField()
    key_index = models.CharField(max_length=32)
    secret = EncryptedTextField(blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = DialectKeyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["dialect", "account"], name="dialect_key_by_account")]
        constraints = [
            models.UniqueConstraint(fields=["dialect", "key_index"], name="one_owner_of_a_dialect_key"),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("created_at")), name="dialect_key_expires_after_creation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dialect} {self.account}"
