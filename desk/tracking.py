"""What the tracking workbench shows: goods on their way with the last that is known of them, joined from delivery, sla and the journal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from delivery.choices import Cash, State
from delivery.models import Shipment
from desk.queries import Chip, far_name
from network.models import Person
from reports import tracking
from reports.tracking import Event
from sla.models import Deadline

PAGE = 60
MOST_NUMBERS = 200
APART = re.compile(r"[\s,，;；、]+")
SIGNED_LATELY = timedelta(days=7)
"""For so long a signature with an exception stays on the list of problems."""


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: Any


TABS = (
    Tab("stale", _("超时未更新")), Tab("problem", _("问题件")), Tab("forwarded", _("外发跟踪")), Tab("late", _("超时限")),
    Tab("open", _("全部在途")),
)  # fmt: skip
TAB = {tab.key: tab for tab in TABS}


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of trouble: the word on the page, and how to find it."""

    key: str
    label: Any
    icon: str


PROBLEMS = (
    Problem("refused", _("拒收"), "x"), Problem("lost", _("丢失"), "alert"), Problem("exception", _("异常签收"), "alert"),
    Problem("held", _("待再派"), "hourglass"), Problem("returning", _("退回中"), "undo"), Problem("cash", _("代收差异"), "money"),
    Problem("late", _("超时限"), "alarm"),
)  # fmt: skip
NAMED = {row.key: row for row in PROBLEMS}
OF_STATE = {
    State.REFUSED: "refused", State.LOST: "lost", State.SIGNED_WITH_EXCEPTION: "exception", State.HELD: "held",
    State.RETURNING: "returning",
}  # fmt: skip


def _late(now: datetime) -> Q:
    past = Deadline.objects.open().of_goods().filter(order__isnull=False, due_at__lt=now)
    return Q(order__in=past.values("order"))


def known(person: Person) -> QuerySet[Shipment, Any]:
    """Return the goods of one's scope, with when they were last heard of."""
    seen = Shipment.objects.visible_to(person)
    return seen.annotate(heard_at=Coalesce("last_at", "opened_at"))


def stale(now: datetime) -> Q:
    """Return the condition of goods nobody has said anything of for longer than their state allows (a setting)."""
    allowed = settings.STALE_HOURS
    over = [Q(state=state, heard_at__lt=now - timedelta(hours=hours)) for state, hours in allowed.items()]
    return Q(*over, _connector=Q.OR)


def trouble(key: str, now: datetime) -> Q:
    """Return the condition of one kind of problem."""
    if key == "cash":
        return Q(order__cash__state=Cash.DISCREPANCY)
    if key == "late":
        return _late(now)
    if key == "exception":
        return Q(state=State.SIGNED_WITH_EXCEPTION, signed_at__gte=now - SIGNED_LATELY)
    return Q(state__in=[state for state, problem in OF_STATE.items() if problem == key])


def _of_tab(key: str, now: datetime) -> Q:
    return {
        "stale": Q(ended_at=None) & stale(now),
        "problem": Q(*(trouble(row.key, now) for row in PROBLEMS), _connector=Q.OR),
        "forwarded": Q(state=State.FORWARDED), "late": Q(ended_at=None) & _late(now), "open": Q(ended_at=None),
    }[key]  # fmt: skip


def counts(person: Person, now: datetime) -> dict[str, int]:
    """Count the tabs: one query."""
    wanted = {tab.key: Count("pk", filter=_of_tab(tab.key, now)) for tab in TABS}
    return dict(known(person).aggregate(**wanted))


def listed(person: Person, tab: str, filters: Mapping[str, Any], now: datetime) -> QuerySet[Shipment, Any]:
    """Return the goods of a tab, those first of which one has heard nothing for the longest."""
    return _dressed(_narrowed(known(person).filter(_of_tab(tab, now)), filters, now)).order_by("heard_at", "pk")


def _narrowed(goods: QuerySet[Shipment, Any], filters: Mapping[str, Any], now: datetime) -> QuerySet[Shipment, Any]:
    if filters.get("state"):
        goods = goods.filter(state=filters["state"])
    if filters.get("kind"):
        goods = goods.filter(trouble(filters["kind"], now))
    if filters.get("to"):
        goods = goods.filter(order__consignee_place__startswith=filters["to"])
    if filters.get("branch"):
        named = filters["branch"]
        goods = goods.filter(Q(terminal__code=named) | Q(place__code=named) | Q(order__branch__code=named))
    return goods


def _dressed(goods: QuerySet[Shipment, Any]) -> QuerySet[Shipment, Any]:
    related = goods.select_related("order__branch", "order__key_account__customer", "order__waybill", "order__cash", "place", "terminal", "driver")
    return related.defer("order__consignee_phone", "order__shipper_phone")


def split(text: str) -> list[str]:
    """Return the numbers of a pasted list, each once, in the order given."""
    return list(dict.fromkeys(part.upper()[:20] for part in APART.split(text[:6000]) if part))[:MOST_NUMBERS]


def found(person: Person, numbers: Sequence[str], now: datetime) -> tuple[list[Any], list[str]]:
    """Return the goods of these order and waybill numbers as they were pasted, and the numbers that are not known here."""
    named = Q(order__number__in=numbers) | Q(order__waybill__number__in=numbers)
    goods = {each.order.number: each for each in _dressed(known(person).filter(named))}
    by_any = goods | {each.order.waybill.number: each for each in goods.values()}
    there = list(dict.fromkeys(by_any[number] for number in numbers if number in by_any))
    return there, [number for number in numbers if number not in by_any]


@dataclass(frozen=True, slots=True)
class Row:
    """One line: state, where, since when, what is due next, what was said last."""

    goods: Any
    where: str
    clock: Deadline | None
    last: Event | None
    problems: list[Chip]
    destination: str

    @property
    def number(self) -> str:
        return str(self.goods.order.number)


def rows(goods: Iterable[Any], now: datetime) -> list[Row]:
    """Dress goods as lines: one query for their clocks, two for what was said last."""
    goods = list(goods)
    running = Deadline.objects.open().of_goods().filter(order__in=[each.order_id for each in goods], due_at__isnull=False)
    first = {clock.order_id: clock for clock in running.order_by("-due_at", "-clause")}
    last = tracking.latest([each.order.number for each in goods])
    return [
        Row(
            each, _where(each), first.get(each.order_id), last.get(each.order.number),
            _chips(each, first.get(each.order_id), now),
            far_name(each.order.consignee_place),
        )
        for each in goods
    ]  # fmt: skip


def _where(goods: Any) -> str:
    """Say where the goods are: at a unit, with a carrier, with a driver, on a vehicle."""
    if goods.state == State.FORWARDED:
        return f"{goods.carrier} {goods.carrier_no}"
    if goods.place:
        return str(goods.place.name)
    on_the_van = goods.driver and goods.state in (State.OUT_FOR_DELIVERY, State.WAITING)
    return " ".join(part for part in (goods.driver.name if on_the_van else "", goods.vehicle) if part)


def _chips(goods: Any, clock: Deadline | None, now: datetime) -> list[Chip]:
    keys = [OF_STATE[goods.state]] if goods.state in OF_STATE else []
    cash = getattr(goods.order, "cash", None)
    if cash and cash.state == Cash.DISCREPANCY:
        keys.append("cash")
    if clock and clock.due_at and clock.due_at < now:
        keys.append("late")
    return [Chip(NAMED[key].icon, str(NAMED[key].label), "red") for key in keys]
