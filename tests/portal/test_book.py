"""The address book (§3.4.3): whose it is, what it refuses, how it gets in and out of tables and into orders."""

import io

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook

from customers.models import Address, CustomerAccount
from customers.services import addresses
from customers.services.addresses import Contact
from orders.models import Order
from orders.sheets import Column, workbook
from rulebook.errors import Refused
from tests.factories import Company, CustomerAccountFactory, bound, draft, placed, sh
from tests.portal.test_accounts import login
from tests.portal.test_order import FORM

pytestmark = pytest.mark.django_db
LI = Contact(name="李四", phone="13900139000", place="310104", address="漕溪北路 200 号", group="上海")
TYPED = {
    "contact_name": "李四", "contact_phone": "139 0013 9000", "contact_place": "310104", "contact_address": "漕溪北路 200 号",
    "group": "上海",
}  # fmt: skip
HEADERS = ["姓名或单位", "电话", "地区", "详细地址", "分组"]
GOOD = ["王五", "0571-88886666", "浙江省杭州市西湖区", "文三路 1 号", "本地"]


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel("2026-11-04 12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def account(company: Company) -> CustomerAccount:
    return bound(company.branch)


def entry(account: CustomerAccount, contact: Contact = LI, *, default: bool = False) -> Address:
    return addresses.keep(account, contact, default=default, now=sh("04 12:00:00"))[0]


def text(response) -> str:
    return response.content.decode()


def table(*rows: list[str], headers: list[str] = HEADERS) -> SimpleUploadedFile:
    return SimpleUploadedFile("book.xlsx", workbook([Column(each) for each in headers], rows))


def test_add_find_change_delete(account):
    client = login(account)
    assert client.post("/my/addresses/new/", TYPED)["Location"] == "/my/addresses/"
    known = Address.objects.get()
    assert (known.phone, known.place, known.group, known.default) == ("13900139000", "310104", "上海", False)
    for query in ("q=李四", "q=9000", "q=13900139000", "q=漕溪", "group=上海"):
        assert "李四" in text(client.get(f"/my/addresses/?{query}"))
    assert "没有符合条件的地址" in text(client.get("/my/addresses/?q=8000"))
    client.post(f"/my/addresses/{known.pk}/", {**TYPED, "contact_name": "李四光", "default": "on"})
    known.refresh_from_db()
    assert (known.name, known.default) == ("李四光", True)
    assert "确认删除" in text(client.get(f"/my/addresses/{known.pk}/delete/"))
    assert Address.objects.exists()
    client.post(f"/my/addresses/{known.pk}/delete/")
    assert not Address.objects.exists()


def test_the_phone_is_not_stored_in_clear(account):
    entry(account)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_index, tail_index FROM customers_address")
        assert not any("13900139000" in cell or cell == "9000" for cell in cursor.fetchone())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"contact_name": ""}, "请填写姓名或单位名称"), ({"contact_phone": "123"}, "电话号码不正确"),
        ({"contact_place": "999999"}, "没有这个行政区划代码"), ({"contact_address": "\x07"}, "不可见的控制字符"),
        ({"group": "长" * 21}, "最多 20 个字"), ({"contact_name": "长" * 61}, "最多 60 个字"),
    ],
)  # fmt: skip
def test_what_an_entry_refuses(account, changes, words):
    response = login(account).post("/my/addresses/new/", {**TYPED, **changes})
    assert response.status_code == 422
    assert words in text(response)
    assert not Address.objects.exists()


def test_the_same_address_is_there_once(account):
    client = login(account)
    for _turn in range(2):
        client.post("/my/addresses/new/", TYPED)
    other = entry(account, Contact(name="王五", phone="13900139000", place="310104", address="别处"))
    response = client.post(f"/my/addresses/{other.pk}/", TYPED)
    assert response.status_code == 422
    assert "已有相同的一条" in text(response)
    assert Address.objects.count() == 2


def test_one_default_at_a_time(account):
    first, second = entry(account, default=True), entry(account, Contact(name="王五", phone="95338", place="330106", address="文三路"))
    login(account).post(f"/my/addresses/{second.pk}/default/")
    assert list(Address.objects.filter(default=True)) == [second]
    login(account).post(f"/my/addresses/{first.pk}/", {**TYPED, "default": "on"})
    assert list(Address.objects.filter(default=True)) == [first]


def test_a_full_book_takes_no_more(account, monkeypatch):
    monkeypatch.setattr(addresses, "MOST", 1)
    entry(account)
    with pytest.raises(Refused, match="最多 1 条"):
        entry(account, Contact(name="王五", phone="95338", place="330106", address="文三路"))


def test_a_paste_is_divided_without_javascript(account):
    page = text(login(account).post("/my/addresses/new/", {"contact_paste": "王五 13800138000 浙江省杭州市西湖区文三路100号", "act": "split_contact"}))
    assert 'value="王五"' in page
    assert '<option value="330106" selected>' in page


