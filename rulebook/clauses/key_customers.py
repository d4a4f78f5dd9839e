"""§2: key customers."""

from rulebook.clauses.model import Clause, Kind, limit, section

_DUTY = Kind.DUTY

ROWS = (
    section("§2", "项目客户", "Key customers"),
    section("§2.1", "特殊运作要求", "Special operating requirements"),
    Clause(
        "§2.1.1.1",
        Kind.WINDOW,
        "项目客户接货",
        "Key customer's pickup",
        "优先按约定时间接货；改约最迟在约定时间前 1 小时；无车、无人不得作为理由。",
        "Priority pickup; rescheduling only until 1 h before; no vehicle or staff is no reason.",
    ),
    limit("§2.1.1.2", "每日跟进每票货物直至签收。", "Customer service follows every shipment daily until signed."),
    limit("§2.1.1.3", "异常当日上报大客户运作保障部。", "An anomaly is reported to operations support the same day."),
    Clause(
        "§2.1.2.1",
        _DUTY,
        "装车优先",
        "Loading priority",
        "与其他项目客户同级优先装车。",
        "Same grade as other key customers.",
    ),
    Clause(
        "§2.1.2.2", _DUTY, "拆分装车", "Split loading", "须经始发营业部同意。", "Only with the origin branch's consent."
    ),
    Clause(
        "§2.1.2.3",
        _DUTY,
        "延误补救",
        "Remedial measure",
        "上游延误后运作中心登记补救措施。",
        "After a delay upstream the operations centre records a remedy.",
    ),
    Clause(
        "§2.1.3.1",
        _DUTY,
        "到货检查",
        "Arrival check",
        "检查破损、潮湿、污染、变形、重封，立即通报开单营业部。",
        "Damaged, wet, dirty, deformed, re-sealed: reported to the billing branch at once.",
    ),
    Clause(
        "§2.1.3.2",
        _DUTY,
        "优先送货",
        "Delivered first",
        "优先派送，不得借故延误。",
        "No excuse for delaying or not delivering.",
    ),
    Clause(
        "§2.1.3.3",
        _DUTY,
        "项目客户送货",
        "Key customer's delivery",
        "时限同 §1.3.3.1；送货未成须现场致电开单营业部；无合同约定不收再送费。",
        "As §1.3.3.1; a failed attempt requires an on-site call; no re-delivery fee unless agreed.",
    ),
    Clause(
        "§2.1.3.4",
        _DUTY,
        "异常解释与致歉",
        "Explaining an anomaly",
        "通知时解释并致歉；仍不满意的由开单营业部与发货人协商。",
        "Explain and apologise; still unhappy, the billing branch settles with the shipper.",
    ),
    limit(
        "§2.1.3.5", "签收后 3 个自然日内返回签收单。", "The sign slip is returned within 3 calendar days after signing."
    ),
    limit(
        "§2.1.4.3",
        "需外发的货物到达次日 24:00 前外发。",
        "Goods to be forwarded leave by 24:00 of the day after arrival.",
    ),
    Clause(
        "§2.1.5",
        _DUTY,
        "车辆与签收单保障",
        "Vehicles and slips",
        "优先派车；始发与到达营业部共同追踪签收单；专人制作每日跟踪报表。",
        "Vehicle priority; both branches chase every slip; a daily tracking report by a named person.",
    ),
    Clause("§2.1.6", _DUTY, "未尽事项", "What is not mentioned", "按普通规则执行。", "Follows the ordinary rules."),
    section("§2.2", "违规处理", "Violations"),
    Clause(
        "§2.2.1",
        Kind.LIMIT,
        "态度投诉",
        "Attitude complaint",
        "成立的罚当事人 100 元；直接领导 2 个工作日内拜访客户并报告。",
        "CNY 100 to the person; the leader visits and reports within 2 working days.",
    ),
    Clause(
        "§2.2.2",
        Kind.FINE,
        "线路流失",
        "Lane lost",
        "责任部门承担流失前三个月月均收入的 50 %，责任人承担处罚额的 1 %。",
        "50 % of the lane's mean monthly revenue to the departments, 1 % of it to the persons at fault.",
    ),
    Clause(
        "§2.2.3",
        Kind.FINE,
        "造成损失",
        "Violation with a loss",
        "部门承担损失的 30 %；经理绩效扣 5 分并提交整改书。",
        "30 % of the loss from the department's bonus; manager -5 performance points.",
    ),
    Clause(
        "§2.2.4",
        Kind.FINE,
        "自身延误",
        "Delay",
        "经理每票 20 元，额外费用由部门承担。",
        "CNY 20 per waybill to the manager.",
    ),
    Clause(
        "§2.2.5",
        Kind.LIMIT,
        "签收单违规",
        "Sign-slip violation",
        "迟返或不合格各 20 元；补签 3 个自然日内返回，迟返各 30 元；遗失各 50 元。",
        "Late or unacceptable CNY 20 each; re-signed within 3 calendar days or CNY 30 each; lost CNY 50 each.",
    ),
    Clause(
        "§2.3",
        _DUTY,
        "客户特殊要求",
        "Special requirements",
        "处理其订单处均须显示。",
        "Shown wherever its orders are handled.",
    ),
)
