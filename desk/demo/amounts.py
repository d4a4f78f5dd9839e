"""What the demo company's regulations say of amounts (§1.7.2): invented, and only of some."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from network.models import Person
from penalties import services

AMOUNTS = {"rp_3.3.1_a": "50", "rp_3.3.1_b": "100", "rp_3.3.1_c": "200"}
"""Invented amounts of the regulations whose text is at hand; what the others say is found out later, or never."""
FOUND_OUT = ("execution", "80")


def open_regulations(officer: Person, first: date, *, now: datetime) -> None:
    """Enter what the regulations at hand say of amounts; nothing of the others (§1.7.2)."""
    for code, amount in AMOUNTS.items():
        enter(officer, code, amount, first, now)


def enter(officer: Person, code: str, amount: str, first: date, now: datetime) -> None:
    title = next(each.title for each in services.catalogue(first) if each.code == code)
    services.set_regulation(
        code=code, title=title, amount=Decimal(amount), valid_from=first, note="演示金额，虚构", by=officer, now=now
    )