ADDRESSES = ["", "new/", "export/", "template/", "import/", "{key}/", "{key}/delete/"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_strangers_log_in_and_staff_is_turned_away(client: Client, company: Company, path: str):
    url = f"/my/addresses/{path.format(key=1)}"
    assert client.get(url)["Location"].startswith("/login/?next=/my/addresses/")
    client.force_login(company.clerk.account)
    assert client.get(url).status_code == 403


def test_another_logins_book_is_not_found(account):
    known = entry(account)
    stranger = login(CustomerAccountFactory(account__username="stranger"))
    for path in ("", "delete/"):
        assert stranger.get(f"/my/addresses/{known.pk}/{path}").status_code == 404
        assert stranger.post(f"/my/addresses/{known.pk}/{path}", TYPED).status_code == 404
    assert stranger.post(f"/my/addresses/{known.pk}/default/").status_code == 404
    assert "李四" not in text(stranger.get("/my/addresses/"))
    assert "李四" not in text(stranger.get(f"/order/?consignee={known.pk}"))
    known.refresh_from_db()
    assert (known.name, known.default) == ("李四", False)


@pytest.mark.parametrize("key", ["0", "9" * 30])
def test_a_key_that_is_none_is_not_found(account, key):
    client = login(account)
    assert client.get(f"/my/addresses/{key}/").status_code == 404
    assert client.post(f"/my/addresses/{key}/default/").status_code == 404
    assert client.get(f"/order/?shipper={key}").status_code == 200


# Tables.


def test_a_table_is_shown_before_it_is_kept(account):
    client = login(account)
    page = client.post("/my/addresses/import/", {"table": table(GOOD, ["", "1", "火星", "x", ""], ["赵六", "13800138001", "310104", "y", ""])})
    told = text(page)
    assert "可导入 2 条，有误 1 行" in told
    assert "第 3 行: 地区 没有“火星”这个地区" in told
    assert "姓名或单位 请填写姓名或单位名称" in told
    assert not Address.objects.exists()
    client.post("/my/addresses/import/", {"rows": page.context["rows"]})
    assert list(Address.objects.order_by("pk").values_list("name", "place", "group")) == [("王五", "330106", "本地"), ("赵六", "310104", "")]
    again = client.post("/my/addresses/import/", {"rows": page.context["rows"]}, follow=True)
    assert "已导入 0 条，2 条地址簿里已有" in text(again)
    assert Address.objects.count() == 2


def test_what_was_carried_is_good_for_its_login_alone(account):
    page = login(account).post("/my/addresses/import/", {"table": table(GOOD)})
    assert "王五" not in page.context["rows"]
    stranger = login(CustomerAccountFactory(account__username="stranger"))
    for rows in (page.context["rows"], "", "x", "gAAAAA", page.context["rows"][:-4]):
        assert stranger.post("/my/addresses/import/", {"rows": rows}).status_code == 422
    assert not Address.objects.exists()


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (table(GOOD[:3], headers=HEADERS[:3]), "缺少必填的列：详细地址"), (table(headers=HEADERS), "只有表头"),
        (SimpleUploadedFile("x.xlsx", b"PK\x03\x04junk"), "文件已损坏"), (SimpleUploadedFile("x.csv", b""), "文件是空的"),
        (table(*[GOOD] * 1001), "最多一次导入 1000 行"), (SimpleUploadedFile("x.csv", b"\xff\xfe\x00"), "无法识别的文件"),
    ],
)  # fmt: skip
def test_what_a_table_refuses(account, upload, words):
    upload.seek(0)
    response = login(account).post("/my/addresses/import/", {"table": upload})
    assert response.status_code == 422
    assert words in text(response)


def test_what_is_exported_can_be_imported(account):
    entry(account)
    entry(account, Contact(name="=王五", phone="0571-88886666", place="330106", address="文三路 1 号"))
    client = login(account)
    book = client.get("/my/addresses/export/?group=上海").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert rows[1:] == [["李四", "13900139000", "上海市 徐汇区", "漕溪北路 200 号", "上海"]]
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(client.get("/my/addresses/template/").content)).get_sheet_by_index(0).to_python()) == 1
    Address.objects.all().delete()
    page = client.post("/my/addresses/import/", {"table": SimpleUploadedFile("a.xlsx", book)})
    assert "可导入 1 条，有误 0 行" in text(page)


# In orders.


def test_the_order_form_starts_with_the_default_address(account):
    page = text(login(account).get("/order/"))
    assert 'value="张三"' in page  # whose phone is verified
    entry(account, default=True)
    page = text(login(account).get("/order/"))
    assert 'value="李四"' in page
    assert 'value="漕溪北路 200 号"' in page


def test_an_entry_is_picked_and_what_was_typed_stays(account):
    known, client = entry(account), login(account)
    typed = {key: value for key, value in FORM.items() if not key.startswith("consignee")}
    assert client.post("/order/", {**typed, "act": "book_consignee"})["Location"] == "/my/addresses/?pick=consignee"
    assert f"/order/?consignee={known.pk}" in text(client.get("/my/addresses/?pick=consignee"))
    page = text(client.get(f"/order/?consignee={known.pk}"))
    assert 'value="五金配件"' in page
    assert 'value="李四"' in page
    assert '<option value="310104" selected>' in page


def test_parties_of_an_order_are_kept(account, company):
    mine, foreign = placed(sh("04 09:00:00"), branch=company.branch), placed(sh("04 09:00:00"), shipper=draft().consignee)
    client = login(account)
    assert "收件人存入地址簿" in text(client.get(f"/orders/{mine.number}/"))
    for role in ("consignee", "consignee", "shipper", "nobody", ""):
        assert client.post(f"/my/addresses/from/{mine.number}/", {"role": role}).status_code == 302
    assert list(Address.objects.order_by("pk").values_list("name", flat=True)) == [draft().consignee.name, draft().shipper.name]
    for number in (foreign.number, "x", "E0000000000000"):
        assert client.post(f"/my/addresses/from/{number}/", {"role": "consignee"}).status_code == 404
    assert Order.objects.get(pk=mine.pk).version == 1
