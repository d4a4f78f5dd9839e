"""What a watch list holds: one finding a day and subject, to be cleared or upheld by the department (§1.4.3f, §1.2.2.c)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin
from network.models import Person, Unit
from penalties.choices import Watched
from rulebook.watches import WATCHES, Watch


class WatchQuerySet(models.QuerySet["WatchItem"]):
    def visible_to(self, person: Person) -> WatchQuerySet:
        """Restrict to findings about one's units and everything below them."""
        return self.filter(person.scope("unit__path"))

    def locked(self) -> WatchQuerySet:
        return self.select_for_update(of=("self",), no_key=True)

    def of_group(self, group: str) -> WatchQuerySet:
        return self.filter(kind__in=[code for code, row in WATCHES.items() if row.group == group])


class WatchItem(SafeFSMModelMixin, models.Model):
    """
    One finding. `subject`: `account/ID`, `customer/ID`, `order/ID` or `missed_pair/ID`; `person`: the billing clerk, or who answered.

    `data` holds what was counted: numbers of orders and shippers, the orders, the branches, the billing clerks, by key.
    """

    kind = models.CharField(max_length=20, choices=[(row.code, row.zh) for row in WATCHES.values()])
    day = models.DateField(_("日期"))
    subject = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    order_number = models.CharField(max_length=20, blank=True)
    data = models.JSONField(default=dict)
    listed_at = models.DateTimeField()
    state = FSMField(_("状态"), max_length=10, default=Watched.OPEN, choices=Watched.choices, protected=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("处理理由"), max_length=300, blank=True)
    culprit = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # whom the penalty names

    objects = WatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "day", "subject"], name="one_watch_item_per_kind_day_and_subject"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | Q(decided_at__isnull=False) & ~Q(reason="") & ~Q(state="open"),
                name="watch_item_is_decided_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="upheld") | Q(culprit__isnull=False) | Q(kind="missed_pickups"), name="upheld_watch_item_names_a_person"
            ),
        ]
        indexes = [models.Index(fields=["state", "-day"], name="watch_item_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.day:%F} {self.subject} {self.state}"

    @property
    def row(self) -> Watch:
        return WATCHES[self.kind]

    @property
    def cause(self) -> str:
        """Return the key of what follows when it is upheld: a pair's own, so that it is fined once whoever finds it."""
        return self.subject if self.kind == "missed_pickups" else f"watch/{self.pk}"

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.decided_by.name if self.decided_by else "", "at": self.decided_at}

    @transition(field=state, source=Watched.OPEN, target=Watched.CLEARED)
    def clear(self, *, by: Person, at: datetime, reason: str) -> None:
        """There is an explanation; nothing follows."""
        self.decided_by, self.decided_at, self.reason = by, at, reason

    @transition(field=state, source=Watched.OPEN, target=Watched.CLEARED)
    def lapse(self, *, at: datetime, reason: str) -> None:
        """What was found is no longer so: a breach was corrected or excused, a complaint dismissed."""
        self.decided_at, self.reason = at, reason

    @transition(field=state, source=Watched.OPEN, target=Watched.UPHELD)
    def uphold(self, *, by: Person, at: datetime, reason: str, culprit: Person | None) -> None:
        """It is a violation (§1.7.2.8, §1.7.2.9); the service imposes what follows."""
        self.decided_by, self.decided_at, self.reason, self.culprit = by, at, reason, culprit


def key_of(item: WatchItem) -> tuple[str, date, str]:
    return item.kind, item.day, item.subject
