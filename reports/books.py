"""The nightly check of the cash collected for shippers: collected = remitted + outstanding + written off (§4.3.3.2)."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from core.journal import Fact, publish
from core.models import SYSTEM
from delivery.services import faults
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
    found = list(faults())
    beaten(BEAT, handled=len(found), now=now)
    if found:
        log.error(
            "cash out of balance", faults=[f"{fault.kind} {fault.name} {fault.sums.gap}" for fault in found[:100]]
        )
        orders = [fault.name for fault in found if fault.kind == "order"]
        data = {"faults": len(found), "orders": orders[:20]}
        publish(Fact(name=On.BOOKS_DIFFERED, subject=f"books/{local(now):%Y%m%d%H%M%S}", at=now, by=SYSTEM, data=data))
    return len(found)
