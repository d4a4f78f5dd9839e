"""What the call centre has to see to nationwide: orders no branch has, orders no branch has claimed, with branches to offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core import clock
from core.models import Entry
from core.personal import mask_name, mask_phone
from network.models import Person, Post, Unit
from network.nearby import sites
from network.places import Suggestion, exists, full_name, nearest, place
from notify.choices import Kind
from notify.models import Message
from orders.choices import State
from orders.models import Order
from rulebook.roles import Role
from sla.models import Deadline

ASSIGNMENT, ACCEPTANCE = "§1.2.1.3", "§1.2.1.1"
PAGE = 20
OFFERS = 5
SPARE = 1  # the branch that has the order is not offered


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: Any


TABS = (
    Tab("todo", _("待处理")),
    Tab("unassigned", _("待分配")),
    Tab("unclaimed", _("超 10 分钟未受理")),
    Tab("alarms", _("超时告警")),
)
TAB = {tab.key: tab for tab in TABS}


@dataclass(frozen=True, slots=True)
class Offer:
    """A branch to give the order to, by one key."""

    key: int
    unit: Unit
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class Row:
    """An order to see to: its clock, who has it and answers there, who could have it."""

    order: Order
    due_at: datetime
    clause: str
    phone: str
    shipper: str
    origin: str
    destination: str
    manager: Person | None
    offers: list[Offer]

    @property
    def unassigned(self) -> bool:
        return bool(self.order.state == State.UNASSIGNED)


def _waiting(person: Person) -> QuerySet[Deadline, Any]:
    visible = Deadline.objects.open().filter(person.scope("order__branch__path"))
    return visible.filter(clause=ASSIGNMENT, order__state=State.UNASSIGNED)


def _unclaimed(person: Person, now: datetime) -> QuerySet[Deadline, Any]:
    """Return the acceptance clocks that ran out with nobody having accepted; the tenth minute itself is in time (§0.2)."""
    visible = Deadline.objects.open().filter(person.scope("order__branch__path"))
    return visible.filter(clause=ACCEPTANCE, order__state=State.AT_BRANCH, due_at__lt=now)


def clocks(person: Person, tab: str, now: datetime) -> QuerySet[Deadline, Any]:
    """Return the clocks of a tab, those first that ran out first."""
    unassigned, unclaimed = _waiting(person), _unclaimed(person, now)
    found = {"unassigned": unassigned, "unclaimed": unclaimed}.get(tab, unassigned | unclaimed)
    return found.select_related("order__branch", "order__key_account__customer").order_by("due_at", "pk")


def alarms(person: Person) -> QuerySet[Message, Any]:
    """Return the alarms to one's office that nobody there has seen, the newest first (§3.6.1)."""
    if person.unit is None:
        return Message.objects.none()
    return Message.objects.to(person.unit).unseen().filter(kind=Kind.ALARM).order_by("-stored_at", "-pk")


def counts(person: Person, now: datetime) -> Mapping[str, int]:
    """Count what each tab holds: two queries."""
    both = (_waiting(person) | _unclaimed(person, now)).aggregate(
        unassigned=Count("pk", filter=Q(clause=ASSIGNMENT)), unclaimed=Count("pk", filter=Q(clause=ACCEPTANCE))
    )
    return {"todo": both["unassigned"] + both["unclaimed"], **both, "alarms": alarms(person).count()}


def version(person: Person) -> str:
    """Return a text that changes with every fact and with every alarm seen: two queries by index."""
    return f"{Entry.objects.news(clock.now())}.{alarms(person).count()}"


def rows(deadlines: Iterable[Deadline], now: datetime) -> list[Row]:
    """Dress clocks as rows; four queries whatever their number."""
    clocks = [clock for clock in deadlines if clock.order and clock.due_at]
    orders = [clock.order for clock in clocks if clock.order]
    managers = _managers({order.branch_id for order in orders if order.branch_id})
    offers = _offers(orders, now)
    return [_row(clock, managers, offers[clock.order_id or 0]) for clock in clocks]


def _row(clock: Deadline, managers: Mapping[int, Person], offers: list[Offer]) -> Row:
    order: Any = clock.order
    return Row(
        order=order, due_at=clock.due_at, clause=clock.clause, phone=mask_phone(order.shipper_phone),
        shipper=mask_name(order.shipper_name), origin=_name(order.shipper_place),
        destination=_name(order.consignee_place), manager=managers.get(order.branch_id), offers=offers,
    )  # type: ignore[arg-type]  # fmt: skip


def _managers(branches: set[int]) -> dict[int, Person]:
    posts = Post.objects.filter(unit__in=branches, role=Role.BRANCH_MANAGER, until=None).select_related("person")
    return {post.unit_id: post.person for post in posts}


def _offers(orders: list[Order], now: datetime) -> dict[int, list[Offer]]:
    """Return the branches to offer for each order: nearest by its shipper's place, without the branch that has it."""
    branches = sites() if orders else []
    codes = {order.shipper_place for order in orders if exists(order.shipper_place)}
    found = {code: nearest(place(code), branches, at=now, limit=OFFERS + SPARE) for code in codes}
    units = Unit.objects.in_bulk({each.id for offered in found.values() for each in offered})
    return {order.pk: _numbered(order, found.get(order.shipper_place, []), units) for order in orders}


def _numbered(order: Order, found: list[Suggestion], units: Mapping[int, Unit]) -> list[Offer]:
    others = [each for each in found if each.id != order.branch_id and each.id in units][:OFFERS]
    return [Offer(key, units[each.id], each) for key, each in enumerate(others, start=1)]


def _name(code: str) -> str:
    return full_name(code) if exists(code) else code
