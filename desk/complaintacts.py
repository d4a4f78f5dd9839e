"""What can be done with a complaint on its page: words, form, service, who may, and when (§1.6, §4.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from complaints import services
from complaints.choices import DECIDED, UNDECIDED, RedressKind, State, Told
from complaints.models import Complaint
from complaints.services.common import may_handle
from desk import complaintforms as forms
from network.models import Person
from rulebook.due import local
from sla.models import Deadline

Holds = Callable[[Complaint], bool]


@dataclass(frozen=True, slots=True)
class Act:
    """One verb of a complaint. `right`: which post; empty: whoever handles complaints of its kind."""

    icon: str
    label: Any
    clause: str
    service: Callable[..., Any]
    now: Holds
    form: type[forms.ActForm] | None = None
    right: str = ""

    def may(self, complaint: Complaint, person: Person) -> bool:
        return person.may(self.right) if self.right else may_handle(complaint, person)


def undecided(complaint: Complaint) -> bool:
    return complaint.state in UNDECIDED


def investigated(complaint: Complaint) -> bool:
    return complaint.state in (State.INVESTIGATING, State.PROPOSED)


def decided(complaint: Complaint) -> bool:
    return complaint.state in DECIDED


def owes(*kinds: RedressKind) -> Holds:
    """Hold where the complaint is upheld and one of these is not recorded yet."""

    def holds(complaint: Complaint) -> bool:
        done = {each.kind for each in complaint.redresses.all() if each.round == complaint.round}
        return complaint.state == State.UPHELD and not complaint.internal and not done.issuperset(kinds)

    return holds


def _reports(complaint: Complaint) -> bool:
    return any(duty.kind == RedressKind.REPORT for duty in complaint.owed())


ACTS: dict[str, Act] = {
    "take": Act("user", _("受理投诉"), "§1.6.1", services.take, lambda each: each.state == State.FILED),
    "note": Act(
        "note", _("登记调查情况或答复"), "§4.4", services.note, lambda each: each.state != State.CLOSED, forms.WordsForm,
        "answer_complaint",
    ),
    "recategorise": Act("edit", _("更正类别"), "§1.6.1", services.recategorise, undecided, forms.RecategoriseForm),
    "insurer": Act(
        "calendar", _("登记保险公司赔付日"), "§1.6.1.1", services.record_insurer_date,
        lambda each: each.told_at is None and each.cause in ("vehicle_accident", "theft_en_route", "wetting"), forms.InsurerForm,
    ),
    "interim": Act(
        "note", _("阶段答复客户"), "§4.4.6", services.give_interim_answer, lambda each: undecided(each) and not each.internal,
        forms.InterimForm,
    ),
    "propose": Act(
        "file", _("提出处理方案"), "§1.6.1", services.propose, lambda each: each.state == State.INVESTIGATING, forms.WordsForm,
    ),
    "uphold": Act("check", _("裁定成立"), "§1.6.2", services.uphold, investigated, forms.UpholdForm),
    "dismiss": Act("x", _("裁定不成立"), "§1.6.2", services.dismiss, investigated, forms.DismissForm),
    "tell": Act(
        "phone", _("告知处理结果"), "§1.6.1", services.tell_result, lambda each: decided(each) and each.told_at is None, forms.TellForm,
    ),
    "apology": Act(
        "phone", _("登记道歉"), "§4.4.1", services.record_apology, owes(RedressKind.APOLOGY), forms.ApologyForm, "redress_complaint",
    ),
    "visit": Act("home", _("登记上门拜访"), "§4.4.1", services.record_visit, owes(RedressKind.VISIT), forms.VisitForm, "redress_complaint"),
    "report": Act("file", _("提交拜访报告"), "§2.2.1", services.report_visit, _reports, forms.WordsForm, "report_visit"),
    "callback": Act(
        "headset", _("登记回访"), "§2.2.1", services.call_back,
        lambda each: any(duty.kind == RedressKind.CALLBACK for duty in each.owed()), forms.WordsForm, "call_back_complaint",
    ),
    "remedy": Act(
        "shield", _("登记补救"), "§4.4", services.record_remedy, owes(*forms.REMEDIES), forms.RemedyForm, "redress_complaint",
    ),
    "close": Act("check", _("结案"), "§4.4", services.close, decided, forms.CloseForm),
    "reopen": Act(
        "refresh", _("重新处理"), "§1.6.1", services.reopen, lambda each: decided(each) or each.state == State.CLOSED, forms.WordsForm,
    ),
    "evidence": Act(
        "upload", _("添加证据"), "§1.6", services.add_evidence, lambda each: each.state != State.CLOSED, forms.EvidenceForm,
        "answer_complaint",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply ready to be sent with one key: which act, its values as the form would post them."""

    act: str
    text: str
    values: dict[str, str]


def replies(complaint: Complaint) -> list[Reply]:
    """Return the ready replies to the customer that fit now; the date promised is the limit's last day (§4.4.6)."""
    if complaint.internal:
        return []
    if complaint.state in UNDECIDED:
        until = _last_day(complaint)
        texts = (
            _t("您的投诉（%(number)s）我们已受理，正在核查，将于 %(day)s 前答复处理结果。"),
            _t("投诉（%(number)s）涉及的货物正在向承运环节取证，最迟 %(day)s 答复您，给您带来不便深表歉意。"),
            _t("投诉（%(number)s）需要您补充照片或单据，收到后我们尽快处理，最迟 %(day)s 答复。"),
        )
        words = {"number": complaint.number, "day": until}
        return [Reply("interim", text % words, {"until": until}) for text in texts]
    if complaint.state in DECIDED and complaint.told_at is None:
        upheld = (_t("经核查，您的投诉属实，责任方已按规定处理，我们向您致歉。"), _t("经核查，您的投诉属实，费用将按更正后的金额结算，我们向您致歉。"))
        dismissed = (_t("经核查，我司操作符合规定，投诉不成立，感谢您的监督。"), _t("经核查，未发现您反映的情况，如有新的证据请随时联系我们。"))
        texts = upheld if complaint.state == State.UPHELD else dismissed
        return [Reply("tell", text, {"means": Told.SMS}) for text in texts]
    return []


def _last_day(complaint: Complaint) -> str:
    """Return the local day on which the settling limit ends, or a week on while that is not known."""
    running = Deadline.objects.open().filter(subject=complaint.subject, due_at__isnull=False, clause__startswith="§1.6.1")
    limit = running.order_by("due_at").first()
    due = limit.due_at - timedelta.resolution if limit and limit.due_at else complaint.opened_at + timedelta(days=7)
    return f"{local(due):%Y-%m-%d}"
