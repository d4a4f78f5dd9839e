"""Watch lists: what was found is listed once, then cleared or upheld with a reason; upheld, a penalty follows (§1.7.2.9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import Fact, publish
from core.models import SYSTEM, Actor
from network.models import Person
from orders.models import Order
from penalties.models import WatchItem
from penalties.models.watch import key_of
from penalties.services.imposing import impose
from rulebook.due import at as at_hour
from rulebook.errors import Refused
from rulebook.events import On

FINE = ("§1.7.2.9", "other")


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
def uphold_item(*, pk: int, person: Person, reason: str, culprit: str, now: datetime) -> WatchItem:
    """
    Uphold a finding: the person named is penalised (§1.7.2.9), once, whatever else the day brings.

    :param culprit: the number of the person responsible
    :raises Refused: there is no such person
    :raises Conflict: it has been decided
    """
    person.require("decide_watch")
    named = Person.objects.filter(number=culprit).first()
    if named is None:
        raise Refused("§1.7.2.9", _("没有工号为“%s”的员工。") % culprit, field="culprit")
    item = _locked(pk)
    perform(item.uphold, by=person, at=now, reason=reason, culprit=named)
    item.save()
    [entry] = publish(_fact(On.WATCH_ITEM_UPHELD, item, person.actor, now))[:1]
    order = Order.objects.filter(number=item.order_number).first() if item.order_number else None
    clause, case = FINE
    impose(
        clause=clause, case=case, cause=f"watch/{item.pk}", at=at_hour(item.day, 24), now=now, by=person.actor,
        unit=item.unit, person=named, order=order, entry=entry, text=reason,
    )  # fmt: skip
    return item


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
