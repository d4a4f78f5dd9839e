"""Who pays a fine: whoever held the post at that instant, the branch, the person at fault, the leader, the departments (§1.7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from core.models import SYSTEM, Actor
from network.models import Post
from network.services import Answerable
from penalties.models import VACANT
from rulebook.fines import FineRow, fines_of
from rulebook.roles import Role

CENT = Decimal("0.01")
LADDER = (Role.CALL_CENTRE_MANAGER, Role.BRANCH_MANAGER, Role.REGIONAL_MANAGER, Role.AREA_DIRECTOR, Role.DIVISION_GM)
"""Leaders, the nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One violation to be fined: its rows, its cause, who it fell on and when. `leader`: known already (§2.2.1)."""

    rows: tuple[FineRow, ...]
    cause: str
    at: datetime
    now: datetime
    by: Actor = SYSTEM
    unit: int | None = None
    person: int | None = None
    leader: int | None = None
    order_number: str = ""
    entry: int | None = None
    base: Decimal | None = None
    amount: Decimal | None = None
    shares: dict[int, Decimal] = field(default_factory=dict)
    credited_to: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, as the penalty's text key, with the person and the unit it stands for and its own amount where shared."""

    key: str
    person: int | None
    unit: int | None
    amount: Decimal | None = None


class Payers:
    """Finds the payers of a batch of charges; the organisation is read once, and only if somebody has to be looked up."""

    def __init__(self, charges: Iterable[Charge]) -> None:
        looked_up = [charge for charge in charges if any(row.payer not in ("branch", "departments") for row in charge.rows)]
        people = {p for charge in looked_up for p in (charge.person, charge.leader) if p}
        self._posts: dict[int, list[Post]] = {}
        for post in Post.objects.filter(person__in=people).order_by("pk") if people else ():
            self._posts.setdefault(post.person_id, []).append(post)
        posted = {post.unit_id for posts in self._posts.values() for post in posts}
        units = {charge.unit for charge in looked_up if charge.unit} | posted
        self._answerable = Answerable(units) if units else None

    def of(self, charge: Charge, row: FineRow) -> Iterator[Payer]:
        """Yield who pays by this row; a post that nobody held is kept as such, for the department to fill."""
        match row.payer:
            case "branch":
                yield Payer(f"unit/{charge.unit}", None, charge.unit) if charge.unit else _vacant(row.payer, None)
            case "departments":
                yield from _departments(charge, row)
            case "person":
                yield self._person(charge.person, charge, row)
            case "leader":
                yield self._person(charge.leader or self._leader(charge), charge, row)
            case role:
                person, unit = self._held(role, charge.unit, charge.at)
                yield Payer(f"person/{person}", person, unit) if person else _vacant(role, charge.unit)

    def _held(self, role: str, unit: int | None, at: datetime) -> tuple[int | None, int | None]:
        return self._answerable.holder(role, unit, at) if self._answerable else (None, None)

    def _person(self, person: int | None, charge: Charge, row: FineRow) -> Payer:
        if person is None:
            return _vacant(row.payer, charge.unit)
        return Payer(f"person/{person}", person, self._unit_of(person, charge))

    def _unit_of(self, person: int, charge: Charge) -> int | None:
        """Return the unit in which the person stood then: that of the violation, if they held a post there."""
        held = [p.unit_id for p in self._posts.get(person, ()) if p.since <= charge.at and (not p.until or charge.at < p.until)]
        return charge.unit if charge.unit in held or not held else held[0]

    def _leader(self, charge: Charge) -> int | None:
        """Return the direct leader: the manager of the person's unit, or the next above where that is the person."""
        if charge.person is None:
            return None
        unit = self._unit_of(charge.person, charge)
        leaders = (self._held(role, unit, charge.at)[0] for role in LADDER)
        return next((leader for leader in leaders if leader and leader != charge.person), None)


def _vacant(post: str, unit: int | None) -> Payer:
    return Payer(f"{VACANT}{post}/{unit or '-'}", None, unit)


def _departments(charge: Charge, row: FineRow) -> Iterator[Payer]:
    """Share the whole by fault (§2.2.2)."""
    whole = amount_of(charge, row)
    parts = shared(whole, charge.shares) if whole is not None else {}
    for unit in sorted(charge.shares):
        yield Payer(f"unit/{unit}", None, unit, parts.get(unit))


def shared(whole: Decimal, shares: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Share a whole by key, each part half-up; the last one bears what rounding leaves where the shares are the whole."""
    parts = {key: cents(whole * share) for key, share in sorted(shares.items())}
    if parts and sum(shares.values()) == 1:
        last = max(parts)
        parts[last] += whole - sum(parts.values())
    return parts


def amount_of(charge: Charge, row: FineRow) -> Decimal | None:
    """Return the amount the charge or its row settles: as given, fixed, or a share of the base; None where it does not."""
    if charge.amount is not None:
        return cents(charge.amount)
    if row.amount is not None:
        return row.amount
    if row.share is not None and charge.base is not None:
        return cents(charge.base * row.share)
    return None


def amount_of_share(clause: str, case: str, base: Decimal) -> Decimal:
    """Return the share of a base that the handbook's row names."""
    return next(cents(base * row.share) for row in fines_of(clause, case) if row.share is not None)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
