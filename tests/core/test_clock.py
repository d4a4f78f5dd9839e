"""The clock that only tests may move."""

from datetime import UTC, datetime, timedelta

import pytest

from core import clock


@pytest.mark.parametrize(("written", "moved"), [("1200", 1200), ("-5.5", -5.5), ("", 0), ("soon", 0)])
def test_an_offset_file_moves_it(settings, tmp_path, written, moved):
    settings.CLOCK_OFFSET_FILE = str(tmp_path / "offset")
    (tmp_path / "offset").write_text(written)
    ahead = clock.now() - datetime.now(UTC)
    assert abs(ahead - timedelta(seconds=moved)) < timedelta(seconds=1)
    assert clock.now().tzinfo == UTC


def test_without_a_file_it_is_the_time(settings, tmp_path):
    settings.CLOCK_OFFSET_FILE = str(tmp_path / "missing")
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
