"""The staff's frame: who is here, where they may go, whether the clocks are being looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.language import in_words
from customers.models import Conversation
from network.choices import BRANCH_STAFF, CALL_CENTRE, MANAGERS, MAY
from network.models import Person, Unit
from notify.models import Message
from rulebook.roles import Role
from sla.services import tick_age

KEYS_OFF = "keys_off"
STALE = timedelta(seconds=15)  # three intervals of the tick


@dataclass(frozen=True, slots=True)
class Way:
    """
    An entry of the rail: the view's name (in desk unless it says otherwise), icon and label, who is shown it (None: all staff),
    its argument, what counts beside it.
    """

    view: str
    icon: str
    label: Any
    roles: frozenset[Role] | None = None
    of: str = ""
    counted: str = ""

    @property
    def name(self) -> str:
        return self.view if ":" in self.view else f"desk:{self.view}"


WAYS = (
    Way("queue", "list", _("订单队列"), BRANCH_STAFF | MANAGERS | CALL_CENTRE | {Role.DEPARTMENT}),
    Way("pickups", "truck", pgettext_lazy("menu", "接货"), BRANCH_STAFF | {Role.FLEET}),
    Way("bills", "file", _("开单"), BRANCH_STAFF),
    Way("courier", "box", _("我的接货"), frozenset({Role.COURIER})),
    Way("my-goods", "truck", _("我的派送"), frozenset({Role.COURIER})),
    Way("loads", "truck", _("配载"), MAY["haul"]),
    Way("scan", "search", pgettext_lazy("menu", "扫描"), MAY["haul"] | {Role.COURIER}),
    Way("deliveries", "pin", _("到货派送"), MAY["see_goods"] - CALL_CENTRE - {Role.COURIER, Role.FINANCE}),
    Way("tracking", "search", _("货物跟踪"), MAY["see_goods"] - {Role.COURIER}),
    Way("anomalies", "alert", _("异常"), MAY["anomaly"] - CALL_CENTRE - MANAGERS - {Role.COURIER}),
    Way("complaints", "alert", _("投诉"), MAY["see_complaints"]),
    Way("key-accounts", "star", _("项目客户"), MAY["see_key_accounts"] - CALL_CENTRE - {Role.FLEET}),
    Way("callcentre", "headset", _("呼叫中心"), MAY["watch_calls"]),
    Way("chats", "chat", _("在线咨询"), MAY["see_chats"], counted="waiting_chats"),
    Way("service", "users", _("客服"), MAY["see_service"], of="tickets"),
    Way("slips", "file", _("签收单"), MAY["slip"]),
    Way("cash", "money", _("代收货款"), MAY["see_cash"]),
    Way("claims", "shield", _("理赔"), MAY["see_claims"] - MANAGERS),
    Way("manage", "chart", _("指标"), MAY["see_kpis"]),
    Way("responsibility", "chart", _("月度责任报表"), MAY["see_responsibility"]),
    Way("points", "alert", _("积分与档次"), MAY["see_points"]),
    Way("actions", "note", _("整改措施"), MAY["see_points"]),
    Way("checks", "headset", _("来电核查"), MAY["open_check"]),
    Way("prices", "money", _("价格"), MAY["see_prices"]),
    Way("filings", "shield", _("备案"), BRANCH_STAFF | {Role.DEPARTMENT, Role.IT}),
    Way("watches", "search", _("监控名单"), MAY["see_watch"]),
    Way("penalties", "money", _("处罚"), MAY["see_penalties"]),
    Way("regulations", "book", _("罚款规定"), MAY["manage_penalties"]),
    Way("bonus", "money", _("奖金扣罚"), MAY["run_bonus"]),
    Way("partners:pushes", "refresh", _("推送"), MAY["manage_partners"]),
    Way("partners:partners", "swap", _("合作平台"), MAY["manage_partners"]),
    Way("import", "upload", _("导入"), MAY["import"]),
    Way("calendar", "calendar", _("工作日历"), MAY["calendar"]),
    Way("units", "users", _("组织"), MAY["organise"]),
    Way("erasures", "shield", _("删除申请"), MAY["erase"]),
    Way("notices", "bell", _("客户通知"), MAY["see_notices"] - BRANCH_STAFF),
    Way("my-penalties", "user", _("我的处罚"), None),
    Way("coverage", "book", _("制度"), None),
)


def _counts(rows: QuerySet[Any]) -> Subquery:
    """Return how many of these rows a unit has, None where it has none."""
    own = rows.filter(unit=OuterRef("pk")).order_by().values("unit")
    return Subquery(own.annotate(rows=Count("pk")).values("rows"))


@dataclass(frozen=True, slots=True)
class Item:
    url: str
    icon: str
    label: Any
    current: bool
    count: int = 0


class Frame:
    """What the staff's frame shows; worked out only where a page uses it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.person: Person = request.person  # type: ignore[attr-defined]

    @cached_property
    def nav(self) -> list[Item]:
        return list(self._items())

    def _items(self) -> Iterator[Item]:
        match = self._request.resolver_match
        for way in WAYS:
            if way.roles is None or not self.person.roles.isdisjoint(way.roles):
                try:
                    url = reverse(way.name, args=[way.of] if way.of else [])
                except NoReverseMatch:  # a page that is not built yet
                    continue
                here = bool(match) and match.view_name == way.name  # type: ignore[union-attr]
                yield Item(url, way.icon, way.label, here, getattr(self, way.counted) if way.counted else 0)

    @cached_property
    def role(self) -> str:
        posts = self.person.current_posts
        if not posts:
            return ""
        role = Role(posts[0].role)
        return in_words(role)

    @cached_property
    def unit(self) -> str:
        return str(self.person.unit or "")

    @property
    def unseen(self) -> int:
        """Count the messages to one's unit that nobody there has seen."""
        return self._counted[0]

    @property
    def waiting_chats(self) -> int:
        """Count the chats of one's unit that wait for an answer (§4.3.1.1)."""
        return self._counted[1]

    @cached_property
    def _counted(self) -> tuple[int, int]:
        """Return both counts: every page shows them, so one query asks for them."""
        if self.person.unit is None:
            return 0, 0
        both = _counts(Message.objects.unseen()), _counts(Conversation.objects.waiting())
        unseen, waiting = Unit.objects.filter(pk=self.person.unit.pk).values_list(*both).get()
        return unseen or 0, waiting or 0

    @property
    def keys(self) -> bool:
        """Tell whether single-key shortcuts are on for this login (WCAG 2.1.4)."""
        return not self._request.session.get(KEYS_OFF)

    @cached_property
    def tick_is_stale(self) -> bool:
        now = clock.now()
        return overdue(tick_age(now), up=now - settings.STARTED_AT)


def overdue(age: timedelta | None, *, up: timedelta) -> bool:
    """
    Tell whether the tick is late by more than three intervals: since it last ran or since this process came up, whichever is later.

    :param age: how long ago the tick last ran; None: never
    :param up: how long this process has been up; less than nothing where the clock was set back, which excuses nobody
    """
    just_started = timedelta(0) <= up <= STALE
    return not just_started and (age is None or age > STALE)


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame` on the staff's pages."""
    if request.path.startswith("/desk/") and getattr(request, "person", None):
        return {"frame": Frame(request)}
    return {}
