"""Filing a complaint (§1.6.1): by a customer, a partner, the call centre, a branch or an office; what it is about, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from complaints.choices import Filer
from complaints.models import Complaint
from complaints.services import evidence
from complaints.services.common import CLAUSE, done, words_of
from complaints.services.evidence import File
from core import rows
from core.files import files_with_rows
from core.models import Actor
from customers.models import KeyCustomer
from network.choices import CALL_CENTRE, UnitKind
from network.models import Person, Post, Unit
from orders.forms import MOST_MONEY
from orders.models import Order
from orders.numbers import complaint_number
from orders.services.common import label
from orders.services.common import locked as locked_order
from rulebook.categories import CATEGORIES, CAUSES
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is complained of. `branch`: a unit's code; `person`: a staff number; amounts in CNY."""

    category: str
    text: str
    cause: str = ""
    amount: Decimal | None = None
    internal: bool = False
    serious: bool = False
    branch: str = ""
    person: str = ""
    contact_name: str = ""
    contact_phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who files: the actor and their name, as whom; `source` and `key` make the same complaint sent twice one."""

    by: Actor
    who: str
    filer: Filer
    person: Person | None = None
    source: str = ""
    key: str = ""


def file(*, matter: Matter, clerk: Person, now: datetime, order: str = "", files: Sequence[File] = (), key: str = "") -> Complaint:
    """
    File what a customer or colleague told the clerk.

    :param order: its number; a branch files about its own orders
    :param key: a one-time token of the form, so that a double click files once
    :raises Refused: something is missing or not so; the field is named
    :raises Order.DoesNotExist: no such order within the clerk's scope
    """
    clerk.require("file_complaint")
    found = Order.objects.visible_to(clerk).get(number=order) if order else None
    sender = Sender(by=clerk.actor, who=label(clerk), filer=_filer_of(clerk), person=clerk, source="desk", key=key)
    return file_from(sender=sender, matter=matter, order=found, files=files, now=now)


def _filer_of(clerk: Person) -> Filer:
    if not clerk.roles.isdisjoint(CALL_CENTRE):
        return Filer.CALL_CENTRE
    return Filer.BRANCH if clerk.unit and clerk.unit.kind == UnitKind.BRANCH else Filer.OFFICE


@files_with_rows()
def file_from(*, sender: Sender, matter: Matter, order: Order | None, now: datetime, files: Sequence[File] = ()) -> Complaint:
    """
    File a complaint; the door has checked that this sender may speak of this order.

    :raises Refused: something is missing or not so
    :raises Conflict: the sender's own number is taken by a different complaint
    """
    try:
        return _store(sender, matter, order, files, now)
    except IntegrityError:
        first = Complaint.objects.filter(source=sender.source, external_no=sender.key).first() if sender.key else None
        if first is None:
            raise
        if (first.category, first.text, first.order_id) != (matter.category, matter.text.strip(), order.pk if order else None):
            raise Conflict(_("该编号已用于另一项投诉：%s") % first.number, **first.last_act()) from None
        known: Complaint = first
        return known


@transaction.atomic
def _store(sender: Sender, matter: Matter, order: Order | None, files: Sequence[File], now: datetime) -> Complaint:
    if order:
        order = locked_order(order.number)
    check_matter(matter.category, matter.cause, matter.amount)
    branch = _unit_of(matter.branch) or (order.branch if order else None)
    complaint = Complaint(
        order=order, filer=sender.filer, filed_by=sender.person, unit=sender.person.unit if sender.person else None,
        source=sender.source if sender.key else "", external_no=sender.key, filed_at=now, opened_at=now, internal=matter.internal,
        category=matter.category, cause=matter.cause, amount=matter.amount, serious=matter.serious, branch=branch,
        text=words_of(matter.text, _("请写明投诉内容。")), person=staff_of(matter.person, branch), repeats=_earlier(order, matter.internal),
    )  # fmt: skip
    _name_contact(complaint, matter)
    complaint.key_account = _key_account(complaint, now)
    rows.give_keys([complaint])
    complaint.number = complaint_number(complaint.pk, now)
    complaint.save(force_insert=True)
    kept = evidence.keep(complaint.subject, files, by=sender.by, person=sender.person, now=now, clause=CLAUSE)
    return done(complaint, On.COMPLAINT_FILED, sender.by, sender.who, now, filer=sender.filer, files=len(kept))


def check_matter(category: str, cause: str, amount: Decimal | None) -> None:
    """:raises Refused: an unknown category, a cause where nothing was damaged, an amount that is none"""
    if category not in CATEGORIES:
        raise Refused(CLAUSE, _("请选择投诉类别。"), field="category")
    if cause and (category != "damage_loss" or cause not in CAUSES):
        raise Refused("§1.6.1.1", _("损失原因只用于破损、丢失类投诉，请从列表中选择或留空。"), field="cause")
    if amount is None:
        return
    whole = amount.is_finite() and amount == amount.quantize(Decimal("0.01")) if amount.is_finite() else False
    if not whole or not 0 < amount <= MOST_MONEY:
        raise Refused("§1.6.1.1", _("索赔金额须大于 0，最多两位小数；没有则留空。"), field="amount")


def _unit_of(code: str) -> Unit | None:
    if not code:
        return None
    unit: Unit | None = Unit.objects.filter(code=code, closed_at=None).first()
    if unit is None:
        raise Refused(CLAUSE, _("没有编号为 %s 的部门或营业部。") % code[:20], field="branch")
    return unit


def staff_of(number: str, unit: Unit | None, *, field: str = "person") -> Person | None:
    """
    Return the member of staff of this number, who holds or held a post in the unit or below it.

    :raises Refused: nobody of this number, or not of this unit
    """
    if not number:
        return None
    person: Person | None = Person.objects.filter(number=number).first()
    if person is None:
        raise Refused(CLAUSE, _("没有工号为 %s 的人员。") % number[:20], field=field)
    if unit and not Post.objects.filter(person=person, unit__in=Unit.objects.below(unit)).exists():
        raise Refused(CLAUSE, _("工号 %(number)s 不是%(unit)s的人员。") % {"number": number[:20], "unit": unit.name}, field=field)
    return person


def _earlier(order: Order | None, internal: bool) -> Complaint | None:
    """Return the latest customer's complaint about the same order (§4.4.6r)."""
    if order is None or internal:
        return None
    found: Complaint | None = Complaint.objects.filter(order=order, internal=False).order_by("-filed_at", "-pk").first()
    return found


def _name_contact(complaint: Complaint, matter: Matter) -> None:
    """A customer can be told the result: by the contact given, else as the shipper of the order."""
    if complaint.internal:
        return
    order = complaint.order
    name = matter.contact_name.strip() or (order.shipper_name if order else "")
    phone = matter.contact_phone.strip() or (order.shipper_phone if order else "")
    if not phone:
        raise Refused(CLAUSE, _("请填写投诉人电话，以便告知处理结果。"), field="contact_phone")
    complaint.set_contact(name[:60], phone[:30])


def _key_account(complaint: Complaint, now: datetime) -> KeyCustomer | None:
    if complaint.order:
        return complaint.order.key_account
    if not complaint.contact_index:
        return None
    in_force = KeyCustomer.objects.in_force(local_day(now))
    found: KeyCustomer | None = in_force.of_phone(complaint.contact_index).first()
    return found
