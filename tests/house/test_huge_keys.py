"""A key no database can hold is a thing that does not exist: 4xx from every address that takes one, never a 500."""

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter

from network.choices import UnitKind
from rulebook.roles import Role
from tests.factories import Company, post, unit

HUGE = 9_999_999_999_999_999_999_999
OURS = ("desk/", "api/v1/")


def addresses(patterns: list, before: str = "") -> list[str]:
    """Return the routes below that take an integer, with the huge key in its place."""
    found: list[str] = []
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            found += addresses(each.url_patterns, route)
        elif isinstance(each, URLPattern) and any(isinstance(c, IntConverter) for c in each.pattern.converters.values()):
            found.append(route)
    return found


def filled(route: str) -> str:
    for name, value in (("int:", str(HUGE)), ("slug:", "close"), ("str:", "E2611040000012"), ("uuid:", "00000000-0000-4000-8000-000000000000")):
        while f"<{name}" in route:
            head, rest = route.split(f"<{name}", 1)
            route = head + value + rest.split(">", 1)[1]
    return "/" + route.lstrip("^").rstrip("$")


ROUTES = [route for route in addresses(get_resolver().url_patterns) if route.startswith(OURS)]


@pytest.fixture
def everybody(db) -> list[Client]:
    """One login for each office that has verbs of its own."""
    company = Company()
    clients = []
    offices = (Role.CLAIMS, Role.FINANCE, Role.MARKETING, Role.IT, Role.PRICE_MANAGEMENT, Role.KEY_ACCOUNTS)
    people = [company.officer, company.manager, *(post(role, unit(role.value.upper()[:8], UnitKind.DEPARTMENT, company.root)) for role in offices)]
    for person in people:
        client = Client(raise_request_exception=False)
        client.force_login(person.account)
        clients.append(client)
    return clients


def test_a_huge_key_is_not_found(everybody: list[Client]) -> None:
    wrong = [(route, answer.status_code) for route in ROUTES for client in everybody for answer in asked(client, filled(route)) if not denied(answer.status_code)]
    assert len(ROUTES) > 100
    assert wrong == []


def asked(client: Client, address: str) -> tuple[Any, ...]:
    return client.get(address), client.post(address, {}, content_type="application/json"), client.post(address, {"text": "x"})


def denied(status: int) -> bool:
    return 400 <= status < 500 or status == 302
