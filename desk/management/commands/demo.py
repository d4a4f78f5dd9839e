"""Build the demo company and a living day, once."""

import sys
from argparse import ArgumentParser
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from tqdm import tqdm

from core import clock
from desk.demo import access, living_day
from desk.demo.founding import company_unit
from network.models import Unit
from orders.models import Order

ACTS_PER_ORDER = 8.5  # for the progress bar only


class Command(BaseCommand):
    help = (
        "Build the demo company (40 branches, people in every role) and a living day of orders around this minute, "
        "through the real services. A database that has it is left as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--orders", type=int, default=400, help="orders of the last 30 hours (default 400)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed tells the same story (default 1)")
        parser.add_argument("--fresh", action="store_true", help="empty a demo database first and build anew")

    def handle(self, *, orders: int, seed: int, fresh: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("演示公司只能建在演示模式的数据库里（DEMO=1，且不是正式环境设置）。")
        if company_unit():
            if not fresh:
                self.stdout.write("演示公司已存在，未作改动。重新生成请加 --fresh。")
                return
            call_command("flush", interactive=False, verbosity=0)
        elif Unit.objects.exists() or Order.objects.exists():
            raise CommandError(
                "数据库里已有不属于演示公司的数据，拒绝混入演示数据。请换一个空数据库（DATABASE_URL 或 STATE_DIR）。"
            )
        self._build(orders, seed)

    def _build(self, orders: int, seed: int) -> None:
        hidden = not sys.stderr.isatty()
        with all_or_nothing(), tqdm(total=int(orders * ACTS_PER_ORDER), unit=" acts", disable=hidden) as bar:
            now = clock.now()
            living_day.tell(settings.CARRIER_NAME, now=now, count=orders, seed=seed, on_act=bar.update)
            access.open_sandbox()
        self.stdout.write(
            f"演示公司已建好：{Unit.objects.branches().count()} 个营业部，{Order.objects.count()} 票订单。"
        )


def all_or_nothing() -> AbstractContextManager[Any]:
    """Build in one transaction, so that no half company is left behind.

    PostgreSQL cannot drop row versions that a long transaction made, and slows down with each: there a build that was
    cut short is repeated with --fresh.
    """
    return nullcontext() if connection.vendor == "postgresql" else transaction.atomic()
