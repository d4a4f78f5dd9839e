"""A courier's rounds: what is to be delivered, in order; acts as a phone tells them, each done once (§1.3.3, §4.3.2.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core.files import files_with_rows
from delivery import services as delivery
from delivery.choices import CORRECTABLE, ScanState
from delivery.models import Scan, Shipment
from delivery.services import corrections
from desk.acts import ACTS
from desk.acts import form_for as act_form
from desk.cashforms import CollectForm
from desk.goodsforms import form_for
from desk.models import PhoneAct
from network.models import Person
from pickup.choices import State as Pickup
from pickup.models import PickupTask
from rulebook.due import at as local_at
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused

CLAUSE = "§4.3.2.8"
AT_THE_DOOR = ("sign", "sign_with_exception", "wait", "fail_attempt", "refuse", "take_back")
MONEY = {"cash": delivery.collect, "freight": delivery.collect_freight}
TIMED = ("collect", "fail", "take-back")


@dataclass(frozen=True, slots=True)
class Told:
    """An act as it comes from a phone: what was filled in, the device's own key and time where it has them."""

    person: Person
    verb: str
    number: str
    data: Any
    files: Any
    now: datetime

    @property
    def key(self) -> str:
        key = str(self.data.get("source") or "")
        if len(key) > PhoneAct._meta.get_field("key").max_length:  # type: ignore[operator,union-attr]
            raise Refused(CLAUSE, _("操作编号过长。"), field="source")
        return key

    @property
    def at(self) -> datetime | None:
        """:raises Refused: it is no instant"""
        text = str(self.data.get("at") or "")
        if not text or not self.key:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = datetime.min  # noqa: DTZ901 - naive: refused right below
        if moment.tzinfo is None:
            raise Refused(CLAUSE, _("手机时间格式不正确。"), field="at")
        return moment


@files_with_rows()
@transaction.atomic
def tell(told: Told, run: Callable[[Told], None]) -> bool:
    """
    Do what a phone tells, unless it told so before; return whether it was new. Refused acts are not remembered: corrected,
    they may be told again under the same key.

    :raises Refused: what a rule forbids; :raises Conflict: somebody else was first, or the key was used for another act
    """
    if told.key and not _first(told):
        return False
    run(told)
    return True


def _first(told: Told) -> bool:
    values = {"person": told.person, "verb": told.verb, "number": told.number}
    row, fresh = PhoneAct.objects.get_or_create(
        key=told.key, defaults={**values, "at": told.at or told.now, "recorded_at": told.now}
    )
    if not fresh and any(getattr(row, name) != value for name, value in values.items()):
        raise Conflict(_("这个操作编号已用于另一项操作，请刷新页面后重试。"))
    return fresh


def deliver(told: Told) -> None:
    """
    A verb at the consignee's door; `cash` and `freight` are the money there (§4.3.3.2, §4.3.2.7).

    :raises Shipment.DoesNotExist: these goods are not on this courier's van, and it is not their own act to correct
    """
    if told.verb in MONEY:
        _take_money(told)
        return
    _own(told)
    form = form_for(told.verb, told.data, told.files)
    values: dict[str, Any] = {}
    if form:
        _check(form)
        values = form.values() | {"pictures": form.pictures()}
        values.pop("at", None)
    delivery.act(
        number=told.number, verb=told.verb, clerk=told.person, now=told.now, at=told.at, source=told.key, **values
    )


def _own(told: Told) -> None:
    Shipment.objects.values_list("pk").get(order__number=told.number, driver=told.person)


def _take_money(told: Told) -> None:
    form = CollectForm(told.data)
    _check(form)
    MONEY[told.verb](number=told.number, clerk=told.person, now=told.now, at=told.at, **form.cleaned_data)


def fetch(told: Told) -> None:
    """
    A verb at the shipper's: collected, or failed with a reason (§4.3.2.2).

    :raises PickupTask.DoesNotExist: this pickup is not this courier's
    """
    act = ACTS[told.verb]
    tasks = PickupTask.objects.select_related("order").exclude(state=Pickup.CANCELLED)
    task = tasks.get(order__number=told.number, driver=told.person)
    form = act_form(act, task.order, told.data)
    _check(form)
    values = form.cleaned_data | ({"at": told.at} if told.verb in TIMED and told.at else {})
    act.run(told.number, told.person, values, told.now)


def _check(form: Any) -> None:
    """:raises Refused: with the first thing wrong in a form"""
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise Refused("", str(errors[0]), field=field)


# What was done today, with what can still be put right.


@dataclass(frozen=True, slots=True)
class Done:
    scan: Scan
    correctable: bool

    @property
    def number(self) -> str:
        return str(self.scan.shipment.order.number)


def done_today(person: Person, now: datetime) -> list[Done]:
    """Return a courier's own acts at the door, the last first; a wrong tap can be taken back for a while (issue C8)."""
    own = Scan.objects.filter(person=person, verb__in=CORRECTABLE, state=ScanState.APPLIED)
    rows = list(own.filter(at__gte=local_at(local_day(now))).select_related("shipment__order").order_by("-pk"))
    applied = Scan.objects.filter(shipment__in=[row.shipment_id for row in rows], state=ScanState.APPLIED)
    last: Mapping[int, int] = dict(applied.values_list("shipment").annotate(last=Max("pk")))
    return [Done(row, last[row.shipment_id] == row.pk and now - row.at <= corrections.WINDOW) for row in rows]
