"""The same partner number many times at once is one order (limits I2), over threads and over a real server."""

import json
import secrets
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from orders.models import Order
from sla.models import Deadline
from tests.api.client import PartnerClient, order_body, partner
from tests.factories import Company

ORDERS = "/api/v1/orders/"


@pytest.fixture
def client(transactional_db) -> PartnerClient:
    Company()
    return PartnerClient(partner())


@pytest.mark.postgres
@pytest.mark.slow
def test_two_hundred_parallel_creates_are_one_order(client: PartnerClient) -> None:
    def create(_turn: int) -> tuple[int, str]:
        try:
            answer = client.post(ORDERS, order_body())
            return answer.status_code, answer.json()["number"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(create, range(200)))
    assert sorted(status for status, _number in told) == [200] * 199 + [201]
    assert len({number for _status, number in told}) == 1
    assert Order.objects.count() == 1
    assert Deadline.objects.filter(clause="§1.2.1.1").count() == 1


@pytest.mark.slow
def test_over_a_real_server(client: PartnerClient, live_server: object) -> None:
    """Bytes as they travel: path and query as sent, chunks, no Django test client in between."""

    def send(method: str, target: str, body: bytes = b"") -> tuple[int, dict[str, object]]:
        headers = client.headers(method, target, body) | {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{live_server}{target}", body or None, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    body = json.dumps(order_body(secrets.token_hex(4), shipper__name="𠮷野家")).encode()
    status, told = send("POST", ORDERS, body)
    assert status == 201, told
    assert send("POST", ORDERS, body)[0] == 200
    assert send("GET", f"{ORDERS}?q={told['number']}&state=at_branch")[1]["results"][0]["number"] == told["number"]
    assert send("GET", f"{ORDERS}{told['number']}/")[1]["content"]["shipper"]["name"] == "𠮷野家"
    assert send("POST", ORDERS, b'{"remark": "' + b"x" * 1_000_000 + b'"}')[0] == 413
    assert send("POST", f"{ORDERS}{told['number']}/cancel/")[1]["state"] == "cancelled"
