"""Every number cites its clause, and every clause cited exists."""

import re
import subprocess
from pathlib import Path

import pytest

from rulebook.categories import CATEGORIES, CAUSES
from rulebook.channels import CHANNELS
from rulebook.clauses import CLAUSES, Kind
from rulebook.products import PRODUCTS
from rulebook.reasons import (
    CANCEL_REASONS,
    EXCUSE_REASONS,
    NOT_REACHED_REASONS,
    PICKUP_CHANGE_REASONS,
    PICKUP_FAILURE_REASONS,
    POSTPONE_REASONS,
)
from rulebook.roles import Role

ROOT = Path(__file__).resolve().parents[2]
CLAUSE = re.compile(r"§\d+(?:\.\d+)*(?:\.?[a-z])?(?![a-z])")
OURS = re.compile(r"(?:design|screens|style|limits|libraries)(?:\.md)?,? §\d[\d.]*(?:[,–-] ?§?\d[\d.]*)*")
"""A citation of another paper than the handbook, like "design §6.7"."""
TABLES = {
    "cancel": CANCEL_REASONS,
    "postpone": POSTPONE_REASONS,
    "not reached": NOT_REACHED_REASONS,
    "pickup failed": PICKUP_FAILURE_REASONS,
    "pickup moved": PICKUP_CHANGE_REASONS,
    "excuse": EXCUSE_REASONS,
    "category": CATEGORIES,
    "cause": CAUSES,
    "channel": CHANNELS,
    "product": PRODUCTS,
}


def handbook() -> set[str]:
    return set(CLAUSE.findall((ROOT / "docs/handbook.md").read_text(encoding="utf-8")))


def sources() -> list[Path]:
    """Return the code and pages under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "--", "*.py", "*.html", "*.js"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def test_every_clause_of_the_handbook_has_its_row() -> None:
    assert set(CLAUSES) == handbook()


def test_every_clause_cited_exists() -> None:
    known, unknown = handbook(), set()
    for path in sources():
        text = OURS.sub("", path.read_text(encoding="utf-8"))
        unknown |= {(clause, str(path.relative_to(ROOT))) for clause in CLAUSE.findall(text) if clause not in known}
    assert unknown == set()


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("(§1.2.1.1b) and §1.2.2.a.", ["§1.2.1.1b", "§1.2.2.a"]),
        ("§1.3.1.2r", ["§1.3.1.2r"]),
        ("the design's (design §6.27) clock of §0.10", ["§0.10"]),
        ("design §6.4, §6.5 then", []),
    ],
)
def test_how_citations_are_read(text: str, cited: list[str]) -> None:
    assert CLAUSE.findall(OURS.sub("", text)) == cited


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=lambda clause: clause.id)
def test_every_clause_is_told_in_both_languages(clause) -> None:
    assert clause.zh
    assert clause.en
    assert clause.part in range(7)
    if clause.kind != Kind.SECTION:
        assert clause.text_zh
        assert clause.text_en


@pytest.mark.parametrize("name", sorted(TABLES))
def test_coded_rows_are_whole_and_cite_what_exists(name: str) -> None:
    for code, row in TABLES[name].items():
        assert code == row.code
        assert re.fullmatch(r"[a-z_]{1,20}", code)
        assert row.zh
        assert row.en
        assert getattr(row, "clause", "") in {"", *CLAUSES}


def test_roles_are_named() -> None:
    assert Role("branch_manager").zh == "营业部经理"
    assert len({role.zh for role in Role}) == len({role.en for role in Role}) == len(Role) == 21
