"""Organise the company: units and where they stand, posts and who holds them, the working-day calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core.kept import Kept
from network.choices import IN_HAND, UnitKind
from network.models import CalendarDay, Person, Placement, Post, Unit
from rulebook.errors import Refused
from rulebook.roles import Role
from rulebook.workdays import Calendar


@transaction.atomic
def found(unit: Unit, *, now: datetime) -> Unit:
    """Store a new unit under its parent, with the path that its place gives it."""
    unit.path = path_of(unit, unit.parent)
    unit.save(force_insert=True)
    Placement.objects.create(unit=unit, parent=unit.parent, since=now)
    return unit


def path_of(unit: Unit, parent: Unit | None) -> str:
    return f"{parent.path if parent else ''}{unit.code}/"


@transaction.atomic
def move(unit: Unit, *, parent: Unit, now: datetime) -> None:
    """Put a unit, with all below it, under another parent from now on; who answered before stays answerable.

    :raises Refused: the new parent lies below the unit itself
    """
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if parent.path.startswith(unit.path):
        raise Refused("", _("不能把单位移到它自己的下级。"), field="parent")
    Placement.objects.filter(unit=unit, until=None).update(until=now)
    Placement.objects.create(unit=unit, parent=parent, since=now)
    fresh = path_of(unit, parent)
    moved = list(Unit.objects.below(unit).select_for_update())
    for each in moved:
        each.path = fresh + each.path.removeprefix(unit.path)
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    Unit.objects.bulk_update(moved, ["path"])


@transaction.atomic
def close(unit: Unit, *, now: datetime) -> None:
    """
    Close a unit from now on: its posts end, it is offered nothing any more, its history stays.

    :raises Refused: something below it is still open, or it has orders in hand
    """
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.closed_at:
        return
    if Unit.objects.below(unit).exclude(pk=unit.pk).filter(closed_at=None).exists():
        raise Refused("", _("请先撤销或移走下级单位。"))
    if Unit.objects.filter(pk=unit.pk, orders__state__in=IN_HAND).exists():
        raise Refused("", _("该单位还有未结订单，请先改派或办结。"))
    Unit.objects.filter(pk=unit.pk).update(closed_at=now)
    Post.objects.filter(unit=unit, until=None).update(until=now)


@transaction.atomic
def appoint(person: Person, *, role: Role, unit: Unit, now: datetime) -> Post:
    """
    Give a person a post from now on. Sole posts (managers) end for whoever held them.

    :raises Refused: somebody else has held the sole post only since this instant, or since a later one
    """
    if role in SOLE:
        held = Post.objects.filter(unit=unit, role=role, until=None).exclude(person=person)
        if held.filter(since__gte=now).exists():
            raise Refused("", _("该岗位刚由他人任职，请稍后再试。"))
        held.update(until=now)
    return Post.objects.get_or_create(person=person, unit=unit, role=role, until=None, defaults={"since": now})[0]


SOLE = frozenset({Role.BRANCH_MANAGER, Role.REGIONAL_MANAGER, Role.AREA_DIRECTOR, Role.DIVISION_GM})
"""Posts that one person holds at a time in a unit: the ones fines and points go to."""


def relieve(post: Post, *, now: datetime) -> None:
    """End a post now."""
    Post.objects.filter(pk=post.pk, until=None).update(until=now)


@dataclass(frozen=True, slots=True)
class _Span:
    value: int | None
    since: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


class Answerable:
    """Who answers for units at given instants: the holder of a post in the unit itself or the nearest unit above it then.

    Built once for a batch of units: one query a level of the organisation and one for the posts.
    """

    def __init__(self, units: Iterable[int]) -> None:
        self._parents: dict[int, list[_Span]] = defaultdict(list)
        self._holders: dict[tuple[int, str], list[_Span]] = defaultdict(list)
        known: set[int] = set()
        level = set(units)
        while level:
            known |= level
            for row in Placement.objects.filter(unit__in=level).order_by("since"):
                self._parents[row.unit_id].append(_Span(row.parent_id, row.since, row.until))
            level = {span.value for unit in level for span in self._parents[unit] if span.value} - known
        for post in Post.objects.filter(unit__in=known).order_by("since"):
            self._holders[post.unit_id, post.role].append(_Span(post.person_id, post.since, post.until))

    def person(self, role: str, unit: int | None, at: datetime) -> int | None:
        """Return the person holding the role over the unit at that instant, or None where the post was vacant."""
        return self.holder(role, unit, at)[0]

    def holder(self, role: str, unit: int | None, at: datetime) -> tuple[int | None, int | None]:
        """Return the person holding the role over the unit at that instant, and the unit in which it was held."""
        while unit is not None:
            for span in self._holders.get((unit, role), ()):
                if span.holds(at):
                    return span.value, unit
            unit = self._above(unit, at)
        return None, None

    def _above(self, unit: int, at: datetime) -> int | None:
        return next((span.value for span in self._parents.get(unit, ()) if span.holds(at)), None)


def line_of(unit: int, at: datetime) -> list[Unit]:
    """Return a unit and those above it, the nearest first, as the organisation stood at that instant."""
    units: list[Unit] = []
    key: int | None = unit
    while key is not None:
        units.append(Unit.objects.get(pk=key))
        placed = Placement.objects.filter(Q(until=None) | Q(until__gt=at), unit=key, since__lte=at).first()
        key = placed.parent_id if placed else None
    return units


_branches: Kept[str, Unit | None] = Kept(lambda: settings.KEPT_SECONDS)


def branch_by_code(code: str) -> Unit | None:
    """Return the open branch of this code; that one was closed is noticed `settings.KEPT_SECONDS` later. Read only."""
    return _branches.get(code, lambda: Unit.objects.branches().filter(code=code).first())


def head_department(code: str) -> Unit | None:
    """Return the head-office department with this code (e.g. the call centre), if it exists."""
    return Unit.objects.filter(kind=UnitKind.DEPARTMENT, code=code).first()


def calendar() -> Calendar:
    """
    Return the working-day calendar as it stands now (§0.6).

    The table holds only edited days, laid over the published ones: reading them costs one small query, and the calendar
    is built anew only where they have changed, in this process or any other.
    """
    return _calendar(tuple(CalendarDay.objects.values_list("date", "is_workday", "confirmed")))


@lru_cache(maxsize=2)
def _calendar(edited: tuple[tuple[date, bool, bool], ...]) -> Calendar:
    return Calendar.of(edited)


def calendar_with(day: date, *, is_workday: bool, confirmed: bool) -> Calendar:
    """Return the calendar as it would be with this day edited, without storing anything."""
    rows = CalendarDay.objects.exclude(date=day).values_list("date", "is_workday", "confirmed")
    return Calendar.of([*rows, (day, is_workday, confirmed)])


@transaction.atomic
def set_day(day: date, *, is_workday: bool, confirmed: bool, source: str) -> CalendarDay:
    """Enter or correct one day of the calendar. What open clocks this moves is `sla.services.calendar_moves`."""
    row, _created = CalendarDay.objects.update_or_create(
        date=day, defaults={"is_workday": is_workday, "confirmed": confirmed, "source": source}
    )
    return row


def units_of(role: Role) -> list[int]:
    """Return the keys of the units in which somebody holds this post now."""
    held = Post.objects.filter(role=role, until=None)
    return sorted(set(held.values_list("unit", flat=True)))
