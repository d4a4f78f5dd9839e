"""Edit the ladder: a new version from a coming day on, never a change of what held; and what it would have done (§1.7.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.journal import Fact, publish
from network.models import Person, Unit
from network.services import Answerable
from penalties.choices import Scope
from penalties.models import Ladder, PointEntry, TierRow, ladder_on
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.tiers import TIERS, Tier, overlapping

CLAUSE = "§1.7.1"
MOST_POINTS, MOST_WORKDAYS = 9_999, 60
WHO = frozenset(row.who for row in TIERS)
CLAUSES = tuple(dict.fromkeys(row.clause for row in TIERS))
CHOOSABLE = tuple(dict.fromkeys(row.action for row in TIERS))


@transaction.atomic
def write_ladder(*, rows: Sequence[Tier], valid_from: date, note: str, clerk: Person, now: datetime) -> Ladder:
    """
    Write the tiers that hold from a day on; until then, and for what was issued before, the earlier ones stand.

    :raises Refused: the day is not in the future, no rows, a range that is empty or overlaps another of the same post and scope
    :raises Conflict: there is a version from that day already
    """
    clerk.require("manage_tiers")
    if valid_from <= local_day(now):
        raise Refused(CLAUSE, _("新的档次最早从明天起生效：已下达的措施不改写。"), field="valid_from")
    check(rows)
    try:
        with transaction.atomic():
            ladder = Ladder.objects.create(valid_from=valid_from, note=note.strip()[:200], by=clerk, at=now)
    except IntegrityError as taken:
        raise Conflict(_("已有从这一天起生效的档次，请另选日期。")) from taken
    TierRow.objects.bulk_create(
        TierRow(
            ladder=ladder, clause=row.clause, who=row.who, scope=row.scope, low=row.low, below=row.below, action=row.action,
            workdays=row.workdays,
        )
        for row in rows
    )  # fmt: skip
    data = {"from": valid_from.isoformat(), "rows": len(rows)}
    publish(Fact(name=On.TIER_CHANGED, subject=f"ladder/{ladder.pk}", at=now, by=clerk.actor, data=data))
    return ladder


def check(rows: Sequence[Tier]) -> None:
    """:raises Refused: nothing, something unknown, an empty range, two that overlap, a clause twice"""
    if not rows:
        raise Refused(CLAUSE, _("至少要有一档。"), field="rows")
    for row in rows:
        _check_row(row)
    if pair := overlapping(rows):
        words = _("%(one)s与%(other)s对同一岗位、同一计分单位的分数范围重叠，请调整。")
        raise Refused(CLAUSE, words % {"one": _told(pair[0]), "other": _told(pair[1])}, field="rows")
    if len({(row.clause, row.who, row.scope) for row in rows}) < len(rows):
        raise Refused(CLAUSE, _("同一条款、岗位和计分单位只能有一档。"), field="rows")


def _check_row(row: Tier) -> None:
    known = row.clause in CLAUSES and row.who in WHO and row.scope in ("region", "area") and row.action in CHOOSABLE
    if not known:
        raise Refused(CLAUSE, _("条款、岗位、计分单位或措施不在列表中。"), field="rows")
    if not 1 <= row.low <= MOST_POINTS or (row.below is not None and not row.low < row.below <= MOST_POINTS):
        raise Refused(CLAUSE, _("%s：起始分须大于 0，截止分须大于起始分。") % row.clause, field="rows")
    if not 1 <= row.workdays <= MOST_WORKDAYS:
        raise Refused(CLAUSE, _("%s：完成期限须为 1 到 60 个工作日。") % row.clause, field="rows")


def _told(row: Tier) -> str:
    return f"{row.clause}（{row.low}–{'∞' if row.below is None else row.below - 1}）"


@dataclass(frozen=True, slots=True)
class Change:
    """One action of a month that only one of two ladders asks for."""

    unit: Unit
    tier: Tier
    points: int
    at: datetime
    person: str
    added: bool


def preview(rows: Sequence[Tier], *, month: date) -> list[Change]:
    """Return what would be asked for besides, and what no longer, had these tiers held all that past month. Nothing is stored."""
    entries = list(PointEntry.objects.standing().of_month(month).select_related("region", "area").order_by("at", "pk"))
    stood, would = _issued(entries, None), _issued(entries, rows)
    changed = [(found, key, found is would) for found, other in ((would, stood), (stood, would)) for key in found if key not in other]
    names = dict(Person.objects.values_list("pk", "name"))
    return [
        Change(unit, tier, points, at, names.get(person, ""), added)
        for found, key, added in changed
        for unit, tier, points, at, person in (found[key],)
    ]


Issued = dict[tuple[object, ...], tuple[Unit, Tier, int, datetime, int]]


def _issued(entries: Iterable[PointEntry], rows: Sequence[Tier] | None) -> Issued:
    """Return what tiers ask for as a month's points add up: by these rows, or by those that held each day."""
    sums: dict[tuple[Scope, int], int] = {}
    issued: Issued = {}
    for entry in entries:
        for scope, unit in ((Scope.REGION, entry.region), (Scope.AREA, entry.area)):
            if unit is None:
                continue
            points = sums[scope, unit.pk] = sums.get((scope, unit.pk), 0) + entry.points
            day = local_day(entry.at)
            holding = ladder_on(day) if rows is None else rows
            for tier in (row for row in holding if row.scope == scope and row.holds(points)):
                person = Answerable([unit.pk]).person(tier.who, unit.pk, entry.at) or 0
                key = (tier.who, tier.scope, tier.action, unit.pk, person)
                issued.setdefault(key, (unit, tier, points, entry.at, person))
    return issued
