"""Messages that change an order, as partners sent them: each takes effect once, and one that is early waits for its order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.personal import EncryptedTextField
from partners.choices import Dialect, InboxState, Verb


class InboxMessage(models.Model):
    """
    One row a message, by what its signature covers, in the transaction of its effect.

    `content` is kept only while the message waits: it names people.
    """

    partner = models.ForeignKey("partners.Partner", models.PROTECT, related_name="+", db_index=False)
    event = models.CharField(max_length=64)
    dialect = models.CharField(_("接口方言"), max_length=10, choices=Dialect.choices)
    verb = models.CharField(_("动作"), max_length=10, choices=Verb.choices)
    external_no = models.CharField(_("渠道单号"), max_length=64)
    sent_at = models.DateTimeField(null=True)  # the sender's own time, where the dialect has one
    received_at = models.DateTimeField()
    state = models.CharField(_("状态"), max_length=10, choices=InboxState.choices)
    words = models.CharField(_("说明"), max_length=300, blank=True)
    fields = models.JSONField(default=list)  # the names of what an edit changed
    content = EncryptedTextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "event"], name="one_effect_of_a_message")]
        indexes = [
            models.Index(fields=["partner", "external_no"], name="inbox_by_order"),
            models.Index(fields=["received_at"], condition=Q(state="parked"), name="inbox_parked"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.external_no}"
