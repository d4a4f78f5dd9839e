"""What the complaint desk asks for, checked (§1.6, §4.4)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from complaints.choices import Answer, Filer, Ground, RedressKind, Told
from complaints.forms import FilesField
from complaints.models import Complaint
from complaints.services import Matter
from core.language import in_words
from desk.forms import CHOOSE, PICK, Styled, coded, day_field, moment_field, text_field
from desk.priceforms import Refusable
from orders.forms import MOST_MONEY, Amount
from rulebook.categories import CATEGORIES, CAUSES
from rulebook.findings import FINDINGS
from rulebook.points import POINTS


class MaybeMoney(Amount):
    """An amount that need not be given."""

    def clean(self, value: Any) -> Decimal | None:  # type: ignore[override]
        return super().clean(value) if value not in self.empty_values else None


def money_field(label: Any) -> Amount:
    return MaybeMoney(label=label, step=Decimal("0.01"), unit="元", min_value=Decimal("0.01"), max_value=MOST_MONEY, required=False)


def category_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("投诉类别"), choices=coded(CATEGORIES), error_messages=CHOOSE)  # type: ignore[arg-type]


def cause_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("损失原因（破损、丢失类）"), choices=coded(CAUSES), required=False)  # type: ignore[arg-type]


class FileForm(Refusable):
    """A complaint as the call centre, a branch or an office takes it down."""

    order = text_field(_("订单号（没有则留空）"), 20)
    category = category_field()
    text = text_field(_("投诉内容"), 1000, required=True, rows=4)
    cause = cause_field()
    amount = money_field(_("索赔金额（元，没有则留空）"))
    branch = text_field(_("被投诉营业部或部门编号（有订单的可留空）"), 20)
    person = text_field(_("被投诉人工号（不清楚则留空）"), 20)
    serious = forms.BooleanField(label=_("情节严重（态度投诉成立后须上门拜访，§4.4.1）"), required=False)
    internal = forms.BooleanField(label=_("内部投诉（不记分，由品管中心处理）"), required=False)
    contact_name = text_field(_("投诉人姓名（留空为发货人）"), 60)
    contact_phone = text_field(_("投诉人电话（留空为发货人电话）"), 30)
    files = FilesField(required=False)
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())

    def matter(self) -> Matter:
        names = ("category", "text", "cause", "amount", "branch", "person", "serious", "internal", "contact_name", "contact_phone")
        return Matter(**{name: self.cleaned_data[name] for name in names})


class ActForm(Refusable):
    """A form of one act on one complaint."""

    def __init__(self, *args: Any, complaint: Complaint, **options: Any) -> None:
        super().__init__(*args, **options)
        self.complaint = complaint

    def values(self) -> dict[str, Any]:
        """Return what the service is told."""
        return dict(self.cleaned_data)


class WordsForm(ActForm):
    text = text_field(_("内容"), 1000, required=True, rows=3)


class RecategoriseForm(ActForm):
    category = category_field()
    cause = cause_field()
    amount = money_field(_("索赔金额（元，没有则留空）"))
    serious = forms.BooleanField(label=_("情节严重"), required=False)
    internal = forms.BooleanField(label=_("内部投诉"), required=False)
    text = text_field(_("更正说明"), 300)

    def __init__(self, *args: Any, complaint: Complaint, **options: Any) -> None:
        names = ("category", "cause", "amount", "serious", "internal")
        super().__init__(*args, complaint=complaint, initial={name: getattr(complaint, name) for name in names}, **options)


class InsurerForm(ActForm):
    insurer_on = day_field(_("保险公司赔付日"))


class InterimForm(ActForm):
    until = day_field(_("承诺答复日期"))
    text = text_field(_("书面答复内容"), 1000, required=True, rows=3)


class UpholdForm(ActForm):
    """The decision: every item with its range, so that nobody has to look it up (§1.6.2)."""

    branch = text_field(_("责任营业部或部门编号"), 20, required=True)
    person = text_field(_("当事人工号（态度投诉必填）"), 20)
    point_code = forms.ChoiceField(label=_("积分项目"), required=False)
    points = forms.IntegerField(
        label=_("积分"), required=False, widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": 5}),
        help_text=_("有区间的项目须填写，并在区间之内；只有一个分值的可留空"),
    )  # fmt: skip
    findings = forms.MultipleChoiceField(label=_("同时认定"), required=False, widget=forms.CheckboxSelectMultiple())
    overcharge_person = text_field(_("多收费用的开单员工号"), 20)
    loss_loss = money_field(_("损失金额（元）"))
    reason = text_field(_("裁定理由"), 500, required=True, rows=3)

    def __init__(self, *args: Any, complaint: Complaint, **options: Any) -> None:
        at_fault = complaint.branch.code if complaint.branch else ""
        accused = complaint.person.number if complaint.person else ""
        found = ["repeated"] if complaint.repeated else []
        super().__init__(*args, complaint=complaint, initial={"branch": at_fault, "person": accused, "findings": found}, **options)
        if complaint.internal:
            for name in ("point_code", "points", "findings", "overcharge_person", "loss_loss"):
                del self.fields[name]
            return
        self.fields["point_code"].choices = [*PICK, *_items()]  # type: ignore[attr-defined]
        self.fields["findings"].choices = [*_findings(complaint)]  # type: ignore[attr-defined]
        if not complaint.key_customer:
            del self.fields["loss_loss"]

    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        found = {code: _needed(code, said) for code in said.get("findings", ())}
        plain = {name: said[name] for name in ("branch", "person", "reason")}
        return plain | {"point_code": said.get("point_code", ""), "points": said.get("points"), "findings": found}


def _items() -> list[tuple[str, str]]:
    spans = [(row, f"{row.low}" if row.low == row.high else f"{row.low}–{row.high}") for row in POINTS.values()]
    return [(row.code, _t("%(item)s（%(points)s 分）") % {"item": in_words(row), "points": span}) for row, span in spans]


def _findings(complaint: Complaint) -> list[tuple[str, str]]:
    """Offer what can be found of this complaint, with the clause each carries."""
    fits = {"repeated": complaint.repeated, "overcharge": complaint.category == "overcharge"}
    rows = [row for row in FINDINGS.values() if (complaint.key_customer or not row.only_key_customers) and fits.get(row.code, True)]
    return [(row.code, f"{in_words(row)}（{row.clause}）") for row in rows]


def _needed(code: str, said: dict[str, Any]) -> dict[str, Any]:
    need = FINDINGS[code].needs
    return {need: said.get(f"{code}_{need}") or ""} if need else {}


class DismissForm(ActForm):
    ground = forms.ChoiceField(label=_("不成立的依据（拒绝受理类，§4.4.4）"), choices=[*PICK, *Ground.choices], required=False)
    reason = text_field(_("不成立的理由"), 500, required=True, rows=3)

    def __init__(self, *args: Any, complaint: Complaint, **options: Any) -> None:
        super().__init__(*args, complaint=complaint, **options)
        if complaint.category != "order_refused":
            del self.fields["ground"]


class TellForm(ActForm):
    means = forms.ChoiceField(label=_("告知方式"), choices=Told.choices, initial=Told.PHONE, error_messages=CHOOSE)
    text = text_field(_("告知内容"), 1000, required=True, rows=3)


ENDINGS = (
    (Answer.YES, _("认可处理结果")),
    (Answer.NO, _("已解释依据，仍不认可")),
    (Answer.NONE, _("多次联系，未能取得答复")),
)


class CloseForm(ActForm):
    """Three clicks: open, choose how it ended, close. The words of the choice are the reason; more can be said."""

    answer = forms.ChoiceField(label=_("投诉人的答复"), choices=ENDINGS, widget=forms.RadioSelect(), error_messages=CHOOSE)
    text = text_field(_("结案说明（可不填）"), 500, rows=2)

    def __init__(self, *args: Any, complaint: Complaint, **options: Any) -> None:
        super().__init__(*args, complaint=complaint, **options)
        if complaint.internal or complaint.answered_at:
            del self.fields["answer"]
        if complaint.internal or complaint.answer == Answer.NO:
            self.fields["text"].required = True
            self.fields["text"].label = _("结案原因")

    def values(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        chosen = dict(ENDINGS).get(said.get("answer", ""), "")
        said["text"] = said["text"] or str(chosen)
        return said


class ApologyForm(ActForm):
    person = text_field(_("道歉人工号（态度投诉为当事人，留空即可）"), 20)
    means = forms.ChoiceField(label=_("方式"), choices=[(each.value, each.label) for each in (Told.PHONE, Told.MAIL)])
    at = moment_field(_("道歉时间（留空为现在）"), required=False)
    text = text_field(_("情况"), 500, required=True, rows=2)

    def clean_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["at"]
        return moment.astimezone(UTC) if moment else None


class VisitForm(ActForm):
    person = text_field(_("拜访领导工号（留空为本人）"), 20)
    at = moment_field(_("拜访时间（留空为现在）"), required=False)
    text = text_field(_("参加人员和情况"), 500, required=True, rows=2)

    def clean_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["at"]
        return moment.astimezone(UTC) if moment else None


REMEDIES = (RedressKind.FEE, RedressKind.PROMISE, RedressKind.CAUSE)


class RemedyForm(ActForm):
    kind = forms.ChoiceField(label=_("补救事项"), choices=[*PICK, *((each.value, each.label) for each in REMEDIES)], error_messages=CHOOSE)
    amendment = forms.IntegerField(
        label=_("更改单序号（更正费用）"), required=False, min_value=1, max_value=9999,
        help_text=_("特殊情况与发货人协商的可留空，并在情况中写明（§4.4.2）"), widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    text = text_field(_("情况"), 500, required=True, rows=2)


class EvidenceForm(ActForm):
    files = FilesField()


ONLY = (
    ("", _("全部")), ("mine", _("我处理的")), ("late", _("已超时")), ("serious", _("情节严重")), ("repeated", _("重复投诉")),
    ("key", _("项目客户")), ("external", _("外部投诉")), ("internal", _("内部投诉")),
)  # fmt: skip


class Filters(Styled):
    """The filters of the desk, all optional, kept in the URL."""

    category = forms.ChoiceField(label=_("投诉类别"), required=False, choices=lambda: [("", _("全部类别")), *coded(CATEGORIES)()[1:]])
    filer = forms.ChoiceField(label=_("投诉来源"), required=False, choices=[("", _("全部来源")), *Filer.choices])
    only = forms.ChoiceField(label=_("只看"), required=False, choices=ONLY)
    branch = forms.CharField(label=_("营业部编号"), required=False, max_length=20)
    text = forms.CharField(label=_("投诉编号、订单号或电话"), required=False, max_length=60)
