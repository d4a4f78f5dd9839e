"""Messages with the four times that prove what reached whom (§1.2.2.n, evidence for §3.6.1)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from complaints.models import Complaint
from core.models import Entry
from core.personal import EncryptedTextField, mask_phone
from customers.models import Conversation, CustomerAccount
from network.models import Person, Unit
from notify.choices import Kind, Medium, NoticeKind, NoticeState
from orders.models import Order
from sla.models import Filing


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, person: Person) -> MessageQuerySet:
        """Restrict to the messages of the units this person stands in or above."""
        return self.filter(person.scope("unit__path"))

    def to(self, unit: Unit) -> MessageQuerySet:
        return self.filter(unit=unit)

    def unsent(self, before: datetime) -> MessageQuerySet:
        return self.filter(sent_at=None, stored_at__lt=before)

    def unseen(self) -> MessageQuerySet:
        return self.filter(seen_at=None)


class Message(models.Model):
    """One message to one unit. Its words are made from kind, clause and order when it is shown, in the reader's language."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="messages", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    order_number = models.CharField(max_length=20, blank=True)
    complaint = models.ForeignKey(Complaint, models.PROTECT, null=True, related_name="+", db_index=False)
    chat = models.ForeignKey(Conversation, models.PROTECT, null=True, related_name="+", db_index=False)
    filing = models.ForeignKey(Filing, models.PROTECT, null=True, related_name="+", db_index=False)
    clause = models.CharField(max_length=16, blank=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    late = models.BooleanField(default=False)
    stored_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)  # a desk of the unit fetched it
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "unit", "kind"], name="one_message_per_fact_and_unit"),
        ]
        indexes = [
            models.Index(fields=["unit", "-id"], condition=Q(seen_at=None), name="message_unseen_by_unit"),
            models.Index(fields=["stored_at"], condition=Q(sent_at=None), name="message_unsent"),
            models.Index(fields=["order_number"], name="message_by_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_number} > {self.unit_id}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, person: Person) -> NoticeQuerySet:
        """Restrict to the notices about orders this person sees; who sees the whole company sees the accounts' too."""
        return self.all() if person.nationwide else self.filter(order_number__in=Order.objects.visible_to(person).values("number"))


class Notice(models.Model):
    """One message to one customer by one medium. Address and words are sealed: they may hold a phone, a code or a link."""

    account = models.ForeignKey(CustomerAccount, models.PROTECT, null=True, related_name="notices")
    order_number = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=12, choices=NoticeKind.choices)
    medium = models.CharField(max_length=8, choices=Medium.choices)
    address = EncryptedTextField()
    address_index = models.CharField(max_length=32)
    subject = models.CharField(max_length=120, blank=True)
    text = EncryptedTextField()
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False)
    state = models.CharField(max_length=8, choices=NoticeState.choices, default=NoticeState.WAITING)
    stored_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # the next try
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "kind", "medium", "address_index"], condition=Q(entry__isnull=False), name="one_notice_per_fact"
            ),
            models.CheckConstraint(condition=Q(state="waiting", due_at__isnull=False) | Q(due_at=None), name="waiting_notice_is_due"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="notice_due"),
            models.Index(fields=["address_index"], name="notice_by_address"),
            models.Index(fields=["order_number"], condition=~Q(order_number=""), name="notice_by_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.medium} {self.stored_at:%F %T}"

    @property
    def masked_address(self) -> str:
        """Return whom it went to, so far as staff need to know."""
        name, at, host = self.address.partition("@")
        return f"{name[:1]}***{at}{host}" if at else mask_phone(self.address)
