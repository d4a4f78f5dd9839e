"""Fines, bonuses and runs in one line each."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

from core.models import SYSTEM
from penalties.choices import Booking
from penalties.models import Penalty
from penalties.services import BonusLine, enter, record_bonuses, run_bonus
from penalties.services.settling import Plan
from tests.factories import Company, sh

OCT, NOV, DEC = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
LATER = sh("2026-12-20 10:00:00")


def fine(company: Company, amount: str | None, at: str = "04 10:00:00", **more: object) -> Penalty:
    """Fine the clerk of the first branch, by hand."""
    given = {"key": uuid4(), "person": company.clerk, "text": "违反规定", "at": sh(at), "by": company.officer, "now": sh(at)}
    return enter(**{**given, "amount": amount and Decimal(amount), **more})  # type: ignore[arg-type]


def bonus(company: Company, amount: str, month: date = NOV, person: object = None) -> int:
    lines = [BonusLine(2, getattr(person or company.clerk, "number", ""), amount)]
    return record_bonuses(month=month, lines=lines, source="测试", by=company.purser, now=LATER)


def run(month: date = NOV) -> list[tuple[str, str]]:
    """Run a month; return what it moved, oldest fine first."""
    return moves(run_bonus(month=month, by=SYSTEM, now=LATER))


def moves(plan: Plan) -> list[tuple[str, str]]:
    return [(Booking(turn.kind).value, str(turn.amount)) for turn in plan.turns]


def stands(penalty: Penalty) -> tuple[str, str]:
    """Return state and what was taken of it."""
    fresh = Penalty.objects.get(pk=penalty.pk)
    return fresh.state, str(fresh.paid)
