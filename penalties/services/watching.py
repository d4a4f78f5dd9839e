"""Watch lists: what was found is listed once, then cleared or upheld with a reason; upheld, a penalty follows (§1.7.2.8, §1.7.2.9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import Fact, publish
from core.models import SYSTEM, Actor
from network.models import Person
from network.services import Answerable
from orders.models import Order
from penalties.choices import Watched
from penalties.models import MissedPair, WatchItem
from penalties.models.watch import key_of
from penalties.services.imposing import impose
from penalties.services.reversing import reverse
from rulebook.due import at as at_hour
from rulebook.due import local_day
from rulebook.errors import Refused
from rulebook.events import On
from rulebook.roles import Role

STREAK = "missed_pickups"
NO_STREAK = "no_streak"
"""Why a pair lapsed, as a code: the page puts it into the reader's language."""


def list_items(found: Sequence[WatchItem], *, now: datetime) -> int:
    """Store what a list found, except what is listed already; return how many are new."""
    days = {item.day for item in found}
    listed = {key_of(item) for item in WatchItem.objects.filter(day__in=days)}
    fresh = [item for item in found if key_of(item) not in listed]
    try:
        with transaction.atomic():
            WatchItem.objects.bulk_create(fresh, batch_size=500)
            publish(*[_fact(On.WATCH_ITEM_LISTED, item, SYSTEM, now) for item in fresh])
    except IntegrityError:  # another worker lists the same at this moment
        return 0
    return len(fresh)


@transaction.atomic
def clear_item(*, pk: int, person: Person, reason: str, now: datetime) -> WatchItem:
    """
    Clear a finding: there is an explanation.

    :raises Conflict: it has been decided
    """
    person.require("decide_watch")
    item = _locked(pk)
    perform(item.clear, by=person, at=now, reason=reason)
    item.save()
    publish(_fact(On.WATCH_ITEM_CLEARED, item, person.actor, now))
    return item


@transaction.atomic
def uphold_item(*, pk: int, person: Person, reason: str, now: datetime, culprit: str = "") -> WatchItem:
    """
    Uphold a finding: the person named is penalised (§1.7.2.9), or of missed pickups the branch's manager then (§1.7.2.8), once.

    :param culprit: the number of the person responsible, where one is to be named
    :raises Refused: there is no such person
    :raises Conflict: it has been decided
    """
    person.require("decide_watch")
    item = _locked(pk)
    named = _named(culprit) if item.row.names_a_person else item.person
    perform(item.uphold, by=person, at=now, reason=reason, culprit=named)
    item.save()
    [entry] = publish(_fact(On.WATCH_ITEM_UPHELD, item, person.actor, now))[:1]
    order = Order.objects.filter(number=item.order_number).first() if item.order_number else None
    clause, case = item.row.fine
    impose(
        clause=clause, case=case, cause=item.cause, at=_at(item), now=now, by=person.actor,
        unit=item.unit, person=named, order=order, entry=entry, text=reason,
    )  # fmt: skip
    return item


def _named(number: str) -> Person:
    named: Person | None = Person.objects.filter(number=number).first()
    if named is None:
        raise Refused("§1.7.2.9", _("没有工号为“%s”的员工。") % number, field="culprit")
    return named


def _at(item: WatchItem) -> datetime:
    """Return the instant whose holders of posts pay: the second pickup's due time; of other findings the end of the day."""
    pair = MissedPair.objects.filter(pk=item.subject.partition("/")[2]).first() if item.kind == STREAK else None
    return pair.at if pair else at_hour(item.day, 24)


def list_pair(pair: MissedPair, *, now: datetime) -> None:
    """List two missed pickups in a row for the department, with who managed the branch then (§1.7.2.8)."""
    orders = [clock.order.number for clock in (pair.first, pair.second) if clock.order]
    manager = Answerable([pair.branch_id]).person(Role.BRANCH_MANAGER, pair.branch_id, pair.at)
    found = WatchItem(
        kind=STREAK, day=local_day(pair.at), subject=pair.cause, unit=pair.branch, person_id=manager, order_number=orders[-1] if orders else "",
        data={"order_numbers": orders}, listed_at=now,
    )  # fmt: skip
    list_items([found], now=now)


def lapse_pair(pair: MissedPair, *, by: Actor, now: datetime) -> None:
    """Take a pair that is none any more off the list, decided or not; what it had carried is reversed."""
    item = WatchItem.objects.locked().filter(kind=STREAK, subject=pair.cause).first()
    if item is not None and item.state == Watched.OPEN:
        perform(item.lapse, at=now, reason=NO_STREAK)
        item.save()
        publish(_fact(On.WATCH_ITEM_CLEARED, item, by, now))
    reverse(cause=pair.cause, reason=NO_STREAK, by=by, at=now)


def _locked(pk: int) -> WatchItem:
    item: WatchItem = WatchItem.objects.locked().select_related("unit", "decided_by").get(pk=pk)
    return item


def _fact(name: On, item: WatchItem, by: Actor, now: datetime) -> Fact:
    return Fact(
        name=name, subject=f"watch/{item.pk}", at=now, by=by, order=item.order_number, in_sequence=False,
        data={
            "clause": item.row.clause, "kind": item.kind, "day": item.day.isoformat(), "subject": item.subject,
            "branch": item.unit_id, "person": item.culprit_id or item.person_id, "state": item.state,
        },
    )  # fmt: skip
