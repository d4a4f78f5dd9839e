from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a push stands."""

    WAITING = "waiting", _("待推送")
    ACKNOWLEDGED = "done", _("已送达")
    DEAD = "dead", _("推送失败")
    DROPPED = "dropped", _("无需推送")


class Dialect(TextChoices):
    """A platform's language that a partner's program may speak instead of the native API."""

    KUAIDI100 = "kuaidi100", _("快递100")
    KDNIAO = "kdniao", _("快递鸟")
    DEPPON = "deppon", _("德邦")


class Verb(TextChoices):
    """What a message does to an order."""

    PLACE = "place", _("下单")
    EDIT = "edit", _("修改")
    CANCEL = "cancel", _("取消")


class InboxState(TextChoices):
    DONE = "done", _("已生效")
    PARKED = "parked", _("等待订单")
    SUPERSEDED = "superseded", _("已有更新的修改")
    REFUSED = "refused", _("未生效")
    EXPIRED = "expired", _("已过期")
