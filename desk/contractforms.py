"""What a branch fills in to apply for a contract price (§3.3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from desk.forms import day_field, text_field
from desk.priceforms import Refusable
from desk.priceforms import money as money_field
from desk.priceforms import percent as percent_field
from desk.tariffs import READ, Wrong, prefix
from orders.forms import Phone
from pricing.services.contracts import RateRow

MOST_RATES = 100
CELLS = ("product", "start", "end", "heavy", "light", "minimum")


def _rate(number: int, parts: list[str]) -> RateRow:
    """:raises ValidationError: naming the line that says nothing usable"""
    try:
        if len(parts) != len(CELLS):
            raise Wrong(_t("须有 6 项：产品 始发 到达 重货单价 轻货单价 最低收费。"))
        product, start, end, *sums = parts
        heavy, light, minimum = (READ[name](text, name) for name, text in zip(CELLS[3:], sums, strict=True))
        return RateRow(
            product=READ["product"](product, ""), start=prefix(start), end=prefix(end), heavy=heavy, light=light, minimum=minimum
        )
    except Wrong as wrong:
        raise ValidationError(_t("第 %(row)s 行：%(problem)s") % {"row": number, "problem": wrong}) from None


class ContractForm(Refusable):
    """A branch applies for a contract price (§3.3)."""

    name = text_field(_("客户名称"), 60, required=True)
    phone = Phone(label=_("客户发货电话"), help_text=_("已与客户核实；合同价按此电话识别"))
    code = text_field(_("合同编号"), 40, required=True)
    valid_from = day_field(_("生效日期"))
    valid_to = day_field(_("截止日期"))
    percent = percent_field(_("公布价的百分之几"), help_text=_("如 85 表示按公布价的 85 折计费"))
    minimum = money_field(_("最低收费（元）"))
    redelivery_fee = forms.BooleanField(label=_("收取再送费"), required=False)
    rates = forms.CharField(
        label=_("线路价"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("可不填；每行一条，用空格隔开：产品 始发 到达 重货单价 轻货单价 最低收费，如 汽运专线 浙江省杭州市 上海市 1.9 195 25"),
    )  # fmt: skip
    reason = text_field(_("申请理由"), 300, required=True, rows=2)

    def clean_rates(self) -> list[RateRow]:
        lines = [line.split() for line in self.cleaned_data["rates"].splitlines() if line.strip()]
        if len(lines) > MOST_RATES:
            raise ValidationError(_t("线路价最多 %s 行。") % MOST_RATES)
        found = [_rate(number, parts) for number, parts in enumerate(lines, start=1)]
        keys = [(row.product, row.start, row.end) for row in found]
        if len(set(keys)) < len(keys):
            raise ValidationError(_t("同一产品、同一线路只能有一个价格。"))
        return found

    def terms(self) -> dict[str, Any]:
        """Return what the service takes."""
        values = dict(self.cleaned_data)
        values["share"] = (values.pop("percent") / 100).quantize(Decimal("0.001"))
        values["minimum"] = values["minimum"] or None
        return values
