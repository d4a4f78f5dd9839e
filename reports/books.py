"""The nightly check of the money: cash collected = remitted + outstanding + written off (§4.3.3.2); freight lies where it says."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from core.journal import Fact, publish
from core.models import SYSTEM
from delivery.services import faults, freight_faults
from rulebook.due import local
from rulebook.events import On
from sla.services import beaten

log = structlog.get_logger(__name__)

BEAT = "cash-books"


@transaction.atomic
def check(*, now: datetime) -> int:
    """
    Hold every order, customer and branch against the equation; finance is told by the fact that it does not tie out.

    :return: how many do not
    """
    found, torn = list(faults()), [row.order.number for row in freight_faults()]
    count = len(found) + len(torn)
    beaten(BEAT, handled=count, now=now)
    if count:
        said = [f"{fault.kind} {fault.name} {fault.sums.gap}" for fault in found[:100]]
        log.error("money out of balance", faults=[*said, *(f"freight {number}" for number in torn[:100])])
        orders = [*(fault.name for fault in found if fault.kind == "order"), *torn]
        data = {"faults": count, "orders": orders[:20]}
        publish(Fact(name=On.BOOKS_DIFFERED, subject=f"books/{local(now):%Y%m%d%H%M%S}", at=now, by=SYSTEM, data=data))
    return count
