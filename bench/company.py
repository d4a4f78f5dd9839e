"""The smallest company a bench needs: one branch with its manager, the call centre."""

from datetime import UTC, datetime, time

from network.models import Account, Person, Unit
from network.services import appoint, found
from rulebook.roles import Role

FOUNDED = datetime(2020, 1, 1, tzinfo=UTC)


def build() -> tuple[int, int]:
    """Found the company; return the keys of the branch and of the call centre."""
    root = found(Unit(code="HQ", name="总公司", kind="company"), now=FOUNDED)
    branch = found(
        Unit(code="B1", name="营业部", kind="branch", parent=root, lat=30.2, lng=120.1, opens=time(8), closes=time(20)),
        now=FOUNDED,
    )
    calls = found(Unit(code="CC", name="呼叫中心", kind="department", parent=root), now=FOUNDED)
    account = Account.objects.create(username="manager")
    manager = Person.objects.create(account=account, number="M1", name="经理")
    appoint(manager, role=Role.BRANCH_MANAGER, unit=branch, now=FOUNDED)
    return branch.pk, calls.pk
