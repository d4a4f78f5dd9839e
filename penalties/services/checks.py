"""Check what a customer disputes: the contact before an acceptance, the reason of a cancellation (§1.7.2.3, §1.7.2.4)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import Fact, publish
from network.models import Person, Unit
from orders.choices import Outcome, State
from orders.models import Order
from orders.services.common import label, locked
from penalties.choices import CheckKind
from penalties.models import ContactCheck
from penalties.services.imposing import impose
from rulebook.errors import Conflict, Refused
from rulebook.events import On

CLAUSES = {CheckKind.ACCEPTANCE: "§1.7.2.3", CheckKind.CANCEL_REASON: "§1.7.2.4"}
CASES = {CheckKind.ACCEPTANCE: "not_contacted", CheckKind.CANCEL_REASON: "false_cancel_reason"}
LONGEST = 300


@transaction.atomic
def open_check(*, number: str, kind: str, text: str, clerk: Person, now: datetime) -> ContactCheck:
    """
    Open a check: a customer calls about an accepted order, or a follow-up call doubts why an order was cancelled.

    :param text: what the customer said
    :raises Refused: the order is not accepted, or not cancelled by a branch; nothing was said
    :raises Conflict: such a check is open already
    """
    clerk.require("open_check")
    order = locked(number, clerk)
    wanted = CheckKind(kind)
    words = _words(text, wanted, "text", _("请记录客户所述。"))
    unit, at = _accepted(order) if wanted == CheckKind.ACCEPTANCE else _cancelled(order)
    check: ContactCheck = ContactCheck(
        kind=wanted, order=order, unit=unit, judged_at=at, text=words, opened_by=clerk, opened_at=now,
        doubtful=wanted == CheckKind.ACCEPTANCE and not contacted(order, unit, at), last_actor=label(clerk), last_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            check.save(force_insert=True)
    except IntegrityError as taken:
        raise Conflict(_("该订单的同类核查尚未了结。")) from taken
    _state(On.CONTACT_CHECK_OPENED, check, clerk, now)
    return check


def _accepted(order: Order) -> tuple[Unit, datetime]:
    if order.accepted_at is None or order.branch is None:
        raise Refused("§1.7.2.3", _("只能核查已受理的订单。"))
    return order.branch, order.accepted_at


def _cancelled(order: Order) -> tuple[Unit, datetime]:
    if order.state != State.CANCELLED or order.branch is None or order.cancelled_at is None:
        raise Refused("§1.7.2.4", _("只能核查由营业部取消的订单。"))
    return order.branch, order.cancelled_at


def contacted(order: Order, unit: Unit, accepted_at: datetime) -> bool:
    """Tell whether a reached contact of the branch precedes the acceptance (§1.4.1)."""
    return bool(order.contacts.filter(outcome=Outcome.REACHED, branch=unit, at__lte=accepted_at).exists())


def _words(text: str, kind: CheckKind, field: str, missing: str) -> str:
    words = text.replace("\0", "").strip()
    if not words:
        raise Refused(CLAUSES[kind], missing, field=field)
    if len(words) > LONGEST:
        raise Refused(CLAUSES[kind], _("内容过长，最多 %d 个字。") % LONGEST, field=field)
    return words


@transaction.atomic
def clear_check(*, pk: int, decision: str, clerk: Person, now: datetime) -> ContactCheck:
    """
    Find that the branch did as it said.

    :raises Refused: no reason
    :raises Conflict: it is decided already
    """
    check = _locked(pk, clerk)
    perform(check.clear, by=clerk, at=now, decision=_reason(check, decision))
    return _decided(On.CONTACT_CHECK_CLEARED, check, clerk, now)


@transaction.atomic
def uphold_check(*, pk: int, decision: str, clerk: Person, now: datetime) -> ContactCheck:
    """
    Find that it did not: branch manager, regional manager and area director of that instant are fined.

    :raises Refused: no reason
    :raises Conflict: it is decided already
    """
    check = _locked(pk, clerk)
    perform(check.uphold, by=clerk, at=now, decision=_reason(check, decision))
    done = _decided(On.CONTACT_CHECK_UPHELD, check, clerk, now)
    kind = CheckKind(check.kind)
    impose(
        clause=CLAUSES[kind], case=CASES[kind], cause=check.subject, at=check.judged_at, now=now, by=clerk.actor, unit=check.unit,
        order=check.order,
    )  # fmt: skip
    return done


def _locked(pk: int, clerk: Person) -> ContactCheck:
    clerk.require("decide_check")
    check: ContactCheck = ContactCheck.objects.visible_to(clerk).locked().select_related("order", "unit").get(pk=pk)
    return check


def _reason(check: ContactCheck, decision: str) -> str:
    return _words(decision, CheckKind(check.kind), "decision", _("请写明核查结论及依据。"))


def _decided(name: On, check: ContactCheck, clerk: Person, now: datetime) -> ContactCheck:
    check.last_actor, check.last_at = label(clerk), now
    check.save()
    _state(name, check, clerk, now)
    return check


def _state(name: On, check: ContactCheck, clerk: Person, now: datetime) -> None:
    data = {"check": check.kind, "branch": check.unit_id, "clause": CLAUSES[CheckKind(check.kind)], "doubtful": check.doubtful}
    order = check.order
    publish(
        Fact(
            name=name, subject=check.subject, at=now, by=clerk.actor, order=order.number, in_sequence=False,
            also=(order.subject,), data=data,
        )
    )  # fmt: skip
