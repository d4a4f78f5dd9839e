"""The claim desk (理赔, §1.6.1.3, §4.5): what runs out first, one claim with its papers and what can be done, a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints.answers import attachment
from complaints.choices import LIVE_CLAIM, Claimed
from complaints.models import Claim, ClaimPaper, Evidence
from complaints.services import claims
from complaints.services.claims.answers import link_holds, token_of
from core import clock
from core.models import Entry
from core.personal import mask_phone
from desk import claimacts, words
from desk.claimforms import ClaimFilters, ClaimForm, OpenClaimForm
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required
from network.models import Person
from orders import sheets
from orders.models import Order
from rulebook.due import local, local_day
from rulebook.errors import Refused
from sla.models import Deadline

PAGE = 30
MOST_EXPORTED = 5000
CLAUSE = "§1.6.1.3"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: Any
    states: tuple[Claimed, ...]


TABS = (
    Tab("live", _("未结案"), LIVE_CLAIM),
    Tab("papers", _("待补资料"), (Claimed.OPENED,)),
    Tab("decide", _("待出方案"), (Claimed.PAPERS_COMPLETE, Claimed.DISPUTED)),
    Tab("answer", _("待客户答复"), (Claimed.PROPOSED,)),
    Tab("pay", _("待付款"), (Claimed.AGREED,)),
    Tab("ended", _("已办结"), (Claimed.PAID, Claimed.REJECTED, Claimed.WITHDRAWN, Claimed.CLOSED)),
)
HEADERS = (
    _("理赔单号"), _("订单号"), _("状态"), _("索赔金额"), _("声明价值"), _("保价"), _("货损原因"), _("小额赔付"), _("负责人"), _("提出时间"),
    _("资料齐全"), _("方案时限"), _("赔付金额"), _("办结时间"),
)  # fmt: skip


@staff_required
@explained
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """List what one sees, what runs out first at the top."""
    person, now = person_of(request), clock.now()
    tab, filters, found = _chosen(request, person)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "now": now, "tabs": TABS, "tab": tab.key, "page": page, "rows": _rows(page), "filters": filters, "clause": CLAUSE,
        "query": f"{query.urlencode()}&" if query else "", "may_open": person.may("open_claim"),
    }  # fmt: skip
    return render(request, "desk/claims.html", context)


def _chosen(request: HttpRequest, person: Person) -> tuple[Tab, ClaimFilters, QuerySet[Claim]]:
    person.require("see_claims")
    tab = next((each for each in TABS if each.key == request.GET.get("tab")), TABS[0])
    filters = ClaimFilters(request.GET)
    said: dict[str, Any] = filters.cleaned_data if filters.is_valid() else {}
    found = Claim.objects.visible_to(person).filter(state__in=tab.states)
    found = found.search(said["text"]) if said.get("text") else found
    wanted = {"cause": said.get("cause"), "small": said.get("small"), "handler": person if said.get("mine") else None}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    found = found.exclude(order__key_account=None) if said.get("key") else found
    subject = Concat(Value("claim/"), Cast(OuterRef("pk"), CharField()))
    running = Deadline.objects.open().filter(clause=CLAUSE, subject=subject).values("due_at")[:1]
    rows = found.annotate(due=Subquery(running)).order_by(F("due").asc(nulls_last=True), "opened_at", "pk")
    return tab, filters, rows.select_related("order__key_account__customer", "handler", "agreed")


def _rows(page: Iterable[Claim]) -> list[tuple[Claim, list[str]]]:
    """Dress claims with the papers they lack; one query."""
    found = list(page)
    missing = {claim.pk: claim for claim in Claim.objects.filter(pk__in=[each.pk for each in found]).prefetch_related("papers")}
    return [(each, [paper.words for paper in missing[each.pk].papers.all() if paper.missing]) for each in found]


@staff_required
@explained
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the tab with its filters as a workbook."""
    tab, _filters, found = _chosen(request, person_of(request))
    book = sheets.workbook([sheets.Column(str(header)) for header in HEADERS], [_line(each) for each in found[:MOST_EXPORTED]])
    name = f"claims-{tab.key}-{local(clock.now()):%Y%m%d-%H%M}.xlsx"
    return HttpResponse(book, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _line(claim: Any) -> list[str]:
    yes, no = _t("是"), _t("否")
    return [
        claim.number, claim.order.number, claim.get_state_display(), str(claim.amount), str(claim.declared_value), yes if claim.insured else no,
        claim.cause_words, yes if claim.small else no, claim.handler.name if claim.handler else "", _moment(claim.opened_at),
        _moment(claim.completed_at), _moment(claim.due), str(claim.agreed.amount) if claim.agreed else "", _moment(claim.ended_at),
    ]  # fmt: skip


def _moment(at: datetime | None) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}" if at else ""


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest) -> HttpResponse:
    """Take in a claim for a customer who phones or comes in."""
    person = person_of(request)
    person.require("open_claim")
    form = OpenClaimForm(request.POST or None, initial={"number": request.GET.get("order", "")[:20]})
    if request.method == "POST" and form.is_valid():
        try:
            claim = claims.open_claim(author=claims.staff(person), now=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
        except Order.DoesNotExist:
            form.add_error("number", _("没有这个订单，或不属于您的单位。"))
        else:
            messages.success(request, _t("理赔 %s 已登记。") % claim.number)
            return redirect("desk:claim", claim.number)
    return render(request, "desk/claim_new.html", {"form": form}, status=422 if form.errors else 200)


def _one(request: HttpRequest, number: str) -> Claim:
    person = person_of(request)
    person.require("see_claims")
    related = ("order__key_account__customer", "order__branch", "handler", "agreed", "at_fault", "coupon__order", "payment__by")
    claim = Claim.objects.visible_to(person).select_related(*related).prefetch_related("papers").filter(number=number).first()
    if claim is None:
        raise Http404
    return claim


@staff_required
@explained
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One claim: its papers, proposals, clock and course; what can be done."""
    return _detail(request, _one(request, number))


def _detail(
    request: HttpRequest, claim: Claim, *, failed: str = "", form: ClaimForm | None = None, problem: Any = None, status: int = 200
) -> HttpResponse:
    person, now = person_of(request), clock.now()
    acts = [(name, act, form if name == failed and form else _form(name, claim)) for name, act in claimacts.open_to(claim, person).items()]
    standing = claim.standing()
    shown = standing and link_holds(standing, now) and person.may("answer_claim")
    entries = Entry.objects.filter(subject=claim.subject).order_by("occurred_at", "pk")
    context = {
        "claim": claim, "order": claim.order, "papers": _papers(claim), "now": now, "acts": acts, "failed": failed,
        "problem": problem, "clocks": Deadline.objects.filter(subject=claim.subject).order_by("started_at"),
        "proposals": claim.proposals.select_related("by").order_by("-serial"), "timeline": words.timeline(entries),
        "link": request.build_absolute_uri(reverse("portal:claim-answer", args=[token_of(standing)])) if shown and standing else "",
        "may_receive": person.may("claim_papers") and claim.state in (Claimed.OPENED, Claimed.PAPERS_COMPLETE),
        "phone": mask_phone(claim.claimant_phone), "payee": f"…{claim.payee[-4:]}" if claim.payee else "",
        "coupon_expired": claim.coupon and claim.coupon.expired(local_day(now)),
        "account": claim.payee if person.may("pay_claim") else "",
    }  # fmt: skip
    return render(request, "desk/claim.html", context, status=status)


def _papers(claim: Claim) -> list[tuple[ClaimPaper, list[Evidence]]]:
    """Return the checklist, each paper with the files it was handed in as; one query."""
    files = {each.key: each for each in Evidence.objects.of(claim.subject)}
    return [(paper, [files[key] for key in paper.files if key in files]) for paper in claim.papers.order_by("pk")]


def _form(name: str, claim: Claim, data: Any = None) -> ClaimForm | None:
    form = claimacts.ACTS[name].form
    return form(data, claim=claim, auto_id=f"{name}_%s") if form else None


@staff_required
@explained
@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do one verb with one claim."""
    claim, what = _one(request, number), claimacts.ACTS.get(verb)
    if what is None:
        raise Http404
    form = _form(verb, claim, request.POST)
    if form is not None and not form.is_valid():
        return _detail(request, claim, failed=verb, form=form, status=422)
    try:
        what.do(number=number, person=person_of(request), now=clock.now(), **(form.cleaned_data if form else {}))
    except Refused as refusal:
        if form is not None:
            form.refuse(refusal)
        return _detail(request, claim, failed=verb, form=form, problem=None if form else refusal, status=422)
    except PROBLEMS as problem:
        return _detail(request, _one(request, number), failed=verb, problem=problem, status=status_of(problem))
    messages.success(request, f"{number} · {what.label}")
    return redirect("desk:claim", number)


@staff_required
@explained
@require_POST
def receive(request: HttpRequest, number: str) -> HttpResponse:
    """Record that one paper of the list is here."""
    claim, person = _one(request, number), person_of(request)
    try:
        claims.receive_paper(number=number, paper=request.POST.get("paper", "")[:20], author=claims.staff(person), now=clock.now())
    except PROBLEMS as problem:
        return _detail(request, claim, problem=problem, status=status_of(problem))
    messages.success(request, _t("已登记收到资料。"))
    return redirect("desk:claim", number)


@staff_required
@explained
@require_GET
def file(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """A file that was handed in as a paper, for staff who may see its claim."""
    found = Evidence.objects.of(_one(request, number).subject).filter(key=key).first()
    if found is None:
        raise Http404
    return attachment(found)
