"""What somebody on the way may do to a signed request, and one partner to another's orders: nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.urls import get_resolver

from orders.models import Order
from tests.api.client import PartnerClient, order_body, partner
from tests.factories import Company, sh

ORDERS = "/api/v1/orders/"
AT = sh("04 10:00:00")
SIGNED = f"{ORDERS}?state=at_branch&q=A%2FB"
TARGETS = [
    f"{ORDERS}?q=A%2FB&state=at_branch",  # reordered
    f"{ORDERS}?state=at_branch&q=A/B", f"{ORDERS}?state=at_branch&q=A%2fB", f"{ORDERS}?state=%61t_branch&q=A%2FB",  # re-encoded
    f"{ORDERS}?state=at_branch&q=A%2FB&q=C", f"{ORDERS}?q=C&state=at_branch&q=A%2FB", f"{ORDERS}?state=at_branch&state=cancelled&q=A%2FB",  # doubled
    f"{ORDERS}?state=at_branch&q=A%2FB&", f"{ORDERS}?state=at_branch&q=A%2FB&page_size=200", ORDERS, f"{ORDERS}?", "/api/v1/partner/",
    f"{ORDERS}?state=at_branch;q=A%2FB", f"{ORDERS}?STATE=at_branch&q=A%2FB", f"{ORDERS}?state=at_branch&q=A%252FB",
]  # fmt: skip


@pytest.fixture
def client(db) -> PartnerClient:
    Company()
    return PartnerClient(partner())


@pytest.fixture(autouse=True)
def _four_november() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.mark.parametrize("target", TARGETS)
def test_an_address_that_was_changed_is_refused(client: PartnerClient, target: str) -> None:
    told = client.send("GET", target, headers=client.headers("GET", SIGNED, b""))
    assert (told.status_code, told.json()["code"]) == (401, "signature_wrong")
    assert client.send("GET", SIGNED, headers=client.headers("GET", SIGNED, b"")).status_code == 200


GOOD = json.dumps(order_body()).encode()
BODIES = [
    json.dumps(order_body(goods__pieces=11)).encode(), json.dumps(order_body("TB-2")).encode(),  # swapped
    json.dumps(order_body(), sort_keys=True).encode(), json.dumps(order_body(), ensure_ascii=False).encode(),  # written anew
    json.dumps(order_body(), indent=1).encode(), GOOD + b"\n", b"\xef\xbb\xbf" + GOOD, GOOD.replace(b": ", b":"),
    GOOD[:-1] + b', "partner_order_no": "TB-9"}', b"", b"{}", GOOD.decode().encode("utf-16"),
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_was_changed_is_refused(client: PartnerClient, body: bytes) -> None:
    told = client.send("POST", ORDERS, body, headers=client.headers("POST", ORDERS, GOOD))
    assert (told.status_code, told.json()["code"]) == (401, "signature_wrong")
    assert not Order.objects.exists()


def test_parts_of_two_requests_make_no_third(client: PartnerClient) -> None:
    other = PartnerClient(partner("JD"))
    mine, theirs = client.headers("POST", ORDERS, GOOD), other.headers("POST", ORDERS, GOOD)
    again = client.headers("POST", ORDERS, GOOD, at=AT.timestamp() + 1)
    mixed = [
        mine | {"X-Key": theirs["X-Key"]}, mine | {"X-Signature": theirs["X-Signature"]}, mine | {"X-Nonce": again["X-Nonce"]},
        mine | {"X-Timestamp": again["X-Timestamp"]}, mine | {"X-Signature": again["X-Signature"]},
    ]  # fmt: skip
    for headers in mixed:
        assert client.send("POST", ORDERS, GOOD, headers=headers).json()["code"] == "signature_wrong"
    assert not Order.objects.exists()


def test_a_reading_is_not_replayed_either(client: PartnerClient) -> None:
    headers = client.headers("GET", SIGNED, b"")
    assert client.send("GET", SIGNED, headers=headers).status_code == 200
    assert client.send("GET", SIGNED, headers=headers).json()["code"] == "replayed"


def of_orders() -> list[str]:
    """Return every address of the API that a partner may call and that names an order or its goods."""
    found = []
    for each in next(p for p in get_resolver().url_patterns if str(p.pattern) == "api/v1/").url_patterns:
        route = str(each.pattern)
        view = getattr(each.callback, "view_class", None)
        if getattr(view, "for_partners", False) and route.startswith(("^orders/(", "^shipments/(")):
            found.append(route)
    return found


ROUTES = of_orders()


def test_there_are_such_addresses() -> None:
    assert len(ROUTES) >= 9  # each order and its goods: read, track, edit, cancel, answer, pictures


@pytest.mark.parametrize("route", ROUTES)
def test_anothers_order_is_unknown(client: PartnerClient, route: str) -> None:
    number = client.post(ORDERS, order_body()).json()["number"]
    other = PartnerClient(partner("JD"))
    address = "/api/v1/" + re.sub(r"\(\?P<key>[^)]*\)", "0" * 32, re.sub(r"\(\?P<number>[^)]*\)", number, route)).strip("^$")
    kept = Order.objects.values().get()
    for told in (other.get(address), other.post(address, {}), other.post(address, {"reason": "not_shipping", "agreed": True, "remark": "x"})):
        assert told.status_code in {403, 404, 405, 415}, (address, told.content)
        assert b"13800138000" not in told.content
    assert Order.objects.values().get() == kept
