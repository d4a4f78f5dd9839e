"""Messages to customers: stored before they are sent, tried again with growing patience, given up in the end, visible throughout."""

from datetime import timedelta

import pytest

from notify import notices
from notify.choices import NoticeState
from notify.models import Notice
from tests.factories import sh

pytestmark = pytest.mark.django_db
NOON = sh("04 12:00:00")


def a_notice() -> Notice:
    return notices.write(kind="account", medium="mail", address="a@example.com", subject="题", text="文", now=NOON)


@pytest.fixture
def closed(settings):
    """A transport that refuses: nothing listens on this port of our own machine."""
    settings.MAIL_URL = "json://127.0.0.1:9/{to}"


def test_a_demonstration_catches_it(client):
    notice = a_notice()
    assert notices.send([notice.pk], now=NOON) == 1
    notice.refresh_from_db()
    assert (notice.state, notice.sent_at, notice.due_at, notice.tries) == (NoticeState.SENT, NOON, None, 1)
    assert notices.send([notice.pk], now=NOON) == 0


def test_without_a_transport_nothing_is_called_sent(settings):
    settings.DEMO = False
    notice = a_notice()
    assert notices.send([notice.pk], now=NOON) == 0
    notice.refresh_from_db()
    assert (notice.state, notice.trouble) == (NoticeState.WAITING, "no transport is configured for mail")


def test_it_is_tried_again_after_1_5_30_120_360_minutes_and_then_has_failed(closed):
    notice, now, waits = a_notice(), NOON, []
    while notice.state == NoticeState.WAITING:
        now = notice.due_at
        notices.sweep(now=now)
        notice.refresh_from_db()
        waits.append((notice.due_at - now) // timedelta(minutes=1) if notice.due_at else None)
    assert waits == [1, 5, 30, 120, 360, None]
    assert (notice.state, notice.tries) == (NoticeState.FAILED, 6)
    again = notices.send_again(key=notice.pk, now=now)
    assert (again.state, again.tries, again.due_at) == (NoticeState.WAITING, 0, now)


def test_it_is_not_tried_before_its_time(closed):
    notice = a_notice()
    notices.sweep(now=NOON)
    assert notices.sweep(now=NOON + timedelta(seconds=59)) == 0
    notice.refresh_from_db()
    assert notice.tries == 1


def test_a_worker_that_dies_while_sending_leaves_it_to_the_sweep():
    notice = a_notice()
    Notice.objects.filter(pk=notice.pk).update(due_at=NOON + notices.LEASE)  # taken, and never heard of again
    assert notices.sweep(now=NOON) == 0
    assert notices.sweep(now=NOON + notices.LEASE) == 1


def test_a_url_that_cannot_be_understood_is_said_so_without_the_address(settings):
    settings.MAIL_URL = "nonsense"
    notice = a_notice()
    notices.send([notice.pk], now=NOON)
    notice.refresh_from_db()
    assert "not understood" in notice.trouble
    assert "example.com" not in notice.trouble
