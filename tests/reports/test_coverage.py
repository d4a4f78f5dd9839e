"""The coverage table tells the truth about a small code base, and about ours."""

from pathlib import Path

import pytest
from django.conf import settings

from reports import coverage
from reports.coverage import scan
from rulebook.clauses import CLAUSES, Kind


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """One service that states acceptance, one function that cites a rule, one test."""
    files = {
        "orders/services/desk.py": "'§1.4.2 on top'\ndef accept():\n    '(§1.4.1)'\n    On.ORDER_REACHED_BRANCH",
        "rulebook/windows.py": 'def used():\n    """(§1.2.1.5)"""\n\ndef unused():\n    """(§1.3.3.2)"""\n',
        "orders/routing.py": "used()\n",
        "tests/orders/test_desk.py": 'def test_accept():\n    """§1.4.1, §1.2.1.1b"""\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_small_code_base(small):
    table = {row.clause: row for row in scan(small)}
    assert table["§1.4.1"].enforced == ["orders/services/desk.py: accept"]
    assert table["§1.4.1"].tested == ["tests/orders/test_desk.py: test_accept"]
    assert table["§1.4.2"].enforced == []
    assert table["§1.2.1.5"].enforced == ["rulebook/windows.py: used"]
    assert table["§1.3.3.2"].enforced == []


def test_a_limit_is_built_once_a_service_states_what_starts_it(small):
    table = {row.clause: row for row in scan(small)}
    started = ["sla/services/clockwork.py: Clockwork", "orders/services/desk.py: starts the clock"]
    assert table["§1.2.1.1"].enforced == started
    assert table["§1.2.1.1b"].enforced == started
    assert table["§1.6.1.2"].enforced == []
    assert not table["§1.6.1.2"].built


def test_our_own_table_has_every_clause_and_what_the_spine_promises():
    rows = {row.clause: row for row in coverage.rows()}
    assert set(rows) == {clause.id for clause in CLAUSES.values() if clause.kind is not Kind.SECTION}
    promised = [
        "§1.2.1.1", "§1.2.1.1b", "§1.2.1.3", "§1.2.2.a", "§1.2.2.p", "§1.4.4", "§1.2.2.c", "§1.2.1.4r", "§1.3.1.1",
        "§1.3.1.2", "§1.3.1.2r", "§4.3.2.2n", "§1.2.1.4p", "§1.2.1.5", "§1.2.1.6", "§1.4.1", "§1.4.2", "§1.5.1",
        "§1.5.2", "§1.5.3", "§3.4.4",
    ]  # fmt: skip
    assert [clause for clause in promised if not rows[clause].built] == []
    assert [clause for clause in promised if not rows[clause].tested] == []


def test_an_installation_without_tests_reads_what_the_build_left(small, settings):
    (small / "coverage.json").write_text(coverage.as_json())
    for path in sorted((small / "tests").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (small / "tests").rmdir()
    settings.BASE_DIR = small
    coverage.rows.cache_clear()
    try:
        built = {row.clause: row for row in coverage.rows()}
    finally:
        coverage.rows.cache_clear()
    assert built["§1.5.1"].tested


def test_the_mechanisms_that_draw_rows_are_there():
    for place in set(coverage.DRAWN.values()):
        path, function = place.split(": ")
        assert f"def {function}(" in (Path(settings.BASE_DIR) / path).read_text(encoding="utf-8"), place
