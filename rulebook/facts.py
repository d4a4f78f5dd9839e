"""What a due function may ask about the thing a clock runs for, besides when it started."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rulebook.workdays import Calendar, official


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts of one order, pickup, shipment, complaint or claim; None or False where unknown or not so.

    Instants are aware datetimes, days are local dates (Asia/Shanghai), money is CNY.
    """

    # the order and its pickup
    branch: int | None = None
    responsible: int | None = None
    channel: str = ""
    placed_at: datetime | None = None
    reached_at: datetime | None = None
    appointment: datetime | None = None
    ship_on: date | None = None
    pickup_on: date | None = None
    pickup: bool = False
    accepted: bool = False
    printed: bool = False
    collected: bool = False

    # the shipment
    arrived_at: datetime | None = None
    signed_at: datetime | None = None
    delivery_at: datetime | None = None  # agreed with the customer (§1.3.3.3)
    door: bool = False
    forwarded: bool = False
    to_forward: bool = False
    slip: bool = False
    key_customer: bool = False

    # complaint, claim, anomaly
    filed_at: datetime | None = None  # or reopened
    category: str = ""
    internal: bool = False
    cause: str = ""
    amount: Decimal | None = None  # claimed
    declared_value: Decimal | None = None
    insurer_on: date | None = None
    interim: bool = False  # answered in the interim since it was filed or reopened
    promised_at: datetime | None = None

    calendar: Calendar = field(default_factory=official, compare=False, repr=False)

    @classmethod
    def of(cls, data: Mapping[str, Any], calendar: Calendar | None = None) -> Facts:
        """Read the facts from a journal entry or a stored clock; keys that are no facts are passed over."""
        known: dict[str, Any] = {name: read(data[name]) for name, read in _READ.items() if data.get(name) is not None}
        return cls(**known) if calendar is None else cls(**known, calendar=calendar)

    def as_data(self) -> dict[str, Any]:
        """Return what is known as plain JSON values, without the calendar."""
        values = ((name, getattr(self, name)) for name in _READ)
        return {name: _plain(value) for name, value in values if _is_known(value)}


def _is_known(value: object) -> bool:
    return value is not None and value is not False and value != ""


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _instant(value: str | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _day(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _money(value: object) -> Decimal:
    return Decimal(str(value))


_BY_TYPE: dict[str, Callable[[Any], object]] = {
    "datetime | None": _instant,
    "date | None": _day,
    "Decimal | None": _money,
    "int | None": int,
    "bool": bool,
    "str": str,
}
_READ = {each.name: _BY_TYPE[str(each.type)] for each in fields(Facts) if each.name != "calendar"}

NO_FACTS = Facts()
