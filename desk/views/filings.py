"""备案: a branch states why a clock was missed, the information centre verifies, the department decides (§1.4.2, §1.3.3.1, §3.6.1)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from complaints.answers import attachment
from complaints.models import Evidence
from core import clock
from core.language import english
from delivery.models import Circumstance
from desk import words
from desk.filingforms import DecisionForm, FilingFilters, FilingForm, ProofForm, ReopenForm, VerifyForm
from desk.forms import Styled
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required
from network.models import Person, Unit
from notify.models import Message
from notify.services import see_filing
from orders import sheets
from orders.answers import download
from rulebook.due import at, local
from rulebook.errors import Denied, Refused
from rulebook.excuses import HANDLED
from rulebook.windows import NOTED, noted_in_time
from sla import services as sla
from sla.choices import FILING_DECIDED, FILING_OPEN, FilingState, State, StepKind
from sla.models import Deadline, Filing, FilingQuerySet

PAGE = 30
FORMS = (VerifyForm, DecisionForm, ReopenForm, ProofForm)
MOST_EXPORTED = 5_000
HEADERS = (
    lazy("订单号"), lazy("条款"), lazy("单位"), lazy("原因类别"), lazy("说明"), lazy("状态"), lazy("备案人"), lazy("备案时间"), lazy("核实情况"),
    lazy("处理人"), lazy("处理意见"),
)  # fmt: skip
TABS: tuple[tuple[str, Any, Callable[[FilingQuerySet], FilingQuerySet]], ...] = (
    ("all", lazy("全部"), lambda found: found), ("verify", lazy("待核实"), lambda found: found.to_verify()),
    ("decide", lazy("待认可"), lambda found: found.to_decide()),
    ("decided", lazy("已处理"), lambda found: found.filter(state__in=FILING_DECIDED)),
)  # fmt: skip


@staff_required
@explained
@require_GET
def filings(request: HttpRequest) -> HttpResponse:
    """Show what can be filed and what has been: a branch its own, the department everybody's."""
    person = _concerned(request)
    fileable = (
        Deadline.objects.visible_to(person).fileable().select_related("order", "holder").order_by("-due_at", "pk")
    )
    tab, filters, filed = _chosen(request, person)
    query = request.GET.copy()
    query.pop("page", None)
    other = request.GET.copy()
    for name in ("page", "tab", "state"):
        other.pop(name, None)
    page = Paginator(filed, PAGE).get_page(request.GET.get("page"))
    context = {
        "fileable": Paginator(fileable, PAGE).get_page(request.GET.get("fileable")) if person.may("file") else None,
        "page": page, "undecided": any(each.decided_at is None for each in page), "tab": tab, "filters": filters,
        "tabs": [(key, label) for key, label, _narrow in TABS], "query": f"{query.urlencode()}&" if query else "",
        "others": f"{other.urlencode()}&" if other else "", "filtered": any(filters.cleaned_data.values()),
        "may_decide": person.may("decide_filing"), "may_verify": person.may("verify_filing"),
        "sees_outages": any(person.may(right) for right in ("open_outage", "verify_filing", "decide_filing")),
    }  # fmt: skip
    return render(request, "desk/filings.html", context)


def _chosen(request: HttpRequest, person: Person) -> tuple[str, FilingFilters, Any]:
    """Return the tab and filters the URL names with what they leave; what it names wrongly is left out."""
    filters = FilingFilters(request.GET)
    filters.is_valid()
    narrowing = {key: narrow for key, _label, narrow in TABS}
    tab = request.GET.get("tab", "")
    tab = tab if tab in narrowing else "all"
    found = narrowing[tab](_visible(person))
    chosen = {name: value for name, value in filters.cleaned_data.items() if value}
    if code := chosen.pop("unit", ""):
        unit = Unit.objects.filter(code=code).first()
        found = found.filter(_within(unit, "deadline__holder") | _within(unit, "order__branch")) if unit else found.none()
    if number := chosen.pop("text", ""):
        found = found.filter(Q(deadline__order__number__iexact=number) | Q(order__number__iexact=number))
    if since := chosen.pop("since", None):
        found = found.filter(filed_at__gte=at(since))
    if until := chosen.pop("until", None):
        found = found.filter(filed_at__lt=at(until, 24))
    return tab, filters, found.filter(**chosen).order_by("-filed_at", "-pk")


