"""The smallest valid things; traits name situations. Orders in a state are made by the real services, at given instants."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import factory

from core.models import Actor
from customers import services as customers
from customers.models import CustomerAccount, KeyCustomer
from customers.privacy import CURRENT
from customers.services import Newcomer, Terms
from network.choices import UnitKind
from network.models import Account, Person, Unit
from network.services import appoint, found
from orders import services as orders
from orders.models import Order
from orders.services import Draft, Party
from rulebook.roles import Role

SHANGHAI = ZoneInfo("Asia/Shanghai")
FOUNDED = datetime(2020, 1, 1, tzinfo=UTC)
CUSTOMER = Actor("customer", "1")


def sh(text: str) -> datetime:
    """Read "2026-11-04 09:10:00" (or "04 09:10:00", November 2026) as Shanghai time."""
    text = text if len(text.split(" ")[0]) > 2 else f"2026-11-{text}"
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


class AccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Account

    username = factory.Sequence(lambda n: f"user{n}")


class CustomerAccountFactory(factory.django.DjangoModelFactory):
    """A login of the hall that is not bound to a phone yet; `bound` gives one that is."""

    class Meta:
        model = CustomerAccount

    account = factory.SubFactory(AccountFactory)
    opened_at = FOUNDED
    notice_hash = CURRENT.hash


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person

    account = factory.SubFactory(AccountFactory)
    number = factory.Sequence(lambda n: f"P{n:05}")
    name = factory.Sequence(lambda n: f"员工{n}")


def unit(code: str, kind: str, parent: Unit | None = None, **fields: object) -> Unit:
    """Found a unit; a branch gets a site in Hangzhou unless told otherwise."""
    if kind == UnitKind.BRANCH:
        site = {"lat": 30.27, "lng": 120.15, "opens": time(8), "closes": time(20), "place": "330106", "serves": ["3301"]}
        fields = site | fields
    return found(Unit(code=code, name=str(fields.pop("name", code)), kind=kind, parent=parent, **fields), now=FOUNDED)


def post(role: Role, at: Unit, since: datetime = FOUNDED) -> Person:
    """Give a new person a post."""
    person = PersonFactory(name=f"{at.name}{role.zh}")
    appoint(person, role=role, unit=at, now=since)
    return person


class Company:
    """One division, one area, two regions, three branches (two in the first region), the call centre, the department."""

    def __init__(self) -> None:
        self.root = unit("HQ", UnitKind.COMPANY, name="总公司")
        self.division = unit("D1", UnitKind.DIVISION, self.root, name="华东事业部")
        self.area = unit("A1", UnitKind.AREA, self.division, name="浙江大区")
        self.region = unit("R1", UnitKind.REGION, self.area, name="杭州区域")
        self.other_region = unit("R2", UnitKind.REGION, self.area, name="宁波区域")
        self.branch = unit("B1", UnitKind.BRANCH, self.region, name="西湖营业部")
        self.second = unit("B2", UnitKind.BRANCH, self.region, name="滨江营业部")
        self.third = unit("B3", UnitKind.BRANCH, self.other_region, name="鄞州营业部")
        self.call_centre = unit("CC", UnitKind.DEPARTMENT, self.root, name="呼叫中心")
        self.department = unit("EC", UnitKind.DEPARTMENT, self.root, name="电子商务管理部")
        self.clerk = post(Role.BRANCH_CLERK, self.branch)
        self.manager = post(Role.BRANCH_MANAGER, self.branch)
        self.second_clerk = post(Role.BRANCH_CLERK, self.second)
        self.third_clerk = post(Role.BRANCH_CLERK, self.third)
        self.driver = post(Role.COURIER, self.branch)
        self.regional_manager = post(Role.REGIONAL_MANAGER, self.region)
        self.agent = post(Role.CALL_CENTRE, self.call_centre)
        self.head_of_calls = post(Role.CALL_CENTRE_MANAGER, self.call_centre)
        self.officer = post(Role.DEPARTMENT, self.department)


SHIPPER = Party(name="张三", phone="13800138000", place="330106", address="文三路 100 号")
CONSIGNEE = Party(name="李四", phone="13900139000", place="310104", address="漕溪北路 200 号")


def draft(**changes: object) -> Draft:
    """Return the content of a plain order: ten boxes from Hangzhou to Shanghai, to be picked up."""
    content: dict[str, object] = {
        "shipper": SHIPPER, "consignee": CONSIGNEE, "goods": "五金配件", "pieces": 10,
        "weight_kg": Decimal("120.00"), "volume_m3": Decimal("0.800"),
    }  # fmt: skip
    return Draft(**{**content, **changes})  # type: ignore[arg-type]


def bound(branch: Unit, *, phone: str = SHIPPER.phone, name: str = "张三", username: str = "zhangsan") -> CustomerAccount:
    """Return the login of a customer of this branch whose phone is verified: by default the shipper of every order here."""
    opened = CustomerAccountFactory(account__username=username)
    return customers.bind(opened, phone=phone, newcomer=Newcomer(name, branch), now=sh("01 08:00:00"))


def contract(company: Company, *, phone: str = SHIPPER.phone, wants: str = "送货前一小时致电收货人。", **terms: object) -> KeyCustomer:
    """Make the shipper of every order here a contract customer of the first branch, from 1 November 2026 on."""
    said: dict[str, object] = {
        "contract_no": "XM-001", "valid_from": date(2026, 11, 1), "valid_to": date(2027, 10, 31), "tracker": company.officer.number,
    }  # fmt: skip
    return customers.sign(
        name="示例项目客户", phone=phone, branch=company.branch, terms=Terms(**{**said, **terms}),  # type: ignore[arg-type]
        requirements=wants, by=company.officer, now=sh("01 09:00:00"),
    )  # fmt: skip


def placed(at: datetime, *, branch: Unit | None = None, channel: str = "hall", **changes: object) -> Order:
    """Place an order, with the branch named or left to the call centre."""
    content = draft(branch_code=branch.code if branch else "", **changes)
    return orders.place(content, channel=channel, by=CUSTOMER, now=at).order


def reached(order: Order, clerk: Person, at: datetime) -> None:
    """Phone the customer, who answers."""
    orders.contact(number=order.number, clerk=clerk, outcome="reached", now=at)


def accepted(at: datetime, clerk: Person, *, branch: Unit, placed_at: datetime, **changes: object) -> Order:
    """Place an order with this branch, phone the customer and accept."""
    order = placed(placed_at, branch=branch, **changes)
    reached(order, clerk, at)
    return orders.accept(number=order.number, clerk=clerk, now=at)
