"""Which branch has the order: first assignment, correction in its window, later moves, who stays answerable (§1.2.1.3–6)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import publish
from core.models import Actor
from network.choices import CALL_CENTRE
from network.models import Person, Unit
from orders.choices import State
from orders.models import Move, Order
from orders.services.common import about, label, locked, stamp
from orders.services.desk import own_last_act
from rulebook.errors import Refused
from rulebook.events import On
from rulebook.windows import may_still_move

MOST_MOVES = 2  # §1.2.1.6

PLACE_COLUMNS = ("state", "branch", "reached_branch_at", "first_branch", "accepted_by", "accepted_at", "moves")


@transaction.atomic
def assign(*, number: str, branch: Unit, clerk: Person, now: datetime) -> Order:
    """
    Give an order without a branch to one (§1.2.1.3).

    :raises Conflict: somebody has assigned it already; says who and when
    """
    clerk.require("assign")
    order = locked(number, clerk)
    perform(order.assign, branch=branch, at=now)
    _save(order, clerk.actor, label(clerk), now)
    Move.objects.create(order=order, to_branch=branch, at=now, by_kind="person", by=clerk, counts=False)
    publish(
        about(order, On.ORDER_ASSIGNED, clerk.actor, now),
        about(order, On.ORDER_REACHED_BRANCH, clerk.actor, now),
    )
    return order


@transaction.atomic
def take_back_assignment(*, number: str, clerk: Person, now: datetime) -> Order:
    """
    Undo one's own first assignment within ten seconds (design §6.27).

    :raises Conflict: ten seconds are over, or somebody has acted on the order since
    """
    clerk.require("assign")
    order = locked(number, clerk)
    undone = own_last_act(order, clerk, now, On.ORDER_ASSIGNED, On.ORDER_REACHED_BRANCH)
    before = order.branch
    perform(order.take_back_assignment)
    _save(order, clerk.actor, label(clerk), now)
    Move.objects.create(order=order, from_branch=before, at=now, by_kind="person", by=clerk, counts=False, reason=_("撤销分配"))
    publish(about(order, On.ORDER_ASSIGNMENT_TAKEN_BACK, clerk.actor, now, undoes=undone))
    return order


@transaction.atomic
def reassign(*, number: str, branch: Unit, clerk: Person, reason: str, now: datetime) -> Order:
    """
    Move an order to another branch. A branch may within its window (§1.2.1.5), the call centre at any time; from the third
    move on the responsible branch is pinned and the move is on record as a violation (§1.2.1.6).

    :raises Refused: the branch's window is over, or it is the same branch
    :raises Conflict: the order is billed or cancelled
    """
    clerk.require("move")
    order = locked(number, clerk)
    if order.branch_id == branch.pk:
        raise Refused("§1.2.1.5", _("订单已在该营业部，请选择其他营业部。"), field="branch")
    if clerk.roles.isdisjoint(CALL_CENTRE) and order.reached_branch_at:
        accepted = order.accepted_at if order.state != State.AT_BRANCH else None
        if not may_still_move(order.reached_branch_at, accepted, now):
            raise Refused("§1.2.1.5", _("改派时限已过（受理前 10 分钟内、受理后 5 分钟内），请联系呼叫中心改派。"))
    return _move(order, branch, by=clerk.actor, who=label(clerk), counts=True, reason=reason, now=now, person=clerk)


def move_for_customer(order: Order, branch: Unit, *, by: Actor, who: str, now: datetime) -> Order:
    """Move a locked order because the customer chose another branch; this does not count for §1.2.1.6 (design §6.8)."""
    return _move(order, branch, by=by, who=who, counts=False, reason=_("客户改选营业部"), now=now)


def _move(
    order: Order, branch: Unit, *, by: Actor, who: str, counts: bool, reason: str, now: datetime, person: Person | None = None
) -> Order:
    before = order.branch
    perform(order.reassign, branch=branch, at=now)
    order.moves += counts
    violation = counts and order.moves > MOST_MOVES
    if violation and order.responsible_branch_id is None:
        order.responsible_branch = order.first_accepted_branch or order.first_branch
    _save(order, by, who, now)
    Move.objects.create(
        order=order, from_branch=before, to_branch=branch, at=now, by_kind=by.kind, by=person, counts=counts,
        violation=violation, reason=reason,
    )  # fmt: skip
    names = [On.ORDER_REASSIGNED, *([On.ORDER_MOVED_TOO_OFTEN] if violation else []), On.ORDER_REACHED_BRANCH]
    old = before.pk if before else None
    publish(*(about(order, name, by, now, from_branch=old, moves=order.moves) for name in names))
    return order


def _save(order: Order, by: Actor, who: str, now: datetime) -> None:
    stamp(order, by, who, now)
    order.save(update_fields=[*PLACE_COLUMNS, "responsible_branch", "last_actor", "last_at"])
