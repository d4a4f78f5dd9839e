"""Clocks and their steps (design §3, §6.1–9). A row is never deleted and never moved: a change closes it and opens another."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import ExtractHour

from core.models import Entry
from network.models import Person, Unit
from orders.models import Order
from rulebook.due import SHANGHAI
from rulebook.events import On
from rulebook.facts import Facts
from rulebook.limits import LIMITS, Limit
from rulebook.windows import FILED, NOTED
from rulebook.workdays import Calendar
from sla.choices import FILING_OPEN, State, StepKind

FOLLOWING = frozenset(limit.clause for limit in LIMITS.values() if limit.follows)
OFF_FROM, OFF_UNTIL = 18, 8  # local hours of `rulebook.windows.in_off_hours` (§1.4.2), for the database


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    def visible_to(self, person: Person) -> DeadlineQuerySet:
        """Restrict to the clocks held by this person's unit and everything below it."""
        return self.filter(person.scope("holder__path"))

    def running(self, subjects: Iterable[str], orders: Iterable[int] = ()) -> DeadlineQuerySet:
        """Return the clocks of these subjects and orders that no fact has stopped yet; a breached one runs on until then."""
        return self.filter(Q(subject__in=subjects) | Q(order__in=orders), stopped_at=None)

    def open(self) -> DeadlineQuerySet:
        return self.filter(stopped_at=None)

    def of_goods(self) -> DeadlineQuerySet:
        """Leave out the clocks of complaints and claims about an order: whoever works the goods cannot stop those."""
        return self.exclude(subject__startswith="complaint/").exclude(subject__startswith="claim/")

    def fileable(self) -> DeadlineQuerySet:
        """
        Restrict to breached clocks that no filing waits for and that have to be filed: they started or fell due in
        off-hours (§1.4.2), or may be: a special circumstance was noted before the limit (§1.3.3.1).
        """
        in_off_hours = Q(hour__gte=OFF_FROM) | Q(hour__lt=OFF_UNTIL)
        steps = Step.objects.filter(clause__in=FILED, state=State.BREACHED).exclude(kind=StepKind.WARN)
        started = steps.annotate(hour=ExtractHour("deadline__started_at", tzinfo=SHANGHAI)).filter(in_off_hours)
        fell_due = steps.annotate(hour=ExtractHour("at", tzinfo=SHANGHAI)).filter(in_off_hours)
        may_be = Q(pk__in=started.values("deadline")) | Q(pk__in=fell_due.values("deadline"))
        found = self.filter(may_be | Q(pk__in=Step.objects.noted().values("deadline")))
        return found.exclude(filings__state__in=FILING_OPEN)

    def of_order(self, order: Order) -> DeadlineQuerySet:
        return self.filter(order=order).order_by("started_at", "due_at")


class Deadline(models.Model):
    """One limit running for one subject and one holder, with all it was computed from; closed, never deleted (§0.8)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clause = models.CharField(max_length=16)
    rulebook = models.CharField(max_length=16)
    subject = models.CharField(max_length=40)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="deadlines", db_index=False)
    holder = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="deadlines", db_index=False)
    responsible = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    start_entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    stopped_at = models.DateTimeField(null=True)
    stop_entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    corrected_at = models.DateTimeField(null=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_with", db_index=False)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clause", "subject"], condition=Q(stopped_at=None), name="one_running_clock_per_limit_and_subject"
            ),
        ]
        indexes = [
            models.Index(fields=["subject"], name="deadline_by_subject"),
            models.Index(fields=["order"], name="deadline_by_order"),
            models.Index(fields=["holder", "due_at"], condition=Q(stopped_at=None), name="deadline_running_by_holder"),
            models.Index(fields=["stop_entry"], condition=Q(stop_entry__isnull=False), name="deadline_by_stop"),
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.subject}"

    @property
    def limit(self) -> Limit:
        return LIMITS[self.clause]

    def known_facts(self, calendar: Calendar | None = None) -> Facts:
        """Return the facts the clock was computed from; a limit that counts working days needs the calendar with them."""
        return Facts.of(self.facts, calendar)


class StepQuerySet(models.QuerySet["Step"]):
    def announceable(self) -> StepQuerySet:
        """Return open steps the tick announces; what is judged only along with another limit is not (design §6.6)."""
        return self.filter(state=State.OPEN).exclude(clause__in=FOLLOWING)

    def noted(self) -> StepQuerySet:
        """Restrict to breached steps before whose instant a special circumstance was noted in the log (§1.3.3.1)."""
        notes = Entry.objects.filter(
            name=On.CIRCUMSTANCE_NOTED, subject=OuterRef("deadline__subject"), recorded_at__lte=OuterRef("at")
        )
        steps = self.filter(clause__in=NOTED, state=State.BREACHED).exclude(kind=StepKind.WARN)
        return steps.filter(Exists(notes))

    def due(self, now: datetime) -> StepQuerySet:
        """Return announceable steps whose last instant in time has passed; exactly on time is still in time (§0.2)."""
        return self.announceable().filter(at__lt=now)


class Step(models.Model):
    """One instant of a clock: a warning, the due time, a second due time. The tick announces it once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="steps", db_index=False)
    kind = models.CharField(max_length=8, choices=StepKind.choices)
    clause = models.CharField(max_length=16)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    announced_at = models.DateTimeField(null=True)
    late = models.BooleanField(default=False)  # announced much later than due: the tick had been absent
    corrected_at = models.DateTimeField(null=True)
    responsible_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    responsible_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deadline", "kind", "at"], name="one_step_per_instant")]
        indexes = [
            models.Index(fields=["at"], condition=Q(state="open", attempts=0), name="step_open"),
            models.Index(fields=["at"], condition=Q(state="open", attempts__gt=0), name="step_open_failing"),
            models.Index(fields=["clause", "at"], condition=~Q(kind="warn"), name="step_by_clause"),
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.kind} {self.at:%F %T}"


class Heartbeat(models.Model):
    """When the tick last ran; a stale one shows on every staff page, in /readyz and in `doctor`."""

    name = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()
    handled = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%F %T}"
