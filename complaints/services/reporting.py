"""A problem with these pages, reported with what the screen showed (§3.4.6): the ticket and its files, both or neither."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from complaints.services import evidence
from complaints.services.evidence import File
from core.files import files_with_rows
from customers.models import Ticket
from customers.services import open_ticket
from customers.services.requests import CUSTOMER, TICKETS
from network.models import Person


@files_with_rows()
@transaction.atomic
def report_problem(*, files: Sequence[File], now: datetime, by: Person | None = None, **said: Any) -> Ticket:
    """
    Open a ticket with pictures of the screen.

    :param said: what `customers.services.open_ticket` takes besides
    :raises Refused: nothing is said, a customer left no phone, or there are too many files
    """
    ticket = open_ticket(now=now, by=by, **said)
    evidence.keep(ticket.subject, files, by=by.actor if by else CUSTOMER, person=by, now=now, clause=TICKETS)
    return ticket
