"""Any other violation of company rules, entered by the department (§1.7.2.9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core import rows
from core.journal import publish
from network.models import Person
from orders.models import Order
from penalties.models import Penalty
from penalties.services.assessing import MOST, OWN
from penalties.services.imposing import impose_all
from penalties.services.payers import Charge
from rulebook.errors import Refused
from rulebook.fines import fines_of

CLAUSE, CASE = "§1.7.2.9", "other"


@transaction.atomic
def enter(
    *, key: UUID, person: Person, text: str, at: datetime, by: Person, now: datetime, amount: Decimal | None = None,
    regulation: str = OWN, order_number: str = "",
) -> Penalty:  # fmt: skip
    """
    Fine a person for what the department found; `key` makes a doubled submission one penalty.

    :raises Refused: the amount is not sensible, the violation lies in the future, or there is no such order
    """
    by.require("manage_penalties")
    if amount is not None and not (amount.is_finite() and Decimal("0.01") <= amount <= MOST):
        raise Refused(CLAUSE, _("金额须在 0.01 元到 999999.99 元之间。"), field="amount")
    if at > now:
        raise Refused(CLAUSE, _("违规时间不能晚于现在。"), field="at")
    if order_number and not Order.objects.filter(number=order_number).exists():
        raise Refused(CLAUSE, _("没有这个订单号。"), field="order_number")
    cause = f"manual/{key}"
    charge = Charge(
        rows=tuple(replace(row, regulation=regulation) for row in fines_of(CLAUSE, CASE)), cause=cause, at=at, now=now,
        by=by.actor, person=person.pk, order_number=order_number, amount=amount, text=text,
    )  # fmt: skip
    with rows.together():
        if facts := impose_all([charge]):
            publish(*facts)
    penalty: Penalty = Penalty.objects.get(cause=cause)
    return penalty
