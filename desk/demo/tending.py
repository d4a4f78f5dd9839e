"""What customer service does about goods on their way: key customers' shipments followed daily, anomalies seen to (§2.1.1.2–3, §4.3.2.5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from delivery.choices import ENDED, Anomalous
from delivery.models import Anomaly, Shipment
from delivery.services import anomalies, followups
from network.models import Person, Unit
from rulebook.roles import Role

if TYPE_CHECKING:
    from desk.demo.lives import World

APART = timedelta(seconds=20)


def follow_key_customers(world: World, now: datetime) -> None:
    """In the afternoon the branch that billed writes the day's line for each key customer's shipment."""
    goods = Shipment.objects.filter(key_customer=True).exclude(state__in=ENDED).select_related("order__branch").order_by("order__number")
    acts = [partial(_follow, world, shipment) for shipment in goods if not world.chance(world.habits.forgets_follow_up)]
    world.timeline.plan_each(acts, now, APART)


def _follow(world: World, shipment: Shipment, now: datetime) -> None:
    clerk = _clerk(world, shipment.order.branch)
    followups.follow_up(number=shipment.order.number, clerk=clerk, text="运输正常，已告知客户预计到达时间", told=True, now=now)


def tend_anomalies(world: World, now: datetime) -> None:
    """Twice a day: report and promise first; the next time answer, solve and close. Some wait."""
    rows = Anomaly.objects.exclude(state=Anomalous.CLOSED).select_related("shipment__order__branch", "unit")
    acts = [partial(_tend, world, row) for row in rows.order_by("found_at", "pk") if world.chance(world.habits.tends_anomaly)]
    world.timeline.plan_each(acts, now, APART)


def _tend(world: World, row: Anomaly, now: datetime) -> None:
    clerk = _clerk(world, row.unit or row.shipment.order.branch)
    if not row.reported_at:
        anomalies.report(pk=row.pk, clerk=clerk, now=now)
    if not row.promised_at:
        anomalies.promise(pk=row.pk, clerk=clerk, now=now, promised_at=(now + timedelta(hours=20)).isoformat())
    elif not row.answered_at:
        anomalies.answer(pk=row.pk, clerk=clerk, text="已核实并与发货人说明处理办法", now=now)
    elif row.state == Anomalous.OPEN:
        anomalies.solve(pk=row.pk, clerk=clerk, text="货物已处理完毕，客户同意", now=now)
    else:
        anomalies.close_anomaly(pk=row.pk, clerk=clerk, now=now)


def _clerk(world: World, unit: Unit | None) -> Person:
    known = unit is not None and (unit.code, Role.BRANCH_CLERK) in world.company.staff
    return world.company.holder(unit.code, Role.BRANCH_CLERK) if unit and known else world.agent()
