"""Order forms half filled that a customer's login keeps on the server (§3.4.3)."""

from __future__ import annotations

from django.db import models

from core.personal import EncryptedTextField
from customers.models import CustomerAccount


class OrderDraft(models.Model):
    """`content` is what was typed (JSON, encrypted: it holds phones and addresses)."""

    account = models.ForeignKey(CustomerAccount, models.CASCADE, related_name="drafts", db_index=False)
    content = EncryptedTextField()
    kept_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "kept_at"], name="draft_by_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kept_at:%F %T}"
