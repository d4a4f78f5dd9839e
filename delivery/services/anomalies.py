"""The verbs of an anomaly (§2.1.1.3, §2.1.3.1, §2.1.3.4, §4.3.2.5), and what opens one by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import Fact, publish
from core.models import Actor, Entry
from delivery.choices import Anomalous, Origin
from delivery.models import Anomaly, Shipment
from delivery.services.followups import billing_branch
from delivery.services.shipments import locked
from delivery.services.verbs import coded_of, future_of, text_of
from network.models import Person, Unit
from orders.services.common import label
from orders.services.common import locked as locked_order
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.reasons import ANOMALIES, TOLD_AT_ONCE

CLAUSE = "§4.3.2.5"

# What the way of the goods brings to light, heard through the journal.


def found(origin: Origin) -> Callable[[Entry], list[Fact]]:
    """Return the reaction that opens an anomaly on what the arrival check or the door brought to light (§2.1.3.1)."""

    def react(entry: Entry) -> list[Fact]:
        findings = _findings(entry, origin)
        if not findings:
            return []
        key = int(entry.subject.removeprefix("shipment/"))
        shipment = Shipment.objects.select_related("order__branch", "terminal").get(pk=key)
        finder = Person.objects.filter(pk=int(entry.actor_id)).first() if entry.actor_kind == "person" else None
        anomaly = Anomaly.objects.create(
            shipment=shipment, kind=findings[0], findings=findings, origin=origin, text=shipment.remark,
            unit=shipment.terminal or shipment.order.branch, found_by=finder, found_at=entry.occurred_at,
            last_actor=label(finder) if finder else "", last_at=entry.recorded_at,
        )  # fmt: skip
        return [_fact(anomaly, On.ANOMALY_FOUND, entry.actor, entry.occurred_at, {}, recorded=entry.recorded_at)]

    return react


def _findings(entry: Entry, origin: Origin) -> list[str]:
    match origin:
        case Origin.ARRIVAL:
            return [code if code in ANOMALIES else "other" for code in entry.data.get("checked") or ()]
        case Origin.SIGN_OFF:
            return [str(entry.data["exception"])]
        case Origin.LOSS:
            return ["lost"]
    return ["refused"]


BROUGHT_BY = {"sign_with_exception": Origin.SIGN_OFF, "refuse": Origin.REFUSAL, "arrive": Origin.ARRIVAL}


def _unfounded(entry: Entry) -> list[Fact]:
    """The act that had brought it to light was a wrong tap: closed as opened by mistake, and its clocks with it (issue C8)."""
    key, origin = int(entry.subject.removeprefix("shipment/")), BROUGHT_BY.get(str(entry.data["verb"]))
    live = (Anomalous.OPEN, Anomalous.SOLVED)
    anomaly = Anomaly.objects.locked().filter(shipment=key, origin=origin, state__in=live).order_by("found_at").last()
    if anomaly is None:
        return []
    anomaly.withdraw(text=_("登记有误，已更正"), at=entry.occurred_at)
    anomaly.save()
    return [_fact(anomaly, On.ANOMALY_WITHDRAWN, entry.actor, entry.occurred_at, {}, recorded=entry.recorded_at)]


REACTIONS: dict[str, Callable[[Entry], list[Fact]]] = {
    On.DELIVERY_TAKEN_BACK: _unfounded,
    On.ARRIVAL_TAKEN_BACK: _unfounded,
    On.SHIPMENT_ARRIVED: found(Origin.ARRIVAL),
    On.SHIPMENT_SIGNED_WITH_EXCEPTION: found(Origin.SIGN_OFF),
    On.SHIPMENT_REFUSED: found(Origin.REFUSAL),
    On.SHIPMENT_DECLARED_LOST: found(Origin.LOSS),
}


# What people do.


@transaction.atomic
def open_anomaly(*, number: str, clerk: Person, kind: str, text: str, now: datetime, told: bool = False) -> Anomaly:
    """
    Record an anomaly of goods on their way; whoever records it sees to it until another is named.

    :param told: the shipper has been told, which force majeure and accidents ask for at once (§4.3.2.4)
    :raises Refused: no kind or words; an accident the shipper has not been told of
    """
    clerk.require("anomaly")
    shipment = locked(number, clerk, anywhere=False)
    coded_of({"kind": kind}, "kind", ANOMALIES, CLAUSE)
    words = text_of({"text": text}, "text", CLAUSE, _("请写明异常情况。"))
    if kind in TOLD_AT_ONCE and not told:
        raise Refused("§4.3.2.4", _("不可抗力和事故须立即告知发货人：请告知后勾选。"), field="told")
    anomaly = Anomaly(
        shipment=shipment, kind=kind, findings=[kind], origin=Origin.REPORT, text=words, owner=clerk, found_by=clerk,
        unit=clerk.unit_for(shipment.terminal), found_at=now,
    )  # fmt: skip
    return _done(anomaly, On.ANOMALY_FOUND, clerk, now, told=told)


@transaction.atomic
def report(*, pk: int, clerk: Person, now: datetime) -> Anomaly:
    """
    Report it to key-account operations support; a key customer's the same day (§2.1.1.3).

    :raises Conflict: it is reported already
    """
    anomaly = _locked(pk, clerk)
    if anomaly.reported_at:
        raise Conflict(_("该异常已上报。"), **anomaly.last_act())
    anomaly.reported_by, anomaly.reported_at = clerk, now
    return _done(anomaly, On.ANOMALY_REPORTED, clerk, now)


@transaction.atomic
def promise(*, pk: int, clerk: Person, now: datetime, owner: str = "", **said: Any) -> Anomaly:
    """
    Promise the customer a reply, and name who sees to it (§4.3.2.5): a clock runs to it.

    :param owner: a staff number; left out, the clerk
    :param said: `promised_at`, plain text
    :raises Refused: a time that is past, nobody of this number
    :raises Conflict: a reply is promised or given already, or the anomaly is closed
    """
    anomaly = _open(pk, clerk)
    if anomaly.promised_at:
        raise Conflict(_("已承诺答复时间，请按时答复。"), **anomaly.last_act())
    anomaly.promised_at = future_of(said, "promised_at", now, CLAUSE, _("请填写将来的答复时间。"))
    anomaly.owner = _staff(owner) if owner else clerk
    anomaly.unit = anomaly.owner.unit_for(anomaly.unit) or anomaly.unit
    return _done(anomaly, On.ANOMALY_REPLY_PROMISED, clerk, now)


def _staff(number: str) -> Person:
    person: Person | None = Person.objects.filter(number=number, posts__until=None).distinct().first()
    if person is None:
        raise Refused(CLAUSE, _("没有工号为 %s 的在岗人员。") % number, field="owner")
    return person


@transaction.atomic
def answer(*, pk: int, clerk: Person, text: str, now: datetime) -> Anomaly:
    """
    Answer the customer (§4.3.2.5); solved or not, at the time promised.

    :raises Refused: nothing is said
    :raises Conflict: the anomaly is closed
    """
    anomaly = _locked(pk, clerk)
    if anomaly.state == Anomalous.CLOSED:
        raise Conflict(_("该异常已关闭。"), **anomaly.last_act())
    anomaly.answer = text_of({"text": text}, "text", CLAUSE, _("请填写给客户的答复。"))
    anomaly.answered_at = now
    return _done(anomaly, On.ANOMALY_ANSWERED, clerk, now)


@transaction.atomic
def explain(*, pk: int, clerk: Person, text: str, apologised: bool, now: datetime) -> Anomaly:
    """
    Record what the customer was told of the cause, with the apology (§2.1.3.4).

    :raises Refused: nothing is said, or nobody apologised
    """
    anomaly = _locked(pk, clerk)
    words = text_of({"text": text}, "text", "§2.1.3.4", _("请填写向客户的解释。"))
    if not apologised:
        raise Refused("§2.1.3.4", _("通知异常时须同时致歉：请致歉后勾选。"), field="apologised")
    anomaly.explanation, anomaly.apologised, anomaly.explained_at = words, True, now
    return _done(anomaly, On.ANOMALY_EXPLAINED, clerk, now)


@transaction.atomic
def settle(*, pk: int, clerk: Person, text: str, now: datetime) -> Anomaly:
    """
    The customer is still unhappy: the billing branch has settled with the shipper (§2.1.3.4).

    :raises Refused: nothing is said, it was not explained before, or the clerk is not of the billing branch
    """
    clerk.require("settle_anomaly")
    anomaly = _locked(pk, clerk)
    words = text_of({"text": text}, "text", "§2.1.3.4", _("请填写与发货人协商的结果。"))
    if anomaly.explained_at is None:
        raise Refused("§2.1.3.4", _("须先向客户解释并致歉，仍不满意的再与发货人协商。"))
    billing = billing_branch(anomaly.shipment.order)
    if not any(billing.path.startswith(post.unit.path) for post in clerk.current_posts):
        raise Refused("§2.1.3.4", _("由开单营业部（%s）与发货人协商。") % billing.name)
    anomaly.settlement, anomaly.settled_at = words, now
    return _done(anomaly, On.ANOMALY_SETTLED, clerk, now)


@transaction.atomic
def escalate(*, pk: int, clerk: Person, unit: str, now: datetime) -> Anomaly:
    """
    Not solved: take it to the superior or another department (§4.3.2.5). The reply stays promised.

    :param unit: a unit's code
    :raises Refused: no such unit
    :raises Conflict: it is solved or closed
    """
    anomaly = _open(pk, clerk)
    wanted = Unit.objects.filter(code=unit, closed_at=None).first()
    if wanted is None:
        raise Refused(CLAUSE, _("请选择上报的上级或部门。"), field="unit")
    anomaly.escalated_to, anomaly.escalated_at = wanted, now
    return _done(anomaly, On.ANOMALY_ESCALATED, clerk, now, to=wanted.pk)


@transaction.atomic
def solve(*, pk: int, clerk: Person, text: str, now: datetime) -> Anomaly:
    """
    The cause is seen to.

    :raises Refused: nothing is said
    :raises Conflict: it is solved or closed already
    """
    anomaly = _locked(pk, clerk)
    perform(anomaly.solve, text=text_of({"text": text}, "text", CLAUSE, _("请填写处理结果。")), at=now)
    return _done(anomaly, On.ANOMALY_SOLVED, clerk, now)


@transaction.atomic
def close_anomaly(*, pk: int, clerk: Person, now: datetime) -> Anomaly:
    """
    Close it: solved, the customer answered and, for a key customer, reported.

    :raises Refused: the customer is not answered (§4.3.2.5), or it was never reported (§2.1.1.3)
    :raises Conflict: it is not solved, or closed already
    """
    anomaly = _locked(pk, clerk)
    perform(anomaly.close, at=now)
    return _done(anomaly, On.ANOMALY_CLOSED, clerk, now)


@transaction.atomic
def reopen(*, pk: int, clerk: Person, text: str, now: datetime) -> Anomaly:
    """
    It is not in order after all; a new reply is owed.

    :raises Refused: nothing is said about why
    :raises Conflict: it is open
    """
    anomaly = _locked(pk, clerk)
    words = text_of({"text": text}, "text", CLAUSE, _("请填写重新处理的原因。"))
    perform(anomaly.reopen)
    anomaly.text = words
    return _done(anomaly, On.ANOMALY_REOPENED, clerk, now)


def _locked(pk: int, clerk: Person) -> Anomaly:
    """
    Return the anomaly within the clerk's scope; the order's row is locked before it.

    :raises Anomaly.DoesNotExist: there is none, or it lies outside the scope
    """
    clerk.require("anomaly")
    seen = Anomaly.objects.visible_to(clerk).values_list("shipment__order__number", flat=True)
    locked_order(seen.get(pk=pk))
    rows = Anomaly.objects.locked().select_related("shipment__order__branch", "shipment__terminal", "unit", "owner")
    anomaly: Anomaly = rows.get(pk=pk)
    return anomaly


def _open(pk: int, clerk: Person) -> Anomaly:
    anomaly = _locked(pk, clerk)
    if anomaly.state != Anomalous.OPEN:
        words = _("当前状态为“%(state)s”，不能执行该操作。") % {"state": anomaly.get_state_display()}
        raise Conflict(words, **anomaly.last_act())
    return anomaly


def _done(anomaly: Anomaly, name: On, clerk: Person, now: datetime, **data: object) -> Anomaly:
    anomaly.last_actor, anomaly.last_at = label(clerk), now
    anomaly.save()
    publish(_fact(anomaly, name, clerk.actor, now, data))
    return anomaly


def _fact(
    anomaly: Anomaly, name: On, by: Actor, at: datetime, data: dict[str, object], recorded: datetime | None = None
) -> Fact:
    """Return a fact about an anomaly: the unit that answers for it holds its clocks, the billing branch is told."""
    shipment = anomaly.shipment
    said = {
        "branch": anomaly.unit_id or shipment.order.branch_id, "origin": shipment.order.branch_id, "anomaly": anomaly.pk,
        "key_customer": shipment.key_customer, "anomaly_kind": anomaly.kind, "source": anomaly.origin,
        "promised_at": anomaly.promised_at.isoformat() if anomaly.promised_at else None, **data,
    }  # fmt: skip
    return Fact(
        name=name, subject=anomaly.subject, at=at, recorded=recorded, by=by, order=shipment.order.number,
        also=(f"order/{shipment.order_id}", shipment.subject), data=said,
    )  # fmt: skip
