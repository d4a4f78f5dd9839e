"""A wrong tap is corrected by an appended act, never by an edit (issue C8): the goods stand again as before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.fsm import perform
from core.models import Entry
from delivery.choices import ARRIVALS, CORRECTABLE, Slip
from delivery.models import Scan, Shipment, SignSlip
from rulebook.errors import Conflict, Refused
from rulebook.events import On

if TYPE_CHECKING:
    from delivery.services.verbs import Moment

CLAUSE = "§4.3.2.8"
WINDOW = timedelta(minutes=30)
"""How long whoever tapped may take it back without a word (†); after it the branch does, with its reason."""
NOT_THE_ACTS = {"id", "order_id", "last_actor", "last_at", "turns"}
FACTS = {
    "sign": On.SHIPMENT_SIGNED,
    "sign_with_exception": On.SHIPMENT_SIGNED_WITH_EXCEPTION,
    "refuse": On.SHIPMENT_REFUSED,
    "fail_attempt": On.DELIVERY_ATTEMPT_FAILED,
    "arrive": On.SHIPMENT_ARRIVED,
    "arrive_hub": On.SHIPMENT_REACHED_HUB,
}


def picture_of(shipment: Shipment) -> dict[str, Any]:
    """Return everything an act may change, to be compared after it."""
    fields = (field for field in shipment._meta.concrete_fields if field.attname not in NOT_THE_ACTS)
    return {field.attname: field.value_from_object(shipment) for field in fields}


def overwritten(before: Mapping[str, Any], shipment: Shipment) -> dict[str, Any]:
    """Return, as plain JSON, what the act overwrote."""
    after = picture_of(shipment)
    return {name: _plain(value) for name, value in before.items() if value != after[name]}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def take_back(shipment: Shipment, moment: Moment, values: Mapping[str, Any]) -> dict[str, object]:
    """
    Put the goods back where they stood before the last act; its scan, its proofs and its facts stay on record.

    :raises Refused: the last act is none of `CORRECTABLE`; it was another's or long ago and no reason is given
    :raises Conflict: the slip of this signature is back already
    """
    scan = shipment.last_scan()
    if scan is not None and scan.verb in CORRECTABLE:
        _allow(scan, moment, values, right="correct_delivery")
        _slip_is_out(shipment)
    perform(shipment.take_back, before=scan.before if scan else {})
    assert scan is not None  # noqa: S101 - the transition's guard has looked at it
    if scan.verb == "fail_attempt":
        shipment.attempts.filter(taken_back_at=None).order_by("-serial").update(taken_back_at=moment.at)
    return _told(shipment, scan, moment)


def take_back_arrival(shipment: Shipment, moment: Moment, values: Mapping[str, Any]) -> dict[str, object]:
    """
    Put goods that were scanned in where they are not back on their way; the clocks of that arrival never ran.

    :raises Refused: the last act is no arrival; it was another's or long ago and no reason is given
    """
    scan = shipment.last_scan()
    if scan is not None and scan.verb in ARRIVALS:
        _allow(scan, moment, values, right="haul")
    perform(shipment.take_back_arrival, before=scan.before if scan else {})
    assert scan is not None  # noqa: S101 - the transition's guard has looked at it
    return _told(shipment, scan, moment)


def _told(shipment: Shipment, scan: Scan, moment: Moment) -> dict[str, object]:
    """Return what the correction says: the verb, the fact it undoes, whether it was the person's own."""
    said = Entry.objects.about(shipment.subject).filter(name=FACTS[scan.verb], seq__isnull=False).order_by("seq").last()
    return {"verb": scan.verb, "undoes": [said.pk] if said else [], "own": scan.person_id == moment.clerk.pk}


def _allow(scan: Scan, moment: Moment, values: Mapping[str, Any], *, right: str) -> None:
    own = scan.person_id == moment.clerk.pk and timedelta() <= moment.at - scan.at <= WINDOW
    if own:
        return
    if not moment.clerk.may(right):
        raise Refused(CLAUSE, _("只有操作人本人能在 30 分钟内更正；之后请联系营业部，说明原因后更正。"))
    if not str(values.get("remark") or "").strip():
        raise Refused(CLAUSE, _("请说明更正原因。"), field="remark")


def _slip_is_out(shipment: Shipment) -> None:
    if SignSlip.objects.filter(shipment=shipment).exclude(state=Slip.EXPECTED).exists():
        raise Conflict(_("签收单已返回，不能再更正签收：请按异常登记处理。"), **shipment.last_act())
