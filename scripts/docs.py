"""Write docs/configuration.md from the table that the settings read (ecomlogistics/settings/environment.py)."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ecomlogistics.settings.environment import VARIABLES  # noqa: E402 - the path comes first

FILE = ROOT / "docs" / "configuration.md"
HEAD = """# 配置 / Configuration

由 `make docs` 从 `ecomlogistics/settings/environment.py` 生成。Written by `make docs` from the table the settings read.

| 变量 variable | 默认 default | 说明 | meaning |
| --- | --- | --- | --- |
"""


def configuration() -> str:
    rows = (
        f"| `{row.name}` | {f'`{row.default}`' if row.default else ''} | {row.zh} | {row.en} |"
        for row in VARIABLES.values()
    )
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    FILE.write_text(configuration())
