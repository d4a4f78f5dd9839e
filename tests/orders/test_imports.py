"""Orders from a table (issue D12d): good rows in, bad rows back with line and errors; odd files are refused whole."""

import io
import zipfile
from typing import Any

import pytest
import time_machine
import xlsxwriter
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from orders import imports, sheets
from orders.choices import ImportState
from orders.models import ImportJob, Order
from orders.tasks import resume_imports, run_import
from tests.factories import Company, sh

AT = sh("04 10:00:00")
HEADERS = [
    "渠道单号",
    "发货人",
    "发货人电话",
    "发货地区",
    "发货地址",
    "收货人",
    "收货人电话",
    "收货地区",
    "收货地址",
    "货物名称",
    "件数",
    "重量（千克）",
]
GOOD = [
    "A-1",
    "张三",
    "13800138000",
    "330106",
    "文三路 100 号",
    "李四",
    "13900139000",
    "310104",
    "漕溪北路 200 号",
    "五金",
    "10",
    "120.5",
]


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture
def client(company: Company) -> Client:
    client = Client()
    client.force_login(company.agent.account)
    return client


@pytest.fixture(autouse=True)
def _four_november():
    with time_machine.travel(AT, tick=False):
        yield


def row(**changes: object) -> list[object]:
    return [changes.get(header, cell) for header, cell in zip(HEADERS, GOOD, strict=True)]


def xlsx(*rows: list[object], headers: list[str] = HEADERS) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate([headers, *rows]):
            sheet.write_row(line, 0, cells)
    return file.getvalue()


def upload(client: Client, content: bytes, name: str = "orders.xlsx") -> object:
    return client.post("/desk/import/", {"channel": "alibaba", "table": SimpleUploadedFile(name, content)})


def imported(client: Client, content: bytes, name: str = "orders.xlsx") -> ImportJob:
    answer = upload(client, content, name)
    assert answer.status_code == 302, answer.content.decode()
    job = ImportJob.objects.latest("pk")
    run_import(job.pk)
    job.refresh_from_db()
    assert job.state == ImportState.DONE
    return job


def test_good_rows_in_bad_rows_back(client: Client) -> None:
    job = imported(client, xlsx(row(), row(渠道单号="A-2", 件数="零"), row(渠道单号="A-3", 收货地区="上海市徐汇区")))
    assert (job.total, job.placed, job.rejected, job.rows) == (3, 2, 1, "")
    first, second = Order.objects.order_by("pk")
    assert (first.external_no, first.channel, first.shipper_name, str(first.weight_kg)) == (
        "A-1",
        "alibaba",
        "张三",
        "120.50",
    )
    assert second.consignee_place == "310104"
    page = client.get(f"/desk/import/{job.pk}/").content.decode()
    assert "件数：件数须为整数，如 10。" in page


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_bad_rows_can_be_corrected_and_uploaded_again(client: Client, form: str) -> None:
    given = sheets.workbook([sheets.Column(header) for header in HEADERS], [row(发货人="=HYPERLINK(1)", 件数="零")])
    job = imported(client, given)
    answer = client.get(f"/desk/import/{job.pk}/errors.{form}")
    content = answer.getvalue()
    assert "attachment" in answer["Content-Disposition"]
    table = sheets.read(content)
    assert table.headers == ["行号", "错误", *HEADERS]
    assert table.rows[0][1]["行号"] == "2"
    assert table.rows[0][1]["发货人"] == "=HYPERLINK(1)"
    if form == "csv":
        assert "'=HYPERLINK(1)" in content.decode("utf-8-sig")
        corrected = content.decode("utf-8-sig").replace("零", "5").encode()
    else:
        assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        corrected = sheets.workbook(
            [sheets.Column(header) for header in rows[0]], [[cell.replace("零", "5") for cell in rows[1]]]
        )
    again = imported(client, corrected, f"errors.{form}")
    assert (again.placed, again.rejected) == (1, 0)
    assert Order.objects.get().shipper_name == "=HYPERLINK(1)"


