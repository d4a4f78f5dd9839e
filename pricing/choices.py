from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TariffState(TextChoices):
    DRAFT = "draft", _("草稿")
    APPROVED = "approved", _("已审批")
    LIVE = "live", _("已发布")


class ContractState(TextChoices):
    APPLIED = "applied", _("待审批")
    APPROVED = "approved", _("已批准")
    REFUSED = "refused", _("已驳回")


class Basis(TextChoices):
    FLAT = "flat", _("每票")
    PER_KG = "per_kg", _("每千克")
    PER_M3 = "per_m3", _("每立方米")
    PER_PIECE = "per_piece", _("每件")
    PCT_FREIGHT = "pct_freight", _("运费比例")
    PCT_DECLARED = "pct_declared", _("声明价值比例")
    PCT_COD = "pct_cod", _("代收货款比例")


class When(TextChoices):
    ALWAYS = "always", _("每单")
    PICKUP = "pickup", _("上门接货")
    DOOR = "door", _("送货上门")
    UPSTAIRS = "upstairs", _("送货上楼")
    INSURED = "insured", _("保价")
    COD = "cod", _("代收货款")
    SLIP = "slip", _("签收单返回")
    REDELIVERY = "redelivery", _("再次送货")


class Rounding(TextChoices):
    FEN = "fen", _("四舍五入到分")
    JIAO = "jiao", _("四舍五入到角")
    UP_YUAN = "up_yuan", _("进位到元")


class Audience(TextChoices):
    EVERYONE = "everyone", _("所有客户")
    MEMBERSHIP = "membership", _("客户类别")
    CHANNEL = "channel", _("渠道")
    LANE = "lane", _("线路")


class Benefit(TextChoices):
    PACKAGE = "package", _("一口价")
    PERCENT = "percent", _("运费折扣")
    GIFT = "gift", _("赠送")


class Source(TextChoices):
    """Where a price comes from; the order's price states of the same names."""

    LISTED = "listed", _("公布价")
    CONTRACT = "contract", _("合同价")
    CAMPAIGN = "campaign", _("活动价")
