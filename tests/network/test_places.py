"""The divisions of China, and addresses pasted as free text. Every expectation is typed by hand."""

from __future__ import annotations

import pytest

from network.places import Level, UnknownPlace, atlas, children, exists, full_name, lineage, place, provinces, split

NAMES = [
    ("330110", "浙江省 杭州市 余杭区"),
    ("330113", "浙江省 杭州市 临平区"),  # since 2021
    ("330114", "浙江省 杭州市 钱塘区"),
    ("110105", "北京市 朝阳区"),
    ("110100", "北京市"),
    ("220104", "吉林省 长春市 朝阳区"),
    ("310115", "上海市 浦东新区"),
    ("500103", "重庆市 渝中区"),
    ("500233", "重庆市 忠县"),
    ("429004", "湖北省 仙桃市"),
    ("659001", "新疆维吾尔自治区 石河子市"),
    ("659012", "新疆维吾尔自治区 白杨市"),  # since 2023
    ("653229", "新疆维吾尔自治区 和田地区 和安县"),  # since 2024
    ("469005", "海南省 文昌市"),
    ("460400", "海南省 儋州市"),
    ("460401", "海南省 儋州市 那大镇"),
    ("441904", "广东省 东莞市 长安镇"),
    ("620201", "甘肃省 嘉峪关市"),
    ("152502", "内蒙古自治区 锡林郭勒盟 锡林浩特市"),
    ("810101", "香港特别行政区 香港岛 中西区"),
    ("710107", "台湾省 台北市 信义区"),
]


@pytest.mark.parametrize(("code", "name"), NAMES)
def test_full_name(code, name):
    assert full_name(code) == name


def test_counts_are_those_of_the_readme():
    levels = [each.level for each in atlas().values()]
    assert (levels.count(Level.PROVINCE), levels.count(Level.CITY), levels.count(Level.COUNTY)) == (34, 369, 3479)


def test_provinces_are_the_34_in_order():
    assert [each.name for each in provinces()][:3] == ["北京市", "天津市", "河北省"]
    assert len(provinces()) == 34


def test_children_go_down_one_level():
    assert [each.name for each in children("460000")] == ["海口市", "三亚市", "三沙市", "儋州市", "省直辖县"]
    assert [each.name for each in children("460200")] == ["海棠区", "吉阳区", "天涯区", "崖州区"]
    assert children("460202") == ()


def test_lineage_holds_every_level():
    assert [each.code for each in lineage("429004")] == ["420000", "429000", "429004"]
    assert [each.level for each in lineage("330110")] == [Level.PROVINCE, Level.CITY, Level.COUNTY]


@pytest.mark.parametrize("code", ["", "3301", "330199", "330110 ", "３３０１１０", "𠮷"])
def test_unknown_code(code):
    assert not exists(code)
    with pytest.raises(UnknownPlace, match="no division"):
        place(code)
    with pytest.raises(KeyError):
        children(code)


POSITIONS = [  # to a fifth of a degree, about 20 km
    ("110101", 39.93, 116.42),  # 东城区
    ("310115", 31.22, 121.54),  # 浦东新区
    ("330110", 30.42, 120.30),  # 余杭区
    ("330113", 30.42, 120.30),  # 临平区: the seat of what was 余杭区 until 2021
    ("330114", 30.32, 120.49),  # 钱塘区
    ("441900", 23.02, 113.75),  # 东莞市
    ("441904", 23.02, 113.75),  # 长安镇 has its city's
    ("130284", 39.74, 118.70),  # 滦州市 has 滦县's
    ("659001", 44.30, 86.08),  # 石河子市
    ("710100", 25.04, 121.56),  # 台北市
]


@pytest.mark.parametrize(("code", "lat", "lng"), POSITIONS)
def test_position(code, lat, lng):
    assert abs(place(code).lat - lat) < 0.2
    assert abs(place(code).lng - lng) < 0.2


def test_every_place_lies_in_china_below_an_existing_one():
    for each in atlas().values():
        assert 3.8 <= each.lat <= 53.6, each
        assert 73.4 <= each.lng <= 135.1, each
        assert each.parent == "" or atlas()[each.parent].level == each.level - 1, each


def test_a_position_borrowed_from_the_city_says_so():
    assert place("441904").fix == "city"
    assert place("330110").fix == "code"
    assert place("130284").fix == "old"


