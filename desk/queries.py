"""What the queue shows: orders of one's scope with the clock that runs out first, joined from orders, pickup and sla."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core import clock
from core.language import in_words
from core.models import Entry
from core.personal import mask_phone
from desk.choices import SHORT
from network.models import Person
from network.places import exists, lineage
from orders.choices import OPEN, Channel, Outcome, State
from orders.models import Contact, Order
from orders.notes import far_name
from orders.services.desk import UNDO
from pickup.choices import State as Pickup
from rulebook.due import local
from sla.models import Deadline

PAGE = 60
UNCONFIRMED = "§1.2.1.4r"  # its clock runs until the reason of a cancellation is confirmed


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: Any
    states: tuple[str, ...]


TABS = (
    Tab("waiting", _("待受理"), (State.AT_BRANCH,)),
    Tab("accepted", _("已受理待接货/打印"), (State.ACCEPTED,)),
    Tab("postponed", _("延迟发货"), (State.POSTPONED,)),
    Tab("reason", _("待确认取消原因"), (State.CANCELLED,)),
    Tab("overdue", _("超时"), OPEN),
    Tab("open", _("全部未结"), OPEN),
)
TAB = {tab.key: tab for tab in TABS}


def _overdue(now: datetime) -> Exists:
    return Exists(Deadline.objects.open().of_goods().filter(order=OuterRef("pk"), due_at__lt=now))


def _unconfirmed() -> QuerySet[Deadline, Any]:
    return Deadline.objects.open().filter(clause=UNCONFIRMED).values("order")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many orders each tab holds, and when the newest one arrived (for the bell)."""

    tabs: Mapping[str, int]
    newest: datetime | None


def counts(person: Person, now: datetime) -> Counts:
    """Count the tabs of one's queue: two queries."""
    found = (
        Order.objects.visible_to(person)
        .open()
        .annotate(past=_overdue(now))
        .aggregate(
            waiting=Count("pk", filter=Q(state=State.AT_BRANCH)),
            accepted=Count("pk", filter=Q(state=State.ACCEPTED)),
            postponed=Count("pk", filter=Q(state=State.POSTPONED)),
            overdue=Count("pk", filter=Q(past=True)),
            open=Count("pk"),
            newest=Max("reached_branch_at", filter=Q(state=State.AT_BRANCH)),
        )
    )
    newest = found.pop("newest")
    reason = Order.objects.visible_to(person).filter(pk__in=_unconfirmed()).count()
    return Counts({**found, "reason": reason}, newest)


def matching(orders: QuerySet[Order, Any], filters: Mapping[str, Any], now: datetime) -> QuerySet[Order, Any]:
    """Narrow by the filters of the URL: channel, overdue, province of the consignee, free text."""
    if filters.get("channel"):
        orders = orders.filter(channel=filters["channel"])
    if filters.get("overdue"):
        orders = orders.filter(_overdue(now))
    if filters.get("to"):
        orders = orders.filter(consignee_place__startswith=filters["to"])
    if filters.get("text"):
        orders = orders.filter(pk__in=Order.objects.search(filters["text"]).values("pk"))
    return orders


def queue(person: Person, tab: Tab, filters: Mapping[str, Any], now: datetime) -> QuerySet[Order, Any]:
    """Return the orders of a tab, those first whose clock runs out first."""
    orders = Order.objects.visible_to(person).filter(state__in=tab.states)
    if tab.key == "reason":
        orders = orders.filter(pk__in=_unconfirmed())
    if tab.key == "overdue":
        orders = orders.filter(_overdue(now))
    first = Deadline.objects.open().of_goods().filter(order=OuterRef("pk"), due_at__isnull=False).order_by("due_at").values("due_at")
    with_desk = _with_desk(matching(orders, filters, now)).annotate(first_due=Subquery(first[:1]))
    return with_desk.order_by(F("first_due").asc(nulls_last=True), "pk")


def _with_desk(orders: QuerySet[Order, Any]) -> QuerySet[Order, Any]:
    """Add what a row shows beside the order: contacts since it reached the branch, the pickup and its driver."""
    calls = Contact.objects.filter(order=OuterRef("pk"), branch=OuterRef("branch"), at__gte=OuterRef("reached_branch_at"))
    return (
        orders.select_related("branch")
        .defer("consignee_phone")
        .annotate(
            reached=Exists(calls.filter(outcome=Outcome.REACHED)),
            missed=Exists(calls.filter(outcome=Outcome.NOT_REACHED)),
            task=FilteredRelation("pickups", condition=~Q(pickups__state=Pickup.CANCELLED)),
        )
        .annotate(task_state=F("task__state"), task_at=F("task__appointment"), driver=F("task__driver__name"))
    )


