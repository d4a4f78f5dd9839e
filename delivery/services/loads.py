"""The verbs of the load plan (配载): choose what waits, ask for consent to split, close it and all of it departs (§2.1.2.1–2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import Fact, publish
from delivery.choices import Load, State
from delivery.models import LoadItem, LoadPlan, Shipment, SplitConsent
from delivery.services.shipments import about, act, locked
from delivery.services.verbs import Moment, text_of
from network.models import Person, Unit
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.measures import MOST_KG, MOST_M3, is_exact

WAITING = (State.AT_ORIGIN, State.AT_HUB)
CENT = Decimal("0.01")
CLAUSE, SPLIT = "§2.1.2.1", "§2.1.2.2"


@dataclass(frozen=True, slots=True)
class Filling:
    """How full a vehicle is: weight, volume, and each as a share of what it takes, in per cent."""

    pieces: int
    weight_kg: Decimal
    volume_m3: Decimal
    by_weight: Decimal
    by_volume: Decimal

    @property
    def over(self) -> bool:
        return max(self.by_weight, self.by_volume) > 100


def filling(plan: LoadPlan, items: Iterable[LoadItem]) -> Filling:
    """Return how full the vehicle is with these lines of its plan."""
    items = list(items)
    kg = sum((item.weight_kg for item in items), Decimal("0.00"))
    m3 = sum((item.volume_m3 for item in items), Decimal("0.000"))
    return Filling(sum(item.pieces for item in items), kg, m3, _per_cent(kg, plan.most_kg), _per_cent(m3, plan.most_m3))


def _per_cent(part: Decimal, whole: Decimal) -> Decimal:
    return (part * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def waiting_at(unit: Unit) -> Iterable[tuple[Shipment, int]]:
    """Return what waits at a place to be loaded and how many pieces no plan has yet: key customers first (§2.1.2.1, §2.1.3.2)."""
    here = Shipment.objects.filter(Q(state__in=WAITING) | Q(left_behind__gt=0), place=unit)
    planned = Sum("loads__pieces", filter=Q(loads__plan__state=Load.OPEN))
    rows = here.annotate(planned=planned).select_related("order__waybill", "order__branch", "order__key_account__customer", "terminal")
    for goods in rows.order_by("-key_customer", "opened_at", "pk"):
        if left := to_load(goods) - (goods.planned or 0):
            yield goods, left


def to_load(goods: Shipment) -> int:
    """Return how many pieces are still where the goods wait."""
    return goods.pieces if goods.state in WAITING else goods.left_behind


@transaction.atomic
def open_load(
    *, clerk: Person, now: datetime, line: str, vehicle: str, most_kg: Decimal, most_m3: Decimal
) -> LoadPlan:
    """
    Open the load plan of a vehicle on a line at the clerk's place.

    :raises Refused: no line or vehicle, or it would take nothing or more than any lorry
    """
    clerk.require("haul")
    said = {"line": line, "vehicle": vehicle}
    words = text_of(said, "line", CLAUSE, _("请填写线路。"), longest=60)
    plate = text_of(said, "vehicle", CLAUSE, _("请填写车牌号。"), longest=12)
    for name, value, most in (("most_kg", most_kg, MOST_KG), ("most_m3", most_m3, MOST_M3)):
        if not value.is_finite() or not 0 < value <= most or not is_exact(value, CENT):
            raise Refused(CLAUSE, _("可载重量和体积须大于 0、最多两位小数，且不超过车辆所能装载。"), field=name)
    if clerk.unit is None:
        raise Refused(CLAUSE, _("您没有在岗单位，不能配载。"))
    plan: LoadPlan = LoadPlan.objects.create(
        unit=clerk.unit, line=words, vehicle=plate, most_kg=most_kg, most_m3=most_m3, made_by=clerk, made_at=now
    )
    _publish(On.LOAD_OPENED, plan, clerk, now)
    return plan


@transaction.atomic
def add_to_load(*, plan: int, number: str, clerk: Person, now: datetime, pieces: int | None = None) -> LoadItem:
    """
    Put a shipment that waits here on the plan, all that is left of it or so many pieces.

    A part of a key customer's goods needs the origin branch's consent (§2.1.2.2).

    :raises Refused: more pieces than are left, or a split nobody has consented to
    :raises Conflict: the plan is closed, or the goods do not wait here
    """
    clerk.require("haul")
    load = _open(plan, clerk)
    goods = locked(number, clerk, anywhere=False)
    if goods.place_id != load.unit_id or not (goods.state in WAITING or goods.left_behind):
        raise Conflict(_("货物不在本处等待装车。"), **goods.last_act())
    planned = goods.loads.filter(plan__state=Load.OPEN).exclude(plan=load).aggregate(sum=Sum("pieces"))["sum"] or 0
    left = to_load(goods) - planned
    wanted = left if pieces is None else pieces
    if isinstance(wanted, bool) or not 1 <= wanted <= left:
        raise Refused(CLAUSE, _("可配载 %(left)d 件，不能装 %(pieces)s 件。") % {"left": left, "pieces": wanted}, field="pieces")
    if wanted < to_load(goods) and goods.key_customer and not SplitConsent.objects.usable(goods, wanted).exists():
        raise Refused(SPLIT, _("项目客户货物拆分装车须先经始发营业部同意。"), field="pieces")
    item, _new = LoadItem.objects.update_or_create(
        plan=load, shipment=goods, defaults={"pieces": wanted, "added_by": clerk, "added_at": now}
    )
    return item


@transaction.atomic
def take_off_load(*, plan: int, number: str, clerk: Person, now: datetime) -> LoadPlan:
    """
    Take a shipment off the plan; it waits on.

    :raises Conflict: the plan is closed, or the goods are not on it
    """
    clerk.require("haul")
    load = _open(plan, clerk)
    if not load.items.filter(shipment__order__number=number).delete()[0]:
        raise Conflict(_("货物不在这份配载单上。"))
    return load


@transaction.atomic
def close_load(*, plan: int, clerk: Person, now: datetime) -> LoadPlan:
    """
    Close the plan: everything on it departs with the vehicle in one act, each shipment with its own scan; all or nothing.

    :raises Refused: nothing is on it, or a shipment may not leave; names each and why
    :raises Conflict: it is closed or cancelled already
    """
    clerk.require("haul")
    load = _open(plan, clerk)
    items = list(load.items.select_related("shipment__order").order_by("shipment__order"))
    if not items:
        raise Refused(CLAUSE, _("配载单上没有货物。"))
    problems = [said for item in items if (said := _depart(load, item, clerk, now))]
    if problems:
        raise Refused(problems[0][0], "；".join(words for _clause, words in problems))
    perform(load.close)
    _end(load, On.LOAD_CLOSED, clerk, now)
    return load


def _depart(load: LoadPlan, item: LoadItem, clerk: Person, now: datetime) -> tuple[str, str] | None:
    number, verb = item.shipment.order.number, "depart" if item.shipment.state in WAITING else "depart_rest"
    try:
        with transaction.atomic():
            act(number=number, verb=verb, clerk=clerk, now=now, vehicle=load.vehicle, pieces=item.pieces, load=load.pk)
    except (Refused, Conflict) as problem:
        return getattr(problem, "clause", CLAUSE), f"{number} {problem.reason}"
    return None


@transaction.atomic
def cancel_load(*, plan: int, clerk: Person, now: datetime) -> LoadPlan:
    """
    Cancel the plan; what was on it waits on.

    :raises Conflict: it is closed or cancelled already
    """
    clerk.require("haul")
    load = _open(plan, clerk)
    perform(load.cancel)
    _end(load, On.LOAD_CANCELLED, clerk, now)
    return load


# Splitting (§2.1.2.2).


@transaction.atomic
def ask_split(*, number: str, clerk: Person, now: datetime, pieces: int, reason: str) -> SplitConsent:
    """
    Ask the origin branch whether a key customer's goods may be split; where it loads itself, its own act is the consent.

    :raises Refused: no part of what is left, or no reason
    :raises Conflict: the goods do not wait to be loaded, or the question is open already
    """
    clerk.require("haul")
    goods = locked(number, clerk, anywhere=False)
    if goods.place is None or not (goods.state in WAITING or goods.left_behind):
        raise Conflict(_("货物不在本处等待装车。"), **goods.last_act())
    if isinstance(pieces, bool) or not 1 <= pieces < to_load(goods):
        raise Refused(SPLIT, _("拆分先装件数须为 1 到 %d 之间的整数。") % (to_load(goods) - 1), field="pieces")
    words = text_of({"reason": reason}, "reason", SPLIT, _("请写明拆分装车的原因。"))
    if open_question := goods.splits.unanswered().select_related("asked_by").first():
        raise Conflict(_("已征求始发营业部意见，等待答复。"), winner=open_question.asked_by.name, at=open_question.asked_at)
    own = goods.place_id == goods.order.branch_id
    consent: SplitConsent = SplitConsent.objects.create(
        shipment=goods, unit=goods.place, pieces=pieces, reason=words, asked_by=clerk, asked_at=now,
        **({"given": True, "answered_by": clerk, "answered_at": now} if own else {}),
    )  # fmt: skip
    data = {"pieces": pieces, "unit": goods.place_id, "origin": goods.order.branch_id}
    asked = about(goods, On.SPLIT_ASKED, Moment(clerk, now, now), data | {"answered": own})
    publish(asked, *([about(goods, On.SPLIT_ANSWERED, Moment(clerk, now, now), data | {"agreed": True})] if own else []))
    return consent


@transaction.atomic
def answer_split(*, number: str, clerk: Person, now: datetime, agreed: bool, answer: str) -> SplitConsent:
    """
    Consent to a split, or refuse it, for the origin branch (§2.1.2.2).

    :raises Refused: no words where it is refused
    :raises Conflict: nothing waits for an answer
    :raises Shipment.DoesNotExist: the goods are not of the clerk's branch
    """
    clerk.require("answer_split")
    goods = locked(number, clerk, anywhere=False)
    if not clerk.sees(goods.order.branch):
        raise Shipment.DoesNotExist
    question = goods.splits.unanswered().first()
    if question is None:
        raise Conflict(_("没有等待答复的拆分装车。"), **goods.last_act())
    if not agreed:
        text_of({"answer": answer}, "answer", SPLIT, _("不同意时请写明原因。"))
    question.given, question.answer = agreed, answer.strip()[:300]
    question.answered_by, question.answered_at = clerk, now
    question.save()
    data = {"pieces": question.pieces, "unit": question.unit_id, "origin": goods.order.branch_id, "agreed": agreed}
    publish(about(goods, On.SPLIT_ANSWERED, Moment(clerk, now, now), data))
    return question


def _open(key: int, clerk: Person) -> LoadPlan:
    """Return the plan, locked, if it is still open; plans are locked before orders."""
    load: LoadPlan = LoadPlan.objects.visible_to(clerk).locked().get(pk=key)
    if load.state != Load.OPEN:
        raise Conflict(_("配载单已发车或已取消。"), **load.last_act())
    return load


def _end(load: LoadPlan, name: On, clerk: Person, now: datetime) -> None:
    load.ended_by, load.ended_at = clerk, now
    load.save()
    _publish(name, load, clerk, now)


def _publish(name: On, load: LoadPlan, clerk: Person, now: datetime) -> None:
    data = {"unit": load.unit_id, "vehicle": load.vehicle, "shipments": load.items.count()}
    publish(Fact(name=name, subject=load.subject, at=now, by=clerk.actor, data=data))
