"""What is done for the customer after a complaint is upheld (§4.4.1 to §4.4.5, §2.2.1): by whom, when, by which means."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from complaints.choices import RedressKind, State, Told
from complaints.models import Complaint, Redress, Ruling
from complaints.services.common import done_by, in_state, locked, words_of
from complaints.services.filing import staff_of
from network.choices import UnitKind
from network.models import Person, Post
from orders.choices import AmendmentState
from orders.models import Amendment
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.roles import Role

LEADERS = frozenset({Role.BRANCH_MANAGER, Role.REGIONAL_MANAGER, Role.AREA_DIRECTOR, Role.DIVISION_GM})
LONGEST = 500


@transaction.atomic
def record_apology(
    *, pk: int, clerk: Person, text: str, now: datetime, means: str = Told.PHONE, person: str = "", at: datetime | None = None
) -> Complaint:
    """
    The person has apologised by phone or mail (§4.4.1); where a fee was disputed, the manager of the branch at fault (§4.4.2).

    :param person: staff number of who apologised; left out, the person at fault, or the clerk
    :param at: when; a record made later counts from then
    :raises Refused: somebody else apologised, another means, a time before the decision or to come
    """
    clerk.require("redress_complaint")
    complaint, ruling = _upheld(pk, clerk)
    if means not in (Told.PHONE, Told.MAIL):
        raise Refused("§4.4.1", _("道歉须以电话或书面（邮件）方式作出。"), field="means")
    default = ruling.person.number if ruling.person and ruling.category == "attitude" else clerk.number
    who = _staff(person or default, "§4.4.1")
    _check_apologiser(ruling, who)
    return _record(complaint, RedressKind.APOLOGY, On.COMPLAINT_APOLOGY_RECORDED, clerk, who, text, now, at=at, means=means)


def _check_apologiser(ruling: Ruling, who: Person) -> None:
    if ruling.category == "attitude" and ruling.person_id != who.pk:
        raise Refused("§4.4.1", _("须由当事人%s本人道歉。") % (ruling.person.name if ruling.person else ""), field="person")
    manages = Post.objects.filter(person=who, unit=ruling.branch, role=Role.BRANCH_MANAGER, until=None)
    if ruling.category == "overcharge" and ruling.branch and ruling.branch.kind == UnitKind.BRANCH and not manages.exists():
        raise Refused("§4.4.2", _("费用争议须由责任营业部经理道歉。"), field="person")


@transaction.atomic
def record_visit(*, pk: int, clerk: Person, text: str, now: datetime, person: str = "", at: datetime | None = None) -> Complaint:
    """
    The customer was visited: by the person and the branch manager where it is serious (§4.4.1), by the direct leader of the person
    for a key customer (§2.2.1).

    :param person: staff number of the leader who went; left out, the clerk
    :raises Refused: whoever went leads nobody at the unit at fault
    """
    clerk.require("redress_complaint")
    complaint, ruling = _upheld(pk, clerk)
    leader = _staff(person or clerk.number, "§4.4.1")
    posts = Post.objects.filter(person=leader, role__in=LEADERS, until=None).select_related("unit")
    if ruling.branch and not any(ruling.branch.path.startswith(post.unit.path) for post in posts):
        raise Refused("§4.4.1", _("须由责任部门的直接领导上门拜访。"), field="person")
    return _record(complaint, RedressKind.VISIT, On.COMPLAINT_VISITED, clerk, leader, text, now, at=at, means=Told.IN_PERSON)


@transaction.atomic
def report_visit(*, pk: int, clerk: Person, text: str, now: datetime) -> Complaint:
    """
    The leader reports the visit to key-account operations support (§2.2.1).

    :raises Refused: no visit is recorded
    """
    clerk.require("report_visit")
    complaint, _ruling = _upheld(pk, clerk)
    if not complaint.redresses.filter(round=complaint.round, kind=RedressKind.VISIT).exists():
        raise Refused("§2.2.1", _("请先登记上门拜访，再提交拜访报告。"))
    return _record(complaint, RedressKind.REPORT, On.COMPLAINT_VISIT_REPORTED, clerk, clerk, text, now)


@transaction.atomic
def call_back(*, pk: int, clerk: Person, text: str, now: datetime) -> Complaint:
    """
    Operations support calls the customer back after the report (§2.2.1).

    :raises Refused: no report has come
    """
    clerk.require("call_back_complaint")
    complaint, _ruling = _upheld(pk, clerk)
    if not complaint.redresses.filter(round=complaint.round, kind=RedressKind.REPORT).exists():
        raise Refused("§2.2.1", _("拜访报告尚未提交，收到后再回访客户。"))
    return _record(complaint, RedressKind.CALLBACK, On.COMPLAINT_REMEDY_RECORDED, clerk, clerk, text, now, means=Told.PHONE)


@transaction.atomic
def record_remedy(
    *, pk: int, clerk: Person, kind: str, text: str, now: datetime, at: datetime | None = None, amendment: int | None = None
) -> Complaint:
    """
    A fee was corrected (§4.4.2), a promise kept after all (§4.4.3), the customer told why what was said was not so (§4.4.5).

    :param amendment: serial of the amendment of the waybill that corrects the fee; none: agreed with the shipper, in words
    :raises Refused: no such amendment, not approved, or it does not lower the price
    """
    clerk.require("redress_complaint")
    if kind not in (RedressKind.FEE, RedressKind.PROMISE, RedressKind.CAUSE):
        raise Refused("§4.4", _("请从列表中选择一项。"), field="kind")
    complaint, _ruling = _upheld(pk, clerk)
    change = _amendment(complaint, amendment) if amendment is not None and kind == RedressKind.FEE else None
    return _record(
        complaint, RedressKind(kind), On.COMPLAINT_REMEDY_RECORDED, clerk, clerk, text, now, at=at, amendment=change
    )


def _amendment(complaint: Complaint, serial: int) -> Amendment:
    changes = Amendment.objects.filter(waybill__order=complaint.order_id, serial=serial, state=AmendmentState.APPROVED)
    change: Amendment | None = changes.first() if complaint.order_id else None
    if change is None:
        raise Refused("§4.4.2", _("该运单没有第 %d 号已批准的更改单。") % serial, field="amendment")
    if change.effect >= 0:
        raise Refused("§4.4.2", _("这张更改单没有减少费用，请核对编号。"), field="amendment")
    return change


def _upheld(pk: int, clerk: Person) -> tuple[Complaint, Ruling]:
    """:raises Conflict: it is not upheld, or closed"""
    complaint = locked(pk, clerk)
    in_state(complaint, [State.UPHELD])
    ruling: Ruling = Ruling.objects.select_related("branch", "person").get(complaint=complaint, round=complaint.round)
    return complaint, ruling


def _staff(number: str, clause: str) -> Person:
    person = staff_of(number, None)
    if person is None:
        raise Refused(clause, _("请填写工号。"), field="person")
    return person


def _record(
    complaint: Complaint, kind: RedressKind, name: On, clerk: Person, who: Person, text: str, now: datetime, *,
    at: datetime | None = None, means: str = "", amendment: Amendment | None = None,
) -> Complaint:  # fmt: skip
    words = words_of(text, _("请写明情况。"), clause="§4.4", longest=LONGEST)
    done_at = at or now
    if not (complaint.decided_at or now) <= done_at <= now:
        raise Refused("§4.4", _("时间须在裁定之后，且不能是将来。"), field="at")
    try:
        with transaction.atomic():
            Redress.objects.create(
                complaint=complaint, round=complaint.round, kind=kind, person=who, means=means, amendment=amendment, text=words,
                at=done_at, recorded_by=clerk, recorded_at=now,
            )  # fmt: skip
    except IntegrityError as twice:
        raise Conflict(_("“%s”已登记。") % kind.label, **complaint.last_act()) from twice
    return done_by(
        complaint, name, clerk, now, at=done_at, text=words, redress=kind, done_by=who.pk,
        amendment=amendment.serial if amendment else None,
    )  # fmt: skip
