"""Take the fines of a month from its bonuses (§1.7.3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.models import SYSTEM
from network.models import Person, Unit
from penalties.choices import Booking, Purse
from penalties.services import plan_run, run_bonus
from penalties.services.booking import month_of
from penalties.services.settling import Share
from rulebook.errors import Refused


class Command(BaseCommand):
    help = "Show what fines a month's bonuses would bear; with --commit, take them. Repeated, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", help="2026-11; default: the month before this one")
        parser.add_argument("--commit", action="store_true", help="take the fines; default is a dry run")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        month = _month(options["month"], now)
        try:
            plan = run_bonus(month=month, by=SYSTEM, now=now) if options["commit"] else plan_run(month=month, now=now)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        names = _names(plan.shares)
        for share in plan.shares:
            if share.turns or share.carried:
                self.stdout.write(_said(share, names))
        sums = {kind: plan.total(kind) for kind in (Booking.TAKE, Booking.GIVE_BACK, Booking.REFUND)}
        self.stdout.write(
            f"{month:%Y-%m}  扣款 {sums[Booking.TAKE]}  冲回 {sums[Booking.GIVE_BACK]}  退款 {sums[Booking.REFUND]}  结转 {plan.carried}"
        )
        self.stdout.write("已执行。" if options["commit"] else "以上为预演，未保存；加 --commit 执行。")


def _month(text: str | None, now: datetime) -> date:
    if text is None:
        return (month_of(now) - timedelta(days=1)).replace(day=1)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise CommandError(f"月份“{text}”无法识别，请按 2026-11 填写。") from error


def _names(shares: list[Share]) -> dict[str, str]:
    people = Person.objects.values_list("pk", "number", "name")
    units = Unit.objects.values_list("pk", "code", "name")
    wanted = {share.payer for share in shares}
    named = [(f"person/{pk}", f"{number} {name}") for pk, number, name in people]
    named += [(f"unit/{pk}", f"{code} {name}") for pk, code, name in units]
    return {key: name for key, name in named if key in wanted}


def _said(share: Share, names: dict[str, str]) -> str:
    purse = Purse(share.purse).label
    bonus = f"奖金 {share.bonus}，" if share.bonus is not None else ""
    lines = [f"{names.get(share.payer, share.payer)}（{purse}）：{bonus}已扣 {share.before}，结转 {share.carried}"]
    for turn in share.turns:
        lines.append(f"    {Booking(turn.kind).label} {turn.amount}  {turn.penalty.clause}  处罚 {turn.penalty.pk}")
    return "\n".join(lines)
