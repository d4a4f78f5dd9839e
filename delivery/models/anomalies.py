"""Anomalies (异常, §2.1.1.3, §4.3.2.5): found, reported, answered by the time promised, solved, closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin, guard
from delivery.choices import Anomalous, Origin
from delivery.models.shipments import Shipment
from network.models import Person, Unit


class AnomalyQuerySet(models.QuerySet["Anomaly"]):
    def visible_to(self, person: Person) -> AnomalyQuerySet:
        """Restrict to what this person's units sent, deliver, found or have been given."""
        return self.filter(
            person.scope("shipment__order__branch__path")
            | person.scope("shipment__terminal__path")
            | person.scope("unit__path")
            | person.scope("escalated_to__path")
        )

    def locked(self) -> AnomalyQuerySet:
        return self.select_for_update(of=("self",), no_key=True)

    def live(self) -> AnomalyQuerySet:
        return self.exclude(state=Anomalous.CLOSED)


@guard("§4.3.2.5", _("尚未答复客户，不能关闭：请先登记答复"))
def customer_is_answered(anomaly: Anomaly) -> bool:
    return anomaly.answered_at is not None


@guard("§2.1.1.3", _("项目客户的异常须先上报大客户运作保障部"))
def is_reported(anomaly: Anomaly) -> bool:
    return not anomaly.shipment.key_customer or anomaly.reported_at is not None


class Anomaly(SafeFSMModelMixin, models.Model):
    """
    Something is wrong with goods on their way. `unit` answers for it, `owner` is the person who sees to it.

    `promised_at` is the reply time promised to the customer; it runs however far up the matter has been taken.
    """

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="anomalies")
    state = FSMField(_("状态"), default=Anomalous.OPEN, choices=Anomalous.choices, protected=True)
    kind = models.CharField(_("异常类别"), max_length=20)
    findings = models.JSONField(default=list)  # all that the check found, coded (§2.1.3.1)
    origin = models.CharField(_("来源"), max_length=10, choices=Origin.choices)
    text = models.CharField(_("异常情况"), max_length=300, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="anomalies")
    found_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    found_at = models.DateTimeField()
    reported_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reported_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(_("承诺答复时间"), null=True)
    answer = models.CharField(_("答复"), max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)
    explanation = models.CharField(_("解释"), max_length=300, blank=True)
    apologised = models.BooleanField(_("已致歉"), default=False)
    explained_at = models.DateTimeField(null=True)
    settlement = models.CharField(_("与发货人协商结果"), max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    escalated_at = models.DateTimeField(null=True)
    solution = models.CharField(_("处理结果"), max_length=300, blank=True)
    solved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField(null=True)

    objects = AnomalyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(explained_at__isnull=False), name="settled_after_it_was_explained"
            )
        ]
        indexes = [
            models.Index(fields=["state", "found_at"], name="anomaly_by_state"),
            models.Index(fields=["unit", "state"], name="anomaly_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.kind}"

    @property
    def subject(self) -> str:
        return f"anomaly/{self.pk}"

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.last_actor, "at": self.last_at}

    @transition(field=state, source=Anomalous.OPEN, target=Anomalous.SOLVED)
    def solve(self, *, text: str, at: datetime) -> None:
        """The cause is seen to; the customer may have yet to be answered."""
        self.solution, self.solved_at = text, at

    @transition(
        field=state, source=Anomalous.SOLVED, target=Anomalous.CLOSED, conditions=[is_reported, customer_is_answered]
    )
    def close(self, *, at: datetime) -> None:
        self.closed_at = at

    @transition(field=state, source=[Anomalous.OPEN, Anomalous.SOLVED], target=Anomalous.CLOSED)
    def withdraw(self, *, text: str, at: datetime) -> None:
        """It was opened by mistake: nobody is owed a report or a reply."""
        self.solution, self.closed_at = text, at

    @transition(field=state, source=[Anomalous.SOLVED, Anomalous.CLOSED], target=Anomalous.OPEN)
    def reopen(self) -> None:
        """It is not in order after all: another reply is owed. What was said before stays in the journal."""
        self.solution, self.answer = "", ""
        self.solved_at = self.closed_at = self.answered_at = self.promised_at = None
        self.reopened += 1
