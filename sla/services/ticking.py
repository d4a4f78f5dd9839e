"""The tick announces what has run out; it never decides (design §2). Cost depends on what is due, not on what is open."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from core import rows
from core.journal import Fact, publish
from core.models import SYSTEM
from orders.models import Order
from rulebook.events import On
from sla.choices import State, StepKind
from sla.models import Heartbeat, Step
from sla.services.clockwork import LATE_AFTER, Clockwork
from sla.services.opened import clocks_opened

log = structlog.get_logger(__name__)

BATCH = 1_000
MOST_BATCHES = 20  # a pass ends within its five seconds; what is left is the next pass's
BEAT = "tick"
UNREAD = [f"deadline__order__{field.name}" for field in Order._meta.concrete_fields if field.name not in ("id", "number")]


def tick(*, now: datetime, batch: int = BATCH) -> int:
    """Announce every step that has run out before `now`, oldest first; return how many were handled."""
    handled = _announce_all(now, batch)
    if Step.objects.due(now).filter(attempts__gt=0).exists():
        handled += _retry_failing(now, batch)
    beaten(BEAT, handled=handled, now=now)
    return handled


def beaten(name: str, *, handled: int, now: datetime) -> None:
    """Note that a recurring job has run, and how much it had to do."""
    beat = {"at": now, "handled": handled}
    if not Heartbeat.objects.filter(name=name).update(**beat):
        Heartbeat.objects.get_or_create(name=name, defaults=beat)


def beat_age(name: str, now: datetime) -> timedelta | None:
    """Return how long ago a recurring job last ran, or None if it never did."""
    beat = Heartbeat.objects.filter(name=name).first()
    return now - beat.at if beat else None


def tick_age(now: datetime) -> timedelta | None:
    return beat_age(BEAT, now)


def _announce_all(now: datetime, batch: int) -> int:
    handled, more = 0, Step.objects.due(now).filter(attempts=0).exists()
    for _round in range(MOST_BATCHES):
        if not more:
            break
        with clocks_opened() as opened:
            count = _announce(now, batch)
        handled += count
        caught_up = any(clock.due_at and clock.due_at < now for clock in opened)  # a day's duty that was missed for days
        more = bool(count) and (count == batch or caught_up)  # where less was claimed, another one holds what is left
    return handled


@transaction.atomic
def _announce(now: datetime, limit: int) -> int:
    steps = _claim(now, limit, failing=False)
    if not steps:
        return 0
    try:
        with transaction.atomic():
            _breach(steps, now)
    except Exception:  # the batch is retried row by row, where the bad one is set aside
        log.exception("batch retried row by row", steps=len(steps))
        _one_by_one(steps, now)
    return len(steps)


@transaction.atomic
def _retry_failing(now: datetime, limit: int) -> int:
    steps = _claim(now, limit, failing=True)
    _one_by_one(steps, now)
    return len(steps)


def _claim(now: datetime, limit: int, *, failing: bool) -> list[Step]:
    """Lock due steps with their clocks, passing over what a service or another worker holds right now."""
    steps = Step.objects.due(now).filter(attempts__gt=0) if failing else Step.objects.due(now).filter(attempts=0)
    oldest = steps.select_related("deadline__order").defer(*UNREAD).order_by("at")
    return list(oldest.select_for_update(skip_locked=True, of=("self", "deadline"), no_key=True)[:limit])


def _one_by_one(steps: list[Step], now: datetime) -> None:
    """Announce each step for itself; one that fails is set aside with its error, behind the others."""
    for step in steps:
        try:
            with transaction.atomic():
                _breach([Step.objects.select_related("deadline__order").get(pk=step.pk)], now)
        except Exception as error:  # whatever is wrong with one row must not stop the clocks of all others
            log.exception("step set aside", step=str(step.pk))
            Step.objects.filter(pk=step.pk).update(attempts=step.attempts + 1, error=str(error)[:300])


def _breach(steps: list[Step], now: datetime) -> None:
    clockwork = Clockwork([])
    clockwork.adopt(steps)
    for step in steps:
        clockwork.announce(step, now, late=now - step.at > LATE_AFTER)
    warned = [step for step in steps if step.kind == StepKind.WARN and step.state == State.MET]
    with rows.together():
        clockwork.save()
        if facts := [_warning(step, now) for step in warned] + clockwork.announcements():
            publish(*facts)


def _warning(step: Step, now: datetime) -> Fact:
    deadline = step.deadline
    return Fact(
        name=On.DEADLINE_WARNED, subject=deadline.subject, at=step.at, recorded=now, by=SYSTEM, in_sequence=False,
        order=deadline.order.number if deadline.order else "", also=(f"deadline/{deadline.pk}",),
        data={
            "deadline": str(deadline.pk), "step": str(step.pk), "clause": step.clause, "holder": deadline.holder_id,
            "due_at": deadline.due_at.isoformat() if deadline.due_at else None,
        },
    )  # fmt: skip
