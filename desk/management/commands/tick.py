"""One pass of the clocks by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from sla.services import tick


class Command(BaseCommand):
    help = "Announce once what has run out, as the worker does every 5 seconds. Safe to run beside it."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{tick(now=clock.now())}")
