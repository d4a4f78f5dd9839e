"""Cash collected for shippers (§4.3.3.2): in whose hands it is, counting, the bank, paying out, discrepancies, the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from delivery import services as delivery
from delivery.choices import Cash, Freight
from delivery.models import CashMovement, CashOnDelivery, FreightMovement, FreightReceipt
from desk.cashforms import BankForm, CountForm, DisputeForm, LedgerDays, RemitForm, ResolveForm, WriteOffForm
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required
from network.models import Person, Unit
from orders import sheets
from rulebook.due import at, local, local_day

MOST = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADERS = (
    _("时间"), _("订单号"), _("动作"), _("借方"), _("贷方"), _("金额（元）"), _("单位"), _("经办人"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pile:
    """Rows that are dealt with together: one collector's, one deposit slip's."""

    name: str
    rows: list[Any]

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.rows), Decimal())

    @property
    def since(self) -> datetime:
        """Return when the oldest of it was collected."""
        return min(row.collected_at for row in self.rows if row.collected_at)

    @property
    def until(self) -> date:
        """Return the day by whose end it is to be handed in (a setting)."""
        return local_day(self.since) + timedelta(days=settings.CASH_IN_HAND_DAYS)


@dataclass(frozen=True, slots=True)
class Act:
    """A verb of the page: what it asks beside the orders ticked, what it does, what it says when done."""

    form: type[forms.Form] | None
    run: Callable[[Person, list[str], dict[str, Any], datetime], object]
    done: Any


def _one(service: Callable[..., object]) -> Callable[[Person, list[str], dict[str, Any], datetime], object]:
    """Let a service of one order serve a form with one order."""
    return lambda person, numbers, values, now: service(
        number=numbers[0] if numbers else "", clerk=person, now=now, **values
    )


def _many(service: Callable[..., object]) -> Callable[[Person, list[str], dict[str, Any], datetime], object]:
    return lambda person, numbers, values, now: service(numbers=numbers, clerk=person, now=now, **values)


ACTS = {
    "count": Act(CountForm, _many(delivery.count), _("已清点入库。")),
    "bank": Act(BankForm, _many(delivery.bank), _("已登记存行，等待银行确认。")),
    "confirm": Act(
        BankForm, lambda person, _n, values, now: delivery.confirm_bank(clerk=person, now=now, **values), _("已登记银行到账，可以汇付。")
    ),
    "remit": Act(RemitForm, _many(delivery.remit), _("已登记汇付。")),
    "dispute": Act(DisputeForm, _one(delivery.raise_discrepancy), _("差异已登记，由营业部经理或财务处理。")),
    "resolve": Act(ResolveForm, _one(delivery.resolve), _("差异已处理。")),
    "count-freight": Act(CountForm, _many(delivery.count_freight), _("到付运费已清点入库。")),
    "bank-freight": Act(BankForm, _many(delivery.bank_freight), _("已登记到付运费存行。")),
    "write-off": Act(WriteOffForm, _one(delivery.write_off), _("已核销。")),
}  # fmt: skip


@staff_required
@explained
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show where all money stands that this person's units collect or are owed."""
    return _page(request)


