"""Contract customers: signed, amended, ended; their special requirements written anew (§2.1.5, §2.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core.journal import Fact, publish
from core.kept import Kept
from core.prepared import Prepared
from customers.choices import Group
from customers.models import Customer, KeyCustomer, Requirement
from customers.services.records import add
from network.models import Person, Unit
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.roles import Role

CLAUSE = "§2.3"
LONGEST = 2000
TRACKERS = frozenset({Role.DEPARTMENT, Role.KEY_ACCOUNTS})
"""Who works the daily tracking report: a named person of the department (§2.1.5)."""

TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MOST_TIMES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a contract says. Times are "HH:MM", Asia/Shanghai; `tracker` a staff number."""

    contract_no: str
    valid_from: date
    valid_to: date
    tracker: str
    redelivery_fee: bool = False
    order_times: tuple[str, ...] = ()
    mail_times: tuple[str, ...] = ()


CONTRACTS: Prepared[KeyCustomer] = Prepared(lambda phone: KeyCustomer.objects.of_phone(phone).filter(ended_at=None))


_phones: Kept[str, frozenset[str]] = Kept(lambda: settings.KEPT_SECONDS)


def _contracted() -> frozenset[str]:
    return frozenset(KeyCustomer.objects.filter(ended_at=None).values_list("customer__phone_index", flat=True))


def recognised(phone_index: str, day: date) -> KeyCustomer | None:
    """
    Return the contract customer who ships under this phone on a local day; None for anybody else (§2, §3.4.1).

    Nearly every order is anybody else's. The phones with a contract are few and remembered: a new one counts
    `settings.KEPT_SECONDS` later.
    """
    if phone_index not in _phones.get(CLAUSE, _contracted):
        return None
    found = CONTRACTS.one(phone_index)
    return found if found and found.valid_from <= day <= found.valid_to else None


@transaction.atomic
def sign(
    *, name: str, phone: str, branch: Unit | None, terms: Terms, requirements: str, by: Person, now: datetime
) -> KeyCustomer:
    """
    Take a contract down. The customer's record is found by the phone, or made for `branch`; it counts as verified.

    :raises Refused: the contract's number is taken, it ends before it starts, its tracker is not of the department, a
        time is none, the customer has a contract already, or a new customer has no branch
    """
    by.require("manage_key_accounts")
    found = Customer.objects.of_phone(phone).select_for_update().first()
    if found is not None and KeyCustomer.objects.filter(customer=found).exists():
        raise Refused(CLAUSE, _("该客户已有项目客户合同，请在原合同上修改。"), field="phone")
    if found is None and branch is None:
        raise Refused(CLAUSE, _("新客户须指定开单营业部。"), field="branch")
    checked = _checked(terms, None)
    customer = found or add(name=name, phone=phone, branch=branch, group=Group.KEY, verified=True, now=now)  # type: ignore[arg-type]
    customer.group, customer.bound_at = Group.KEY, customer.bound_at or now
    customer.save()
    account = KeyCustomer(customer=customer, signed_by=by, signed_at=now, **checked)
    account.save(force_insert=True)
    _publish(account, On.KEY_CUSTOMER_SIGNED, by, now, **_told(account))
    if requirements.strip():
        write_requirements(pk=account.pk, text=requirements, by=by, now=now)
        account.refresh_from_db()
    return account


@transaction.atomic
def amend(*, pk: int, terms: Terms, by: Person, now: datetime) -> KeyCustomer:
    """
    Change what the contract says, prolong it, name another tracker; what it said before stays in the journal.

    :raises Refused: as `sign`
    :raises Conflict: the contract has been ended
    """
    by.require("manage_key_accounts")
    account = _locked(pk)
    for name, value in _checked(terms, account).items():
        setattr(account, name, value)
    account.save()
    _publish(account, On.KEY_CUSTOMER_AMENDED, by, now, **_told(account))
    return account


