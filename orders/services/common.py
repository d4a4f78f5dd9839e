"""What every verb does first and last: fetch the locked row within the person's scope; stamp it, save it, state the fact."""

from collections.abc import Mapping
from datetime import datetime

from core.journal import Fact
from core.models import Actor
from network.models import Person
from orders.models import Order
from rulebook.events import On


def locked(number: str, person: Person | None = None) -> Order:
    """
    Return the order, its row locked; with a person, only within what they may see.

    :raises Order.DoesNotExist: there is none, or it lies outside the person's scope
    """
    orders = Order.objects.visible_to(person) if person else Order.objects.all()
    order: Order = orders.locked().select_related("branch").get(number=number)
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
