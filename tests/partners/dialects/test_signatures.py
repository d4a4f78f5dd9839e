"""How each platform signs (screens §1.3), held to answers worked out with `openssl dgst -md5`; and what is refused."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import call_command

from orders.models import Order
from partners.dialects.signatures import RULES
from partners.models import DialectKey, Partner
from tests.partners.dialects.conftest import AT
from tests.partners.dialects.programs import (
    Deppon,
    KDNiao,
    Kuaidi100,
    b64,
    deppon_order,
    kdniao_order,
    kuaidi100_order,
    md5,
)

BODY = b'{"OrderCode":"KD-1"}'
NUM = b'{"num":"E1"}'
STAMP = "1793757600000"
KNOWN = [  # rule, parts, signature
    ("kdn", {"body": BODY, "key": "appkey"}, "YTA3N2FkMjg3Nzg0ODE4N2M0YmUzNjY1MzVlY2ExMDQ="),
    ("deppon", {"body": BODY, "key": "appkey", "stamp": STAMP}, "MGU3ZWIxZGJmNjI5NjI3YmY2NGZmYzA5NWI1MjE4YmQ="),
    ("raw64", {"body": BODY, "key": "appkey"}, "oHetKHeEgYfEvjZlNeyhBA=="),
    ("k100_query", {"body": NUM, "key": "key", "customer": "CUST"}, "8A09579A60FABFA81FF904256E97E320"),
    ("k100_order", {"body": NUM, "stamp": STAMP, "key": "key", "secret": "secret"}, "EEFE8871320E53EB16A61625E6FB6CC3"),
    ("k100_push", {"body": NUM, "salt": "salt"}, "447C4931114C8812D67A889FBB499FAB"),
    ("yunda", {"body": NUM, "key": "secret"}, "67ab776b3169a00abc9df98ded8e9c0a"),
]


@pytest.mark.parametrize(("rule", "parts", "signature"), KNOWN)
def test_known_answers(rule: str, parts: dict[str, Any], signature: str) -> None:
    assert RULES[rule].sign(**parts) == signature
    assert RULES[rule].matches(signature, **parts)
    assert not RULES[rule].matches(signature, **parts | {"body": b" " + parts["body"]})


def test_every_rule_has_a_known_answer() -> None:
    assert {rule for rule, *_rest in KNOWN} == set(RULES)


REORDERED = json.dumps(kdniao_order(), ensure_ascii=False, sort_keys=True)
ESCAPED = json.dumps(kdniao_order())
SPACED = json.dumps(kdniao_order(), ensure_ascii=False, indent=1)


def refused(told: dict[str, Any], code: str, words: str) -> None:
    assert (told["Success"], told["ResultCode"]) == (False, code), told
    assert words in told["Reason"]
    assert not Order.objects.exists()


@pytest.mark.parametrize("changed", [REORDERED, ESCAPED, SPACED, "{}", "", kdniao_order("KD-2")])
def test_a_signature_covers_the_very_bytes(kdniao: KDNiao, changed: Any) -> None:
    """Reordered, re-encoded, body-swapped: what was signed is not what came."""
    signed = kdniao.form("1001", kdniao_order())
    text = changed if isinstance(changed, str) else json.dumps(changed, ensure_ascii=False)
    refused(kdniao.post("/compat/kdniao/x", signed | {"RequestData": text}).json(), "102", "签名错误")


def test_whatever_was_signed_is_read_as_it_is(kdniao: KDNiao) -> None:
    for number, text in enumerate((REORDERED, ESCAPED, SPACED)):
        text = text.replace("KD-1", f"KD-{number}")
        assert kdniao.send("1001", text)["ResultCode"] == "100", text


@pytest.mark.parametrize("name", ["RequestData", "DataSign", "EBusinessID", "RequestType"])
def test_a_parameter_that_stands_twice_is_refused(kdniao: KDNiao, name: str) -> None:
    form = kdniao.form("1001", kdniao_order())
    twice = urlencode([*form.items(), (name, form[name])]).encode()
    refused(kdniao.post("/compat/kdniao/x", twice).json(), "103", "参数重复")
    query = urlencode({name: form[name]})
    refused(kdniao.post(f"/compat/kdniao/x?{query}", form).json(), "103", "参数重复")


@pytest.mark.parametrize("signature", ["", "x", "0" * 32, "ü" * 40, "A" * 10_000])
def test_wrong_signatures(kdniao: KDNiao, deppon: Deppon, kuaidi100: Kuaidi100, signature: str) -> None:
    refused(kdniao.send("1001", kdniao_order(), DataSign=signature), "102", "签名错误")
    assert deppon.send("createOrderNotify", deppon_order(), digest=signature)["resultCode"] == "3001"
    assert kuaidi100.send("bOrder", kuaidi100_order(), sign=signature)["returnCode"] == "503"
    assert kuaidi100.query({"num": "E1"}, sign=signature)["returnCode"] == "503"
    assert not Order.objects.exists()


@pytest.mark.parametrize("account", ["", "nobody", "x" * 300, "a\0b", "中文"])
def test_unknown_accounts(kdniao: KDNiao, deppon: Deppon, kuaidi100: Kuaidi100, account: str) -> None:
    refused(kdniao.send("1001", kdniao_order(), EBusinessID=account), "104", "账号或密钥无效")
    assert deppon.send("createOrderNotify", deppon_order(), companyCode=account)["resultCode"] == "3001"
    assert kuaidi100.send("bOrder", kuaidi100_order(), key=account)["returnCode"] == "601"
    assert kuaidi100.query({"num": "E1"}, customer=account)["returnCode"] == "601"


@pytest.mark.parametrize(("seconds", "in_time"), [(0, True), (600, True), (-600, True), (600.001, False), (-600.001, False), (86400, False)])
def test_ten_minutes_apart_are_in_time(deppon: Deppon, kuaidi100: Kuaidi100, seconds: float, in_time: bool) -> None:
    at = AT.timestamp() + seconds
    assert deppon.send("createOrderNotify", deppon_order(), at)["resultCode"] == ("1000" if in_time else "3003")
    assert kuaidi100.send("bOrder", kuaidi100_order(), at)["returnCode"] == ("200" if in_time else "503")


@pytest.mark.parametrize("stamp", ["", "abc", "1793757600", "17937576000000", "-793757600000", "１７９３７５７６０００００"])
def test_odd_timestamps(deppon: Deppon, kuaidi100: Kuaidi100, stamp: str) -> None:
    assert deppon.send("createOrderNotify", deppon_order(), timestamp=stamp)["resultCode"] in ("3003", "3001")
    assert kuaidi100.send("bOrder", kuaidi100_order(), t=stamp)["returnCode"] == "503"
    assert not Order.objects.exists()


def test_a_timestamp_is_covered(deppon: Deppon) -> None:
    form = deppon.form(deppon_order())
    later = str(int(form["timestamp"]) + 1)
    assert deppon.post("/compat/deppon/createOrderNotify", form | {"timestamp": later}).json()["resultCode"] == "3001"


def test_a_query_signature_is_no_order_signature(kuaidi100: Kuaidi100) -> None:
    text = json.dumps(kuaidi100_order())
    sign = md5(text + kuaidi100.key + kuaidi100.account).upper()
    assert kuaidi100.send("bOrder", text, sign=sign)["returnCode"] == "503"


def test_a_key_signs_in_its_own_dialect_alone(kdniao: KDNiao, deppon: Deppon) -> None:
    stolen = kdniao.form("1001", kdniao_order(), EBusinessID=deppon.account)
    refused(kdniao.post("/compat/kdniao/x", stolen).json(), "104", "账号或密钥无效")


def test_expired_and_revoked_keys_and_closed_partners(kdniao: KDNiao, platform: Partner) -> None:
    for change in ({"expires_at": AT}, {"revoked_at": AT}):
        DialectKey.objects.update(**change)
        refused(kdniao.send("1001", kdniao_order()), "104", "已停用、已过期")
        DialectKey.objects.update(**dict.fromkeys(change))
    platform.closed_at = AT
    platform.save()
    refused(kdniao.send("1001", kdniao_order()), "104", "账号或密钥无效")


def test_two_keys_of_an_account_are_valid_at_once(kdniao: KDNiao, platform: Partner) -> None:
    second = KDNiao(platform)
    assert (second.account, second.key != kdniao.key) == (kdniao.account, True)
    assert kdniao.send("1001", kdniao_order("KD-1"))["Success"] is True
    assert second.send("1001", kdniao_order("KD-2"))["Success"] is True


def test_keys_are_not_readable_in_the_database(kuaidi100: Kuaidi100) -> None:
    row = DialectKey.objects.extra(select={"raw_key": "key", "raw_secret": "secret"}).get()
    assert (row.key, row.secret) == (kuaidi100.key, kuaidi100.secret)
    assert kuaidi100.key not in (row.raw_key, row.key_index)
    assert kuaidi100.secret not in row.raw_secret


def test_no_answer_repeats_a_key(kdniao: KDNiao) -> None:
    told = json.dumps(kdniao.send("1001", kdniao_order(), DataSign=b64(md5("x"))))
    assert kdniao.key not in told


@pytest.mark.parametrize(
    ("dialect", "names"),
    [("kuaidi100", ["customer", "key", "secret"]), ("kdniao", ["EBusinessID", "AppKey"]), ("deppon", ["companyCode", "appkey"])],
)
def test_the_command_shows_a_key_once(db: None, capsys: pytest.CaptureFixture[str], dialect: str, names: list[str]) -> None:
    call_command("partner_key", "TB", name="淘宝", dialect=dialect)
    first, *told = capsys.readouterr().out.splitlines()
    row = DialectKey.objects.get()
    assert (first, [line.partition(": ")[0] for line in told]) == ("淘宝", names)
    assert [line.partition(": ")[2] for line in told] == [text for text in (row.account, row.key, row.secret) if text]
