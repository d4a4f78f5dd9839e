"""Looking at the clocks of an order."""

from datetime import datetime

from django.db.models import F

from orders.models import Order
from sla.models import Deadline, Step


def clock(order: Order, clause: str) -> Deadline:
    """Return the clock of a clause that is running or, if none is, the one stopped last."""
    clocks = Deadline.objects.filter(order=order, clause=clause)
    return clocks.filter(stopped_at=None).first() or clocks.latest("stopped_at")


def states(order: Order, clause: str) -> list[str]:
    """Return the states of all clocks of a clause, by start and due time."""
    return list(clocks(order, clause).values_list("state", flat=True))


def dues(order: Order, clause: str) -> list[tuple[str, datetime]]:
    """Return state and due time of all clocks of a clause, by start and due time."""
    return list(clocks(order, clause).values_list("state", "due_at"))


def clocks(order: Order, clause: str):
    return Deadline.objects.filter(order=order, clause=clause).order_by("started_at", "due_at", F("stopped_at").asc(nulls_last=True))


def running(order: Order) -> dict[str, datetime]:
    """Return the due times of the running clocks, by clause."""
    return dict(Deadline.objects.filter(order=order, stopped_at=None).values_list("clause", "due_at"))


def step(order: Order, clause: str, kind: str = "due") -> Step:
    """Return the one step of a clause and kind; with several clocks, that of the latest."""
    steps = Step.objects.filter(deadline__order=order, clause=clause, kind=kind)
    return steps.order_by("at", F("deadline__stopped_at").asc(nulls_last=True)).last()
