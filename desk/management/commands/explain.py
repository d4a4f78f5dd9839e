"""Why this deadline? For every clock of an order."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from orders.models import Order
from sla.models import Deadline
from sla.services import explain


class Command(BaseCommand):
    help = "Explain every clock of an order, step by step: the same words as on the page and in the API."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("order", help="order number")
        parser.add_argument("--lang", choices=("zh", "en"), default="zh")

    def handle(self, *, order: str, lang: str, **options: Any) -> None:
        found = Order.objects.filter(number__iexact=order.strip()).first()
        if found is None:
            raise CommandError(f"没有订单 {order} / no such order")
        for deadline in Deadline.objects.of_order(found):
            first, *rest = explain(deadline)
            self.stdout.write(first.say(lang))
            for line in rest:
                self.stdout.write(f"  {line.say(lang)}")
            self.stdout.write("")
