"""Short words of the desk: what a clock is called where there is no room for its title."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SHORT = {
    "§1.2.1.1": pgettext_lazy("clock", "受理"),
    "§1.2.1.3": _("分配"),
    "§1.2.2.a": _("当日受理"),
    "§1.2.2.p": _("打印托运书"),
    "§1.4.4": _("跟踪备注"),
    "§1.2.2.c": _("当日了结"),
    "§1.2.1.4r": _("取消原因"),
    "§1.3.1.1": pgettext_lazy("clock", "接货"),
    "§1.3.1.2": _("预约接货"),
    "§1.3.1.2r": _("改约时间"),
}
CALL_CHECKS = (
    ("goods", _("货物名称、尺寸、重量")),
    ("time", _("期望的接货或送货时间")),
    ("services", _("增值服务（代收、签收单、送货方式）")),
    ("price", _("价格与系统价一致")),
    ("wishes", _("接货地址、接送费用、发票等要求")),
    ("insurance", _("已说明保价，并推荐足额保价")),
    ("customer", _("客户资料已登记")),
)
"""The points of the order call (§4.3.2.1)."""