DECIDED = [  # text, code, name, phone, detail
    ("张三 13800138000 浙江省杭州市余杭区文一西路969号", "330110", "张三", "13800138000", "文一西路969号"),
    ("浙江省杭州市余杭区文一西路969号 张三 13800138000", "330110", "张三", "13800138000", "文一西路969号"),
    ("浙江省杭州市余杭区文一西路969号张三13800138000", "330110", "张三", "13800138000", "文一西路969号"),
    ("13800138000，张三，文一西路969号，浙江省杭州市余杭区", "330110", "张三", "13800138000", "文一西路969号"),
    ("张三13800138000浙江杭州余杭文一西路969号", "330110", "张三", "13800138000", "文一西路969号"),
    ("张三浙江省杭州市余杭区文一西路969号", "330110", "张三", "", "文一西路969号"),
    ("张三\n138 0013 8000\n浙江省 杭州市 余杭区\n文一西路969号", "330110", "张三", "13800138000", "文一西路969号"),
    ("张三 +86 138-0013-8000 杭州临平区南苑街道", "330113", "张三", "13800138000", "南苑街道"),
    ("余杭文一西路969号", "330110", "", "", "文一西路969号"),
    ("中国浙江省义乌市稠城街道", "330782", "", "", "稠城街道"),
    ("北京朝阳三里屯　李四　１３８００１３８０００", "110105", "李四", "13800138000", "三里屯"),
    ("北京市北京市朝阳区建国路1号", "110105", "", "", "建国路1号"),
    ("上海市市辖区浦东新区世纪大道100号", "310115", "", "", "世纪大道100号"),
    ("重庆市渝中区解放碑", "500103", "", "", "解放碑"),
    ("重庆忠县忠州街道", "500233", "", "", "忠州街道"),
    ("三里屯, 朝阳区, 北京", "110105", "", "", "三里屯 北京"),
    ("长春朝阳区重庆路", "220104", "", "", "重庆路"),
    ("朝阳市双塔区新华路", "211302", "", "", "新华路"),
    ("吉林市龙潭区遵义东路", "220203", "", "", "遵义东路"),
    ("湖北省仙桃市沔州大道1号", "429004", "", "", "沔州大道1号"),
    ("湖北省省直辖县级行政区划仙桃市沔州大道1号", "429004", "", "", "沔州大道1号"),
    ("新疆石河子市北四路", "659001", "", "", "北四路"),
    ("新疆白杨市", "659012", "", "", ""),
    ("内蒙古锡林郭勒盟锡林浩特市", "152502", "", "", ""),
    ("西藏那曲市色尼区", "540602", "", "", ""),
    ("恩施州利川市", "422802", "", "", ""),
    ("广西桂林阳朔兴坪镇", "450321", "", "", "兴坪镇"),
    ("东莞市长安镇霄边村", "441904", "", "", "霄边村"),
    ("东莞长安霄边村", "441904", "", "", "霄边村"),
    ("海南儋州市那大镇中兴大道", "460401", "", "", "中兴大道"),
    ("天津静海县团泊", "120118", "", "", "团泊"),  # 静海区 since 2015
    ("苏州市工业园区星湖街328号", "320590", "", "", "星湖街328号"),
    ("山东济南市中区经四路", "370103", "", "", "经四路"),
    ("河北唐山路南区建设路", "130202", "", "", "建设路"),
    ("浙江省\n杭州市\n余杭区\n文一西路", "330110", "", "", "文一西路"),
    ("台北市信义区市府路1号", "710107", "", "", "市府路1号"),
]


@pytest.mark.parametrize(("text", "code", "name", "phone", "detail"), DECIDED)
def test_split_decided(text, code, name, phone, detail):
    found = split(text)
    assert [each.place.code for each in found.candidates] == [code]
    assert (found.name, found.phone, found.detail) == (name, phone, detail)


OPEN = [  # text, all it may mean, detail
    ("朝阳区三里屯", ["北京市 朝阳区", "吉林省 长春市 朝阳区"], "三里屯"),
    (
        "鼓楼区中山路",
        ["江苏省 南京市 鼓楼区", "江苏省 徐州市 鼓楼区", "福建省 福州市 鼓楼区", "河南省 开封市 鼓楼区"],
        "中山路",
    ),
    ("江苏省鼓楼区中山路", ["江苏省 南京市 鼓楼区", "江苏省 徐州市 鼓楼区"], "中山路"),
    ("吉林", ["吉林省", "吉林省 吉林市"], ""),
]


@pytest.mark.parametrize(("text", "meanings", "detail"), OPEN)
def test_split_offers_all_candidates_instead_of_guessing(text, meanings, detail):
    found = split(text)
    assert [each.full_name for each in found.candidates] == meanings
    assert found.detail == detail


