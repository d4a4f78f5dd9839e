"""Which fact tells a customer, on which topic, in which words; and by which media they want to be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.effects import after_commits
from core.journal import Fact
from core.models import Entry
from core.rows import insert, new
from customers.models import CustomerAccount
from customers.services import actor_of
from notify.choices import Medium, NoticeKind, NoticeState, Topic
from notify.models import Notice
from notify.notices import index_of
from orders.models import Order
from rulebook.events import On


class Told(NamedTuple):
    kind: NoticeKind
    topic: Topic
    words: str


TOLD: dict[str, Told] = {
    On.ORDER_ACCEPTED: Told(NoticeKind.ACCEPTED, Topic.ORDER, gettext_noop("订单 %(number)s 已受理，请备好货物。")),
    On.PRICE_QUOTED: Told(NoticeKind.QUOTED, Topic.ORDER, gettext_noop("订单 %(number)s 已报价，请登录确认或拒绝。")),
    On.ORDER_CANCELLED: Told(NoticeKind.CANCELLED, Topic.ORDER, gettext_noop("订单 %(number)s 已取消；如有疑问请联系营业部。")),
    On.WAYBILL_ISSUED: Told(NoticeKind.BILLED, Topic.GOODS, gettext_noop("订单 %(number)s 已开单发运。")),
    On.SHIPMENT_LOADED_FOR_DELIVERY: Told(NoticeKind.ON_THE_WAY, Topic.GOODS, gettext_noop("订单 %(number)s 正在派送。")),
    On.SHIPMENT_OFFERED_FOR_PICKUP: Told(NoticeKind.TO_COLLECT, Topic.GOODS, gettext_noop("订单 %(number)s 已到达，收货人可以自提。")),
    On.SHIPMENT_SIGNED: Told(NoticeKind.SIGNED, Topic.GOODS, gettext_noop("订单 %(number)s 已签收。")),
    On.SHIPMENT_SIGNED_WITH_EXCEPTION: Told(NoticeKind.SIGNED, Topic.GOODS, gettext_noop("订单 %(number)s 已签收，签收时有异常，请查看。")),
    On.CASH_REMITTED: Told(NoticeKind.REMITTED, Topic.MONEY, gettext_noop("订单 %(number)s 的代收货款已汇出。")),
    On.CLAIM_PROPOSED: Told(NoticeKind.PROPOSED, Topic.SERVICE, gettext_noop("订单 %(number)s 的理赔方案已出，请登录答复。")),
    On.COMPLAINT_RESULT_TOLD: Told(NoticeKind.ANSWERED, Topic.SERVICE, gettext_noop("订单 %(number)s 的投诉已有结果，请登录查看。")),
}
"""Facts that tell the customer who has a login."""


def media_of(account: CustomerAccount, topic: str) -> list[str]:
    """Return the media chosen for a topic; who has chosen nothing yet is told by mail."""
    chosen: list[str] = account.tells.get(topic, [Medium.MAIL.value])
    return chosen


def on_entries(entries: Sequence[Entry]) -> Iterable[Fact]:
    """Store what these facts tell customers; the worker is told once the transaction has committed."""
    telling = [entry for entry in entries if entry.name in TOLD and entry.order_number]
    if telling and (notices := list(_notices(telling))):
        after_commits("notify.tasks.send_notices", [notice.pk for notice in insert(notices)])
    return []


def _notices(entries: Sequence[Entry]) -> Iterator[Notice]:
    known = _logins_of({entry.order_number for entry in entries})
    for entry in entries:
        told = TOLD[entry.name]
        for account, addresses in known.get(entry.order_number, []):
            if entry.actor == actor_of(account):
                continue  # their own act is no news
            for medium in media_of(account, told.topic):
                if address := addresses.get(medium):
                    yield _notice(entry, told, account, medium, address)


def _notice(entry: Entry, told: Told, account: CustomerAccount, medium: str, address: str) -> Notice:
    with translation.override("zh-hans"):
        text = _(told.words) % {"number": entry.order_number}
    return new(
        Notice, account=account, order_number=entry.order_number, kind=told.kind, medium=medium, address=address,
        address_index=index_of(medium, address), subject=text if medium == Medium.MAIL else "", text=text, entry=entry,
        state=NoticeState.WAITING, stored_at=entry.recorded_at, due_at=entry.recorded_at,
    )  # fmt: skip


def _logins_of(numbers: set[str]) -> dict[str, list[tuple[CustomerAccount, dict[str, str]]]]:
    """Return for each order the logins that placed it or whose verified phone ships it, with their addresses."""
    orders = list(Order.objects.filter(number__in=numbers).values_list("number", "placed_by", "shipper_phone_index"))
    logins = {placed_by for _number, placed_by, _phone in orders} - {None}
    phones = {phone for _number, _placed_by, phone in orders if phone}
    found = CustomerAccount.objects.filter(Q(pk__in=logins) | Q(customer__phone_index__in=phones), account__is_active=True)
    accounts = list(found.select_related("account", "customer").prefetch_related("account__emailaddress_set"))
    return {
        number: [
            (account, _addresses(account))
            for account in accounts
            if account.pk == placed_by or (account.customer and account.customer.phone_index == phone)
        ]
        for number, placed_by, phone in orders
    }


def _addresses(account: CustomerAccount) -> dict[str, str]:
    mails = [each.email for each in account.account.emailaddress_set.all() if each.verified and each.primary]  # type: ignore[attr-defined]
    return {Medium.MAIL: mails[0] if mails else "", Medium.SMS: account.customer.phone if account.customer else ""}
