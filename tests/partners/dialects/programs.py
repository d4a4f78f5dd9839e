"""Partners' programs as their engineers write them from each platform's papers: their own signing, none of ours."""

import base64
import hashlib
import json
import time
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

from partners.choices import Dialect
from partners.dialects.keys import issue
from partners.models import Partner
from tests.factories import FOUNDED

FORM = "application/x-www-form-urlencoded"


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class Program:
    """`post` sends a form; parameters may be overruled to try what is refused."""

    dialect: Dialect

    def __init__(self, partner: Partner) -> None:
        self.partner = partner
        row = issue(partner, self.dialect, now=FOUNDED)
        self.account, self.key, self.secret = row.account, row.key, row.secret
        self.http = Client(raise_request_exception=False)

    def post(self, path: str, form: Any, content_type: str = FORM) -> HttpResponse:
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        answer = self.http.generic("POST", path, body, content_type)
        assert answer.status_code == 200, (answer.status_code, answer.content[:500])
        return answer


class KDNiao(Program):
    dialect = Dialect.KDNIAO

    def form(self, call: str, data: Any, **overruled: str) -> dict[str, str]:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        signed = {
            "RequestData": text, "EBusinessID": self.account, "RequestType": call, "DataSign": b64(md5(text + self.key)),
            "DataType": "2",
        }  # fmt: skip
        return signed | overruled

    def send(self, call: str, data: Any, **overruled: str) -> Any:
        return self.post("/compat/kdniao/api/dist", self.form(call, data, **overruled)).json()


class Deppon(Program):
    dialect = Dialect.DEPPON

    def form(self, data: Any, at: float | None = None, **overruled: str) -> dict[str, str]:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        stamp = overruled.get("timestamp", str(int((time.time() if at is None else at) * 1000)))
        signed = {"companyCode": self.account, "params": text, "timestamp": stamp, "digest": b64(md5(text + self.key + stamp))}
        return signed | overruled

    def send(self, call: str, data: Any, at: float | None = None, **overruled: str) -> Any:
        return self.post(f"/compat/deppon/standard-order/{call}.action", self.form(data, at, **overruled)).json()


class Kuaidi100(Program):
    dialect = Dialect.KUAIDI100

    def query(self, data: Any, **overruled: str) -> Any:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        signed = {"customer": self.account, "param": text, "sign": md5(text + self.key + self.account).upper()}
        return self.post("/compat/kuaidi100/poll/query.do", signed | overruled).json()

    def form(self, method: str, data: Any, at: float | None = None, **overruled: str) -> dict[str, str]:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        t = overruled.get("t", str(int((time.time() if at is None else at) * 1000)))
        signed = {"key": self.key, "method": method, "t": t, "param": text, "sign": md5(text + t + self.key + self.secret).upper()}
        return signed | overruled

    def send(self, method: str, data: Any, at: float | None = None, **overruled: str) -> Any:
        return self.post("/compat/kuaidi100/order/borderapi.do", self.form(method, data, at, **overruled)).json()


def kdniao_order(number: str = "KD-1", **changes: Any) -> dict[str, Any]:
    """Return a plain order as KDNiao's papers write one."""
    return {
        "OrderCode": number, "ShipperCode": "YDWL", "PayType": 1, "ExpType": 1, "Quantity": "10", "Weight": 120.5, "Volume": "0.8",
        "Sender": {
            "Name": "张三", "Mobile": "13800138000", "ProvinceName": "浙江省", "CityName": "杭州市", "ExpAreaName": "西湖区",
            "Address": "文三路 100 号",
        },
        "Receiver": {
            "Name": "李四", "Tel": "021-54321234", "ProvinceName": "上海", "CityName": "上海", "ExpAreaName": "徐汇区",
            "Address": "漕溪北路 200 号",
        },
        "Commodity": [{"GoodsName": "五金配件", "Goodsquantity": 10}], "SendSite": "B1", "Remark": "", "CustomerName": "",
    } | changes  # fmt: skip


def deppon_order(number: str = "YDWL-1", **changes: Any) -> dict[str, Any]:
    """Return a plain order as Deppon's papers write one."""
    return {
        "logisticID": number, "companyCode": "EWB", "orderType": "1", "transportType": "JZQY_LONG", "customerCode": "219401",
        "sender": {
            "name": "张三", "mobile": "13800138000", "province": "浙江省", "city": "杭州市", "county": "西湖区", "address": "文三路 100 号",
            "businessNetworkNo": "B1",
        },
        "receiver": {
            "name": "李四", "phone": "021-54321234", "province": "上海市", "city": "上海市", "county": "徐汇区", "address": "漕溪北路 200 号",
        },
        "packageInfo": {
            "cargoName": "五金配件", "totalNumber": "10", "totalWeight": "120.5", "totalVolume": 0.8, "packageService": "木架",
            "deliveryType": "3",
        },
        "gmtCommit": "2026-11-04 10:00:00", "payType": "0",
    } | changes  # fmt: skip


def kuaidi100_order(**changes: Any) -> dict[str, Any]:
    """Return a plain order as Kuaidi100's papers write one."""
    return {
        "kuaidicom": "yuanda", "sendManName": "张三", "sendManMobile": "13800138000", "sendManPrintAddr": "浙江省杭州市西湖区文三路 100 号",
        "recManName": "李四", "recManMobile": "13900139000", "recManPrintAddr": "上海上海市徐汇区漕溪北路 200 号",
        "cargo": "五金配件", "payment": "SHIPPER", "serviceType": "标准快递", "weight": "120.5", "remark": "", "salt": "", "dayType": "",
        "pickupStartTime": "", "pickupEndTime": "", "valinsPay": None, "op": "0", "callBackUrl": "", "pollCallBackUrl": "",
    } | changes  # fmt: skip
