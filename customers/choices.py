from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Group(TextChoices):
    """The customer groups (§4.1)."""

    ALIBABA_MEMBER = "alibaba_member", _("阿里巴巴会员")
    ALIBABA = "alibaba", _("阿里巴巴非会员")
    TAOBAO = "taobao", _("淘宝客户")
    KINGDEE = "kingdee", _("金蝶客户")
    EWT = "ewt", _("E网通客户")
    KEY = "key", _("项目客户")
