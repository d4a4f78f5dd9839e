import pytest

from rulebook.roles import Role
from tests.factories import Company, post


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.purser = post(Role.FINANCE, company.department)  # type: ignore[attr-defined]
    return company
