"""What an adjudication finds and the fines it carries (§1.7.2, §2.2, §4.4.6r); taken back when the complaint is reopened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.journal import Fact
from core.models import Entry
from network.models import Person, Unit
from network.services import Answerable
from orders.models import BillLine, Order, Waybill
from penalties.choices import Scope
from penalties.models import PerformancePoint, PointEntry, TierAction
from penalties.services import tiers
from penalties.services.booking import month_of
from penalties.services.imposing import impose
from penalties.services.reversing import reverse
from rulebook.events import On
from rulebook.findings import FINDINGS
from rulebook.fines import PERFORMANCE_POINTS_FOR_LOSS
from rulebook.products import FREIGHT_LINES
from rulebook.roles import Role
from rulebook.streaks import returned_to_hr
from rulebook.tiers import KEY_FORM_WORKDAYS, RETURN_WORKDAYS

RETURN = "return_to_hr"
TIMES_FREIGHT = 3  # owed to the customer who was overcharged (§1.7.2.6)
REOPENED = "complaint_reopened"
"""Why fines were reversed, as a code: the page puts it into the reader's language."""


def on_upheld(entry: Entry) -> list[Fact]:
    """Impose what each finding carries, and what an attitude complaint of a key customer does (§2.2.1)."""
    said, unit = entry.data, _unit(entry)
    if said.get("internal") or unit is None:
        return []
    order = Order.objects.filter(number=entry.order_number).first() if entry.order_number else None
    facts: list[Fact] = []
    for code, values in (said.get("findings") or {}).items():
        facts += _found(code, values or {}, entry, unit, order)
    if said.get("category") == "attitude" and said.get("key_customer"):
        facts += _attitude(entry, unit, order)
    return facts


def _unit(entry: Entry) -> Unit | None:
    key = entry.data.get("branch")
    return Unit.objects.filter(pk=int(key)).first() if key else None


def cause_of(entry: Entry) -> str:
    """Return the text key of an adjudication: each round of a complaint is one."""
    return f"{entry.subject}/{entry.data['round']}"


def _found(code: str, values: Mapping[str, Any], entry: Entry, unit: Unit, order: Order | None) -> list[Fact]:
    row = FINDINGS[code]
    person = Person.objects.filter(pk=values["person"]).first() if values.get("person") else None
    loss = Decimal(str(values["loss"])) if values.get("loss") else None
    at = order.accepted_at if code == "not_contacted" and order and order.accepted_at else entry.occurred_at
    impose(
        clause=row.clause, case=row.case, cause=cause_of(entry), at=at, now=entry.recorded_at, by=entry.actor, unit=unit,
        person=person, order=order, entry=entry, base=loss, text=overcharge(order) if code == "overcharge" else "",
    )  # fmt: skip
    return _rectify(entry, unit) if code == "loss" else []


def freight_of(order: Order) -> Decimal:
    """Return the freight lines of an order's waybill as it stands, at system price; nothing where there is none."""
    waybill = Waybill.objects.filter(order=order).first()
    lines = waybill.lines_now().filter(code__in=FREIGHT_LINES) if waybill else BillLine.objects.none()
    return lines.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def overcharge(order: Order | None) -> str:
    """Return the amount that is proposed to the department, as the sum it is: 3 × the freight lines (§1.7.2.6) †."""
    freight = freight_of(order) if order else Decimal(0)
    return f"{TIMES_FREIGHT} × {freight:.2f} = {TIMES_FREIGHT * freight:.2f}" if freight else ""


