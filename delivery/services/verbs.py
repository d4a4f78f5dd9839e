"""What each verb of a shipment asks and does (design §3): its name is the name in the API, the pages and the ledger of scans."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.fsm import in_source, perform
from delivery.choices import (
    Contacted,
    Relation,
    State,
)
from delivery.models import Attempt, Shipment, SplitConsent
from delivery.services import corrections, proofs
from network.models import Person, Unit
from orders import services as orders
from orders.choices import Means
from orders.models import AddedCharge
from orders.services.price import spared_redelivery_fee
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.reasons import DELIVERY_FAILURE_REASONS, EXCEPTIONS, REFUSAL_REASONS, TRACKING_PHRASES
from rulebook.windows import delivery_fee_due, waiting_ends

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """Who acts, when it happened, when it is recorded; captured on a device; with pictures of which kinds."""

    clerk: Person
    at: datetime
    now: datetime
    captured: bool = False
    kinds: tuple[str, ...] = ()


Step = Callable[[Shipment, Moment, Values], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of a shipment: which right it takes, what it does, which fact it states.

    `anywhere`: whoever has the goods before them may say so, also a branch they were not meant for.
    """

    right: str
    do: Step
    fact: On
    anywhere: bool = False


def text_of(values: Values, name: str, clause: str, words: str, *, longest: int = 300) -> str:
    text = str(values.get(name) or "").strip()
    if not text:
        raise Refused(clause, words, field=name)
    if len(text) > longest:
        raise Refused(clause, _("内容过长，最多 %d 个字。") % longest, field=name)
    return text


def coded_of(values: Values, name: str, known: Any, clause: str) -> str:
    code = str(values.get(name) or "")
    if code not in known:
        raise Refused(clause, _("请从列表中选择一项。"), field=name)
    return code


def _unit(shipment: Shipment, clerk: Person) -> Unit | None:
    return clerk.unit_for(shipment.terminal)


