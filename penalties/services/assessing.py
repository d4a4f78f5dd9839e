"""Amounts that become known later: from a regulation for all that waited for it, or one by one (§1.7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import rows
from core.fsm import perform
from core.journal import Fact, publish
from network.models import Person
from penalties.choices import Booking, State
from penalties.models import Penalty, RegulationVersion, in_force
from penalties.services.booking import line
from penalties.services.payers import cents
from penalties.services.telling import told
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.fines import REGULATIONS

OWN = "handbook"
"""The handbook itself: its fines have amounts of their own, or are assessed one by one."""
MOST = Decimal("999999.99")


@dataclass(frozen=True, slots=True)
class Regulation:
    """One regulation of the catalogue: what holds today, all its versions (the latest first), how many fines wait for it."""

    code: str
    title: str
    amount: Decimal | None
    versions: list[RegulationVersion]
    waiting: int


def catalogue(today: date) -> list[Regulation]:
    """Return every regulation, seeded ones first; two queries."""
    entered = RegulationVersion.objects.values_list("code", flat=True).distinct()
    codes = list(dict.fromkeys([*REGULATIONS, *sorted(entered)]))
    versions = RegulationVersion.objects.select_related("entered_by").of(codes)
    waiting: dict[str, int] = {}
    for code in Penalty.objects.pending().values_list("regulation", flat=True):
        waiting[code] = waiting.get(code, 0) + 1
    return [_regulation(code, versions.get(code, []), waiting.get(code, 0), today) for code in codes]


def _regulation(code: str, versions: list[RegulationVersion], waiting: int, today: date) -> Regulation:
    now = in_force(versions, today)
    seeded = REGULATIONS[code].title if code in REGULATIONS else ""
    title = now.title if now else seeded or versions[0].title
    return Regulation(code, title, now.amount if now else None, versions, waiting)


@transaction.atomic
def set_regulation(
    *, code: str, title: str, valid_from: date, by: Person, now: datetime, amount: Decimal | None = None, note: str = ""
) -> RegulationVersion:
    """
    Add a version of a regulation; what was assessed before keeps its amount.

    :raises Refused: the handbook's own fines have no amount here, or the amount is not sensible
    """
    by.require("manage_penalties")
    if code == OWN and amount is not None:
        raise Refused("§1.7.2", _("运作手册自身的罚款金额由条款规定或逐笔核定，不能在此设定。"), field="amount")
    _check(amount)
    version = RegulationVersion.objects.create(
        code=code, title=title, amount=amount, valid_from=valid_from, note=note, entered_by=by, entered_at=now
    )
    data = {"code": code, "amount": str(amount) if amount is not None else None, "valid_from": valid_from.isoformat()}
    publish(Fact(name=On.REGULATION_CHANGED, subject=f"regulation/{version.pk}", at=now, by=by.actor, data=data))
    return version


def _check(amount: Decimal | None) -> None:
    if amount is not None and not (amount.is_finite() and Decimal("0.01") <= amount <= MOST):
        raise Refused("§1.7.2", _("金额须在 0.01 元到 999999.99 元之间。"), field="amount")


def assessable(code: str = "") -> list[tuple[Penalty, Decimal]]:
    """Return the pending penalties whose regulation names an amount for their day, with it: the preview of `assess_pending`."""
    waiting = Penalty.objects.pending().exclude(regulation=OWN).select_related("person", "unit").order_by("at", "pk")
    return _priced(waiting.filter(regulation=code) if code else waiting)


def _priced(waiting: Iterable[Penalty]) -> list[tuple[Penalty, Decimal]]:
    found = list(waiting)
    versions = RegulationVersion.objects.of(each.regulation for each in found)
    priced = ((each, in_force(versions.get(each.regulation, ()), local_day(each.at))) for each in found)
    return [(each, version.amount) for each, version in priced if version and version.amount is not None]


@transaction.atomic
def assess_pending(*, code: str, by: Person, now: datetime) -> int:
    """Assess all that waited for this regulation, each by the version of its own day; return how many. Safe to repeat."""
    by.require("manage_penalties")
    waiting = Penalty.objects.pending().filter(regulation=code).exclude(regulation=OWN).locked().order_by("pk")
    return _assess_all(_priced(waiting), by=by, now=now)


@transaction.atomic
def assess(*, pk: int, amount: Decimal, by: Person, now: datetime) -> Penalty:
    """
    Set the amount of one pending penalty.

    :raises Refused: the amount is not sensible
    :raises Conflict: it has an amount, or was reversed
    """
    by.require("manage_penalties")
    _check(amount)
    penalty: Penalty = Penalty.objects.locked().get(pk=pk)
    if penalty.amount is not None or penalty.state == State.REVERSED:
        raise Conflict(_("该处罚已核定金额或已撤销。"), **penalty.last_act())
    _assess_all([(penalty, cents(amount))], by=by, now=now)
    return penalty


def _assess_all(priced: Sequence[tuple[Penalty, Decimal]], *, by: Person, now: datetime) -> int:
    """Give locked penalties their amounts; one whose post was vacant waits, with its amount, for a name."""
    booked = [each for each, _amount in priced if not each.is_vacant]
    for each, amount in priced:
        each.amount, each.last_actor, each.last_at = amount, by.actor.id, now
        if not each.is_vacant:
            perform(each.assess, amount=amount, at=now)
    with rows.together():
        rows.write_back([each for each, _amount in priced], "state", "amount", "assessed_at", "last_actor", "last_at")
        rows.insert([line(p, Booking.ASSESS, p.booked, month=p.since, at=now, by=by.actor) for p in booked])
        if booked:
            publish(*(told(On.PENALTY_ASSESSED, each, now=now, by=by.actor) for each in booked))
    return len(priced)


@transaction.atomic
def name_payer(*, pk: int, person: Person, by: Person, now: datetime) -> Penalty:
    """
    Name who answers for a post that nobody held; with an amount the fine is booked from now on.

    :raises Conflict: it has a payer already, or was reversed, or the person was fined for the same already
    """
    by.require("manage_penalties")
    penalty: Penalty = Penalty.objects.locked().get(pk=pk)
    if not penalty.is_vacant or penalty.state == State.REVERSED:
        raise Conflict(_("该处罚已有责任人，或已撤销。"), **penalty.last_act())
    penalty.payer, penalty.person, penalty.last_actor, penalty.last_at = f"person/{person.pk}", person, by.actor.id, now
    try:
        with transaction.atomic():
            penalty.save(update_fields=["payer", "person", "last_actor", "last_at"])
    except IntegrityError as twice:
        raise Conflict(_("此人已因同一事由受到同一条款的处罚。")) from twice
    publish(told(On.PENALTY_IMPOSED, penalty, now=now, by=by.actor))
    if penalty.amount is not None:
        _assess_all([(penalty, penalty.amount)], by=by, now=now)
    return penalty
