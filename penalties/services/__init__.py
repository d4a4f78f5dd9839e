"""The verbs of penalties, points and tiers, and what they hear of the journal."""

from penalties.services.actions import complete, may_complete, name_person
from penalties.services.adjudicated import on_adjudications
from penalties.services.checks import clear_check, open_check, uphold_check
from penalties.services.hearing import on_entries
from penalties.services.imposing import impose
from penalties.services.ladders import Change, preview, write_ladder
from penalties.services.pairs import on_missed
from penalties.services.reversing import reinstate, reverse
from penalties.services.watching import clear_item, list_items, uphold_item

__all__ = [
    "Change",
    "clear_check",
    "clear_item",
    "complete",
    "impose",
    "list_items",
    "may_complete",
    "name_person",
    "on_adjudications",
    "on_entries",
    "on_missed",
    "open_check",
    "preview",
    "reinstate",
    "reverse",
    "uphold_check",
    "uphold_item",
    "write_ladder",
]
