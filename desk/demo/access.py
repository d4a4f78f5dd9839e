"""One click into each role, and a partner's key to try the API with. Demo mode only."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.utils.translation import gettext_lazy as _

from network.models import Account

PARTNER = "demo"
CUSTOMER = "customer"
"""The login of the demo company's customer."""


@dataclass(frozen=True, slots=True)
class Door:
    """A role to choose: whose login it takes (none: stays a visitor), where it leads, what to try in two minutes."""

    key: str
    name: Any
    icon: str
    login: str
    leads_to: str
    what: Any


DOORS = (
    Door("clerk", _("营业员"), "home", "branch_clerk", "desk:queue", _("看谁的 10 分钟先到：打电话、登记、受理、打印托运书。")),
    Door("manager", _("营业部经理"), "user", "branch_manager", "desk:queue", _("本部待办、超时与接货安排，确认取消原因。")),
    Door(
        "call_centre", _("呼叫中心"), "headset", "call_centre", "desk:callcentre",
        _("全国未分配、未受理订单：一键分配给就近营业部，代客下单。"),
    ),
    Door(
        "regional_manager", _("区域经理"), "chart", "regional_manager", "desk:manage",
        _("三项指标，每个数字都能点到背后的订单。"),
    ),
    Door(
        "department", _("电商部"), "shield", "department", "desk:filings", _("备案认可、工作日历、条款落实情况。")
    ),
    Door(
        "key_accounts", _("大客户保障部"), "star", "key_accounts", "desk:key-accounts",
        _("项目客户合同与特殊要求、每日跟踪报表、异常上报与答复。"),
    ),
    Door("it", _("信息管理中心"), "plug-off", "it", "desk:filings", _("核实系统故障、停电断网、电脑故障的备案，成批登记停电断网，处理问题单。")),
    Door("finance", _("财务"), "money", "finance", "desk:cash", _("代收货款：清点、存行、银行确认、汇付，账账相符。")),
    Door("claims", _("理赔部"), "shield", "claims", "desk:claims", _("理赔：资料清单、赔付方案、客户答复与付款进度。")),
    Door("courier", _("接货司机"), "truck", "courier", "desk:courier", _("手机页面：今日接货与派送，两三下登记接货、收款、签收或失败。")),
    Door("customer", _("客户"), "box", CUSTOMER, "portal:my", _("已验证电话的客户：全部订单、合同价，下单、修改、取消都不用再验证。")),
    Door("visitor", _("访客"), "user", "", "/", _("不用登录即可下单，看着 10 分钟倒计时。")),
)  # fmt: skip
"""Logins of staff are the names of the roles (`rulebook.roles`); the table of the README says the same."""


def account_of(door: Door) -> Account | None:
    """Return the login behind a door, None while the demo company is not there."""
    return Account.objects.filter(username=door.login, is_active=True).first()


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The demo partner's key, shown openly: it opens nothing but the demonstration."""

    key: str
    secret: str


def open_sandbox() -> None:
    """Give a demo partner its key, by command as an operator would: desk and partners know nothing of each other."""
    call_command("partner_key", PARTNER, name="演示合作平台", stdout=StringIO())


def sandbox() -> Sandbox | None:
    """Return the demo partner's key, None while there is none."""
    keys = apps.get_model("partners", "PartnerKey")._default_manager.filter(partner__code=PARTNER, revoked_at=None)
    last = keys.order_by("-pk").first()
    return Sandbox(last.key, last.secret) if last else None
