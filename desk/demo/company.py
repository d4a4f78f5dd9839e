"""Who the demo company is, as rows. Cities and districts are real; company, branches and phones are invented."""

from typing import NamedTuple

CODE = "DEMO"
"""The code of the company's own unit: a database that has it belongs to the demo."""


class Above(NamedTuple):
    """A division, area or region, with the unit it stands under."""

    code: str
    name: str
    kind: str
    parent: str


class Branch(NamedTuple):
    """A branch in the district with this GB/T 2260 code; `serves` are the beginnings of codes it picks up in."""

    code: str
    name: str
    place: str
    region: str
    serves: tuple[str, ...]


class Office(NamedTuple):
    code: str
    name: str
    roles: tuple[str, ...]


UNITS = (
    Above("EAST", "华东事业部", "division", CODE),
    Above("SOUTH", "华南事业部", "division", CODE),
    Above("NORTH", "北方事业部", "division", CODE),
    Above("EAST-1", "沪苏大区", "area", "EAST"),
    Above("EAST-2", "浙江大区", "area", "EAST"),
    Above("SOUTH-1", "珠三角大区", "area", "SOUTH"),
    Above("SOUTH-2", "闽鄂湘大区", "area", "SOUTH"),
    Above("NORTH-1", "京津冀大区", "area", "NORTH"),
    Above("NORTH-2", "鲁豫西大区", "area", "NORTH"),
    Above("SH", "上海区域", "region", "EAST-1"),
    Above("JS", "苏南区域", "region", "EAST-1"),
    Above("ZB", "浙北区域", "region", "EAST-2"),
    Above("ZD", "浙东南区域", "region", "EAST-2"),
    Above("GZ", "广佛区域", "region", "SOUTH-1"),
    Above("SZ", "深莞惠区域", "region", "SOUTH-1"),
    Above("FJ", "福建区域", "region", "SOUTH-2"),
    Above("HX", "湖广区域", "region", "SOUTH-2"),
    Above("BJ", "北京区域", "region", "NORTH-1"),
    Above("JJ", "津冀区域", "region", "NORTH-1"),
    Above("SD", "山东区域", "region", "NORTH-2"),
    Above("XB", "豫西区域", "region", "NORTH-2"),
)

BRANCHES = (
    Branch("SH01", "上海浦东营业部", "310115", "SH", ("310115", "310101", "310151")),
    Branch("SH02", "上海闵行营业部", "310112", "SH", ("310112", "310104", "310105")),
    Branch("SH03", "上海嘉定营业部", "310114", "SH", ("310114", "310107", "310113")),
    Branch("SH04", "上海松江营业部", "310117", "SH", ("310117", "310116", "310118", "310120")),
    Branch("JS01", "苏州高新营业部", "320505", "JS", ("3205",)),
    Branch("JS02", "昆山营业部", "320583", "JS", ("320583", "320585")),
    Branch("JS03", "无锡梁溪营业部", "320213", "JS", ("3202",)),
    Branch("JS04", "常州武进营业部", "320412", "JS", ("3204",)),
    Branch("ZB01", "杭州余杭营业部", "330110", "ZB", ("3301",)),
    Branch("ZB02", "杭州萧山营业部", "330109", "ZB", ("330109", "330108")),
    Branch("ZB03", "嘉兴南湖营业部", "330402", "ZB", ("3304",)),
    Branch("ZD01", "宁波鄞州营业部", "330212", "ZD", ("3302",)),
    Branch("ZD02", "义乌营业部", "330782", "ZD", ("3307",)),
    Branch("ZD03", "温州瓯海营业部", "330304", "ZD", ("3303",)),
    Branch("GZ01", "广州白云营业部", "440111", "GZ", ("4401",)),
    Branch("GZ02", "广州番禺营业部", "440113", "GZ", ("440113", "440115")),
    Branch("GZ03", "佛山南海营业部", "440605", "GZ", ("4406",)),
    Branch("SZ01", "深圳宝安营业部", "440306", "SZ", ("4403",)),
    Branch("SZ02", "深圳龙岗营业部", "440307", "SZ", ("440307", "440310")),
    Branch("SZ03", "东莞营业部", "441900", "SZ", ("4419",)),
    Branch("SZ04", "惠州惠城营业部", "441302", "SZ", ("4413",)),
    Branch("FJ01", "厦门湖里营业部", "350206", "FJ", ("3502",)),
    Branch("FJ02", "晋江营业部", "350582", "FJ", ("3505",)),
    Branch("FJ03", "福州仓山营业部", "350104", "FJ", ("3501",)),
    Branch("HX01", "武汉东西湖营业部", "420112", "HX", ("4201",)),
    Branch("HX02", "武汉武昌营业部", "420106", "HX", ("420106", "420111", "420115")),
    Branch("HX03", "长沙雨花营业部", "430111", "HX", ("4301",)),
    Branch("BJ01", "北京朝阳营业部", "110105", "BJ", ("110105", "110101", "110113")),
    Branch("BJ02", "北京大兴营业部", "110115", "BJ", ("110115", "110106", "110102")),
    Branch("BJ03", "北京通州营业部", "110112", "BJ", ("110112", "110117")),
    Branch("JJ01", "天津东丽营业部", "120110", "JJ", ("12",)),
    Branch("JJ02", "石家庄长安营业部", "130102", "JJ", ("1301",)),
    Branch("JJ03", "保定莲池营业部", "130606", "JJ", ("1306",)),
    Branch("SD01", "济南历城营业部", "370112", "SD", ("3701",)),
    Branch("SD02", "青岛城阳营业部", "370214", "SD", ("3702",)),
    Branch("SD03", "临沂兰山营业部", "371302", "SD", ("3713",)),
    Branch("XB01", "郑州金水营业部", "410105", "XB", ("4101",)),
    Branch("XB02", "西安未央营业部", "610112", "XB", ("6101",)),
    Branch("XB03", "成都武侯营业部", "510107", "XB", ("5101",)),
    Branch("XB04", "重庆渝北营业部", "500112", "XB", ("50",)),
)

OFFICES = (
    Office("CC", "呼叫中心", ("call_centre_manager", "call_centre")),
    Office("EC", "电子商务管理部", ("department",)),
    Office("FIN", "财务部", ("finance",)),
    Office("PRICE", "价格管理部", ("price_management",)),
    Office("MKT", "营销推广部", ("marketing",)),
    Office("OPS", "运作中心", ("operations_centre", "transit_clerk")),
    Office("FLEET", "车队管理部", ("fleet",)),
    Office("CLAIMS", "理赔部", ("claims",)),
    Office("QC", "品管中心", ("quality",)),
    Office("IT", "信息管理中心", ("it", "administrator")),
    Office("KA", "大客户运作保障部", ("key_accounts",)),
    Office("SLIPS", "签收单管理室", ("slip_clerk",)),
)

BRANCH_POSTS = ("branch_manager", "branch_clerk", "courier")
"""The posts every branch has; a call centre of two shifts needs more people than one a role, see `AGENTS`."""

AGENTS = 6

SHOWCASE = "ZB01"
"""The branch, with region, area and division above it, whose people the role-choice page logs in as."""
