"""Random lives of goods, their sign slip and their cash against a plain model of design §3, typed by hand: what the machines allow
happens, everything else is refused, the three move each other as the rules say, and the ledger of scans only grows."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.models import Entry
from delivery import services as delivery
from delivery.choices import State
from delivery.models import CashOnDelivery, Scan, Shipment, SignSlip
from delivery.services.pictures import Picture
from orders import services as orders
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from tests.delivery.pictures import photo
from tests.factories import CUSTOMER, Company, accepted, post, sh

AT_THE_DOOR = {"out_for_delivery", "waiting", "ready_for_pickup", "forwarded"}
GOODS = {
    "depart": ({"at_origin", "at_hub"}, "in_transit"),
    "depart_rest": ({"in_transit"}, "in_transit"),
    "arrive_hub": ({"in_transit"}, "at_hub"),
    "arrive": ({"in_transit"}, "arrived"),
    "mark_to_forward": ({"at_hub", "arrived", "held"}, "same"),
    "keep_for_delivery": ({"at_hub", "arrived", "held"}, "same"),
    "forward": ({"arrived", "at_hub", "held"}, "forwarded"),
    "track": ({"forwarded"}, "forwarded"),
    "offer_for_pickup": ({"arrived", "held"}, "ready_for_pickup"),
    "load_for_delivery": ({"arrived", "held", "ready_for_pickup"}, "out_for_delivery"),
    "wait": ({"out_for_delivery"}, "waiting"),
    "fail_attempt": ({"out_for_delivery", "waiting"}, "held"),
    "reschedule": ({"arrived", "held"}, "held"),
    "sign": (AT_THE_DOOR, "signed"),
    "sign_with_exception": (AT_THE_DOOR, "signed_with_exception"),
    "refuse": (AT_THE_DOOR, "refused"),
    "declare_lost": ({"in_transit", "at_hub", "arrived", "forwarded", "held", "ready_for_pickup", "returning"}, "lost"),
    "take_back": ({"signed", "signed_with_exception", "refused", "held"}, "before"),  # a wrong tap
    "take_back_arrival": ({"arrived", "at_hub"}, "in_transit"),  # scanned in by mistake
    "find": ({"lost"}, "missed"),
    "send_back": ({"refused", "held", "arrived"}, "returning"),
    "close_return": ({"returning"}, "returned"),
}  # fmt: skip
SLIP = {
    ("hand_on", "expected"): "expected", ("hand_on", "rejected"): "rejected", ("return_slip", "expected"): "returned",
    ("reject", "returned"): "rejected", ("resend", "rejected"): "returned", ("lose", "expected"): "lost",
    ("lose", "returned"): "lost", ("lose", "rejected"): "lost", ("close", "returned"): "closed", ("close", "lost"): "closed",
}  # fmt: skip
CASH = {
    ("collect", "due"): "collected", ("raise_discrepancy", "due"): "discrepancy", ("raise_discrepancy", "collected"): "discrepancy",
    ("count", "collected"): "counted", ("bank", "counted"): "banked", ("remit", "banked"): "remitted",
    ("resolve_paid", "discrepancy"): "collected", ("resolve_owed", "discrepancy"): "due", ("write_off", "discrepancy"): "written_off",
}  # fmt: skip
CASH_STEPS = sorted({step for step, _ in CASH} | {"confirm"})
SLIP_VERBS = sorted({verb for verb, _ in SLIP})
ENDINGS = {"declare_lost", "refuse", "send_back", "offer_for_pickup", "track", "take_back", "take_back_arrival", "mark_to_forward", "keep_for_delivery"}
CORRECTABLE = {"sign", "sign_with_exception", "refuse", "fail_attempt"}
PRICE = Decimal("500.00")
PHOTO = photo()
SAID = {
    "vehicle": "浙A1", "carrier": "专线", "phone": "0551-66668888", "carrier_no": "1", "text": "到站", "reason": "other",
    "contacted": "consignee", "contact": "改日", "remark": "说明", "delivery_at": "2026-12-30T10:00:00+08:00",
    "instruction": "退回", "ordered_by": "张三", "means": "phone", "exception": "damage", "signer": "李四", "relation": "self",
}  # fmt: skip


class Journey(RuleBasedStateMachine):
    """Ten pieces with a slip to return and ¥500 to collect; a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.company = Company()
        self.company.slips = post(Role.SLIP_CLERK, self.company.branch)
        self.company.finance = post(Role.FINANCE, self.company.department)
        self.number, self.now = billed(self.company), sh("04 20:00:00")
        self.goods, self.missed, self.door, self.left, self.demand = "at_origin", "", True, 0, False
        self.marked, self.before = False, ""  # to be forwarded; where the goods stood before a tap that can be taken back
        self.refused, self.came = False, False  # what the last act was
        self.cash, self.booked, self.confirmed, self.slip = "due", False, False, "expected"
        self.parked: list[tuple[str, dict[str, object]]] = []
        self.told: list[tuple[object, ...]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    # The model.

    def outcome(self, verb: str) -> str:
        """Say what the machine of the goods does with a verb now: it goes, it is a conflict, or a guard refuses it."""
        if self.goods not in GOODS[verb][0] or (verb == "take_back" and self.before and self.slip != "expected"):
            return "conflict"
        unsettled, leaving = self.cash in ("due", "discrepancy"), ("sign", "sign_with_exception", "refuse", "fail_attempt")
        guards = {
            "load_for_delivery": not self.door, "depart_rest": not self.left, "arrive": self.left > 0, "arrive_hub": self.left > 0,
            "sign": unsettled, "sign_with_exception": unsettled, "mark_to_forward": self.marked,
            "keep_for_delivery": not self.marked, "take_back": not self.before, "take_back_arrival": not self.came,
        }  # fmt: skip
        return "refused" if guards.get(verb) or (verb in leaving and self.demand) else "goes"

    def goes(self, verb: str, values: dict[str, object]) -> None:
        """Change the model as the verb changes the goods, and what hangs on them."""
        if verb == "take_back" and self.refused and self.cash == "void":
            self.cash = "due"
        self.missed = self.goods if verb == "declare_lost" else self.missed
        self.marked = {"mark_to_forward": True, "keep_for_delivery": False}.get(verb, self.marked)
        stood = self.goods
        self.goods = after(verb, self.goods, self.missed, self.before)
        self.before, self.refused = (stood if verb in CORRECTABLE else ""), verb == "refuse"
        self.came = verb in ("arrive", "arrive_hub")
        self.door = self.door and verb != "offer_for_pickup"
        if verb in ("depart", "depart_rest"):
            self.left = (10 if verb == "depart" else self.left) - int(str(values["pieces"]))
        if verb in ("refuse", "declare_lost", "send_back") and self.cash == "due":
            self.cash = "void"
        if verb == "close_return" and self.slip == "expected":
            self.slip = "closed"

    def drain(self) -> None:
        """Do the parked scans that fit by now, the earliest first."""
        while fits := next((each for each in self.parked if self.outcome(each[0]) == "goes" and self.can_leave(*each)), None):
            self.parked.remove(fits)
            self.goes(*fits)

    def can_leave(self, verb: str, values: dict[str, object]) -> bool:
        """A parked scan of more pieces than are left by now cannot be done."""
        return verb != "depart_rest" or int(str(values["pieces"])) <= self.left

    # The goods.

    @rule(
        kind=st.sampled_from(["go_on"] * 6 + ["try"] * 3 + ["demand", "answer", "call", "cash", "slip"]), pick=st.integers(0, 59),
        pieces=st.sampled_from([10, 10, 4]), park=st.sampled_from([False, False, True]),
    )  # fmt: skip
    def live(self, kind: str, pick: int, pieces: int, park: bool) -> None:
        """One step of any kind. One rule, as swarm testing would switch off whole kinds and with them most of a life."""
        match kind:
            case "go_on":
                self.go_on(pick, pieces)
            case "try":
                self.do(sorted(GOODS)[pick % len(GOODS)], pieces, park)
            case "demand":
                self.demand_something()
            case "answer":
                self.answer_the_demand()
            case "call":
                self.call(pick % 2 == 0)
            case "cash":
                self.handle_cash(CASH_STEPS[pick % len(CASH_STEPS)])
            case "slip":
                self.handle_slip(SLIP_VERBS[pick % len(SLIP_VERBS)])

    def do(self, verb: str, pieces: int, park: bool) -> None:
        self.now += timedelta(minutes=1)
        if verb == "depart_rest":
            pieces = min(pieces, self.left or 1)
        values = {**SAID, "pieces": pieces if "depart" in verb else 10, "driver": self.company.driver.number}
        expected = self.outcome(verb)
        before = Scan.objects.filter(verb=verb).count()
        try:
            with transaction.atomic():
                delivery.act(
                    number=self.number, verb=verb, clerk=self.company.officer if verb == "declare_lost" else self.company.clerk,
                    now=self.now, park=park, source=str(uuid.uuid4()), pictures=pictures_for(verb), **values,
                )  # fmt: skip
        except Conflict:
            assert (expected, park) == ("conflict", False), (verb, self.goods)
        except Refused:
            assert expected == "refused", (verb, self.goods)
        else:
            assert expected == "goes" or (expected == "conflict" and park), (verb, self.goods)
            assert Scan.objects.filter(verb=verb).count() > before
            if expected == "goes":
                self.goes(verb, values)
                self.drain()
            else:
                self.parked.append((verb, values))

    def go_on(self, pick: int, pieces: int) -> None:
        """One of the steps that go now and lead on, so that lives get long."""
        fit = [verb for verb in sorted(GOODS) if self.outcome(verb) == "goes" and verb not in ENDINGS]
        steps = [lambda verb=verb: self.do(verb, pieces, False) for verb in fit]
        if self.cash not in ("due", "discrepancy") or self.goods in AT_THE_DOOR:
            steps += [lambda step=step: self.handle_cash(step) for step, state in sorted(CASH) if state == self.cash and step != "raise_discrepancy"]
        if self.goods in ("signed", "signed_with_exception"):
            steps += [lambda verb=verb: self.handle_slip(verb) for verb, state in sorted(SLIP) if state == self.slip and verb != "lose"]
        if self.cash == "banked" and not self.confirmed:
            steps.append(lambda: self.handle_cash("confirm"))
        if steps:
            steps[pick % len(steps)]()

    # What is said at the door.

    def demand_something(self) -> None:
        fits = self.goods in ("out_for_delivery", "waiting") and not self.demand
        if self.tried(fits, delivery.report_demand, clerk=self.company.driver, kind="other", text="要求晚上送"):
            self.demand = True

    def answer_the_demand(self) -> None:
        if self.tried(self.demand, delivery.answer_demand, clerk=self.company.clerk, agreed=True, answer="可以"):
            self.demand = False

    def call(self, reached: bool) -> None:
        fits = self.goods in ("arrived", "held", "out_for_delivery", "waiting", "ready_for_pickup")
        told = {"expected_at": "2026-12-30T10:00:00+08:00", "address_confirmed": True, "means": "cash"}
        self.tried(fits, delivery.call_consignee, clerk=self.company.clerk, reached=reached, **told)

    # The cash.

    def handle_cash(self, step: str) -> None:
        allowed = (step, self.cash) in CASH
        if step == "confirm":
            allowed = self.cash == "banked" and not self.confirmed
        refused = (step, self.cash) == ("resolve_paid", "discrepancy") and not self.booked
        refused = refused or ((step, self.cash) == ("remit", "banked") and not self.confirmed)
        wrong = refused or (step in ("confirm", "resolve_paid") and not allowed)
        if self.tried(allowed and not refused, self.cash_verb(step), refusable=wrong):
            self.booked = {"collect": True, "resolve_owed": False}.get(step, self.booked)
            self.confirmed = self.confirmed or step == "confirm"
            self.cash = CASH.get((step, self.cash), self.cash)

    def cash_verb(self, step: str):
        company, one, some = self.company, {"number": self.number}, {"numbers": [self.number]}
        verbs = {
            "collect": (delivery.collect, {**one, "clerk": company.driver, "amount": PRICE, "means": "cash"}),
            "raise_discrepancy": (
                delivery.raise_discrepancy, {**one, "clerk": company.clerk, "found": Decimal("1.00"), "remark": "差额"},
            ),
            "count": (delivery.count, {**some, "clerk": company.clerk, "total": PRICE}),
            "bank": (delivery.bank, {**some, "clerk": company.clerk, "slip": "S"}),
            "confirm": (delivery.confirm_bank, {"slip": "S", "clerk": company.finance}),
            "remit": (delivery.remit, {**some, "clerk": company.finance, "batch": "R"}),
            "resolve_paid": (delivery.resolve, {**one, "clerk": company.manager, "paid": True, "remark": "已核实"}),
            "resolve_owed": (delivery.resolve, {**one, "clerk": company.manager, "paid": False, "remark": "已核实"}),
            "write_off": (delivery.write_off, {**one, "clerk": company.finance, "remark": "核销"}),
        }  # fmt: skip
        service, values = verbs[step]
        return lambda **more: service(**values, now=more["now"])

    # The slip.

    def handle_slip(self, verb: str) -> None:
        allowed = (verb, self.slip) in SLIP
        signed = self.goods in ("signed", "signed_with_exception")
        refused = (verb, self.slip) == ("return_slip", "expected") and not signed
        remark = {"remark": "说明"} if verb in ("reject", "lose", "close") else {}
        if self.tried(allowed and not refused, getattr(delivery, verb), refusable=refused, clerk=self.company.slips, **remark):
            self.slip = SLIP[verb, self.slip]

    def tried(self, allowed: bool, verb, *, refusable: bool = False, **values: object) -> bool:
        """Do it; a Conflict or, where a guard speaks, a refusal exactly where the model forbids it."""
        self.now += timedelta(minutes=1)
        try:
            with transaction.atomic():
                verb(number=self.number, now=self.now, **values)
        except Conflict:
            assert not allowed
            return False
        except (Refused, Denied):
            assert refusable
            assert not allowed
            return False
        assert allowed
        return True

    # What holds after every step.

    @invariant()
    def all_three_are_what_the_model_says(self) -> None:
        goods, cash, slip = Shipment.objects.get(), CashOnDelivery.objects.get(), SignSlip.objects.get()
        assert (goods.state, goods.door, goods.left_behind) == (self.goods, self.door, self.left)
        assert goods.to_forward is self.marked
        assert (cash.state, slip.state) == (self.cash, self.slip)
        assert goods.demands.unanswered().exists() is self.demand
        assert sorted(goods.scans.parked().values_list("verb", flat=True)) == sorted(verb for verb, _ in self.parked)

    @invariant()
    def the_ledger_only_grows_and_replays_to_the_state(self) -> None:
        now = list(Scan.objects.order_by("pk").values_list("pk", "verb", "state", "settles", "at", "recorded_at", "data"))
        now = [(*row[:-1], str(row[-1])) for row in now]
        assert now[: len(self.told)] == self.told
        self.told = now
        state, missed, before = "at_origin", "", ""
        for _pk, verb, applied, *_rest in now:
            if applied == "applied":
                assert state in GOODS[verb][0], (verb, state)
                missed = state if verb == "declare_lost" else missed
                state, before = after(verb, state, missed, before), state if verb in CORRECTABLE else ""
        assert state == self.goods

    @invariant()
    def the_books_balance(self) -> None:
        assert delivery.books().gap == 0

    @invariant()
    def the_journal_has_no_gap(self) -> None:
        said = Entry.objects.filter(order_number=self.number, seq__isnull=False).order_by("seq").values_list("seq", flat=True)
        assert list(said) == list(range(1, len(said) + 1))


def after(verb: str, state: str, missed: str, before: str) -> str:
    """Say where a verb that goes leads."""
    return {"same": state, "missed": missed, "before": before}.get(GOODS[verb][1], GOODS[verb][1])


def pictures_for(verb: str) -> list[Picture]:
    return [PHOTO] if verb == "sign_with_exception" else []


def billed(company: Company, cod: Decimal = PRICE) -> str:
    """A drop-off order for the door, with slip and cash on delivery, billed at the branch's price."""
    order = accepted(
        sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False, delivery="door",
        slip_return="original", cod_amount=cod,
    )  # fmt: skip
    orders.quote(number=order.number, clerk=company.clerk, amount=Decimal(300), words="", now=sh("04 09:06:00"))
    orders.answer_quote(number=order.number, by=CUSTOMER, agreed=True, now=sh("04 09:07:00"))
    orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=order.weight_kg, volume_m3=order.volume_m3, now=sh("04 10:00:00")
    )
    return order.number


