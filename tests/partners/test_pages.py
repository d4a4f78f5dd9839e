"""The staff's pages about partners, and the page for partners' engineers: who may, what is shown, what is refused."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from orders import sheets
from partners.models import Call, Partner, PartnerKey, Push
from partners.services import issue_key
from rulebook.roles import Role
from tests.api.client import PartnerClient, partner
from tests.factories import FOUNDED, Company, post, sh
from tests.partners.test_pushes import of

AT = sh("04 10:00:00")
PAGES = ["pushes/", "pushes/export.xlsx", "partners/"]
HOST = "tb.example"


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture(autouse=True)
def _four_november():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def taobao(company: Company) -> Partner:
    made = partner("TB", callback_url=f"https://{HOST}/x", callback_hosts=[HOST])
    issue_key(made, now=FOUNDED)
    return made


@pytest.fixture
def office(company: Company) -> Client:
    return logged_in(company.officer)


def logged_in(person: Any) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def dead(taobao: Partner, number: str = "TB-1", **changes: object) -> Push:
    order = of(taobao, number)
    push = Push.objects.get(order_number=order.number, seq=1)
    Push.objects.filter(pk=push.pk).update(**{"state": "dead", "attempts": 6, "status": 500, "answer": "<script>x</script> down", "settled_at": AT} | changes)
    return push


def test_who_may(company: Company, taobao: Partner) -> None:
    pages = [*PAGES, f"partners/{taobao.pk}/", f"partners/{taobao.pk}/calls/"]
    for person, status in ((company.officer, 200), (post(Role.IT, company.department), 200), (company.clerk, 403), (company.agent, 403)):
        client = logged_in(person)
        assert {client.get(f"/desk/{page}").status_code for page in pages} == {status}, person
    for page in pages:
        assert "login" in Client().get(f"/desk/{page}")["Location"]


@pytest.mark.parametrize("path", ["pushes/resend/", "partners/{}/", "partners/{}/keys/", "partners/{}/keys/end/"])
def test_who_may_do(company: Company, taobao: Partner, path: str) -> None:
    push, key = dead(taobao), taobao.keys.get()
    given = {"one": push.pk, "key": key.key, "callback_hosts": "evil.example"}
    address = f"/desk/{path.format(taobao.pk)}"
    assert logged_in(company.manager).post(address, given).status_code == 403
    assert Client().post(address, given).status_code == 302
    push.refresh_from_db()
    assert (push.state, Partner.objects.get().callback_hosts) == ("dead", [HOST])
    assert list(PartnerKey.objects.values_list("revoked_at", flat=True)) == [None]


def test_the_list_starts_with_what_was_given_up(office: Client, taobao: Partner) -> None:
    push = dead(taobao)
    page = office.get("/desk/pushes/").content.decode()
    assert push.order_number in page
    assert "HTTP 500" in page
    assert "&lt;script&gt;x&lt;/script&gt; down" in page
    assert page.count('name="push"') == 1
    assert office.get("/desk/pushes/?state=").content.decode().count('name="push"') == 2
    assert office.get(f"/desk/pushes/?number={push.order_number}&state=waiting").content.decode().count('name="push"') == 1
    assert 'name="push"' not in office.get("/desk/pushes/?partner=TB&state=done").content.decode()


@pytest.mark.parametrize("query", ["partner=NOBODY", "state=x", "number=" + "9" * 30, "page=x", "page=999", "partner=%00"])
def test_odd_filters_break_nothing(office: Client, taobao: Partner, query: str) -> None:
    assert office.get(f"/desk/pushes/?{query}").status_code == 200


def test_one_and_the_chosen_are_sent_again(office: Client, taobao: Partner) -> None:
    first, second, third = (dead(taobao, f"TB-{number}") for number in range(3))
    answer = office.post("/desk/pushes/resend/", {"one": first.pk, "next": "/desk/pushes/?state=dead"})
    assert answer["Location"] == "/desk/pushes/?state=dead"
    office.post("/desk/pushes/resend/", {"push": [second.pk, second.pk, "x", "-1", "9" * 40]})
    assert set(Push.objects.filter(seq=1, state="waiting").values_list("pk", "attempts", "due_at")) == {(first.pk, 0, AT), (second.pk, 0, AT)}
    third.refresh_from_db()
    assert third.state == "dead"
    assert office.post("/desk/pushes/resend/", {"next": "https://evil.example/"})["Location"] == "/desk/pushes/"


def test_the_export_holds_the_list(office: Client, taobao: Partner) -> None:
    push = dead(taobao, answer="=cmd()")
    answer = office.get("/desk/pushes/export.xlsx?state=dead")
    [(_line, row)] = sheets.read(answer.content).rows
    assert (row["推送编号"], row["合作平台"], row["订单号"], row["序号"]) == (str(push.pk), "TB", push.order_number, "1")
    assert row["最近应答"] == "=cmd()"


def test_the_console_counts_what_waits_failed_and_was_called(office: Client, taobao: Partner, django_assert_max_num_queries) -> None:
    dead(taobao)
    for status, age in ((200, 1), (401, 2), (500, 30)):
        Call.objects.create(partner=taobao, key="k", at=AT - timedelta(hours=age), method="GET", path="/x", status=status, milliseconds=3)
    for number in range(5):
        partner(f"P{number}")
    with django_assert_max_num_queries(12):
        page = office.get("/desk/partners/").content.decode()
    assert "2 / 1" in page
    assert '?partner=TB&amp;state=dead">1</a>' in page


def test_hosts_and_limit_are_set(office: Client, taobao: Partner) -> None:
    address = f"/desk/partners/{taobao.pk}/"
    assert office.post(address, {"callback_hosts": f"{HOST}\nAPI.example.com:8443\n{HOST}", "per_minute": "90"})["Location"] == address
    taobao.refresh_from_db()
    assert (taobao.callback_hosts, taobao.per_minute) == ([HOST, "api.example.com:8443"], 90)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"callback_hosts": "127.0.0.1"}, "不接受 IP 地址"), ({"callback_hosts": "localhost"}, "不接受 IP 地址"),
        ({"callback_hosts": "https://a.example/"}, "不接受 IP 地址"), ({"callback_hosts": "\n".join(f"h{n}.example" for n in range(21))}, "最多 20 个"),
        ({"callback_hosts": "x" * 6001}, "6000"), ({"per_minute": "0"}, "1"), ({"per_minute": "x"}, "每分钟请求上限"), ({"per_minute": "9" * 20}, "1000000"),
    ],
)  # fmt: skip
def test_bad_terms(office: Client, taobao: Partner, given: dict[str, str], words: str) -> None:
    answer = office.post(f"/desk/partners/{taobao.pk}/", given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    taobao.refresh_from_db()
    assert (taobao.callback_hosts, taobao.per_minute) == ([HOST], None)


def test_a_key_is_issued_shown_once_and_the_old_one_ended(office: Client, taobao: Partner) -> None:
    old = taobao.keys.get()
    address = f"/desk/partners/{taobao.pk}/"
    shown = office.post(f"{address}keys/")
    fresh = taobao.keys.exclude(pk=old.pk).get()
    assert fresh.secret in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert fresh.secret not in office.get(address).content.decode()
    assert "已有 2 个有效密钥" in office.post(f"{address}keys/").content.decode()
    assert office.post(f"{address}keys/end/", {"key": old.key})["Location"] == address
    assert list(PartnerKey.objects.valid(AT)) == [fresh]
    for key in ("", "nobody", "x" * 500, "\x00", partner("JD").code):
        assert office.post(f"{address}keys/end/", {"key": key}).status_code == 404
    assert list(PartnerKey.objects.valid(AT)) == [fresh]


def test_the_log_of_one_partner(office: Client, taobao: Partner) -> None:
    other = partner("JD")
    for whose, status in ((taobao, 200), (taobao, 429), (other, 500)):
        Call.objects.create(partner=whose, key="k", at=AT, method="GET", path=f"/p/{status}", status=status, milliseconds=3)
    page = office.get(f"/desk/partners/{taobao.pk}/calls/").content.decode()
    assert ("/p/200" in page, "/p/429" in page, "/p/500" in page) == (True, True, False)
    assert "/p/200" not in office.get(f"/desk/partners/{taobao.pk}/calls/?failed=1").content.decode()
    assert office.get("/desk/partners/999999/").status_code == 404


# The developers' page.

GIVEN = {"method": "GET", "target": "/api/v1/orders/?state=accepted", "timestamp": "1793757600", "nonce": "abcdef0123456789", "body": ""}
EMPTY = hashlib.sha256(b"").hexdigest()


def checked(**changes: str) -> str:
    answer = Client().post("/developers/signature/", GIVEN | changes)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_needs_no_login_and_shows_an_example_that_holds(db) -> None:
    page = Client().get("/developers/").content.decode()
    text = f"GET\n/api/v1/orders/?state=accepted\n1793757600\nabcdef0123456789\n{EMPTY}"
    assert text in page
    assert hmac.new(b"s3cret", text.encode(), hashlib.sha256).hexdigest() in page
    for word in ("SIGNED_PROXY", "3/304", "30002", "signature_wrong", "429"):
        assert word in page


def test_both_strings_and_what_differs(db) -> None:
    theirs = f"GET\n/api/v1/orders/\n1793757600\nabcdef0123456789\n{EMPTY}"
    page = checked(theirs=theirs)
    assert "待签名串不同的部分：路径与查询串。" in page
    assert "/api/v1/orders/?state=accepted" in page
    assert "完全相同" in checked(theirs=theirs.replace("orders/", "orders/?state=accepted").replace("\n", "\r\n"))
    assert "多余的行" in checked(theirs=theirs + "\n")


def test_a_body_counts_line_feeds(db) -> None:
    assert hashlib.sha256("{\n“好”}".encode()).hexdigest() in checked(method="POST", body="{\r\n“好”}")


def test_a_signature_is_checked_with_sandbox_keys_alone(company: Company) -> None:
    sandbox, real = PartnerClient(partner("SB", sandbox=True)), PartnerClient(partner("TB"))
    for client, right, wrong in ((sandbox, "签名正确。", "但签名不符"), (real, "请与您的逐行比较", "请与您的逐行比较")):
        text = f"GET\n{GIVEN['target']}\n{GIVEN['timestamp']}\n{GIVEN['nonce']}\n{EMPTY}"
        signature = hmac.new(client.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        assert right in checked(key=client.key, signature=signature)
        page = checked(key=client.key, signature="0" * 64)
        assert wrong in page
        assert client.secret not in page
        assert signature not in page


@pytest.mark.parametrize("changes", [{"method": "PUT"}, {"target": ""}, {"target": "x" * 2001}, {"body": "x" * 20_001}, {"nonce": "\x00"}, {"theirs": "\x00"}])
def test_what_cannot_be_checked(db, changes: dict[str, str]) -> None:
    assert Client().post("/developers/signature/", GIVEN | changes).status_code == 422


def test_markup_stays_text(db) -> None:
    assert "<script>alert" not in checked(target="<script>alert(1)</script>", theirs="<script>alert(1)</script>")
