"""The Order machine, every verb from every state (design §3). The table is typed by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from network.services import appoint
from orders import services as orders
from orders.models import Order
from orders.services.draft import draft_of
from rulebook.errors import Conflict, Refused
from rulebook.roles import Role
from tests.factories import CUSTOMER, Company, placed, post, sh

pytestmark = pytest.mark.django_db

START, NOW = "04 09:00:00", sh("04 09:03:00")
STATES = ("unassigned", "at_branch", "accepted", "postponed", "waybilled", "cancelled")

# ok: goes through · no: Conflict, the machine has no such step · else: Refused, with this clause
TABLE = """
verb                  unassigned at_branch accepted postponed waybilled cancelled
assign                ok         no        no       no        no        no
take_back_assignment  no         ok        no       no        no        no
reassign              no         ok        ok       ok        no        no
accept                no         ok        no       no        no        no
take_back_acceptance  no         no        ok       no        no        no
postpone              no         ok        ok       ok        no        no
resume                no         no        no       ok        no        no
issue_waybill         no         no        ok       ok        no        no
cancel                ok         ok        ok       ok        no        no
confirm_reason        no         no        no       no        no        ok
contact               ok         ok        ok       ok        no        no
edit                  ok         ok        ok       ok        no        no
quote                 ok         ok        ok       ok        no        no
print_note            §3.5       §3.5      ok       ok        ok        §3.5
annotate              ok         ok        ok       ok        ok        ok
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]
CASES = [(row[0], state, expected) for row in ROWS for state, expected in zip(STATES, row[1:], strict=True)]
ENDS_IN = {
    "assign": "at_branch", "take_back_assignment": "unassigned", "reassign": "at_branch", "accept": "accepted",
    "take_back_acceptance": "at_branch", "postpone": "postponed", "resume": "accepted", "issue_waybill": "waybilled",
    "cancel": "cancelled",
}  # fmt: skip


class Desk:
    """One person who may do everything, an order brought into a state, and the verbs on it."""

    def __init__(self) -> None:
        self.company = Company()
        self.person = post(Role.BRANCH_CLERK, self.company.branch)
        appoint(self.person, role=Role.CALL_CENTRE, unit=self.company.call_centre, now=sh("01 00:00:00"))

    def bring(self, state: str) -> Order:
        order = placed(sh(START), pickup=False)
        for reach in ROADS[state]:
            reach(self, order)
        return Order.objects.get(pk=order.pk)

    def do(self, verb: str, order: Order) -> None:
        VERBS[verb](self, order)

    def give(self, order: Order) -> None:
        orders.assign(number=order.number, branch=self.company.branch, clerk=self.person, now=NOW)

    def price(self, order: Order) -> None:
        self.quote(order)
        orders.answer_quote(number=order.number, agreed=True, by=CUSTOMER, now=NOW)

    def call(self, order: Order) -> None:
        orders.contact(number=order.number, clerk=self.person, outcome="reached", now=NOW)

    def quote(self, order: Order) -> None:
        orders.quote(number=order.number, clerk=self.person, amount=Decimal(100), words="一口价", now=NOW)

    def accept(self, order: Order) -> None:
        orders.accept(number=order.number, clerk=self.person, now=NOW)

    def postpone(self, order: Order, day: int = 5) -> None:
        orders.postpone(
            number=order.number, clerk=self.person, ship_on=date(2026, 11, day), reason="goods_not_ready", now=NOW
        )

    def postpone_further(self, order: Order) -> None:
        self.postpone(order, 7)

    def bill(self, order: Order) -> None:
        orders.issue_waybill(
            number=order.number, clerk=self.person, pieces=10, weight_kg=Decimal(120), volume_m3=Decimal("0.8"), now=NOW
        )

    def be_cancelled(self, order: Order) -> None:
        orders.cancel(number=order.number, by=CUSTOMER, reason="", text="", now=NOW)

    def cancel(self, order: Order) -> None:
        orders.cancel(number=order.number, by=self.person.actor, person=self.person, reason="duplicate", text="", now=NOW)

    def edit(self, order: Order) -> None:
        orders.edit(number=order.number, draft=replace(draft_of(order), remark="轻放"), by=CUSTOMER, now=NOW)


