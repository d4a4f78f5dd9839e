"""Orders from a table (issue D12d): every row through the one form and the one service; a door adds no rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.effects import after_commit
from network.models import Person
from network.places import exists, split
from orders import services
from orders.choices import Channel, ImportState
from orders.forms import DEFAULTS, DraftForm, DraftReader, PlaceCode, form_field
from orders.jobs import ImportJob, ImportReject
from orders.services.common import label
from orders.sheets import BadTable, Column, Table, read
from rulebook.errors import Conflict, Refused

OWN = {
    "channel": gettext_lazy("渠道"),
    "number": gettext_lazy("渠道单号"),
    "line": gettext_lazy("行号"),
    "errors": gettext_lazy("错误"),
}
YES, NO = {"是", "y", "yes", "1", "true", "√"}, {"否", "n", "no", "0", "false"}
LANGUAGES = ("zh-hans", "en")
LONGEST_NUMBER = 64

Errors = list[tuple[str, str]]  # header, words


class RowRefused(Exception):
    """This row cannot be taken in: what is wrong with which column."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(errors)
        self.errors = errors


# The columns


def headers() -> dict[str, str]:
    """Return the header of every column in the reader's language: our own, then the fields of the form."""
    return _headers_in(translation.get_language() or LANGUAGES[0])


@cache
def _headers_in(language: str) -> dict[str, str]:
    with translation.override(language):
        own = {name: str(words) for name, words in OWN.items()}
        return own | {name: str(field.label) for name, field in DraftForm.base_fields.items()}


@cache
def _names() -> dict[str, str]:
    """Return which column a header means, in either language."""
    known: dict[str, str] = {}
    for language in LANGUAGES:
        for name, header in _headers_in(language).items():
            known.setdefault(header, name)
    return known


def columns() -> list[Column]:
    """Return the columns of the template file."""
    channels = tuple(str(each.label) for each in Channel)
    own = [
        Column(headers()["channel"], note=_("可不填，默认用上传时选择的渠道"), choices=channels),
        Column(headers()["number"], note=_("该渠道的订单号；重复导入同一单号不会重复下单")),
    ]
    return own + [_column(name, headers()[name]) for name in DraftForm.base_fields]


def _column(name: str, header: str) -> Column:
    field = DraftForm.base_fields[name]
    choices: tuple[str, ...] = ()
    if isinstance(field, forms.ChoiceField):
        choices = tuple(str(words) for _code, words in field.choices)
    elif isinstance(field, forms.BooleanField):
        choices = (_("是"), _("否"))
    note = (
        _("省市区名称（如“浙江省杭州市西湖区”）或 6 位代码") if isinstance(field, PlaceCode) else str(field.help_text)
    )
    return Column(header, required=field.required and name not in DEFAULTS, choices=choices, note=note)


# Taking a file in


def receive(*, person: Person, content: bytes, file_name: str, channel: str, now: datetime) -> ImportJob:
    """
    Read a file and queue its rows.

    :raises BadTable: the file as a whole cannot be taken
    """
    person.require("import")
    table = read(content)
    _check_columns(table)
    rows = json.dumps(table.rows, ensure_ascii=False)
    with transaction.atomic():
        job = ImportJob.objects.create(
            person=person,
            file_name=_name(file_name),
            channel=channel,
            language=translation.get_language() or LANGUAGES[0],
            uploaded_at=now,
            touched_at=now,
            headers=table.headers,
            rows=rows,
            total=len(table.rows),
        )
        after_commit("orders.tasks.run_import", job_id=job.pk)
    return job


def _name(file_name: str) -> str:
    return "".join(char for char in file_name if char.isprintable())[-120:] or "import"


def _check_columns(table: Table) -> None:
    known = _names()
    if unknown := [header for header in table.headers if header not in known]:
        words = _("不认识的列：%s。请使用导入模板的表头。")
        raise BadTable(words % _("、").join(name[:20] for name in unknown[:5]))
    given = {known[header] for header in table.headers}
    needed = [name for name, field in DraftForm.base_fields.items() if field.required and name not in DEFAULTS]
    if missing := [headers()[name] for name in needed if name not in given]:
        raise BadTable(_("缺少必填的列：%s。") % _("、").join(missing))


# Row by row


def rows_of(job: ImportJob) -> list[tuple[int, dict[str, str]]]:
    return [(line, cells) for line, cells in json.loads(job.rows or "[]")]


@transaction.atomic
def step(job_id: int, rows: list[tuple[int, dict[str, str]]], *, now: datetime) -> bool:
    """Take in the next row of a job, its count in the same transaction, so that no row is taken twice; False: all are done."""
    job = ImportJob.objects.select_for_update(of=("self",)).select_related("person").defer("rows").get(pk=job_id)
    if job.state == ImportState.DONE:
        return False
    job.touched_at = now
    if job.handled >= len(rows):
        job.state, job.finished_at, job.rows = ImportState.DONE, now, ""
        job.save(update_fields=["state", "finished_at", "rows", "touched_at"])
        return False
    line, cells = rows[job.handled]
    try:
        with translation.override(job.language):
            placed = _place(job, cells, now)
        job.placed += placed.created
        job.known += not placed.created
    except RowRefused as refusal:
        content = json.dumps({"cells": cells, "errors": refusal.errors}, ensure_ascii=False)
        ImportReject.objects.create(job=job, line=line, content=content)
        job.rejected += 1
    job.state = ImportState.RUNNING
    job.handled += 1
    job.save(update_fields=["state", "handled", "placed", "known", "rejected", "touched_at"])
    return True


