"""The company the browser meets: built inside the system's own environment, before its processes start."""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from core import clock
from network.models import Account, Unit
from sla import services as sla
from sla.models import Deadline
from tests.e2e.logins import LOGINS, PASSWORD
from tests.factories import Company, accepted, placed

NINGBO = {"lat": 29.82, "lng": 121.55, "place": "330212", "serves": ["3302"]}


def build() -> None:
    """Found the company, give its people logins, and leave it in the middle of a morning."""
    company = Company()
    Unit.objects.filter(pk=company.third.pk).update(**NINGBO)  # so that one branch is the nearest after the first
    secret = make_password(PASSWORD)
    for login, person in LOGINS.items():
        Account.objects.filter(person=getattr(company, person)).update(username=login, password=secret)
    morning(company, clock.now())


def morning(company: Company, now: datetime) -> None:
    """One order was slept over since last evening, its breach filed; one is accepted, one waits, one has no branch."""
    late = placed(now - timedelta(hours=14), branch=company.branch)
    accepted(now - timedelta(minutes=3), company.clerk, branch=company.branch, placed_at=now - timedelta(minutes=8))
    placed(now - timedelta(minutes=1), branch=company.branch)
    placed(now)
    sla.tick(now=now)
    breached = Deadline.objects.get(order=late, clause="§1.2.1.1")
    sla.file(deadline_id=str(breached.pk), clerk=company.clerk, reason="off_hours", text="夜间无人值守", now=now)
