"""
Who answers for what in a month (§1.6, §1.7): points, tier actions, fines, excuses and appeals of a unit and of those below it.

Points and actions count in their own month, fines in that in which they were imposed, excuses in that in which they were
filed, appeals with the fine they are against; each as it stands now. Points lie where they were credited, whatever was
reorganised since; all else lies with the unit that answered for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from network.choices import UnitKind
from network.models import Unit
from penalties.choices import Asked, Booking, State
from penalties.models import Appeal, LedgerEntry, Penalty, PointEntry, TierAction
from penalties.services.books import STANDS
from reports.ties import Tie
from rulebook.due import at
from sla.choices import FILING_OPEN, FilingState, FilingVerb
from sla.models import Filing, FilingAct

CENT = Decimal("0.01")
BOOKED_AS = {
    Booking.ASSESS: ("assessed", 1), Booking.REINSTATE: ("assessed", 1), Booking.REVERSE: ("reversed", 1),
    Booking.TAKE: ("taken", 1), Booking.GIVE_BACK: ("taken", -1), Booking.REFUND: ("taken", -1),
}  # fmt: skip
PLACES = ("division", "area", "region", "branch")
Sums = Counter[str]


@dataclass(frozen=True, slots=True)
class Column:
    """One number of the report: its key, its heading, whether it is CNY."""

    key: str
    label: Any
    money: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    label: Any
    clause: str
    columns: tuple[Column, ...]


POINTS = Group("points", lazy("积分"), "§1.6.2", (
    Column("credited", lazy("记入积分")), Column("taken_back", lazy("冲回积分")), Column("standing", lazy("有效积分")),
))  # fmt: skip
ACTIONS = Group("actions", lazy("整改措施"), "§1.7.1", (
    Column("issued", lazy("已下达")), Column("done", lazy("已完成")), Column("waiting", lazy("待完成")),
    Column("overdue", lazy("其中已逾期")), Column("withdrawn", lazy("已撤销")),
))  # fmt: skip
FINES = Group("fines", lazy("处罚"), "§1.7.2", (
    Column("imposed", lazy("处罚件数")), Column("pending", lazy("其中金额待定")), Column("assessed", lazy("核定（元）"), money=True),
    Column("reversed", lazy("撤销（元）"), money=True), Column("taken", lazy("已扣（元）"), money=True),
    Column("outstanding", lazy("未扣（元）"), money=True),
))  # fmt: skip
EXCUSES = Group("excuses", lazy("备案"), "§1.4.2", (
    Column("filed", lazy("已备案")), Column("granted", lazy("已认可")), Column("refused", lazy("未认可")), Column("open", lazy("未处理")),
    Column("reopened", lazy("曾重新处理")),
))  # fmt: skip
APPEALS = Group("appeals", lazy("申诉"), "§1.7.4", (
    Column("raised", lazy("提出申诉")), Column("upheld_for", pgettext_lazy("appeal", "成立")), Column("refused_to", pgettext_lazy("appeal", "不成立")),
    Column("undecided", lazy("待处理")), Column("lapsed", lazy("处罚已另行撤销")),
))  # fmt: skip
GROUPS = (POINTS, ACTIONS, FINES, EXCUSES, APPEALS)
COLUMNS = tuple(column for group in GROUPS for column in group.columns)


@dataclass(frozen=True, slots=True)
class Line:
    """A unit below with its sums; `own`: what lies with the unit itself, not with one below it."""

    unit: Unit
    own: bool
    sums: Sums


@dataclass(frozen=True, slots=True)
class Report:
    month: date
    unit: Unit
    total: Sums
    lines: list[Line]
    clauses: list[tuple[str, Sums]]

    def ties(self) -> list[Tie]:
        """Return what has to hold between the numbers, each side read from another table."""
        return list(_ties(self.total))


@dataclass(slots=True)
class Gathering:
    """Sums by the path of the unit they lie with, and by the clause of the fine."""

    month: date
    unit: Unit
    places: defaultdict[str, Sums]
    clauses: defaultdict[str, Sums]

    @property
    def whole(self) -> bool:
        return self.unit.kind == UnitKind.COMPANY

    def within(self, field: str) -> Q:
        return Q() if self.whole else Q(**{f"{field}__gte": self.unit.path, f"{field}__lt": self.unit.path_end})

    def during(self, field: str) -> Q:
        return Q(**{f"{field}__gte": at(self.month), f"{field}__lt": at(following(self.month))})

    def take(self, path: str | None, clause: str = "", **numbers: Any) -> None:
        """Add numbers where they lie: what lies nowhere is the company's own."""
        for sums in (self.places[self._right_below(path)], *([self.clauses[clause]] if clause else [])):
            sums.update({key: number for key, number in numbers.items() if number})

    def _right_below(self, path: str | None) -> str:
        own = self.unit.path
        head = path.removeprefix(own).partition("/")[0] if path and path.startswith(own) else ""
        return f"{own}{head}/" if head else own


