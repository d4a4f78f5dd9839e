"""Lanes that were lost through our own faults (线路流失, §2.2.2): what the lane was worth, and who shares the fault."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin
from customers.models import KeyCustomer
from network.models import Person, Unit
from penalties.choices import Lost


class LostLaneQuerySet(models.QuerySet["LostLane"]):
    def visible_to(self, person: Person) -> LostLaneQuerySet:
        """Restrict to those whose fault, or whose customer, lies in one's units and everything below them."""
        if person.nationwide:
            return self
        shared = LaneShare.objects.filter(person.scope("unit__path")).values("lane")
        return self.filter(Q(pk__in=shared) | person.scope("credited_to__path"))

    def locked(self) -> LostLaneQuerySet:
        return self.select_for_update(of=("self",), no_key=True)


class LostLane(SafeFSMModelMixin, models.Model):
    """One lane of a key customer that was lost on a day. Revenues: CNY of the three calendar months before, the earliest first."""

    key = models.UUIDField(unique=True)  # of the form that entered it
    key_account = models.ForeignKey(KeyCustomer, models.PROTECT, related_name="lost_lanes")
    lane = models.CharField(_("线路"), max_length=60)
    lost_on = models.DateField(_("流失日期"))
    first = models.DecimalField(max_digits=12, decimal_places=2)
    second = models.DecimalField(max_digits=12, decimal_places=2)
    third = models.DecimalField(max_digits=12, decimal_places=2)
    text = models.CharField(_("流失原因"), max_length=500)
    credited_to = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # the customer's own branch then
    state = FSMField(_("状态"), default=Lost.CHARGED, choices=Lost.choices, protected=True)
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.CharField(_("撤回原因"), max_length=300, blank=True)

    objects = LostLaneQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key_account", "lane", "lost_on"], condition=Q(state="charged"), name="a_lane_is_lost_once_a_day"
            ),
            models.CheckConstraint(condition=Q(first__gte=0, second__gte=0, third__gte=0), name="lane_revenue_is_not_negative"),
            models.CheckConstraint(
                condition=Q(state="charged", withdrawn_at=None) | Q(withdrawn_at__isnull=False) & ~Q(reason=""),
                name="lost_lane_is_withdrawn_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["-entered_at"], name="lost_lane_by_time")]

    def __str__(self) -> str:
        return f"{self.lane} {self.lost_on:%F}"

    @property
    def subject(self) -> str:
        return f"lost_lane/{self.pk}"

    @property
    def mean(self) -> Decimal:
        """Return the mean monthly revenue, unrounded."""
        return (self.first + self.second + self.third) / 3

    def last_act(self) -> dict[str, Any]:
        who = self.withdrawn_by or self.entered_by
        return {"winner": who.name, "at": self.withdrawn_at or self.entered_at}

    @transition(field=state, source=Lost.CHARGED, target=Lost.WITHDRAWN)
    def withdraw(self, *, by: Person, at: datetime, reason: str) -> None:
        """It was not our fault after all; the service reverses what it had carried."""
        self.withdrawn_by, self.withdrawn_at, self.reason = by, at, reason


class LaneShare(models.Model):
    """A department's, or a person's, part of the fault in percent. The departments' add up to 100, so do the persons'. Append-only."""

    lane = models.ForeignKey(LostLane, models.PROTECT, related_name="shares")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    percent = models.DecimalField(_("责任比例（%）"), max_digits=5, decimal_places=2)

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, person=None) | Q(unit=None, person__isnull=False), name="a_lane_share_is_of_one"
            ),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="a_lane_share_is_a_part"),
            models.UniqueConstraint(fields=["lane", "unit"], name="one_lane_share_of_a_unit"),
            models.UniqueConstraint(fields=["lane", "person"], name="one_lane_share_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.unit or self.person} {self.percent}"
