"""Until there is a tariff: the branch quotes by phone and the customer confirms or declines (§3.3)."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import publish
from core.models import Actor
from network.models import Person
from orders.choices import OPEN
from orders.models import BranchQuote, Order
from orders.services.common import about, label, locked, stamp
from orders.services.ending import cancel_for_price
from rulebook.errors import Conflict
from rulebook.events import On

CONFIRMED, DECLINED = "confirmed", "declined"


@transaction.atomic
def quote(*, number: str, clerk: Person, amount: Decimal, words: str, now: datetime) -> BranchQuote:
    """
    Record the price the branch told the customer, in yuan, with the words the customer heard (§3.3).

    :raises Conflict: the price is agreed already, or the order has ended
    """
    clerk.require("quote")
    order = locked(number, clerk)
    _check_open(order)
    perform(order.quote)
    given = BranchQuote.objects.create(order=order, amount=amount, words=words, by=clerk, at=now)
    stamp(order, clerk.actor, label(clerk), now)
    order.save(update_fields=["price_state", "last_actor", "last_at"])
    publish(about(order, On.PRICE_QUOTED, clerk.actor, now, quote=given.pk, amount=str(amount)))
    return given


@transaction.atomic
def answer_quote(
    *, number: str, agreed: bool, by: Actor, now: datetime, person: Person | None = None, who: str = "", seen: int = 0
) -> Order:
    """
    Record the customer's answer to the last quote, given by the customer or, on the phone, through the clerk (§3.3).
    Declined, the order is cancelled with that reason.

    :param seen: the key of the quote that is answered; 0 answers the last one, whichever it is
    :raises Conflict: no quote waits for an answer, or another one has been given since `seen`
    """
    if person:
        person.require("quote")
        who = label(person)
    order = locked(number, person)
    _check_open(order)
    last = order.quotes.order_by("-pk").first()
    if seen and (last is None or last.pk != seen):
        raise Conflict(_("营业部已给出新的报价，请查看后再答复。"), **order.last_act())
    perform(order.confirm_price if agreed else order.decline_price)
    if last:
        last.answer, last.answered_at = CONFIRMED if agreed else DECLINED, now
        last.save(update_fields=["answer", "answered_at"])
    stamp(order, by, who, now)
    order.save(update_fields=["price_state", "last_actor", "last_at"])
    publish(about(order, On.PRICE_CONFIRMED if agreed else On.PRICE_DECLINED, by, now, quote=last.pk if last else None))
    return order if agreed else cancel_for_price(order, by=by, who=who, now=now)


def _check_open(order: Order) -> None:
    if order.state not in OPEN:
        raise Conflict(_("订单已是“%(state)s”，不能再报价。") % {"state": order.get_state_display()}, **order.last_act())
