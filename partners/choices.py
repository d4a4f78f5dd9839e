from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a push stands."""

    WAITING = "waiting", _("待推送")
    ACKNOWLEDGED = "done", _("已送达")
    DEAD = "dead", _("推送失败")
    DROPPED = "dropped", _("无需推送")
