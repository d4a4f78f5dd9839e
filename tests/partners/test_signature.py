"""Signed requests: what is refused says which part differs, never the secret (design §6.14)."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from core.models import Entry
from orders.models import Order
from partners.models import Nonce, PartnerKey
from partners.services import forget_nonces, issue_key, revoke_key
from rulebook.errors import Refused
from tests.api.client import PartnerClient, order_body, partner
from tests.factories import Company, sh

ORDERS = "/api/v1/orders/"
AT = sh("04 10:00:00")


@pytest.fixture
def client(db) -> PartnerClient:
    Company()
    return PartnerClient(partner())


@pytest.fixture(autouse=True)
def _four_november():
    with time_machine.travel(AT, tick=False):
        yield


def refused(answer: Any, code: str) -> dict[str, str]:
    told: dict[str, str] = answer.json()
    assert (answer.status_code, told["code"]) == (401, code), told
    assert answer["WWW-Authenticate"].startswith("HMAC-SHA256")
    assert not Order.objects.exists()
    assert not Entry.objects.exists()
    return told


def test_a_known_answer(client: PartnerClient) -> None:
    """The string to sign, written out; the signature worked out by hand with `openssl dgst -sha256 -hmac`."""
    PartnerKey.objects.create(partner=client.partner, key="kdemo", secret="s3cret", created_at=AT)
    headers = {
        "X-Key": "kdemo",
        "X-Timestamp": "1793757600",
        "X-Nonce": "abcdef0123456789",
        "X-Signature": "14fa22dd23182bd37833c700c66c2be2f260fd9411aef922917ffafb39645577",
    }
    assert client.send("GET", "/api/v1/orders/?state=accepted", headers=headers).status_code == 200


@pytest.mark.parametrize("missing", ["X-Key", "X-Timestamp", "X-Nonce", "X-Signature"])
def test_every_header_is_needed(client: PartnerClient, missing: str) -> None:
    headers = client.headers("POST", ORDERS, b"{}")
    del headers[missing]
    assert missing in refused(client.post(ORDERS, b"{}", headers=headers), "signature_missing")["message"]


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_apart_are_in_time(client: PartnerClient, seconds: int) -> None:
    assert client.post(ORDERS, order_body(), at=AT.timestamp() + seconds).status_code == 201


@pytest.mark.parametrize("seconds", [-301, 301, -86400, 86400 * 365])
def test_a_stale_timestamp_is_refused_with_the_difference(client: PartnerClient, seconds: int) -> None:
    told = refused(client.post(ORDERS, order_body(), at=AT.timestamp() + seconds), "timestamp_out_of_window")
    assert f"相差 {seconds} 秒" in told["message"]


@pytest.mark.parametrize(
    "text", ["", " ", "abc", "1793757600.5", "-1793757600", "17937576000", "1e9", "１７６２２２１６００"]
)
def test_odd_timestamps(client: PartnerClient, text: str) -> None:
    headers = client.headers("POST", ORDERS, b"{}") | {"X-Timestamp": text.encode("utf-8").decode("latin-1")}
    answer = client.post(ORDERS, b"{}", headers=headers)
    refused(answer, "timestamp_invalid" if text else "signature_missing")


@pytest.mark.parametrize("nonce", ["short", "x" * 65, "with space", "a\x00bcdefghij", "';--abcdefgh"])
def test_odd_nonces(client: PartnerClient, nonce: str) -> None:
    refused(client.post(ORDERS, order_body(), nonce=nonce), "nonce_invalid")


@pytest.mark.parametrize("key", ["nobody", "x" * 200, "k\x01"])
def test_unknown_keys(client: PartnerClient, key: str) -> None:
    refused(client.post(ORDERS, order_body(), key=key), "key_unknown")


@pytest.mark.parametrize("signature", ["0" * 64, "", "x", "ü" * 64, "G" * 10_000])
def test_wrong_signatures(client: PartnerClient, signature: str) -> None:
    told = refused(
        client.post(ORDERS, order_body(), signature=signature), "signature_wrong" if signature else "signature_missing"
    )
    assert client.secret not in json.dumps(told)


def test_a_wrong_signature_shows_what_we_read(client: PartnerClient) -> None:
    told = refused(client.post(ORDERS, b"{}", signature="0" * 64), "signature_wrong")
    assert "POST\\n/api/v1/orders/\\n1793757600\\n" in told["message"]
    assert "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" in told["message"]  # sha256 of {}


def test_body_path_query_and_method_are_covered(client: PartnerClient) -> None:
    good = json.dumps(order_body()).encode()
    for method, target, signed in [
        ("POST", ORDERS, ("POST", ORDERS, good + b" ")),
        ("POST", ORDERS, ("POST", "/api/v1/orders", good)),
        ("POST", ORDERS, ("PUT", ORDERS, good)),
        ("POST", ORDERS, ("POST", ORDERS + "?a=1", good)),
    ]:
        refused(client.send(method, target, good, headers=client.headers(*signed)), "signature_wrong")


def test_a_replay_is_refused(client: PartnerClient) -> None:
    body = json.dumps(order_body()).encode()
    headers = client.headers("POST", ORDERS, body)
    assert client.post(ORDERS, body, headers=headers).status_code == 201
    again = client.post(ORDERS, body, headers=headers)
    assert (again.status_code, again.json()["code"]) == (401, "replayed")
    assert Order.objects.count() == 1


def test_a_refused_order_has_used_its_nonce(client: PartnerClient) -> None:
    body = json.dumps(order_body(branch_code="B404")).encode()
    headers = client.headers("POST", ORDERS, body)
    assert client.post(ORDERS, body, headers=headers).status_code == 422
    refused(client.post(ORDERS, body, headers=headers), "replayed")


def test_a_nonce_is_kept_until_its_timestamp_is_refused_anyway(client: PartnerClient) -> None:
    client.post(ORDERS, order_body(), at=AT.timestamp() + 300)
    assert forget_nonces(now=AT + timedelta(minutes=10)) == 0
    assert forget_nonces(now=AT + timedelta(minutes=10, seconds=1)) == 1
    assert not Nonce.objects.exists()


def test_two_keys_are_valid_at_once_a_third_is_not(client: PartnerClient) -> None:
    second, secret = issue_key(client.partner, now=AT)
    with pytest.raises(Refused):
        issue_key(client.partner, now=AT)
    assert client.post(ORDERS, order_body("A")).status_code == 201
    revoke_key(PartnerKey.objects.get(key=client.key), now=AT)
    refused_key = client.post(ORDERS, order_body("B"))
    assert (refused_key.status_code, refused_key.json()["code"]) == (401, "key_unknown")
    client.key, client.secret = second.key, secret
    assert client.post(ORDERS, order_body("B")).status_code == 201
    issue_key(client.partner, now=AT)


def test_expired_keys_and_closed_partners_are_refused(client: PartnerClient) -> None:
    PartnerKey.objects.update(expires_at=AT)
    refused(client.post(ORDERS, order_body()), "key_unknown")
    PartnerKey.objects.update(expires_at=None)
    client.partner.closed_at = AT
    client.partner.save()
    refused(client.post(ORDERS, order_body()), "key_unknown")


def test_secrets_are_not_readable_in_the_database(client: PartnerClient) -> None:
    stored = PartnerKey.objects.extra(select={"raw": "secret"}).get()
    assert stored.secret == client.secret
    assert client.secret not in stored.raw


def test_the_command_shows_a_secret_once(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("partner_key", "TB", name="淘宝", channel="taobao")
    told = capsys.readouterr().out
    key = PartnerKey.objects.get()
    assert key.key in told
    assert key.secret in told
    assert key.partner.channel == "taobao"
