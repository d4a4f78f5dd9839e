"""The verbs of penalties, points and tiers, and what they hear of the journal."""

from penalties.services.actions import SELF, complete, may_complete, name_person
from penalties.services.adjudicated import on_adjudications
from penalties.services.appeals import HEADS, appeal, appealable_until, decide_appeal, is_fined
from penalties.services.assessing import OWN, assess, assess_pending, assessable, catalogue, name_payer, set_regulation
from penalties.services.bonuses import BadBonuses, BonusLine, bonus_template, read_bonuses, record_bonuses
from penalties.services.books import ledger_faults, sums_of_ledger, sums_of_penalties
from penalties.services.carrying import breaches_fined, carried_faults
from penalties.services.checks import clear_check, open_check, uphold_check
from penalties.services.entering import enter
from penalties.services.hearing import on_entries
from penalties.services.imposing import impose
from penalties.services.ladders import Change, preview, write_ladder
from penalties.services.lanes import Loss, assess_loss, enter_lost_lane, withdraw_lost_lane
from penalties.services.pairs import on_missed
from penalties.services.reversing import reinstate, reverse
from penalties.services.settling import Plan, plan_run, run_bonus
from penalties.services.watching import clear_item, list_items, uphold_item

__all__ = [
    "HEADS",
    "OWN",
    "SELF",
    "BadBonuses",
    "BonusLine",
    "Change",
    "Loss",
    "Plan",
    "appeal",
    "appealable_until",
    "assess",
    "assess_loss",
    "assess_pending",
    "assessable",
    "bonus_template",
    "breaches_fined",
    "carried_faults",
    "catalogue",
    "clear_check",
    "clear_item",
    "complete",
    "decide_appeal",
    "enter",
    "enter_lost_lane",
    "impose",
    "is_fined",
    "ledger_faults",
    "list_items",
    "may_complete",
    "name_payer",
    "name_person",
    "on_adjudications",
    "on_entries",
    "on_missed",
    "open_check",
    "plan_run",
    "preview",
    "read_bonuses",
    "record_bonuses",
    "reinstate",
    "reverse",
    "run_bonus",
    "set_regulation",
    "sums_of_ledger",
    "sums_of_penalties",
    "uphold_check",
    "uphold_item",
    "withdraw_lost_lane",
    "write_ladder",
]
