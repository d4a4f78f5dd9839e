"""The ladder of tiers by the date from which it holds, and the actions that tiers ask for (§1.7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin
from network.models import Person, Unit
from penalties.choices import Asked, Scope
from penalties.models.points import PointEntry
from rulebook import tiers
from rulebook.roles import Role


class Ladder(models.Model):
    """One version of the tiers, valid from its date to the next one's. Before the first the handbook's own rows hold."""

    valid_from = models.DateField(_("生效日期"), unique=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    append_only = True

    def __str__(self) -> str:
        return f"{self.valid_from:%F}"


class TierRow(models.Model):
    """One tier of a version: low <= points < below."""

    ladder = models.ForeignKey(Ladder, models.PROTECT, related_name="rows")
    clause = models.CharField(_("条款"), max_length=16)
    who = models.CharField(_("岗位"), max_length=30)
    scope = models.CharField(_("计分单位"), max_length=8, choices=Scope.choices)
    low = models.PositiveSmallIntegerField(_("起"))
    below = models.PositiveSmallIntegerField(_("止（不含）"), null=True)
    action = models.CharField(_("措施"), max_length=30)
    workdays = models.PositiveSmallIntegerField(_("完成期限（工作日）"))

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ladder", "clause", "who", "scope"], name="one_tier_of_a_clause_and_scope"),
            models.CheckConstraint(condition=Q(low__gt=0) & (Q(below=None) | Q(below__gt=F("low"))), name="tier_has_a_range"),
            models.CheckConstraint(condition=Q(workdays__gte=1, workdays__lte=60), name="tier_is_due_within_60_workdays"),
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.low}-{self.below}"

    def as_tier(self) -> tiers.Tier:
        scope: tiers.Scope = "area" if self.scope == Scope.AREA else "region"
        return tiers.Tier(self.clause, Role(self.who), scope, self.low, self.below, self.action, self.workdays, self.ladder.valid_from)


class ActionQuerySet(models.QuerySet["TierAction"]):
    def visible_to(self, person: Person) -> ActionQuerySet:
        """Restrict to one's own and those over one's units and everything below them."""
        return self.filter(Q(person=person) | person.scope("unit__path"))

    def locked(self) -> ActionQuerySet:
        return self.select_for_update(of=("self",), no_key=True)

    def standing(self) -> ActionQuerySet:
        return self.exclude(state=Asked.WITHDRAWN)

    def overdue(self, now: datetime) -> ActionQuerySet:
        """Return what is not done and past its last instant in time (§0.2)."""
        return self.filter(state=Asked.ISSUED, due_at__lt=now)


class TierAction(SafeFSMModelMixin, models.Model):
    """
    What a tier, or one complaint (§2.2.3), asks of the person who held the post at that instant.

    `key` is what can be asked once of a person: tier, unit and month; `answers` that person, or the vacant post. The proof is
    a letter, the record of a call, the days of a suspension, or the change of grade or post.
    """

    key = models.CharField(max_length=100)
    answers = models.CharField(max_length=60)  # person/ID or vacant/POST/UNIT
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="tier_actions")
    clause = models.CharField(_("条款"), max_length=16)
    who = models.CharField(_("岗位"), max_length=30)
    scope = models.CharField(_("计分单位"), max_length=8, choices=Scope.choices)
    low = models.PositiveSmallIntegerField(null=True)
    below = models.PositiveSmallIntegerField(null=True)
    action = models.CharField(_("措施"), max_length=30)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="tier_actions")
    month = models.DateField()
    points = models.SmallIntegerField(null=True)  # the sum that reached the tier
    entry = models.ForeignKey(PointEntry, models.PROTECT, null=True, related_name="actions")  # that made the sum
    cause = models.CharField(max_length=60)
    order_number = models.CharField(max_length=20, blank=True)
    state = FSMField(_("状态"), default=Asked.ISSUED, choices=Asked.choices, protected=True)
    issued_at = models.DateTimeField()
    due_at = models.DateTimeField(_("完成期限"))
    text = models.TextField(_("整改内容"), blank=True)
    call_with = models.CharField(_("通话对象"), max_length=60, blank=True)
    called_at = models.DateTimeField(_("通话时间"), null=True)
    call_text = models.CharField(_("说明内容"), max_length=1000, blank=True)
    starts_on = models.DateField(_("停职首日、生效日"), null=True)
    ends_on = models.DateField(_("停职末日"), null=True)
    before = models.CharField(_("原职级或岗位"), max_length=60, blank=True)
    after = models.CharField(_("新职级或岗位"), max_length=60, blank=True)
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    reason = models.CharField(_("撤销原因"), max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField(null=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "answers"], condition=~Q(state="withdrawn"), name="a_tier_once_a_month_person_and_unit"
            ),
            models.CheckConstraint(
                condition=Q(scope="case", points=None) | Q(points__isnull=False, low__isnull=False), name="a_tier_has_its_sum"
            ),
            models.CheckConstraint(condition=~Q(state="done") | Q(done_at__isnull=False), name="what_is_done_says_when"),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="tier_action_by_due"),
            models.Index(fields=["unit", "month"], name="tier_action_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.answers} {self.state}"

    @property
    def subject(self) -> str:
        return f"tier_action/{self.pk}"

    @property
    def row(self) -> tiers.Action:
        return tiers.ACTIONS[self.action]

    @property
    def band(self) -> str:
        """Return the tier's range as people write it: 15–19, ≥ 20."""
        if self.low is None:
            return ""
        return f"≥ {self.low}" if self.below is None else f"{self.low}–{self.below - 1}"

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.last_actor, "at": self.last_at}

    @transition(field=state, source=Asked.ISSUED, target=Asked.DONE)
    def complete(self, *, by: Person, at: datetime, proof: Mapping[str, Any]) -> None:
        """It is done, and this shows it."""
        for name, value in proof.items():
            setattr(self, name, value)
        self.done_by, self.done_at = by, at

    @transition(field=state, source=[Asked.ISSUED, Asked.DONE], target=Asked.WITHDRAWN)
    def withdraw(self, *, reason: str, at: datetime) -> None:
        """The points that carried it were taken back; what was done for it stays on record (§0.8)."""
        self.reason, self.withdrawn_at = reason, at


def ladder_on(on: date) -> list[tiers.Tier]:
    """Return the tiers that hold on a day: the latest version's by then, else the handbook's own."""
    ladder = Ladder.objects.filter(valid_from__lte=on).order_by("-valid_from").prefetch_related("rows__ladder").first()
    if ladder is None:
        return [row for row in tiers.TIERS if row.since <= on]
    return [row.as_tier() for row in sorted(ladder.rows.all(), key=lambda row: (row.clause, row.scope, row.low))]
