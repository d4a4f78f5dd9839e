"""The decision (裁定, §1.6.2): upheld or dismissed, once a round, inside the range of its item; and taking it up again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.choices import Ground, State
from complaints.models import Complaint, Ruling
from complaints.services.common import done_by, handled, words_of
from complaints.services.filing import staff_of
from core.fsm import perform
from network.models import Person, Unit
from orders.forms import MOST_MONEY
from rulebook.errors import Refused
from rulebook.events import On
from rulebook.findings import FINDINGS, Finding
from rulebook.points import POINTS

CLAUSE = "§1.6.2"
LONGEST_REASON = 500


@transaction.atomic
def uphold(
    *, pk: int, clerk: Person, branch: str, reason: str, now: datetime, point_code: str = "", points: int | None = None,
    person: str = "", findings: Mapping[str, Mapping[str, Any]] | None = None,
) -> Complaint:  # fmt: skip
    """
    The complaint is justified: name the unit at fault and, for an external one, the item with its points.

    :param branch: code of the unit at fault
    :param points: inside the item's range; left out where the item has one value only
    :param person: staff number; required where an attitude is complained of (§4.4.1, §2.2.1)
    :param findings: codes of `rulebook.findings`, each with the value it needs
    :raises Refused: points outside the range, an internal complaint that scores, a finding that does not fit
    :raises Conflict: it is decided already; says by whom
    """
    complaint = handled(pk, clerk)
    words = words_of(reason, _("请写明裁定理由。"), clause=CLAUSE, field="reason", longest=LONGEST_REASON)
    fault = _at_fault(branch)
    culprit = staff_of(person, fault)
    _check_attitude(complaint, point_code, culprit)
    score = _score(complaint, point_code, points)
    found = _found(complaint, findings or {}, fault)
    perform(complaint.uphold, fault=fault, at=now)
    ruling = Ruling(
        complaint=complaint, round=complaint.round, upheld=True, branch=fault, person=culprit, category=complaint.category,
        point_code=point_code, points=score, findings=found, serious=complaint.serious, reason=words, by=clerk, at=now,
    )  # fmt: skip
    ruling.save(force_insert=True)
    return done_by(
        complaint, On.COMPLAINT_UPHELD, clerk, now, text=words, branch=fault.pk, person=culprit.pk if culprit else None,
        point_code=point_code, points=score, findings=found,
    )  # fmt: skip


def _at_fault(code: str) -> Unit:
    unit: Unit | None = Unit.objects.filter(code=code, closed_at=None).first() if code else None
    if unit is None:
        raise Refused(CLAUSE, _("请选择责任营业部或部门。"), field="branch")
    return unit


def _check_attitude(complaint: Complaint, point_code: str, culprit: Person | None) -> None:
    if complaint.internal:
        return
    rude = complaint.category == "attitude"
    if point_code == "attitude" and not rude:
        raise Refused("§4.4.1", _("按“服务态度”记分的，请先把投诉类别改为“员工服务态度”。"), field="point_code")
    if rude and culprit is None:
        raise Refused("§4.4.1", _("态度投诉成立须指明当事人：请填写工号。"), field="person")


def _score(complaint: Complaint, code: str, points: int | None) -> int:
    """Return the points within the item's range; none for internal ones."""
    if complaint.internal:
        if code or points:
            raise Refused(CLAUSE, _("内部投诉不记分，按品管中心文件处理。"), field="point_code")
        return 0
    item = POINTS.get(code)
    if item is None:
        raise Refused(CLAUSE, _("请选择积分项目。"), field="point_code")
    score = item.low if points is None and item.low == item.high else points
    if not isinstance(score, int) or isinstance(score, bool) or not item.allows(score):
        words = _("“%(item)s”的积分只能在 %(low)d 到 %(high)d 分之间。")
        raise Refused(CLAUSE, words % {"item": item.zh, "low": item.low, "high": item.high}, field="points")
    return score


