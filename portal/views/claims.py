"""Claims in the hall (§3.2, §4.5): open one, see how it stands and whose turn it is, hand papers in, say yes or no."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.answers import attachment
from complaints.choices import LIVE_CLAIM, AnswerMeans, Claimed
from complaints.models import Claim, Evidence
from complaints.services import claims, evidence
from complaints.services.claims import Author
from complaints.services.claims.answers import link_holds, proposal_of
from complaints.services.evidence import File
from core import clock
from core.personal import blind
from orders.numbers import is_valid
from portal import access
from portal.access import Right
from portal.claimforms import AgreeForm, DisputeForm, HallClaimForm, HandInForm, LookUpForm, Said, WithdrawForm
from portal.views import tracking
from portal.views.ordering import who
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused

NUMBER = re.compile(r"C\d{13}", re.ASCII)
TAIL = re.compile(r"\d{4}", re.ASCII)


def _author(request: HttpRequest) -> Author:
    return Author(access.acting(request), who())


# Find a claim, open one.


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Open a claim's page to who knows its number and the last four digits of the claimant's phone."""
    now = clock.now()
    form = LookUpForm(request.POST if request.method == "POST" else None, initial={"number": request.GET.get("number", "")[:20]})
    if request.method == "POST" and form.is_valid():
        number, tail = form.cleaned_data["number"], form.cleaned_data["tail"]
        if not access.may_guess(request, number, now):
            return tracking.too_often(request)
        claim = Claim.objects.filter(number=number).first() if _plausible(number) else None
        known = hmac.compare_digest(claim.tail_index if claim else blind("-"), blind(tail))
        if claim and known and TAIL.fullmatch(tail):
            access.grant(request, number, Right.ACT)
            return redirect("portal:claim", number)
        form.add_error("tail", _("理赔单号或电话后四位不正确，请核对后重试。"))
    return render(request, "portal/claim_find.html", {"form": form}, status=422 if form.errors else 200)


def _plausible(number: str) -> bool:
    return NUMBER.fullmatch(number) is not None and is_valid(number[1:])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: HttpRequest, number: str) -> HttpResponse:
    """A party of an order claims for its goods, with photos."""
    order = tracking.look_up(number)
    if order is None or access.right(request, number) == Right.PUBLIC:
        messages.info(request, _("请先用寄件人或收件人电话后四位验证，再提出理赔。"))
        return redirect("portal:progress", number=number)
    form = HallClaimForm(request.POST, request.FILES) if request.method == "POST" else HallClaimForm()
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        photos = said.pop("photos")
        try:
            photos = _files(photos, "photos")
            claim = claims.open_claim(number=number, author=_author(request), now=clock.now(), files=photos, **said)
        except Refused as refusal:
            form.refuse(refusal)
        except Conflict as conflict:
            form.add_error(None, conflict.reason)
        else:
            access.grant(request, claim.number, Right.ACT)
            messages.success(request, _("理赔已提出，单号 %s。请按清单补齐资料。") % claim.number)
            return redirect("portal:claim", claim.number)
    return render(request, "portal/claim_new.html", {"order": order, "form": form}, status=422 if form.errors else 200)


def _files(given: list[Any], field: str) -> list[File]:
    return [evidence.read(each.read(), each.name or "", clause="§4.5", field=field) for each in given]


# How it stands.


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    at: datetime | None
    current: bool = False


def _steps(claim: Claim) -> list[Step]:
    """Return the way of a claim with its dates; what ended otherwise ends there."""
    said = [(_("提出理赔"), claim.opened_at), (_("资料齐全"), claim.completed_at)]
    if claim.rejection and claim.state in (Claimed.REJECTED, Claimed.CLOSED):
        said.append((_("不予赔付"), claim.ended_at))
    elif claim.withdrawal:
        said.append((_("已撤回"), claim.ended_at))
    else:
        answered = claim.answered_at if claim.agreed_id or claim.state == Claimed.DISPUTED else None
        proposed = claim.decided_at if claim.proposals.exists() else None
        paid = claim.ended_at if claim.agreed_id else None
        said += [(_("提出方案"), proposed), (_("您的答复"), answered), (_("付款"), paid)]
    first = next((i for i, (_title, at) in enumerate(said) if at is None), len(said))
    live = claim.state in LIVE_CLAIM
    return [Step(title, at, current=live and i == first) for i, (title, at) in enumerate(said)]


@dataclass(frozen=True, slots=True)
class Act:
    """What a customer can do with a claim: its words, its form, when, and the service."""

    label: Callable[[], str]
    form: type[Said]
    states: tuple[Claimed, ...]
    done: Callable[[], str]


ACTS = {
    "agree": Act(lambda: _("同意方案"), AgreeForm, (Claimed.PROPOSED,), lambda: _("已同意，我们会尽快付款。")),
    "dispute": Act(
        lambda: _("不同意"), DisputeForm, (Claimed.PROPOSED, Claimed.REJECTED), lambda: _("已转给其他负责人重新处理。")
    ),
    "withdraw": Act(
        lambda: _("撤回理赔"), WithdrawForm, (Claimed.OPENED, Claimed.PAPERS_COMPLETE, Claimed.PROPOSED, Claimed.DISPUTED),
        lambda: _("理赔已撤回。"),
    ),
}  # fmt: skip


