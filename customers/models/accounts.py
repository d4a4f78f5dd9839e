"""The customer's login (§3.4.1), and the customer record it is bound to once the phone they ship under is verified."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.personal import EncryptedTextField
from customers.choices import Erasure
from customers.models.records import Customer
from network.models import Account, Person


class CustomerAccount(models.Model):
    """A login of the hall. Unbound (陌生客户) it may order; contract prices and earlier orders come with the binding."""

    account = models.OneToOneField(Account, models.PROTECT, related_name="customer_account")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="accounts", db_index=False)
    bound_at = models.DateTimeField(_("绑定时间"), null=True, blank=True)
    opened_at = models.DateTimeField(_("注册时间"))
    notice_hash = models.CharField(max_length=64, blank=True)  # the privacy notice agreed to last
    tells = models.JSONField(default=dict)  # topic -> media; a topic that is not named: by mail

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(customer__isnull=False), name="one_account_per_customer"),
            models.CheckConstraint(
                condition=Q(customer=None, bound_at=None) | Q(customer__isnull=False, bound_at__isnull=False),
                name="binding_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.account)


class PhoneProof(models.Model):
    """A code sent to a phone for a login: hashed, held for minutes, ended by use, by too many tries or by the next one."""

    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="proofs")
    phone = EncryptedTextField()
    phone_index = models.CharField(max_length=32)
    code_hash = models.CharField(max_length=32)
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="one_code_at_a_time"),
        ]
        indexes = [models.Index(fields=["phone_index", "asked_at"], name="proof_by_phone")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.asked_at:%F %T}"


class Consent(models.Model):
    """Who agreed to, or was shown with an order, which privacy notice, and when. Never changed."""

    account = models.ForeignKey(CustomerAccount, models.PROTECT, null=True, related_name="consents")
    order_number = models.CharField(max_length=20, blank=True)  # without a login: the order the notice was shown with
    version = models.CharField(max_length=20)
    text_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(account=None) & ~Q(order_number="") | Q(account__isnull=False, order_number=""), name="consent_is_somebodys"
            ),
            models.UniqueConstraint(fields=["order_number"], condition=~Q(order_number=""), name="one_notice_per_order"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id or self.order_number} {self.version}"


class ErasureRequest(models.Model):
    """A customer asks to have their account closed and their personal data erased (个人信息保护法 art. 47); staff decide with reasons."""

    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="erasures")
    state = models.CharField(_("状态"), max_length=10, choices=Erasure.choices, default=Erasure.OPEN)
    reason = models.CharField(_("原因"), max_length=300, blank=True)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    words = models.CharField(_("答复"), max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account"], condition=Q(state="open"), name="one_open_erasure")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.state}"
