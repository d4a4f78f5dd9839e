"""Local instants and facts, written as the handbook speaks of them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rulebook.facts import Facts

SHANGHAI = ZoneInfo("Asia/Shanghai")


def sh(text: str) -> datetime:
    """Return a Shanghai instant: "2026-11-04 09:00", with seconds or microseconds if need be; 24:00 as §0.5 has it."""
    if text.endswith("24:00"):
        return sh(text.replace("24:00", "00:00")) + timedelta(days=1)
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def known(**values: object) -> Facts:
    """Return facts; an instant is written like "2026-11-04 09:00", a day like "2026-11-04"."""
    return Facts.of({name: sh(v) if isinstance(v, str) and ":" in v else v for name, v in values.items()})