def _within(unit: Unit, place: str) -> Q:
    return Q(**{f"{place}__path__gte": unit.path, f"{place}__path__lt": unit.path_end})


@staff_required
@explained
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the tab with its filters as a workbook."""
    person = _concerned(request)
    tab, _filters, found = _chosen(request, person)
    book = sheets.workbook([sheets.Column(str(header)) for header in HEADERS], [_line(each) for each in found[:MOST_EXPORTED]])
    return download(book, f"filings-{tab}-{local(clock.now()):%Y%m%d-%H%M}.xlsx")


def _line(filing: Filing) -> list[str]:
    holder = filing.deadline.holder if filing.deadline else filing.order.branch if filing.order else None
    return [
        filing.about.number if filing.about else "", filing.clause, str(holder or ""), str(filing.get_reason_display()), filing.text,
        str(filing.get_state_display()), filing.filed_by.name, f"{local(filing.filed_at):%Y-%m-%d %H:%M:%S}", filing.verification,
        filing.decided_by.name if filing.decided_by else "", filing.decision,
    ]  # fmt: skip


def _concerned(request: HttpRequest) -> Person:
    person = person_of(request)
    if not any(person.may(right) for right in ("decide_filing", "verify_filing", "file")):
        raise Denied(_("您的岗位不处理备案。"))
    return person


def _visible(person: Person) -> Any:
    related = ("deadline__order", "deadline__holder", "order__branch", "filed_by", "decided_by")
    return Filing.objects.visible_to(person).select_related(*related)


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, deadline: str) -> HttpResponse:
    """File the reason for one clock; what may excuse it is offered."""
    person, now = _concerned(request), clock.now()
    person.require("file")
    late = Deadline.objects.visible_to(person).select_related("order", "holder").get(pk=deadline)
    reasons = sla.reasons_for(late)
    if not reasons:
        raise Refused("§1.4.2", _("这个时限没有超时，或没有可以备案的原因。"))
    asked = request.GET.get("reason", "")
    form = FilingForm(
        request.POST or None, request.FILES or None, reasons=reasons,
        initial={"reason": asked if asked in reasons else reasons[0]},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        sla.file(deadline_id=deadline, clerk=person, now=now, **form.cleaned_data)
        messages.success(request, _("备案已提交，等待处理。"))
        return redirect("desk:filings")
    context = {
        "form": form, "deadline": late, "breaches": _breaches(late), "lines": _why(late), "notes": _notes(late),
        "notices": _notices(late),
    }  # fmt: skip
    return render(request, "desk/filing_new.html", context, status=422 if form.is_bound else 200)


def _breaches(deadline: Deadline) -> list[Any]:
    steps = deadline.steps.exclude(kind=StepKind.WARN).filter(state__in=(State.BREACHED, State.EXCUSED))
    return list(steps.select_related("responsible_unit", "responsible_person").order_by("at"))


def _notes(deadline: Deadline) -> list[Any]:
    """Return the special circumstances noted for the goods, each with whether it came before the limit (§1.3.3.1)."""
    kind, _slash, key = deadline.subject.partition("/")
    if kind != "shipment" or deadline.clause not in NOTED or deadline.due_at is None:
        return []
    noted = Circumstance.objects.filter(shipment=key).select_related("person").order_by("at")
    due = deadline.due_at
    return [(row, words.reason_words(row.cause), noted_in_time(deadline.clause, noted_at=row.at, due_at=due)) for row in noted]


def _notices(deadline: Deadline) -> list[Message]:
    """Return what was sent to the branch about the order, with the four times that prove it (§1.2.2.n, §3.6.1)."""
    if deadline.order is None or deadline.clause not in HANDLED:
        return []
    sent = Message.objects.filter(order_number=deadline.order.number, unit=deadline.holder_id)
    return list(sent.select_related("seen_by").order_by("stored_at", "pk"))


def _why(deadline: Deadline) -> list[str]:
    return [line.say("en" if english() else "zh") for line in sla.explain(deadline)]


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a filing; the department acknowledges or refuses it."""
    if request.method == "GET":
        return _filing(request, pk)
    return _act(request, pk, DecisionForm, sla.decide_filing, "decide_filing")


@staff_required
@explained
@require_POST
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """The information centre says what it found (§3.6.1)."""
    return _act(request, pk, VerifyForm, sla.verify_filing, "verify_filing")