def test_formulas_are_not_evaluated(client: Client) -> None:
    job = imported(client, xlsx(row(件数="=5+5")))  # xlsxwriter writes a formula with the stored value 0
    assert (job.placed, job.rejected) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_orders_once(client: Client) -> None:
    content = xlsx(row(), row(渠道单号="A-2"))
    assert imported(client, content).placed == 2
    again = imported(client, content)
    assert (again.placed, again.known, again.rejected) == (0, 2, 0)
    changed = imported(client, xlsx(row(件数=11)))
    assert (changed.placed, changed.rejected) == (0, 1)
    assert "内容不同：件数" in next(imports.rejects(changed)[1])[1]
    assert Order.objects.count() == 2


def test_a_task_that_runs_twice_takes_no_row_twice(client: Client) -> None:
    job = imported(client, xlsx(row(渠道单号=""), row(渠道单号="")))
    run_import(job.pk)
    assert Order.objects.count() == 2


def test_a_job_nobody_queued_is_taken_up(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    upload(client, xlsx(row()))
    monkeypatch.setitem(current_app.conf, "task_always_eager", True)
    for minute, placed in (("10:00:30", 0), ("10:01:30", 1)):
        with time_machine.travel(sh(f"04 {minute}"), tick=False), django_capture_on_commit_callbacks(execute=True):
            resume_imports()
        assert ImportJob.objects.get().placed == placed


CELLS = [  # column, cell, words of the error
    ("发货人", "", "请填写发货人姓名。"),
    ("发货人电话", "123", "电话号码不正确"),
    ("发货地区", "鼓楼区", "不能确定是哪个地区"),
    ("发货地区", "月球", "没有“月球”这个地区"),
    ("发货地区", "999999", "没有这个行政区划代码"),
    ("件数", "1.5", "件数须为整数"),
    ("重量（千克）", "NaN", "请填写数字"),
    ("重量（千克）", "-3", "不能小于 0.01"),
    ("货物名称", "烟花", "禁运品"),
    ("货物名称", "五" * 61, "最多 60 个字"),
    ("渠道单号", "A" * 65, "渠道单号最多 64 个字符"),
]


@pytest.mark.parametrize(("column", "cell", "words"), CELLS)
def test_every_cell_is_checked_as_in_the_form(client: Client, column: str, cell: str, words: str) -> None:
    job = imported(client, xlsx(row(**{column: cell})))
    line, errors, *_cells = next(imports.rejects(job)[1])
    assert line == "2"
    assert errors.startswith(f"{column}：")
    assert words in errors
    assert not Order.objects.exists()


def test_numbers_and_choices_come_as_one_types_them(client: Client) -> None:
    headers = [*HEADERS, "付款方式", "上门接货", "体积（立方米）", "渠道"]
    cells = row(发货人电话=13800138000, 件数=10.0, **{"重量（千克）": 0.1 + 0.2})
    job = imported(client, xlsx([*cells, "到付", "否", 1.25, "淘宝"], headers=headers))
    assert job.placed == 1, list(imports.rejects(job)[1])
    order = Order.objects.get()
    assert (order.payer, order.pickup, str(order.weight_kg), str(order.volume_m3)) == (
        "consignee",
        False,
        "0.30",
        "1.250",
    )
    assert (order.shipper_phone, order.channel) == ("13800138000", "taobao")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_people_have(client: Client, encoding: str) -> None:
    text = "\r\n".join([",".join(HEADERS), "", ",".join(row(发货人="𠮷野家"))])
    job = imported(client, text.encode(encoding), "orders.csv")
    assert job.placed == 1
    assert Order.objects.get().shipper_name == "𠮷野家"


def test_the_template_is_accepted_when_filled(client: Client) -> None:
    content = client.get("/desk/import/template.xlsx").getvalue()
    headers = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[0]
    named = dict(zip(HEADERS, GOOD, strict=True))
    job = imported(client, xlsx([named.get(header.rstrip("*"), "") for header in headers], headers=headers))
    assert job.placed == 1


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (60 * 1024 * 1024))
    return file.getvalue()


def lying_bomb() -> bytes:
    """The archive says its part holds 10 bytes; unpacked it is 60 MB."""
    content = bomb()
    size = (60 * 1024 * 1024).to_bytes(4, "little")
    return content.replace(size, (10).to_bytes(4, "little"))


def far_cell() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        sheet.write_string(1_048_575, 16_383, "x")
    return file.getvalue()


def many_parts() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for n in range(300):
            archive.writestr(f"{n}.xml", "x")
    return file.getvalue()


