"""Key customers (§2): contracts and requirements, the daily tracking report, slips to chase."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.language import in_words
from core.models import Entry
from core.personal import mask_phone
from customers import services as customers
from customers.models import KeyCustomer
from delivery.models import SignSlip
from delivery.services import followups
from desk import words
from desk.keyforms import DayNeedForm, RequirementsForm, SignForm, TermsForm, known_terms
from desk.queries import far_name
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required
from network.models import Person
from orders import sheets
from orders.answers import download
from reports.keyaccounts import Line, accounts_seen, of_day, to_chase
from rulebook.due import local, local_day
from rulebook.errors import Refused
from rulebook.reasons import ANOMALIES
from sla.models import Deadline

SHOWN = 10
SLIP_CLAUSES = ("§2.1.3.5", "§2.2.5")


def _viewer(request: HttpRequest) -> Person:
    person = person_of(request)
    person.require("see_key_accounts")
    return person


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def accounts(request: HttpRequest) -> HttpResponse:
    """List the contract customers; the department or support takes a new one down."""
    person, now = _viewer(request), clock.now()
    form = SignForm(request.POST or None)
    if request.method == "POST":
        person.require("manage_key_accounts")
        if form.is_valid() and (made := _signed(form, person, now)):
            messages.success(request, _t("项目客户已建立。"))
            return redirect("desk:key-account", made.pk)
    today = local_day(now)
    rows = [(account, account.valid_from <= today <= account.valid_to and not account.ended_at) for account in accounts_seen(person)]
    context = {"rows": rows, "form": form, "may": person.may("manage_key_accounts"), "today": today}
    return render(request, "desk/key_accounts.html", context, status=422 if form.errors else 200)


def _signed(form: SignForm, person: Person, now: datetime) -> KeyCustomer | None:
    said = form.cleaned_data
    try:
        return customers.sign(
            name=said["name"], phone=said["phone"], branch=said["branch"], terms=form.terms(), requirements=said["requirements"],
            by=person, now=now,
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal)
        return None


def _seen(person: Person, pk: int) -> KeyCustomer:
    related = ("customer__branch", "tracker", "signed_by")
    found: KeyCustomer = get_object_or_404(KeyCustomer.objects.visible_to(person).select_related(*related), pk=pk)
    return found


@staff_required
@explained
@require_GET
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One contract customer: terms, requirements, everything that was changed."""
    return _account(request, _seen(_viewer(request), pk))


