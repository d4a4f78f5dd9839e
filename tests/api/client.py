"""A partner's client: signs what it sends, as a partner's engineer would write it from the documentation."""

import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from django.http import HttpResponse
from django.test import Client

from partners.models import Partner
from partners.services import issue_key
from tests.factories import FOUNDED

HEADERS = {"key": "X-Key", "timestamp": "X-Timestamp", "nonce": "X-Nonce", "signature": "X-Signature"}


class PartnerClient:
    """`send` takes the body as values or as raw bytes; headers may be overruled to try what is refused."""

    def __init__(self, partner: Partner) -> None:
        self.partner = partner
        key, self.secret = issue_key(partner, now=FOUNDED)
        self.key = key.key
        self.http = Client(raise_request_exception=False)

    def headers(
        self, method: str, target: str, body: bytes, at: float | None = None, **overruled: str
    ) -> dict[str, str]:
        stamp, nonce = str(int(at if at is not None else time.time())), secrets.token_hex(8)
        given = {"key": self.key, "timestamp": stamp, "nonce": nonce} | overruled
        text = "\n".join((method, target, given["timestamp"], given["nonce"], hashlib.sha256(body).hexdigest()))
        signature = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return {HEADERS[name]: value for name, value in ({"signature": signature} | given).items()}

    def send(self, method: str, target: str, body: Any = None, **overruled: Any) -> HttpResponse:
        raw = (
            body
            if isinstance(body, bytes)
            else json.dumps(body, ensure_ascii=False).encode()
            if body is not None
            else b""
        )
        headers = overruled.pop("headers", None) or self.headers(method, target, raw, **overruled)
        return self.http.generic(method, target, raw, "application/json", headers=headers)

    def post(self, target: str, body: Any, **overruled: Any) -> HttpResponse:
        return self.send("POST", target, body, **overruled)

    def get(self, target: str) -> HttpResponse:
        return self.send("GET", target)


def partner(code: str = "TB", **fields: Any) -> Partner:
    return Partner.objects.create(code=code, name=fields.pop("name", f"平台{code}"), **fields)


def order_body(number: str = "TB-1", **changes: Any) -> dict[str, Any]:
    """Return a plain order as a partner sends it; changes by dotted path, with `__` for the dot."""
    body: dict[str, Any] = {
        "partner_order_no": number,
        "branch_code": "B1",
        "shipper": {"name": "张三", "phone": "13800138000", "place": "330106", "address": "文三路 100 号"},
        "consignee": {"name": "李四", "phone": "0571-88886666", "place": "310104", "address": "漕溪北路 200 号"},
        "goods": {"name": "五金配件", "pieces": 10, "weight_kg": 120.5, "volume_m3": "0.8"},
        "pickup": {"wanted": True},
    }
    for path, value in changes.items():
        *groups, leaf = path.split("__")
        home = body
        for group in groups:
            home = home.setdefault(group, {})
        home[leaf] = value
    return body
