"""Versions of a public price list (§3.3): drafted, approved, published; once live never edited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import publish as state
from network.models import Person
from pricing.choices import TariffState
from pricing.models import CodPlan, Surcharge, SurchargeTier, TariffVersion
from pricing.services.common import check_period, fact, refuse_overlap
from pricing.services.lanes import write_lanes
from pricing.services.loading import charge
from pricing.services.surcharges import check, check_plan
from pricing.services.values import LaneRow, PlanRow, surcharge_row, tier_row
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.quotes import Charge


@transaction.atomic
def draft(
    *,
    code: str,
    valid_from: date,
    lanes: Sequence[LaneRow],
    by: Person,
    now: datetime,
    valid_to: date | None = None,
    origin: str = "",
    note: str = "",
    charges: Sequence[Charge] | None = None,
    plans: Sequence[PlanRow] | None = None,
) -> TariffVersion:
    """
    Write down a new version; without charges or COD plans of its own it takes over those of the last version of the same list.

    :raises Refused: it ends before it begins, the code is taken, a place lies in two zones, or a charge or plan cannot be
    """
    by.require("manage_prices")
    if valid_to:
        check_period(valid_from, valid_to, "§3.3")
    if TariffVersion.objects.filter(code=code).exists():
        raise Refused("§3.3", _("版本号“%s”已被使用。") % code, field="code")
    version: TariffVersion = TariffVersion.objects.create(
        code=code, origin=origin, note=note, valid_from=valid_from, valid_to=valid_to, drafted_by=by, drafted_at=now
    )
    write_lanes(version, lanes)
    last = predecessor(version)
    write_plans(version, _plans_of(last) if plans is None else plans)
    write_charges(version, _charges_of(last) if charges is None else charges)
    return version


def write_charges(version: TariffVersion, charges: Sequence[Charge]) -> None:
    """:raises Refused: a charge that cannot be"""
    for each in charges:
        check(each)
    rows = Surcharge.objects.bulk_create([surcharge_row(version, at, row) for at, row in enumerate(charges)])
    SurchargeTier.objects.bulk_create(
        [tier_row(row, tier) for row, each in zip(rows, charges, strict=True) for tier in each.tiers]
    )


def write_plans(version: TariffVersion, plans: Sequence[PlanRow]) -> None:
    """:raises Refused: a plan that cannot be"""
    for each in plans:
        check_plan(each)
    CodPlan.objects.bulk_create(
        [CodPlan(version=version, code=p.code, zh=p.zh, en=p.en or p.zh, days=p.days, most=p.most) for p in plans]
    )


def _charges_of(version: TariffVersion | None) -> list[Charge]:
    rows = version.surcharges.prefetch_related("tiers") if version else ()
    return [charge(row, version.code) for row in rows if version]


def _plans_of(version: TariffVersion | None) -> list[PlanRow]:
    rows = version.cod_plans.order_by("pk") if version else ()
    return [PlanRow(code=row.code, zh=row.zh, en=row.en, days=row.days, most=row.most) for row in rows]


def predecessor(version: TariffVersion) -> TariffVersion | None:
    """Return the live version of the same list that begins last."""
    live = TariffVersion.objects.filter(origin=version.origin, state=TariffState.LIVE).exclude(pk=version.pk)
    last: TariffVersion | None = live.order_by("-valid_from").first()
    return last


def _locked(pk: int, by: Person) -> TariffVersion:
    by.require("manage_prices")
    version: TariffVersion = TariffVersion.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    return version


@transaction.atomic
def approve(*, pk: int, by: Person, now: datetime) -> TariffVersion:
    """
    Agree to a draft (§3.3).

    :raises Refused: it has no lanes
    :raises Conflict: it is no draft any more
    """
    version = _locked(pk, by)
    perform(version.approve, by=by, at=now)
    version.save(update_fields=["state", "approved_by", "approved_at"])
    state(fact(On.TARIFF_APPROVED, f"tariff/{version.pk}", by, now, code=version.code))
    return version


@transaction.atomic
def send_back(*, pk: int, by: Person, now: datetime) -> TariffVersion:
    """Make an approved version a draft again."""
    version = _locked(pk, by)
    perform(version.send_back)
    version.save(update_fields=["state", "approved_by", "approved_at"])
    state(fact(On.TARIFF_SENT_BACK, f"tariff/{version.pk}", by, now, code=version.code))
    return version


def publish(*, pk: int, by: Person, now: datetime) -> TariffVersion:
    """
    Put an approved version in force from its first day; the one before it ends the day before, at midnight (§3.3, §0.5).

    :raises Refused: its first day is past, or is today while another version is in force; or another one covers its days
    :raises Conflict: it is not approved, or somebody published for the same days at the same moment
    """
    try:
        return _publish(pk, by, now)
    except IntegrityError as raced:
        raise Conflict(_("同一区域的另一版本刚刚发布，请刷新后核对日期。")) from raced


@transaction.atomic
def _publish(pk: int, by: Person, now: datetime) -> TariffVersion:
    version = _locked(pk, by)
    perform(version.publish, by=by, at=now)
    before = predecessor(version)
    first = local_day(now) if before is None else local_day(now) + timedelta(days=1)
    if version.valid_from < first:
        raise Refused("§3.3", _("生效日期最早为 %s：已执行的价格不能追溯更改。") % first, field="valid_from")
    if before and before.valid_to is None and before.valid_from < version.valid_from:
        before.valid_to = version.valid_from - timedelta(days=1)
        before.save(update_fields=["valid_to"])
    _refuse_overlap(version)
    version.save(update_fields=["state", "published_by", "published_at"])
    since = version.valid_from.isoformat()
    state(fact(On.TARIFF_PUBLISHED, f"tariff/{version.pk}", by, now, code=version.code, valid_from=since))
    return version


def _refuse_overlap(version: TariffVersion) -> None:
    others = TariffVersion.objects.filter(origin=version.origin, state=TariffState.LIVE).exclude(pk=version.pk)
    others = others.filter(Q(valid_to=None) | Q(valid_to__gte=version.valid_from))
    if version.valid_to:
        others = others.filter(valid_from__lte=version.valid_to)
    refuse_overlap(others.first(), "§3.3")
