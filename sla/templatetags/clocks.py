"""`{% countdown due_at now %}`: a clock on a page, true without JavaScript, ticking with it."""

from datetime import datetime, timedelta
from typing import Any

from django import template

register = template.Library()

LEVELS = (("urgent", timedelta(minutes=2)), ("soon", timedelta(minutes=5)))  # the reminders of §1.2.1.1


def level(due_at: datetime, now: datetime) -> str:
    """Return safe (more than 5 minutes), soon, urgent (up to 2) or over; the due instant itself is still in time (§0.2)."""
    if due_at < now:
        return "over"
    return next((name for name, bound in LEVELS if due_at - now <= bound), "safe")


@register.inclusion_tag("components/countdown.html")
def countdown(due_at: datetime, now: datetime) -> dict[str, Any]:
    """Show the time left to `due_at` as of `now`."""
    return {"due_at": due_at, "now": now, "level": level(due_at, now)}
