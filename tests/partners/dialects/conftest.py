from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from partners.models import Partner
from tests.api.client import partner
from tests.factories import Company, sh
from tests.partners.dialects.programs import Deppon, KDNiao, Kuaidi100

AT = sh("04 10:00:00")


@pytest.fixture(autouse=True)
def morning() -> Iterator[Any]:
    """Keep it Wednesday, 4 November 2026, 10:00 in Shanghai."""
    with time_machine.travel(AT, tick=False) as moved:
        yield moved


@pytest.fixture
def company(db: None) -> Company:
    return Company()


@pytest.fixture
def platform(company: Company) -> Partner:
    return partner()


@pytest.fixture
def kdniao(platform: Partner) -> KDNiao:
    return KDNiao(platform)


@pytest.fixture
def deppon(platform: Partner) -> Deppon:
    return Deppon(platform)


@pytest.fixture
def kuaidi100(platform: Partner) -> Kuaidi100:
    return Kuaidi100(platform)
