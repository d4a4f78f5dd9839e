"""The bonus run (§1.7.3): fines are taken from the month's bonus, oldest first; what it does not cover is carried over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Case, DecimalField, F, Q, QuerySet, Sum, When

from core import rows
from core.journal import Fact, publish
from core.models import Actor
from penalties.choices import OWED, Booking, Purse, State
from penalties.models import Appeal, Bonus, BonusRun, LedgerEntry, Penalty
from penalties.services.bonuses import check_month
from penalties.services.booking import line
from penalties.services.payers import cents
from penalties.services.telling import told
from rulebook.events import On

NOTHING = Decimal("0.00")
MONEY = DecimalField(max_digits=14, decimal_places=2)


@dataclass(frozen=True, slots=True)
class Turn:
    """One movement the run makes: of a fine, what kind, how much (always positive)."""

    penalty: Penalty
    kind: Booking
    amount: Decimal

    @property
    def sign(self) -> int:
        return 1 if self.kind == Booking.TAKE else -1


@dataclass(slots=True)
class Share:
    """What the run does to one payer's purse. CNY; `before`: taken of this month by earlier runs; `carried`: left for later."""

    payer: str
    purse: str
    bonus: Decimal | None
    before: Decimal
    turns: list[Turn] = field(default_factory=list)
    carried: Decimal = NOTHING

    @property
    def change(self) -> Decimal:
        return sum((turn.sign * turn.amount for turn in self.turns), NOTHING)

    @property
    def after(self) -> Decimal:
        """Return what is taken of this month, all runs together."""
        return self.before + self.change


@dataclass(frozen=True, slots=True)
class Plan:
    month: date
    shares: list[Share]

    @property
    def turns(self) -> list[Turn]:
        return [turn for share in self.shares for turn in share.turns]

    def total(self, kind: Booking) -> Decimal:
        return sum((turn.amount for turn in self.turns if turn.kind == kind), NOTHING)

    @property
    def carried(self) -> Decimal:
        return sum((share.carried for share in self.shares), NOTHING)


def plan_run(*, month: date, now: datetime) -> Plan:
    """Return what a run of this month would do now; changes nothing."""
    check_month(month, now)
    return _plan(month, _concerned(month).select_related("person", "unit"))


@transaction.atomic
def run_bonus(*, month: date, by: Actor, now: datetime) -> Plan:
    """Take, give back and refund as planned. A second run changes nothing unless bonuses or fines have changed meanwhile."""
    check_month(month, now)
    if connection.vendor == "postgresql":  # one run at a time: what another takes of the same bonus must be seen
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE penalties_bonusrun IN SHARE ROW EXCLUSIVE MODE")
    plan = _plan(month, _concerned(month).select_for_update(of=("self",), no_key=True).order_by("pk"))
    if not plan.turns:
        return plan
    run = BonusRun.objects.create(month=month, at=now, actor_kind=by.kind, actor_id=by.id)
    settled = _carry_out(plan, by, now)
    with rows.together():
        rows.write_back(list({turn.penalty.pk: turn.penalty for turn in plan.turns}.values()), "paid", "state", "last_actor", "last_at")
        rows.insert([line(t.penalty, t.kind, t.amount, month=month, at=now, by=by, run=run) for t in plan.turns])
        publish(_ran(plan, run, by, now), *(told(On.PENALTY_SETTLED, each, now=now, by=by) for each in settled))
    return plan


def _ran(plan: Plan, run: BonusRun, by: Actor, now: datetime) -> Fact:
    sums = {kind.value: str(plan.total(kind)) for kind in (Booking.TAKE, Booking.GIVE_BACK, Booking.REFUND)}
    data = {"month": f"{plan.month:%Y-%m}", "carried": str(plan.carried), **sums}
    return Fact(name=On.BONUS_RUN, subject=f"bonus-run/{run.pk}", at=now, by=by, data=data)


