"""What customers were told by text message and mail: each with its state; what has failed can be sent again."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from core import clock
from desk.forms import Styled
from desk.views.answers import explained, person_of
from network.access import staff_required
from notify.choices import Medium, NoticeKind, NoticeState
from notify.models import Notice
from notify.notices import send_again

PAGE = 50
ANY = [("", gettext_lazy("全部"))]


class NoticeFilters(Styled):
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, choices=[*ANY, *NoticeState.choices])
    kind = forms.ChoiceField(label=gettext_lazy("类别"), required=False, choices=[*ANY, *NoticeKind.choices])
    medium = forms.ChoiceField(label=gettext_lazy("方式"), required=False, choices=[*ANY, *Medium.choices])
    order_number = forms.CharField(label=gettext_lazy("订单号"), required=False, max_length=20)


@staff_required
@explained
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """List the notices about the orders one sees, the newest first."""
    person = person_of(request)
    person.require("see_notices")
    filters = NoticeFilters(request.GET or None)
    chosen = {name: value for name, value in filters.cleaned_data.items() if value} if filters.is_valid() else {}
    found = Notice.objects.visible_to(person).filter(**chosen).order_by("-pk")
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")), "filters": filters, "filtered": bool(chosen),
        "query": f"{query.urlencode()}&" if query else "", "may_resend": person.may("resend_notice"),
    }  # fmt: skip
    return render(request, "desk/notices.html", context)


@staff_required
@explained
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a failed notice again."""
    person = person_of(request)
    person.require("resend_notice")
    send_again(key=get_object_or_404(Notice.objects.visible_to(person), pk=pk).pk, now=clock.now())
    messages.success(request, _("已重新发送。"))
    return redirect("desk:notices")
