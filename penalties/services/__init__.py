"""The verbs of penalties, points and tiers, and what they hear of the journal."""

from penalties.services.actions import complete, may_complete, name_person
from penalties.services.adjudicated import on_adjudications
from penalties.services.hearing import on_entries
from penalties.services.imposing import impose
from penalties.services.ladders import Change, preview, write_ladder
from penalties.services.reversing import reinstate, reverse

__all__ = [
    "Change",
    "complete",
    "impose",
    "may_complete",
    "name_person",
    "on_adjudications",
    "on_entries",
    "preview",
    "reinstate",
    "reverse",
    "write_ladder",
]
