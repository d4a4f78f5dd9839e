"""The monthly call (§4.3.2.9), the satisfaction survey (§4.2.8), the telephone's figures (§4.3.1.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.journal import Fact, publish
from core.models import Actor
from customers.choices import CallResult
from customers.models import Customer, CustomerCall, PhoneDay, SurveyAnswer
from network.models import Person, Unit
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.standards import BEST, QUESTIONS

CALLS, SURVEY, PHONE = "§4.3.2.9", "§4.2.8", "§4.3.1.2"
COUNTS = ("offered", "answered", "in_two_rings", "waited_well")
MOST_CALLS = 1_000_000


@transaction.atomic
def record_call(
    *, customer: int, clerk: Person, result: str, text: str, now: datetime, satisfaction: int | None = None
) -> CustomerCall:
    """
    Record a call to a customer (回访); reached, it counts as the month's (§4.3.2.9).

    :param satisfaction: 1 to 5, where the customer said so
    :raises Refused: nothing is said, no such result, or a satisfaction outside the range or of somebody not reached
    """
    clerk.require("call_customer")
    found = Customer.objects.visible_to(clerk).get(pk=customer)
    if result not in CallResult.values:
        raise Refused(CALLS, _("请从列表中选择一项。"), field="result")
    words = text.strip()[:500]
    if not words:
        raise Refused(CALLS, _("请填写回访内容。"), field="text")
    if satisfaction is not None and (result != CallResult.REACHED or not 1 <= satisfaction <= BEST):
        raise Refused(CALLS, _("满意度为 1 到 %d，且只在接通时填写。") % BEST, field="satisfaction")
    call = CustomerCall.objects.create(
        customer=found, result=result, text=words, satisfaction=satisfaction, by=clerk, at=now
    )
    _say(On.CUSTOMER_CALLED, f"customer/{found.pk}", clerk.actor, now, branch=found.branch_id, result=result)
    return call


@transaction.atomic
def answer_survey(
    *,
    order_number: str,
    branch: Unit,
    scores: Mapping[str, Any],
    now: datetime,
    text: str = "",
    by: Actor | None = None,
) -> SurveyAnswer:
    """
    Keep what a customer thinks of one order (§4.2.8).

    :param scores: by the questions' codes, 1 to 5; what was not asked for or not answered is left out
    :raises Refused: no score at all, or one outside the range
    :raises Conflict: this order's survey is answered already
    """
    given = {code: scores[code] for code in QUESTIONS if scores.get(code) not in (None, "")}
    for code, score in given.items():
        if not isinstance(score, int) or isinstance(score, bool) or not 1 <= score <= BEST:
            raise Refused(SURVEY, _("请打 1 到 %d 分。") % BEST, field=code)
    if not given:
        raise Refused(SURVEY, _("请至少为一项打分。"), field=next(iter(QUESTIONS)))
    answer, fresh = SurveyAnswer.objects.get_or_create(
        order_number=order_number, defaults={"branch": branch, "scores": given, "text": text.strip()[:500], "at": now}
    )
    if not fresh:
        raise Conflict(_("该订单的满意度调查已提交，谢谢。"), at=answer.at)
    _say(On.SURVEY_ANSWERED, f"survey/{answer.pk}", by or Actor("customer"), now, branch=branch.pk, scores=given)
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One line of the telephone's figures: the unit's code, the day, the counts."""

    unit: str
    on: date
    offered: int
    answered: int
    in_two_rings: int
    waited_well: int


@transaction.atomic
def import_phone_days(*, lines: Sequence[Counted], clerk: Person, now: datetime) -> list[PhoneDay]:
    """
    Store the telephone's figures; a day given again is replaced by the later file (§4.3.1.2). All lines or none.

    :raises Refused: names the first line that is wrong, its field, and why
    """
    clerk.require("phone_figures")
    units = {unit.code: unit for unit in Unit.objects.filter(code__in={line.unit for line in lines}, closed_at=None)}
    seen: set[tuple[str, date]] = set()
    for row, line in enumerate(lines, start=1):
        _check(row, line, units, seen, now)
    days = [
        PhoneDay(
            unit=units[line.unit],
            on=line.on,
            recorded_by=clerk,
            recorded_at=now,
            **{name: getattr(line, name) for name in COUNTS},
        )
        for line in lines
    ]
    return PhoneDay.objects.bulk_create(
        days, update_conflicts=True, unique_fields=["unit", "on"], update_fields=[*COUNTS, "recorded_by", "recorded_at"]
    )


def _check(row: int, line: Counted, units: Mapping[str, Unit], seen: set[tuple[str, date]], now: datetime) -> None:
    wrong = _wrong(line, units, seen, now)
    if wrong:
        field, words = wrong
        raise Refused(PHONE, _("第 %(row)d 行：%(words)s") % {"row": row, "words": words}, field=field)
    seen.add((line.unit, line.on))


def _wrong(
    line: Counted, units: Mapping[str, Unit], seen: set[tuple[str, date]], now: datetime
) -> tuple[str, str] | None:
    if line.unit not in units:
        return "unit", _("没有编号为 %s 的部门。") % line.unit
    if (line.unit, line.on) in seen:
        return "on", _("同一部门同一天出现两次。")
    if line.on > local_day(now):
        return "on", _("日期不能晚于今天。")
    if any(not 0 <= getattr(line, name) <= MOST_CALLS for name in COUNTS):
        return "offered", _("数量须为 0 到 1000000 之间的整数。")
    if line.answered > line.offered:
        return "answered", _("接听数不能多于来电数。")
    if line.in_two_rings > line.answered or line.waited_well > line.answered:
        return "in_two_rings", _("两声内接听数、等待达标数不能多于接听数。")
    return None


def _say(name: On, subject: str, by: Actor, now: datetime, **data: object) -> None:
    publish(Fact(name=name, subject=subject, at=now, by=by, data=data))
