"""Finance: bonuses of a month, the run that takes fines from them, statements (§1.7.3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from desk import penaltywords
from desk.penaltyforms import BonusForm
from desk.views.answers import explained, person_of
from desk.views.tracking import XLSX
from network.access import staff_required
from orders import sheets
from orders.sheets import BadTable
from penalties import services
from penalties.choices import Booking, Purse
from penalties.models import Bonus, BonusRun
from penalties.services.booking import month_of
from penalties.services.statements import statement
from rulebook.errors import Refused


def _month(request: HttpRequest, now: datetime) -> date:
    """Return the month asked for; by default the one before this."""
    text = request.POST.get("month") or request.GET.get("month")
    if not text:
        return (month_of(now) - timedelta(days=1)).replace(day=1)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise Refused("§1.7.3", _("月份格式不正确，请按 2026-11 填写。"), field="month") from error


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def bonus(request: HttpRequest) -> HttpResponse:
    """Show a month: its bonuses, what a run would do; take in a file of bonuses."""
    person, now = person_of(request), clock.now()
    person.require("run_bonus")
    month = _month(request, now)
    form = BonusForm(request.POST or None, request.FILES or None, initial={"month": f"{month:%Y-%m}"})
    faults: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            file = form.cleaned_data["table"]
            lines = services.read_bonuses(file.read())
            count = services.record_bonuses(month=form.cleaned_data["month"], lines=lines, source=file.name, by=person, now=now)
        except BadTable as bad:
            form.add_error("table", bad.reason)
        except services.BadBonuses as bad:
            form.add_error("table", str(bad))
            faults = bad.faults[:100]
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已保存 %d 行有变化的奖金。") % count)
            return redirect(f"{request.path}?month={month:%Y-%m}")
    context = {"form": form, "faults": faults, **_figures(month, now)}
    return render(request, "desk/bonus.html", context, status=422 if form.errors else 200)


def _figures(month: date, now: datetime) -> dict[str, Any]:
    plan, bonuses = services.plan_run(month=month, now=now), Bonus.objects.of_month(month)
    names = penaltywords.names(share.payer for share in plan.shares)
    moving = [share for share in plan.shares if share.turns or share.carried]
    return {
        "month": month, "plan": plan, "bonuses": len(bonuses), "bonus_sum": sum(bonuses.values()),
        "shares": [(share, names.get(share.payer, share.payer), Purse(share.purse).label) for share in moving[:200]],
        "more": max(len(moving) - 200, 0), "take": plan.total(Booking.TAKE), "give_back": plan.total(Booking.GIVE_BACK),
        "refund": plan.total(Booking.REFUND), "said": services.sums_of_penalties(), "booked": services.sums_of_ledger(),
        "runs": BonusRun.objects.filter(month=month).order_by("-pk")[:10],
    }  # fmt: skip


@staff_required
@explained
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Take the fines as previewed; what has changed since is taken as it is now."""
    person, now = person_of(request), clock.now()
    person.require("run_bonus")
    month = _month(request, now)
    plan = services.run_bonus(month=month, by=person.actor, now=now)
    words = {"take": plan.total(Booking.TAKE), "back": plan.total(Booking.GIVE_BACK), "refund": plan.total(Booking.REFUND)}
    messages.success(request, _("已执行：扣款 %(take)s 元，冲回 %(back)s 元，退款 %(refund)s 元。") % words)
    return redirect(f"{request.path.removesuffix('run/')}?month={month:%Y-%m}")


@staff_required
@explained
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    person_of(request).require("run_bonus")
    return _file(services.bonus_template(), "bonus-template.xlsx")


def _file(book: bytes, name: str) -> HttpResponse:
    return HttpResponse(book, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


HEADERS = (
    gettext_lazy("编号与名称"), gettext_lazy("扣款来源"), gettext_lazy("当月奖金"), gettext_lazy("当月扣款合计"),
    gettext_lazy("结转下月"),
)  # fmt: skip


@staff_required
@explained
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give human resources what the month's runs took, by payer and purse; what is only planned is not in it."""
    person, now = person_of(request), clock.now()
    person.require("run_bonus")
    month = _month(request, now)
    plan = services.plan_run(month=month, now=now)
    names = penaltywords.names(share.payer for share in plan.shares)
    lines = [
        [
            names.get(share.payer, share.payer), str(Purse(share.purse).label), "" if share.bonus is None else str(share.bonus),
            str(share.before), str(share.carried + share.change),
        ]
        for share in plan.shares
    ]  # fmt: skip
    return _file(sheets.workbook([sheets.Column(str(header)) for header in HEADERS], lines), f"bonus-{month:%Y-%m}.xlsx")


@staff_required
@explained
@require_GET
def statement_page(request: HttpRequest) -> HttpResponse:
    """Show a payer's statement of a month: one's own, or for finance anyone's."""
    person, now = person_of(request), clock.now()
    payer = request.GET.get("payer") or f"person/{person.pk}"
    if payer != f"person/{person.pk}" and not person.may("run_bonus"):
        raise Http404
    month = _month(request, now) if request.GET.get("month") else month_of(now)
    name = penaltywords.names([payer] if payer.partition("/")[2].isdigit() else []).get(payer)
    if name is None:
        raise Http404
    context = {"month": month, "name": name, "payer": payer, "lines": statement(payer, month)}
    return render(request, "desk/statement.html", context)
