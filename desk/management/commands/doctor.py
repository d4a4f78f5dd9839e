"""Say in plain words whether the installation is well, and what to do where it is not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from desk.doctor import examine


class Command(BaseCommand):
    help = "Check database, broker, clocks, journal, messages and calendar; exit code 1 where something is wrong."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        trouble = 0
        for name, findings in examine(clock.now()):
            for finding in findings:
                self.stdout.write(f"{'！' if finding.warning else '✗'} {name}：{finding.zh}。\n  → {finding.fix}")
                trouble += not finding.warning
            if not findings:
                self.stdout.write(f"✓ {name}")
        self.stdout.write("一切正常。" if not trouble else f"共 {trouble} 处需要处理。")
        if trouble:
            sys.exit(1)
