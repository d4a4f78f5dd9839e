"""Charges and COD plans of a tariff as one types them, on the page and in a file's row alike (§3.3)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.language import in_words
from desk.billforms import Figure
from desk.forms import CHOOSE, PICK, REQUIRED, text_field
from desk.priceforms import MOST, Refusable
from pricing.choices import Basis, Rounding, When
from pricing.models import CodPlan
from pricing.services.surcharges import MOST_DAYS, check, check_plan
from pricing.services.values import PlanRow
from rulebook.errors import Refused
from rulebook.prices import plain
from rulebook.products import PRODUCTS
from rulebook.quotes import Charge, Tier

CENT, MILLIONTH, HUNDRED = Decimal("0.01"), Decimal("0.000001"), Decimal(100)
NUMBER = r"\d{1,9}(?:\.\d{1,6})?"
STEP = re.compile(
    rf"(?P<upto>以上|above|{NUMBER})\s*[=：:]\s*(?P<fixed>{NUMBER}(?!\s*%|[\d.]))?\s*\+?\s*"
    rf"(?:(?P<pct>{NUMBER})\s*%|[×xX*]\s*(?P<per>{NUMBER}))?\s*(?:(?:封顶|cap)\s*(?P<cap>{NUMBER}))?",
    re.ASCII,
)
MOST_STEPS = 20


def tiers_of(text: str, *, share: bool) -> tuple[Tier, ...]:
    """
    Read steps, one a line or with ； between: "200 = 2", "以上 = 0.15% 封顶 40"; `share`: the charge is a percentage of something.

    :raises ValidationError: naming the step that says nothing usable
    """
    lines = [line.strip() for line in re.split(r"[\n；;]", text) if line.strip()]
    if len(lines) > MOST_STEPS:
        raise ValidationError(_t("最多 %s 档。") % MOST_STEPS)
    return tuple(_tier(number, line, share) for number, line in enumerate(lines, start=1))


def _tier(number: int, line: str, share: bool) -> Tier:
    found = STEP.fullmatch(line)
    if not found or not any(found[name] for name in ("fixed", "pct", "per")) or found["per" if share else "pct"]:
        words = _t("第 %s 档看不懂：按比例的写“3000 = 4”或“以上 = 0.15%% 封顶 40”，按数量的写“以上 = 10 + ×0.5”。")
        raise ValidationError(words % number)
    upto = None if found["upto"] in ("以上", "above") else Decimal(found["upto"])
    rate = Decimal(found["pct"]) / HUNDRED if found["pct"] else Decimal(found["per"] or 0)
    cap = Decimal(found["cap"]) if found["cap"] else None
    return Tier(upto, Decimal(found["fixed"] or 0), rate, cap)


def steps_text(tiers: tuple[Tier, ...], *, share: bool) -> str:
    """Write steps as `tiers_of` reads them."""
    return "\n".join(_step_text(tier, share) for tier in tiers)


def _step_text(tier: Tier, share: bool) -> str:
    rate = "" if not tier.rate else f"{plain(tier.rate * HUNDRED)}%" if share else f"×{plain(tier.rate)}"
    sums = [part for part in (plain(tier.fixed) if tier.fixed or not tier.rate else "", rate) if part]
    cap = f" 封顶 {plain(tier.cap)}" if tier.cap is not None else ""
    return f"{'以上' if tier.upto is None else plain(tier.upto)} = {' + '.join(sums)}{cap}"


def _products() -> list[tuple[str, Any]]:
    return [("", _("所有产品")), *((row.code, in_words(row)) for row in PRODUCTS.values())]


def _sum(label: Any) -> Figure:
    return Figure(label=label, step=CENT, unit="元", min_value=0, max_value=MOST, required=False)


class ChargeForm(Refusable):
    """A charge beside the freight."""

    code = text_field(_("代码"), 20, required=True)
    zh = text_field(_("名称"), 40, required=True)
    en = text_field(_("英文名称"), 40)
    when = forms.ChoiceField(label=_("适用"), choices=[*PICK, *When.choices], error_messages=CHOOSE)
    detail = text_field(_("细分"), 20)
    product = forms.ChoiceField(label=_("产品"), choices=_products, required=False, error_messages=CHOOSE)
    basis = forms.ChoiceField(label=_("计费基础"), choices=[*PICK, *Basis.choices], error_messages=CHOOSE)
    rate = Figure(
        label=_("费率"), step=MILLIONTH, unit="", min_value=0, max_value=MOST, required=False,
        help_text=_("按比例的填百分数，如 0.3 表示 0.3%；其余填元"),
    )  # fmt: skip
    tiers = forms.CharField(
        label=_("分档"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一档，含上限：200 = 2；最后一档写 以上 = 0.15% 封顶 40。填分档就不填费率"),
    )  # fmt: skip
    minimum = _sum(_("最低（元）"))
    cap = _sum(_("最高（元）"))
    rounding = forms.ChoiceField(label=_("取整"), choices=Rounding.choices, initial=Rounding.FEN, error_messages=CHOOSE)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["detail"].help_text = _("代收货款填代收方案的代码；签收单填 original、electronic 或 photo；其余留空")

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not self.errors:
            try:
                values["charge"] = self._charge(values)
                check(values["charge"])
            except Refused as refusal:
                self.refuse(refusal)
            except ValidationError as wrong:
                self.add_error("tiers", wrong)
        return values

    def _charge(self, said: dict[str, Any]) -> Charge:
        share = str(said["basis"]).startswith("pct")
        rate = said["rate"] or Decimal(0)
        return Charge(
            code=said["code"], zh=said["zh"], en=said["en"] or said["zh"], when=said["when"], detail=said["detail"],
            product=said["product"], basis=said["basis"], rate=rate / HUNDRED if share else rate,
            tiers=tiers_of(said["tiers"], share=share), minimum=said["minimum"] or Decimal("0.00"), cap=said["cap"],
            rounding=said["rounding"],
        )  # fmt: skip

    def charge(self) -> Charge:
        made: Charge = self.cleaned_data["charge"]
        return made


def typed(charge: Charge) -> dict[str, str]:
    """Return a charge as it would be typed, by the fields of its form."""
    share = charge.basis.startswith("pct")
    rate = charge.rate * HUNDRED if share else charge.rate
    return {
        "code": charge.code, "zh": charge.zh, "en": charge.en, "when": charge.when, "detail": charge.detail,
        "product": charge.product, "basis": charge.basis, "rate": plain(rate) if charge.rate else "",
        "tiers": steps_text(charge.tiers, share=share), "minimum": plain(charge.minimum) if charge.minimum else "",
        "cap": "" if charge.cap is None else plain(charge.cap), "rounding": charge.rounding,
    }  # fmt: skip


class PlanForm(Refusable):
    """A way to pay out collected cash (代收货款)."""

    code = text_field(_("代码"), 20, required=True)
    zh = text_field(_("名称"), 40, required=True)
    en = text_field(_("英文名称"), 40)
    days = forms.IntegerField(
        label=_("到账天数"), min_value=0, max_value=MOST_DAYS, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=REQUIRED | {"invalid": _("请填写整数，如 3。")},
    )  # fmt: skip
    most = Figure(label=_("最高金额"), step=CENT, unit="元", min_value=1, max_value=MOST)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not self.errors:
            try:
                check_plan(self.plan())
            except Refused as refusal:
                self.refuse(refusal)
        return values

    def plan(self) -> PlanRow:
        said = self.cleaned_data
        return PlanRow(code=said["code"], zh=said["zh"], en=said["en"] or said["zh"], days=said["days"], most=said["most"])


def typed_plan(plan: CodPlan) -> dict[str, str]:
    return {"code": plan.code, "zh": plan.zh, "en": plan.en, "days": str(plan.days), "most": plain(plan.most)}
