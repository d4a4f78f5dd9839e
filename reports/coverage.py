"""Which clause is enforced by which code and tested by which test — read from the sources, not claimed (issue B9)."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from rulebook.clauses import CLAUSES, Kind
from rulebook.findings import FINDINGS
from rulebook.fines import FINES_FOR_BREACH
from rulebook.limits import LIMITS
from rulebook.tiers import TIERS

CLAUSE = re.compile(r"§\d+(?:\.\d+)*(?:\.?[a-z])?(?![a-z])")
WORD = re.compile(r"[A-Za-z_]+")
PUBLISHED = re.compile(r"\bOn\.([A-Z_]+)")
APPS = (
    "core", "network", "customers", "pricing", "orders", "pickup", "delivery", "complaints", "sla", "penalties",
    "notify", "reports", "desk", "portal", "partners",
)  # fmt: skip
PASSED_OVER = ("migrations", "demo", "coverage.py")
DRAWN: dict[str, str] = {
    **{tier.clause: "penalties/services/tiers.py: issue" for tier in TIERS},
    **{clause: "penalties/services/hearing.py: on_entries" for clause, _case in FINES_FOR_BREACH.values()},
    **{row.clause: "penalties/services/findings.py: on_upheld" for row in FINDINGS.values()},
}
"""Rows that one mechanism draws whatever their clause, and where it is; a test holds that it is there."""
NOT_YET_ZH, NOT_YET_EN = "尚未实现", "not yet"


@dataclass(frozen=True, slots=True)
class Row:
    """A clause with the places ("orders/services/desk.py: accept") that enforce it and test it."""

    clause: str
    zh: str
    en: str
    kind: str
    enforced: list[str]
    tested: list[str]

    @property
    def built(self) -> bool:
        return bool(self.enforced)


@cache
def rows() -> list[Row]:
    """Return every clause of the handbook but the headings, in its order.

    Read from the sources where the tests are there; else from the file that `manage.py rulebook --write` left at build.
    """
    if (_root() / "tests").is_dir():
        return scan(_root())
    return (
        [Row(**row) for row in json.loads(stored().read_text(encoding="utf-8"))] if stored().exists() else scan(_root())
    )


def stored() -> Path:
    """Return where a build keeps the table for installations without tests."""
    return _root() / "coverage.json"


def as_json() -> str:
    return json.dumps([asdict(row) for row in scan(_root())], ensure_ascii=False, indent=1)


def _root() -> Path:
    return Path(settings.BASE_DIR)


def scan(root: Path) -> list[Row]:
    """Read the sources below a folder."""
    enforced, tested = _citations(root, _sources(root, APPS)), _citations(root, _sources(root, ("tests",)))
    for cited, in_use in _rules_in_use(root).items():
        enforced[cited] |= in_use
    live = _live_limits(root)
    found = []
    for clause in CLAUSES.values():
        if clause.kind is Kind.SECTION:
            continue
        drawn = [DRAWN[clause.id]] if clause.id in DRAWN else []
        places = [*live.get(clause.id, []), *drawn, *sorted(enforced[clause.id] - {*drawn})]
        found.append(Row(clause.id, clause.zh, clause.en, clause.kind.value, places, sorted(tested[clause.id])))
    return found


def _sources(root: Path, folders: Iterable[str]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            if not set(path.relative_to(root).parts) & set(PASSED_OVER):
                yield path


def _citations(root: Path, paths: Iterable[Path]) -> dict[str, set[str]]:
    """Return, by clause, the functions and rows that cite it."""
    cited: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        owners = _owners(text) if "§" in text else []
        for number, line in enumerate(text.splitlines(), start=1):
            for clause in CLAUSE.findall(line):
                if owner := _owner(owners, number):
                    cited[clause].add(f"{name}: {owner}")
    return cited


def _rules_in_use(root: Path) -> dict[str, set[str]]:
    """Return the rulebook's functions that an app or a limit uses, by the clauses they cite.

    Rows by themselves enforce nothing, nor does a function nobody calls; limits are found by `_live_limits`.
    """
    users = [*_sources(root, APPS), *_sources(root, ("rulebook/limits",))]
    words = set(WORD.findall("\n".join(path.read_text(encoding="utf-8") for path in users)))
    cited = _citations(root, (path for path in (root / "rulebook").glob("*.py")))
    return {
        clause: {place for place in places if place.rsplit(" ", 1)[1] in words and place.rsplit(" ", 1)[1].islower()}
        for clause, places in cited.items()
        if clause not in LIMITS
    }


def _owners(text: str) -> list[tuple[int, int, str]]:
    """Return the functions, classes and assignments of a file with the lines they span, the inner ones last."""
    spans = []
    for node in ast.walk(ast.parse(text)):
        name = _name(node)
        if name and isinstance(node, ast.stmt):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            spans.append((first, node.end_lineno or node.lineno, name))
    return sorted(spans, key=lambda span: (span[0], -span[1]))


def _name(node: ast.AST) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name), *_]) | ast.AnnAssign(target=ast.Name(id=name)) if name.isupper():
            return name
        case _:
            return ""


def _owner(owners: list[tuple[int, int, str]], line: int) -> str:
    """Return the innermost definition around a line; what only a file's first lines say has none and does not count."""
    around = [name for first, last, name in owners if first <= line <= last]
    return around[-1] if around else ""


def _live_limits(root: Path) -> dict[str, list[str]]:
    """Return the limits whose starting fact some app states, each with where; the clockwork does the rest."""
    stated: dict[str, set[str]] = defaultdict(set)
    for path in _sources(root, APPS):
        if "services" in path.relative_to(root).as_posix() and "sla" not in path.relative_to(root).parts:
            for fact in PUBLISHED.findall(path.read_text(encoding="utf-8")):
                stated[fact].add(path.relative_to(root).as_posix())
    live: dict[str, list[str]] = {}
    for limit in LIMITS.values():
        where = sorted({place for fact in limit.starts_on for place in stated[fact.name]})
        if where:
            for step in {limit.clause, *(step.clause for step in limit.steps)}:
                live[step] = [
                    "sla/services/clockwork.py: Clockwork",
                    *(f"{place}: starts the clock" for place in where),
                ]
    return live
