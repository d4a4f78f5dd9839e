"""Complaints in the hall (§1.6, §4.4.6): filed with photos about an order one can prove, followed step by step, answered yes or no."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints import services
from complaints.answers import attachment
from complaints.choices import DECIDED, Answer, Filer
from complaints.forms import FilesField
from complaints.models import Complaint, Evidence, Saying
from complaints.services import Matter, Sender
from complaints.services.common import locked_of
from complaints.services.handling import add_files
from core import clock
from core.language import in_words
from core.personal import PHONE_TAIL, digits
from orders.forms import CENT, MOST_MONEY, Amount, Phone, Text
from orders.models import Order
from orders.numbers import is_valid
from portal import access
from portal.access import Right
from portal.forms import Radios, Worded
from portal.views import tracking
from portal.views.ordering import SOURCE, who
from rulebook.categories import CATEGORIES
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from sla.models import Deadline

NUMBER = re.compile(r"T\d{13}", re.ASCII)
TAIL = re.compile(r"\d{4}", re.ASCII)


class ComplainForm(forms.Form):
    """What happened, in the customer's words; who we are to tell the result."""

    category = forms.ChoiceField(
        label=_lazy("投诉什么"), choices=lambda: [(row.code, in_words(row)) for row in CATEGORIES.values()],
        widget=Radios(attrs={"class": "form-check-input"}), error_messages={"required": _lazy("请选择投诉类别。")},
    )  # fmt: skip
    text = Text(
        label=_lazy("发生了什么"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
        error_messages={"required": _lazy("请写明投诉内容。")},
    )  # fmt: skip
    amount = Amount(label=_lazy("索赔金额（元，没有则留空）"), step=CENT, unit="元", min_value=0, max_value=MOST_MONEY, required=False)
    files = FilesField(required=False)
    name = Text(label=_lazy("您的称呼"), max_length=60, required=False, widget=forms.TextInput(attrs={"class": "form-control"}))
    phone = Phone(label=_lazy("联系电话"), widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "class": "form-control"}))
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["amount"].widget.attrs["class"] = "form-control"

    def matter(self) -> Matter:
        said = self.cleaned_data
        return Matter(
            category=said["category"], text=said["text"], amount=said["amount"] or None, contact_name=said["name"],
            contact_phone=said["phone"],
        )  # fmt: skip


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_lazy("您是否认可处理结果"), choices=[(Answer.YES, _lazy("认可")), (Answer.NO, _lazy("不认可"))],
        widget=Radios(attrs={"class": "form-check-input"}), error_messages={"required": _lazy("请选择认可或不认可。")},
    )  # fmt: skip
    text = Text(
        label=_lazy("不认可的原因"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"})
    )


class MoreForm(forms.Form):
    files = FilesField()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, number: str) -> HttpResponse:
    """File a complaint about an order, by one of its parties."""
    now, order = clock.now(), tracking.look_up(number)
    if order is None or access.right(request, number) == Right.PUBLIC:
        messages.info(request, _("请先用电话后四位验证，再提交投诉。"))
        return redirect("portal:progress", number=number)
    form = ComplainForm(request.POST or None, request.FILES or None, initial={"key": token_urlsafe(16)}, error_class=Worded)
    if request.method == "POST" and form.is_valid():
        if not access.may_complain(request, now):
            return tracking.too_often(request)
        if filed := _filed(request, form, order, now):
            access.grant(request, filed.number, Right.ACT)
            messages.success(request, _("投诉已提交，编号 %s。处理进度和结果都在本页。") % filed.number)
            return redirect("portal:complaint", number=filed.number)
    return render(request, "portal/complain.html", {"order": order, "form": form}, status=422 if form.errors else 200)


def _filed(request: HttpRequest, form: ComplainForm, order: Order, now: datetime) -> Complaint | None:
    said = form.cleaned_data
    sender = Sender(by=access.acting(request), who=who(), filer=Filer.CUSTOMER, source=SOURCE, key=said["key"])
    try:
        return services.file_from(sender=sender, matter=form.matter(), order=order, files=said["files"], now=now)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.reason)
    except Conflict as conflict:
        form.add_error(None, conflict.reason)
    return None


