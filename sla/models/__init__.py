"""The clocks with their steps, and the filings that may excuse a breach."""

from sla.models.clocks import Deadline, DeadlineQuerySet, Heartbeat, Step, StepQuerySet
from sla.models.filings import Filing, FilingAct, FilingQuerySet
from sla.models.outages import Outage, OutageAct, OutageQuerySet, OutageRow

__all__ = [
    "Deadline",
    "DeadlineQuerySet",
    "Filing",
    "FilingAct",
    "FilingQuerySet",
    "Heartbeat",
    "Outage",
    "OutageAct",
    "OutageQuerySet",
    "OutageRow",
    "Step",
    "StepQuerySet",
]
