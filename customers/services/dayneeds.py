"""The day's volume and vehicle needs of key customers, asked at the order call (§4.3.2.1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.journal import Fact, publish
from customers.models import DayNeed, KeyCustomer
from network.models import Person
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On

CLAUSE = "§4.3.2.1"
AHEAD = timedelta(days=7)
MOST_PIECES, MOST_M3, LITRE = 99_999, Decimal(1_000), Decimal("0.001")
LONGEST = 60


@transaction.atomic
def tell_day_need(
    *, pk: int, on: date, pieces: int, volume_m3: Decimal, vehicles: str, by: Person, now: datetime
) -> DayNeed:
    """
    Write down what a key customer will ship on a day and which vehicles that takes; said again, the last word holds.

    :raises Refused: a day past or more than a week off, a volume that cannot be; names the field
    :raises Conflict: the contract has been ended
    """
    by.require("follow_up")
    account = KeyCustomer.objects.visible_to(by).select_for_update(of=("self",)).select_related("customer").get(pk=pk)
    if account.ended_at:
        raise Conflict(_("该项目客户合同已终止，不能再修改。"), at=account.ended_at)
    if not local_day(now) <= on <= local_day(now) + AHEAD:
        raise Refused(CLAUSE, _("日期须为今天起 7 天以内。"), field="on")
    if not 0 <= pieces <= MOST_PIECES:
        raise Refused(CLAUSE, _("件数须为 0 到 99999 的整数。"), field="pieces")
    if not volume_m3.is_finite() or not 0 <= volume_m3 <= MOST_M3 or volume_m3 != volume_m3.quantize(LITRE):
        raise Refused(CLAUSE, _("体积须为 0 到 1000 立方米，最多三位小数。"), field="volume_m3")
    if len(vehicles) > LONGEST:
        raise Refused(CLAUSE, _("内容过长，最多 %d 个字。") % LONGEST, field="vehicles")
    need: DayNeed = DayNeed.objects.create(
        key_customer=account, on=on, pieces=pieces, volume_m3=volume_m3, vehicles=vehicles.strip(), by=by, at=now
    )
    data = {"branch": account.customer.branch_id, "on": f"{on:%F}", "pieces": pieces, "volume_m3": str(volume_m3)}
    publish(Fact(name=On.DAY_NEED_TOLD, subject=account.subject, at=now, by=by.actor, data=data))
    return need


def day_needs(by: Person, since: date, until: date) -> list[DayNeed]:
    """Return what holds of each day and customer one sees, both days included, the day first."""
    seen = KeyCustomer.objects.visible_to(by).filter(ended_at=None)
    rows = DayNeed.objects.filter(key_customer__in=seen, on__gte=since, on__lte=until)
    rows = rows.select_related("key_customer__customer", "by").order_by("on", "key_customer", "pk")
    return list({(row.on, row.key_customer_id): row for row in rows}.values())