FILES = {
    "empty": (b"", "文件是空的"),
    "blank": (b"\n\n", "没有内容"),
    "headers only": (",".join(HEADERS).encode(), "没有数据行"),
    "unknown column": (("星座," + ",".join(HEADERS) + "\n1").encode(), "不认识的列：星座"),
    "missing column": ("发货人\n张三".encode(), "缺少必填的列"),
    "column twice": (("发货人," + ",".join(HEADERS) + "\n1").encode(), "重复出现"),
    "too many rows": ((",".join(HEADERS) + "\n" + "x\n" * 5001).encode(), "最多一次导入 5000 行"),
    "too large": (b"x" * (5 * 1024 * 1024 + 1), "超过 5 MB"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0", "无法识别的文件"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "无法识别的文件"),
    "cut archive": (xlsx(row())[:500], "文件已损坏"),
    "not a workbook": (many_parts()[:0] + b"PK\x05\x06" + b"\0" * 18, "无法读取该工作簿"),
    "bomb": (bomb(), "解压后过大"),
    "lying bomb": (lying_bomb(), "解压后过大"),
    "far cell": (far_cell(), "表格过大"),
    "many parts": (many_parts(), "部件过多"),
    "long field": (b'"' + b"x" * 200_000 + b'"\n', "CSV 格式不正确"),
}


@pytest.mark.parametrize("name", FILES)
def test_bad_files_are_refused_whole(client: Client, name: str) -> None:
    content, words = FILES[name]
    answer = upload(client, content, "x.xlsx")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportJob.objects.exists()


def test_a_damaged_part_is_refused(client: Client) -> None:
    content = bytearray(xlsx(row()))
    for at in range(200, len(content) - 300, 97):
        content[at] ^= 0x55
    assert upload(client, bytes(content)).status_code == 422


def test_only_call_centre_and_department_import(company: Company, client: Client) -> None:
    client.force_login(company.clerk.account)
    assert client.get("/desk/import/").status_code == 403
    assert upload(client, xlsx(row())).status_code == 403
    assert not ImportJob.objects.exists()


def test_an_import_is_its_owners(company: Company, client: Client) -> None:
    job = imported(client, xlsx(row(件数="零")))
    client.force_login(company.officer.account)
    assert client.get(f"/desk/import/{job.pk}/").status_code == 404
    assert client.get(f"/desk/import/{job.pk}/errors.xlsx").status_code == 404


def test_rows_are_kept_encrypted(client: Client) -> None:
    upload(client, xlsx(row()))
    job = ImportJob.objects.get()
    assert "13800138000" in job.rows
    assert not ImportJob.objects.extra(where=["rows LIKE '%%13800138000%%'"]).exists()


def test_the_english_template_comes_back_and_is_answered_in_english(client: Client) -> None:
    client.post("/i18n/setlang/", {"language": "en"})
    headers = (
        CalamineWorkbook.from_filelike(io.BytesIO(client.get("/desk/import/template.xlsx").getvalue()))
        .get_sheet_by_index(0)
        .to_python()[0]
    )
    cells = {
        "Channel": "Taobao", "Partner number": "A-1", "Sender": "张三", "Sender's phone": "13800138000",
        "Sender's district": "330106", "Sender's address": "文三路 100 号", "Recipient": "李四",
        "Recipient's phone": "13900139000", "Recipient's district": "310104", "Recipient's address": "漕溪北路 200 号",
        "Goods": "五金", "Pieces": "10", "Weight (kg)": "120.5", "Insurance": "No", "Payment": "Paid by the recipient",
    }  # fmt: skip
    good = [cells.get(header.rstrip("*"), "") for header in headers]
    bad = [{"A-1": "A-2", "10": "ten"}.get(cell, cell) for cell in good]
    job = imported(client, xlsx(good, bad, headers=headers))
    order = Order.objects.get()
    assert (order.payer, order.channel, order.insured) == ("consignee", "taobao", False)
    assert "Pieces: Pieces are a whole number, such as 10." in client.get(f"/desk/import/{job.pk}/").content.decode()
    given = sheets.read(client.get(f"/desk/import/{job.pk}/errors.xlsx").getvalue())
    assert given.headers[:3] == ["Row", "Error", "Channel"]
