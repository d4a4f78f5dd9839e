"""Penalties (处罚) and the appeals against them (§1.7.2, §1.7.4). Nothing is deleted: what was wrong is reversed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, transition

from core.fsm import SafeFSMModelMixin
from core.models import Entry
from network.models import Person, Unit
from penalties.choices import BOOKED, OWED, Purse, State


class PenaltyQuerySet(models.QuerySet["Penalty"]):
    def visible_to(self, person: Person) -> PenaltyQuerySet:
        """Restrict to one's own and, for who oversees units, to those of one's units and everything below them."""
        own = Q(person=person)
        return self.filter(own | person.scope("unit__path") if person.may("see_penalties") else own)

    def of_person(self, person: Person) -> PenaltyQuerySet:
        """Return what this person was fined, also before the post or the unit changed."""
        return self.filter(person=person)

    def locked(self) -> PenaltyQuerySet:
        return self.select_for_update(of=("self",), no_key=True)

    def pending(self) -> PenaltyQuerySet:
        """Restrict to penalties that stand and have no amount yet."""
        return self.filter(amount=None).exclude(state=State.REVERSED)

    def vacant(self) -> PenaltyQuerySet:
        """Restrict to those whose post nobody held: the department has to name who answers."""
        return self.filter(payer__startswith=VACANT).exclude(state=State.REVERSED)


VACANT = "vacant/"


class Penalty(SafeFSMModelMixin, models.Model):
    """
    One fine of one payer for one cause. CNY; without an amount it is "amount pending" (§1.7.2).

    `cause` is the text key of what it follows from, `payer` that of who pays: `person/ID`, `unit/ID` or `vacant/POST/UNIT`.
    """

    clause = models.CharField(_("条款"), max_length=16)
    case = models.CharField(_("情形"), max_length=24)
    cause = models.CharField(max_length=60)
    payer = models.CharField(max_length=60)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="penalties")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="penalties")  # where the payer stood
    order_number = models.CharField(max_length=20, blank=True)
    entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )  # the fact it follows from
    purse = models.CharField(_("扣款来源"), max_length=8, choices=Purse.choices, default=Purse.BONUS)
    credited_to = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)  # §2.2.2
    regulation = models.CharField(_("依据"), max_length=20)
    state = FSMField(_("状态"), default=State.IMPOSED, choices=State.choices, protected=True)
    amount = models.DecimalField(_("金额（元）"), max_digits=12, decimal_places=2, null=True)
    paid = models.DecimalField(_("已扣（元）"), max_digits=12, decimal_places=2, default=Decimal("0.00"))
    text = models.CharField(_("说明"), max_length=500, blank=True)
    at = models.DateTimeField()  # of the breach: whoever held the post then is fined
    imposed_at = models.DateTimeField()
    assessed_at = models.DateTimeField(null=True)
    since = models.DateField()  # first day of the month from which on it stands as it does now
    reversed_at = models.DateTimeField(null=True)
    reason = models.CharField(_("撤销原因"), max_length=300, blank=True)
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField(null=True)

    objects = PenaltyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause", "clause", "payer"], name="one_penalty_per_cause_clause_and_payer"),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gt=0, amount__lt=100_000_000), name="penalty_amount_is_sane"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["assessed", "settled"]) | Q(amount__isnull=False), name="what_is_assessed_has_an_amount"
            ),
            models.CheckConstraint(condition=~Q(cause="") & ~Q(payer=""), name="penalty_has_a_cause_and_a_payer"),
        ]
        indexes = [
            models.Index(fields=["imposed_at"], name="penalty_by_time"),
            models.Index(fields=["payer"], condition=Q(state__in=["assessed", "upheld", "reversed"]), name="penalty_to_settle"),
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.payer} {self.amount} {self.state}"

    @property
    def subject(self) -> str:
        return f"penalty/{self.pk}"

    @property
    def is_vacant(self) -> bool:
        return self.payer.startswith(VACANT)

    @property
    def booked(self) -> Decimal:
        """Return what the ledger has to show as assessed and not reversed."""
        return self.amount if self.amount is not None and self.state in BOOKED else Decimal(0)

    @property
    def outstanding(self) -> Decimal:
        """Return what is still to be taken; negative: to be paid back."""
        return self.booked - self.paid

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.last_actor, "at": self.last_at}

    @transition(
        field=state,
        source=[State.IMPOSED, State.APPEALED, State.UPHELD],
        target=RETURN_VALUE(State.ASSESSED, State.APPEALED, State.UPHELD),
    )
    def assess(self, *, amount: Decimal, at: datetime) -> str:
        """The amount is known; an appeal goes its own way with it."""
        self.amount, self.assessed_at = amount, at
        return State.ASSESSED if self.state == State.IMPOSED else self.state

    @transition(field=state, source=[State.IMPOSED, State.ASSESSED, State.SETTLED], target=State.APPEALED)
    def appeal(self) -> None:
        """The payer objects (§1.7.4): nothing is taken until it is decided."""

    @transition(field=state, source=State.APPEALED, target=RETURN_VALUE(State.UPHELD, State.SETTLED))
    def uphold(self) -> str:
        """The appeal is refused; the fine stands as it was."""
        return State.SETTLED if self.amount is not None and self.paid == self.amount else State.UPHELD

    @transition(field=state, source=list(OWED), target=State.SETTLED)
    def settle(self) -> None:
        """All of it has been taken."""

    @transition(field=state, source=State.SETTLED, target=RETURN_VALUE(*OWED))
    def unsettle(self, *, upheld: bool) -> str:
        """Part of it was given back, because the bonus was corrected: the rest waits again."""
        return State.UPHELD if upheld else State.ASSESSED

    @transition(
        field=state,
        source=[State.IMPOSED, State.ASSESSED, State.APPEALED, State.UPHELD, State.SETTLED],
        target=State.REVERSED,
    )
    def reverse(self, *, reason: str, at: datetime) -> None:
        """It should not have been: also when it has been taken already, which is paid back."""
        self.reason, self.reversed_at = reason[:300], at

    @transition(
        field=state, source=State.REVERSED, target=RETURN_VALUE(State.IMPOSED, State.ASSESSED, State.SETTLED, State.APPEALED)
    )
    def reinstate(self) -> str:
        """Its reversal was wrong: what had excused it is withdrawn. An appeal that waited waits again."""
        self.reason, self.reversed_at = "", None
        if Appeal.objects.filter(penalty=self, granted=None).exists():
            return State.APPEALED
        if self.amount is None or self.is_vacant:
            return State.IMPOSED
        return State.SETTLED if self.paid == self.amount else State.ASSESSED


class Appeal(models.Model):
    """The one objection a payer may raise against a penalty, and what the department decided (§1.7.4)."""

    penalty = models.OneToOneField(Penalty, models.PROTECT, related_name="objection")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    text = models.CharField(_("申诉理由"), max_length=1000)
    at = models.DateTimeField()
    granted = models.BooleanField(_("申诉成立"), null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(_("处理意见"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(granted=None, decided_at=None, decided_by=None)
                | Q(granted__isnull=False, decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision=""),
                name="appeal_is_decided_with_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.penalty_id} {self.granted}"