@never_cache
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Lead to a complaint by its number, or to an order that is to be complained of."""
    number = request.GET.get("number", "").strip().upper()[:20]
    if number.startswith("T"):
        return redirect("portal:complaint", number=number)
    if access.plausible(number):
        return redirect("portal:complain", number=number)
    return render(request, "portal/complaints.html", {"number": number})


def _external(number: str) -> Complaint | None:
    """Return a customer's complaint; internal ones are not the hall's."""
    if not NUMBER.fullmatch(number) or not is_valid(number[1:]):
        return None
    return Complaint.objects.filter(number=number, internal=False).select_related("order", "owner", "branch").first()


def _may(request: HttpRequest, complaint: Complaint) -> bool:
    """Tell whether this session filed it, proved its phone, or proved to be a party of its order."""
    order = complaint.order
    known = Right.PUBLIC if order is None else access.right(request, order.number)
    return access.right(request, complaint.number) != Right.PUBLIC or known != Right.PUBLIC


@dataclass(frozen=True, slots=True)
class Station:
    """One step of a complaint as its customer sees it: what, when, who, in which words."""

    title: str
    at: datetime | None
    who: str = ""
    words: str = ""


@never_cache
@require_safe
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """Where a complaint stands, for who filed it or proves to be a party."""
    if not access.may_look_up(request, 1, clock.now()):
        return tracking.too_often(request)
    return _page(request, number)


def _page(
    request: HttpRequest, number: str, *, status: int = 200, wrong_tail: str = "", problem: Any = None, form: AnswerForm | None = None,
    more: MoreForm | None = None,
) -> HttpResponse:  # fmt: skip
    complaint = _external(number)
    if complaint is None or not _may(request, complaint):
        context = {"number": number[:20], "wrong_tail": wrong_tail}
        return render(request, "portal/complaint_unlock.html", context, status=status)
    waits = complaint.state in DECIDED and complaint.told_at is not None and complaint.answered_at is None
    running = Deadline.objects.open().filter(subject=complaint.subject, due_at__isnull=False, clause__startswith="§1.6.1")
    context = {
        "complaint": complaint, "kind": in_words(complaint.kind), "stations": _stations(complaint), "now": clock.now(),
        "limit": running.order_by("due_at").first(), "files": Evidence.objects.of(complaint.subject).filter(person=None),
        "answering": (form or AnswerForm(error_class=Worded)) if waits else None, "problem": problem,
        "more": (more or MoreForm(error_class=Worded)) if complaint.closed_at is None else None,
    }  # fmt: skip
    return render(request, "portal/complaint.html", context, status=status)


def _stations(complaint: Complaint) -> list[Station]:
    said = Saying.objects.filter(complaint=complaint, round=complaint.round).order_by("pk")
    words = {each.name: each.text for each in said}
    owner = complaint.owner.name if complaint.owner else ""
    result = _("投诉成立") if complaint.state == "upheld" or complaint.fault_id else _("投诉不成立")
    rows = [Station(_("已提交"), complaint.filed_at, who() if complaint.filer == Filer.CUSTOMER else complaint.get_filer_display())]
    rows.append(Station(_("已受理，调查中"), complaint.taken_at, owner))
    if complaint.interim_at:
        rows.append(Station(_("阶段答复"), complaint.interim_at, owner, words.get(On.COMPLAINT_INTERIM_ANSWERED, "")))
    told = complaint.told_at
    rows.append(Station(result if told else _("处理结果"), told, owner if told else "", words.get(On.COMPLAINT_RESULT_TOLD, "")))
    if complaint.answered_at:
        rows.append(Station(_("您的答复：%s") % complaint.get_answer_display(), complaint.answered_at))
    rows.append(Station(_("已结案"), complaint.closed_at))
    return rows


@never_cache
@require_POST
def unlock(request: HttpRequest, number: str) -> HttpResponse:
    """Open a complaint to who knows the last four digits of its phone or a party's. The answer never tells which part was wrong."""
    now, tail = clock.now(), request.POST.get("tail", "").strip()
    if not access.may_guess(request, number[:20], now):
        return tracking.too_often(request)
    complaint = _external(number)
    if complaint is not None and TAIL.fullmatch(tail) and _knows(complaint, tail):
        access.grant(request, complaint.number, Right.ACT)
        return redirect("portal:complaint", number=complaint.number)
    return _page(request, number, status=422, wrong_tail=_("投诉编号或电话后四位不正确，请核对后重试。"))


def _knows(complaint: Complaint, tail: str) -> bool:
    own = digits(complaint.contact_phone)[-PHONE_TAIL:]
    return hmac.compare_digest(own, tail) or access.matched(complaint.order, tail) != Right.PUBLIC


def _own(request: HttpRequest, number: str) -> QuerySet[Complaint]:
    """Return the one complaint this session may speak for."""
    complaint = _external(number)
    if complaint is None or not _may(request, complaint):
        raise Http404
    return Complaint.objects.filter(pk=complaint.pk)


@never_cache
@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """The customer says yes or no to the result."""
    seen, form = _own(request, number), AnswerForm(request.POST, error_class=Worded)
    if not form.is_valid():
        return _page(request, number, form=form, status=422)
    try:
        services.answer(seen=seen, by=access.acting(request), who=who(), now=clock.now(), **form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.reason)
        return _page(request, number, form=form, status=422)
    except Conflict as conflict:
        return _page(request, number, problem=conflict, status=409)
    messages.success(request, _("已收到您的答复，谢谢。"))
    return redirect("portal:complaint", number=number)


@never_cache
@require_POST
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Add photos or papers."""
    seen, form = _own(request, number), MoreForm(request.POST, request.FILES, error_class=Worded)
    if not form.is_valid():
        return _page(request, number, more=form, status=422)
    try:
        with transaction.atomic():
            add_files(locked_of(seen), form.cleaned_data["files"], by=access.acting(request), who=who(), now=clock.now())
    except Refused as refusal:
        form.add_error("files", refusal.reason)
        return _page(request, number, more=form, status=422)
    except Conflict as conflict:
        return _page(request, number, problem=conflict, status=409)
    messages.success(request, _("已上传。"))
    return redirect("portal:complaint", number=number)


@never_cache
@require_safe
def shown(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Give a customer back what a customer sent; what staff added is ours."""
    complaint = _own(request, number).get()
    found = Evidence.objects.of(complaint.subject).filter(key=key, person=None).first()
    if found is None:
        raise Http404
    return attachment(found)
