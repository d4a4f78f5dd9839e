"""The facts about penalties."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.journal import Fact
from core.models import Actor
from penalties.models import Penalty
from rulebook.events import On


def told(name: On, penalty: Penalty, *, now: datetime, by: Actor, **more: object) -> Fact:
    """Return a fact about a penalty, learned now; its order is not locked, so it is out of sequence."""
    data: Mapping[str, object] = {
        "penalty": penalty.pk, "clause": penalty.clause, "case": penalty.case, "cause": penalty.cause, "payer": penalty.payer,
        "fined": penalty.person_id, "unit": penalty.unit_id, "state": penalty.state,
        "amount": str(penalty.amount) if penalty.amount is not None else None,
    }  # fmt: skip
    return Fact(
        name=name, subject=penalty.subject, at=now, by=by, order=penalty.order_number, in_sequence=False, data={**data, **more}
    )
