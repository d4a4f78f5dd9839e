"""How customers find us: the monthly call (§4.3.2.9), the satisfaction survey (§4.2.8), the telephone's figures (§4.3.1.2)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.choices import CallResult
from customers.models.records import Customer
from network.models import Person, Unit
from rulebook.standards import ANSWERED_SHARE, BEST, share


class CustomerCallQuerySet(models.QuerySet["CustomerCall"]):
    def visible_to(self, person: Person) -> CustomerCallQuerySet:
        return self.filter(person.scope("customer__branch__path"))

    def between(self, start: datetime, end: datetime) -> CustomerCallQuerySet:
        """Restrict to calls from an instant (inclusive) to an instant (exclusive)."""
        return self.filter(at__gte=start, at__lt=end)


class CustomerCall(models.Model):
    """回访: one call to a customer; every customer is called once a month and the result is kept (§4.3.2.9)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="calls")
    result = models.CharField(_("结果"), max_length=12, choices=CallResult.choices)
    text = models.CharField(_("回访内容"), max_length=500)
    satisfaction = models.PositiveSmallIntegerField(_("满意度"), null=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CustomerCallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(satisfaction=None) | Q(satisfaction__gte=1, satisfaction__lte=BEST),
                name="call_satisfaction_in_range",
            ),
        ]
        indexes = [models.Index(fields=["customer", "at"], name="customer_call_by_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.at:%F}"


class SurveyAnswerQuerySet(models.QuerySet["SurveyAnswer"]):
    def visible_to(self, person: Person) -> SurveyAnswerQuerySet:
        return self.filter(person.scope("branch__path"))


class SurveyAnswer(models.Model):
    """满意度调查: what a customer thinks of one order, once; `scores` by the codes of `rulebook.standards.QUESTIONS`, 1 to 5."""

    order_number = models.CharField(_("订单号"), max_length=20, unique=True)
    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    scores = models.JSONField()
    text = models.CharField(_("意见"), max_length=500, blank=True)
    at = models.DateTimeField()

    objects = SurveyAnswerQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["branch", "at"], name="survey_by_branch")]

    def __str__(self) -> str:
        return f"{self.order_number} {self.scores}"


class PhoneDayQuerySet(models.QuerySet["PhoneDay"]):
    def visible_to(self, person: Person) -> PhoneDayQuerySet:
        return self.filter(person.scope("unit__path"))

    def of_month(self, first: date, after: date) -> PhoneDayQuerySet:
        """Restrict to the days from the first (inclusive) to the day after the last."""
        return self.filter(on__gte=first, on__lt=after)


class PhoneDay(models.Model):
    """
    What the telephone exchange counted for a unit on a day (§4.3.1.2): calls that came, were answered, were answered within two
    rings, were answered within 10 seconds or told every 10 to wait.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    on = models.DateField(_("日期"))
    offered = models.PositiveIntegerField(_("来电"))
    answered = models.PositiveIntegerField(_("接听"))
    in_two_rings = models.PositiveIntegerField(_("两声内接听"))
    waited_well = models.PositiveIntegerField(_("10 秒内接听或已提示等待"))
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = PhoneDayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "on"], name="one_phone_day_per_unit"),
            models.CheckConstraint(
                condition=Q(
                    answered__lte=F("offered"), in_two_rings__lte=F("answered"), waited_well__lte=F("answered")
                ),
                name="phone_day_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.on:%F}"

    @property
    def answered_share(self) -> Decimal | None:
        return share(self.answered, self.offered)

    @property
    def held(self) -> bool:
        """Tell whether the answered share was reached, inclusive (§0.2)."""
        return self.answered_share is None or self.answered_share >= ANSWERED_SHARE
