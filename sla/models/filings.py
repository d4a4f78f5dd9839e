"""备案: why a clock was missed, what the information centre found, how the department decided, with every turn it took."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin, guard
from network.models import Person
from orders.models import Order
from rulebook.excuses import EXCUSES, Excuse
from sla.choices import FILING_DECIDED, FILING_OPEN, FilingReason, FilingState, FilingVerb
from sla.models.clocks import Deadline, Step

UNVERIFIED = tuple(code for code, row in EXCUSES.items() if row.verified)


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, person: Person) -> FilingQuerySet:
        """Restrict to filings about clocks this person's unit holds and orders it has, and everything below it."""
        return self.filter(person.scope("deadline__holder__path") | person.scope("order__branch__path"))

    def locked(self) -> FilingQuerySet:
        return self.select_for_update(of=("self",), no_key=True)

    def to_verify(self) -> FilingQuerySet:
        """Restrict to what waits for the information centre (§3.6.1)."""
        return self.filter(state__in=(FilingState.FILED, FilingState.REOPENED), reason__in=UNVERIFIED)

    def to_decide(self) -> FilingQuerySet:
        """Restrict to what waits for the department: verified, or in no need of it."""
        return self.filter(state__in=FILING_OPEN).exclude(
            state__in=(FilingState.FILED, FilingState.REOPENED), reason__in=UNVERIFIED
        )


@guard("§3.6.1", _("该原因不需要信息管理中心核实，由电子商务管理部直接处理"))
def needs_verification(filing: Filing) -> bool:
    return filing.excuse.verified


@guard("§3.6.1", _("该原因须先由信息管理中心核实属实，才能认可"))
def verified_where_needed(filing: Filing) -> bool:
    return not filing.excuse.verified or filing.confirmed is True


class Filing(SafeFSMModelMixin, models.Model):
    """One filing: about a clock (granted, its breach is excused), or about a waybill made outside (§1.4.3)."""

    deadline = models.ForeignKey(Deadline, models.PROTECT, null=True, related_name="filings")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="filings")  # of a filing that excuses no clock
    reason = models.CharField(_("原因类别"), max_length=20, choices=FilingReason.choices)
    text = models.CharField(_("说明"), max_length=500)
    state = FSMField(_("状态"), max_length=10, choices=FilingState.choices, default=FilingState.FILED, protected=True)
    steps = models.ManyToManyField(Step, related_name="excuses")  # what it excuses while it is granted
    filed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    confirmed = models.BooleanField(null=True)  # by the information centre; None: not looked into (any more)
    verified_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)
    verification = models.CharField(_("核实情况"), max_length=300, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(_("处理意见"), max_length=300, blank=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(deadline__isnull=False, order=None) | Q(deadline=None, order__isnull=False),
                name="filing_is_about_a_clock_or_an_order",
            ),
            models.UniqueConstraint(
                fields=["order", "reason"], condition=Q(order__isnull=False), name="one_filing_per_order_and_reason"
            ),
            models.UniqueConstraint(
                fields=["deadline"], condition=Q(state__in=["filed", "verified", "reopened"]), name="one_open_filing_per_clock"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(decided_at__gte=F("filed_at")), name="filing_decided_after_filed"
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | ~Q(reason__in=UNVERIFIED) | Q(confirmed=True), name="granted_only_if_verified"
            ),
        ]
        indexes = [models.Index(fields=["state", "-filed_at"], name="filing_by_state")]

    def __str__(self) -> str:
        return f"{self.deadline or self.order} {self.state}"

    @property
    def subject(self) -> str:
        return f"filing/{self.pk}"

    @property
    def excuse(self) -> Excuse:
        return EXCUSES[self.reason]

    @property
    def about(self) -> Order | None:
        """Return the order it concerns."""
        return self.deadline.order if self.deadline else self.order

    @property
    def clause(self) -> str:
        """Return the limit it is about; §1.4.3 for a waybill made outside."""
        return self.deadline.clause if self.deadline else self.excuse.clause

    def last_act(self) -> dict[str, Any]:
        last = self.acts.select_related("by").order_by("at", "pk").last()
        return {"winner": last.by.name, "at": last.at} if last else {}

    @transition(
        field=state, source=[FilingState.FILED, FilingState.REOPENED], target=FilingState.VERIFIED, conditions=[needs_verification]
    )
    def verify(self, *, by: Person, at: datetime, confirmed: bool, finding: str) -> None:
        """The information centre has looked into it (§3.6.1): it is so, or it is not."""
        self.confirmed, self.verified_by, self.verified_at, self.verification = confirmed, by, at, finding

    @transition(field=state, source=list(FILING_OPEN), target=FilingState.GRANTED, conditions=[verified_where_needed])
    def grant(self, *, by: Person, at: datetime, decision: str) -> None:
        """The department acknowledges it (§1.4.2); the service excuses the breach."""
        self.decided_by, self.decided_at, self.decision = by, at, decision

    @transition(field=state, source=list(FILING_OPEN), target=FilingState.REFUSED)
    def refuse(self, *, by: Person, at: datetime, decision: str) -> None:
        """The department does not acknowledge it; the breach stands."""
        self.decided_by, self.decided_at, self.decision = by, at, decision

    @transition(field=state, source=list(FILING_DECIDED), target=FilingState.REOPENED)
    def reopen(self) -> None:
        """It is looked into anew, from the verification on; what was found and decided before stays in its acts (§0.8)."""
        self.confirmed = self.verified_by = self.verified_at = self.decided_by = self.decided_at = None
        self.verification = self.decision = ""


class FilingAct(models.Model):
    """One turn of a filing, with its words: append-only, so that what was refused or taken up again stays visible."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=10, choices=FilingVerb.choices)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.CharField(max_length=500, blank=True)

    append_only = True

    def __str__(self) -> str:
        return f"{self.filing_id} {self.verb}"
