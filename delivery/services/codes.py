"""What a scanner reads (§1.3.3, §3.5): a waybill's number, one of its pieces' labels, an order's number; or nothing of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from delivery.choices import State
from delivery.models import Shipment
from delivery.services.shipments import act
from delivery.services.verbs import VERBS
from network.models import Person
from orders.numbers import is_valid
from rulebook.errors import Conflict, Refused

CLAUSE = "§3.5"
LABEL = re.compile(r"(\d{10})(?:-(\d{3,5})(?:/(\d{3,5}))?)?", re.ASCII)
NO_PIECE = ("000", "0000", "00000")
ORDER = re.compile(r"E(\d{13})", re.ASCII)
MODES = {"look": "", "arrive": State.ARRIVED, "arrive_hub": State.AT_HUB}
"""What scanning does: look the goods up, or the verb of this name; and the state that says it is done already."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """The goods a code belongs to, and which piece it was; `again`: this was known already, as of every further label."""

    shipment: Shipment
    piece: int
    again: bool = False


def scan(
    *, code: str, mode: str, clerk: Person, now: datetime, at: datetime | None = None, source: str = ""
) -> Scanned:
    """
    Find the goods of a code and, unless `mode` is `look`, do its verb with them; every label of a waybill may be scanned.

    :raises Refused: no number of ours, one that is misread, unknown or of another unit, a piece there is not
    :raises Conflict: the goods are not where this verb starts from
    """
    if mode not in MODES:
        raise Refused(CLAUSE, _("请选择扫描方式。"), field="mode")
    clerk.require(VERBS[mode].right if mode in VERBS else "see_goods")
    found = _goods(code, clerk, anywhere=mode in VERBS and VERBS[mode].anywhere)
    if mode not in VERBS:
        return found
    try:
        shipment = act(number=found.shipment.order.number, verb=mode, clerk=clerk, now=now, at=at, source=source)
    except Conflict:
        unit = clerk.unit
        if found.shipment.state != MODES[mode] or unit is None or found.shipment.place_id != unit.pk:
            raise
        return Scanned(found.shipment, found.piece, again=True)
    return Scanned(shipment, found.piece)


def _goods(code: str, clerk: Person, *, anywhere: bool) -> Scanned:
    key, piece = _read(code)
    seen = Shipment.objects.all() if anywhere else Shipment.objects.visible_to(clerk)
    shipment = seen.filter(**key).select_related("order", "order__waybill", "place", "driver").first()
    if shipment is None:
        raise Refused(CLAUSE, _("没有这票货物，或不属于您的单位：%s。") % code.strip()[:40], field="code")
    if piece > shipment.pieces:
        words = _("标签是第 %(piece)d 件，但这票只有 %(pieces)d 件：请核对标签是否已作废。")
        raise Refused(CLAUSE, words % {"piece": piece, "pieces": shipment.pieces}, field="code")
    return Scanned(shipment, piece)


def _read(code: str) -> tuple[dict[str, str], int]:
    """Return how the shipment is looked up, and the piece (0: none named)."""
    text = code.strip().upper()
    label, order = LABEL.fullmatch(text), ORDER.fullmatch(text)
    if label and is_valid(label[1]) and label[2] not in NO_PIECE:
        return {"order__waybill__number": label[1]}, int(label[2] or 0)
    if order and is_valid(order[1]):
        return {"order__number": text}, 0
    if not label and not order:
        raise Refused(CLAUSE, _("不是本公司的单号：%s。请核对面单；承运商的单号请在外发跟踪里查。") % text[:40], field="code")
    raise Refused(CLAUSE, _("单号校验不符，可能扫错或输错，请重扫：%s。") % text[:40], field="code")
