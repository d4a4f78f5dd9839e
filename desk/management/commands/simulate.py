"""Drive the real services through simulated days."""

import sys
import time
from argparse import ArgumentParser
from contextlib import nullcontext
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand
from tqdm import tqdm

from core import clock
from desk.demo import simulation
from desk.demo.scratch import scratch_database
from reports.responsibility import GROUPS
from rulebook.due import local_day

PRESETS = {"day": (935, 1), "month": (29_000, 30)}
ACTS_PER_ORDER = 9.4  # for the progress bar only
SHOWN = 100


class Command(BaseCommand):
    help = (
        "Play simulated days through the real services and the real tick, from the order to the signature, the slip and "
        "the cash, ending in the figures of §1.5, the breaches, and sums that have to tie out (exit code 1 where one does "
        "not). Runs in a scratch database beside the configured one, dropped at the end, so that nothing invented "
        "mixes with what is there; with --into-this-database (demo mode only) the orders stay. The same seed gives the "
        "same result."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--preset", choices=PRESETS, default="day", help="day: 935 orders; month: 29,000 over 30 days"
        )
        parser.add_argument("--orders", type=int, help="orders in all, instead of the preset's")
        parser.add_argument("--day", type=date.fromisoformat, help="first day, YYYY-MM-DD (default: today)")
        parser.add_argument("--days", type=int, help="days, instead of the preset's")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--all-breaches", action="store_true", help=f"list every breach, not only the first {SHOWN}"
        )
        parser.add_argument(
            "--into-this-database", action="store_true", help="play into the configured database and keep the orders"
        )

    def handle(self, *, seed: int, all_breaches: bool, into_this_database: bool, **options: Any) -> None:
        if into_this_database and not settings.DEMO:
            raise CommandError("只有演示模式的数据库才能写入模拟订单；去掉 --into-this-database 即在临时数据库中运行。")
        orders, days = PRESETS[options["preset"]]
        plan = simulation.Plan(
            orders=options["orders"] or orders, days=options["days"] or days, seed=seed,
            first=options["day"] or local_day(clock.now()),
        )  # fmt: skip
        with nullcontext() if into_this_database else scratch_database():
            self._play(plan, all_breaches)

    def _play(self, plan: simulation.Plan, all_breaches: bool) -> None:
        began = time.monotonic()
        with tqdm(total=int(plan.orders * ACTS_PER_ORDER), unit=" acts", disable=not sys.stderr.isatty()) as bar:
            outcome = simulation.play(plan, name=settings.CARRIER_NAME, on_act=bar.update)
        took = time.monotonic() - began
        self.stdout.write(f"{plan.first:%F} 起 {plan.days} 天，{plan.orders} 票订单，种子 {plan.seed}")
        for score in outcome.scores:
            shown = f"{score.share:.2%}" if score.share is not None else "—"
            beside = f"，其中当日登记 {score.beside}" if score.beside is not None else ""
            self.stdout.write(f"{score.kpi.clause} {score.kpi.zh}：{shown}（{score.part}/{score.whole}{beside}）")
        self._breaches(outcome, all_breaches)
        self._responsibility(outcome, plan.orders)
        refused = "，".join(f"{clause} {count} 次" for clause, count in sorted(outcome.refused.items())) or "无"
        self.stdout.write(f"被制度或先行操作拒绝的动作：{refused}")
        for tie in outcome.ties:
            self.stdout.write(f"{'✓' if tie.holds else '✗'} {tie.name}：{tie.says}")
        self.stderr.write(f"{took:.1f} 秒，时钟巡检 {outcome.ticks} 次，公布 {outcome.announced} 个时点")
        if torn := [f"{tie.name}：{'；'.join(tie.faults)}" for tie in outcome.ties if not tie.holds]:
            raise CommandError("总数对不上。" + "。".join(torn))

    def _responsibility(self, outcome: simulation.Outcome, orders: int) -> None:
        filed, told = outcome.complaints.total(), "，".join(f"{name} {count}" for name, count in outcome.complaints.most_common())
        self.stdout.write(f"投诉 {filed} 件（每千票 {1000 * filed / orders:.1f} 件）{f'：{told}' if filed else ''}")
        for report in outcome.reports:
            for group in GROUPS:
                said = "，".join(f"{column.label} {report.total[column.key]}" for column in group.columns)
                self.stdout.write(f"{report.month:%Y-%m} {group.clause} {group.label}：{said}")

    def _breaches(self, outcome: simulation.Outcome, all_breaches: bool) -> None:
        total = outcome.breaches.count()
        self.stdout.write(f"超时 {total} 项（时间、条款、订单、营业部、责任人）：")
        shown = outcome.breaches if all_breaches else outcome.breaches[:SHOWN]
        for line in simulation.lines(shown):
            self.stdout.write(f"  {line}")
        if total > SHOWN and not all_breaches:
            self.stdout.write(f"  ……其余 {total - SHOWN} 项加 --all-breaches 列出")
