"""The pickup board: what is to be fetched, who drives; and the courier's own page on a phone (§1.3.1, §4.3.2.2)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.personal import mask_phone
from customers.services import day_needs
from desk import rounds
from desk.acts import ACTS
from desk.forms import CollectForm, DispatchForm, FailForm
from desk.queries import far_name, near_name
from desk.views.answers import explained, person_of
from desk.views.rounds import answered
from network.access import staff_required
from network.models import Person
from orders.models import Order
from pickup.choices import WAITING, State
from pickup.models import PickupTask
from rulebook.due import at, local_day
from rulebook.roles import Role
from sla.models import Deadline

LIMITS = ("§1.3.1.1", "§1.3.1.2", "§1.3.1.2r")
MOST = 200


@dataclass(frozen=True, slots=True)
class Stop:
    """A pickup with the clock that runs for it."""

    task: Any
    due_at: datetime | None
    phone: str
    place: str
    destination: str

    @property
    def order(self) -> Order:
        return self.task.order  # type: ignore[no-any-return]

    def first(self, now: datetime) -> bool:
        """Tell whether a key customer waits for it today (§2.1.1.1); one for a later day takes its turn."""
        key = self.order.key_account_id is not None
        return key and (self.due_at is None or self.due_at <= at(now, 24))


@dataclass(frozen=True, slots=True)
class Driver:
    """A courier with what is on the vehicle's list today."""

    person: Person
    stops: list[Stop]
    weight_kg: Any
    volume_m3: Any


def stops(tasks: Any, now: datetime) -> list[Stop]:
    """Return pickups with their clocks: key customers' first (§2.1.1.1), then those whose clock runs out first."""
    rows = list(tasks.key_customers_first().select_related("order__key_account__customer", "driver")[:MOST])
    due: dict[int, datetime] = {}
    running = Deadline.objects.open().filter(order__in=[row.order_id for row in rows], clause__in=LIMITS)
    for deadline in running.filter(due_at__isnull=False).order_by("-due_at"):
        due[deadline.order_id or 0] = deadline.due_at  # type: ignore[assignment]
    found = [_stop(row, due.get(row.order_id)) for row in rows]
    return sorted(found, key=lambda stop: (not stop.first(now), stop.due_at or at(now, 24), stop.task.pk))


def _stop(task: PickupTask, due_at: datetime | None) -> Stop:
    order = task.order
    near, far = near_name(order.shipper_place), far_name(order.consignee_place)
    return Stop(task, due_at, mask_phone(order.shipper_phone), near, far)


@staff_required
@explained
@require_GET
def pickups(request: HttpRequest) -> HttpResponse:
    """Show pickups without a driver on the left, drivers with their load on the right."""
    now, person = clock.now(), person_of(request)
    person.require("pickup")
    waiting = PickupTask.objects.visible_to(person).waiting().filter(order__accepted_at__isnull=False)
    everything = stops(waiting, now)
    open_ones = [stop for stop in everything if stop.task.driver_id is None or stop.task.state == State.FAILED]
    context = {
        "now": now, "open": open_ones, "drivers": _drivers(person, everything), "unaccepted": _unaccepted(person),
        "form": DispatchForm(drivers=couriers(person), auto_id="dispatch_%s"), "needs": day_needs(person, local_day(now), local_day(now)),
    }  # fmt: skip
    return render(request, "desk/pickups.html", context)


def couriers(person: Person) -> QuerySet[Person]:
    """Return the couriers of the person's units, by name."""
    held = Q(posts__role=Role.COURIER, posts__until=None)
    return Person.objects.filter(held, person.scope("posts__unit__path")).distinct().order_by("name")


def _drivers(person: Person, everything: list[Stop]) -> list[Driver]:
    by_driver: dict[int, list[Stop]] = defaultdict(list)
    for stop in everything:
        if stop.task.driver_id and stop.task.state != State.FAILED:
            by_driver[stop.task.driver_id].append(stop)
    return [
        Driver(
            each, mine := by_driver[each.pk], sum(s.order.weight_kg for s in mine), sum(s.order.volume_m3 for s in mine)
        )
        for each in couriers(person)
    ]


def _unaccepted(person: Person) -> int:
    waiting = PickupTask.objects.visible_to(person).waiting().filter(order__accepted_at=None)
    return waiting.aggregate(count=Count("pk"))["count"] or 0


@staff_required
@explained
@require_GET
def courier(request: HttpRequest) -> HttpResponse:
    """Show a courier's own stops in order, and what was fetched today."""
    return _courier(request)


def _courier(request: HttpRequest, *, problem: Any = None, number: str = "", status: int = 200) -> HttpResponse:
    now = clock.now()
    mine = PickupTask.objects.filter(driver=person_of(request))
    waiting = stops(mine.filter(state__in=WAITING), now)
    context = {
        "now": now, "stops": waiting, "problem": problem, "failed": number,
        "astray": problem and number not in {stop.order.number for stop in waiting},
        "done": mine.filter(state=State.COLLECTED, collected_at__gte=at(local_day(now))).select_related("order"),
        "fail": FailForm(auto_id=False), "collect": CollectForm(auto_id=False),
    }  # fmt: skip
    return render(request, "desk/courier.html", context, status=status)


@staff_required
@explained
@require_POST
def courier_act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Collected, or failed with a reason, from the courier's page; perhaps told late from a dead spot."""
    said = str(ACTS[verb].done) % number
    return answered(request, number, verb, rounds.fetch, page=_courier, home="desk:courier", said=said)
