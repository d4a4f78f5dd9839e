"""What breaches and adjudications lead to: points and tiers; fines, appeals, the ledger, regulations, bonuses."""

from penalties.models.bonus import Bonus
from penalties.models.checks import ContactCheck, MissedPair
from penalties.models.lanes import LaneShare, LostLane
from penalties.models.ledger import BonusRun, LedgerEntry
from penalties.models.penalties import VACANT, Appeal, Penalty
from penalties.models.points import PerformancePoint, PointEntry, PointMonth
from penalties.models.regulations import RegulationVersion, in_force
from penalties.models.tiers import Ladder, TierAction, TierRow, ladder_on
from penalties.models.watch import WatchItem

__all__ = [
    "VACANT", "Appeal", "Bonus", "BonusRun", "ContactCheck", "Ladder", "LaneShare", "LedgerEntry", "LostLane", "MissedPair", "Penalty", "PerformancePoint",
    "PointEntry", "PointMonth", "RegulationVersion", "TierAction", "TierRow", "WatchItem", "in_force", "ladder_on",
]  # fmt: skip
