"""What every verb does first and last: fetch the locked row within the person's scope; stamp it, save it, state the fact."""

from collections.abc import Mapping
from datetime import datetime

from core.journal import Fact
from core.models import Actor
from core.prepared import Prepared
from network.models import Person, Unit
from orders.models import Order
from rulebook.events import On

LOCKED: Prepared[Order] = Prepared(lambda number: Order.objects.locked().select_related("branch").filter(number=number))


def locked(number: str, person: Person | None = None) -> Order:
    """
    Return the order, its row locked; with a person, only within what they may see.

    :raises Order.DoesNotExist: there is none, or it lies outside the person's scope
    """
    order = LOCKED.one(number)
    if order is None:
        raise Order.DoesNotExist
    if order.branch is None and order.branch_id:  # moved while we waited for its lock: the join was made before
        order.branch = Unit.objects.get(pk=order.branch_id)
    if person and not order.seen_by(person):
        raise Order.DoesNotExist
    return order


def stamp(order: Order, by: Actor, label: str, now: datetime) -> None:
    """Note who acted last, for the losers of a race and for undo."""
    order.last_actor, order.last_at = label or by.kind, now


def about(order: Order, name: On, by: Actor, now: datetime, **data: object) -> Fact:
    """Return a fact about this order, with what the clocks may ask of it."""
    return Fact(name=name, subject=order.subject, order=order.number, at=now, by=by, data={**order.clock_facts(), **data})


def label(person: Person) -> str:
    """Return how a person is named to others: name and number."""
    return f"{person.name}（{person.number}）"


Extra = Mapping[str, object]
