"""What penalties hear of the journal: breaches carry fines, corrections and excuses undo them (§1.7.2, design §6.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.journal import Fact
from core.models import Entry
from penalties.choices import State
from penalties.models import Penalty
from penalties.services.imposing import impose_all
from penalties.services.payers import Charge
from penalties.services.reversing import reinstate_all, reverse_all
from rulebook.events import On
from rulebook.fines import FINES_FOR_BREACH, fines_for_breach

HEARD = frozenset({On.DEADLINE_BREACHED, On.DEADLINE_CORRECTED, On.DEADLINE_EXCUSED, On.EXCUSE_WITHDRAWN})
REASONS = {On.DEADLINE_CORRECTED: "corrected", On.DEADLINE_EXCUSED: "excused", On.EXCUSE_WITHDRAWN: "excuse_withdrawn"}
"""Why a fine was reversed or came back, as a code: the page puts it into the reader's language."""


def on_entries(entries: Sequence[Entry]) -> Iterable[Fact]:
    """Impose, reverse and bring back what these facts carry, in the transaction that states them; nothing else is read."""
    heard = [entry for entry in entries if entry.name in HEARD]
    if not heard:
        return []
    breaches = [e for e in heard if e.name == On.DEADLINE_BREACHED and e.data["clause"] in FINES_FOR_BREACH]
    facts = impose_all([_charge(entry) for entry in breaches]) if breaches else []
    if corrected := [entry for entry in heard if entry.name == On.DEADLINE_CORRECTED]:
        facts += _undo(corrected)
    if excused := [entry for entry in heard if entry.name == On.DEADLINE_EXCUSED]:
        facts += _undo(excused)
    if withdrawn := [entry for entry in heard if entry.name == On.EXCUSE_WITHDRAWN]:
        facts += _bring_back(withdrawn)
    return facts


def _charge(entry: Entry) -> Charge:
    """A breach falls on whoever answered for it at the due instant; of §2.2.1 that is the leader himself."""
    data = entry.data
    return Charge(
        rows=fines_for_breach(data["clause"]), cause=_cause(entry), at=entry.occurred_at, now=entry.recorded_at,
        unit=data["unit"], person=data["person"], leader=data["person"], order_number=entry.order_number, entry=entry.pk,
    )  # fmt: skip


def _cause(entry: Entry) -> str:
    """Return the cause of what a breach carries: its step; a clock may have missed more than one."""
    return f"step/{entry.data['step']}"


def _undo(entries: Sequence[Entry]) -> list[Fact]:
    found = Penalty.objects.filter(cause__in=[_cause(entry) for entry in entries]).exclude(state=State.REVERSED)
    return _each(found, reverse_all, entries[0])


def _bring_back(entries: Sequence[Entry]) -> list[Fact]:
    """What an excuse had reversed; what was corrected, or reversed on appeal, stays so, whatever the decision was worded like."""
    of_excuse = Penalty.objects.filter(state=State.REVERSED, reason=REASONS[On.DEADLINE_EXCUSED])
    found = of_excuse.filter(cause__in=[_cause(entry) for entry in entries]).exclude(objection__granted=True)
    return _each(found, reinstate_all, entries[0])


def _each(found: QuerySet[Penalty], act: Callable[..., list[Fact]], entry: Entry) -> list[Fact]:
    """Do it to all of them at once, locked in the order of their keys."""
    locked: Any = found.select_for_update(of=("self",), no_key=True).order_by("pk")
    at: datetime = entry.recorded_at
    return act(list(locked), reason=REASONS[On(entry.name)], by=entry.actor, at=at)
