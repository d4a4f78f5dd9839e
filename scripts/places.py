"""Make network/data/places.csv: the administrative divisions of China with a centroid each.

Divisions come from the npm package @vant/area-data, coordinates from a resource file of the Python package cpca; both
are fetched by their ordinary clients into the folder given and checked by hash. Run: python scripts/places.py FOLDER
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

OUT = Path(__file__).parent.parent / "network" / "data" / "places.csv"
AREAS = (
    "vant-area-data-2.1.0.tgz",
    "cbb91deab2d568ab5ab94347d863ab59e050059233263b3f2df5bc546ddf14d6",
    ("npm", "pack", "@vant/area-data@2.1.0"),
)
COORDINATES = (
    "cpca-0.5.5-py3-none-any.whl",
    "1635b589506b3e28424032bce61d2488e1f6fac1034a736014e70e043f824fe6",
    (sys.executable, "-m", "pip", "download", "--no-deps", "cpca==0.5.5"),
)
SUFFIX = re.compile(r"(?:自治县|自治旗|自治州|地区|新区|林区|矿区|街道|[市区县旗盟州镇])$")
PEOPLES = re.compile(
    r"(?:各族|(?:土家|蒙古|朝鲜|哈尼|哈萨克|柯尔克孜|塔吉克|东乡|保安|撒拉|达斡尔|鄂温克|鄂伦春|布依|布朗|仡佬|仫佬|毛南|傈僳|"
    r"拉祜|独龙|景颇|普米|纳西|裕固|锡伯|[壮苗侗瑶黎畲彝藏羌回满傣佤怒水土白])族)+$"
)
TOWNS = {"4419", "4420", "4604"}
"""Cities without counties: the six-digit codes the package gives their towns are its own, not GB/T 2260."""

BY_HAND: dict[str, tuple[float, float]] = {
    "130181": (37.94, 115.22),  # 辛集市
    "130682": (38.52, 114.99),  # 定州市
    "232761": (50.42, 124.13),  # 加格达奇区
    "232762": (50.6, 124.2),  # 松岭区
    "232763": (51.67, 124.40),  # 新林区
    "232764": (52.03, 123.60),  # 呼中区
    "320571": (31.32, 120.72),  # 苏州工业园区
    "320590": (31.32, 120.72),  # the same again
    "320812": (33.55, 119.03),  # 清江浦区
    "330113": (30.42, 120.30),  # 临平区
    "330114": (30.32, 120.49),  # 钱塘区
    "330383": (27.58, 120.55),  # 龙港市
    "360113": (28.70, 115.86),  # 红谷滩区
    "410173": (34.52, 113.84),  # 郑州航空港
    "440309": (22.70, 114.04),  # 龙华区
    "440310": (22.69, 114.35),  # 坪山区
    "440311": (22.75, 113.94),  # 光明区
    "620171": (36.5, 103.7),  # 兰州新区
    "632803": (38.3, 90.9),  # 茫崖市
    "632857": (37.85, 95.36),  # 大柴旦
    "659005": (47.33, 87.80),  # 北屯市
    "659007": (44.84, 82.35),  # 双河市
    "659008": (43.95, 81.04),  # 可克达拉市
    "659009": (37.21, 79.29),  # 昆玉市
    "659010": (44.69, 84.83),  # 胡杨河市
    "659011": (42.8, 93.7),  # 新星市
    "659012": (46.7, 83.0),  # 白杨市
    "710100": (25.04, 121.56),  # 台北市
    "710200": (22.63, 120.30),  # 高雄市
    "710300": (22.99, 120.20),  # 台南市
    "710400": (24.15, 120.67),  # 台中市
    "710500": (24.43, 118.32),  # 金门县
    "710600": (23.91, 120.69),  # 南投县
    "710700": (25.13, 121.74),  # 基隆市
    "710800": (24.80, 120.97),  # 新竹市
    "710900": (23.48, 120.45),  # 嘉义市
    "711100": (25.01, 121.47),  # 新北市
    "711200": (24.75, 121.75),  # 宜兰县
    "711300": (24.84, 121.01),  # 新竹县
    "711400": (24.99, 121.31),  # 桃园市
    "711500": (24.56, 120.82),  # 苗栗县
    "711700": (24.08, 120.54),  # 彰化县
    "711900": (23.46, 120.29),  # 嘉义县
    "712100": (23.71, 120.43),  # 云林县
    "712400": (22.67, 120.49),  # 屏东县
    "712500": (22.76, 121.14),  # 台东县
    "712600": (23.98, 121.60),  # 花莲县
    "712700": (23.57, 119.58),  # 澎湖县
    "712800": (26.16, 119.95),  # 连江县
    "810100": (22.27, 114.17),  # 香港岛
    "810200": (22.32, 114.18),  # 九龙
    "810300": (22.40, 114.12),  # 新界
    "820100": (22.20, 113.545),  # 澳门半岛
    "820200": (22.15, 113.56),  # 离岛
}
"""Entered by hand, good to a tenth of a degree, for places that neither code nor name finds."""

SUCCEEDS = {
    "130284": "130223",  # 滦州市: 滦县
    "130505": "130526",  # 任泽区: 任县
    "140213": "140202",  # 平城区: 城区
    "140214": "140203",  # 云冈区: 矿区
    "140215": "140227",  # 云州区: 大同县
    "140403": "140402",  # 潞州区: 城区
    "140404": "140421",  # 上党区: 长治县
    "230717": "230702",  # 伊美区: 伊春区
    "230718": "230711",  # 乌翠区: 乌马河区
    "230723": "230712",  # 汤旺县: 汤旺河区
    "230724": "230707",  # 丰林县: 新青区
    "230725": "230713",  # 大箐山县: 带岭区
    "230751": "230709",  # 金林区: 金山屯区
    "340210": "340221",  # 湾沚区: 芜湖县
    "350405": "350427",  # 沙县区: 沙县
    "360404": "360421",  # 柴桑区: 九江县
    "360704": "360721",  # 赣县区: 赣县
    "361104": "361121",  # 广信区: 上饶县
    "370116": "371202",  # 莱芜区: 莱城区
    "411003": "411023",  # 建安区: 许昌县
    "430212": "430221",  # 渌口区: 株洲县
    "450181": "450127",  # 横州市: 横县
    "460302": "460321",  # 西沙区: 西沙群岛
    "460303": "460322",  # 南沙区: 南沙群岛
    "500155": "500228",  # 梁平区: 梁平县
    "500156": "500232",  # 武隆区: 武隆县
    "510117": "510124",  # 郫都区: 郫县
    "511504": "511521",  # 叙州区: 宜宾县
    "520281": "520222",  # 盘州市: 盘县
    "540600": "542400",  # 那曲市: 那曲地区
    "540602": "542421",  # 色尼区: 那曲县
    "610118": "610125",  # 鄠邑区: 户县
    "610482": "610427",  # 彬州市: 彬县
}
"""Divisions that took over the seat of one abolished since 2016, whose code the coordinates still have."""


class Fix(NamedTuple):
    lat: float
    lng: float
    how: str  # code, old, name, stem, hand, or city / province: the parent's own centroid


def fetch(source: tuple[str, str, tuple[str, ...]], folder: Path) -> bytes:
    """Return the archive's bytes, downloading it if the folder lacks it."""
    name, expected, command = source
    path = folder / name
    if not path.exists():
        subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        raise SystemExit(f"{name}: sha256 {found}, expected {expected}")
    return path.read_bytes()