def _concerned(month: date) -> QuerySet[Penalty]:
    """Return the fines a run may move: what is owed or to be paid back since this month or before, what it took already."""
    standing = Q(state__in=OWED) | Q(state=State.REVERSED) & ~Q(paid=0)
    taken = LedgerEntry.objects.filter(month=month, run__isnull=False).values("penalty")
    concerned: QuerySet[Penalty] = Penalty.objects.filter(standing & Q(since__lte=month) | Q(pk__in=taken))
    return concerned


def _plan(month: date, concerned: Iterable[Penalty]) -> Plan:
    """Each payer's purse for itself, by the payer's key: the first to be planned is the first to be printed."""
    fines: dict[tuple[str, str], list[Penalty]] = defaultdict(list)
    for each in sorted(concerned, key=lambda each: (each.at, each.pk)):
        fines[each.payer, each.purse].append(each)
    taken, bonuses = _taken(month), Bonus.objects.of_month(month)
    shares = []
    for (payer, purse), of_payer in sorted(fines.items()):
        before = sum((taken.get(each.pk, NOTHING) for each in of_payer), NOTHING)
        bonus = bonuses.get(payer, NOTHING) if purse == Purse.BONUS else None
        share = Share(payer, purse, bonus, before)
        share.turns = list(_turns(of_payer, share, taken, month))
        share.carried = _carried(of_payer, share, month)
        shares.append(share)
    return Plan(month, shares)


def _taken(month: date) -> dict[int, Decimal]:
    """Return what the runs of this month took of each fine, less what they gave back or refunded."""
    signed = Case(When(kind=Booking.TAKE, then=F("amount")), default=-F("amount"), output_field=MONEY)
    runs = LedgerEntry.objects.filter(month=month, run__isnull=False)
    return {key: cents(net) for key, net in runs.values_list("penalty").annotate(net=Sum(signed)).order_by()}


def _turns(fines: list[Penalty], share: Share, taken: dict[int, Decimal], month: date) -> Iterator[Turn]:
    """Refund what was reversed; then, where the bonus does not bear what was taken, give back the newest, else take the oldest."""
    left = None if share.bonus is None else share.bonus - share.before
    for each in fines:
        if _may_move(each, month) and each.outstanding < 0:
            yield Turn(each, Booking.REFUND, -each.outstanding)
            left = None if left is None else left - each.outstanding
    if left is not None and left < 0:
        yield from _given_back(fines, -left, taken)
        return
    for each in fines:
        if _may_move(each, month) and each.outstanding > 0 and left != 0:
            part = each.outstanding if left is None else min(each.outstanding, left)
            yield Turn(each, Booking.TAKE, part)
            left = None if left is None else left - part


def _given_back(fines: list[Penalty], excess: Decimal, taken: dict[int, Decimal]) -> Iterator[Turn]:
    for each in reversed(fines):
        part = min(taken.get(each.pk, NOTHING), excess)
        if part > 0:
            yield Turn(each, Booking.GIVE_BACK, part)
            excess -= part


def _may_move(penalty: Penalty, month: date) -> bool:
    """Under appeal nothing is taken; what came about later is a later month's matter."""
    return penalty.state in (*OWED, State.REVERSED) and penalty.since <= month


def _carried(fines: list[Penalty], share: Share, month: date) -> Decimal:
    owed = sum((each.outstanding for each in fines if _may_move(each, month)), NOTHING)
    moved = sum((turn.sign * turn.amount for turn in share.turns if _may_move(turn.penalty, month)), NOTHING)
    return owed - moved


def _carry_out(plan: Plan, by: Actor, now: datetime) -> list[Penalty]:
    """Move the fines as planned; return those that are settled by it."""
    moved = {turn.penalty.pk: turn.penalty for turn in plan.turns}
    refused = set(Appeal.objects.filter(penalty__in=moved, granted=False).values_list("penalty", flat=True))
    for turn in plan.turns:
        turn.penalty.paid += turn.sign * turn.amount
    settled = []
    for each in moved.values():
        each.last_actor, each.last_at = by.id, now
        if each.state in OWED and each.outstanding == 0:
            each.settle()
            settled.append(each)
        elif each.state == State.SETTLED and each.outstanding > 0:
            each.unsettle(upheld=each.pk in refused)
    return settled
