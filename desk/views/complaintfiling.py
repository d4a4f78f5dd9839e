"""Filing a complaint at the desk; its files; who complained, shown on request (§1.6.1)."""

from __future__ import annotations

from secrets import token_urlsafe

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints import services
from complaints.answers import attachment
from complaints.models import Evidence
from core import clock
from desk.complaintforms import FileForm
from desk.views.answers import explained, person_of
from desk.views.complaints import SHOWN, SHOWN_FOR, seen_by, viewer
from network.access import staff_required
from orders.models import Order
from rulebook.errors import Conflict, Refused


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """File a complaint, about an order or not."""
    person, now = person_of(request), clock.now()
    person.require("file_complaint")
    if request.method == "GET":
        form = FileForm(initial={"order": request.GET.get("order", "")[:20], "key": token_urlsafe(16)})
        return render(request, "desk/complaint_new.html", {"form": form})
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        try:
            filed = services.file(
                matter=form.matter(), clerk=person, order=said["order"].strip().upper(), files=said["files"], key=said["key"], now=now
            )
        except Refused as refusal:
            form.refuse(refusal)
        except Conflict as conflict:
            form.add_error(None, conflict.reason)
        except Order.DoesNotExist:
            form.add_error("order", _("没有这个订单，或不属于您的单位。"))
        else:
            messages.success(request, _("投诉已登记：%s") % filed.number)
            return redirect("desk:complaint", filed.pk)
    return render(request, "desk/complaint_new.html", {"form": form}, status=422)


@staff_required
@explained
@never_cache
@require_safe
def evidence(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Answer with a file of a complaint, for staff who may see it; anybody else finds nothing."""
    complaint = seen_by(viewer(request), pk)
    found = Evidence.objects.of(complaint.subject).filter(key=key).first()
    if found is None:
        raise Http404
    return attachment(found)


@staff_required
@explained
@require_POST
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who complained to this login for a while; the showing is on record."""
    now = clock.now()
    complaint = services.show_contact(pk=seen_by(viewer(request), pk).pk, clerk=person_of(request), now=now)
    known = request.session.get(SHOWN, {}).items()
    fresh = {key: at for key, at in known if now.timestamp() - at <= SHOWN_FOR.total_seconds()}
    request.session[SHOWN] = fresh | {str(complaint.pk): now.timestamp()}
    return redirect("desk:complaint", pk)
