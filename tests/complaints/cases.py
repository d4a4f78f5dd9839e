"""Complaints as people file and settle them, and a look at their clocks."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from complaints import services
from complaints.models import Complaint
from complaints.services import Matter
from orders.models import Order
from rulebook.roles import Role
from sla.models import Deadline
from tests.factories import Company, accepted, post, sh


class Desk(Company):
    """The company with those who deal with complaints."""

    def __init__(self) -> None:
        super().__init__()
        self.quality = post(Role.QUALITY, self.department)
        self.support = post(Role.KEY_ACCOUNTS, self.department)
        self.second_officer = post(Role.DEPARTMENT, self.department)

    def order(self, **changes: Any) -> Order:
        return accepted(sh("04 09:05:00"), self.clerk, branch=self.branch, placed_at=sh("04 09:00:00"), **changes)


def filed(desk: Desk, at: str = "23 09:00:00", *, clerk: Any = None, order: Order | None = None, **said: Any) -> Complaint:
    """File as the call centre does, about an order of the first branch or about no order."""
    about: dict[str, Any] = {"category": "other", "text": "客户反映问题", "contact_phone": "13800138000", **said}
    number = order.number if order else ""
    if isinstance(about.get("amount"), str):
        about["amount"] = Decimal(about["amount"])
    return services.file(matter=Matter(**about), clerk=clerk or desk.agent, order=number, now=sh(at))


def taken(desk: Desk, at: str = "23 10:00:00", **said: Any) -> Complaint:
    complaint = filed(desk, **said)
    clerk = desk.quality if complaint.internal else desk.officer
    return services.take(pk=complaint.pk, clerk=clerk, now=sh(at))


def upheld(desk: Desk, at: str = "23 11:00:00", *, ruled: dict[str, Any] | None = None, **said: Any) -> Complaint:
    complaint = taken(desk, **said)
    return uphold(desk, complaint, at, **(ruled or {}))


def uphold(desk: Desk, complaint: Complaint, at: str = "23 11:00:00", **ruled: Any) -> Complaint:
    values = {"branch": "B1", "reason": "查证属实", "point_code": "other", **ruled}
    return services.uphold(pk=complaint.pk, clerk=desk.officer, now=sh(at), **values)


def told(desk: Desk, complaint: Complaint, at: str = "23 12:00:00") -> Complaint:
    return services.tell_result(pk=complaint.pk, clerk=desk.officer, text="已查实，向您致歉", means="phone", now=sh(at))


def clocks(complaint: Complaint) -> list[tuple[str, str, datetime | None]]:
    """Return clause, state and due time of all clocks of a complaint, in the order they started."""
    rows = Deadline.objects.filter(subject=complaint.subject).order_by("clause", "started_at", "due_at")
    return list(rows.values_list("clause", "state", "due_at"))


def clock(complaint: Complaint, clause: str) -> list[tuple[str, datetime | None]]:
    return [(state, due) for found, state, due in clocks(complaint) if found == clause]
