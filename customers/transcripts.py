"""A chat as a file to keep, and its pictures: the same for the customer and the desk, once the door has checked who asks (§3.2)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from core import files
from customers.models import ChatLine, Conversation
from rulebook.due import local


def attachment(chat: Conversation) -> HttpResponse:
    """Answer with everything that was written, as plain text."""
    head = [_("在线咨询 %d") % chat.pk, *([_("订单号：%s") % chat.order_number] if chat.order_number else [])]
    lines = [_told(line) for line in chat.lines.select_related("unit")]
    return HttpResponse(
        "\ufeff" + "\r\n".join([*head, "", *lines]) + "\r\n",
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="chat-{chat.pk}.txt"', "X-Content-Type-Options": "nosniff"},
    )


def _told(line: ChatLine) -> str:
    words = line.words.replace("\n", "\r\n    ")
    shown = [words] if words else []
    shown += [_("（图片）")] if line.picture else []
    return f"{local(line.at):%Y-%m-%d %H:%M:%S} {line.signed}: {' '.join(shown)}"


def picture(line: ChatLine) -> HttpResponse:
    """
    Answer with a line's picture: drawn anew when it came, so its type is ours.

    :raises Http404: the file is gone
    """
    try:
        content = files.content(line.path)
    except FileNotFoundError as gone:
        raise Http404 from gone
    name = f"chat-{line.picture[:8]}.jpg"
    return HttpResponse(
        content, content_type="image/jpeg",
        headers={"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )  # fmt: skip
