"""Bonuses of a month as they are reported: checked line by line, and stored only if every line is right (§1.7.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.journal import Fact, publish
from network.models import Person, Unit
from orders.sheets import BadTable, Column, read, workbook
from penalties.models import Bonus
from penalties.services.booking import month_of
from rulebook.errors import Refused
from rulebook.events import On

CODE, NAME, AMOUNT = "编号", "名称", "奖金"
"""The columns of the file, in every language; the name is for the reader only."""
WRITTEN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class BonusLine:
    """One line as it was given: its number in the file (or place in the list), whose bonus, how much."""

    line: int
    code: str
    amount: str


@dataclass(frozen=True, slots=True)
class BonusFault:
    line: int
    column: str
    reason: str


class BadBonuses(Refused):
    """Lines that cannot be taken; nothing was stored."""

    def __init__(self, faults: Sequence[BonusFault]) -> None:
        first = faults[0]
        where = {"count": len(faults), "line": first.line, "reason": first.reason}
        super().__init__("§1.7.3", _("%(count)d 处有误，未保存任何数据；第 %(line)d 行：%(reason)s") % where, field="bonuses")
        self.faults = list(faults)


def read_bonuses(content: bytes) -> list[BonusLine]:
    """
    Read a table of bonuses from an .xlsx or .csv.

    :raises BadTable: not a table, or its columns are missing
    """
    table = read(content)
    if missing := [header for header in (CODE, AMOUNT) if header not in table.headers]:
        raise BadTable(_("缺少“%s”列，请使用模板。") % "”、“".join(missing))
    return [BonusLine(line, row.get(CODE, ""), row.get(AMOUNT, "")) for line, row in table.rows]


def bonus_template() -> bytes:
    """Return an .xlsx to be filled in."""
    columns = [Column(CODE, required=True, note=_("员工工号，或单位编号（部门奖金）")), Column(NAME), Column(AMOUNT, required=True)]
    return workbook(columns, [])


@transaction.atomic
def record_bonuses(*, month: date, lines: Sequence[BonusLine], source: str, by: Person, now: datetime) -> int:
    """
    Store the bonuses of a month; return how many differ from what was known. A corrected one is simply recorded again.

    :raises BadBonuses: unknown or doubled payers, negative or unreadable amounts, each with its line
    :raises Refused: a month to come, nothing in it
    """
    by.require("run_bonus")
    check_month(month, now)
    if not lines or len(lines) > MOST_LINES:
        raise Refused("§1.7.3", _("须有 1 到 %d 行奖金。") % MOST_LINES, field="bonuses")
    given = _checked(lines)
    known = Bonus.objects.of_month(month)
    fresh = {payer: amount for payer, amount in given.items() if known.get(payer) != amount}
    Bonus.objects.bulk_create(
        [
            Bonus(month=month, payer=payer, amount=amount, source=source[:100], recorded_by=by, recorded_at=now)
            for payer, amount in fresh.items()
        ],
        batch_size=1000,
    )
    if fresh:
        data = {"month": f"{month:%Y-%m}", "lines": len(given), "changed": len(fresh)}
        publish(Fact(name=On.BONUS_RECORDED, subject=f"bonus/{month:%Y-%m}", at=now, by=by.actor, data=data))
    return len(fresh)


def check_month(month: date, now: datetime) -> None:
    """:raises Refused: not the first day of a month, or a month to come"""
    if month.day != 1:
        raise Refused("§1.7.3", _("月份格式不正确，请按 2026-11 填写。"), field="month")
    if month > month_of(now):
        raise Refused("§1.7.3", _("不能处理尚未开始的月份。"), field="month")


def _checked(lines: Sequence[BonusLine]) -> dict[str, Decimal]:
    """Return the amount of each payer. :raises BadBonuses: naming every line that is wrong"""
    payers = _payers(lines)
    faults: list[BonusFault] = []
    first: dict[str, int] = {}
    given: dict[str, Decimal] = {}
    for each in lines:
        payer = payers.get(each.code.strip(), "")
        found = list(_faults(each, payer, first))
        faults += found
        if payer:
            first.setdefault(payer, each.line)
        if not found:
            given[payer] = Decimal(each.amount.strip())
    if faults:
        raise BadBonuses(faults)
    return given


def _faults(each: BonusLine, payer: str, first: dict[str, int]) -> Iterable[BonusFault]:
    if not payer:
        yield BonusFault(each.line, CODE, _("没有编号为“%s”的员工或单位。") % each.code.strip()[:40])
    elif payer in first:
        yield BonusFault(each.line, CODE, _("“%(code)s”已在第 %(line)d 行出现。") % {"code": each.code.strip()[:40], "line": first[payer]})
    if not WRITTEN.fullmatch(each.amount.strip()):
        said = each.amount.strip()[:20]
        yield BonusFault(each.line, AMOUNT, _("“%s”不是有效金额：须为 0 或正数，最多两位小数。") % said)


def _payers(lines: Sequence[BonusLine]) -> dict[str, str]:
    """Return the payer's key of each code: a person's number, else a unit's code."""
    codes = {each.code.strip() for each in lines}
    units = {code: f"unit/{pk}" for pk, code in Unit.objects.filter(code__in=codes).values_list("pk", "code")}
    people = {number: f"person/{pk}" for pk, number in Person.objects.filter(number__in=codes).values_list("pk", "number")}
    return units | people
