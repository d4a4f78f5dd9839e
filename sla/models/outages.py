"""An outage: a fault that struck branches for a time (§3.6.1); every clock it touched is filed, verified and decided in one act."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from network.models import Person, Unit
from sla.choices import FilingReason, FilingVerb, OutageActState
from sla.models.clocks import Deadline
from sla.models.filings import Filing


class OutageQuerySet(models.QuerySet["Outage"]):
    def visible_to(self, person: Person) -> OutageQuerySet:
        """Restrict to outages that struck something of this person's unit or below it."""
        return self.filter(pk__in=OutageRow.objects.filter(person.scope("deadline__holder__path")).values("outage"))


class Outage(models.Model):
    """What struck whom, from when till when, both instants included."""

    reason = models.CharField(_("原因类别"), max_length=20, choices=FilingReason.choices)
    text = models.CharField(_("说明"), max_length=500)
    since = models.DateTimeField(_("开始"))
    until = models.DateTimeField(_("结束"))
    units = models.ManyToManyField(Unit, related_name="outages")
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    objects = OutageQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until__gte=F("since")), name="outage_ends_after_it_began")]

    def __str__(self) -> str:
        return f"{self.reason} {self.since:%F %R}"


class OutageAct(models.Model):
    """One act on all clocks of an outage, carried out row by row; a worker that dies leaves the rest to the next one."""

    outage = models.ForeignKey(Outage, models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=10, choices=FilingVerb.choices)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=OutageActState.choices, default=OutageActState.RUNNING)
    total = models.PositiveIntegerField()
    handled = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    last_row = models.BigIntegerField(default=0)
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outage"], condition=Q(state="running"), name="one_running_act_per_outage"),
            models.CheckConstraint(condition=Q(handled__lte=F("total"), failed__lte=F("handled")), name="act_counts_are_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.outage_id} {self.verb} {self.handled}/{self.total}"


class OutageRow(models.Model):
    """One clock that an outage touched: its filing once there is one, and what the last act came to where it failed."""

    outage = models.ForeignKey(Outage, models.PROTECT, related_name="rows")
    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="+")
    filing = models.OneToOneField(Filing, models.PROTECT, null=True, related_name="outage_row")
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outage", "deadline"], name="one_row_per_outage_and_clock")]

    def __str__(self) -> str:
        return f"{self.outage_id} {self.deadline_id}"