def _allowed(request: HttpRequest, number: str) -> Claim | None:
    if access.right(request, number) != Right.ACT:
        return None
    related = ("order", "handler", "agreed", "coupon__order", "payment")
    found: Claim | None = Claim.objects.select_related(*related).filter(number=number).first()
    return found


@never_cache
@require_safe
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """How a claim stands: steps with dates, who follows it, papers, the proposal to answer."""
    found = _allowed(request, number)
    if found is None:
        return redirect(f"/claims/?number={number[:20]}")
    return _page(request, found)


def _page(
    request: HttpRequest, claim: Claim, *, failed: str = "", form: Said | None = None, problem: Any = None, status: int = 200
) -> HttpResponse:
    acts = [
        (name, act.label(), form if name == failed and form else _form(name, claim, None))
        for name, act in ACTS.items()
        if claim.state in act.states
    ]
    files = {each.key: each for each in Evidence.objects.of(claim.subject)}
    papers = [(paper, [files[key] for key in paper.files if key in files]) for paper in claim.papers.order_by("pk")]
    proposal = claim.standing()
    context = {
        "claim": claim, "order": claim.order, "steps": _steps(claim), "proposal": proposal, "acts": acts, "failed": failed,
        "serial": proposal.serial if proposal else 0,
        "problem": problem, "papers": papers, "may_hand_in": claim.state in (Claimed.OPENED, Claimed.PAPERS_COMPLETE),
        "coupon_expired": claim.coupon and claim.coupon.expired(local_day(clock.now())),
        "upload": form if failed == "hand-in" and form else HandInForm(),
    }  # fmt: skip
    return render(request, "portal/claim.html", context, status=status)


def _form(name: str, claim: Claim, data: Any) -> Said:
    form = ACTS[name].form(data, auto_id=f"{name}_%s")
    if name == "agree" and claim.payee:
        del form.fields["payee"]
    return form


@never_cache
@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Say yes or no, or withdraw."""
    claim = _allowed(request, number)
    if claim is None or verb not in ACTS:
        raise Http404
    form = _form(verb, claim, request.POST)
    if not form.is_valid():
        return _page(request, claim, failed=verb, form=form, status=422)
    try:
        _do(_author(request), verb, claim, _whole(request.POST.get("serial", "")), AnswerMeans.HALL, form.cleaned_data)
    except Refused as refusal:
        form.refuse(refusal)
        return _page(request, claim, failed=verb, form=form, status=422)
    except Conflict as problem:
        return _page(request, Claim.objects.get(pk=claim.pk), problem=problem, status=409)
    messages.success(request, ACTS[verb].done())
    return redirect("portal:claim", number)


def _do(author: Author, verb: str, claim: Claim, serial: int, means: str, said: dict[str, Any]) -> None:
    now = clock.now()
    if verb == "agree":
        claims.agree(number=claim.number, author=author, serial=serial, means=means, now=now, **said)
    elif verb == "dispute":
        claims.dispute(number=claim.number, author=author, serial=serial, means=means, now=now, **said)
    else:
        claims.withdraw(number=claim.number, author=author, now=now, **said)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@never_cache
@require_POST
def hand_in(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """Hand a paper of the list in, as photos or PDF."""
    claim = _allowed(request, number)
    if claim is None:
        raise Http404
    form = HandInForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, claim, failed="hand-in", form=form, status=422)
    try:
        claims.receive_paper(number=number, paper=paper, author=_author(request), now=clock.now(), files=_files(form.cleaned_data["files"], "files"))
    except Refused as refusal:
        form.refuse(refusal)
        return _page(request, claim, failed="hand-in", form=form, status=422)
    except Conflict as problem:
        return _page(request, Claim.objects.get(pk=claim.pk), problem=problem, status=409)
    messages.success(request, _("资料已收到。"))
    return redirect("portal:claim", number)


@never_cache
@require_safe
def file(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """A file the customer has handed in; nobody else learns that there is one."""
    claim = _allowed(request, number)
    found = Evidence.objects.of(claim.subject).filter(key=key).first() if claim else None
    if found is None:
        raise Http404
    return attachment(found)


# The link: no login, no number, no digits; one proposal, answered once.


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a proposal by its link; amount and words are all it shows."""
    now = clock.now()
    if not access.may_look_up(request, 1, now):
        return tracking.too_often(request)
    proposal = proposal_of(token[:400])
    if proposal is None:
        return render(request, "portal/claim_link_ended.html", status=404)
    if not link_holds(proposal, now):
        return render(request, "portal/claim_link_ended.html", {"number": proposal.claim.number}, status=410)
    verb = request.POST.get("answer", "")
    forms = {name: _form(name, proposal.claim, request.POST if name == verb else None) for name in ("agree", "dispute")}
    if verb in forms and forms[verb].is_valid():
        try:
            _do(_author(request), verb, proposal.claim, proposal.serial, AnswerMeans.LINK, forms[verb].cleaned_data)
        except Refused as refusal:
            forms[verb].refuse(refusal)
        except Conflict:
            return render(request, "portal/claim_link_ended.html", {"number": proposal.claim.number}, status=410)
        else:
            return render(request, "portal/claim_answered.html", {"number": proposal.claim.number, "words": ACTS[verb].done()})
    context = {"proposal": proposal, "claim": proposal.claim, "forms": forms, "failed": verb}
    return render(request, "portal/claim_answer.html", context, status=422 if verb in forms and forms[verb].errors else 200)
