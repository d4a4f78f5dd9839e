"""Orders come in by the signed door: first, again, differently, wrongly (issue D12, “Bad input”)."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Entry
from orders.models import Order
from sla.models import Deadline
from tests.api.client import PartnerClient, order_body, partner
from tests.factories import Company, sh
from tests.orders.test_coupons import given

ORDERS = "/api/v1/orders/"
AT = sh("04 10:00:00")


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture
def client(company: Company) -> PartnerClient:
    return PartnerClient(partner())


@pytest.fixture(autouse=True)
def _four_november():
    with time_machine.travel(AT, tick=False):
        yield


def test_first_is_created_with_its_deadlines(client: PartnerClient) -> None:
    answer = client.post(ORDERS, order_body())
    told = answer.json()
    assert answer.status_code == 201, told
    assert told["number"].startswith("E261104")
    assert (told["state"], told["branch"]["code"], told["duplicate"]) == ("at_branch", "B1", False)
    assert told["placed_at"] == "2026-11-04T10:00:00+08:00"
    due = {row["clause"]: row["due_at"] for row in told["deadlines"]}
    assert due["§1.2.1.1"] == "2026-11-04T10:10:00+08:00"
    assert due["§1.3.1.1"] == "2026-11-04T12:00:00+08:00"
    order = Order.objects.get()
    assert (order.external_no, order.source, order.channel) == ("TB-1", client.partner.source, "partner")
    assert (str(order.weight_kg), str(order.volume_m3), order.consignee_phone) == ("120.50", "0.800", "0571-88886666")


def test_without_branch_the_call_centre_is_on_the_clock(client: PartnerClient) -> None:
    told = client.post(ORDERS, order_body(branch_code="")).json()
    assert (told["state"], told["branch"]) == ("unassigned", None)
    assert "§1.2.1.3" in {row["clause"] for row in told["deadlines"]}


@pytest.mark.django_db(transaction=True)
def test_again_is_the_first_result(client: PartnerClient) -> None:
    first = client.post(ORDERS, order_body()).json()
    again = client.post(ORDERS, order_body(goods__weight_kg="120.50", shipper__phone="+86 138 0013 8000"))
    assert again.status_code == 200
    assert again.json() == first | {"duplicate": True}
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_again_an_hour_later_with_an_appointment_meanwhile_past(client: PartnerClient) -> None:
    body = order_body(pickup__appointment="2026-11-04T10:30:00+08:00")
    assert client.post(ORDERS, body).status_code == 201
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        assert client.post(ORDERS, body).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_other_content_is_a_conflict_naming_the_fields(client: PartnerClient) -> None:
    number = client.post(ORDERS, order_body()).json()["number"]
    answer = client.post(ORDERS, order_body(goods__pieces=11, shipper__address="文三路 101 号"))
    told = answer.json()
    assert answer.status_code == 409
    assert told["code"] == "duplicate"
    assert told["fields"] == ["shipper.address", "goods.pieces"]
    assert number in told["message"]
    assert Order.objects.count() == 1


def test_same_number_of_another_partner_is_another_order(client: PartnerClient) -> None:
    assert client.post(ORDERS, order_body()).status_code == 201
    assert PartnerClient(partner("JD")).post(ORDERS, order_body()).status_code == 201
    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-11-05T14:00:00+08:00", "05 14:00:00"),
        ("2026-11-05T06:00:00Z", "05 14:00:00"),
        ("2026-11-05T14:00:00", "05 14:00:00"),  # without an offset: Shanghai
        ("2026-11-05 14:00", "05 14:00:00"),
    ],
)
def test_appointments_are_shanghai_time_unless_they_say_otherwise(client: PartnerClient, given: str, kept: str) -> None:
    assert client.post(ORDERS, order_body(pickup__appointment=given)).status_code == 201
    assert Order.objects.get().appointment == sh(kept)


BAD = [  # changes to a good body, status, field, code
    ({"partner_order_no": ""}, 400, "partner_order_no", "required"),
    ({"partner_order_no": None}, 400, "partner_order_no", "required"),
    ({"partner_order_no": "含 汉字"}, 400, "partner_order_no", "invalid"),
    ({"partner_order_no": "X" * 65}, 400, "partner_order_no", "invalid"),
    ({"partner_order_no": 7}, 400, "partner_order_no", "type"),
    ({"shipper": None}, 400, "shipper.name", "required"),
    ({"shipper": []}, 400, "shipper", "type"),
    ({"shipper": "张三"}, 400, "shipper", "type"),
    ({"shipper__name": ""}, 400, "shipper.name", "required"),
    ({"shipper__name": "　 "}, 400, "shipper.name", "required"),
    ({"shipper__name": "\u200b"}, 400, "shipper.name", "blank"),
    ({"shipper__name": "张" * 61}, 400, "shipper.name", "max_length"),
    ({"shipper__name": "张\x00三"}, 400, "shipper.name", "null_characters_not_allowed"),
    ({"shipper__name": "张\x1b[31m"}, 400, "shipper.name", "control_characters"),
    ({"shipper__name": "\u202eabc"}, 400, "shipper.name", "control_characters"),
    ({"shipper__name": {"$ne": 1}}, 400, "shipper.name", "type"),
    ({"shipper__phone": "12345"}, 400, "shipper.phone", "phone"),
    ({"shipper__phone": "12800138000"}, 400, "shipper.phone", "phone"),
    ({"shipper__phone": 13800138000}, 400, "shipper.phone", "type"),
    ({"shipper__place": "999999"}, 400, "shipper.place", "place"),
    ({"shipper__place": "330000"}, 400, "shipper.place", "place_too_wide"),
    ({"shipper__place": "杭州"}, 400, "shipper.place", "place"),
    ({"shipper__vip": True}, 400, "shipper.vip", "unknown"),
    ({"consignee__address": ""}, 400, "consignee.address", "required"),
    ({"goods__pieces": 0}, 400, "goods.pieces", "min_value"),
    ({"goods__pieces": 100000}, 400, "goods.pieces", "max_value"),
    ({"goods__pieces": 1.5}, 400, "goods.pieces", "type"),
    ({"goods__pieces": True}, 400, "goods.pieces", "type"),
    ({"goods__pieces": "10"}, 400, "goods.pieces", "type"),
    ({"goods__weight_kg": 0}, 400, "goods.weight_kg", "min_value"),
    ({"goods__weight_kg": -1}, 400, "goods.weight_kg", "min_value"),
    ({"goods__weight_kg": 100000.01}, 400, "goods.weight_kg", "max_value"),
    ({"goods__weight_kg": 1.005}, 400, "goods.weight_kg", "max_decimal_places"),
    ({"goods__weight_kg": "NaN"}, 400, "goods.weight_kg", "invalid"),
    ({"goods__weight_kg": "Infinity"}, 400, "goods.weight_kg", "invalid"),
    ({"goods__weight_kg": "1e400"}, 400, "goods.weight_kg", "max_value"),
    ({"goods__weight_kg": "十"}, 400, "goods.weight_kg", "invalid"),
    ({"goods__volume_m3": 1000.001}, 400, "goods.volume_m3", "max_value"),
    ({"goods__volume_m3": 0.0001}, 400, "goods.volume_m3", "max_decimal_places"),
    ({"goods__name": "鞭炮"}, 400, "goods.name", "prohibited"),
    ({"services__payer": "cash"}, 400, "services.payer", "invalid_choice"),
    ({"services__insured": True}, 400, "services.declared_value", "needs_declared_value"),
    ({"services__insured": "yes"}, 400, "services.insured", "type"),
    ({"services__payer": "from_cod"}, 400, "services.cod_amount", "needs_cod_amount"),
    ({"services__cod_amount": "10000000"}, 400, "services.cod_amount", "max_value"),
    ({"services__declared_value": "-0.01"}, 400, "services.declared_value", "min_value"),
    ({"pickup__appointment": "明天下午"}, 400, "pickup.appointment", "invalid"),
    ({"pickup__appointment": "2026-02-30T10:00:00"}, 400, "pickup.appointment", "invalid"),
    ({"pickup__appointment": "9999-12-31T23:59:59-14:00"}, 400, "pickup.appointment", "invalid"),
    ({"remark": "字" * 301}, 400, "remark", "max_length"),
    ({"weight_kg": 12}, 400, "weight_kg", "unknown"),
    ({"goods.name": "x"}, 400, "goods.name", "unknown"),
    ({"branch_code": "B404"}, 422, "branch_code", "refused"),
    ({"coupon": "ZZZZZZZZZZ"}, 422, "coupon", "refused"),
    ({"coupon": "\x00"}, 422, "coupon", "refused"),
    ({"coupon": "优" * 5000}, 422, "coupon", "refused"),
    ({"coupon": 5}, 400, "coupon", "type"),
    ({"pickup__appointment": "2026-11-04T09:59:59+08:00"}, 422, "pickup.appointment", "refused"),
    ({"pickup__appointment": "2026-11-08T10:00:00+08:00"}, 422, "pickup.appointment", "refused"),
]


@pytest.mark.parametrize(("changes", "status", "field", "code"), BAD)
def test_bad_input_names_its_field(client: PartnerClient, changes: Any, status: int, field: str, code: str) -> None:
    answer = client.post(ORDERS, order_body(**changes))
    told = answer.json()
    assert (answer.status_code, told["field"], told["code"]) == (status, field, code), told
    assert told["message"]
    assert not told["message"].isascii()  # it is said in Chinese
    assert {"code", "message", "clause", "field", "request_id"} <= set(told) <= {
        "code", "message", "clause", "field", "request_id", "errors",
    }  # fmt: skip
    assert not Order.objects.exists()
    assert not Entry.objects.exists()
    assert not Deadline.objects.exists()


def test_clauses_come_with_what_they_forbid(client: PartnerClient) -> None:
    assert client.post(ORDERS, order_body(goods__name="鞭炮")).json()["clause"] == "§4.4.4"
    past = order_body("TB-2", pickup__appointment="2026-11-04T09:00:00")
    assert client.post(ORDERS, past).json()["clause"] == "§1.3.1.2"


def test_all_that_is_wrong_is_told_at_once(client: PartnerClient) -> None:
    told = client.post(ORDERS, order_body(goods__pieces=0, shipper__phone="1", x=1)).json()
    assert [row["field"] for row in told["errors"]] == ["x", "shipper.phone", "goods.pieces"]


RAW = [  # bytes of a body, status, code, field
    (b"", 400, None, "shipper.name"),
    (b"{", 400, "parse_error", ""),
    (b"\xff\xfe", 400, "parse_error", ""),
    (b"[]", 400, "type", ""),
    (b"null", 400, "type", ""),
    (b'"x"', 400, "type", ""),
    (b'{"remark": NaN}', 400, "parse_error", ""),
    (b'{"remark": -Infinity}', 400, "parse_error", ""),
    (b'{"goods": {"weight_kg": 1e99999999999999999999}}', 400, "parse_error", ""),
    (b'{"goods": {"pieces": ' + b"9" * 5000 + b"}}", 400, "parse_error", ""),
    (b'{"remark": "a", "remark": "b"}', 400, "duplicate_key", "remark"),
    (b'{"goods": {"pieces": 1, "pieces": 2}}', 400, "duplicate_key", "goods.pieces"),
    (b'{"goods": {"name": {"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}}}}', 400, "too_deep", None),
    (b"[" * 100_000, 400, "parse_error", ""),
    (b'{"remark": "' + b"x" * 1_000_000 + b'"}', 413, "too_large", ""),
    (b'{"remark": "' + b"x" * 6_000_000 + b'"}', 413, "too_large", ""),
    (b'{"remark": "' + b"x" * 200_000 + b'"}', 400, None, None),
    (b'{"shipper": {"name": "\\ud800"}}', 400, None, "shipper.name"),
]


@pytest.mark.parametrize(("raw", "status", "code", "field"), RAW)
def test_bad_bytes(client: PartnerClient, raw: bytes, status: int, code: str | None, field: str | None) -> None:
    answer = client.post(ORDERS, raw)
    told = answer.json()
    assert answer.status_code == status, told
    assert code is None or told["code"] == code
    assert field is None or told["field"] == field
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "name", ["𠮷野家", "😀👨‍👩‍👧", "<script>alert(1)</script>", "=1+1", "O'Brien; DROP TABLE", "{{7*7}}"]
)
def test_odd_texts_are_kept_as_they_are(client: PartnerClient, name: str) -> None:
    assert client.post(ORDERS, order_body(shipper__name=name)).status_code == 201
    assert Order.objects.get().shipper_name == name


def test_pasted_line_breaks_become_blanks(client: PartnerClient) -> None:
    client.post(ORDERS, order_body(remark="一\r\n二\t三"))
    assert Order.objects.get().remark == "一  二 三"


def test_other_media_types_are_refused(client: PartnerClient) -> None:
    body = json.dumps(order_body()).encode()
    headers = client.headers("POST", ORDERS, body)
    answer = client.http.generic("POST", ORDERS, body, "text/plain", headers=headers)
    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_media_type"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_round_trips_of_an_order(client: PartnerClient, settings) -> None:
    """BEGIN, everything at once with the nonce in front, COMMIT. Keys come in blocks; signing key and branch are remembered."""
    settings.KEPT_SECONDS = 5  # as in production: branches and prices in force are remembered
    connection.close()  # a new one starts with a whole block of keys
    client.post(ORDERS, order_body("warm-up"))
    with CaptureQueriesContext(connection) as queries:
        assert client.post(ORDERS, order_body("TB-9")).status_code == 201
    assert len(queries) == 3, [query["sql"][:60] for query in queries]


def test_a_coupon_is_spent_once(client: PartnerClient, company: Company) -> None:
    given(company)
    told = client.post(ORDERS, order_body(coupon="ABCDEFGH23"))
    assert told.status_code == 201, told.json()
    assert client.get(f"{ORDERS}{told.json()['number']}/").json()["coupon"] == "ABCDEFGH23"
    again = client.post(ORDERS, order_body("TB-2", coupon="ABCDEFGH23"))
    assert (again.status_code, again.json()["field"], again.json()["clause"]) == (422, "coupon", "§4.5")
    assert client.post(ORDERS, order_body(coupon="ABCDEFGH23")).json()["duplicate"] is True
