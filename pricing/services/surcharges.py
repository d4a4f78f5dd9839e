"""The charges and COD plans of a draft (§3.3): what one may say, written down, replaced, dropped; approved or live it is closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.journal import publish as state
from network.models import Person
from pricing.choices import TariffState
from pricing.models import CodPlan, Surcharge, SurchargeTier, TariffVersion
from pricing.models.tariffs import MOST
from pricing.services.common import fact
from pricing.services.values import PlanRow, surcharge_row, tier_row
from rulebook.charges import BASES, DUE, ROUNDINGS
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.products import PRODUCTS
from rulebook.quotes import Charge, Tier

CLAUSE, CASH = "§3.3", "§4.3.3.2"
CODE = re.compile(r"[a-z][a-z0-9_]{0,19}")
SLIPS = ("original", "electronic", "photo")
ONLY_WITH = {"pct_cod": "cod", "pct_declared": "insured"}
MOST_DAYS = 30
CENT = Decimal("0.01")


def check(charge: Charge) -> None:
    """:raises Refused: a charge that says nothing, contradicts itself or cannot be; names the field"""
    for field, words in _problems(charge):
        raise Refused(CLAUSE, words, field=field)


def _problems(charge: Charge) -> Iterator[tuple[str, str]]:
    if not CODE.fullmatch(charge.code):
        yield "code", _("代码须为小写字母开头的字母、数字或下划线，最多 20 位。")
    if not charge.zh.strip():
        yield "zh", _("请填写此项。")
    for field, known in (("when", DUE), ("basis", BASES), ("rounding", ROUNDINGS), ("product", {"", *PRODUCTS})):
        if getattr(charge, field) not in known:
            yield field, _("没有这个选项，请从列表中选择。")
    if charge.detail and charge.when not in ("cod", "slip"):
        yield "detail", _("只有代收货款（代收方案）和签收单（返回方式）才有细分。")
    if charge.when == "slip" and charge.detail not in ("", *SLIPS):
        yield "detail", _("签收单的细分须为 original、electronic 或 photo。")
    if ONLY_WITH.get(charge.basis, charge.when) != charge.when:
        yield "basis", _("按声明价值计费只能用于保价，按代收货款计费只能用于代收货款。")
    yield from _wrong_sums(charge)
    yield from _wrong_tiers(charge)


def _wrong_sums(charge: Charge) -> Iterator[tuple[str, str]]:
    for field, value in (("rate", charge.rate), ("minimum", charge.minimum), ("cap", charge.cap)):
        if value is not None and not _is_sum(value):
            yield field, _("须不小于 0 且小于 1000000。")
    if charge.basis.startswith("pct") and charge.rate > 1:
        yield "rate", _("比例不能超过 100 %。")
    if charge.cap is not None and (charge.cap <= 0 or charge.cap < charge.minimum):
        yield "cap", _("最高须大于 0，且不低于最低。")
    if charge.tiers and charge.rate:
        yield "tiers", _("费率和分档只填一项。")
    if not (charge.tiers or charge.rate or charge.minimum):
        yield "rate", _("请填写费率、最低或分档，否则这项费用总是 0。")


def _wrong_tiers(charge: Charge) -> Iterator[tuple[str, str]]:
    ends = [tier.upto for tier in charge.tiers]
    if ends and (ends[-1] is not None or None in ends[:-1]):
        yield "tiers", _("最后一档（且只有最后一档）须为“以上”，否则超出的部分不收费。")
    known = [end for end in ends if end is not None]
    if any(not _is_sum(end) or end <= 0 for end in known) or known != sorted(set(known)):
        yield "tiers", _("各档上限须大于 0 且逐档递增。")
    for tier in charge.tiers:
        if problem := _wrong_tier(tier, charge.basis):
            yield "tiers", problem


def _wrong_tier(tier: Tier, basis: str) -> str:
    if not all(_is_sum(value) for value in (tier.fixed, tier.rate)) or (tier.cap is not None and not _is_sum(tier.cap)):
        return _("须不小于 0 且小于 1000000。")
    if basis.startswith("pct") and tier.rate > 1:
        return _("比例不能超过 100 %。")
    if tier.cap is not None and (tier.cap <= 0 or tier.cap < tier.fixed):
        return _("一档的封顶须大于 0，且不低于该档的固定金额。")
    return ""


def _is_sum(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value < MOST


def check_plan(plan: PlanRow) -> None:
    """:raises Refused: a COD plan that cannot be; names the field"""
    if not CODE.fullmatch(plan.code):
        raise Refused(CLAUSE, _("代码须为小写字母开头的字母、数字或下划线，最多 20 位。"), field="code")
    if not plan.zh.strip():
        raise Refused(CLAUSE, _("请填写此项。"), field="zh")
    if not 0 <= plan.days <= MOST_DAYS:
        raise Refused(CASH, _("到账天数须为 0–%s 的整数。") % MOST_DAYS, field="days")
    if not _is_sum(plan.most) or plan.most < 1 or plan.most != plan.most.quantize(CENT):
        raise Refused(CASH, _("最高金额须不小于 1、小于 1000000，最多两位小数。"), field="most")


# On a draft.


def _draft(pk: int, by: Person) -> TariffVersion:
    """
    Return the version, its row locked.

    :raises Conflict: it is no draft any more
    """
    by.require("manage_prices")
    version: TariffVersion = TariffVersion.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if version.state != TariffState.DRAFT:
        raise Conflict(_("版本已是“%s”，不能再改：未发布的请先退回草稿，已发布的请另建新版本。") % version.get_state_display())
    return version


@transaction.atomic
def set_charge(*, pk: int, charge: Charge, by: Person, now: datetime, row: int = 0) -> Surcharge:
    """
    Add a charge to a draft, or put it in the place of its row.

    :raises Refused: a charge that cannot be, or the code is another row's for the same product
    :raises Conflict: the version is no draft
    """
    version = _draft(pk, by)
    check(charge)
    rows = version.surcharges.exclude(pk=row)
    if rows.filter(code=charge.code, product=charge.product).exists():
        raise Refused(CLAUSE, _("同一产品已有代码“%s”的附加费。") % charge.code, field="code")
    before = version.surcharges.filter(pk=row).first() if row else None
    serial = before.serial if before else 1 + max(version.surcharges.values_list("serial", flat=True), default=-1)
    if before:
        before.delete()
    made = surcharge_row(version, serial, charge)
    made.save(force_insert=True)
    SurchargeTier.objects.bulk_create([tier_row(made, tier) for tier in charge.tiers])
    state(fact(On.TARIFF_CHANGED, f"tariff/{version.pk}", by, now, code=version.code, charge=charge.code))
    return made


@transaction.atomic
def drop_charge(*, pk: int, row: int, by: Person, now: datetime) -> None:
    """Take a charge off a draft."""
    version = _draft(pk, by)
    found = version.surcharges.get(pk=row)
    found.delete()
    state(fact(On.TARIFF_CHANGED, f"tariff/{version.pk}", by, now, code=version.code, dropped=found.code))


@transaction.atomic
def set_plan(*, pk: int, plan: PlanRow, by: Person, now: datetime, row: int = 0) -> CodPlan:
    """
    Add a COD plan to a draft, or put it in the place of its row.

    :raises Refused: a plan that cannot be, or its code is taken
    :raises Conflict: the version is no draft
    """
    version = _draft(pk, by)
    check_plan(plan)
    if version.cod_plans.filter(code=plan.code).exclude(pk=row).exists():
        raise Refused(CLAUSE, _("已有代码“%s”的代收方案。") % plan.code, field="code")
    made: CodPlan = version.cod_plans.get(pk=row) if row else CodPlan(version=version)
    made.code, made.zh, made.en, made.days, made.most = plan.code, plan.zh, plan.en or plan.zh, plan.days, plan.most
    made.save()
    state(fact(On.TARIFF_CHANGED, f"tariff/{version.pk}", by, now, code=version.code, plan=plan.code))
    return made


@transaction.atomic
def drop_plan(*, pk: int, row: int, by: Person, now: datetime) -> None:
    """Take a COD plan off a draft; a version is approved only once no charge speaks of a plan it lacks."""
    version = _draft(pk, by)
    found = version.cod_plans.get(pk=row)
    found.delete()
    state(fact(On.TARIFF_CHANGED, f"tariff/{version.pk}", by, now, code=version.code, dropped=found.code))