@staff_required
@explained
@require_POST
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Do one verb for the orders ticked; what a rule forbids is said on the page, and nothing is half done."""
    person, now = person_of(request), clock.now()
    if verb not in ACTS:
        raise Http404
    form = ACTS[verb].form(request.POST)  # type: ignore[misc]
    if not form.is_valid():
        return _page(request, form=form, verb=verb, status=422)
    try:
        ACTS[verb].run(person, request.POST.getlist("number"), form.cleaned_data, now)
    except (CashOnDelivery.DoesNotExist, FreightReceipt.DoesNotExist) as missing:
        raise Http404 from missing
    except PROBLEMS as problem:
        return _page(request, problem=problem, status=status_of(problem))
    messages.success(request, str(ACTS[verb].done))
    return redirect("desk:cash")


def _page(
    request: HttpRequest,
    *,
    form: forms.Form | None = None,
    verb: str = "",
    problem: Exception | None = None,
    status: int = 200,
) -> HttpResponse:
    person, now = person_of(request), clock.now()
    person.require("see_cash")
    seen = CashOnDelivery.objects.visible_to(person).select_related("order", "collected_by", "unit")
    banked = seen.filter(state=Cash.BANKED)
    taken = FreightReceipt.objects.visible_to(person).select_related("order", "collected_by", "unit")
    context = {
        "hands": _piles(seen.filter(state=Cash.COLLECTED).order_by("collected_by", "collected_at"), _collector),
        "counted": Pile("", list(seen.filter(state=Cash.COUNTED).order_by("counted_at")[:MOST])),
        "slips": _piles(banked.filter(confirmed_at=None).order_by("bank_slip", "pk"), lambda cash: cash.bank_slip),
        "payable": Pile("", list(banked.exclude(confirmed_at=None).order_by("pay_by", "pk")[:MOST])),
        "freight_hands": _piles(taken.filter(state=Freight.COLLECTED).order_by("collected_by", "collected_at"), _collector),
        "freight_counted": Pile("", list(taken.filter(state=Freight.COUNTED).order_by("counted_at")[:MOST])),
        "freight_books": delivery.freight_books(None if person.nationwide else person.unit),
        "disputes": list(seen.filter(state=Cash.DISCREPANCY).order_by("last_at")[:MOST]),
        "books": delivery.books(None if person.nationwide else person.unit), "today": local_day(now), "most": MOST,
        "form": form, "verb": verb, "problem": problem, "ticked": request.POST.getlist("number"),
        "count": CountForm(auto_id=False), "bank": BankForm(auto_id=False), "remit": RemitForm(auto_id=False),
        "dispute": DisputeForm(auto_id=False), "resolve": ResolveForm(auto_id=False), "write_off": WriteOffForm(auto_id=False),
        "days": LedgerDays(initial={"since": local_day(now), "until": local_day(now)}),
        "may": {verb: person.may(right) for verb, right in RIGHTS.items()},
    }  # fmt: skip
    return render(request, "desk/cash.html", context, status=status)


RIGHTS = {
    "count": "count_cash",
    "bank": "bank_cash",
    "remit": "remit_cash",
    "dispute": "collect_cash",
    "resolve": "resolve_cash",
}


def _collector(cash: Any) -> str:
    person = cash.collected_by
    return f"{person.name}（{person.number}）" if person else ""


def _piles(rows: Iterable[Any], name: Callable[[Any], str]) -> list[Pile]:
    return [Pile(key, list(group)) for key, group in groupby(list(rows[:MOST]), key=name)]  # type: ignore[index]


@staff_required
@explained
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """Give the movements of the days asked for as a workbook, both days included."""
    person = person_of(request)
    person.require("see_cash")
    days = LedgerDays(request.GET)
    if not days.is_valid():
        messages.error(request, _t("请填写起止日期。"))
        return redirect("desk:cash")
    since, until = at(days.cleaned_data["since"]), at(days.cleaned_data["until"], 24)
    seen = CashOnDelivery.objects.visible_to(person)
    moves = CashMovement.objects.filter(cash__in=seen, recorded_at__gte=since, recorded_at__lt=until)
    lines = [
        _line(move, move.cash.order.number, move.unit)
        for move in moves.select_related("cash__order", "unit", "person").order_by("pk").iterator(2000)
    ]
    receipts = FreightReceipt.objects.visible_to(person)
    freight = FreightMovement.objects.filter(receipt__in=receipts, recorded_at__gte=since, recorded_at__lt=until)
    lines += [
        _line(move, move.receipt.order.number, move.receipt.unit)
        for move in freight.select_related("receipt__order", "receipt__unit", "person").order_by("pk").iterator(2000)
    ]
    book = sheets.workbook([sheets.Column(str(header)) for header in HEADERS], lines)
    name = f"cash-{days.cleaned_data['since']:%Y%m%d}-{days.cleaned_data['until']:%Y%m%d}.xlsx"
    return HttpResponse(book, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _line(move: CashMovement | FreightMovement, number: str, unit: Unit | None) -> list[str]:
    return [
        f"{local(move.at):%Y-%m-%d %H:%M:%S}", number, move.get_kind_display(), move.get_debit_display(),
        move.get_credit_display(), str(move.amount), unit.name if unit else "", move.person.name,
    ]  # fmt: skip
