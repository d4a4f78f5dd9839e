import pytest

from network.models import Person
from rulebook.roles import Role
from tests.factories import Company, post


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture
def pricer(company) -> Person:
    return post(Role.PRICE_MANAGEMENT, company.department)