def _rectify(entry: Entry, unit: Unit) -> list[Fact]:
    """Take performance points from the manager and ask for the rectification form (§2.2.3)."""
    cause, manager = cause_of(entry), Answerable([unit.pk]).person(Role.BRANCH_MANAGER, unit.pk, entry.occurred_at)
    PerformancePoint.objects.get_or_create(
        cause=cause, reverses=None,
        defaults={
            "person_id": manager, "unit": unit, "points": PERFORMANCE_POINTS_FOR_LOSS, "order_number": entry.order_number,
            "month": month_of(entry.occurred_at), "at": entry.occurred_at,
        },
    )  # fmt: skip
    return tiers.ask(
        clause="§2.2.3", who=Role.BRANCH_MANAGER, action="key_rectification_form", key=f"§2.2.3/{cause}", answers=manager,
        unit=unit, cause=cause, workdays=KEY_FORM_WORKDAYS, entry=entry,
    )  # fmt: skip


def _attitude(entry: Entry, unit: Unit, order: Order | None) -> list[Fact]:
    """Fine the person; return to HR whom it was the second in a row or the third of the month (§2.2.1)."""
    person = Person.objects.filter(pk=entry.data["person"]).first() if entry.data.get("person") else None
    impose(
        clause="§2.2.1", case="attitude", cause=cause_of(entry), at=entry.occurred_at, now=entry.recorded_at, by=entry.actor,
        unit=unit, person=person, order=order, entry=entry,
    )  # fmt: skip
    month = month_of(entry.occurred_at)
    if person is None or not returned_to_hr(_said_of(person, month)):
        return []
    asked = tiers.ask(
        clause="§2.2.1", who=Role.DEPARTMENT, action=RETURN, key=_hr_key(month), answers=person.pk, unit=unit,
        cause=cause_of(entry), workdays=RETURN_WORKDAYS, entry=entry,
    )  # fmt: skip
    ordered = [
        Fact(
            name=On.RETURN_TO_HR_ORDERED, subject=fact.subject, at=entry.recorded_at, by=entry.actor, order=entry.order_number,
            in_sequence=False, also=(entry.subject,), data={"person": person.pk, "month": f"{month:%Y-%m}", "unit": unit.pk, "clause": "§2.2.1"},
        )
        for fact in asked
    ]  # fmt: skip
    return asked + ordered


def _hr_key(month: date) -> str:
    return f"§2.2.1/hr/{month:%Y-%m}"


def _said_of(person: Person, month: date) -> list[bool]:
    """Tell, for each complaint about the person upheld that month, in order, whether it is a key customer's about attitude."""
    standing = PointEntry.objects.standing().of_month(month).filter(person=person).order_by("at", "pk")
    return [row.category == "attitude" and row.key_customer for row in standing]


def on_reopened(entry: Entry) -> list[Fact]:
    """Take back, by counter-entries, what the round that ended had carried: fines, performance points, forms."""
    cause = cause_of(entry)
    reverse(cause=cause, reason=REOPENED, by=entry.actor, at=entry.recorded_at)
    taken = PerformancePoint.objects.filter(cause=cause, reverses=None, counter=None).first()
    if taken:
        PerformancePoint.objects.create(
            person=taken.person, unit=taken.unit, cause=cause, order_number=taken.order_number, points=-taken.points,
            month=taken.month, at=entry.occurred_at, reverses=taken,
        )  # fmt: skip
    asked = TierAction.objects.filter(cause=cause, scope=Scope.CASE).exclude(action=RETURN)
    return tiers.withdraw(asked, by=entry.actor, now=entry.recorded_at) + _not_returned(entry)


def _not_returned(entry: Entry) -> list[Fact]:
    """Withdraw a return to HR that the complaints of the month which still stand do not carry."""
    given = PointEntry.objects.credited().filter(subject=entry.subject, round=int(entry.data["round"])).select_related("person").first()
    if given is None or given.person is None or returned_to_hr(_said_of(given.person, given.month)):
        return []
    asked = TierAction.objects.filter(key=_hr_key(given.month), person=given.person)
    return tiers.withdraw(asked, by=entry.actor, now=entry.recorded_at)


HEARS = {On.COMPLAINT_UPHELD: on_upheld, On.COMPLAINT_REOPENED: on_reopened}
