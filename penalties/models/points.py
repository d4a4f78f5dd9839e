"""Points for upheld external complaints (§1.6.2), where they are credited, and performance points (§2.2.3). Append-only."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from network.models import Person, Unit


class PointQuerySet(models.QuerySet["PointEntry"]):
    def visible_to(self, person: Person) -> PointQuerySet:
        """Restrict to points of one's units and everything below them, as the organisation stood when they were credited."""
        seen = Unit.objects.filter(person.scope("path"))
        return self.filter(Q(branch__in=seen) | Q(region__in=seen) | Q(area__in=seen) | Q(division__in=seen))

    def of_month(self, month: date) -> PointQuerySet:
        return self.filter(month=month)

    def credited(self) -> PointQuerySet:
        """Restrict to rows that gave points, taken back or not."""
        return self.filter(reverses=None)

    def standing(self) -> PointQuerySet:
        """Restrict to points that have not been taken back."""
        return self.filter(reverses=None, counter=None)

    def total(self) -> int:
        return int(self.aggregate(sum=Sum("points"))["sum"] or 0)

    def by(self, field: str) -> dict[Any, int]:
        """Return the sums by a unit's key or another field."""
        return dict(self.values_list(field).annotate(Sum("points")).order_by(field))


class PointEntry(models.Model):
    """
    Points of one upheld complaint, credited to the branch and to the units above it as they were at that moment.

    `month` is the first day of the local month of adjudication (§1.7.1). Taken back by a row with the points negative and the
    same month, never by a change.
    """

    subject = models.CharField(max_length=40)  # complaint/ID
    round = models.PositiveSmallIntegerField()  # adjudicated anew after reopening: the next round
    order_number = models.CharField(max_length=20, blank=True)
    category = models.CharField(_("投诉类别"), max_length=20, blank=True)
    key_customer = models.BooleanField(default=False)
    code = models.CharField(_("积分项"), max_length=30)
    points = models.SmallIntegerField(_("积分"))
    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    region = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    area = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    division = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # at fault
    month = models.DateField()
    at = models.DateTimeField()
    entry = models.BigIntegerField(null=True)  # the fact it follows from
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="counter")

    append_only = True

    objects = PointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "round"], condition=Q(reverses=None), name="points_once_per_adjudication"),
            models.CheckConstraint(
                condition=Q(reverses=None, points__gt=0) | Q(reverses__isnull=False, points__lt=0),
                name="only_counter_rows_take_points_back",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="points_month_begins_on_the_first"),
        ]
        indexes = [
            models.Index(fields=["month", "region"], name="points_by_region"),
            models.Index(fields=["month", "area"], name="points_by_area"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.code} {self.points}"

    @property
    def cause(self) -> str:
        return f"{self.subject}/{self.round}"


class PointMonth(models.Model):
    """A unit's month, locked while its sum is tested: two adjudications that cross a tier together issue it once (§1.7.1)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    month = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "month"], name="one_month_of_a_unit")]

    def __str__(self) -> str:
        return f"{self.unit} {self.month:%Y-%m}"


class PerformancePoint(models.Model):
    """Points of a manager's performance (绩效分) that an operating violation with a loss costs (§2.2.3). Append-only."""

    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="performance_points")  # None: post vacant
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    cause = models.CharField(max_length=60)
    order_number = models.CharField(max_length=20, blank=True)
    points = models.SmallIntegerField(_("绩效分"))
    month = models.DateField()
    at = models.DateTimeField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="counter")

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause"], condition=Q(reverses=None), name="performance_points_once_per_cause"),
            models.CheckConstraint(
                condition=Q(reverses=None, points__lt=0) | Q(reverses__isnull=False, points__gt=0),
                name="performance_points_are_taken_or_given_back",
            ),
        ]
        indexes = [models.Index(fields=["person", "month"], name="performance_by_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.points}"
