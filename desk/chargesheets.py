"""Charges and COD plans as sheets of a tariff's file: read row by row through their forms, written as they are typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from desk.chargeforms import ChargeForm, PlanForm, typed, typed_plan
from desk.priceforms import Refusable
from orders.sheets import BadTable, Column, Sheet, Table
from pricing.choices import Basis, Rounding, When
from pricing.models import TariffVersion
from pricing.services.loading import charge
from pricing.services.values import PlanRow
from rulebook.products import PRODUCTS
from rulebook.quotes import Charge

CHARGES, PLANS = "附加费", "代收方案"
CHARGE_HEADERS = {
    "code": "代码", "zh": "名称", "en": "英文名称", "when": "适用", "detail": "细分", "product": "产品", "basis": "计费基础",
    "rate": "费率", "tiers": "分档", "minimum": "最低", "cap": "最高", "rounding": "取整",
}  # fmt: skip
PLAN_HEADERS = {"code": "代码", "zh": "名称", "en": "英文名称", "days": "到账天数", "most": "最高金额"}
"""The columns of the sheets; like the sheets' names they are the file's own in every language."""

WORDS: dict[str, dict[str, str]] = {
    "when": {str(each.value): zh for each, zh in zip(When, (
        "每单", "上门接货", "送货上门", "送货上楼", "保价", "代收货款", "签收单返回", "再次送货",
    ), strict=True)},
    "basis": {str(each.value): zh for each, zh in zip(Basis, (
        "每票", "每千克", "每立方米", "每件", "运费比例", "声明价值比例", "代收货款比例",
    ), strict=True)},
    "rounding": {str(each.value): zh for each, zh in zip(Rounding, ("四舍五入到分", "四舍五入到角", "进位到元"), strict=True)},
    "product": {row.code: row.zh for row in PRODUCTS.values()},
}  # fmt: skip
"""How the file says what is chosen from a list; codes are taken too."""

CODES = {name: {zh: code for code, zh in words.items()} for name, words in WORDS.items()}


class Fault(NamedTuple):
    """What is wrong with a row: its sheet ('' is the first), its line in the file, the column, the words."""

    sheet: str
    line: int
    column: str
    words: str


def read_charges(table: Table) -> tuple[list[Charge], list[Fault]]:
    """:raises BadTable: a column is missing"""
    forms, faults = _forms(table, CHARGES, CHARGE_HEADERS, ChargeForm, optional=("en", "detail", "product", "rate", "tiers", "minimum", "cap"))
    rows = [(line, form.charge()) for line, form in forms]
    faults += _twice(CHARGES, CHARGE_HEADERS["code"], [(line, (each.code, each.product)) for line, each in rows])
    return [each for _line, each in rows], faults


def read_plans(table: Table) -> tuple[list[PlanRow], list[Fault]]:
    """:raises BadTable: a column is missing"""
    forms, faults = _forms(table, PLANS, PLAN_HEADERS, PlanForm, optional=("en",))
    rows = [(line, form.plan()) for line, form in forms]
    faults += _twice(PLANS, PLAN_HEADERS["code"], [(line, each.code) for line, each in rows])
    return [each for _line, each in rows], faults


def _forms(
    table: Table, sheet: str, headers: dict[str, str], form_of: Callable[..., Refusable], *, optional: Sequence[str]
) -> tuple[list[tuple[int, Any]], list[Fault]]:
    if missing := [zh for name, zh in headers.items() if zh not in table.headers and name not in optional]:
        raise BadTable(f"{sheet}: " + _("缺少必填的列：%s。") % _("、").join(missing))
    good, faults = [], []
    for line, cells in table.rows:
        form = form_of({name: _code(name, cells.get(zh, "")) for name, zh in headers.items()})
        if form.is_valid():
            good.append((line, form))
        else:
            faults += list(_faults(form, sheet, line, headers))
    return good, faults


def _code(name: str, cell: str) -> str:
    if name == "rounding" and not cell:
        return str(Rounding.FEN)
    return CODES.get(name, {}).get(cell, cell)


def _faults(form: Refusable, sheet: str, line: int, headers: dict[str, str]) -> Iterator[Fault]:
    for name, errors in form.errors.items():
        for words in errors:
            yield Fault(sheet, line, headers.get(name, ""), str(words))


def _twice(sheet: str, column: str, rows: Sequence[tuple[int, object]]) -> Iterator[Fault]:
    seen: dict[object, int] = {}
    for line, key in rows:
        first = seen.setdefault(key, line)
        if first != line:
            yield Fault(sheet, line, column, _("与第 %s 行的代码相同。") % first)


def unknown_plans(charges: Sequence[Charge], plans: Sequence[PlanRow], lines: Table) -> Iterator[Fault]:
    """Name the fees for COD plans that the file does not have."""
    codes = {plan.code for plan in plans}
    for (line, _cells), each in zip(lines.rows, charges, strict=True):
        if each.when == When.COD and each.detail and each.detail not in codes:
            yield Fault(CHARGES, line, CHARGE_HEADERS["detail"], _("没有代码为“%s”的代收方案。") % each.detail)


# Out


def sheets_of(version: TariffVersion) -> list[Sheet]:
    """Return a version's charges and COD plans as sheets that can be read back."""
    charges = [typed(charge(row, version.code)) for row in version.surcharges.prefetch_related("tiers")]
    plans = [typed_plan(row) for row in version.cod_plans.order_by("pk")]
    return [_sheet(CHARGES, CHARGE_HEADERS, charges), _sheet(PLANS, PLAN_HEADERS, plans)]


