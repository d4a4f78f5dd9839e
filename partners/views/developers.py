"""The page for partners' engineers: first signed call, signature explained and checked, words, errors, limits (screen 25)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from partners.cancelling import CODES as CANCEL_CODES
from partners.forms import CONTROL, SELECT
from partners.services import WINDOW, Signed
from partners.services.sending import RETRIES
from partners.signing import examine
from rulebook.vocabulary import CODES

ERRORS = (
    ("400", "required · type · unknown · invalid …", _("请求内容有误：field 指出字段，errors 列出全部")),
    ("401", "signature_missing · timestamp_invalid · timestamp_out_of_window · nonce_invalid · key_unknown · signature_wrong · replayed",
     _("签名有误：message 说明哪一部分不符，签名不符时给出服务器的待签名串")),
    ("403", "denied", _("此接口仅限员工使用")),
    ("404", "not_found", _("没有这条记录，或不是您的订单")),
    ("409", "duplicate", _("单号已用于内容不同的订单，fields 列出不同的字段")),
    ("409", "conflict · collected · cancelled · unsupported", _("状态已变，或不能取消（附 30002 / 30003 / 30004）")),
    ("413 · 415", "too_large · unsupported_media_type", _("请求内容过大，或不是 application/json")),
    ("422", "refused", _("制度不允许：clause 为条款，message 说明原因和办法")),
    ("429", "throttled", _("请求过于频繁：按 Retry-After 的秒数等待")),
    ("503", "unavailable", _("系统暂时繁忙：内容没有保存，按 Retry-After 重试，单号相同不会重复下单")),
)  # fmt: skip
CANCELS = (
    ("not_found", _("没有这个订单")), ("collected", _("货物已接收或已开单")), ("cancelled", _("订单已经取消")), ("unsupported", _("当前状态不支持取消")),
)  # fmt: skip
EXAMPLE = {
    "method": "GET", "target": "/api/v1/orders/?state=accepted", "timestamp": "1793757600", "nonce": "abcdef0123456789", "secret": "s3cret",
    "signature": "14fa22dd23182bd37833c700c66c2be2f260fd9411aef922917ffafb39645577",
}  # fmt: skip
REQUIRED = {"required": _("请填写此项。")}


class CheckForm(forms.Form):
    """The parts of a request as its sender signs them; everything but the secret."""

    use_required_attribute = False
    method = forms.ChoiceField(
        label=_("请求方法"), choices=[(name, name) for name in ("GET", "POST")], error_messages=REQUIRED, widget=forms.Select(attrs=SELECT)
    )
    target = forms.CharField(
        label=_("路径与查询串"), max_length=2000, strip=False, error_messages=REQUIRED,
        widget=forms.TextInput(attrs=CONTROL | {"placeholder": "/api/v1/orders/?state=accepted"}),
    )  # fmt: skip
    timestamp = forms.CharField(label="X-Timestamp", max_length=20, strip=False, error_messages=REQUIRED, widget=forms.TextInput(attrs=CONTROL))
    nonce = forms.CharField(label="X-Nonce", max_length=64, strip=False, error_messages=REQUIRED, widget=forms.TextInput(attrs=CONTROL))
    body = forms.CharField(
        label=_("请求正文"), required=False, max_length=20_000, strip=False, widget=forms.Textarea(attrs=CONTROL | {"rows": 4}),
        help_text=_("原样粘贴；换行按 \\n 计算。没有正文时留空"),
    )  # fmt: skip
    theirs = forms.CharField(
        label=_("您的待签名串"), required=False, max_length=4000, strip=False, widget=forms.Textarea(attrs=CONTROL | {"rows": 5}),
        help_text=_("五行；填写后逐行比较"),
    )  # fmt: skip
    key = forms.CharField(label=_("X-Key（沙箱密钥编号）"), required=False, max_length=32, widget=forms.TextInput(attrs=CONTROL))
    signature = forms.CharField(
        label="X-Signature", required=False, max_length=128, widget=forms.TextInput(attrs=CONTROL), help_text=_("与沙箱密钥编号一起填写时，一并核对签名；密文不要发给任何人")
    )

    def signed(self) -> Signed:
        given = self.cleaned_data
        body = given["body"].replace("\r\n", "\n").encode()
        return Signed(given["method"], given["target"], given["timestamp"], given["nonce"], body)


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Explain the interface."""
    return render(request, "portal/developers.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    base = settings.BASE_URL or f"{request.scheme}://{request.get_host()}"
    return {
        "base": base, "example": EXAMPLE, "text": Signed(EXAMPLE["method"], EXAMPLE["target"], EXAMPLE["timestamp"], EXAMPLE["nonce"], b"").text(),
        "codes": CODES.values(), "errors": ERRORS, "cancels": [(code, CANCEL_CODES[code], words) for code, words in CANCELS],
        "per_minute": settings.PARTNER_PER_MINUTE, "window": int(WINDOW.total_seconds() // 60), "log_days": settings.PARTNER_LOG_DAYS,
        "retries": [0, *(int(each.total_seconds() // 60) for each in RETRIES)],
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def signature(request: HttpRequest) -> HttpResponse:
    """Show both strings to sign and which part differs. Nothing is stored, no secret is asked for."""
    form = CheckForm(request.POST if request.method == "POST" else None, initial={"method": "POST", "target": "/api/v1/orders/"})
    finding = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        finding = examine(form.signed(), theirs=given["theirs"], key=given["key"], signature=given["signature"], now=clock.now())
    answer = render(request, "portal/signature.html", {"form": form, "finding": finding}, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer
