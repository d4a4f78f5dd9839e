"""What every verb of a complaint does first and last: fetch the locked row within the scope; stamp it, save it, state the fact."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from complaints.models import Complaint, Saying
from core.journal import Fact, publish
from core.models import Actor
from network.models import Person
from orders.services.common import label
from orders.services.common import locked as locked_order
from rulebook.errors import Conflict, Denied, Refused
from rulebook.events import On

CLAUSE = "§1.6.1"
LONGEST = 1000


def locked(pk: int, clerk: Person) -> Complaint:
    """
    Return the complaint within the clerk's scope; its order's row is locked before it (design §6.10).

    :raises Complaint.DoesNotExist: there is none, or it lies outside the scope
    """
    return locked_of(Complaint.objects.visible_to(clerk).filter(pk=pk))


def locked_of(seen: QuerySet[Complaint]) -> Complaint:
    """Return the one complaint of a queryset, locked."""
    pk, number = seen.values_list("pk", "order__number").get()
    if number:
        locked_order(number)
    related = ("order", "key_account", "branch", "person", "owner", "fault")
    complaint: Complaint = Complaint.objects.locked().select_related(*related).get(pk=pk)
    return complaint


def handled(pk: int, clerk: Person) -> Complaint:
    """
    Return the locked complaint for whoever decides on it: the department; on internal ones the quality centre (§1.6.2).

    :raises Denied: the clerk's posts do not handle this kind
    """
    complaint = locked(pk, clerk)
    require_handler(complaint, clerk)
    return complaint


def require_handler(complaint: Complaint, clerk: Person) -> None:
    """:raises Denied: the clerk's posts do not handle this kind of complaint"""
    if not may_handle(complaint, clerk):
        words = _("内部投诉由品管中心处理。") if complaint.internal else _("投诉由电子商务管理部处理。")
        raise Denied(words)


def may_handle(complaint: Complaint, clerk: Person) -> bool:
    return clerk.may("handle_internal_complaint" if complaint.internal else "handle_complaint")


def in_state(complaint: Complaint, states: Collection[str]) -> None:
    """:raises Conflict: the complaint has moved on"""
    if complaint.state not in states:
        words = _("当前状态为“%(state)s”，不能执行该操作。") % {"state": complaint.get_state_display()}
        raise Conflict(words, **complaint.last_act())


def words_of(text: str, missing: str, *, clause: str = CLAUSE, field: str = "text", longest: int = LONGEST) -> str:
    """:raises Refused: nothing is said, or too much"""
    text = text.replace("\0", "").strip()
    if not text:
        raise Refused(clause, missing, field=field)
    if len(text) > longest:
        raise Refused(clause, _("内容过长，最多 %d 个字。") % longest, field=field)
    return text


def done(
    complaint: Complaint, name: On, by: Actor, who: str, now: datetime, *, at: datetime | None = None, text: str = "",
    **data: object,
) -> Complaint:  # fmt: skip
    """Stamp and save the complaint, state the fact, and keep the words that belong to it."""
    complaint.last_actor, complaint.last_at = who, now
    complaint.save()
    entries = publish(fact(complaint, name, by, at or now, recorded=now, **data))
    if text:
        Saying.objects.create(
            complaint=complaint, entry=entries[0], name=name, round=complaint.round, text=text, at=at or now
        )
    return complaint


def done_by(complaint: Complaint, name: On, clerk: Person, now: datetime, **more: object) -> Complaint:
    return done(complaint, name, clerk.actor, label(clerk), now, **more)  # type: ignore[arg-type]


def fact(complaint: Complaint, name: On, by: Actor, at: datetime, *, recorded: datetime, **data: object) -> Fact:
    """Return a fact about a complaint, with what the clocks may ask of it; it belongs to its order, if it has one."""
    order = complaint.order
    return Fact(
        name=name, subject=complaint.subject, at=at, recorded=recorded, by=by, order=order.number if order else "",
        also=(order.subject,) if order else (), data={**complaint.clock_facts(), **declared(complaint), **data},
    )  # fmt: skip


def declared(complaint: Complaint) -> dict[str, object]:
    return {"declared_value": str(complaint.order.declared_value)} if complaint.order else {}
