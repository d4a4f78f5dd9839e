"""常用语: the department keeps the company's, a branch manager the branch's own (§3.2)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from customers import services as customers
from customers.models import Phrase
from desk.chatforms import PhraseForm
from desk.views.answers import explained, person_of
from network.access import staff_required
from rulebook.errors import Refused


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def phrases(request: HttpRequest) -> HttpResponse:
    """What one's unit may insert; a form for another."""
    return _page(request, None)


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def phrase(request: HttpRequest, pk: int) -> HttpResponse:
    """Another wording of one of one's own."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: int | None) -> HttpResponse:
    person = person_of(request)
    person.require("see_chats")
    unit = None if person.may("write_company_phrase") else person.unit
    mine = Phrase.objects.filter(unit=unit, pk=pk).first() if pk else None
    if pk and (mine is None or not person.may("write_phrase")):
        raise Http404
    form = PhraseForm(request.POST or None, initial={"text": mine.text} if mine else None)
    if request.method == "POST" and form.is_valid():
        try:
            customers.write_phrase(clerk=person, text=form.cleaned_data["text"], pk=pk, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _t("常用语已保存。"))
            return redirect("desk:chat-phrases")
    context = {
        "rows": [(each, each.unit_id == (unit.pk if unit else None)) for each in Phrase.objects.offered_in(unit).select_related("unit")],
        "form": form, "mine": mine, "may_write": person.may("write_phrase"),
    }  # fmt: skip
    return render(request, "desk/chat_phrases.html", context, status=422 if form.errors else 200)


@staff_required
@explained
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one of one's own."""
    try:
        customers.drop_phrase(clerk=person_of(request), pk=pk)
    except Phrase.DoesNotExist as missing:
        raise Http404 from missing
    messages.success(request, _t("常用语已删除。"))
    return redirect("desk:chat-phrases")