def _place(job: ImportJob, cells: Mapping[str, str], now: datetime) -> services.Placed:
    """:raises RowRefused: naming the columns"""
    channel, number = _key(job, cells)
    form = DraftReader(_values(cells))
    if not form.is_valid():
        raise RowRefused([(headers()[name], " ".join(words)) for name, words in form.errors.items()])
    try:
        with transaction.atomic():
            return services.place(
                form.draft(),
                channel=channel,
                by=job.person.actor,
                who=label(job.person),
                source=f"import:{channel}" if number else "",
                external_no=number,
                now=now,
            )
    except Refused as refusal:
        raise RowRefused([(_header(refusal.field), str(refusal))]) from refusal
    except services.Duplicate as duplicate:
        differing = _("、").join(_header(name) for name in duplicate.fields)
        words = _("单号已用于订单 %(number)s，内容不同：%(fields)s。")
        raise RowRefused(
            [(headers()["number"], words % {"number": duplicate.order.number, "fields": differing})]
        ) from duplicate
    except Conflict as conflict:
        raise RowRefused([("", conflict.reason)]) from conflict
    except (DataError, IntegrityError) as error:  # this row only; the rest of the file must not wait for it
        raise RowRefused([("", _("系统无法保存此行，请核对内容后重试。"))]) from error


def _header(name: str) -> str:
    return headers().get(form_field(name), "")


def _key(job: ImportJob, cells: Mapping[str, str]) -> tuple[str, str]:
    own = {_names().get(header): text for header, text in cells.items()}
    given, number = own.get("channel", ""), own.get("number", "")
    channel = _code(given, Channel.choices) if given else job.channel
    if channel not in Channel.values:
        raise RowRefused([(headers()["channel"], _("没有“%s”这个渠道，请从模板的下拉列表中选择。") % given[:20])])
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        raise RowRefused([(headers()["number"], _("渠道单号最多 %d 个字符。") % LONGEST_NUMBER)])
    return channel, number


def _values(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return the form's values of a row; empty cells hold what nobody asked about."""
    values: dict[str, Any] = dict(DEFAULTS)
    errors: Errors = []
    if surplus := cells.get(""):
        errors.append(("", _("表头之外还有内容：%s。") % surplus[:40]))
    for header, text in cells.items():
        name = _names().get(header, "")
        if name in DraftForm.base_fields and text:
            try:
                values[name] = _value(DraftForm.base_fields[name], text)
            except ValidationError as error:
                errors.append((header, error.messages[0]))
    if errors:
        raise RowRefused(errors)
    return values


def _value(field: forms.Field, text: str) -> object:
    match field:
        case forms.BooleanField():
            return _yes(text)
        case forms.ChoiceField():
            return _code(text, field.choices)
        case PlaceCode():
            return place_code(text)
        case _:
            return text


def _yes(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise ValidationError(_("请填“是”或“否”。"), code="invalid")


def _code(text: str, choices: Any) -> str:
    """Return the code of a choice given by its words in either language or its code; the form refuses what is neither."""
    for language in LANGUAGES:
        with translation.override(language):
            if found := next((str(code) for code, words in choices if text in (str(words), str(code))), ""):
                return found
    return text


def place_code(text: str) -> str:
    """
    Read 浙江省杭州市西湖区, or a code.

    :raises ValidationError: the name is unknown, or several places could be meant: they are offered, none is guessed
    """
    if text.isdigit() or exists(text):
        return text
    found = split(text)
    if len(found.candidates) == 1 and not found.detail:
        return found.candidates[0].place.code
    if len(found.candidates) > 1:
        offered = _("；").join(f"{each.full_name} {each.place.code}" for each in found.candidates[:5])
        raise ValidationError(_("不能确定是哪个地区，请改为其中之一：%s。") % offered, code="place_ambiguous")
    raise ValidationError(_("没有“%s”这个地区：请填省市区全称或 6 位代码。") % text[:30], code="place")


# What came of it


def rejects(job: ImportJob) -> tuple[list[str], Iterator[list[str]]]:
    """Return the refused rows as a table that can be corrected and uploaded again: line, errors, then the cells as given."""
    given = [header for header in job.headers if _names().get(header) not in ("line", "errors")]
    return [headers()["line"], headers()["errors"], *given], _reject_rows(job, given)


def _reject_rows(job: ImportJob, given: list[str]) -> Iterator[list[str]]:
    for reject in job.rejects.order_by("line").iterator():
        content = json.loads(reject.content)
        words = _("；").join(f"{header}{_('：%s') % what}" if header else what for header, what in content["errors"])
        yield [str(reject.line), words, *(content["cells"].get(header, "") for header in given)]
