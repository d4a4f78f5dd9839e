"""A lane lost through our own faults: what departments and persons bear, entered by the department, withdrawn by it (§2.2.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import Fact, publish
from customers.models import KeyCustomer
from network.models import Person, Unit
from penalties.models import LaneShare, LostLane
from penalties.services.imposing import impose
from penalties.services.payers import CENT, amount_of_share, cents, shared
from penalties.services.reversing import reverse
from rulebook.due import at as moment
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On

CLAUSE = "§2.2.2"
DEPARTMENTS, PERSONS = "lane_lost", "lane_lost_persons"
WHOLE = Decimal(100)
MOST = Decimal("99999999.99")
MOST_SHARES = 20
MONTHS = ("first", "second", "third")

Shares = Sequence[tuple[str, Decimal]]
"""Code of a unit, or number of a person, with its part of the fault in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What the department found: whose lane, when it was lost, CNY of the three calendar months before, who is at fault."""

    customer: int
    lane: str
    lost_on: date
    first: Decimal
    second: Decimal
    third: Decimal
    text: str
    departments: Shares
    persons: Shares = ()


Bearer = TypeVar("Bearer", Unit, Person)


@dataclass(frozen=True, slots=True)
class Part(Generic[Bearer]):
    """What one of them bears."""

    who: Bearer
    percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Assessment:
    """The amounts, as they are shown before anything is stored. CNY; `mean` unrounded."""

    account: KeyCustomer
    mean: Decimal
    departments: list[Part[Unit]]
    persons: list[Part[Person]]

    @property
    def charged(self) -> Decimal:
        return sum((part.amount for part in self.departments), Decimal(0))

    @property
    def personal(self) -> Decimal:
        return sum((part.amount for part in self.persons), Decimal(0))


def assess_loss(loss: Loss, *, by: Person, now: datetime) -> Assessment:
    """
    Return what everybody would bear: 50 % of the mean month shared by the departments, 1 % of that by the persons.

    Rounded half-up to the fen once for the whole and once for each part; the last part bears what rounding leaves.

    :raises Refused: the day lies ahead, revenues or shares that do not add up, somebody unknown or named twice; says which field
    """
    by.require("manage_penalties")
    _check(loss, now)
    account = KeyCustomer.objects.select_related("customer__branch").filter(pk=loss.customer).first()
    if account is None:
        raise Refused(CLAUSE, _("没有这个项目客户。"), field="customer")
    mean = sum((getattr(loss, month) for month in MONTHS), Decimal(0)) / len(MONTHS)
    charged = amount_of_share(CLAUSE, DEPARTMENTS, mean)
    departments = _parts(_units(loss.departments), charged, "departments")
    persons = _parts(_people(loss.persons), amount_of_share(CLAUSE, PERSONS, charged), "persons") if loss.persons else []
    return Assessment(account, mean, departments, persons)


def _check(loss: Loss, now: datetime) -> None:
    if loss.lost_on > local_day(now):
        raise Refused(CLAUSE, _("流失日期不能晚于今天。"), field="lost_on")
    for field in ("lane", "text"):
        if not getattr(loss, field).strip():
            raise Refused(CLAUSE, _("请填写此项。"), field=field)
    for month in MONTHS:
        amount = getattr(loss, month)
        if not (amount.is_finite() and 0 <= amount <= MOST and amount == cents(amount)):
            raise Refused(CLAUSE, _("月收入须在 0 元到 99999999.99 元之间，最多两位小数。"), field=month)
    for field, shares in (("departments", loss.departments), ("persons", loss.persons)):
        _check_shares(field, shares)


def _check_shares(field: str, shares: Shares) -> None:
    if not shares and field == "departments":
        raise Refused(CLAUSE, _("请填写责任部门及其责任比例。"), field=field)
    if len(shares) > MOST_SHARES:
        raise Refused(CLAUSE, _("最多填写 %d 个。") % MOST_SHARES, field=field)
    names = [name for name, _percent in shares]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise Refused(CLAUSE, _("“%s”填写了两次。") % twice[:40], field=field)
    for _name, percent in shares:
        if not (percent.is_finite() and 0 < percent <= WHOLE and percent == cents(percent)):
            raise Refused(CLAUSE, _("责任比例须大于 0、不超过 100，最多两位小数。"), field=field)
    if shares and (total := sum(percent for _name, percent in shares)) != WHOLE:
        raise Refused(CLAUSE, _("责任比例之和须为 100 %%，现为 %s %%。") % total, field=field)


def _units(shares: Shares) -> list[tuple[Unit, Decimal]]:
    found = {unit.code: unit for unit in Unit.objects.filter(code__in=[code for code, _percent in shares], closed_at=None)}
    if missing := next((code for code, _percent in shares if code not in found), ""):
        raise Refused(CLAUSE, _("没有编号为 %s 的部门或营业部。") % missing[:40], field="departments")
    return [(found[code], percent) for code, percent in shares]


def _people(shares: Shares) -> list[tuple[Person, Decimal]]:
    found = {person.number: person for person in Person.objects.filter(number__in=[number for number, _percent in shares])}
    if missing := next((number for number, _percent in shares if number not in found), ""):
        raise Refused(CLAUSE, _("没有工号为“%s”的员工。") % missing[:40], field="persons")
    return [(found[number], percent) for number, percent in shares]


def _parts(named: Sequence[tuple[Bearer, Decimal]], whole: Decimal, field: str) -> list[Part[Bearer]]:
    given: Mapping[int, tuple[Bearer, Decimal]] = {who.pk: (who, percent) for who, percent in named}
    amounts = shared(whole, {key: percent / WHOLE for key, (_who, percent) in given.items()})
    if any(amount < CENT for amount in amounts.values()):
        raise Refused(CLAUSE, _("分摊后有金额不足 0.01 元，请核对月收入和责任比例。"), field=field)
    return [Part(*given[key], amount) for key, amount in amounts.items()]


@transaction.atomic
def enter_lost_lane(*, key: UUID, loss: Loss, by: Person, now: datetime) -> LostLane:
    """
    Charge the departments' profit and the persons as `assess_loss` says; `key` makes a doubled submission one.

    :raises Conflict: the same loss is entered already
    """
    bears = assess_loss(loss, by=by, now=now)
    known: LostLane | None = LostLane.objects.filter(key=key).first()
    if known is not None:
        return known
    lane: LostLane = LostLane(
        key=key, key_account=bears.account, lane=loss.lane.strip(), lost_on=loss.lost_on, first=loss.first, second=loss.second,
        third=loss.third, text=loss.text.strip(), credited_to=bears.account.customer.branch, entered_by=by, entered_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            lane.save(force_insert=True)
    except IntegrityError as twice:
        raise Conflict(_("该客户的这条线路当日流失已登记。")) from twice
    LaneShare.objects.bulk_create([LaneShare(lane=lane, unit=part.who, percent=part.percent) for part in bears.departments])
    LaneShare.objects.bulk_create([LaneShare(lane=lane, person=part.who, percent=part.percent) for part in bears.persons])
    _charge(lane, bears, by, now)
    return lane


def _charge(lane: LostLane, bears: Assessment, by: Person, now: datetime) -> None:
    [entry] = publish(_fact(On.LANE_LOST, lane, by, now, charged=str(bears.charged), personal=str(bears.personal)))[:1]
    said: dict[str, Any] = {"cause": lane.subject, "at": moment(lane.lost_on), "now": now, "by": by.actor, "entry": entry, "text": _said(lane)}
    shares = {part.who.pk: part.percent / WHOLE for part in bears.departments}
    impose(clause=CLAUSE, case=DEPARTMENTS, base=bears.mean, shares=shares, credited_to=lane.credited_to, **said)
    for part in bears.persons:
        impose(clause=CLAUSE, case=PERSONS, person=part.who, amount=part.amount, credited_to=lane.credited_to, **said)


def _said(lane: LostLane) -> str:
    return f"{lane.key_account.name} {lane.lane}：({lane.first} + {lane.second} + {lane.third}) ÷ 3 × 50 %"


@transaction.atomic
def withdraw_lost_lane(*, pk: int, reason: str, by: Person, now: datetime) -> LostLane:
    """
    Take it back: what was charged is reversed by counter-entries, also what was taken already.

    :raises Refused: no reason
    :raises Conflict: it is withdrawn already
    """
    by.require("manage_penalties")
    if not reason.strip():
        raise Refused(CLAUSE, _("请写明撤回原因。"), field="reason")
    lane: LostLane = LostLane.objects.locked().select_related("entered_by").get(pk=pk)
    perform(lane.withdraw, by=by, at=now, reason=reason.strip()[:300])
    lane.save()
    publish(_fact(On.LANE_LOSS_WITHDRAWN, lane, by, now))
    reverse(cause=lane.subject, reason=lane.reason, by=by.actor, at=now)
    return lane


def _fact(name: On, lane: LostLane, by: Person, now: datetime, **more: str) -> Fact:
    return Fact(
        name=name, subject=lane.subject, at=now, by=by.actor, in_sequence=False,
        data={"clause": CLAUSE, "key_customer": lane.key_account_id, "lost_on": lane.lost_on.isoformat(), "state": lane.state, **more},
    )  # fmt: skip