WALKS: dict[str, list[str]] = {
    "at_origin": [], "in_transit": ["depart"], "at_hub": ["depart", "arrive_hub"], "arrived": ["depart", "arrive"],
    "forwarded": ["depart", "arrive", "forward"], "out_for_delivery": ["depart", "arrive", "load_for_delivery"],
    "waiting": ["depart", "arrive", "load_for_delivery", "wait"],
    "held": ["depart", "arrive", "load_for_delivery", "fail_attempt"],
    "ready_for_pickup": ["depart", "arrive", "offer_for_pickup"], "signed": ["depart", "arrive", "forward", "sign"],
    "signed_with_exception": ["depart", "arrive", "forward", "sign_with_exception"],
    "refused": ["depart", "arrive", "forward", "refuse"], "lost": ["depart", "declare_lost"],
    "returning": ["depart", "arrive", "send_back"], "returned": ["depart", "arrive", "send_back", "close_return"],
}  # fmt: skip
"""A way to every state of the goods."""


@pytest.mark.django_db
@pytest.mark.parametrize("state", WALKS)
def test_every_verb_from_every_state(state):
    """What the machine of design §3 allows goes and leads where it says; everything else is a conflict and changes nothing."""
    company = Company()
    number = billed(company, cod=Decimal("0.00"))
    for hour, verb in enumerate(WALKS[state]):
        assert acted(company, number, verb, hour) is None
    before = "out_for_delivery" if state == "held" else "forwarded"
    for verb, (sources, _target) in GOODS.items():
        with transaction.atomic():
            problem, found = acted(company, number, verb, 9), Shipment.objects.get().state
            transaction.set_rollback(True)
        if (verb, state) in (("depart_rest", "in_transit"), ("load_for_delivery", "ready_for_pickup")):
            assert (type(problem), found) == (Refused, state)  # nothing is left to follow; they are to be fetched
        elif verb == "keep_for_delivery" and state in sources:
            assert (type(problem), found) == (Refused, state)  # nothing was marked
        elif state in sources:
            assert (problem, found) == (None, after(verb, state, "in_transit", before)), verb
        else:
            assert (type(problem), found) == (Conflict, state), verb


def acted(company: Company, number: str, verb: str, hour: int) -> Exception | None:
    """Return what stood against it; None if it went."""
    clerk = company.officer if verb == "declare_lost" else company.clerk
    values = {**SAID, "pieces": 1 if verb == "depart_rest" else 10, "driver": company.driver.number}
    try:
        with transaction.atomic():
            now = sh(f"05 {6 + hour:02}:00:00")
            delivery.act(number=number, verb=verb, clerk=clerk, now=now, pictures=pictures_for(verb), **values)
    except (Conflict, Refused) as problem:
        return problem
    return None


def test_the_tables_are_whole():
    assert GOODS.keys() == delivery.VERBS.keys()
    assert WALKS.keys() == set(State.values)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("part", range(4))
def test_random_journeys(part):
    """In parts, so that a busy machine has time enough for each."""
    run_state_machine_as_test(
        seed(part)(type(f"Journey{part}", (Journey,), {})),
        settings=settings(
            max_examples=5, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), database=None,
            phases=[Phase.generate],  # a shorter example is not worth the minutes of finding it
        ),
    )  # fmt: skip
