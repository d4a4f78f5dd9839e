"""What is kept of a complaint's course: words, decisions, amends. Append-only, also at the database."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.choices import Ground, RedressKind, Told
from complaints.models.complaints import Complaint
from core.models import Entry
from network.models import Person, Unit
from orders.models import Amendment


class Saying(models.Model):
    """Words that belong to a fact of a complaint: notes, answers, proposals, reasons. Who and when: its journal entry."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="sayings")
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+", db_constraint=False)
    name = models.CharField(max_length=40)  # of the fact
    round = models.PositiveSmallIntegerField()
    text = models.CharField(_("内容"), max_length=1000)
    at = models.DateTimeField()

    append_only = True

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Duty:
    """What is owed to the customer, by which clause."""

    kind: RedressKind
    clause: str


class Ruling(models.Model):
    """
    The decision of one round (裁定, §1.6.2): one, whoever is first.

    Upheld, it names the unit at fault and may name the person; an external one scores within the range of its item. `findings`:
    codes of `rulebook.findings` with the values they need, as the journal has them.
    """

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="rulings")
    round = models.PositiveSmallIntegerField()
    upheld = models.BooleanField(_("成立"))
    branch = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="rulings")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    category = models.CharField(max_length=20)  # as decided on
    point_code = models.CharField(_("积分项目"), max_length=30, blank=True)
    points = models.PositiveSmallIntegerField(_("积分"), default=0)
    findings = models.JSONField(default=dict)
    serious = models.BooleanField(default=False)
    ground = models.CharField(max_length=12, choices=Ground.choices, blank=True)
    reason = models.CharField(_("裁定理由"), max_length=500)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["complaint", "round"], name="one_ruling_per_round"),
            models.CheckConstraint(condition=Q(upheld=True) | Q(point_code="", points=0), name="only_upheld_ones_score"),
            models.CheckConstraint(condition=Q(upheld=False) | Q(branch__isnull=False), name="an_upheld_one_names_a_unit"),
            models.CheckConstraint(condition=Q(point_code="") | Q(points__gt=0), name="an_item_has_points"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}/{self.round}"

    def duties(self) -> list[Duty]:
        """Return what follows for the customer (§4.4.1 to §4.4.5, §2.2.1); internal complaints have no customer."""
        complaint = self.complaint
        if complaint.internal:
            return []
        rude, key = self.category == "attitude", complaint.key_customer
        rows = (
            (rude, RedressKind.APOLOGY, "§4.4.1"),
            (rude and self.serious, RedressKind.VISIT, "§4.4.1"),
            (rude and key, RedressKind.VISIT, "§2.2.1"),
            (rude and key, RedressKind.REPORT, "§2.2.1"),
            (rude and key, RedressKind.CALLBACK, "§2.2.1"),
            (self.category == "overcharge", RedressKind.FEE, "§4.4.2"),
            (self.category == "overcharge", RedressKind.APOLOGY, "§4.4.2"),
            (self.point_code == "broken_promise", RedressKind.PROMISE, "§4.4.3"),
            (self.point_code == "broken_promise", RedressKind.APOLOGY, "§4.4.3"),
            ("untrue_information" in self.findings, RedressKind.CAUSE, "§4.4.5"),
        )
        duties = [Duty(kind, clause) for holds, kind, clause in rows if holds]
        return list({duty.kind: duty for duty in reversed(duties)}.values())[::-1]


class Redress(models.Model):
    """What was done to make good: who did it when, by which means; a corrected fee names its amendment (§4.4.2)."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="redresses")
    round = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=RedressKind.choices)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")  # who apologised, visited, called
    means = models.CharField(_("方式"), max_length=10, choices=Told.choices, blank=True)
    amendment = models.ForeignKey(Amendment, models.PROTECT, null=True, related_name="+")
    text = models.CharField(_("情况"), max_length=500)
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["complaint", "round", "kind"], name="one_redress_of_a_kind_per_round")]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind}"