def following(month: date) -> date:
    """Return the first day of the next month."""
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def of_month(month: date, unit: Unit, *, now: datetime) -> Report:
    """Return a month's report of a unit; a fixed number of queries, however many units there are below it."""
    found = Gathering(month, unit, defaultdict(Counter), defaultdict(Counter))
    _points(found)
    _actions(found, now)
    _fines(found)
    _ledger(found)
    _excuses(found)
    _turns(found)
    _appeals(found)
    total: Sums = Counter()
    for sums in found.places.values():
        total.update(sums)
    return Report(month, unit, total, _lines(found), sorted(found.clauses.items()))


def ties(month: date, *, now: datetime) -> list[Tie]:
    """Return the ties of a month over the whole company."""
    return of_month(month, Unit.objects.get(kind=UnitKind.COMPANY), now=now).ties()


def _lines(found: Gathering) -> list[Line]:
    """Return what lies with the unit itself, then each unit below, also one that has since been moved or closed if it has a part."""
    below = Unit.objects.filter(Q(parent=found.unit, closed_at=None) | Q(path__in=found.places)).exclude(pk=found.unit.pk).order_by("path")
    own = found.places[found.unit.path]
    first = [Line(found.unit, True, own)] if any(own.values()) else []
    return [*first, *(Line(unit, False, found.places[unit.path]) for unit in below)]


def _points(found: Gathering) -> None:
    """Each row lies with the unit it was credited to right below this one."""
    rows = PointEntry.objects.of_month(found.month)
    if not found.whole:
        rows = rows.filter(Q(*((place, found.unit.pk) for place in PLACES), _connector=Q.OR))
    paths = [f"{place}__path" for place in PLACES]
    summed = rows.order_by().values(*paths).annotate(
        credited=Sum("points", filter=Q(reverses=None)), taken_back=Sum("points", filter=Q(reverses__isnull=False)),
        standing=Sum("points", filter=Q(reverses=None, counter=None)),
    )  # fmt: skip
    for row in summed:
        chain = [row[path] for path in paths if row[path]]
        after = chain.index(found.unit.path) + 1 if found.unit.path in chain else 0
        home = chain[after] if after < len(chain) else found.unit.path
        numbers = {"credited": row["credited"], "taken_back": -(row["taken_back"] or 0), "standing": row["standing"]}
        found.places[home].update({key: number for key, number in numbers.items() if number})


def _actions(found: Gathering, now: datetime) -> None:
    rows = TierAction.objects.filter(found.within("unit__path"), month=found.month)
    counted = rows.order_by().values("unit__path").annotate(
        issued=Count("pk"), done=Count("pk", filter=Q(state=Asked.DONE)), withdrawn=Count("pk", filter=Q(state=Asked.WITHDRAWN)),
        waiting=Count("pk", filter=Q(state=Asked.ISSUED)), overdue=Count("pk", filter=Q(state=Asked.ISSUED, due_at__lt=now)),
    )  # fmt: skip
    for row in counted:
        found.take(row.pop("unit__path"), **row)


def _fines(found: Gathering) -> None:
    """Count fines and what the penalties themselves say is still to be taken."""
    rows = Penalty.objects.filter(found.within("unit__path"), found.during("imposed_at"))
    counted = rows.order_by().values("unit__path", "clause").annotate(
        imposed=Count("pk"), pending=Count("pk", filter=Q(amount=None) & ~Q(state=State.REVERSED)),
        due=Sum("amount", filter=STANDS), got=Sum("paid"), appealed=Count("pk", filter=Q(state=State.APPEALED)),
    )  # fmt: skip
    for row in counted:
        outstanding = _money(row.pop("due")) - _money(row.pop("got"))
        found.take(row.pop("unit__path"), **row, outstanding=outstanding)


