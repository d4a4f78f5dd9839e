"""The doors an order comes in by (§6, §1.2.1.3g)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Channel:
    """`online`: counts in the success rate; phone orders are left out (§1.5.3)."""

    code: str
    zh: str
    en: str
    online: bool = True


CHANNELS = {
    row.code: row
    for row in (
        Channel("alibaba", "阿里巴巴", "Alibaba/1688"),
        Channel("taobao", "淘宝", "Taobao"),
        Channel("kingdee", "金蝶", "Kingdee"),
        Channel("ewt", "E网通", "E-wangtong"),
        Channel("hall", "网上营业厅", "Online service hall"),
        Channel("partner", "合作平台", "Partner platform"),
        Channel("phone", "电话", "Phone", online=False),
    )
}
