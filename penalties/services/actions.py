"""What people do about an action a tier asks for: show that it is done; name who answers for a vacant post (§1.7.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import publish
from network.models import Person
from orders.services.common import label
from penalties.models import TierAction
from penalties.services.tiers import fact
from rulebook.errors import Conflict, Denied, Refused
from rulebook.events import On
from rulebook.tiers import RECTIFICATION_LENGTH, length_of

LONGEST = 20_000
SELF = frozenset({"letter", "call", "call_and_report"})
"""Proofs that the person asked gives; the days of a suspension and a change of post are recorded by the department."""


@transaction.atomic
def complete(*, pk: int, clerk: Person, now: datetime, **said: Any) -> TierAction:
    """
    Show that what was asked for is done.

    :param said: text (letter, report); call_with, called_at, call_text (explanation by phone); starts_on, ends_on (suspension);
        before, after, starts_on (change of grade or post)
    :raises Refused: the letter is short of 300 characters, a call without its record, days that do not add up
    :raises Denied: it is somebody else's to do
    :raises Conflict: it is done or withdrawn already
    """
    action = _locked(pk, clerk)
    if not may_complete(action, clerk):
        raise Denied(_("该整改措施由被要求的人本人完成；停职、降职和退回由管理部登记。"))
    proof = PROOFS[action.row.proof](action, said, now)
    perform(action.complete, by=clerk, at=now, proof=proof)
    return _done(action, On.TIER_ACTION_DONE, clerk, now)


def may_complete(action: TierAction, clerk: Person) -> bool:
    own = action.person_id == clerk.pk and action.row.proof in SELF
    return own or clerk.may("manage_tiers")


@transaction.atomic
def name_person(*, pk: int, clerk: Person, number: str, now: datetime) -> TierAction:
    """
    Name who answers where the post was vacant.

    :raises Refused: nobody of this number holds a post
    :raises Conflict: somebody answers already, or the same is asked of this person
    """
    clerk.require("manage_tiers")
    action = _locked(pk, clerk)
    if action.person_id:
        raise Conflict(_("该措施已有责任人。"), **action.last_act())
    person = Person.objects.filter(number=number.strip(), posts__until=None).distinct().first()
    if person is None:
        raise Refused(action.clause, _("没有工号为 %s 的在岗人员。") % number, field="number")
    answers = f"person/{person.pk}"
    if TierAction.objects.standing().filter(key=action.key, answers=answers).exists():
        raise Conflict(_("本月已向此人下达同一措施。"))
    action.person, action.answers = person, answers
    return _done(action, On.TIER_ACTION_ISSUED, clerk, now)


def _locked(pk: int, clerk: Person) -> TierAction:
    action: TierAction = TierAction.objects.visible_to(clerk).locked().select_related("person", "unit").get(pk=pk)
    return action


def _done(action: TierAction, name: On, clerk: Person, now: datetime) -> TierAction:
    action.last_actor, action.last_at = label(clerk), now
    action.save()
    publish(fact(name, action, clerk.actor, now))
    return action


# What shows that it is done.


def _letter(action: TierAction, said: Mapping[str, Any], _now: datetime) -> dict[str, Any]:
    return {"text": _text(action, said, RECTIFICATION_LENGTH)}


def _text(action: TierAction, said: Mapping[str, Any], least: int) -> str:
    text = str(said.get("text") or "").replace("\0", "").strip()
    if (found := length_of(text)) < least:
        words = _("整改内容不少于 %(least)d 字（空格、换行不计），现为 %(found)d 字，请补充。")
        raise Refused(action.clause, words % {"least": least, "found": found}, field="text")
    if len(text) > LONGEST:
        raise Refused(action.clause, _("内容过长，最多 %d 个字。") % LONGEST, field="text")
    return text


def _call(action: TierAction, said: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    with_whom, told = _line(action, said, "call_with", 60, _("请填写通话对象。")), _line(action, said, "call_text", 1000, _("请填写说明内容。"))
    called = said.get("called_at")
    if not isinstance(called, datetime) or not action.issued_at <= called <= now:
        raise Refused(action.clause, _("通话时间须在措施下达之后、现在之前。"), field="called_at")
    return {"call_with": with_whom, "called_at": called, "call_text": told}


def _call_and_report(action: TierAction, said: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {**_call(action, said, now), "text": _text(action, said, 1)}


def _days(action: TierAction, said: Mapping[str, Any], _now: datetime) -> dict[str, Any]:
    first, last = said.get("starts_on"), said.get("ends_on")
    if not isinstance(first, date):
        raise Refused(action.clause, _("请填写停职首日。"), field="starts_on")
    if not isinstance(last, date) or last - first != timedelta(days=action.row.days - 1):
        raise Refused(action.clause, _("停职须为连续 %d 天，请核对首日和末日。") % action.row.days, field="ends_on")
    return {"starts_on": first, "ends_on": last}


def _post(action: TierAction, said: Mapping[str, Any], _now: datetime) -> dict[str, Any]:
    before = _line(action, said, "before", 60, _("请填写原职级或岗位。"))
    after = _line(action, said, "after", 60, _("请填写新职级或岗位。"))
    if not isinstance(said.get("starts_on"), date):
        raise Refused(action.clause, _("请填写生效日。"), field="starts_on")
    if before == after:
        raise Refused(action.clause, _("新职级或岗位须与原来不同。"), field="after")
    return {"before": before, "after": after, "starts_on": said["starts_on"]}


def _line(action: TierAction, said: Mapping[str, Any], name: str, longest: int, missing: str) -> str:
    text = str(said.get(name) or "").replace("\0", "").strip()
    if not text:
        raise Refused(action.clause, missing, field=name)
    if len(text) > longest:
        raise Refused(action.clause, _("内容过长，最多 %d 个字。") % longest, field=name)
    return text


PROOFS: dict[str, Callable[[TierAction, Mapping[str, Any], datetime], dict[str, Any]]] = {
    "letter": _letter, "call": _call, "call_and_report": _call_and_report, "days": _days, "post": _post,
}  # fmt: skip
