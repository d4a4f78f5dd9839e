"""Clocks of an office of the company stand with the unit in which its post is held; no order is needed (design §3)."""

import pytest
from django.db import transaction

from complaints.models import Complaint
from core.journal import Fact, publish
from core.models import SYSTEM
from network.choices import UnitKind
from rulebook.events import On
from rulebook.roles import Role
from sla.models import Deadline
from tests.factories import Company, post, sh, unit

FILED = {"category": "other", "internal": False, "branch": None, "filed_at": "2026-11-04T01:00:00+00:00"}  # 09:00 in Shanghai
CASES = [
    (Role.DEPARTMENT, On.COMPLAINT_FILED, "complaint/1", FILED, "§1.6.1.4", "14 00:00:00"),  # 7 working days: 5, 6, 9-13
    (Role.CLAIMS, On.CLAIM_PAPERS_COMPLETED, "claim/1", {"declared_value": "9999.99"}, "§1.6.1.3", "10 00:00:00"),
    (Role.MARKETING, On.TICKET_OPENED, "ticket/1", {}, "§3.4.6", "06 00:00:00"),
]


@pytest.mark.parametrize(("role", "fact", "subject", "data", "clause", "due"), CASES)
def test_an_office_holds_its_clocks(company: Company, role: Role, fact: On, subject: str, data: dict, clause: str, due: str) -> None:
    offices = {
        Role.DEPARTMENT: company.department,
        Role.CLAIMS: unit("CL", UnitKind.DEPARTMENT, company.root, name="理赔部"),
        Role.MARKETING: unit("MK", UnitKind.DEPARTMENT, company.root, name="营销推广部"),
    }
    for each in (Role.CLAIMS, Role.MARKETING):
        post(each, offices[each])
    row = {"number": "T1", "filer": "call_centre", "category": "other", "text": "投诉"}
    Complaint.objects.create(pk=1, **row, filed_at=sh("04 09:00:00"), opened_at=sh("04 09:00:00"))
    with transaction.atomic():
        publish(Fact(name=fact, subject=subject, at=sh("04 09:00:00"), by=SYSTEM, data=data))
    clock = Deadline.objects.get(clause=clause, subject=subject)
    assert (clock.holder, clock.due_at, clock.order_id) == (offices[role], sh(due), None)
