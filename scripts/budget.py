"""Print how long functions and files are against the aims of the house style, and which are past them.

They are aims, not bounds: a thought is not cut in two for them. Line length is ruff's (E501).
"""

import ast
import statistics
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FUNCTION = 60
LONGEST_FILE = 500
DATA = ("rulebook/clauses/", "migrations/")  # rows of words, not code to be followed


def sources() -> list[Path]:
    """Return the Python files that git knows or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    files = (ROOT / name for name in listed.stdout.split() if not any(part in name for part in DATA))
    return [file for file in files if file.exists()]


def functions(tree: ast.AST) -> dict[str, int]:
    """Return the lines of each function's body, by name and line; its docstring is not counted."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {f"{node.name}:{node.lineno}": _length(node) for node in ast.walk(tree) if isinstance(node, kinds)}


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    docstring = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
    spared = docstring.end_lineno - docstring.lineno + 1 if docstring and docstring.end_lineno else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - spared


def percentiles(name: str, lengths: list[int], aims: str) -> None:
    p95 = statistics.quantiles(lengths, n=20)[-1]
    print(
        f"  {name}: median {statistics.median(lengths):.0f}, p95 {p95:.0f}, longest {max(lengths)} of {len(lengths)} ({aims})"
    )


def main() -> None:
    texts = {str(file.relative_to(ROOT)): file.read_text() for file in sources()}
    lengths = {
        f"{name}:{function}": n for name, text in texts.items() for function, n in functions(ast.parse(text)).items()
    }
    files = {name: text.count("\n") for name, text in texts.items()}
    percentiles("functions", list(lengths.values()), "aims: median 8, p95 30, none over 60")
    percentiles("files", list(files.values()), "aims: p95 300, none over 500")
    over = [
        *(f"{where}: {n} lines in a function" for where, n in lengths.items() if n > LONGEST_FUNCTION),
        *(f"{where}: {n} lines in a file" for where, n in files.items() if n > LONGEST_FILE),
    ]
    print("\n".join(f"  over: {line}" for line in over) or "  none over")


if __name__ == "__main__":
    main()
