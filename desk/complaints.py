"""What the complaint desk shows: complaints of one's scope with the clock that runs out first, joined from complaints and sla."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from complaints.choices import DECIDED, State
from complaints.models import Complaint
from core.language import in_words
from core.personal import blind, digits
from network.models import Person, Unit
from orders.models import Order
from rulebook.categories import CATEGORIES
from sla.models import Deadline

PAGE = 30
LATELY = timedelta(days=30)
SUBJECT = Concat(Value("complaint/"), Cast("pk", CharField()))


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: Any
    holds: Q


TOLD = Q(state__in=DECIDED, told_at__isnull=False)
TABS = (
    Tab("new", _("待受理"), Q(state=State.FILED)),
    Tab("open", _("处理中"), Q(state__in=(State.INVESTIGATING, State.PROPOSED))),
    Tab("tell", _("待告知结果"), Q(state__in=DECIDED, told_at=None, internal=False)),
    Tab("end", _("待补救或结案"), TOLD | Q(state__in=DECIDED, internal=True)),
    Tab("closed", _("已结案"), Q(state=State.CLOSED)),
    Tab("all", _("全部"), Q()),
)
TAB = {tab.key: tab for tab in TABS}


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the complaint, its category in words, the clock that runs out first, how often its unit was complained of lately."""

    complaint: Complaint
    category: str
    clock: Deadline | None
    lately: int

    @property
    def number(self) -> str:
        return self.complaint.number

    @property
    def responsible(self) -> Unit | None:
        return self.complaint.fault or self.complaint.branch


def counts(seen: QuerySet[Complaint]) -> dict[str, int]:
    """Count the tabs: one query."""
    return dict(seen.aggregate(**{f"in_{tab.key}": Count("pk", filter=tab.holds) for tab in TABS}))


def known(person: Person, filters: Mapping[str, Any], now: datetime) -> QuerySet[Complaint]:
    """Return what one sees, narrowed by the filters of the page."""
    seen = Complaint.objects.visible_to(person)
    for name in ("category", "filer"):
        if filters.get(name):
            seen = seen.filter(**{name: filters[name]})
    if filters.get("branch"):
        seen = seen.filter(Q(branch__code=filters["branch"]) | Q(fault__code=filters["branch"]))
    if filters.get("only"):
        seen = seen.filter(_only(filters["only"], person, now))
    return seen.filter(_named(filters["text"])) if filters.get("text") else seen


def _only(which: str, person: Person, now: datetime) -> Q:
    late = Deadline.objects.open().filter(subject__startswith="complaint/", due_at__lt=now).values_list("subject", flat=True)
    match which:
        case "mine":
            return Q(owner=person)
        case "late":
            return Q(pk__in=[int(subject.removeprefix("complaint/")) for subject in late])
        case "serious":
            return Q(serious=True)
        case "repeated":
            return Q(repeats__isnull=False) | Q(round__gt=1)
        case "key":
            return Q(key_account__isnull=False)
    return Q(internal=which == "internal")


def _named(text: str) -> Q:
    """Find by the complaint's or order's number, or the complainant's whole phone."""
    text = text.strip()
    found = Q(number__iexact=text) | Q(order__number__iexact=text) | Q(external_no=text)
    return found | Q(contact_index=blind(digits(text))) if len(digits(text)) >= 7 else found


def listed(found: QuerySet[Complaint], tab: Tab) -> QuerySet[Complaint]:
    """Return a tab's complaints, those first whose clock runs out first; closed ones by when they ended."""
    running = Deadline.objects.open().filter(subject=OuterRef("subject_text"), due_at__isnull=False).order_by("due_at")
    related = ("order__key_account__customer", "branch", "fault", "owner", "key_account__customer")
    rows = found.filter(tab.holds).select_related(*related).annotate(subject_text=SUBJECT)
    if tab.key == "closed":
        return rows.order_by("-closed_at", "-pk")
    return rows.annotate(due=Subquery(running.values("due_at")[:1])).order_by(F("due").asc(nulls_last=True), "filed_at", "pk")


def rows(page: Iterable[Complaint], now: datetime) -> list[Row]:
    """Dress complaints; two queries."""
    found = list(page)
    running = Deadline.objects.open().filter(subject__in=[each.subject for each in found], due_at__isnull=False)
    first = {each.subject: each for each in running.order_by("-due_at")}
    units = {each.fault_id or each.branch_id for each in found} - {None}
    recent = Complaint.objects.filter(branch__in=units, filed_at__gte=now - LATELY, internal=False).values("branch")
    lately = {row["branch"]: row["count"] for row in recent.annotate(count=Count("pk"))}
    return [
        Row(each, in_words(CATEGORIES[each.category]), first.get(each.subject), lately.get(each.fault_id or each.branch_id, 0))
        for each in found
    ]


def related_to(complaint: Complaint, person: Person) -> QuerySet[Complaint]:
    """Return other complaints of the same order or complainant, newest first."""
    same = Q(order=complaint.order_id) if complaint.order_id else Q(pk__in=[])
    if complaint.contact_index:
        same |= Q(contact_index=complaint.contact_index)
    return Complaint.objects.visible_to(person).filter(same).exclude(pk=complaint.pk).order_by("-filed_at")[:10]


def of_order(order: Order, person: Person) -> list[Complaint]:
    """Return the complaints about an order, newest first, for whoever may see complaints."""
    seen = Complaint.objects.visible_to(person) if person.may("see_complaints") else Complaint.objects.none()
    return list(seen.filter(order=order).order_by("-filed_at"))


