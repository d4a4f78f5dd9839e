"""What the clocks do. Facts move them (`clockwork`), the tick announces them (`ticking`), the rest explains and excuses."""

from sla.services.calendar import Move, apply_calendar, calendar_moves
from sla.services.clockwork import on_entries
from sla.services.explaining import Line, explain
from sla.services.filings import (
    add_evidence,
    decide_filing,
    excusable,
    file,
    on_linked_waybills,
    reasons_for,
    reopen_filing,
    verify_filing,
)
from sla.services.opened import clocks_opened
from sla.services.outages import Fault, Outside, Preview, act_on_outage, open_outage, preview, step_outage, struck_steps
from sla.services.ticking import beat_age, beaten, tick, tick_age

__all__ = [
    "Fault",
    "Line",
    "Move",
    "Outside",
    "Preview",
    "act_on_outage",
    "add_evidence",
    "apply_calendar",
    "beat_age",
    "beaten",
    "calendar_moves",
    "clocks_opened",
    "decide_filing",
    "excusable",
    "explain",
    "file",
    "on_entries",
    "on_linked_waybills",
    "open_outage",
    "preview",
    "reasons_for",
    "reopen_filing",
    "step_outage",
    "struck_steps",
    "tick",
    "tick_age",
    "verify_filing",
]
