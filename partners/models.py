"""Partner platforms, the keys they sign with, the nonces that were used, and what is pushed to them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.models import Actor, Entry
from core.personal import EncryptedTextField
from customers.models import Customer
from network.models import Unit
from orders.choices import Channel
from partners.choices import State
from partners.dialectkeys import DialectKey
from partners.inbox import InboxMessage

__all__ = ["DialectKey", "InboxMessage", "KeyQuerySet", "Nonce", "Partner", "PartnerKey", "Push", "PushQuerySet", "Subscription"]


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
    dialect = models.CharField(_("推送格式"), max_length=20, default="native")
    callback_url = models.CharField(_("回调地址"), max_length=300, blank=True)
    callback_hosts = models.JSONField(_("允许的回调主机"), default=list, blank=True)
    per_minute = models.PositiveIntegerField(_("每分钟请求上限"), null=True, blank=True)
    sandbox = models.BooleanField(_("沙箱"), default=False)

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


class Subscription(models.Model):
    """What a partner asked to be told of one order besides, or instead of, its own callback address: a dialect's call."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="subscriptions", db_index=False)
    order_number = models.CharField(max_length=20)
    dialect = models.CharField(max_length=20, default="native")
    url = models.CharField(max_length=300)
    secret = EncryptedTextField(blank=True)
    data = models.JSONField(default=dict)  # the dialect's own, e.g. its task number
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "order_number", "url"], name="one_subscription_of_an_order_and_address")
        ]
        indexes = [models.Index(fields=["order_number"], condition=Q(ended_at=None), name="subscription_live")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.order_number}"


class Trial(models.Model):
    """An order of a sandbox partner: its content, and what has happened to it. It is no order, and enters no queue, clock or book."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="trials", db_index=False)
    number = models.CharField(max_length=20, unique=True)
    external_no = models.CharField(max_length=64)
    branch = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    content = EncryptedTextField()  # JSON of the draft
    first_content = EncryptedTextField()  # as it was placed, for telling a repeat
    version = models.PositiveIntegerField(default=1)
    facts = models.JSONField(default=list)  # name, at, data; oldest first
    placed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "external_no"], name="one_trial_of_a_number")]
        indexes = [models.Index(fields=["partner", "-placed_at"], name="trial_by_partner")]

    def __str__(self) -> str:
        return self.number


class PushQuerySet(models.QuerySet["Push"]):
    def waiting(self) -> PushQuerySet:
        return self.filter(state=State.WAITING)

    def due(self, now: datetime) -> PushQuerySet:
        """Restrict to what may be sent now: its time has come, and nothing of its stream is in a sender's hands or waits before it."""
        of_stream = Push.objects.waiting().filter(stream=OuterRef("stream"))
        before = of_stream.filter(Q(seq__lt=OuterRef("seq")) | Q(leased_until__gt=now))
        return self.waiting().filter(~Exists(before), due_at__lte=now)


class Push(models.Model):
    """
    One fact to be told to one receiver, stored along with the fact (design §6.14); put into the words of the receiver's dialect
    when it is sent (`partners.renderers`). Its key tells the receiver a repeat: what is sent again carries it again.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="pushes", db_index=False)
    subscription = models.ForeignKey(Subscription, models.PROTECT, null=True, related_name="pushes", db_index=False)
    order_number = models.CharField(max_length=20)
    stream = models.CharField(max_length=60)  # one receiver and one order: told in the order of `seq`, one after the other
    seq = models.PositiveIntegerField()  # of the fact within its order
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False)
    trial = models.ForeignKey(Trial, models.PROTECT, null=True, related_name="pushes", db_index=False)  # instead, in the sandbox
    name = models.CharField(max_length=40)  # of the fact
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    stored_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)  # of the last answer; None: there was none
    answer = models.CharField(max_length=300, blank=True)  # how it began, or why there was none

    objects = PushQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="one_push_of_a_fact")]
        indexes = [
            models.Index(fields=["partner", "due_at"], condition=Q(state=State.WAITING), name="push_due"),
            models.Index(fields=["stream", "seq"], condition=Q(state=State.WAITING), name="push_waiting_of_stream"),
            models.Index(fields=["partner", "-id"], name="push_by_partner"),
            models.Index(fields=["state", "-id"], name="push_by_state"),
            models.Index(fields=["order_number"], name="push_by_order"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.seq}"

    @property
    def dialect(self) -> str:
        """Return the words it is told in: those it was asked for in, else its partner's."""
        return self.subscription.dialect if self.subscription else self.partner.dialect


class Call(models.Model):
    """A request of a partner and how it was answered, for its engineers; without bodies, queries or addresses."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="calls", db_index=False)
    key = models.CharField(max_length=32)
    at = models.DateTimeField(db_index=True)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    milliseconds = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["partner", "-id"], name="call_by_partner")]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"
