"""Checks of contacts and cancel reasons (§1.7.2.3, §1.7.2.4), and missed pickups two in a row (§1.7.2.8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin
from network.models import Person, Unit
from orders.models import Order
from penalties.choices import Checked, CheckKind
from sla.models import Deadline


class CheckQuerySet(models.QuerySet["ContactCheck"]):
    def visible_to(self, person: Person) -> CheckQuerySet:
        """Restrict to checks of one's units and everything below them."""
        return self.filter(person.scope("unit__path"))

    def locked(self) -> CheckQuerySet:
        return self.select_for_update(of=("self",), no_key=True)


class ContactCheck(SafeFSMModelMixin, models.Model):
    """
    A customer's words put a branch's in doubt: that it phoned before it accepted, or why an order was cancelled.

    `doubtful`: found at once, because no reached contact of the branch precedes the acceptance.
    """

    kind = models.CharField(_("核查事项"), max_length=14, choices=CheckKind.choices)
    order = models.ForeignKey(Order, models.PROTECT, related_name="checks")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # that accepted or cancelled
    judged_at = models.DateTimeField()  # when it did: whoever held the posts then answers
    doubtful = models.BooleanField(default=False)
    state = FSMField(_("状态"), default=Checked.OPEN, choices=Checked.choices, protected=True)
    text = models.CharField(_("客户所述"), max_length=300)
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(_("核查结论"), max_length=300, blank=True)
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField(null=True)

    objects = CheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "kind"], condition=Q(state="open"), name="one_open_check_of_a_kind"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | Q(decided_at__isnull=False) & ~Q(decision=""),
                name="a_check_is_decided_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["state", "opened_at"], name="check_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id} {self.state}"

    @property
    def subject(self) -> str:
        return f"contact_check/{self.pk}"

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.last_actor, "at": self.last_at}

    @transition(field=state, source=Checked.OPEN, target=Checked.CLEARED)
    def clear(self, *, by: Person, at: datetime, decision: str) -> None:
        """The branch did as it said."""
        self.decided_by, self.decided_at, self.decision = by, at, decision

    @transition(field=state, source=Checked.OPEN, target=Checked.UPHELD)
    def uphold(self, *, by: Person, at: datetime, decision: str) -> None:
        """It did not: the fine follows."""
        self.decided_by, self.decided_at, self.decision = by, at, decision


class MissedPair(models.Model):
    """Two missed pickups in a row of one branch, at least one with a complaint (§1.7.2.8). Each of them counts once."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    month = models.DateField()
    first = models.ForeignKey(Deadline, models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey(Deadline, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()  # the second's due time: whoever managed the branch then is fined
    found_at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first"], condition=Q(reversed_at=None), name="a_missed_pickup_is_first_once"),
            models.UniqueConstraint(fields=["second"], condition=Q(reversed_at=None), name="a_missed_pickup_is_second_once"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="a_pair_is_of_two_pickups"),
        ]
        indexes = [models.Index(fields=["branch", "month"], name="missed_pair_by_branch")]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.month:%Y-%m}"

    @property
    def cause(self) -> str:
        return f"missed_pair/{self.pk}"
