"""The chats a desk sees: tabs, filters, pages by key, what a poll compares, the order beside a chat (§3.2, §4.3.1.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.personal import mask_phone
from customers.choices import ChatState
from customers.models import Conversation, Phrase
from network.models import Person, Unit
from orders.models import Order
from pricing.words import PriceTold, price_told
from rulebook.due import at
from sla.models import Deadline

PAGE = 40
RECENT = timedelta(days=1)
MOST_CLOCKS = 5
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Tab:
    """`key` names it in the URL; `by` is the column its rows are ordered by: what waits longest first, else what moved last."""

    key: str
    label: Any
    condition: Q
    by: str = "-last_at"


TABS = (
    Tab("waiting", _("待回复"), Q(waiting_since__isnull=False), "waiting_since"),
    Tab("open", _("进行中"), Q(state=ChatState.OPEN, waiting_since=None)),
    Tab("closed", _("已结束"), Q(state=ChatState.CLOSED)),
    Tab("all", _("全部"), Q()),
)
TAB = {tab.key: tab for tab in TABS}


def listed(person: Person, tab: Tab, filters: Mapping[str, Any], cursor: str = "") -> QuerySet[Conversation, Any]:
    """Return what the tab and the filters leave of what this person sees, from the cursor of the last row on."""
    found = Conversation.objects.visible_to(person).filter(tab.condition).select_related("unit")
    if number := filters.get("number"):
        found = found.filter(order_number=number)
    if code := filters.get("unit"):
        unit = Unit.objects.filter(code=code).first()
        found = found.filter(unit__path__gte=unit.path, unit__path__lt=unit.path_end) if unit else found.none()
    if since := filters.get("since"):
        found = found.filter(opened_at__gte=at(since))
    if until := filters.get("until"):
        found = found.filter(opened_at__lt=at(until, 24))
    return _from(found, tab, cursor).order_by(tab.by, "pk" if tab.by == "waiting_since" else "-pk")


def _from(found: QuerySet[Conversation, Any], tab: Tab, cursor: str) -> QuerySet[Conversation, Any]:
    """Pages by key: what moves up meanwhile shifts no page, and a late page costs what the first does."""
    micros, _dot, key = cursor.partition(".")
    if not (micros.isascii() and micros.isdigit() and key.isascii() and key.isdigit() and len(cursor) < 36):
        return found
    moment, pk = EPOCH + min(int(micros), 4 * 10**15) * MICROSECOND, min(int(key), 2**63 - 1)
    column, step = tab.by.removeprefix("-"), "lt" if tab.by.startswith("-") else "gt"
    return found.filter(Q(**{f"{column}__{step}": moment}) | Q(**{column: moment, f"pk__{step}": pk}))


def cursor_of(chat: Conversation, tab: Tab) -> str:
    moment = getattr(chat, tab.by.removeprefix("-"))
    return f"{(moment - EPOCH) // MICROSECOND}.{chat.pk}"


def counts(person: Person) -> dict[str, int]:
    """Count the tabs: one query."""
    counted = {tab.key: Count("pk", filter=tab.condition) if tab.condition else Count("pk") for tab in TABS}
    return dict(Conversation.objects.visible_to(person).aggregate(**counted))


def version(scope: Sequence[Sequence[str]], now: datetime) -> str:
    """
    Return a text that changes with every line written in the scope lately, and with every chat handed in or out: one query.

    Times do not follow the order in which transactions commit; the sum of lines does.
    """
    inside = Q(*(Q(unit__path__gte=low, unit__path__lt=high) for low, high in scope), _connector=Q.OR) if scope else Q()
    lately = Conversation.objects.filter(inside, last_at__gte=now - RECENT)
    told = lately.aggregate(chats=Count("pk"), lines=Sum("count"), read=Sum("staff_seen"))
    return f"{told['chats']}.{told['lines']}.{told['read']}"


def state_of(pk: int) -> str:
    """Return a text that changes with everything a chat's page shows of it: one query, no line read; empty where there is none."""
    row = Conversation.objects.filter(pk=pk).values_list("count", "state", "unit", "customer_seen").first()
    return ".".join(str(value) for value in row) if row else ""


def clocked(chats: Iterable[Conversation]) -> list[tuple[Conversation, Deadline | None]]:
    """Put the running clock beside each chat; one query."""
    found = list(chats)
    running = Deadline.objects.open().filter(subject__in=[each.subject for each in found])
    first = {each.subject: each for each in running}
    return [(each, first.get(each.subject)) for each in found]


@dataclass(frozen=True, slots=True)
class Card:
    """The order beside the chat: its state, what it is due next, its price, whom to call (masked)."""

    order: Order
    clocks: list[Deadline]
    price: PriceTold | None
    shipper: str
    consignee: str


def card(person: Person, number: str) -> Card | None:
    """Return the order a chat is about, where this person may see it."""
    if not number:
        return None
    order = Order.objects.visible_to(person).select_related("branch", "waybill", "price").filter(number=number).first()
    if order is None:
        return None
    clocks = list(Deadline.objects.open().filter(order=order, due_at__isnull=False).order_by("due_at")[:MOST_CLOCKS])
    return Card(order, clocks, price_told(order.price), mask_phone(order.shipper_phone), mask_phone(order.consignee_phone))


def phrases(unit: Unit | None, beside: Card | None) -> list[str]:
    """Return what can be inserted: what the order says of itself, the unit's own phrases, the company's."""
    said = []
    if beside is not None:
        number, state = beside.order.number, beside.order.get_state_display()
        if beside.price:
            said.append(_t("订单 %(number)s 的运费为 ¥%(total)s。") % {"number": number, "total": beside.price.total})
        said.append(_t("订单 %(number)s 当前状态：%(state)s。") % {"number": number, "state": state})
    return said + list(Phrase.objects.offered_in(unit).values_list("text", flat=True))