@transaction.atomic
def end(*, pk: int, by: Person, now: datetime) -> KeyCustomer:
    """
    End a contract before its last day: what is placed from now on follows the ordinary rules (§2.1.6).

    :raises Conflict: it has been ended before
    """
    by.require("manage_key_accounts")
    account = _locked(pk)
    account.ended_at = now
    account.save()
    _publish(account, On.KEY_CUSTOMER_ENDED, by, now)
    return account


@transaction.atomic
def write_requirements(*, pk: int, text: str, by: Person, now: datetime) -> KeyCustomer:
    """
    Write the special requirements anew (§2.3): shown from now on wherever the customer's orders are handled.

    :raises Refused: nothing is written, too much, or the very same
    :raises Conflict: the contract has been ended
    """
    by.require("manage_key_accounts")
    account = _locked(pk)
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refused(CLAUSE, _("请填写特殊要求。"), field="text")
    if len(text) > LONGEST:
        raise Refused(CLAUSE, _("内容过长，最多 %d 个字。") % LONGEST, field="text")
    if text == account.requirements:
        raise Refused(CLAUSE, _("与现行要求相同，没有改动。"), field="text")
    account.requirements, account.version = text, account.version + 1
    account.save()
    Requirement.objects.create(key_customer=account, version=account.version, text=text, by=by, at=now)
    _publish(account, On.REQUIREMENTS_WRITTEN, by, now, version=account.version)
    return account


def _locked(pk: int) -> KeyCustomer:
    account: KeyCustomer = KeyCustomer.objects.select_for_update(of=("self",)).select_related("customer__branch").get(pk=pk)
    if account.ended_at:
        raise Conflict(_("该项目客户合同已终止，不能再修改。"), at=account.ended_at)
    return account


def _checked(terms: Terms, account: KeyCustomer | None) -> dict[str, object]:
    """
    Return the columns of a contract.

    :raises Refused: what does not hold, with its field
    """
    number = terms.contract_no.strip()
    others = KeyCustomer.objects.filter(contract_no=number)
    others = others.exclude(pk=account.pk) if account else others
    if not number or others.exists():
        words = _("合同编号 %s 已被使用。") % number if number else _("请填写合同编号。")
        raise Refused(CLAUSE, words, field="contract_no")
    if terms.valid_to < terms.valid_from:
        raise Refused(CLAUSE, _("截止日期不能早于生效日期。"), field="valid_to")
    tracker = Person.objects.filter(number=terms.tracker).first()
    if tracker is None or tracker.roles.isdisjoint(TRACKERS):
        raise Refused("§2.1.5", _("跟踪人须为电子商务管理部或大客户运作保障部的在岗人员。"), field="tracker")
    return {
        "contract_no": number, "valid_from": terms.valid_from, "valid_to": terms.valid_to, "tracker": tracker,
        "redelivery_fee": terms.redelivery_fee, "order_times": _times(terms.order_times, "order_times", "§4.3.2.1"),
        "mail_times": _times(terms.mail_times, "mail_times", "§4.3.1.3"),
    }  # fmt: skip


def _times(said: tuple[str, ...], field: str, clause: str) -> list[str]:
    if len(said) > MOST_TIMES or not all(TIME.fullmatch(each) for each in said):
        raise Refused(clause, _("时间请按 09:30 填写，多个用空格分开，最多 %d 个。") % MOST_TIMES, field=field)
    return sorted(set(said))


def _told(account: KeyCustomer) -> dict[str, object]:
    return {
        "contract": account.contract_no, "valid_from": account.valid_from.isoformat(), "valid_to": account.valid_to.isoformat(),
        "redelivery_fee": account.redelivery_fee, "tracker": account.tracker_id, "order_times": account.order_times,
        "mail_times": account.mail_times,
    }  # fmt: skip


def _publish(account: KeyCustomer, name: On, by: Person, now: datetime, **data: object) -> None:
    data = {"branch": account.customer.branch_id, "on": local_day(now).isoformat(), **data}
    publish(Fact(name=name, subject=account.subject, at=now, by=by.actor, data=data))
