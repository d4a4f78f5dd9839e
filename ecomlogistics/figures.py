"""The figures of /metrics: requests counted by each process, the state of work read from the database when asked."""

import os
from datetime import datetime

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from sla.services import tick_age

REQUESTS = Counter("http_requests", "Requests answered", ["method", "view", "status"])
SECONDS = Histogram(
    "http_request_seconds", "Time to answer", ["view"], buckets=(0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 15)
)


def exposition(now: datetime) -> tuple[bytes, str]:
    """Return the figures of all web processes together, and their content type."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    _work(registry, now)
    return generate_latest(registry), CONTENT_TYPE_LATEST


def _work(registry: CollectorRegistry, now: datetime) -> None:
    age = tick_age(now)
    Gauge("tick_age_seconds", "Time since the clocks were last looked at", registry=registry).set(
        age.total_seconds() if age is not None else float("nan")
    )
    Gauge("demo_mode", "1 in demo mode", registry=registry).set(settings.DEMO)
