"""What the pages of claims ask for, checked (§1.6.1.3, §4.5)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from complaints.choices import AnswerMeans
from complaints.models import Claim
from complaints.services.claims.answers import ceiling
from core.language import in_words
from desk.forms import CHOOSE, PICK, REQUIRED, Styled, day_field, text_field
from desk.priceforms import Refusable
from network.choices import MAY
from network.models import Person
from orders.forms import CENT, MOST_MONEY, Amount, Phone
from rulebook.categories import CAUSES
from rulebook.due import local_day
from rulebook.roles import Role

COUPON_DAYS = 180


def _yuan(label: Any, **options: Any) -> Amount:
    return Amount(label=label, step=CENT, unit="元", min_value=CENT, max_value=MOST_MONEY, **options)


def causes() -> list[tuple[str, str]]:
    return [*PICK, *((row.code, in_words(row)) for row in CAUSES.values())]


def _staff(roles: Any, besides: Person | None) -> list[tuple[str, str]]:
    held = Person.objects.filter(posts__role__in=roles, posts__until=None).distinct().order_by("name", "number")
    return [*PICK, *((each.number, f"{each.name}（{each.number}）") for each in held if each != besides)]


class ClaimForm(Refusable):
    """A form of one verb of a claim, which may be filled in from what is known."""

    def __init__(self, *args: Any, claim: Claim, **more: Any) -> None:
        self.claim = claim
        super().__init__(*args, **{"initial": self.known(claim), **more})
        self.offer(claim)

    def known(self, claim: Claim) -> dict[str, Any]:
        return {}

    def offer(self, claim: Claim) -> None:
        """Offer what can be chosen for this claim."""


class PapersForm(ClaimForm):
    """Ticks papers of the list, with a reason."""

    papers = forms.MultipleChoiceField(label=_("资料"), widget=forms.CheckboxSelectMultiple, error_messages=CHOOSE)
    text = text_field(_("原因"), 300, required=True)
    missing = True

    def offer(self, claim: Claim) -> None:
        rows = claim.papers.filter(required=True).order_by("pk")
        field: Any = self.fields["papers"]
        field.choices = [(row.code, row.words) for row in rows if row.missing == self.missing and row.waived_at is None]


class ReturnForm(PapersForm):
    missing = False


class HandlerForm(ClaimForm):
    handler = forms.ChoiceField(label=_("负责人"), error_messages=CHOOSE)

    def offer(self, claim: Claim) -> None:
        field: Any = self.fields["handler"]
        field.choices = _staff({Role.CLAIMS}, claim.handler)


class EscalateClaimForm(ClaimForm):
    to = forms.ChoiceField(label=_("升级给"), error_messages=CHOOSE)

    def offer(self, claim: Claim) -> None:
        field: Any = self.fields["to"]
        field.choices = _staff(MAY["settle_dispute"], claim.decided_by)


class ProposeForm(ClaimForm):
    proven = _yuan(_("核定损失（元）"))
    amount = _yuan(_("赔付金额（元）"))
    words = text_field(_("方案说明（客户会看到）"), 500, required=True, rows=2)
    at_fault = text_field(_("责任单位编号（操作违规造成损失时填写，§2.2.3）"), 20)

    def known(self, claim: Claim) -> dict[str, Any]:
        return {"proven": claim.amount, "amount": ceiling(claim, claim.amount), "words": _t("按核定损失在赔付上限内赔付。")}

    def offer(self, claim: Claim) -> None:
        self.fields["amount"].help_text = _t("按索赔金额核定时最多 %s 元") % ceiling(claim, claim.amount)


class ReasonForm(ClaimForm):
    text = text_field(_("理由（客户会看到）"), 500, required=True, rows=2)


class _AnswerForm(ClaimForm):
    serial = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=32767)
    means = forms.ChoiceField(
        label=_("答复方式"), choices=[*PICK, (AnswerMeans.PHONE, AnswerMeans.PHONE.label), (AnswerMeans.LETTER, AnswerMeans.LETTER.label)],
        error_messages=CHOOSE,
    )  # fmt: skip

    def known(self, claim: Claim) -> dict[str, Any]:
        standing = claim.standing()
        return {"serial": standing.serial if standing else 0}


class AgreeForm(_AnswerForm):
    payee = text_field(_("收款账户：户名、开户行、账号（已登记的可不填）"), 200)


class DisputeForm(_AnswerForm):
    text = text_field(_("客户的意见"), 500, required=True, rows=2)


class WithdrawForm(ClaimForm):
    text = text_field(_("撤回原因"), 300, required=True)


class PayeeForm(ClaimForm):
    payee = text_field(_("收款账户：户名、开户行、账号"), 200, required=True)


class PayForm(ClaimForm):
    amount = _yuan(_("付款金额（元）"))
    bank_no = text_field(_("银行流水号"), 40, required=True)

    def known(self, claim: Claim) -> dict[str, Any]:
        return {"amount": claim.agreed.amount if claim.agreed else Decimal(0)}


class CouponForm(ClaimForm):
    amount = _yuan(_("优惠券金额（元）"))
    valid_until = day_field(_("有效期至"))
    apology = text_field(_("致歉（客户会看到）"), 300, required=True, rows=2)

    def known(self, claim: Claim) -> dict[str, Any]:
        day = local_day(claim.last_at or claim.opened_at) + timedelta(days=COUPON_DAYS)
        return {"amount": Decimal(50), "valid_until": day}


class OpenClaimForm(Refusable):
    """A claim taken in at the desk."""

    number = forms.CharField(label=_("订单号"), max_length=20, error_messages=REQUIRED)
    name = text_field(_("索赔人"), 60, required=True)
    phone = Phone(label=_("索赔人电话"))
    amount = _yuan(_("索赔金额（元）"))
    cause = forms.ChoiceField(label=_("货损原因"), choices=causes, error_messages=CHOOSE)
    text = text_field(_("货损经过"), 500, required=True, rows=3)
    payee = text_field(_("收款账户：户名、开户行、账号（可后补）"), 200)

    def clean_number(self) -> str:
        return str(self.cleaned_data["number"]).strip().upper()


class ClaimFilters(Styled):
    """The filters of the list, kept in the URL."""

    text = forms.CharField(label=_("理赔单号、订单号或电话"), required=False, max_length=40)
    cause = forms.ChoiceField(label=_("货损原因"), required=False, choices=causes)
    small = forms.BooleanField(label=_("只看小额赔付"), required=False)
    key = forms.BooleanField(label=_("只看项目客户"), required=False)
    mine = forms.BooleanField(label=_("只看我负责的"), required=False)
