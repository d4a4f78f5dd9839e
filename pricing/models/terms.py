"""What changes the public price: contracts of one customer (§3.3), campaigns (§5.1), the fuel share of the week."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin
from customers.models import Customer
from network.models import Person, Unit
from pricing.choices import Audience, Benefit, ContractState
from pricing.models.tariffs import MOST, within
from rulebook.products import PRODUCTS

ENDS_AFTER_START = Q(valid_to__gte=F("valid_from"))


class ContractQuerySet(models.QuerySet["Contract"]):
    def visible_to(self, person: Person) -> ContractQuerySet:
        """Restrict to the contracts of the units this person sees; price management sees all."""
        return self.all() if person.may("manage_prices") else self.filter(person.scope("branch__path"))

    def valid(self, customer: int, day: date, at: datetime) -> ContractQuerySet:
        """Restrict to the contract that prices this customer's goods on a local day."""
        running = Q(ended_at=None) | Q(ended_at__gt=at)
        period = Q(valid_from__lte=day, valid_to__gte=day)
        return self.filter(running, period, customer=customer, customer__bound_at__isnull=False, state=ContractState.APPROVED)


class Contract(SafeFSMModelMixin, models.Model):
    """A contract price: applied for by a branch, approved by price management, for one customer and period (§3.3).

    `share` of the public rates where no rate of its own stands; `minimum` replaces the public one if given.
    """

    code = models.CharField(_("合同编号"), max_length=40, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contracts")
    branch = models.ForeignKey(Unit, models.PROTECT, related_name="contracts")
    state = FSMField(_("状态"), default=ContractState.APPLIED, choices=ContractState.choices, protected=True)
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("截止日期"))
    share = models.DecimalField(_("公布价比例"), max_digits=4, decimal_places=3, default=1)
    minimum = models.DecimalField(_("最低收费（元）"), max_digits=9, decimal_places=2, null=True, blank=True)
    redelivery_fee = models.BooleanField(_("收取再送费"), default=False)
    reason = models.CharField(_("申请理由"), max_length=300)
    applied_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    applied_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(_("审批意见"), max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ENDS_AFTER_START, name="contract_ends_after_start"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="contract_share_is_sane"),
            models.CheckConstraint(condition=Q(minimum=None) | within(minimum=0), name="contract_minimum_is_sane"),
        ]

    def __str__(self) -> str:
        return self.code

    @transition(field=state, source=ContractState.APPLIED, target=ContractState.APPROVED)
    def approve(self, *, by: Person, words: str, at: datetime) -> None:
        self.decided_by, self.decision, self.decided_at = by, words, at

    @transition(field=state, source=ContractState.APPLIED, target=ContractState.REFUSED)
    def refuse(self, *, by: Person, words: str, at: datetime) -> None:
        self.decided_by, self.decision, self.decided_at = by, words, at


class ContractRate(models.Model):
    """A contract's own rates on a lane, by GB/T 2260 prefixes; the longest that fit decide."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="rates")
    product = models.CharField(_("产品"), max_length=20, choices=[(row.code, row.zh) for row in PRODUCTS.values()])
    from_prefix = models.CharField(max_length=9, blank=True)
    to_prefix = models.CharField(max_length=9, blank=True)
    heavy_rate = models.DecimalField(_("重货单价（元/千克）"), max_digits=9, decimal_places=3)
    light_rate = models.DecimalField(_("轻货单价（元/立方米）"), max_digits=9, decimal_places=2)
    minimum = models.DecimalField(_("最低收费（元）"), max_digits=9, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "product", "from_prefix", "to_prefix"], name="one_contract_rate_per_lane"
            ),
            models.CheckConstraint(condition=within(heavy_rate=0, light_rate=0, minimum=0), name="contract_rates_are_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.product} {self.from_prefix}>{self.to_prefix}"


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def running(self, day: date, at: datetime) -> CampaignQuerySet:
        """Restrict to the campaigns of a local day that have not been ended before `at`."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=at), valid_from__lte=day, valid_to__gte=day)


class Campaign(models.Model):
    """A campaign (§5.1): from–to inclusive, one audience, one benefit; never edited, only ended. `key` names it for good."""

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("活动名称"), max_length=60)
    valid_from = models.DateField(_("开始日期"))
    valid_to = models.DateField(_("结束日期"))
    audience = models.CharField(_("对象"), max_length=12, choices=Audience.choices)
    value = models.CharField(_("对象取值"), max_length=30, blank=True)  # group, channel, lane "3301>31"
    product = models.CharField(_("产品"), max_length=20, blank=True)
    benefit = models.CharField(_("优惠"), max_length=8, choices=Benefit.choices)
    amount = models.DecimalField(_("一口价（元）"), max_digits=9, decimal_places=2, default=0)
    share = models.DecimalField(_("运费比例"), max_digits=4, decimal_places=3, default=1)
    gift = models.CharField(_("赠品"), max_length=60, blank=True)
    most_kg = models.DecimalField(_("限重（千克）"), max_digits=9, decimal_places=2, null=True, blank=True)
    most_m3 = models.DecimalField(_("限体积（立方米）"), max_digits=8, decimal_places=3, null=True, blank=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ENDS_AFTER_START, name="campaign_ends_after_start"),
            models.CheckConstraint(
                condition=Q(benefit=Benefit.PACKAGE, amount__gt=0, amount__lt=MOST)
                | Q(benefit=Benefit.PERCENT, share__gt=0, share__lt=Decimal(1))
                | (Q(benefit=Benefit.GIFT) & ~Q(gift="")),
                name="campaign_benefit_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FuelQuerySet(models.QuerySet["FuelRate"]):
    def standing(self) -> FuelQuerySet:
        """Leave out what was withdrawn before it began."""
        return self.filter(withdrawn_at=None)


class FuelRate(models.Model):
    """The fuel charge as a share of the freight, from a day on until the next row begins; withdrawn only before that day."""

    valid_from = models.DateField(_("生效日期"))
    share = models.DecimalField(_("燃油附加比例"), max_digits=5, decimal_places=4)
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = FuelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["valid_from"], condition=Q(withdrawn_at=None), name="one_fuel_share_per_day"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lt=1), name="fuel_share_is_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%F} {self.share}"

    @property
    def percent(self) -> Decimal:
        return (self.share * 100).quantize(Decimal("0.01"))