def divisions(archive: bytes) -> dict[str, str]:
    """Return code → name of all three levels."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        member = tar.extractfile("package/dist/index.cjs")
        if member is None:
            raise SystemExit("the archive of @vant/area-data has no dist/index.cjs")
        text = member.read().decode()
    rows = re.findall(r'^\s+(\d{6}): "([^"]+)"', text, re.MULTILINE)
    return {code: name.encode().decode("unicode_escape") for code, name in rows}


def coordinates(archive: bytes) -> dict[str, tuple[str, float, float]]:
    """Return code → name, latitude, longitude, of the rows that have a position."""
    with zipfile.ZipFile(io.BytesIO(archive)) as wheel:
        text = wheel.read("cpca/resources/adcodes.csv").decode()
    return {
        row["adcode"][:6]: (row["name"], float(row["latitude"]), float(row["longitude"]))
        for row in csv.DictReader(io.StringIO(text))
        if row["longitude"].strip()
    }


def stem(name: str) -> str:
    """Return the name without its kind: 滦县 and 滦州市 differ, 奉化市 and 奉化区 do not."""
    short = SUFFIX.sub("", name)
    return PEOPLES.sub("", short) or short


def locate(places: dict[str, str], known: dict[str, tuple[str, float, float]]) -> dict[str, Fix]:
    """Give every place a centroid: by code (its own or its forerunner's), by name, or its parent's."""
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    stems: dict[tuple[str, str], set[str]] = defaultdict(set)
    for code, (name, *_) in known.items():
        names[code[:2], name].add(code)
        if not code.endswith("00"):
            stems[code[:4], stem(name)].add(code)

    def fix(code: str) -> Fix:
        if code in BY_HAND:
            return Fix(*BY_HAND[code], "hand")
        if code in known:
            return Fix(*known[code][1:], "code")
        if code in SUCCEEDS:
            return Fix(*known[SUCCEEDS[code]][1:], "old")
        for how, same in (
            ("name", names[code[:2], places[code]]),
            ("stem", stems[code[:4], stem(places[code])]),
        ):
            if len(same) == 1 and code[:4] not in TOWNS:
                return Fix(*known[min(same)][1:], how)
        city = code[:4] + "00"
        if code != city and city in places:
            above = fix(city)
            return above if above.how == "province" else above._replace(how="city")
        return fix(code[:2] + "0000")._replace(how="province")

    return {code: fix(code) for code in places}


def level(code: str) -> str:
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


def write(places: dict[str, str], fixes: dict[str, Fix]) -> None:
    with OUT.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("code", "name", "lat", "lng", "fix"))
        for code in sorted(places):
            at = fixes[code]
            rows.writerow((code, places[code], f"{at.lat:.4f}", f"{at.lng:.4f}", at.how))


def report(places: dict[str, str], fixes: dict[str, Fix], known: dict[str, tuple[str, float, float]]) -> None:
    """Print the counts that README.md states, and what looks wrong."""
    say = sys.stdout.write
    for which in ("province", "city", "county"):
        count = Counter(fixes[code].how for code in places if level(code) == which)
        say(f"{which}: {sum(count.values())} {dict(count.most_common())}\n")
    mainland = [code for code in places if level(code) == "county" and code < "700000"]
    say(f"county, mainland: {len(mainland)} {dict(Counter(fixes[code].how for code in mainland).most_common())}\n")
    renamed = [code for code in places if fixes[code].how == "code" and known[code][0] != places[code]]
    say(f"same code, other name: {[(code, known[code][0], places[code]) for code in renamed]}\n")
    outside = [code for code, at in fixes.items() if not (3.8 <= at.lat <= 53.6 and 73.4 <= at.lng <= 135.1)]
    say(f"outside China: {outside}\n")
    far = []
    for code in places:
        city = fixes.get(code[:4] + "00")
        if city and level(code) == "county" and abs(city.lat - fixes[code].lat) + abs(city.lng - fixes[code].lng) > 5:
            far.append((code, places[code]))
    say(f"more than five degrees from their city: {far}\n")


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    folder.mkdir(parents=True, exist_ok=True)
    places = divisions(fetch(AREAS, folder))
    known = coordinates(fetch(COORDINATES, folder))
    fixes = locate(places, known)
    write(places, fixes)
    report(places, fixes, known)


if __name__ == "__main__":
    main()
