"""Find place names in running text: 浙江省杭州市余杭区, 浙江杭州余杭, 北京朝阳, 朝阳区 (which there are two of)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import takewhile

from network.places.gazetteer import Level, Place, atlas, place
from network.places.surnames import has_surname

BREAKS = " \t\n\x1e\x1f,，;；、|/。:：()（）"
KIND = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|新区|林区|矿区|特区|街道|[省市区县盟州旗镇])$")
PEOPLES = re.compile(
    r"(?:各族|(?:维吾尔|蒙古|哈萨克|柯尔克孜|塔吉克|锡伯|达斡尔|鄂温克|鄂伦春)族?|"
    r"(?:土家|朝鲜|哈尼|东乡|保安|撒拉|布依|布朗|仡佬|仫佬|毛南|傈僳|拉祜|独龙|景颇|普米|纳西|裕固|[壮回苗侗瑶黎畲彝藏羌满傣佤怒水土白])族)+$"
)
FILLER = re.compile(r"(?:省?直辖县级行政(?:区划|单位)|自治区直辖县级行政(?:区划|单位)|省?直辖县|市辖区|[ \n,，、/-])*")
NOT_A_PLACE = re.compile(r"[东南西北中]{0,2}[一二三四五六七八九十]?(?:大道|大街|[路街道巷弄]|胡同)|[镇乡村]|街道")
ENDINGS = ("市", "区", "县", "旗", "州")
ZONES = (
    ("高新技术产业开发区", "高新区"),
    ("高新技术开发区", "高新区"),
    ("经济技术开发区", "经开区"),
    ("经济开发区", "经开区"),
)
EXACT, SHORT, BEGINS = 4, 1, 8  # weight of a character, what a short name loses, what the beginning of a token adds


@dataclass(frozen=True, slots=True)
class Key:
    """One way to write a place: its whole name, or a shorter one."""

    text: str
    exact: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Reading:
    """Place names one after the other, each within the one before; `place` is the last. The heavier, the surer."""

    start: int
    end: int
    place: Place
    weight: int
    names: int
    exact: bool
    stands: bool  # False: what follows makes a road of it, unless it is the whole name of a place below


def read(text: str) -> list[Reading]:
    """Return the best readings: one if the text decides, several if it fits several places equally well."""
    found = [*_scan(text, bare_stems=False)] or [*_scan(text, bare_stems=True)]
    if not found:
        return []
    top = max(found, key=lambda each: (each.weight, -each.start))
    best = {each.place.code: each for each in found if (each.start, each.weight) == (top.start, top.weight)}
    for each in [*best.values()]:
        above = best.get(each.place.parent)
        if above and each.place.level is Level.CITY and above.place.name == each.place.name:
            del best[above.place.code]  # 北京市 the city says all that 北京市 the province says
    return _supported([best[code] for code in sorted(best)], found)


def _supported(best: list[Reading], found: list[Reading]) -> list[Reading]:
    """Keep those that another name elsewhere in the text speaks for, as in 三里屯, 朝阳区, 北京."""
    others = [each for each in found if each.start >= best[0].end or each.end <= best[0].start]
    spoken_for = [each for each in best if any(_within(each.place, other.place) for other in others)]
    return spoken_for or best


def _scan(text: str, *, bare_stems: bool) -> Iterator[Reading]:
    keys = _keys()
    for start in range(len(text) - 1):
        begins = start == 0 or text[start - 1] in BREAKS
        for key in keys.get(text[start : start + 2], ()):
            if text.startswith(key.text, start) and _may_begin(key, begins, bare_stems):
                nothing = Reading(start, start, key.place, BEGINS * begins, names=0, exact=True, stands=False)
                for first in _readings(text, start, key, nothing):
                    yield from (each for each in _extend(text, first) if begins or _stands_inside(text, each))


def _may_begin(key: Key, begins: bool, bare_stems: bool) -> bool:
    """A county's short name alone is no sign of a place, unless nothing better is found: 中山路, 白云, 和平."""
    if key.place.level is not Level.COUNTY:
        return True
    return begins and bare_stems if not key.exact else begins or len(key.text) > 2


def _stands_inside(text: str, reading: Reading) -> bool:
    """Within a token one short name is too little (王安阳), unless a name stands before it (张三杭州文一西路)."""
    if reading.exact or reading.names > 1:
        return True
    before = "".join(takewhile(lambda char: char not in BREAKS, reversed(text[: reading.start])))[::-1]
    return 2 <= len(before) <= 3 and has_surname(before) and text[reading.end : reading.end + 1] not in BREAKS


def _extend(text: str, reading: Reading) -> Iterator[Reading]:
    """Yield the reading and every longer one that goes on, below its place, right behind it."""
    if reading.stands:
        yield reading
    filler = FILLER.match(text, reading.end)
    start = filler.end() if filler else reading.end
    for key in _keys().get(text[start : start + 2], ()):
        if (key.exact or reading.stands) and _within(key.place, reading.place) and text.startswith(key.text, start):
            for longer in _readings(text, start, key, reading):
                yield from _extend(text, longer)


def _readings(text: str, start: int, key: Key, after: Reading) -> Iterator[Reading]:
    """Yield the ways to read a key that stands here: 青岛 as it is (青岛市南区), 静海县 as 静海区."""
    end = start + len(key.text)
    weight, names, exact = after.weight + EXACT * len(key.text), after.names + 1, after.exact and key.exact
    if key.exact:
        yield Reading(after.start, end, key.place, weight, names, exact, stands=True)
        return
    stands = not NOT_A_PLACE.match(text, end)
    yield Reading(after.start, end, key.place, weight - SHORT, names, exact, stands)
    if text.startswith(ENDINGS, end):
        yield Reading(after.start, end + 1, key.place, weight + EXACT - 2 * SHORT, names, exact, stands=True)


def _within(inner: Place, outer: Place) -> bool:
    return inner.level > outer.level and inner.code.startswith(outer.code[: 2 * outer.level])


@cache
def _keys() -> Mapping[str, tuple[Key, ...]]:
    """Return all keys by their first two characters."""
    keys: dict[str, list[Key]] = defaultdict(list)
    for each in atlas().values():
        if not each.is_filler:
            keys[each.name[:2]].append(Key(each.name, True, each))
            for text in _short_names(each) - {each.name}:
                keys[text[:2]].append(Key(text, False, each))
    return {start: tuple(group) for start, group in keys.items()}


def _stem(name: str) -> str:
    """Return the name without its kind and its peoples: 延边朝鲜族自治州 is 延边; never a single character."""
    short = KIND.sub("", name)
    bare = PEOPLES.sub("", short)
    return bare if len(bare) > 1 else short


def _short_names(each: Place) -> set[str]:
    short = {_stem(each.name)}
    if each.level is Level.COUNTY:
        city = place(each.parent).name
        own = each.name.removeprefix(city).removeprefix(_stem(city))
        short |= {own, *(own.replace(long, brief) for long, brief in ZONES)}
    return {text for text in short if len(text) > 1}
