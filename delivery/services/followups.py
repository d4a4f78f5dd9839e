"""What §2.1 wants done daily and noted: follow-up, remedies, slips chased, the tracking report (§4.3.2.4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.fsm import in_source
from core.journal import Fact, publish
from customers.models import KeyCustomer
from delivery.choices import ENDED, Side
from delivery.models import FollowUp, Measure, Shipment, SlipChase, TrackingReport
from delivery.services.shipments import about, locked
from delivery.services.slips import locked_slip
from delivery.services.verbs import Moment, coded_of, future_of, not_now, text_of
from network.models import Person, Unit
from orders.models import Order
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.reasons import LATENESS_REASONS


@transaction.atomic
def follow_up(*, number: str, clerk: Person, text: str, now: datetime, told: bool = False) -> Shipment:
    """
    Write the day's line into a shipment's tracking sheet (§4.3.2.4); for a key customer it is the day's follow-up (§2.1.1.2).

    :param told: the shipper has been told
    :raises Refused: nothing is said
    :raises Conflict: the goods have arrived at their end
    """
    clerk.require("follow_up")
    shipment = _on_its_way(number, clerk)
    words = text_of({"text": text}, "text", "§4.3.2.4", _("请填写今日跟进情况。"))
    FollowUp.objects.create(shipment=shipment, text=words, told=told, person=clerk, at=now)
    publish(about(shipment, On.SHIPMENT_FOLLOWED_UP, Moment(clerk, now, now), {"told": told}))
    return shipment


@transaction.atomic
def remedy(*, number: str, clerk: Person, now: datetime, **said: Any) -> Shipment:
    """
    Record what the operations centre does about a delay upstream (§2.1.2.3).

    :param said: `cause`, `text`, `expected_at` (plain text, may be missing)
    :raises Refused: no cause or words, or a time that is past
    :raises Conflict: the goods have arrived at their end
    """
    clerk.require("remedy")
    shipment = _on_its_way(number, clerk)
    cause = coded_of(said, "cause", LATENESS_REASONS, "§2.1.2.3")
    words = text_of(said, "text", "§2.1.2.3", _("请填写补救措施。"))
    expected = None
    if said.get("expected_at"):
        expected = future_of(said, "expected_at", now, "§2.1.2.3", _("预计恢复时间须晚于现在。"))
    Measure.objects.create(shipment=shipment, cause=cause, text=words, expected_at=expected, person=clerk, at=now)
    publish(about(shipment, On.SHIPMENT_REMEDIED, Moment(clerk, now, now), {"cause": cause}))
    return shipment


@transaction.atomic
def chase_slip(*, number: str, clerk: Person, text: str, now: datetime) -> SlipChase:
    """
    Note that a branch went after a slip (§2.1.5): the origin's own note, or the terminal's.

    :raises Refused: nothing is said
    :raises Conflict: the slip is back, lost or closed
    """
    clerk.require("slip")
    slip = locked_slip(number, clerk)
    words = text_of({"text": text}, "text", "§2.1.5", _("请填写追踪情况。"))
    if not in_source(slip.hand_on):
        raise Conflict(_("签收单不在待追回状态。"), **slip.last_act())
    origin = billing_branch(slip.shipment.order)
    unit = clerk.unit
    at_origin = unit is not None and unit.path.startswith(origin.path)
    side = Side.ORIGIN if at_origin else Side.TERMINAL
    chase = SlipChase.objects.create(slip=slip, side=side, unit=unit, text=words, person=clerk, at=now)
    publish(
        Fact(
            name=On.SLIP_CHASED, subject=slip.subject, at=now, by=clerk.actor, order=number,
            also=(f"order/{slip.shipment.order_id}",), data={"side": side, "unit": unit.pk if unit else None},
        )
    )  # fmt: skip
    return chase


@transaction.atomic
def finish_report(*, pk: int, on: date, shipments: int, by: Person, now: datetime) -> TrackingReport:
    """
    Mark a key customer's tracking report of a day as worked; the person named for it does so (§2.1.5).

    :param shipments: how many shipments it holds
    :raises Refused: somebody else is named, or the day is still to come
    :raises Conflict: it is done already
    """
    by.require("track_key_accounts")
    account = KeyCustomer.objects.select_for_update(of=("self",)).select_related("tracker", "customer").get(pk=pk)
    if account.tracker_id != by.pk:
        words = _("该客户的跟踪报表由%s负责；需要换人时，请先修改跟踪人。")
        raise Refused("§2.1.5", words % account.tracker.name)
    if on > local_day(now):
        raise Refused("§2.1.5", _("不能完成以后日期的报表。"), field="on")
    try:
        with transaction.atomic():
            report = TrackingReport.objects.create(key_customer=account, on=on, shipments=shipments, person=by, at=now)
    except IntegrityError as done:
        first = account.reports.select_related("person").get(on=on)
        raise Conflict(_("当日报表已完成。"), winner=first.person.name, at=first.at) from done
    data = {"branch": account.customer.branch_id, "on": on.isoformat(), "shipments": shipments}
    publish(Fact(name=On.TRACKING_REPORT_DONE, subject=account.subject, at=now, by=by.actor, data=data))
    return report


def billing_branch(order: Order) -> Unit:
    """Return the branch that billed the goods; what is billed has one."""
    branch: Unit = order.branch  # type: ignore[assignment]
    return branch


def _on_its_way(number: str, clerk: Person) -> Shipment:
    shipment = locked(number, clerk, anywhere=False)
    if shipment.state in ENDED:
        raise not_now(shipment)
    return shipment