def _depart(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    """All of the goods leave, or so many pieces of them; a key customer's are split by the origin's consent only (§2.1.2.2)."""
    vehicle = text_of(values, "vehicle", "§4.3.2.4", _("请填写车牌号。"), longest=12)
    pieces = _leaving(shipment, values, shipment.pieces)
    left = shipment.pieces - pieces
    if left and in_source(shipment.depart):
        _use_consent(shipment, pieces, moment)
    perform(shipment.depart, vehicle=vehicle, at=moment.at, left=left)
    return {"unit": moment.clerk.unit.pk if moment.clerk.unit else None, **({"left": left} if left else {})}


def _depart_rest(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    vehicle = text_of(values, "vehicle", "§4.3.2.4", _("请填写车牌号。"), longest=12)
    rest = shipment.left_behind
    pieces = _leaving(shipment, values, rest) if rest else 0
    if pieces < rest:
        _use_consent(shipment, pieces, moment)
    perform(shipment.depart_rest, vehicle=vehicle, left=rest - pieces)
    return {"unit": moment.clerk.unit.pk if moment.clerk.unit else None, "pieces": pieces, "left": rest - pieces}


def _leaving(shipment: Shipment, values: Values, most: int) -> int:
    pieces = values.get("pieces", most)
    if not isinstance(pieces, int) or isinstance(pieces, bool) or not 1 <= pieces <= most:
        raise Refused("§2.1.2.2", _("装车件数须为 1 到 %d 之间的整数。") % most, field="pieces")
    return pieces


def _use_consent(shipment: Shipment, pieces: int, moment: Moment) -> None:
    """Spend the origin branch's consent to split a key customer's goods (§2.1.2.2); others are split freely."""
    if shipment.key_customer:
        consent = SplitConsent.objects.usable(shipment, pieces).order_by("pk").first()
        if consent is None:
            raise Refused("§2.1.2.2", _("项目客户货物拆分装车须先经始发营业部同意。"), field="pieces")
        consent.used_at = moment.now
        consent.save(update_fields=["used_at"])


def _arrive_hub(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    perform(shipment.arrive_hub, place=moment.clerk.unit)
    return {"unit": shipment.place_id}


def _arrive(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    """The goods are looked over on arrival (§2.1.3.1): nothing found, or coded findings."""
    checked = [str(code) for code in values.get("checked") or ()]
    if any(code not in EXCEPTIONS for code in checked):
        raise Refused("§2.1.3.1", _("请从列表中选择到货检查结果。"), field="checked")
    to_forward = shipment.to_forward or values.get("to_forward") is True
    perform(
        shipment.arrive, place=_unit(shipment, moment.clerk), checked=checked, to_forward=to_forward, at=moment.at
    )
    return {"unit": shipment.place_id, "checked": checked}


def _mark_to_forward(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    perform(shipment.mark_to_forward)
    return {}


def _keep_for_delivery(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    perform(shipment.keep_for_delivery)
    return {}


def _forward(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    said = {
        "carrier": text_of(values, "carrier", "§4.3.2.6", _("请填写外发承运商。"), longest=60),
        "phone": text_of(values, "phone", "§4.3.2.6", _("请填写承运商电话。"), longest=30),
        "number": text_of(values, "carrier_no", "§4.3.2.6", _("请填写承运商单号。"), longest=40),
    }
    perform(shipment.forward, **said, at=moment.at)
    return {"carrier": shipment.carrier}


def _track(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    """One of the phrases, which the customer reads, or words of our own, which stay in the ledger of scans."""
    if values.get("phrase"):
        phrase = coded_of(values, "phrase", TRACKING_PHRASES, "§1.3.2.1")
        perform(shipment.track)
        return {"phrase": phrase}
    text_of(values, "text", "§1.3.2.1", _("请填写当日跟踪情况。"))
    perform(shipment.track)
    return {}


def _offer(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    perform(shipment.offer_for_pickup)
    return {}


def _load(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    driver = Person.objects.filter(number=str(values.get("driver") or "")).first()
    if driver is None:
        raise Refused("§1.3.3", _("请选择送货司机。"), field="driver")
    perform(shipment.load_for_delivery, driver=driver, vehicle=str(values.get("vehicle") or "")[:12])
    charge = orders.charge_redelivery(shipment.order, attempt=shipment.attempts_made, by=moment.clerk.actor, at=moment.at)
    fee = charge is not None or delivery_fee_due(shipment.attempts_made, key_customer=spared_redelivery_fee(shipment.order))
    called = shipment.called_at is not None  # a duty (§4.3.2.7) that is shown, and bars nothing
    return {"driver": driver.pk, "attempt": shipment.attempts_made, "fee_due": fee, "called": called}


def _wait(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    perform(shipment.wait, until=waiting_ends(moment.at))
    return {}


def _fail(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    """A failed attempt needs its reason and the record of the call made from the spot (§1.3.3.3)."""
    reason = coded_of(values, "reason", DELIVERY_FAILURE_REASONS, "§1.3.3.3")
    contacted = coded_of(values, "contacted", Contacted.values, "§1.3.3.3")
    contact = text_of(values, "contact", "§1.3.3.3", _("请填写现场联系记录：与谁通话、如何约定。"))
    billing_call = str(values.get("billing_call") or "").strip()
    if shipment.key_customer or billing_call:
        words = _("项目客户派送未成功，须现场致电开单营业部：请填写与谁通话、如何答复。")
        billing_call = text_of(values, "billing_call", "§2.1.3.3", words)
    perform(shipment.fail_attempt, place=_unit(shipment, moment.clerk))
    serial = shipment.attempts_made
    fee = _charged(shipment, serial) or delivery_fee_due(serial, key_customer=spared_redelivery_fee(shipment.order))
    Attempt.objects.create(
        shipment=shipment, serial=serial, reason=reason, contacted=contacted, contact=contact, billing_call=billing_call, fee_due=fee,
        person=moment.clerk, at=moment.at,
    )  # fmt: skip
    return {"reason": reason, "attempt": serial, "billing_called": bool(billing_call)}


def not_now(shipment: Shipment) -> Conflict:
    """Return what is said of an act the goods' state does not allow."""
    words = _("当前状态为“%(state)s”，不能执行该操作。") % {"state": shipment.get_state_display()}
    return Conflict(words, **shipment.last_act())


def future_of(values: Values, name: str, now: datetime, clause: str, words: str) -> datetime:
    """Return an instant to come, given as text; the times of plain JSON values."""
    try:
        wanted = datetime.fromisoformat(str(values.get(name) or ""))
    except ValueError:
        wanted = now
    if wanted.tzinfo is None or wanted <= now:
        raise Refused(clause, words, field=name)
    return wanted


def _charged(shipment: Shipment, attempt: int) -> bool:
    return AddedCharge.objects.filter(waybill__order=shipment.order_id, cause=f"redelivery/{attempt}").exists()


def _reschedule(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    wanted = future_of(values, "delivery_at", moment.now, "§1.3.3.3", _("请填写将来的送达时间。"))
    perform(shipment.reschedule, delivery_at=wanted)
    return {}


def _signer(values: Values) -> dict[str, str]:
    signer = text_of(values, "signer", "§4.3.2.8", _("请填写签收人姓名。"), longest=40)
    return {"signer": signer, "relation": coded_of(values, "relation", Relation.values, "§4.3.2.8")}


def _sign(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    pieces = values.get("pieces", shipment.pieces)
    if pieces != shipment.pieces:
        words = _("签收 %(got)s 件，应为 %(sent)s 件：件数不符请登记异常签收。")
        raise Refused("§4.3.2.8", words % {"got": pieces, "sent": shipment.pieces}, field="pieces")
    ours = shipment.state != State.FORWARDED
    perform(shipment.sign, **_signer(values), at=moment.at)
    proofs.demand_photo(shipment, moment.kinds, proxy=ours and shipment.relation != Relation.SELF, exception=False)
    return {"pieces": shipment.pieces, "relation": shipment.relation}


def _sign_with_exception(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    """Anomalies are noted and told to the shipper (§4.3.2.8)."""
    exception = coded_of(values, "exception", EXCEPTIONS, "§4.3.2.8")
    remark = text_of(values, "remark", "§4.3.3.8", _("请写明破损、短少的情况。"))
    pieces = values.get("pieces")
    if not isinstance(pieces, int) or isinstance(pieces, bool) or not 0 <= pieces <= shipment.pieces:
        raise Refused("§4.3.2.8", _("签收件数须为 0 到 %d 之间的整数。") % shipment.pieces, field="pieces")
    perform(
        shipment.sign_with_exception, **_signer(values), pieces=pieces, exception=exception, remark=remark, at=moment.at
    )
    proofs.demand_photo(shipment, moment.kinds, proxy=False, exception=True)
    return {"pieces": pieces, "exception": exception}


def _refuse(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    reason = coded_of(values, "reason", REFUSAL_REASONS, "§1.3.3")
    perform(
        shipment.refuse,
        reason=reason,
        remark=str(values.get("remark") or "")[:300],
        place=_unit(shipment, moment.clerk),
    )
    return {"reason": reason}


def _declare_lost(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    remark = text_of(values, "remark", "§1.6.1.1", _("请说明查找经过。"))
    perform(shipment.declare_lost, remark=remark, was=shipment.state)
    return {}


def _find(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    perform(shipment.find, place=moment.clerk.unit)
    return {}


def _send_back(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    said = {
        "instruction": text_of(values, "instruction", "§1.3.3", _("请填写发货人的退货指示。")),
        "ordered_by": text_of(values, "ordered_by", "§1.3.3", _("请填写由谁作出退货指示。"), longest=40),
        "means": coded_of(values, "means", Means.values, "§1.3.3"),
    }
    perform(shipment.send_back, **said)
    return {}


def _close_return(shipment: Shipment, moment: Moment, values: Values) -> dict[str, object]:
    perform(shipment.close_return, at=moment.at)
    return {}


VERBS: dict[str, Verb] = {
    "depart": Verb("haul", _depart, On.SHIPMENT_DEPARTED),
    "depart_rest": Verb("haul", _depart_rest, On.SHIPMENT_REST_DEPARTED),
    "arrive_hub": Verb("haul", _arrive_hub, On.SHIPMENT_REACHED_HUB, anywhere=True),
    "arrive": Verb("haul", _arrive, On.SHIPMENT_ARRIVED, anywhere=True),
    "mark_to_forward": Verb("plan_delivery", _mark_to_forward, On.SHIPMENT_TO_FORWARD),
    "keep_for_delivery": Verb("plan_delivery", _keep_for_delivery, On.SHIPMENT_NOT_TO_FORWARD),
    "forward": Verb("forward", _forward, On.SHIPMENT_FORWARDED),
    "track": Verb("forward", _track, On.SHIPMENT_TRACKED),
    "offer_for_pickup": Verb("plan_delivery", _offer, On.SHIPMENT_OFFERED_FOR_PICKUP),
    "load_for_delivery": Verb("plan_delivery", _load, On.SHIPMENT_LOADED_FOR_DELIVERY),
    "wait": Verb("deliver", _wait, On.SHIPMENT_WAITING_ON_SITE),
    "fail_attempt": Verb("deliver", _fail, On.DELIVERY_ATTEMPT_FAILED),
    "reschedule": Verb("plan_delivery", _reschedule, On.DELIVERY_TIME_AGREED),
    "sign": Verb("deliver", _sign, On.SHIPMENT_SIGNED),
    "sign_with_exception": Verb("deliver", _sign_with_exception, On.SHIPMENT_SIGNED_WITH_EXCEPTION),
    "refuse": Verb("deliver", _refuse, On.SHIPMENT_REFUSED),
    "take_back": Verb("deliver", corrections.take_back, On.DELIVERY_TAKEN_BACK),
    "take_back_arrival": Verb("haul", corrections.take_back_arrival, On.ARRIVAL_TAKEN_BACK),
    "declare_lost": Verb("declare_lost", _declare_lost, On.SHIPMENT_DECLARED_LOST),
    "find": Verb("haul", _find, On.SHIPMENT_FOUND),
    "send_back": Verb("send_back", _send_back, On.SHIPMENT_SENT_BACK),
    "close_return": Verb("send_back", _close_return, On.SHIPMENT_RETURNED),
}
"""Every verb of the machine of design §3. Its name is the name in the API, the pages and the ledger of scans."""
