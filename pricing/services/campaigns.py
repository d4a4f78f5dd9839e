"""Campaigns (§5.1), used automatically while they run; and the fuel share."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.journal import publish
from network.models import Person
from pricing.choices import Benefit
from pricing.models import Campaign, FuelRate
from pricing.services.common import check_period, fact, refuse_overlap
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On


def create(campaign: Campaign, *, by: Person, now: datetime) -> Campaign:
    """
    Start a campaign as filled in; the same audience, product and kind of benefit run once at a time (§5.1).

    :raises Refused: it ends before it begins, overlaps another, or its benefit says nothing
    """
    try:
        return _create(campaign, by, now)
    except IntegrityError as raced:
        raise Conflict(_("同类活动刚刚由他人创建，请刷新后核对日期。")) from raced


@transaction.atomic
def _create(campaign: Campaign, by: Person, now: datetime) -> Campaign:
    by.require("campaign")
    check_period(campaign.valid_from, campaign.valid_to, "§5.1")
    _check_benefit(campaign)
    others = Campaign.objects.filter(
        audience=campaign.audience, value=campaign.value, product=campaign.product, benefit=campaign.benefit,
        ended_at=None, valid_from__lte=campaign.valid_to, valid_to__gte=campaign.valid_from,
    )  # fmt: skip
    refuse_overlap(others.first(), "§5.1")
    campaign.created_by, campaign.created_at = by, now
    campaign.save(force_insert=True)
    period = {"valid_from": campaign.valid_from.isoformat(), "valid_to": campaign.valid_to.isoformat()}
    publish(fact(On.CAMPAIGN_CREATED, f"campaign/{campaign.pk}", by, now, **period))
    return campaign


def _check_benefit(campaign: Campaign) -> None:
    match campaign.benefit:
        case Benefit.PACKAGE if not (campaign.amount.is_finite() and campaign.amount > 0):
            raise Refused("§5.1", _("一口价须大于 0。"), field="amount")
        case Benefit.PERCENT if not (campaign.share.is_finite() and 0 < campaign.share < 1):
            raise Refused("§5.1", _("运费比例须大于 0 且小于 1。"), field="share")
        case Benefit.GIFT if not campaign.gift.strip():
            raise Refused("§5.1", _("请填写赠品。"), field="gift")
        case _:
            return


@transaction.atomic
def end(*, pk: int, by: Person, now: datetime) -> Campaign:
    """
    End a campaign now; prices given so far stay as they are.

    :raises Conflict: it has ended
    """
    by.require("campaign")
    campaign: Campaign = Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if campaign.ended_at or campaign.valid_to < local_day(now):
        raise Conflict(_("该活动已经结束。"))
    campaign.ended_at, campaign.ended_by = now, by
    campaign.save(update_fields=["ended_at", "ended_by"])
    publish(fact(On.CAMPAIGN_ENDED, f"campaign/{campaign.pk}", by, now))
    return campaign


@transaction.atomic
def set_fuel(*, share: Decimal, valid_from: date, by: Person, now: datetime) -> FuelRate:
    """
    Set the fuel share of the freight from a day on.

    :raises Refused: the day is past, has its share already, or the share is not between 0 and 1
    """
    by.require("manage_prices")
    if not share.is_finite() or not 0 <= share < 1:
        raise Refused("§3.3", _("燃油附加比例须不小于 0 且小于 1。"), field="share")
    if valid_from < local_day(now):
        raise Refused("§3.3", _("生效日期不能早于今天。"), field="valid_from")
    if FuelRate.objects.standing().filter(valid_from=valid_from).exists():
        raise Refused("§3.3", _("该日已有燃油附加比例。"), field="valid_from")
    row: FuelRate = FuelRate.objects.create(share=share, valid_from=valid_from, set_by=by, set_at=now)
    publish(fact(On.FUEL_SET, f"fuel/{row.pk}", by, now, share=str(share)))
    return row


@transaction.atomic
def withdraw_fuel(*, pk: int, by: Person, now: datetime) -> FuelRate:
    """
    Withdraw a fuel share that has not begun; it stays on record.

    :raises Refused: its first day has come, prices were given by it
    :raises Conflict: it is withdrawn already
    """
    by.require("manage_prices")
    row: FuelRate = FuelRate.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if row.withdrawn_at:
        raise Conflict(_("该燃油附加比例已经撤销。"))
    if row.valid_from <= local_day(now):
        raise Refused("§3.3", _("该燃油附加比例已经生效，不能撤销：请从以后的日期起另设比例。"))
    row.withdrawn_by, row.withdrawn_at = by, now
    row.save(update_fields=["withdrawn_by", "withdrawn_at"])
    publish(fact(On.FUEL_WITHDRAWN, f"fuel/{row.pk}", by, now, share=str(row.share)))
    return row
