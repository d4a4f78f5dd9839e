"""The demo company's two key customers (§2.1, §2.3). Names, phones and requirements are invented and say so."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from allauth.account.models import EmailAddress

from customers import services as customers
from customers.models import CustomerAccount
from customers.services import Terms
from network.models import Account, Person, Unit

YEARS = timedelta(days=3 * 365)


class KeyCustomer(NamedTuple):
    name: str
    phone: str
    contract_no: str
    order_times: tuple[str, ...]
    wants: str


KEY_CUSTOMERS = (
    KeyCustomer(
        "演示五金有限公司", "13900009999", "XM-演示-001", ("09:30", "14:00"),
        "送货前一小时致电收货人；五金件严禁倒置。\n签收单须加盖收货章，三天内返回。",
    ),
    KeyCustomer(
        "演示家居用品商行", "13900008888", "XM-演示-002", ("10:00",),
        "外箱不得重封；破损须拍照并当日告知。\n周末照常送货，送货司机须带工牌。",
    ),
)  # fmt: skip


def open_key_accounts(tracker: Person, branch: Unit, first: date, *, now: datetime) -> None:
    """Sign the contracts, in force since `now`; the department's person works the daily reports."""
    for each in KEY_CUSTOMERS:
        terms = Terms(
            contract_no=each.contract_no, valid_from=first, valid_to=first + YEARS, tracker=tracker.number,
            order_times=each.order_times, mail_times=("11:00", "17:00"),
        )  # fmt: skip
        customers.sign(
            name=each.name, phone=each.phone, branch=branch, terms=terms, requirements=each.wants, by=tracker, now=now
        )


def open_login(username: str, phone: str, *, now: datetime) -> CustomerAccount:
    """Give the customer of this phone a login whose mail address is verified; the role-choice page is the only way in."""
    account = Account(username=username, email=f"{username}@example.com")
    account.set_unusable_password()
    account.save()
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    return customers.bind(customers.open_account(account, now=now), phone=phone, newcomer=None, now=now)
