"""Found the demo company through the real services: units, people with a login each, posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from random import Random

from desk.demo.access import CUSTOMER
from desk.demo.amounts import open_regulations
from desk.demo.company import AGENTS, BRANCH_POSTS, BRANCHES, CODE, OFFICES, SHOWCASE, UNITS
from desk.demo.keyaccounts import KEY_CUSTOMERS, open_key_accounts, open_login
from desk.demo.names import GIVEN, SURNAMES
from desk.demo.prices import open_prices
from network.choices import UnitKind
from network.models import Account, Person, Unit
from network.places import place
from network.services import appoint, found
from rulebook.due import local_day
from rulebook.roles import Role

SITE_SPREAD = 0.02  # degrees: branches stand near the middle of their district, not on it
ABOVE = {UnitKind.REGION: Role.REGIONAL_MANAGER, UnitKind.AREA: Role.AREA_DIRECTOR, UnitKind.DIVISION: Role.DIVISION_GM}


@dataclass
class Company:
    """The founded company: units by code, and who holds which post where."""

    units: dict[str, Unit] = field(default_factory=dict)
    staff: dict[tuple[str, Role], list[Person]] = field(default_factory=dict)

    def holder(self, unit: str, role: Role) -> Person:
        return self.staff[unit, role][0]

    def branches(self) -> list[Unit]:
        return [self.units[row.code] for row in BRANCHES]


def company_unit() -> Unit | None:
    """Return the demo company's own unit, None in a database without it."""
    return Unit.objects.filter(code=CODE).first()


def build(rng: Random, *, name: str, now: datetime) -> Company:
    """Found the company with everybody in post since `now`, which lies before the first order."""
    company = Company()
    _put(company, Unit(code=CODE, name=f"{name}（演示）", kind=UnitKind.COMPANY), now)
    for row in UNITS:
        unit = Unit(code=row.code, name=row.name, kind=row.kind, parent=company.units[row.parent])
        _put(company, unit, now)
    for office in OFFICES:
        unit = Unit(code=office.code, name=office.name, kind=UnitKind.DEPARTMENT, parent=company.units[CODE])
        _put(company, unit, now)
    for number, branch in enumerate(BRANCHES, start=1):
        spot = place(branch.place)
        unit = Unit(
            code=branch.code, name=branch.name, kind=UnitKind.BRANCH, parent=company.units[branch.region],
            phone=f"400-000-{number:04}", place=branch.place, address="演示物流园 1 号", serves=list(branch.serves),
            lat=round(spot.lat + rng.uniform(-SITE_SPREAD, SITE_SPREAD), 5),
            lng=round(spot.lng + rng.uniform(-SITE_SPREAD, SITE_SPREAD), 5),
            opens=time(8), closes=time(20), services=["pickup", "door", "upstairs", "cod"],
        )  # fmt: skip
        _put(company, unit, now)
    _hire_all(company, rng, now)
    pricer, manager = company.holder("PRICE", Role.PRICE_MANAGEMENT), company.holder(SHOWCASE, Role.BRANCH_MANAGER)
    open_prices(pricer, manager, company.units[SHOWCASE], now=now)
    open_key_accounts(company.holder("KA", Role.KEY_ACCOUNTS), company.units[SHOWCASE], local_day(now), now=now)
    open_login(CUSTOMER, KEY_CUSTOMERS[0].phone, now=now)
    open_regulations(company.holder("EC", Role.DEPARTMENT), local_day(now), now=now)
    return company


def _put(company: Company, unit: Unit, now: datetime) -> None:
    company.units[unit.code] = found(unit, now=now)


def _posts(company: Company) -> Iterator[tuple[Unit, Role]]:
    for unit in company.units.values():
        if unit.kind in ABOVE:
            yield unit, ABOVE[UnitKind(unit.kind)]
        elif unit.kind == UnitKind.BRANCH:
            yield from ((unit, Role(role)) for role in BRANCH_POSTS)
    for office in OFFICES:
        yield from ((company.units[office.code], Role(role)) for role in office.roles)
    yield from ((company.units["CC"], Role.CALL_CENTRE) for _agent in range(AGENTS - 1))


def _hire_all(company: Company, rng: Random, now: datetime) -> None:
    logins = set()
    shown = _showcase(company)
    for serial, (unit, role) in enumerate(_posts(company), start=1):
        number = f"YD{serial:05}"
        login = (
            role.value
            if role.value not in logins and (unit.kind == UnitKind.DEPARTMENT or unit.code in shown)
            else number
        )
        logins.add(login)
        person = _hire(login.lower(), number, f"{rng.choice(SURNAMES)}{rng.choice(GIVEN)}", f"1390000{serial:04}")
        appoint(person, role=role, unit=unit, now=now)
        company.staff.setdefault((unit.code, role), []).append(person)


def _showcase(company: Company) -> set[str]:
    """Return the codes of the showcase branch and the units above it."""
    unit: Unit | None = company.units[SHOWCASE]
    codes = set()
    while unit is not None:
        codes.add(unit.code)
        unit = unit.parent
    return codes


def _hire(login: str, number: str, name: str, phone: str) -> Person:
    account = Account(username=login)
    account.set_unusable_password()  # the role-choice page is the only way in
    account.save()
    return Person.objects.create(account=account, number=number, name=name, phone=phone)


def known() -> Company:
    """Return the company that a database already has."""
    company = Company(units={unit.code: unit for unit in Unit.objects.select_related("parent")})
    people = Person.objects.filter(posts__until=None).prefetch_related("posts__unit").order_by("id").distinct()
    for person in people:
        for post in person.current_posts:
            company.staff.setdefault((post.unit.code, Role(post.role)), []).append(person)
    return company
