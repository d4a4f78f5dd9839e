"""Fines and what becomes of them: regulations, penalties, appeals, the ledger, bonuses."""

from penalties.models.bonus import Bonus
from penalties.models.ledger import BonusRun, LedgerEntry
from penalties.models.penalties import VACANT, Appeal, Penalty
from penalties.models.regulations import RegulationVersion, in_force

__all__ = ["VACANT", "Appeal", "Bonus", "BonusRun", "LedgerEntry", "Penalty", "RegulationVersion", "in_force"]
