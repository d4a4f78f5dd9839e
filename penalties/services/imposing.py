"""Impose what a breach, an adjudication or a check carries: one penalty per clause, cause and payer (§1.7.2, §2.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from core import rows
from core.journal import Fact, publish
from core.models import Actor, Entry
from network.models import Person, Unit
from orders.models import Order
from penalties.choices import Booking, State
from penalties.models import LedgerEntry, Penalty, RegulationVersion, in_force
from penalties.services.booking import line, month_of
from penalties.services.payers import Charge, Payer, Payers, amount_of
from penalties.services.telling import told
from rulebook.due import local_day
from rulebook.events import On
from rulebook.fines import FineRow, fines_of

Key = tuple[str, str, str]


def impose(
    *, clause: str, case: str, cause: str, at: datetime, by: Actor, now: datetime | None = None, unit: Unit | None = None,
    person: Person | None = None, order: Order | None = None, entry: Entry | None = None, base: Decimal | None = None,
    amount: Decimal | None = None, shares: Mapping[int, Decimal] | None = None, credited_to: Unit | None = None, text: str = "",
) -> list[Penalty]:  # fmt: skip
    """
    Fine whoever the rows (clause, case) name, each once for this cause; asked again, it answers with what stands.

    `at`: the instant of the violation, whose holders of posts pay; `now`: when it was learned (default: then).
    `base`: what a share is a share of; `amount`: set by whoever decides; `shares`: unit -> part of the fault, for departments.
    """
    rows_of = fines_of(clause, case)
    if not rows_of:
        raise LookupError(f"no fine {clause} {case}")
    charge = Charge(
        rows=rows_of, cause=cause, at=at, now=now or at, by=by, unit=unit.pk if unit else None,
        person=person.pk if person else None, order_number=order.number if order else "", entry=entry.pk if entry else None,
        base=base, amount=amount, shares=dict(shares or {}), credited_to=credited_to.pk if credited_to else None, text=text,
    )  # fmt: skip
    with transaction.atomic():
        try:
            with transaction.atomic():
                _impose_and_tell(charge)
        except IntegrityError:  # another one imposed the same meanwhile: what it stored is there by now
            _impose_and_tell(charge)
    return list(Penalty.objects.filter(cause=cause, clause=clause).order_by("pk"))


def _impose_and_tell(charge: Charge) -> None:
    with rows.together():
        if facts := impose_all([charge]):
            publish(*facts)


def impose_all(charges: Sequence[Charge]) -> list[Fact]:
    """Store the penalties of all these charges with their bookings, except what exists; return the facts about the new ones."""
    payers = Payers(charges)
    standing = _standing(charges)
    versions = RegulationVersion.objects.of(_to_look_up(charges))
    fresh: dict[Key, tuple[Penalty, Charge]] = {}
    for charge in charges:
        for row in charge.rows:
            for payer in payers.of(charge, row):
                key = (charge.cause, row.clause, payer.key)
                if key not in standing and key not in fresh:
                    fresh[key] = _penalty(charge, row, payer, versions), charge
    penalties = rows.insert([penalty for penalty, _charge in fresh.values()])
    rows.insert(_bookings(list(fresh.values())))
    return [
        told(On.PENALTY_IMPOSED, penalty, now=charge.now, by=charge.by)
        for penalty, (_same, charge) in zip(penalties, fresh.values(), strict=True)
    ]


def _standing(charges: Sequence[Charge]) -> set[Key]:
    causes = sorted({charge.cause for charge in charges})
    return set(Penalty.objects.filter(cause__in=causes).values_list("cause", "clause", "payer"))


def _to_look_up(charges: Sequence[Charge]) -> set[str]:
    """Name the regulations whose amount decides, because neither the row nor the charge does."""
    return {row.regulation for charge in charges for row in charge.rows if amount_of(charge, row) is None and row.share is None}


def _penalty(charge: Charge, row: FineRow, payer: Payer, versions: Mapping[str, list[RegulationVersion]]) -> Penalty:
    amount = payer.amount if payer.amount is not None else amount_of(charge, row)
    if amount is None and row.share is None:
        version = in_force(versions.get(row.regulation, ()), local_day(charge.at))
        amount = version.amount if version else None
    penalty: Penalty = rows.new(
        Penalty, clause=row.clause, case=row.case, cause=charge.cause, payer=payer.key, person_id=payer.person,
        unit_id=payer.unit, order_number=charge.order_number, entry_id=charge.entry, purse=row.purse,
        credited_to_id=charge.credited_to, regulation=row.regulation, amount=amount, text=charge.text, at=charge.at,
        imposed_at=charge.now, since=month_of(charge.now), last_at=charge.now, last_actor=charge.by.id,
    )  # fmt: skip
    if amount is not None and not penalty.is_vacant:
        penalty.assess(amount=amount, at=charge.now)
    return penalty


def _bookings(fresh: Sequence[tuple[Penalty, Charge]]) -> list[LedgerEntry]:
    return [
        line(penalty, Booking.ASSESS, penalty.amount, month=penalty.since, at=charge.now, by=charge.by)
        for penalty, charge in fresh
        if penalty.state == State.ASSESSED and penalty.amount is not None
    ]
