import pytest

from tests.factories import Company


@pytest.fixture
def company(db) -> Company:
    return Company()
