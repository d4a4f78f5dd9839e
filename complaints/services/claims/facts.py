"""What every verb of a claim does first and last: the locked row, the checks of what is said, the fact that is stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from complaints.models import Claim
from core.journal import Fact, publish
from core.models import Actor
from network.models import Person
from orders.services.common import label
from orders.services.common import locked as locked_order
from rulebook.errors import Conflict, Refused
from rulebook.events import On

CLAUSE = "§4.5"
MOST_MONEY = Decimal("9999999.99")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts: a member of staff, a customer who has proved to be one, a partner; `person` only for staff."""

    actor: Actor
    label: str
    person: Person | None = None

    def require(self, verb: str) -> None:
        """:raises Denied: a member of staff whose posts do not carry this verb"""
        if self.person:
            self.person.require(verb)


def staff(person: Person) -> Author:
    return Author(person.actor, label(person), person)


def locked(number: str, author: Author) -> Claim:
    """
    Return the claim, its order's row locked before its own; for staff only within what they see.

    :raises Claim.DoesNotExist: there is none, or it lies outside the scope
    """
    seen = Claim.objects.visible_to(author.person) if author.person else Claim.objects.all()
    locked_order(seen.values_list("order__number", flat=True).get(number=number))
    related = ("order__branch", "handler", "agreed__by", "decided_by", "at_fault")
    claim: Claim = Claim.objects.locked().select_related(*related).get(number=number)
    return claim


def text_of(text: str, field: str, words: str, *, longest: int = 500) -> str:
    """:raises Refused: nothing is said, or too much"""
    said = text.strip()
    if not said:
        raise Refused(CLAUSE, words, field=field)
    if len(said) > longest:
        raise Refused(CLAUSE, _("内容过长，最多 %d 个字。") % longest, field=field)
    return said


def money_of(amount: Decimal, field: str) -> Decimal:
    """:raises Refused: not a number, not above zero, too large, or finer than a fen"""
    if not amount.is_finite() or not CENT <= amount <= MOST_MONEY:
        raise Refused(CLAUSE, _("金额须大于 0，且不超过 9999999.99 元。"), field=field)
    exact = amount.quantize(CENT)
    if exact != amount:
        raise Refused(CLAUSE, _("金额最多保留两位小数。"), field=field)
    return exact


def not_now(claim: Claim) -> Conflict:
    """Return the words for a claim whose state does not allow what was wanted, with who acted last."""
    words = _("当前状态为“%(state)s”，不能执行该操作。") % {"state": claim.get_state_display()}
    return Conflict(words, **claim.last_act())


def done(claim: Claim, name: On, author: Author, now: datetime, **data: object) -> Claim:
    """Note who acted last, save the claim, state the fact."""
    claim.last_actor, claim.last_at = author.label, now
    claim.save()
    publish(fact(claim, name, author.actor, now, data))
    return claim


def fact(claim: Claim, name: On, by: Actor, now: datetime, data: Mapping[str, object]) -> Fact:
    """Return a fact about a claim with what its clock asks (§1.6.1.3); the claims department holds it, the branch hears of it."""
    order = claim.order
    said = {
        "branch": order.branch_id, "origin": order.branch_id, "number": claim.number, "amount": str(claim.amount), "insured": claim.insured,
        "declared_value": str(claim.declared_value), "cause": claim.cause, "key_customer": claim.key_customer,
        "handler": claim.handler_id, "complaint": claim.complaint_id, **data,
    }  # fmt: skip
    also = (order.subject, f"complaint/{claim.complaint_id}") if claim.complaint_id else (order.subject,)
    return Fact(name=name, subject=claim.subject, at=now, by=by, order=order.number, also=also, data=said)


def loss_of(claim: Claim) -> dict[str, object]:
    """Return what the fine for an operating loss asks (§2.2.3): the loss, and the unit whose operation caused it."""
    if claim.at_fault is None or claim.agreed is None:
        return {}
    return {"loss": str(claim.agreed.proven), "branch": claim.at_fault.pk, "at_fault": claim.at_fault.pk}
