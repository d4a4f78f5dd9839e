"""The address book as a table: read row by row through the one form, written with the same columns."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from core.personal import seal, unseal
from customers.models import Address, CustomerAccount
from customers.services.addresses import Contact
from network.places import full_name
from orders import sheets
from orders.imports import place_code
from orders.sheets import BadTable, Column
from portal.bookforms import EntryForm

MOST_ROWS = 1000
HEADERS = {
    "contact_name": _lazy("姓名或单位"), "contact_phone": _lazy("电话"), "contact_place": _lazy("地区"),
    "contact_address": _lazy("详细地址"), "group": _lazy("分组"),
}  # fmt: skip
NEEDED = ("contact_name", "contact_phone", "contact_place", "contact_address")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that cannot be taken in, and why: column and words."""

    line: int
    errors: list[tuple[str, str]]


@dataclass(slots=True)
class Preview:
    """What a table would put into the book."""

    contacts: list[Contact] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


def columns() -> list[Column]:
    notes = {"contact_place": _("省市区名称（如“浙江省杭州市西湖区”）或 6 位代码")}
    return [Column(str(words), required=name in NEEDED, note=notes.get(name, "")) for name, words in HEADERS.items()]


def read(content: bytes) -> Preview:
    """
    Read a table of entries; lines are those of the file.

    :raises BadTable: the file as a whole cannot be taken
    """
    table = sheets.read(content)
    if len(table.rows) > MOST_ROWS:
        raise BadTable(_("最多一次导入 %d 行，请分成几个文件。") % MOST_ROWS)
    names = {str(words): name for name, words in HEADERS.items()}
    if missing := [str(HEADERS[name]) for name in NEEDED if str(HEADERS[name]) not in table.headers]:
        raise BadTable(_("缺少必填的列：%s。") % _("、").join(missing))
    preview = Preview()
    for line, cells in table.rows:
        _take(preview, line, {names[header]: text for header, text in cells.items() if header in names})
    return preview


def _take(preview: Preview, line: int, values: dict[str, str]) -> None:
    errors: list[tuple[str, str]] = []
    try:
        values["contact_place"] = place_code(values["contact_place"]) if values.get("contact_place") else ""
    except ValidationError as error:
        errors.append((str(HEADERS["contact_place"]), error.messages[0]))
    form = EntryForm(values)
    told = () if errors else ("contact_place",)
    errors += [(str(HEADERS[name]), " ".join(words)) for name, words in form.errors.items() if name != "contact_place" or told]
    if errors:
        preview.wrong.append(Wrong(line, errors))
    else:
        preview.contacts.append(form.contact())


def sealed(account: CustomerAccount, contacts: Iterable[Contact]) -> str:
    """Return the entries of a preview as the page carries them to the next step: unreadable, and good for this login alone."""
    return seal(json.dumps([account.pk, [asdict(each) for each in contacts]], ensure_ascii=False))


def unsealed(account: CustomerAccount, text: str) -> list[Contact]:
    """:raises ValueError: not what a preview of this login carried"""
    owner, rows = json.loads(unseal(text))
    if owner != account.pk:
        raise ValueError("sealed for another login")
    return [Contact(**row) for row in rows]


def workbook(entries: Iterable[Address]) -> bytes:
    lines = [[each.name, each.phone, full_name(each.place), each.address, each.group] for each in entries]
    return sheets.workbook(columns(), lines)