ROADS: dict[str, list[Callable[[Desk, Order], None]]] = {
    "unassigned": [],
    "at_branch": [Desk.give],
    "accepted": [Desk.give, Desk.call, Desk.accept],
    "postponed": [Desk.give, Desk.call, Desk.accept, Desk.postpone],
    "waybilled": [Desk.give, Desk.price, Desk.call, Desk.accept, Desk.bill],
    "cancelled": [Desk.give, Desk.be_cancelled],
}
VERBS: dict[str, Callable[[Desk, Order], object]] = {
    "assign": Desk.give,
    "take_back_assignment": lambda d, o: orders.take_back_assignment(number=o.number, clerk=d.person, now=NOW),
    "reassign": lambda d, o: orders.reassign(
        number=o.number, branch=d.company.second, clerk=d.person, reason="太远", now=NOW
    ),
    "accept": Desk.accept,
    "take_back_acceptance": lambda d, o: orders.take_back_acceptance(number=o.number, clerk=d.person, now=NOW),
    "postpone": Desk.postpone_further,
    "resume": lambda d, o: orders.resume(number=o.number, clerk=d.person, now=NOW),
    "issue_waybill": Desk.bill,
    "cancel": Desk.cancel,
    "confirm_reason": lambda d, o: orders.confirm_reason(
        number=o.number, clerk=d.person, reason="not_shipping", text="", now=NOW
    ),
    "contact": Desk.call,
    "edit": Desk.edit,
    "quote": Desk.quote,
    "print_note": lambda d, o: orders.print_note(number=o.number, clerk=d.person, now=NOW),
    "annotate": lambda d, o: orders.annotate(number=o.number, clerk=d.person, kind="tracking", text="备货", now=NOW),
}
READY = {
    ("accept", "at_branch"): Desk.call, ("postpone", "at_branch"): Desk.call,
    ("issue_waybill", "accepted"): Desk.price, ("issue_waybill", "postponed"): Desk.price,
}  # fmt: skip
"""What has to precede a verb for its guard to be met."""


@pytest.fixture
def desk(db) -> Desk:
    return Desk()


@pytest.mark.parametrize(("verb", "state", "expected"), CASES, ids=[f"{verb}-{state}" for verb, state, _ in CASES])
def test_every_verb_from_every_state(desk, verb, state, expected):
    order = desk.bring(state)
    assert order.state == state
    if ready := READY.get((verb, state)):
        ready(desk, order)
    if expected == "ok":
        desk.do(verb, order)
        assert Order.objects.get(pk=order.pk).state == ENDS_IN.get(verb, state)
        return
    with pytest.raises(Conflict if expected == "no" else Refused) as said:
        desk.do(verb, order)
    assert Order.objects.get(pk=order.pk).state == state
    if expected != "no":
        assert said.value.clause == expected
    elif state != "unassigned":
        assert (said.value.winner, said.value.at) == (order.last_actor, NOW)


def test_the_table_names_every_verb_of_the_machine():
    machine = {step.name for step in Order._meta.get_field("state").get_all_transitions(Order)}
    assert machine == {row[0] for row in ROWS} & machine
    assert {row[0] for row in ROWS} == set(VERBS)


PRICE_TABLE = [  # from, step, expected
    ("to_quote", "quote", "quoted"), ("to_quote", "agree", "no"), ("to_quote", "decline", "no"),
    ("quoted", "quote", "quoted"), ("quoted", "agree", "confirmed"), ("quoted", "decline", "declined"),
    ("confirmed", "quote", "no"), ("confirmed", "agree", "no"), ("confirmed", "decline", "no"),
    ("declined", "quote", "no"), ("declined", "agree", "no"), ("declined", "decline", "no"),
]  # fmt: skip
PRICE_ROADS = {"to_quote": [], "quoted": ["quote"], "confirmed": ["quote", "agree"], "declined": ["quote", "decline"]}


def price_step(desk: Desk, order: Order, name: str) -> None:
    if name == "quote":
        desk.quote(order)
    else:
        orders.answer_quote(number=order.number, agreed=name == "agree", by=CUSTOMER, now=NOW)


@pytest.mark.parametrize(("state", "name", "expected"), PRICE_TABLE, ids=[f"{a}-{b}" for a, b, _ in PRICE_TABLE])
def test_every_step_of_the_price(desk, state, name, expected):
    order = desk.bring("at_branch")
    for taken in PRICE_ROADS[state]:
        price_step(desk, order, taken)
    if expected == "no":
        with pytest.raises(Conflict):
            price_step(desk, order, name)
        expected = state
    else:
        price_step(desk, order, name)
    assert Order.objects.get(pk=order.pk).price_state == expected
