"""The ways out: an Apprise URL for each medium, from the environment. Without one a demonstration catches what would be sent."""

from __future__ import annotations

from urllib.parse import quote

import apprise
from django.conf import settings

from notify.choices import Medium
from notify.models import Notice


class Undelivered(Exception):
    """It did not go out; said in words for the list of notices, without the address."""


def deliver(notice: Notice) -> None:
    """
    Hand a notice to its medium's service.

    :raises Undelivered: the service refuses or is away, or none is configured
    """
    way = {Medium.SMS: settings.SMS_URL, Medium.MAIL: settings.MAIL_URL}[Medium(notice.medium)]
    if not way:
        if settings.DEMO:  # it lies in the table, where the demonstration's outbox shows it
            return
        raise Undelivered(f"no transport is configured for {notice.medium}")
    service = apprise.Apprise()
    if not service.add(way.replace("{to}", quote(notice.address, safe=""))):
        raise Undelivered(f"the transport's URL for {notice.medium} is not understood")
    if not service.notify(title=notice.subject, body=notice.text):
        raise Undelivered(f"the transport for {notice.medium} refused or was away")
