"""The posts people hold: who answers for a breach, who may do what."""

from enum import StrEnum


class Role(StrEnum):
    """A post; `zh` and `en` are its names on screen."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> "Role":
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh, member.en = zh, en
        return member

    BRANCH_CLERK = "branch_clerk", "营业部受理员", "Branch clerk"
    BRANCH_MANAGER = "branch_manager", "营业部经理", "Branch manager"
    COURIER = "courier", "接送货员", "Courier"
    TRANSIT_CLERK = "transit_clerk", "中转员", "Transit clerk"
    SLIP_CLERK = "slip_clerk", "签收单管理员", "Sign-slip clerk"
    CALL_CENTRE = "call_centre", "呼叫中心坐席", "Call-centre agent"
    CALL_CENTRE_MANAGER = "call_centre_manager", "呼叫中心主管", "Call-centre manager"
    DEPARTMENT = "department", "电子商务管理部", "E-commerce department"
    REGIONAL_MANAGER = "regional_manager", "区域经理", "Regional manager"
    AREA_DIRECTOR = "area_director", "大区总监", "Area director"
    DIVISION_GM = "division_gm", "事业部总经理", "Division general manager"
    FINANCE = "finance", "财务", "Finance"
    PRICE_MANAGEMENT = "price_management", "价格管理", "Price management"
    MARKETING = "marketing", "营销推广部", "Marketing promotion"
    OPERATIONS_CENTRE = "operations_centre", "运作中心", "Operations centre"
    FLEET = "fleet", "车队", "Fleet"
    CLAIMS = "claims", "理赔部", "Claims department"
    QUALITY = "quality", "品管中心", "Quality centre"
    IT = "it", "信息管理中心", "Information centre"
    KEY_ACCOUNTS = "key_accounts", "大客户运作保障部", "Key-account operations support"
    ADMINISTRATOR = "administrator", "系统管理员", "Administrator"
