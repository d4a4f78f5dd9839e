"""Say for every clause which code enforces it and which test proves it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reports import coverage


class Command(BaseCommand):
    help = "List every clause of the handbook: enforced by which code, tested by which tests, or not yet."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lang", choices=("zh", "en"), default="zh")
        parser.add_argument("--missing", action="store_true", help="only what is not built or not tested yet")
        parser.add_argument("--write", action="store_true", help="store the table for an installation without tests")

    def handle(self, *, lang: str, missing: bool, write: bool, **options: Any) -> None:
        if write:
            coverage.stored().write_text(coverage.as_json(), encoding="utf-8")
            self.stdout.write(str(coverage.stored().name))
            return
        rows = coverage.rows()
        for row in rows:
            if not missing or not row.enforced or not row.tested:
                self._say(row, lang)
        built, tested = sum(row.built for row in rows), sum(bool(row.tested) for row in rows)
        words = "{} 条：已实现 {}，有测试 {}" if lang == "zh" else "{} clauses: {} enforced, {} tested"
        self.stdout.write(words.format(len(rows), built, tested))

    def _say(self, row: coverage.Row, lang: str) -> None:
        zh = lang == "zh"
        none = coverage.NOT_YET_ZH if zh else coverage.NOT_YET_EN
        self.stdout.write(f"{row.clause} {row.zh if zh else row.en}")
        self.stdout.write(f"  {'实现' if zh else 'enforced'}: {', '.join(row.enforced) or none}")
        self.stdout.write(f"  {'测试' if zh else 'tested'}: {', '.join(row.tested) or none}")
