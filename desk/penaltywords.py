"""Penalties in words: what for, who pays, by which regulation, why reversed; and the chain behind one (§1.7.4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import Complaint
from core.language import english, in_words
from core.models import Entry
from desk import words
from desk.reasonwords import REVERSED
from network.models import Person, Unit
from orders.models import Order
from penalties.models import Penalty, RegulationVersion, in_force
from rulebook.clauses import CLAUSES
from rulebook.due import local_day
from rulebook.fines import FINES, REGULATIONS
from rulebook.roles import Role
from sla.models import Step
from sla.services import explain

CASES = {(row.clause, row.case): row for row in FINES}
CAUSES = {
    "step": lazy("超时"), "complaint": lazy("投诉裁定"), "check": lazy("核查"), "watch": lazy("监控名单"), "manual": lazy("部门录入"),
    "missed_pair": lazy("连续漏接货"), "lost_lane": lazy("线路流失"),
}  # fmt: skip
POSTS: dict[str, Any] = {role.value: role for role in Role}
"""What a vacant payer's middle part may name; anything else is named as it is."""


def what(penalty: Penalty) -> str:
    """Name the violation in the reader's language."""
    row = CASES.get((penalty.clause, penalty.case))
    return in_words(row) if row else penalty.case


def cause(penalty: Penalty) -> str:
    return str(CAUSES.get(penalty.cause.partition("/")[0], penalty.cause))


def payer(penalty: Penalty) -> str:
    """Name who pays: the person, the unit, or the post that nobody held."""
    if penalty.person:
        return f"{penalty.person.name}（{penalty.person.number}）"
    if not penalty.is_vacant:
        return str(penalty.unit or penalty.payer)
    post = penalty.payer.split("/")[1]
    named = in_words(POSTS[post]) if post in POSTS else post
    return _("岗位空缺：%(unit)s %(post)s") % {"unit": penalty.unit or "", "post": named}


def why_reversed(penalty: Penalty) -> str:
    """Return the reason of a reversal; the clocks' own are codes."""
    return str(REVERSED.get(penalty.reason, penalty.reason))


def regulation(penalty: Penalty) -> str:
    version = in_force(RegulationVersion.objects.of([penalty.regulation]).get(penalty.regulation, ()), local_day(penalty.at))
    seeded = REGULATIONS.get(penalty.regulation)
    return version.title if version else seeded.title if seeded else penalty.regulation


def clause_text(penalty: Penalty) -> str:
    row = CLAUSES.get(penalty.clause)
    return ((row.text_en or row.en) if english() else (row.text_zh or row.zh)) if row else ""


def chain(penalty: Penalty) -> dict[str, Any]:
    """Return what lies behind a penalty: its clause's words, the breach and how its limit was reckoned, the order, the events."""
    kind, _slash, key = penalty.cause.partition("/")
    step = _step(key) if kind == "step" else None
    return {
        "clause_text": clause_text(penalty), "step": step,
        "lines": [line.say("en" if english() else "zh") for line in explain(step.deadline)] if step else [],
        "limit": in_words(step.deadline.limit) if step else "",
        "order": Order.objects.filter(number=penalty.order_number).first() if penalty.order_number else None,
        "timeline": words.timeline(_events(penalty)),
        "complaint": Complaint.objects.filter(pk=int(key.partition("/")[0])).first() if kind == "complaint" else None,
    }  # fmt: skip


def _step(key: str) -> Step | None:
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    return Step.objects.select_related("deadline__order", "responsible_unit", "responsible_person").filter(pk=wanted).first()


def _events(penalty: Penalty) -> Iterable[Entry]:
    if penalty.order_number:
        return Entry.objects.of_order(penalty.order_number)
    return Entry.objects.about(penalty.subject) | Entry.objects.about(penalty.cause)


def names(payers: Iterable[str]) -> dict[str, str]:
    """Return the names of payers by their keys; two queries."""
    keys = [key.split("/") for key in set(payers)]
    people = Person.objects.in_bulk([int(k[1]) for k in keys if k[0] == "person"])
    units = Unit.objects.in_bulk([int(k[1]) for k in keys if k[0] == "unit"])
    named = {f"person/{pk}": f"{each.number} {each.name}" for pk, each in people.items()}
    return named | {f"unit/{pk}": f"{each.code} {each.name}" for pk, each in units.items()}