@staff_required
@explained
@require_POST
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """The branch adds files that prove what it filed, until it is decided."""
    person, now = _concerned(request), clock.now()
    get_object_or_404(_visible(person), pk=pk)
    person.require("file")
    form = ProofForm(request.POST, request.FILES)
    if not form.is_valid():
        return _filing(request, pk, form=form, status=422)
    try:
        sla.add_evidence(filing_id=pk, clerk=person, files=form.cleaned_data["files"], now=now)
    except PROBLEMS as problem:
        return _filing(request, pk, problem=problem, status=status_of(problem))
    messages.success(request, _("证据已添加。"))
    return redirect("desk:filing", pk)


@staff_required
@explained
@never_cache
@require_safe
def proof(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Answer with a file of a filing, for staff who may see it; anybody else finds nothing."""
    filing = get_object_or_404(_visible(_concerned(request)), pk=pk)
    return attachment(get_object_or_404(Evidence.objects.of(filing.subject), key=key))


@staff_required
@explained
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """The department takes a decided filing up again."""
    return _act(request, pk, ReopenForm, sla.reopen_filing, "decide_filing")


def _act(request: HttpRequest, pk: int, kind: type[Styled], service: Callable[..., Filing], right: str) -> HttpResponse:
    person, now = _concerned(request), clock.now()
    get_object_or_404(_visible(person), pk=pk)
    person.require(right)
    form = kind(request.POST)
    if not form.is_valid():
        return _filing(request, pk, form=form, status=422)
    try:
        filing = service(filing_id=pk, person=person, now=now, **form.cleaned_data)
    except PROBLEMS as problem:
        return _filing(request, pk, problem=problem, status=status_of(problem))
    messages.success(request, _told(filing))
    return redirect("desk:filings")


def _told(filing: Filing) -> str:
    match filing.state:
        case FilingState.GRANTED:
            return _("已认可，超时已免责。") if filing.deadline_id else _("已认可系统外开单的备案。")
        case FilingState.REFUSED:
            return _("已记录不认可。")
        case FilingState.VERIFIED:
            return _("已记录核实结果，转电子商务管理部处理。")
    return _("已重新处理；原来免责的超时已恢复。")


def _filing(
    request: HttpRequest, pk: int, *, form: Styled | None = None, problem: Exception | None = None, status: int = 200
) -> HttpResponse:
    person, now = _concerned(request), clock.now()
    filing = get_object_or_404(_visible(person), pk=pk)
    see_filing(filing=pk, person=person, now=now)
    deadline = filing.deadline
    forms = {kind.__name__: form if isinstance(form, kind) else kind(auto_id=f"{kind.__name__}_%s") for kind in FORMS}
    undecided = filing.state in FILING_OPEN
    context = {
        "filing": filing, "form": form, "problem": problem, "deadline": deadline, **_facts(deadline), **forms,
        "files": Evidence.objects.of(filing.subject).select_related("person"), "may_attach": person.may("file") and undecided,
        "acts": filing.acts.select_related("by").order_by("at", "pk"),
        "earlier": _earlier(filing).select_related("decided_by").order_by("filed_at"),
        "may_verify": person.may("verify_filing") and filing.excuse.verified and filing.state in (FilingState.FILED, FilingState.REOPENED),
        "may_decide": person.may("decide_filing") and undecided, "undecided": undecided,
        "waits_for_it": filing.excuse.verified and filing.state in (FilingState.FILED, FilingState.REOPENED),
        "may_reopen": person.may("decide_filing") and filing.state in FILING_DECIDED,
    }  # fmt: skip
    return render(request, "desk/filing.html", context, status=status)


def _facts(deadline: Deadline | None) -> dict[str, Any]:
    """Return what was missed, why it was due then, what was noted and what was sent; nothing of a waybill made outside."""
    if deadline is None:
        return {"breaches": [], "lines": [], "notes": [], "notices": []}
    return {
        "breaches": _breaches(deadline), "lines": _why(deadline), "notes": _notes(deadline), "notices": _notices(deadline),
    }  # fmt: skip


def _earlier(filing: Filing) -> Any:
    others = Filing.objects.exclude(pk=filing.pk)
    return others.filter(deadline=filing.deadline) if filing.deadline else others.none()
