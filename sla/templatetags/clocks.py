"""`{% countdown due_at now %}`: a clock on a page, true without JavaScript, ticking with it."""

from datetime import datetime, timedelta
from functools import cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from core.templatetags.icons import icon

register = template.Library()

LEVELS = (("urgent", timedelta(minutes=2)), ("soon", timedelta(minutes=5)))  # the reminders of §1.2.1.1
LOOKS = {
    "safe": ("clock", gettext_noop("剩余")),
    "soon": ("hourglass", gettext_noop("尽快")),
    "urgent": ("alarm", gettext_noop("紧急")),
    "over": ("alert", gettext_noop("超时")),
}
"""Icon and word of each level, so that colour is never alone."""


def level(due_at: datetime, now: datetime) -> str:
    """Return safe (more than 5 minutes), soon, urgent (up to 2) or over; the due instant itself is still in time (§0.2)."""
    if due_at < now:
        return "over"
    return next((name for name, bound in LEVELS if due_at - now <= bound), "safe")


@register.simple_tag
def countdown(due_at: datetime, now: datetime, at_level: str = "") -> SafeString:
    """Show the time left to `due_at` as of `now`; `at_level` where the page has judged it already."""
    shown, due = at_level or level(due_at, now), localtime(due_at)
    words, icons = _looks(get_language() or "")
    return format_html(
        '<time class="countdown" datetime="{0}" data-due="{0}" data-now="{1}" data-level="{2}"{3}>{4}'
        '<span class="countdown-word">{5}</span> <span class="countdown-digits">{6}</span></time>',
        due.isoformat(), localtime(now).isoformat(), shown, words, icons, _(LOOKS[shown][1]), f"{due:%m-%d %H:%M:%S}",
    )  # fmt: skip


@cache
def _looks(language: str) -> tuple[SafeString, SafeString]:
    """Return what is the same on every clock in a language: the words of all levels, and their icons."""
    words = format_html_join("", ' data-word-{}="{}"', ((name, _(word)) for name, (_icon, word) in LOOKS.items()))
    icons = format_html_join("", '<span class="icon-{}">{}</span>', ((name, icon(drawn)) for name, (drawn, _w) in LOOKS.items()))
    return words, icons