def examples() -> list[Sheet]:
    """Return the two sheets with invented rows."""
    door = {"code": "door", "zh": "送货费", "en": "Delivery", "when": "door", "basis": "per_kg", "rate": "0.15", "minimum": "15", "cap": "300"}
    fee = {"code": "cod_t3", "zh": "代收手续费", "en": "COD fee", "when": "cod", "detail": "t3", "basis": "pct_cod",
           "tiers": "200 = 2\n3000 = 4\n以上 = 0.15% 封顶 40"}  # fmt: skip
    plan = {"code": "t3", "zh": "三日退", "en": "Paid out in three days", "days": "3", "most": "50000"}
    return [_sheet(CHARGES, CHARGE_HEADERS, [door, fee]), _sheet(PLANS, PLAN_HEADERS, [plan])]


def _sheet(name: str, headers: dict[str, str], rows: Sequence[dict[str, str]]) -> Sheet:
    columns = [Column(zh, choices=tuple(WORDS.get(field, {}).values())) for field, zh in headers.items()]
    return Sheet(name, columns, [[WORDS.get(field, {}).get(row.get(field, ""), row.get(field, "")) for field in headers] for row in rows])


# What a version changes


class Change(NamedTuple):
    """A lane (or a charge or plan by its name) that a version adds, drops or prices otherwise: how it reads before and after."""

    product: str
    lane: str
    before: str
    after: str


def charge_changes(version: TariffVersion, last: TariffVersion | None) -> list[Change]:
    """Return the charges and COD plans that are not as in the live version of the same list."""
    old, new = _by_code(last) if last else {}, _by_code(version)
    keys = [*new, *(key for key in old if key not in new)]
    return [Change(*key[:2], old.get(key, ""), new.get(key, "")) for key in keys if old.get(key) != new.get(key)]


def _by_code(version: TariffVersion) -> dict[tuple[str, str, str], str]:
    found = {}
    for row in version.surcharges.prefetch_related("tiers"):
        found[CHARGES, row.zh, f"{row.code}/{row.product}"] = charge_words(charge(row, version.code))
    for plan in version.cod_plans.order_by("pk"):
        words = _("%(days)s 天到账，最高 %(most)s 元") % {"days": plan.days, "most": plan.most}
        found[PLANS, plan.zh, plan.code] = words
    return found


def charge_words(row: Charge) -> str:
    """Say when a charge is due and how much it is, in the reader's language."""
    told, share = typed(row), row.basis.startswith("pct")
    rate = f"{told['rate']} %" if share else f"¥{told['rate']}"
    parts = [str(When(row.when).label) + (f" ({row.detail})" if row.detail else ""), str(Basis(row.basis).label)]
    parts += [rate] if row.rate else []
    parts += [told["tiers"].replace("\n", "; ")] if row.tiers else []
    parts += [_("最低 %s") % told["minimum"]] if row.minimum else []
    parts += [_("最高 %s") % told["cap"]] if row.cap is not None else []
    return " · ".join([*parts, str(Rounding(row.rounding).label)])
