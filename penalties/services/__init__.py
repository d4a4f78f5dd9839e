"""The verbs of penalties, points and tiers, and what they hear of the journal."""

from penalties.services.adjudicated import on_adjudications
from penalties.services.hearing import on_entries
from penalties.services.imposing import impose
from penalties.services.reversing import reinstate, reverse

__all__ = ["impose", "on_adjudications", "on_entries", "reinstate", "reverse"]
