"""Tables in and out: .xlsx and .csv read as text, written with every cell typed as text. Formulas are never evaluated.

A file is measured before it is parsed: what its parts unpack to, and the farthest cell it names, because a table is held
in memory as a full rectangle.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import xlsxwriter
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 200
MOST_ROWS = 5000
MOST_COLUMNS = 60
LONGEST_CELL = 2000
CELL = re.compile(rb"""<(?:\w+:)?(?:c|row)\s(?:[^<>]*?\s)?r\s*=\s*["']([A-Za-z]{0,4})(\d{1,8})["']""")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class BadTable(Exception):
    """The file as a whole cannot be taken: `reason` says why and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Table:
    """The headers, and each row with its line number in the file, cells as text."""

    headers: list[str]
    rows: list[tuple[int, dict[str, str]]]


def read(content: bytes) -> Table:
    """
    Read the first sheet of an .xlsx, or a .csv in UTF-8 or GB18030.

    :raises BadTable: too large, not a table, no headers, no rows, too many rows
    """
    return read_all(content, others=())[""]


def read_all(content: bytes, *, others: Sequence[str]) -> dict[str, Table]:
    """
    Read the first sheet (under "") and those of the named ones that are there and not empty; a .csv has one sheet only.

    :raises BadTable: as `read`, of whichever sheet; its name is said
    """
    if len(content) > MOST_BYTES:
        raise BadTable(_("文件超过 5 MB，请分成几个文件导入。"))
    sheets = _workbook(content, others) if content.startswith(b"PK") else {"": _text(content)}
    tables = {}
    for name, lines in sheets.items():
        if not name or any(str(value).strip() for row in lines for value in row):
            try:
                tables[name] = _table(lines)
            except BadTable as bad:
                raise BadTable(f"{name}: {bad.reason}" if name else bad.reason) from bad
    return tables


def _table(lines: Iterable[Sequence[object]]) -> Table:
    numbered = [(n, [_cell(value) for value in row]) for n, row in enumerate(lines, start=1)]
    filled = [(n, row) for n, row in numbered if any(row)]
    if not filled:
        raise BadTable(_("文件里没有内容，请下载模板填写。"))
    headers = [header.strip().rstrip("*") for header in filled[0][1]]
    _check_headers(headers)
    if len(filled) == 1:
        raise BadTable(_("只有表头，没有数据行。"))
    if len(filled) > MOST_ROWS + 1:
        raise BadTable(_("最多一次导入 %d 行，请分成几个文件。") % MOST_ROWS)
    return Table([header for header in headers if header], [(n, _row(headers, row)) for n, row in filled[1:]])


def _row(headers: list[str], cells: list[str]) -> dict[str, str]:
    row = {header: cell for header, cell in zip(headers, cells, strict=False) if header}
    if surplus := [cell for cell in cells[len(headers) :] if cell]:
        row[""] = " ".join(surplus)[:LONGEST_CELL]
    return row


def _check_headers(headers: list[str]) -> None:
    named = [header for header in headers if header]
    if twice := sorted({header for header in named if named.count(header) > 1}):
        raise BadTable(_("表头“%s”重复出现，请只保留一列。") % twice[0][:40])
    if len(headers) > MOST_COLUMNS:
        raise BadTable(_("最多 %d 列，请使用导入模板。") % MOST_COLUMNS)


def _cell(value: object) -> str:
    """Return a cell as one would type it: whole numbers without a point, as many digits as Excel shows, local ISO times."""
    match value:
        case bool():
            return "是" if value else "否"
        case float():
            return format(value, ".15g")
        case datetime() | date() | time():
            return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
        case _:
            text = str(value).strip()
            return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


# Text


def _text(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    head = text[: text.find("\n")]
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in head else ","))
    except csv.Error as error:
        raise BadTable(_("CSV 格式不正确：%s。") % str(error)[:100]) from error


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadTable(_("无法识别的文件：请上传 .xlsx，或 UTF-8、GB18030 编码的 .csv。"))


# Workbooks


def _workbook(content: bytes, others: Sequence[str]) -> dict[str, list[list[object]]]:
    _measure(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        wanted = {"": book.sheet_names[0]} | {name: name for name in others if name in book.sheet_names[1:]}
        return {key: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for key, name in wanted.items()}
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise BadTable(_("无法读取该工作簿，请用 Excel 或 WPS 另存为 .xlsx 后重试。")) from error


def _measure(content: bytes) -> None:
    """
    Unpack the archive part by part, counting, before a parser sees it.

    :raises BadTable: too many parts, too much inside, encrypted or unusual packing, a cell outside any sensible table
    """
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
        if len(parts) > MOST_PARTS:
            raise BadTable(_("文件结构异常（部件过多），请用 Excel 或 WPS 另存为 .xlsx 后重试。"))
        left = MOST_UNPACKED
        for part in parts:
            left -= _unpack(content, part, left)
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError) as error:
        raise BadTable(_("文件已损坏，请用 Excel 或 WPS 另存为 .xlsx 后重试。")) from error


def _unpack(content: bytes, part: zipfile.ZipInfo, most: int) -> int:
    """Return how much a part really holds; sizes written in the archive are not believed."""
    if part.flag_bits & 0x1:
        raise BadTable(_("文件有密码保护，请取消密码后重试。"))
    at = part.header_offset
    names = int.from_bytes(content[at + 26 : at + 28], "little") + int.from_bytes(content[at + 28 : at + 30], "little")
    packed = content[at + 30 + names : at + 30 + names + part.compress_size]
    if part.compress_type == zipfile.ZIP_DEFLATED:
        plain = zlib.decompressobj(-15).decompress(packed, most + 1)
    elif part.compress_type == zipfile.ZIP_STORED:
        plain = packed
    else:
        raise BadTable(_("文件的压缩方式不受支持，请用 Excel 或 WPS 另存为 .xlsx 后重试。"))
    if len(plain) > most:
        raise BadTable(_("文件解压后过大，请只保留要导入的数据。"))
    if part.filename.endswith(".xml"):
        _check_cells(plain)
    return len(plain)


def _check_cells(xml: bytes) -> None:
    for column, row in CELL.findall(xml):
        if int(row) > 2 * MOST_ROWS or _column(column.upper()) > 2 * MOST_COLUMNS:
            raise BadTable(_("表格过大：请删除数据之外的空行空列（含格式），或使用导入模板。"))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


# Out

TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file we write; `choices` become a drop-down, `note` the comment on its header."""

    header: str
    required: bool = False
    choices: tuple[str, ...] = ()
    note: str = ""


def workbook(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> bytes:
    """Return an .xlsx in which every cell is text."""
    return book_of([Sheet("", columns, rows)])


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a file we write; without a name it gets Excel's own."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[str]]


def book_of(sheets: Iterable[Sheet]) -> bytes:
    """Return an .xlsx of several sheets in which every cell is text."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, TEXT_ONLY) as book:
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        for each in sheets:
            _write(book.add_worksheet(each.name or None), each, text, bold)
    return file.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, content: Sheet, text: object, bold: object) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(content.columns) - 1, 16, text)
    for at, column in enumerate(content.columns):
        sheet.write_string(0, at, column.header + ("*" if column.required else ""), bold)
        if column.note:
            sheet.write_comment(0, at, column.note)
        if column.choices:
            sheet.data_validation(1, at, MOST_ROWS, at, {"validate": "list", "source": list(column.choices)})
    for line, row in enumerate(content.rows, start=1):
        for at, cell in enumerate(row):
            sheet.write_string(line, at, cell[:32767], text)


def comma_separated(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a .csv for Excel; a cell that a spreadsheet would take for a formula is prefixed with an apostrophe."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([_harmless(header) for header in headers])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
