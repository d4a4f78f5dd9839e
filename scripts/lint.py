"""Everything a machine can hold about the code: prints each check with its time, and all output of those that fail."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHECKS = {
    "ruff": [BIN / "ruff", "check", "--quiet", "."],
    "import directions": [BIN / "lint-imports", "--no-logo"],
    "types": [BIN / "mypy"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "system check": [sys.executable, "manage.py", "check", "--fail-level", "WARNING"],
    "templates": [BIN / "djlint", "--quiet", "--lint", "templates", *sorted(ROOT.glob("*/templates"))],
    "budget": [sys.executable, "scripts/budget.py"],
}
SHOWN = {"budget"}  # its figures are for reading, also when nothing is wrong


def main() -> int:
    failed = [name for name, command in CHECKS.items() if not passes(name, [str(part) for part in command])]
    if failed:
        print(f"lint: {', '.join(failed)} failed", flush=True)
    return bool(failed)


def passes(name: str, command: list[str]) -> bool:
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    mark = "✗" if done.returncode else "✓"
    print(f"{mark} {name} ({time.monotonic() - started:.1f} s)", flush=True)
    if done.returncode or name in SHOWN:
        print(done.stdout + done.stderr, flush=True)
    return not done.returncode


if __name__ == "__main__":
    sys.exit(main())