def _ledger(found: Gathering) -> None:
    """Add what the ledger has booked of the same fines."""
    rows = LedgerEntry.objects.filter(found.within("penalty__unit__path"), found.during("penalty__imposed_at"))
    for path, clause, kind, amount in _summed(rows):
        key, sign = BOOKED_AS[Booking(kind)]
        found.take(path, clause, **{key: sign * _money(amount)})


def _summed(rows: QuerySet[LedgerEntry]) -> Iterator[tuple[str | None, str, str, Decimal]]:
    yield from rows.order_by().values_list("penalty__unit__path", "penalty__clause", "kind").annotate(Sum("amount"))


def _money(amount: Decimal | None) -> Decimal:
    return Decimal(amount or 0).quantize(CENT)


def _excuses(found: Gathering) -> None:
    rows = Filing.objects.annotate(path=Coalesce("deadline__holder__path", "order__branch__path"))
    counted = rows.filter(found.within("path"), found.during("filed_at")).order_by().values("path").annotate(
        filed=Count("pk"), granted=Count("pk", filter=Q(state=FilingState.GRANTED)),
        refused=Count("pk", filter=Q(state=FilingState.REFUSED)), open=Count("pk", filter=Q(state__in=FILING_OPEN)),
    )  # fmt: skip
    for row in counted:
        found.take(row.pop("path"), **row)


def _turns(found: Gathering) -> None:
    """Add how often the same filings were decided and taken up again, by the acts that were written down then."""
    rows = FilingAct.objects.annotate(path=Coalesce("filing__deadline__holder__path", "filing__order__branch__path"))
    decided, again = Q(verb__in=(FilingVerb.GRANT, FilingVerb.REFUSE)), Q(verb=FilingVerb.REOPEN)
    counted = rows.filter(found.within("path"), found.during("filing__filed_at")).order_by().values("path").annotate(
        decisions=Count("pk", filter=decided), reopenings=Count("pk", filter=again),
        reopened=Count("filing", filter=again, distinct=True),
    )  # fmt: skip
    for row in counted:
        found.take(row.pop("path"), **row)


def _appeals(found: Gathering) -> None:
    rows = Appeal.objects.filter(found.within("penalty__unit__path"), found.during("penalty__imposed_at"))
    waits, undecided = Q(penalty__state=State.APPEALED), Q(granted=None)
    counted = rows.order_by().values(path=F("penalty__unit__path"), clause=F("penalty__clause")).annotate(
        raised=Count("pk"), upheld_for=Count("pk", filter=Q(granted=True)), refused_to=Count("pk", filter=Q(granted=False)),
        undecided=Count("pk", filter=undecided & waits), lapsed=Count("pk", filter=undecided & ~waits),
    )  # fmt: skip
    for row in counted:
        found.take(**row)


def _ties(total: Sums) -> Iterator[Tie]:
    credited, back, standing = (total[key] for key in ("credited", "taken_back", "standing"))
    yield _tie(_("积分"), _("记入 {0} − 冲回 {1} = 有效 {2}"), (credited, back, standing), credited - back, standing)
    booked = tuple(_money(total[key]) for key in ("assessed", "reversed", "taken", "outstanding"))  # type: ignore[arg-type]
    fined = booked[0] - booked[1] - booked[2]
    yield _tie(_("罚款"), _("核定 {0} − 撤销 {1} − 已扣 {2} = 未扣 {3}（元）"), booked, fined, booked[3])
    turns = tuple(total[key] for key in ("decisions", "reopenings", "granted", "refused"))
    decided = turns[0] - turns[1]
    yield _tie(_("备案"), _("处理 {0} 次 − 重新处理 {1} 次 = 已认可 {2} + 未认可 {3}"), turns, decided, turns[2] + turns[3])
    appeals = tuple(total[key] for key in ("raised", "upheld_for", "refused_to", "lapsed", "appealed"))
    answered = appeals[0] - sum(appeals[1:4])
    yield _tie(_("申诉"), _("提出 {0} − 成立 {1} − 不成立 {2} − 处罚已另行撤销 {3} = 申诉中的处罚 {4}"), appeals, answered, appeals[4])


def _tie(name: str, says: str, numbers: tuple[Any, ...], one: Any, other: Any) -> Tie:
    faults = () if one == other else (_("两边不符：%(one)s 与 %(other)s") % {"one": one, "other": other},)
    return Tie(name, says.format(*numbers), faults)