@dataclass(frozen=True, slots=True)
class Chip:
    """A short label: icon and word, so that colour is never alone."""

    icon: str
    word: str
    tone: str = "secondary"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue."""

    order: Any
    due_at: datetime | None
    clause: str
    clock: Any
    phone: str
    origin: str
    destination: str
    chips: list[Chip]
    undoable: bool

    @property
    def number(self) -> str:
        return str(self.order.number)

    @property
    def channel(self) -> Any:
        """Return the channel's name; Django's own display hashes all names of the field each time it is asked."""
        return Channel(self.order.channel).label

    @property
    def state(self) -> Any:
        return State(self.order.state).label


def rows(orders: Iterable[Any], person: Person, now: datetime) -> list[Row]:
    """Dress orders as rows; one query for all their running clocks."""
    orders = list(orders)
    first: dict[int, Deadline] = {}
    running = Deadline.objects.open().of_goods().filter(order__in=[order.pk for order in orders], due_at__isnull=False)
    for deadline in running.order_by("-due_at"):
        first[deadline.order_id or 0] = deadline
    return [_row(order, first.get(order.pk), person, now) for order in orders]


def found(person: Person, text: str) -> QuerySet[Order, Any]:
    """Return the orders of the scope that a text finds, the newest first."""
    return _with_desk(Order.objects.visible_to(person).search(text)).order_by("-placed_at")


def row(number: str, person: Person, now: datetime) -> Row:
    """:raises Order.DoesNotExist: there is none in this scope"""
    order = _with_desk(Order.objects.visible_to(person)).get(number=number)
    return rows([order], person, now)[0]


def _row(order: Any, deadline: Deadline | None, person: Person, now: datetime) -> Row:
    clause = deadline.clause if deadline else ""
    return Row(
        order=order,
        due_at=deadline.due_at if deadline else None,
        clause=clause,
        clock=SHORT.get(clause) or (in_words(deadline.limit) if deadline else ""),
        phone=mask_phone(order.shipper_phone),
        origin=near_name(order.shipper_place),
        destination=far_name(order.consignee_place),
        chips=list(_chips(order, now)),
        undoable=undoable(order, person, now),
    )


def undoable(order: Order, person: Person, now: datetime) -> bool:
    """Tell whether the person's own acceptance may still be taken back (design §6.27)."""
    own = order.state == State.ACCEPTED and order.accepted_by_id == person.pk
    return bool(own and order.accepted_at and order.last_at == order.accepted_at and now - order.accepted_at <= UNDO)


def _chips(order: Any, now: datetime) -> Iterable[Chip]:
    if order.state == State.AT_BRANCH and order.reached:
        yield Chip("phone", str(_("已联系")), "green")
    elif order.state == State.AT_BRANCH and order.missed:
        yield Chip("phone", str(_("未接通")), "orange")
    yield from _pickup_chips(order)
    if order.key_account_id:
        yield Chip("star", str(_("项目客户")), "azure")
    if order.printed_at:
        yield Chip("print", str(_("已打印")), "green")
    if order.insured:
        yield Chip("shield", str(_("保价")))
    if order.cod_amount:
        yield Chip("money", str(_("代收")))
    if order.moves:
        yield Chip("swap", str(_("改派 %d") % order.moves), "orange")
    if order.state == State.POSTPONED:
        yield Chip("calendar", str(_("%s 发货") % f"{order.ship_on:%m-%d}"), "azure")


def _pickup_chips(order: Any) -> Iterable[Chip]:
    if not order.pickup:
        yield Chip("home", str(_("自送")))
    elif order.task_state == Pickup.COLLECTED:
        yield Chip("box", str(_("已接货")), "green")
    elif order.task_state == Pickup.DISPATCHED:
        yield Chip("truck", str(_("已派 %s") % (order.driver or "")), "green")
    elif order.task_state == Pickup.FAILED:
        yield Chip("alert", str(_("接货失败")), "red")
    elif order.task_at:
        yield Chip("calendar", str(_("约 %s") % f"{local(order.task_at):%m-%d %H:%M}"), "azure")
    else:
        yield Chip("truck", pgettext("chip", "上门接货"), "azure")


def near_name(code: str) -> str:
    """Name a place as somebody nearby does: 西湖区."""
    return lineage(code)[-1].name if exists(code) else code


# Has anything changed? Asked by every open queue every five seconds.


def ranges(person: Person) -> list[list[str]]:
    """Return the unit paths one sees, as from–to pairs; empty for those who see the whole company."""
    if person.nationwide:
        return []
    return [[str(post.unit.path), post.unit.path_end] for post in person.current_posts]


def version(scope: list[list[str]]) -> str:
    """Return a text that changes with every fact about an open order of the scope: one query, no rows read.

    An order that is no longer open takes its facts out of the count.
    """
    if not scope:
        return Entry.objects.news(clock.now())
    inside = Q(*(Q(branch__path__gte=low, branch__path__lt=high) for low, high in scope), _connector=Q.OR)
    orders = Order.objects.open().filter(inside)
    facts = Entry.objects.filter(order_number__in=orders.values("number")).aggregate(last=Max("pk"), count=Count("pk"))
    return f"{facts['last']}.{facts['count']}"