def _account(
    request: HttpRequest, found: KeyCustomer, *, terms: TermsForm | None = None, wants: RequirementsForm | None = None,
    day: DayNeedForm | None = None, problem: Any = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    may = person_of(request).may("manage_key_accounts") and found.ended_at is None
    facts = list(Entry.objects.filter(subject=found.subject).order_by("occurred_at", "pk"))
    context = {
        "account": found, "phone": mask_phone(found.customer.phone), "may": may, "problem": problem,
        "terms": terms or TermsForm(initial=known_terms(found), auto_id="terms_%s"),
        "wants": wants or RequirementsForm(initial={"text": found.requirements}, auto_id="wants_%s"),
        "versions": found.written.select_related("by").order_by("-version"), "timeline": words.timeline(facts),
        "open": "terms" if terms else "wants" if wants else "day" if day else "", "today": local_day(clock.now()),
        "day": day or DayNeedForm(initial={"on": local_day(clock.now())}, auto_id="day_%s"),
        "may_day": person_of(request).may("follow_up") and found.ended_at is None,
        "needs": found.day_needs.select_related("by").order_by("-on", "-pk")[:SHOWN],
    }  # fmt: skip
    return render(request, "desk/key_account.html", context, status=status)


@staff_required
@explained
@require_POST
def account_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Amend the terms, write the requirements anew, or end the contract."""
    person, now = _viewer(request), clock.now()
    found = _seen(person, pk)
    terms = TermsForm(request.POST, auto_id="terms_%s") if verb == "amend" else None
    wants = RequirementsForm(request.POST, auto_id="wants_%s") if verb == "requirements" else None
    form: Any = terms or wants
    if form is None and verb != "end":
        raise Http404
    if form is not None and not form.is_valid():
        return _account(request, found, terms=terms, wants=wants, status=422)
    try:
        if terms:
            customers.amend(pk=pk, terms=terms.terms(), by=person, now=now)
        elif wants:
            customers.write_requirements(pk=pk, text=wants.cleaned_data["text"], by=person, now=now)
        else:
            customers.end(pk=pk, by=person, now=now)
    except Refused as refusal:
        form.refuse(refusal)
        return _account(request, found, terms=terms, wants=wants, status=422)
    except PROBLEMS as problem:
        return _account(request, found, problem=problem, status=status_of(problem))
    messages.success(request, _t("项目客户已更新。"))
    return redirect("desk:key-account", pk)


@staff_required
@explained
@require_POST
def day_need(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what the customer said of a day's volume and vehicles (§4.3.2.1)."""
    person = _viewer(request)
    found = _seen(person, pk)
    form = DayNeedForm(request.POST, auto_id="day_%s")
    if not form.is_valid():
        return _account(request, found, day=form, status=422)
    try:
        customers.tell_day_need(pk=pk, by=person, now=clock.now(), **form.cleaned_data)
    except Refused as refusal:
        form.refuse(refusal)
        return _account(request, found, day=form, status=422)
    except PROBLEMS as problem:
        return _account(request, found, problem=problem, status=status_of(problem))
    messages.success(request, _t("已登记当日货量和用车。"))
    return redirect("desk:key-account", pk)


# The daily tracking report (§2.1.5).


def _day(request: HttpRequest) -> date:
    """Return the day asked for, never one to come; anything unreadable is today."""
    today = local_day(clock.now())
    try:
        wanted = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return today
    return min(wanted, today)


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the report of a day; today's is worked here: a line a shipment, then marked as done by the person named."""
    person = _viewer(request)
    found, day = _seen(person, pk), _day(request)
    problem: Any = None
    if request.method == "POST":
        try:
            _work(request, found, day, person)
        except PROBLEMS as refused:
            problem = refused
        else:
            messages.success(request, _t("跟踪报表已保存。"))
            return redirect(f"{request.path}?on={day:%Y-%m-%d}")
    made = of_day(found, day)
    context = {
        "report": made, "account": found, "now": clock.now(), "problem": problem, "today": day == local_day(clock.now()),
        "rows": [(line, far_name(line.shipment.order.consignee_place), _anomalies(line)) for line in made.lines],
        "may": person.may("follow_up"), "may_finish": person.pk == found.tracker_id,
    }  # fmt: skip
    return render(request, "desk/key_report.html", context, status=status_of(problem) if problem else 200)


def _work(request: HttpRequest, found: KeyCustomer, day: date, person: Person) -> None:
    """Store what was typed beside each shipment; then, if asked, mark the day as done."""
    now = clock.now()
    lines = of_day(found, day).lines
    for line in lines if day == local_day(now) else ():
        if text := request.POST.get(f"text-{line.number}", "").replace("\0", "").strip():
            followups.follow_up(number=line.number, clerk=person, text=text, now=now)
    if "done" in request.POST:
        followups.finish_report(pk=found.pk, on=day, shipments=len(lines), by=person, now=now)


HEADERS = (
    _("订单号"), _("运单号"), _("收货人"), _("到达地"), _("件数"), _("状态"), _("开单时间"), _("发车时间"), _("到达时间"), _("签收时间"),
    _("当日跟进"), _("异常"), _("签收单"), _("下一时限"),
)  # fmt: skip


@staff_required
@explained
@require_GET
def report_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """The report of a day as a workbook, every cell as text."""
    found, day = _seen(_viewer(request), pk), _day(request)
    made = of_day(found, day)
    book = sheets.workbook([sheets.Column(str(header)) for header in HEADERS], [_cells(line) for line in made.lines])
    return download(book, f"tracking-{found.pk}-{day:%Y%m%d}.xlsx")


def _cells(line: Line) -> list[str]:
    goods, order = line.shipment, line.shipment.order
    return [
        line.number, line.waybill, order.consignee_name, far_name(order.consignee_place), str(goods.pieces), str(line.state.label),
        *(_moment(each) for each in (goods.opened_at, goods.departed_at, goods.arrived_at, goods.signed_at)),
        "；".join(f"{local(each.at):%H:%M} {each.text}（{each.person.name}）" for each in line.follow_ups), _anomalies(line),
        line.slip.get_state_display() if line.slip else "", f"{line.clause} {_moment(line.due_at)}".strip(),
    ]  # fmt: skip


def _anomalies(line: Line) -> str:
    return "；".join(f"{in_words(ANOMALIES[each.kind])}（{each.get_state_display()}）" for each in line.anomalies)


def _moment(moment: datetime | None) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}" if moment else ""


# Slips (§2.1.5).


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def slip_chase(request: HttpRequest) -> HttpResponse:
    """The key customers' slips that are not back: what each branch has done about them; one more note."""
    person, now = person_of(request), clock.now()
    person.require("slip")
    problem: Any = None
    if request.method == "POST":
        number = request.POST.get("number", "").strip().upper()[:20]
        try:
            followups.chase_slip(number=number, clerk=person, text=request.POST.get("text", "").replace("\0", ""), now=now)
        except SignSlip.DoesNotExist:
            problem = {"reason": _t("没有这票签收单，或不属于您的单位。"), "clause": ""}
        except PROBLEMS as refused:
            problem = refused
        else:
            messages.success(request, _t("已登记追踪：%s。") % number)
            return redirect("desk:slip-chase")
    slips = list(to_chase(person))[:200]
    running = Deadline.objects.open().filter(clause__in=SLIP_CLAUSES, subject__in=[slip.subject for slip in slips])
    due = {each.subject: each for each in running}
    context = {"now": now, "rows": [(slip, due.get(slip.subject), slip.chases.all()) for slip in slips], "problem": problem}
    status = status_of(problem) if isinstance(problem, Exception) else 422 if problem else 200
    return render(request, "desk/slip_chase.html", context, status=status)

