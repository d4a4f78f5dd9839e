"""The facts of a complaint in words (§1.6, §4.4), for the timelines of its page and of its order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from complaints.choices import Answer, Filer, RedressKind, State, Told
from core.language import in_words
from rulebook.categories import CATEGORIES
from rulebook.events import On
from rulebook.findings import FINDINGS
from rulebook.points import POINTS

SENTENCES: dict[str, tuple[str, str]] = {
    On.COMPLAINT_FILED: ("alert", gettext_noop("登记投诉：%(category)s，来源%(filer)s（§1.6.1）")),
    On.COMPLAINT_TAKEN: ("user", gettext_noop("开始处理投诉")),
    On.COMPLAINT_NOTED: ("note", gettext_noop("调查情况%(by_unit)s")),
    On.COMPLAINT_RECATEGORISED: ("edit", gettext_noop("更正投诉类别为%(category)s（§1.6.1）")),
    On.INSURER_DATE_RECORDED: ("calendar", gettext_noop("登记保险公司赔付日 %(insurer_on)s（§1.6.1.1）")),
    On.COMPLAINT_INTERIM_ANSWERED: ("note", gettext_noop("阶段答复客户，承诺 %(until)s 前给出结果（§4.4.6）")),
    On.COMPLAINT_PROPOSED: ("note", gettext_noop("提出处理方案")),
    On.COMPLAINT_UPHELD: ("check", gettext_noop("裁定成立：责任方%(branch)s%(score)s%(and_found)s（§1.6.2）")),
    On.COMPLAINT_DISMISSED: ("x", gettext_noop("裁定不成立")),
    On.COMPLAINT_RESULT_TOLD: ("phone", gettext_noop("告知投诉人处理结果：%(told_by)s（§1.6.1）")),
    On.COMPLAINT_ANSWERED: ("user", gettext_noop("投诉人答复：%(answer)s")),
    On.COMPLAINT_CLOSED: ("check", gettext_noop("结案，投诉人%(answer)s")),
    On.COMPLAINT_REOPENED: ("refresh", gettext_noop("重新处理：第 %(round)s 轮裁定（%(was)s）的积分和处罚冲回")),
    On.COMPLAINT_APOLOGY_RECORDED: ("phone", gettext_noop("已道歉（§4.4.1）")),
    On.COMPLAINT_VISITED: ("home", gettext_noop("已上门拜访（§4.4.1）")),
    On.COMPLAINT_VISIT_REPORTED: ("file", gettext_noop("提交拜访报告（§2.2.1）")),
    On.COMPLAINT_REMEDY_RECORDED: ("shield", gettext_noop("%(redress)s（§4.4）")),
    On.EVIDENCE_ADDED: ("file", gettext_noop("添加证据 %(files)s 个文件")),
}
Row = Mapping[str, Any]


def _category(value: object) -> str:
    row = CATEGORIES.get(str(value))
    return in_words(row) if row else str(value)


def _score(row: Row) -> str:
    item = POINTS.get(str(row.get("point_code")))
    return _("，%(item)s记 %(points)s 分") % {"item": in_words(item), "points": row.get("points")} if item else ""


def _found(row: Row) -> str:
    names = [in_words(FINDINGS[code]) for code in row.get("findings") or () if code in FINDINGS]
    return _("，并认定：%s") % _("、").join(names) if names else ""


READERS: dict[str, Any] = {
    "category": lambda value, _row: _category(value),
    "filer": lambda value, _row: Filer(value).label,
    "by_unit": lambda _value, row: f" · {row.names.unit(row.get('unit'))}" if row.get("unit") else "",
    "until": lambda value, _row: f"{date.fromisoformat(str(value)):%m-%d}" if value else "",
    "score": lambda _value, row: _score(row),
    "and_found": lambda _value, row: _found(row),
    "told_by": lambda value, _row: Told(value).label,
    "answer": lambda value, _row: Answer(value).label if value else _("（内部投诉）"),
    "was": lambda value, _row: State(value).label,
    "redress": lambda value, _row: RedressKind(value).label,
}
