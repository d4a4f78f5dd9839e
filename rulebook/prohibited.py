"""Goods that are never carried (§4.4.4): the list the department keeps, the only ground to refuse an order for its goods."""

import re
from dataclasses import dataclass

PARTS = re.compile(r"[\s、，,；;／/+＋和及]+")


@dataclass(frozen=True, slots=True)
class ProhibitedGoods:
    """A kind of goods with the names it goes by."""

    code: str
    zh: str
    en: str
    names: frozenset[str]


def _row(code: str, zh: str, en: str, names: str) -> ProhibitedGoods:
    return ProhibitedGoods(code, zh, en, frozenset(names.split()))


PROHIBITED = (
    _row("weapons", "枪支弹药、管制刀具", "Weapons and ammunition", "枪支 枪械 仿真枪 子弹 弹药 弩 管制刀具"),
    _row("explosives", "爆炸物", "Explosives", "炸药 雷管 导火索 火药 黑火药 烟花 鞭炮 爆竹 烟花爆竹"),
    _row("gases", "压缩和液化气体", "Compressed gases", "液化气 煤气罐 液化石油气 氧气瓶 乙炔 打火机气体"),
    _row("flammables", "易燃物", "Flammables", "汽油 柴油 煤油 酒精 天那水 香蕉水 火柴 白磷 赤磷"),
    _row("poisons", "毒害品", "Poisons", "砒霜 氰化物 氰化钠 氰化钾 剧毒农药 毒鼠强"),
    _row("corrosives", "腐蚀品", "Corrosives", "硫酸 盐酸 硝酸 烧碱 氢氧化钠"),
    _row("radioactive", "放射性物品", "Radioactive material", "放射性物品 铀 钴60"),
    _row("drugs", "毒品", "Narcotics", "毒品 鸦片 海洛因 冰毒 大麻 吗啡"),
    _row("live", "活体动物", "Live animals", "活体动物 活禽 活畜"),
    _row("money", "现金和有价证券", "Cash and securities", "现金 人民币 外币 有价证券"),
)


def prohibited(goods: str) -> ProhibitedGoods | None:
    """Return the row that names these goods, or None.

    Whole names only, each of a list taken apart: 汽油 is refused, 汽油滤清器 (an oil filter) is not.
    """
    names = set(PARTS.split(goods.strip()))
    return next((row for row in PROHIBITED if not names.isdisjoint(row.names)), None)
