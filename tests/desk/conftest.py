"""A company, its clerk logged in, and a Monday morning to work on."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from sla.models import Heartbeat
from tests.factories import Company, sh

NOON = sh("2026-11-04 10:00:00")


@pytest.fixture
def company(db: None) -> Company:
    return Company()


@pytest.fixture
def clock(db: None):
    """Ten o'clock, standing still until a test moves it; the tick has just run."""
    with time_machine.travel(NOON, tick=False) as moved:
        Heartbeat.objects.create(name="tick", at=NOON + timedelta(days=1))
        yield moved


@pytest.fixture
def desk(company: Company, clock: object) -> Client:
    client = Client()
    client.force_login(company.clerk.account)
    return client
