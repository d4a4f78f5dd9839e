"""What a customer tells us besides orders: a problem with these pages (§3.4.6), how satisfied they are (§4.2.8)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from complaints.forms import FilesField
from complaints.services.reporting import report_problem
from core import clock
from core.language import in_words
from customers.services import answer_survey
from orders.forms import Phone, Text
from portal import access
from portal.access import Right
from portal.forms import Radios, Worded
from portal.views import tracking
from rulebook.errors import Conflict, Refused
from rulebook.standards import BEST, QUESTIONS


class ReportForm(forms.Form):
    """A problem: what was done, what was seen, how to reach the customer."""

    text = Text(
        label=_lazy("遇到了什么问题"), max_length=500, widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
        help_text=_lazy("请写明您在做什么、页面显示了什么"), error_messages={"required": _lazy("请写明遇到的问题。")},
    )  # fmt: skip
    page = Text(label=_lazy("出问题的页面"), max_length=200, required=False, widget=forms.TextInput(attrs={"class": "form-control"}))
    name = Text(label=_lazy("您的称呼"), max_length=40, required=False, widget=forms.TextInput(attrs={"class": "form-control"}))
    files = FilesField(label=_lazy("屏幕截图（选填）"), required=False)
    phone = Phone(label=_lazy("联系电话"), widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "class": "form-control"}))


class SurveyForm(forms.Form):
    """One to five for each question; what does not apply is left open."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for question in QUESTIONS.values():
            self.fields[question.code] = forms.TypedChoiceField(
                label=in_words(question), required=False, coerce=int, empty_value=None, widget=Radios(),
                choices=[(score, _("%d 分") % score) for score in range(BEST, 0, -1)],
            )  # fmt: skip
        self.fields["text"] = Text(
            label=_("想对我们说的话"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"})
        )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Report a problem with these pages; marketing promotion looks into it within a working day (§3.4.6)."""
    now = clock.now()
    form = ReportForm(request.POST or None, request.FILES or None, initial={"page": request.GET.get("page", "")[:200]}, error_class=Worded)
    if request.method == "POST" and not access.may_report(request, now):
        return tracking.too_often(request)
    if request.method == "POST" and form.is_valid():
        ticket = report_problem(now=now, **form.cleaned_data)
        messages.success(request, _("已收到，编号 %d。我们会在 1 个工作日内整理并处理，结果电话告知您。") % ticket.pk)
        return redirect("portal:help")
    return render(request, "portal/help.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, number: str) -> HttpResponse:
    """Rate the service of an order that has been signed for; once, by one of its parties (§4.2.8)."""
    now, order = clock.now(), tracking.look_up(number)
    if order is None or access.right(request, number) == Right.PUBLIC:
        messages.info(request, _("请先用电话后四位验证，再为服务打分。"))
        return redirect("portal:progress", number=number)
    if not tracking.may_rate(order):
        return tracking.lost(request, order, Conflict(_("签收后可以打分，每单一次。")), now)
    form = SurveyForm(request.POST or None, error_class=Worded)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data.pop("text")
        try:
            answer_survey(order_number=number, branch=order.branch, scores=form.cleaned_data, text=text, now=now)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except Conflict as conflict:
            return tracking.lost(request, order, conflict, now)
        else:
            messages.success(request, _("谢谢您的评价。"))
            return redirect("portal:progress", number=number)
    return render(request, "portal/survey.html", {"order": order, "form": form}, status=422 if form.errors else 200)
