"""The three kinds of requests the customer-service pages show, as data: their words, forms, verbs and tabs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.services.reporting import report_problem
from customers import services
from customers.choices import RequestState as State
from customers.models import Enquiry, Request, Suggestion, Ticket
from desk.priceforms import Refusable
from desk.serviceforms import AnalysisForm, CallbackForm, EnquiryForm, SuggestionForm, TicketForm, WordsForm


def in_state(*states: State) -> Callable[[Any], bool]:
    return lambda request: request.state in states


@dataclass(frozen=True, slots=True)
class Act:
    """One verb: its words, the right it takes ("" for any who sees the request), its service, when it can be done, its form."""

    icon: str
    label: Any
    clause: str
    right: str
    service: Callable[..., Request]
    now: Callable[[Any], bool]
    form: type[Refusable] | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """
    One kind of request. `tabs`: key, label, condition. `said`: what has been said about it, as (attribute, label) in order.

    `opened` takes the form's values, `by` and `now`.
    """

    label: Any
    clause: str
    model: type[Request]
    right: str
    form: type[Refusable]
    opened: Callable[..., Request]
    tabs: tuple[tuple[str, Any, Q], ...]
    said: tuple[tuple[str, Any], ...]
    acts: dict[str, Act]
    hint: Any


def _ticket(*, by: Any, now: datetime, **said: Any) -> Request:
    return report_problem(by=by, now=now, **said)


def _suggestion(*, by: Any, now: datetime, **said: Any) -> Request:
    return services.register_suggestion(clerk=by, now=now, **said)


def _enquiry(*, by: Any, now: datetime, **said: Any) -> Request:
    return services.take_enquiry(clerk=by, now=now, **said)


KINDS: dict[str, Kind] = {
    "tickets": Kind(
        label=_("问题单"), clause="§3.4.6", model=Ticket, right="report_ticket", form=TicketForm, opened=_ticket,
        hint=_("客户或同事遇到打不开、报错等问题时登记；营销推广部 1 个工作日内整理，再由信息管理中心处理。"),
        tabs=(
            ("open", _("待整理"), Q(state=State.OPEN)),
            ("collated", _("处理中"), Q(state=State.COLLATED)),
            ("done", _("已解决"), Q(state__in=(State.SOLVED, State.CLOSED))),
        ),
        said=(("page", _("出问题的页面")), ("collation", _("整理结果")), ("solution", _("处理结果"))),
        acts={
            "collate": Act(
                "list", _("整理并转信息管理中心"), "§3.4.6", "collate_ticket", services.collate_ticket, in_state(State.OPEN), WordsForm
            ),
            "solve": Act(
                "check", _("登记处理结果"), "§3.4.6", "solve_ticket", services.solve_ticket, in_state(State.COLLATED), WordsForm
            ),
            "close": Act("check", _("已告知，关闭"), "§3.4.6", "", services.close_ticket, in_state(State.SOLVED)),
            "reopen": Act(
                "undo", _("问题仍在，重新处理"), "§3.4.6", "", services.reopen_ticket, in_state(State.SOLVED, State.CLOSED), WordsForm
            ),
        },
    ),
    "suggestions": Kind(
        label=_("建议与意见"), clause="§4.3.2.10", model=Suggestion, right="suggestion", form=SuggestionForm, opened=_suggestion,
        hint=_("客户的建议、意见和对语气态度的不满，登记、分析、转交、答复都留记录。"),
        tabs=(
            ("open", _("待分析"), Q(state=State.OPEN)),
            ("analysed", _("待答复"), Q(state=State.ANALYSED)),
            ("done", _("已答复"), Q(state=State.ANSWERED)),
        ),
        said=(("analysis", _("分析")), ("answer", _("答复"))),
        acts={
            "analyse": Act(
                "swap", _("分析并转交"), "§4.2.6", "answer_suggestion", services.analyse_suggestion, in_state(State.OPEN), AnalysisForm
            ),
            "answer": Act(
                "phone", _("答复客户"), "§4.2.6", "suggestion", services.answer_suggestion, in_state(State.ANALYSED), WordsForm
            ),
        },
    ),
    "enquiries": Kind(
        label=_("咨询"), clause="§4.3.1", model=Enquiry, right="enquiry", form=EnquiryForm, opened=_enquiry,
        hint=_("电话咨询 15 分钟内答复，邮件 1 个工作日内答复；项目客户的邮件按合同约定的时间答复。"),
        tabs=(
            ("open", _("待答复"), Q(state=State.OPEN)),
            ("callback", _("待回电"), Q(call_back_at__isnull=False, called_back_at=None)),
            ("done", _("已答复"), Q(state=State.ANSWERED)),
        ),
        said=(("answer", _("答复")),),
        acts={
            "answer": Act("phone", _("答复客户"), "§4.3.1", "enquiry", services.answer_enquiry, in_state(State.OPEN), WordsForm),
            "promise": Act(
                "clock", _("承诺回电"), "§4.3.1.2", "enquiry", services.promise_callback,
                lambda each: each.call_back_at is None or each.called_back_at is not None, CallbackForm,
            ),
            "call-back": Act(
                "check", _("已回电"), "§4.3.1.2", "enquiry", services.call_back,
                lambda each: each.call_back_at is not None and each.called_back_at is None,
            ),
        },
    ),
}  # fmt: skip
