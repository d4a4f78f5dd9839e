"""What the watch lists of a day find: read here, listed and decided in `penalties` (§1.4.3f, §1.2.2.c, §1.2.2.a)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from core.models import Entry
from customers.choices import Group
from customers.models import Customer
from orders.models import Order
from penalties import services as penalties
from penalties.models import WatchItem
from reports.dayend import NOT_ACCEPTED, NOT_ENDED, missed
from rulebook.due import at, local_day
from rulebook.events import On
from sla.models import Step

LOOKED_BACK = 3  # days: a night that was missed is made up for
CHAT = "§4.3.1.1"
DAY_END = {"not_ended": NOT_ENDED, "not_accepted": NOT_ACCEPTED}


@dataclass(slots=True)
class Account:
    """What one member account ordered in a day; branches and billing clerks by key, with their orders counted."""

    orders: list[str] = field(default_factory=list)
    shippers: set[str] = field(default_factory=set)
    branches: Counter[int] = field(default_factory=Counter)
    clerks: Counter[int] = field(default_factory=Counter)

    def take(self, row: dict[str, Any]) -> None:
        self.orders.append(row["number"])
        self.shippers.add(row["shipper_phone_index"])
        if row["branch"]:
            self.branches[row["branch"]] += 1
        if row["waybill__issued_by"]:
            self.clerks[row["waybill__issued_by"]] += 1


def list_recent(*, now: datetime) -> int:
    """List what the last days found; return how many findings are new. The day that runs is not over yet."""
    days = [local_day(now) - timedelta(days=back) for back in range(LOOKED_BACK, 0, -1)]
    return sum(penalties.list_items(found_on(day, now), now=now) for day in days)


def found_on(day: date, now: datetime) -> list[WatchItem]:
    """Return the findings of a day, not stored."""
    return [*_frauds(day, now), *_unended(day, now), *_unanswered(day, now)]


def accounts_of(day: date) -> dict[str, Account]:
    """
    Return who ordered how much on a day, by `account/ID` of the login that placed it, else by `customer/ID` where the shipper's
    phone is a member's (诚信通).
    """
    placed = Order.objects.filter(placed_at__gte=at(day), placed_at__lt=at(day, 24)).order_by("placed_at", "pk")
    rows = list(placed.values("number", "shipper_phone_index", "branch", "waybill__issued_by"))
    logins = dict(
        Entry.objects.filter(
            name=On.ORDER_SUBMITTED, occurred_at__gte=at(day), occurred_at__lt=at(day, 24), actor_kind="customer"
        ).exclude(actor_id="").values_list("order_number", "actor_id")
    )  # fmt: skip
    members = dict(Customer.objects.filter(group=Group.ALIBABA_MEMBER).values_list("phone_index", "pk"))
    found: dict[str, Account] = defaultdict(Account)
    for row in rows:
        if login := logins.get(row["number"]):
            found[f"account/{login}"].take(row)
        elif member := members.get(row["shipper_phone_index"]):
            found[f"customer/{member}"].take(row)
    return found


def _frauds(day: date, now: datetime) -> Iterator[WatchItem]:
    least = {"many_shippers": settings.FRAUD_SHIPPERS, "many_orders": settings.FRAUD_ORDERS}
    for subject, account in accounts_of(day).items():
        counted = {"many_shippers": len(account.shippers), "many_orders": len(account.orders)}
        for kind, number in counted.items():
            if number >= least[kind]:
                yield _fraud(kind, day, subject, account, now)


def _fraud(kind: str, day: date, subject: str, account: Account, now: datetime) -> WatchItem:
    data = {
        "orders": len(account.orders), "shippers": len(account.shippers), "order_numbers": account.orders,
        "branches": dict(account.branches.most_common()), "clerks": dict(account.clerks.most_common()),
    }  # fmt: skip
    return WatchItem(
        kind=kind, day=day, subject=subject, unit_id=_most(account.branches), person_id=_most(account.clerks), data=data,
        listed_at=now,
    )  # fmt: skip


def _most(counted: Counter[int]) -> int | None:
    return counted.most_common(1)[0][0] if counted else None


def _unended(day: date, now: datetime) -> Iterator[WatchItem]:
    for kind, clause in DAY_END.items():
        for step in missed(clause, day):
            deadline = step.deadline
            yield WatchItem(
                kind=kind, day=day, subject=f"order/{deadline.order_id}", unit_id=step.responsible_unit_id or deadline.holder_id,
                person_id=step.responsible_person_id, order_number=deadline.order.number if deadline.order else "",
                data={"step": str(step.pk)}, listed_at=now,
            )  # fmt: skip


def _unanswered(day: date, now: datetime) -> Iterator[WatchItem]:
    """One finding a unit and day: the chats it did not answer within two minutes, and who answered most often (§4.3.1.1)."""
    late: dict[int, list[Step]] = defaultdict(list)
    for step in missed(CHAT, day):
        if unit := step.responsible_unit_id or step.deadline.holder_id:
            late[unit].append(step)
    for unit, steps in late.items():
        people = Counter(step.responsible_person_id for step in steps if step.responsible_person_id)
        chats = sorted({int(step.deadline.subject.removeprefix("chat/")) for step in steps})
        yield WatchItem(
            kind="chat_unanswered", day=day, subject=f"unit/{unit}", unit_id=unit, person_id=_most(people),
            data={"turns": len(steps), "chats": chats, "steps": [str(step.pk) for step in steps]}, listed_at=now,
        )  # fmt: skip