NO_FURTHER = [  # a road named after a place is a road
    ("上海南京西路1号", ["上海市"], "南京西路1号"),
    ("杭州市西湖大道1号", ["浙江省 杭州市"], "西湖大道1号"),
    ("北京市朝阳路1号", ["北京市"], "朝阳路1号"),
    ("桂林阳朔西街", ["广西壮族自治区 桂林市"], "阳朔西街"),  # of Yangshuo, or a street of that name in Guilin
    ("杭州市江干区凤起东路", ["浙江省 杭州市"], "江干区凤起东路"),  # abolished in 2021
    ("北京市余杭区文一西路", ["北京市"], "余杭区文一西路"),  # contradicts itself
    ("中山路1号", [], "中山路1号"),
    ("王安阳 三里屯", [], "三里屯"),  # 安阳 is a city, here a person
]


@pytest.mark.parametrize(("text", "meanings", "detail"), NO_FURTHER)
def test_split_invents_no_place(text, meanings, detail):
    found = split(text)
    assert [each.full_name for each in found.candidates] == meanings
    assert found.detail == detail


PHONES = [  # text, phone, second phone
    ("13800138000", "13800138000", ""),
    ("138 0013 8000", "13800138000", ""),
    ("13800138000-1234", "13800138000-1234", ""),  # virtual number
    ("8613800138000", "13800138000", ""),
    ("0571-88888888", "0571-88888888", ""),
    ("(0571)88888888转801", "0571-88888888-801", ""),
    ("（010）６５１２３４５６", "010-65123456", ""),
    ("02188888888", "021-88888888", ""),
    ("0571 8888888", "0571-8888888", ""),
    ("400-820-8820", "4008208820", ""),
    ("0755-26001234-8 13800138000", "13800138000", "0755-26001234-8"),
    ("12800138000", "", ""),
    ("138001380001", "", ""),
    ("文一西路969号", "", ""),
]


@pytest.mark.parametrize(("text", "phone", "second"), PHONES)
def test_split_phones(text, phone, second):
    found = split(text)
    assert (found.phone, found.second_phone) == (phone, second)


PEOPLE = [
    ("收货人：欧阳娜娜，电话：0571-88888888转801，地址：浙江省杭州市西湖区文三路478号（华星大厦）", "欧阳娜娜"),
    ("姓名:仓前 浙江省杭州市余杭区", "仓前"),
    ("深圳南山区科技园 李总 13800138000", "李总"),
    ("广州市白云区 白云飞 13800138000", "白云飞"),
    ("古丽·买买提 13800138000 新疆乌鲁木齐市天山区", "古丽·买买提"),
    ("Tom Smith 13800138000 上海市徐汇区漕溪北路", "Tom Smith"),
    ("𠮷野 13800138000 上海市黄浦区人民大道200号", "𠮷野"),
    ("浙江省杭州市余杭区文一西路969号", ""),
    ("浙江省杭州市余杭区三里村", ""),
]


@pytest.mark.parametrize(("text", "name"), PEOPLE)
def test_split_names(text, name):
    assert split(text).name == name


def test_labels_are_taken_out_and_punctuation_kept():
    found = split("收货人：张三，手机：13800138000，地址：浙江省杭州市西湖区文三路478号（华星大厦），3楼、4楼")
    assert (found.name, found.detail) == ("张三", "文三路478号（华星大厦），3楼、4楼")


def test_rare_characters_and_emoji_survive():
    found = split("张𠮷😀 13800138000 上海市黄浦区𠮷祥里🏠1号")
    assert (found.name, found.detail) == ("张𠮷😀", "𠮷祥里🏠1号")


def test_nothing_is_lost_of_a_long_text():
    text = "浙江省杭州市余杭区文一西路969号" + "楼" * 1_000
    assert split(text).detail == "文一西路969号" + "楼" * 1_000


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "，，，", "\x00", "\x1f\x1e", "区", "市县", "(" * 400, "朝阳" * 200, "1" * 400]
)
def test_odd_texts_are_read_without_error(text):
    assert split(text).phone == ""


def test_no_control_characters_come_out():
    found = split("张三\x00\x1e\x1f 浙江省杭州市\x00余杭区文一西路" + "路" * 500 + "\x00\x07")
    assert not {char for char in found.detail + found.name if ord(char) < 32}


TWICE = {"130390", "711400", "711493"}
"""Places that the data hold twice under one name: both are offered."""


def test_every_place_is_read_back_from_its_full_name():
    for each in atlas().values():
        if each.is_filler or full_name(each.code) in ("北京市", "天津市", "上海市", "重庆市"):
            continue
        found = split("张三 13800138000 " + full_name(each.code).replace(" ", "") + "兴业路1号")
        codes = [candidate.place.code for candidate in found.candidates]
        assert codes == [each.code] or each.code in TWICE & set(codes), full_name(each.code)
        assert found.detail == "兴业路1号"