def _found(complaint: Complaint, findings: Mapping[str, Mapping[str, Any]], fault: Unit) -> dict[str, dict[str, object]]:
    if complaint.internal and findings:
        raise Refused(CLAUSE, _("内部投诉的认定按品管中心文件处理。"), field="findings")
    found: dict[str, dict[str, object]] = {}
    for code, said in findings.items():
        row = FINDINGS.get(code)
        if row is None:
            raise Refused(CLAUSE, _("没有这项认定，请从列表中选择。"), field="findings")
        _check_fits(row, complaint)
        found[code] = _value(row, said, fault)
    return found


def _check_fits(row: Finding, complaint: Complaint) -> None:
    """:raises Refused: it is for key customers only, or nothing was repeated"""
    if row.only_key_customers and not complaint.key_customer:
        raise Refused(row.clause, _("“%s”只用于项目客户。") % row.zh, field="findings")
    if row.code == "repeated" and not complaint.repeated:
        raise Refused("§4.4.6r", _("该订单没有更早的投诉，不能认定为重复投诉。"), field="findings")
    accepted = complaint.order is not None and complaint.order.first_accepted_branch_id is not None
    if row.code == "not_contacted" and not accepted:
        raise Refused(row.clause, _("该订单没有受理过，不能认定为“已受理未联系客户”。"), field="findings")


def _value(row: Finding, said: Mapping[str, Any], fault: Unit) -> dict[str, object]:
    """Return what has to come with a finding: a loss in CNY, the person at fault; nothing else."""
    if row.needs == "person":
        person = staff_of(str(said.get("person") or ""), fault, field=f"{row.code}_person")
        if person is None:
            raise Refused(row.clause, _("“%s”须指明责任人：请填写工号。") % row.zh, field=f"{row.code}_person")
        return {"person": person.pk}
    if row.needs == "loss":
        return {"loss": str(_loss(row, said.get("loss")))}
    return {}


def _loss(row: Finding, said: Any) -> Decimal:
    try:
        loss = Decimal(str(said))
        whole = loss.is_finite() and loss == loss.quantize(Decimal("0.01"))
    except InvalidOperation:
        whole = False
    if not whole or not 0 < loss <= MOST_MONEY:
        raise Refused(row.clause, _("“%s”须填写大于 0 的损失金额，最多两位小数。") % row.zh, field=f"{row.code}_loss")
    return loss.quantize(Decimal("0.01"))


@transaction.atomic
def dismiss(*, pk: int, clerk: Person, reason: str, now: datetime, ground: str = "") -> Complaint:
    """
    The complaint is not justified.

    :param ground: where an order was refused: only prohibited goods are a reason to (§4.4.4)
    :raises Refused: no reason, or no ground for a refused order
    :raises Conflict: it is decided already; says by whom
    """
    complaint = handled(pk, clerk)
    words = words_of(reason, _("请写明不成立的理由。"), clause=CLAUSE, field="reason", longest=LONGEST_REASON)
    refused = complaint.category == "order_refused"
    if refused and ground not in Ground.values:
        raise Refused("§4.4.4", _("只有禁运品可以拒绝受理：请选择不成立的依据，否则应裁定成立。"), field="ground")
    perform(complaint.dismiss, at=now)
    Ruling(
        complaint=complaint, round=complaint.round, upheld=False, category=complaint.category, serious=complaint.serious,
        ground=ground if refused else "", reason=words, by=clerk, at=now,
    ).save(force_insert=True)  # fmt: skip
    return done_by(complaint, On.COMPLAINT_DISMISSED, clerk, now, text=words)


@transaction.atomic
def reopen(*, pk: int, clerk: Person, text: str, now: datetime) -> Complaint:
    """
    Take it up again, with clocks of its own (§1.6.1); the round that ended is told, so that its points and fines are reversed.

    Where the result had not been told, the running clock runs on: a decision taken back gives nobody more time.

    :raises Refused: nothing is said about why
    :raises Conflict: it is not decided yet
    """
    complaint = handled(pk, clerk)
    words = words_of(text, _("请写明重新处理的原因。"))
    ended, ruling = complaint.round, complaint.ruling
    branch = complaint.fault_id or complaint.branch_id
    perform(complaint.reopen, at=now)
    complaint.owner = clerk
    was = State.UPHELD if ruling and ruling.upheld else State.DISMISSED
    return done_by(complaint, On.COMPLAINT_REOPENED, clerk, now, text=words, round=ended, was=was, branch=branch)
