"""Contract customers (项目客户, §2): the contract, who tracks for them, and their written special requirements (§2.3)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.records import Customer
from network.models import Person


class KeyCustomerQuerySet(models.QuerySet["KeyCustomer"]):
    def visible_to(self, person: Person) -> KeyCustomerQuerySet:
        """Restrict to the contract customers of the units this person sees."""
        return self.filter(person.scope("customer__branch__path"))

    def in_force(self, day: date) -> KeyCustomerQuerySet:
        """Restrict to contracts valid on a local day, first and last day included, that have not been ended."""
        return self.filter(valid_from__lte=day, valid_to__gte=day, ended_at=None)

    def of_phone(self, index: str) -> KeyCustomerQuerySet:
        """Find by the blind index of the phone the customer ships under; it has to be bound (§3.4.1)."""
        return self.filter(customer__phone_index=index, customer__bound_at__isnull=False)


class KeyCustomer(models.Model):
    """
    A customer with a contract: §2 holds for what they place while it is in force.

    `requirements` are the special requirements as they stand; every version of them is kept as `Requirement`.
    `tracker` is the person who works the daily tracking report (§2.1.5).
    """

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="key_account")
    contract_no = models.CharField(_("合同编号"), max_length=40, unique=True)
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("截止日期"))
    redelivery_fee = models.BooleanField(_("合同约定收取再送费"), default=False)
    tracker = models.ForeignKey(Person, models.PROTECT, related_name="key_customers")
    order_times = models.JSONField(_("固定下单时间"), default=list)  # "HH:MM", Asia/Shanghai (§4.3.2.1)
    mail_times = models.JSONField(_("邮件答复时间"), default=list)  # "HH:MM" (§4.3.1.3)
    requirements = models.TextField(_("特殊要求"), max_length=2000, blank=True)
    version = models.PositiveIntegerField(default=0)
    signed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = KeyCustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="key_contract_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.contract_no}"

    @property
    def subject(self) -> str:
        return f"key_customer/{self.pk}"

    @property
    def name(self) -> str:
        return str(self.customer.name)


class Requirement(models.Model):
    """One version of what a key customer asks for in writing (§2.3); the last one holds. Never changed."""

    key_customer = models.ForeignKey(KeyCustomer, models.PROTECT, related_name="written")
    version = models.PositiveIntegerField()
    text = models.TextField(max_length=2000)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key_customer", "version"], name="one_text_per_requirement_version")
        ]

    def __str__(self) -> str:
        return f"{self.key_customer_id}/{self.version}"


class DayNeed(models.Model):
    """What a key customer said at the order call of a day's volume and vehicles (§4.3.2.1). Never changed; the day's last row holds."""

    key_customer = models.ForeignKey(KeyCustomer, models.PROTECT, related_name="day_needs")
    on = models.DateField(_("日期"))
    pieces = models.PositiveIntegerField(_("件数"))
    volume_m3 = models.DecimalField(_("体积（立方米）"), max_digits=8, decimal_places=3)
    vehicles = models.CharField(_("车辆需求"), max_length=60, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(volume_m3__gte=0, volume_m3__lt=10_000), name="day_need_is_sane")]
        indexes = [models.Index(fields=["key_customer", "on"], name="day_need_by_day")]

    def __str__(self) -> str:
        return f"{self.key_customer_id} {self.on:%F}"
