"""Issue and withdraw what the tiers, and single cases, ask for (§1.7.1, §2.2.1, §2.2.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from core.fsm import perform
from core.journal import Fact
from core.models import Actor, Entry
from network.models import Unit
from network.services import Answerable, calendar
from penalties.choices import Scope
from penalties.models import VACANT, PointEntry, TierAction, ladder_on
from penalties.models.tiers import ActionQuerySet
from penalties.services.booking import month_of
from rulebook.due import at, local_day
from rulebook.events import On
from rulebook.roles import Role
from rulebook.tiers import Tier, containing

SCOPES = (Scope.REGION, Scope.AREA)


def issue(entry: PointEntry, *, by: Actor, now: datetime) -> list[Fact]:
    """
    Issue the tiers that contain the sums these points have led to, once a month per person, tier and unit.

    The months of region and area are locked. Each goes to the holder of the post at the instant of adjudication; where the
    post is vacant it is listed for the department without one.
    """
    facts = []
    for scope, unit in _units(entry):
        points = PointEntry.objects.of_month(entry.month).filter(**{scope: unit}).total()
        for tier in containing(points, scope.value, on=local_day(entry.at), rows=ladder_on(local_day(entry.at))):
            person = Answerable([unit.pk]).person(tier.who, unit.pk, entry.at)
            answers = f"person/{person}" if person else f"{VACANT}{tier.who}/{unit.pk}"
            key = key_of(tier, unit, entry)
            if TierAction.objects.standing().filter(key=key, answers=answers).exists():
                continue
            action = TierAction.objects.create(
                key=key, answers=answers, person_id=person, clause=tier.clause, who=tier.who, scope=scope, low=tier.low,
                below=tier.below, action=tier.action, unit=unit, month=entry.month, points=points, entry=entry,
                cause=entry.cause, order_number=entry.order_number, issued_at=entry.at, due_at=due_at(entry.at, tier.workdays),
            )  # fmt: skip
            facts.append(fact(On.TIER_ACTION_ISSUED, action, by, now))
    return facts


def _units(entry: PointEntry) -> Iterator[tuple[Scope, Unit]]:
    """Yield the region and the area these points count for."""
    for scope, unit in zip(SCOPES, (entry.region, entry.area), strict=True):
        if unit is not None:
            yield scope, unit


def key_of(tier: Tier, unit: Unit, entry: PointEntry) -> str:
    return f"{tier.clause}/{tier.who}/{tier.scope}/{unit.pk}/{entry.month:%Y-%m}"


def due_at(issued: datetime, workdays: int) -> datetime:
    """Return the last instant in time: 24:00 of that working day after the local date of issue (§0.6)."""
    return at(calendar().add_workdays(local_day(issued), workdays), 24)


def ask(
    *, clause: str, who: Role, action: str, key: str, answers: int | None, unit: Unit, cause: str, workdays: int, entry: Entry
) -> list[Fact]:  # fmt: skip
    """Ask something of a person for one case, whatever the sums (§2.2.1, §2.2.3); once a key, however often it is told."""
    whom = f"person/{answers}" if answers else f"{VACANT}{who}/{unit.pk}"
    if TierAction.objects.standing().filter(key=key, answers=whom).exists():
        return []
    made = TierAction.objects.create(
        key=key, answers=whom, person_id=answers, clause=clause, who=who, scope=Scope.CASE, action=action, unit=unit,
        month=month_of(entry.occurred_at), cause=cause, order_number=entry.order_number, issued_at=entry.occurred_at,
        due_at=due_at(entry.occurred_at, workdays),
    )  # fmt: skip
    return [fact(On.TIER_ACTION_ISSUED, made, entry.actor, entry.recorded_at)]


def withdraw(asked: ActionQuerySet, *, by: Actor, now: datetime) -> list[Fact]:
    """Withdraw those of these that stand: a complaint that carried them is reopened."""
    return [_withdrawn(action, by, now) for action in asked.locked().standing().order_by("pk")]


def withdraw_carried(given: PointEntry, *, by: Actor, now: datetime) -> list[Fact]:
    """
    Withdraw what these points, now taken back, had carried: the tiers that contain none of the month's sums without them.

    The sums are run through again in the order of adjudication, each with the tiers that held that day. Nothing new is issued.
    """
    facts = []
    for scope, unit in _units(given):
        still = _reached(scope, unit, given)
        asked = TierAction.objects.filter(unit=unit, scope=scope, month=given.month)
        facts += withdraw(asked.exclude(key__in=still), by=by, now=now)
    return facts


def _withdrawn(action: TierAction, by: Actor, now: datetime) -> Fact:
    perform(action.withdraw, reason="complaint_reopened", at=now)
    action.last_at = now
    action.save()
    return fact(On.TIER_ACTION_WITHDRAWN, action, by, now)


def _reached(scope: Scope, unit: Unit, given: PointEntry) -> set[str]:
    """Return the keys of the tiers that the standing points of the month reach, one adjudication after the other."""
    reached, points = set(), 0
    for entry in PointEntry.objects.standing().of_month(given.month).filter(**{scope: unit}).order_by("at", "pk"):
        points += entry.points
        day = local_day(entry.at)
        reached |= {key_of(tier, unit, given) for tier in containing(points, scope.value, on=day, rows=ladder_on(day))}
    return reached


def fact(name: On, action: TierAction, by: Actor, now: datetime) -> Fact:
    return Fact(
        name=name, subject=action.subject, at=now, by=by, order=action.order_number, in_sequence=False,
        also=tuple(filter(None, (f"points/{action.entry_id}" if action.entry_id else "", action.cause.rpartition("/")[0]))),
        data={
            "clause": action.clause, "action": action.action, "unit": action.unit_id, "person": action.person_id,
            "points": action.points, "month": f"{action.month:%Y-%m}", "state": action.state, "scope": action.scope,
        },
    )  # fmt: skip
